"""Which format a file has: what stands in it decides, and its suffix where that is not enough."""

from __future__ import annotations

import re
from pathlib import PurePath

from pipeline.errors import PipelineError, known_names
from pipeline.ingest.encoding import MAX_TEXT_BYTES, looks_utf16

_SUFFIXES = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".vtt": "vtt",
    ".srt": "srt",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".json": "json",
    ".eaf": "eaf",
}
# Text to a computer, but not the words of a transcript: their signs would be read as speech.
_NOT_YET = frozenset(
    ".xml .jsonl .tex .yaml .yml .toml .ini .py .r .js .css .sql "
    ".sbv .ass .ssa .ttml .dfxp .trs .textgrid .cha .qdc .svg .ps .eml .bib".split()
)
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a bitmap picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"ID3", "a sound recording"),
    (b"OggS", "a recording"),
    (b"fLaC", "a sound recording"),
    (b"RIFF", "a recording"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"Rar!", "a packed archive"),
    (b"7z\xbc\xaf", "a packed archive"),
    (b"\x1f\x8b", "a packed archive"),
)
_TEXT_LIKE = (b"BM", b"MZ", b"ID3", b"RIFF", b"GIF8", b"Rar!", b"OggS", b"fLaC")
_OLE = b"\xd0\xcf\x11\xe0"
_CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
# After the times nothing but a cue's settings: `align:start`, `X1:40`.
_TIMING = re.compile(rf"{_CLOCK}\s*-->\s*{_CLOCK}(?:\s+[a-zA-Z]+\d?:\S{{1,40}})*$")
_MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|tt[\s>])", re.IGNORECASE)
_HTML = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*"
    r"<(?:!doctype\s+html|html[\s>]|head>|body[\s>]|meta\s)",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(
    r"\s*<(?:p|div|table|h[1-6]|span|ul|ol|dl)(?:\s[^<>]{0,500})?>", re.IGNORECASE
)
_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*\{\s*\")")
_BOLD_LABEL = re.compile(r"^\s*\*\*[^*\n]{1,60}\*\*", re.MULTILINE)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(data: bytes, name: str) -> str:
    """The format of a file, a name in `READERS`.

    Raises
    ------
    PipelineError : the file is empty, is of a kind that cannot be read, or is locked.
    """
    if not data:
        raise PipelineError("the file is empty", where=name, mend="Check the copy you have.")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _archive_format(data, name)
    if data.startswith(_OLE):
        raise _old_office(data, name)
    if data[:20].lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if _is_pdf(data):
        return "pdf"
    return _text_format(data, name)


def _is_pdf(data: bytes) -> bool:
    """The sign of a PDF at its start, or after some bytes of a mail program or a printer."""
    at = data[:1024].find(b"%PDF-")
    return at == 0 or (at > 0 and b"\nendobj" in data[:200_000].replace(b"\r", b"\n"))


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _refused(what: str, name: str, mend: str = "") -> PipelineError:
    suffix = _suffix(name)
    ending = f"its name ends in {suffix}, but it is {what}" if suffix else f"it is {what}"
    return PipelineError(
        f"this file cannot be read: {ending}",
        where=name,
        mend=mend or f"Save the transcript in one of these formats: {_formats()}.",
    )


def _formats() -> str:
    # Imported here: the table stands on the door plate, which imports this module.
    from pipeline.ingest import READERS

    return known_names(READERS)


def _archive_format(data: bytes, name: str) -> str:
    from pipeline.ingest.archive import Archive

    try:
        archive = Archive(data)
        kind = archive.read("mimetype")[:100] if archive.has("mimetype") else b""
        types = archive.read("[Content_Types].xml") if archive.has("[Content_Types].xml") else b""
    except PipelineError as error:
        raise PipelineError(error.wrong, where=name, mend=error.mend) from None
    if b"wordprocessingml" in types or archive.has("word/document.xml"):
        return "docx"
    if kind.startswith(b"application/vnd.oasis.opendocument.text"):
        return "odt"
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if b"spreadsheetml" in types and archive.has("xl/workbook.xml"):
        return "xlsx"
    for sign, what in (
        (b"spreadsheetml", "an Excel workbook"),
        (b"presentationml", "a PowerPoint presentation"),
        (b"opendocument", "an OpenDocument file of another kind"),
        (b"epub", "an e-book"),
    ):
        if sign in types or sign in kind:
            raise _refused(what, name)
    raise _refused("a zip archive that is no document", name)


def _old_office(data: bytes, name: str) -> PipelineError:
    """Word locks a docx inside the container that old Word documents had."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return PipelineError(
            "the document is protected by a password",
            where=name,
            mend="Open it in Word, remove the password, and save a copy for Motif.",
        )
    if "WordDocument".encode("utf-16-le") in data:
        return _refused(
            "a Word document of the old kind (.doc)", name, "Open it and save it as .docx."
        )
    return _refused("an old Office file", name)


def _text_format(data: bytes, name: str) -> str:
    _refuse_binary(data, name)
    head, whole = _head(data)
    if not head.strip() and (whole or not data[:MAX_TEXT_BYTES].strip()):
        raise PipelineError(
            "the file holds nothing but white space", where=name, mend="Check the copy you have."
        )
    if head.startswith("WEBVTT"):
        return "vtt"
    first = [line.strip() for line in head.split("\n") if line.strip()][:3]
    timing = next((at for at, line in enumerate(first) if _TIMING.match(line)), None)
    suffix = _suffix(name)
    if timing is not None and (timing == 0 or first[timing - 1].isdigit() or suffix == ".srt"):
        return "vtt" if suffix == ".vtt" else "srt"
    if "<ANNOTATION_DOCUMENT" in head[:4_000]:
        return "eaf"
    # Markdown may begin with a paragraph of HTML.
    if _HTML.match(head) or (suffix not in (".md", ".markdown") and _FRAGMENT.match(head)):
        return "html"
    if _MARKUP.match(head):
        raise _refused("XML of another kind", name)
    if _JSON.match(head):
        return "json"
    if delimiter := _table_delimiter(head):
        return "tsv" if delimiter == "\t" else "csv"
    if suffix in _NOT_YET:
        raise PipelineError(
            f"files that end in {suffix} are not read",
            where=name,
            mend=f"Save the transcript in one of these formats: {_formats()}.",
        )
    known = _SUFFIXES.get(suffix, "txt")
    if known in ("vtt", "srt") and "-->" not in head:
        known = "txt"
    if known == "txt" and len(_BOLD_LABEL.findall(head)) > 1:
        return "md"
    return known


def _table_delimiter(head: str) -> str | None:
    """What cuts the columns, where the first row names one of text and one of speakers or times."""
    from pipeline.ingest.columns import header_kind
    from pipeline.ingest.table import csv_delimiter

    delimiter = csv_delimiter(head)
    if delimiter is None:
        return None
    line = head.lstrip("\n")
    line = line.partition("\n")[2] if line[:4].lower() == "sep=" else line
    kinds = {header_kind(cell.strip('"')) for cell in line.partition("\n")[0].split(delimiter)}
    return delimiter if kinds & {"speaker", "start", "turn"} else None


def _head(data: bytes) -> tuple[str, bool]:
    """The first characters, as well as they can be read, and whether that is all."""
    sample = data[:32_000]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = sample.decode("utf-16", errors="replace")
    elif encoding := looks_utf16(data):
        text = sample.decode(encoding, errors="replace")
    else:
        text = sample.decode("utf-8", errors="replace")
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text, len(sample) == len(data)


def _refuse_binary(data: bytes, name: str) -> None:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff")) or bool(looks_utf16(data))
    sample = data[:64_000]
    binary = not marked and (
        b"\x00" in sample or len(_CONTROL.findall(sample)) > 0.02 * len(sample)
    )
    for signature, what in _SIGNATURES:
        # "BM" or "MZ" may be how a speaker is called: only with bytes that no text has.
        if data.startswith(signature) and (binary or signature not in _TEXT_LIKE):
            raise _refused(what, name)
    if binary and data[4:8] == b"ftyp":
        raise _refused("a recording", name)
    if binary:
        raise _refused("no text (it holds bytes that no text has)", name)
