"""Which rows to code next: the default mixture against random, on public coded data.

    python tests/benchmarks/bench_query.py DATA_DIR [--sets casino,cered,bridge] [--seeds 10]
        [--strategies mixture] [--batch 50] [--budget 600] [--workers 1] [--pages DIR]

DATA_DIR holds casino.csv, cered.csv, bridge.csv, coded; they are not part of this repository. A
set may also be a path to any coded csv, with its codebook beside it (NAME.yaml) or none. Prints,
by set and as the mean over sets, what is aimed at: the area never more than 2 % under random's,
random's last score reached with at most 400 labels of 600, 4 times the positives of rare codes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.codebook import parse_codebook
from pipeline.steps import evaluate
from pipeline.steps.embed import load_embedder
from pipeline.steps.simulate import Wanted, describe, simulate_csv, write_page

CODEBOOKS = Path(__file__).parent / "codebooks"
CACHE = Path(tempfile.gettempdir()) / "motif-bench"
LEAST_AREA, MOST_LABELS, TIMES_RARE = -0.02, 400, 4.0


def kept(name: str) -> Callable[[list[str]], Any]:
    """The embedder, its vectors kept between runs: a strategy is measured, not the encoder."""
    embed = load_embedder(name)

    def cached(texts: list[str]) -> Any:
        key = hashlib.sha256("\0".join([embed.model_id, *texts]).encode()).hexdigest()[:24]
        path = CACHE / f"{key}.npy"
        if not path.exists():
            np.save(path, embed(texts))
        return np.load(path)

    cached.model_id = embed.model_id  # type: ignore[attr-defined]
    return cached


def files_of(folder: Path, name: str) -> tuple[Path, Path | None]:
    file = Path(name) if name.endswith(".csv") else folder / f"{name}.csv"
    books = (file.with_suffix(".yaml"), CODEBOOKS / f"{file.stem}.yaml")
    return file, next((book for book in books if book.exists()), None)


def of_codebook(file: Path, book: Path | None) -> Path:
    """A copy in which only the codebook's codes stand: coders of public sets wrote others too."""
    if book is None:
        return file
    ids = set(parse_codebook(book.read_bytes(), book.name).ids)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        row["codes"] = ";".join(c for c in map(str.strip, row["codes"].split(";")) if c in ids)
    copy = CACHE / file.name
    with copy.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return copy


def shown(step: str, done: int, total: int) -> None:
    print(f"\r{step}: {done} of {total} ", end="", file=sys.stderr, flush=True)


def verdict(value: float | None, reached: Callable[[float], bool], told: str) -> str:
    if value is None:
        return f"{'-':>9} missed"
    return f"{format(value, told):>9} {'ok' if reached(value) else 'missed':<6}"


def report(documents: dict[str, dict[str, Any]], strategy: str) -> None:
    print(
        f"\n{strategy} against random\n  {'set':<14}{'area F1':>9}{'':7}{'area AP':>9}{'':7}"
        f"{'labels to F1':>13}{'':7}{'to AP':>7}{'rare':>9}"
    )
    for name, document in documents.items():
        one, base = document["strategies"][strategy], document["strategies"]["random"]
        goal = np.mean([curve[-1] for curve in base["macro_ap"]])
        ap = np.mean(one["macro_ap"], axis=0)
        first = next((n for n, v in zip(one["n_labels"], ap, strict=True) if v >= goal), None)
        most = MOST_LABELS * document["budget"] / 600
        print(
            f"  {name:<14}"
            + verdict(one["area_vs_random"], lambda v: v >= LEAST_AREA, "+.1%")
            + verdict(one["area_ap_vs_random"], lambda v: v >= LEAST_AREA, "+.1%")
            + "    "
            + verdict(one["labels_to_random"], lambda v, most=most: v <= most, ".0f")
            + f"{'-' if first is None else first:>7}"
            + verdict(one["rare_vs_random"], lambda v: v >= TIMES_RARE, ".1f")
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", default="casino,cered,bridge")
    parser.add_argument("--strategies", default="mixture")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--budget", type=int, default=600)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--pages", type=Path)
    asked = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    evaluate.load_embedder = kept  # type: ignore[assignment]
    names = tuple(asked.strategies.split(","))
    wanted = Wanted(
        strategies=names, seeds=asked.seeds, batch=asked.batch, budget=asked.budget,
        workers=asked.workers,
    )  # fmt: skip
    documents = {}
    for name in asked.sets.split(","):
        file, book = files_of(asked.data, name)
        with threadpool_limits(limits=1):
            document = simulate_csv(of_codebook(file, book), book, wanted, shown)
        documents[file.stem] = document
        print(f"\n{file.stem}: " + "\n".join(describe(document)), flush=True)
        if asked.pages is not None:
            write_page(document, asked.pages / f"{file.stem}.html", file.stem)
    for strategy in names:
        report(documents, strategy)


if __name__ == "__main__":
    main()
