"""The titles of the review sheet, what goes into a row, and what comes of a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipeline.records import Dealt, Decision, Segment, Turn
from pipeline.text import canonical

SLOTS = 6  # code cells, in blind rows as in others
ANSWERABLE = 3  # of them have a verdict cell beside them, more only where more was shown

ROW, TEXT, MORE, EPISODE, COMMENT, DONE = "row", "text", "more codes", "episode", "comment", "done"

# The two are different: the machine was not asked to show, or it was asked and has nothing.
BLIND = "no suggestion shown"
NOTHING = "machine suggests nothing"
AGAIN = "asked again for"


def code_title(slot: int) -> str:
    """The title of a code cell; 1 is the first slot."""
    return f"code {slot}"


def verdict_title(slot: int) -> str:
    """The title of the verdict cell beside a code cell."""
    return f"{slot}?"


# What a returned sheet must still have: where one of these is gone, an answer might be.
REQUIRED = (
    ROW,
    *(code_title(slot) for slot in range(1, SLOTS + 1)),
    *(verdict_title(slot) for slot in range(1, ANSWERABLE + 1)),
    MORE,
    EPISODE,
    COMMENT,
    DONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowContent:
    """A dealt row and the words that are shown with it."""

    dealt: Dealt
    segment: Segment
    before: tuple[Turn, ...] = ()  # the turns before the segment, in the order of speaking
    after: tuple[Turn, ...] = ()
    because: tuple[str, ...] = ()  # why each shown code is suggested, in the order of dealt.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the rows of a file."""

    done: int = 0  # rows whose decisions are in the outcome
    untouched: int = 0  # nothing was filled in
    not_done: int = 0  # answers, but no `done`: nothing was read of them
    repeated: int = 0  # further copies of a row, with the same answers
    missing: int = 0  # dealt with these workbooks, not in the file
    edited: int = 0  # the text stands there otherwise than it was dealt
    full: int = 0  # done rows in which every code cell is used: there may have been more codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a file says, all of it: a file with a fault has no outcome."""

    decisions: tuple[Decision, ...]  # in the order dealt; in a row, in the order of the codebook
    counts: Counts
    warnings: tuple[str, ...]


def text_check(text: str) -> str:
    """What `Dealt.text_check` holds: the same whatever a spreadsheet does to spaces."""
    return hashlib.sha256(canonical(text).encode("utf-8")).hexdigest()[:12]
