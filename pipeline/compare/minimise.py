"""Boolean minimisation: which shortest formulas are true of these rows and of none of those.

A configuration is a tuple of truth values, one per condition. A pattern has None where a condition
does not matter. Sets of configurations are kept as the bits of one integer, bit i standing for
the configuration whose values are the binary digits of i.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.errors import PipelineError

Configuration = tuple[bool, ...]
Pattern = tuple[bool | None, ...]
Cover = tuple[Pattern, ...]

MOST_COVERS = 200  # how many are listed; all are counted
MOST_STEPS = 200_000  # of the search, a second or two
MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimal:
    """The covers with the fewest terms, and the prime implicants they are made of."""

    primes: tuple[Pattern, ...]
    covers: tuple[Cover, ...]  # at most MOST_COVERS
    n_covers: int  # how many there are


def minimise(
    positive: Iterable[Configuration], free: Iterable[Configuration], n_conditions: int
) -> Minimal:
    """Every cover of the positive rows with the fewest prime implicants.

    Nothing but the number of terms decides: of two covers with as many terms, that with fewer
    literals is not preferred, because it would hide a model that the rows fit as well. R's QCA
    does the same (`minimize`, with its defaults). Prime implicants are found from their
    definition (8 conditions make 6,561 patterns); Quine-McCluskey finds the same ones.

    Parameters
    ----------
    positive : rows the formula must be true of.
    free : rows it may or may not be true of; of every other row it must be false.
    n_conditions : length of a row.

    Returns
    -------
    Covers in order of their number of literals, then of their patterns (present, absent, does not
    matter); no covers where no row is positive.

    Raises
    ------
    PipelineError : the search is too long to finish.

    Sources: Quine (1952); McCluskey (1956); Dusa (2019), QCA with R, chapter 8.
    """
    on = _bits(positive)
    primes = _primes(on, on | _bits(free), n_conditions)
    if not on:
        return Minimal(primes=(), covers=(), n_covers=0)
    alike: dict[int, list[Pattern]] = defaultdict(list)
    for pattern, covered in primes.items():
        alike[covered & on].append(pattern)
    groups = list(alike.values())
    chosen = _smallest_covers(on, list(alike))
    n_covers = sum(math.prod(len(groups[i]) for i in choice) for choice in chosen)
    if n_covers > MOST_COUNTED:
        raise _too_many()
    found = itertools.chain.from_iterable(
        itertools.product(*(groups[i] for i in choice)) for choice in chosen
    )
    covers = sorted((tuple(sorted(cover, key=_order)) for cover in found), key=_cover_order)
    return Minimal(
        primes=tuple(sorted(primes, key=_order)),
        covers=tuple(covers[:MOST_COVERS]),
        n_covers=n_covers,
    )


def covers_row(pattern: Pattern, row: Configuration) -> bool:
    """Whether the pattern is true of that row."""
    return all(want is None or want == value for want, value in zip(pattern, row, strict=True))


def n_literals(pattern: Pattern) -> int:
    """How many conditions the pattern names."""
    return sum(want is not None for want in pattern)


def all_configurations(n_conditions: int) -> Iterator[Configuration]:
    """Every possible row, that with all conditions present first."""
    return itertools.product((True, False), repeat=n_conditions)


def _primes(on: int, allowed: int, n_conditions: int) -> dict[Pattern, int]:
    """Patterns that hold a positive row and no forbidden one, and none of which can be shorter."""
    implicants = {
        pattern: covered
        for pattern, covered in _patterns(on, n_conditions).items()
        if not covered & ~allowed
    }
    return {
        pattern: covered
        for pattern, covered in implicants.items()
        if not any(shorter in implicants for shorter in _shorter(pattern))
    }


def _patterns(on: int, n_conditions: int) -> dict[Pattern, int]:
    """Each pattern that a positive row fits, with all the rows that fit it."""
    everything = (1 << (1 << n_conditions)) - 1
    found: dict[Pattern, int] = {(): everything}
    for condition in range(n_conditions):
        present = _present(condition, n_conditions)
        ways = ((True, present), (False, everything & ~present), (None, everything))
        found = {
            (*pattern, want): covered & rows
            for pattern, covered in found.items()
            for want, rows in ways
            if covered & rows & on
        }
    return found


def _present(condition: int, n_conditions: int) -> int:
    """The rows in which one condition is present."""
    place = n_conditions - 1 - condition
    return sum(1 << row for row in range(1 << n_conditions) if row >> place & 1)


def _shorter(pattern: Pattern) -> Iterator[Pattern]:
    for place, want in enumerate(pattern):
        if want is not None:
            yield (*pattern[:place], None, *pattern[place + 1 :])


def _bits(rows: Iterable[Configuration]) -> int:
    numbers = {sum(value << place for place, value in enumerate(reversed(row))) for row in rows}
    return sum(1 << number for number in numbers)


def _order(pattern: Pattern) -> tuple[int, ...]:
    return tuple((True, False, None).index(want) for want in pattern)


def _cover_order(cover: Cover) -> tuple[int, list[tuple[int, ...]]]:
    return sum(map(n_literals, cover)), [_order(pattern) for pattern in cover]


def _smallest_covers(rows: int, sets: Sequence[int]) -> list[tuple[int, ...]]:
    """Every choice of the fewest sets that together hold all rows; indices into `sets`."""
    search = _Search(rows, sets)
    for size in itertools.count(1):
        found = list(search.covers(rows, 0, size))
        if found:
            return found
    raise AssertionError("each row is in a set")


class _Search:
    """Covers of a given size, each found once: row by row, the row with the fewest sets first."""

    def __init__(self, rows: int, sets: Sequence[int]) -> None:
        self.sets = sets
        places = [place for place in range(rows.bit_length()) if rows >> place & 1]
        self.of_row = {
            place: [i for i, held in enumerate(sets) if held >> place & 1] for place in places
        }
        self.by_need = sorted(places, key=lambda place: (len(self.of_row[place]), place))
        self.beside = {place: 0 for place in places}  # rows that share a set with this row
        for place in places:
            for i in self.of_row[place]:
                self.beside[place] |= sets[i]
        self.steps = 0

    def covers(self, left: int, banned: int, size: int) -> Iterator[tuple[int, ...]]:
        """Choices of at most `size` sets that hold all rows in `left` and are not banned."""
        if not left:
            yield ()
            return
        self._count()
        if self._at_least(left) > size:
            return
        place = next(place for place in self.by_need if left >> place & 1)
        for i in self.of_row[place]:
            if banned >> i & 1:
                continue
            for rest in self.covers(left & ~self.sets[i], banned, size - 1):
                yield (i, *rest)
            banned |= 1 << i  # covers with this set have all been seen

    def _at_least(self, left: int) -> int:
        """Rows no two of which share a set: each needs a set of its own."""
        needed = 0
        for place in self.by_need:
            if left >> place & 1:
                needed += 1
                left &= ~self.beside[place]
        return needed

    def _count(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _too_many()


def _too_many() -> PipelineError:
    return PipelineError(
        "there are too many ways to cover the configurations to list all minimal models",
        where="configurations",
        mend="Use fewer conditions.",
    )
