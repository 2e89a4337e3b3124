"""Uncertainty: ask where the model knows least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.query import Floats, Pool
from pipeline.query.at_random import highest_first


def least_certain(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool so that the segments the model is least sure of come first.

    A segment's doubt is the mean, over codes, of the entropy of present against absent. (Not the
    doubt of its most doubtful code: with many codes there is always one.)

    Source: Lewis & Gale (1994), uncertainty sampling, taken code by code.
    """
    return highest_first(doubt(pool.proba).mean(axis=1), rng)


def doubt(proba: Floats) -> Floats:
    """(n, k) binary entropy in bits: 1 at a half, 0 where the model is sure."""
    p = np.clip(proba, 1e-9, 1 - 1e-9)
    bits: Floats = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return bits
