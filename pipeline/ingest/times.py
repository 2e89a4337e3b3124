"""Times as transcribers write them: [00:12:03], #00:12:03-5#, (12:03), 00:12:03.500, 0:12."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The full stop, comma or (f4) hyphen before a fraction; `1-5` only where no range is meant.
_CLOCK = r"(?:\d{1,3}:)?\d{1,3}:[0-5]\d(?:[.,]\d{1,3}|-\d(?=\s*[#\])]))?"
_RANGE = rf"{_CLOCK}(?:\s*(?:-->|[-–—])\s*{_CLOCK})?"
_OPEN, _CLOSE = r"(?:\\?\[|[(<{#])\s*", r"\s*(?:\\?\]|[)>}#])"
BRACKETED = rf"{_OPEN}{_RANGE}{_CLOSE}"
ANY_TIME = rf"(?:{BRACKETED}|{_RANGE})"

_CLOCKS = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:[.,](\d{1,3})|-(\d)(?=\s*[#\])]))?")
_LONG = r"\d{1,3}:[0-5]\d:[0-5]\d(?:[.,]\d{1,3}|-\d(?=\s*[#\])]))?"
# A bare 12:03 at the start of a sentence may be the time of day: it needs brackets, or hours.
_LEADING = re.compile(
    rf"\s*(?:{BRACKETED}(?:\s*[-–—]\s*{BRACKETED})?|{_LONG}(?:\s*(?:-->|[-–—])\s*{_LONG})?(?=\s|$))[\s:]*"
)
_TRAILING = re.compile(rf"\s*#{_CLOCK}#\s*$")
_INSIDE = re.compile(rf"\[\s*{_LONG}\s*\]|#\s*{_LONG}\s*#")
_ONLY = re.compile(rf"\s*{ANY_TIME}\s*")
_SURE = re.compile(rf"\s*(?:{BRACKETED}|{_LONG}.*)\s*")
_SECONDS = re.compile(r"\s*\d{1,6}(?:[.,]\d+)?\s*")


@dataclass(frozen=True, slots=True)
class Timed:
    """A line without its times, and the times."""

    text: str
    start_s: float | None
    end_s: float | None


def seconds(text: str) -> tuple[float | None, float | None]:
    """The first time in a text, and the second, in seconds."""
    found = [_value(*match.groups()) for match in _CLOCKS.finditer(text)]
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def _value(
    hours: str | None, minutes: str, secs: str, part: str | None, tenth: str | None
) -> float:
    fraction = int(part) / 10 ** len(part) if part else int(tenth) / 10 if tenth else 0.0
    return round(int(hours or 0) * 3600 + int(minutes) * 60 + int(secs) + fraction, 3)


def cell_seconds(text: str) -> float | None:
    """The time in a table's cell (a clock, or a plain number of seconds), or nothing.

    Raises
    ------
    ValueError : something stands there that is no time.
    """
    if not text.strip():
        return None
    if _SECONDS.fullmatch(text):
        return float(text.replace(",", "."))
    if _ONLY.fullmatch(text):
        return seconds(text)[0]
    raise ValueError


def is_time(text: str) -> bool:
    """Whether nothing but a time stands here."""
    return len(text) < 60 and _ONLY.fullmatch(text) is not None


def is_sure_time(text: str) -> bool:
    """Whether it is a time of the recording for sure: in brackets, or with hours."""
    return is_time(text) and _SURE.fullmatch(text) is not None


def take_times(text: str) -> Timed:
    """Take the times out of a line of speech.

    A time at its start is where it begins; f4's `#00:12:03-5#` at its end is where it ends; inside,
    only what cannot be anything else, `[00:12:03]`, is taken out. `[inaudible 12:03]` stays.
    """
    start = end = None
    if lead := _LEADING.match(text[:80]):
        start, end = seconds(lead.group())
        text = text[lead.end() :]
    tail = text[-40:]
    if trail := _TRAILING.search(tail):
        end = seconds(trail.group())[0]
        text = text[: len(text) - len(tail) + trail.start()]
    return Timed(_INSIDE.sub(" ", text), start, end)
