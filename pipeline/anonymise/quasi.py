"""What singles a person out without being a name: rare work, origin with a town, an event.

Nothing here is ever replaced by itself. The list for the data person shows it on a sheet of its
own, where it can be said that one is to go, and the risk page counts it. The rules know words of a
few hundred kinds; an unusual life told in usual words ("the one with the boat") they do not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.anonymise import Context
from pipeline.anonymise.quasi_words import QuasiWords, quasi_words

What = Literal["job", "origin", "event", "only", "health", "family", "role"]
WHATS: tuple[What, ...] = ("job", "origin", "event", "only", "health", "family", "role")
_B = r"[^\S\n]"
_CAP = r"(?-i:[A-ZÀ-Þ][\w'’-]+)"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Quasi:
    """Characters that tell something few people share."""

    start: int
    end: int
    what: What


def find_quasi(text: str, context: Context) -> list[Quasi]:
    """What could single somebody out, in order, without overlaps: the longer of two stays.

    Languages without words of their own are read with the English ones.
    """
    found = sorted(
        {quasi for quasi in _found(text, context.language)},
        key=lambda one: (one.start - one.end, one.start, WHATS.index(one.what)),
    )
    kept: list[Quasi] = []
    for quasi in found:
        if all(quasi.end <= other.start or other.end <= quasi.start for other in kept):
            kept.append(quasi)
    return sorted(kept)


def _found(text: str, language: str) -> Iterator[Quasi]:
    for what, pattern in _patterns(language):
        for match in pattern.finditer(text):
            yield Quasi(start=match.start(), end=match.end(), what=what)


@cache
def _patterns(language: str) -> tuple[tuple[What, re.Pattern[str]], ...]:
    words = quasi_words(language)

    def one(*shapes: str) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{'|'.join(shapes)})(?!\w)", re.I)

    place = rf"{_B}(?:{words.in_}){_B}{_CAP}(?:{_B}{_CAP})?"
    patterns: list[tuple[What, re.Pattern[str]]] = [
        ("job", one(rf"(?:{words.jobs})(?:{place})?")),
        ("role", one(*_roles(words))),
        ("only", one(*(shape.format(b=_B) for shape in words.only))),
        ("event", one(*(shape.format(b=_B) for shape in words.events))),
        ("health", one(words.health)),
        ("family", one(*(shape.format(b=_B) for shape in words.family))),
        # nationality with a town, a household or work: "the Syrian in Tilburg", "a Somali baker"
        (
            "origin",
            one(
                rf"(?:{words.nations}){_B}(?:{words.people})(?:{place})?",
                rf"(?:{words.nations}){place}",
                rf"(?:{words.from_}){_B}{_CAP}{_B}(?:{words.living}){place}",
            ),
        ),
    ]
    return tuple(patterns)


def _roles(words: QuasiWords) -> Iterator[str]:
    """One of few by office: "the mayor of Gorinchem", "our head of department"."""
    the = rf"(?:(?:{words.the}){_B})?"
    yield rf"{the}(?:{words.offices}){_B}(?:{words.of}){_B}{the}{_CAP}"
