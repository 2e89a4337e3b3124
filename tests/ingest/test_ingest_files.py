"""Each format's own ways, and bad files: refused with the reason, by name, in bounded time."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from pathlib import PurePath

import pytest
from ingest_writers import WRITERS, docx_colon, docx_xml, odt, zipped

from pipeline.errors import PipelineError
from pipeline.ingest import READERS, Reading, decode, read_transcript, sniff
from pipeline.ingest.encoding import decode_noting

DIALOGUE = [("I", "So what happened?"), ("R", "Well, nothing much.")] * 2


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def spoken(data: bytes, name: str) -> list[tuple[str, str]]:
    return [(t.speaker, t.text) for t in read_transcript(data, name).turns]


@pytest.mark.parametrize("name", READERS)
def test_every_reader_keeps_the_contract(name: str) -> None:
    from importlib import import_module

    module, _, function = READERS[name].partition(":")
    reader = getattr(import_module(module), function)
    write = next(write for file, write in WRITERS.values() if file.endswith(name))
    reading = reader(write(DIALOGUE))
    assert isinstance(reading, Reading) and reading.blocks and reading.encoding
    assert all("\n" not in block.text for block in reading.blocks)
    assert sniff(write(DIALOGUE), f"a.{name}") == name
    for broken in (b"", b"\x00\x01\x02", b"PK\x03\x04 nothing", write(DIALOGUE)[:-40]):
        try:
            reader(broken)
        except PipelineError:
            pass


@pytest.mark.parametrize("style", WRITERS)
def test_content_goes_before_the_suffix(style: str) -> None:
    name, write = WRITERS[style]
    expected = name.rpartition(".")[2]
    for other in ("a.docx", "a.txt", "a", "a.srt"):
        assert sniff(write(DIALOGUE), other) == expected


# --- docx -------------------------------------------------------------------------------------


def test_tracked_changes_are_read_as_accepted() -> None:
    body = p(
        r("R: it was "), f"<w:ins>{r('really ')}</w:ins>", f"<w:del>{r('very ')}</w:del>", r("bad")
    )
    body = body.replace("very </w:t>", "very </w:t>")
    read = read_transcript(docx_xml(p(r("I: So?")) + body), "a.docx")
    assert [t.text for t in read.turns] == ["So?", "it was really bad"]
    assert "Tracked insertions, read as accepted: 1." in read.warnings
    assert "Tracked deletions, left out: 1." in read.warnings


def test_a_deleted_paragraph_end_joins_two_paragraphs() -> None:
    first = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('I: How ')}</w:p>"
    assert spoken(docx_xml(first + p(r("was it?")) + p(r("R: Fine."))), "a.docx") == [
        ("I", "How was it?"),
        ("R", "Fine."),
    ]


def test_what_a_document_has_beside_its_text_is_left_out_and_said() -> None:
    body = p(r("I: So?"), "<w:r><w:commentReference/></w:r>") + p(
        r("R: Well."), r("secret", "<w:vanish/>"), "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    )
    data = docx_xml(
        body,
        header1=p(r("Study 7")),
        footer1=p(r("3")),
        footnotes=f"<w:footnote>{p(r('See'))}</w:footnote>",
    )
    read = read_transcript(data, "a.docx")
    assert [t.text for t in read.turns] == ["So?", "Well."]
    assert read.warnings == (
        "Comments, left out: 1.",
        "Pieces of hidden text, left out: 1.",
        "Headers or footers with words in them were left out.",
        "Footnotes and endnotes, left out: 1.",
    )
    assert not read_transcript(
        docx_xml(p(r("I: So?")) + p(r("R: W.")), footer1=p(r("3"))), "a"
    ).warnings


def test_breaks_hyphens_links_and_boxes() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{p(r('in a box'))}</w:txbxContent></w:pict></w:r>"
    body = p(
        r("I: one"),
        "<w:r><w:br/><w:t>two</w:t><w:tab/><w:t>re</w:t><w:noBreakHyphen/><w:t>do</w:t></w:r>",
    )
    body += p(r("R: see "), f"<w:hyperlink>{r('there')}</w:hyperlink>", box) + p(r("I: ok"))
    assert spoken(docx_xml(body), "a.docx") == [
        ("I", "one two re-do"),
        ("R", "see there in a box"),
        ("I", "ok"),
    ]


def test_words_that_python_docx_alone_would_lose_double_or_refuse() -> None:
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    reading_aid = f"<w:rt>{r('no')}</w:rt><w:rubyBase>{r('base')}</w:rubyBase>"
    box = f"<w:r><w:pict><w:txbxContent>{p(r('in a box'))}</w:txbxContent></w:pict></w:r>"
    merged = f'<w:tcPr><w:gridSpan w:val="900000000"/><w:vMerge/></w:tcPr>{p(r("once"))}'
    body = (
        p(f"<w:sdt><w:sdtContent>{r('I: control ')}</w:sdtContent></w:sdt>", r("a page"))
        + p(
            f"<w:fldSimple>{r('R: field ')}</w:fldSimple>",
            f"<w:r><w:ruby>{reading_aid}</w:ruby></w:r>",
        )
        + p(f'<m:oMath xmlns:m="{math}"><m:r><m:t>x=1</m:t></m:r></m:oMath>')
        + f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('half ')}{box}</w:p>"
        + p(r("whole"), '<w:r><w:br w:type="page"/><w:t>next</w:t></w:r>')
        + f"<w:tbl><w:tr><w:tc>{merged}</w:tc></w:tr></w:tbl>"
    )
    expected = [("I", "control a page"), ("R", "field base x=1 half whole next in a box once")]
    assert spoken(docx_xml(body), "a.docx") == expected
    strict = docx_xml(body, main="http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert spoken(strict, "a.docx") == expected


def test_bold_by_style() -> None:
    styles = (
        '<w:style w:styleId="Who"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:styleId="Base"><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    )
    who = '<w:rStyle w:val="Who"/>'
    body = f'<w:p><w:pPr><w:pStyle w:val="T"/></w:pPr>{r("A talk")}</w:p>' + "".join(
        p(r(name, who), r(f" word {i}")) for i, name in enumerate(["Ann", "Bo", "Ann", "Bo"])
    )
    assert spoken(docx_xml(body, styles=styles), "a.docx") == [
        ("", "A talk"),
        ("Ann", "word 0"),
        ("Bo", "word 1"),
        ("Ann", "word 2"),
        ("Bo", "word 3"),
    ]


# --- captions ---------------------------------------------------------------------------------

VTT = """\ufeffWEBVTT - made by a meeting
Kind: captions

NOTE
not said

STYLE
::cue { color: red }

0f3a-1/12-0
00:01.000 --> 00:02.500 align:start
<v.loud Ann Lee>Tom &amp; I <i>went</i></v>

00:03.000 --> 00:04.000
<v Ann Lee>out &lt;there&gt;,</v>
<v Bo>oh,</v> <v Ann Lee>and back.</v>

01:00:05.000 --> 01:00:06.000
<v Bo>Well.

And more.
"""


def test_voices_cues_and_notes() -> None:
    read = read_transcript(VTT.encode(), "a.vtt")
    assert [(t.speaker, t.start_s, t.end_s, t.text) for t in read.turns] == [
        ("Ann Lee", 1.0, 4.0, "Tom & I went out <there>,"),
        ("Bo", 3.0, 4.0, "oh,"),
        ("Ann Lee", 3.0, 4.0, "and back."),
        ("Bo", 3605.0, 3606.0, "Well. And more."),
    ]
    assert "Notes of the caption file, left out: 1." in read.warnings


def test_consecutive_cues_keep_the_first_start_and_the_last_end() -> None:
    cues = ["Ann: One", "two.", "Ann: Three.", "Bo: No.", "Bo: Never."]
    text = "WEBVTT\n" + "".join(
        f"\n{i}\n00:00:0{i}.000 --> 00:00:0{i + 1}.500\n{said}\n" for i, said in enumerate(cues)
    )
    read = read_transcript(text.encode(), "a.vtt")
    assert [(t.speaker, t.start_s, t.end_s, t.text) for t in read.turns] == [
        ("Ann", 0.0, 3.5, "One two. Three."),
        ("Bo", 3.0, 5.5, "No. Never."),
    ]


def test_captions_without_speakers_are_cut_at_pauses() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nso we\n2\n00:00:02,100 --> 00:00:03,000\nwent 7\n\n"
    text += "3\n00:00:09,000 --> 00:00:10,000\nhome\n\n4\nxx:00 --> never\nlost?\n"
    read = read_transcript(text.encode(), "a.srt")
    assert [(t.start_s, t.end_s, t.text) for t in read.turns][:1] == [(1.0, 3.0, "so we went 7")]
    assert "home" in read.text and "lost?" in read.text


# --- csv --------------------------------------------------------------------------------------


def test_turn_numbers_hold_rows_together_and_apart() -> None:
    data = b'turn;SPEAKER;Text;End\n1;I;One;0:05\n1;I;two;0:07\n2;I;Three;\n3;R;"a;b";9,5\n'
    read = read_transcript(data, "a.csv")
    assert [(t.speaker, t.text, t.end_s) for t in read.turns] == [
        ("I", "One two", 7.0),
        ("I", "Three", None),
        ("R", "a;b", 9.5),
    ]


def test_every_fault_of_a_table_at_once() -> None:
    data = b"speaker,text,start\nI,hello, there,0\nR,fine,soon\n\nR,fine,1\nI\n"
    with pytest.raises(PipelineError) as caught:
        read_transcript(data, "a.csv")
    assert [fault.where for fault in caught.value.faults] == [
        "a.csv, row 2",
        "a.csv, row 3, column 'start'",
        "a.csv, row 6",
    ]
    assert "hello" not in str(caught.value) and "soon" not in str(caught.value)


def test_several_transcripts_in_one_table() -> None:
    data = b"transcript_id,speaker,text\na,I,x\nb,I,y\n"
    with pytest.raises(PipelineError, match="2 transcripts"):
        read_transcript(data, "a.csv")


# --- rtf, odt ---------------------------------------------------------------------------------


def test_rtf_characters_pictures_and_what_is_left_out() -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1252{\header Study 7}{\pict\pngblip " + b"89504e47" * 2000 + b"}"
        rb"I: caf\'e9 | \u8364?, \u-10179?\u-8704? {\deleted gone }{\revised new}\par "
        rb"R: a\tab b\line c}"
    )
    read = read_transcript(data, "a.doc")
    assert [t.text for t in read.turns] == ["café | €, 😀 new", "a b c"]
    assert "Headers or footers with words in them were left out." in read.warnings
    assert "Tracked deletions were left out." in read.warnings


def odt_xml(body: str) -> bytes:
    """An OpenDocument text of which the test writes the XML itself."""
    kind = "application/vnd.oasis.opendocument.text"
    names = {name: name for name in ("office", "text", "table", "manifest")} | {"draw": "drawing"}
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in names.items()
    )
    manifest = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"))
    )
    content = f"<office:body><office:text>{body}</office:text></office:body>"
    parts = {
        "mimetype": kind,
        "META-INF/manifest.xml": f"<manifest:manifest{spaces}>{manifest}</manifest:manifest>",
        "content.xml": f"<office:document-content{spaces}>{content}</office:document-content>",
    }
    return zipped({name: part.encode() for name, part in parts.items()})


def test_odt_words_that_odfpy_loses() -> None:
    """Why odfpy does not read: it stops at the end of an embedded document."""
    from odf.opendocument import load

    inner = "<office:document><office:body><office:text/></office:body></office:document>"
    data = odt_xml(
        f"<text:p>I: One?</text:p><text:p>R: Two <draw:object>{inner}</draw:object>three.</text:p>"
        "<text:p>I: Four?</text:p>"
    )
    assert "three" not in str(load(io.BytesIO(data)).text)
    assert spoken(data, "a.odt") == [("I", "One?"), ("R", "Two three."), ("I", "Four?")]


def test_odt_boxes_and_shapes() -> None:
    box = "<draw:frame><draw:text-box><text:p>box</text:p>{}</draw:text-box></draw:frame>"
    shape = "<draw:custom-shape><text:p>a</text:p><text:p>shape</text:p></draw:custom-shape>"
    nested = box.format(f"<text:p>{box.format('')}</text:p>")
    data = odt_xml(f"<text:p>I: one {nested}{shape}</text:p>{shape}<text:p>R: two</text:p>")
    assert spoken(data, "a.odt") == [("I", "one box box a shape a shape"), ("R", "two")]


def test_odt_spaces_notes_and_tables() -> None:
    body = (
        '<text:h>Title</text:h><text:p>I:<text:s text:c="999999999"/>one<text:tab/>two'
        "<office:annotation><text:p>remark</text:p></office:annotation><text:line-break/>three</text:p>"
        "<text:list><text:list-item><text:p>R: four</text:p></text:list-item></text:list>"
    )
    cells = "".join(
        f"<table:table-row><table:table-cell><text:p>{a}</text:p></table:table-cell>"
        f"<table:table-cell><text:p>{b}</text:p></table:table-cell></table:table-row>"
        for a, b in [("I", "five"), ("R", "six")]
    )
    read = read_transcript(odt_xml(f"{body}<table:table>{cells}</table:table>"), "a.odt")
    assert [(t.speaker, t.text) for t in read.turns] == [
        ("", "Title"),
        ("I", "one two three"),
        ("R", "four"),
        ("I", "five"),
        ("R", "six"),
    ]
    assert read.warnings == ("Comments, left out: 1.",)


# --- encodings --------------------------------------------------------------------------------

SPEECH = (
    "I: één cliënt zei: “nee” – en toen…\nR: ja, geïnterviewde\n",
    "I: Hvad gør du så?\nR: Øh, jeg ringer på æbler. Årh.\n",
    "I: Wie fühlt ihr euch?\nR: Größe, Übung und „gut“\n",
    "I: Don’t you?\nR: It’s “fine” — I’m naïve\n",
    "R: Zoë\n",
    "R: café\n",
)


@pytest.mark.parametrize("text", SPEECH)
@pytest.mark.parametrize(
    "encoding", ["cp1252", "mac_roman", "utf-8", "utf-16", "utf-16-le", "utf-32"]
)
def test_encodings_are_found(text: str, encoding: str) -> None:
    found, name = decode(text.encode(encoding))
    assert found == text
    assert name.replace("-", "_").startswith(encoding.replace("-", "_"))


def test_a_short_guess_is_said() -> None:
    assert decode_noting("R: café".encode("cp1252")).warnings
    assert not decode_noting(SPEECH[0].encode("cp1252")).warnings


def test_utf8_with_one_pasted_byte_stays_utf8() -> None:
    decoded = decode_noting("één, één, één ".encode() + b"caf\xe9")
    assert (decoded.text, decoded.encoding) == ("één, één, één café", "utf-8")
    assert decoded.warnings == ("Bytes that are not UTF-8, read as Windows-1252: 1.",)


def test_line_ends_and_nothing_else() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n d\x0b\xc2\x85e \t\n") == (
        "a\nb\nc\n d\x0b\x85e \t\n",
        "utf-8",
    )


# --- bad files --------------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
DTD = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>'
LOCKED_ODT = zipped(
    {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>",
        "content.xml": b"\x01\x02",
    }
)


def with_document(xml: bytes) -> bytes:
    types = b"<Types>wordprocessingml</Types>"
    return zipped({"[Content_Types].xml": types, "word/document.xml": xml})


BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.txt", b"", "is empty"),
    "white space": ("a.txt", b" \r\n\t\n \xc2\xa0", "white space"),
    "white space in UTF-16": ("a.txt", " \n ".encode("utf-16"), "white space"),
    "a picture": (
        "a.docx",
        b"\xff\xd8\xff\xe0" + bytes(range(256)),
        "a.docx: .* .docx, but it is a JPEG",
    ),
    "a recording": ("a.txt", b"RIFF\x00\x10\x00\x00WAVE" + bytes(90), "a recording"),
    "bytes": ("a.txt", bytes(range(256)) * 9, "bytes that no text has"),
    "empty web page": ("a.txt", b"<!DOCTYPE html><html>", "holds no text"),
    "other XML": ("a.txt", b"<?xml version='1.0'?><TEI>hello</TEI>", "XML of another kind"),
    "unknown suffix": ("a.yaml", b"hello", "end in .yaml .*docx"),
    "locked docx": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "old doc": ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "old kind"),
    "locked odt": ("a.odt", LOCKED_ODT, "password"),
    "cut zip": ("a.docx", docx_colon(DIALOGUE)[:-200], "damaged or was cut off"),
    "cut zip in the middle": ("a.odt", odt(DIALOGUE)[:600], "damaged or was cut off"),
    "a workbook": (
        "a.docx",
        zipped({"[Content_Types].xml": b"spreadsheetml", "xl/workbook.bin": b"x"}),
        "an Excel workbook",
    ),
    "any zip": ("a.docx", zipped({"a.txt": b"I: hello"}), "zip archive that is no document"),
    "no document": (
        "a.docx",
        zipped({"[Content_Types].xml": b"wordprocessingml"}),
        "no document in it",
    ),
    "entities": ("a.docx", with_document(DTD), "document type"),
    "broken XML": ("a.docx", with_document(b"<w><x></w>"), "damaged"),
    "deep XML": ("a.docx", with_document(b"<w>" * 5000 + b"</w>" * 5000), "nested too deeply"),
    "no words": ("a.docx", docx_xml(p(r(" "))), "holds no text"),
    "only times": ("a.txt", b"[00:00:01]\n[00:00:02]\n", "holds no text"),
    "broken rtf": ("a.rtf", b"{\\rtf1 \\ansicpg99999 ", "holds no text"),
    "csv without end": ("a.csv", b'speaker,text\nI,"' + b"word " * 40_000, "quotation mark"),
}


@pytest.mark.parametrize(("name", "data", "said"), BAD.values(), ids=BAD)
def test_bad_files_are_refused_with_the_reason(name: str, data: bytes, said: str) -> None:
    with pytest.raises(PipelineError, match=said) as caught:
        read_transcript(data, name)
    assert str(caught.value).startswith(name)
    assert "None" not in str(caught.value)


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(
        zipped({"[Content_Types].xml": b"wordprocessingml", "word/document.xml": b"<w/>" * 99})
    )
    at = data.index(b"word/document.xml") + len("word/document.xml")
    data[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(PipelineError, match="damaged"):
        read_transcript(bytes(data), "a.docx")


def test_a_zip_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "wordprocessingml")
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            for _ in range(40):
                member.write(b" " * 1_000_000)
    began = time.process_time()
    with pytest.raises(PipelineError, match="which no transcript has"):
        read_transcript(out.getvalue(), "a.docx")
    assert time.process_time() - began < 2


def test_pictures_in_a_document_cost_nothing() -> None:
    data = docx_xml(p(r("I: So?")) + p(r("R: Well.")))
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bmp", bytes(30_000_000))
    began = time.process_time()
    assert len(spoken(out.getvalue(), "a.docx")) == 2
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.vtt", "a.srt", "a.csv", "a.rtf"])
def test_one_endless_line_costs_bounded_time(name: str) -> None:
    starts = {
        "a.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n",
        "a.srt": b"1\n00:00:01,000 --> 00:00:02,000\n",
        "a.csv": b"speaker,text\nI,",
        "a.rtf": b"{\\rtf1 ",
    }
    for filling in (b"word: [00:12 ", b"<v a **b&", b"((((((((", b"1:11:"):
        data = starts.get(name, b"") + filling * (200_000 // len(filling))
        began = time.process_time()
        try:
            read_transcript(data, name)
        except PipelineError:
            pass
        assert time.process_time() - began < 2


def test_too_much_text_is_refused_at_once() -> None:
    data = b"word " * 20_000_000
    began = time.process_time()
    with pytest.raises(PipelineError, match="a.txt: 100 MB of text"):
        read_transcript(data, "a.txt")
    assert time.process_time() - began < 2


def test_thousands_of_speakers() -> None:
    text = "\n".join(f"Name {i}: a word\nName {i}: another" for i in range(10_000))
    began = time.process_time()
    read = read_transcript(text.encode(), "a.txt")
    assert len(read.turns) == 10_000
    assert any("Many different speakers" in warning for warning in read.warnings)
    assert time.process_time() - began < 10


def test_importing_the_room_is_cheap() -> None:
    code = (
        "import sys, pipeline.ingest; pipeline.ingest.read_transcript(b'I: a', 'a.txt');"
        "bad = {'docx', 'lxml', 'odf', 'pandas', 'striprtf', 'webvtt', 'charset_normalizer'};"
        "bad |= {'pypdf', 'python_calamine'};"
        "bad &= set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_name_is_kept_as_it_was_given() -> None:
    name = str(PurePath("sub") / "Interview 3.v2")
    read = read_transcript(b"I: So?\nR: Well.", name)
    assert (read.file, read.format, read.encoding, read.transcript_id) == (name, "txt", "utf-8", "")
