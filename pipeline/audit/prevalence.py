"""How often a code occurs in *these* interviews, from rows that were drawn at random from each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MIN_POSITIVES = 8  # from so many on the interval covers at least .94 in simulations
MIN_ROWS = 2  # answered rows below which a transcript has no estimate: they show no variation
OPEN_SHARE = 0.05  # of rows asked in vain, above which the estimate carries bounds
_TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevalence:
    """The share of segments that bear a code, in the transcripts that have an estimate."""

    n: int  # rows answered
    positives: float  # among them; where coders differ, the share of coders
    open: int  # rows that went out and came back undecided, or unsure
    segments: int  # of the transcripts that have an estimate
    transcripts: int  # that have one
    without: tuple[str, ...]  # transcripts without one
    share: float | None  # None where no transcript has one
    low: float | None  # 95 %
    high: float | None
    bounded: bool  # low and high hold whatever the open rows are


def prevalence(
    y: Floats, in_vain: Bools, transcripts: Sequence[str], sizes: Mapping[str, int]
) -> Prevalence:
    """Estimate the share of segments with one code, with a 95 % interval for *these* interviews.

    A stratified random sample: each transcript's answered rows speak for its own segments, with
    probability answered / segments of that transcript, whatever else was coded there. The variance
    is the design's, with the finite-population factor of each transcript, but never below that of a
    simple sample of the same weights: few positives show too little variation. The interval is
    Clopper and Pearson's on the effective number of rows. Wilson's on the same covers .88 to .93
    of the codes that happen to have 8 to 10 positives; this one .95 and more, being 5 % wider.

    Parameters
    ----------
    y : (m,) of the rows drawn: 1 present, 0 absent, between where coders differ, NaN not answered.
    in_vain : (m,) rows that came back open or unsure. Above 5 % of those asked, `low` is as if all
        of them were absent, and `high` as if all were present.
    transcripts : (m,) whose segment each row is.
    sizes : segments of every transcript of the study. One with fewer than two answered rows, and
        not answered in full, has no estimate and is named in `without`.

    Raises
    ------
    ValueError : a transcript with more rows than segments.

    Source: Cochran (1977), Sampling Techniques, 3rd ed., 5.4 (stratified mean and its variance);
    Korn & Graubard (1998), Survey Methodology 24, 193-201 (the interval).
    """
    asked_in_vain = in_vain & np.isnan(y)
    n_open = int(asked_in_vain.sum())
    strata = _strata(y, transcripts, sizes)
    share, low, high = _estimate(strata)
    n = int(sum(len(one.y) for one in strata))
    within = {one.transcript for one in strata}
    bounded = n_open > OPEN_SHARE * (n + n_open)
    if bounded:
        # A transcript that its open rows alone would bring in is no part of the share either.
        inside = np.array([name in within for name in transcripts], dtype=np.bool_)
        filled = [np.where(inside, np.where(asked_in_vain, v, y), np.nan) for v in (0.0, 1.0)]
        low = _estimate(_strata(filled[0], transcripts, sizes))[1]
        high = _estimate(_strata(filled[1], transcripts, sizes))[2]
    return Prevalence(
        n=n,
        positives=float(sum(one.y.sum() for one in strata)),
        open=n_open,
        segments=sum(one.size for one in strata),
        transcripts=len(strata),
        without=tuple(name for name in sizes if name not in within and sizes[name]),
        share=share,
        low=low,
        high=high,
        bounded=bounded,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Stratum:
    """A transcript that has an estimate."""

    transcript: str
    size: int
    y: Floats  # of its answered rows


def _strata(y: Floats, transcripts: Sequence[str], sizes: Mapping[str, int]) -> list[_Stratum]:
    values: dict[str, list[float]] = {name: [] for name in sizes}
    for row in np.flatnonzero(~np.isnan(y)).tolist():
        values[transcripts[row]].append(float(y[row]))
    found = []
    for name, size in sizes.items():
        answered = np.array(values[name])
        if len(answered) > size:
            raise ValueError("more rows were answered than there are segments")
        if size and (len(answered) >= MIN_ROWS or len(answered) == size):
            found.append(_Stratum(name, size, answered))
    return found


def _estimate(strata: Sequence[_Stratum]) -> tuple[float | None, float | None, float | None]:
    """Share, low, high; None without strata."""
    from scipy.special import betaincinv

    if not strata:
        return None, None, None
    total = sum(one.size for one in strata)
    share = design = simple = seen = ruled_out = 0.0
    for one in strata:
        n, weight = float(len(one.y)), one.size / total
        left = 1 - n / one.size  # the finite-population factor
        share += weight * float(one.y.mean())
        simple += weight**2 * left / n
        if n > 1:
            design += weight**2 * left * float(one.y.var(ddof=1)) / n
        seen, ruled_out = seen + float(one.y.sum()), ruled_out + n - float(one.y.sum())
    share = min(max(share, 0.0), 1.0)
    spread = share * (1 - share)
    variance = max(design, spread * simple)
    if simple == 0:  # every segment was answered
        return share, share, share
    # Without variation (none, or all) the weights alone say how many rows it is worth.
    n = spread / variance if variance > 0 else 1 / simple
    hits, misses = share * n, (1 - share) * n
    low = float(betaincinv(hits, misses + 1, _TAIL)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, misses, 1 - _TAIL)) if misses > 0 else 1.0
    # What was seen is certain, whatever the rest is.
    return share, min(share, max(low, seen / total)), max(share, min(high, 1 - ruled_out / total))


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How many segments with the code nobody has found yet, where there is an estimate."""

    found: int
    left: int
    left_high: int  # 95 %
    undecided: int  # segments that nobody has decided
    segments: int
    transcripts: int  # that have an estimate; all above is of these
    without: int  # transcripts of which nothing is known


def positives_left(estimate: Prevalence, found: int, undecided: int) -> Left | None:
    """Segments with the code that are still to be found; None without an estimate.

    All there are, as the audit list estimates, less what is found: the rows that a strategy chose
    are no part of the estimate, and what it left over is no random sample.

    Parameters
    ----------
    found, undecided : segments confirmed, and not decided, in the transcripts of the estimate.
    """
    if estimate.share is None or estimate.high is None:
        return None
    about = round(estimate.share * estimate.segments) - found
    most = int(np.ceil(estimate.high * estimate.segments - 1e-9)) - found
    left_high = min(max(most, 0), undecided)
    return Left(
        found=found,
        left=min(max(about, 0), left_high),
        left_high=left_high,
        undecided=undecided,
        segments=estimate.segments,
        transcripts=estimate.transcripts,
        without=len(estimate.without),
    )
