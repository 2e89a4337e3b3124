"""Qualitative comparative analysis with crisp sets: which combinations go with an outcome.

For small numbers of cases that people have confirmed; nothing here is a test, and nothing is
estimated. Conservative and parsimonious solutions are given, both with all their minimal models;
intermediate solutions and fuzzy sets are not. The parts: `truth_tables`, `minimise`, `models`,
`expressions`, `readings`; everything public can be imported from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.compare.models import (
    Fit,
    Model,
    Solution,
    Term,
    cover_formula,
    formula,
    literal,
    minimal,
    model_formula,
    names_of,
    solve,
)
from pipeline.compare.readings import Reading, Readings, readings
from pipeline.compare.truth_tables import (
    Case,
    NotTold,
    Row,
    TruthTable,
    by_number,
    split_told,
    truth_table,
)
from pipeline.errors import PipelineError

__all__ = [
    "Case", "Fit", "LeftOut", "Model", "Necessity", "NotTold", "Reading", "Readings", "Row",
    "Solution", "Stability", "Term", "TruthTable", "formula", "leave_one_interview_out",
    "model_formula", "necessity", "readings", "solve", "truth_table",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Necessity:
    """Whether the outcome occurs only where a condition holds."""

    condition: str  # code id, with ~ before it for the absence
    outcome: str
    consistency: float  # share of the cases with the outcome in which the condition holds
    coverage: float  # share of the cases with the condition that have the outcome
    relevance: float  # RoN: near 0 where the condition holds nearly everywhere, so trivially
    missing: tuple[str, ...]  # cases with the outcome and without the condition


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What is found without the cases of one interview."""

    interview: str
    n_cases: int  # dropped
    models: tuple[str, ...]  # conservative
    same: bool
    refused: str  # why nothing can be found without these cases, else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How far the conservative models rest on single interviews."""

    models: tuple[str, ...]  # of all cases
    kept: tuple[int, ...]  # for each of these, in how many runs it is found again
    runs: tuple[LeftOut, ...]
    n_same: int  # runs that found the same models
    n: int  # interviews with cases in the table


def necessity(table: TruthTable) -> tuple[Necessity, ...]:
    """Each condition and its absence, for the outcome and for its absence.

    With X the cases in which the condition holds and Y those with the outcome: consistency is
    |X and Y| / |Y|, coverage |X and Y| / |X|, relevance of necessity |not X| / |not (X and Y)|.

    Source: Schneider and Wagemann (2012), Set-Theoretic Methods for the Social Sciences.
    """
    return tuple(
        _necessity(table, place, holds, present)
        for present in (True, False)
        for place in range(len(table.conditions))
        for holds in (True, False)
    )


def leave_one_interview_out(
    cases: Iterable[Case],
    outcome: str,
    conditions: Sequence[str],
    *,
    frequency: int = 1,
    consistency: float = 0.8,
    present: bool = True,
) -> Stability:
    """The conservative models when all cases of one interview are dropped, interview by interview.

    Only interviews with a case in the table are dropped. A run that has to be refused (too few
    cases, a condition that no longer varies) is not the same and says why.

    Raises
    ------
    PipelineError : the table of all cases is refused.
    """
    listed = list(cases)

    def models(kept: Iterable[Case]) -> tuple[str, ...]:
        table = truth_table(kept, outcome, conditions, frequency=frequency, consistency=consistency)
        found = minimal(table, present, parsimonious=False)
        return tuple(cover_formula(cover, table, present) for cover in found.covers)

    whole = models(listed)
    told, _ = split_told(listed, (outcome, *conditions))
    runs = []
    for interview in sorted({case.interview for case in told}, key=by_number):
        found: tuple[str, ...] = ()
        refused = ""
        try:
            found = models(case for case in listed if case.interview != interview)
        except PipelineError as error:
            refused = str(error)
        runs.append(
            LeftOut(
                interview=interview,
                n_cases=sum(case.interview == interview for case in told),
                models=found,
                same=not refused and set(found) == set(whole),
                refused=refused,
            )
        )
    return Stability(
        models=whole,
        kept=tuple(sum(model in run.models for run in runs) for model in whole),
        runs=tuple(runs),
        n_same=sum(run.same for run in runs),
        n=len(runs),
    )


def _necessity(table: TruthTable, place: int, holds: bool, present: bool) -> Necessity:
    inside = [row for row in table.rows if row.values[place] is holds]
    outside = [row for row in table.rows if row.values[place] is not holds]
    n_inside = sum(row.n for row in inside)
    n_both, n_outcome = len(names_of(inside, present)), len(names_of(table.rows, present))
    return Necessity(
        condition=literal(table.conditions[place], holds),
        outcome=literal(table.outcome, present),
        consistency=n_both / n_outcome,
        coverage=n_both / n_inside,
        relevance=(table.n_cases - n_inside) / (table.n_cases - n_both),
        missing=names_of(outside, present),
    )
