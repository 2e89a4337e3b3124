"""Which steps are due. Answered from outside the vault, so that asking costs no passphrase.

A step's key is a hash of what it reads, its settings and its version, and of the key before it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import anonymise as anonymise_room
from pipeline import ingest as ingest_room
from pipeline import segment as segment_room
from pipeline import suggest as suggest_room
from pipeline.records import CANONICAL_VERSION, Workbook
from pipeline.steps.ingest import corpus_files
from pipeline.steps.study import Study, key_of, newest_round, read_input
from pipeline.store.decisions import look_at, read_workbooks

_PARQUET = b"PAR1"  # a Parquet file's first and last bytes
STEPS = ("ingest", "anonymise", "segment", "embed", "train", "suggest", "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Keys as they should be, and which steps have another."""

    keys: dict[str, str]
    due: tuple[str, ...]
    idle_coders: tuple[str, ...]  # have no open workbook


def make_plan(study: Study, state: Mapping[str, Any] | None = None) -> Plan:
    """What is due now.

    Raises
    ------
    PipelineError : the corpus, the participants or the codebook are not there.
    """
    state = study.state() if state is None else state
    with look_at(study.decisions) as db:
        workbooks = read_workbooks(db)
        newest = 0 if db is None else db.execute("SELECT MAX(id) FROM decisions").fetchone()[0]
    idle = idle_coders(study, workbooks)
    keys = _keys(study, state, newest or 0)
    due = [
        step
        for step in STEPS[:-1]
        if state.get(step, {}).get("key") != keys[step] or not _made(study, step)
    ]
    if due or any(state.get("review", {}).get(coder) != keys["suggest"] for coder in idle):
        due += ["review"] if idle else []
    return Plan(keys=keys, due=tuple(due), idle_coders=idle)


def _made(study: Study, step: str) -> bool:
    """Whether what a step leaves is still there, and whole as far as its last bytes tell."""
    tables = {
        "anonymise": ("turns", "transcripts"),
        "segment": ("segments",),
        "suggest": ("suggestions",),
    }
    if step == "train":
        return newest_round(study) is not None
    paths = [study.derived / f"{name}.parquet" for name in tables.get(step, ())]
    return all(path.is_file() and _ends_well(path) for path in paths)


def _ends_well(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(-len(_PARQUET), os.SEEK_END)
            return file.read() == _PARQUET
    except OSError:
        return False


def idle_coders(study: Study, workbooks: list[Workbook]) -> tuple[str, ...]:
    """Coders of the study who have no workbook open, in the study's order."""
    busy = {workbook.coder for workbook in workbooks if workbook.state == "open"}
    return tuple(coder for coder in study.config.review.coders if coder not in busy)


def _keys(study: Study, state: Mapping[str, Any], newest: int) -> dict[str, str]:
    config = study.config
    ingest = key_of(
        ingest_room.VERSION, CANONICAL_VERSION, config.roles, _listing(study), _table(study)
    )
    # A verdict on the anonymisation list counts the revision up.
    revision = state.get("list", {}).get("revision", 0)
    anonymise = key_of(
        anonymise_room.VERSION,
        ingest, config.anonymise.model_dump(),
        config.publish.model_dump(), config.study.language, config.study.seed, revision,
    )  # fmt: skip
    segment = key_of(segment_room.VERSION, anonymise, config.segment.unit, config.review.leave_out)
    embed = key_of(segment, config.embed.model)
    codebook = hashlib.sha256(read_input(config.codebook, "[study] codebook")).hexdigest()
    train = key_of(suggest_room.VERSION, embed, codebook, newest, config.study.seed)
    return {
        "ingest": ingest,
        "anonymise": anonymise,
        "segment": segment,
        "embed": embed,
        "train": train,
        "suggest": key_of(train, config.review.suggestions),
    }


def _listing(study: Study) -> str:
    """Names, sizes and times of the corpus's files, as a hash: a file's name may be a person's."""
    marks = []
    for path in corpus_files(study):
        try:
            stat = (study.config.corpus / path).stat()
            marks.append((path, stat.st_size, stat.st_mtime_ns))
        except OSError:
            marks.append((path, -1, -1))
    return key_of(marks)


def _table(study: Study) -> str:
    path = study.config.participants
    if path is None:
        return ""
    return hashlib.sha256(read_input(path, "[study] participants")).hexdigest()
