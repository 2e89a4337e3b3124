"""A comparison put together: what is known, what is tested, and what is refused by name."""

import json
import math
import random
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact, ttest_ind
from statsmodels.stats.multitest import multipletests
from told_interviews import (
    NO,
    OPEN,
    SEGMENTS,
    YES,
    compared,
    corpora,
    corpus,
    count,
    interview,
    many,
    numbers,
    teams,
)

from pipeline.compare import rates, shares
from pipeline.compare.code_rates import Asked, Comparison, Difference, compare
from pipeline.compare.interviews import Count, Interview, heard, rate
from pipeline.errors import PipelineError


def only(found: Comparison) -> Difference:
    (one,) = found.differences
    return one


def why(found: Comparison) -> str:
    return "\n".join(one["why"] for one in found.refused)


# What is known of one interview


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Count(asked=10), False),
        (Count(asked=9), None),  # what nobody read is not absent
        (Count(asked=1, present=1, confirmed=1), True),
        (Count(asked=10, present=0.5, unsettled=1), None),
        (Count(asked=10, present=0.3), False),
        (Count(), None),
    ],
)
def test_heard(known: Count, expected: bool | None) -> None:
    one = replace(interview("T1", "a", {}), counts={"x": known})
    assert heard(one, "x") is expected and heard(one, "y") is None


@pytest.mark.parametrize(
    ("known", "words", "expected"),
    [
        (Count(asked=10, present=4), 2000, 2.0),
        (Count(asked=6, present=6, confirmed=6, audit=4, audit_present=1), 2000, 1.25),
        (Count(asked=6, present=6, confirmed=6, audit=1, audit_present=1), 2000, None),
        (Count(asked=10, present=4), 0, None),
    ],
)
def test_rate(known: Count, words: int, expected: float | None) -> None:
    assert (
        rate(replace(interview("T1", "a", {}, words=words), counts={"x": known}), "x") == expected
    )


# Two groups of single interviews


def test_two_groups_have_the_figures_of_their_parts() -> None:
    a, b = [YES, "5", "1", NO, "2"], [NO, NO, "1", NO, NO, NO]
    found = compared(corpus({"a": a, "b": b}))
    one, (of_a, of_b) = only(found), found.rates
    assert (of_a.n_heard, of_a.n_interviews, of_a.share, of_b.share) == (4, 5, 0.8, 1 / 6)
    assert (of_a.low, of_a.high) == shares.interval(4, 5)
    assert (of_a.rate, of_a.n_rate) == (2.2, 5)
    assert one.difference == pytest.approx(0.8 - 1 / 6)
    assert (one.low, one.high) == shares.difference_interval(4, 5, 1, 6)
    assert one.p == pytest.approx(fisher_exact([[4, 1], [1, 5]]).pvalue)
    assert one.min_p == pytest.approx(shares.smallest_p(5, 6))
    welch = ttest_ind([3, 5, 1, 0, 2], [0, 0, 1, 0, 0, 0], equal_var=False).confidence_interval()
    assert (one.rate_low, one.rate_high) == pytest.approx((welch.low, welch.high))
    assert (one.paired, one.n_pairs, one.n_unpaired, one.n_a, one.n_b) == (False, None, None, 5, 6)
    assert found.m == 2 and not found.refused


def test_unknown_interviews_leave_no_share_and_no_difference_but_a_range_of_both_extremes() -> None:
    found = compared(corpus({"a": [YES, NO, NO, OPEN, OPEN], "b": [NO] * 4 + [YES]}))
    of_a, of_b = found.rates
    assert (of_a.n_heard, of_a.n_unknown, of_a.share) == (1, 2, None) and of_b.share == 0.2
    assert of_a.low == shares.interval(1, 5)[0] and of_a.high == shares.interval(3, 5)[1]
    one = only(found)
    assert one.difference is one.low is one.high is one.p is one.min_p is one.q is None
    assert one.rate_p is not None and found.m == 1  # the audit list knows the rates
    assert "2 of 10 interviews are not read in full" in why(found)


def test_an_unknown_interview_in_which_the_code_was_heard_is_known() -> None:
    found = compared(corpus({"a": ["3?", NO, NO], "b": [NO, NO, YES]}))
    assert found.rates[0].share == pytest.approx(1 / 3) and only(found).p is not None


def test_rates_without_an_audit_are_refused_with_their_number() -> None:
    made = corpus({"a": [YES, NO, NO], "b": [NO, NO, YES]})
    made[1] = replace(made[1], counts={"x": Count(asked=4, audit=1)})
    found = compared(made)
    assert only(found).rate_difference is only(found).rate_p is None
    assert "rate: 1 of 6 interviews are neither read in full" in why(found)
    assert found.rates[0].n_rate == 2


def test_a_group_of_one_has_no_difference_for_others_and_one_for_these() -> None:
    made = corpus({"a": [YES], "b": [NO, NO, YES]})
    found = compared(made)
    one = only(found)
    assert one.difference is one.p is one.rate_difference is one.rate_p is None and found.m == 0
    assert "a against b: a group of one independent unit" in why(found)
    assert not found.smallest
    these = only(compared(made, target="these"))
    assert these.difference == pytest.approx(2 / 3) and these.rate_difference == pytest.approx(2)


@pytest.mark.parametrize(
    ("told", "expected"), [(NO, "heard in no interview"), (YES, "heard in all interviews")]
)
def test_heard_in_none_or_all_is_refused_and_no_test(told: str, expected: str) -> None:
    found = compared(corpus({"a": [told] * 5, "b": [told] * 4}))
    one = only(found)
    assert one.p is one.q is one.rate_p is one.rate_q is None and one.difference == 0
    assert one.low is not None and one.high is not None and one.low < 0 < one.high  # not sameness
    assert found.m == 0
    assert expected in why(found) and "rate: the same in every unit" in why(found)


def test_rates_that_part_perfectly_keep_their_p_and_say_that_they_have_no_interval() -> None:
    found = compared(corpus({"a": ["4"] * 4, "b": ["1"] * 4}))
    one = only(found)
    assert one.rate_p == pytest.approx(2 / 70) == one.rate_min_p
    assert one.rate_low is one.rate_high is None and "there is no interval" in why(found)
    assert found.m == 1 and one.rate_difference == 3


def test_small_groups_are_warned_of_where_an_interval_is_shown() -> None:
    said = "\n".join(compared(corpus({"a": [YES, NO, NO], "b": [NO] * 5 + [YES]})).warnings)
    assert "Groups of fewer than 5 units (a: 3)" in said
    assert not compared(corpus({"a": [YES] + [NO] * 4, "b": [NO] * 5 + [YES]})).warnings


def test_small_cells_are_warned_of() -> None:
    found = compared(corpus({"a": [YES, NO, NO], "b": [NO] * 5}), smallest_cell=4)
    assert any(one.startswith("Role a has 3 participants, fewer than") for one in found.warnings)


# Units with several interviews


def test_interviews_of_one_unit_count_once() -> None:
    found = compared(
        teams(
            "t1 a 3 0", "t2 a 3", "t3 a 0", "t4 a 0 0", "t5 b 3 3", "t6 b 0", "t7 b 3 3", "t8 b 3"
        ),
        cluster="team",
    )
    of_a, of_b = found.rates
    assert (of_a.n_heard, of_a.n_interviews, of_a.share) == (2, 6, pytest.approx(1.5 / 4))
    assert of_b.share == pytest.approx(3 / 4)
    assert (of_a.low, of_a.high) == shares.interval(1.5, 4)
    one = only(found)
    assert not one.paired and one.difference == pytest.approx(1.5 / 4 - 3 / 4)
    assert (one.low, one.high) == shares.difference_interval(1.5, 4, 3, 4)
    assert one.p == pytest.approx(34 / 70)  # of all ways to take four of the eight means
    assert one.min_p == pytest.approx(2 / 70)
    assert [(g.n_interviews, g.n_clusters) for g in found.groups] == [(6, 4), (6, 4)]
    assert not found.smallest  # no table of counts says what means could reach


def test_a_group_that_is_one_team_is_named() -> None:
    found = compared(teams("t1 a 3 3 3", "t2 b 0", "t3 b 0", "t4 b 0"), cluster="team")
    assert "Role a is one team: its 3 interviews count as one unit." in found.warnings
    assert only(found).p is None and only(found).rate_p is None


def test_units_of_few_and_of_many_interviews_are_not_tested_against_each_other() -> None:
    rows = [f"s{n} a {told}" for n, told in enumerate("0330")]
    rows += [f"t{n} b 0 0 3 0 3 0" for n in range(8)]
    found = compared(teams(*rows), cluster="team")
    one = only(found)
    assert one.p is one.rate_p is one.rate_low is None
    assert one.difference is not None and one.low is not None and found.m == 0
    assert "the units have 1.0 and 6.0 interviews on average" in why(found)


def test_units_in_both_groups_are_compared_with_themselves() -> None:
    rows = [f"t{n} 1 {NO}" for n in range(6)] + [f"t{n} 2 {YES}" for n in range(5)] + ["t5 2 0"]
    found = compared(teams(*rows), cluster="team")
    one = only(found)
    assert (one.paired, one.n_pairs, one.n_unpaired) == (True, 6, 0)
    assert one.difference == pytest.approx(-5 / 6)
    assert one.p == pytest.approx(binomtest(5, 5).pvalue) and one.min_p == 2 / 2**6
    assert one.rate_difference == pytest.approx(-2.5) and one.rate_p == one.p
    assert not found.smallest


def test_units_in_one_group_only_do_not_touch_the_pairs() -> None:
    rows = [f"t{n} 1 {NO}" for n in range(6)] + [f"t{n} 2 {YES}" for n in range(6)]
    alone = compared(teams(*rows), cluster="team")
    joined = compared(teams(*rows, "u1 1 3", "u2 1 ?", "u3 2 0"), cluster="team")
    one, other = only(joined), only(alone)
    assert one.n_unpaired == 3 and (one.n_a, one.n_b) == (8, 7)
    same = {"n_a": 0, "n_b": 0, "n_unpaired": 0}
    assert replace(one, **same) == replace(other, **same)


def test_pairs_of_few_and_of_many_interviews_are_not_tested() -> None:
    rows = [f"t{n} 1 {told}" for n, told in enumerate("00303000")]
    rows += [f"t{n} 2 0 0 3 0" for n in range(8)]
    found = compared(teams(*rows), cluster="team")
    one = only(found)
    assert one.paired and one.p is one.rate_p is None and found.m == 0
    assert "1.0 and 4.0 interviews" in why(found)


def test_pairs_that_do_not_differ_are_refused() -> None:
    rows = [f"t{n} {wave} {told}" for n, told in enumerate((YES, NO, NO)) for wave in (1, 2)]
    found = compared(teams(*rows), cluster="team")
    assert only(found).p is None and "no unit differs between the two" in why(found)


def test_one_pair_is_no_test() -> None:
    found = compared(teams("t1 1 3", "t1 2 0", "t2 1 0", "t3 2 0"), cluster="team")
    assert only(found).n_pairs == 1 and only(found).p is only(found).rate_p is None
    assert "a group of one independent unit" in why(found)


# Correction, targets, strata, derived codes


def p_and_q(found: Comparison, planned: bool) -> list[tuple[float, float | None]]:
    pairs = [
        (p, q)
        for one in found.differences
        if one.planned is planned
        for p, q in ((one.p, one.q), (one.rate_p, one.rate_q))
    ]
    assert all((p is None) == (q is None) for p, q in pairs)
    return [(p, q) for p, q in pairs if p is not None]


def test_q_is_benjamini_and_hochbergs_over_the_tests_with_a_p_planned_ones_apart() -> None:
    found = compared(many(), "v w x y z", planned=["v:role", "w:city"])
    assert (found.m, found.m_planned) == (18, 6)
    for planned in (False, True):
        p, q = zip(*p_and_q(found, planned), strict=True)
        assert q == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert {one.code for one in found.differences if one.planned} == {"v"}
    assert {one["code"] for one in found.refused} == {"z"}  # named, and not in m


def test_neither_what_else_is_asked_nor_the_order_changes_a_drawn_p(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "ENUMERATED", 0)
    made = many(1)
    every = compared(made, "v w x y")
    alone = compared(made, "x").differences
    assert len({one.rate_p for one in alone} - {None}) > 1
    assert [(one.p, one.rate_p) for one in every.differences if one.code == "x"] == [
        (one.p, one.rate_p) for one in alone
    ]
    assert compared(made[::-1], "v w x y") == every


def test_these_interviews_have_differences_and_neither_p_nor_interval() -> None:
    found = compared(many(), "v w x y z", target="these", planned=["v:role"])
    assert found.m == found.m_planned == 0 and not found.smallest
    for one in found.differences:
        assert one.difference is not None and one.rate_difference is not None
        assert one.p is one.q is one.low is one.high is one.min_p is None
        assert one.rate_p is one.rate_q is one.rate_low is one.rate_high is None
        assert one.rate_min_p is None
    assert any("no test is made" in one for one in found.warnings)
    assert not any("not read in full" in one for one in found.warnings)


def test_rates_of_these_interviews_that_rest_on_chance_rows_say_so() -> None:
    found = compared(corpus({"a": ["3?", NO], "b": [NO, YES]}), target="these")
    assert any("1 of 4 interviews are not read in full" in one for one in found.warnings)


def test_within_compares_inside_each_value_and_names_empty_cells() -> None:
    made = corpus({"a": [YES, NO, YES, NO, NO, NO], "b": [NO, NO, YES, YES]})
    cities = ["Delft"] * 3 + ["Breda"] * 3 + ["Delft"] * 4
    made = [
        replace(one, variables=one.variables | {"city": city})
        for one, city in zip(made, cities, strict=True)
    ]
    found = compared(made, within="city")
    assert {(one.group, one.within) for one in found.groups} == {
        ("a", "Breda"), ("a", "Delft"), ("b", "Delft")
    }  # fmt: skip
    assert only(found).within == "Delft" and (only(found).n_a, only(found).n_b) == (3, 4)
    assert {"code": "", "why": "role b: no coded interview with city Breda"} in found.refused
    assert found.smallest == {"a - b (Delft)": shares.smallest_difference(3, 4)}


def test_interviews_without_a_value_are_counted_out_loud() -> None:
    made = [*corpus({"a": [YES, NO], "b": [NO, YES]}), interview("T9", "", {"x": YES})]
    cities = ["Delft", "Breda", "Delft", "", ""]
    made = [
        replace(one, variables=one.variables | {"city": city})
        for one, city in zip(made, cities, strict=True)
    ]
    said = compared(made, within="city").warnings
    assert "1 coded interviews have no value of role and are left out." in said
    assert "2 coded interviews have no value of city and are left out." in said


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"by": "shoes"}, "--by: no interview has the variable 'shoes'. Known: role."),
        ({"within": "shoes"}, "--within: no interview has the variable 'shoes'. Known: role."),
        ({"within": "role"}, "--within: within one role all have the same role"),
    ],
)
def test_variables_that_cannot_be_compared_by(more: dict[str, str], expected: str) -> None:
    with pytest.raises(PipelineError) as caught:
        compared(corpus({"a": [YES, NO], "b": [NO, YES]}), **more)
    assert str(caught.value).startswith(expected)


def test_derived_codes_have_shares_and_no_rate() -> None:
    made = [
        interview(f"{group}{at}", group, {"x": x, "y": y})
        for group, members in {"a": "31 33 01 00", "b": "00 30 0? 03"}.items()
        for at, (x, y) in enumerate(members.split())
    ]

    def both(one: Interview) -> bool | None:
        told = [heard(one, "x"), heard(one, "y")]
        return False if False in told else None if None in told else True

    found = compare(
        made, [Asked(code="x*y", heard=both, rate=None)], "role", rng=np.random.default_rng(1)
    )
    of_a, of_b = found.rates
    assert (of_a.n_heard, of_b.n_heard, of_b.n_unknown) == (2, 0, 0)  # not x is enough for no
    assert of_a.rate is of_a.rate_low is of_a.rate_high is None and of_a.n_rate == 0
    one = only(found)
    assert one.p is not None and one.rate_difference is one.rate_p is one.rate_min_p is None
    assert found.m == 1 and "rate" not in why(found)


def test_interviews_nobody_coded_are_in_no_group() -> None:
    made = corpus({"a": [YES, NO], "b": [NO, YES]})
    uncoded = replace(interview("T9", "b", {}), counts={"x": Count()})
    assert compared([*made, uncoded]) == compared(made)


# Of any corpus


def document(interviews: list[Interview], **more: Any) -> dict[str, Any]:
    try:
        return compared(interviews, "x y", **more).document()
    except PipelineError as error:
        return {"error": str(error)}


@settings(max_examples=120, deadline=None)
@given(
    corpora(),
    st.randoms(use_true_random=False),
    st.sampled_from(["such", "these"]),
    st.sampled_from(["", "city"]),
)
def test_a_document_has_no_nan_fits_json_and_knows_no_order(
    made: list[Interview], order: random.Random, target: str, within: str
) -> None:
    found = document(made, target=target, within=within, planned=["x:role"])
    assert all(math.isfinite(one) for one in numbers(found))
    assert json.loads(json.dumps(found, allow_nan=False))
    turned = list(made)
    order.shuffle(turned)
    assert document(turned, target=target, within=within, planned=["x:role"]) == found


@settings(max_examples=60, deadline=None)
@given(corpora())
def test_other_names_for_coders_change_no_number(made: list[Interview]) -> None:
    swap = {"ana": "ben", "ben": "ana", "ana & ben": "ana & ben", "": ""}
    swapped = [
        replace(one, variables=one.variables | {"coder": swap[one.variables["coder"]]})
        for one in made
    ]
    found, other = document(made), document(swapped)
    said = [
        re.sub("ana & ben|ana|ben", lambda name: swap[name.group()], one)
        for one in found.pop("warnings", ())
    ]
    assert sorted(said) == sorted(other.pop("warnings", ())) and found == other


@settings(max_examples=60, deadline=None)
@given(corpora())
def test_figures_keep_within_what_they_can_be(made: list[Interview]) -> None:
    found = document(made)
    for cell in found.get("rates", ()):
        assert 0 <= cell["low"] <= cell["high"] <= 1
        assert (cell["share"] is None) == (cell["n_unknown"] > 0)
        assert cell["share"] is None or cell["low"] <= cell["share"] <= cell["high"]
    for one in found.get("differences", ()):
        for prefix in ("", "rate_"):
            p, q, least = (one[f"{prefix}{name}"] for name in ("p", "q", "min_p"))
            assert (p is None) == (q is None) == (least is None)
            assert p is None or least - 1e-12 <= p <= q + 1e-12 <= 1 + 1e-9
        assert one["low"] is None or -1 <= one["low"] < one["high"] <= 1
        assert one["p"] is None or one["low"] is not None
    m = sum(
        (one["p"] is not None) + (one["rate_p"] is not None) for one in found.get("differences", ())
    )
    assert m == found.get("m", 0)
    refused = {one["code"] for one in found.get("refused", ())}
    for one in found.get("differences", ()):  # what was not tested is named
        assert (one["p"] is not None and one["rate_p"] is not None) or one["code"] in refused


def test_count_of_the_helper_is_what_it_says() -> None:
    assert count("3").asked == SEGMENTS and count("3").confirmed == 3
    assert count("3?").asked < SEGMENTS and count("?").confirmed == 0
