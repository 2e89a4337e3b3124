"""Logistic regression for several targets over one matrix at once.

The same optimum as scikit-learn's LogisticRegression (a test holds it to that), ten times sooner:
a code and all its folds, which differ only in their rows' weights, share each pass over the
matrix; and the matrix is turned once into axes in which the problem is nearly round, so that a
dozen passes do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CURVATURE = 0.05  # of the log loss, p (1 - p), as it is near the optimum


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rotation:
    """A dense matrix in axes of its own, in which each weight has its own penalty."""

    turned: Floats  # (n, r)
    back: Floats  # (p, r): weights for the matrix = back @ weights for `turned`
    mean: Floats  # (p,) taken off before turning
    penalty: Floats  # (r,)


def rotate(Z: Floats, C: float) -> Rotation:
    """Turn a matrix into its principal axes, each stretched until all are about equally curved."""
    mean = Z.mean(axis=0)
    centred = Z - mean
    n, p = centred.shape
    if n < p:
        squares, left = np.linalg.eigh(centred @ centred.T)
        keep = squares > 1e-10 * max(1.0, float(squares[-1]))
        axes = centred.T @ (left[:, keep] / np.sqrt(squares[keep]))
    else:
        squares, axes = np.linalg.eigh(centred.T @ centred)
        keep = squares > 1e-10 * max(1.0, float(squares[-1]))
        axes = axes[:, keep]
    stretch = 1 / np.sqrt(CURVATURE * squares[keep] + 1 / C)
    back = axes * stretch
    return Rotation(turned=centred @ back, back=back, mean=mean, penalty=stretch**2 / C)


def fit_rotated(rotation: Rotation, Y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """As `fit_with_folds`, of the matrix before it was turned: weights (p, c), intercepts (c,)."""
    turned, intercept = fit_with_folds(rotation.turned, Y, weights, rotation.penalty)
    W = rotation.back @ turned
    return W, intercept - rotation.mean @ W


def fit_with_folds(
    Z: Any, Y: Floats, weights: Floats, penalty: Floats | float
) -> tuple[Floats, Floats]:
    """The first column as exactly as can be, then the others, its folds, from there.

    A fold's optimum is near to that of all rows, and its scores serve calibration only: a hundredth
    of a log odds is near enough.
    """
    whole, bias = fit_logistic(Z, Y[:, :1], weights[:, :1], penalty)
    if Y.shape[1] == 1:
        return whole, bias
    start = np.repeat(np.vstack([whole, bias]), Y.shape[1] - 1, axis=1)
    folds, biases = fit_logistic(Z, Y[:, 1:], weights[:, 1:], penalty, start=start, tolerance=1e-3)
    return np.hstack([whole, folds]), np.concatenate([bias, biases])


def fit_logistic(
    Z: Any,
    Y: Floats,
    weights: Floats,
    penalty: Floats | float,
    *,
    start: Floats | None = None,
    tolerance: float = 1e-6,
) -> tuple[Floats, Floats]:
    """Minimise, by column, sum of weights x log loss + penalty x w^2 / 2; the intercept is free.

    Parameters
    ----------
    Z : (n, p) dense or scipy sparse.
    Y : (n, c) from 0 to 1; between the two: that share of the row is a positive example.
    weights : (n, c) at least 0; a row of weight 0 is not there.
    penalty : of each of the p weights, 1 / C in scikit-learn's words.
    start : (p + 1, c) where to begin, the intercepts last.
    tolerance : of the slope of the mean loss.

    Returns
    -------
    (p, c) weights and (c,) intercepts.
    """
    from scipy.optimize import minimize

    shape = (Z.shape[1] + 1, Y.shape[1])
    held = np.broadcast_to(np.asarray(penalty, dtype=np.float64), (Z.shape[1],))[:, None]
    scale = 1.0 / np.maximum(weights.sum(axis=0), 1e-12)  # so that columns are of one size
    transposed = Z.T.tocsr() if hasattr(Z, "tocsr") else Z.T

    def loss(flat: Floats) -> tuple[float, Floats]:
        W = flat.reshape(shape)
        scores = Z @ W[:-1] + W[-1]
        per_row = np.logaddexp(0, scores) - Y * scores
        pull = weights * scale * (1 / (1 + np.exp(-np.clip(scores, -500, 500))) - Y)
        value = (weights * per_row).sum(axis=0) + (held * W[:-1] ** 2).sum(axis=0) / 2
        slope = np.empty(shape)
        slope[:-1] = transposed @ pull + scale * held * W[:-1]
        slope[-1] = pull.sum(axis=0)
        return float(value @ scale), slope.ravel()

    if start is None:
        start = np.zeros(shape)
        share = (weights * Y).sum(axis=0) * scale
        start[-1] = np.log((share + 1e-6) / (1 - share + 1e-6))
    found = minimize(
        loss,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 1000, "maxfun": 2000, "gtol": tolerance, "ftol": 1e-12, "maxcor": 10},
    )
    W = found.x.reshape(shape)
    return W[:-1].copy(), W[-1].copy()


def balanced(Y: Floats, weights: Floats) -> Floats:
    """Weights under which the positives of each column weigh as much as its negatives together."""
    positive = (weights * Y).sum(axis=0)
    negative = (weights * (1 - Y)).sum(axis=0)
    total = positive + negative
    up = total / np.maximum(2 * positive, 1e-12)
    down = total / np.maximum(2 * negative, 1e-12)
    scaled: Floats = weights * (Y * up + (1 - Y) * down)
    return scaled
