"""Prevalence from a random sample per transcript: exact where all is known, covering elsewhere."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from pipeline.audit.prevalence import Prevalence, positives_left, prevalence

NAN = float("nan")


def of(answers: dict[str, list[float]], sizes: dict[str, int], in_vain: int = 0) -> Prevalence:
    """An estimate from each transcript's answers; `in_vain` rows of the first came back open."""
    first = next(iter(answers))
    names = [name for name, values in answers.items() for _ in values] + [first] * in_vain
    y = np.array([one for values in answers.values() for one in values] + [NAN] * in_vain)
    open_rows = np.arange(len(y)) >= len(y) - in_vain
    return prevalence(y, open_rows, names, sizes)


def test_each_transcript_speaks_for_its_own_segments() -> None:
    found = of({"T1": [1, 1, 0, 0], "T2": [0, 0, 0, 0, 1]}, {"T1": 20, "T2": 80})
    assert found.share == pytest.approx((20 * 2 / 4 + 80 * 1 / 5) / 100)
    assert (found.n, found.positives, found.segments) == (9, 3, 100)
    assert found.low < found.share < found.high
    assert found.without == () and not found.bounded


def test_what_was_answered_in_full_is_known() -> None:
    found = of({"T1": [1, 0, 0], "T2": [0, 1]}, {"T1": 3, "T2": 2})
    assert found.low == found.share == found.high == 0.4


def test_few_left_unanswered_leave_little_doubt() -> None:
    """99 of 100 segments are known, 30 of them present: the last one is present or not."""
    found = of({"T1": [1.0] * 30 + [0.0] * 69}, {"T1": 100})
    assert 0.30 <= found.low and found.high <= 0.31 + 1e-9


def test_a_transcript_of_one_answered_row_has_no_estimate_and_is_named() -> None:
    found = of({"T1": [1, 0], "T2": [1], "T3": []}, {"T1": 10, "T2": 10, "T3": 10, "T4": 1})
    assert found.without == ("T2", "T3", "T4")
    assert found.segments == 10 and found.n == 2
    alone = of({"T1": [1, 0], "T4": [1]}, {"T1": 10, "T4": 1})
    assert alone.without == () and alone.n == 3  # its one segment is all there is


def test_nothing_answered_is_no_estimate() -> None:
    found = of({"T1": []}, {"T1": 10})
    assert found.share is found.low is found.high is None
    assert positives_left(found, 3, 7) is None


def test_none_found_has_an_upper_limit_and_all_found_a_lower_one() -> None:
    none = of({"T1": [0.0] * 30}, {"T1": 10**6})
    assert none.share == none.low == 0.0
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 30), rel=1e-3)  # Clopper and Pearson
    every = of({"T1": [1.0] * 30}, {"T1": 10**6})
    assert every.share == every.high == 1.0 and every.low == pytest.approx(1 - none.high)


@pytest.mark.parametrize(("in_vain", "bounded"), [(2, False), (3, True)])
def test_above_five_percent_asked_in_vain_the_interval_is_of_all_they_might_be(
    in_vain: int, bounded: bool
) -> None:
    answers = {"T1": [1.0] * 6 + [0.0] * 34}
    found, without = of(answers, {"T1": 400}, in_vain), of(answers, {"T1": 400})
    assert (found.open, found.bounded) == (in_vain, bounded)
    assert found.share == without.share
    if bounded:
        absent, present = (
            of({"T1": answers["T1"] + [value] * in_vain}, {"T1": 400}) for value in (0.0, 1.0)
        )
        assert (found.low, found.high) == (absent.low, present.high)
    else:
        assert (found.low, found.high) == (without.low, without.high)


def test_open_rows_bring_no_transcript_into_the_bounds_that_the_share_leaves_out() -> None:
    y = np.array([1.0] * 10 + [0.0, NAN, NAN])
    names = ["T1"] * 10 + ["T2"] * 3
    found = prevalence(y, np.isnan(y), names, {"T1": 20, "T2": 1000})
    assert found.bounded and found.without == ("T2",)
    alone = of({"T1": [1.0] * 10}, {"T1": 20})
    assert (found.share, found.low, found.high) == (alone.share, alone.low, alone.high)


_ROWS = st.lists(st.sampled_from([0.0, 0.5, 1.0, NAN]), max_size=8)


@given(st.lists(st.tuples(_ROWS, st.integers(0, 2000)), min_size=1, max_size=4))
def test_the_share_is_within_its_interval_whatever_came_back_open(
    study: list[tuple[list[float], int]],
) -> None:
    y = np.array([value for rows, _ in study for value in rows])
    names = [f"T{at}" for at, (rows, _) in enumerate(study) for _ in rows]
    sizes = {f"T{at}": len(rows) + more for at, (rows, more) in enumerate(study)}
    found = prevalence(y, np.isnan(y), names, sizes)
    if found.share is None:
        assert found.low is found.high is None
    else:
        assert found.low - 1e-12 <= found.share <= found.high + 1e-12


def test_more_answers_than_segments_is_an_error() -> None:
    with pytest.raises(ValueError, match="more rows"):
        of({"T1": [1, 0, 0]}, {"T1": 2})


def test_what_is_left_is_all_there_is_less_what_was_found() -> None:
    found = of({"T1": [1.0] * 10 + [0.0] * 40}, {"T1": 500})
    some = positives_left(found, 60, 400)
    assert some.left == 40 and some.found == 60
    assert some.left_high == int(np.ceil(found.high * 500)) - 60
    assert positives_left(found, 60, 7).left_high == 7  # no more than are not decided
    more = positives_left(found, 490, 400)
    assert (more.left, more.left_high) == (0, 0)


@dataclass(frozen=True)
class Design:
    """Transcripts of unequal size whose rates differ (icc), the longer ones higher or not."""

    transcripts: int
    smallest: int
    largest: int
    rate: float
    icc: float
    longer_more: bool = False
    rows: int = 10

    def population(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Segments, positives, audit rows of each transcript."""
        sizes = rng.integers(self.smallest, self.largest + 1, self.transcripts)
        held = (1 - self.icc) / self.icc
        rates = np.sort(rng.beta(self.rate * held, (1 - self.rate) * held, self.transcripts))
        if self.longer_more:
            rates = rates[np.argsort(np.argsort(sizes))]
        else:
            rng.shuffle(rates)
        return sizes, rng.binomial(sizes, rates), np.minimum(self.rows, sizes // 5)


DESIGNS = [
    Design(28, 60, 140, 0.05, 0.05),
    Design(28, 60, 140, 0.10, 0.25, longer_more=True),
    Design(28, 15, 60, 0.05, 0.15),
    Design(14, 30, 300, 0.05, 0.05, longer_more=True),  # 7 positives to expect: 8 is luck
    Design(14, 30, 300, 0.20, 0.15),
    Design(8, 100, 400, 0.10, 0.05),
    Design(6, 40, 200, 0.20, 0.25),
    Design(28, 60, 140, 0.10, 0.05, rows=3),
]
DRAWS = 1200


def coverage(design: Design, seed: int) -> tuple[float, float, int]:
    """Of draws with 8 audit positives or more: how often ours covers, Wilson's on all rows does."""
    rng = np.random.default_rng(seed)
    covered, plain = [], []
    for _ in range(DRAWS):
        sizes, positives, rows = design.population(rng)
        hits = rng.hypergeometric(positives, sizes - positives, rows)
        if hits.sum() < 8:
            continue
        y = np.concatenate([np.arange(n) < k for n, k in zip(rows, hits, strict=True)])
        names = [f"T{at}" for at, n in enumerate(rows) for _ in range(n)]
        named = {f"T{at}": int(n) for at, n in enumerate(sizes)}
        found = prevalence(y.astype(float), np.zeros(len(y), dtype=bool), names, named)
        truth = positives.sum() / sizes.sum()
        covered.append(found.low <= truth <= found.high)
        low, high = proportion_confint(hits.sum(), rows.sum(), method="wilson")
        plain.append(low <= truth <= high)
    return float(np.mean(covered)), float(np.mean(plain)), len(covered)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_intervals_cover_94_of_100_where_eight_positives_were_found(design: Design) -> None:
    ours, _, n = coverage(design, 11)
    assert n >= 300
    by_chance = 2 * np.sqrt(0.94 * 0.06 / n) if n < 1000 else 0.0  # where few draws have eight
    assert ours >= 0.94 - by_chance


def test_wilson_on_the_bare_rows_does_not_cover_where_long_interviews_say_more() -> None:
    design = Design(14, 30, 300, 0.10, 0.25, longer_more=True)
    ours, plain, _ = coverage(design, 11)
    assert ours >= 0.94 and plain < 0.8
