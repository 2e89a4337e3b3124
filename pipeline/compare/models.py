"""All minimal models of a truth table, and how each of their terms fits the cases."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.compare.minimise import (
    Configuration,
    Cover,
    Minimal,
    Pattern,
    all_configurations,
    covers_row,
    minimise,
)
from pipeline.compare.truth_tables import Row, TruthTable, by_number, times

Term = tuple[tuple[str, bool], ...]  # conditions that are present (True) or absent, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One term of a model and how it fits the cases, those of rare rows among them."""

    term: Term
    formula: str  # A*~B
    consistency: float  # share of the covered cases that have the outcome
    raw_coverage: float  # share of the cases with the outcome that the term covers
    unique_coverage: float  # share that no other term of the model covers
    cases: tuple[str, ...]  # covered, with the outcome
    contradicting: tuple[str, ...]  # covered, without the outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One minimal formula for the positive rows."""

    formula: str  # A*B + ~C => outcome
    terms: tuple[Fit, ...]
    consistency: float
    coverage: float
    missed: tuple[str, ...]  # cases with the outcome that no term covers
    contradicting: tuple[str, ...]  # cases without the outcome that a term covers
    remainders: tuple[str, ...]  # assumed: configurations below the cut-off or never observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """All minimal models of an outcome, or of its absence."""

    outcome: str  # code id, with ~ before it for the absence
    conservative: tuple[Model, ...]  # nothing assumed of what was not observed (also: complex)
    parsimonious: tuple[Model, ...]  # shortest; remainders taken as needed and listed
    n_conservative: int  # how many models there are, should they be too many to list
    n_parsimonious: int
    warnings: tuple[str, ...]


def solve(table: TruthTable, *, present: bool = True) -> Solution:
    """All minimal models of the outcome, or (present=False) of its absence.

    A model is a cover of the positive rows with the **fewest prime implicants**. Every such cover
    is returned, whatever its number of literals: where two fit, the data do not decide between
    them. This is what R's QCA does. Rows below the consistency cut-off are never covered on
    purpose, contradictory ones included; those below the frequency cut-off count as remainders.
    The absence is solved from its own rows; its models are not the outcome's, negated.

    Returns
    -------
    Solution : models in order of their number of literals. At most 200 of a kind are listed, and
        a warning then says how many there are.

    Raises
    ------
    PipelineError : there are too many ways to cover the rows.

    Sources: Ragin (1987, 2008); Baumgartner and Thiem (2017), Model ambiguities in configurational
    comparative research; Dusa (2019), QCA with R.
    """
    conservative = minimal(table, present, parsimonious=False)
    parsimonious = minimal(table, present, parsimonious=True)
    outcome = literal(table.outcome, present)
    return Solution(
        outcome=outcome,
        conservative=tuple(_model(cover, table, present) for cover in conservative.covers),
        parsimonious=tuple(_model(cover, table, present) for cover in parsimonious.covers),
        n_conservative=conservative.n_covers,
        n_parsimonious=parsimonious.n_covers,
        warnings=(
            *_ambiguity(conservative, "conservative", outcome),
            *_ambiguity(parsimonious, "parsimonious", outcome),
        ),
    )


def formula(term: Term) -> str:
    """`client_motivation*~own_values`; 1 for the term without a condition, which is always true."""
    return "*".join(literal(name, present) for name, present in term) or "1"


def model_formula(terms: Iterable[Term], outcome: str) -> str:
    """`A*B + ~C => outcome`."""
    return f"{' + '.join(map(formula, terms))} => {outcome}"


def literal(name: str, present: bool) -> str:
    """The code id, with ~ before it for its absence."""
    return name if present else f"~{name}"


def _term(pattern: Pattern, conditions: Sequence[str]) -> Term:
    return tuple(
        (name, want) for name, want in zip(conditions, pattern, strict=True) if want is not None
    )


def cover_formula(cover: Cover, table: TruthTable, present: bool) -> str:
    """A cover of the table as `A*B + ~C => outcome`."""
    terms = [_term(pattern, table.conditions) for pattern in cover]
    return model_formula(terms, literal(table.outcome, present))


def _remainders(table: TruthTable) -> list[Configuration]:
    """Configurations with too few cases, or none."""
    enough = {row.values for row in table.rows if row.coded != "below"}
    return [row for row in all_configurations(len(table.conditions)) if row not in enough]


def minimal(table: TruthTable, present: bool, *, parsimonious: bool) -> Minimal:
    """The minimal covers of the positive rows, with remainders free to be covered or with none."""
    positive = [row.values for row in table.rows if _coded(row, present) == "positive"]
    free = _remainders(table) if parsimonious else []
    return minimise(positive, free, len(table.conditions))


def _coded(row: Row, present: bool) -> str:
    return row.coded if present else row.coded_absent


def names_of(rows: Iterable[Row], present: bool) -> tuple[str, ...]:
    """The cases of these rows that have the outcome, or (present=False) that have it not."""
    groups = (row.with_outcome if present else row.without_outcome for row in rows)
    return tuple(sorted(itertools.chain.from_iterable(groups), key=by_number))


def _model(cover: Cover, table: TruthTable, present: bool) -> Model:
    covered = [row for row in table.rows if any(covers_row(term, row.values) for term in cover)]
    cases, against = names_of(covered, present), names_of(covered, not present)
    everyone = names_of(table.rows, present)
    return Model(
        formula=cover_formula(cover, table, present),
        terms=tuple(_fit(pattern, cover, table, present) for pattern in cover),
        consistency=len(cases) / (len(cases) + len(against)),
        coverage=len(cases) / len(everyone),
        missed=tuple(name for name in everyone if name not in cases),
        contradicting=against,
        remainders=tuple(
            formula(_term(row, table.conditions))
            for row in _remainders(table)
            if any(covers_row(term, row) for term in cover)
        ),
    )


def _fit(pattern: Pattern, cover: Cover, table: TruthTable, present: bool) -> Fit:
    covered = [row for row in table.rows if covers_row(pattern, row.values)]
    others = [other for other in cover if other != pattern]
    alone = [row for row in covered if not any(covers_row(other, row.values) for other in others)]
    cases, against = names_of(covered, present), names_of(covered, not present)
    n_outcome = len(names_of(table.rows, present))
    term = _term(pattern, table.conditions)
    return Fit(
        term=term,
        formula=formula(term),
        consistency=len(cases) / (len(cases) + len(against)),
        raw_coverage=len(cases) / n_outcome,
        unique_coverage=len(names_of(alone, present)) / n_outcome,
        cases=cases,
        contradicting=against,
    )


def _ambiguity(found: Minimal, kind: str, outcome: str) -> Iterable[str]:
    if not found.n_covers:
        yield f"No configuration is consistently followed by {outcome}: no {kind} model."
    elif found.n_covers > 1:
        listed = len(found.covers)
        only = f" (the first {listed} are listed)" if listed < found.n_covers else ""
        yield (
            f"{times(found.n_covers, f'{kind} model')} of {outcome} fit equally well{only}:"
            " the data do not decide between them, so report all."
        )
