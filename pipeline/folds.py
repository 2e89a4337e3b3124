"""Whole transcripts into folds: one rule for training, evaluating and simulating."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def grouped_folds(
    groups: Sequence[str] | NDArray[np.str_], n_folds: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The fold of each row, such that no group is in two folds and folds are about equally large.

    scikit-learn's GroupKFold, which deals groups in order of size, the largest first, each to the
    fold that is smallest so far. Its `shuffle` would settle the order by chance and deal as many
    groups to each fold, however large they are; so the names are shuffled instead, which settle
    the order of groups of equal size.

    Parameters
    ----------
    groups : (n,) the transcript (or participant) of each row.
    n_folds : how many folds are wanted; with fewer groups there are as many folds as groups.
    rng : shuffles the names.

    Returns
    -------
    (n,) int : 0 .. n_folds - 1.

    Raises
    ------
    ValueError : n_folds is below 1.
    """
    from sklearn.model_selection import GroupKFold

    if n_folds < 1:
        raise ValueError("n_folds must be at least 1")
    names, of_row = np.unique(np.asarray(groups), return_inverse=True)
    shuffled = rng.permutation(len(names))[of_row.reshape(-1)]
    fold = np.zeros(len(shuffled), dtype=np.intp)
    if min(n_folds, len(names)) > 1:
        dealt = GroupKFold(min(n_folds, len(names))).split(shuffled, groups=shuffled)
        for number, (_, rows) in enumerate(dealt):
            fold[rows] = number
    return fold
