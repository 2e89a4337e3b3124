"""A comparison as the page shows it: sentences, charts, tables, refusals.

Nothing is computed here but where a number stands and how it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report import charts, words
from pipeline.report.charts import Chart, Dot, Mark
from pipeline.report.numbers import ComparisonPart, StudyPart
from pipeline.report.words import CodeName, known, whole

DERIVED = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Codes that stand together, and what they are about."""

    name: str
    about: str
    codes: tuple[CodeName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """A group, how it is drawn, and who is in it."""

    name: str  # its key
    shown: str  # wave 1, where its name is but a number
    mark: Mark
    n_interviews: str
    n_participants: str
    n_clusters: str
    n_read_in_full: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLine:
    """One code in one group, in words."""

    heard: str
    short: str
    unknown: bool
    share: str | None
    interval: str | None
    rate: str | None
    rate_interval: str | None
    n_rate: str
    heat: float | None  # 0 to 1; None where it is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceLine:
    """One code between two groups, in words."""

    name: CodeName
    groups: str
    of: str
    planned: bool
    value: str | None
    interval: str | None
    p: str | None
    q: str | None
    min_p: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What could not be said, of which codes and groups."""

    why: str
    codes: tuple[CodeName, ...]
    pairs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A family's two charts."""

    family: Family
    shares: Chart | None
    rates: Chart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """The figures within one value of another variable, or all of them."""

    id: str
    name: str
    groups: tuple[GroupLine, ...]
    families: tuple[Family, ...]
    cells: Mapping[tuple[str, str], CellLine]
    panels: tuple[Panel, ...]
    share_differences: tuple[DifferenceLine, ...]
    rate_differences: tuple[DifferenceLine, ...]
    n_untold: int
    any_unknown: bool
    any_rate: bool
    any_cut: bool

    def cell(self, code: str, group: str) -> CellLine | None:
        """The code in the group; None where the comparison has no such figure."""
        return self.cells.get((code, group))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison, ready for the page."""

    id: str
    by: str
    within: str
    studies: str
    not_compared: str
    withheld: tuple[str, ...] = ()
    cluster: str = "participant"
    these: bool = False
    by_cluster: bool = False  # some unit has several interviews, so that shares are means of units
    sentences: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    strata: tuple[Stratum, ...] = ()
    smallest: tuple[tuple[str, str], ...] = ()
    refused: tuple[Refusal, ...] = ()
    tests: str = ""


def compared(part: ComparisonPart, studies: Sequence[StudyPart], at: int) -> Compared:
    """The at-th comparison of a report, from 1."""
    names = words.listed(part.studies)
    if part.document is None:
        return Compared(
            id=f"comparison-{at}", by=part.by, within="", studies=names, withheld=part.withheld,
            not_compared=part.not_compared or "No comparison was made.",
        )  # fmt: skip
    document = part.document
    families = _families(_codes_of(document), [one for one in studies if one.name in part.studies])
    name_of = {one.code: one for family in families for one in family.codes}
    within = _text(document, "within")
    marks = {
        name: charts.mark(place)
        for place, name in enumerate(
            dict.fromkeys(str(one["group"]) for one in _rows(document, "groups"))
        )
    }
    for cell in _rows(document, "rates"):
        marks.setdefault(str(cell["group"]), charts.mark(len(marks)))
    strata = dict.fromkeys(str(one.get("within", "")) for one in _rows(document, "rates"))
    cluster = _text(document, "cluster") or "participant"
    return Compared(
        id=f"comparison-{at}",
        by=part.by,
        within=within,
        studies=names,
        not_compared="",
        withheld=part.withheld,
        cluster=cluster,
        these=_text(document, "target") == "these",
        by_cluster=any(not _single(one) for one in _rows(document, "groups")),
        sentences=words.said(document.get("sentences")),
        warnings=words.said(document.get("warnings")),
        facts=_facts(document, cluster, within),
        strata=tuple(
            _stratum(document, value, families, marks, name_of, f"{at}-{place}")
            for place, value in enumerate(strata, start=1)
        ),
        smallest=_smallest(document, list(marks)),
        refused=_refusals(document, name_of),
        tests=_tests(document),
    )


def _stratum(
    document: Mapping[str, Any],
    value: str,
    families: Sequence[Family],
    marks: Mapping[str, Mark],
    name_of: Mapping[str, CodeName],
    chart_id: str,
) -> Stratum:
    def inside(key: str) -> list[Mapping[str, Any]]:
        return [one for one in _rows(document, key) if str(one.get("within", "")) == value]

    found, groups = inside("rates"), inside("groups")
    present = {str(one["group"]) for one in found}
    here = {name: how for name, how in marks.items() if name in present}
    sizes = {str(one["group"]): one for one in groups}
    these, by = _text(document, "target") == "these", _text(document, "by")
    dots = [_share_dot(one, by, sizes.get(str(one["group"]), {}), these) for one in found]
    rate_dots = [dot for one in found if (dot := _rate_dot(one, by)).value is not None]
    axis = charts.from_zero(
        [one.value for one in rate_dots if one.value is not None],
        [one.high for one in rate_dots if one.high is not None],
    )
    apart = sorted(inside("differences"), key=lambda one: not one.get("planned"))
    share_lines = [_share_difference(one, by, name_of) for one in apart]
    rate_lines = [_rate_difference(one, by, name_of) for one in apart]
    told = [one for one in share_lines if _tells(one)]
    return Stratum(
        id=f"figures-{chart_id}",
        name=value,
        groups=tuple(_group_line(name, by, how, sizes.get(name, {})) for name, how in here.items()),
        families=tuple(families),
        cells={
            (str(one["code"]), str(one["group"])): _cell(one, sizes.get(str(one["group"]), {}))
            for one in found
        },
        panels=tuple(
            _panel(family, here, dots, rate_dots, axis, f"{chart_id}-{place}")
            for place, family in enumerate(families, start=1)
        ),
        share_differences=tuple(told),
        rate_differences=tuple(one for one in rate_lines if _tells(one)),
        n_untold=len(share_lines) - len(told),
        any_unknown=any(whole(one.get("n_unknown")) for one in found),
        any_rate=bool(rate_dots),
        any_cut=any(one.high is not None and one.high > axis.high for one in rate_dots),
    )


def _panel(
    family: Family,
    marks: Mapping[str, Mark],
    shares: Sequence[Dot],
    rates: Sequence[Dot],
    axis: charts.Axis,
    chart_id: str,
) -> Panel:
    rated = [one for one in family.codes if any(dot.code == one.code for dot in rates)]
    what = (
        "by code and group, as dots in their 95 % intervals. The table below has the same numbers."
    )
    return Panel(
        family=family,
        shares=charts.dots(
            f"shares-{chart_id}", f"{family.name}: share of interviews {what}", family.codes, marks,
            shares, charts.shares(),
        ),
        rates=charts.dots(
            f"rates-{chart_id}", f"{family.name}: segments per 1,000 words {what}", rated, marks,
            rates, axis,
        )
        if rated
        else None,
    )  # fmt: skip


def _share_dot(cell: Mapping[str, Any], by: str, size: Mapping[str, Any], these: bool) -> Dot:
    """Of interviews that are not all known: the range, if each of them is a unit of its own."""
    n_heard, n_unknown, n = _counts(cell)
    interval = words.percents(cell.get("low"), cell.get("high"))
    code, group = str(cell["code"]), str(cell["group"])
    share = known(cell.get("share"))
    singly = n_unknown and n and _single(size)
    said = f"{_shown(group, by)}: {words.heard(n_heard, n_unknown, n)}"
    if share is not None:
        said += f", {words.percent(share)}"
    return Dot(
        code=code, group=group, value=share,
        low=None if these else known(cell.get("low")),
        high=None if these else known(cell.get("high")),
        span=(n_heard / n, (n_heard + n_unknown) / n) if singly else None,
        text=said + (f" ({interval})" if interval and not these else ""),
    )  # fmt: skip


def _rate_dot(cell: Mapping[str, Any], by: str) -> Dot:
    interval = words.rates_between(cell.get("rate_low"), cell.get("rate_high"))
    told = words.rate(cell.get("rate"))
    return Dot(
        code=str(cell["code"]), group=str(cell["group"]), value=known(cell.get("rate")),
        low=known(cell.get("rate_low")), high=known(cell.get("rate_high")),
        text=f"{_shown(str(cell['group']), by)}: {told} per 1,000 words"
        + f" ({interval})" * bool(interval),
    )  # fmt: skip


def _cell(cell: Mapping[str, Any], size: Mapping[str, Any]) -> CellLine:
    n_heard, n_unknown, n = _counts(cell)
    share = known(cell.get("share"))
    told = words.percent(share)
    if share is None and n and _single(size):
        told = words.percents(n_heard / n, (n_heard + n_unknown) / n)
    return CellLine(
        heard=words.heard(n_heard, n_unknown, n),
        short=words.heard_short(n_heard, n_unknown, n),
        unknown=share is None,
        share=told,
        interval=words.percents(cell.get("low"), cell.get("high")),
        rate=words.rate(cell.get("rate")),
        rate_interval=words.rates_between(cell.get("rate_low"), cell.get("rate_high")),
        n_rate=f"{whole(cell.get('n_rate')) or 0} of {n}",
        heat=share,
    )


def _share_difference(
    one: Mapping[str, Any], by: str, name_of: Mapping[str, CodeName]
) -> DifferenceLine:
    return DifferenceLine(
        **_between(one, by, name_of),
        value=words.points(one.get("difference")),
        interval=words.points_between(one.get("low"), one.get("high")),
        p=words.p_value(one.get("p")),
        q=words.p_value(one.get("q")),
        min_p=words.p_value(one.get("min_p")),
    )


def _rate_difference(
    one: Mapping[str, Any], by: str, name_of: Mapping[str, CodeName]
) -> DifferenceLine:
    return DifferenceLine(
        **_between(one, by, name_of),
        value=words.rate_apart(one.get("rate_difference")),
        interval=words.rates_apart_between(one.get("rate_low"), one.get("rate_high")),
        p=words.p_value(one.get("rate_p")),
        q=words.p_value(one.get("rate_q")),
        min_p=words.p_value(one.get("rate_min_p")),
    )


def _between(one: Mapping[str, Any], by: str, name_of: Mapping[str, CodeName]) -> dict[str, Any]:
    pairs = whole(one.get("n_pairs"))
    sizes = [whole(one.get("n_a")), whole(one.get("n_b"))]
    of = words.listed([str(n) for n in sizes if n is not None])
    if one.get("paired") and pairs is not None:
        of = f"{of}; {words.counted(pairs, 'pair')}"
    return {
        "name": name_of[str(one["code"])],
        "groups": f"{_shown(str(one['a']), by)} \u2212 {_shown(str(one['b']), by)}",
        "of": of,
        "planned": bool(one.get("planned")),
    }


def _tells(line: DifferenceLine) -> bool:
    return any(one is not None for one in (line.value, line.interval, line.p, line.min_p))


def _group_line(name: str, by: str, how: Mark, size: Mapping[str, Any]) -> GroupLine:
    def count(key: str) -> str:
        n = whole(size.get(key))
        return "" if n is None else f"{n:,}"

    return GroupLine(
        name=name, shown=_shown(name, by), mark=how, n_interviews=count("n_interviews"),
        n_participants=count("n_participants"), n_clusters=count("n_clusters"),
        n_read_in_full=count("n_read_in_full"),
    )  # fmt: skip


def _shown(group: str, by: str) -> str:
    """A group's name for people: wave 1 for the group 1, else as it is."""
    return f"{by} {group}" if group.isdecimal() else group


def _families(codes: Sequence[str], studies: Sequence[StudyPart]) -> list[Family]:
    """In the codebook's order; derived codes last, then those that no codebook here has."""
    about = {name: text for one in reversed(studies) for name, text in one.families.items()}
    found: dict[str, dict[str, CodeName]] = {name: {} for one in studies for name in one.families}
    seen: set[str] = set()
    for line in (line for one in studies for line in one.codes):
        if line.code not in codes or line.code in seen:
            continue
        seen.add(line.code)
        family = DERIVED if line.derived else line.family
        found.setdefault(family, {})[line.code] = CodeName(
            code=line.code, label=line.label, family=family
        )
    for code in codes:
        if code not in seen:
            found.setdefault("", {})[code] = CodeName(code=code)
    order = sorted(found, key=lambda name: (name == "", name == DERIVED))
    return [
        Family(
            name=titled(name),
            about=about.get(name) or _ABOUT_DERIVED * (name == DERIVED),
            codes=tuple(found[name].values()),
        )
        for name in order
        if found[name]
    ]


_ABOUT_DERIVED = "what holds of an interview when several codes do"


def titled(family: str) -> str:
    """A family's id as a heading."""
    return (family[:1].upper() + family[1:]).replace("_", " ") if family else "Other codes"


def _codes_of(document: Mapping[str, Any]) -> list[str]:
    rows = [*_rows(document, "rates"), *_rows(document, "differences"), *_rows(document, "refused")]
    return [code for code in dict.fromkeys(str(one.get("code", "")) for one in rows) if code]


def _facts(document: Mapping[str, Any], cluster: str, within: str) -> tuple[tuple[str, str], ...]:
    target = {
        "such": "interviews like these, if recruited the same way",
        "these": "these interviews and no others",
    }
    said = {
        "Unit": document.get("unit"),
        "Independent unit": cluster,
        "Within": within,
        "About": target.get(_text(document, "target"), _text(document, "target")),
        "Codes from": document.get("source"),
        "Method": document.get("method"),
    }
    return tuple(
        (name, "; ".join(texts)) for name, one in said.items() if (texts := words.said(one))
    )


def _tests(document: Mapping[str, Any]) -> str:
    if _text(document, "target") == "these":
        return "No test was made."
    m, planned = whole(document.get("m")) or 0, whole(document.get("m_planned")) or 0
    if not m and not planned:
        return "No test could be made."
    kinds = [
        words.counted(n, f"{what} test")
        for n, what in ((planned, "planned"), (m, "exploratory"))
        if n
    ]
    several = "; each kind has a correction of its own" if len(kinds) > 1 else ""
    return (
        f"{words.listed(kinds)}{several}. q is p after Benjamini and Hochberg's correction for "
        "that number of tests, shares and rates together."
    )


def _smallest(document: Mapping[str, Any], groups: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = document.get("smallest") or {}
    by = _text(document, "by")
    pairs = {f"{a} - {b}": f"{_shown(a, by)} and {_shown(b, by)}" for a in groups for b in groups}
    return tuple(
        (pairs.get(str(name), str(name)), _smallest_told(known(value)))
        for name, value in found.items()
    )


def _smallest_told(value: float | None) -> str:
    if value is None:
        return "none can reach p \u2264 .05"
    return f"{100 * value:.0f} percentage points"


def _refusals(document: Mapping[str, Any], name_of: Mapping[str, CodeName]) -> tuple[Refusal, ...]:
    """One line for the same reason of the same groups, however many codes it holds for."""
    pairs = _pairs(document)
    per_code: dict[str, dict[str, list[str]]] = {}
    for one in _rows(document, "refused"):
        pair, reason = _split(str(one.get("why", "")), pairs)
        per_code.setdefault(str(one.get("code", "")), {}).setdefault(reason, []).append(pair)
    merged: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for code, reasons in per_code.items():
        for reason, of in reasons.items():
            merged.setdefault((reason, tuple(dict.fromkeys(filter(None, of)))), []).append(code)
    return tuple(
        Refusal(
            why=reason[:1].upper() + reason[1:],
            codes=tuple(name_of.get(code, CodeName(code=code)) for code in codes if code),
            pairs=of,
        )
        for (reason, of), codes in merged.items()
    )


def _pairs(document: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    """Two groups and the stratum they stand in: how they are shown together."""
    by = _text(document, "by")
    found = {}
    for one in _rows(document, "differences"):
        a, b, inside = str(one["a"]), str(one["b"]), str(one.get("within", ""))
        shown = f"{_shown(a, by)} and {_shown(b, by)}"
        found[a, b, inside] = f"{shown} ({inside})" if inside else shown
    return found


def _split(why: str, pairs: Mapping[tuple[str, str, str], str]) -> tuple[str, str]:
    """Of which groups, and why; ("", all of it) where it does not begin with two groups.

    A reason that speaks of two groups begins "A against B (stratum): ", or with another word.
    """
    for (a, b, inside), shown in pairs.items():
        if not why.startswith(f"{a} "):
            continue
        word, _, rest = why[len(a) + 1 :].partition(" ")
        start = f"{b} ({inside}): " if inside else f"{b}: "
        if word.isalpha() and rest.startswith(start):
            return shown, rest[len(start) :]
    return "", why


def _single(group: Mapping[str, Any]) -> bool:
    """Whether each interview of the group is an independent unit."""
    return whole(group.get("n_clusters")) == whole(group.get("n_interviews"))


def _counts(cell: Mapping[str, Any]) -> tuple[int, int, int]:
    n_heard, n_unknown, n = (
        whole(cell.get(key)) or 0 for key in ("n_heard", "n_unknown", "n_interviews")
    )
    return n_heard, n_unknown, n


def _rows(document: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    return document.get(key) or ()


def _text(document: Mapping[str, Any], key: str) -> str:
    return str(document.get(key) or "")
