"""A file that a person hands back: which format, which sheet, which row of titles, which rows."""

from __future__ import annotations

import importlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from pipeline.errors import PipelineError
from pipeline.sheets import READERS, Grid, Reader
from pipeline.sheets.titles import WITHIN, fold_title, n_found
from pipeline.sheets.workbooks import damaged, protected
from pipeline.tables import ReadRow, place

_OLE = b"\xd0\xcf\x11\xe0"  # the container of Excel before 2007, and of encrypted xlsx
_SAVE_AS = "Save it as xlsx, ods or csv, and import that."


def read_rows(data: bytes, name: str, required: Sequence[str]) -> list[ReadRow]:
    """The filled rows of every sheet that has all required titles.

    Titles are found in one of the first rows, in any order, whatever their capitals and spaces;
    further columns come along. Rows without any text are counted and left out.

    Parameters
    ----------
    name : the file's name, for messages and (after a look at the bytes) for its suffix.

    Raises
    ------
    PipelineError : another format, damaged, protected; no sheet with all titles; a title twice.
    """
    kind = find_kind(data, name)
    module, _, function = READERS[kind].partition(":")
    read: Reader = getattr(importlib.import_module(module), function)
    grids = read(data, name, required)
    found = [(grid, at) for grid in grids if (at := _title_row(grid, required)) is not None]
    if not found:
        raise _missing(grids, name, required)
    faults = [fault for grid, at in found for fault in _twice(grid, at, name, required)]
    if faults:
        raise PipelineError.join(faults)
    return [row for grid, at in found for row in _rows(grid, at, required)]


def find_kind(data: bytes, name: str) -> str:
    """The format, by content first and by suffix second.

    Raises
    ------
    PipelineError : no format that can be read.
    """
    if not data.strip():
        raise PipelineError("the file is empty", where=name)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise protected(name)
        raise PipelineError(
            "this is the format that Excel used before 2007", where=name, mend=_SAVE_AS
        )
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(data, name)
    if PurePath(name).suffix.lower() in (".xlsx", ".ods") and b"\0" in data[:512]:
        raise damaged(name)
    if data[:512].lstrip().lower().startswith((b"<", b"%pdf", b"{\\rtf")):
        raise PipelineError("this is no spreadsheet", where=name, mend=_SAVE_AS)
    return "csv"


def _zip_kind(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            mime = archive.read("mimetype")[:200] if "mimetype" in members else b""
            manifest = "META-INF/manifest.xml"
            secret = manifest in members and b"encryption-data" in archive.read(manifest)
    except Exception:  # zipfile has no one error of its own for all that can be broken
        raise damaged(name) from None
    if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if secret:
            raise protected(name)
        return "ods"
    if any(member.startswith("xl/") for member in members):
        return "xlsx"
    raise PipelineError("this is no spreadsheet", where=name, mend=_SAVE_AS)


def _title_row(grid: Grid, required: Sequence[str]) -> int | None:
    wanted = len({fold_title(title) for title in required})
    for at, row in enumerate(grid.rows[:WITHIN]):
        if n_found(row, required) == wanted:
            return at
    return None


def _missing(grids: Sequence[Grid], name: str, required: Sequence[str]) -> PipelineError:
    """Which titles the likeliest sheet lacks."""
    rows = [(grid.name, row) for grid in grids for row in grid.rows[:WITHIN]]
    sheet, best = max(rows, key=lambda pair: n_found(pair[1], required), default=("", []))
    present = {fold_title(cell) for cell in best}
    lacking = [title for title in required if fold_title(title) not in present]
    listed = ", ".join(f"'{title}'" for title in lacking)
    if len(lacking) == len(required):
        return PipelineError(
            f"no sheet has the columns {listed}",
            where=name,
            mend="Import the file that was sent out, with its titles in one of the first rows.",
        )
    return PipelineError(
        f"the columns {listed} are missing" if len(lacking) > 1 else f"column {listed} is missing",
        where=place(name, sheet),
        mend="Give the columns their titles back, and import the file again.",
    )


def _twice(grid: Grid, at: int, name: str, required: Sequence[str]) -> Iterator[PipelineError]:
    titles = [fold_title(cell) for cell in grid.rows[at]]
    for title in dict.fromkeys(required):
        if titles.count(fold_title(title)) > 1:
            yield PipelineError(
                f"column '{title}' is there more than once",
                where=place(name, grid.name, at + 1),
                mend="Rename or delete the one that was added, and import the file again.",
            )


def _rows(grid: Grid, at: int, required: Sequence[str]) -> Iterator[ReadRow]:
    asked = {fold_title(title): title for title in required}
    titles = [asked.get(fold_title(cell), fold_title(cell)) for cell in grid.rows[at]]
    for number, row in enumerate(grid.rows[at + 1 :], start=at + 2):
        if not any(cell.strip() for cell in row):
            continue
        values: dict[str, str] = {}
        for at_column, title in enumerate(titles):
            if title and title not in values:
                values[title] = row[at_column] if at_column < len(row) else ""
        yield ReadRow(sheet=grid.name, row=number, values=values)
