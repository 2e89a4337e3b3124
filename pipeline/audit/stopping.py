"""Whether more coding of a code would pay. A curve alone never says that it would not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.audit.prevalence import MIN_POSITIVES, Left

Answer = Literal["yes", "little", "not yet known"]

ROUNDS = 3  # a step between two rounds is mostly chance
FLAT = 0.02  # of F1 over so many rounds: as little as chance moves it
FEW = 0.1  # of what was found: so little may be left to find
NEARLY_ALL = 0.95  # of the segments decided: reading the rest costs less than estimating it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """Does more coding pay, and why, in words."""

    more: Answer
    why: str


def more_coding(positives: float, left: Left | None, curve: Sequence[float | None]) -> Stopping:
    """Would more coding of this code pay: are there many left to find, do suggestions improve?

    Parameters
    ----------
    positives : segments with the code among the answered rows of the audit list.
    left : what is still to be found, None without an estimate.
    curve : F1 of each round on rows drawn at random, oldest first, None where not known.

    Returns
    -------
    "little" only where nearly all is read, or where the upper limit of what is left is low **and**
    the curve is flat: with few random rows, or with a curve alone, nobody can know that. Never
    while a transcript has no estimate: what is left there is not known.
    """
    rising = _rising(curve)
    if left is None:
        return Stopping(more="not yet known", why="no row drawn at random has been answered")
    within = ""
    if left.without:
        within = f" in {left.transcripts} of {left.transcripts + left.without} interviews"
    if left.undecided <= (1 - NEARLY_ALL) * left.segments:
        read = f"{left.undecided} of {left.segments} segments are not decided yet"
        return _little(left, f"{left.found} found, {read}{within}")
    told = f"{left.found} found, about {left.left} more to find (at most {left.left_high}){within}"
    if rising:
        return Stopping(more="yes", why=f"{told}; suggestions still improve")
    enough = max(1.0, FEW * left.found)
    if left.left > enough:
        return Stopping(more="yes", why=told)
    if left.left_high > enough:
        return Stopping(
            more="not yet known",
            why=f"{told}; more answered audit rows would narrow that",
        )
    if rising is None:
        needed = MIN_POSITIVES - positives
        why = (
            f"how good suggestions are takes {_whole(needed)} more finds in the audit list"
            if needed > 0
            else f"whether suggestions still improve takes {ROUNDS} rounds with scores"
        )
        return Stopping(more="not yet known", why=f"{told}; {why}")
    return _little(left, f"{told}; suggestions improve no more")


def _little(left: Left, why: str) -> Stopping:
    if left.without:
        why += "; the others have too few answered audit rows"
    return Stopping(more="not yet known" if left.without else "little", why=why)


def _rising(curve: Sequence[float | None]) -> bool | None:
    known = [value for value in curve if value is not None]
    return None if len(known) < ROUNDS else known[-1] - known[-ROUNDS] > FLAT


def _whole(value: float) -> int:
    return int(-(-value // 1))
