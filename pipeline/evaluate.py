"""How good the suggestions are, on transcripts that the model has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import PipelineError
from pipeline.folds import grouped_folds

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


class Takes(Protocol):
    """Features of n rows, of which some can be taken."""

    def take(self, rows: Rows, /) -> Any:
        """The same, of these rows."""


F = TypeVar("F", bound=Takes)
M = TypeVar("M")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutOfFold:
    """What models said of rows whose transcript they had not seen."""

    proba: Floats  # (n, k)
    thresholds: Floats  # (n, k) of the model that scored the row
    fold: Rows  # (n,)


def cross_validate(
    features: F,
    Y: Floats,
    groups: Sequence[str],
    fit: Callable[[F, Floats, Sequence[str], np.random.Generator], M],
    predict: Callable[[M, F], tuple[Floats, Floats]],
    n_folds: int,
    rng: np.random.Generator,
) -> OutOfFold:
    """Score **every** row, decided or not, by a model fitted without its transcript.

    Parameters
    ----------
    features : n rows.
    Y : (n, k), NaN where not asked.
    groups : (n,) transcript or participant of each row.
    fit : (features, Y, groups, rng) -> model, with all it needs (calibration, thresholds) from
        these rows alone.
    predict : (model, features) -> (n, k) scores and (k,) thresholds.

    Raises
    ------
    PipelineError : there is one transcript only.
    """
    if len(set(groups)) < 2:
        raise PipelineError(
            "only one transcript has coded rows, so none can be held out",
            mend="Code rows of at least two transcripts.",
        )
    fold = grouped_folds(list(groups), n_folds, rng)
    proba = np.full(Y.shape, np.nan)
    thresholds = np.full(Y.shape, 0.5)
    for one in range(int(fold.max()) + 1):
        inside, outside = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        model = fit(features.take(inside), Y[inside], [groups[int(row)] for row in inside], rng)
        proba[outside], thresholds[outside] = predict(model, features.take(outside))
    return OutOfFold(proba=proba, thresholds=thresholds, fold=fold)


def scores(
    Y: Floats,
    proba: Floats,
    thresholds: Floats,
    groups: Sequence[str],
    codes: Sequence[str],
    rng: np.random.Generator,
    n_draws: int = 500,
) -> dict[str, Any]:
    """What `motif evaluate --json` says of held-out scores.

    Parameters
    ----------
    Y : (n, k) 1, 0, NaN where not asked; where coders differ the majority counts, and a tie is
        left out.
    proba, thresholds : (n, k), of models that saw nothing of the row's transcript.
    rng : draws transcripts for the intervals.

    Returns
    -------
    n, calibration_error, macro, micro, codes: as DESIGN.md has it. What cannot be computed (no
    positive, one transcript) is None, never 0. A code that was only ever found, or only ever ruled
    out, has no scores, and macro is over the codes that have. Where nobody ever said no, nothing
    can be suggested wrongly: such a code is in neither micro nor the calibration error.
    """
    truth = np.where(np.isnan(Y) | (Y == 0.5) | np.isnan(proba), np.nan, Y > 0.5)
    said = proba >= thresholds
    counts = _counts_by_group(truth, said, groups)
    whole = counts.sum(axis=0)
    found, ruled_out = (truth == 1).any(axis=0), (truth == 0).any(axis=0)
    both = found & ruled_out
    low, high = _f1_interval(counts, rng, n_draws)
    per_code = {}
    for at, code in enumerate(codes):
        asked = ~np.isnan(truth[:, at])
        per_code[code] = {
            "n": int((truth[:, at] == 1).sum()),
            "asked": int(asked.sum()),
            **(_figures(whole[at], truth[asked, at], proba[asked, at]) if both[at] else _NONE),
            "f1_low": low[at] if both[at] else None,
            "f1_high": high[at] if both[at] else None,
            "threshold": round(float(np.median(thresholds[:, at])), 6) if len(Y) else None,
        }
    decided = ~np.isnan(truth)
    told = decided & ruled_out & both.any()
    return {
        "n": int(decided.any(axis=1).sum()),
        "calibration_error": calibration_error(truth[told] > 0.5, proba[told]),
        "macro": {name: _mean([one[name] for one in per_code.values()]) for name in _NONE},
        "micro": _figures(whole[ruled_out].sum(axis=0), truth[told], proba[told])
        if both.any()
        else dict(_NONE),
        "codes": per_code,
    }


_NONE = dict.fromkeys(("precision", "recall", "f1", "ap"))


def _figures(counts: Floats, truth: Floats, proba: Floats) -> dict[str, float | None]:
    """Of hits, false alarms and misses, and of the (n,) decided values and their scores."""
    hits, false, missed = counts
    return {
        "precision": _ratio(hits, hits + false),
        "recall": _ratio(hits, hits + missed),
        "f1": _ratio(2 * hits, 2 * hits + false + missed),
        "ap": average_precision(truth > 0.5, proba),
    }


def average_precision(truth: NDArray[np.bool_], scores: Floats) -> float | None:
    """The mean precision at each positive, rows of equal score counted together; None without any.

    As scikit-learn's average_precision_score.
    """
    n_positive = int(truth.sum())
    if not n_positive:
        return None
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.r_[np.flatnonzero(np.diff(scores[order])), len(order) - 1]  # of each run of equals
    recall = hits[last] / n_positive
    precision = hits[last] / (last + 1)
    return round(float(np.sum(np.diff(np.r_[0.0, recall]) * precision)), 6)


def calibration_error(truth: NDArray[np.bool_], proba: Floats, n_bins: int = 10) -> float | None:
    """How far, on average, the share of present is from what was said; ten bins of equal width."""
    if not len(proba):
        return None
    bins = np.minimum(n_bins - 1, (proba * n_bins).astype(np.intp))
    gap = np.bincount(bins, weights=truth.astype(np.float64) - proba, minlength=n_bins)
    return round(float(np.abs(gap).sum() / len(proba)), 6)


def _counts_by_group(truth: Floats, said: NDArray[np.bool_], groups: Sequence[str]) -> Floats:
    """(g, k, 3): hits, false alarms, misses of each transcript and code."""
    _, of_row = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    n_groups = int(of_row.max()) + 1 if len(of_row) else 0
    kinds = np.stack(
        [(truth == 1) & said, (truth == 0) & said, (truth == 1) & ~said], axis=2
    ).astype(np.float64)
    counts = np.zeros((n_groups, *kinds.shape[1:]))
    np.add.at(counts, of_row.reshape(-1), kinds)
    return counts


def _f1_interval(
    counts: Floats, rng: np.random.Generator, n_draws: int
) -> tuple[list[float | None], list[float | None]]:
    """95 % by bootstrap over transcripts; None where fewer than six transcripts hold the code.

    A draw without any positive is left out. The interval is for this way of training on this
    codebook, and slightly too short, as all intervals of cross-validated scores are.
    """
    n_groups, k = counts.shape[:2]
    low: list[float | None] = [None] * k
    high: list[float | None] = [None] * k
    if n_groups < 2:
        return low, high
    draws = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=n_draws)
    drawn = np.einsum("bg,gkc->bkc", draws.astype(np.float64), counts)
    bottom = 2 * drawn[..., 0] + drawn[..., 1] + drawn[..., 2]
    f1 = np.divide(2 * drawn[..., 0], bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0)
    exists = drawn[..., 0] + drawn[..., 2] > 0
    holding = ((counts[..., 0] + counts[..., 2]) > 0).sum(axis=0)
    for at in range(k):
        values = f1[exists[:, at], at]
        if holding[at] >= MIN_TRANSCRIPTS and len(values):
            low[at] = round(float(np.quantile(values, 0.025)), 6)
            high[at] = round(float(np.quantile(values, 0.975)), 6)
    return low, high


MIN_TRANSCRIPTS = 6  # no interval from fewer


def _ratio(top: float, bottom: float) -> float | None:
    return round(float(top / bottom), 6) if bottom > 0 else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 6) if known else None
