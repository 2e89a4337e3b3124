"""Workbooks that are out, after the anonymisation has learnt something: written again, or named.

A file that nobody has touched since Motif wrote it is written again in its place: the same rows in
the same order, with today's pseudonyms in what was said. A file that somebody has worked in is
never written to. Copies that a coder has elsewhere are out of reach.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.config import load_object
from pipeline.errors import PipelineError
from pipeline.records import Dealt, Segment, Turn, Workbook, from_frame
from pipeline.review import RowContent, rebuild_workbook, text_check, words_of
from pipeline.sheets import WRITERS
from pipeline.sheets.read import read_rows
from pipeline.steps.ingest import read_registry
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study
from pipeline.store import derived
from pipeline.store.decisions import (
    look_at,
    open_decisions,
    read_dealt,
    read_workbooks,
    set_text_checks,
)
from pipeline.store.gate import Field, Gate, write_out
from pipeline.suggest.reasons import spoken

WRITTEN = "written"  # the vault's entry: sha256 of each workbook as Motif wrote it, by file name
_SAID = ("speaker", "before", "text", "after")
Rows = Sequence[tuple[Dealt, Mapping[str, str]]]


def note_written(study: Study, path: Path, data: bytes) -> None:
    """Keep how a workbook is as Motif has written it."""
    kept = {**_written(study), path.name: _digest(data)}
    study.vault.write(WRITTEN, json.dumps(kept).encode())


def is_as_written(study: Study, path: Path, data: bytes) -> bool:
    """Whether nobody has saved a workbook since; False where that is not known."""
    return _written(study).get(path.name) == _digest(data)


def write_again(
    study: Study, path: Path, rows: Rows, book: Workbook, gate: Gate, *, untouched: bool
) -> None:
    """A workbook around these rows, with whatever else a coder has typed into them."""
    sheets = rebuild_workbook(book, rows, study.codebook, study.config.study.name)
    form = "csv" if path.suffix.lower() == ".csv" else "xlsx"
    fields = [
        Field(name=title, texts=[_spoken(title, values.get(title, "")) for _, values in rows])
        for title in dict.fromkeys(title for _, values in rows for title in values)
    ]
    data: bytes = load_object(WRITERS[form])(sheets)
    target = path.with_suffix(f".{form}")
    write_out(target, data, fields, gate)
    if untouched:
        note_written(study, target, data)


def masked(gate: Gate, text: str) -> str:
    """A cell as it may be written: the team may have learnt of a name since it went out."""
    for start, end, _ in sorted(gate.find(text), reverse=True):
        text = text[:start] + "[…]" + text[end:]
    return text


def keep_up(study: Study, gate: Gate) -> Iterator[str]:
    """Every open workbook under review/ as the anonymisation is now; a line for each that changed.

    No decision moves: rows keep their numbers, and what a row's text was checked against follows.
    """
    with look_at(study.decisions) as db:
        books = {one.id: one for one in read_workbooks(db) if one.state == "open"}
        dealt = {one.row_id.casefold(): one for one in read_dealt(db) if one.workbook_id in books}
    now: dict[str, dict[str, str]] | None = None
    for book in books.values():
        for path in (study.review / f"{book.id}.{form}" for form in WRITERS):
            try:
                data = path.read_bytes()
                found = read_rows(data, path.name, ("row",))
            except (OSError, PipelineError):  # not there any more, or held or damaged by others
                continue
            now = _as_of_now(study, list(dealt.values())) if now is None else now
            rows = []
            for row in found:
                one = dealt.get(row.values["row"].strip().casefold())
                if one is not None:
                    rows.append((one, {k: v for k, v in row.values.items() if v}))
            yield from _keep_up_one(study, path, data, rows, now, book, gate)


def _keep_up_one(
    study: Study,
    path: Path,
    data: bytes,
    rows: Rows,
    now: Mapping[str, Mapping[str, str]],
    book: Workbook,
    gate: Gate,
) -> Iterator[str]:
    changed = {
        one.row_id: cells
        for one, values in rows
        if (cells := _renewed(values, now.get(one.row_id, {}), gate)) != values
    }
    if not changed:
        return
    if is_as_written(study, path, data):
        renewed = [(one, changed.get(one.row_id, values)) for one, values in rows]
        checks = {name: text_check(cells.get("text", "")) for name, cells in changed.items()}
        with open_decisions(study.decisions) as db:
            set_text_checks(db, checks)
            write_again(study, path, renewed, book, gate, untouched=True)
        yield f"{path}: {len(changed)} rows written again, as names are replaced now"
        return
    n = sum(
        any(gate.find(_spoken(title, text)) for title, text in values.items()) for _, values in rows
    )
    if n:
        yield (
            f"! {path}: {n} rows show something that is known to identify by now. Somebody has "
            f"worked in this file, so it is left as it is. Ask {book.coder} to hand it in as far "
            f"as it is done (motif review in {path}; rows without 'done' decide nothing), then "
            "delete it and its copies. The next workbook has the new pseudonyms."
        )


def _renewed(values: Mapping[str, str], now: Mapping[str, str], gate: Gate) -> Mapping[str, str]:
    """The cells of a row as they would go out today; what has no place any more is masked."""
    said = {
        title: now[title] if title in now else masked(gate, values[title])
        for title in _SAID
        if title in values
    }
    same = {title for title, text in said.items() if text_check(text) == text_check(values[title])}
    because = values.get("because", "")
    if gate.find(spoken(because)):
        said["because"] = masked(gate, because)
    return {**values, **{title: text for title, text in said.items() if title not in same}}


def _spoken(title: str, text: str) -> str:
    return spoken(text) if title == "because" else text


def _as_of_now(study: Study, dealt: Sequence[Dealt]) -> dict[str, dict[str, str]]:
    """By row: what would stand in it today; nothing for rows whose segment is cut otherwise now."""
    names = {digests[-1]: name for name, digests in read_registry(study).texts.items()}
    segments = {(s.transcript_id, s.source_start, s.source_end): s for s in read_segments(study)}
    frame = derived.require(derived.read_table(study.derived / "turns.parquet"), "anonymise")
    turns: dict[str, list[Turn]] = {}
    for turn in from_frame(frame, Turn):
        turns.setdefault(turn.transcript_id, []).append(turn)
    n = study.config.segment.context
    made = {}
    for one in dealt:
        place = one.anchor.source_start, one.anchor.source_end
        segment = segments.get((names.get(one.anchor.transcript_hash, ""), *place))
        if segment is not None:
            made[one.row_id] = _words(one, segment, turns[segment.transcript_id], n)
    return made


def _words(dealt: Dealt, segment: Segment, turns: Sequence[Turn], n: int) -> dict[str, str]:
    content = RowContent(
        dealt=replace(dealt, text_check=text_check(segment.text)),
        segment=segment,
        before=tuple(turns[max(0, segment.first_turn - n) : segment.first_turn]),
        after=tuple(turns[segment.last_turn + 1 : segment.last_turn + 1 + n]),
        because=(),
    )
    return {title: texts[0] for title, texts in words_of([content]).items() if title in _SAID}


def _written(study: Study) -> dict[str, str]:
    try:
        kept: dict[str, str] = json.loads(study.vault.read(WRITTEN))
    except KeyError:
        return {}
    return kept


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
