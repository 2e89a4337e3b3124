"""A sheet reads back as it was written; a file that people mangled is read or refused by name."""

from __future__ import annotations

import csv
import datetime
import importlib
import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import PipelineError
from pipeline.sheets import READERS, WRITERS
from pipeline.sheets.cells import LONGEST, as_text, clean
from pipeline.sheets.delimited import write_csv
from pipeline.sheets.read import find_kind, read_rows
from pipeline.sheets.write_xlsx import n_lines, write_xlsx
from pipeline.tables import Column, Sheet

TITLES = ("row", "text", "done")


def sheet_of(rows: Sequence[Sequence[str | int | float]], titles: Sequence[str] = TITLES) -> Sheet:
    return Sheet(
        name="Review",
        columns=tuple(Column(key=title, title=title, width=10) for title in titles),
        rows=tuple(dict(zip(titles, row, strict=True)) for row in rows),
    )


def load(path: str) -> Callable[..., bytes]:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


def raw_xlsx(cells: dict[tuple[int, int], object], sheet: str = "Sheet1") -> bytes:
    """A workbook as a person's spreadsheet writes it: numbers, dates, booleans."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for (row, column), value in cells.items():
        page.write(row, column, value)
    book.close()
    return buffer.getvalue()


# What a cell may be asked to hold: any text, with an extra helping of what goes wrong.
TEXTS = st.text(max_size=40) | st.text(
    alphabet="=+-@'\"\t\n\r;, x_0041\u00e9\ufeff\x00", max_size=8
)


@pytest.mark.parametrize("kind", sorted(WRITERS))
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_a_written_sheet_reads_back_equal(kind: str, texts: list[tuple[str, str]]) -> None:
    rows = [(f"r{n}", one, two) for n, (one, two) in enumerate(texts)]
    data = load(WRITERS[kind])([sheet_of(rows)])
    read = read_rows(data, f"a.{kind}", TITLES)
    assert [tuple(row.values.values()) for row in read] == [
        (row_id, clean(one), clean(two)) for row_id, one, two in rows
    ]
    assert [row.row for row in read] == list(range(2, len(rows) + 2))


@given(st.text())
def test_clean_is_idempotent_and_keeps_every_letter(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert [c for c in clean(text) if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_same_sheets_same_bytes(kind: str) -> None:
    column = Column(key="row", title="row", width=9, choices=("a", "b"), accepts=("a",), note="n")
    sheet = Sheet(name="S", columns=(column,), rows=({"row": "a"},), ticked="row", parted="row")
    write = load(WRITERS[kind])
    assert write([sheet]) == write([sheet])
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(write([sheet]))) as book:
            assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")
            assert {member.date_time[0] for member in book.infolist()} == {1980}


@pytest.mark.parametrize("kind", sorted(WRITERS))
@pytest.mark.parametrize(
    "text", ["=1+1", "+x", "-x", "@x", " =x", "\n=x", "\nx", "'=x", "''-x", "\uff1dx"]
)
def test_no_text_becomes_a_formula(kind: str, text: str) -> None:
    data = load(WRITERS[kind])([sheet_of([("r1", text, "")])])
    assert read_rows(data, "a", TITLES)[0].values["text"] == text
    if kind == "csv":
        (_, (_, cell, _)) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        assert cell.startswith("'")
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_text_too_long_for_a_cell_is_refused_with_its_place(kind: str) -> None:
    write = load(WRITERS[kind])
    assert write([sheet_of([("r1", "a" * LONGEST, "")])])
    emoji = "\U0001f600" * (LONGEST // 2 + 1)  # two units each
    with pytest.raises(PipelineError) as caught:
        write([sheet_of([("r1", "ok", ""), ("r2", "a" * (LONGEST + 1), ""), ("r3", emoji, "")])])
    assert [fault.where for fault in caught.value.faults] == [
        "sheet 'Review', row 3, column 'text'",
        "sheet 'Review', row 4, column 'text'",
    ]
    assert "aaa" not in str(caught.value)


def test_drop_downs_point_at_a_range_however_long_they_are() -> None:
    choices = tuple(f"a_rather_long_code_{n}" for n in range(60))
    column = Column(key="row", title="row", width=9, choices=choices)
    data = write_xlsx([Sheet(name="S", columns=(column,), rows=({}, {}))])
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        lists = book.read("xl/worksheets/sheet2.xml").decode()
        assert 'state="hidden"' in book.read("xl/workbook.xml").decode()
    assert "<formula1>lists!$A$1:$A$60</formula1>" in page
    assert 'sqref="A2:A3"' in page
    assert lists.count("<row ") == 60


def test_csv_is_what_excel_opens() -> None:
    data = write_csv([sheet_of([("r1", "caf\u00e9, \u201cja\u201d\nen", "")])])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2
    assert write_csv([sheet_of([("r1", "a;b", "")])], ";").splitlines()[1] == b'r1;"a;b";'


def test_csv_keeps_the_main_sheet() -> None:
    guide = Sheet(name="How to", columns=(), rows=(), titles=False)
    main = Sheet(
        name="R",
        columns=(Column(key="row", title="row", width=9),),
        rows=({"row": "r1"},),
        main=True,
    )
    assert read_rows(write_csv([guide, main]), "a.csv", ["row"])[0].values == {"row": "r1"}


def test_titles_are_found_wherever_people_left_them() -> None:
    cells = {(2, 1): "Mine", (2, 2): " DONE ", (2, 3): "Text", (2, 5): "Row"}
    cells |= {(3, 2): "x", (3, 3): "said", (3, 5): "r1", (5, 5): "r2", (5, 1): "note"}
    (one, two) = read_rows(raw_xlsx(cells), "a.xlsx", TITLES)
    assert (one.sheet, one.row) == ("Sheet1", 4)
    assert one.values == {"mine": "", "done": "x", "text": "said", "row": "r1"}
    assert (two.row, two.values["row"], two.values["mine"]) == (6, "r2", "note")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (3, "3"),
        (2.5, "2.5"),
        (True, "TRUE"),
        (1e15, "1000000000000000.0"),
        ("3.0", "3.0"),
        (None, ""),
    ],
)
def test_a_cell_is_what_a_person_would_type(value: object, text: str) -> None:
    assert as_text(value) == text


def test_numbers_dates_and_ticks_that_a_spreadsheet_made_are_texts() -> None:
    cells: dict[tuple[int, int], object] = {(0, n): title for n, title in enumerate(TITLES)}
    cells |= {(1, 0): 3.0, (1, 1): datetime.date(2026, 4, 3), (1, 2): True}
    assert list(read_rows(raw_xlsx(cells), "a.xlsx", TITLES)[0].values.values()) == [
        "3",
        "2026-04-03",
        "TRUE",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_of_every_make(encoding: str, delimiter: str, end: str) -> None:
    lines = [["My list, with; signs"], ["done", "row", "text"], [], ["x", "r1", '"caf\u00e9\nja"']]
    data = end.join(delimiter.join(line) for line in lines).encode(encoding)
    (row,) = read_rows(data, "a.csv", TITLES)
    assert (row.sheet, row.row) == ("", 4)
    assert row.values == {"done": "x", "row": "r1", "text": "caf\u00e9\nja"}


def test_csv_with_the_line_that_names_its_delimiter() -> None:
    (row,) = read_rows(b"sep=;\r\nrow;text;done\r\nr1;a,b;x\r\n", "a.csv", TITLES)
    assert row.values["text"] == "a,b"


def test_rows_shorter_than_the_titles_are_filled_up() -> None:
    assert read_rows(b"row,text,done\nr1\n", "a.csv", TITLES)[0].values["done"] == ""


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.xlsx", "empty"),
        (b"\r\n \n", "a.csv", "empty"),
        (OLE, "a.xls", "before 2007"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "password"),
        (b"PK\x03\x04" + b"secret words" * 9, "a.xlsx", "damaged"),
        (zipped(xl__workbook=b"<secret words>"), "a.xlsx", "damaged"),
        (zipped(word__document=b""), "a.xlsx", "no spreadsheet"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "a.ods", "no spreadsheet"),
        (
            zipped(
                mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
                **{"META-INF__manifest.xml": b"<manifest:encryption-data/>"},
            ),
            "a.ods",
            "password",
        ),
        (b"<html>secret words</html>", "a.xls", "no spreadsheet"),
        (b"\0\1\2secret words", "a.xlsx", "damaged"),
        (b'row,text,done\nr1,"secret words,x\n', "a.csv", "never closed"),
        (b"\xff\xferow\0\xd8", "a.csv", "characters"),
        (b"secret words\x81", "a.csv", "characters"),
        (b"row,text\nr1,secret words\n", "a.csv", "column 'done' is missing"),
        (b"text\nsecret words\n", "a.csv", "the columns 'row', 'done' are missing"),
        (b"secret words\n", "a.csv", "no sheet has the columns 'row', 'text', 'done'"),
        (b"row,text,done,Done\nr1,secret words,x,\n", "a.csv", "'done' is there more than once"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name_without_a_word_of_it(
    data: bytes, name: str, says: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        read_rows(data, name, TITLES)
    assert says in str(caught.value)
    assert str(caught.value).startswith(name)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 6000), cut=st.booleans(), byte=st.integers(0, 255))
def test_a_damaged_workbook_is_read_or_refused_never_a_crash(at: int, cut: bool, byte: int) -> None:
    data = write_xlsx([sheet_of([("r1", "said", "x")])])
    at %= len(data)
    broken = data[:at] if cut else data[:at] + bytes([byte]) + data[at + 1 :]
    try:
        read_rows(broken, "a.xlsx", TITLES)
    except PipelineError as error:
        assert "said" not in str(error)


def test_the_missing_column_is_named_with_its_sheet() -> None:
    data = write_xlsx([sheet_of([("r1", "x")], ("row", "text"))])
    with pytest.raises(PipelineError, match=r"a.xlsx, sheet 'Review': column 'done' is missing"):
        read_rows(data, "a.xlsx", TITLES)


def test_every_sheet_with_the_titles_is_read() -> None:
    one = sheet_of([("r1", "a", "x")])
    two = Sheet(name="Rest", columns=one.columns, rows=({"row": "r2"},))
    rows = read_rows(write_xlsx([one, two]), "a.xlsx", TITLES)
    assert [(row.sheet, row.values["row"]) for row in rows] == [("Review", "r1"), ("Rest", "r2")]


def test_content_goes_before_the_suffix() -> None:
    sheet = sheet_of([("r1", "a", "x")])
    assert find_kind(write_xlsx([sheet]), "a.csv") == "xlsx"
    assert find_kind(write_csv([sheet]), "a.xlsx") == "csv"


@pytest.mark.parametrize("path", sorted({*READERS.values(), *WRITERS.values()}))
def test_every_name_in_the_tables_is_there(path: str) -> None:
    assert callable(load(path))


def test_a_cell_of_no_column_is_our_own_fault() -> None:
    sheet = Sheet(name="S", columns=(), rows=({"row": "a"},))
    with pytest.raises(ValueError, match="no column"):
        write_xlsx([sheet])


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("", 10, 1), ("word", 10, 1), ("a\nb", 10, 2), ("word " * 20, 10, 10), ("w" * 30, 10, 3)],
)
def test_how_many_lines_a_text_takes(text: str, width: float, lines: int) -> None:
    assert n_lines(text.strip(), width) == lines


@pytest.mark.office
@pytest.mark.parametrize("kind", ["ods", "xlsx", "csv"])
def test_libreoffice_gives_back_what_we_wrote(kind: str, convert: Callable[..., bytes]) -> None:
    texts = ["=1+1", "-x", "a  b", "a\nb", " a ", "caf\u00e9 \U0001f600", "_x0041_", "1.50", "@me"]
    texts += ["TRUE", "3/4", "007", "'tis", "a\tb", 'say "x"; y, z', "\u201cq\u201d"]
    rows = [(f"r{n}", text, "x") for n, text in enumerate(texts)]
    data = convert(write_xlsx([sheet_of(rows)]), kind)
    read = read_rows(data, f"a.{kind}", TITLES)
    assert [row.values["text"] for row in read] == [clean(text) for text in texts]
