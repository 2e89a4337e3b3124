"""Hypothesised expressions: how they are read, and which the cases support."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.compare.configurations import Case, readings
from pipeline.errors import PipelineError
from pipeline.expressions import parse

NAMES = ("a", "b", "c")


def truths(text: str) -> list[bool | None]:
    """Over all cases of a, b, c, all present first."""
    expression = parse(text, NAMES)
    return [
        expression.truth(dict(zip(NAMES, values, strict=True)))
        for values in itertools.product((True, False), repeat=3)
    ]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a", "a"),
        (" a *b ", "a and b"),
        ("a+b*c", "a or (b and c)"),
        ("(a+b)*c", "(a or b) and c"),
        ("~a*b", "(not a) and b"),
        ("~(a+b)", "not (a or b)"),
        ("~~a", "a"),
        ("a*~(b*~c)+~a*b", "(a and not (b and not c)) or (not a and b)"),
        ("((a))", "a"),
    ],
)
def test_expressions(text: str, same: str) -> None:
    expected = [
        eval(same, dict(zip(NAMES, values, strict=True)))
        for values in itertools.product((True, False), repeat=3)
    ]
    assert truths(text) == expected


def test_names_are_listed_once_in_order_and_may_hold_other_signs() -> None:
    assert parse("b*(a+~b)", NAMES).codes == ("b", "a")
    assert parse("own-values.2*x", ("own-values.2", "x")).codes == ("own-values.2", "x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the end (position 1): a name is missing"),
        ("a*(b+c", "the end (position 7): a ) is missing"),
        ("a*b)", "')' at position 4: no ( belongs to it"),
        ("a b", "'b' at position 3: a + or * is missing"),
        ("a(b)", "'(' at position 2: a + or * is missing"),
        ("a*+b", "'+' at position 3: a name is missing"),
        ("a*", "the end (position 3): a name is missing"),
        ("~", "the end (position 2): a name is missing"),
        ("()", "')' at position 2: a name is missing"),
        ("a*d", "unknown name 'd' at position 3. The names are a, b, c."),
    ],
)
def test_what_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(PipelineError) as caught:
        parse(text, NAMES, where="reading 'narrow'")
    assert str(caught.value).startswith("reading 'narrow': ") and said in str(caught.value)
    assert "a, b, c" in str(caught.value)


TREES = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
    ),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in NAMES})


def written(tree: object, sign: dict[str, str]) -> str:
    match tree:
        case str():
            return tree
        case ("not", inner):
            return f"{sign['not']}({written(inner, sign)})"
        case (how, one, other):
            return f"({written(one, sign)}){sign[how]}({written(other, sign)})"
    raise AssertionError(tree)


OURS = {"not": "~", "and": "*", "or": "+"}
PYTHON = {"not": " not ", "and": " and ", "or": " or "}


@given(TREES, VALUES)
def test_an_expression_means_what_python_means(
    tree: object, values: dict[str, bool | None]
) -> None:
    found = parse(written(tree, OURS), NAMES).truth(values)
    gaps = [name for name, value in values.items() if value is None]
    possible = {
        bool(eval(written(tree, PYTHON), {**values, **dict(zip(gaps, filled, strict=True))}))
        for filled in itertools.product((True, False), repeat=len(gaps))
    }
    if found is not None:  # decided, whatever the gaps hold
        assert possible == {found}
    else:
        assert gaps


@given(st.text(alphabet="ab*+~() ", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text, NAMES)
    except PipelineError as error:
        assert "position" in str(error)


# One client's story: motivation, distress, unfair policy, impractical policy, rule broken.
TWO = {
    "wide": "motivation*(distress+unfair+impractical)",
    "narrow": "motivation*distress*(unfair+impractical)",
}
CODES = ("motivation", "distress", "unfair", "impractical", "broken")


def stories(*rows: str) -> list[Case]:
    return [
        Case(
            name=f"T{number:03} story 1",
            interview=f"T{number:03}",
            values={
                code: None if sign == "?" else sign == "1"
                for code, sign in zip(CODES, row, strict=True)
            },
        )
        for number, row in enumerate(rows, 1)
    ]


NEGATIVE = ("10000", "01100", "00010", "00000")


def test_the_wide_reading_is_supported_where_single_reasons_suffice() -> None:
    found = readings(stories("11001", "10101", "11111", "10011", *NEGATIVE), "broken", TWO)
    wide, narrow = found.readings
    assert (wide.consistency, wide.coverage, wide.n_cases) == (1.0, 1.0, 4)
    assert (narrow.consistency, narrow.coverage, narrow.n_cases) == (1.0, 0.25, 1)
    assert narrow.missed == ("T001 story 1", "T002 story 1", "T004 story 1")
    assert found.supported == "wide"
    assert found.differ == ("T001 story 1", "T002 story 1", "T004 story 1")
    assert found.sentence == (
        "The data support wide: its coverage (1.00) is the highest among the 2 readings with a"
        " consistency of 0.8 or more."
    )
    assert narrow.sentence == (
        "narrow is true of 1 case, 1 of them with broken (consistency 1.00), and covers 1 of the"
        " 4 cases with broken (coverage 0.25)."
    )


def test_the_narrow_reading_is_supported_where_single_reasons_do_not_suffice() -> None:
    cases = stories("11101", "11011", "11111", "10100", "11000", *NEGATIVE)
    found = readings(cases, "broken", TWO)
    wide, narrow = found.readings
    assert wide.consistency == 0.6 and wide.contradicting == ("T004 story 1", "T005 story 1")
    assert narrow.consistency == narrow.coverage == 1.0
    assert found.supported == "narrow"


def test_no_reading_is_named_where_the_cases_cannot_tell_them_apart() -> None:
    found = readings(stories("11101", "11011", "11111", *NEGATIVE), "broken", TWO)
    assert found.supported is None and found.differ == ()
    assert found.sentence == (
        "No reading is named: wide and narrow have the same coverage (1.00); they are true of the"
        " same cases, so these data cannot tell them apart."
    )


def test_no_reading_is_named_where_different_cases_tie() -> None:
    cases = stories("11001", "10101", "10011", "00001", *NEGATIVE)
    found = readings(cases, "broken", {"one": "distress*~unfair", "two": "motivation*unfair"})
    assert found.supported is None and "are true of different cases" in found.sentence


def test_no_reading_is_supported_below_the_cut_off_or_without_cases() -> None:
    cases = stories("10001", "10001", "10001", "10000", "10000", "01000")
    found = readings(cases, "broken", {"all": "motivation", "none": "unfair"})
    assert [one.consistency for one in found.readings] == [0.6, None]
    assert found.readings[1].sentence == "none is true of no case, so nothing can be said of it."
    assert found.supported is None and "none has a consistency of 0.8 or more" in found.sentence
    assert readings(cases, "broken", {"all": "motivation"}, consistency=0.6).supported == "all"


def test_a_case_is_left_out_only_if_a_reading_cannot_be_decided() -> None:
    cases = stories("11111", "11111", "11111", "0???0", "00000", "00000", "1?000", "1111?", "111?1")
    found = readings(cases, "broken", TWO)
    assert [(one.case, one.codes) for one in found.not_told] == [
        ("T007 story 1", ("distress",)),
        ("T008 story 1", ("broken",)),
    ]
    assert found.n_cases == found.n_interviews == 7


@pytest.mark.parametrize(
    ("expressions", "said"),
    [
        ({}, ["readings: no reading is given"]),
        ({"odd": "broken*motivation"}, ["reading 'odd': it holds the outcome 'broken' itself"]),
        ({"x": "motivation*(", "y": "other"}, ["reading 'x'", "reading 'y': unknown name 'other'"]),
    ],
)
def test_readings_that_are_refused(expressions: dict[str, str], said: list[str]) -> None:
    with pytest.raises(PipelineError) as caught:
        readings(stories("11111", *NEGATIVE), "broken", expressions)
    assert all(one in str(caught.value) for one in said)
    assert len(caught.value.faults) == len(said)


def test_too_few_cases_for_a_reading() -> None:
    with pytest.raises(PipelineError, match="2 cases with it and 4 without"):
        readings(stories("11111", "11111", *NEGATIVE), "broken", TWO)
    with pytest.raises(PipelineError, match="there is no such code"):
        readings(stories("11111", "11111", *NEGATIVE), "mended", TWO)
