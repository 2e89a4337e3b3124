"""A report as one HTML page.

Nothing is loaded, nothing leads out, the same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from pipeline.report import charts, words
from pipeline.report.agreed import agreed
from pipeline.report.charts import COLOURS, Chart, Mark
from pipeline.report.compared import DERIVED, Compared, compared, titled
from pipeline.report.numbers import CodeLine, Quotation, Report, StudyPart

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """A code with its quotations."""

    line: CodeLine
    counts: str
    width: float  # of its bar, 0 to 1: how often, beside the commonest code of the study
    none: str  # why no quotation stands there, "" where one does
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedFamily:
    """Codes that stand together, with their quotations."""

    name: str
    about: str
    entries: tuple[CodeEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A study's codes."""

    id: str
    name: str
    title: str
    families: tuple[QuotedFamily, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A study's rounds."""

    id: str
    study: str
    sentence: str
    rows: tuple[tuple[str, str, str | None, str | None], ...] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A line of the contents."""

    id: str
    text: str
    inner: tuple[Heading, ...] = ()


def render(report: Report) -> str:
    """The whole document. It can be opened, printed and kept without Motif or a network."""
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    comparisons = [
        compared(part, report.studies, at) for at, part in enumerate(report.comparisons, start=1)
    ]
    quoted = [_quoted(study, at) for at, study in enumerate(report.studies, start=1)]
    agreements = [agreed(study, at) for at, study in enumerate(report.studies, start=1)]
    learned = [_learned(study, at) for at, study in enumerate(report.studies, start=1)]
    any_chart = (
        any(one.strata for one in comparisons)
        or any(one.chart for one in agreements)
        or any(one.chart for one in learned)
    )
    return environment().get_template("page.html.j2").render(
        report=report,
        several=len(report.studies) > 1,
        contents=_contents(comparisons, quoted),
        comparisons=comparisons,
        quoted=quoted,
        agreements=agreements,
        learned=learned,
        plural=words.plural,
        titled=titled,
        listed=words.listed,
        shape=shape,
        mark=charts.mark,
        # The four texts below are the package's own; a figure's JSON has no < in it.
        style=Markup(packaged("style.css")),  # noqa: S704
        script=Markup(packaged("page.js")) if any_chart else "",  # noqa: S704
        plotly=Markup(get_plotlyjs()) if any_chart else "",  # noqa: S704
        figure=lambda chart: Markup(chart.figure.replace("<", "\\u003c")),  # noqa: S704
    )  # fmt: skip


def environment() -> Environment:
    """Templates of this package; what a person or a study has said is escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(packaged),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def packaged(name: str) -> str:
    """The text of a file of this package."""
    return resources.files("pipeline.report").joinpath(name).read_text("utf-8")


def _contents(comparisons: Sequence[Compared], quoted: Sequence[Quoted]) -> tuple[Heading, ...]:
    by = tuple(Heading(id=one.id, text=f"by {one.by}") for one in comparisons)
    heats = tuple(
        Heading(id=f"heat-{one.id}", text=f"by {one.by}") for one in comparisons if one.strata
    )
    books = tuple(Heading(id=one.id, text=one.name) for one in quoted)
    return (
        Heading(id="glance", text="At a glance"),
        Heading(id="how-often", text="How often, by group", inner=by if len(by) > 1 else ()),
        Heading(id="heat", text="Codes and groups", inner=heats if len(heats) > 1 else ()),
        Heading(id="quotations", text="Quotations", inner=books if len(books) > 1 else ()),
        Heading(id="agreement", text="Agreement"),
        Heading(id="learning", text="Learning"),
        Heading(id="how", text="How it was done"),
    )


def _quoted(study: StudyPart, at: int) -> Quoted:
    commonest = max((one.n_segments for one in study.codes), default=0) or 1
    found: dict[str, list[CodeLine]] = {name: [] for name in study.families}
    for line in study.codes:
        found.setdefault(DERIVED if line.derived else line.family, []).append(line)
    return Quoted(
        id=f"quotations-{at}",
        name=study.name,
        title=study.title,
        families=tuple(
            QuotedFamily(
                name=titled(name),
                about=study.families.get(name, ""),
                entries=tuple(_entry(line, commonest) for line in lines),
            )
            for name, lines in found.items()
            if lines
        ),
    )


def _entry(line: CodeLine, commonest: int) -> CodeEntry:
    interviews = words.counted(line.n_interviews, "interview")
    if line.derived:
        counts = f"in {interviews}"
        none = "Derived of several codes in one interview; it has no segments of its own."
    elif not line.n_segments:
        counts, none = "no segment", "No segment was confirmed."
    else:
        counts = f"{words.counted(line.n_segments, 'segment')} in {interviews}"
        none = "No quotation was chosen."
    return CodeEntry(
        line=line,
        counts=counts,
        width=0.0 if line.derived else line.n_segments / commonest,
        none="" if line.quotations else none,
        quotations=line.quotations,
    )


def _learned(study: StudyPart, at: int) -> Learned:
    rounds = sorted(study.learning, key=lambda one: one.number)
    rows = tuple(
        (
            str(one.number), f"{one.n_decided:,}", words.coefficient(one.macro_ap),
            words.coefficient(one.macro_f1),
        )
        for one in rounds
    )  # fmt: skip
    scored = [one for one in rounds if words.known(one.macro_ap) or words.known(one.macro_f1)]
    if not rounds:
        sentence = "No model has been trained."
    elif len(rounds) == 1:
        sentence = "One round only: there is no curve yet."
    elif len(scored) < 2:
        sentence = "Fewer than two rounds have scores: there is no curve yet."
    else:
        sentence = ""
    return Learned(
        id=f"learning-{at}",
        study=study.name,
        sentence=sentence,
        rows=rows,
        chart=None
        if sentence
        else charts.curves(
            f"rounds-{at}",
            "Macro average precision and macro F1 over rounds. The table has the same numbers.",
            [one.number for one in rounds],
            "round",
            {
                "Average precision (macro)": [words.known(one.macro_ap) for one in rounds],
                "F1 (macro)": [words.known(one.macro_f1) for one in rounds],
            },
        ),
    )


_PATHS = {
    "circle": "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z",
    "square": "M2 2h8v8h-8z",
    "diamond": "M6 .6 11.4 6 6 11.4 .6 6z",
    "triangle-up": "M6 1 11.3 10.3H.7z",
    "triangle-down": "M6 11 11.3 1.7H.7z",
    "hexagon": "M6 .9 10.4 3.4v5.2L6 11.1 1.6 8.6V3.4z",
}


def shape(mark: Mark) -> str:
    """The outline of a group's mark in a square of 12, for the legend."""
    assert set(_PATHS) == set(charts.SYMBOLS) and len(COLOURS) == len(charts.SYMBOLS)
    return _PATHS[mark.symbol]
