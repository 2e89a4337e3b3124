"""A study as a file without text: the counts of its interviews, and what a comparison must know.

One row per interview and code, and below them rows `about` the study: these have the study's name,
the kind in column `about`, what it says as JSON in column `value` (so that no spreadsheet takes it
for a date or a formula), and a code where it is about one. All other cells of theirs are empty.

| about | code | value |
|---|---|---|
| cluster | | name of the independent unit |
| smallest_cell | | participants that a published group needs |
| planned | | list of `code:variable` |
| chosen_alike | | variable -> why its groups were chosen alike |
| left_out | | transcripts that are not for coding |
| astray | | decisions on words that are nowhere any more |
| columns | | title in this file -> variable |
| definition | yes | hash of its definition, to be held equal |
| derived | its id | label, definition, rule |
"""

from __future__ import annotations

import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pipeline.compare.groups import CODER
from pipeline.compare.interviews import Count, Interview
from pipeline.errors import PipelineError
from pipeline.records import Derived
from pipeline.sheets.delimited import write_csv
from pipeline.sheets.read import read_rows
from pipeline.sheets.titles import fold_title
from pipeline.steps.inspect import read_file
from pipeline.store.gate import Gate, write_out
from pipeline.tables import Cell, Column, ReadRow, Sheet, place

OWN_VARIABLES = ("study", "language", CODER, "codebook version")  # every interview has them
_FACTS = ("participant", "cluster", "words", "segments", "read")  # the same in all its rows
_COUNTS = tuple(one.name for one in fields(Count))
_ABOUT = ("about", "value")
_TITLES = ("study", "transcript", *_FACTS, "code", *_COUNTS, *_ABOUT)
_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]+)?")  # a comma, where the spreadsheet writes so
_HAIR = 1e-4  # a spreadsheet may cut thirds short


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """One study, or a counts file, ready to be compared."""

    name: str
    interviews: tuple[Interview, ...]
    codes: tuple[str, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)  # hash by code, to be held equal
    derived: tuple[Derived, ...] = ()
    left_out: tuple[str, ...] = ()  # transcripts that are not for coding
    astray: int = 0  # decisions on words that are nowhere any more
    chosen_alike: Mapping[str, str] = field(default_factory=dict)  # variable: why
    cluster_name: str = "participant"  # what the independent unit is called
    smallest_cell: int = 1  # participants that a published group needs
    planned: tuple[str, ...] = ()  # code:variable


def write_counts(file: Path, corpora: Sequence[Corpus]) -> str:
    """Write the counts of all interviews as csv, for colleagues or an appendix; what to tell.

    `read_counts` gives the same corpora back.

    Raises
    ------
    PipelineError : the place cannot be written.
    """
    more: dict[str, str] = {}
    titles = {corpus.name: _titled(corpus, more) for corpus in corpora}
    columns = tuple(Column(key=t, title=t, width=12) for t in (*_TITLES, *more.values()))
    rows = [row for corpus in corpora for row in _counted(corpus, titles[corpus.name])]
    rows += [row for corpus in corpora for row in _about(corpus, titles[corpus.name])]
    sheet = Sheet(name="counts", columns=columns, rows=tuple(rows))
    write_out(file, write_csv([sheet]), (), Gate(()))
    n = sum(len(corpus.interviews) for corpus in corpora)
    told = [f"{file}: counts of {n} interviews, no text"]
    for corpus in corpora:
        told += _small_cells(corpus)
    return "\n".join(told)


def _titled(corpus: Corpus, used: dict[str, str]) -> dict[str, str]:
    """Title in the file -> variable; a name that a title has already gets a mark.

    Titles are found again whatever their capitals. Studies share a column for the same name: `used`
    has the titles so far.
    """
    taken = {fold_title(title) for title in _TITLES}
    found = {}
    for name in dict.fromkeys(v for one in corpus.interviews for v in one.variables):
        if name == "study":
            continue
        title = name
        while not fold_title(title) or fold_title(title) in taken:
            title += " (variable)"
        taken.add(fold_title(title))
        found[used.setdefault(fold_title(title), title)] = name
    return found


def _counted(corpus: Corpus, titles: Mapping[str, str]) -> Iterator[dict[str, Cell]]:
    for one in corpus.interviews:
        facts: dict[str, Cell] = {name: getattr(one, name) for name in _FACTS}
        facts |= {"read": "" if one.read is None else one.read}
        facts |= {title: one.variables.get(name, "") for title, name in titles.items()}
        for code, count in one.counts.items():
            numbers: dict[str, Cell] = {name: getattr(count, name) for name in _COUNTS}
            yield {
                "study": one.study, "transcript": one.transcript, "code": code, **facts, **numbers
            }  # fmt: skip


def _about(corpus: Corpus, titles: Mapping[str, str]) -> Iterator[dict[str, Cell]]:
    settings = {
        "cluster": corpus.cluster_name,
        "smallest_cell": corpus.smallest_cell,
        "planned": list(corpus.planned),
        "chosen_alike": dict(corpus.chosen_alike),
        "left_out": list(corpus.left_out),
        "astray": corpus.astray,
        "columns": dict(titles),
    }
    told: list[tuple[str, str, Any]] = [("", about, value) for about, value in settings.items()]
    told += [(code, "definition", value) for code, value in corpus.definitions.items()]
    told += [
        (one.id, "derived", {"label": one.label, "definition": one.definition, "rule": one.rule})
        for one in corpus.derived
    ]
    for code, about, value in told:
        yield {
            "study": corpus.name, "code": code, "about": about,
            "value": json.dumps(value, ensure_ascii=False),
        }  # fmt: skip


def _small_cells(corpus: Corpus) -> Iterator[str]:
    """A warning where few people share all that the file says of them."""
    names = {name for one in corpus.interviews for name in one.variables}
    published = sorted(names - set(OWN_VARIABLES))
    people: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for one in corpus.interviews:
        people[tuple(one.variables.get(name, "") for name in published)].add(one.participant)
    small = sum(len(who) < corpus.smallest_cell for who in people.values())
    if published and small:
        told = (
            f"! {corpus.name}: {small} of {len(people)} combinations of {', '.join(published)} are "
            f"held by fewer than {corpus.smallest_cell} participants ([publish] smallest_cell), "
            "who may be recognised by them. Leave columns out or make them coarser before the file "
            "goes out."
        )
        yield textwrap.fill(told, 100, subsequent_indent="  ", break_long_words=False)


def read_counts(file: Path) -> list[Corpus]:
    """The corpora of a counts file.

    A column of the team's can be taken out, renamed or made coarser by hand; numbers must still
    fit one another, and the rows about each study must be there.

    Raises
    ------
    PipelineError : the faults of the file, with row and column; of many the first 40.
    """
    rows = read_rows(read_file(file), file.name, _TITLES)
    faults: list[PipelineError] = []
    told: dict[str, _Told] = defaultdict(_Told)
    counted: dict[str, _Interviews] = defaultdict(_Interviews)
    for row in rows:
        at = _Row(file.name, row, faults)
        if row.values["about"].strip() and (study := at.text("study")):
            told[study].take(at)
    titles = {study: one.columns for study, one in told.items()}
    every = {fold_title(title) for of_one in titles.values() for title in of_one}
    for row in rows:
        at = _Row(file.name, row, faults)
        if not row.values["about"].strip():
            study = at.text("study")
            counted[study].take(at, _variables(row, titles.get(study, {}), every))
    for study, one in told.items():
        faults += one.missing(file.name, study)
    for study in filter(None, counted):
        if study not in told:
            faults += _Told().missing(file.name, study)
    if not counted:
        faults.append(PipelineError("no row has counts", where=file.name, mend=_MEND))
    if faults:
        raise PipelineError.join_first(faults, file.name)
    names = dict.fromkeys([*counted, *told])
    return [_corpus(name, counted[name], told[name]) for name in names]


_MEND = "Use the file as 'motif compare --counts-out' wrote it."


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the file; what is wrong with it is gathered."""

    where: str
    row: ReadRow
    faults: list[PipelineError]

    def fault(self, column: str, wrong: str, mend: str = _MEND) -> None:
        where = place(self.where, self.row.sheet, self.row.row, column)
        self.faults.append(PipelineError(wrong, where=where, mend=mend))

    def text(self, column: str) -> str:
        found = self.row.values[column].strip()
        if not found:
            self.fault(column, "this is empty")
        return found

    def number(self, column: str) -> float | None:
        cell = self.row.values[column].strip()
        whole = column not in ("present", "audit_present")
        value = float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else None
        if value is None or (whole and value != int(value)):
            self.fault(column, "this is not a count")
            return None
        return value


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _is_whole(value: Any) -> bool:
    return type(value) is int and value >= 0


_SETTINGS: dict[str, Callable[[Any], bool]] = {
    "cluster": lambda value: isinstance(value, str) and bool(value),
    "smallest_cell": lambda value: _is_whole(value) and value > 0,
    "planned": _is_texts,
    "chosen_alike": _is_named,
    "left_out": _is_texts,
    "astray": _is_whole,
    "columns": _is_named,
}
_OF_CODES: dict[str, Callable[[Any], bool]] = {
    "definition": lambda value: isinstance(value, str),
    "derived": lambda value: _is_named(value) and set(value) == {"label", "definition", "rule"},
}
_KINDS = _SETTINGS | _OF_CODES


@dataclass(frozen=True, slots=True)
class _Told:
    """What the rows about one study say."""

    settings: dict[str, Any] = field(default_factory=dict)
    of_codes: dict[str, dict[str, Any]] = field(default_factory=lambda: {n: {} for n in _OF_CODES})

    @property
    def columns(self) -> dict[str, str]:
        """Title in the file -> variable."""
        return dict(self.settings.get("columns", {}))

    def take(self, at: _Row) -> None:
        about = at.row.values["about"].strip()
        fits = _KINDS.get(about)
        if fits is None:
            at.fault("about", "there is no such kind", f"Known: {', '.join(_KINDS)}.")
            return
        into = self.of_codes.get(about, self.settings)
        key = at.text("code") if about in _OF_CODES else about
        if key in into:
            at.fault("about", "this stands in an earlier row already")
        try:
            value = json.loads(at.row.values["value"])
        except (ValueError, RecursionError):
            value = None
        if value is None or not fits(value):
            at.fault("value", "this does not fit what the row is about")
            value = {"columns": {}}.get(about)
        into[key] = value

    def missing(self, where: str, study: str) -> Iterator[PipelineError]:
        lacking = [name for name in _SETTINGS if name not in self.settings]
        if lacking:
            yield PipelineError(
                f"study '{study}' has no row about {', '.join(lacking)}", where=where, mend=_MEND
            )


def _variables(row: ReadRow, titles: Mapping[str, str], every: set[str]) -> dict[str, str]:
    """The study's variables, and the columns that somebody added."""
    known = {fold_title(title): name for title, name in titles.items()}
    ours = {fold_title(title) for title in _TITLES}
    found = {}
    for title, value in row.values.items():
        folded = fold_title(title)
        if folded in known:
            found[known[folded]] = value
        elif folded not in every and folded not in ours:
            found[title] = value
    return found


@dataclass(frozen=True, slots=True)
class _Interviews:
    """The interviews of one study as their rows come."""

    first: dict[str, tuple[int, tuple[str, ...], Interview]] = field(default_factory=dict)
    counts: dict[str, dict[str, Count]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, at: _Row, variables: Mapping[str, str]) -> None:
        name, code = at.text("transcript"), at.text("code")
        cells = tuple(at.row.values[fact].strip() for fact in _FACTS)
        if name not in self.first:
            self.first[name] = at.row.row, cells, _facts(at, name, variables)
        number, cells_then, one = self.first[name]
        apart = [f for f, a, b in zip(_FACTS, cells, cells_then, strict=True) if a != b]
        apart += [v for v in variables if variables[v] != one.variables.get(v, "")]
        for column in apart:
            at.fault(column, f"this is not what row {number} has of the same interview")
        if code in self.counts[name]:
            at.fault("code", "the interview has a row of this code already")
        sure = "segments" not in apart and _NUMBER.fullmatch(at.row.values["segments"].strip())
        count = _count(at, one.segments if sure else None)
        if count is not None:
            self.counts[name][code] = count


def _facts(at: _Row, name: str, variables: Mapping[str, str]) -> Interview:
    words, segments = (int(at.number(column) or 0) for column in ("words", "segments"))
    read = int(at.number("read") or 0) if at.row.values["read"].strip() else None
    if read is not None and read > segments:
        at.fault("read", "more was read than there is (column 'segments')")
    study = at.row.values["study"].strip()
    return Interview(
        study=study,
        transcript=name,
        participant=at.text("participant"),
        cluster=at.text("cluster"),
        words=words,
        segments=segments,
        variables={"study": study, **variables},
        read=read,
    )


def _count(at: _Row, segments: int | None) -> Count | None:
    """The numbers of a row, if they are numbers and can be true together."""
    read = {name: at.number(name) for name in _COUNTS}
    numbers = {name: value for name, value in read.items() if value is not None}
    if len(numbers) < len(_COUNTS):
        return None
    asked, confirmed, unsettled = (numbers[n] for n in ("asked", "confirmed", "unsettled"))
    present, half = numbers["present"], (asked - confirmed) / 2
    wrong = [
        ("asked", segments is not None and asked > segments, "this is more than the segments"),
        ("confirmed", confirmed + unsettled > asked, "with 'unsettled' this is more than 'asked'"),
        ("present", present > asked + _HAIR, "this is more than 'asked'"),
        ("confirmed", confirmed + unsettled > 2 * present + _HAIR, "this does not fit 'present'"),
        ("confirmed", present > confirmed + half + _HAIR, "this does not fit 'present'"),
        ("audit", numbers["audit"] > asked, "this is more than 'asked'"),
        ("audit_present", numbers["audit_present"] > numbers["audit"] + _HAIR,
         "this is more than 'audit'"),
    ]  # fmt: skip
    whys: dict[str, str] = {}
    for column, is_so, why in wrong:
        if is_so:
            whys.setdefault(column, why)
    for column, why in whys.items():
        at.fault(column, why)
    return Count(
        asked=int(asked),
        present=present,
        confirmed=int(confirmed),
        unsettled=int(unsettled),
        audit=int(numbers["audit"]),
        audit_present=numbers["audit_present"],
    )


def _corpus(name: str, counted: _Interviews, told: _Told) -> Corpus:
    from dataclasses import replace

    interviews = tuple(
        replace(one, counts=counted.counts[key]) for key, (_, _, one) in counted.first.items()
    )
    settings = told.settings
    return Corpus(
        name=name,
        interviews=interviews,
        codes=tuple(dict.fromkeys(code for one in interviews for code in one.counts)),
        definitions=told.of_codes["definition"],
        derived=tuple(Derived(id=key, **one) for key, one in told.of_codes["derived"].items()),
        left_out=tuple(settings["left_out"]),
        astray=settings["astray"],
        chosen_alike=settings["chosen_alike"],
        cluster_name=settings["cluster"],
        smallest_cell=settings["smallest_cell"],
        planned=tuple(settings["planned"]),
    )
