"""From decisions to what a model learns: one row per segment, one column per code.

Present is 1, absent 0, what nobody decided (or was unsure of, or withdrew) is missing. Silence is
never an answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.folds import grouped_folds
from pipeline.records import Anchor, Code, Decision, Segment

__all__ = [
    "carries",
    "grouped_folds",
    "latest",
    "on_rows_read",
    "targets",
    "with_exclusions",
    "with_parents",
]

Floats = NDArray[np.float64]
Range = tuple[int, int]
ADJUDICATED = "\0adjudicated"  # all adjudications are one voice, whoever settled


@dataclass(frozen=True, slots=True)
class _Said:
    """What one coder says last of one range: 1, 0, or None for unsure."""

    range: Range
    value: float | None
    order: tuple[int, int]


def latest(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that count: the last of each coder for each range and code.

    Last is by import, then by number, not by clock. A withdrawn decision takes what the coder said
    of that range and code with it. Adjudications are one voice beside the coders'.
    """
    last: dict[tuple[str, int, int, str, str], Decision] = {}
    for one in sorted(decisions, key=lambda one: (one.import_id, one.id)):
        last[*_range(one), one.code, _voice(one)] = one
    return [one for one in last.values() if one.how != "withdrawn"]


def on_rows_read(decisions: Sequence[Decision]) -> list[Decision]:
    """Those on rows that their coder read as a row, so that the coder could as well have said no.

    A presence that came in from elsewhere without its blanks (`motif import` without --whole) says
    where somebody found a code, not how much was read: its row was chosen by what is in it. It is a
    presence, but no row answered: not of a draw by chance, and nothing for another coder to agree
    with. A row was read where its coder decided anything else there; a transcript was read whole
    where absences of that coder came in.

    Parameters
    ----------
    decisions : those that count (see `latest`).
    """
    read, whole = set(), set()
    for one in decisions:
        if not _found_only(one):
            read.add((one.coder, _range(one)))
        if one.how == "imported" and one.verdict == "absent":
            whole.add((one.coder, one.anchor.transcript_hash))
    return [
        one
        for one in decisions
        if (one.coder, _range(one)) in read or (one.coder, one.anchor.transcript_hash) in whole
    ]


def _found_only(one: Decision) -> bool:
    return one.how == "imported" and one.verdict == "present"


def _range(one: Decision) -> tuple[str, int, int]:
    return one.anchor.transcript_hash, one.anchor.source_start, one.anchor.source_end


def _voice(decision: Decision) -> str:
    return ADJUDICATED if decision.how == "adjudicated" else decision.coder


def targets(
    decisions: Iterable[Decision],
    segments: Sequence[Segment],
    anchors: Sequence[Anchor],
    codes: Sequence[str],
) -> tuple[Floats, Floats]:
    """What people said of each segment and code, and how strongly they agree.

    A decision belongs to a segment of the same transcript and range. Where the segmentation has
    changed, a coder's *present* carries over to each segment that holds at least half of the
    decided range, or lies in it with at least half of itself; *absent* carries over to a segment
    that lies wholly in ranges this coder called absent. Nothing else carries over. An earlier
    range that later ones of the same coder cover wholly no longer counts.

    Parameters
    ----------
    decisions : in any order; those for other transcripts or codes are passed over.
    segments, anchors : (n,) the segments now in force, and where each stands in the source.
    codes : (k,) ids.

    Returns
    -------
    Y : (n, k) mean over coders, NaN where nobody decided. An adjudication stands alone.
    weights : (n, k) the share of coders that hold the majority's view, 0.5 to 1; 0 where Y is NaN.

    Raises
    ------
    ValueError : segments and anchors differ in number.
    """
    if len(segments) != len(anchors):
        raise ValueError("one anchor per segment")
    column = {code: at for at, code in enumerate(codes)}
    rows = defaultdict(list)
    for row, anchor in enumerate(anchors):
        rows[anchor.transcript_hash].append((row, (anchor.source_start, anchor.source_end)))
    said: dict[tuple[str, int], dict[str, list[_Said]]] = defaultdict(lambda: defaultdict(list))
    for one in latest(decisions):
        if one.code in column and one.anchor.transcript_hash in rows:
            value = {"present": 1.0, "absent": 0.0}.get(one.verdict)
            at = (one.anchor.source_start, one.anchor.source_end)
            of_code = said[one.anchor.transcript_hash, column[one.code]]
            of_code[_voice(one)].append(_Said(at, value, (one.import_id, one.id)))
    Y = np.full((len(segments), len(codes)), np.nan)
    weights = np.zeros_like(Y)
    for (transcript, code), voices in said.items():
        in_force = {voice: _in_force(of_one) for voice, of_one in voices.items()}
        for row, span in rows[transcript]:
            mean = _settled({voice: _verdict(span, of_one) for voice, of_one in in_force.items()})
            if mean is not None:
                Y[row, code] = mean
                weights[row, code] = max(mean, 1 - mean)
    return Y, weights


def _settled(verdicts: Mapping[str, float | str | None]) -> float | None:
    """The mean of what coders say, or what was settled; None where nobody says anything."""
    settled = verdicts.get(ADJUDICATED)
    if settled is not None:
        return settled if isinstance(settled, float) else None
    values = [value for value in verdicts.values() if isinstance(value, float)]
    return sum(values) / len(values) if values else None


def _in_force(said: list[_Said]) -> list[_Said]:
    """Without the ranges that later ones cover wholly."""
    ordered = sorted(said, key=lambda one: one.order)
    return [
        one
        for at, one in enumerate(ordered)
        if not _covered(one.range, [later.range for later in ordered[at + 1 :]])
    ]


def _verdict(span: Range, said: list[_Said]) -> float | str | None:
    """What one coder says of a range: 1, 0, "unsure", or None where nothing carries over."""
    for one in said:
        if one.range == span:
            return "unsure" if one.value is None else one.value
    touching = [one for one in said if _shared(one.range, span)]
    if any(one.value == 1.0 and carries(one.range, span) for one in touching):
        return 1.0
    if any(one.value is None and carries(one.range, span) for one in touching):
        return "unsure"
    if touching and all(one.value == 0.0 for one in touching):
        if _covered(span, [one.range for one in touching]):
            return 0.0
    return None


def _shared(a: Range, b: Range) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def carries(decided: Range, span: Range) -> bool:
    """Does a code that was given to one range hold for another: do they share half of either?"""
    shared = _shared(decided, span)
    return 2 * shared >= decided[1] - decided[0] or 2 * shared >= span[1] - span[0]


def _covered(span: Range, by: Iterable[Range]) -> bool:
    """Does every character of the range lie in one of the others?"""
    at = span[0]
    for start, end in sorted(by):
        if start > at:
            break
        at = max(at, end)
    return at >= span[1] and span[1] > span[0]


def with_parents(Y: Floats, weights: Floats, codes: Sequence[Code]) -> tuple[Floats, Floats]:
    """A parent's evidence includes its children's: present where the parent or any child is.

    Where a child is present the parent takes the child's value and weight, if that is higher; a
    child's absence says nothing of the parent.
    """
    place = {code.id: at for at, code in enumerate(codes)}
    depth = {code.id: _depth(code, {one.id: one for one in codes}) for code in codes}
    Y, weights = Y.copy(), weights.copy()
    for code in sorted(codes, key=lambda one: -depth[one.id]):
        if code.parent not in place:
            continue
        child, parent = place[code.id], place[code.parent]
        higher = (Y[:, child] > 0.5) & ~(Y[:, parent] >= Y[:, child])
        Y[higher, parent] = Y[higher, child]
        weights[higher, parent] = weights[higher, child]
    return Y, weights


def with_exclusions(
    Y: Floats, weights: Floats, codes: Sequence[str], pairs: Collection[tuple[str, str]]
) -> tuple[Floats, Floats]:
    """What a model may learn besides: where a code is present, those that it excludes are absent.

    Only where nobody was asked about them, and only to train on: nobody has decided it. The absence
    weighs what the presence does.

    Parameters
    ----------
    Y, weights : (n, k), after `with_parents`.
    codes : (k,) ids.
    pairs : of ids, both ways round (see `pipeline.codebook.exclusions`).
    """
    place = {code: at for at, code in enumerate(codes)}
    found, weighed = Y.copy(), weights.copy()
    for one, other in sorted(pairs):
        if one in place and other in place:
            here, there = place[one], place[other]
            known = (Y[:, here] > 0.5) & np.isnan(Y[:, there])
            found[known, there] = 0.0
            weighed[known, there] = np.maximum(weighed[known, there], weights[known, here])
    return found, weighed


def _depth(code: Code, by_id: Mapping[str, Code]) -> int:
    depth, at = 0, code
    while at.parent in by_id and depth < len(by_id):
        depth, at = depth + 1, by_id[at.parent]
    return depth
