"""Captions, WebVTT and SubRip: Zoom (`Name: text`), Teams (`<v Name>text</v>`), Otter, noScribe.

Our own reading of cues, for the sake of every word: webvtt-py drops without notice what stands
after an empty line in a cue, and cues whose times it does not like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.ingest.encoding import Decoded, decode_noting
from pipeline.ingest.plain import unescape
from pipeline.ingest.reading import Block, Reading
from pipeline.text import canonical

_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?=\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?(?:\s+([^<>]{0,200}))?>")
_TAG = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt|lang|font|v)(?:[.\s][^<>]{0,200})?>|<\d[\d:.]{0,20}>|\{\\[^{}]{1,40}\}",
    re.IGNORECASE,
)
_ASIDE = ("NOTE", "STYLE", "REGION")


@dataclass(slots=True)
class _Cue:
    start_s: float | None
    end_s: float | None
    lines: list[str]


def read_vtt(data: bytes) -> Reading:
    """The cues of a WebVTT file as blocks; notes, styles and cue names are left out."""
    return _read(decode_noting(data))


def read_srt(data: bytes) -> Reading:
    """The cues of a SubRip file as blocks; cue numbers are left out."""
    return _read(decode_noting(data))


def _read(decoded: Decoded) -> Reading:
    cues, before, n_notes, n_odd = _cues(decoded.text.split("\n"))
    blocks = [Block(text=line, speaker="") for line in before]
    blocks += [block for cue in cues for block in _blocks(cue)]
    warnings = list(decoded.warnings)
    if n_notes:
        warnings.append(f"Notes of the caption file, left out: {n_notes}.")
    if n_odd:
        warnings.append(f"Captions whose time cannot be read (their words are kept): {n_odd}.")
    return Reading(
        blocks=tuple(blocks),
        encoding=decoded.encoding,
        warnings=tuple(warnings),
        captions=True,
    )


def _cues(lines: Sequence[str]) -> tuple[list[_Cue], list[str], int, int]:
    """The cues, the words before the first, the number of notes and of unreadable times."""
    cues: list[_Cue] = []
    before: list[str] = []
    n_notes = n_odd = 0
    for at, group in enumerate(_groups(lines)):
        first = group[0].strip()
        timings = [i for i, line in enumerate(group) if "-->" in line and _is_timing(line)]
        if at == 0 and first.startswith("WEBVTT"):
            if not timings:
                continue  # the head and its settings
            group, timings = group[timings[0] :], [i - timings[0] for i in timings]
        elif first.split(" ")[0] in _ASIDE and not timings:
            n_notes += first.startswith("NOTE")
            continue
        if not timings or timings[0] > 1:
            # Words after an empty line in a cue, or before any cue.
            loose = group[: timings[0] - 1] if timings else group
            loose = [line for line in loose if not line.strip().isdigit()]
            (cues[-1].lines if cues else before).extend(loose)
        for number, i in enumerate(timings):
            stop = timings[number + 1] if number + 1 < len(timings) else len(group)
            if number + 1 < len(timings) and group[stop - 1].strip().isdigit() and stop - 1 > i:
                stop -= 1  # the next cue's number, without an empty line before it
            start, end = _times(group[i])
            n_odd += start is None
            cues.append(_Cue(start, end, list(group[i + 1 : stop])))
    return cues, before, n_notes, n_odd


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines without an empty one."""
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _is_timing(line: str) -> bool:
    """A line of times, also one whose times are damaged: it starts with a digit."""
    return len(line) < 300 and (_TIMING.match(line) is not None or line.strip()[:1].isdigit())


def _times(line: str) -> tuple[float | None, float | None]:
    match = _TIMING.match(line)
    if match is None:
        return None, None
    return _seconds(match.groups()[:4]), _seconds(match.groups()[4:])


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, secs, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(secs or 0)
    return round(whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0), 3)


def _blocks(cue: _Cue) -> Iterator[Block]:
    """One block per line of a cue, and one per voice where the cue names voices."""
    speaker: str | None = None
    continues = False
    for line in cue.lines:
        pieces = _VOICE.split(line)
        for at, piece in enumerate(pieces):
            if at % 2:  # what stands in a voice tag
                speaker = canonical(unescape(piece or "")) or None
                continue
            text = unescape(_TAG.sub("", piece))
            if "</v" in piece.lower() and not text.strip():
                continue
            if text.strip():
                yield Block(
                    text=text,
                    speaker=speaker,
                    start_s=cue.start_s,
                    end_s=cue.end_s,
                    continues=continues,
                )
                continues = True
