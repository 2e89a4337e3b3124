"""Charts: every value drawn once, at its place, and nothing read as markup."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import charts
from pipeline.report.charts import Dot
from pipeline.report.words import CodeName

CODES = [CodeName(code="a", label="First"), CodeName(code="b", label="Second")]
GROUPS = {"x": charts.mark(0), "y": charts.mark(1)}


def drawn(found: list[Dot], axis: charts.Axis | None = None) -> Any:
    chart = charts.dots("c", "what", CODES, GROUPS, found, axis or charts.shares())
    return json.loads(chart.figure)


def points(figure: Any) -> list[tuple[float, float]]:
    return [
        (x, y)
        for trace in figure["data"]
        if trace["mode"] == "markers" and trace["marker"]["symbol"] in charts.SYMBOLS
        for x, y in zip(trace["x"], trace["y"], strict=True)
    ]


def test_every_value_is_one_dot_and_no_two_share_a_row() -> None:
    found = [
        Dot(code=code, group=group, value=at / 10, low=0.0, high=0.9)
        for at, (code, group) in enumerate([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")])
    ]
    figure = drawn(found)
    assert sorted(x for x, _ in points(figure)) == [0.0, 0.1, 0.2, 0.3]
    assert len({y for _, y in points(figure)}) == 4
    whiskers = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    assert [trace["x"] for trace in whiskers] == [[0, 0.9, None] * 2] * 2


def test_an_unknown_share_is_a_band_and_no_dot() -> None:
    figure = drawn([Dot(code="a", group="x", value=None, low=0.1, high=0.8, span=(0.2, 0.6))])
    assert points(figure) == []
    assert [0.2, 0.6, None] in [trace["x"] for trace in figure["data"]]


def test_an_interval_beyond_the_edge_ends_in_a_triangle() -> None:
    axis = charts.from_zero([1.0], [90.0])
    figure = drawn([Dot(code="a", group="x", value=1.0, low=0.0, high=90.0)], axis)
    triangles = [
        trace for trace in figure["data"]
        if trace["mode"] == "markers" and trace["marker"]["symbol"] == "triangle-right"
    ]  # fmt: skip
    assert [trace["x"] for trace in triangles] == [[axis.high]]
    assert axis.high < 90


def test_labels_and_hover_are_text() -> None:
    evil = '<a href="x">&amp; <b>'
    chart = charts.dots(
        "c", "what", [CodeName(code="<i>", label=evil)], {"x": charts.mark(0)},
        [Dot(code="<i>", group="x", value=0.5, text=evil)], charts.shares(),
    )  # fmt: skip
    figure = json.loads(chart.figure)
    shown = [
        *figure["layout"]["yaxis"]["ticktext"],
        *(one["text"] for one in figure["layout"]["meta"]),
        *(text for trace in figure["data"] for text in trace.get("text", [])),
    ]
    assert all("<a" not in one and "<b>" not in one and "<i>" not in one for one in shown)
    assert "<" not in chart.figure


def test_twelve_groups_look_different_and_the_thirteenth_comes_again() -> None:
    looks = {(one.name, one.symbol, one.hollow) for one in map(charts.mark, range(12))}
    assert len(looks) == 12
    assert charts.mark(12) == charts.mark(0)


@pytest.mark.parametrize("colour", charts.COLOURS)
def test_colours_are_legible_on_white_and_on_black(colour: str) -> None:
    def light(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    r, g, b = (light(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b
    assert 1.05 / (luminance + 0.05) >= 3
    assert (luminance + 0.05) / 0.058 >= 3


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e9))
def test_ticks_of_rates_lie_on_the_axis(value: float, end: float) -> None:
    axis = charts.from_zero([value], [end])
    assert 3 <= len(axis.ticks) <= 9
    assert axis.ticks[0] == 0
    assert all(axis.low <= one <= axis.high for one in axis.ticks)
    assert axis.low < value < axis.high


def test_rates_that_are_all_nought_have_an_axis() -> None:
    assert math.isfinite(charts.from_zero([0.0], []).high)


def test_curves() -> None:
    chart = charts.curves("c", "what", [1, 2], "round", {"F1": [0.2, None]})
    figure = json.loads(chart.figure)
    assert figure["data"][0]["y"] == [0.2, None]
