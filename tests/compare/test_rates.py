"""Rates: Welch's interval and the permutation test, held to the long way round."""

import math
import warnings
from collections.abc import Sequence
from itertools import combinations
from statistics import fmean, variance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, ttest_ind

from pipeline.compare import rates
from pipeline.compare.rates import (
    mean_interval,
    permutation_p,
    smallest_permutation_p,
    varies,
    welch_interval,
)

# Many zeros and many ties, as rates of a rare code have them.
VALUES = st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0, 1.5, 2.25, 7.0])
GROUPS = st.tuples(
    st.lists(VALUES, min_size=2, max_size=5), st.lists(VALUES, min_size=2, max_size=5)
)


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def differ(a: Sequence[float], b: Sequence[float], studentised: bool) -> float:
    """How far two groups are apart, the long way; these values have no rounding."""
    apart = abs(fmean(a) - fmean(b))
    if not studentised:
        return apart
    error = math.sqrt(variance(a) / len(a) + variance(b) / len(b))
    if error:
        return apart / error
    return math.inf if apart else 0.0


def by_hand(a: Sequence[float], b: Sequence[float], studentised: bool) -> float:
    """Every choice of group a among all values, one after the other."""
    values = [*a, *b]
    seen = differ(a, b, studentised)
    reached = n = 0
    for rows in combinations(range(len(values)), len(a)):
        one = [values[at] for at in rows]
        other = [value for at, value in enumerate(values) if at not in rows]
        n += 1
        found = differ(one, other, studentised)
        reached += found >= seen or math.isclose(found, seen, rel_tol=1e-9, abs_tol=1e-12)
    return reached / n


@pytest.mark.parametrize("studentised", [True, False])
@settings(max_examples=60, deadline=None)
@given(groups=GROUPS)
def test_p_is_that_of_the_long_way(
    groups: tuple[list[float], list[float]], studentised: bool
) -> None:
    p = permutation_p(*groups, rng(), studentised=studentised)
    assert p == pytest.approx(by_hand(*groups, studentised), abs=1e-12)
    assert smallest_permutation_p(*map(len, groups)) <= p <= 1


@settings(max_examples=40, deadline=None)
@given(groups=GROUPS, order=st.randoms(use_true_random=False))
def test_p_does_not_depend_on_order_names_or_scale(
    groups: tuple[list[float], list[float]], order: object
) -> None:
    a, b = groups
    p = permutation_p(a, b, rng())
    turned = list(a)
    order.shuffle(turned)  # type: ignore[attr-defined]
    assert permutation_p(turned, b, rng()) == p
    assert permutation_p(b, a, rng()) == pytest.approx(p)
    assert permutation_p([13 * one for one in a], [13 * one for one in b], rng()) == p


@pytest.mark.parametrize(("n", "heard_a", "heard_b"), [(5, 4, 1), (6, 6, 2), (3, 3, 0), (4, 2, 2)])
def test_plain_p_of_yes_and_no_in_groups_of_one_size_is_fishers(
    n: int, heard_a: int, heard_b: int
) -> None:
    a, b = ([1.0] * heard + [0.0] * (n - heard) for heard in (heard_a, heard_b))
    expected = fisher_exact([[heard_a, n - heard_a], [heard_b, n - heard_b]]).pvalue
    assert permutation_p(a, b, rng(), studentised=False) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1.0, 1.0, 1.0], [0.0, 0.0, 0.0]),  # nothing varies within either
        ([0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0]),  # within one
        ([10.0, 10.01, 10.003], [0.0, 0.0, 0.0]),  # sums of squares lose their digits here
        ([1000.0, 1000.0, 1000.0 * (1 + 2e-16)], [1e-4, 1e-4, 1e-4]),  # differ by rounding alone
        ([3e5, 3e5 + 1, 3e5 + 3], [1.0, 2.0, 3.0]),
    ],
)
def test_groups_that_part_perfectly_have_the_smallest_p(a: list[float], b: list[float]) -> None:
    least = smallest_permutation_p(len(a), len(b))
    assert permutation_p(a, b, rng()) == pytest.approx(least)
    assert permutation_p(b, a, rng()) == pytest.approx(least)


@settings(max_examples=80, deadline=None)
@given(
    a=st.lists(st.floats(0, 1e4), min_size=2, max_size=4),
    b=st.lists(st.floats(0, 1e4), min_size=2, max_size=4),
)
def test_p_is_never_below_what_is_possible(a: list[float], b: list[float]) -> None:
    for studentised in (True, False):
        p = permutation_p(a, b, rng(), studentised=studentised)
        assert smallest_permutation_p(len(a), len(b)) - 1e-12 <= p <= 1


def test_nothing_differs() -> None:
    assert permutation_p([0.3, 0.3], [0.3, 0.3, 0.3], rng()) == 1
    assert permutation_p([0.1 + 0.2, 0.3], [0.3, 0.3], rng()) == 1


def test_groups_too_small_are_refused_rather_than_given_a_p() -> None:
    with pytest.raises(ValueError, match="too few"):
        permutation_p([1.0], [2.0, 3.0], rng())
    with pytest.raises(ValueError, match="too few"):
        permutation_p([], [2.0, 3.0], rng(), studentised=False)
    assert permutation_p([5.0], [2.0, 3.0], rng(), studentised=False) == pytest.approx(1 / 3)


def test_drawn_arrangements_come_close_to_all_and_follow_the_generator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a, b = [0.0, 0.0, 1.0, 2.5, 0.5, 0.0], [1.0, 4.0, 3.0, 0.0, 2.0, 6.0, 1.5]
    every = permutation_p(a, b, rng())
    monkeypatch.setattr(rates, "ENUMERATED", 0)
    drawn = permutation_p(a, b, rng())
    assert drawn == permutation_p(a, b, rng()) == permutation_p(a[::-1], b[::-1], rng())
    assert drawn != permutation_p(a, b, rng(4))
    assert drawn == pytest.approx(every, abs=4 * math.sqrt(every / rates.DRAWN))
    assert smallest_permutation_p(6, 7) == 1 / (rates.DRAWN + 1)
    assert permutation_p([9.0] * 20, [0.0] * 20, rng()) == 1 / (rates.DRAWN + 1)


def test_a_null_of_skewed_values_is_rejected_no_more_often_than_said() -> None:
    """Of 600 draws at most .05 and 3 standard errors; seeded, so the same each time."""
    draw = rng(11)
    found = []
    for _ in range(600):
        values = draw.poisson(2 * draw.gamma(0.7, 1 / 0.7, 11)).astype(float)
        found.append(permutation_p(values[:6].tolist(), values[6:].tolist(), draw))
    assert 0.02 <= np.mean(np.array(found) <= 0.05) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 600)


@settings(max_examples=60, deadline=None)
@given(groups=GROUPS)
def test_welch_is_scipys(groups: tuple[list[float], list[float]]) -> None:
    a, b = groups
    found = welch_interval(a, b)
    if not varies(a) and not varies(b):
        assert found is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # SciPy's, where one group does not vary
        expected = ttest_ind(a, b, equal_var=False).confidence_interval()
    assert found == pytest.approx((expected.low, expected.high))
    assert found is not None and found[0] < fmean(a) - fmean(b) < found[1]
    assert welch_interval(b, a) == pytest.approx((-found[1], -found[0]))


@pytest.mark.parametrize(
    ("a", "b"), [([1.0], [1.0, 2.0]), ([0.1] * 3, [0.3] * 3), ([0.0, 0.0], [0.0, 0.0])]
)
def test_welch_says_nothing_without_spread(a: list[float], b: list[float]) -> None:
    assert welch_interval(a, b) is None


def test_mean_interval() -> None:
    assert mean_interval([1.0, 2.0, 3.0]) == pytest.approx((0.0, 4.4841), abs=1e-4)  # cut at 0
    assert mean_interval([10.0, 12.0, 14.0]) == pytest.approx((7.0317, 16.9683), abs=1e-4)
    assert mean_interval([2.0]) is None and mean_interval([0.0, 0.0]) is None
    assert mean_interval([0.1, 0.1, 0.1]) is None  # its deviation is 1e-17, not a width
