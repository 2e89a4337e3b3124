"""Decisions that a coder may want to look at again; nothing is ever changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.audit.doubtful import doubtful
from pipeline.records import Decision
from pipeline.steps.audit import Sample, place_of
from pipeline.steps.material import Material

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RANDOM = ("audit", "anchor")  # lists that figures are estimated from


def second_look(
    material: Material, sample: Sample, proba: NDArray[np.float64]
) -> list[dict[str, Any]]:
    """The most doubtful decisions, first the one that the machine is surest is otherwise.

    Rows of the audit and the anchor list are never among them, nor rows of interviews that figures
    are estimated from: changing those on the machine's word would pull the yardstick towards it.

    Parameters
    ----------
    proba : (n, k) scores of every segment by models that saw no decision of its participant.
    """
    said = defaultdict(list)
    yardstick = sample.listed | sample.rows
    row_of = {place_of(anchor): row for row, anchor in enumerate(material.anchors)}
    for one in material.decisions:
        row = row_of.get(place_of(one.anchor))
        if row is not None:
            said[row, one.code].append(one)
            yardstick[row] |= one.list in _RANDOM
    codes = material.prior.codes
    found = []
    for row, at in doubtful(material.Y, proba, ~yardstick):
        verdict = "present" if material.Y[row, at] > 0.5 else "absent"
        of_it = [one for one in said[row, codes[at]] if one.verdict == verdict]
        found += [_told(one, material, row, float(proba[row, at])) for one in of_it]
    return found


def _told(one: Decision, material: Material, row: int, score: float) -> dict[str, Any]:
    return {
        "row_id": one.row_id,
        "segment_id": material.segments[row].segment_id,
        "coder": one.coder,
        "code": one.code,
        "verdict": one.verdict,
        "score": round(score, 6),
    }


def told_second_look(card: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person."""
    listed = card.get("second_look") or []
    if listed:
        yield (
            f"  Worth a second look ({len(listed)}): the machine, without having seen them, is "
            "sure of the opposite."
        )
        yield "  Where it is right, correct the row in its workbook and import that again."
    for one in listed:
        yield (
            f"    {one['row_id'] or one['segment_id']:<16} {one['coder']:<12} {one['code']:<24} "
            f"{one['verdict']:<8} machine {one['score']:.2f}"
        )
