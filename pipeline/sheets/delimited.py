"""csv as spreadsheets write and read it: byte order mark, CRLF, no cell that runs as a formula."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import re
from collections.abc import Sequence

from pipeline.errors import PipelineError
from pipeline.sheets import Grid
from pipeline.sheets.cells import as_text, check_cells, clean
from pipeline.sheets.titles import WITHIN, n_found
from pipeline.tables import Cell, Sheet

_DELIMITERS = (",", ";", "\t")
# What a spreadsheet may take for a formula (OWASP, CSV injection); apostrophes before it count,
# so that the one put in front can be told from one that was there.
_FORMULA = re.compile("'*(?:\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|\n)")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def write_csv(sheets: Sequence[Sheet], delimiter: str = ",") -> bytes:
    """The main sheet (or the only one), titles first.

    A text that a spreadsheet would run as a formula gets an apostrophe in front, which `read_csv`
    takes away again.

    Parameters
    ----------
    delimiter : Excel set to a European language expects ";".

    Raises
    ------
    PipelineError : a text is longer than a cell can hold.
    """
    sheet = sheets[0] if len(sheets) == 1 else next(sheet for sheet in sheets if sheet.main)
    check_cells(sheet)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    if sheet.titles:
        writer.writerow([clean(column.title) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_written(row.get(column.key, "")) for column in sheet.columns])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")


def read_csv(data: bytes, where: str, titles: Sequence[str]) -> list[Grid]:
    """The one sheet of a csv file; comma, semicolon or tab, whichever finds most titles.

    Encodings: UTF-8 and UTF-16, with or without byte order mark, else Windows-1252.
    """
    text = _decode(data, where)
    marked = re.match(r'"?sep=(.)"?\r?\n', text)  # a line that Excel understands and does not show
    if marked:
        text = text[marked.end() :]
    delimiter = marked[1] if marked else max(_DELIMITERS, key=lambda d: _fit(text, d, titles))
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [Grid("", [[_read(cell) for cell in row] for row in reader])]
    except csv.Error:
        raise PipelineError(
            "a quotation mark is never closed, or something follows a closed one",
            where=where,
            mend="Save the sheet as xlsx instead; nothing of the file has been read.",
        ) from None


def _fit(text: str, delimiter: str, titles: Sequence[str]) -> tuple[int, int]:
    """How well a delimiter fits the first rows: titles found, then cells in the fullest row."""
    found, cells = 0, 0
    with contextlib.suppress(csv.Error):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for row in itertools.islice(reader, WITHIN):
            found, cells = max(found, n_found(row, titles)), max(cells, len(row))
    return found, cells


def _decode(data: bytes, where: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, where)
    sample = data[:2000]
    if sample.count(0) * 3 > len(sample):
        return _decoded(data, "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be", where)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252", where)


def _decoded(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise PipelineError(
            "the characters of this file cannot be read",
            where=where,
            mend="Save it as 'CSV UTF-8', or as xlsx.",
        ) from None


def _written(value: Cell) -> str:
    if not isinstance(value, str):
        return as_text(value)
    text = clean(value)
    return "'" + text if _FORMULA.match(text) else text


def _read(cell: str) -> str:
    text = clean(cell)
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
