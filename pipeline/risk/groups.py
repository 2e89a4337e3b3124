"""How many participants share what is published of them: k-anonymity.

Source: Samarati & Sweeney (1998); Sweeney (2002), k-anonymity. k counts participants, not
interviews: two waves of one person hide nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

_MOST = 10  # columns of which every choice is tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Participants who share one value in each of the columns."""

    values: tuple[str, ...]
    participants: tuple[str, ...]

    @property
    def k(self) -> int:
        """How many they are."""
        return len(self.participants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of columns to publish, and the smallest cell that it leaves."""

    columns: tuple[str, ...]
    smallest: int


def cells(rows: Sequence[tuple[str, Mapping[str, str]]], columns: Sequence[str]) -> list[Cell]:
    """Every combination of values that somebody has, smallest first.

    Parameters
    ----------
    rows : (participant, value by column); a participant may have several.
    """
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for who, values in rows:
        found[tuple(values.get(column, "") for column in columns)].add(who)
    made = [Cell(values=v, participants=tuple(sorted(who))) for v, who in found.items()]
    return sorted(made, key=lambda cell: (cell.k, cell.values))


def choices(
    rows: Sequence[tuple[str, Mapping[str, str]]], columns: Sequence[str], least: int
) -> list[Choice]:
    """The largest choices of columns in which nobody is in a cell below `least`; none: empty.

    Of more than ten columns only those without one or two of them are tried.
    """
    found: list[Choice] = []
    fewest = 1 if len(columns) <= _MOST else len(columns) - 2
    for size in range(len(columns), fewest - 1, -1):
        for chosen in combinations(columns, size):
            if any(set(chosen) <= set(one.columns) for one in found):
                continue
            smallest = min((cell.k for cell in cells(rows, chosen)), default=0)
            if smallest >= least:
                found.append(Choice(columns=chosen, smallest=smallest))
    return sorted(found, key=lambda one: (-len(one.columns), -one.smallest))
