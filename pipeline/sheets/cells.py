"""One cell: what may be written, and what a cell that a spreadsheet kept is as text."""

from __future__ import annotations

import datetime
import re
from typing import Any

from pipeline.errors import PipelineError
from pipeline.tables import Cell, Sheet

LONGEST = 32_767  # UTF-16 units in one cell (Excel); longer ones make it call the file damaged

# Controls but the line feed, halves of surrogate pairs, and the two that XML cannot hold.
_UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text as every format can hold it; idempotent.

    Line ends become LF, a tab becomes a space (ods would lose it), other control characters go.
    """
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def as_text(value: Any) -> str:
    """What a cell holds, as a person would type it: 3.0 is "3", true is "TRUE"."""
    match value:
        case None:
            return ""
        case str():
            return clean(value)
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.datetime():
            return value.isoformat(sep=" ")
        case _:
            return clean(str(value))


def check_cells(sheet: Sheet) -> None:
    """Refuse what a cell cannot hold.

    Raises
    ------
    PipelineError : every text that is too long, with sheet, row and column.
    ValueError : a row has a cell of no column (a fault of ours).
    """
    keys = {column.key for column in sheet.columns}
    if any(not keys.issuperset(row) for row in sheet.rows):
        raise ValueError(f"a row of sheet '{sheet.name}' has a cell of no column")
    first = 2 if sheet.titles else 1
    faults = [
        PipelineError(
            f"a cell holds at most {LONGEST} characters and this text has more",
            where=f"sheet '{sheet.name}', row {number}, column '{column.title}'",
            mend="Cut the text into smaller pieces.",
        )
        for number, row in enumerate(sheet.rows, start=first)
        for column in sheet.columns
        if _units(row.get(column.key, "")) > LONGEST
    ]
    if faults:
        raise PipelineError.join(faults)


def _units(value: Cell) -> int:
    if not isinstance(value, str) or len(value) * 2 <= LONGEST:
        return 0
    return len(clean(value).encode("utf-16-le")) // 2
