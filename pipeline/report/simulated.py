"""A replay of coded data as one HTML page: the table, and learning curves with their bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report import charts, words
from pipeline.report.charts import Chart, Mark
from pipeline.report.html import environment, packaged, shape

BASELINE = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A strategy's row of the table; None where nothing can be said."""

    name: str
    mark: Mark
    f1: str | None
    ap: str | None
    against: str | None
    interval: str | None
    ap_against: str | None
    to_95: str | None
    to_random: str | None
    rare: str | None
    times: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A chart with its name and the strategies on it."""

    name: str
    reading: str
    chart: Chart
    shown: tuple[Line, ...]


def render(document: Mapping[str, Any], name: str, version: str) -> str:
    """The whole page; it loads nothing, and the same document gives the same bytes.

    Parameters
    ----------
    document : as `motif simulate --json` prints it.
    name : what was replayed.
    """
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    lines = [
        _line(name, charts.mark(at), one)
        for at, (name, one) in enumerate(document["strategies"].items())
    ]
    return environment().get_template("simulated.html.j2").render(
        name=name,
        version=version,
        document=document,
        lines=lines,
        overviews=_overviews(document, lines),
        pairs=_pairs(document, lines),
        shape=shape,
        listed=words.listed,
        full_f1=words.coefficient(document["full"]["macro_f1"]),
        full_ap=words.coefficient(document["full"]["macro_ap"]),
        # The texts below are the package's own; a figure's JSON has no < in it.
        style=Markup(packaged("style.css")),  # noqa: S704
        script=Markup(packaged("page.js")),  # noqa: S704
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        figure=lambda chart: Markup(chart.figure.replace("<", "\\u003c")),  # noqa: S704
    )  # fmt: skip


def _line(name: str, look: Mark, one: Mapping[str, Any]) -> Line:
    base = name == BASELINE
    low, high = one["area_vs_random_low"], one["area_vs_random_high"]
    rare = words.known(one["rare_positives"])
    times = words.known(one["rare_vs_random"])
    return Line(
        name=name,
        mark=look,
        f1=words.coefficient(one["macro_f1_end"]),
        ap=words.coefficient(one["macro_ap_end"]),
        against=None if base else _change(one["area_vs_random"]),
        interval=None if low is None else f"{_change(low)} to {_change(high)}",
        ap_against=None if base else _change(one["area_ap_vs_random"]),
        to_95=None if one["labels_to_95"] is None else f"{one['labels_to_95']:,}",
        to_random=None if one["labels_to_random"] is None else f"{one['labels_to_random']:,}",
        rare=None if rare is None else f"{rare:.1f}",
        times=None if times is None else f"{times:.1f}",
    )


def _change(share: float | None) -> str | None:
    number = words.known(share)
    return None if number is None else f"{100 * number:+.1f} %".replace("-", "\u2212")


def _overviews(document: Mapping[str, Any], lines: Sequence[Line]) -> list[Plot]:
    found = []
    for key, what in (("macro_f1", "Macro F1"), ("macro_ap", "Macro average precision")):
        series = {one.name: _mean(document["strategies"][one.name][key]) for one in lines}
        known = [value for values in series.values() for value in values if value is not None]
        if known:
            found.append(
                Plot(
                    name=what,
                    reading="Lines: means over seeds.",
                    shown=tuple(lines),
                    chart=charts.curves(
                        f"all-{key}",
                        f"{what} by number of labels, a line per strategy.",
                        document["strategies"][lines[0].name]["n_labels"],
                        "labels",
                        series,
                        axis=charts.around(known),
                        size=6,
                    ),
                )
            )
    return found


def _pairs(document: Mapping[str, Any], lines: Sequence[Line]) -> list[Plot]:
    """Each strategy beside random, with bands; on one chart seven bands could not be told apart."""
    found = []
    base = next(one for one in lines if one.name == BASELINE)
    for at, one in enumerate(lines):
        pair = (base, one)
        curves = {two.name: document["strategies"][two.name]["macro_f1"] for two in pair}
        bands = {of: ends for of, seeds in curves.items() if (ends := _ends(seeds)) is not None}
        if one is base or not bands:
            continue
        heights = [value for low, high in bands.values() for value in (*low, *high)]
        found.append(
            Plot(
                name=f"{one.name} and {BASELINE}",
                reading="Lines: means over seeds. Bands: from the lowest seed to the highest.",
                shown=pair,
                chart=charts.curves(
                    f"pair-{at}",
                    f"Macro F1 by number of labels: {one.name} and {BASELINE}, with bands.",
                    document["strategies"][one.name]["n_labels"],
                    "labels",
                    {of: _mean(seeds) for of, seeds in curves.items()},
                    bands=bands,
                    marks={two.name: two.mark for two in pair},
                    axis=charts.around(heights),
                    size=6,
                ),
            )
        )
    return found


def _mean(of_seeds: Sequence[Sequence[float | None]]) -> list[float | None]:
    """Point by point over seeds; None where a seed has none."""
    return [
        None if any(one is None for one in point) else sum(point) / len(point)
        for point in zip(*of_seeds, strict=True)
    ]


def _ends(
    of_seeds: Sequence[Sequence[float | None]],
) -> tuple[list[float], list[float]] | None:
    """The lowest and the highest seed at each point; None where a point is not known."""
    points = [[one for one in point if one is not None] for point in zip(*of_seeds, strict=True)]
    if any(len(point) < len(of_seeds) for point in points):
        return None
    return [min(point) for point in points], [max(point) for point in points]
