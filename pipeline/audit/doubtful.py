"""Decisions that deserve a second look: what a model that did not see them is sure is otherwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST = 20  # a second look at more costs a coder's hour, and the list is sorted
MIN_OF_EACH = 5  # presences and absences that say how sure the model is of a code's own
# How much higher it scores presences than absences, on average (Tjur 2009, The American
# Statistician 63(4)): a machine that hardly knows a code doubts every rare presence of it. What is
# listed is a ranking, not a count of mistakes: an example without any fills the list too.
TELLS_APART = 0.25


def doubtful(Y: Floats, proba: Floats, looked_at: Bools, n: int = MOST) -> list[tuple[int, int]]:
    """Decisions that confident learning calls mistaken, the most doubtful first.

    How sure the model is of a verdict is the mean of what it gives that verdict where people gave
    it. A decision is doubtful where the model is at least that sure of the opposite, and surer of
    the opposite than of what was decided. Sorted by how much surer, each measured against how sure
    the model usually is of that verdict. Codes that it hardly tells apart are passed over.

    Parameters
    ----------
    Y : (n, k) 1, 0, NaN not decided; where coders differ the majority, ties left out.
    proba : (n, k) scores by models that saw no decision of the row's transcript: a model that was
        fitted to a mistake repeats it.
    looked_at : (n,) rows that may be listed. Those of the audit list must not be: a second look
        that the machine asks for pulls the yardstick towards it.

    Returns
    -------
    (row, column), at most `n`.

    Source: Northcutt, Jiang & Chuang (2021), Confident Learning, JAIR 70, 1373-1411: per-class
    thresholds (their eq. 2), off-diagonals of the confident joint; Kuan & Mueller (2022), ICML
    DataPerf workshop: margins of scores from which the thresholds were taken.
    """
    truth = np.where(np.isnan(Y) | (Y == 0.5) | np.isnan(proba), np.nan, Y > 0.5)
    found: list[tuple[float, int, int]] = []
    for column in range(Y.shape[1]):
        present, absent = truth[:, column] == 1, truth[:, column] == 0
        if present.sum() < MIN_OF_EACH or absent.sum() < MIN_OF_EACH:
            continue
        p = proba[:, column]
        sure_of_yes, sure_of_no = float(p[present].mean()), float((1 - p[absent]).mean())
        if sure_of_yes + sure_of_no - 1 < TELLS_APART:
            continue
        yes_likely = absent & (p >= sure_of_yes) & (p > 0.5)
        no_likely = present & (1 - p >= sure_of_no) & (p < 0.5)
        towards_yes = (p - sure_of_yes) - (1 - p - sure_of_no)
        for row in np.flatnonzero((yes_likely | no_likely) & looked_at).tolist():
            margin = float(towards_yes[row])
            found.append((-margin if yes_likely[row] else margin, row, column))
    return [(row, column) for _, row, column in sorted(found)[:n]]
