"""Web pages, spreadsheets, recognisers' JSON and ELAN: their own ways, and hostile ones."""

from __future__ import annotations

import datetime
import io
import json
import time
from collections.abc import Callable

import pytest
from ingest_writers import ods_xml, xlsx, zipped

from pipeline.errors import PipelineError
from pipeline.ingest import MAX_FILE_BYTES, read_transcript, sniff
from pipeline.records import Transcript


def spoken(data: bytes, name: str) -> list[tuple[str, str]]:
    return [(t.speaker, t.text) for t in read_transcript(data, name).turns]


# --- html -------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Not said</title>
<style>.who { font-weight: 700 } p { margin: 0 }</style><script>var not = "said";</script></head>
<body><h1>A talk</h1>
<!-- not said -->
<p><span class="who">Ann</span> one<br>two &amp; <i>three</i></p>
<p><span class="who">Bo</span> <del>no</del><ins>yes</ins>
well</p><p style="display:none">hidden</p>
<p><span class="who">Ann</span> so&nbsp;so</p><ul><li><span class="who">Bo</span> a</li><li>b</li>
</ul></body></html>"""


def test_a_page_is_read_as_a_browser_shows_it() -> None:
    read = read_transcript(PAGE.encode(), "a.html")
    assert [(t.speaker, t.text) for t in read.turns] == [
        ("", "A talk"),
        ("Ann", "one two & three"),
        ("Bo", "yes well"),
        ("Ann", "so so"),
        ("Bo", "a b"),
    ]
    assert read.warnings[:3] == (
        "Tracked insertions, read as accepted: 1.",
        "Tracked deletions, left out: 1.",
        "Pieces of hidden text, left out: 1.",
    )


def test_the_times_of_noscribe() -> None:
    page = (
        '<html><body><p><a name="ts_1000_4000_S00" >S00: One</a> <a name="ts_4000_5500_S00">two.'
        '</a></p><p><a name="ts_6000_7000_S01">S01: Three</a></p></body></html>'
    )
    turns = read_transcript(page.encode(), "a.html").turns
    assert [(t.speaker, t.start_s, t.end_s, t.text) for t in turns] == [
        ("S00", 1.0, 5.5, "One two."),
        ("S01", 6.0, 7.0, "Three"),
    ]


def test_the_encoding_that_a_page_names() -> None:
    body = "<html><head><meta charset=iso-8859-2></head><body><p>I: Łódź?</p><p>R: żółw</p></body>"
    assert spoken(body.encode("iso-8859-2"), "a.htm") == [("I", "Łódź?"), ("R", "żółw")]
    western = "<html><meta charset=iso-8859-1><body><p>I: één…</p><p>R: café</p></body>"
    assert spoken(western.encode("cp1252"), "a.htm") == [("I", "één…"), ("R", "café")]


def test_a_fragment_and_a_table_in_a_table() -> None:
    inner = "<table><tr><td>deep</td></tr></table>"
    page = f"<table><tr><td>I</td><td>one {inner}</td></tr><tr><td>R</td><td>two</td></tr></table>"
    assert spoken(page.encode(), "a.txt") == [("I", "one deep"), ("R", "two")]


# --- spreadsheets -----------------------------------------------------------------------------


def book(fill: Callable[..., None]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        fill(workbook)
    return out.getvalue()


def test_the_sheet_with_turns_is_read_and_the_others_are_said() -> None:
    def fill(workbook: object) -> None:
        notes = workbook.add_worksheet("Notes")  # type: ignore[attr-defined]
        notes.write_string(0, 0, "call them back")
        sheet = workbook.add_worksheet("Talk")  # type: ignore[attr-defined]
        sheet.write_string(0, 0, "Interview three")
        sheet.write_row(2, 0, ["Time", "Who", "Words", "Mood"])
        long = workbook.add_format({"num_format": "[h]:mm:ss"})  # type: ignore[attr-defined]
        sheet.write_number(3, 0, 25 / 24, long)
        sheet.write_row(3, 1, ["I", "So?", "fine"])
        sheet.write_row(4, 0, ["25:00:12", "R", 7])
        sheet.write_comment(3, 2, "a remark")

    read = read_transcript(book(fill), "a.xlsx")
    assert [(t.speaker, t.start_s, t.text) for t in read.turns] == [
        ("", None, "Interview three"),
        ("I", 90000.0, "So?"),
        ("R", 90012.0, "7"),
    ]
    assert read.warnings == (
        "Comments, left out: 1.",
        "Read is sheet 2; other sheets, left out: 1.",
        "Columns beside speaker, text and times, left out: 1.",
    )


def test_times_of_a_spreadsheet_are_seconds() -> None:
    turns = read_transcript(xlsx([("I", "a b"), ("R", "c d")] * 60), "a.xlsx").turns
    assert [t.start_s for t in turns] == [7.0 * i for i in range(120)]


def test_faults_of_a_sheet_name_the_rows_that_a_person_sees() -> None:
    def fill(workbook: object) -> None:
        sheet = workbook.add_worksheet()  # type: ignore[attr-defined]
        sheet.write_row(1, 0, ["start", "speaker", "text"])
        sheet.write_row(3, 0, ["soon", "I", "secret"])

    with pytest.raises(PipelineError, match="a.xlsx, row 4, column 'start'") as caught:
        read_transcript(book(fill), "a.xlsx")
    assert "secret" not in str(caught.value)


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def sheet_xml(*places: str, doctype: str = "") -> bytes:
    """A workbook whose cells stand where the test says."""
    import zipfile

    cells = "".join(
        f'<row><c r="{place}" t="inlineStr"><is><t>a</t></is></c></row>' for place in places
    )
    with zipfile.ZipFile(io.BytesIO(xlsx([("I", "a")]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    xml = f"{doctype}{SHEET}{cells}</sheetData></worksheet>"
    return zipped({**members, "xl/worksheets/sheet1.xml": xml.encode()})


CELL = '<table:table-cell office:value-type="string"{}><text:p>a</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", sheet_xml("A1", "XFD1048576"), "reaches to row 1048576"),
        ("a.xlsx", sheet_xml("A1", "ZZZZZZ99999999999999"), "damaged"),
        ("a.xlsx", sheet_xml("A1", doctype='<!DOCTYPE w [<!ENTITY a "a">]>'), "document type"),
        (
            "a.ods",
            ods_xml(
                "<table:table-row>"
                + CELL.format(' table:number-columns-repeated="2000000000"')
                + "</table:table-row>"
            ),
            "column 1000000000",
        ),
        (
            "a.ods",
            ods_xml(
                '<table:table-row table:number-rows-repeated="900000000">'
                f"{CELL.format('')}</table:table-row>"
            ),
            "row 900000000",
        ),
        ("a.ods", ods_xml(""), "no words"),
    ],
)
def test_huge_sheets_are_refused_before_they_take_memory(name: str, data: bytes, said: str) -> None:
    began = time.process_time()
    with pytest.raises(PipelineError, match=f"{name}.*{said}"):
        read_transcript(data, name)
    assert time.process_time() - began < 2


def test_a_billion_spaces_are_one() -> None:
    rows = "".join(
        "<table:table-row>"
        + "".join(CELL.format("").replace("<text:p>a", f"<text:p>{x}") for x in row)
        + "</table:table-row>"
        for row in (("speaker", "text"), ("I", 'b<text:s text:c="2000000000"/>c'), ("R", "d"))
    )
    assert spoken(ods_xml(rows), "a.ods") == [("I", "b c"), ("R", "d")]


# --- json -------------------------------------------------------------------------------------


def recognised(document: object) -> Transcript:
    return read_transcript(json.dumps(document).encode(), "a.json")


@pytest.mark.parametrize(
    "document",
    [
        {
            "text": "One. Two.",
            "segments": [{"id": 0, "start": 1.5, "end": 2, "text": " One. Two."}],
        },
        {
            "transcription": [
                {
                    "timestamps": {"from": "00:00:01,500", "to": "00:00:02,000"},
                    "offsets": {"from": 1500, "to": 2000},
                    "text": " One. Two.",
                }
            ]
        },
        {"chunks": [{"timestamp": [1.5, 2.0], "text": "One. Two."}]},
        {"version": "1.0.0", "segments": [{"startTime": 1.5, "endTime": 2, "body": "One. Two."}]},
        [{"start": "00:00:01.500", "end": "0:02", "text": "One. Two."}],
    ],
)
def test_the_shapes_of_recognisers(document: object) -> None:
    (turn,) = recognised(document).turns
    assert (turn.start_s, turn.end_s, turn.text) == (1.5, 2.0, "One. Two.")


def test_segments_of_one_speaker_are_one_turn_with_its_first_start() -> None:
    segments = [
        {"start": 0, "end": 1, "text": "One", "speaker": "SPEAKER_00"},
        {"start": 1, "end": 2, "text": "two?", "speaker": "SPEAKER_00"},
        {"start": 3, "end": float("nan"), "text": "Three.", "speaker": "SPEAKER_01"},
        {"start": 4, "end": 5, "text": "Four.", "speaker": None},
    ]
    turns = recognised({"segments": segments}).turns
    assert [(t.speaker, t.start_s, t.end_s, t.text) for t in turns] == [
        ("SPEAKER_00", 0.0, 2.0, "One two?"),
        ("SPEAKER_01", 3.0, 5.0, "Three. Four."),
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": ' * 100_000, "nested more deeply"),
        (b'[{"text": "secret"', "no JSON, or it was cut off"),
        (b'{"segments": [{"text": "secret", "start": ' + b"9" * 10_000 + b"}]}", "number"),
        (b'{"secret": "a", "b": []}', "no segments with text"),
        (b'{"segments": [{"text": "a"}, {"text": 7}, 8]}', "segment 2.*\n.*segment 3"),
        (b"hello", "no JSON"),
        (b'{"segments": ["' + b"w" * 17_000_000 + b'"]}', "17 MB of JSON"),
    ],
)
def test_bad_json_is_refused_with_the_place(data: bytes, said: str) -> None:
    with pytest.raises(PipelineError, match=said) as caught:
        read_transcript(data, "a.json")
    assert "secret" not in str(caught.value) and "a.json" in str(caught.value)


# --- ELAN -------------------------------------------------------------------------------------

EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT FORMAT="3.0"><TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="t2"/>
<TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="1500"/><TIME_SLOT TIME_SLOT_ID="t4" TIME_VALUE="2000"/>
</TIME_ORDER>
<TIER TIER_ID="gloss" PARENT_REF="tx@Bo"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="g" \
ANNOTATION_REF="b"><ANNOTATION_VALUE>in other words</ANNOTATION_VALUE></REF_ANNOTATION>\
</ANNOTATION></TIER>
<TIER TIER_ID="tx@Bo"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="b" TIME_SLOT_REF1="t3" \
TIME_SLOT_REF2="t4"><ANNOTATION_VALUE>Two &amp; three</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>\
</ANNOTATION></TIER>
<TIER TIER_ID="x" PARTICIPANT="Ann"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a" \
TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE/></ALIGNABLE_ANNOTATION></ANNOTATION>\
</TIER>
<TIER TIER_ID="y" PARTICIPANT="Ann" PARENT_REF="x"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="c" \
ANNOTATION_REF="a"><ANNOTATION_VALUE>One?</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="Comments"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="d" TIME_SLOT_REF1="t4" \
TIME_SLOT_REF2="t4"><ANNOTATION_VALUE>a car</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>\
</ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""


def test_tiers_are_speakers_and_glosses_are_left_out() -> None:
    read = read_transcript(EAF.encode(), "a.eaf")
    assert [(t.speaker, t.role, t.start_s, t.end_s, t.text) for t in read.turns] == [
        ("Ann", "interviewer", 0.0, None, "One?"),
        ("Bo", "respondent", 1.5, 2.0, "Two & three"),
        ("", "other", 2.0, 2.0, "a car"),
    ]
    said = "Tiers that depend on others (translations, glosses), left out: 1, 3 words."
    assert said in read.warnings


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (EAF.replace('"t3"', '"t9"', 1), "annotation 1: it refers to a time"),
        (EAF.replace('ANNOTATION_REF="b"', 'ANNOTATION_REF="g"'), "annotation 1: it refers"),
        (
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
            "<ANNOTATION_DOCUMENT>&x;</ANNOTATION_DOCUMENT>",
            "document type",
        ),
        ("<ANNOTATION_DOCUMENT>" + "<a>" * 5000, "damaged|nested"),
        ("<ANNOTATION_DOCUMENT/>", "holds no text"),
    ],
)
def test_bad_elan_files(xml: str, said: str) -> None:
    with pytest.raises(PipelineError, match=said):
        read_transcript(xml.encode(), "a.eaf")


# --- all ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>" + b"<div>" * 50_000,
        b"<html><body>" + b"<table><tr><td>" * 3_000 + b"x",
        b"<!--" * 50_000 + b"<html>",
        b"<html><body>" + b"word " * 2_000_000,
        b"<html></html>",
    ],
)
def test_hostile_pages_are_refused_in_bounded_time(page: bytes) -> None:
    began = time.process_time()
    with pytest.raises(PipelineError, match="a.html: "):
        read_transcript(page, "a.html")
    assert time.process_time() - began < 3


def test_entities_of_a_page_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    read = read_transcript(f"{bomb}<html><p>I: &b;</p><p>R: so</p></html>".encode(), "a.html")
    assert "aaa" not in read.turns[-2].text


def test_files_beyond_all_sizes_are_refused_at_once() -> None:
    with pytest.raises(PipelineError, match="a.txt: the file has 100 MB"):
        read_transcript(bytes(MAX_FILE_BYTES + 1), "a.txt")
    began = time.process_time()
    for name in ("a.txt", "a.md", "a.csv", "a.srt", "a.vtt"):
        with pytest.raises(PipelineError, match="lines"):
            read_transcript(b"I: a\n" * 300_000, name)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\n\r%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "pdf"),
        (b"I: it begins with %PDF-1.4 they said\nR: oh", "txt"),
        (b"<p align='left'>Hello <b>there</b></p>", "html"),
        (b"<3 was what I wrote\nR: oh", "txt"),
        (b'["a", "b"] is what I said', "txt"),
        (b"speaker\ttext\nI\tSo?", "tsv"),
    ],
)
def test_content_first(data: bytes, expected: str) -> None:
    assert sniff(data, "a.txt") == expected


def test_durations_of_a_sheet_are_clocks() -> None:
    from pipeline.ingest.spreadsheet import _text

    assert _text(datetime.timedelta(hours=25, seconds=1.5)) == "25:00:01.500"
    assert _text(datetime.time(0, 1, 2)) == "00:01:02"
    assert (_text(7.0), _text(None), _text(True), _text(1.5)) == ("7", "", "True", "1.5")
