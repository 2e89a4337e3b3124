"""Which decisions get a second look, by the published rule, worked out on paper."""

import numpy as np

from pipeline.audit.doubtful import doubtful

# Present: .9 .8 .7 .6 .05 (mean .61); absent: .1 .1 .2 .3 .95 (mean of 1 - p: .67). The last row is
# .34 above and .62 below what is usual, a margin of .96; the fifth .28 above and .56 below.
P = [0.9, 0.8, 0.7, 0.6, 0.05, 0.1, 0.1, 0.2, 0.3, 0.95]
SAID = [1.0] * 5 + [0.0] * 5


def column(values: list[float]) -> np.ndarray:
    return np.array(values)[:, None]


def test_a_verdict_is_doubtful_where_the_machine_is_as_sure_of_the_opposite_as_it_usually_is() -> (
    None
):
    anywhere = np.ones(10, dtype=bool)
    assert doubtful(column(SAID), column(P), anywhere) == [(9, 0), (4, 0)]
    # .34 of being absent is less sure than .67: being surer of no than of yes is not enough.
    less = [*P[:4], 0.45, *P[5:]]
    assert doubtful(column(SAID), column(less), anywhere) == [(9, 0)]


def test_rows_of_the_audit_list_are_never_listed() -> None:
    assert doubtful(column(SAID), column(P), np.arange(10) != 4) == [(9, 0)]


def test_undecided_rows_ties_and_codes_with_few_of_a_kind_are_left_out() -> None:
    anywhere = np.ones(10, dtype=bool)
    unknown = [*SAID[:4], np.nan, *SAID[5:9], 0.5]
    assert doubtful(column(unknown), column(P), anywhere) == []
    assert doubtful(column([*SAID[:5], np.nan, *SAID[6:]]), column(P), anywhere) == []


def test_no_more_than_asked_for_the_most_doubtful_first() -> None:
    rng = np.random.default_rng(0)
    Y = (rng.random((400, 2)) < 0.4).astype(float)
    p = np.clip(Y * 0.8 + 0.1 + rng.normal(0, 0.05, Y.shape), 0, 1)
    wrong = rng.choice(400, 30, replace=False)
    Y[wrong, 0] = 1 - Y[wrong, 0]
    found = doubtful(Y, p, np.ones(400, dtype=bool))
    assert len(found) == 20 and {(int(row), 0) for row in wrong} >= set(found)


def test_a_machine_that_hardly_knows_a_code_doubts_nothing() -> None:
    """A rare code, presences at a tenth, absences at a fiftieth: each presence looks mistaken."""
    said = [1.0] * 10 + [0.0] * 90
    p = [0.01] * 5 + [0.2] * 5 + [0.02] * 90
    assert doubtful(column(said), column(p), np.ones(100, dtype=bool)) == []
