"""What a reader gives, before anybody has asked who speaks."""

from __future__ import annotations

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
