from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from pipeline.errors import PipelineError
from pipeline.evaluate import average_precision, calibration_error, cross_validate, scores
from pipeline.steps.train import score_lines


class Rows:
    """Features that are just row numbers, so a test can see who was shown what."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = list(numbers)

    def take(self, rows: Any) -> Any:
        return Rows(self.numbers[row] for row in rows)


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 6).map(lambda v: v / 6)), min_size=1, max_size=40
    )
)
def test_average_precision_as_scikit_learn(rows: Any) -> None:
    truth = np.array([one[0] for one in rows])
    values = np.array([one[1] for one in rows])
    found = average_precision(truth, values)
    if truth.any():
        assert found == pytest.approx(average_precision_score(truth, values), abs=1e-6)
    else:
        assert found is None


def test_calibration_error() -> None:
    proba = np.array([0.05] * 10 + [0.95] * 10)
    truth = np.array([False] * 10 + [True] * 10)
    assert calibration_error(truth, proba) == pytest.approx(0.05)
    assert calibration_error(~truth, proba) == pytest.approx(0.95)
    assert calibration_error(truth[:0], proba[:0]) is None
    assert calibration_error(np.array([True]), np.array([1.0])) == 0


def test_no_model_sees_a_transcript_that_it_scores_and_every_row_is_scored() -> None:
    groups = [f"T{row // 5}" for row in range(40)]
    Y = np.full((40, 2), np.nan)
    Y[::2] = 1  # rows nobody decided are scored too
    seen = []

    def fit(features: Any, Y: Any, groups: Any, rng: Any) -> Any:
        assert len(features.numbers) == len(Y) == len(groups)
        return {"trained": set(groups), "rows": features.numbers}

    def predict(model: Any, features: Any) -> Any:
        seen.append((model["trained"], {groups[row] for row in features.numbers}))
        n = len(features.numbers)
        return np.full((n, 2), 0.25), np.array([0.1 * len(seen), 0.5])

    found = cross_validate(Rows(range(40)), Y, groups, fit, predict, 4, np.random.default_rng(0))
    assert len(seen) == 4
    for trained, scored in seen:
        assert not trained & scored
        assert trained | scored == set(groups)
    assert not np.isnan(found.proba).any()
    assert len(set(found.thresholds[:, 0])) == 4  # each row has its own model's threshold


def test_one_transcript_cannot_be_held_out() -> None:
    with pytest.raises(PipelineError, match="only one transcript"):
        cross_validate(
            Rows(range(3)), np.ones((3, 1)), ["T1"] * 3, None, None, 5, np.random.default_rng(0)
        )


def study(seed: int = 0, n: int = 300, k: int = 3, n_groups: int = 20) -> Any:
    rng = np.random.default_rng(seed)
    Y = (rng.random((n, k)) < [0.5, 0.2, 0.05][:k]).astype(float)
    proba = np.clip(0.6 * Y + 0.5 * rng.random((n, k)), 0, 1)
    groups = [f"T{row * n_groups // n}" for row in range(n)]
    return Y, proba, np.full_like(Y, 0.45), groups


def test_scores_as_scikit_learn() -> None:
    Y, proba, thresholds, groups = study()
    found = scores(Y, proba, thresholds, groups, ["a", "b", "c"], np.random.default_rng(0))
    precision, recall, f1, n = precision_recall_fscore_support(Y > 0.5, proba >= thresholds)
    for at, code in enumerate("abc"):
        one = found["codes"][code]
        assert one["precision"] == pytest.approx(precision[at], abs=1e-6)
        assert one["recall"] == pytest.approx(recall[at], abs=1e-6)
        assert one["f1"] == pytest.approx(f1[at], abs=1e-6)
        assert one["n"] == n[at]
        assert one["f1_low"] <= one["f1"] <= one["f1_high"]
        assert one["f1_low"] < one["f1_high"]
        assert one["threshold"] == 0.45
    assert found["macro"]["f1"] == pytest.approx(f1.mean(), abs=1e-6)
    micro = precision_recall_fscore_support(Y > 0.5, proba >= thresholds, average="micro")
    assert found["micro"]["f1"] == pytest.approx(micro[2], abs=1e-6)
    assert set(found) == {"n", "calibration_error", "macro", "micro", "codes"}


def test_what_was_not_asked_counts_for_nothing() -> None:
    Y, proba, thresholds, groups = study()
    Y[::2, 0] = np.nan
    found = scores(Y, proba, thresholds, groups, "abc", np.random.default_rng(0))
    odd = slice(1, None, 2)
    alone = scores(
        Y[odd], proba[odd], thresholds[odd], groups[odd], "abc", np.random.default_rng(0)
    )
    for name in ("n", "asked", "precision", "recall", "f1", "ap"):
        assert found["codes"]["a"][name] == alone["codes"]["a"][name]


def test_what_cannot_be_computed_is_none_never_nan() -> None:
    Y = np.zeros((10, 2))
    Y[0, 1] = 1
    found = scores(
        Y, np.zeros((10, 2)), np.full((10, 2), 0.5), ["T1"] * 10, "ab", np.random.default_rng(0)
    )
    assert found["codes"]["a"]["f1"] is None
    assert found["codes"]["a"]["ap"] is None
    assert found["codes"]["b"]["f1"] == 0
    assert found["codes"]["b"]["f1_low"] is None  # one transcript says nothing of others
    assert found["codes"]["b"]["precision"] is None  # nothing was suggested
    assert found["macro"]["f1"] == 0


def test_intervals_come_from_transcripts_not_from_rows() -> None:
    Y, proba, thresholds, groups = study(n=120, k=1, n_groups=12)
    once = scores(Y, proba, thresholds, groups, "a", np.random.default_rng(0))["codes"]["a"]
    again = [np.repeat(one, 9, axis=0) for one in (Y, proba, thresholds)]
    nine = scores(*again, np.repeat(groups, 9).tolist(), "a", np.random.default_rng(0))
    copied = nine["codes"]["a"]
    assert copied["f1_high"] - copied["f1_low"] == pytest.approx(
        once["f1_high"] - once["f1_low"], abs=1e-6
    )


def test_a_tie_between_coders_is_left_out() -> None:
    Y = np.array([[0.5], [1.0], [0.0], [2 / 3]])
    found = scores(
        Y, np.full((4, 1), 0.9), np.full((4, 1), 0.5), list("abcd"), "x", np.random.default_rng(0)
    )
    assert found["codes"]["x"]["asked"] == 3
    assert found["codes"]["x"]["n"] == 2


def of_codes(*columns: list[float], proba: float = 0.9) -> Any:
    """Scores of ten rows in five transcripts; all that was asked is suggested."""
    Y = np.array(columns).T
    groups = [f"T{row // 2}" for row in range(len(Y))]
    given = np.full(Y.shape, proba), np.full(Y.shape, 0.5)
    return scores(Y, *given, groups, "abcd"[: len(columns)], np.random.default_rng(0))


def test_where_nobody_ever_said_no_there_are_no_scores() -> None:
    gap = np.nan
    found_only, ruled_out, both = [1.0, gap] * 5, [0.0] * 10, [1.0, 0.0] * 5
    alone = of_codes(found_only)
    assert alone["codes"]["a"] == {
        "n": 5, "asked": 5, "precision": None, "recall": None, "f1": None, "f1_low": None,
        "f1_high": None, "ap": None, "threshold": 0.5,
    }  # fmt: skip
    nothing = {"precision": None, "recall": None, "f1": None, "ap": None}
    assert alone["macro"] == alone["micro"] == nothing
    assert alone["calibration_error"] is None and alone["n"] == 5
    assert of_codes(ruled_out)["micro"] == nothing
    mixed, without = of_codes(both, found_only), of_codes(both)
    assert mixed["macro"] == without["macro"] and mixed["macro"]["precision"] == 0.5
    assert mixed["micro"] == without["micro"]
    assert mixed["calibration_error"] == without["calibration_error"] == pytest.approx(0.4)
    # What is suggested of a code that is nowhere is wrong, and counts.
    pooled = of_codes(both, ruled_out)
    assert pooled["micro"]["precision"] == 0.25 and pooled["macro"]["precision"] == 0.5


def test_scores_that_are_none_are_a_dash() -> None:
    lines = list(score_lines(of_codes([1.0, np.nan] * 5)))
    assert all(line.split()[-5:] == ["-"] * 5 for line in lines[1:2])
    assert [line.split()[-4:] for line in lines[2:]] == [["-"] * 4] * 2
