"""Sheets to the bytes of a workbook and back; knows nothing of what the sheets are about.

A new format is one file and one line here. What a sheet is stands in `pipeline.tables`;
`pipeline.sheets.read.read_rows` finds the right reader by looking at the bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from pipeline.tables import Sheet


class Grid(NamedTuple):
    """All cells of a sheet as texts, from its first line and first column on."""

    name: str
    rows: list[list[str]]


class Writer(Protocol):
    """Sheets to the bytes of a file."""

    def __call__(self, sheets: Sequence[Sheet]) -> bytes:
        """All sheets, or (in a format with room for one) the main one."""
        ...


class Reader(Protocol):
    """The bytes of a file to its cells."""

    def __call__(self, data: bytes, where: str, titles: Sequence[str]) -> list[Grid]:
        """Every sheet of a file. `titles` may help to find out how the file is to be read.

        Raises
        ------
        PipelineError : damaged, protected by a password, or another format; without quoting it.
        """
        ...


WRITERS = {
    "xlsx": "pipeline.sheets.write_xlsx:write_xlsx",
    "csv": "pipeline.sheets.delimited:write_csv",
}
READERS = {
    "xlsx": "pipeline.sheets.workbooks:read_workbook",
    "ods": "pipeline.sheets.workbooks:read_workbook",
    "csv": "pipeline.sheets.delimited:read_csv",
}
