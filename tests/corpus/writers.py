"""Write an interview in the forms in which teams have theirs: bytes, the same on every run.

Text forms are written out here; docx and odt come from the libraries and are packed again, with
fixed dates, because a zip otherwise remembers when it was made.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from textwrap import wrap
from typing import Any

from tests.corpus.sources import Interview, SourceTurn

WORDS_PER_SECOND = 150 / 60
PAUSE_S = 0.6  # between two speakers
_XML_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_MD_SIGN = re.compile(r"[\\`*_\[\]<>#]")
_LABEL_LIKE = re.compile(r"\S+(?: \S+){0,3}:(?:\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What stands in the file for the two speakers."""

    interviewer: str
    respondent: str

    def of(self, turn: SourceTurn) -> str:
        """The label of the turn's speaker."""
        return self.interviewer if turn.role == "interviewer" else self.respondent


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece of a turn with its times, as captions have it."""

    turn: SourceTurn
    first: bool
    start_s: float
    end_s: float
    text: str


def lines_of(turn: SourceTurn, labels: Labels) -> str:
    """`Label: text`, or the text alone of a head line."""
    return turn.text if turn.role == "other" else f"{labels.of(turn)}: {turn.text}"


# Time


def turn_times(turns: Sequence[SourceTurn]) -> list[float]:
    """When each turn begins, in seconds: 150 words a minute and a short pause between speakers."""
    starts, now = [], 1.2
    for turn in turns:
        starts.append(now)
        now += len(turn.text.split()) / WORDS_PER_SECOND + PAUSE_S
    return starts


def cut_in_cues(words: list[str]) -> Iterator[list[str]]:
    """Cues of 5 to 14 words, cut behind punctuation where there is any; a short turn is one."""
    while len(words) > 14:
        ends = [n for n in range(5, 15) if words[n - 1][-1] in ",.?!;" and len(words) - n >= 5]
        n = ends[-1] if ends else min(14, len(words) - 5)
        yield words[:n]
        words = words[n:]
    yield words


def cues_of(turns: Sequence[SourceTurn]) -> Iterator[Cue]:
    """All cues, in order."""
    for turn, start in zip(turns, turn_times(turns), strict=True):
        said = 0
        for words in cut_in_cues(turn.text.split()):
            begin = start + said / WORDS_PER_SECOND
            said += len(words)
            text = " ".join(words)
            if _LABEL_LIKE.match(text):
                raise ValueError("a cue would begin like a speaker's label")
            yield Cue(turn, said == len(words), begin, start + said / WORDS_PER_SECOND, text)


def clock(seconds: float, point: str = ".") -> str:
    """00:12:03.480"""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


# Text


def write_txt(interview: Interview, labels: Labels, *, encoding: str, newline: str) -> bytes:
    """`I: ...` and `R: ...`, an empty line between them."""
    text = "\n\n".join(lines_of(turn, labels) for turn in interview.turns) + "\n"
    return text.replace("\n", newline).encode(encoding)


def write_md(interview: Interview, labels: Labels) -> bytes:
    """Markdown: `**Karsten:** ...`, what would be a sign escaped."""
    lines = []
    for turn in interview.turns:
        text = _MD_SIGN.sub(r"\\\g<0>", turn.text)
        lines.append(text if turn.role == "other" else f"**{labels.of(turn)}:** {text}")
    return ("\n\n".join(lines) + "\n").encode()


def write_timed_txt(interview: Interview, labels: Labels) -> bytes:
    """`[00:12:03] Sanne: ...`, UTF-8 with byte order mark, as Windows Notepad saved it."""
    starts = iter(turn_times(interview.spoken))
    lines = [
        turn.text
        if turn.role == "other"
        else f"[{clock(next(starts)).split('.')[0]}] {lines_of(turn, labels)}"
        for turn in interview.turns
    ]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def write_zoom_vtt(interview: Interview, labels: Labels) -> bytes:
    """Zoom's audio transcript: numbered cues, each with the name as the person signed in."""
    cues = [
        f"{n}\n{clock(cue.start_s)} --> {clock(cue.end_s)}\n{labels.of(cue.turn)}: {cue.text}\n"
        for n, cue in enumerate(cues_of(interview.turns), start=1)
    ]
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def write_teams_vtt(interview: Interview, labels: Labels) -> bytes:
    """Teams' transcript: a cue id out of a GUID, and the speaker in a voice span."""
    cues = []
    for n, cue in enumerate(cues_of(interview.turns)):
        call = uuid.uuid5(uuid.NAMESPACE_OID, f"{interview.id}/{n // 7}")
        text = "\n".join(_wrapped(escape(cue.text, quote=False)))
        cues.append(
            f"{call}/{n}-0\n{clock(cue.start_s)} --> {clock(cue.end_s)}\n"
            f"<v {labels.of(cue.turn)}>{text}</v>\n"
        )
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def write_srt(interview: Interview, labels: Labels) -> bytes:
    """A transcription service's subtitles: the name where the speaker changes, two lines a cue."""
    cues = []
    for n, cue in enumerate(cues_of(interview.turns), start=1):
        text = f"{labels.of(cue.turn)}: {cue.text}" if cue.first else cue.text
        times = f"{clock(cue.start_s, ',')} --> {clock(cue.end_s, ',')}"
        cues.append("\r\n".join((str(n), times, *_wrapped(text), "")))
    return "\r\n".join((*cues, "")).encode()


def _wrapped(text: str) -> list[str]:
    return wrap(text, width=48, break_long_words=False, break_on_hyphens=False)


# RTF

_RTF_NAMED = {"‘": r"\lquote ", "’": r"\rquote ", "“": r"\ldblquote ", "”": r"\rdblquote "}


def rtf_word(text: str) -> str:
    """As Word escapes it: named quotes, `\\'e9` for what Windows-1252 has, else `\\uN?`."""
    out = []
    for char in text:
        if char in "\\{}":
            out.append(f"\\{char}")
        elif ord(char) < 128:
            out.append(char)
        elif char in _RTF_NAMED:
            out.append(_RTF_NAMED[char])
        else:
            byte = char.encode("cp1252", errors="ignore")
            out.append(f"\\'{byte[0]:02x}" if byte else f"\\u{ord(char)}?")
    return "".join(out)


def rtf_office(text: str) -> str:
    """As LibreOffice escapes it: `\\u233\\'e9`, the number and the byte for old readers."""
    out = []
    for char in text:
        if char in "\\{}":
            out.append(f"\\{char}")
        elif ord(char) < 128:
            out.append(char)
        else:
            byte = char.encode("cp1252", errors="replace")
            out.append(f"\\u{ord(char)}\\'{byte[0]:02x}")
    return "".join(out)


def write_word_rtf(interview: Interview, labels: Labels) -> bytes:
    """Word's RTF: `Interviewer: ...`, an empty paragraph between the turns."""
    first, last = interview.interviewer.split(" ", maxsplit=1)
    head = (
        r"{\rtf1\ansi\ansicpg1252\uc1\deff0\deflang1033"
        r"{\fonttbl{\f0\fswiss\fcharset0\fprq2 Calibri;}}"
        r"{\colortbl;\red0\green0\blue0;}"
        r"{\*\generator Msftedit 5.41.21.2510;}"
        rf"{{\info{{\title Transcript}}{{\author {first[0]}. {rtf_word(last)}}}}}"
    )
    body = [
        rf"\pard\plain\sa200\sl276\slmult1\f0\fs22 {rtf_word(lines_of(turn, labels))}\par"
        for turn in interview.turns
    ]
    return "\r\n".join((head, *body, "}")).encode("ascii")


def write_office_rtf(interview: Interview, labels: Labels) -> bytes:
    """LibreOffice's RTF, the speakers' names in bold, the colon not."""
    initials = "".join(name[0] for name in interview.interviewer.split())
    head = (
        r"{\rtf1\ansi\deff3\adeflang1025"
        "\n"
        r"{\fonttbl{\f0\froman\fprq2\fcharset0 Times New Roman;}"
        r"{\f3\froman\fprq2\fcharset0 Liberation Serif;}}"
        "\n"
        r"{\stylesheet{\s0\snext0\widctlpar\fs24 Normal;}}"
        "\n"
        rf"{{\info{{\title interview}}{{\author {initials}}}}}"
    )
    body = []
    for turn in interview.turns:
        start = r"\pard\plain \s0\widctlpar\fs24\sb0\sa140 "
        if turn.role == "other":
            body.append(rf"{start}{{\i {rtf_office(turn.text)}}}\par ")
        else:
            label, text = rtf_office(labels.of(turn)), rtf_office(turn.text)
            body.append(rf"{start}{{\b {label}}}{{: {text}}}\par ")
    return "\n".join((head, *body, "}")).encode("ascii")


# docx and odt


def write_bold_docx(
    interview: Interview,
    labels: Labels,
    *,
    split_from: int = 0,
    corrected: tuple[str, str] | None = None,
) -> bytes:
    """Word, the speaker's name in bold at the start of the paragraph.

    Parameters
    ----------
    split_from : an answer of so many words or more goes over several paragraphs; 0: none does.
    corrected : (misheard, right), put in as a tracked change where `right` first stands.
    """
    document = _document(interview)
    for turn in interview.turns:
        pieces = _paragraphs(turn.text, split_from)
        for n, piece in enumerate(pieces):
            paragraph = document.add_paragraph()
            if n == 0 and turn.role != "other":
                paragraph.add_run(f"{labels.of(turn)}:").bold = True
                piece = f" {piece}"
            if corrected and re.search(rf"\b{corrected[1]}\b", piece):
                _add_corrected(paragraph, piece, corrected)
                corrected = None
            else:
                paragraph.add_run(piece)
    return _saved(document, interview)


def write_table_docx(interview: Interview, labels: Labels, *, header: Sequence[str]) -> bytes:
    """Word, a table of two columns under the head lines: who, and what."""
    document = _document(interview)
    rows = [header, *((labels.of(turn), turn.text) for turn in interview.spoken)]
    return _table(document, interview, rows)


def write_timed_table_docx(interview: Interview, labels: Labels) -> bytes:
    """Word, a table of three columns without a header row: time, who, what."""
    document = _document(interview)
    starts = turn_times(interview.spoken)
    rows = [
        (clock(start).split(".")[0], labels.of(turn), turn.text)
        for start, turn in zip(starts, interview.spoken, strict=True)
    ]
    return _table(document, interview, rows)


def write_odt(interview: Interview, labels: Labels) -> bytes:
    """LibreOffice Writer: `SV: ...`, a paragraph per turn."""
    from odf.opendocument import OpenDocumentText
    from odf.style import ParagraphProperties, Style
    from odf.text import P

    document = OpenDocumentText()
    style = Style(name="Text_20_body", displayname="Text body", family="paragraph")
    style.addElement(ParagraphProperties(margintop="0cm", marginbottom="0.25cm"))
    document.styles.addElement(style)
    for turn in interview.turns:
        document.text.addElement(P(stylename=style, text=lines_of(turn, labels)))
    buffer = io.BytesIO()
    document.save(buffer)
    return repacked(buffer.getvalue(), interview.typed, ordered=True)


def repacked(data: bytes, typed: datetime, *, ordered: bool = False) -> bytes:
    """The same zip with one fixed date, so that what is made twice is equal.

    `ordered` also puts namespaces and attributes in order: odfpy takes them from a set,
    and declares whatever was loaded before.
    """
    from lxml import etree

    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            fresh = zipfile.ZipInfo(info.filename, date_time=typed.timetuple()[:6])
            fresh.compress_type = info.compress_type
            fresh.create_system = 0
            content = old.read(info)
            if ordered and info.filename.endswith(".xml"):
                root = etree.fromstring(content)
                content = _XML_HEAD + etree.tostring(root, method="c14n", exclusive=True)
            new.writestr(fresh, content)
    return buffer.getvalue()


def _document(interview: Interview) -> Any:
    import docx

    document = docx.Document()
    about = document.core_properties
    about.author = about.last_modified_by = interview.interviewer
    about.title = about.comments = ""
    about.created = about.modified = interview.typed
    return document


def _table(document: Any, interview: Interview, rows: Sequence[Sequence[str]]) -> bytes:
    for turn in interview.turns:
        if turn.role == "other":
            document.add_paragraph(turn.text)
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return _saved(document, interview)


def _saved(document: Any, interview: Interview) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return repacked(buffer.getvalue(), interview.typed)


def _paragraphs(text: str, split_from: int) -> list[str]:
    """A long answer cut behind sentences, into paragraphs of about 60 words."""
    if not split_from or len(text.split()) < split_from:
        return [text]
    pieces: list[list[str]] = [[]]
    for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", text):
        if len(" ".join(pieces[-1]).split()) >= 60:
            pieces.append([])
        pieces[-1].append(sentence)
    joined = [" ".join(piece) for piece in pieces]
    if any(_LABEL_LIKE.match(piece) for piece in joined[1:]):
        raise ValueError("a paragraph would begin like a speaker's label")
    return joined


def _add_corrected(paragraph: Any, text: str, corrected: tuple[str, str]) -> None:
    """The text in three runs, the middle one a tracked change: deleted word, inserted word."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    wrong, right = corrected
    before, after = re.split(rf"\b{right}\b", text, maxsplit=1)
    paragraph.add_run(before)
    for number, (tag, holder, word) in enumerate(
        (("w:del", "w:delText", wrong), ("w:ins", "w:t", right)), start=1
    ):
        change = OxmlElement(tag)
        change.set(qn("w:id"), str(900 + number))
        change.set(qn("w:author"), "Sanne Verhoeven")
        change.set(qn("w:date"), "2019-07-01T09:00:00Z")
        run, content = OxmlElement("w:r"), OxmlElement(holder)
        content.text = word
        run.append(content)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run(after)
