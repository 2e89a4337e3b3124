"""One segment per answer: the interviewer's "mm-hm" does not end it, and a long one is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.records import Segment, Transcript, Turn
from pipeline.segment import Sentences
from pipeline.segment.ranges import is_backchannel, is_sound, make_segment, sentence_ranges
from pipeline.text import n_words

WORDS = 150  # a long answer is cut near multiples of this, at the end of a sentence


def cut_answers(transcript: Transcript, sentences: Sentences) -> list[Segment]:
    """Every answer; one of n words becomes round(n / 150) segments of about equal length."""
    source = transcript.text
    return [
        make_segment(transcript, turns, start, end)
        for turns in answers(transcript)
        for start, end in cut_long(source, turns, sentences)
        if not all(is_sound(turn.text) for turn in turns)
    ]


def answers(transcript: Transcript) -> Iterator[list[Turn]]:
    """The turns of each answer: one respondent's, over the backchannels between them."""
    answer: list[Turn] = []
    for turn in transcript.turns:
        if turn.role == "respondent":
            if answer and turn.speaker != answer[0].speaker:
                yield answer
                answer = []
            answer.append(turn)
        elif answer and not is_backchannel(turn):
            yield answer
            answer = []
    if answer:
        yield answer


def cut_long(source: str, turns: Sequence[Turn], sentences: Sentences) -> list[tuple[int, int]]:
    """Ranges of about `WORDS` words each, cut at the sentence ends nearest to equal parts."""
    start, end = turns[0].source_start, turns[-1].source_end
    n_parts = max(1, round(sum(n_words(turn.text) for turn in turns) / WORDS))
    if n_parts == 1:
        return [(start, end)]
    pieces = [piece for turn in turns for piece in sentence_ranges(turn, sentences)]
    lengths = [n_words(source[piece_start:piece_end]) for piece_start, piece_end in pieces]
    cuts = _nearest_cuts(lengths, n_parts)
    firsts = [0, *cuts]
    lasts = [*cuts, len(pieces)]
    return [
        (pieces[first][0], pieces[last - 1][1]) for first, last in zip(firsts, lasts, strict=True)
    ]


def _nearest_cuts(lengths: Sequence[int], n_parts: int) -> list[int]:
    """Where to cut (before which sentence) so that the parts are nearest to equal; may be fewer."""
    total, so_far, ends = sum(lengths), 0, []
    for length in lengths:
        so_far += length
        ends.append(so_far)
    cuts: list[int] = []
    for part in range(1, n_parts):
        aim = part * total / n_parts
        free = range((cuts[-1] if cuts else 0) + 1, len(lengths))
        if free:
            cuts.append(min(free, key=lambda index: abs(ends[index - 1] - aim)))
    return cuts
