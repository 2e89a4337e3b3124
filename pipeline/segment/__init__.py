"""Cut a transcript into the units that are coded: what respondents say; the rest is context.

A segmenter reads a transcript (source text) and returns segments in order that do not overlap. Cuts
depend on the source and the unit alone, never on pseudonyms, so a new anonymisation moves none.
`text` is the respondent's source words (the step puts the pseudonyms in); `text_hash` is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pipeline.records import Segment, Transcript

VERSION = 1  # another way of cutting is another version: it is part of the step's key

Sentences = Callable[[str], list[tuple[int, int]]]  # half-open ranges that cover the text


class Segmenter(Protocol):
    """What every unit has: `(transcript, sentences) -> segments`."""

    def __call__(self, transcript: Transcript, sentences: Sentences) -> list[Segment]:
        """The segments of one transcript, in its order."""


SEGMENTERS = {
    "answer": "pipeline.segment.answers:cut_answers",
    "turn": "pipeline.segment.turns:cut_turns",
    "sentences": "pipeline.segment.windows:cut_sentences",
    "window": "pipeline.segment.windows:cut_windows",
}
