"""Agreement held against published examples, other programs' figures and what must be so."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import t

from pipeline.agree import (
    agreement,
    alpha_interval,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    specific_agreement,
)

_ = math.nan
CODERS = ("ana", "ben", "cas", "dan")

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: 12 units, 4 observers.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T


def table(both: int, first: int, second: int, neither: int) -> np.ndarray:
    """Two coders' ratings from a fourfold table."""
    rows = [[1, 1]] * both + [[1, 0]] * first + [[0, 1]] * second + [[0, 0]] * neither
    return np.array(rows, dtype=np.float64)


def drawn(seed: int, n: int, n_coders: int, share: float, noise: float, gaps: float) -> np.ndarray:
    """Coders who see a truth with noise and leave gaps."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    ratings = (truth[:, None] ^ (rng.random((n, n_coders)) < noise)).astype(np.float64)
    ratings[rng.random((n, n_coders)) < gaps] = np.nan
    return ratings


def test_the_published_example() -> None:
    alpha, ac1 = krippendorff_alpha(PUBLISHED), gwet_ac1(PUBLISHED)
    assert alpha == pytest.approx(0.743, abs=0.0005) and ac1 == pytest.approx(0.775, abs=0.0005)
    assert percent_agreement(PUBLISHED) == pytest.approx(0.81818, abs=5e-6)  # irrCAC


@pytest.mark.parametrize(
    "cells, percent, kappa, positive, negative, alpha, ac1",
    [
        # By hand: p_o .7, p_e .5; alpha 1 - 99 * 15 / (55 * 45); AC1's p_e 2 * .55 * .45.
        ((20, 5, 10, 15), 0.7, 0.4, 40 / 55, 30 / 45, 0.4, 0.205 / 0.505),
        # Feinstein & Cicchetti (1990): the same .85, and kappa .70 or .32.
        ((40, 9, 6, 45), 0.85, 0.699519, 80 / 95, 90 / 105, 1 - 199 * 15 / (95 * 105), 0.700748),
        ((80, 10, 5, 5), 0.85, 0.07 / 0.22, 160 / 175, 0.4, 1 - 199 * 15 / (175 * 25), 0.808),
        # Rare: all nearly always say no; AC1 is near 1, the positive agreement one half.
        ((1, 1, 1, 97), 0.98, 0.0192 / 0.0392, 0.5, 194 / 196, 1 - 199 * 2 / (4 * 196), 0.979184),
    ],
)
def test_fourfold_tables(
    cells: tuple[int, int, int, int], percent: float, kappa: float, positive: float,
    negative: float, alpha: float, ac1: float,
) -> None:  # fmt: skip
    ratings = table(*cells)
    assert percent_agreement(ratings) == pytest.approx(percent)
    assert cohen_kappa(ratings) == pytest.approx(kappa, abs=1e-6)
    assert specific_agreement(ratings, 1) == pytest.approx(positive)
    assert specific_agreement(ratings, 0) == pytest.approx(negative)
    assert krippendorff_alpha(ratings) == pytest.approx(alpha)
    assert gwet_ac1(ratings) == pytest.approx(ac1, abs=1e-6)


# Made once with krippendorff 0.9.0 (alpha, six decimals) and irrCAC 0.4.4 (AC1 and the share of
# agreement, five), on the arrays of `drawn` with these seeds, in an environment of their own.
@pytest.mark.parametrize(
    "how, alpha, ac1, percent",
    [
        ((1, 200, 2, 0.3, 0.1, 0.0), 0.593962, 0.6773, 0.82),
        ((2, 150, 3, 0.2, 0.15, 0.3), 0.373153, 0.54685, 0.73003),
        ((3, 80, 4, 0.5, 0.3, 0.4), 0.262501, 0.30512, 0.6523),
        ((4, 500, 5, 0.05, 0.02, 0.5), 0.543425, 0.94372, 0.94983),
        ((5, 60, 2, 0.1, 0.1, 0.2), 0.415638, 0.68731, 0.77778),
    ],
)
def test_other_programs_say_the_same(how: Any, alpha: float, ac1: float, percent: float) -> None:
    ratings = drawn(*how)
    assert krippendorff_alpha(ratings) == pytest.approx(alpha, abs=6e-7)
    assert gwet_ac1(ratings) == pytest.approx(ac1, abs=6e-6)
    assert percent_agreement(ratings) == pytest.approx(percent, abs=6e-6)


def test_kappa_of_three_is_the_mean_over_pairs_that_vary() -> None:
    assert cohen_kappa(drawn(1, 200, 2, 0.3, 0.1, 0.0)) == pytest.approx(
        0.59299, abs=6e-6
    )  # irrCAC
    two = table(20, 5, 10, 15)
    pairs = [cohen_kappa(np.c_[two, two[:, 0]][:, at]) for at in ([0, 1], [0, 2], [1, 2])]
    assert pairs == pytest.approx([0.4, 1.0, 0.4])
    assert cohen_kappa(np.c_[two, two[:, 0]]) == pytest.approx(0.6)
    # Nobody and nobody never vary: no kappa, and no part in the mean. Against one who varies: 0.
    never = np.zeros((len(two), 2))
    assert cohen_kappa(never) is None
    assert cohen_kappa(np.c_[two, never]) == pytest.approx(0.4 / 5)


def test_more_than_two_coders_say_yes() -> None:
    ratings = np.array([[1, 1, 1], [1, 1, 0], [0, 0, 1], [0, 0, 0], [1, 0, _], [1, _, _]])
    # Each yes against the others of its unit: 3 of 3, 1/2 and 1/2, 0 and 0; the last has none.
    assert specific_agreement(ratings, 1) == pytest.approx(4 / 7)
    assert specific_agreement(ratings, 0) == pytest.approx(4 / 7)
    assert percent_agreement(ratings) == pytest.approx((1 + 1 / 3 + 1 / 3 + 1 + 0) / 5)


@pytest.mark.parametrize("figure", [percent_agreement, cohen_kappa, krippendorff_alpha, gwet_ac1])
def test_nothing_in_common_is_no_number(figure: Any) -> None:
    for ratings in (np.empty((0, 2)), np.array([[1, _], [_, 0]]), np.full((3, 2), _)):
        assert figure(ratings) is None
    assert specific_agreement(np.zeros((3, 2)), 1) is None


@st.composite
def coded(draw: st.DrawFn, values: tuple[float, ...] = (1.0, 0.0, _)) -> np.ndarray:
    n_coders = draw(st.integers(2, 4))
    row = st.lists(st.sampled_from(values), min_size=n_coders, max_size=n_coders)
    return np.array(draw(st.lists(row, min_size=2, max_size=30)), dtype=np.float64)


FIGURES = (
    percent_agreement,
    cohen_kappa,
    krippendorff_alpha,
    gwet_ac1,
    lambda ratings: specific_agreement(ratings, 1),
    lambda ratings: specific_agreement(ratings, 0),
)


@given(ratings=coded(), rng=st.randoms(use_true_random=False))
def test_the_order_of_coders_and_units_changes_nothing(ratings: np.ndarray, rng: Any) -> None:
    units, coders = list(range(len(ratings))), list(range(ratings.shape[1]))
    rng.shuffle(units)
    rng.shuffle(coders)
    for figure in FIGURES:
        before, after = figure(ratings), figure(ratings[units][:, coders])
        assert (before is None) == (after is None)
        assert before is None or after == pytest.approx(before, abs=1e-12)


@given(ratings=coded())
def test_units_of_one_coder_add_nothing_to_alpha(ratings: np.ndarray) -> None:
    alone = np.full((3, ratings.shape[1]), _)
    alone[:, 0] = 1.0
    more = np.concatenate([ratings, alone])
    assert krippendorff_alpha(more) == krippendorff_alpha(ratings)
    assert percent_agreement(more) == percent_agreement(ratings)


@given(truth=st.lists(st.booleans(), min_size=2, max_size=40), n_coders=st.integers(2, 5))
def test_perfect_agreement_is_one(truth: list[bool], n_coders: int) -> None:
    assume(len(set(truth)) == 2)
    ratings = np.repeat(np.array(truth, dtype=np.float64)[:, None], n_coders, axis=1)
    assert [figure(ratings) for figure in FIGURES] == pytest.approx([1.0] * len(FIGURES))


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.05, 0.95), gaps=st.floats(0, 0.3))
def test_independent_ratings_agree_by_chance_only(seed: int, share: float, gaps: float) -> None:
    rng = np.random.default_rng(seed)
    ratings = (rng.random((20_000, 2)) < share).astype(np.float64)
    ratings[rng.random(ratings.shape) < gaps] = np.nan
    for figure in (krippendorff_alpha, cohen_kappa):
        assert figure(ratings) == pytest.approx(0.0, abs=0.06)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(6, 15), n_coders=st.integers(2, 4))
def test_the_interval_is_that_of_leaving_each_transcript_out(
    seed: int, n: int, n_coders: int
) -> None:
    rng = np.random.default_rng(seed)
    ratings = drawn(seed, 25 * n, n_coders, 0.3, 0.15, 0.2)
    names = np.array([f"T{at}" for at in rng.integers(0, n, len(ratings))])
    low, high, why = alpha_interval(ratings, names.tolist())
    without = [krippendorff_alpha(ratings[names != name]) for name in sorted(set(names))]
    alpha = krippendorff_alpha(ratings)
    assert alpha is not None and None not in without
    error = math.sqrt((len(without) - 1) ** 2 / len(without) * np.var(without, ddof=1))
    half = t.ppf(0.975, len(without) - 1) * error
    assert why == "" and (low, high) == pytest.approx(
        (max(-1, alpha - half), min(1, alpha + half)), abs=1e-9
    )


def spread(ratings: np.ndarray, n: int) -> list[str]:
    return [f"T{at % n}" for at in range(len(ratings))]


@pytest.mark.parametrize(
    "cells, n, why",
    [
        ((9, 2, 0, 60), 6, ""),  # eleven and nine: ten
        ((9, 1, 0, 60), 6, "fewer than 10 positives"),
        ((12, 2, 3, 60), 5, "fewer than 6 transcripts"),
        ((12, 2, 3, 60), 6, ""),
        ((12, 0, 0, 60), 6, "nothing varies between transcripts"),
    ],
)
def test_when_there_is_no_interval(cells: tuple[int, int, int, int], n: int, why: str) -> None:
    ratings = table(*cells)
    low, high, told = alpha_interval(ratings, spread(ratings, n))
    assert told == why and (low is None) == (high is None) == bool(why)
    one = agreement({"c": ratings}, spread(ratings, n), CODERS[:2], "segment")["codes"]["c"]
    assert one["no_interval"] == (why or None) and one["alpha"] is not None
    assert (one["alpha_low"] is None) == bool(why)


def test_transcripts_without_a_common_unit_do_not_count() -> None:
    ratings = np.concatenate([table(12, 2, 3, 60), [[1, _]] * 5])
    names = spread(ratings[:-5], 5) + [f"alone {at}" for at in range(5)]
    assert alpha_interval(ratings, names)[2] == "fewer than 6 transcripts"
    both = np.concatenate([np.ones((12, 2)), table(0, 1, 1, 0)])  # what varies is in one transcript
    names = [f"T{at % 6}" for at in range(12)] + ["T9", "T9"]
    assert alpha_interval(both, names)[2] == "no variation without one of the transcripts"


def test_the_document() -> None:
    ratings = {"a": table(20, 5, 10, 15), "b": table(0, 0, 0, 50), "c": np.full((50, 2), _)}
    names = spread(ratings["a"], 10)
    document = agreement(ratings, names, ("ana", "ben"), "segment")
    assert [document[key] for key in ("rows", "unit", "n_units", "n_transcripts", "coders")] == [
        "blind", "segment", 50, 10, ["ana", "ben"],
    ]  # fmt: skip
    a = document["codes"]["a"]
    figures = ("n", "percent", "positive_agreement", "negative_agreement", "kappa", "alpha", "ac1")
    assert [a[key] for key in figures] == [50, 0.7, 0.727273, 0.666667, 0.4, 0.4, 0.405941]
    assert a["n_positive"] == {"ana": 25, "ben": 30} and a["not_computable"] is None
    assert a["alpha_low"] < 0.4 < a["alpha_high"]
    b, c = document["codes"]["b"], document["codes"]["c"]
    assert b["n"] == 50 and b["not_computable"] == "no variation: nobody called it present"
    assert c["n"] == 0 and c["not_computable"] == "no unit was coded by two coders"
    for one in (b, c):
        assert [one[key] for key in (*figures[1:], "alpha_low", "alpha_high")] == [None] * 8
    pooled = np.concatenate([ratings["a"], ratings["b"]])
    assert document["overall"]["n"] == 100
    assert document["overall"]["alpha"] == round(krippendorff_alpha(pooled) or 0, 6)
    low, _high, _why = alpha_interval(pooled, names * 2)
    assert low is not None and document["overall"]["alpha_low"] == round(low, 6)
    always = agreement({"a": np.ones((9, 2))}, ["T"] * 9, ("x", "y"), "segment")["codes"]["a"]
    assert always["not_computable"] == "no variation: everybody called it present everywhere"
    assert always["alpha"] is None and always["n_positive"] == {"x": 9, "y": 9}
    none = agreement({}, [], ("ana", "ben"), "segment")
    assert none["n_units"] == 0 and none["overall"]["alpha"] is None


def test_families() -> None:
    a = np.array([[1, 0], [0, 0], [0, 0], [1, _], [0, _], [_, _]])
    b = np.array([[0, 1], [0, 0], [_, _], [_, 0], [_, 1], [_, _]])
    # Both of either; neither of both; b not asked: neither; b asked and the first did not say.
    document = agreement(
        {"a": a, "b": b, "c": a}, list("abcdef"), ("x", "y"), "segment",
        families={"a": "f", "b": "f", "c": "g"},
    )  # fmt: skip
    assert set(document["families"]) == {"f", "g"}
    f = document["families"]["f"]
    # (1, 1), (0, 0), (0, 0), (1, not known), (not known, 1): three that both are known of
    assert (f["n"], f["n_positive"], f["percent"], f["alpha"]) == (3, {"x": 1, "y": 1}, 1.0, 1.0)
    expected = document["codes"]["c"]
    assert document["families"]["g"] == expected


def test_one_who_is_unsure_of_a_code_has_not_ruled_out_its_family() -> None:
    a, b = np.array([[0.0, 0.0], [1, 1]]), np.array([[_, _], [0, 0]])
    doubt = np.array([[True, True], [False, False]])
    given = {"a": a, "b": b}, ["T1", "T2"], ("x", "y"), "segment"
    families = {"a": "f", "b": "f"}
    assert agreement(*given, families=families)["families"]["f"]["n"] == 2
    with_doubt = agreement(*given, families=families, unsure_by_code={"b": doubt})
    assert with_doubt["families"]["f"]["n"] == 1


def test_unsure_is_counted_and_tried_both_ways() -> None:
    ratings = np.concatenate([table(10, 2, 2, 20), [[1, _], [0, _], [_, _]]])
    doubt = np.zeros(ratings.shape, dtype=bool)
    doubt[-3:-1, 1] = True
    unsure = {"a": doubt}
    document = agreement(
        {"a": ratings}, spread(ratings, 7), ("x", "y"), "segment", unsure_by_code=unsure
    )
    told = document["unsure"]
    assert (told["n"], told["coders"], told["codes"]) == (2, {"x": 0, "y": 2}, {"a": 2})
    assert document["codes"]["a"]["n"] == 34
    present = krippendorff_alpha(np.concatenate([ratings[:-3], [[1, 1], [0, 1]]]))
    absent = krippendorff_alpha(np.concatenate([ratings[:-3], [[1, 0], [0, 0]]]))
    assert present is not None and told["alpha_as_present"] == round(present, 6)
    assert absent is not None and told["alpha_as_absent"] == round(absent, 6)


@pytest.mark.parametrize("ratings", [np.ones((3, 2)), np.full((2, 3), 0.0), np.full((2, 2), 0.5)])
def test_arrays_that_do_not_fit(ratings: np.ndarray) -> None:
    with pytest.raises(ValueError):
        agreement({"a": ratings}, ["T1", "T2"], ("x", "y"), "segment")


@given(ratings=coded(), seed=st.integers(0, 99))
def test_the_document_does_not_depend_on_the_order_of_units(ratings: np.ndarray, seed: int) -> None:
    names, coders = spread(ratings, 7), CODERS[: ratings.shape[1]]
    order = np.random.default_rng(seed).permutation(len(ratings))
    a = agreement({"a": ratings}, names, coders, "segment")
    b = agreement({"a": ratings[order]}, [names[at] for at in order], coders, "segment")
    for key, value in a["overall"].items():
        same = pytest.approx(value, abs=2e-6) if isinstance(value, float) else value
        assert b["overall"][key] == same
