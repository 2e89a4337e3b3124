"""A dialogue written out in each format that teams have, for the tests to read back."""

from __future__ import annotations

import csv
import html
import io
import json
import zipfile
from collections.abc import Callable, Sequence

from ingest_pdf import LEFT, RIGHT, Typesetter, width, wrapped

Dialogue = Sequence[tuple[str, str]]  # speaker, words


def clock(second: int, *, hours: bool = True, sign: str = ".") -> str:
    h, m, s = second // 3600, second // 60 % 60, second % 60
    return f"{h:02}:{m:02}:{s:02}{sign}000" if hours else f"{h * 60 + m}:{s:02}"


def colon(dialogue: Dialogue) -> bytes:
    return "\n\n".join(f"{who}: {said}" for who, said in dialogue).encode()


def colon_tight(dialogue: Dialogue) -> bytes:
    return "\r\n".join(f"{who}: {said}" for who, said in dialogue).encode("utf-16")


def label_above(dialogue: Dialogue) -> bytes:
    return "\n\n".join(f"{who}:\n{said}" for who, said in dialogue).encode("utf-8-sig")


def timed_after(dialogue: Dialogue) -> bytes:
    return "\n".join(
        f"{who} ({clock(7 * i)[:8]}): {said}" for i, (who, said) in enumerate(dialogue)
    ).encode()


def timed_before(dialogue: Dialogue) -> bytes:
    return "\n".join(
        f"[{clock(7 * i)[:8]}] {who}: {said}" for i, (who, said) in enumerate(dialogue)
    ).encode()


def timed_above(dialogue: Dialogue) -> bytes:
    """Otter, and Teams as text."""
    return "\n\n".join(
        f"{who}  {clock(7 * i, hours=False)}\n{said}" for i, (who, said) in enumerate(dialogue)
    ).encode()


def f4(dialogue: Dialogue) -> bytes:
    return "\n".join(
        f"{who}: {said} #{clock(7 * i + 7)[:8]}-5#" for i, (who, said) in enumerate(dialogue)
    ).encode()


def tabbed(dialogue: Dialogue) -> bytes:
    return "\n".join(f"{who}\t{said}" for who, said in dialogue).encode()


def markdown(dialogue: Dialogue) -> bytes:
    return "\n\n".join(
        f"**{who}:** " + html.escape(said).replace("[", "\\[") for who, said in dialogue
    ).encode()


def vtt_zoom(dialogue: Dialogue) -> bytes:
    cues = [
        f"{i + 1}\n{clock(7 * i)} --> {clock(7 * i + 6)}\n{who}: {html.escape(said, quote=False)}\n"
        for i, (who, said) in enumerate(dialogue)
    ]
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def vtt_teams(dialogue: Dialogue) -> bytes:
    cues = [
        f"{clock(7 * i)[3:]} --> {clock(7 * i + 6)[3:]}\n"
        f"<v {who}>{html.escape(said, quote=False)}</v>\n"
        for i, (who, said) in enumerate(dialogue)
    ]
    return ("\ufeffWEBVTT\n\nNOTE made by a meeting\n\n" + "\n".join(cues)).encode()


def srt(dialogue: Dialogue) -> bytes:
    return "\n".join(
        f"{i + 1}\n{clock(7 * i, sign=',')} --> {clock(7 * i + 6, sign=',')}\n{who}: {said}\n"
        for i, (who, said) in enumerate(dialogue)
    ).encode()


def comma(dialogue: Dialogue, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Start", "Text", "SPEAKER"])
    writer.writerows([str(7 * i), said, who] for i, (who, said) in enumerate(dialogue))
    return out.getvalue().encode()


def semicolon(dialogue: Dialogue) -> bytes:
    return comma(dialogue, ";")


def tab_cut(dialogue: Dialogue) -> bytes:
    return comma(dialogue, "\t")


def xlsx(dialogue: Dialogue) -> bytes:
    import datetime

    import xlsxwriter

    out = io.BytesIO()
    # Times are what a spreadsheet makes of them: a part of a day.
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Interview")
        clock_format = book.add_format({"num_format": "hh:mm:ss"})
        sheet.write_row(0, 0, ["Start", "Speaker", "Text"])
        for i, (who, said) in enumerate(dialogue):
            sheet.write_datetime(i + 1, 0, datetime.time(0, 7 * i // 60, 7 * i % 60), clock_format)
            sheet.write_string(i + 1, 1, who)
            sheet.write_string(i + 1, 2, said)
    return out.getvalue()


def xlsx_plain(dialogue: Dialogue) -> bytes:
    """Two columns and no header."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for i, (who, said) in enumerate(dialogue):
            sheet.write_string(i, 0, who)
            sheet.write_string(i, 1, said)
    return out.getvalue()


def ods(dialogue: Dialogue) -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{html.escape(cell)}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
        for row in [("start", "speaker", "text")]
        + [(clock(7 * i)[:8], who, said) for i, (who, said) in enumerate(dialogue)]
    )
    return ods_xml(
        f'{rows}<table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
    )


def ods_xml(rows: str) -> bytes:
    """An OpenDocument spreadsheet of which the test writes the rows itself."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table")
    )
    return zipped(
        {
            "mimetype": kind.encode(),
            "META-INF/manifest.xml": b"<manifest/>",
            "content.xml": (
                f"<office:document-content{spaces}><office:body><office:spreadsheet>"
                f'<table:table table:name="A">{rows}</table:table></office:spreadsheet>'
                "</office:body></office:document-content>"
            ).encode(),
        }
    )


def web(dialogue: Dialogue) -> bytes:
    body = "\n".join(
        f"<p><b>{html.escape(who)}:</b>\n{html.escape(said)}</p>" for who, said in dialogue
    )
    head = '<meta charset="utf-8"><title>Page</title><style>p { color: red }</style>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>{body}</body></html>".encode()


def web_noscribe(dialogue: Dialogue) -> bytes:
    body = "".join(
        f'<p><a name="ts_{7000 * i}_{7000 * i + 6000}_S0{i % 2}" >{html.escape(who)}: '
        f"{html.escape(said)}</a></p>\n"
        for i, (who, said) in enumerate(dialogue)
    )
    return f"<html><body>{body}</body></html>".encode()


def web_table(dialogue: Dialogue) -> bytes:
    rows = "".join(
        f"<tr><td>{html.escape(who)}</td><td><p>{html.escape(said)}</p></td></tr>"
        for who, said in dialogue
    )
    return f"<html><body><table><tbody>{rows}</tbody></table></body></html>".encode()


def whisperx(dialogue: Dialogue) -> bytes:
    segments = [
        {
            "start": 7.0 * i,
            "end": 7.0 * i + 6,
            "text": f" {said}",
            "speaker": who,
            "words": [{"word": word, "score": 0.9} for word in said.split()],
        }
        for i, (who, said) in enumerate(dialogue)
    ]
    return json.dumps({"segments": segments, "language": "nl"}, ensure_ascii=False).encode()


def eaf(dialogue: Dialogue) -> bytes:
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="t{i}" TIME_VALUE="{1000 * (7 * (i // 2) + 6 * (i % 2))}"/>'
        for i in range(2 * len(dialogue))
    )
    tiers = "".join(
        f'<TIER TIER_ID="{html.escape(name)}" LINGUISTIC_TYPE_REF="d">'
        + "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{i}" TIME_SLOT_REF1="t{2 * i}" '
            f'TIME_SLOT_REF2="t{2 * i + 1}"><ANNOTATION_VALUE>{html.escape(said)}'
            "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for i, (who, said) in enumerate(dialogue)
            if who == name
        )
        + "</TIER>"
        for name in dict.fromkeys(who for who, _ in dialogue)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT FORMAT="3.0">'
        f"<TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>"
    ).encode()


def pdf_colon(dialogue: Dialogue, **margins: object) -> bytes:
    """A label and a colon, more room between the turns, wrapped lines."""
    page = Typesetter(**margins)  # type: ignore[arg-type]
    for who, said in dialogue:
        for at, line in enumerate(wrapped(f"{who}: {said}", RIGHT - LEFT)):
            page.line((LEFT, line, False), step=14.0 if at else 22.0)
    return page.bytes()


def pdf_bold(dialogue: Dialogue) -> bytes:
    """The label in bold, no space between the turns."""
    page = Typesetter()
    for who, said in dialogue:
        label = f"{who}:"
        indent = width(f"{label} ")
        first, *more = wrapped(said, RIGHT - LEFT, RIGHT - LEFT - indent)
        page.line((LEFT, label, True), (LEFT + indent, first, False))
        for line in more:
            page.line((LEFT, line, False))
    return page.bytes()


def pdf_table(dialogue: Dialogue) -> bytes:
    """The label in a column of its own."""
    page = Typesetter()
    for who, said in dialogue:
        first, *more = wrapped(said, RIGHT - 200)
        page.line((LEFT, who, False), (200, first, False), step=20.0)
        for line in more:
            page.line((200, line, False))
    return page.bytes()


def pdf_table_timed(dialogue: Dialogue) -> bytes:
    """The time and the label in columns of their own."""
    page = Typesetter()
    for i, (who, said) in enumerate(dialogue):
        first, *more = wrapped(said, RIGHT - 280)
        page.line((LEFT, clock(7 * i)[:8], False), (160, who, True), (280, first, False), step=20.0)
        for line in more:
            page.line((280, line, False))
    return page.bytes()


def pdf_margins(dialogue: Dialogue) -> bytes:
    """On low pages, with a running header, page numbers and numbered lines."""
    header = "Study seven, confidential"
    return pdf_colon(dialogue, header=header, numbers=True, line_numbers=True, bottom=720.0)


def _docx(fill: Callable[..., None]) -> bytes:
    import docx

    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_colon(dialogue: Dialogue) -> bytes:
    def fill(document: object) -> None:
        for who, said in dialogue:
            document.add_paragraph(f"{who}: {said}")  # type: ignore[attr-defined]

    return _docx(fill)


def docx_bold(dialogue: Dialogue) -> bytes:
    """The speaker in bold letters, no colon."""

    def fill(document: object) -> None:
        for who, said in dialogue:
            paragraph = document.add_paragraph()  # type: ignore[attr-defined]
            paragraph.add_run(who).bold = True
            paragraph.add_run(f" {said}")

    return _docx(fill)


def docx_above(dialogue: Dialogue) -> bytes:
    """Teams: the name in bold, the time, a line break, the words."""

    def fill(document: object) -> None:
        for i, (who, said) in enumerate(dialogue):
            paragraph = document.add_paragraph()  # type: ignore[attr-defined]
            paragraph.add_run(who).bold = True
            paragraph.add_run(f"   {clock(7 * i, hours=False)}").add_break()
            paragraph.add_run(said)

    return _docx(fill)


def docx_table(dialogue: Dialogue, header: Sequence[str] = ()) -> bytes:
    rows = [*([header] if header else []), *dialogue]

    def fill(document: object) -> None:
        table = document.add_table(rows=0, cols=2)  # type: ignore[attr-defined]
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    return _docx(fill)


def docx_table_header(dialogue: Dialogue) -> bytes:
    return docx_table(dialogue, ("Speaker", "Text"))


def docx_table_timed(dialogue: Dialogue) -> bytes:
    def fill(document: object) -> None:
        table = document.add_table(rows=0, cols=3)  # type: ignore[attr-defined]
        for i, (who, said) in enumerate(dialogue):
            row = (clock(7 * i)[:8], who, said)
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    return _docx(fill)


def odt(dialogue: Dialogue) -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.style import Style, TextProperties
    from odf.text import P, Span

    document = OpenDocumentText()
    strong = Style(name="Strong", family="text")
    strong.addElement(TextProperties(fontweight="bold"))
    document.styles.addElement(strong)
    for who, said in dialogue:
        paragraph = P()
        paragraph.addElement(Span(stylename=strong, text=f"{who}: "))
        paragraph.addText(said)
        document.text.addElement(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rtf_escape(text: str) -> str:
    units = text.encode("utf-16-le")
    codes = [int.from_bytes(units[i : i + 2], "little") for i in range(0, len(units), 2)]
    return "".join(
        ("\\" if chr(c) in "\\{}" else "") + chr(c)
        if c < 128
        else f"\\u{c - 65536 if c > 32767 else c}?"
        for c in codes
    )


def rtf(dialogue: Dialogue) -> bytes:
    body = "\\par\n".join(
        f"{{\\b {rtf_escape(who)}:}} {rtf_escape(said)}" for who, said in dialogue
    )
    return (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 " + body + "}").encode()


def rtf_table(dialogue: Dialogue) -> bytes:
    body = "\n".join(
        rf"\trowd\cellx2000\cellx9000 {rtf_escape(who)}\cell {rtf_escape(said)}\cell\row"
        for who, said in dialogue
    )
    return (r"{\rtf1\ansi\ansicpg1252 " + body + "}").encode()


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_xml(body: str, main: str = W, **parts: str) -> bytes:
    """A Word document of which the test writes the XML itself."""
    members = {
        "[Content_Types].xml": b'<Types><Default ContentType="wordprocessingml"/></Types>',
        "word/document.xml": (
            f'<w:document xmlns:w="{main}"><w:body>{body}</w:body></w:document>'.encode()
        ),
    }
    members |= {
        f"word/{name}.xml": f'<w:{name} xmlns:w="{W}">{xml}</w:{name}>'.encode()
        for name, xml in parts.items()
    }
    return zipped(members)


WRITERS: dict[str, tuple[str, Callable[[Dialogue], bytes]]] = {
    "colon": ("a.txt", colon),
    "colon_tight": ("a.txt", colon_tight),
    "label_above": ("a.txt", label_above),
    "timed_after": ("a.txt", timed_after),
    "timed_before": ("a.txt", timed_before),
    "timed_above": ("a.txt", timed_above),
    "f4": ("a.txt", f4),
    "tabbed": ("a.txt", tabbed),
    "markdown": ("a.md", markdown),
    "vtt_zoom": ("a.vtt", vtt_zoom),
    "vtt_teams": ("a.vtt", vtt_teams),
    "srt": ("a.srt", srt),
    "csv": ("a.csv", comma),
    "semicolon": ("a.csv", semicolon),
    "docx_colon": ("a.docx", docx_colon),
    "docx_bold": ("a.docx", docx_bold),
    "docx_above": ("a.docx", docx_above),
    "docx_table": ("a.docx", docx_table),
    "docx_table_header": ("a.docx", docx_table_header),
    "docx_table_timed": ("a.docx", docx_table_timed),
    "odt": ("a.odt", odt),
    "rtf": ("a.rtf", rtf),
    "rtf_table": ("a.rtf", rtf_table),
    "tsv": ("a.tsv", tab_cut),
    "xlsx": ("a.xlsx", xlsx),
    "xlsx_plain": ("a.xlsx", xlsx_plain),
    "ods": ("a.ods", ods),
    "html": ("a.html", web),
    "html_noscribe": ("a.html", web_noscribe),
    "html_table": ("a.html", web_table),
    "json": ("a.json", whisperx),
    "eaf": ("a.eaf", eaf),
    "pdf": ("a.pdf", pdf_colon),
    "pdf_bold": ("a.pdf", pdf_bold),
    "pdf_table": ("a.pdf", pdf_table),
    "pdf_table_timed": ("a.pdf", pdf_table_timed),
    "pdf_margins": ("a.pdf", pdf_margins),
}
