"""How good the suggestions are, on transcripts that the model has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import PipelineError
from pipeline.folds import grouped_folds

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


M = TypeVar("M")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutOfFold:
    """What models said of rows whose transcript they had not seen."""

    proba: Floats  # (n, k)
    thresholds: Floats  # (n, k) of the model that scored the row
    fold: Rows  # (n,)


def cross_validate(
    groups: Sequence[str],
    decided: NDArray[np.bool_],
    fit: Callable[[Rows, np.random.Generator], M],
    predict: Callable[[M, Rows], tuple[Floats, Floats]],
    n_folds: int,
    rng: np.random.Generator,
) -> OutOfFold:
    """Score **every** row, decided or not, by a model fitted without its transcript.

    A row that nobody decided is held out with its transcript like any other: the model of all rows
    remembers the decisions around it, and a figure made of both kinds of scores is biased (measured
    by simulation: intervals of prevalence that should cover .95 cover .83 to .90).

    Parameters
    ----------
    groups : (n,) transcript or participant of each row.
    decided : (n,) whether anybody decided anything of it; folds are equally large in these.
    fit : (rows, rng) -> model, with all it needs (calibration, thresholds) from these rows alone.
    predict : (model, m rows) -> (m, k) scores and (k,) thresholds.

    Raises
    ------
    PipelineError : fewer than two transcripts have decided rows.
    """
    n_decided = len({groups[int(row)] for row in np.flatnonzero(decided)})
    if n_decided < 2:
        raise PipelineError(
            "only one transcript has coded rows, so none can be held out"
            if n_decided
            else "no transcript has coded rows",
            mend="Code rows of at least two transcripts.",
        )
    fold = _folds(groups, decided, n_folds, rng)
    said: list[tuple[Rows, Floats, Floats]] = []
    for one in range(int(fold.max()) + 1):
        model = fit(np.flatnonzero(fold != one), rng)
        outside = np.flatnonzero(fold == one)
        said.append((outside, *predict(model, outside)))
    proba = np.full((len(fold), said[0][1].shape[1]), np.nan)
    thresholds = np.full(proba.shape, 0.5)
    for outside, of_fold, own in said:
        proba[outside], thresholds[outside] = of_fold, own
    return OutOfFold(proba=proba, thresholds=thresholds, fold=fold)


def _folds(
    groups: Sequence[str], decided: NDArray[np.bool_], n_folds: int, rng: np.random.Generator
) -> Rows:
    """Folds as large as each other in decided rows; transcripts without any go where there is room.

    Dealt by all rows, few coded transcripts among many could land in one fold, and its model would
    have learnt from nothing.
    """
    names = np.asarray(groups, dtype=str)
    found = np.zeros(len(names), dtype=np.intp)
    found[decided] = grouped_folds(names[decided], n_folds, rng)
    fold_of = dict(zip(names[decided].tolist(), found[decided].tolist(), strict=True))
    rest = np.array([name not in fold_of for name in names.tolist()], dtype=np.bool_)
    n_used = int(found.max()) + 1
    if rest.any():
        found[rest] = grouped_folds(names[rest], n_used, rng)
    with_decisions = ~rest & ~decided
    found[with_decisions] = [fold_of[name] for name in names[with_decisions].tolist()]
    return found


FIGURES = ("precision", "recall", "f1", "ap")


def scores(
    Y: Floats,
    proba: Floats,
    thresholds: Floats,
    groups: Sequence[str],
    codes: Sequence[str],
    rng: np.random.Generator,
    n_draws: int = 500,
    weights: Floats | None = None,
    at_least: int = 1,
) -> dict[str, Any]:
    """What `motif evaluate --json` says of held-out scores.

    Parameters
    ----------
    Y : (n, k) 1, 0, NaN where not asked; where coders differ the majority counts, and a tie is
        left out.
    proba, thresholds : (n, k), of models that saw nothing of the row's transcript.
    rng : draws transcripts for the intervals.
    weights : (n, k) how many segments each row stands for; None is one each.
    at_least : positives below which a code has no scores, and all codes together no micro.

    Returns
    -------
    n, calibration_error, macro, micro, codes: as DESIGN.md has it; each figure with `_low` and
    `_high`, 95 % by bootstrap over transcripts. What cannot be computed (no positive, one
    transcript) is None, never 0. A code that was only ever found, or only ever ruled out, has no
    scores, and macro is over the codes that have. Where nobody ever said no, nothing can be
    suggested wrongly: such a code is in neither micro nor the calibration error.

    The intervals are for this way of training on this codebook, and slightly too short, as all
    intervals of cross-validated scores are. There is none below six transcripts that hold the code;
    a draw in which a figure does not exist is left out.
    """
    truth = np.where(np.isnan(Y) | (Y == 0.5) | np.isnan(proba), np.nan, Y > 0.5)
    decided = ~np.isnan(truth)
    n_positive = (truth == 1).sum(axis=0)
    found, ruled_out = (truth == 1).any(axis=0), (truth == 0).any(axis=0)
    both = found & ruled_out & (n_positive >= at_least)
    # Codes that are too rare alone are counted together all the same.
    any_known = (found & ruled_out).any() and n_positive.sum() >= at_least
    told = decided & ruled_out & bool(any_known)
    _, of_row = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    of_row = of_row.reshape(-1).astype(np.intp)
    weight = np.ones(Y.shape) if weights is None else weights
    n_groups = int(of_row.max()) + 1 if len(of_row) else 0
    draws = _draws(n_groups, rng, n_draws)
    sums = np.einsum(
        "bg,gkc->bkc", draws, _counts_by_group(truth, proba >= thresholds, of_row, weight)
    )
    drawn = np.full((len(draws), len(codes), len(FIGURES)), np.nan)
    drawn[..., :3] = _ratios(sums)
    for at in np.flatnonzero(both):
        rows = np.flatnonzero(decided[:, at])
        drawn[:, at, 3] = _average_precisions(
            truth[rows, at] > 0.5, proba[rows, at], draws, of_row[rows], weight[rows, at]
        )
    drawn[:, ~both] = np.nan
    pooled = np.full((len(draws), len(FIGURES)), np.nan)
    rows, _ = np.nonzero(told)
    if len(rows):
        pooled[:, :3] = _ratios(sums[:, ruled_out].sum(axis=1))
        pooled[:, 3] = _average_precisions(
            truth[told] > 0.5, proba[told], draws, of_row[rows], weight[told]
        )
    holding = [len(set(of_row[column].tolist())) for column in (truth == 1).T]
    of_any = len(set(of_row[(truth == 1).any(axis=1)].tolist()))
    return {
        "n": int(decided.any(axis=1).sum()),
        "calibration_error": calibration_error(truth[told] > 0.5, proba[told], weight[told]),
        "macro": _with_intervals(_mean_over_codes(drawn), of_any),
        "micro": _with_intervals(pooled, of_any),
        "codes": {
            code: {
                "n": int(n_positive[at]),
                "asked": int(decided[:, at].sum()),
                **_with_intervals(drawn[:, at], holding[at]),
                "threshold": round(float(np.median(thresholds[:, at])), 6) if len(Y) else None,
            }
            for at, code in enumerate(codes)
        },
    }


MIN_TRANSCRIPTS = 6  # no interval from fewer


def _draws(n_groups: int, rng: np.random.Generator, n_draws: int) -> Floats:
    """(1 + n_draws, n_groups) how often each transcript counts; at 0 once each: the figures."""
    once = np.ones((1, n_groups))
    if n_groups < MIN_TRANSCRIPTS:
        return once
    drawn = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=n_draws)
    return np.vstack([once, drawn.astype(np.float64)])


def _with_intervals(figures: Floats, n_holding: int) -> dict[str, float | None]:
    """Each figure (first draw) and the middle 95 % of the other draws; figures (draws, 4)."""
    found: dict[str, float | None] = {}
    for at, name in enumerate(FIGURES):
        value, others = figures[0, at], figures[1:, at]
        others = others[~np.isnan(others)]
        known = not np.isnan(value) and len(others) > 0 and n_holding >= MIN_TRANSCRIPTS
        low, high = np.quantile(others, [0.025, 0.975]) if known else (np.nan, np.nan)
        found |= {name: _known(value), f"{name}_low": _known(low), f"{name}_high": _known(high)}
    return found


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _mean_over_codes(figures: Floats) -> Floats:
    """(draws, k, 4) -> (draws, 4), each over the codes that have the figure; NaN where none has."""
    there = ~np.isnan(figures)
    n = there.sum(axis=1)
    return np.where(n > 0, np.nansum(figures, axis=1) / np.maximum(n, 1), np.nan)


def average_precision(truth: NDArray[np.bool_], scores: Floats) -> float | None:
    """The mean precision at each positive, rows of equal score counted together; None without any.

    As scikit-learn's average_precision_score.
    """
    rows = np.zeros(len(truth), dtype=np.intp)
    return _known(_average_precisions(truth, scores, np.ones((1, 1)), rows, np.ones(len(truth)))[0])


_CELLS = 2_000_000  # numbers at a time, so that many rows and many draws fit in memory


def _average_precisions(
    truth: NDArray[np.bool_], scores: Floats, draws: Floats, of_row: Rows, weight: Floats
) -> Floats:
    """(draws,) average precision of rows that count as often as their transcript was drawn."""
    found = np.full(len(draws), np.nan)
    if not truth.any():
        return found
    order = np.argsort(-scores, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(scores[order])), len(order) - 1]  # of each run of equals
    step = max(1, _CELLS // len(order))
    for start in range(0, len(draws), step):
        of_draw = draws[start : start + step, of_row[order]] * weight[order]
        n_rows = np.cumsum(of_draw, axis=1)[:, last]
        hits = np.cumsum(of_draw * truth[order], axis=1)[:, last]
        precision = np.divide(hits, n_rows, out=np.zeros_like(hits), where=n_rows > 0)
        gained = np.diff(hits, axis=1, prepend=0.0)
        total = hits[:, -1]
        sums = (gained * precision).sum(axis=1)
        found[start : start + step] = np.divide(
            sums, total, out=np.full(len(total), np.nan), where=total > 0
        )
    return found


def calibration_error(
    truth: NDArray[np.bool_], proba: Floats, weight: Floats | None = None, n_bins: int = 10
) -> float | None:
    """How far, on average, the share of present is from what was said; ten bins of equal width."""
    if not len(proba):
        return None
    weight = np.ones(len(proba)) if weight is None else weight
    bins = np.minimum(n_bins - 1, (proba * n_bins).astype(np.intp))
    gap = np.bincount(bins, weights=weight * (truth - proba), minlength=n_bins)
    return round(float(np.abs(gap).sum() / weight.sum()), 6)


def _counts_by_group(
    truth: Floats, said: NDArray[np.bool_], of_row: Rows, weight: Floats
) -> Floats:
    """(g, k, 3): hits, false alarms, misses of each transcript and code."""
    n_groups = int(of_row.max()) + 1 if len(of_row) else 0
    kinds = np.stack([(truth == 1) & said, (truth == 0) & said, (truth == 1) & ~said], axis=2)
    counts = np.zeros((n_groups, *kinds.shape[1:]))
    np.add.at(counts, of_row, kinds * weight[:, :, None])
    return counts


def _ratios(counts: Floats) -> Floats:
    """(..., 3) hits, false alarms, misses -> precision, recall, F1; NaN where nothing is below.

    Where a draw holds no positive there is no F1: 0 would say that the model failed.
    """
    hits, false, missed = np.moveaxis(counts, -1, 0)
    tops = np.stack([hits, hits, 2 * hits], axis=-1)
    held = hits + missed
    bottoms = np.stack([hits + false, held, np.where(held > 0, 2 * hits + false + missed, 0)], -1)
    found: Floats = np.full(tops.shape, np.nan)
    np.divide(tops, bottoms, out=found, where=bottoms > 0)
    return found
