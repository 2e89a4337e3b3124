"""From confirmed cases to a truth table, its models, and what to make of them."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.compare.configurations import (
    Case,
    Model,
    formula,
    leave_one_interview_out,
    model_formula,
    necessity,
    solve,
    truth_table,
)
from pipeline.errors import PipelineError

LIPSET = ("DEV", "URB", "LIT", "IND", "STB")
# Lipset's 18 countries between the wars as crisp sets (Rihoux and De Meur 2009; R's QCA, data LC).
COUNTRIES = {
    "11111": ("BE CZ NL UK", True),
    "10101": ("FI IE", True),
    "10111": ("FR SE", True),
    "00000": ("GR PT ES", False),
    "00001": ("IT RO", False),
    "00100": ("HU PL", False),
    "00101": ("EE", False),
    "10110": ("AU", False),
    "11110": ("DE", False),
}


def lipset() -> list[Case]:
    return [
        Case(
            name=name,
            interview=name,
            values={
                **{code: value == "1" for code, value in zip(LIPSET, row, strict=True)},
                "SURV": survived,
            },
        )
        for row, (names, survived) in COUNTRIES.items()
        for name in names.split()
    ]


def made(*rows: str) -> list[Case]:
    """Cases of A, B and the outcome Y: `11 1` twice is `11 1 x2`; `?` is not told."""
    cases = []
    for row in rows:
        values, outcome, *times = row.split()
        for _ in range(int(times[0][1:]) if times else 1):
            name = f"T{len(cases) + 1:03}"
            told = dict(zip("ABCDEFGHIJ", values, strict=False)) | {"Y": outcome}
            cases.append(
                Case(
                    name=name,
                    interview=name,
                    values={c: None if v == "?" else v == "1" for c, v in told.items()},
                )
            )
    return cases


def fits(model: Model) -> list[tuple[str, float, float, float, str]]:
    return [
        (
            one.formula,
            one.consistency,
            one.raw_coverage,
            one.unique_coverage,
            " ".join(one.cases),
        )
        for one in model.terms
    ]


def test_lipsets_truth_table() -> None:
    table = truth_table(lipset(), "SURV", LIPSET, consistency=1)
    assert [
        ("".join(str(int(v)) for v in row.values), row.coded, row.n, row.consistency)
        for row in table.rows
    ] == [
        ("11111", "positive", 4, 1.0),
        ("10111", "positive", 2, 1.0),
        ("10101", "positive", 2, 1.0),
        ("00000", "negative", 3, 0.0),
        ("00100", "negative", 2, 0.0),
        ("00001", "negative", 2, 0.0),
        ("11110", "negative", 1, 0.0),
        ("10110", "negative", 1, 0.0),
        ("00101", "negative", 1, 0.0),
    ]
    assert (table.n_cases, table.n_with, table.n_without, table.n_remainders) == (18, 8, 10, 23)
    assert table.warnings == (
        "5 conditions are many for 18 cases (rule of thumb: at most 4): a formula may fit by"
        " chance.",
    )


# What R's QCA prints for the same data, in the snapshots of the package's own tests.
def test_lipsets_conservative_model() -> None:
    (model,) = solve(truth_table(lipset(), "SURV", LIPSET)).conservative
    assert model.formula == "DEV*~URB*LIT*STB + DEV*LIT*IND*STB => SURV"
    assert fits(model) == [
        ("DEV*~URB*LIT*STB", 1.0, 0.5, 0.25, "FI FR IE SE"),
        ("DEV*LIT*IND*STB", 1.0, 0.75, 0.5, "BE CZ FR NL SE UK"),
    ]
    assert (model.consistency, model.coverage) == (1.0, 1.0)
    assert (model.missed, model.contradicting, model.remainders) == ((), (), ())


def test_lipsets_parsimonious_model_names_the_remainders_it_uses() -> None:
    solution = solve(truth_table(lipset(), "SURV", LIPSET))
    (model,) = solution.parsimonious
    assert model.formula == "DEV*STB => SURV"
    assert set(model.remainders) == {
        "DEV*~URB*~LIT*~IND*STB",
        "DEV*~URB*~LIT*IND*STB",
        "DEV*URB*~LIT*~IND*STB",
        "DEV*URB*~LIT*IND*STB",
        "DEV*URB*LIT*~IND*STB",
    }
    assert solution.warnings == () and solution.outcome == "SURV"


def test_lipsets_negated_outcome() -> None:
    solution = solve(truth_table(lipset(), "SURV", LIPSET), present=False)
    (conservative,), (parsimonious,) = solution.conservative, solution.parsimonious
    assert conservative.formula == "DEV*LIT*IND*~STB + ~DEV*~URB*~IND => ~SURV"
    assert parsimonious.formula == "~DEV + ~STB => ~SURV"
    assert [one[1:4] for one in fits(parsimonious)] == [(1.0, 0.8, 0.3), (1.0, 0.7, 0.2)]


def test_lipsets_necessary_conditions() -> None:
    found = {
        one.condition: (one.consistency, round(one.relevance, 3), round(one.coverage, 3))
        for one in necessity(truth_table(lipset(), "SURV", LIPSET))
        if one.outcome == "SURV"
    }
    assert found["DEV"] == (1.0, 0.8, 0.8)
    assert found["LIT"] == (1.0, 0.5, 0.615)
    assert found["STB"] == (1.0, 0.7, 0.727)
    assert [name for name, fit in found.items() if fit[0] == 1] == ["DEV", "LIT", "STB"]
    assert len(found) == 10


def test_necessity_for_the_absence_names_the_cases_without() -> None:
    cases = made("11 1 x3", "01 0 x2", "10 0")
    found = {(one.condition, one.outcome): one for one in necessity(truth_table(cases, "Y", "AB"))}
    assert len(found) == 8
    absent = found["~A", "~Y"]
    assert (absent.consistency, absent.coverage) == (2 / 3, 1.0)
    assert absent.relevance == 4 / 4 and absent.missing == ("T006",)


def test_contradictory_rows_are_said_whatever_the_cut_off_decides() -> None:
    cases = made("11 1 x4", "11 0", "10 1", "10 0", "00 0 x2")
    table = truth_table(cases, "Y", "AB")
    assert [(r.coded, r.coded_absent, r.contradictory, r.consistency) for r in table.rows] == [
        ("positive", "negative", True, 0.8),
        ("negative", "negative", True, 0.5),
        ("negative", "positive", False, 0.0),
    ]
    assert table.rows[0].without_outcome == ("T005",)
    assert any("2 configurations with cases of both kinds" in one for one in table.warnings)
    (model,) = solve(table).conservative
    assert model.formula == "A*B => Y"
    assert model.contradicting == model.terms[0].contradicting == ("T005",)
    assert (model.consistency, model.coverage, model.missed) == (0.8, 0.8, ("T006",))


def test_the_consistency_cut_off_is_reached_by_an_equal_share() -> None:
    cases = made("1 1 x7", "1 0 x3", "0 0 x3")
    assert truth_table(cases, "Y", "A", consistency=0.7).rows[0].coded == "positive"
    assert truth_table(cases, "Y", "A", consistency=0.71).rows[0].coded == "negative"


def test_rare_rows_count_as_not_observed_but_their_cases_count() -> None:
    cases = made("11 1 x3", "10 1", "00 0 x3", "01 0 x2")
    table = truth_table(cases, "Y", "AB", frequency=2)
    assert [(row.coded, row.n) for row in table.rows][-1] == ("below", 1)
    assert table.n_remainders == 0
    solution = solve(table)
    assert [model.formula for model in solution.conservative] == ["A*B => Y"]
    assert solution.conservative[0].missed == ("T004",)
    assert [model.formula for model in solution.parsimonious] == ["A => Y"]
    assert solution.parsimonious[0].remainders == ("A*~B",)
    assert solution.parsimonious[0].missed == ()
    assert any("below the frequency cut-off" in one for one in table.warnings)


def test_all_models_of_a_cyclic_table() -> None:
    cases = made("110 1", "101 1", "011 1", "100 1", "010 1", "001 1", "111 0 x2", "000 0")
    solution = solve(truth_table(cases, "Y", "ABC"))
    assert [model.formula for model in solution.conservative] == [
        "A*~B + ~A*C + B*~C => Y",
        "A*~C + ~A*B + ~B*C => Y",
    ]
    assert solution.n_conservative == 2
    assert solution.warnings[0].startswith("2 conservative models of Y fit equally well: the data")


def test_an_outcome_that_no_configuration_goes_with_has_no_model() -> None:
    table = truth_table(made("1 1 x3", "1 0 x3", "0 0 x2", "0 1"), "Y", "A")
    solution = solve(table)
    assert (solution.conservative, solution.parsimonious, solution.n_parsimonious) == ((), (), 0)
    assert solution.warnings[0] == (
        "No configuration is consistently followed by Y: no conservative model."
    )


def test_a_formula_that_is_always_true() -> None:
    cases = made("1 1 x8", "1 0 x2", "0 1 x4", "0 0")
    (model,) = solve(truth_table(cases, "Y", "A")).conservative
    assert model.formula == "1 => Y" and model.coverage == 1


def test_cases_that_do_not_tell_are_left_out_and_listed() -> None:
    cases = [*made("11 1 x3", "00 0 x3", "1? 1", "?1 ?"), Case(name="x", interview="x", values={})]
    table = truth_table(cases, "Y", "AB")
    assert table.n_cases == 6
    assert [(one.case, one.codes) for one in table.not_told] == [
        ("T007", ("B",)),
        ("T008", ("Y", "A")),
        ("x", ("Y", "A", "B")),
    ]


def test_stories_of_one_interview_are_counted() -> None:
    values = {"A": True, "Y": True}
    cases = [
        Case(name=f"T001 story {n}", interview="T001", values=values) for n in (10, 9, 1)
    ] + made("0 0 x3")
    table = truth_table(cases, "Y", ["A"])
    assert table.rows[0].with_outcome == ("T001 story 1", "T001 story 9", "T001 story 10")
    assert (table.rows[0].n_interviews, table.n_interviews) == (1, 3)


def test_leave_one_interview_out() -> None:
    cases = made("11 1 x3", "10 1", "00 0 x3", "01 0 x3")
    found = leave_one_interview_out(cases, "Y", ["A", "B"])
    assert found.models == ("A => Y",)
    runs = {run.interview: run for run in found.runs}
    assert (found.n, found.n_same, found.kept) == (10, 9, (9,))
    assert runs["T004"].models == ("A*B => Y",) and not runs["T004"].same
    assert runs["T001"].same and not runs["T001"].refused


def test_all_stories_of_the_interview_are_left_out_and_a_refusal_is_said() -> None:
    stories = [
        Case(name=f"T050 story {n}", interview="T050", values={"A": True, "B": True, "Y": True})
        for n in (1, 2)
    ]
    cases = [*made("10 1", "00 0 x3", "?0 1"), *stories]
    found = leave_one_interview_out(cases, "Y", ["A", "B"])
    last = found.runs[-1]
    assert (last.interview, last.n_cases, last.same, last.models) == ("T050", 2, False, ())
    assert "1 case with it and 3 without" in last.refused
    assert "condition 'B': it never varies: it is absent" in last.refused
    assert found.n == 5  # not the interview that is not told of


def test_formulas() -> None:
    term = (("client_motivation", True), ("client_distress", True), ("own_values", False))
    assert formula(term) == "client_motivation*client_distress*~own_values"
    assert model_formula([(("A", True), ("B", True)), (("C", False),)], "Y") == "A*B + ~C => Y"


@pytest.mark.parametrize(
    ("cases", "conditions", "said"),
    [
        (made("1 1 x2", "0 0 x5"), ["A"], "outcome 'Y': 2 cases with it and 5 without"),
        (made("1 1 x5", "0 0"), ["A"], "5 cases with it and 1 without"),
        (made("1 1 x3", "0 0 x2", "0 ? x4"), ["A"], "4 more cases left out"),
        ([], ["A"], "0 cases with it and 0 without"),
        (made("11 1 x3", "10 0 x3"), ["A", "B"], "condition 'A': it never varies: it is present"),
        (made("01 1 x3", "00 0 x3"), ["A", "B"], "condition 'A': it never varies: it is absent"),
        (made("1 1 x3", "0 0 x3"), [], "no conditions are given"),
        (made("1 1 x3", "0 0 x3"), ["A", "A"], "condition 'A': given twice"),
        (made("1 1 x3", "0 0 x3"), ["A", "Y"], "condition 'Y': the outcome cannot be"),
        (made("1 1 x3", "0 0 x3"), ["A", "Q"], "there is no such code. The codes are A, Y."),
        (made("1? 1 x3", "0? 0 x3"), ["A", "B"], "code 'B': no case tells of this code"),
        (made("1 1 x3", "0 0 x3") * 2, ["A"], "case 'T001': two cases have this name"),
        (made("111111111 1 x3", "000000000 0 x3"), list("ABCDEFGHI"), "9 conditions are more than"),
    ],
)
def test_refusals(cases: list[Case], conditions: list[str], said: str) -> None:
    with pytest.raises(PipelineError) as caught:
        truth_table(cases, "Y", conditions)
    assert said in str(caught.value)


def test_all_faults_at_once() -> None:
    with pytest.raises(PipelineError) as caught:
        truth_table(
            made("11 1 x2", "10 0"), "Y", ["A", "B", "B", "Y", "Q"], frequency=0, consistency=0.5
        )
    said = str(caught.value).splitlines()
    assert len(said) == len(caught.value.faults) == 7
    assert [line.split(":")[0] for line in said] == [
        "condition 'B'",
        "condition 'Y'",
        "frequency",
        "consistency",
        "code 'Q'",
        "outcome 'Y'",
        "condition 'A'",
    ]


@pytest.mark.parametrize(
    ("n_each", "n_conditions", "most"),
    [(6, 3, 0), (6, 4, 3), (7, 4, 0), (10, 5, 4), (11, 5, 0), (15, 6, 5), (16, 6, 0)],
)
def test_many_conditions_for_few_cases_are_warned_of(
    n_each: int, n_conditions: int, most: int
) -> None:
    cases = made(f"{'1' * n_conditions} 1 x{n_each}", f"{'0' * n_conditions} 0 x{n_each}")
    warnings = truth_table(cases, "Y", "ABCDEF"[:n_conditions]).warnings
    assert [f"at most {most})" in one for one in warnings] == ([True] if most else [])


def test_a_value_that_is_neither_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="True, False or None"):
        Case(name="x", interview="x", values={"A": float("nan")})  # type: ignore[dict-item]


def drawn(rows: Iterable[tuple[tuple[bool, ...], int]]) -> list[Case]:
    return [
        Case(
            name=f"T{number // 2:03} story {number % 2}",
            interview=f"T{number // 2:03}",
            values=dict(zip("ABCY", row, strict=True)),
        )
        for number, (row, _) in enumerate(rows)
    ]


CASES = st.lists(
    st.tuples(st.tuples(*[st.booleans()] * 4), st.just(0)), min_size=6, max_size=24
).map(drawn)


@given(CASES, st.randoms(use_true_random=False), st.booleans(), st.sampled_from([1, 2]))
@settings(deadline=None)
def test_the_order_of_the_cases_is_no_matter(
    cases: list[Case], rng: random.Random, present: bool, frequency: int
) -> None:
    try:
        table = truth_table(cases, "Y", "ABC", frequency=frequency)
    except PipelineError:
        assume(False)
    mixed = list(cases)
    rng.shuffle(mixed)
    again = truth_table(mixed, "Y", "ABC", frequency=frequency)
    assert again == table
    assert solve(again, present=present) == solve(table, present=present)
    assert necessity(again) == necessity(table)
    one = leave_one_interview_out(cases, "Y", "ABC", frequency=frequency, present=present)
    assert one == leave_one_interview_out(mixed, "Y", "ABC", frequency=frequency, present=present)


@given(CASES, st.booleans(), st.sampled_from([0.6, 0.8, 1.0]))
@settings(deadline=None)
def test_what_is_said_of_a_model_adds_up(
    cases: list[Case], present: bool, consistency: float
) -> None:
    try:
        table = truth_table(cases, "Y", "ABC", consistency=consistency)
    except PipelineError:
        assume(False)
    solution = solve(table, present=present)
    wanted = {case.name for case in cases if case.values["Y"] is present}
    for model in (*solution.conservative, *solution.parsimonious):
        covered = {name for one in model.terms for name in one.cases}
        against = {name for one in model.terms for name in one.contradicting}
        assert covered | set(model.missed) == wanted and not covered & set(model.missed)
        assert against == set(model.contradicting) and not against & wanted
        assert model.coverage == len(covered) / len(wanted)
        assert model.consistency >= consistency  # each covered row reaches it
        assert sum(one.unique_coverage for one in model.terms) <= model.coverage + 1e-9
        assert all(one.unique_coverage <= one.raw_coverage for one in model.terms)
    assert all(not model.remainders for model in solution.conservative)
    if solution.conservative:
        assert len(solution.parsimonious[0].terms) <= len(solution.conservative[0].terms)
