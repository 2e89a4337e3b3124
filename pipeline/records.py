"""The rows that flow from room to room. Immutable; offsets are half-open Unicode code points.

The **canonical text** of a transcript is the text of its turns joined by one line feed. A turn's
text is NFC, without zero-width characters and soft hyphens, its white space runs folded to one
space and its ends stripped; speaker labels, times and cue numbers are data, not text. Every
`source_start` and `source_end` counts in that text, whatever later stands in `text` (a pseudonym,
say), so `transcript.text[turn.source_start:turn.source_end]` is the turn as it was said.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    import pandas as pd

CANONICAL_VERSION = 1

Role = Literal["interviewer", "respondent", "other"]
Tier = Literal["auto", "review"]
Kind = Literal["person", "place", "organisation", "date", "contact", "id", "name"]
Verdict = Literal["present", "absent", "unsure"]
How = Literal["accepted", "rejected", "added", "implied", "adjudicated", "imported", "withdrawn"]
ListName = Literal["audit", "anchor", "query", "sweep", "train"]

ROLES: tuple[Role, ...] = ("interviewer", "respondent", "other")
# "name": a capitalised string that no recogniser could type; it is only ever of the review tier.
KINDS: tuple[Kind, ...] = ("person", "place", "organisation", "date", "contact", "id", "name")
VERDICTS: tuple[Verdict, ...] = ("present", "absent", "unsure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says until another speaks. Role `other`: a heading, a transcriber's note."""

    transcript_id: str
    turn: int  # 0 is the first
    speaker: str  # the label as it stands in the file; outside the vault P01, Interviewer, S1
    role: Role
    start_s: float | None
    end_s: float | None
    text: str
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One file as it was read. `text` is the canonical text that all offsets count in."""

    transcript_id: str  # "" until the study gives one: T001 in order of first sight
    file: str
    format: str
    encoding: str
    turns: tuple[Turn, ...]
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The canonical text."""
        return "\n".join(turn.text for turn in self.turns)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Characters of a text that could identify somebody."""

    start: int
    end: int
    kind: Kind
    tier: Tier  # auto: sure enough to replace; review: a person should look
    recogniser: str  # who said so, joined by + where several did


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The unit that is coded. Its range is of the source; its text is what may be shown."""

    segment_id: str  # T001:412-980, the transcript and the range
    transcript_id: str
    first_turn: int
    last_turn: int
    speaker: str
    role: Role
    text: str
    source_start: int
    source_end: int
    text_hash: str  # keyed hash of the source text of the range (a plain hash could be guessed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry of the codebook."""

    id: str
    family: str
    parent: str = ""
    label: str
    definition: str
    when: str = ""
    when_not: str = ""
    examples: tuple[str, ...] = ()
    opposite: str = ""  # the code whose presence says that this one was seen not to hold
    excludes: tuple[str, ...] = ()  # codes that cannot hold of the same words; said once for both


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Something that holds of an interview when several codes do; no code for a segment."""

    id: str
    label: str
    definition: str
    rule: str  # of code ids: A*B, A+B, ~A, parentheses


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """The team's codes, in the order of the file."""

    id: str
    version: str
    title: str
    families: dict[str, str]  # family id: what it is about
    codes: tuple[Code, ...]
    derived: tuple[Derived, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all codes, in the order of the file."""
        return tuple(code.id for code in self.codes)

    def __getitem__(self, code_id: str) -> Code:
        for code in self.codes:
            if code.id == code_id:
                return code
        raise KeyError(code_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a model says of one segment and one code."""

    segment_id: str
    code: str
    score: float  # 0 to 1
    calibrated: bool  # false: a rank in disguise, shown in words
    rank: int  # 1 is best
    model_id: str  # which model said so
    because: str  # the nearest sentence and the words that weigh most, for the coder


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where in the source a decision stands, whatever becomes of ids, file names and pseudonyms."""

    transcript_hash: str  # keyed hash of the canonical text
    canonical: int  # version of the canonical text
    source_start: int
    source_end: int
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one coder said of one segment and one code. Never rewritten; the latest counts."""

    row_id: str
    anchor: Anchor
    code: str
    verdict: Verdict
    how: How
    coder: str
    phase: str
    round: int
    list: ListName
    list_rank: int
    segmentation: str
    codebook_version: str
    time: str  # ISO 8601, UTC
    comment: str = ""
    shown: tuple[str, ...] = ()  # codes displayed as suggestions in that row
    score: float | None = None  # of the suggestion, where one was shown for this code
    model_id: str = ""
    episode: str = ""
    id: int = 0  # given by the store
    import_id: int = 0  # given by the store


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A batch of rows that went out to one coder. What was true then is kept with it."""

    id: str  # ana-03, the coder and the number of the batch
    coder: str
    round: int
    phase: str
    codebook_version: str
    codes: tuple[str, ...]  # of that codebook version: what a done row decides
    segmentation: str
    model_id: str
    made: str  # ISO 8601, UTC
    state: str = "open"  # open, returned, recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """One row of a workbook as it went out: the sheet is never trusted with what stands here."""

    row_id: str  # ana-03-017
    workbook_id: str
    position: int  # 1 is the first row
    segment_id: str
    anchor: Anchor
    list: ListName
    list_rank: int
    why: str  # why this row is asked, in words
    blind: bool  # no suggestion is shown, whatever the machine thinks
    shown: tuple[tuple[str, float], ...]  # suggestions displayed, best first: code and score
    text_check: str  # short hash of the text displayed, to notice an edited cell


Row = TypeVar("Row")


def to_frame(rows: Iterable[Any], kind: type) -> pd.DataFrame:
    """A table with a column per field of `kind`, in order; empty in, empty (with columns) out.

    Integers and floats that may be missing stay numbers with gaps, texts stay text.
    """
    import pandas as pd

    listed = list(rows)
    hints = typing.get_type_hints(kind)
    return pd.DataFrame(
        {
            field.name: pd.Series(
                [getattr(row, field.name) for row in listed], dtype=_dtype(hints[field.name])
            )
            for field in dataclasses.fields(kind)
        }
    )


def from_frame(frame: pd.DataFrame, kind: type[Row]) -> list[Row]:
    """The rows of a table that `to_frame` made; gaps become None. Columns of no field are ignored.

    Raises
    ------
    KeyError : a column is missing.
    """
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    columns = [_plain(frame[name].tolist()) for name in names]
    return [kind(**dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]


def _plain(values: Sequence[Any]) -> list[Any]:
    """Python values of a column, None for each kind of gap that pandas has."""
    return [None if value is None or value != value else value for value in map(_unwrap, values)]


def _unwrap(value: Any) -> Any:
    return None if type(value).__name__ in ("NAType", "NaTType") else value


def _dtype(hint: Any) -> str:
    """The pandas type that holds a field without losing anything."""
    parts = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    plain = next(part for part in parts if part is not type(None))
    if plain is int:
        return "Int64" if len(parts) > 1 else "int64"
    return {bool: "bool", float: "float64"}.get(plain, "object")
