"""Corrections back in: checked as a whole, backed up, anonymised, then appended; all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.records import Dealt, Decision
from pipeline.review import REQUIRED, Outcome, read_review
from pipeline.review.names import plain
from pipeline.sheets.read import read_rows
from pipeline.steps.anonymise import clean_notes, study_gate
from pipeline.steps.ingest import read_registry
from pipeline.steps.inspect import read_file
from pipeline.steps.study import Study, now
from pipeline.store.decisions import (
    add_decisions,
    back_up,
    look_at,
    open_decisions,
    read_dealt,
    read_decisions,
    read_workbooks,
    set_state,
)


def take_in(study: Study, files: Sequence[Path], *, dry_run: bool) -> Iterator[str]:
    """Import each file; a line or more per file.

    A file with a fault changes nothing, and the other files go on; faults are raised at the end.

    Raises
    ------
    PipelineError : the faults of all files.
    """
    faults = []
    for file in files:
        try:
            yield from _take_one(study, file, dry_run=dry_run)
        except PipelineError as error:
            faults.append(error)
    if faults:
        raise PipelineError.join(faults)


def _take_one(study: Study, file: Path, *, dry_run: bool) -> Iterator[str]:
    data = read_file(file)
    outcome, n_forgotten = _read(study, file, data)
    decisions, replaced = clean_notes(study, outcome.decisions, keep=not dry_run)
    yield from _tell(file, outcome, replaced)
    if n_forgotten:
        yield (
            f"  ! {n_forgotten} rows are of somebody who was forgotten: they were passed over. "
            "Delete this file, and the coder's copy of it."
        )
    if dry_run:
        yield "  dry run: nothing was saved"
        return
    added, known = _save(study, data, decisions)
    yield f"  {added} decisions saved" + (f", {known} stood there already" if known else "")


def _read(study: Study, file: Path, data: bytes) -> tuple[Outcome, int]:
    """What the file says, and how many of its rows are of somebody who was forgotten."""
    rows = read_rows(data, file.name, REQUIRED)
    with look_at(study.decisions) as db:
        dealt = {row.row_id: row for row in read_dealt(db)}
        books = {book.id: book for book in read_workbooks(db)}
        earlier = read_decisions(db)
    if not books:
        raise PipelineError(
            "no workbook of this study has gone out yet",
            where=file.name,
            mend="Check that -s names the right study.",
        )
    gone = {row_id.casefold() for row_id in read_registry(study).forgotten.get("rows", ())}
    kept = [row for row in rows if plain(row.values["row"]).casefold() not in gone]
    outcome = read_review(kept, dealt, books, file.name, now(), codebook=study.codebook)
    decisions = _with_episodes(outcome.decisions, dealt, earlier)
    return replace(outcome, decisions=tuple(decisions)), len(rows) - len(kept)


def _with_episodes(
    decisions: Sequence[Decision], dealt: Mapping[str, Dealt], earlier: Sequence[Decision]
) -> list[Decision]:
    """A row that was asked again and names no episode is of the episode its coder gave it then."""
    given = {(one.coder, one.anchor): one.episode for one in earlier if one.episode}
    return [
        replace(one, episode=given.get((one.coder, one.anchor), ""))
        if dealt[one.row_id].asked and not one.episode
        else one
        for one in decisions
    ]


def _tell(file: Path, outcome: Outcome, replaced: Sequence[str]) -> Iterator[str]:
    counts = outcome.counts
    yield f"{file.name}: {counts.done} rows done, {counts.untouched} untouched"
    for warning in outcome.warnings:
        yield f"  ! {warning}"
    for row_id in replaced:
        yield f"  ! row {row_id}: something in the comment could identify and was replaced"


def _save(study: Study, data: bytes, decisions: Sequence[Decision]) -> tuple[int, int]:
    moment = now()
    digest = hashlib.sha256(data).hexdigest()
    gate = study_gate(study)
    stamp = moment.replace(":", "").replace("-", "")
    back_up(study.decisions, study.backup, f"decisions-{stamp}-{digest[:6]}")
    with open_decisions(study.decisions) as db:
        dealt = {row.row_id: row.workbook_id for row in read_dealt(db)}
        stamped = [replace(decision, time=moment) for decision in decisions]
        counts = add_decisions(db, stamped, gate, source="workbook", file_hash=digest, time=moment)
        for workbook_id in sorted({dealt[decision.row_id] for decision in decisions}):
            set_state(db, workbook_id, "returned")
    return counts
