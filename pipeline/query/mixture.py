"""The default: find each code first, then learn where it pays, and never forget the rare ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.query import Pool, Strategy
from pipeline.query.at_random import at_random
from pipeline.query.diverse import representative, uncertain_diverse
from pipeline.query.least_certain import least_certain
from pipeline.query.rare import rare

SEEDED = 50  # decided segments up to which the pool is explored rather than exploited
# Which strategy fills which place, over and over. Exploring: typical segments, rows at random, and
# each code's likeliest, at first by the codebook. Later: doubt, and each lacking code's likeliest,
# and one row in ten at random, so that a row of the anchor list is not known by its reason.
# While it explores, the random share helped on a small set of many codes, where it is the only
# one (its transcripts are too short for an audit list).
FIRST: tuple[Strategy, ...] = (representative, at_random, rare)
LATER: tuple[Strategy, ...] = (*(least_certain, uncertain_diverse, rare) * 3, at_random)


def pattern(pool: Pool) -> tuple[Strategy, ...]:
    """The strategies that take turns in this pool's order."""
    return FIRST if pool.n_decided < SEEDED else LATER


def mixture(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool by several strategies in turn; place i is filled by pattern[i mod length]."""
    turns = pattern(pool)
    queues = {strategy: iter(strategy(pool, rng)) for strategy in dict.fromkeys(turns)}
    taken: set[int] = set()
    order: list[int] = []
    while len(order) < len(pool):
        queue = queues[turns[len(order) % len(turns)]]
        row = next(int(one) for one in queue if int(one) not in taken)
        taken.add(row)
        order.append(row)
    return np.array(order, dtype=np.intp)
