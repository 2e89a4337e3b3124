"""What people's decisions say of one interview: is a code in it, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MIN_AUDIT = 2  # rows answered by chance below which a transcript has no estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often one code was found in one interview, and in how much of it people looked."""

    asked: int = 0  # respondent segments that somebody decided
    present: float = 0.0  # sum over these of the share of coders who said present
    confirmed: int = 0  # segments where most coders said present
    unsettled: int = 0  # segments where as many said present as absent
    audit: int = 0  # of the rows drawn by chance, how many somebody read and decided
    audit_present: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """One transcript as comparisons see it: no text, only counts and published columns."""

    study: str
    transcript: str
    participant: str
    cluster: str  # the independent unit it belongs to
    words: int  # words of respondents
    segments: int  # segments of respondents
    variables: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Count] = field(default_factory=dict)
    read: int | None = None  # segments that somebody read as a row; None: those that were asked

    @property
    def read_in_full(self) -> bool:
        """Whether every respondent segment was read, and decided for every code."""
        read = self.segments if self.read is None else self.read
        decided = all(count.asked >= self.segments for count in self.counts.values())
        return bool(self.counts) and read >= self.segments and decided

    @property
    def coded(self) -> bool:
        """Whether anybody decided anything of it."""
        return any(count.asked for count in self.counts.values())


def heard(interview: Interview, code: str) -> bool | None:
    """Is the code in the interview? None where that is not known.

    One segment that most of its coders confirm is enough for yes. No takes that every respondent
    segment was decided and none stands undecided between coders: what nobody read is not absent.
    """
    count = interview.counts.get(code, Count())
    if count.confirmed:
        return True
    if not interview.segments or count.asked < interview.segments or count.unsettled:
        return None
    return False


def rate(interview: Interview, code: str) -> float | None:
    """Segments with the code per 1,000 respondent words; None where that cannot be said.

    An interview of which every segment is decided is counted. Of one that was read in part only the
    rows drawn by chance count, and of these the ones that somebody read as a row (all others were
    chosen because the code is likely there): their share, times the segments there are.
    """
    count = interview.counts.get(code, Count())
    if not interview.words or not interview.segments:
        return None
    if count.asked >= interview.segments:
        return 1000 * count.present / interview.words
    if count.audit < MIN_AUDIT:
        return None
    return 1000 * count.audit_present / count.audit * interview.segments / interview.words
