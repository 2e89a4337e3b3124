"""What the tagger looks at in a word: letters, lexica, neighbours, the text, the word's vector."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.anonymise import cues, lexicon
from pipeline.anonymise.organisations import HEADS_AFTER, HEADS_BEFORE, KNOWN
from pipeline.anonymise.pieces import TYPES, Space
from pipeline.anonymise.places import gazetteer
from pipeline.anonymise.titles import ALL as TITLES
from pipeline.anonymise.tokens import JOINTS, PARTICLES, Reading, Token

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A word met this often may be a feature by itself: it is no name.
_USUAL = 4.3
# In text without capitals a word this frequent is looked at only if a list has it as a name.
_PLAIN = 3.6
_LOUD = 5.6  # from there on not even then
_FAR = 2  # words to either side
WINDOW = range(-_FAR, _FAR + 1)  # whose vectors are looked at
# Log odds of the vector from which on such a frequent word is looked at although no list has it.
_NAMELIKE = 0.0
_LETTERS = 2  # a single one is an initial at most
_NEVER = frozenset("i ok oh um uh hi hey yeah the a an and or but".split())


class Word(NamedTuple):
    """What the lexica say of a word, wherever it stands."""

    sign: str  # one letter per list that has it, be it of names or of what stands beside them
    sign_alone: str  # without the latter
    features: tuple[str, ...]
    usual: str  # the word itself, if it is a frequent one
    name: bool  # a list of names or places has it
    word: bool  # an ordinary word


class Seen(NamedTuple):
    """The words of a text by their vectors."""

    rows: Mapping[str, int]
    vectors: NDArray[np.float32]  # (n + 1, 384), the last row of nothing
    features: Mapping[str, tuple[str, ...]]  # of those that may be names: what they are like


@lru_cache(maxsize=1 << 16)
def word(lower: str, language: str) -> Word:
    """The lexica's view of a lower-case word."""
    base = lower if language == "en" else lexicon.without_genitive(lower)
    frequency = lexicon.frequency(base, language)
    ordinary = lexicon.is_word(base, language)
    listed = (
        ("g", base in lexicon.given()),
        ("n", base in lexicon.near_given(language)),
        ("f", base in lexicon.family()),
        ("p", base in gazetteer()),
        ("P", bool(lexicon.places().get(base))),
        ("w", ordinary),
        ("b", base in lexicon.both(language)),
        ("c", lower in cues.common_capitals(language)),
        ("h", lower in HEADS_AFTER or lower in HEADS_BEFORE),
        ("H", lower in cues.PLACE_HEADS_AFTER or lower in cues.PLACE_HEADS_BEFORE),
        ("t", lower in TITLES),
        ("k", lower in KNOWN),
        ("a", lower in PARTICLES),
        ("d", lower in cues.DIRECTIONS),
    )
    sign = "".join(letter for letter, has in listed if has) or "-"
    if frequency > 0:
        zipf = f"{int(2 * frequency) / 2}"
    else:
        zipf = "none" if lexicon.is_unseen(base, language) else "seldom"
    foreign = f"{int(2 * lexicon.distinct(base, language))}" if language == "en" else "x"
    features = (
        f"s={sign}",
        *(f"l={letter}" for letter in sign),
        f"z={zipf}",
        f"sz={sign}{zipf}",
        f"d={foreign}",
        f"3={lower[-3:]}",
        f"2={lower[-2:]}",
        f"n={min(len(lower), 9)}",
        f"i={lexicon.is_inflected(lower, language)}",
    )
    near = "".join(
        letter
        for letter, words in (
            ("b", cues.PERSON_BEFORE), ("w", cues.WITH), ("y", cues.PERSON_AFTER),
            ("s", cues.SPEECH), ("u", cues.PRONOUN_AFTER), ("i", cues.PLACE_BEFORE),
            ("m", cues.PLACE_MAYBE), ("e", cues.LETTER_BEFORE),
        )
        if lower in words
    )  # fmt: skip
    return Word(
        sign=sign + near,
        sign_alone=sign,
        features=features,
        usual=lower if ordinary and frequency >= _USUAL else "",
        name=bool({"g", "f", "p"} & set(sign)),
        word=ordinary,
    )


def candidates(reading: Reading, language: str, space: Space) -> list[int]:
    """Tokens that may belong to a name: capitals and what stands between; without them, the rare.

    All others are no names for sure, which is what makes this fast.
    """
    import numpy as np

    if reading.mode == "cased":
        index = {token.start: i for i, token in enumerate(reading.tokens)}
        return [
            i
            for run in reading.runs()
            for i in range(index[run[0].start], index[run[-1].start] + 1)
        ]
    maybe = {token.lower: _may(token, language) for token in reading.tokens}
    asked = [lower for lower, may in maybe.items() if may is None]
    if asked and language == "en":  # what is frequent elsewhere is a rare name to English ears
        _, types, _ = space.look(asked)
        odds = np.logaddexp.reduce(types[:, 1:], axis=1) - types[:, 0]
        maybe |= {lower: bool(one >= _NAMELIKE) for lower, one in zip(asked, odds, strict=True)}
    return [
        i
        for i, token in enumerate(reading.tokens)
        if (maybe[token.lower] if len(token.lower) >= _LETTERS else _initial(token))
    ]


def _may(token: Token, language: str) -> bool | None:
    """None: a frequent word that no list has as a name; its vector has to say."""
    lower = token.lower
    if len(lower) < _LETTERS or lower in _NEVER:
        return False
    known = word(lower, language)
    frequency = lexicon.frequency(lower, language)
    if frequency < _PLAIN or not known.word:
        return True
    if frequency >= _LOUD:
        return False
    return True if known.name or "t" in known.sign or "k" in known.sign else None


def _initial(token: Token) -> bool:
    return token.gap.endswith((" ", ".")) and token.lower not in "aio"


def seen_in(reading: Reading, chosen: Sequence[int], space: Space, language: str) -> Seen:
    """Vectors of the words at `chosen` and of those around them, all at once."""
    import numpy as np

    tokens = reading.tokens
    near = {j for i in chosen for j in range(max(0, i - _FAR), min(len(tokens), i + _FAR + 1))}
    words = list(dict.fromkeys(tokens[i].lower for i in sorted(near)))
    rows = {lower: row for row, lower in enumerate(words)}
    vectors, types, n = space.look(words)
    features = {
        lower: tuple(_like(types[rows[lower]].tolist(), int(n[rows[lower]]), lower, language))
        for lower in dict.fromkeys(tokens[i].lower for i in chosen)
    }
    return Seen(rows, np.vstack([vectors, np.zeros((1, vectors.shape[1]), np.float32)]), features)


def window(reading: Reading, i: int, seen: Seen) -> list[int]:
    """The rows in `seen.vectors` of the words around the one at `i`; -1 beyond the text."""
    tokens = reading.tokens
    return [
        seen.rows[tokens[i + far].lower] if 0 <= i + far < len(tokens) else -1 for far in WINDOW
    ]


def _like(types: Sequence[float], n_pieces: int, lower: str, language: str) -> Iterator[str]:
    """What a word is like by its vector alone, in steps, and what the lexica say to that.

    `types` are the log shares of TYPES.
    """
    word_, given, family, place = types
    person = _log_sum(given, family)
    odds = _log_sum(person, place) - word_
    name, coarse = _step(odds, 1, 6), _step(odds, 2, 3)
    kind = max(range(1, len(TYPES)), key=types.__getitem__)
    sign = word(lower, language).sign_alone
    listed = not {"g", "f", "p"}.isdisjoint(sign)
    yield from (
        f"e={name}",
        f"en={name}.{min(n_pieces, 3)}",
        f"ek={coarse}{kind}",
        f"ep={_step(person - place, 1, 4)}",
        f"epn={_step(person - place, 1, 4)}.{coarse}",
        f"eg={_step(given - family, 1.5, 2)}",
        f"es={coarse}{sign}",
        f"el={kind}{coarse}{'w' in sign}{listed}",
    )


def _log_sum(a: float, b: float) -> float:
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))


def _step(x: float, width: float, most: int) -> int:
    return max(-most, min(most, math.floor(x / width)))


class Around(NamedTuple):
    """What the whole text does with a word."""

    small: frozenset[str]  # met in small letters
    cased: Counter[str]  # met with a capital where no sentence starts
    beside: Mapping[str, str]  # what stands next to it anywhere


def around(reading: Reading, language: str, chosen: Sequence[int]) -> Around:
    """Gather it once per text."""
    tokens = reading.tokens
    cased = Counter(tokens[i].lower for i in chosen if tokens[i].cap and not tokens[i].first)
    beside: dict[str, set[str]] = {}
    for i in chosen:
        lower = tokens[i].lower
        said = beside.setdefault(lower, set())
        if i and tokens[i].gap in JOINTS:
            before = word(tokens[i - 1].lower, language)
            said |= {f"<{c}" for c in before.sign if c in "tgbi"}
        if i + 1 < len(tokens) and tokens[i + 1].gap == " ":
            after = word(tokens[i + 1].lower, language)
            said |= {f">{c}" for c in after.sign if c in "shHf"}
    joined = {lower: "".join(sorted(said)) for lower, said in beside.items()}
    return Around(reading.seen_lower if reading.mode == "cased" else frozenset(), cased, joined)


def features_of(
    reading: Reading, i: int, language: str, text: Around, seen: Seen, *, cased: bool
) -> Iterator[str]:
    """What the tagger looks at in the word at `i`."""
    tokens = reading.tokens
    token = tokens[i]
    known = word(token.lower, language)
    yield from known.features
    yield from seen.features[token.lower]
    beside = text.beside.get(token.lower, "")
    for k in range(0, len(beside), 2):
        yield f"D{beside[k : k + 2]}"
    if known.usual:
        yield f"w={known.usual}"
    if cased:
        first = "F" if token.first else "M"
        small = "l" if token.lower in text.small else "L"
        often = min(text.cased[token.lower], 3)
        shape = _shape(token)
        yield f"c={first}{small}{often}"
        yield f"cs={first}{small}{known.sign}"
        yield f"co={small}{often}{'w' if known.word else '-'}{'n' if known.name else '-'}"
        yield f"x={shape}"
        yield f"xf={shape}{first}{known.word}"
    signs = [known.sign]
    for step in (-1, 1):
        gap_open = True
        for far in range(1, _FAR + 1):
            j = i + step * far
            side = f"{step * far:+d}"
            if not 0 <= j < len(tokens):
                yield f"{side}=|"
                break
            other = tokens[j]
            gap = tokens[max(i, j) if far == 1 else (j + 1 if step < 0 else j)].gap
            gap_open = gap_open and gap in JOINTS
            if not gap_open:
                yield f"{side}g={_gap(gap)}"
                if far == 1:
                    yield f"{side}gs={_gap(gap)}{known.sign}"
                break
            near = word(other.lower, language)
            capital = "C" if cased and other.cap else "c"
            yield f"{side}s={capital}{near.sign}"
            yield from (f"{side}l={capital}{letter}" for letter in near.sign)
            if near.usual:
                yield f"{side}w={capital}{near.usual}"
            if far == 1:
                yield f"{side}p={capital}{near.sign}/{known.sign}"
                signs.append(near.sign)
    yield "t=" + "/".join(signs)


def _shape(token: Token) -> str:
    text = token.text
    if len(text) == 1:
        return "X"
    if token.caps:
        return "XX" if len(text) < 5 else "XXX"
    inner = "-" if "-" in text else "'" if "'" in text else ""
    if text[0].isupper():
        return "Xx" + inner + ("X" if any(char.isupper() for char in text[1:]) else "")
    return "x" + inner + ("X" if token.cap else "")


def _gap(gap: str) -> str:
    """The mark between two words; a digit or a line end too."""
    for char in gap:
        if char == "\n":
            return "n"
        if char.isdigit():
            return "0"
        if not char.isspace():
            return char
    return " "
