"""What becomes of each find when the tagger has voted: sure, for a person to look at, or nothing.

A word's score is the tagger's log odds that it is part of a name, plus how far the recognisers that
found it can be trusted. Both were chosen with `tests/benchmarks/bench_anonymise.py` on
development documents. What was known beforehand, and what is no name (dates, contact data, ids),
is never put to the vote.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.anonymise import cues, lexicon
from pipeline.anonymise.rare import PEOPLES
from pipeline.anonymise.tagger import Vote
from pipeline.anonymise.tagger_features import word
from pipeline.anonymise.tokens import JOINTS, Reading, Token
from pipeline.records import Kind, Span, Tier

AUTO = -1.4  # log odds from which on a word is replaced without a person's look
OPENING = -1.2  # a word that nothing found: to be looked at from here on, where a sentence starts
INSIDE = -2.9  # and elsewhere
NOBODY = -4.0  # an ordinary word below this, guessed at for its capital alone, is nobody
CALLED = 0.0  # in text without capitals a known name that is a word too is replaced
OUTSIDE = 3.0  # what another tagger's word counts
# By recogniser, joined ones as a whole first; a recogniser that is not here counts nothing.
TRUST: Mapping[str, float] = {
    "places+rare": 2.0,
    "names+rare": 0.5,
    "organisations": 0.7,
    "rare": -0.3,
    "capitals": -0.9,
    "tagger": -1.5,  # nobody else spoke
}
# In text without capitals the lists are all there is.
TRUST_SMALL: Mapping[str, float] = {
    "names": 2.0,
    "titles": 9.0,
    "places": 9.0,
    "known": 3.5,
    "tagger": -0.8,
}
# The tagger learnt from English: where another language is spoken the rules count for more.
ELSEWHERE = 1.6
ABROAD = 1.5  # and the tagger alone for less
TITLED = 3.0  # a title with a name behind it
LISTED = 2.0  # a well-known place, written as the list has it
_TWOFOLD = 0.6  # `lexicon.distinct` from which on a name is heard as a word
_SHOUTED = 4.0  # zipf frequency of an ordinary word all in capitals
_OPENS = 5.5  # and of one that opens sentences: "And", "When"
_TYPED = 0.5  # how sure the tagger must be to say of which kind a find is
_OPEN: tuple[Kind, ...] = ("person", "place", "organisation", "name")
_SAFE = frozenset(("known", "addresses", "spelled"))
_ARTICLES = frozenset(("den", "det", "de", "het", "les", "las", "los"))
_FIRM = frozenset(("known", "names", "organisations", "places", "titles"))
_RULED = frozenset(("organisations", "titles", "places"))  # they know where a name ends
_GUESSED = frozenset(("rare", "capitals", "rare+capitals", "tagger"))


def vote(
    spans: Sequence[Span],
    reading: Reading,
    votes: Mapping[int, Vote],
    language: str,
    others: Mapping[int, Kind] | None = None,
) -> list[Span]:
    """The finds, each word with the tier that it deserves, in order and without overlaps.

    Parameters
    ----------
    spans : in order, without overlaps.
    votes : the tagger's, by index of the token in `reading`.
    others : tokens that another tagger takes for a name.
    """
    tokens, cased = reading.tokens, reading.mode == "cased"
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    scores = _scores(reading, votes, others or {})
    kept: list[Span] = []
    taken: set[int] = set()
    for span in spans:
        inside = range(bisect_right(ends, span.start), bisect_left(starts, span.end))
        taken.update(inside)
        if span.kind not in _OPEN or not _votable(span, cased=cased):
            kept.append(span)
        else:
            bonus = _trust(span, language, cased=cased)
            if lexicon.places().get(reading.text[span.start : span.end].lower()):
                bonus += LISTED
            elif len(inside) > 1 and "titles" in span.recogniser:
                bonus += TITLED
            kept += _decided(span, inside, reading, votes, scores, bonus, language)
    kept += _alone(reading, votes, scores, taken, others or {}, language)
    kept.sort()
    return _joined(kept, reading, language) if cased else kept


def _joined(spans: Sequence[Span], reading: Reading, language: str) -> list[Span]:
    """Neighbours inside one run of capitals as one find, if not both are firm: "Next Door Forward".

    An article with a capital where no sentence starts belongs to the name: "Den Sociale Højskole".
    """
    index = {token.start: i for i, token in enumerate(reading.tokens)}
    joined: list[Span] = []
    for span in spans:
        at, last = index.get(span.start), joined[-1] if joined else None
        if span.kind in _OPEN and at and _is_article(reading.tokens[at - 1], reading.tokens[at]):
            start = reading.tokens[at - 1].start
            if last is None or last.end <= start or last.kind in _OPEN:
                span = replace(span, start=start)
        elif at and _heads(reading.tokens[at - 1], reading.tokens[at], span, language):
            span = replace(span, start=reading.tokens[at - 1].start)
        if last is None or not _one_name(last, span, reading.text):
            joined.append(span)
            continue
        longer = max((last, span), key=lambda s: (s.kind != "name", s.end - s.start))
        end = max(last.end, span.end)
        joined[-1] = replace(longer, start=last.start, end=end, tier=last.tier)
    return joined


def _is_article(token: Token, after: Token) -> bool:
    return (
        token.cap and not token.first and not token.caps and after.cap and after.gap == " "
        and token.lower in _ARTICLES
    )  # fmt: skip


def _heads(first: Token, second: Token, span: Span, language: str) -> bool:
    """Whether the word that opens the sentence belongs to a name of words: "Next Door Forward"."""
    if (
        span.tier != "review"
        or not first.first
        or not first.cap
        or second.gap != " "
        or second.end == span.end
    ):
        return False
    near = lexicon.near_given(language)
    listed = first.lower in cues.OPENERS | cues.PRONOUN_AFTER or second.lower in near
    return not listed and len(first.text) > 1 and span.kind in _OPEN


def _one_name(a: Span, b: Span, text: str) -> bool:
    if a.kind not in _OPEN or b.kind not in _OPEN:
        return False
    if a.end > b.start:
        return True  # the article before the second is the end of the first
    if text[a.end : b.start] != " " or (_is_firm(a) and _is_firm(b)):
        return False
    if a.kind == b.kind == "person" and a.tier == "auto":
        return True  # "Darnell" and a surname that is a word
    return a.tier == b.tier and (a.kind == b.kind or "name" in (a.kind, b.kind))


def _is_firm(span: Span) -> bool:
    return span.tier == "auto" and not _FIRM.isdisjoint(span.recogniser.split("+"))


def _votable(span: Span, *, cased: bool) -> bool:
    """Not what was known beforehand, but for a word like "frank" in text without capitals."""
    said = set(span.recogniser.split("+"))
    return said.isdisjoint(_SAFE) or (said == {"known"} and span.tier == "review" and not cased)


def _trust(span: Span, language: str, *, cased: bool) -> float:
    table = TRUST if cased else TRUST_SMALL
    own = table.get(span.recogniser)
    if own is None:
        own = 0.0 if cased else max(table.get(one, 0.0) for one in span.recogniser.split("+"))
    if not cased:
        return own if span.tier == "auto" else own - 2.0
    if language != "en":
        return own + (ELSEWHERE if span.tier == "auto" else -ABROAD)
    return own


def _scores(
    reading: Reading, votes: Mapping[int, Vote], others: Mapping[int, Kind]
) -> dict[int, float]:
    """Log odds per word: half its own, half the mean of the same word all over the text."""
    own = {
        i: math.log(max(v.name, 1e-6) / max(1 - v.name, 1e-6)) + (OUTSIDE if i in others else 0.0)
        for i, v in votes.items()
    }
    own |= {i: OUTSIDE for i in others if i not in own}
    same: dict[str, list[float]] = defaultdict(list)
    for i, score in own.items():
        same[reading.tokens[i].lower].append(score)
    mean = {lower: sum(all_of) / len(all_of) for lower, all_of in same.items()}
    return {i: (score + mean[reading.tokens[i].lower]) / 2 for i, score in own.items()}


def _decided(
    span: Span,
    inside: range,
    reading: Reading,
    votes: Mapping[int, Vote],
    scores: Mapping[int, float],
    bonus: float,
    language: str,
) -> Iterator[Span]:
    """A find as its sure middle and what is left of it at its ends."""
    tokens = reading.tokens
    weighed = [i for i in inside if i in scores]
    if not weighed:
        yield span
        return
    cased = reading.mode == "cased"
    sure = [i for i in weighed if scores[i] + bonus >= AUTO]
    if span.recogniser == "capitals" and (
        span.end - span.start == 1 or len(weighed) == 1 and _is_people(tokens[weighed[0]], language)
    ):
        sure = []  # "place X", "the Syrians"
    # A capital that opens a sentence says as little as none, where the tagger knows few words.
    mute = not cased or (language != "en" and len(weighed) == 1 and tokens[weighed[0]].first)
    if not cased and span.tier == "review" and "titles" in span.recogniser.split("+"):
        sure = []  # "mr good", "mevrouw de groot": the title is sure to be one, what follows is not
    if not cased and span.recogniser == "known" and span.tier == "review":
        if all(_is_said(tokens[i].lower, language) for i in weighed):
            sure = []  # a participant called Baas, and "mijn baas"
    if mute and span.tier == "review" and all(_both(tokens[i], language) for i in weighed):
        # "grant", "may", "Mark og eng": somebody has to look, unless one of them takes part and it
        # is said as a name is.
        if span.recogniser != "known" or max(scores[i] for i in weighed) < CALLED:
            sure = []
    if not sure:
        if span.recogniser in _GUESSED and all(
            scores[i] < NOBODY and lexicon.is_word(tokens[i].lower, language) for i in weighed
        ):
            return
        yield replace(span, tier="review")
        return
    if span.recogniser == "known":
        yield replace(span, tier="auto")
        return
    first, last = sure[0], sure[-1]
    ruled = not _RULED.isdisjoint(span.recogniser.split("+"))

    def stays(i: int) -> bool:
        return (ruled and scores.get(i, 0.0) >= NOBODY) or not _plain(tokens[i], language)

    while first > inside[0] and stays(first - 1):
        first -= 1
    while last < inside[-1] and stays(last + 1):
        last += 1
    start = span.start if first == inside[0] else tokens[first].start
    end = span.end if last == inside[-1] else tokens[last].end
    kind = _kind(span, sure, votes)
    yield replace(span, start=start, end=end, kind=kind, tier="auto")
    for rest in (range(inside[0], first), range(last + 1, inside[-1] + 1)):
        left = [i for i in rest if i in scores and scores[i] >= NOBODY]
        if left:
            yield replace(
                span,
                start=max(span.start, tokens[left[0]].start),
                end=min(span.end, tokens[left[-1]].end),
                tier="review",
            )


def _is_people(token: Token, language: str) -> bool:
    """One of a people, a creed, a party."""
    return token.lower.endswith(PEOPLES) and not word(token.lower, language).name


def _both(token: Token, language: str) -> bool:
    """A name that is an ordinary word too."""
    known = word(token.lower, language)
    if not (known.word and known.name):
        return False
    # "grant", "hope"; "jack" and "frank" are met as often where they are no words.
    return language != "en" or lexicon.distinct(token.lower, language) >= _TWOFOLD


def _plain(token: Token, language: str) -> bool:
    """An ordinary word, no name: only such a one is left out at the end of a find."""
    known = word(token.lower, language)
    return known.word and not known.name


def _kind(span: Span, sure: Sequence[int], votes: Mapping[int, Vote]) -> Kind:
    """Of a find whose kind was a guess the tagger's; a name that nobody typed must have one."""
    said = [votes[i] for i in sure if i in votes]
    best = max(said, key=lambda v: v.name) if said else None
    guessed = span.recogniser in _GUESSED and span.kind == "person"
    if best and (span.kind == "name" or guessed and best.name >= _TYPED):
        return best.kind
    return "person" if span.kind == "name" else span.kind


def _alone(
    reading: Reading,
    votes: Mapping[int, Vote],
    scores: Mapping[int, float],
    taken: Collection[int],
    others: Mapping[int, Kind],
    language: str,
) -> Iterator[Span]:
    """What nobody but the tagger found; neighbours of one tier and kind are one find."""
    tokens, cased = reading.tokens, reading.mode == "cased"
    bonus = (TRUST if cased else TRUST_SMALL)["tagger"] - (ABROAD if language != "en" else 0.0)
    run: list[int] = []
    last: tuple[Tier, Kind] | None = None
    for i in sorted(scores):
        small = cased and not tokens[i].cap and i not in others
        if i in taken or small or len(tokens[i].text) < 2:
            continue
        if _says_nothing(tokens, i, language):
            continue
        if not cased and not _may(tokens[i].lower, language):
            continue
        tier = _tier(scores[i], bonus, tokens[i], cased=cased)
        if tier and not cased and _both(tokens[i], language):
            tier = "review" if language == "en" else None
        elif tier and not cased and _is_said(tokens[i].lower, language):
            tier = "review"  # "baas"
        if tier is None:
            continue
        kind: Kind = others[i] if i in others else votes[i].kind
        if not cased and not _listed_as(kind, tokens[i].lower, language):
            kind = "person"  # a place or an organisation that no list has is less likely
        said = (tier, kind if tier == "auto" or not cased else "name")
        if run and run[-1] == i - 1 and tokens[i].gap in JOINTS and said == last:
            run.append(i)
            continue
        yield from _span(run, last, tokens)
        run, last = [i], said
    yield from _span(run, last, tokens)


def _is_said(lower: str, language: str) -> bool:
    """An ordinary word that no list has as a name. Not in English, where the tagger knows better:

    there it cost a tenth of the sure finds in hearings ("justice sotomayor").
    """
    listed = lower in lexicon.given() or lower in lexicon.family()
    return language != "en" and not listed and lexicon.is_word(lower, language)


def _may(lower: str, language: str) -> bool:
    """In text without capitals: a listed name, or a word where all words that exist are listed.

    There is no such list of Danish: what lists lack is mostly a word.
    """
    return word(lower, language).name or language in lexicon.OWN_LIST


def _listed_as(kind: Kind, lower: str, language: str) -> bool:
    sign = word(lower, language).sign_alone
    return kind == "person" or not set("p" if kind == "place" else "kh").isdisjoint(sign)


def _says_nothing(tokens: Sequence[Token], i: int, language: str) -> bool:
    """A capital that everybody writes, a word made of words, "NOT", the "Will" of "Will you"."""
    token = tokens[i]
    if token.lower in cues.common_capitals(language) or _is_compound(token, language):
        return True
    known = word(token.lower, language)
    if token.caps and known.word and lexicon.frequency(token.lower, language) >= _SHOUTED:
        return True
    if not token.first:
        return False
    after = tokens[i + 1] if i + 1 < len(tokens) and tokens[i + 1].gap == " " else None
    titled = after is not None and after.cap and word(after.lower, language).word  # "Next Door"
    if lexicon.frequency(token.lower, language) >= _OPENS and not titled:
        return True
    if lexicon.is_compound(token.lower, language) or lexicon.is_inflected(token.lower, language):
        return True
    if known.word and after is not None and after.lower in cues.PRONOUN_AFTER:
        return True
    return language != "en" and (known.word or not known.name)


def _is_compound(token: Token, language: str) -> bool:
    """Frequent words with a hyphen between: "e-mail", "twenty-six"."""
    parts = token.lower.split("-")
    return len(parts) > 1 and all(
        len(part) < 2 or lexicon.is_common(part, language) for part in parts
    )


def _tier(score: float, bonus: float, token: Token, *, cased: bool) -> Tier | None:
    if score + bonus >= AUTO:
        return "auto"
    least = (OPENING if token.first else INSIDE) if cased else OPENING
    return "review" if score >= least else None


def _span(
    run: Sequence[int], said: tuple[Tier, Kind] | None, tokens: Sequence[Token]
) -> Iterator[Span]:
    if run and said:
        yield Span(
            start=tokens[run[0]].start,
            end=tokens[run[-1]].end,
            kind=said[1],
            tier=said[0],
            recogniser="tagger",
        )
