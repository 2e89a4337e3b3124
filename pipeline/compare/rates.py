"""Rates per 1,000 words: one value per unit, Welch's interval, a studentised permutation test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENUMERATED = 50_000  # up to so many arrangements are all tried; above, as many are drawn
DRAWN = 20_000
_NEARLY = 1e-9  # rounding must not part arrangements that differ as much
_TINY = 1e-5  # of the largest deviation: below it, values within a group do not vary
_BLOCK = 5_000  # arrangements looked at together, to bound the memory


def varies(values: Sequence[float]) -> bool:
    """Whether values differ by more than rounding (three times .1 has a deviation above 0)."""
    return max(values) - min(values) > _NEARLY * max(map(abs, values))


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % t interval of a mean, from 0 up; None with fewer than two values or none that differ."""
    import numpy as np
    from scipy.stats import t

    n = len(values)
    if n < 2 or not varies(values):
        return None
    half = float(t.ppf(0.975, n - 1)) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return max(0.0, float(np.mean(values)) - half), float(np.mean(values)) + half


def welch_interval(a: Sequence[float], b: Sequence[float]) -> tuple[float, float] | None:
    """Welch's 95 % interval of mean a - mean b; None where nothing varies or a group has one.

    Source: Welch (1947), Biometrika 34.
    """
    import numpy as np
    from scipy.stats import t

    if min(len(a), len(b)) < 2:
        return None
    if not varies(a) and not varies(b):
        return None
    of_a, of_b = float(np.var(a, ddof=1)) / len(a), float(np.var(b, ddof=1)) / len(b)
    df = (of_a + of_b) ** 2 / (of_a**2 / (len(a) - 1) + of_b**2 / (len(b) - 1))
    half = float(t.ppf(0.975, df)) * math.sqrt(of_a + of_b)
    apart = float(np.mean(a)) - float(np.mean(b))
    return apart - half, apart + half


def permutation_p(
    a: Sequence[float], b: Sequence[float], rng: np.random.Generator, *, studentised: bool = True
) -> float:
    """Both sides: how many arrangements of the values differ as much as the one seen.

    Studentised (the difference over Welch's standard error), so that it holds for means where the
    groups spread differently; plain for shares. All arrangements where there are at most 50,000,
    else as many as DRAWN and the one seen. The order of the values within a group is nothing to it.

    Raises
    ------
    ValueError : a group of one, which has no standard error (studentised), or of none.

    Source: Janssen (1997), Statistics & Probability Letters 36; Chung & Romano (2013).
    """
    import numpy as np

    if min(len(a), len(b)) < 1 + studentised:
        raise ValueError("a group has too few values for a permutation test")
    values = np.r_[np.sort(np.asarray(a, float)), np.sort(np.asarray(b, float))]
    values = values - values.mean()  # the same statistics, with less rounding
    values /= float(np.abs(values).max()) or 1.0
    n, n_a = len(values), len(a)
    statistic = _studentised if studentised else _plain

    def of(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """The statistic where these rows are group a."""
        inside = np.zeros((len(rows), n), bool)
        inside[np.arange(len(rows))[:, None], rows] = True
        return statistic(values, inside, n_a)

    seen = float(of(np.arange(n_a)[None, :])[0])
    if math.isfinite(seen):
        seen -= _NEARLY * max(1.0, seen)
    if math.comb(n, n_a) <= ENUMERATED:
        reached = sum(int((of(block) >= seen).sum()) for block in _every(n, n_a))
        return reached / math.comb(n, n_a)
    reached = 1
    for _ in range(DRAWN // _BLOCK):
        rows = np.argsort(rng.random((_BLOCK, n)), axis=1)[:, :n_a]
        reached += int((of(rows) >= seen).sum())
    return reached / (DRAWN + 1)


def smallest_permutation_p(n_a: int, n_b: int) -> float:
    """The smallest p that a permutation test of so many values can give."""
    if math.comb(n_a + n_b, n_a) > ENUMERATED:
        return 1 / (DRAWN + 1)
    return (2 if n_a == n_b else 1) / math.comb(n_a + n_b, n_a)


Statistic = Callable[..., "NDArray[np.float64]"]


def _plain(values: NDArray[np.float64], inside: NDArray[np.bool_], n_a: int) -> NDArray[np.float64]:
    import numpy as np

    mean_a = inside @ values / n_a
    mean_b = (values.sum() - inside @ values) / (len(values) - n_a)
    return np.asarray(np.abs(mean_a - mean_b))


def _studentised(
    values: NDArray[np.float64], inside: NDArray[np.bool_], n_a: int
) -> NDArray[np.float64]:
    import numpy as np

    n_b = len(values) - n_a
    mean_a, mean_b = inside @ values / n_a, ~inside @ values / n_b
    # In two passes: sums of squares less squared sums lose all digits where groups part widely.
    square = (values - np.where(inside, mean_a[:, None], mean_b[:, None])) ** 2
    spread_a = (square * inside).sum(axis=1) / (n_a - 1) / n_a
    spread_b = (square * ~inside).sum(axis=1) / (n_b - 1) / n_b
    apart, error = np.abs(mean_a - mean_b), np.sqrt(spread_a + spread_b)
    # No spread within the groups: the values part perfectly, or nothing differs at all.
    return np.where(
        error > _TINY, apart / np.maximum(error, _TINY), np.where(apart > _TINY, np.inf, 0.0)
    )


def _every(n: int, n_a: int) -> list[NDArray[np.intp]]:
    """All choices of n_a rows among n, in blocks."""
    from itertools import combinations, islice

    import numpy as np

    choices = combinations(range(n), n_a)
    blocks = []
    while block := list(islice(choices, _BLOCK)):
        blocks.append(np.asarray(block, np.intp))
    return blocks
