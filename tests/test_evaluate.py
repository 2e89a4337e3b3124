from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from pipeline.errors import PipelineError
from pipeline.evaluate import (
    FIGURES,
    average_precision,
    calibration_error,
    cross_validate,
    scores,
)
from pipeline.steps.train import score_lines


@settings(deadline=None)  # the first example loads scikit-learn's metrics
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


def seen_by(groups: list[str], decided: Any, n_folds: int) -> tuple[Any, list[Any]]:
    """Cross-validation of a model that only remembers its rows; what scored what."""
    seen = []

    def fit(rows: Any, rng: Any) -> Any:
        return {groups[row] for row in rows}, rows

    def predict(model: Any, rows: Any) -> Any:
        seen.append((*model, {groups[row] for row in rows}))
        return np.full((len(rows), 2), 0.25), np.array([0.1 * len(seen), 0.5])

    rng = np.random.default_rng(0)
    return cross_validate(groups, np.asarray(decided), fit, predict, n_folds, rng), seen


def test_no_model_sees_a_transcript_that_it_scores_and_every_row_is_scored() -> None:
    groups = [f"T{row // 5}" for row in range(40)]
    decided = np.arange(40) % 2 == 0  # rows nobody decided are scored too
    decided[30:] = False  # and transcripts that nobody opened
    found, seen = seen_by(groups, decided, 3)
    assert len(seen) == 3
    for trained, rows, scored in seen:
        assert not trained & scored
        assert trained | scored == set(groups)
        assert decided[rows].sum() == 10  # each model learns from as much
    assert not np.isnan(found.proba).any()
    assert len(set(found.thresholds[:, 0])) == 3  # each row has its own model's threshold


def test_few_coded_transcripts_among_many_are_in_folds_of_their_own() -> None:
    groups = [f"T{row // 2:02d}" for row in range(60)]
    decided = np.isin(np.arange(60) // 2, [3, 17, 25])
    _, seen = seen_by(groups, decided, 5)
    assert [int(decided[rows].sum()) for _, rows, _ in seen] == [4, 4, 4]


@pytest.mark.parametrize(
    ("decided", "wrong"), [([True] * 3, "only one transcript"), ([False] * 3, "no transcript")]
)
def test_one_transcript_cannot_be_held_out(decided: list[bool], wrong: str) -> None:
    with pytest.raises(PipelineError, match=wrong):
        seen_by(["T1"] * 3, decided, 5)


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
        for name in FIGURES:
            assert one[f"{name}_low"] <= one[name] <= one[f"{name}_high"]
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
    for name in ("n", "asked", *FIGURES):
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


NOTHING = dict.fromkeys(name + end for name in FIGURES for end in ("", "_low", "_high"))


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
        "n": 5, "asked": 5, "threshold": 0.5, **NOTHING,
    }  # fmt: skip
    nothing = NOTHING
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
    assert [line.split()[-4:] for line in lines[1:]] == [["-"] * 4] * 3
    assert all(len(line) <= 100 for line in lines)


def test_every_line_counts_positives() -> None:
    lines = list(score_lines(of_codes([1.0, 0.0] * 5, [1.0, np.nan] * 5, [1.0] + [0.0] * 9)))
    counted = {line.split()[0]: line.split()[1] for line in lines[1:]}
    assert (counted["a"], counted["b"], counted["c"]) == ("5", "5", "1")
    assert counted["micro"] == "6"  # without b, of which nobody ever said no


def test_a_code_below_the_positives_that_are_needed_says_how_many_are_missing() -> None:
    document = of_codes([1.0, 0.0] * 5) | {"needed": 8}
    lines = list(score_lines(document))
    assert lines[1].split() == ["a", "5", "not", "yet", "known:", "takes", "3", "more"]


def test_intervals_of_average_precision_as_scikit_learn_on_the_same_draws() -> None:
    Y, proba, thresholds, groups = study(n=90, k=2, n_groups=9)
    found = scores(Y, proba, thresholds, groups, "ab", np.random.default_rng(5), n_draws=200)
    rng = np.random.default_rng(5)
    of_group = [np.flatnonzero(np.array(groups) == name) for name in sorted(set(groups))]
    drawn = []
    for counts in rng.multinomial(9, np.full(9, 1 / 9), size=200):
        rows = np.concatenate([np.repeat(r, n) for r, n in zip(of_group, counts, strict=True)])
        each = [average_precision_score(Y[rows, at], proba[rows, at]) for at in range(2)]
        pooled = average_precision_score(Y[rows].ravel(), proba[rows].ravel())
        drawn.append([*each, np.mean(each), pooled])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    ones = [found["codes"]["a"], found["codes"]["b"], found["macro"], found["micro"]]
    assert [one["ap_low"] for one in ones] == pytest.approx(low, abs=1e-6)
    assert [one["ap_high"] for one in ones] == pytest.approx(high, abs=1e-6)


def test_a_row_of_weight_three_counts_as_three_rows() -> None:
    Y, proba, thresholds, groups = study(n=80, k=2, n_groups=8)
    times = np.where(np.arange(80) % 3 == 0, 3, 1)
    many = [np.repeat(one, times, axis=0) for one in (Y, proba, thresholds, np.array(groups))]
    weights = np.repeat(times[:, None], 2, axis=1).astype(float)
    weighted = scores(Y, proba, thresholds, groups, "ab", np.random.default_rng(0), weights=weights)
    copied = scores(*many[:3], many[3].tolist(), "ab", np.random.default_rng(0))
    assert weighted["macro"] == copied["macro"] and weighted["micro"] == copied["micro"]
    assert weighted["calibration_error"] == pytest.approx(copied["calibration_error"])


def test_below_the_positives_that_are_needed_a_code_has_no_scores() -> None:
    Y, proba, thresholds, groups = study(n=200, k=3)
    n = (Y == 1).sum(axis=0)
    found = scores(
        Y, proba, thresholds, groups, "abc", np.random.default_rng(0), at_least=int(n[2]) + 1
    )
    assert found["codes"]["c"]["f1"] is None and found["codes"]["c"]["n"] == n[2]
    assert found["codes"]["b"]["f1"] is not None
    assert found["macro"]["f1"] == pytest.approx(
        np.mean([found["codes"][one]["f1"] for one in "ab"]), abs=1e-6
    )
