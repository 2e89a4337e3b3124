from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from pipeline.suggest.logistic import fit_logistic

SOLVERS = pytest.mark.parametrize("solver", ["lbfgs", "liblinear"])


def problem(n: int, p: int, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(n, p))
    y = (Z[:, 0] + 0.5 * Z[:, 1] + rng.logistic(size=n) > 1).astype(float)
    return Z, y, rng.random(n) + 0.5


def fit(solver: Any, X: Any, y: Any, weights: Any) -> Any:
    matrix = csr_array(X) if solver == "liblinear" else X
    return fit_logistic(matrix, y, weights, C=1, solver=solver)


@SOLVERS
@pytest.mark.parametrize(("n", "p"), [(80, 6), (30, 60)])
def test_near_the_optimum_with_a_free_intercept_and_classes_of_one_weight(
    solver: Any, n: int, p: int
) -> None:
    Z, y, weights = problem(n, p)
    sums = np.where(y > 0, weights[y > 0].sum(), weights[y == 0].sum())
    exact = LogisticRegression(C=1, tol=1e-9, max_iter=5000)
    exact.fit(Z, y, sample_weight=weights * weights.sum() / 2 / sums)
    found = fit(solver, Z, y, weights)
    assert np.allclose(Z @ found[:-1] + found[-1], exact.decision_function(Z), atol=0.02)


@SOLVERS
def test_a_row_of_weight_zero_is_not_there(solver: Any) -> None:
    Z, y, weights = problem(60, 5)
    weights[::3] = 0
    kept = weights > 0
    found = fit(solver, Z, y, weights)
    assert np.allclose(found, fit(solver, Z[kept], y[kept], weights[kept]), atol=1e-6)


@SOLVERS
def test_half_present_is_one_present_and_one_absent_of_half_the_weight(solver: Any) -> None:
    Z, y, weights = problem(60, 5)
    soft = y.copy()
    soft[:10] = 0.5
    doubled = np.vstack([Z, Z[:10]])
    hard = np.concatenate([np.ones(10), y[10:], np.zeros(10)])
    weight = np.concatenate([weights[:10] / 2, weights[10:], weights[:10] / 2])
    found = fit(solver, Z, soft, weights)
    assert np.allclose(found, fit(solver, doubled, hard, weight), atol=1e-3)
    assert not np.allclose(found, fit(solver, Z, y, weights), atol=1e-2)


@SOLVERS
def test_same_in_same_out_and_no_global_randomness(solver: Any) -> None:
    Z, y, weights = problem(60, 5)
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    assert np.array_equal(fit(solver, Z, y, weights), fit(solver, Z, y, weights))
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_no_columns_even_odds() -> None:
    assert fit("liblinear", np.zeros((4, 0)), np.array([1.0, 0, 0, 0]), np.ones(4)).tolist() == [0]
