"""Whole transcripts into folds: one rule for training, evaluating and simulating."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def grouped_folds(
    groups: Sequence[str] | NDArray[np.str_], n_folds: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The fold of each row, such that no group is in two folds and folds are about equally large.

    Groups are dealt in order of size, the largest first, each to the fold that is smallest so far.

    Parameters
    ----------
    groups : (n,) the transcript (or participant) of each row.
    n_folds : how many folds are wanted; with fewer groups there are as many folds as groups.
    rng : settles the order of groups of equal size.

    Returns
    -------
    (n,) int : 0 .. n_folds - 1.

    Raises
    ------
    ValueError : n_folds is below 1.
    """
    if n_folds < 1:
        raise ValueError("n_folds must be at least 1")
    names, of_row, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    load = np.zeros(max(1, min(n_folds, len(names))), dtype=np.int64)
    fold_of = np.zeros(len(names), dtype=np.intp)
    for group in order:
        fold_of[group] = int(np.argmin(load))
        load[fold_of[group]] += sizes[group]
    return fold_of[of_row.reshape(-1)]
