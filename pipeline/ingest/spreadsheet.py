"""Spreadsheets, xlsx and ods, read by calamine: a row per turn, as in a table of commas.

calamine gives every cell a place in memory, so one cell in the last row of the last column would
take all there is. The parts with cells come through the guarded door of `archive`, their extent is
measured, and calamine gets a copy that has nothing else in it.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import PipelineError
from pipeline.ingest.archive import Archive, Element, attribute, local, locked, parse_xml
from pipeline.ingest.columns import header_kind, table_blocks
from pipeline.ingest.reading import Block, Reading
from pipeline.ingest.table import rows_reading

MAX_ROWS, MAX_CELLS = 100_000, 1_000_000
_BEYOND = 10**9  # what a number of too many digits counts as
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_HEADER_WITHIN = 20  # rows
_BESIDE = ("media/", "drawings/", "charts/", "embeddings/", "theme/", "customXml/", "pivot")
_DAMAGED = PipelineError(
    "the workbook is damaged", mend="Open it in Excel or LibreOffice and save it again."
)

Rows = list[tuple[int, list[str]]]  # numbered as a person sees them; none is empty


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: Rows
    header: int | None  # which of the rows names the columns


def read_xlsx(data: bytes) -> Reading:
    """The first sheet of an Excel workbook that holds turns."""
    archive = Archive(data)
    parts = {name: archive.read(name) for name in sorted(archive.names) if _is_cells(name)}
    n_comments = 0
    for data in parts.values():
        root = parse_xml(data)
        if local(root) == "worksheet":
            _check_extent(*_xlsx_extent(root))
        elif local(root) == "comments":
            n_comments += sum(1 for _ in root.iter("{*}comment"))
    return _reading(_sheets(parts), n_comments)


def read_ods(data: bytes) -> Reading:
    """The first sheet of an OpenDocument spreadsheet that holds turns."""
    archive = Archive(data)
    manifest = "META-INF/manifest.xml"
    if archive.has("encrypted-package") or (
        archive.has(manifest) and b"encryption-data" in archive.read(manifest)
    ):
        raise locked()
    if not archive.has("content.xml"):
        raise PipelineError(_DAMAGED.wrong, mend=_DAMAGED.mend)
    parts = {n: archive.read(n) for n in ("mimetype", manifest, "content.xml") if archive.has(n)}
    root = parse_xml(parts["content.xml"])
    for table in root.iter("{*}table"):
        _check_extent(*_ods_extent(table))
    for space in root.iter("{*}s"):  # so many spaces, without end
        space.attrib.clear()
    parts["content.xml"] = _written(root)
    n_comments = sum(1 for _ in root.iter("{*}annotation"))
    return _reading(_sheets(parts), n_comments)


def _written(root: Element) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root, encoding="utf-8"))


def _is_cells(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not any(part in name for part in _BESIDE)


def _xlsx_extent(root: Element) -> tuple[int, int]:
    """The last row and column of a sheet that have a cell, by what the cells say of themselves."""
    n_rows = n_columns = last = 0
    for element in root.iter("{*}row", "{*}c"):
        place = attribute(element, "r") or ""
        if local(element) == "row":
            n_rows = max(n_rows + 1, _number(place or "0"))
            last = 0
            continue
        last += 1
        if place:
            match = _PLACE.fullmatch(place)
            if match is None:  # calamine would ask for memory without end
                raise PipelineError(_DAMAGED.wrong, mend=_DAMAGED.mend)
            n_rows, last = max(n_rows, _number(match[2])), max(last, _column(match[1]))
        n_columns = max(n_columns, last)
    return n_rows, n_columns


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.isdecimal()):
        return 0
    return int(digits) if len(digits) < 10 else _BEYOND


def _column(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _ods_extent(table: Element) -> tuple[int, int]:
    """The last row and column that have something in them; repeated ones count as often."""
    n_rows = last_row = n_columns = 0
    for row in table.iter("{*}table-row"):
        width = at = 0
        for cell in row.iter("{*}table-cell", "{*}covered-table-cell"):
            at += max(_number(attribute(cell, "number-columns-repeated") or "1"), 1)
            if len(cell) or attribute(cell, "value-type"):
                width = at
        n_rows += max(_number(attribute(row, "number-rows-repeated") or "1"), 1)
        if width:
            last_row, n_columns = n_rows, max(n_columns, width)
    return last_row, n_columns


def _check_extent(n_rows: int, n_columns: int) -> None:
    if n_rows > MAX_ROWS or n_rows * n_columns > MAX_CELLS:
        raise PipelineError(
            f"a sheet reaches to row {n_rows} and column {n_columns}, as no transcript does",
            mend="Copy the rows of the interview into a new workbook.",
        )


def _sheets(parts: Mapping[str, bytes]) -> list[_Sheet]:
    import python_calamine

    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    copy.seek(0)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(copy) as book:
            found = []
            for name in book.sheet_names:
                cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                found.append(_sheet(name, cells))
            return found
    except BaseException as error:
        # A panic inside the reader is no Exception; whatever else is none is not for us.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise PipelineError(_DAMAGED.wrong, mend=_DAMAGED.mend) from None


def _sheet(name: str, cells: Sequence[Sequence[object]]) -> _Sheet:
    texts = ((number, list(map(_text, row))) for number, row in enumerate(cells, start=1))
    rows = [(number, row) for number, row in texts if any(cell.strip() for cell in row)]
    header = None
    for at, (_, row) in enumerate(rows[:_HEADER_WITHIN]):
        kinds = {header_kind(cell) for cell in row}
        if "text" in kinds and len(kinds - {None}) > 1:
            header = at
            break
    return _Sheet(name, rows, header)


def _text(value: object) -> str:
    """A cell's value as a person would write it; a time as a clock, which may pass 24 hours."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.time):
        value = datetime.timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
    if isinstance(value, datetime.datetime) and value.year < 1905:  # a duration, as Excel keeps it
        value = value - datetime.datetime(1899, 12, 31 if value.month == 1 else 30)
    if isinstance(value, datetime.timedelta):
        milliseconds = round(value.total_seconds() * 1000)
        seconds, rest = divmod(max(milliseconds, 0), 1000)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{clock}.{rest:03}" if rest else clock
    return str(value)


def _reading(sheets: Sequence[_Sheet], n_comments: int) -> Reading:
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise PipelineError("the workbook has no words in it", mend="Check the copy you have.")
    chosen = next((sheet for sheet in filled if sheet.header is not None), filled[0])
    warnings = [f"Comments, left out: {n_comments}."] if n_comments else []
    if len(filled) > 1:
        number = [sheet.name for sheet in sheets].index(chosen.name) + 1
        warnings.append(f"Read is sheet {number}; other sheets, left out: {len(filled) - 1}.")
    if chosen.header is not None:
        body = rows_reading(chosen.rows[chosen.header :], "utf-8", warnings)
        above = tuple(_above(chosen.rows[: chosen.header]))
        return Reading(blocks=(*above, *body.blocks), encoding="utf-8", warnings=body.warnings)
    blocks, said = table_blocks([row for _, row in chosen.rows])
    if not any(block.speaker or block.start_s is not None for block in blocks):
        raise PipelineError(
            "no column 'text' in the first rows",
            where="row 1",
            mend="Name the columns speaker and text (and turn, start, end) in the first row.",
        )
    return Reading(blocks=tuple(blocks), encoding="utf-8", warnings=(*warnings, *said))


def _above(rows: Rows) -> Iterator[Block]:
    """Titles over the table, which nobody says."""
    for _, row in rows:
        words = " ".join(cell for cell in row if cell.strip())
        yield Block(text=" ".join(words.split("\n")), speaker="", heading=True)
