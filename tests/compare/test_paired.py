"""Units against themselves: signs turned every way, and an interval that keeps its width."""

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, multinomial, ttest_1samp

from pipeline.compare import paired
from pipeline.compare.paired import (
    mean_interval,
    share_interval,
    sign_flip_p,
    smallest_sign_flip_p,
)

SHARES = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.0, 1 / 3, 0.5, 1.0]), min_size=1, max_size=8)


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def by_hand(differences: Sequence[float]) -> float:
    """Every way to turn the signs, those of zeros as well."""
    seen = abs(sum(differences))
    ways = [
        abs(sum(sign * one for sign, one in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    return sum(way >= seen - 1e-12 for way in ways) / len(ways)


@pytest.mark.parametrize(("up", "down"), list(product(range(8), range(8))))
def test_p_of_yes_and_no_is_mcnemars(up: int, down: int) -> None:
    apart = [1.0] * up + [-1.0] * down + [0.0] * 3
    expected = binomtest(up, up + down).pvalue if up + down else 1.0
    assert sign_flip_p(apart, rng()) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(SHARES, st.sampled_from([1.0, 1e-6, 1e6]))
def test_p_is_that_of_the_long_way_at_any_scale(differences: list[float], scale: float) -> None:
    p = sign_flip_p([one * scale for one in differences], rng())
    assert p == pytest.approx(by_hand(differences))
    assert p == sign_flip_p([-one * scale for one in reversed(differences)], rng())
    assert smallest_sign_flip_p(len(differences)) <= p <= 1


@pytest.mark.parametrize(("n", "least"), [(1, 1.0), (3, 0.25), (5, 0.0625), (6, 0.03125)])
def test_smallest_p_is_reached_where_all_pairs_differ_one_way(n: int, least: float) -> None:
    assert smallest_sign_flip_p(n) == least == sign_flip_p([0.2 + at for at in range(n)], rng())


def test_drawn_signs_come_close_to_all_and_follow_the_generator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apart = [0.5, 1.0, -0.5, 2.0, 1.5, -1.0, 0.25, 0.75, -0.25, 1.0]
    every = sign_flip_p(apart, rng())
    monkeypatch.setattr(paired, "ENUMERATED", 0)
    drawn = sign_flip_p(apart, rng())
    assert drawn == sign_flip_p(apart[::-1], rng()) != sign_flip_p(apart, rng(4))
    assert drawn == pytest.approx(every, abs=4 * math.sqrt(every / paired.DRAWN))
    assert sign_flip_p([1.0] * 30, rng()) == smallest_sign_flip_p(30) == 1 / (paired.DRAWN + 1)


def test_rounding_is_no_difference() -> None:
    assert sign_flip_p([], rng()) == sign_flip_p([0.0, 0.0], rng()) == 1
    assert sign_flip_p([0.1 + 0.2 - 0.3, 1.0, 1.0], rng()) == sign_flip_p([1.0, 1.0], rng()) == 0.5


@pytest.mark.parametrize(
    ("up", "down", "n", "low", "high"),
    [
        # (1 + 1)/23 = .0870 and (7 + 1)/23 = .3478; -.2609 plus or minus 1.96 * .12628
        (1, 7, 21, -0.5084, -0.0134),
        # 1/12 twice; 0 plus or minus 1.96 * sqrt((2/12) / 12)
        (0, 0, 10, -0.2310, 0.2310),
        # 6/7 and 1/7; .7143 plus or minus 1.96 * sqrt((1 - .5102) / 7), cut at 1
        (5, 0, 5, 0.1958, 1.0),
    ],
)
def test_worked_intervals(up: int, down: int, n: int, low: float, high: float) -> None:
    """Bonett and Price (2012): (f12 + 1)/(n + 2), (f21 + 1)/(n + 2) in Wald's interval."""
    apart = [1.0] * up + [-1.0] * down + [0.0] * (n - up - down)
    assert share_interval(apart) == pytest.approx((low, high), abs=2e-4)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=40))
def test_interval_holds_the_mean_has_width_and_stays_within_one(differences: list[float]) -> None:
    low, high = share_interval(differences)
    assert -1 <= low < high <= 1 and high - low > 0.05
    assert low <= sum(differences) / len(differences) <= high
    assert share_interval([-one for one in differences]) == pytest.approx((-high, -low))


@pytest.mark.parametrize("n", [5, 6, 10, 14])
def test_intervals_of_pairs_cover(n: int) -> None:
    """Exact coverage by enumeration, shares of both kinds of change from .025 on."""
    tables = [(up, down) for up in range(n + 1) for down in range(n + 1 - up)]
    ends = np.array(
        [
            share_interval([1.0] * up + [-1.0] * down + [0.0] * (n - up - down))
            for up, down in tables
        ]
    )
    found = []
    for up, down in product(np.arange(0.025, 0.9, 0.05), repeat=2):
        if up + down < 0.976:
            counts = [(a, b, n - a - b) for a, b in tables]
            likely = multinomial.pmf(counts, n, [up, down, 1 - up - down])
            inside = (ends[:, 0] <= up - down + 1e-12) & (up - down - 1e-12 <= ends[:, 1])
            found.append(float(likely[inside].sum()))
    assert min(found) >= 0.9 and 0.95 <= np.mean(found) <= 0.98


def test_mean_interval_is_students() -> None:
    values = [0.4, 1.9, -0.3, 2.2, 0.8]
    expected = ttest_1samp(values, 0).confidence_interval()
    assert mean_interval(values) == pytest.approx((expected.low, expected.high))
    assert mean_interval([1.0]) is None and mean_interval([0.1] * 3) is None
