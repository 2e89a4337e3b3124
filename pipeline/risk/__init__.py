"""What still gives people away in redacted transcripts: for the data steward, in words and numbers.

A finder reads one text in which everything found is masked and returns what was likely missed;
`groups.py` counts who shares the published columns, `linkage.py` plays somebody who tries to find
out who is who, `words.py` says it in sentences and `page.py` puts it on one page. The room knows no
language by itself: which words are ordinary and which are names comes in with `Words`.

A new finder is one file and one line in `FINDERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MASK = "\u25a0"  # stands for each character of what was found: no letter, so words end there


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is known of words. All take and hold lower case."""

    is_plain: Callable[[str], bool]  # an ordinary word, or one that everybody writes with a capital
    is_heard: Callable[[str], bool]  # a word that is met at all, be it rarely
    is_name: Callable[[str], bool]  # may be a person's or a place's name, be it a word as well
    names: frozenset[str] = frozenset()  # names of people of the study, word by word


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Miss:
    """Characters [start, end) that look like something that should have been found."""

    start: int
    end: int
    what: str  # a key of FINDERS


class Finder(Protocol):
    """A masked text to what was likely missed in it."""

    def __call__(self, text: str, words: Words) -> list[Miss]:
        """In any order; nothing that is masked."""
        ...


FINDERS: dict[str, str] = {
    "capital": "pipeline.risk.misses:find_capitals",
    "number": "pipeline.risk.misses:find_numbers",
    "cue": "pipeline.risk.misses:find_after_cues",
    "street": "pipeline.risk.misses:find_streets",
    "near": "pipeline.risk.misses:find_near_names",
    "small": "pipeline.risk.misses:find_small",
}
# Quasi-identifiers by what they are, for one and for several.
HINTS: dict[str, tuple[str, str]] = {
    "job": ("rare job", "rare jobs"),
    "origin": ("origin with a place or household", "origins with a place or household"),
    "event": ("unusual event", "unusual events"),
    "only": ("being the only one", "times being the only one"),
    "health": ("illness or disability", "illnesses or disabilities"),
    "family": ("unusual family", "unusual families"),
    "role": ("role that one person has", "roles that one person has"),
}
# What a finder finds, for one and for several.
CALLED: dict[str, tuple[str, str]] = {
    "capital": ("capitalised word that is no ordinary one", "capitalised words, not ordinary ones"),
    "number": ("number of five digits or more", "numbers of five digits or more"),
    "cue": ('word after a cue such as "my name is"', 'words after cues such as "my name is"'),
    "street": ("street without its number", "streets without their numbers"),
    "small": ("word like a name, in small letters", "words like names, in small letters"),
    "near": ("word one letter away from a known name", "words one letter away from a known name"),
}
