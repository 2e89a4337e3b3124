"""How far a coder follows the machine: rows with suggestions in sight against blind ones.

Both kinds are drawn at random from the same interviews, so what differs is that suggestions were
seen. What the machine would have suggested in a blind row is what its model of that round says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_ROWS = 50  # a side, below which nothing is said: an interval would be wider than +- .2
_Z = 1.959963984540054  # of a 95 % interval; both sides have 50 rows or more


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that one coder decided, of a list drawn at random."""

    shown: bool  # suggestions were in sight
    suggested: frozenset[str]  # codes the machine suggested, or would have
    present: frozenset[str]  # codes the coder called present
    wrong: frozenset[str] | None  # suggested, and absent by another coder who was blind; None: none


def following(rows: Sequence[Row]) -> dict[str, Any]:
    """How one coder's decisions differ with suggestions in sight.

    Parameters
    ----------
    rows : of one coder; every code of the codebook was asked in each.

    Returns
    -------
    `agreement`: of the codes the machine suggests, the share the coder calls present; shown minus
    blind. `omission`: codes called present per row, blind minus shown: what is overlooked where
    suggestions are in sight. `errors`: of suggestions that another coder, blind, called absent, the
    share this coder calls present; shown minus blind. Each {n_shown, n_blind, shown, blind,
    difference, low, high}, n in rows that can tell; figures are None below 50 rows a side.
    """
    with_suggestions = [row for row in rows if row.suggested]
    with_errors = [row for row in rows if row.wrong]
    return {
        "agreement": _compared(
            with_suggestions, lambda row: (len(row.suggested & row.present), len(row.suggested))
        ),
        "omission": _negated(_compared(rows, lambda row: (len(row.present), 1))),
        "errors": _compared(
            with_errors,
            lambda row: (len((row.wrong or frozenset()) & row.present), len(row.wrong or ())),
        ),
    }


def _compared(rows: Sequence[Row], counts: Callable[[Row], tuple[int, int]]) -> dict[str, Any]:
    """A ratio of sums with suggestions in sight minus the same without, rows being the units.

    Source: Cochran (1977), Sampling Techniques, 3rd ed., 6.3 (variance of a ratio).
    """
    sides = {
        name: np.array([counts(row) for row in rows if row.shown is shown], dtype=np.float64)
        for name, shown in (("shown", True), ("blind", False))
    }
    found: dict[str, Any] = {f"n_{name}": len(of_side) for name, of_side in sides.items()}
    nothing = dict.fromkeys(("shown", "blind", "difference", "low", "high"))
    if min(len(of_side) for of_side in sides.values()) < MIN_ROWS:
        return found | nothing
    (shown, spread_shown), (blind, spread_blind) = (_ratio(side) for side in sides.values())
    difference, half = shown - blind, _Z * float(np.sqrt(spread_shown + spread_blind))
    figures = (shown, blind, difference, difference - half, difference + half)
    return found | {name: round(one, 6) for name, one in zip(nothing, figures, strict=True)}


def _ratio(side: Floats) -> tuple[float, float]:
    """Sum of the first column over that of the second, and its variance."""
    n, (top, bottom) = len(side), side.sum(axis=0)
    ratio = float(top / bottom)
    residual = side[:, 0] - ratio * side[:, 1]
    return ratio, float(n / (n - 1) * (residual**2).sum() / bottom**2)


def _negated(one: dict[str, Any]) -> dict[str, Any]:
    """The same difference, blind minus shown."""
    if one["difference"] is None:
        return one
    low, high = -one["high"], -one["low"]
    return one | {"difference": -one["difference"], "low": low, "high": high}
