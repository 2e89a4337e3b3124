"""From held-out scores to probabilities and thresholds, code by code, each held to the common one.

A code with many positives speaks for itself; one with few follows what holds for all codes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HELD_RATE = 20.0  # rows that the shares among rows chosen for a reason count for
HELD_SCALE = 10.0  # how hard a code's own curve is held to the common one, in examples


def log_odds(share: Floats) -> Floats:
    """The inverse of the logistic function."""
    odds: Floats = np.log(share) - np.log1p(-share)
    return odds


def base_rates(Y: Floats, weights: Floats, chance: NDArray[np.bool_] | None = None) -> Floats:
    """(k,) how often each code is present; codes with few rows are held to the mean of all.

    Parameters
    ----------
    chance : (n,) the rows drawn by chance, None for all. What the others say counts for as much as
        `HELD_RATE` rows: which code is commoner than which they do know, how common it is not.
    """
    asked = np.where(np.isnan(Y), 0.0, weights)
    said = np.nan_to_num(Y)
    if chance is None or chance.all() or not chance.any():
        return _rates(asked, said, 2.0, None)
    every = _rates(asked, said, 2.0, None)
    drawn = asked * chance[:, None]
    common = ((drawn * said).sum() + 0.5) / (drawn.sum() + 1.0)
    return _rates(drawn, said, HELD_RATE, np.clip(every * common / every.mean(), 1e-4, 0.999))


def _rates(asked: Floats, said: Floats, held: float, to: Floats | None) -> Floats:
    """Shares by code, held to `to` (None: the mean over codes) as strongly as `held` rows."""
    n, n_positive = asked.sum(axis=0), (asked * said).sum(axis=0)
    if to is None:
        to = np.full(len(n), (n_positive.sum() + 0.5) / (n.sum() + 1.0))
    rates: Floats = (n_positive + held * to) / (n + held)
    return np.clip(rates, 1e-4, 1 - 1e-4)


def fit_curve(
    scores: Floats, y: Floats, weights: Floats, offset: Floats | float, held: Floats, start: Floats
) -> Floats:
    """Slope and shift of sigmoid(slope x score + shift + offset), by Newton's method.

    Platt (1999), with the two numbers held to `start` as strongly as `held` says.
    """
    found = start.astype(np.float64).copy()
    columns = np.stack([scores, np.ones_like(scores)], axis=1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(columns @ found + offset, -30, 30)))
        slope = columns.T @ (weights * (p - y)) + held * (found - start)
        bend = (columns.T * (weights * p * (1 - p))) @ columns + np.diag(held + 1e-9)
        step = np.linalg.solve(bend, slope)
        found -= np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    found[0] = max(found[0], 0.05)  # a higher score never means less likely
    return found


def curves(
    scores: Floats, Y: Floats, weights: Floats, offset: Floats, known: NDArray[np.bool_]
) -> Floats:
    """(2, k) slope and shift of each code; codes outside `known` get the common ones.

    Parameters
    ----------
    scores : (n, k) held-out scores, NaN where there is none.
    Y, weights : (n, k), Y NaN where not asked.
    offset : (k,) log odds of the code's base rate.
    known : (k,) codes with held-out scores.
    """
    k = Y.shape[1]
    common = np.array([1.0, 0.0])
    use = ~np.isnan(scores) & ~np.isnan(Y) & known
    if use.any():
        rows, codes = np.nonzero(use)
        common = fit_curve(
            scores[use], Y[use], weights[use], offset[codes], np.array([1.0, 1.0]), common
        )
    found = np.repeat(common[:, None], k, axis=1)
    for code in np.flatnonzero(known):
        own = use[:, code]
        if own.any():
            found[:, code] = fit_curve(
                scores[own, code],
                Y[own, code],
                weights[own, code],
                offset[code],
                np.full(2, HELD_SCALE),
                common,
            )
    return found


def best_thresholds(proba: Floats) -> Floats:
    """(k,) where to say present, for the F1 that the probabilities themselves let expect.

    F1 counted on the few held-out positives is jagged, and its maximum mostly chance; the
    *expected* F1 of probabilities (the sum of those above the threshold are the hits to expect) is
    smooth, uses every row, and each code's probabilities are held to the common curve already. On
    the benchmark this beats thresholds tuned on counts, whether held to the common one or not.

    Parameters
    ----------
    proba : (n, k) held-out probabilities, NaN where there is none.

    Source: Lipton, Elkan & Naryanaswamy (2014), thresholds that maximise F1.
    """
    thresholds = np.full(proba.shape[1], np.nan)
    for code, column in enumerate(proba.T):
        p = -np.sort(-column[~np.isnan(column)])
        if len(p):
            f1 = 2 * np.cumsum(p) / (np.arange(1, len(p) + 1) + p.sum())
            best = int(np.argmax(f1))
            below = p[best + 1] if best + 1 < len(p) else 0.0
            thresholds[code] = (p[best] + below) / 2
    common = np.nanmedian(thresholds) if not np.isnan(thresholds).all() else 0.5
    return np.where(np.isnan(thresholds), common, np.clip(thresholds, 0.01, 0.9))
