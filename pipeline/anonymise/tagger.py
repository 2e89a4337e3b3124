"""A small tagger: which words are part of a name of a person, a place, an organisation.

It looks at a word and around it (`tagger_features.py`), never at what a recogniser said. A linear
layer and a small hidden one per word, then Viterbi over PERSON / LOC / ORG in BIO.
Its weights ship in `models/names` (see CARD.md there) and are made again by
`python -m pipeline.anonymise.train_tagger`. It finds too little to stand alone, but it weighs well
what others found: `find` lets it vote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipeline.anonymise.pieces import Space
from pipeline.anonymise.tagger_features import around, candidates, features_of, seen_in, window
from pipeline.anonymise.tokens import Reading, read
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


class Vote(NamedTuple):
    """What the tagger says of one word."""

    name: float  # 0 to 1: how likely it is part of a name
    kind: Kind  # the likeliest, if it is one
    tag: str  # that of the best sequence: "B-PERSON", "O"


class Net(NamedTuple):
    """Of one case: 7 tags, h hidden units, windows of 5 words with d numbers each."""

    weights: NDArray[np.float32]  # (n features + 1, 7 + h): to the tags, to the hidden units
    near: NDArray[np.float32]  # (5, d, h): from the words of the window to the hidden units
    inner: NDArray[np.float32]  # (h,) the bias of the hidden units
    outer: NDArray[np.float32]  # (h, 7)
    bias: NDArray[np.float32]  # (7,)
    steps: NDArray[np.float32]  # (7, 7) log odds of a tag behind a tag


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """A net per case. `words[case]`: feature -> row of its weights."""

    words: Mapping[Case, Mapping[str, int]]
    nets: Mapping[Case, Net]
    space: Space

    def votes(self, text: str, language: str) -> dict[int, Vote]:
        """By token index of `read(text)`; words that cannot be names are left out."""
        return _votes(self, read(text), language)


def _votes(tagger: Tagger, reading: Reading, language: str) -> dict[int, Vote]:
    import numpy as np

    cased = reading.mode == "cased"
    case: Case = "cased" if cased else "small"
    chosen = candidates(reading, language, tagger.space)
    if not chosen:
        return {}
    text = around(reading, language, chosen)
    seen = seen_in(reading, chosen, tagger.space, language)
    get, net = tagger.words[case].get, tagger.nets[case]
    at: list[int] = []
    starts: list[int] = []
    for i in chosen:
        starts.append(len(at))
        found = features_of(reading, i, language, text, seen, cased=cased)
        at += [get(feature, -1) for feature in found]  # -1: a row of nothing
    scores = np.add.reduceat(net.weights[np.array(at)], np.array(starts), axis=0)
    inside = scores[:, len(TAGS) :] + net.inner
    if language == "en":  # what stands around was learnt from English
        windows = np.array([window(reading, i, seen) for i in chosen])
        short = seen.vectors @ tagger.space.axes
        for k, near in enumerate(net.near):
            inside += (short @ near)[windows[:, k]]
    scores = scores[:, : len(TAGS)] + np.maximum(inside, 0) @ net.outer
    scores = scores.astype(np.float64) + net.bias
    logs = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    path = _viterbi(logs, chosen, net.steps)
    share = np.exp(logs)
    names = 1.0 - share[:, 0]
    kinds = _alike(share[:, 1::2] + share[:, 2::2], [reading.tokens[i].lower for i in chosen])
    return {
        i: Vote(float(p), _KINDS[kind], TAGS[tag])
        for i, p, kind, tag in zip(chosen, names, kinds, path, strict=True)
    }


def _alike(share: NDArray[np.float64], words: Sequence[str]) -> NDArray[np.intp]:
    """Of which kind each word is: half by itself, half by all that the text has of that word."""
    import numpy as np

    own = share / share.sum(axis=1, keepdims=True)
    _, group = np.unique(np.array(words), return_inverse=True)
    total = np.zeros((group.max() + 1, share.shape[1]))
    np.add.at(total, group, share)  # a sure word says more than a doubtful one
    both: NDArray[np.float64] = own + (total / total.sum(axis=1, keepdims=True))[group]
    kinds: NDArray[np.intp] = both.argmax(axis=1)
    return kinds


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
    from safetensors.numpy import load

    try:
        arrays = load((folder / WEIGHTS).read_bytes())
        words = json.loads((folder / FEATURES).read_text("utf-8"))
        tagger = Tagger(
            words={case: {f: row for row, f in enumerate(words[case])} for case in CASES},
            nets={case: _net(arrays, case) for case in CASES},
            space=space_of(arrays),
        )
        if any(len(tagger.words[c]) + 1 != len(tagger.nets[c].weights) for c in CASES):
            raise ValueError
    except Exception:
        raise PipelineError(
            "the names tagger cannot be read",
            where=folder.name,
            mend="Install Motif again, or train it anew with pipeline.anonymise.train_tagger.",
        ) from None
    tagger.space.check()
    return tagger


def space_of(arrays: Mapping[str, NDArray[Any]]) -> Space:
    """The space among what is stored.

    Raises
    ------
    KeyError : a part of it is missing.
    """
    import numpy as np

    parts = {name: arrays[f"space.{name}"] for name in Space._fields}
    fingerprint = parts.pop("fingerprint")
    return Space(**{k: v.astype(np.float32) for k, v in parts.items()}, fingerprint=fingerprint)


def _net(arrays: Mapping[str, NDArray[Any]], case: Case) -> Net:
    """With a row of nothing behind the weights, index -1; hidden ones only where there are some."""
    import numpy as np

    parts = {f: arrays[f"{case}.{f}"].astype(np.float32) for f in Net._fields if f != "weights"}
    straight, through = arrays[f"{case}.straight"], arrays[f"{case}.through"]
    weights = np.zeros((len(straight) + 1, len(TAGS) + through.shape[1]), np.float32)
    weights[:-1, : len(TAGS)] = straight
    weights[arrays[f"{case}.rows"], len(TAGS) :] = through
    return Net(weights=weights, **parts)


@cache
def shipped_tagger() -> Tagger:
    """The one that ships: in a checkout or in a wheel."""
    package = Path(__file__).resolve().parents[1]
    places = (package / "shipped" / "models" / "names", package.parent / "models" / "names")
    return load_tagger(next((place for place in places if place.is_dir()), places[-1]))
