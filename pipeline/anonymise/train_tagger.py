"""Train the names tagger that ships in `models/names`. Run at will, by hand, in under a minute:

    python -m pipeline.anonymise.train_tagger DATA_DIR -o models/names

DATA_DIR holds `gum-ccby.jsonl` (or a folder `identifiers` with it): one object per line with id,
split, text, spans [{start, end, kind}]. Only the written genres under CC BY are learnt from;
interviews and court hearings stay unseen, to measure on. Run by hand only: nothing else imports
this module, and of this room only `distil_places` touches the disk as well.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.anonymise import lexicon
from pipeline.anonymise.tagger import (
    CASES,
    FEATURES,
    TAGS,
    WEIGHTS,
    Case,
    around,
    candidates,
    features_of,
)
from pipeline.anonymise.tokens import read

GENRES = ("academic", "bio", "news", "voyage")
SPLITS = ("train", "dev")
SEED = 7
FEWEST = 3  # times a feature must be met
SMALLEST = 0.01  # a feature none of whose weights is larger is left out
STRENGTH = {"cased": 0.05, "small": 0.05}  # inverse of the penalty on large weights
SMOOTH = 1.0
SURNAMES = 0.3  # share of first names that become surnames, as people are called in news
COPIES = {"cased": 1, "small": 2}  # of each text with other names in it
Row = Mapping[str, Any]


class Example(NamedTuple):
    """One word: its features, its tag, and whether the next example is its neighbour."""

    features: tuple[str, ...]
    tag: int
    follows: bool


def rows_of(folder: Path) -> list[Row]:
    """What is learnt from, in the order of the file."""
    inner = folder / "identifiers"
    path = (inner if inner.is_dir() else folder) / "gum-ccby.jsonl"
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return [r for r in rows if r["id"].split("_")[1] in GENRES and r["split"] in SPLITS]


def swapped(row: Row, rng: random.Random) -> Row:
    """The text with other persons in it, the same one wherever the same word stood."""
    given, family = _pool(lexicon.given()), _pool(lexicon.family())
    chosen: dict[str, str] = {}
    text, spans, at = "", [], 0
    for span in sorted(row["spans"], key=lambda s: (s["start"], -s["end"])):
        if span["start"] < at:
            continue
        text += row["text"][at : span["start"]]
        old = row["text"][span["start"] : span["end"]]
        new = old
        if span["kind"] == "PERSON":
            words = old.split(" ")
            for n, one in enumerate(words):
                if not _is_name(one):
                    continue
                last = n > 0 and n == len(words) - 1
                pool = family if last or rng.random() < SURNAMES else given
                words[n] = chosen.setdefault(one, rng.choice(pool).capitalize())
            new = " ".join(words)
        spans.append({**span, "start": len(text), "end": len(text) + len(new)})
        text += new
        at = span["end"]
    return {**row, "text": text + row["text"][at:], "spans": spans}


def _pool(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.isascii() and name.isalpha() and len(name) > 2)


def _is_name(one: str) -> bool:
    lower = one.lower()
    listed = lower in lexicon.given() or lower in lexicon.family()
    return one.isalpha() and len(one) > 2 and (listed or not lexicon.is_word(lower, "en"))


def lowered(row: Row) -> Row:
    """The text as a speech recogniser writes it: no capitals, no marks that end sentences."""
    text = "".join(c.lower() if len(c.lower()) == 1 else c for c in row["text"])
    return {**row, "text": text}


def examples(row: Row, language: str = "en") -> Iterator[Example]:
    """The words of a text that may be names, with their tags.

    A capitalised word that is marked in one place and not in another is left out where it is not:
    the annotation marks heads only ("Biologist [Nick Bos]" is unmarked), which is no reason to
    learn that such a word is nobody.
    """
    reading = read(row["text"])
    chosen = candidates(reading, language)
    seen = around(reading, language, chosen)
    cased = reading.mode == "cased"
    tags = _tags(row, [(reading.tokens[i].start, reading.tokens[i].end) for i in chosen])
    marked = {reading.tokens[i].lower for i, tag in zip(chosen, tags, strict=True) if tag}
    last = -2
    for i, tag in zip(chosen, tags, strict=True):
        token = reading.tokens[i]
        if not tag and token.lower in marked and not lexicon.is_word(token.lower, language):
            continue
        features = tuple(features_of(reading, i, language, seen, cased=cased))
        yield Example(features, tag, i == last + 1)
        last = i


def _tags(row: Row, tokens: Sequence[tuple[int, int]]) -> list[int]:
    tags = [0] * len(tokens)
    for span in sorted(row["spans"], key=lambda s: s["start"] - s["end"]):
        inside = [
            n
            for n, (start, end) in enumerate(tokens)
            if start < span["end"] and end > span["start"]
        ]
        for k, n in enumerate(inside):
            if not tags[n]:
                tags[n] = TAGS.index(f"{'I' if k else 'B'}-{span['kind']}")
    return tags


def texts(rows: Sequence[Row], case: Case) -> Iterator[Row]:
    """Each text as it is and with other names; in lower case for text without capitals."""
    rng = random.Random(SEED)
    for row in rows:
        for one in (row, *(swapped(row, rng) for _ in range(COPIES[case]))):
            yield one if case == "cased" else lowered(one)


def fit(
    found: Sequence[Example], strength: float
) -> tuple[list[str], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Features, weights (n, 7), bias (7,), steps (7, 7)."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(f for one in found for f in set(one.features))
    words = sorted(f for f, n in counts.items() if n >= FEWEST)
    rows = {f: k for k, f in enumerate(words)}
    columns = [[rows[f] for f in one.features if f in rows] for one in found]
    pointers = np.cumsum([0, *map(len, columns)])
    flat = np.concatenate([np.array(c, dtype=np.int64) for c in columns])
    X = csr_matrix((np.ones(len(flat)), flat, pointers), shape=(len(found), len(words)))
    y = np.array([one.tag for one in found])
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
    model.fit(X, y)
    weights = np.zeros((len(words), len(TAGS)))
    bias = np.full(len(TAGS), -20.0)  # a tag never met
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    kept = np.abs(weights).max(axis=1) >= SMALLEST
    return (
        [f for f, keep in zip(words, kept, strict=True) if keep],
        weights[kept].astype(np.float32),
        bias.astype(np.float32),
        _steps(found),
    )


def _steps(found: Sequence[Example]) -> NDArray[np.float32]:
    """Log odds of a tag behind a tag against the tag alone; what BIO forbids is out."""
    n = np.full((len(TAGS), len(TAGS)), SMOOTH)
    for one, other in zip(found, found[1:], strict=False):
        if other.follows:
            n[one.tag, other.tag] += 1
    steps = np.log(n / n.sum(axis=1, keepdims=True)) - np.log(n.sum(axis=0) / n.sum())
    for b, after in enumerate(TAGS):
        for a, before in enumerate(TAGS):
            if after[0] == "I" and before[2:] != after[2:]:
                steps[a, b] = -1e9
    result: NDArray[np.float32] = steps.astype(np.float32)
    return result


def train(rows: Sequence[Row]) -> tuple[dict[str, NDArray[np.float32]], dict[str, list[str]]]:
    """Arrays and features of both cases. The same rows, the same numbers."""
    arrays: dict[str, NDArray[np.float32]] = {}
    features: dict[str, list[str]] = {}
    for case in CASES:
        found = [example for row in texts(rows, case) for example in examples(row)]
        words, weights, bias, steps = fit(found, STRENGTH[case])
        features[case] = words
        arrays |= {f"{case}.weights": weights, f"{case}.bias": bias, f"{case}.steps": steps}
    return arrays, features


def main(arguments: Sequence[str] | None = None) -> None:
    """Write weights and features."""
    from safetensors.numpy import save

    parser = argparse.ArgumentParser(prog="train_tagger")
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("models/names"))
    given = parser.parse_args(arguments)
    arrays, features = train(rows_of(given.data))
    given.output.mkdir(parents=True, exist_ok=True)
    (given.output / WEIGHTS).write_bytes(save(arrays))
    text = json.dumps(features, ensure_ascii=False, indent=0)
    (given.output / FEATURES).write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
