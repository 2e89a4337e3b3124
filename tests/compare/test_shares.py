"""Shares of interviews: exact p, and intervals whose coverage is enumerated, not hoped for."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact

from pipeline.compare.shares import (
    ALPHA,
    difference_interval,
    exact_p,
    interval,
    smallest_difference,
    smallest_p,
)

GRID = np.arange(0.05, 0.951, 0.05)


@st.composite
def tables(draw: st.DrawFn, most: int = 40) -> tuple[int, int, int, int]:
    n_a, n_b = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, n_a)), n_a, draw(st.integers(0, n_b)), n_b


@pytest.mark.parametrize("n_a", range(1, 9))
def test_p_of_every_small_table_is_fishers(n_a: int) -> None:
    for n_b in range(1, 9):
        for a, b in product(range(n_a + 1), range(n_b + 1)):
            expected = fisher_exact([[a, n_a - a], [b, n_b - b]]).pvalue
            assert exact_p(a, n_a, b, n_b) == pytest.approx(expected, abs=1e-12), (a, n_a, b, n_b)


@given(tables())
def test_p_of_larger_tables_is_fishers_and_the_same_for_swapped_groups_and_answers(
    table: tuple[int, int, int, int],
) -> None:
    a, n_a, b, n_b = table
    p = exact_p(*table)
    expected = fisher_exact([[a, n_a - a], [b, n_b - b]]).pvalue
    assert p == pytest.approx(expected, abs=1e-9) and 0 < p <= 1
    assert p == pytest.approx(exact_p(b, n_b, a, n_a), abs=1e-12)
    assert p == pytest.approx(exact_p(n_a - a, n_a, n_b - b, n_b), abs=1e-12)
    assert p >= smallest_p(n_a, n_b)


def test_p_is_one_where_nothing_varies() -> None:
    assert exact_p(0, 5, 0, 7) == exact_p(5, 5, 7, 7) == pytest.approx(1)


@pytest.mark.parametrize(
    ("n_a", "n_b", "expected"),
    [(3, 3, 0.1), (4, 4, 0.0286), (5, 5, 0.0079), (6, 4, 0.0048), (2, 2, 1 / 3)],
)
def test_smallest_p(n_a: int, n_b: int, expected: float) -> None:
    assert smallest_p(n_a, n_b) == pytest.approx(expected, abs=5e-5)
    assert smallest_p(n_b, n_a) == pytest.approx(smallest_p(n_a, n_b))


def test_no_lone_code_of_twelve_survives_five_against_five() -> None:
    assert smallest_p(5, 5) > ALPHA / 12


@pytest.mark.parametrize(("n_a", "n_b"), [(3, 3), (2, 5), (5, 5), (6, 4), (12, 6), (14, 14)])
def test_smallest_difference_is_that_of_the_tables_that_reach_it(n_a: int, n_b: int) -> None:
    reached = [
        abs(a / n_a - b / n_b)
        for a, b in product(range(n_a + 1), range(n_b + 1))
        if exact_p(a, n_a, b, n_b) <= ALPHA
    ]
    found = smallest_difference(n_a, n_b)
    assert found == (pytest.approx(min(reached)) if reached else None)
    assert (found is None) == (smallest_p(n_a, n_b) > ALPHA)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((9, 10, 3, 10), 0.16, 0.84),  # 10/12 - 4/12, plus or minus 1.96 * .1757 = .34
        ((10, 20, 5, 20), -0.0525, 0.5071),
        ((56, 70, 48, 80), 0.0525, 0.3358),
        ((5, 5, 0, 5), 0.3477, 1.0),  # 5/7 plus or minus 1.96 * .1870, cut at 1
        ((0, 5, 0, 5), -0.3666, 0.3666),
        ((5, 5, 5, 5), -0.3666, 0.3666),
    ],
)
def test_worked_intervals_of_a_difference(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert difference_interval(*table) == pytest.approx((low, high), abs=5e-4)


@given(tables())
def test_interval_of_a_difference_is_agresti_and_caffos(table: tuple[int, int, int, int]) -> None:
    a, n_a, b, n_b = table
    p, q = (a + 1) / (n_a + 2), (b + 1) / (n_b + 2)
    half = 1.959963985 * math.sqrt(p * (1 - p) / (n_a + 2) + q * (1 - q) / (n_b + 2))
    low, high = difference_interval(*table)
    assert low == pytest.approx(max(-1, p - q - half), abs=1e-7)
    assert high == pytest.approx(min(1, p - q + half), abs=1e-7)


@given(tables())
def test_interval_stays_within_one_has_width_and_turns_round(
    table: tuple[int, int, int, int],
) -> None:
    a, n_a, b, n_b = table
    low, high = difference_interval(*table)
    assert -1 <= low < high <= 1
    assert low <= a / n_a - b / n_b <= high
    assert difference_interval(b, n_b, a, n_a) == pytest.approx((-high, -low))


def coverage(n_a: int, n_b: int) -> list[float]:
    """Exact coverage of the interval of a difference, at every pair of shares of the grid."""
    ends = np.array(
        [[difference_interval(a, n_a, b, n_b) for b in range(n_b + 1)] for a in range(n_a + 1)]
    )
    found = []
    for p, q in product(GRID, GRID):
        likely = np.outer(binom.pmf(range(n_a + 1), n_a, p), binom.pmf(range(n_b + 1), n_b, q))
        inside = (ends[..., 0] <= p - q + 1e-12) & (p - q - 1e-12 <= ends[..., 1])
        found.append(float(likely[inside].sum()))
    return found


@pytest.mark.parametrize(
    ("n_a", "n_b", "least", "mean"),
    [(5, 5, 0.930, 0.968), (6, 6, 0.944, 0.967), (12, 6, 0.934, 0.962), (14, 14, 0.933, 0.956)],
)
def test_intervals_of_a_difference_cover(n_a: int, n_b: int, least: float, mean: float) -> None:
    found = coverage(n_a, n_b)
    assert min(found) >= 0.925 and np.mean(found) <= 0.985
    assert min(found) == pytest.approx(least, abs=1e-3)
    assert np.mean(found) == pytest.approx(mean, abs=1e-3)


@pytest.mark.parametrize(("n_a", "n_b", "least"), [(2, 2, 0.81), (3, 3, 0.90), (4, 6, 0.90)])
def test_intervals_of_few_cover_less_which_is_why_a_comparison_says_so(
    n_a: int, n_b: int, least: float
) -> None:
    assert least <= min(coverage(n_a, n_b)) < 0.925


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_within_one(of: tuple[float, int]) -> None:
    heard, n = of
    low, high = interval(heard, n)
    assert 0 <= low <= high <= 1
    assert low <= heard / n <= high
    middle, z = heard / n, 1.959963985
    for end in (low, high):  # Wilson: where the share stands z standard errors off
        assert (middle - end) ** 2 == pytest.approx(z**2 * end * (1 - end) / n, abs=1e-6)


@pytest.mark.parametrize("n", range(1, 30))
def test_wilson_of_none_begins_at_nought_and_of_all_ends_at_one(n: int) -> None:
    assert interval(0, n)[0] == 0 and interval(n, n)[1] == 1
