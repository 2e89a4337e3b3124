"""Captions, WebVTT and SubRip: Zoom (`Name: text`), Teams (`<v Name>text</v>`), Otter, noScribe.

webvtt-py reads the cues, of a file in which `_repaired` has mended what it would leave out without
a word (0.6): text after an empty line in a cue, or before the first; cues whose times have a comma,
no fraction, more than 59 minutes or cannot be read; lines with an arrow in them. The numbers of
cues would become words. SubRip is read as WebVTT: of that, webvtt-py wants a number for each cue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from pipeline.ingest.encoding import decode_noting
from pipeline.ingest.plain import unescape
from pipeline.ingest.reading import Block, Reading
from pipeline.ingest.times import seconds
from pipeline.text import canonical

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):([0-5]?\d)(?:[.,](\d{1,9}))?"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?=\s|$)")
_UNREADABLE = re.compile(r"\s*\d\S{0,20}:\S{0,20}\s*-->\s*\d")
_UNTIMED = "untimed"  # the name of a cue of ours that has no times; no other keeps its name
_WITHOUT_TIMES = ("", _UNTIMED, "00:00:00.000 --> 00:00:00.000")
_ASIDE = re.compile(r"\s*(?:(NOTE)(?=\s|$)|(?:STYLE|REGION)\s*$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?(?:\s+([^<>]{0,200}))?>")
_TAG = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt|lang|font|v)(?:[.\s][^<>]{0,200})?>|<\d[\d:.]{0,20}>|\{\\[^{}]{1,40}\}",
    re.IGNORECASE,
)


def read_vtt(data: bytes) -> Reading:
    """The cues of a WebVTT file as blocks; notes, styles and cue names are left out."""
    return _read(data, is_vtt=True)


def read_srt(data: bytes) -> Reading:
    """The cues of a SubRip file as blocks; cue numbers are left out."""
    return _read(data, is_vtt=False)


def _read(data: bytes, *, is_vtt: bool) -> Reading:
    import webvtt

    decoded = decode_noting(data)
    text, n_notes = _repaired(decoded.text, is_vtt)
    cues = webvtt.from_string(text).captions
    warnings = list(decoded.warnings)
    if n_notes:
        warnings.append(f"Notes of the caption file, left out: {n_notes}.")
    if n_odd := sum(cue.identifier == _UNTIMED for cue in cues[1:]):
        warnings.append(f"Captions whose time cannot be read (their words are kept): {n_odd}.")
    return Reading(
        blocks=tuple(block for cue in cues for block in _blocks(cue)),
        encoding=decoded.encoding,
        warnings=tuple(warnings),
        captions=True,
    )


def _repaired(text: str, is_vtt: bool) -> tuple[str, int]:
    """The same cues so written that webvtt-py reads every word, and the number of notes.

    The first cue has no times; it takes the words that stand before all others.
    """
    filled = groupby(text.split("\n"), lambda line: bool(line.strip()))
    groups = [list(lines) for is_filled, lines in filled if is_filled]
    if groups and groups[0][0].lstrip().startswith("WEBVTT"):
        start = next((at for at, line in enumerate(groups[0]) if _timing(line)), None)
        groups[:1] = [] if start is None else [groups[0][start:]]
    kept, n_notes = ["WEBVTT", *_WITHOUT_TIMES], 0
    for group, after in pairwise([*groups, [""]]):
        aside = _ASIDE.match(group[0]) if is_vtt else None
        if aside and not any(map(_timing, group)):
            n_notes += aside[1] is not None
            continue
        for at, line in enumerate(group):
            following = group[at + 1] if at + 1 < len(group) else after[0]
            if timing := _timing(line):
                kept += timing
            elif line.strip().isdigit() and "-->" in following:
                continue  # a cue's number
            elif is_vtt and at == 0 and len(group) > 1 and "-->" not in line and _timing(following):
                continue  # a cue's name
            else:
                kept.append(line.replace("-->", "--&gt;"))
    return "\n".join(kept), n_notes


def _timing(line: str) -> tuple[str, ...]:
    """The lines with which a cue begins where this is its line of times, else nothing."""
    if match := _TIMING.match(line):
        return "", f"{_clock(*match.groups()[:4])} --> {_clock(*match.groups()[4:])}"
    return _WITHOUT_TIMES if _UNREADABLE.match(line) else ()


def _clock(hours: str | None, minutes: str, secs: str, fraction: str | None) -> str:
    more, rest = divmod(int(minutes), 60)
    return f"{int(hours or 0) + more:02}:{rest:02}:{int(secs):02}.{(fraction or '0')[:3]:0<3}"


def _blocks(cue: Any) -> Iterator[Block]:
    """One block per line of a cue, and one per voice where the cue names voices."""
    speaker: str | None = None
    continues = False
    timed = cue.identifier != _UNTIMED
    start, end = (seconds(cue.start)[0], seconds(cue.end)[0]) if timed else (None, None)
    for line in cue.lines:
        for at, piece in enumerate(_VOICE.split(line)):
            if at % 2:  # what stands in a voice tag
                speaker = canonical(unescape(piece or "")) or None
                continue
            text = unescape(_TAG.sub("", piece))
            if text.strip():
                yield Block(
                    text=text, speaker=speaker, start_s=start, end_s=end, continues=continues
                )
                continues = True
