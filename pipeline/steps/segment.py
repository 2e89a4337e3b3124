"""Transcripts -> segments. Cut on the source, where the vault is; written with pseudonyms in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pipeline.config import load_object
from pipeline.records import Segment, Transcript, from_frame, to_frame
from pipeline.segment import SEGMENTERS, VERSION, Segmenter
from pipeline.segment.ranges import make_segment, spoken_ranges
from pipeline.steps.study import Study, key_of
from pipeline.store import derived
from pipeline.store.gate import Gate

WORDS = ("text", "speaker")  # the columns that carry participants' words


class Render(Protocol):
    """A range of a transcript's source, with its pseudonyms in."""

    def __call__(self, transcript_id: str, start: int, end: int) -> str:
        """What may be shown of source[start:end)."""


def segment(
    study: Study,
    transcripts: Sequence[Transcript],
    *,
    render: Render,
    speakers: Mapping[tuple[str, int], str],
    languages: Mapping[str, str],
    gate: Gate,
) -> list[Segment]:
    """Cut what is new, put the pseudonyms into all, and write derived/segments.parquet.

    Parameters
    ----------
    speakers : (transcript id, number of the turn) -> what its speaker is called outside the vault.
    languages : per transcript id.
    """
    keys = {t.transcript_id: _cut_key(study, t, languages[t.transcript_id]) for t in transcripts}
    old = study.state().get("cuts", {})
    ranges = _old_ranges(study, [name for name in keys if old.get(name) == keys[name]])
    segments = []
    for transcript in transcripts:
        name = transcript.transcript_id
        cut = ranges[name] if name in ranges else _cut(study, transcript, languages[name])
        segments += [_shown(study, transcript, one, render, speakers) for one in cut]
    frame = to_frame(segments, Segment)
    derived.write_table(study.derived / "segments.parquet", frame, WORDS, gate)
    study.set_state("cuts", keys)
    return segments


def _cut_key(study: Study, transcript: Transcript, language: str) -> str:
    """What a transcript's cuts depend on: its turns with their roles, the unit, the language."""
    turns = [(t.source_start, t.source_end, t.role, t.speaker) for t in transcript.turns]
    source = study.vault.keyed_hash(transcript.text.encode())
    return study.vault.keyed_hash(
        key_of(VERSION, study.config.segment.unit, language, source, turns).encode()
    )


def read_segments(study: Study) -> list[Segment]:
    """All segments, in the order of the transcripts.

    Raises
    ------
    PipelineError : the step has not run.
    """
    frame = derived.read_table(study.derived / "segments.parquet")
    return from_frame(derived.require(frame, "segment"), Segment)


def _cut(study: Study, transcript: Transcript, language: str) -> list[Segment]:
    from pipeline.segment.sentences import sentence_splitter

    segmenter: Segmenter = load_object(SEGMENTERS[study.config.segment.unit])
    return segmenter(transcript, sentence_splitter(language))


def _old_ranges(study: Study, transcript_ids: Sequence[str]) -> dict[str, list[Segment]]:
    frame = derived.read_table(study.derived / "segments.parquet")
    if frame is None or not transcript_ids:
        return {}
    found: dict[str, list[Segment]] = {name: [] for name in transcript_ids}
    for one in from_frame(frame, Segment):
        if one.transcript_id in found:
            found[one.transcript_id].append(one)
    return found


def segments_at(
    study: Study, ranges: Sequence[tuple[str, int, int]]
) -> dict[tuple[str, int, int], Segment]:
    """Segments over ranges that the segmentation in force does not have, as they may be shown.

    Left out are ranges in which no respondent speaks any more: roles have been corrected since.

    Parameters
    ----------
    ranges : (transcript id, start, end), in the source; of transcripts that are anonymised.
    """
    from pipeline.steps.anonymise import read_redactions
    from pipeline.steps.ingest import read_transcript

    names = sorted({name for name, _, _ in ranges})
    redactions = read_redactions(study, names)
    transcripts = {name: read_transcript(study, name) for name in names}
    found = {}
    for name, start, end in ranges:
        turns = [turn for turn in transcripts[name].turns if turn.role == "respondent"]
        if spoken_ranges(turns, start, end):
            one = make_segment(transcripts[name], turns, start, end)
            found[name, start, end] = _shown(
                study, transcripts[name], one, redactions.render, redactions.speakers
            )
    return found


def _shown(
    study: Study,
    transcript: Transcript,
    one: Segment,
    render: Render,
    speakers: Mapping[tuple[str, int], str],
) -> Segment:
    """The segment as it may leave the vault."""
    turns = [
        turn
        for turn in transcript.turns[one.first_turn : one.last_turn + 1]
        if turn.role == "respondent"
    ]
    parts = spoken_ranges(turns, one.source_start, one.source_end)
    source = transcript.text[one.source_start : one.source_end]
    return replace(
        one,
        speaker=speakers[transcript.transcript_id, one.first_turn],
        text="\n".join(render(transcript.transcript_id, a, b).strip() for a, b in parts),
        text_hash=study.vault.keyed_hash(source.encode()),
    )
