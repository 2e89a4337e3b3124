"""Read a file as teams have it into a transcript. A reader takes bytes and says what stands there.

`sniff` knows the format, by content first and suffix second; the reader gives the lines, with the
speakers and times that the format itself marks; `speakers`, `turns` and `roles` do the rest, once
for all formats. One new format is one file here and one line in `READERS` (and in `sniff`, what
such a file begins with). A reader opens no file and raises only `PipelineError`.

Each word of a file is in one turn, or is of a kind that a warning names and counts (a header, a
page number, a comment, a deletion); labels, times and the numbers of cues and rows are data. What
transcribers write into speech stays as written: pauses `(.)` `(3s)`, `[laughs]`, `[inaudible
12:03]` (no time of a turn), overlaps `//`, words cut o-; all of it is what the team coded by.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from pipeline.errors import PipelineError
from pipeline.ingest.encoding import check_lines, decode
from pipeline.ingest.reading import Block, Reading
from pipeline.ingest.sniffing import sniff
from pipeline.records import Role, Transcript

VERSION = 4  # another way of reading is another version: it is part of the step's key

__all__ = [
    "MAX_FILE_BYTES",
    "READERS",
    "Block",
    "Reader",
    "Reading",
    "decode",
    "read_transcript",
    "sniff",
    "too_large",
]


class Reader(Protocol):
    """The contract of every member of `READERS`."""

    def __call__(self, data: bytes) -> Reading:
        """The lines of a file of this format, with what the format says of speakers and times."""
        ...


READERS: dict[str, str] = {
    "docx": "pipeline.ingest.docx:read_docx",
    "odt": "pipeline.ingest.odt:read_odt",
    "rtf": "pipeline.ingest.rtf:read_rtf",
    "txt": "pipeline.ingest.plain:read_txt",
    "md": "pipeline.ingest.plain:read_md",
    "vtt": "pipeline.ingest.captions:read_vtt",
    "srt": "pipeline.ingest.captions:read_srt",
    "csv": "pipeline.ingest.table:read_csv",
    "tsv": "pipeline.ingest.table:read_csv",
    "xlsx": "pipeline.ingest.spreadsheet:read_xlsx",
    "ods": "pipeline.ingest.spreadsheet:read_ods",
    "pdf": "pipeline.ingest.pdf:read_pdf",
    "html": "pipeline.ingest.web:read_html",
    "json": "pipeline.ingest.whisper:read_json",
    "eaf": "pipeline.ingest.elan:read_eaf",
}
# Beyond this a file is no transcript, whatever it is; callers look before they read it whole.
MAX_FILE_BYTES = 100_000_000

_NOBODY: Mapping[str, Role] = MappingProxyType({})


def read_transcript(
    data: bytes,
    name: str,
    *,
    roles: Mapping[str, Role] = _NOBODY,
    known: Mapping[str, Role] = _NOBODY,
) -> Transcript:
    """A file's turns in canonical form, with speakers, times and guessed roles.

    Parameters
    ----------
    data : the file as it is.
    name : the file's name, for its suffix and for messages.
    roles : from study.toml [roles], by label as `Turn.speaker` shows it; what it says holds.
    known : speakers' labels that participants.csv names, and their roles.

    Raises
    ------
    PipelineError : the file cannot be read, is empty, or says nothing; `where` is the name.
    """
    from importlib import import_module

    from pipeline.ingest.roles import with_roles
    from pipeline.ingest.speakers import find_speakers
    from pipeline.ingest.turns import to_turns

    if len(data) > MAX_FILE_BYTES:
        raise too_large(len(data), name)
    format_name = sniff(data, name)
    module, _, function = READERS[format_name].partition(":")
    reader: Reader = getattr(import_module(module), function)
    try:
        reading = reader(data)
        check_lines(len(reading.blocks))
    except PipelineError as error:
        raise _placed(error, name) from None
    spoken = find_speakers(reading, names=(*roles, *known))
    turns = to_turns(spoken)
    if not turns:
        raise PipelineError(
            "the file holds no text",
            where=name,
            mend="Check that it is the right file, and that the text is not a picture.",
        )
    turns, warnings = with_roles(turns, spoken, roles=roles, known=known)
    return Transcript(
        transcript_id="",
        file=name,
        format=format_name,
        encoding=reading.encoding,
        turns=turns,
        warnings=(*reading.warnings, *spoken.warnings, *warnings),
    )


def too_large(n_bytes: int, name: str) -> PipelineError:
    """The file is larger than any transcript."""
    return PipelineError(
        f"the file has {n_bytes // 1_000_000} MB of text or pictures, and none over "
        f"{MAX_FILE_BYTES // 1_000_000} MB is read",
        where=name,
        mend="Check that it is a transcript; save the words alone if it is.",
    )


def _placed(error: PipelineError, name: str) -> PipelineError:
    """The same faults, with the file's name before the place inside it."""
    return PipelineError.join(
        PipelineError(
            fault.wrong,
            where=f"{name}, {fault.where}" if fault.where else name,
            mend=fault.mend,
        )
        for fault in error.faults
    )
