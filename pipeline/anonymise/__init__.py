"""Find what could identify a person, and put pseudonyms in its place.

A recogniser reads one text and returns spans; it never changes text. `find.find` joins all of them,
`find.propagate` carries each find over a whole study, `book.assign` gives pseudonyms,
`replace.decide` and `replace.apply` put them in. Two tiers: *auto* is sure enough to be replaced,
*review* is for a person to look at. What is missed leaks, so recall comes first.

A new recogniser is one file and one line in `RECOGNISERS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from pipeline.records import Kind, Span

VERSION = 4  # another way of finding is another version: it is part of the step's key


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known before anything is read: speaker labels, participants.csv.

    Labels that are no names ("I", "R", "Interviewer", "S1", "Speaker 1") are ignored if handed in.
    """

    persons: tuple[tuple[str, ...], ...] = ()  # one tuple per person, every form seen
    places: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # other values that identify; ordinary words are ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a recogniser may know besides the text."""

    language: str = "en"  # en, nl, da have rules of their own; others run with the general ones
    known: Known = field(default_factory=Known)
    added: tuple[tuple[Kind, str], ...] = ()  # strings that people said must be found
    languages: tuple[str, ...] = ()  # all languages of the study; empty: `language` alone
    tagger: str = ""  # a spaCy pipeline of the team's own that votes too: its name or folder

    @property
    def all_languages(self) -> tuple[str, ...]:
        """The languages of the study, this text's first."""
        return tuple(dict.fromkeys((self.language, *self.languages)))


class Recogniser(Protocol):
    """A function from a text and its context to spans."""

    def __call__(self, text: str, context: Context) -> list[Span]:
        """Spans of `text`, in any order; they may overlap those of other recognisers."""


RECOGNISERS: dict[str, str] = {
    "known": "pipeline.anonymise.known:find_known",
    "emails": "pipeline.anonymise.emails:find_emails",
    "phones": "pipeline.anonymise.phones:find_phones",
    "addresses": "pipeline.anonymise.addresses:find_addresses",
    "ids": "pipeline.anonymise.ids:find_ids",
    "dates": "pipeline.anonymise.dates:find_dates",
    "ages": "pipeline.anonymise.ages:find_ages",
    "titles": "pipeline.anonymise.titles:find_titles",
    "organisations": "pipeline.anonymise.organisations:find_organisations",
    "places": "pipeline.anonymise.places:find_places",
    "names": "pipeline.anonymise.names:find_names",
    "rare": "pipeline.anonymise.rare:find_rare",
    "spoken": "pipeline.anonymise.spoken:find_spoken",
    "spelled": "pipeline.anonymise.spelled:find_spelled",
    "capitals": "pipeline.anonymise.capitals:find_capitals",
}
