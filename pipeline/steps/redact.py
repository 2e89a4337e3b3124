"""Loose files, anonymised without a study: nothing is kept, no vault is opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.anonymise import Context
from pipeline.anonymise.replace import RedactedText, redact_texts
from pipeline.errors import PipelineError
from pipeline.ingest import decode, read_transcript, sniff
from pipeline.records import KINDS
from pipeline.steps.inspect import FileResult, read_file
from pipeline.store.gate import Gate, write_out


def redact_files(
    files: Sequence[Path], *, policy: str, style: str, language: str, output: Path | None
) -> Iterator[FileResult]:
    """One result per file; one person has one pseudonym in all of them.

    A .txt file is redacted as it stands (byte order mark off, line ends LF); of another format the
    canonical text of its turns is.
    """
    texts: dict[str, str] = {}
    for file in files:
        try:
            texts[str(file)] = _text_of(file)
        except PipelineError as fault:
            yield FileResult(fault=fault)
    context = Context(language=language)
    redacted = redact_texts(texts, context, policy=policy, style=style, kinds=KINDS)
    for file in files:
        if str(file) in texts:
            yield _result(file, texts[str(file)], redacted[str(file)], output)


def _text_of(file: Path) -> str:
    data = read_file(file)
    if sniff(data, file.name) == "txt":
        return decode(data)[0]
    return read_transcript(data, file.name).text


def _result(file: Path, text: str, redacted: RedactedText, output: Path | None) -> FileResult:
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
    if output is None:
        return FileResult(document=document)
    target = output / f"{file.stem}.redacted.txt"
    try:
        # No gate: without a study nothing is known but what was just replaced.
        write_out(target, redacted.redacted.encode(), (), Gate(()))
    except PipelineError as fault:
        return FileResult(fault=fault)
    n_applied = sum(stands is not None for _, stands in redacted.spans)
    return FileResult(document=document, line=f"{target}: {n_applied} places replaced")
