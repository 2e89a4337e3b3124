"""A dialogue written out in each format that teams have, for the tests to read back."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Callable, Sequence

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
}
