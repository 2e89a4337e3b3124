"""Sheets to an Excel workbook that Excel, LibreOffice and Google Sheets open alike."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.sheets.cells import check_cells, clean
from pipeline.tables import Cell, Column, Look, Sheet

_LISTS = "lists"
_CREATED = datetime.datetime(2000, 1, 1)  # fixed, so that the same sheets are the same bytes
# Arial is as wide in all three programs; tied to no theme, which might put another in its place.
_FONT = {"font_name": "Arial", "font_size": 10, "font_scheme": "none"}
_LINE = 13.0  # points that one line of text takes
_TALLEST = 409.0  # points (Excel's limit)
_OPTIONS: dict[str, Any] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_TITLE = {"bold": True, "bg_color": "#DCE3EA", "bottom": 1, "text_wrap": True, "valign": "top"}
_LINES = {"border": 1, "border_color": "#D0D0D0"}
_LOOKS: dict[Look, dict[str, Any]] = {
    "plain": {},
    "muted": {"font_color": "#666666"},
    # "@": what is typed stays text, so 3-4 does not become a date nor -x a formula.
    "input": {"bg_color": "#FFF8DC", "num_format": "@"},
    "given": {"bg_color": "#DDEBF7", "num_format": "@"},
    "strong": {"bold": True},
    "heading": {"bold": True, "font_size": 13, "font_color": "#1F3864"},
}
_PART = {"top": 1, "top_color": "#000000"}
_FINISHED = {"bg_color": "#E3F1E0"}
_NOT_ACCEPTED = {"font_color": "#C00000", "bg_color": "#FBD5D5"}


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The workbook, the same bytes for the same sheets.

    Drop-downs and accepted words stand in columns of a hidden sheet 'lists': written into the
    cell's rule, a list of more than 255 characters would be dropped.

    Raises
    ------
    PipelineError : a text is longer than a cell can hold (every one, with row and column).
    """
    import xlsxwriter

    for sheet in sheets:
        check_cells(sheet)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS | {"default_format_properties": dict(_FONT)})
    book.set_properties({"created": _CREATED})
    pens = _Pens(book)
    pages = [book.add_worksheet(sheet.name) for sheet in sheets]
    ranges = _write_lists(book, _lists_of(sheets))
    for page, sheet in zip(pages, sheets, strict=True):
        _write_sheet(page, sheet, pens, ranges)
        if sheet.opens:
            page.activate()
    book.close()
    return buffer.getvalue()


class _Pens:
    """Formats by property, each made once: a workbook holds no two alike."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, properties: Mapping[str, Any]) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]

    def look(self, look: Look, *, lines: bool) -> Any:
        return self({"text_wrap": True, "valign": "top"} | (_LINES if lines else {}) | _LOOKS[look])


def _lists_of(sheets: Iterable[Sheet]) -> list[tuple[str, ...]]:
    columns = [column for sheet in sheets for column in sheet.columns]
    lists = [words for column in columns for words in (column.choices, column.accepts) if words]
    return list(dict.fromkeys(lists))


def _write_lists(book: Any, lists: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Write each list down a column; the absolute range of each."""
    if not lists:
        return {}
    page = book.add_worksheet(_LISTS)
    page.hide()
    for place, words in enumerate(lists):
        for row, word in enumerate(words):
            _checked(page.write_string(row, place, clean(word)))
    return {
        words: f"={_LISTS}!${_letter(place)}$1:${_letter(place)}${len(words)}"
        for place, words in enumerate(lists)
    }


def _write_sheet(
    page: Any, sheet: Sheet, pens: _Pens, ranges: Mapping[tuple[str, ...], str]
) -> None:
    first = 1 if sheet.titles else 0
    last = first + len(sheet.rows) - 1
    _set_up(page, sheet)
    for place, column in enumerate(sheet.columns):
        options = {"hidden": True} if column.hidden else {}
        _checked(page.set_column(place, place, column.width, None, options))
        if sheet.titles:
            _write_title(page, place, column, pens(_TITLE))
    for index, row in enumerate(sheet.rows):
        _checked(page.set_row(first + index, _height(sheet, index)))
        for place, column in enumerate(sheet.columns):
            look = sheet.looks.get((index, column.key), column.look)
            pen = pens.look(look, lines=sheet.titles)
            _write_cell(page, first + index, place, row.get(column.key, ""), pen)
    if sheet.titles and sheet.columns:
        _checked(page.autofilter(0, 0, max(last, 0), len(sheet.columns) - 1))
    if sheet.rows:
        _write_rules(page, sheet, first, last, pens, ranges)


def _set_up(page: Any, sheet: Sheet) -> None:
    page.set_zoom(sheet.zoom)
    page.freeze_panes(*sheet.freeze)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.set_footer("&L&A&R&P / &N")
    if sheet.titles:
        _checked(page.repeat_rows(0))
    else:
        page.hide_gridlines(2)


def _write_title(page: Any, place: int, column: Column, pen: Any) -> None:
    _checked(page.write_string(0, place, clean(column.title), pen))
    if column.note:
        size = {"x_scale": 2.2, "y_scale": 0.4 + 0.25 * math.ceil(len(column.note) / 45)}
        _checked(page.write_comment(0, place, clean(column.note), size))


def _write_cell(page: Any, row: int, place: int, value: Cell, pen: Any) -> None:
    if isinstance(value, int | float):
        _checked(page.write_number(row, place, value, pen))
    elif text := clean(value):
        _checked(page.write_string(row, place, text, pen))
    else:
        _checked(page.write_blank(row, place, None, pen))


def _write_rules(
    page: Any,
    sheet: Sheet,
    first: int,
    last: int,
    pens: _Pens,
    ranges: Mapping[tuple[str, ...], str],
) -> None:
    """Drop-downs; words that will not be understood in red; finished rows tinted."""
    for place, column in enumerate(sheet.columns):
        if column.choices:
            # No error box: a word may be typed in more spellings than the list shows.
            rule = {"validate": "list", "source": ranges[column.choices], "show_error": False}
            _checked(page.data_validation(first, place, last, place, rule))
        if column.accepts:
            cell = f"TRIM({_letter(place)}{first + 1})"
            words = ranges[column.accepts].removeprefix("=")
            flag = f"=AND(LEN({cell})>0,ISNA(MATCH({cell},{words},0)))"
            rule = {"type": "formula", "criteria": flag, "format": pens(_NOT_ACCEPTED)}
            _checked(page.conditional_format(first, place, last, place, rule))
    letters = {column.key: _letter(place) for place, column in enumerate(sheet.columns)}
    whole = (first, 0, last, len(sheet.columns) - 1)
    if sheet.ticked:
        filled = f"=LEN(TRIM(${letters[sheet.ticked]}{first + 1}))>0"
        rule = {"type": "formula", "criteria": filled, "format": pens(_FINISHED)}
        _checked(page.conditional_format(*whole, rule))
    if sheet.parted:
        cell = letters[sheet.parted]
        changes = f"=AND(ROW()>{first + 1},${cell}{first + 1}<>${cell}{first})"
        rule = {"type": "formula", "criteria": changes, "format": pens(_PART)}
        _checked(page.conditional_format(*whole, rule))


def _height(sheet: Sheet, index: int) -> float:
    """Points that a row needs: spreadsheets do not fit the height of a file they did not make."""
    row = sheet.rows[index]
    most = max(
        (
            min(column.most_lines, n_lines(str(row.get(column.key, "")), column.width))
            for column in sheet.columns
            if not column.hidden
        ),
        default=1,
    )
    large = any(sheet.looks.get((index, column.key)) == "heading" for column in sheet.columns)
    return min(_TALLEST, most * _LINE * (1.5 if large else 1.0) + 4)


def n_lines(text: str, width: float) -> int:
    """About how many lines a wrapped text takes in a column of that width; at least 1.

    A letter of running text is narrower than a 0 by a sixth and more; the rest of a line that the
    next word does not fit into is lost.
    """
    fits = max(1, int(width * 1.2))
    return sum(_n_wrapped(line, fits) for line in text.split("\n"))


def _n_wrapped(line: str, fits: int) -> int:
    lines, used = 1, 0
    for word in line.split(" "):
        if used and used + 1 + len(word) > fits:
            lines, used = lines + 1, 0
        used += len(word) + (1 if used else 0)
        if used > fits:  # a word longer than the line is broken
            lines, used = lines + (used - 1) // fits, (used - 1) % fits + 1
    return lines


def _letter(place: int) -> str:
    """The name of a column: 0 is A, 26 is AA."""
    name = ""
    while place >= 0:
        name = chr(ord("A") + place % 26) + name
        place = place // 26 - 1
    return name


def _checked(code: int | None) -> None:
    """Stop on a return code: xlsxwriter else leaves the thing out and says nothing."""
    if code:
        raise ValueError(f"the workbook writer refused a part of the sheet (code {code})")
