"""Rich text. striprtf reads it; what it would lose or mix up is marked before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from pipeline.errors import PipelineError
from pipeline.ingest.columns import table_blocks
from pipeline.ingest.encoding import check_size
from pipeline.ingest.reading import Block, Reading

MAX_RTF_CHARS = 8_000_000
# Private characters stand for the ends of cells and rows: striprtf writes `|`, which people type.
_CELL, _ROW = "\ue000", "\ue001"
_CONTROL = re.compile(r"\\\\|\\(nestcell|cell|nestrow|row|deleted)(?![a-zA-Z0-9-])[ ]?")
_REPLACED = {"cell": _CELL, "nestcell": _CELL, "row": _ROW + "\\par ", "nestrow": _ROW + "\\par "}
# Hexadecimal pictures: nothing that is spoken has 200 such characters without a space.
_PICTURE = re.compile(r"[0-9a-fA-F\r\n]{200,}")
_CODE_PAGE = re.compile(r"\\ansicpg(\d{3,5})")
_OUTSIDE = re.compile(r"\{\\(?:\*\\)?(header[lrf]?|footer[lrf]?|footnote|annotation)(?![a-z])")
_WORD_CONTROL = re.compile(r"\\[a-z]+-?\d* ?|\\'[0-9a-f]{2}|[{}]")
_LETTER = re.compile(r"[^\W\d_]{2}")


def read_rtf(data: bytes) -> Reading:
    """The paragraphs and tables of a rich text document, in order."""
    from striprtf import striprtf

    convert: Callable[..., str] = striprtf.rtf_to_text

    check_size(data)
    source = _PICTURE.sub("", data.decode("latin-1"))
    if len(source) > MAX_RTF_CHARS:
        raise PipelineError(
            f"{len(source) // 1_000_000} MB of rich text, which no transcript has",
            mend="Copy the words of the interview into a new document.",
        )
    counts = _outside(source)
    counts["deleted"] = len(re.findall(r"\\deleted(?![a-z0])", source))
    counts["inserted"] = len(re.findall(r"\\revised(?![a-z0])", source))
    encoding = _encoding(source)
    try:
        text = convert(_CONTROL.sub(_mark, source), encoding=encoding, errors="replace")
    except (ValueError, LookupError, IndexError, KeyError, TypeError, OverflowError):
        raise PipelineError(
            "the rich text is damaged", mend="Open it in a word processor and save it again."
        ) from None
    # Beyond the first plane, RTF writes two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    blocks, warnings = _blocks(text)
    if "\ufffd" in text:
        warnings.append(f"Characters that could not be read: {text.count(chr(0xFFFD))}.")
    return Reading(
        blocks=tuple(blocks), encoding=encoding, warnings=(*_warnings(counts), *warnings)
    )


def _mark(match: re.Match[str]) -> str:
    """Cells and rows by a sign of ours; a deleted run's group is made one that is not shown."""
    word = match.group(1)
    if word is None:
        return match.group()
    return "\\*\\deleted " if word == "deleted" else _REPLACED[word]


def _encoding(source: str) -> str:
    import codecs

    head = source[:4000]
    if match := _CODE_PAGE.search(head):
        try:
            return codecs.lookup(f"cp{match.group(1)}").name
        except LookupError:
            return "cp1252"
    return "mac_roman" if re.search(r"\\mac(?![a-z])", head) else "cp1252"


def _outside(source: str) -> Counter[str]:
    """How many headers, footers, notes and comments hold words; striprtf leaves them out."""
    counts: Counter[str] = Counter()
    for match in _OUTSIDE.finditer(source):
        words = _WORD_CONTROL.sub(" ", _group(source, match.start()))
        if _LETTER.search(words):
            kind = match.group(1)
            counts[kind if kind in ("footnote", "annotation") else "margin"] += 1
    return counts


def _group(source: str, start: int) -> str:
    """The group that opens at `start`, at most 4,000 characters of it."""
    depth = 0
    for at in range(start, min(len(source), start + 4000)):
        depth += (source[at] == "{") - (source[at] == "}")
        if depth == 0:
            return source[start:at]
    return source[start : start + 4000]


def _blocks(text: str) -> tuple[list[Block], list[str]]:
    blocks: list[Block] = []
    warnings: list[str] = []
    rows: list[list[str]] = []
    cells = ""
    for line in text.split("\n"):
        if _CELL in line or _ROW in line or cells:
            cells += line.replace(_ROW, "")
            if _ROW in line:
                rows.append(cells.split(_CELL)[:-1])
                cells = ""
            else:
                cells += "\n"
            continue
        if rows and line.strip():
            found, said = table_blocks(rows)
            blocks, rows = blocks + found, []
            warnings += said
        if line.strip():
            blocks.append(Block(text=line))
    found, said = table_blocks([*rows, *([cells.split(_CELL)] if cells.strip() else [])])
    return blocks + found, warnings + said


def _warnings(counts: Counter[str]) -> tuple[str, ...]:
    said = {
        "inserted": "Tracked insertions were read as accepted.",
        "deleted": "Tracked deletions were left out.",
        "annotation": "Comments were left out.",
        "margin": "Headers or footers with words in them were left out.",
        "footnote": "Footnotes were left out.",
    }
    return tuple(text for key, text in said.items() if counts[key])
