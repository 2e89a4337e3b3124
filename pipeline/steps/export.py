"""Decisions and suggestions as one flat table, anonymised: a row per segment and code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.config import load_object
from pipeline.errors import PipelineError, known_names
from pipeline.records import Decision, Suggestion, from_frame
from pipeline.sheets import WRITERS
from pipeline.steps.anonymise import study_gate
from pipeline.steps.material import (
    anchors_of,
    published_columns,
    read_texts,
    settle_decisions,
    texts_by_hash,
)
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study
from pipeline.store import derived
from pipeline.store.decisions import look_at, read_decisions
from pipeline.store.gate import Field, write_out
from pipeline.tables import Column, Sheet

_COLUMNS = (
    "transcript", "participant", "segment", "speaker", "text", "code", "coder", "verdict", "how",
    "list", "phase", "round", "shown", "score", "model", "calibrated", "episode", "comment",
    "codebook_version", "time",
)  # fmt: skip
_WIDE = {"text": 80, "comment": 30, "segment": 18, "time": 20, "code": 22}


def export_table(study: Study, file: Path) -> str:
    """Write the table; returns what to tell the person.

    A person's decision has coder, verdict and how; a machine's suggestion that nobody decided about
    has none of these but a model, so that a guess is never taken for a code. Score and model of a
    decided row are what the person was shown. Decisions that fit no row of today stand at the end,
    without segment and text.

    Raises
    ------
    PipelineError : an unknown suffix, a step that has not run, or a place that cannot be written.
    """
    form = file.suffix.lower().removeprefix(".")
    if form not in WRITERS:
        raise PipelineError(
            "no export of this kind", where=str(file), mend=f"Known: {known_names(WRITERS)}."
        )
    rows, n_left = _rows(study)
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
    words = ("speaker", "text", "comment")
    fields = [Field(name=name, texts=[row[name] for row in rows]) for name in words]
    write_out(file, write([sheet]), fields, study_gate(study))
    told = f"{file}: {len(rows)} rows"
    if n_left:
        told += (
            f"; the last {n_left} are decisions that no segment and code of today has: made on "
            "another segmentation, for a code taken out, or on words edited since"
        )
    return told


def _rows(study: Study) -> tuple[list[dict[str, Any]], int]:
    """The rows, and how many of them, at the end, are decisions without a segment or code now."""
    segments = read_segments(study)
    start = _starts(study)
    frame = derived.read_table(study.derived / "suggestions.parquet")
    suggestions = {
        (one.segment_id, one.code): one
        for one in from_frame(derived.require(frame, "suggest"), Suggestion)
    }
    with look_at(study.decisions) as db:
        every = read_decisions(db)
    decisions, astray = settle_decisions(study, every, segments)
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
        for code in study.codebook.ids:
            suggestion = suggestions.get((segment.segment_id, code))
            row = start[segment.transcript_id] | {
                "segment": segment.segment_id,
                "speaker": segment.speaker,
                "text": segment.text,
                "code": code,
            }
            found = said.pop((segment.segment_id, code), [])
            rows += [row | _said(one, suggestion) for one in found]
            rows += [] if found else [row | _guessed(suggestion)]
    left = [one for listed in said.values() for one in listed] + astray
    names = texts_by_hash(study)
    for one in left:
        name, _ = names.get(one.anchor.transcript_hash, ("", ""))
        rows.append(start[name] | {"code": one.code} | _said(one, None))
    return rows, len(left)


def _starts(study: Study) -> dict[str, dict[str, Any]]:
    """What every row of a transcript begins with; "" is the transcript that nobody knows."""
    texts = read_texts(study)
    published = published_columns(texts)
    blank = dict.fromkeys((*_COLUMNS[:2], *published, *_COLUMNS[2:]), "")
    known = {
        row["transcript_id"]: blank
        | {"transcript": row["transcript_id"], "participant": row["participant"]}
        | {name: row[name] for name in published}
        for row in texts.to_dict("records")
    }
    return {"": blank} | known


def _guessed(suggestion: Suggestion | None) -> dict[str, Any]:
    if suggestion is None:
        return {}
    return {
        "score": suggestion.score,
        "model": suggestion.model_id,
        "calibrated": str(suggestion.calibrated).lower(),
    }


def _said(one: Decision, suggestion: Suggestion | None) -> dict[str, Any]:
    """A person's decision, with the score and the model that the person saw then."""
    names = ("coder", "verdict", "how", "list", "phase", "round", "episode", "comment",
             "codebook_version", "time")  # fmt: skip
    same = suggestion is not None and one.score is not None and suggestion.model_id == one.model_id
    return {name: getattr(one, name) for name in names} | {
        "shown": ";".join(one.shown),
        "score": "" if one.score is None else one.score,
        "model": one.model_id,
        "calibrated": str(suggestion.calibrated).lower() if suggestion and same else "",
    }
