"""Uncertainty: ask where the model knows least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.query import Floats, Pool
from pipeline.query.at_random import highest_first


def least_certain(pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order the pool so that the segments the model is least sure of come first.

    See `worth`. (Not the doubt of a segment's most doubtful code: with many codes there is always
    one.)

    Source: Lewis & Gale (1994), uncertainty sampling, taken code by code.
    """
    return highest_first(worth(pool), rng)


def worth(pool: Pool) -> Floats:
    """(n,) doubt over codes, a code counting for more the more it needs examples."""
    found: Floats = doubt(pool.proba) @ need(pool) / max(1, len(pool.codes))
    return found


def need(pool: Pool) -> Floats:
    """(k,) 1 / sqrt(1 + positives confirmed): about as what one more example is worth falls.

    Unweighted, common codes, of which there is most doubt, are all that is asked about.
    """
    weights: Floats = 1 / np.sqrt(1.0 + pool.n_positive)
    return weights


def doubt(proba: Floats) -> Floats:
    """(n, k) binary entropy in bits: 1 at a half, 0 where the model is sure."""
    p = np.clip(proba, 1e-9, 1 - 1e-9)
    bits: Floats = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return bits
