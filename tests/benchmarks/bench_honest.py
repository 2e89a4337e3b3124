"""Are the figures honest? Cross-validation against held-out interviews; prevalence that covers.

    python tests/benchmarks/bench_honest.py DATA_DIR [--splits 30] [--rows 300] [--draws 500]
        [--sets casino,cered,bridge]

DATA_DIR as for bench_suggest.py. Each split halves the transcripts. Cross-validation on rows of one
half says how good suggestions will be; a model of the same rows, scored on the other half, says
how good they are. One split differs by chance; the mean signed difference must not.

Coverage: random rows of every transcript, a fifth of it and at most ten, as an audit list has them;
how often the interval holds the true share, of codes with eight positives or more in the draw.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from bench_suggest import CACHE, Data, measure, read
from threadpoolctl import threadpool_limits

from pipeline.audit.prevalence import MIN_POSITIVES, prevalence
from pipeline.embed.minilm import load
from pipeline.steps.train import N_FOLDS, out_of_fold
from pipeline.suggest.blend import fit, predict_proba


def differences(data: Data, seed: int, n_rows: int) -> tuple[float, float]:
    """Macro F1 and macro AP: cross-validation minus held-out transcripts."""
    rng = np.random.default_rng(seed)
    names = rng.permutation(sorted(set(data.groups)))
    half = set(names[: len(names) // 2])
    coded = np.flatnonzero(~np.isnan(data.Y[:, 0]))
    inside = np.array([data.groups[row] in half for row in coded])
    rows, others = rng.permutation(coded[inside])[:n_rows], coded[~inside]
    groups = [data.groups[row] for row in rows]
    part, Y, weights = data.features.take(rows), data.Y[rows], np.ones((len(rows), data.Y.shape[1]))
    out = out_of_fold(part, Y, weights, groups, data.prior, N_FOLDS, seed)
    said = (out.proba >= out.thresholds).astype(float)  # each row by its own model's thresholds
    half_way = np.full(Y.shape[1], 0.5)
    model = fit(part, Y, weights, groups, np.random.default_rng(seed), data.prior)
    proba = predict_proba(model, data.features.take(others))
    # Codes that both halves have: a mean over others would compare different codes.
    both = (Y.sum(axis=0) > 0) & (data.Y[others].sum(axis=0) > 0)
    inner_f1 = measure(Y[:, both], said[:, both], half_way[both], 0.0).f1
    inner_ap = measure(Y[:, both], out.proba[:, both], half_way[both], 0.0).ap
    outer = measure(data.Y[others][:, both], proba[:, both], model.thresholds[both], 0.0)
    return inner_f1 - outer.f1, inner_ap - outer.ap


def coverage(data: Data, draws: int) -> tuple[float, int, int]:
    """Share of intervals that hold the truth, how many there were, of how many codes."""
    coded = np.flatnonzero(~np.isnan(data.Y[:, 0]))
    names = np.array([data.groups[row] for row in coded], dtype=object)
    Y = data.Y[coded]
    rows_of = {name: np.flatnonzero(names == name) for name in sorted(set(names))}
    rng = np.random.default_rng(0)
    inside: list[bool] = []
    codes = set()
    for _ in range(draws):
        drawn = [rng.permutation(rows)[: min(10, len(rows) // 5)] for rows in rows_of.values()]
        picked = np.concatenate(drawn).astype(np.intp)
        sizes = {n: len(r) for (n, r), one in zip(rows_of.items(), drawn, strict=True)
                 if len(one) > 1}  # fmt: skip
        frame = np.isin(names, list(sizes))
        picked = picked[frame[picked]]
        for code in np.flatnonzero(Y[picked].sum(axis=0) >= MIN_POSITIVES):
            found = prevalence(
                Y[picked, code], np.zeros(len(picked), bool), names[picked].tolist(), sizes
            )
            assert found.low is not None and found.high is not None
            inside.append(found.low <= Y[frame, code].mean() <= found.high)
            codes.add(int(code))
    return float(np.mean(inside)) if inside else float("nan"), len(inside), len(codes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--splits", type=int, default=30)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--sets", default="casino,cered,bridge")
    asked = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    embed = load("minilm", CACHE)
    for name in asked.sets.split(","):
        data = read(asked.data, name, embed)
        share, n, n_codes = coverage(data, asked.draws)
        told = f"{share:.3f} of {n} intervals of {n_codes} codes" if n else "no code with 8"
        print(f"{name}: prevalence covers {told}", flush=True)
        with threadpool_limits(limits=1):
            found = np.array([differences(data, s, asked.rows) for s in range(asked.splits)])
        error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
        print(
            f"{name}: cross-validation minus held-out, {asked.splits} splits of {asked.rows} rows: "
            f"macro-F1 {found[:, 0].mean():+.3f} (se {error[0]:.3f}), "
            f"macro-AP {found[:, 1].mean():+.3f} (se {error[1]:.3f})",
            flush=True,
        )


if __name__ == "__main__":
    main()
