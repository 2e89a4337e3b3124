"""How a transcript is read, before anything is done with it. Shows raw text, on request only."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.config import find_study, read_config
from pipeline.errors import PipelineError
from pipeline.ingest import MAX_FILE_BYTES, read_transcript, too_large
from pipeline.records import Role, Transcript
from pipeline.steps.participants import read_participants
from pipeline.steps.study import Study
from pipeline.text import n_words

_SHOWN_TURNS = 6
_SHOWN_CHARACTERS = 90
_SHOWN_SPEAKERS = 12
# Of a terminal: bold, and a colour for each role and for what looked odd.
_STYLES = {"file": "1", "interviewer": "36", "respondent": "32", "other": "2", "odd": "33"}


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
    PipelineError : it is not there, is a folder, is far too large, or cannot be read.
    """
    try:
        status = file.stat()
        if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
            if status.st_size > MAX_FILE_BYTES:
                raise too_large(status.st_size, str(file))
            return file.read_bytes()
        # A device or a pipe may never end.
        raise PipelineError("this is no file", where=str(file), mend="Name a file with text.")
    except IsADirectoryError:
        raise PipelineError(
            "this is a folder", where=str(file), mend="Name the files in it."
        ) from None
    except FileNotFoundError:
        raise PipelineError(
            "there is no such file", where=str(file), mend="Check the name."
        ) from None
    except OSError:  # Windows says so of a folder, too
        raise PipelineError(
            "the file cannot be read", where=str(file), mend="Check its rights."
        ) from None


def describe(document: Mapping[str, Any], *, colour: bool = False) -> Iterator[str]:
    """A few lines for a person: speakers and roles, the beginning, what looked odd."""

    def styled(text: str, style: str) -> str:
        return f"\033[{_STYLES[style]}m{text}\033[0m" if colour else text

    turns = document["turns"]
    n_words_all = sum(n_words(turn["text"]) for turn in turns)
    read = f"{document['format']}, {document['encoding']}, {len(turns)} turns, {n_words_all} words"
    times = [t for turn in turns for t in (turn["start_s"], turn["end_s"]) if t is not None]
    if times:
        read += f", {_clock(min(times))} to {_clock(max(times))}"
    yield f"{styled(_shown(document['file']), 'file')}: {read}"
    spoken: Counter[tuple[str, str]] = Counter()
    said: Counter[tuple[str, str]] = Counter()
    for turn in turns:
        key = turn["speaker"], turn["role"]
        spoken[key] += 1
        said[key] += n_words(turn["text"])
    for (speaker, role), n_turns in list(spoken.items())[:_SHOWN_SPEAKERS]:
        label = f'"{_shown(speaker)}"' if speaker else "(no speaker)"
        who = styled(f"{label}: {role}", role)
        yield f"  {who}, {n_turns} turns, {said[speaker, role]} words"
    if len(spoken) > _SHOWN_SPEAKERS:
        yield f"  and {len(spoken) - _SHOWN_SPEAKERS} more speakers"
    for turn in turns[:_SHOWN_TURNS]:
        text = _shown(turn["text"][: _SHOWN_CHARACTERS + 1])
        cut = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
        at = f"[{_clock(turn['start_s'])}] " if turn["start_s"] is not None else ""
        yield f"  | {at}{styled(_shown(turn['speaker']) or '-', turn['role'])}: {cut}"
    for warning in document["warnings"]:
        yield f"  {styled('! ' + warning, 'odd')}"
    if any(turn["role"] != "other" for turn in turns):
        yield '  A role is wrong? In study.toml, under [roles]: "LABEL" = "interviewer".'


def _shown(text: str) -> str:
    """Without the signs that a terminal takes for commands."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


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
