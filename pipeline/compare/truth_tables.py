"""Cases into a truth table: what was observed together, how often, and with which outcome."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.compare.minimise import Configuration
from pipeline.errors import PipelineError, known_names

Coded = Literal["positive", "negative", "below"]

FEWEST_CASES = 3  # with the outcome, and without it
MOST_CONDITIONS = 8
# Up to so many cases, at most so many conditions: a rule of thumb. With few cases for the number
# of possible rows almost any set of conditions seems to fit (Marx and Dusa 2011).
CONDITIONS_AT = ((12, 3), (20, 4), (30, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One episode or interview and what people have confirmed of it; None is not told."""

    name: str  # "T001 story 2", or "T001" where the interview is the unit
    interview: str
    values: Mapping[str, bool | None]  # by code id; a code without an entry is not told

    def __post_init__(self) -> None:
        if any(value is not None and value not in (True, False) for value in self.values.values()):
            raise ValueError("a value is True, False or None")  # not nan, which is true


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTold:
    """A case that was left out, and the codes that it does not tell of."""

    case: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One configuration that was observed."""

    values: Configuration  # in the order of the table's conditions
    with_outcome: tuple[str, ...]  # names of cases
    without_outcome: tuple[str, ...]
    n: int  # cases
    n_interviews: int  # that these cases come from
    consistency: float  # share of the cases with the outcome
    coded: Coded  # positive: at least the cut-off; below: fewer cases than the frequency cut-off
    coded_absent: Coded  # the same question of the absence of the outcome
    contradictory: bool  # cases of both kinds were seen, whatever the cut-off decides


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTable:
    """Every configuration observed: positive rows first, then the commonest, then by values."""

    outcome: str
    conditions: tuple[str, ...]
    rows: tuple[Row, ...]
    n_cases: int  # in the rows
    n_interviews: int
    n_with: int  # cases with the outcome
    n_without: int
    n_remainders: int  # configurations that are possible and were not observed
    not_told: tuple[NotTold, ...]
    frequency: int
    consistency: float
    warnings: tuple[str, ...]


def truth_table(
    cases: Iterable[Case],
    outcome: str,
    conditions: Sequence[str],
    *,
    frequency: int = 1,
    consistency: float = 0.8,
) -> TruthTable:
    """The truth table of an outcome.

    Parameters
    ----------
    cases : those with a None among outcome and conditions are left out and listed in `not_told`.
    outcome : code id.
    conditions : 1 to 8 code ids.
    frequency : a row with fewer cases counts as not observed when formulas are shortened; its
        cases still count in the consistency and coverage of what is found.
    consistency : a row is positive where at least this share of its cases has the outcome; above
        0.5, so that no row is positive for the outcome and for its absence.

    Raises
    ------
    PipelineError : all that is wrong at once: fewer than 3 cases with or without the outcome, a
        condition that never varies, an unknown code, the outcome among the conditions, a name
        given twice, no or too many conditions, a cut-off out of range.

    Source: Ragin (1987), The Comparative Method, chapters 6 and 7.
    """
    listed, wanted = list(cases), (outcome, *conditions)
    told, not_told = split_told(listed, _known(listed, wanted))
    faults = [
        *_condition_faults(outcome, conditions),
        *cut_off_faults(frequency, consistency),
        *case_faults(listed, told, outcome, wanted),
        *_constant_faults(told, conditions),
    ]
    if faults:
        raise PipelineError.join(faults)
    rows = _rows(told, outcome, tuple(conditions), frequency, consistency)
    n_with = sum(case.values[outcome] is True for case in told)
    return TruthTable(
        outcome=outcome,
        conditions=tuple(conditions),
        rows=rows,
        n_cases=len(told),
        n_interviews=len({case.interview for case in told}),
        n_with=n_with,
        n_without=len(told) - n_with,
        n_remainders=2 ** len(conditions) - len(rows),
        not_told=not_told,
        frequency=frequency,
        consistency=consistency,
        warnings=tuple(_warnings(rows, len(told), len(conditions))),
    )


def split_told(
    cases: Iterable[Case], codes: Sequence[str]
) -> tuple[list[Case], tuple[NotTold, ...]]:
    """The cases that tell of every code, by name, and the others."""
    told, not_told = [], []
    for case in sorted(cases, key=lambda case: by_number(case.name)):
        gaps = tuple(code for code in codes if case.values.get(code) is None)
        if gaps:
            not_told.append(NotTold(case=case.name, codes=gaps))
        else:
            told.append(case)
    return told, tuple(not_told)


def by_number(name: str) -> list[str | int]:
    """Sort key with which `story 10` follows `story 9`."""
    parts: list[str | int] = [*re.split(r"([0-9]+)", name)]
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def times(number: int, noun: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def case_faults(
    cases: Sequence[Case], told: Sequence[Case], outcome: str, codes: Sequence[str]
) -> Iterator[PipelineError]:
    """Names given twice, codes that no case tells of, too few cases of either kind."""
    for name in _twice(case.name for case in cases):
        yield PipelineError("two cases have this name", where=f"case {name!r}")
    known = _known(cases, codes)
    for code in dict.fromkeys(codes if cases else ()):
        if code not in known:
            yield _unknown(cases, code)
    if outcome in known or not cases:
        yield from _few_faults(cases, told, outcome)


def cut_off_faults(frequency: int, consistency: float) -> Iterator[PipelineError]:
    """Cut-offs out of range."""
    if frequency < 1:
        yield PipelineError("the frequency cut-off is at least 1", where="frequency")
    if not 0.5 < consistency <= 1:
        yield PipelineError(
            "the consistency cut-off is above 0.5 and at most 1", where="consistency"
        )


def _known(cases: Iterable[Case], codes: Iterable[str]) -> tuple[str, ...]:
    told = {code for case in cases for code, value in case.values.items() if value is not None}
    return tuple(code for code in dict.fromkeys(codes) if code in told)


def _unknown(cases: Iterable[Case], code: str) -> PipelineError:
    codes = {known for case in cases for known in case.values}
    if code in codes:
        wrong, mend = "no case tells of this code", "Confirm it in a few cases, or leave it out."
    else:
        wrong, mend = "there is no such code", f"The codes are {known_names(codes)}."
    return PipelineError(wrong, where=f"code {code!r}", mend=mend)


def _few_faults(
    cases: Sequence[Case], told: Sequence[Case], outcome: str
) -> Iterator[PipelineError]:
    n_with = sum(case.values[outcome] is True for case in told)
    n_without, n_left_out = len(told) - n_with, len(cases) - len(told)
    if min(n_with, n_without) >= FEWEST_CASES:
        return
    wrong = f"{times(n_with, 'case')} with it and {n_without} without, of which something can be"
    wrong += f" said only with {FEWEST_CASES} of each"
    if n_left_out:
        wrong += f" ({times(n_left_out, 'more case')} left out: something is not told)"
    yield PipelineError(
        wrong, where=f"outcome {outcome!r}", mend="A few more confirmed cases are needed."
    )


def _condition_faults(outcome: str, conditions: Sequence[str]) -> Iterator[PipelineError]:
    if not conditions:
        yield PipelineError("no conditions are given", where="conditions")
    if len(conditions) > MOST_CONDITIONS:
        yield PipelineError(
            f"{len(conditions)} conditions are more than {MOST_CONDITIONS}",
            where="conditions",
            mend="Choose those the study is about.",
        )
    for name in _twice(conditions):
        yield PipelineError("given twice", where=f"condition {name!r}")
    if outcome in conditions:
        yield PipelineError("the outcome cannot be a condition too", where=f"condition {outcome!r}")


def _constant_faults(told: Sequence[Case], conditions: Sequence[str]) -> Iterator[PipelineError]:
    for code in dict.fromkeys(conditions):
        seen = {bool(case.values[code]) for case in told if case.values.get(code) is not None}
        if len(seen) == 1:
            value = "present" if seen.pop() else "absent"
            yield PipelineError(
                f"it never varies: it is {value} in each of {times(len(told), 'case')}",
                where=f"condition {code!r}",
                mend="Leave it out: what is always so cannot tell cases apart.",
            )


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _rows(
    told: Iterable[Case],
    outcome: str,
    conditions: tuple[str, ...],
    frequency: int,
    consistency: float,
) -> tuple[Row, ...]:
    groups: dict[Configuration, list[Case]] = defaultdict(list)
    for case in told:
        groups[tuple(bool(case.values[code]) for code in conditions)].append(case)
    rows = [
        _row(values, group, outcome, frequency, consistency) for values, group in groups.items()
    ]
    ranks = ("positive", "negative", "below")
    return tuple(
        sorted(
            rows,
            key=lambda row: (ranks.index(row.coded), -row.n, [not value for value in row.values]),
        )
    )


def _row(
    values: Configuration, group: Sequence[Case], outcome: str, frequency: int, cut_off: float
) -> Row:
    having = tuple(case.name for case in group if case.values[outcome])
    lacking = tuple(case.name for case in group if not case.values[outcome])
    n = len(group)

    def coded(share: float) -> Coded:
        if n < frequency:
            return "below"
        return "positive" if share >= cut_off else "negative"

    return Row(
        values=values,
        with_outcome=having,
        without_outcome=lacking,
        n=n,
        n_interviews=len({case.interview for case in group}),
        consistency=len(having) / n,
        coded=coded(len(having) / n),
        coded_absent=coded(len(lacking) / n),
        contradictory=bool(having and lacking),
    )


def _warnings(rows: Sequence[Row], n_cases: int, n_conditions: int) -> Iterator[str]:
    most = next((most for up_to, most in CONDITIONS_AT if n_cases <= up_to), n_conditions)
    if n_conditions > most:
        yield (
            f"{n_conditions} conditions are many for {n_cases} cases (rule of thumb: at most"
            f" {most}): a formula may fit by chance."
        )
    both = sum(row.contradictory for row in rows)
    if both:
        yield (
            f"{times(both, 'configuration')} with cases of both kinds (contradictory): look at"
            " these cases again; a condition may be missing or a code unclear."
        )
    rare = sum(row.coded == "below" for row in rows)
    if rare:
        yield f"{times(rare, 'configuration')} below the frequency cut-off, taken as not observed."
