from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from pipeline.suggest.logistic import balanced, fit_logistic, fit_rotated, fit_with_folds, rotate


def problem(n: int, p: int, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(n, p))
    y = (Z[:, 0] + 0.5 * Z[:, 1] + rng.logistic(size=n) > 1).astype(float)
    return Z, y, rng.random(n) + 0.5


@pytest.mark.parametrize(("n", "p"), [(80, 6), (30, 60)])
@pytest.mark.parametrize("C", [0.3, 3.0])
def test_same_optimum_as_scikit_learn(n: int, p: int, C: float) -> None:
    Z, y, weights = problem(n, p)
    theirs = LogisticRegression(C=C, tol=1e-9, max_iter=5000).fit(Z, y, sample_weight=weights)
    for W, b in (
        fit_logistic(Z, y[:, None], weights[:, None], 1 / C),
        fit_logistic(csr_array(Z), y[:, None], weights[:, None], 1 / C),
        fit_rotated(rotate(Z, C), y[:, None], weights[:, None]),
    ):
        assert np.allclose(W[:, 0], theirs.coef_[0], atol=2e-3)
        assert np.isclose(b[0], theirs.intercept_[0], atol=2e-3)


def test_a_row_of_weight_zero_is_not_there() -> None:
    Z, y, weights = problem(60, 5)
    weights[::3] = 0
    kept = weights > 0
    with_zeros = fit_logistic(Z, y[:, None], weights[:, None], 1.0)[0]
    without = fit_logistic(Z[kept], y[kept, None], weights[kept, None], 1.0)[0]
    assert np.allclose(with_zeros, without, atol=1e-4)


def test_half_present_is_one_present_and_one_absent_of_half_the_weight() -> None:
    Z, y, weights = problem(60, 5)
    soft = y.copy()
    soft[:10] = 0.5
    doubled = np.vstack([Z, Z[:10]])
    hard = np.concatenate([np.ones(10), y[10:], np.zeros(10)])
    weight = np.concatenate([weights[:10] / 2, weights[10:], weights[:10] / 2])
    a = fit_logistic(Z, soft[:, None], weights[:, None], 1.0)[0]
    b = fit_logistic(doubled, hard[:, None], weight[:, None], 1.0)[0]
    assert np.allclose(a, b, atol=1e-4)


def test_folds_are_near_to_what_they_are_alone() -> None:
    Z, y, weights = problem(200, 8)
    inside = np.ones((200, 3))
    inside[:100, 1] = 0
    inside[100:, 2] = 0
    target = np.repeat(y[:, None], 3, axis=1)
    together, bias = fit_with_folds(Z, target, weights[:, None] * inside, 0.5)
    for column in range(3):
        alone = fit_logistic(Z, y[:, None], (weights * inside[:, column])[:, None], 0.5)
        scores = Z @ together[:, column] + bias[column]
        assert np.allclose(scores, Z @ alone[0][:, 0] + alone[1][0], atol=0.1)


def test_balanced_as_scikit_learn() -> None:
    y = np.array([1.0, 0, 0, 0, 0])
    scaled = balanced(y[:, None], np.ones((5, 1)))[:, 0]
    assert np.allclose(scaled, [2.5, 0.625, 0.625, 0.625, 0.625])
