"""One round of the loop against one bare scikit-learn fit on the same matrix, in one run.

    python tests/benchmarks/bench_round.py DATA_DIR [--segments 10000] [--decisions 1000] [--runs 3]

A round: retrain on the decisions, calibrate and choose thresholds on scores of transcripts held
out, suggest for every segment, choose the next 50 rows. The vectors are at hand, as they are in a
study. Bare: one-vs-rest logistic regression, fitted on the decided rows and asked for every row;
once on the vectors alone, once on the matrix that the classifier makes of them (vector, cues,
place, and the same of the turn before), which is the same matrix. Processor time, the median of
`--runs`; one thread, so that it is the time of one core.

DATA_DIR is that of bench_suggest.py: its three sets are put together, 20 codes of theirs.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from bench_suggest import CACHE, CODEBOOKS, Data, read
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from threadpoolctl import threadpool_limits

from pipeline.codebook import parse_codebook
from pipeline.embed.minilm import MiniLM, load
from pipeline.query import Pool
from pipeline.query.choose import choose
from pipeline.query.mixture import mixture
from pipeline.suggest.blend import _cue_units, dense_matrix, fit, predict_proba
from pipeline.suggest.features import Features
from pipeline.suggest.prior import make_prior

SETS = ("casino", "cered", "bridge")
N_CODES = 20


def together(folder: Path, embed: MiniLM, n: int) -> Data:
    """The coded rows of all sets as one study, transcripts in order, cut off after `n`."""
    sets = [read(folder, name, embed) for name in SETS]
    books = [parse_codebook((CODEBOOKS / f"{name}.yaml").read_bytes(), name) for name in SETS]
    codes = [replace(code, parent="") for book in books for code in book.codes]
    # of ids that two sets share the first; then the 20 commonest codes
    share = {code.id: 0.0 for code in codes}
    for book, one in zip(books, sets, strict=True):
        for at, code in enumerate(book.ids):
            share[code] += float(np.nansum(one.Y[:, at]))
    kept = sorted(sorted(share), key=lambda code: -share[code])[:N_CODES]
    first = {code.id: code for code in reversed(codes)}
    families = {name: text for book in books for name, text in book.families.items()}
    book = replace(books[0], families=families, codes=tuple(first[code] for code in kept))
    column = {code: at for at, code in enumerate(kept)}
    rows, Ys, groups = [], [], []
    for old, one in zip(books, sets, strict=True):
        coded = np.flatnonzero(~np.isnan(one.Y[:, 0]))
        Y = np.zeros((len(coded), len(kept)))
        for at, code in enumerate(old.ids):
            if code in column:
                Y[:, column[code]] = np.fmax(Y[:, column[code]], one.Y[coded, at])
        rows.append(one.features.take(coded))
        Ys.append(Y)
        groups += [f"{one.name} {one.groups[row]}" for row in coded]
    features = Features(
        texts=tuple(text for one in rows for text in one.texts),
        X=np.vstack([one.X for one in rows]),
        previous_texts=tuple(text for one in rows for text in one.previous_texts),
        previous_X=np.vstack([one.previous_X for one in rows]),
        position=np.concatenate([one.position for one in rows]),
    )
    kept_rows = np.sort(np.random.default_rng(0).permutation(len(groups))[:n])
    return Data(
        "together",
        features.take(kept_rows),
        np.vstack(Ys)[kept_rows],
        [groups[row] for row in kept_rows],
        make_prior(book, embed),
    )


def one_round(data: Data, decided: NDArray[np.intp]) -> None:
    """What `motif run` does after an import, without reading and writing."""
    features, Y = data.features.take(decided), data.Y[decided]
    groups = [data.groups[row] for row in decided]
    model = fit(
        features, Y, np.ones_like(Y), groups, np.random.default_rng(0), data.prior,
        corpus=data.features,
    )  # fmt: skip
    proba = predict_proba(model, data.features)
    left = np.setdiff1d(np.arange(len(data.groups)), decided)
    pool = Pool(
        proba=proba[left],
        X=data.features.X[left],
        transcript_ids=tuple(data.groups[row] for row in left),
        codes=data.prior.codes,
        n_positive=(Y > 0.5).sum(axis=0).astype(np.int64),
        n_decided=len(decided),
        decided_X=features.X,
    )
    assert len(choose(pool, 50, mixture, np.random.default_rng(0))) == 50


def bare(X: NDArray[np.float64], Y: NDArray[np.float64], decided: NDArray[np.intp]) -> None:
    """The plainest thing: scikit-learn, as its documentation shows it."""
    plain = OneVsRestClassifier(LogisticRegression(max_iter=1000, class_weight="balanced"))
    plain.fit(X[decided], Y[decided]).predict_proba(X)


def spent(work: Callable[[], None], runs: int) -> float:
    """Processor seconds, the median of several runs."""
    found = []
    for _ in range(runs):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return float(np.median(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--decisions", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    data = together(asked.data, load("minilm", CACHE), asked.segments)
    n = len(data.groups)
    decided = np.sort(np.random.default_rng(1).permutation(n)[: asked.decisions])
    whole = dense_matrix(data.features, *_cue_units(data.features.take(decided)))
    vectors = data.features.X.astype(np.float64)
    print(f"{n} segments, {data.Y.shape[1]} codes, {len(decided)} decided")
    with threadpool_limits(limits=1):
        ours = spent(lambda: one_round(data, decided), asked.runs)
        for name, X in (("vectors", vectors), ("whole matrix", whole)):
            plain = spent(lambda X=X: bare(X, data.Y, decided), asked.runs)
            print(f"bare fit and predict, {name:13s} {plain:6.2f} s; round {ours / plain:5.1f}x")
        print(f"a round                             {ours:6.2f} s")
        if asked.profile:
            with cProfile.Profile() as profile:
                one_round(data, decided)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(30)


if __name__ == "__main__":
    main()
