"""Charts as plotly figures: data in, JSON out. The page's script draws and colours them.

Colours here are the middle way, legible on white and on black. The script replaces them by those of
the style sheet, which are named in `meta` (g1 to g12, ink), for light, dark and paper.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.words import CodeName

# Okabe and Ito's hues, darkened until each is 3:1 against white; a second six are hollow.
COLOURS = ("#1f7ab5", "#d0600c", "#0f8f68", "#b9579a", "#b07a00", "#3b93c9")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "hexagon")
MARKS = 2 * len(COLOURS)
LIMITS = (0.667, 0.80)  # of alpha; Krippendorff (2019), Content Analysis, 4th ed.

_GREY = "#7b7f83"
_GRID = "#8a8f944d"
_LABEL = 20  # pixels above a code's rows: its name stands there on narrow screens
_FOOT = 4
_LEFT, _RIGHT, _TOP, _BOTTOM = 214, 26, 8, 34
_WRAP = 30  # letters of a label in a line
_NARROW = 46  # letters that fit above the rows on a telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart to be drawn where `id` stands."""

    id: str
    alternative: str  # what it shows, in words
    height: int  # pixels
    figure: str  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How a group is drawn."""

    slot: int  # 1 to 12
    symbol: str
    hollow: bool

    @property
    def name(self) -> str:
        """The style sheet's colour; hollow ones share the colour of a full one."""
        return f"g{(self.slot - 1) % len(COLOURS) + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A value in its interval. Without a value, the range it lies in."""

    code: str
    group: str
    value: float | None
    low: float | None = None
    high: float | None = None
    span: tuple[float, float] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The horizontal axis: one for all charts that are to be compared by eye."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    lines: tuple[tuple[float, str], ...] = ()  # values to be held against, and how they are named


_UNIT = Axis(
    low=-0.03, high=1.03, ticks=(0.0, 0.25, 0.5, 0.75, 1.0), labels=("0", ".25", ".50", ".75", "1")
)


def mark(at: int) -> Mark:
    """The mark of the at-th group, from 0; from the thirteenth on they come again."""
    at %= MARKS
    return Mark(slot=at + 1, symbol=SYMBOLS[at % len(SYMBOLS)], hollow=at >= len(SYMBOLS))


def dots(
    chart_id: str,
    alternative: str,
    codes: Sequence[CodeName],
    groups: Mapping[str, Mark],
    found: Sequence[Dot],
    axis: Axis,
    *,
    rows: int | None = None,
) -> Chart:
    """Dots and whiskers: a band per code, in it a row per group, or so many rows for all."""
    rows = rows or len(groups)
    row = 17 if rows <= 2 else 14 if rows <= 6 else 12
    band = _LABEL + row * rows + (_FOOT if rows > 2 else 11)  # three lines of a label must fit
    top = {one.code: at * band for at, one in enumerate(codes)}
    step = {name: at % rows for at, name in enumerate(groups)}
    y = {
        (code, name): top[code] + _LABEL + (step[name] + 0.5) * row for code in top for name in step
    }
    traces: list[dict[str, Any]] = []
    for name, how in groups.items():
        of_group = [one for one in found if one.group == name and one.code in top]
        traces += _whiskers(of_group, y, how, axis)
    head = 22 if axis.lines else _TOP
    layout = _layout(head + len(codes) * band + _BOTTOM, head)
    layout["xaxis"] |= {
        "range": [axis.low, axis.high],
        "tickvals": list(axis.ticks),
        "ticktext": list(axis.labels),
    }
    layout["yaxis"] |= {
        "range": [len(codes) * band, 0],
        "tickvals": [top[one.code] + _LABEL + row * rows / 2 for one in codes],
        "ticktext": [_wrapped(one) for one in codes],
    }
    layout["meta"] = [  # annotations in place of the axis' labels, for narrow screens
        {
            "xref": "paper", "x": 0, "xanchor": "left", "y": top[one.code] + _LABEL / 2 - 1,
            "text": _on_one_line(one), "showarrow": False, "font": {"size": 13},
        }
        for one in codes
    ]  # fmt: skip
    layout["shapes"] = [_between_codes(at * band) for at in range(1, len(codes))]
    layout["shapes"] += [_limit(value) for value, _ in axis.lines]
    layout["annotations"] = [_limit_name(value, name) for value, name in axis.lines]
    return _chart(chart_id, alternative, traces, layout)


def curves(
    chart_id: str,
    alternative: str,
    x: Sequence[float],
    what: str,
    series: Mapping[str, Sequence[float | None]],
    *,
    bands: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
    marks: Mapping[str, Mark] | None = None,
    axis: Axis | None = None,
    size: int = 9,
) -> Chart:
    """A line per series, between 0 and 1.

    Parameters
    ----------
    bands : by series, its lower and upper end at each x.
    marks : by series, where it is to look as on another chart.
    axis : of what is drawn upwards, where 0 to 1 is too wide to see anything in.
    size : of the marks, in pixels.
    """
    given = marks or {}
    looks = {name: given.get(name, mark(at)) for at, name in enumerate(series)}
    traces = [_band(x, low, high, looks[name]) for name, (low, high) in (bands or {}).items()]
    for name, values in series.items():
        how = looks[name]
        traces.append(
            {
                "type": "scatter", "mode": "lines+markers", "name": html.escape(name),
                "x": list(x), "y": list(values), "meta": how.name, "connectgaps": False,
                "line": {"width": 2, "color": _colour(how)},
                "marker": _marker(how, size),
                "hovertemplate": f"{html.escape(name)}, {what} %{{x}}: %{{y:.2f}}<extra></extra>",
            }
        )  # fmt: skip
    layout = _layout(260, _TOP)
    layout["margin"] |= {"l": 44, "b": 52}
    steps = [b - a for a, b in zip(x, x[1:], strict=False)]
    spread = 0.4 * min(steps) if steps else 0.5  # so that no mark is cut in half
    layout["xaxis"] |= {
        "range": [min(x) - spread, max(x) + spread],
        "tickvals": list(x),
        "ticktext": [f"{one:g}" for one in x],
        "showgrid": False,
        "title": {"text": what, "standoff": 6, "font": {"size": 13}},
    }
    upwards = axis or _UNIT
    layout["yaxis"] |= {
        "range": [upwards.low, upwards.high],
        "tickvals": list(upwards.ticks),
        "ticktext": list(upwards.labels),
        "showgrid": True,
    }
    return _chart(chart_id, alternative, traces, layout)


def _band(
    x: Sequence[float], low: Sequence[float], high: Sequence[float], how: Mark
) -> dict[str, Any]:
    """From the lower ends there and along the upper ones back; light enough for white and black."""
    return {
        "type": "scatter", "mode": "lines", "meta": how.name, "hoverinfo": "skip", "fill": "toself",
        "x": [*x, *reversed(x)], "y": [*low, *reversed(high)], "line": {"width": 0},
        "fillcolor": f"{_colour(how)}33",
    }  # fmt: skip


def around(values: Sequence[float]) -> Axis:
    """Scores between 0 and 1, as far apart as they are."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = max(0.02, 0.06 * (high - low))
    ends = (max(0.0, low - room), min(1.0, high + room))
    ticks = tuple(one for one in _round_steps(0.0, 1.0, ends[1] - ends[0]) if one >= ends[0])
    ticks = tuple(one for one in ticks if one <= ends[1])
    labels = tuple("0" if not one else f"{one:.2f}".replace("0.", ".") for one in ticks)
    return Axis(low=ends[0], high=ends[1], ticks=ticks, labels=labels)


def shares() -> Axis:
    """From none to all."""
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    return Axis(
        low=-0.015, high=1.015, ticks=ticks, labels=tuple(f"{100 * one:.0f} %" for one in ticks)
    )


def from_zero(values: Sequence[float], ends: Sequence[float]) -> Axis:
    """Rates. An interval that is far longer than the rates are high is cut off at the edge."""
    largest = max(values, default=0.0) or 1.0
    edge = min(max([largest, *ends]), 2.5 * largest)
    ticks = _round_steps(0.0, edge)
    return Axis(
        low=-0.015 * edge, high=1.02 * edge, ticks=ticks, labels=tuple(f"{one:g}" for one in ticks)
    )


def coefficients(lowest: float) -> Axis:
    """Alpha, up to 1, with the limits that a lower limit is set against."""
    low = max(-1.0, min(0.0, lowest))
    ticks = tuple(one / 4 for one in range(-4, 5) if one / 4 >= low)
    labels = tuple(f"{one:.2f}".replace("0.", ".").replace("-", "\u2212") for one in ticks)
    named = tuple("0" if one == 0 else name for one, name in zip(ticks, labels, strict=True))
    return Axis(
        low=low - 0.02, high=1.03, ticks=ticks, labels=named,
        lines=tuple((one, f"{one:g}"[1:] if one != LIMITS[1] else ".80") for one in LIMITS),
    )  # fmt: skip


def _whiskers(
    found: Sequence[Dot], y: Mapping[tuple[str, str], float], how: Mark, axis: Axis
) -> list[dict[str, Any]]:
    """The traces of a group: intervals, ranges of the unknown, ends beyond the edge, values."""
    ends = [
        (one, one.low, one.high) for one in found if one.low is not None and one.high is not None
    ]
    cut = [one for one, _, high in ends if high > axis.high]
    spans = [(one, *one.span) for one in found if one.span]
    traces = [_lines(ends, y, how, 1.6, 1.0, axis.high), _lines(spans, y, how, 7, 0.38, axis.high)]
    if cut:
        traces.append(
            _points(
                [(one, axis.high) for one in cut], y, how,
                {"symbol": "triangle-right", "size": 8, "color": _colour(how)},
            )
        )  # fmt: skip
    ends_of_span = [(one, at) for one, a, b in spans for at in (a, b)]
    tick = {"symbol": "line-ns", "size": 9, "color": _colour(how)}
    tick["line"] = {"width": 2, "color": _colour(how)}
    traces.append(_points(ends_of_span, y, how, tick))
    values = [(one, one.value) for one in found if one.value is not None]
    traces.append(_points(values, y, how, _marker(how, 9)))
    return [one for one in traces if one["x"]]


def _lines(
    pieces: Sequence[tuple[Dot, float, float]],
    y: Mapping[tuple[str, str], float],
    how: Mark,
    width: float,
    opacity: float,
    edge: float,
) -> dict[str, Any]:
    across: list[float | None] = []
    down: list[float | None] = []
    for one, low, high in pieces:
        across += [low, min(high, edge), None]
        down += [y[one.code, one.group]] * 2 + [None]
    return {
        "type": "scatter", "mode": "lines", "x": across, "y": down, "meta": how.name,
        "line": {"width": width, "color": _colour(how)}, "opacity": opacity, "hoverinfo": "skip",
    }  # fmt: skip


def _points(
    values: Sequence[tuple[Dot, float]],
    y: Mapping[tuple[str, str], float],
    how: Mark,
    marker: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "meta": how.name,
        "x": [at for _, at in values], "y": [y[one.code, one.group] for one, _ in values],
        "text": [html.escape(one.text) for one, _ in values], "marker": dict(marker),
        "hovertemplate": "%{text}<extra></extra>", "cliponaxis": False,
    }  # fmt: skip


def _marker(how: Mark, size: int) -> dict[str, Any]:
    """Hollow ones are filled with the page's colour, so that whiskers end at their edge."""
    larger = 2 * how.symbol.startswith("triangle")  # they look smaller than they are
    return {
        "symbol": how.symbol, "size": size + larger,
        "line": {"width": 1.8, "color": _colour(how)},
        "color": "#ffffff" if how.hollow else _colour(how),
    }  # fmt: skip


def _colour(how: Mark) -> str:
    return COLOURS[(how.slot - 1) % len(COLOURS)]


def _layout(height: int, top: int) -> dict[str, Any]:
    axis = {
        "fixedrange": True, "zeroline": False, "gridcolor": _GRID, "linecolor": _GRID,
        "tickfont": {"size": 13}, "automargin": False, "ticks": "", "showline": False,
    }  # fmt: skip
    return {
        "template": {}, "height": height, "autosize": True, "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": _GREY, "size": 13}, "dragmode": False, "hovermode": "closest",
        "hoverlabel": {"align": "left"},
        "margin": {"l": _LEFT, "r": _RIGHT, "t": top, "b": _BOTTOM},
        "xaxis": axis | {"showgrid": True}, "yaxis": axis | {"showgrid": False},
    }  # fmt: skip


def _between_codes(y: float) -> dict[str, Any]:
    return {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "layer": "below",
        "line": {"width": 1, "color": _GRID},
    }  # fmt: skip


def _limit(x: float) -> dict[str, Any]:
    return {
        "type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": x, "x1": x, "layer": "below",
        "name": "limit", "line": {"width": 1.5, "color": _GREY, "dash": "4px,3px"},
    }  # fmt: skip


def _limit_name(x: float, name: str) -> dict[str, Any]:
    return {
        "x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "text": name, "showarrow": False,
        "font": {"size": 12},
    }  # fmt: skip


def _wrapped(name: CodeName) -> str:
    lines = textwrap.wrap(name.label or name.code, _WRAP, max_lines=2, placeholder=" \u2026")
    shown = "<br>".join(html.escape(line, quote=False) for line in lines)
    return shown + (f"<br>{_small(name.code, _WRAP + 3)}" if name.label else "")


def _on_one_line(name: CodeName) -> str:
    label = textwrap.shorten(name.label or name.code, _NARROW, placeholder=" \u2026")
    room = _NARROW - len(label)
    shown = html.escape(label, quote=False)
    return f"{shown}  {_small(name.code, room)}" if name.label and room > len(name.code) else shown


def _small(code: str, room: int) -> str:
    cut = code if len(code) <= room else f"{code[: room - 1]}\u2026"
    return f'<span style="font-size:11px">{html.escape(cut, quote=False)}</span>'


def _round_steps(low: float, high: float, shown: float | None = None) -> tuple[float, ...]:
    """Values apart by 1, 2 or 5 times a power of ten: four to eight of them in what is shown."""
    import math

    raw = (high - low if shown is None else shown) / 6
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= raw)
    return tuple(round(low + at * step, 9) for at in range(int((high - low) / step + 1e-9) + 1))


def _chart(
    chart_id: str, alternative: str, traces: list[dict[str, Any]], layout: dict[str, Any]
) -> Chart:
    import plotly.graph_objects as go
    from plotly.io import to_json

    figure = go.Figure({"data": traces, "layout": layout})  # plotly checks every key and value
    figure.layout.template = {}
    return Chart(
        id=chart_id,
        alternative=alternative,
        height=int(layout["height"]),
        figure=to_json(figure, validate=False),
    )
