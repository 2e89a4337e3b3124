"""Suggestions against two plain baselines on coded data, grouped by conversation or participant.

    python tests/benchmarks/bench_suggest.py DATA_DIR [--seeds 3] [--sizes 50,200,500,all]
        [--sets casino,cered,bridge,integration-nl,sanctions-dk,teams-us]
        [--most 2500] [--test 1500]

DATA_DIR holds casino.csv, cered.csv, bridge.csv with columns transcript_id, text, codes (joined by
;), coded; those data are not part of this repository. The example corpora are: a row per answer,
with what the first coder gave it. Three groups in ten are held out; labels are drawn at random from
the others. `all` is at most `--most` rows, tested on at most `--test`. A set without as many
rows is in no mean of that size: the example corpora have 100 to 215 to learn from.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from pipeline.codebook import parse_codebook
from pipeline.embed.minilm import MiniLM, load
from pipeline.evaluate import average_precision, calibration_error
from pipeline.suggest.blend import fit, predict_proba
from pipeline.suggest.features import Features, features_in_order
from pipeline.suggest.prior import Prior, make_prior, prior_scores

sys.path.append(str(Path(__file__).resolve().parents[2]))  # started as a script, it sees its folder
from tests.corpus.coded import coded_answers  # noqa: E402
from tests.corpus.studies import STUDIES  # noqa: E402

Floats = NDArray[np.float64]
CODEBOOKS = Path(__file__).parent / "codebooks"
CACHE = Path(tempfile.gettempdir()) / "motif-bench"


@dataclass(frozen=True)
class Data:
    name: str
    features: Features
    Y: Floats
    groups: list[str]
    prior: Prior


@dataclass(frozen=True)
class Result:
    f1: float
    ap: float
    calibration: float
    seconds: float


def read(folder: Path, name: str, embed: MiniLM) -> Data:
    if name in STUDIES:
        return read_example(name, embed)
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    coded = {row["transcript_id"] for row in rows if row["coded"] != "0"}
    rows = [row for row in rows if row["transcript_id"] in coded]
    texts = [row["text"] for row in rows]
    book = parse_codebook((CODEBOOKS / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    said = [{code.strip() for code in row["codes"].split(";")} for row in rows]
    Y = np.array([[float(code in one) for code in book.ids] for one in said])
    Y[[row["coded"] == "0" for row in rows]] = np.nan
    groups = [row["transcript_id"] for row in rows]
    features = features_in_order(texts, cached(embed, texts), groups)
    return Data(name, features, Y, groups, make_prior(book, embed))


def read_example(name: str, embed: MiniLM) -> Data:
    coded = coded_answers(STUDIES[name])
    texts = [one.text for one in coded.segments]
    ids = [one.transcript_id for one in coded.segments]
    features = features_in_order(texts, cached(embed, texts), ids)
    return Data(name, features, coded.Y, coded.participants, make_prior(coded.book, embed))


def cached(embed: MiniLM, texts: list[str]) -> NDArray[np.float32]:
    key = hashlib.sha256("\0".join([embed.model_id, *texts]).encode()).hexdigest()[:24]
    path = CACHE / f"{key}.npy"
    if not path.exists():
        np.save(path, embed(texts))
    found: NDArray[np.float32] = np.load(path)
    return found


def split(data: Data, seed: int, n_test: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Labelled rows to draw from, in random order, and rows to test on, of other transcripts."""
    rng = np.random.default_rng(seed)
    names = rng.permutation(sorted(set(data.groups)))
    held = set(names[: int(0.3 * len(names))])
    coded = np.flatnonzero(~np.isnan(data.Y[:, 0]))
    outside = np.array([data.groups[row] in held for row in coded])
    test = rng.permutation(coded[outside])[:n_test]
    return rng.permutation(coded[~outside]), np.sort(test)


def minilm_lr(data: Data, train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[Floats, Floats]:
    X = data.features.X.astype(np.float64)
    return plain(X[train], X[test], data.Y[train])


def tfidf_lr(data: Data, train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[Floats, Floats]:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    X = words.fit_transform([data.features.texts[row] for row in train])
    return plain(X, words.transform([data.features.texts[row] for row in test]), data.Y[train])


def plain(X, X_test, Y: Floats) -> tuple[Floats, Floats]:  # noqa: ANN001
    """Balanced one-vs-rest logistic regression as scikit-learn has it, decided at a half."""
    proba = np.zeros((X_test.shape[0], Y.shape[1]))
    for code in range(Y.shape[1]):
        if 0 < Y[:, code].sum() < len(Y):
            model = LogisticRegression(class_weight="balanced", max_iter=1000)
            proba[:, code] = model.fit(X, Y[:, code]).predict_proba(X_test)[:, 1]
    return proba, np.full(Y.shape[1], 0.5)


def ours(data: Data, train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[Floats, Floats]:
    Y = data.Y[train]
    groups = [data.groups[row] for row in train]
    features = data.features.take(train)
    model = fit(features, Y, np.ones_like(Y), groups, np.random.default_rng(0), data.prior)
    return predict_proba(model, data.features.take(test)), model.thresholds


RECIPES: dict[str, Callable[..., tuple[Floats, Floats]]] = {
    "MiniLM + LR": minilm_lr,
    "TF-IDF + LR": tfidf_lr,
    "Motif": ours,
}


def measure(Y: Floats, proba: Floats, thresholds: Floats, seconds: float) -> Result:
    f1, ap = [], []
    for code in np.flatnonzero(Y.sum(axis=0) > 0):
        truth, said = Y[:, code] > 0.5, proba[:, code] >= thresholds[code]
        f1.append(2 * (truth & said).sum() / (truth.sum() + said.sum()))
        ap.append(average_precision(truth, proba[:, code]))
    error = calibration_error(Y.ravel() > 0.5, proba.ravel())
    return Result(float(np.mean(f1)), float(np.mean(ap)), error or 0.0, seconds)


def without_labels(data: Data) -> str:
    coded = np.flatnonzero(~np.isnan(data.Y[:, 0]))
    scores = prior_scores(data.prior, data.features.take(coded))
    Y = data.Y[coded]
    found = [average_precision(Y[:, c] > 0.5, scores[:, c]) or 0.0 for c in range(Y.shape[1])]
    ap, share = float(np.mean(found)), float(Y.mean())
    return f"{data.name:14s} AP {ap:.3f}, prevalence {share:.3f}: {ap / share:.2f} times"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sizes", default="50,200,500,all")
    parser.add_argument("--sets", default="casino,cered,bridge," + ",".join(STUDIES))
    parser.add_argument("--most", type=int, default=2500)
    parser.add_argument("--test", type=int, default=1500)
    asked = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    embed = load("minilm", CACHE)
    sets = [read(asked.data, name, embed) for name in asked.sets.split(",")]
    print("Nothing coded yet, the codebook alone:")
    for data in sets:
        print("  " + without_labels(data))
    results: dict[tuple[str, str, str], list[Result]] = {}
    for data in sets:
        for seed in range(asked.seeds):
            pool, test = split(data, seed, asked.test)
            for size in asked.sizes.split(","):
                n = min(asked.most, len(pool)) if size == "all" else int(size)
                if n > len(pool):
                    continue
                for name, recipe in RECIPES.items():
                    with threadpool_limits(limits=1):
                        start = time.process_time()
                        proba, thresholds = recipe(data, np.sort(pool[:n]), test)
                        spent = time.process_time() - start
                    one = measure(data.Y[test], proba, thresholds, spent)
                    results.setdefault((data.name, size, name), []).append(one)
        report(results, [data.name], asked.sizes.split(","))
    report(results, asked.sets.split(","), asked.sizes.split(","))


def report(
    results: dict[tuple[str, str, str], list[Result]], sets: list[str], sizes: list[str]
) -> None:
    """Means over seeds and sets, macro over codes."""
    print(f"\n{', '.join(sets)}: macro-F1 / macro-AP / calibration error / CPU seconds")
    for size in sizes:
        for name in RECIPES:
            of_set = [results[key] for one in sets if (key := (one, size, name)) in results]
            if of_set:
                rows = [
                    np.mean([(r.f1, r.ap, r.calibration, r.seconds) for r in runs], axis=0)
                    for runs in of_set
                ]
                f1, ap, error, spent = np.mean(rows, axis=0)
                of_all = f"  ({len(of_set)} of {len(sets)} sets)" if len(sets) > 1 else ""
                figures = f"{f1:.3f} / {ap:.3f} / {error:.3f} / {spent:.2f}"
                print(f"  {size:>4} {name:12s} {figures}{of_all}")


if __name__ == "__main__":
    main()
