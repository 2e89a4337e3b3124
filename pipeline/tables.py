"""What a sheet of a workbook is, whoever fills it and in whatever format it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Cell = str | int | float
# input: a cell that the person fills; given: one filled in beforehand, to be answered;
# muted: there to be read, not to be worked on; heading: a title inside the sheet.
Look = Literal["plain", "muted", "input", "given", "strong", "heading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what its cells are for and how wide they stand."""

    key: str  # the key of its cells in `Sheet.rows`
    title: str  # as the person sees it, and as it is found again
    width: float  # in widths of a 0
    look: Look = "plain"
    choices: tuple[str, ...] = ()  # offered in a drop-down; other words can be typed as well
    accepts: tuple[str, ...] = ()  # where there are any: other words turn red, but can be typed
    most_lines: int = 30  # a longer text here makes the row no taller
    hidden: bool = False
    note: str = ""  # shown when the pointer rests on the title


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows under titles. A text stays a text, whatever it begins with."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Cell], ...]  # cell by column key; a missing key is an empty cell
    titles: bool = True  # False: no title row, no filter (a page of text)
    freeze: tuple[int, int] = (0, 0)  # rows and columns that stay when one scrolls
    looks: Mapping[tuple[int, str], Look] = field(default_factory=dict)  # (row from 0, column key)
    ticked: str = ""  # key of a column: rows filled in there are tinted as finished
    parted: str = ""  # key of a column: a line is drawn where its value changes
    zoom: int = 100
    main: bool = False  # the sheet that a format with room for one sheet keeps
    opens: bool = False  # the sheet one sees first


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One filled row as it came back."""

    sheet: str  # "" in a format without sheets
    row: int  # as the person sees it: the first line of the sheet is 1, blank lines count
    values: Mapping[str, str]  # by title: a required one as it was asked for, others in lower case


def place(name: str, sheet: str, row: int = 0, column: str = "") -> str:
    """Where something stands, as the person finds it."""
    parts = [name]
    parts += [f"sheet '{sheet}'"] if sheet else []
    parts += [f"row {row}"] if row else []
    parts += [f"column '{column}'"] if column else []
    return ", ".join(parts)
