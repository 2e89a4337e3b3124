"""Loose files, anonymised without a study: nothing is kept, no vault is opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.anonymise import Context, Known
from pipeline.anonymise.replace import RedactedText, Style, redact_texts
from pipeline.errors import PipelineError
from pipeline.ingest import decode, read_transcript, sniff
from pipeline.records import KINDS
from pipeline.steps.cast import is_role, labels_of
from pipeline.steps.inspect import FileResult, read_file
from pipeline.store.gate import Gate, write_out


def redact_files(
    files: Sequence[Path], *, policy: str, style: Style, language: str, output: Path | None
) -> Iterator[FileResult]:
    """One result per file, in their order; one person has one pseudonym in all of them.

    A .txt file is redacted as it stands (byte order mark off, line ends LF); of another format the
    canonical text of its turns is. Speakers' labels are names known beforehand. In the style "role"
    a speaker is [Person 1, respondent]: a loose file has no participants.csv, so that is the role
    that was read or guessed from it, and whoever only is spoken of has none.
    """
    texts: dict[Path, str] = {}
    faults: dict[Path, PipelineError] = {}
    labels: dict[str, set[str]] = {}  # with their roles
    for file in dict.fromkeys(files):
        try:
            texts[file], found = _text_of(file, language)
            for label, role in found.items():
                labels.setdefault(label, set()).add(role)
        except PipelineError as fault:
            faults[file] = fault
    known = Known(persons=tuple((label,) for label in labels))
    redacted = redact_texts(
        {str(file): text for file, text in texts.items()},
        Context(language=language, known=known),
        policy=policy, style=style, kinds=KINDS,
        roles={label: role for label, (role, *more) in labels.items() if not more},
    )  # fmt: skip
    names = _file_names(list(texts))
    for file in dict.fromkeys(files):
        if file in faults:
            yield FileResult(fault=faults[file])
        else:
            target = None if output is None else output / names[file]
            yield _result(file, texts[file], redacted[str(file)], target)


def _text_of(file: Path, language: str) -> tuple[str, dict[str, str]]:
    """The text to redact, and the labels of who speaks, each with the role that it was read in."""
    data = read_file(file)
    as_it_stands = sniff(data, file.name) == "txt"
    try:
        transcript = read_transcript(data, file.name)
    except PipelineError:
        if as_it_stands:  # a note that holds no speech
            return decode(data)[0], {}
        raise
    text = decode(data)[0] if as_it_stands else transcript.text
    roles = {turn.speaker: turn.role for turn in transcript.turns}
    return text, {one: roles[one] for one in labels_of(transcript) if not is_role(one, (language,))}


def _file_names(files: Sequence[Path]) -> dict[Path, str]:
    """What each is called in the folder it goes to: no two alike, whatever their capitals."""
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for file in files:
        stem, number = file.stem, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{file.stem}-{number}"
        taken.add(stem.casefold())
        names[file] = f"{stem}.redacted.txt"
    return names


def _result(file: Path, text: str, redacted: RedactedText, target: Path | None) -> FileResult:
    document: dict[str, Any] = {
        "file": file.name,
        "text": text,
        "redacted": redacted.redacted,
        "spans": [
            {
                "start": span.start,
                "end": span.end,
                "kind": span.kind,
                "tier": span.tier,
                "applied": stands is not None,
                "pseudonym": stands,
            }
            for span, stands in redacted.spans
        ],
    }
    if target is None:
        return FileResult(document=document)
    try:
        # No gate: without a study nothing is known but what was just replaced.
        write_out(target, redacted.redacted.encode(), (), Gate(()))
    except PipelineError as fault:
        return FileResult(fault=fault)
    n_applied = sum(stands is not None for _, stands in redacted.spans)
    return FileResult(document=document, line=f"{target}: {n_applied} places replaced")
