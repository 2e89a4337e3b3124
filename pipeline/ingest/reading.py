"""What a reader gives, before anybody has asked who speaks; and what documents have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One line of a file, in reading order. A paragraph with line breaks is several blocks."""

    text: str  # as it stands, markup of the format taken away; no line feed inside
    speaker: str | None = None  # None: look for a label in the text; "": nobody speaks
    start_s: float | None = None
    end_s: float | None = None
    bold: int = 0  # how many characters at the start of `text` are bold
    heading: bool = False
    continues: bool = False  # belongs to the paragraph of the block before
    new_turn: bool = False  # the file says that a turn begins, whoever spoke before


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as its format shows it."""

    blocks: tuple[Block, ...]
    encoding: str
    warnings: tuple[str, ...] = ()
    captions: bool = False  # the blocks are cues, pieces of a second or two, not paragraphs


def paragraph(pieces: Iterable[tuple[str, bool]], *, heading: bool = False) -> Iterator[Block]:
    """A paragraph's lines as blocks; of each piece of its text it is known whether it is bold."""
    line, n_bold, still_bold, continues = "", 0, True, False
    for text, bold in [*pieces, ("\n", False)]:
        for at, part in enumerate(text.split("\n")):
            if at > 0:
                if line.strip():
                    yield Block(text=line, bold=n_bold, heading=heading, continues=continues)
                    continues = True
                line, n_bold, still_bold = "", 0, True
            line += part
            if bold and still_bold and part.strip():
                n_bold = len(line)
            elif part.strip():
                still_bold = False


def bold_styles(own: Mapping[str, bool | None], parent: Mapping[str, str]) -> frozenset[str]:
    """The styles that are bold, themselves (`own`) or through what they are based on."""

    def is_bold(style: str) -> bool:
        for _ in range(20):  # a chain of styles may be a ring in a damaged file
            if (bold := own.get(style)) is not None:
                return bold
            style = parent.get(style, "")
        return False

    return frozenset(filter(is_bold, {*own, *parent}))


_SAID = {
    "inserted": "Tracked insertions, read as accepted: {n}.",
    "deleted": "Tracked deletions, left out: {n}.",
    "comment": "Comments, left out: {n}.",
    "hidden": "Pieces of hidden text, left out: {n}.",
    "margin": "Headers or footers with words in them were left out.",
    "footnote": "Footnotes and endnotes, left out: {n}.",
    "box": "Text boxes, read after the paragraph that they hang on: {n}.",
}


def document_warnings(counts: Counter[str]) -> tuple[str, ...]:
    """What was met in a document and is not in its blocks; keys that are sentences are said so."""
    known = [text.format(n=counts[key]) for key, text in _SAID.items() if counts[key]]
    return (*known, *(key for key in counts if key not in _SAID))
