"""Which conditions meet in one client's story, or one interview, where an outcome is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipeline.compare.interviews import heard
from pipeline.errors import PipelineError, known_names
from pipeline.expressions import parse
from pipeline.records import Codebook, Decision, Segment
from pipeline.steps.compare import wrapped
from pipeline.steps.counts import of_coders, read_corpus
from pipeline.steps.material import anchors_of, settle_decisions
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study
from pipeline.store.decisions import look_at, read_decisions

if TYPE_CHECKING:
    from pipeline.compare.configurations import (
        Case,
        Fit,
        Necessity,
        Readings,
        Solution,
        Stability,
        TruthTable,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `motif configurations` was asked for."""

    outcome: str
    conditions: tuple[str, ...]
    unit: str  # episode or interview
    untold_absent: bool = False
    coder: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)
    frequency: int = 1
    consistency: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that was found."""

    study: str
    wanted: Wanted
    table: TruthTable
    solutions: tuple[Solution, Solution]  # of the outcome, of its absence
    necessity: tuple[Necessity, ...]
    stability: Stability
    readings: Readings | None
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As `motif configurations --json` prints it."""
        found = asdict(self)
        wanted = found.pop("wanted")
        return {"unit": wanted["unit"], "untold": _untold(self.wanted), **found}


def configurations(study: Study, wanted: Wanted) -> Found:
    """The truth table of an outcome, all minimal models, and which stated reading holds.

    Only what people confirmed counts. A case that tells neither of a code nor of its opposite (see
    `opposite` in the codebook) is not told: left out and listed, unless `untold_absent` says that a
    code nobody found in an interview that was read in full is absent from its stories.

    Raises
    ------
    PipelineError : an unknown code, nothing coded, too few cases; every fault at once.
    """
    from pipeline.compare.configurations import (
        leave_one_interview_out,
        necessity,
        readings,
        solve,
        truth_table,
    )

    _check(study.codebook, wanted)
    stated = _readings_of(study, wanted)
    wanted = replace(wanted, conditions=wanted.conditions or _named_in(stated, study.codebook))
    _check(study.codebook, wanted)
    cases, warnings = _cases(study, wanted)
    cut = {"frequency": wanted.frequency, "consistency": wanted.consistency}
    try:
        table = truth_table(cases, wanted.outcome, wanted.conditions, **cut)  # type: ignore[arg-type]
    except PipelineError as error:
        raise PipelineError.join([error, *_hint(cases, wanted)]) from None
    return Found(
        study=study.config.study.name,
        wanted=wanted,
        table=table,
        solutions=(solve(table), solve(table, present=False)),
        necessity=necessity(table),
        stability=leave_one_interview_out(
            cases,
            wanted.outcome,
            wanted.conditions,
            **cut,  # type: ignore[arg-type]
        ),
        readings=readings(cases, wanted.outcome, stated, consistency=wanted.consistency)
        if stated
        else None,
        warnings=(*warnings, *table.warnings),
    )


def _untold(wanted: Wanted) -> str:
    return "absent" if wanted.untold_absent else "left out"


def _readings_of(study: Study, wanted: Wanted) -> Mapping[str, str]:
    return wanted.readings or study.config.compare.readings.get(wanted.outcome, {})


def _named_in(stated: Mapping[str, str], codebook: Codebook) -> tuple[str, ...]:
    """The codes that the readings are about, in the order in which they are named."""
    known = [*codebook.ids, *(one.id for one in codebook.derived)]
    found = [parse(text, known, where=f"reading '{name}'") for name, text in stated.items()]
    if not found:
        raise PipelineError(
            "no condition is named, and the study states no reading of this outcome",
            where="--conditions",
            mend="Name codes: --conditions C1,C2; or state readings in [compare.readings.OUTCOME].",
        )
    return tuple(dict.fromkeys(code for one in found for code in one.codes))


def _check(codebook: Codebook, wanted: Wanted) -> None:
    derived = [one.id for one in codebook.derived] if wanted.unit == "interview" else []
    known = [*codebook.ids, *derived]
    faults = [
        PipelineError(f"unknown code '{code}'", where=where, mend=f"Known: {known_names(known)}.")
        for where, codes in (("--outcome", [wanted.outcome]), ("--conditions", wanted.conditions))
        for code in codes
        if code not in known
    ]
    faults += [
        PipelineError(
            f"'{name}' is made of '{part}', so that the one follows from the other",
            where="--conditions",
            mend="Name conditions that do not define the outcome.",
        )
        for name, part in _defining(codebook, wanted)
    ]
    if faults:
        raise PipelineError.join(faults)


def _defining(codebook: Codebook, wanted: Wanted) -> Iterator[tuple[str, str]]:
    """Pairs of outcome and condition of which one is derived of the other."""
    parts = {
        one.id: parse(one.rule, codebook.ids, where=f"the rule of {one.id}").codes
        for one in codebook.derived
    }
    for condition in wanted.conditions:
        if condition in parts.get(wanted.outcome, ()):
            yield wanted.outcome, condition
        if wanted.outcome in parts.get(condition, ()):
            yield condition, wanted.outcome


def _hint(cases: Sequence[Case], wanted: Wanted) -> Iterator[PipelineError]:
    codes = (wanted.outcome, *wanted.conditions)
    gaps = sum(any(case.values.get(code) is None for code in codes) for case in cases)
    if gaps and wanted.unit == "episode" and not wanted.untold_absent:
        yield PipelineError(
            f"{gaps} of {len(cases)} stories do not tell of every code",
            where="--untold",
            mend="Where whole interviews were coded, '--untold absent' takes a code that is not in "
            "a story as absent from it.",
        )


def _cases(study: Study, wanted: Wanted) -> tuple[list[Case], list[str]]:
    if wanted.unit == "interview":
        return _interviews(study, wanted)
    return _episodes(study, wanted)


def _interviews(study: Study, wanted: Wanted) -> tuple[list[Case], list[str]]:
    from pipeline.compare.configurations import Case

    corpus = read_corpus(study, None, (wanted.coder,) if wanted.coder else ())
    coded = [one for one in corpus.interviews if one.coded]
    if not coded:
        raise _nothing()
    rules = {
        one.id: parse(one.rule, corpus.codes, where=f"the rule of {one.id}")
        for one in corpus.derived
    }
    cases = []
    for one in coded:
        values = {code: heard(one, code) for code in corpus.codes}
        values |= {name: rule.truth(values) for name, rule in rules.items()}
        cases.append(Case(name=one.transcript, interview=one.transcript, values=values))
    left = len(corpus.interviews) - len(coded)
    told = [f"{left} interviews have no decision yet and are no cases."] if left else []
    return cases, told


def _episodes(study: Study, wanted: Wanted) -> tuple[list[Case], list[str]]:
    """One case per story that one coder numbered."""
    from pipeline.compare.configurations import Case

    segments = read_segments(study)
    with look_at(study.decisions) as db:
        every = read_decisions(db)
    decisions, _ = settle_decisions(study, every, segments)
    decisions = [one for one in decisions if one.how != "adjudicated"]
    decisions = _of_one(of_coders(decisions, [wanted.coder] if wanted.coder else []))
    place = {
        (a.transcript_hash, a.source_start, a.source_end): segment
        for a, segment in zip(anchors_of(study, segments), segments, strict=True)
    }
    stories: dict[tuple[str, str], set[str]] = defaultdict(set)
    decided: dict[tuple[str, str], int] = defaultdict(int)
    for one in decisions:
        a = one.anchor
        segment = place.get((a.transcript_hash, a.source_start, a.source_end))
        if segment is None or one.verdict == "unsure":
            continue
        decided[segment.transcript_id, one.code] += 1
        if one.verdict == "present":
            for number in filter(None, one.episode.split(";")):
                stories[segment.transcript_id, number].add(one.code)
    if not stories:
        raise _no_story()
    told_of = _told_of(study.codebook, decided, segments, wanted.untold_absent)
    cases = [
        Case(
            name=f"{transcript} story {number}",
            interview=transcript,
            values={code: told_of(transcript, code, codes) for code in study.codebook.ids},
        )
        for (transcript, number), codes in sorted(stories.items())
    ]
    return cases, []


def _told_of(
    codebook: Codebook,
    decided: Mapping[tuple[str, str], int],
    segments: Sequence[Segment],
    untold_absent: bool,
) -> Any:
    """Is a code in a story: yes, no, or not told."""
    n_segments: dict[str, int] = defaultdict(int)
    for segment in segments:
        n_segments[segment.transcript_id] += 1

    def told(transcript: str, code: str, present: set[str]) -> bool | None:
        if code in present:
            return True
        if codebook[code].opposite in present:
            return False
        read_in_full = decided[transcript, code] >= n_segments[transcript]
        return False if untold_absent and read_in_full else None

    return told


def _of_one(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions of the one coder who numbered stories.

    Raises
    ------
    PipelineError : nobody did, or several, each with his or her own numbers.
    """
    counts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in decisions:
        if one.verdict == "present" and one.episode:
            counts[one.coder].add((one.anchor.transcript_hash, one.episode))
    if not decisions:
        raise _nothing()
    if not counts:
        raise _no_story()
    if len(counts) > 1:
        told = ", ".join(f"{name} ({len(found)})" for name, found in sorted(counts.items()))
        raise PipelineError(
            f"several coders numbered stories, each in their own way: {told}",
            where="--coder",
            mend="Choose one: --coder NAME.",
        )
    (coder,) = counts
    return [one for one in decisions if one.coder == coder]


def _nothing() -> PipelineError:
    return PipelineError(
        "nothing has been coded yet, and only confirmed codes count here",
        mend="Import coded workbooks ('motif review in FILE') or codings made elsewhere ('motif "
        "import FILE').",
    )


def _no_story() -> PipelineError:
    return PipelineError(
        "no confirmed code has the number of a story",
        where="--unit episode",
        mend="Coders number stories in the workbook's column 'episode'; or take --unit interview.",
    )


def describe(found: Found) -> Iterator[str]:
    """The same for a person, in 100 columns."""
    table, wanted = found.table, found.wanted
    plural = "stories" if wanted.unit == "episode" else "interviews"
    source = f" from {table.n_interviews} interviews" if wanted.unit == "episode" else ""
    untold = f"; what is not told is {_untold(wanted)}"
    yield from wrapped(
        f"{table.n_cases} {plural}{source}, {table.n_with} with {table.outcome} and "
        f"{table.n_without} without{untold if wanted.untold_absent or table.not_told else ''}."
    )
    for warning in found.warnings:
        yield from wrapped(f"! {warning}")
    if table.not_told:
        names = ", ".join(one.case for one in table.not_told)
        yield from wrapped(f"Not told, left out ({len(table.not_told)}): {names}.")
    yield ""
    yield from _truth_table(table)
    for solution in found.solutions:
        yield ""
        yield from _solution(solution)
    yield ""
    yield from _necessity(found.necessity)
    yield ""
    yield from _stability(found.stability)
    if found.readings is not None:
        yield ""
        yield from _readings(found.readings)


def _truth_table(table: TruthTable) -> Iterator[str]:
    for number, name in enumerate(table.conditions, start=1):
        yield f"  {number} = {name}"
    head = " ".join(str(number) for number in range(1, len(table.conditions) + 1))
    yield f"  {head}   with  without  consistency  cases"
    for row in table.rows:
        values = " ".join(str(int(value)) for value in row.values)
        mark = " (contradictory)" if row.contradictory else ""
        start = (
            f"  {values}  {len(row.with_outcome):>5}  {len(row.without_outcome):>7}  "
            f"{row.consistency:>11.2f}  "
        )
        listed = ", ".join((*row.with_outcome, *row.without_outcome)) + mark
        lines = wrapped(listed, indent=" " * len(start))
        yield start + lines[0].strip()
        yield from lines[1:]
    n = 2 ** len(table.conditions)
    yield f"  {table.n_remainders} of {n} configurations were not observed."


def _solution(solution: Solution) -> Iterator[str]:
    for kind, models, n in (
        ("conservative", solution.conservative, solution.n_conservative),
        ("parsimonious", solution.parsimonious, solution.n_parsimonious),
    ):
        if not models:
            yield f"{solution.outcome}, {kind}: no configuration is consistent enough."
            continue
        yield f"{solution.outcome}, {kind}: {n} minimal model{'s' * (n != 1)}"
        for model in models:
            yield from wrapped(
                f"{model.formula}   consistency {model.consistency:.2f}, coverage "
                f"{model.coverage:.2f}", indent="  ",
            )  # fmt: skip
            for term in model.terms:
                yield from _term(term)
            if model.missed:
                yield from wrapped(f"not covered: {', '.join(model.missed)}", indent="    ")
            if model.remainders:
                yield from wrapped(
                    f"assumed, never observed: {', '.join(model.remainders)}", indent="    "
                )
    yield from (line for one in solution.warnings for line in wrapped(f"! {one}"))


def _term(term: Fit) -> Iterator[str]:
    against = f"; against: {', '.join(term.contradicting)}" if term.contradicting else ""
    yield from wrapped(
        f"{term.formula}: consistency {term.consistency:.2f}, coverage {term.raw_coverage:.2f}, "
        f"of its own {term.unique_coverage:.2f}; {', '.join(term.cases)}{against}", indent="    ",
    )  # fmt: skip


def _necessity(found: Sequence[Necessity]) -> Iterator[str]:
    yield "Necessity            consistency  coverage  relevance"
    for one in found:
        if one.consistency >= 0.9:
            yield (
                f"  {one.condition} for {one.outcome}: {one.consistency:.2f}, {one.coverage:.2f}, "
                f"{one.relevance:.2f}"
            )
    if all(one.consistency < 0.9 for one in found):
        yield "  no condition reaches .90"


def _stability(found: Stability) -> Iterator[str]:
    yield (
        f"Leaving out one interview at a time: {found.n_same} of {found.n} runs find the same "
        "conservative models."
    )
    for run in found.runs:
        if not run.same:
            what = run.refused or " or ".join(run.models) or "no model"
            yield from wrapped(f"without {run.interview}: {what}", indent="  ")


def _readings(found: Readings) -> Iterator[str]:
    yield "Stated readings"
    for one in found.readings:
        yield from wrapped(f"{one.name}: {one.expression}", indent="  ")
        yield from wrapped(one.sentence, indent="    ")
    yield from wrapped(found.sentence)
