"""The two lists drawn by chance: audit, asked blind, and anchor, asked with suggestions.

From the audit list come honest numbers; beside it the anchor list shows how far coders follow the
machine. No strategy orders them, and none may offer their rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

AUDIT_PART = 5  # the audit list takes at most one row in so many of a transcript
ANCHOR_PART = 4  # the anchor list has one row for so many of the audit list

Listed = list[tuple[int, int]]  # (row, rank), the first rank in front
_Rows = Mapping[str, Sequence[int] | NDArray[np.intp]]  # by transcript


def drawn_lists(
    transcript_ids: Sequence[str], rows_per_transcript: int, rng: np.random.Generator
) -> tuple[Listed, Listed]:
    """Draw the audit and the anchor list: which segments, and each one's place in its list.

    Every transcript's segments are permuted once; the first of them are its audit rows, the next
    its anchor rows. In each list a pass takes one row of every transcript that has one left, the
    transcripts in random order. So whatever number of rows from the top of a list has been
    answered, they are a simple random sample within each transcript.

    Parameters
    ----------
    transcript_ids : (n,) of all segments of the segmentation in force that are to be drawn from.
    rows_per_transcript : audit rows wanted; a transcript gives at most a fifth of its segments,
        and a quarter of that again to the anchor list.
    rng : the draw. Drawn once and stored: the lists must not depend on what is coded later.

    Returns
    -------
    audit, anchor : (row, rank) sorted by rank, 1 first; no row is in both.
    """
    rows_of: dict[str, list[int]] = {}
    for row, transcript in enumerate(transcript_ids):
        rows_of.setdefault(transcript, []).append(row)
    order = {name: rng.permutation(rows) for name, rows in sorted(rows_of.items())}
    n_audit = {
        name: min(rows_per_transcript, len(rows) // AUDIT_PART) for name, rows in order.items()
    }
    n_anchor = _quarters(n_audit, rng)
    audit = {name: rows[: n_audit[name]] for name, rows in order.items()}
    anchor = {
        name: rows[n_audit[name] : n_audit[name] + n_anchor[name]] for name, rows in order.items()
    }
    return _in_passes(audit, rng), _in_passes(anchor, rng)


def _quarters(counts: Mapping[str, int], rng: np.random.Generator) -> dict[str, int]:
    """A quarter of each count, rounded by chance so that the sum is a quarter of the sum.

    Systematic rounding with a random start, over the transcripts in random order: two audit rows
    each would else give no transcript an anchor row.
    """
    found = {}
    names = sorted(counts)
    so_far = int(rng.integers(ANCHOR_PART))
    for at in rng.permutation(len(names)):
        before, so_far = so_far, so_far + counts[names[at]]
        found[names[at]] = so_far // ANCHOR_PART - before // ANCHOR_PART
    return found


def _in_passes(rows_of: _Rows, rng: np.random.Generator) -> Listed:
    names = list(rows_of)
    ordered: list[int] = []
    for one_pass in range(max((len(rows) for rows in rows_of.values()), default=0)):
        for at in rng.permutation(len(names)):
            rows = rows_of[names[at]]
            if one_pass < len(rows):
                ordered.append(int(rows[one_pass]))
    return [(row, rank) for rank, row in enumerate(ordered, start=1)]
