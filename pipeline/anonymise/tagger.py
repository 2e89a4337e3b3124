"""A small linear tagger: which words are part of a name of a person, a place, an organisation.

It sees a word's letters, what the lexica say of it and of its neighbours, where it stands, and what
the rest of the text does with it; never what a recogniser said. Logistic regression per word, then
Viterbi over PERSON / LOC / ORG in BIO. Its weights ship in `models/names` (see CARD.md there) and
are made again by `python -m pipeline.anonymise.train_tagger`. It finds too little to stand alone,
but it weighs well what others found: `find` lets it vote.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.anonymise import cues, lexicon
from pipeline.anonymise.organisations import HEADS_AFTER, HEADS_BEFORE, KNOWN
from pipeline.anonymise.places import gazetteer
from pipeline.anonymise.titles import ALL as TITLES
from pipeline.anonymise.tokens import JOINTS, PARTICLES, Reading, Token, read
from pipeline.errors import PipelineError
from pipeline.records import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Case = Literal["cased", "small"]
CASES: tuple[Case, ...] = ("cased", "small")
TAGS = ("O", "B-PERSON", "I-PERSON", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
_KINDS: tuple[Kind, ...] = ("person", "place", "organisation")  # in the order of TAGS
WEIGHTS, FEATURES = "weights.safetensors", "features.json"
# A word met this often may be a feature by itself: it is no name.
_USUAL = 4.3
# In text without capitals a word this frequent is looked at only if a list has it as a name.
_PLAIN = 3.6
_LOUD = 5.6  # from there on not even then
_FAR = 2  # words to either side
_NEVER = frozenset("i ok oh um uh hi hey yeah the a an and or but".split())


class Word(NamedTuple):
    """What the lexica say of a word, wherever it stands."""

    sign: str  # one letter per list that has it
    features: tuple[str, ...]
    usual: str  # the word itself, if it is a frequent one
    name: bool  # a list of names or places has it
    word: bool  # an ordinary word


class Vote(NamedTuple):
    """What the tagger says of one word."""

    name: float  # 0 to 1: how likely it is part of a name
    kind: Kind  # the likeliest, if it is one
    tag: str  # that of the best sequence: "B-PERSON", "O"


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """Weights per case. `words[case]`: feature -> row of `weights[case]` (n, 7)."""

    words: Mapping[Case, Mapping[str, int]]
    weights: Mapping[Case, NDArray[np.float32]]
    bias: Mapping[Case, NDArray[np.float32]]  # (7,)
    steps: Mapping[Case, NDArray[np.float32]]  # (7, 7) log odds of a tag behind a tag

    def votes(self, text: str, language: str) -> dict[int, Vote]:
        """By token index of `read(text)`; words that cannot be names are left out."""
        return _votes(self, read(text), language)


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
        features=features,
        usual=lower if ordinary and frequency >= _USUAL else "",
        name=bool({"g", "f", "p"} & set(sign)),
        word=ordinary,
    )


def candidates(reading: Reading, language: str) -> list[int]:
    """Tokens that may belong to a name: capitals and what stands between; without them, the rare.

    All others are no names for sure, which is what makes this fast.
    """
    if reading.mode == "cased":
        index = {token.start: i for i, token in enumerate(reading.tokens)}
        return [
            i
            for run in reading.runs()
            for i in range(index[run[0].start], index[run[-1].start] + 1)
        ]
    return [i for i, token in enumerate(reading.tokens) if _may(token, language)]


def _may(token: Token, language: str) -> bool:
    lower = token.lower
    if len(lower) < 2 or lower in _NEVER:
        return len(lower) == 1 and token.gap.endswith((" ", ".")) and lower not in "aio"
    known = word(lower, language)
    frequency = lexicon.frequency(lower, language)
    return (
        frequency < _LOUD
        and (known.name or "t" in known.sign or "k" in known.sign)
        or (frequency < _PLAIN or not known.word)
    )


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
    reading: Reading, i: int, language: str, seen: Around, *, cased: bool
) -> Iterator[str]:
    """What the tagger looks at in the word at `i`."""
    tokens = reading.tokens
    token = tokens[i]
    known = word(token.lower, language)
    yield from known.features
    beside = seen.beside.get(token.lower, "")
    for k in range(0, len(beside), 2):
        yield f"D{beside[k : k + 2]}"
    if known.usual:
        yield f"w={known.usual}"
    if cased:
        first = "F" if token.first else "M"
        small = "l" if token.lower in seen.small else "L"
        often = min(seen.cased[token.lower], 3)
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


def _votes(tagger: Tagger, reading: Reading, language: str) -> dict[int, Vote]:
    import numpy as np

    cased = reading.mode == "cased"
    case: Case = "cased" if cased else "small"
    chosen = candidates(reading, language)
    if not chosen:
        return {}
    seen = around(reading, language, chosen)
    rows = tagger.words[case]
    at: list[int] = []
    ends: list[int] = []
    for i in chosen:
        found = (rows.get(f) for f in features_of(reading, i, language, seen, cased=cased))
        at += [row for row in found if row is not None]
        at.append(-1)  # a row of nothing, so that no word is without one
        ends.append(len(at))
    starts = np.array([0, *ends[:-1]])
    scores = np.add.reduceat(tagger.weights[case][np.array(at)], starts, axis=0)
    scores = scores.astype(np.float64) + tagger.bias[case]
    logs = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    path = _viterbi(logs, chosen, tagger.steps[case])
    share = np.exp(logs)
    names = 1.0 - share[:, 0]
    kinds = (share[:, 1::2] + share[:, 2::2]).argmax(axis=1)
    return {
        i: Vote(float(p), _KINDS[kind], TAGS[tag])
        for i, p, kind, tag in zip(chosen, names, kinds, path, strict=True)
    }


def _viterbi(
    logs: NDArray[np.float64], chosen: Sequence[int], steps: NDArray[np.float32]
) -> list[int]:
    """The likeliest tags of each stretch of neighbouring words."""
    import numpy as np

    path: list[int] = []
    start = 0
    opening = np.array([-np.inf if tag[0] == "I" else 0.0 for tag in TAGS])
    for stop in range(1, len(chosen) + 1):
        if stop < len(chosen) and chosen[stop] == chosen[stop - 1] + 1:
            continue
        best = logs[start] + opening
        back = []
        for k in range(start + 1, stop):
            total = best[:, None] + steps
            back.append(total.argmax(axis=0))
            best = total.max(axis=0) + logs[k]
        tags = [int(best.argmax())]
        for pointers in reversed(back):
            tags.append(int(pointers[tags[-1]]))
        path += reversed(tags)
        start = stop
    return path


def load_tagger(folder: Path) -> Tagger:
    """Read weights and features; nothing in them is executed.

    Raises
    ------
    PipelineError : a file is missing or is not what the trainer writes.
    """
    import numpy as np
    from safetensors.numpy import load

    try:
        arrays = load((folder / WEIGHTS).read_bytes())
        words = json.loads((folder / FEATURES).read_text("utf-8"))
        tagger = Tagger(
            words={case: {f: row for row, f in enumerate(words[case])} for case in CASES},
            weights={
                # One more row, of nothing, at the end: index -1.
                case: np.vstack([arrays[f"{case}.weights"].astype(np.float32), np.zeros((1, 7))])
                for case in CASES
            },
            bias={case: arrays[f"{case}.bias"] for case in CASES},
            steps={case: arrays[f"{case}.steps"] for case in CASES},
        )
        if any(len(tagger.words[c]) + 1 != len(tagger.weights[c]) for c in CASES):
            raise ValueError
    except Exception:
        raise PipelineError(
            "the names tagger cannot be read",
            where=folder.name,
            mend="Install Motif again, or train it anew with pipeline.anonymise.train_tagger.",
        ) from None
    return tagger


@cache
def shipped_tagger() -> Tagger:
    """The one that ships: in a checkout or in a wheel."""
    package = Path(__file__).resolve().parents[1]
    places = (package / "shipped" / "models" / "names", package.parent / "models" / "names")
    return load_tagger(next((place for place in places if place.is_dir()), places[-1]))
