"""What is known of a transcript before it is read, and what it says around each name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Columns that say in which town somebody is: too many people live in one to share a first name.
PLACE_COLUMNS = frozenset("city town place municipality stad plaats gemeente by kommune".split())
_WIDE = PLACE_COLUMNS | frozenset("region regio".split())


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of a transcript before it is read."""

    people: frozenset[str] = frozenset()  # ids of its participants: two waves of one person
    sites: Mapping[str, str] = field(default_factory=dict)  # column -> town, team, office
    speakers: frozenset[str] = frozenset()  # folded forms of who speaks in it

    def near(self, other: Scene) -> bool:
        """Whether the same colleagues and clients may come up in both."""
        if self.people & other.people:
            return True
        return all(other.sites.get(column, site) == site for column, site in self.sites.items())

    def shares_work(self, other: Scene) -> bool:
        """Whether the table of participants names one team, office or the like for both."""
        mine = {(column, site) for column, site in self.sites.items() if column not in _WIDE}
        return self.near(other) and not mine.isdisjoint(other.sites.items())


@dataclass(slots=True)
class Mention:
    """What one transcript says around all places where it has a form."""

    at: int  # order of first sight in the study
    kin: bool = False  # "my son Kevin"
    new: bool = False  # "a cousin called Kevin"
    other: bool = False  # "another Kevin", "the other Kevin", "that's your name too"
    addressed: bool = False  # "sit down, Kevin"
    beside: set[str] = field(default_factory=set)  # forms in "Kevin and Lund"
    alias: set[str] = field(default_factory=set)  # forms in "Letebrhan, but say Lete"
    after: set[str] = field(default_factory=set)  # forms in "Christopher Dunn, Chris"
    also: set[str] = field(default_factory=set)  # forms in "Mrs. Lund, Karen, she is"
    miswritten: bool = False  # "they put an n in it, Domping"
    owns_nothing: bool = False  # "Kiks is here": the s is its own

    def add(self, other: Mention) -> None:
        """What another form of the same string says in the same transcript."""
        self.at = min(self.at, other.at)
        for flag in ("kin", "new", "other", "addressed", "miswritten", "owns_nothing"):
            setattr(self, flag, getattr(self, flag) or getattr(other, flag))
        for forms in ("beside", "alias", "after", "also"):
            setattr(self, forms, getattr(self, forms) | getattr(other, forms))


Mentions = Mapping[str, Mapping[str, Mention]]  # form -> transcript -> what it says
