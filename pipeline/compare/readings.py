"""Two published readings of one finding: which of them do the cases support?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.compare.truth_tables import (
    Case,
    NotTold,
    by_number,
    case_faults,
    cut_off_faults,
    times,
)
from pipeline.errors import PipelineError
from pipeline.expressions import Expression, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One hypothesised expression and how the cases bear on it."""

    name: str
    expression: str
    consistency: float | None  # share of the cases it is true of that have the outcome
    coverage: float  # share of the cases with the outcome that it is true of
    n_cases: int  # it is true of
    cases: tuple[str, ...]  # true, and the outcome is there
    contradicting: tuple[str, ...]  # true, and the outcome is not there
    missed: tuple[str, ...]  # not true, and the outcome is there
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All readings, and the one that the data support."""

    outcome: str
    consistency: float  # cut-off
    n_cases: int  # that decide every reading
    n_interviews: int
    readings: tuple[Reading, ...]  # in the order given
    differ: tuple[str, ...]  # cases of which one reading is true and another is not
    supported: str | None  # name of a reading
    sentence: str  # which, and why, or why none
    not_told: tuple[NotTold, ...]


def readings(
    cases: Iterable[Case], outcome: str, readings: Mapping[str, str], *, consistency: float = 0.8
) -> Readings:
    """Test expressions such as `motivation*(distress + unfair)` against the cases.

    Supported is the reading with the highest coverage among those whose consistency reaches the
    cut-off. All readings are judged on the same cases: those that tell of the outcome and enough
    of the rest to decide every reading (with motivation absent, the expression above is false
    whatever else is not told). The others are listed in `not_told`.

    Parameters
    ----------
    readings : name and expression; `*` and, `+` or, `~` not, parentheses.
    consistency : cut-off, above 0.5 and at most 1.

    Raises
    ------
    PipelineError : all at once: an expression that cannot be read, the outcome within one, an
        unknown code, fewer than 3 cases with or without the outcome, no reading.
    """
    listed = list(cases)
    parsed = _parsed(listed, outcome, readings, consistency)
    told, not_told = _split(listed, outcome, list(parsed.values()))
    codes = [outcome, *(code for one in parsed.values() for code in one.codes)]
    faults = list(case_faults(listed, told, outcome, codes))
    if faults:
        raise PipelineError.join(faults)
    judged = tuple(_reading(name, one, told, outcome) for name, one in parsed.items())
    true_of = [frozenset((*one.cases, *one.contradicting)) for one in judged]
    differ = frozenset.union(*true_of) - frozenset.intersection(*true_of)
    supported, sentence = _supported(judged, outcome, consistency)
    return Readings(
        outcome=outcome,
        consistency=consistency,
        n_cases=len(told),
        n_interviews=len({case.interview for case in told}),
        readings=judged,
        differ=tuple(sorted(differ, key=by_number)),
        supported=supported,
        sentence=sentence,
        not_told=not_told,
    )


def _parsed(
    cases: Sequence[Case], outcome: str, readings: Mapping[str, str], consistency: float
) -> dict[str, Expression]:
    known = {code for case in cases for code in case.values}
    faults, parsed = list(cut_off_faults(1, consistency)), {}
    if not readings:
        faults.append(PipelineError("no reading is given", where="readings"))
    for name, text in readings.items():
        where = f"reading {name!r}"
        try:
            parsed[name] = parse(text, known, where=where)
        except PipelineError as error:
            faults.append(error)
            continue
        if outcome in parsed[name].codes:
            faults.append(PipelineError(f"it holds the outcome {outcome!r} itself", where=where))
    if faults:
        raise PipelineError.join(faults)
    return parsed


def _split(
    cases: Iterable[Case], outcome: str, expressions: Sequence[Expression]
) -> tuple[list[Case], tuple[NotTold, ...]]:
    """The cases that decide the outcome and every expression, by name, and the others."""
    told, not_told = [], []
    for case in sorted(cases, key=lambda case: by_number(case.name)):
        undecided = [one for one in expressions if one.truth(case.values) is None]
        codes = [outcome, *(code for one in undecided for code in one.codes)]
        gaps = tuple(code for code in dict.fromkeys(codes) if case.values.get(code) is None)
        if gaps:
            not_told.append(NotTold(case=case.name, codes=gaps))
        else:
            told.append(case)
    return told, tuple(not_told)


def _reading(name: str, one: Expression, told: Iterable[Case], outcome: str) -> Reading:
    cases: list[str] = []
    contradicting: list[str] = []
    missed: list[str] = []
    for case in told:
        if one.truth(case.values):
            (cases if case.values[outcome] else contradicting).append(case.name)
        elif case.values[outcome]:
            missed.append(case.name)
    n_true, n_outcome = len(cases) + len(contradicting), len(cases) + len(missed)
    consistency = len(cases) / n_true if n_true else None
    return Reading(
        name=name,
        expression=one.text,
        consistency=consistency,
        coverage=len(cases) / n_outcome,
        n_cases=n_true,
        cases=tuple(cases),
        contradicting=tuple(contradicting),
        missed=tuple(missed),
        sentence=_sentence(name, outcome, len(cases), n_true, n_outcome),
    )


def _sentence(name: str, outcome: str, n_both: int, n_true: int, n_outcome: int) -> str:
    if not n_true:
        return f"{name} is true of no case, so nothing can be said of it."
    return (
        f"{name} is true of {times(n_true, 'case')}, {n_both} of them with {outcome} (consistency"
        f" {n_both / n_true:.2f}), and covers {n_both} of the {n_outcome} cases with {outcome}"
        f" (coverage {n_both / n_outcome:.2f})."
    )


def _supported(judged: Sequence[Reading], outcome: str, cut_off: float) -> tuple[str | None, str]:
    """The reading that the data support, and the sentence that says why."""
    good = [one for one in judged if one.consistency is not None and one.consistency >= cut_off]
    if not good:
        return None, f"No reading is supported: none has a consistency of {cut_off:g} or more."
    best = max(one.coverage for one in good)
    first = [one for one in good if one.coverage == best]
    if len(first) == 1:
        return first[0].name, (
            f"The data support {first[0].name}: its coverage ({best:.2f}) is the highest among the"
            f" {times(len(good), 'reading')} with a consistency of {cut_off:g} or more."
        )
    names = " and ".join(one.name for one in first)
    alike = len({(one.cases, one.contradicting) for one in first}) == 1
    why = (
        "they are true of the same cases, so these data cannot tell them apart"
        if alike
        else f"they cover as many cases with {outcome} but are true of different cases"
    )
    return None, f"No reading is named: {names} have the same coverage ({best:.2f}); {why}."
