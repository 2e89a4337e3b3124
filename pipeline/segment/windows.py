"""Sentences, and windows of whole sentences, within a respondent's turn."""

from __future__ import annotations

from pipeline.records import Segment, Transcript
from pipeline.segment import Sentences
from pipeline.segment.ranges import is_sound, make_segment, sentence_ranges
from pipeline.text import n_words

WORDS = 60  # a window is closed once it holds at least this many words


def cut_sentences(transcript: Transcript, sentences: Sentences) -> list[Segment]:
    """Every sentence of a respondent that is more than a sound of listening."""
    source = transcript.text
    return [
        make_segment(transcript, [turn], start, end)
        for turn in transcript.turns
        if turn.role == "respondent"
        for start, end in sentence_ranges(turn, sentences)
        if not is_sound(source[start:end])
    ]


def cut_windows(transcript: Transcript, sentences: Sentences) -> list[Segment]:
    """Runs of whole sentences of one turn, each of at least `WORDS` words but for a turn's last."""
    source = transcript.text
    segments = []
    for turn in transcript.turns:
        if turn.role != "respondent" or is_sound(turn.text):
            continue
        first: int | None = None
        ranges = sentence_ranges(turn, sentences)
        for start, end in ranges:
            first = start if first is None else first
            if n_words(source[first:end]) >= WORDS or end == ranges[-1][1]:
                segments.append(make_segment(transcript, [turn], first, end))
                first = None
    return segments
