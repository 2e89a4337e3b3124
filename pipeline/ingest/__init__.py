"""Read a file as teams have it into a transcript. A reader takes bytes and says what stands there.

`sniff` knows the format, by content first and suffix second; the reader gives the lines, with the
speakers and times that the format itself marks; `speakers`, `turns` and `roles` do the rest, once
for all formats. One new format is one file here and one line in `READERS` (and in `sniff`, what
such a file begins with). A reader opens no file and raises only `PipelineError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from pipeline.errors import PipelineError
from pipeline.ingest.encoding import decode
from pipeline.ingest.reading import Block, Reading
from pipeline.ingest.sniffing import sniff
from pipeline.records import Role, Transcript

VERSION = 2  # another way of reading is another version: it is part of the step's key

__all__ = ["READERS", "Block", "Reader", "Reading", "decode", "read_transcript", "sniff"]


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
}

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

    format_name = sniff(data, name)
    module, _, function = READERS[format_name].partition(":")
    reader: Reader = getattr(import_module(module), function)
    try:
        reading = reader(data)
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
