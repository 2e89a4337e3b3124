"""Towns, countries, regions: a list that ships with the package, and the words around a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.anonymise import Context, cues, lexicon
from pipeline.anonymise.tokens import Reading, Token, read
from pipeline.records import Span, Tier

_ABBREVIATED = re.compile(
    r"\bU\. ?S\.(?: ?A\b\.?)?|\bU\. ?S\b|\bU\. ?K\b\.?|\bD\. ?C\b\.?|\bU(?:SA?|K)\b"
)
# Zipf frequency of a word from which on it rather opens a sentence than names a town: "Reading".
_OPENING = 5.0
_LONGEST = 5  # words in a place name
_SUFFIX = {
    "nl": (
        "dam",
        "drecht",
        "veen",
        "hoven",
        "wijk",
        "huizen",
        "broek",
        "dorp",
        "burg",
        "stad",
        "oord",
        "gem",
    ),
    "da": (
        "købing",
        "rup",
        "strup",
        "borg",
        "lev",
        "løse",
        "sted",
        "havn",
        "bjerg",
        "inge",
        "ager",
        "by",
        "skov",
    ),
    "en": (
        "ville",
        "ton",
        "ham",
        "shire",
        "burgh",
        "bury",
        "borough",
        "chester",
        "mouth",
        "burg",
        "field",
        "ford",
    ),
}


@cache
def gazetteer() -> dict[str, int]:
    """Place names in lower case, with their number of words."""
    return {name: len(_words(name)) for name in lexicon.places()}


@cache
def _starts() -> frozenset[str]:
    """First words of place names of several words."""
    return frozenset(_words(name)[0] for name, n in gazetteer().items() if n > 1)


def _words(name: str) -> list[str]:
    return name.lower().replace("-", " ").split()


def find_places(text: str, context: Context) -> list[Span]:
    """`place`: auto for listed names and clear cues, review for listed words of the language."""
    reading = read(text)
    spans = list(_listed(reading, context))
    spans += [
        Span(start=match.start(), end=match.end(), kind="place", tier="auto", recogniser="places")
        for match in _ABBREVIATED.finditer(text)
        if reading.mode == "cased"
    ]
    if reading.mode == "cased":
        spans += _by_context(reading, context)
    return spans


def _listed(reading: Reading, context: Context) -> Iterator[Span]:
    tokens, text = reading.tokens, reading.text
    cased = reading.mode == "cased"
    known = gazetteer()
    i = 0
    while i < len(tokens):
        token = tokens[i]
        n = 1
        if cased and not token.cap:
            i += 1
            continue
        if token.lower.replace("-", " ").split(" ")[0] in _starts():
            n = _longest(tokens, i, text, known)
        if n > 1:
            yield _span(token, tokens[i + n - 1], "auto")
        elif lexicon.without_genitive(token.lower) in known:
            tier = _tier(reading, i, context)
            if tier:
                yield _span(token, token, tier)
        i += n


def _longest(tokens: Sequence[Token], i: int, text: str, known: dict[str, int]) -> int:
    """How many words from `i` on are one listed place; 1 if none of several words is."""
    best = 1
    for n in range(2, min(_LONGEST, len(tokens) - i) + 1):
        if tokens[i + n - 1].gap not in (" ", "-", ". ", "\u00a0"):
            break
        if text[tokens[i].start : tokens[i + n - 1].end].lower() in known:
            best = n
    return best


def _tier(reading: Reading, i: int, context: Context) -> Tier | None:
    token = reading.tokens[i]
    before = reading.tokens[i - 1].lower if i and token.gap == " " else ""
    word = lexicon.is_word(token.lower, context.language) or (
        context.language != "en" and lexicon.is_word(token.lower, "en")
    )
    if reading.mode != "cased":
        if len(token.lower) < 4 or word or lexicon.frequency(token.lower, context.language) >= 5.3:
            return (
                "review" if word and before in cues.PLACE_BEFORE and len(token.lower) > 3 else None
            )
        person = token.lower in lexicon.given() or token.lower in lexicon.family()
        return "review" if person and before not in cues.PLACE_BEFORE | cues.PLACE_MAYBE else "auto"
    if token.lower in cues.common_capitals(context.language):
        return None
    if not word or (lexicon.places().get(token.lower) and not token.first):
        return "auto"
    if token.first:
        rare = lexicon.frequency(token.lower, context.language) < _OPENING
        return "review" if rare and token.lower not in reading.seen_lower else None
    return "auto" if before in cues.PLACE_BEFORE | cues.PLACE_MAYBE else "review"


def _by_context(reading: Reading, context: Context) -> Iterator[Span]:
    """What cues show: "in Xhout", "Lake X", "X River"; after "to" what ends as places do."""
    suffixes = _SUFFIX.get(context.language, ())
    index = {token.start: i for i, token in enumerate(reading.tokens)}
    for run in reading.runs():
        first = index[run[0].start]
        before = reading.tokens[first - 1].lower if first and run[0].gap == " " else ""
        if len(run) > 1 and run[-1].lower in cues.PLACE_HEADS_AFTER:
            words = _without_opening(run, context)
            if len(words) > 1:
                yield _span(words[0], words[-1], "auto")
            continue
        for j, token in enumerate(run[:-1]):
            if token.lower in cues.PLACE_HEADS_BEFORE and run[j + 1].cap:
                yield _span(token, run[j + 1], "auto")
        if run[0].first or run[0].lower in cues.common_capitals(context.language) or len(run) > 3:
            continue
        if run[0].caps and len(run[0].text) < 4:
            continue
        if before in cues.PLACE_BEFORE and not _is_person(run):
            yield _span(run[0], run[-1], "auto")
        elif (
            before in cues.PLACE_MAYBE and run[-1].lower.endswith(suffixes) and not _is_person(run)
        ):
            yield _span(run[0], run[-1], "auto")


def _is_person(run: Sequence[Token]) -> bool:
    return any(token.lower in lexicon.given() for token in run)


def _without_opening(run: Sequence[Token], context: Context) -> Sequence[Token]:
    """Without the ordinary word that a sentence starts with: "The", "When"."""
    if run[0].first and lexicon.is_word(run[0].lower, context.language):
        return run[1:]
    return run


def _span(start: Token, end: Token, tier: Tier) -> Span:
    return Span(start=start.start, end=end.end, kind="place", tier=tier, recogniser="places")
