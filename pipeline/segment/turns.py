"""One segment per respondent turn."""

from __future__ import annotations

from pipeline.records import Segment, Transcript
from pipeline.segment import Sentences
from pipeline.segment.ranges import is_sound, make_segment


def cut_turns(transcript: Transcript, sentences: Sentences) -> list[Segment]:
    """Every turn of a respondent that is more than a sound of listening."""
    return [
        make_segment(transcript, [turn], turn.source_start, turn.source_end)
        for turn in transcript.turns
        if turn.role == "respondent" and not is_sound(turn.text)
    ]
