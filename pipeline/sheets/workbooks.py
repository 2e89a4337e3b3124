"""xlsx and ods to texts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from pipeline.errors import PipelineError
from pipeline.sheets import Grid
from pipeline.sheets.cells import as_text

_UNPACKED = 500 * 2**20  # bytes; a sheet of 100,000 rows has a tenth of it
_CELLS = 20_000_000
_AGAIN = "Open it in Excel or LibreOffice, save it anew as xlsx, and import that."


def read_workbook(data: bytes, where: str, titles: Sequence[str]) -> list[Grid]:
    """Every sheet, hidden ones too. A cell that shows an error (#NAME?) reads as empty.

    Raises
    ------
    PipelineError : damaged, protected by a password, or far too large.
    """
    del titles  # the cells need no guessing
    import python_calamine

    _check_size(data, where)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [_grid(book.get_sheet_by_name(name), name, where) for name in book.sheet_names]
    except python_calamine.PasswordError:
        raise protected(where) from None
    except PipelineError:
        raise
    except BaseException as error:
        # A panic inside the reader is no Exception; whatever else is none is not for us.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise damaged(where) from None


def _grid(sheet: object, name: str, where: str) -> Grid:
    if sheet.total_height * sheet.total_width > _CELLS:  # type: ignore[attr-defined]
        raise _too_large(where)
    rows = sheet.to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    return Grid(name, [[as_text(value) for value in row] for row in rows])


def _check_size(data: bytes, where: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise damaged(where) from None
    if any(member.flag_bits & 1 for member in members):
        raise protected(where)
    if sum(member.file_size for member in members) > _UNPACKED:
        raise _too_large(where)


def damaged(where: str) -> PipelineError:
    """The file is no whole workbook."""
    return PipelineError("the workbook is damaged and cannot be read", where=where, mend=_AGAIN)


def protected(where: str) -> PipelineError:
    """The file wants a password."""
    return PipelineError(
        "the workbook is protected by a password",
        where=where,
        mend="Save it without a password, and import that.",
    )


def _too_large(where: str) -> PipelineError:
    return PipelineError("the workbook is far larger than any that was dealt", where=where)
