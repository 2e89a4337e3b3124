"""Rare codes: look for examples of what has been found least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.query import Floats, Pool

FEW = 15  # positives from which on a code is not rare any more (enough to calibrate)


def rare(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool so that each code with few positives, in turn, gets its likeliest segment.

    Codes take turns by how much they lack, the poorest first; with no code lacking, all take turns.
    """
    return turns(pool, lacking(pool), rng)


def lacking(pool: Pool) -> NDArray[np.intp]:
    """The codes under `FEW` positives, poorest first; all codes where there is none."""
    order = np.argsort(pool.n_positive, kind="stable")
    few = order[pool.n_positive[order] < FEW]
    return (few if len(few) else order).astype(np.intp)


def likely(pool: Pool) -> Floats:
    """(n, k) by the codebook while a code has no confirmed example, by the model afterwards."""
    chosen: Floats = np.where(pool.n_positive > 0, pool.proba, pool.by_codebook)
    return chosen


def turns(pool: Pool, codes: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Deal the pool to codes in turn, each taking its likeliest segment still there."""
    n = len(pool)
    if not len(codes):
        return rng.permutation(n).astype(np.intp)
    tie = rng.permutation(n)
    values = likely(pool)
    queues = [tie[np.argsort(-np.round(values[tie, code], 9), kind="stable")] for code in codes]
    at = [0] * len(queues)
    taken = np.zeros(n, dtype=bool)
    order = np.empty(n, dtype=np.intp)
    for place in range(n):
        turn = place % len(queues)
        queue = queues[turn]
        while taken[queue[at[turn]]]:
            at[turn] += 1
        order[place] = queue[at[turn]]
        taken[order[place]] = True
    return order
