"""Agreement between coders as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.report import charts, words
from pipeline.report.charts import LIMITS, Chart, Dot
from pipeline.report.numbers import StudyPart
from pipeline.report.words import CodeName, known, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedLine:
    """One code, or all together (no name)."""

    name: CodeName | None
    n: str | None
    n_positive: str | None
    percent: str | None
    positive: str | None
    negative: str | None
    kappa: str | None
    alpha: str | None
    interval: str | None
    ac1: str | None
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The agreement of a study, ready for the page."""

    study: str
    id: str
    why_none: str
    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[AgreedLine, ...] = ()
    sentence: str = ""
    chart: Chart | None = None
    any_bare: bool = False  # some alpha has no interval


def agreed(study: StudyPart, at: int) -> Agreed:
    """The at-th study of a report, from 1."""
    if study.agreement is None:
        return Agreed(
            study=study.name,
            id=f"agreement-{at}",
            why_none=study.no_agreement or "Agreement was not measured.",
        )
    document = study.agreement
    name_of = {one.code: CodeName(code=one.code, label=one.label) for one in study.codes}
    codes: Mapping[str, Mapping[str, Any]] = document.get("codes") or {}
    order = [one for one in name_of if one in codes] + [one for one in codes if one not in name_of]
    named = {code: name_of.get(code, CodeName(code=code)) for code in order}
    lines = [_line(named[code], codes[code]) for code in order]
    if document.get("overall"):
        lines.append(_line(None, document["overall"]))
    found = [
        _dot(code, codes[code]) for code in order if known(codes[code].get("alpha")) is not None
    ]
    return Agreed(
        study=study.name,
        id=f"agreement-{at}",
        why_none="" if lines else "No code was coded by two people.",
        facts=_facts(document),
        lines=tuple(lines),
        sentence=_sentence(found, len(order)),
        chart=_chart(found, named, at) if found else None,
        any_bare=any(one.low is None for one in found),
    )


def _line(name: CodeName | None, one: Mapping[str, Any]) -> AgreedLine:
    n, positive = whole(one.get("n")), one.get("n_positive")
    return AgreedLine(
        name=name,
        n=None if n is None else f"{n:,}",
        n_positive="; ".join(words.said(positive)) or None,
        percent=words.percent(one.get("percent")),
        positive=words.coefficient(one.get("positive_agreement")),
        negative=words.coefficient(one.get("negative_agreement")),
        kappa=words.coefficient(one.get("kappa")),
        alpha=words.coefficient(one.get("alpha")),
        interval=words.coefficients_between(one.get("alpha_low"), one.get("alpha_high")),
        ac1=words.coefficient(one.get("ac1")),
        why_not="; ".join(words.said(one.get("not_computable"))),
    )


def _dot(code: str, one: Mapping[str, Any]) -> Dot:
    interval = words.coefficients_between(one.get("alpha_low"), one.get("alpha_high"))
    low, high = known(one.get("alpha_low")), known(one.get("alpha_high"))
    both = low is not None and high is not None
    return Dot(
        code=code, group="" if both else "bare", value=known(one.get("alpha")),
        low=low if both else None, high=high if both else None,
        text=f"alpha {words.coefficient(one.get('alpha'))}" + f" ({interval})" * bool(interval),
    )  # fmt: skip


def _chart(found: list[Dot], named: Mapping[str, CodeName], at: int) -> Chart:
    """Dots in one row per code; hollow where there is no interval."""
    lowest = min(one.low if one.low is not None else one.value or 0.0 for one in found)
    return charts.dots(
        f"alpha-{at}",
        "Alpha per code in its 95 % interval, with the limits .667 and .80. The table has the same "
        "numbers.",
        [named[one.code] for one in found],
        {"": charts.mark(0), "bare": charts.mark(len(charts.COLOURS))},
        found,
        charts.coefficients(lowest),
        rows=1,
    )  # fmt: skip


def _sentence(found: list[Dot], n_codes: int) -> str:
    """How many codes' lower limits reach the limits; no more is claimed."""
    lows = [one.low for one in found if one.low is not None]
    if not found:
        return "Alpha could be computed for none of the codes."
    if not lows:
        return f"Alpha could be computed for {len(found)} of {n_codes} codes, an interval for none."
    customary, tentative = (sum(low >= limit for low in lows) for limit in reversed(LIMITS))
    return (
        f"Of {words.counted(n_codes, 'code')}, {len(lows)} {'has' if len(lows) == 1 else 'have'} "
        f"an alpha with an interval. Its lower limit reaches .667 for {tentative} of them and .80 "
        f"for {customary}."
    )


def _facts(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    said = {
        "Coders": words.listed(words.said(document.get("coders"))),
        "Rows": document.get("rows"),
        "Unit": document.get("unit"),
        "Units": document.get("n_units"),
    }
    return tuple(
        (name, "; ".join(texts)) for name, one in said.items() if (texts := words.said(one))
    )
