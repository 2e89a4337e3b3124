"""Random order: what every other strategy has to beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.query import Floats, Pool


def at_random(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool at random; every order is as likely."""
    return rng.permutation(len(pool)).astype(np.intp)


def highest_first(values: Floats, rng: np.random.Generator) -> NDArray[np.intp]:
    """Rows by falling value; equal rows (to nine decimals) in random order."""
    shuffled = rng.permutation(len(values))
    ranked = np.argsort(-np.round(values[shuffled], 9), kind="stable")
    return shuffled[ranked].astype(np.intp)
