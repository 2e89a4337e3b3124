"""Numbers as they are written."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import words

Write = Callable[[object], str | None]
NOT_NUMBERS = (None, math.nan, math.inf, True, "0.5")
WRITERS = (
    words.percent, words.points, words.rate, words.rate_apart, words.p_value, words.coefficient,
)  # fmt: skip


@pytest.mark.parametrize(
    ("write", "value", "expected"),
    [
        (words.percent, 0.25, "25\u202f%"),
        (words.percent, 1, "100\u202f%"),
        (words.points, 0.333, "+33"),
        (words.points, -0.05, "\u22125"),
        (words.points, -0.001, "0"),
        (words.rate, 1.236, "1.24"),
        (words.rate, 12.36, "12.4"),
        (words.rate_apart, -0.5, "\u22120.50"),
        (words.rate_apart, 0.0, "0.00"),
        (words.p_value, 0.0294, ".029"),
        (words.p_value, 0.0004, "<\u202f.001"),
        (words.p_value, 1.0, "1"),
        (words.p_value, 0.9996, "1"),
        (words.coefficient, 0.741, ".74"),
        (words.coefficient, -0.12, "\u2212.12"),
        (words.coefficient, 1.0, "1.00"),
        (words.coefficient, 0.0, ".00"),
        (words.coefficient, -0.001, ".00"),
    ],
)
def test_number(write: Write, value: object, expected: str) -> None:
    assert write(value) == expected


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("value", NOT_NUMBERS)
def test_what_is_no_number_is_not_written(write: Write, value: object) -> None:
    assert write(value) is None


@given(st.floats(-1, 1))
def test_no_number_is_written_as_minus_nought(value: float) -> None:
    for write in (words.points, words.rate_apart, words.coefficient):
        said = write(value)
        assert said is not None
        assert not (said.startswith("\u2212") and not said.strip("\u22120."))


@pytest.mark.parametrize(
    ("counts", "expected", "short"),
    [((3, 0, 12), "3 of 12", "3/12"), ((2, 5, 12), "2 to 7 of 12", "2\u20137/12")],
)
def test_heard(counts: tuple[int, int, int], expected: str, short: str) -> None:
    assert (words.heard(*counts), words.heard_short(*counts)) == (expected, short)


def test_an_interval_with_one_end_is_none() -> None:
    assert words.percents(0.1, None) is None
    assert words.coefficients_between(math.nan, 0.4) is None
    assert words.coefficients_between(-0.0512, 0.6666) == "\u2212.051 to .667"
    assert words.percents(0.09, 0.53) == "9 to 53\u202f%"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("as it is", ("as it is",)),
        ({"ana": 5, "ben": 7}, ("ana: 5", "ben: 7")),
        (["a", {"b": "c"}, None], ("a", "b: c")),
        (310, ("310",)),
        (None, ()),
        (math.nan, ()),
    ],
)
def test_said(value: object, expected: tuple[str, ...]) -> None:
    assert words.said(value) == expected


def test_lists_and_plurals() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert [words.plural(one) for one in ("team", "city", "survey", "boss")] == [
        "teams", "cities", "surveys", "boss",
    ]  # fmt: skip
    assert words.counted(1, "test") == "1 test"
    assert words.counted(1200, "test") == "1,200 tests"
