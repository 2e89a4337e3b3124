"""How often a quotation finds its code before anything is coded.

    python tests/benchmarks/bench_try.py [--half test] [--codes] [--data DATA_DIR]

Ranks all codes of each shipped codebook for the invented quotations in `quotations/`, as
`motif try` does. `--codes` adds a line per code; `--data` the public sets of bench_suggest.py, by
average precision. Choose by the development half; the test half is for the last look.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from bench_suggest import CACHE, cached, read, without_labels
from numpy.typing import NDArray

from pipeline.codebook import parse_codebook
from pipeline.embed.minilm import MiniLM, load
from pipeline.suggest.features import features_in_order
from pipeline.suggest.prior import make_prior, prior_scores

HERE = Path(__file__).parent
BOOKS = ("frontline", "sanctions", "teams")
LONG = 40  # words; from here on a quotation counts as long

Ranks = NDArray[np.intp]


def quotations(book: str, half: str) -> tuple[list[str], list[str]]:
    """The codes that the quotations of one half were written for, and the quotations."""
    path = HERE / "quotations" / f"{book}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == half]
    return [row["code"] for row in rows], [row["text"] for row in rows]


def ranks(book: str, codes: list[str], texts: list[str], embed: MiniLM) -> Ranks:
    """(n,) the rank, from 1, of the code that each quotation was written for."""
    file = HERE.parents[1] / "configs" / "codebooks" / f"{book}.yaml"
    codebook = parse_codebook(file.read_bytes(), file.name)
    features = features_in_order(texts, cached(embed, texts), ["one"] * len(texts))
    scores = prior_scores(make_prior(codebook, embed), features)
    own = scores[np.arange(len(texts)), [codebook.ids.index(code) for code in codes]]
    found: Ranks = (scores > own[:, None]).sum(axis=1) + 1
    return found


def line(name: str, found: Ranks) -> str:
    at_1, at_3 = (found <= 1).mean(), (found <= 3).mean()
    return f"{name:22s} {len(found):4d}  {at_1:8.3f}  {at_3:8.3f}  {(1 / found).mean():5.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("development", "test"), default="development")
    parser.add_argument("--codes", action="store_true")
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    embed = load("minilm", CACHE)
    print(f"{asked.half:22s}    n  recall@1  recall@3    MRR")
    every, lengths = [], []
    for book in BOOKS:
        codes, texts = quotations(book, asked.half)
        found = ranks(book, codes, texts, embed)
        every.append(found)
        lengths.extend(len(text.split()) for text in texts)
        print(line(book, found))
        for code in dict.fromkeys(codes) if asked.codes else ():
            print(line(f"  {code}", found[np.array(codes) == code]))
    together, long = np.concatenate(every), np.array(lengths) >= LONG
    print(line("all", together))
    print(line(f"  under {LONG} words", together[~long]))
    print(line(f"  {LONG} words and more", together[long]))
    if asked.data:
        for name in ("casino", "cered", "bridge"):
            print(without_labels(read(asked.data, name, embed)))


if __name__ == "__main__":
    main()
