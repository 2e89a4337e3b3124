import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.suggest.calibration import (
    base_rates,
    best_thresholds,
    curves,
    log_odds,
    shift_by_chance,
)


def test_base_rates_of_codes_with_few_rows_go_towards_the_mean() -> None:
    Y = np.full((200, 3), np.nan)
    Y[:, 0] = np.arange(200) < 60
    Y[:2, 1] = 0
    rates = base_rates(Y, np.ones_like(Y))
    assert rates[0] == pytest.approx(0.3, abs=0.01)
    assert 0.05 < rates[1] < rates[2] + 1e-9
    assert rates[2] == pytest.approx(rates[0], abs=0.01)


def test_curves_find_slope_and_shift() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(4000, 2))
    Y = (rng.random((4000, 2)) < 1 / (1 + np.exp(-(2 * scores - 1)))).astype(float)
    known = np.array([True, False])
    found = curves(np.where(known, scores, np.nan), Y, np.ones_like(Y), np.zeros(2), known)
    assert found[:, 0] == pytest.approx([2, -1], abs=0.2)
    assert found[:, 1] == pytest.approx(found[:, 0], abs=0.2)  # the common one


def test_a_code_of_three_examples_follows_the_common_curve() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(2000, 2))
    Y = (rng.random((2000, 2)) < 1 / (1 + np.exp(-2 * scores))).astype(float)
    Y[5:, 1] = np.nan
    Y[:5, 1] = scores[:5, 1] < 0  # upside down, by chance
    found = curves(scores, Y, np.ones_like(Y), np.zeros(2), np.array([True, True]))
    assert found[0, 1] > 1.0


def test_thresholds_are_half_of_the_best_f1_to_expect() -> None:
    rng = np.random.default_rng(0)
    proba = rng.beta(0.3, 1.5, size=(4000, 1))
    found = best_thresholds(proba)[0]
    grid = np.linspace(0.01, 0.9, 90)
    truth = rng.random((4000, 1)) < proba
    f1 = [2 * (truth & (proba >= t)).sum() / (truth.sum() + (proba >= t).sum()) for t in grid]
    assert max(f1) - f1[int(np.argmin(abs(grid - found)))] < 0.01


def test_a_code_without_scores_gets_the_common_threshold() -> None:
    proba = np.array([[0.9, np.nan], [0.1, np.nan], [0.05, np.nan]])
    found = best_thresholds(proba)
    assert found[1] == found[0]
    assert best_thresholds(np.full((3, 2), np.nan)).tolist() == [0.5, 0.5]


@given(st.floats(0.001, 0.999))
def test_log_odds_undo_the_logistic_function(share: float) -> None:
    assert 1 / (1 + np.exp(-log_odds(np.array(share)))) == pytest.approx(share)


def test_probabilities_are_moved_to_what_chance_rows_say() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3000, 2)) - 1
    p = 1 / (1 + np.exp(-(logits + np.array([1.0, -1.0]))))
    Y = (rng.random(p.shape) < p).astype(float)
    ones = np.ones_like(Y)
    found = shift_by_chance(logits, Y, ones, np.array([True, True]))
    assert found == pytest.approx([1, -1], abs=0.15)
    # Few rows move a code little, none moves it not at all.
    few = shift_by_chance(logits[:8], Y[:8], ones[:8], np.array([True, True]))
    assert (abs(few) < 0.5).all()
    none = shift_by_chance(logits[:0], Y[:0], ones[:0], np.array([True, True]))
    assert none.tolist() == [0, 0]
    unasked = np.where(np.array([True, False]), Y, np.nan)
    only = shift_by_chance(logits, unasked, ones, np.array([True, True]))
    assert only[1] == pytest.approx(only[0], abs=0.2)  # a code without rows follows the others
