"""Bob and Robert, Liz and Elizabeth, Mette and Mette-Marie: which given names can be one person's.

The list is our own (`data/nicknames.txt`): a full name and what it is shortened to, per language.
All languages count together: a Johannes in an English interview is still called Hans.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pipeline.anonymise import lexicon
from pipeline.text import fold


@cache
def _full_names() -> Mapping[str, frozenset[str]]:
    """By short form: the full names that it stands for."""
    found: dict[str, set[str]] = {}
    for line in lexicon.data_lines("nicknames.txt"):
        full, colon, short = line.partition(":")
        for word in short.split() if colon else ():
            found.setdefault(fold(word), set()).add(fold(full))
    return MappingProxyType({short: frozenset(full) for short, full in found.items()})


def full_names(short: str) -> frozenset[str]:
    """The folded full names that a short one stands for; none for what is no short form."""
    return _full_names().get(short, frozenset())


@cache
def is_short_for(short: str, full: str) -> bool:
    """Whether one folded given name is a usual short form of the other, or its first half."""
    if full in full_names(short):
        return True
    first, hyphen, _ = full.partition("-")
    return bool(hyphen) and short == first


def related(a: str, b: str) -> bool:
    """Whether two folded given names can be one person's: the same, or one short for the other."""
    return a == b or is_short_for(a, b) or is_short_for(b, a)


@cache
def may_be_related(a: str, b: str) -> bool:
    """Whether a person should be asked: two short forms of one name, halves, one letter apart."""
    if related(a, b) or full_names(a) & full_names(b):
        return True
    return {*a.split("-")} & {*b.split("-")} != set() or alike(a, b)


def alike(a: str, b: str, fewest: int = 5) -> bool:
    """Whether two names of so many letters and more are one letter apart: Jansen, Janssen."""
    if min(len(a), len(b)) < fewest or abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[at + (len(a) == len(b)) :] == b[at + 1 :]
