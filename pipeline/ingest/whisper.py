"""JSON of speech recognisers: Whisper, WhisperX, whisper.cpp, and lists of the same shape.

A segment is a piece of some seconds with `text`, begin, end, and from WhisperX a `speaker`. What
else stands in the file (single words, tokens, the whole text again) says the same once more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from pipeline.errors import PipelineError
from pipeline.ingest.encoding import decode_noting
from pipeline.ingest.reading import Block, Reading
from pipeline.ingest.times import seconds

MAX_JSON_BYTES = 16_000_000  # its objects take twenty times that
_LISTS = ("segments", "transcription", "chunks", "results")
_TEXTS = ("text", "body")
_STARTS = ("start", "startTime", "start_time")
_ENDS = ("end", "endTime", "end_time")
_MEND = (
    "Save it as Whisper or WhisperX do: a list `segments`, each with `text`, `start`, `end` and, "
    "where it is known, `speaker`."
)


def read_json(data: bytes) -> Reading:
    """The segments as blocks.

    Raises
    ------
    PipelineError : no JSON, far too large, or no segments in it; every bad segment, by number.
    """
    if len(data) > MAX_JSON_BYTES:
        raise PipelineError(
            f"{len(data) // 1_000_000} MB of JSON, which no transcript has",
            mend="Save it without single words and tokens.",
        )
    decoded = decode_noting(data)
    segments = _segments(_parsed(decoded.text))
    blocks, faults = [], []
    for number, segment in enumerate(segments, start=1):
        try:
            blocks.append(_block(segment))
        except PipelineError as error:
            faults.append(PipelineError(error.wrong, where=f"segment {number}", mend=error.mend))
    if len(faults) > 20:
        more = PipelineError(f"{len(faults) - 20} more segments have faults like these")
        faults = [*faults[:20], more]
    if faults:
        raise PipelineError.join(faults)
    warnings = list(decoded.warnings)
    unplaced = sum(block.start_s is None for block in blocks)
    if unplaced and unplaced < len(blocks):
        warnings.append(f"Segments without a time: {unplaced}.")
    return Reading(
        blocks=tuple(blocks), encoding=decoded.encoding, warnings=tuple(warnings), captions=True
    )


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        wrong, where = "the JSON is nested more deeply than any transcript", ""
    except json.JSONDecodeError as error:
        wrong, where = "this is no JSON, or it was cut off", f"line {error.lineno}"
    except ValueError:  # a number of thousands of digits
        wrong, where = "the JSON holds a number that is none of a transcript", ""
    raise PipelineError(wrong, where=where, mend="Save or copy it again.")


def _segments(document: Any) -> list[Any]:
    """The list of segments, wherever the recogniser puts it."""
    if isinstance(document, Mapping):
        found = [document[key] for key in _LISTS if isinstance(document.get(key), list)]
        document = found[0] if found else None
    if isinstance(document, list) and document:
        if any(isinstance(item, Mapping) and _first(item, _TEXTS) for item in document[:50]):
            return document
    raise PipelineError("the JSON has no segments with text in it", mend=_MEND)


def _block(segment: Any) -> Block:
    text = _first(segment, _TEXTS) if isinstance(segment, Mapping) else None
    if not isinstance(text, str):
        if isinstance(segment, Mapping) and text is None:
            return Block(text="", speaker=None)  # silence
        raise PipelineError("this is no segment with text", mend=_MEND)
    speaker = segment.get("speaker")
    if isinstance(speaker, int) and not isinstance(speaker, bool):
        speaker = f"Speaker {speaker}"
    if speaker is not None and not isinstance(speaker, str):
        raise PipelineError("the speaker is neither a name nor a number", mend=_MEND)
    start, end = _times(segment)
    label = " ".join(speaker.split()) if speaker else None
    return Block(text=" ".join(text.split("\n")), speaker=label or None, start_s=start, end_s=end)


def _times(segment: Mapping[str, Any]) -> tuple[float | None, float | None]:
    pair = segment.get("timestamp")  # of the transformers library
    if isinstance(pair, list) and len(pair) == 2:
        return _seconds(pair[0]), _seconds(pair[1])
    clocks = segment.get("timestamps")  # of whisper.cpp, beside milliseconds in `offsets`
    if isinstance(clocks, Mapping):
        return _seconds(clocks.get("from")), _seconds(clocks.get("to"))
    return _seconds(_first(segment, _STARTS)), _seconds(_first(segment, _ENDS))


def _seconds(value: Any) -> float | None:
    """A number of seconds, or a clock; None where there is none, as in a last open segment."""
    if isinstance(value, str):
        return seconds(value[:40])[0]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    plausible = math.isfinite(value) and 0 <= value < 1e6
    return round(float(value), 3) if plausible else None


def _first(segment: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((segment[key] for key in keys if segment.get(key) is not None), None)
