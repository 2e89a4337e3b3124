"""How a transcript is read, before anything is done with it. Shows raw text, on request only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.config import find_study, read_config
from pipeline.errors import PipelineError
from pipeline.ingest import read_transcript
from pipeline.records import Role, Transcript
from pipeline.steps.participants import read_participants
from pipeline.steps.study import Study
from pipeline.text import n_words

_SHOWN_TURNS = 6
_SHOWN_CHARACTERS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What became of one file: a document, or the reason why there is none."""

    document: dict[str, Any] = field(default_factory=dict)
    fault: PipelineError | None = None
    line: str = ""


def inspect_files(files: Sequence[Path], study: Path | None) -> Iterator[FileResult]:
    """One result per file; a file that cannot be read does not stop the others."""
    roles, known = _settings(study)
    for file in files:
        try:
            labels = next((found for path, found in known.items() if file.match(path)), {})
            transcript = read_transcript(read_file(file), file.name, roles=roles, known=labels)
        except PipelineError as fault:
            yield FileResult(fault=fault)
        else:
            yield FileResult(document=_document(transcript))


def read_file(file: Path) -> bytes:
    """The bytes of a loose file.

    Raises
    ------
    PipelineError : it is not there, is a folder, or cannot be read.
    """
    try:
        return file.read_bytes()
    except IsADirectoryError:
        raise PipelineError(
            "this is a folder", where=str(file), mend="Name the files in it."
        ) from None
    except FileNotFoundError:
        raise PipelineError(
            "there is no such file", where=str(file), mend="Check the name."
        ) from None
    except OSError:
        raise PipelineError(
            "the file cannot be read", where=str(file), mend="Check its rights."
        ) from None


def describe(document: Mapping[str, Any]) -> Iterator[str]:
    """A few lines for a person: speakers and roles, the beginning, what looked odd."""
    turns = document["turns"]
    yield f"{document['file']}: {document['format']}, {document['encoding']}, {len(turns)} turns"
    spoken: Counter[tuple[str, str]] = Counter()
    said: Counter[tuple[str, str]] = Counter()
    for turn in turns:
        key = turn["speaker"], turn["role"]
        spoken[key] += 1
        said[key] += n_words(turn["text"])
    for (speaker, role), n_turns in spoken.items():
        label = f'"{speaker}"' if speaker else "(no speaker)"
        yield f"  {label}: {role}, {n_turns} turns, {said[speaker, role]} words"
    for turn in turns[:_SHOWN_TURNS]:
        text = turn["text"]
        cut = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
        at = f"[{turn['start_s']:.0f} s] " if turn["start_s"] is not None else ""
        yield f"  | {at}{turn['speaker'] or '-'}: {cut}"
    for warning in document["warnings"]:
        yield f"  ! {warning}"
    if any(turn["role"] != "other" for turn in turns):
        yield '  A role is wrong? In study.toml, under [roles]: "LABEL" = "interviewer".'


def _settings(
    given: Path | None,
) -> tuple[Mapping[str, Role], Mapping[str, Mapping[str, Role]]]:
    """[roles] and the participants' labels of the study that is given or near; else nothing."""
    try:
        study = Study(config=read_config(find_study(given, Path.cwd())))
    except PipelineError:
        if given is not None:
            raise
        return {}, {}
    known: dict[str, dict[str, Role]] = {}
    for row in read_participants(study):
        if row.speaker:
            known.setdefault(row.file, {})[row.speaker] = "respondent"
    return study.config.roles, known


def _document(transcript: Transcript) -> dict[str, Any]:
    return {
        "file": transcript.file,
        "format": transcript.format,
        "encoding": transcript.encoding,
        "turns": [
            {name: getattr(turn, name) for name in ("speaker", "role", "start_s", "end_s", "text")}
            for turn in transcript.turns
        ],
        "warnings": list(transcript.warnings),
    }
