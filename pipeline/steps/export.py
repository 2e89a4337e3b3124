"""Decisions and suggestions as one flat table, anonymised: a row per segment and code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.config import load_object
from pipeline.errors import PipelineError, known_names
from pipeline.records import Suggestion, from_frame
from pipeline.sheets import WRITERS
from pipeline.steps.anonymise import study_gate
from pipeline.steps.material import anchors_of, read_texts, settle_anchors
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study
from pipeline.store import derived
from pipeline.store.decisions import look_at, read_decisions
from pipeline.store.gate import Field, write_out
from pipeline.tables import Column, Sheet
from pipeline.targets import latest

_COLUMNS = (
    "transcript", "participant", "segment", "speaker", "text", "code", "coder", "verdict", "how",
    "list", "phase", "round", "shown", "score", "model", "calibrated", "episode", "comment",
    "codebook_version", "time",
)  # fmt: skip
_WIDE = {"text": 80, "comment": 30, "segment": 18, "time": 20, "code": 22}


def export_table(study: Study, file: Path) -> str:
    """Write the table; returns what to tell the person.

    A person's decision has coder, verdict and how; a machine's suggestion that nobody decided about
    has none of these but a model, so that a guess is never taken for a code.

    Raises
    ------
    PipelineError : an unknown suffix, a step that has not run, or a place that cannot be written.
    """
    form = file.suffix.lower().removeprefix(".")
    if form not in WRITERS:
        raise PipelineError(
            "no export of this kind", where=str(file), mend=f"Known: {known_names(WRITERS)}."
        )
    rows = list(_rows(study))
    published = [name for name in rows[0] if name not in _COLUMNS] if rows else []
    columns = [*_COLUMNS[:2], *published, *_COLUMNS[2:]]
    sheet = Sheet(
        name="coded",
        columns=tuple(Column(key=name, title=name, width=_WIDE.get(name, 14)) for name in columns),
        rows=tuple(rows),
        freeze=(1, 0),
        main=True,
    )
    write: Callable[[Any], bytes] = load_object(WRITERS[form])
    fields = [Field(name=name, texts=[row[name] for row in rows]) for name in ("text", "comment")]
    write_out(file, write([sheet]), fields, study_gate(study))
    return f"{file}: {len(rows)} rows"


def _rows(study: Study) -> list[dict[str, Any]]:
    segments = read_segments(study)
    texts = read_texts(study).set_index("transcript_id")
    published = [n for n in texts.columns if n not in ("transcript_hash", "earlier", "language",
                                                       "participant")]  # fmt: skip
    frame = derived.read_table(study.derived / "suggestions.parquet")
    suggestions = {
        (one.segment_id, one.code): one
        for one in from_frame(derived.require(frame, "suggest"), Suggestion)
    }
    with look_at(study.decisions) as db:
        decisions, _ = settle_anchors(study, latest(read_decisions(db)), segments)
    place = {
        (a.transcript_hash, a.source_start, a.source_end): segment.segment_id
        for a, segment in zip(anchors_of(study, segments), segments, strict=True)
    }
    said = defaultdict(list)
    for one in decisions:
        a = one.anchor
        where = place.get((a.transcript_hash, a.source_start, a.source_end))
        said[where, one.code].append(one)
    rows = []
    for segment in segments:
        text = texts.loc[segment.transcript_id]
        for code in study.codebook.ids:
            suggestion = suggestions.get((segment.segment_id, code))
            start = {
                "transcript": segment.transcript_id,
                "participant": text["participant"],
                **{name: text[name] for name in published},
                "segment": segment.segment_id,
                "speaker": segment.speaker,
                "text": segment.text,
                "code": code,
                "score": "" if suggestion is None else suggestion.score,
                "model": "" if suggestion is None else suggestion.model_id,
                "calibrated": "" if suggestion is None else str(suggestion.calibrated).lower(),
                "comment": "",
            }
            found = said.get((segment.segment_id, code), [])
            rows += [start | _said(one) for one in found] or [start]
    return rows


def _said(one: Any) -> dict[str, Any]:
    names = ("coder", "verdict", "how", "list", "phase", "round", "episode", "comment",
             "codebook_version", "time")  # fmt: skip
    return {name: getattr(one, name) for name in names} | {"shown": ";".join(one.shown)}
