"""Diversity: spread the questions over all that is said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.query import Floats, Pool
from pipeline.query.at_random import highest_first
from pipeline.query.least_certain import worth

SPREAD = 400  # rows that are chosen one by one; a batch is about 50, what follows is in any order
SHORTLIST = 8  # of uncertain-diverse: so many times more candidates than rows chosen
NEIGHBOURS = 20


def diverse(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool so that each segment is far from those before it and from decided ones.

    Greedy k-centre (Gonzalez 1985) on cosine distance.
    """
    return _spread(pool, rng, np.ones(len(pool)), len(pool))


def uncertain_diverse(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool by doubt times distance from what was chosen before and decided already."""
    return _spread(pool, rng, worth(pool), SHORTLIST * SPREAD)


def representative(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool so that typical segments of regions nobody has decided in come first.

    Typical is near to its nearest neighbours (Hacohen et al. 2022); a region is left once one of
    it is chosen.
    """
    return _spread(pool, rng, typical(pool.X), len(pool))


def typical(X: NDArray[np.float32]) -> Floats:
    """(n,) mean similarity to the nearest neighbours, 0 to 1; block by block, to spare memory."""
    n = len(X)
    found = np.zeros(n)
    count = min(NEIGHBOURS, n - 1)
    if count < 1:
        return np.ones(n)
    for start in range(0, n, 512):
        near = (X[start : start + 512] @ X.T).astype(np.float64)
        top = np.partition(near, n - count - 1, axis=1)[:, n - count - 1 :]
        found[start : start + 512] = (top.sum(axis=1) - top.max(axis=1)) / count
    return np.clip(found, 0.0, 1.0)


def _spread(
    pool: Pool, rng: np.random.Generator, value: Floats, n_candidates: int
) -> NDArray[np.intp]:
    """Take, time and again, the row whose value times distance to those taken is greatest."""
    first = highest_first(value, rng)
    candidates = first[:n_candidates]
    X = pool.X[candidates].astype(np.float64)
    near = np.full(len(candidates), -1.0)
    decided = pool.decided_X
    if decided.size:
        for start in range(0, len(decided), 512):
            near = np.maximum(near, (X @ decided[start : start + 512].T).max(axis=1))
    taken: list[int] = []
    left = np.ones(len(candidates), dtype=bool)
    for _ in range(min(SPREAD, len(candidates))):
        gain = np.where(left, value[candidates] * np.maximum(0.0, 1 - near), -1.0)
        chosen = int(np.argmax(np.round(gain, 9)))  # candidates are shuffled: the first of equals
        taken.append(chosen)
        left[chosen] = False
        near = np.maximum(near, X @ X[chosen])
    rest = candidates[left]
    return np.concatenate([candidates[taken], rest, first[n_candidates:]]).astype(np.intp)
