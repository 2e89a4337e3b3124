"""What was likely missed, by other signs than those that the recognisers go by."""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.risk import FINDERS, MASK, Finder, Miss, Words

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_TAIL = re.compile(r"['’](?:s|ll|d|ve|re|m)$", re.IGNORECASE)
# A sentence, a line or a quotation begins. A masked name before it is no end of a sentence.
_OPENING = re.compile(r"(?:^|[.!?…:\n\"“”„«»])[\s\"'“”‘’„«»(\[*\-–—•]*$")
_SHOUTED = 0.5  # share of words all in capitals above which capitals say nothing
_LOWER = 0.01  # share of words with a capital up to which nobody typed any
_SHORTEST = 3  # letters in a name in small letters
_FEWEST = 5  # letters in a word that is held against known names

_NUMBER = re.compile(r"(?<![\w.,])\d(?:[ .,/\-–]?\d){4,}(?![\w])")
_AMOUNT = re.compile(r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?|\d+[.,]\d{1,2}")
_YEARS = re.compile(r"(?:19|20)\d\d[ /\-–](?:19|20)?\d\d")
_DIGIT_WORDS = (
    "zero oh one two three four five six seven eight nine double "
    "nul een één twee drie vier vijf zes zeven acht negen dubbel "
    "en to tre fire fem seks syv otte ni dobbelt"
).split()
_DIGIT = f"(?:{'|'.join(_DIGIT_WORDS)})"
_SPOKEN = re.compile(rf"\b{_DIGIT}(?:[ ,\-]+{_DIGIT}\b){{4,}}", re.IGNORECASE)

# After these a name follows, be it an ordinary word as well.
_SURE = (
    r"(?:my|his|her|their|whose) (?:real |full |first |last )?name(?:'s|’s| is| was)"
    r"|i(?:'m| am|’m) called|name of|mijn (?:voor|achter)?naam is|(?:zijn|haar|hun) naam (?:is|was)"
    r"|(?:ik|hij|zij|ze) hee(?:t|tte)|met de naam|mit (?:for|efter)?navn er"
    r"|(?:hans|hendes|deres) navn (?:er|var)|(?:jeg|han|hun) he(?:dder|d)|ved navn"
)
# After these a name may follow: only what is no ordinary word counts.
_MAYBE = (
    r"called|named|nicknamed|calls (?:him|her)self|genaamd|noemen (?:we|ze)|noemde[n]? (?:hem|haar)"
    r"|heten|heet|heette|hedder|hed|kaldet|kalder (?:ham|hende)|kaldte (?:ham|hende)"
    r"|mr|mrs|ms|miss|dr|mevrouw|meneer|mevr|dhr|fru|frk|hr"
)
_FILLER = r"(?:\b(?:uh|uhm|um|er|erm|eh|ehm|øh|øhm|well|like|ja|nou|altså)\b[, ]*)*"
_CUE = re.compile(
    rf"\b(?:(?P<sure>{_SURE})|(?:{_MAYBE}))\.?,? +{_FILLER}(?P<word>{_WORD.pattern})", re.IGNORECASE
)

# A street by itself, behind a word of place. Without a house number the recognisers want a capital.
_KINDS_OF_STREET = (
    "hoofd|zij|winkel|dwars|school|markt|voet|fiets|snel|auto|water|motor|spoor|dorps|markt|hoved|"
    "side|gang|ud|om|arbejds|parkerings|lege|grus|skov|skole|cykel|villa|land|jern|under"
)
_STREET = re.compile(
    r"\b(?:in|op|aan|bij|naar|uit|van|langs|i|på|ved|til|fra|ad) (?:(?:de|het|den) )?"
    rf"(?P<grown>(?!(?:{_KINDS_OF_STREET})(?:straat|plein|laan|gade|vej|plads))[^\W\d_]{{3,}}"
    r"(?:straat|laan|gracht|singel|plein|steeg|kade|gade|gaden|vej|vejen|stræde|torv))\b"
    r"|\b(?:on|at|off|near|down|from|to|in) (?P<apart>(?!(?:the|this|that|these|every|each|any|our|"
    r"your|his|her|their|one|some|what|which|another|same|next|other|open|main|city|busy)\b)"
    r"[^\W\d_]{3,} (?:street|road|avenue|lane|boulevard))\b",
    re.IGNORECASE,
)


def find_misses(text: str, words: Words) -> list[Miss]:
    """What all finders find, in order; of two at one place that of the earlier finder."""
    found: list[Miss] = []
    for path in FINDERS.values():
        finder = _finder(path)
        taken = [(one.start, one.end) for one in found]
        found += [
            miss
            for miss in finder(text, words)
            if not any(miss.start < end and start < miss.end for start, end in taken)
        ]
    return sorted(found)


@lru_cache
def _finder(path: str) -> Finder:
    module, _, name = path.partition(":")
    found: Finder = getattr(importlib.import_module(module), name)
    return found


def find_capitals(text: str, words: Words) -> list[Miss]:
    """Words with a capital that are no ordinary ones; where a sentence begins, only those that the
    text never has in small letters. Nothing in a text all in capitals.
    """
    matches = list(_WORD.finditer(text))
    shouted = sum(m.group().isupper() and len(m.group()) > 1 for m in matches)
    if shouted > _SHOUTED * len(matches):
        return []
    small = {m.group().lower() for m in matches if m.group().islower()}
    found = []
    for match in matches:
        word = _TAIL.sub("", match.group())
        if not word[0].isupper() or len(word) < 2 or _is_plain(word, words):
            continue
        if word.lower() in small and _OPENING.search(
            text, max(0, match.start() - 20), match.start()
        ):
            continue
        found.append(Miss(start=match.start(), end=match.start() + len(word), what="capital"))
    return found


def find_numbers(text: str, words: Words) -> list[Miss]:
    """Five digits or more in a run, written or spoken; no amounts (10,000) and no span of years."""
    found = []
    for pattern in (_NUMBER, _SPOKEN):
        for match in pattern.finditer(text):
            if _AMOUNT.fullmatch(match.group()) or _YEARS.fullmatch(match.group()):
                continue
            found.append(Miss(start=match.start(), end=match.end(), what="number"))
    return found


def find_after_cues(text: str, words: Words) -> list[Miss]:
    """The word after "my name is", "mijn naam is", "jeg hedder", if it can be a name."""
    found = []
    for match in _CUE.finditer(text):
        word = _TAIL.sub("", match["word"])
        named = match["sure"] is not None and words.is_name(word.lower())
        if len(word) > 1 and (named or not _is_plain(word, words)):
            start = match.start("word")
            found.append(Miss(start=start, end=start + len(word), what="cue"))
    return found


def find_near_names(text: str, words: Words) -> list[Miss]:
    """Words that are a known name but for one letter: how it is misspelled or misheard.

    Who writes capitals writes them in names, so a rare word in small letters counts only where
    there are hardly any capitals.
    """
    near = _deletions(words.names)
    matches = list(_WORD.finditer(text))
    capitals = _has_capitals(matches)
    found = []
    for match in matches:
        word = _TAIL.sub("", match.group())
        lower = word.lower()
        if len(lower) < _FEWEST or _is_plain(word, words):
            continue
        if capitals and word == lower and words.is_heard(lower):
            continue
        if any(_one_apart(lower, name) for cut in _cuts(lower) for name in near.get(cut, ())):
            found.append(Miss(start=match.start(), end=match.start() + len(word), what="near"))
    return found


def find_streets(text: str, words: Words) -> list[Miss]:
    """A street without a house number and without a capital: "in de kerkstraat"."""
    return [
        Miss(start=match.start(match.lastgroup), end=match.end(match.lastgroup), what="street")
        for match in _STREET.finditer(text)
        if match.lastgroup is not None
    ]


def find_small(text: str, words: Words) -> list[Miss]:
    """In a text without capitals: names that are no ordinary words, and words that nobody knows."""
    matches = list(_WORD.finditer(text))
    if _has_capitals(matches):
        return []
    found = []
    for match in matches:
        word = _TAIL.sub("", match.group())
        lower = word.lower()
        if len(word) < _SHORTEST or _is_plain(word, words):
            continue
        if words.is_name(lower) or not words.is_heard(lower):
            found.append(Miss(start=match.start(), end=match.start() + len(word), what="small"))
    return found


def _has_capitals(matches: Sequence[re.Match[str]]) -> bool:
    """Whether somebody typed them; the word I does not count."""
    capitals = sum(match.group()[0].isupper() and len(match.group()) > 1 for match in matches)
    return capitals > _LOWER * len(matches)


def _is_plain(word: str, words: Words) -> bool:
    """A word, or several of them with hyphens between."""
    lower = word.lower().replace("’", "'")
    return words.is_plain(lower) or (
        "-" in lower and all(words.is_plain(part) for part in lower.split("-"))
    )


@lru_cache(maxsize=4)
def _deletions(names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Each name by what is left of it without one letter, and by itself."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if len(name) >= _FEWEST:
            for cut in _cuts(name):
                found[cut].add(name)
    return {cut: tuple(sorted(of)) for cut, of in found.items()}


def _cuts(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter more, less or other makes the one the other, or they are the same."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    short, long = sorted((a, b), key=len)
    at = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def masked(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """The text with the characters of each range covered; every other one keeps its place."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(ranges):
        start = max(start, at)
        if end > start:
            parts += [text[at:start], MASK * (end - start)]
            at = end
    return "".join([*parts, text[at:]])
