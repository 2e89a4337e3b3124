"""The same people or teams in both groups, at two waves say: differences within each of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.compare.rates import varies

if TYPE_CHECKING:
    import numpy as np

ENUMERATED = 14  # up to so many pairs all signs are tried
DRAWN = 20_000
_NEARLY = 1e-9


def sign_flip_p(differences: Sequence[float], rng: np.random.Generator) -> float:
    """Both sides: how many ways to turn the differences' signs give a sum as large.

    All ways up to 14 pairs that differ, else 20,000 draws and the one seen. Of yes and no in single
    interviews the former is McNemar's exact test. Pairs without a difference turn nothing.
    """
    import numpy as np

    largest = max(map(abs, differences), default=0.0) or 1.0
    values = np.asarray(sorted(one / largest for one in differences), float)
    values = values[np.abs(values) > _NEARLY]
    if not len(values):
        return 1.0
    seen = abs(float(values.sum())) - _NEARLY
    if len(values) <= ENUMERATED:
        bits = np.arange(2 ** len(values))[:, None] >> np.arange(len(values)) & 1
        return float((np.abs((2 * bits - 1) @ values) >= seen).mean())
    signs = rng.integers(0, 2, (DRAWN, len(values))) * 2 - 1
    return float((1 + (np.abs(signs @ values) >= seen).sum()) / (DRAWN + 1))


def smallest_sign_flip_p(n: int) -> float:
    """The smallest p that n pairs can give."""
    return 2 / 2**n if n <= ENUMERATED else 1 / (DRAWN + 1)


def share_interval(differences: Sequence[float]) -> tuple[float, float]:
    """95 % interval of a mean difference of shares between pairs; each difference in -1 to 1.

    Bonett and Price's adjusted interval: one is added to each kind of change and two to the pairs,
    so that it keeps a width where no pair changes. A mean over a cluster's interviews may be a
    fraction, which widens it.

    Source: Bonett & Price (2012), Journal of Educational and Behavioral Statistics 37(4).
    """
    n = len(differences)
    up = (sum(max(0.0, one) for one in differences) + 1) / (n + 2)
    down = (sum(max(0.0, -one) for one in differences) + 1) / (n + 2)
    half = 1.959964 * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    return max(-1.0, up - down - half), min(1.0, up - down + half)


def mean_interval(differences: Sequence[float]) -> tuple[float, float] | None:
    """95 % t interval of the mean difference; None with one pair, or where nothing varies."""
    import numpy as np
    from scipy.stats import t

    n = len(differences)
    if n < 2 or not varies(differences):
        return None
    half = float(t.ppf(0.975, n - 1)) * float(np.std(differences, ddof=1)) / math.sqrt(n)
    return float(np.mean(differences)) - half, float(np.mean(differences)) + half
