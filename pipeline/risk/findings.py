"""What was found out about a study, as records; and as one document of plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.records import Kind
from pipeline.risk.groups import Cell, Choice
from pipeline.risk.linkage import Found

# The attacks, in the order in which they are told: what somebody is thought to have.
ATTACKS: dict[str, str] = {
    "facts": "what the participants table says of people, without names",
    "published": "the same, and the published columns beside each transcript",
    "sheet": "the whole of the participants table, names too",
    "waves": "another redacted interview of the same person",
    "originals": "the originals themselves",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something that was seen n times, and the segments (else turns) where."""

    n: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCount:
    """Of one kind: places that were sure, that were not, distinct ones that nobody looked at."""

    auto: int = 0
    review: int = 0
    unchecked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptRisk:
    """One transcript."""

    transcript_id: str
    participants: tuple[str, ...]  # P01; several in a group interview, none if not in the sheet
    n_words: int
    finds: Mapping[Kind, FindCount]
    standing: int  # places found and left as they are, with nobody's verdict to keep them
    misses: Mapping[str, Noted]  # by key of FINDERS
    quasi: Mapping[str, Noted]  # by key of HINTS
    values: tuple[str, ...]  # of the published columns
    sharing: int  # participants who share them; 0: not known
    before: Mapping[str, Found]  # by attack
    after: Mapping[str, Found]
    own_words: tuple[str, ...]  # ordinary words that no other participant uses

    @property
    def n_misses(self) -> int:
        """Places that look missed."""
        return sum(one.n for one in self.misses.values())

    @property
    def n_quasi(self) -> int:
        """Places of quasi-identifiers."""
        return sum(one.n for one in self.quasi.values())

    @property
    def n_unchecked(self) -> int:
        """Distinct finds that nobody is sure of or has looked at."""
        return sum(one.unchecked for one in self.finds.values())

    @property
    def named(self) -> float:
        """The chance that who knows the sheet's facts and the published columns is right."""
        found = self.after.get("published") or self.after.get("facts")
        return found.first if found else 0.0

    @property
    def by_words(self) -> float:
        """The same without the published columns."""
        return self.after["facts"].first if "facts" in self.after else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A study."""

    study: str
    policy: str
    checked: bool  # whether people have checked the list of finds
    n_participants: int
    columns: tuple[str, ...]  # published
    smallest_cell: int
    cells: tuple[Cell, ...]
    choices: tuple[Choice, ...]
    transcripts: tuple[TranscriptRisk, ...]

    @property
    def worst_first(self) -> list[TranscriptRisk]:
        """By the chance of being named, then by what may be a slip, then by what hints."""
        return sorted(
            self.transcripts,
            key=lambda t: (
                -round(t.named, 2),
                -(t.n_misses + t.standing),
                -round(t.by_words, 2),
                -t.n_quasi,
                -t.n_unchecked,
                t.transcript_id,
            ),
        )

    def of(self, attack: str, when: str = "after") -> list[Found]:
        """How an attack went, on each transcript that has a right answer to it."""
        found = (getattr(one, when).get(attack) for one in self.transcripts)
        return [one for one in found if one is not None]


def plain(record: Any) -> Any:
    """A record as plain values, for JSON: lists for tuples."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(record).items()
    }
