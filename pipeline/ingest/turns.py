"""Blocks to turns: what one speaker says until another speaks, in canonical form, with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.ingest.reading import Block
from pipeline.ingest.speakers import Spoken
from pipeline.ingest.times import take_times
from pipeline.records import Turn
from pipeline.text import canonical, n_words

# One letter to a computer and two to a reader: a search for `office` would pass over them.
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"ĳ": "ij", "Ĳ": "IJ"}
)
_SENTENCE_END = re.compile(r"[.?!…][\"'”’)\]]*$")


@dataclass(slots=True)
class _Piece:
    """A turn in the making."""

    speaker: str
    texts: list[str] = field(default_factory=list)
    start_s: float | None = None
    end_s: float | None = None


def to_turns(spoken: Spoken) -> tuple[Turn, ...]:
    """Turns in the order of the file; empty ones are dropped; all roles are `other` as yet.

    Joined blocks keep the first start and the last end.
    """
    groups = _by_speaker(spoken.blocks) if spoken.found else _by_paragraph(spoken)
    turns: list[Turn] = []
    at = 0
    for group in groups:
        piece = _joined(group)
        text = canonical(" ".join(piece.texts).translate(_LIGATURES))
        if not text:
            continue
        turns.append(
            Turn(
                transcript_id="",
                turn=len(turns),
                speaker=piece.speaker,
                role="other",
                start_s=piece.start_s,
                end_s=piece.end_s,
                text=text,
                source_start=at,
                source_end=at + len(text),
            )
        )
        at += len(text) + 1
    return tuple(turns)


def _joined(blocks: Iterable[Block]) -> _Piece:
    """The words of some blocks, their times taken out of the text."""
    piece: _Piece | None = None
    for block in blocks:
        timed = take_times(block.text)
        start = block.start_s if block.start_s is not None else timed.start_s
        end = timed.end_s if block.end_s is None else block.end_s
        if piece is None:
            piece = _Piece(block.speaker or "", start_s=start)
        elif piece.start_s is None and not any(map(str.strip, piece.texts)):
            piece.start_s = start
        piece.end_s = piece.end_s if end is None else end
        piece.texts.append(timed.text)
    return piece or _Piece("")


def _by_speaker(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """A new group where somebody else speaks, or where the file says that a turn begins."""
    group: list[Block] = []
    for block in blocks:
        if group and (block.new_turn or block.speaker != group[-1].speaker):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _by_paragraph(spoken: Spoken) -> Iterator[list[Block]]:
    """Nobody is named: a group per paragraph; captions are joined up to a pause or a full stop."""
    group: list[Block] = []
    for block in spoken.blocks:
        if group and (_pauses(group, block) if spoken.captions else not block.continues):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _pauses(group: Sequence[Block], block: Block) -> bool:
    """Two seconds of silence, or the end of a sentence after a hundred words."""
    if block.continues:
        return False
    before = group[-1]
    if block.start_s is not None and before.end_s is not None and block.start_s - before.end_s >= 2:
        return True
    ended = _SENTENCE_END.search(before.text.rstrip()[-5:]) is not None
    return ended and sum(n_words(b.text) for b in group) >= 100
