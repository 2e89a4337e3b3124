"""From held-out scores to probabilities and thresholds, code by code, each held to the common one.

A code with many positives speaks for itself; one with few follows what holds for all codes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HELD_COMMON, HELD_OWN = 10.0, 20.0  # how hard the two steps of `shift_by_chance` are held
HELD_SCALE = 10.0  # how hard a code's own curve is held to the common one, in examples


def log_odds(share: Floats) -> Floats:
    """The inverse of the logistic function."""
    odds: Floats = np.log(share) - np.log1p(-share)
    return odds


def base_rates(Y: Floats, weights: Floats) -> Floats:
    """(k,) how often each code is present; codes with few rows are held to the mean of all."""
    asked = np.where(np.isnan(Y), 0.0, weights)
    n, n_positive = asked.sum(axis=0), (asked * np.nan_to_num(Y)).sum(axis=0)
    common = (n_positive.sum() + 0.5) / (n.sum() + 1.0)
    rates: Floats = (n_positive + 2 * common) / (n + 2)
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


def shift_by_chance(logits: Floats, Y: Floats, weights: Floats, known: NDArray[np.bool_]) -> Floats:
    """(k,) what to add to the log odds so that they are right for rows drawn by chance.

    Rows that were chosen by a model's scores hardly bend the curve from scores to shares, because
    it says what share has a code *at* a score, however many rows have that score. They do raise
    the base rates, but to take those from the few chance rows loses more than it mends. Measured
    on three public sets, 200, 400 and 600 decisions, a fifth of them by chance, two seeds:

    ==========================  =============================  =============================
    mean over sets              asked by doubt                 asked by the mixture
    ==========================  =============================  =============================
    curve of all rows           error .015 .012 .013           error .010 .006 .008
    base rates of chance rows   error .014 .012 .013, F1 -.003  error .011 .007 .007, F1 -.006
    rows weighed by inverse
    chance                      error .015 .008 .008, F1 -.005  error .014 .007 .007, F1 -.004
    **this shift**              error .009 .009 .009, F1 +.000  error .009 .008 .010, F1 -.001
    ==========================  =============================  =============================

    The log loss is lowest, or within .0001 of it, with this shift in all six.

    Parameters
    ----------
    logits : (n, k) of the chance rows, held out; NaN where there is none.
    Y, weights : (n, k) of the same rows, Y NaN where not asked.
    known : (k,) codes with held-out scores.
    """
    use = ~np.isnan(logits) & ~np.isnan(Y) & known
    if not use.any():
        return np.zeros(len(known))
    common = _shift(logits[use], Y[use], weights[use], 0.0, HELD_COMMON)
    found = np.full(len(known), common)
    for code in np.flatnonzero(known):
        own = use[:, code]
        rows = logits[own, code], Y[own, code], weights[own, code]
        found[code] = _shift(*rows, common, HELD_OWN)
    return found


def _shift(logits: Floats, y: Floats, weights: Floats, start: float, held: float) -> float:
    """One number to add, held to `start`, by Newton's method."""
    found = start
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(logits + found, -30, 30)))
        bend = float((weights * p * (1 - p)).sum()) + held
        step = (float((weights * (p - y)).sum()) + held * (found - start)) / bend
        found -= min(1.0, max(-1.0, step))
        if abs(step) < 1e-9:
            break
    return found


def best_thresholds(proba: Floats) -> Floats:
    """(k,) where to say present, for the F1 that the probabilities themselves let expect.

    F1 counted on the few held-out positives is jagged, and its maximum mostly chance; the
    *expected* F1 of probabilities (the sum of those above the threshold are the hits to expect) is
    smooth, uses every row, and each code's probabilities are held to the common curve already. On
    the benchmark this beats thresholds tuned on counts, whether held to the common one or not.

    Parameters
    ----------
    proba : (n, k) held-out probabilities, NaN where there is none. Best of all rows that will be
        suggested for, decided or not: the decided ones alone have too many present where they were
        chosen, and are few (F1 +.013, +.011, +.004 at 200, 400, 600 decisions asked by the mixture;
        +.004, +.004, -.002 at random; measured as above).

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
