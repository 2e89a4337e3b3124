"""From ranges of the source to segments; what counts as a mere sound of listening."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Segment, Transcript, Turn
from pipeline.segment import Sentences
from pipeline.text import n_words

# Sounds of listening in English, Dutch and Danish; "yes" and "no" answer something, so they stay.
_SOUND = re.compile(
    r"(?:[mh]+[- ]?h?m+|hm+|mm+|uh+|eh+|øh+|oké|okay|ok|right|aha|uhu)", re.IGNORECASE
)
_BACKCHANNEL_WORDS = 3


def is_sound(text: str) -> bool:
    """Whether nothing but sounds of listening is in it: "Mm-hm.", "Okay, mm."."""
    return not re.sub(r"[\W_]+", "", _SOUND.sub("", text))


def is_backchannel(turn: Turn) -> bool:
    """Whether a listener's turn lets the speaker go on: a few words, and no question."""
    short = n_words(turn.text) <= _BACKCHANNEL_WORDS
    return "?" not in turn.text and (short or is_sound(turn.text))


def spoken_ranges(turns: Sequence[Turn], start: int, end: int) -> list[tuple[int, int]]:
    """The parts of source[start:end) that these turns say, in order."""
    clipped = ((max(start, t.source_start), min(end, t.source_end)) for t in turns)
    return [(a, b) for a, b in clipped if a < b]


def make_segment(transcript: Transcript, turns: Sequence[Turn], start: int, end: int) -> Segment:
    """The segment over source[start:end), whose speaker's turns are `turns` (clipped to the range).

    Its text is what that speaker says in the range, turns joined by a line feed.
    """
    source = transcript.text
    inside = [turn for turn in turns if turn.source_start < end and turn.source_end > start]
    parts = [source[a:b] for a, b in spoken_ranges(inside, start, end)]
    return Segment(
        segment_id=f"{transcript.transcript_id}:{start}-{end}",
        transcript_id=transcript.transcript_id,
        first_turn=inside[0].turn,
        last_turn=inside[-1].turn,
        speaker=inside[0].speaker,
        role=inside[0].role,
        text="\n".join(part.strip() for part in parts),
        source_start=start,
        source_end=end,
        text_hash="",
    )


def sentence_ranges(turn: Turn, sentences: Sentences) -> list[tuple[int, int]]:
    """The sentences of a turn as ranges of the source, without the white space between them."""
    ranges = []
    for start, end in sentences(turn.text):
        sentence = turn.text[start:end]
        start += len(sentence) - len(sentence.lstrip())
        end = start + len(sentence.strip())
        if start < end:
            ranges.append((turn.source_start + start, turn.source_start + end))
    return ranges
