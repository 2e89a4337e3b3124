"""Names of persons: from the name lists, from the words around them, from how they are written.

A listed name that is an ordinary word too (Mark, Will, Hope, Rose) is `auto` only with evidence:
a surname behind it, "named" or "my sister" before it, "said" after it; else somebody has to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from pipeline.anonymise import Context, cues, lexicon
from pipeline.anonymise.organisations import HEADS_AFTER
from pipeline.anonymise.places import gazetteer
from pipeline.anonymise.titles import ALL as TITLES
from pipeline.anonymise.tokens import PARTICLES, Reading, Token, read
from pipeline.records import Span, Tier

_LONG = 400  # words
_LOUD = 5.1  # zipf frequency: "mark" is met less often, "hope" and "will" more
_LOUDER = 5.6
_MOST = 5  # words in a name
_AND = frozenset("and en og &".split())
_OR = frozenset("or of eller".split())
_WITH = cues.WITH | cues.GAVE  # behind these stands a person, or now and then a thing
_CALLED = cues.PERSON_BEFORE | _WITH
# Between a verb of saying and these stands who says it: "zei Wil dat", "sagde Bo at".
_REPORTED = frozenset("dat of at om".split())
_NEVER = frozenset("i ok oh um uh hi hey yeah the a an and or but tv".split())


class _Is(Enum):
    """What the lists say of a capitalised word."""

    GIVEN = 1
    GIVEN_OR_WORD = 2
    FAMILY = 3
    FAMILY_OR_WORD = 4
    INITIAL = 5
    UNKNOWN = 6  # in no list: rare, so most likely a name
    WORD = 7
    PLACE = 8  # a town; behind a given name it is the surname: "Peter de Waal"
    OTHER = 9  # a month, a language, an institution's noun


_SURNAMES = (_Is.FAMILY, _Is.FAMILY_OR_WORD, _Is.UNKNOWN, _Is.GIVEN, _Is.PLACE)


def find_names(text: str, context: Context) -> list[Span]:
    """`person`; auto or review."""
    reading = read(text)
    if reading.mode == "cased":
        return [
            *_cased(reading, context),
            *_paired(reading, context),
            *_typed_small(reading, context),
        ]
    return [*_lower(reading, context), *_paired(reading, context)]


def _paired(reading: Reading, context: Context) -> Iterator[Span]:
    """Words that are names side by side: "Will and May went", "Roos en Roos de Wit". For review."""
    cased, tokens = reading.mode == "cased", reading.tokens
    for i in range(1, len(tokens) - 1):
        one, link, other = tokens[i - 1 : i + 2]
        asked = cues.before_of(tokens, i - 1) in _CALLED  # "Ask May or June."
        if (
            not (link.lower in _AND or asked and link.lower in _OR)
            or link.gap != " "
            or other.gap != " "
        ):
            continue
        pair = one, other
        if cased:
            sure = all(token.cap and token.lower in lexicon.given() for token in pair)
        else:
            follows = tokens[i + 2].lower if i + 2 < len(tokens) else ""
            sure = all(_is_near(token.lower, context) for token in pair) and (
                asked or follows in cues.PERSON_AFTER or follows in PARTICLES
            )
        common = cues.common_capitals(context.language)
        dates = not asked and all(token.lower in common for token in pair)
        towns = any(token.lower in gazetteer() for token in pair)
        if sure and not dates and not towns:
            yield from (_span(token, token, "review") for token in pair)


def _is_near(word: str, context: Context) -> bool:
    language = context.language
    if word in cues.NEVER.get(language, _NEVER):
        return False
    return word in lexicon.near_given(language)


def _cased(reading: Reading, context: Context) -> Iterator[Span]:
    index = {token.start: i for i, token in enumerate(reading.tokens)}
    for run in reading.runs():
        at = index[run[0].start]
        before = cues.before_of(reading.tokens, at)
        follows = index[run[-1].start] + 1
        after = reading.tokens[follows] if follows < len(reading.tokens) else None
        yield from _in_run(run, before, after, reading, context)


def _in_run(
    run: Sequence[Token], before: str, after: Token | None, reading: Reading, context: Context
) -> Iterator[Span]:
    kinds = [_kind(token, context) for token in run]
    i = 0
    while i < len(run):
        j = _stretch(run, kinds, i)
        tier = _tier(
            run, kinds, i, j, before if i == 0 else run[i - 1].lower, after, reading, context
        )
        if tier:
            yield _span(run[i], run[j - 1], tier)
        i = j if tier else i + 1


def _kind(token: Token, context: Context) -> _Is:
    lower, language = token.lower, context.language
    if not token.cap:
        return _Is.OTHER
    if len(lower) == 1:
        return _Is.INITIAL
    if lower in _NEVER or lower in cues.NEVER.get(language, _NEVER):
        return _Is.OTHER
    base = _without_genitive(lower, language)
    listed = base in lexicon.given(), base in lexicon.family()
    word = lexicon.is_word(base, language)
    if any(listed):
        if lower in cues.common_capitals(language) and not (word and listed[0]):
            return _Is.OTHER
        if listed[0]:
            return _Is.GIVEN_OR_WORD if word else _Is.GIVEN
        if lower in HEADS_AFTER or lower in cues.PLACE_HEADS_AFTER or lower in TITLES:
            return _Is.OTHER
        return _Is.FAMILY_OR_WORD if word else _Is.FAMILY
    if (
        lower in cues.common_capitals(language)
        or lower in HEADS_AFTER
        or lower in cues.PLACE_HEADS_AFTER
    ):
        return _Is.OTHER
    if lower in TITLES:
        return _Is.OTHER
    if lower in gazetteer():
        return _Is.PLACE
    if "-" in lower and any(part in lexicon.given() for part in lower.split("-")[:1]):
        return _Is.GIVEN
    return _Is.WORD if word else _Is.UNKNOWN


def _without_genitive(word: str, language: str) -> str:
    if language == "en" or lexicon.is_word(word, language):
        return word  # "baas" is no genitive of "Baa"
    return lexicon.without_genitive(word)


def _stretch(run: Sequence[Token], kinds: Sequence[_Is], i: int) -> int:
    """Where a name that starts at `i` would end: to the next word that is no part of a name."""
    j = i + 1
    while j < len(run) and j - i < _MOST:
        if kinds[j] is _Is.OTHER and not _particle_inside(run, kinds, j):
            break
        j += 1
    while j > i + 1 and not run[j - 1].cap:
        j -= 1
    return j


def _particle_inside(run: Sequence[Token], kinds: Sequence[_Is], j: int) -> bool:
    return run[j].lower in PARTICLES and any(
        kinds[k] is not _Is.OTHER for k in range(j + 1, min(j + 4, len(run)))
    )


def _tier(
    run: Sequence[Token],
    kinds: Sequence[_Is],
    i: int,
    j: int,
    before: str,
    after: Token | None,
    reading: Reading,
    context: Context,
) -> Tier | None:
    """How sure it is that `run[i:j]` is a person. None: not, or not from `i` on."""
    kind, token = kinds[i], run[i]
    rest = kinds[i + 1 : j]
    named = before in cues.PERSON_BEFORE or (i == 0 and _speaks(run, j, after))
    if kind is _Is.GIVEN:
        if token.lower in gazetteer() and not rest and before in cues.PLACE_BEFORE:
            return None
        return "auto"
    if kind is _Is.INITIAL:
        # Inside a run it belongs to what stands before: "Aarhus C. Ring op".
        dotted = i + 1 < len(run) and run[i + 1].gap.startswith(".")
        named = i == 0 and (dotted or token.text not in "AIO")
        return "auto" if rest and named and len(run[j - 1].text) > 1 else None
    if kind in (_Is.OTHER, _Is.PLACE):
        return None
    surname = any(k in _SURNAMES for k in rest)
    if kind is _Is.GIVEN_OR_WORD:
        if surname or named and not token.first:
            return "auto"
        alone = i + 1 == len(run)
        return _doubtful(token, before, after if alone else run[i + 1], reading, context)
    if kind is _Is.FAMILY:
        return "auto"
    if kind is _Is.FAMILY_OR_WORD:
        if _Is.GIVEN in rest or (named and not token.first):
            return "auto"
        return None if token.first else "review"
    if kind is _Is.UNKNOWN:
        if any(k in (_Is.FAMILY, _Is.GIVEN) for k in rest) or named:
            return "auto"
    return None


def _speaks(run: Sequence[Token], j: int, after: Token | None) -> bool:
    """Whether a verb of saying stands right behind the run."""
    return j == len(run) and after is not None and after.gap == " " and after.lower in cues.SPEECH


def _doubtful(
    token: Token, before: str, after: Token | None, reading: Reading, context: Context
) -> Tier | None:
    """A name that is a word too, alone: "Will", "Hope", "Mark"."""
    language = context.language
    frequency = lexicon.frequency(token.lower, language)
    if token.first:
        if token.lower in cues.PRONOUN_AFTER:
            return None
        if after is None or after.gap != " ":
            return "review"  # "Who was that? Hope."
        if after.lower in cues.PRONOUN_AFTER:
            return None
        if after.lower in cues.PERSON_AFTER:
            return "auto" if after.lower in cues.SPEECH else "review"
        # "Will never came": a verb would have its subject behind it.
        return "review" if frequency < 5.0 or _is_near(token.lower, context) else None
    if token.lower in cues.common_capitals(language):
        return "review" if before in _CALLED else None
    # A long text that never has the word in small letters speaks for a name too.
    never = len(reading.tokens) >= _LONG and token.lower not in reading.seen_lower
    return "auto" if never or before in _WITH else "review"


def _typed_small(reading: Reading, context: Context) -> Iterator[Span]:
    """Given names that somebody typed without a capital: "ik belde anneke", "my boss priyanka"."""
    tokens, language = reading.tokens, context.language
    for i, token in enumerate(tokens):
        word = token.lower
        if token.cap or len(word) < 4 or lexicon.is_word_anywhere(word, (language, "en")):
            continue
        if word in lexicon.given() or _introduced(tokens, i) and _is_strange(word, language):
            yield _span(token, token, "review")


def _introduced(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word at `i` stands behind "my boss", "zijn moeder"."""
    return (
        i > 1
        and tokens[i].gap == tokens[i - 1].gap == " "
        and tokens[i - 1].lower in cues.PERSON_BEFORE
        and tokens[i - 2].lower in cues.POSSESSIVE
    )


def _is_strange(word: str, language: str) -> bool:
    """Whether a word is hardly ever met. Dutch verbs and compounds are rare but no names."""
    if language == "en":
        return not lexicon.is_common(word, language) and not lexicon.is_inflected(word, language)
    return lexicon.is_unheard(word, language) and not lexicon.is_compound(word, language)


def _lower(reading: Reading, context: Context) -> Iterator[Span]:
    """Text without capitals: the lists carry it, ordinary words among them are for review."""
    tokens = reading.tokens
    i = 0
    while i < len(tokens):
        tier = _lower_tier(tokens, i, context)
        if tier is None:
            i += 1
            continue
        j = i + 1
        while j < len(tokens) and j - i < _MOST and _goes_on(tokens, i, j, context):
            j += 1
        while j > i + 1 and tokens[j - 1].lower in PARTICLES:
            j -= 1
        first = i
        while first and _dotted(tokens[first - 1 : first + 1]):  # "k. michael stevens"
            first -= 1
        yield _span(tokens[first], tokens[j - 1], tier)
        i = j


def _lower_tier(tokens: Sequence[Token], i: int, context: Context) -> Tier | None:
    word, language = tokens[i].lower, context.language
    if _said_by(tokens, i) and _is_near(word, context):
        return "review"
    if word in cues.NEVER.get(language, _NEVER):
        return None
    before = cues.before_of(tokens, i) if tokens[i].gap == " " else ""
    if _asked(word, before, language):
        return "review"
    if len(word) < 3 or word in cues.common_capitals(language):
        return None
    base = _without_genitive(word, language)
    is_given, is_family = base in lexicon.given(), base in lexicon.family()
    if not (is_given or is_family):
        return None
    named = before in cues.PERSON_BEFORE
    frequency = lexicon.frequency(base, language)
    if lexicon.is_word(base, language) or (
        language != "en" and lexicon.is_word(base, "en") and frequency > 3.5
    ):
        # "will", "may": where every second sentence has the word, only a cue can mean the name.
        if is_given and _surname_follows(tokens, i, language):
            return "auto"
        near = base in lexicon.near_given(language)
        return "review" if near and frequency < _LOUD or named and is_given else None
    if lexicon.places().get(base) and not named:
        return None
    if is_given:
        loud = language == "en" and frequency >= 3.2 and lexicon.distinct(base, language) > 0.6
        return "review" if loud and not named else "auto"
    if base in gazetteer():
        return None
    return "auto" if frequency < 4.0 or named else "review"


def _asked(word: str, before: str, language: str) -> bool:
    """Whether a word that is a name too stands where persons do: "my sister may", "gaf wil".

    The commonest words and the months are asked about here and nowhere else.
    """
    if word in cues.CLOSED or not (len(word) < 3 or lexicon.is_word(word, language)):
        return False
    if before in cues.NAMED and word in lexicon.family() | lexicon.given():
        return True
    return before in _CALLED and word in lexicon.near_given(language)


def _said_by(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word stands where who speaks does: "hope said", "zei wil dat"."""
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if after is None or after.gap != " ":
        return False
    said_before = i > 0 and tokens[i].gap == " " and tokens[i - 1].lower in cues.SPEECH
    return after.lower in cues.SPEECH or (said_before and after.lower in _REPORTED)


def _surname_follows(tokens: Sequence[Token], i: int, language: str) -> bool:
    """Whether the next word can only be a surname."""
    if i + 1 >= len(tokens) or tokens[i + 1].gap != " ":
        return False
    word = tokens[i + 1].lower
    return word in lexicon.family() and not lexicon.is_word(word, language)


def _dotted(pair: Sequence[Token]) -> bool:
    """Whether the first of two words is an initial with its full stop."""
    return len(pair[0].lower) == 1 and pair[1].gap == ". "


def _goes_on(tokens: Sequence[Token], i: int, j: int, context: Context) -> bool:
    """Whether the word at `j` is a surname to the name that starts at `i`."""
    word = tokens[j].lower
    if tokens[j].gap not in (" ", "-", "\u00a0") and not _dotted(tokens[j - 1 : j + 1]):
        return False
    if len(word) == 1:  # "mario j. lucero"
        return (
            j + 1 < len(tokens)
            and _dotted(tokens[j : j + 2])
            and _goes_on(tokens, i, j + 1, context)
        )
    if word in PARTICLES and j + 1 < len(tokens):
        if f"{word} {tokens[j + 1].lower}" in lexicon.family():
            return True  # "de wit", where "wit" alone is none
        return word in ("van", "von", "der", "den", "de", "al", "el", "ben", "bin", "abu") and any(
            tokens[k].lower in lexicon.family() and tokens[k].lower not in PARTICLES
            for k in range(j + 1, min(j + 3, len(tokens)))
        )
    if tokens[j - 1].lower in PARTICLES and f"{tokens[j - 1].lower} {word}" in lexicon.family():
        return True
    if lexicon.frequency(word, context.language) >= _LOUD:
        return False
    # Behind a given name a word that no list of words has is the surname.
    return word in lexicon.family() or (
        len(word) > 2 and not lexicon.is_word(word, context.language) and "'" not in word
    )


def _span(start: Token, end: Token, tier: Tier) -> Span:
    return Span(start=start.start, end=end.end, kind="person", tier=tier, recogniser="names")
