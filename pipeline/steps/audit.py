"""The random sample of a study: its rows, what people said there, and what follows for the rest.

A row is of the sample where it was drawn by chance: it is of the audit list, or of an interview in
which every segment was decided without suggestions in sight. What was said in rows that a strategy
chose is no part of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.audit.prevalence import MIN_POSITIVES, positives_left, prevalence
from pipeline.records import Anchor, Dealt, Decision, Workbook
from pipeline.steps.lists import outdated, redefined, without_sight
from pipeline.steps.material import Material, settle
from pipeline.steps.study import Study
from pipeline.store.decisions import look_at, read_dealt, read_drawn, read_workbooks
from pipeline.targets import on_rows_read, targets, with_parents

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["MIN_POSITIVES", "Sample", "estimates", "place_of", "read_sample"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The random sample among n segments; k codes of the codebook."""

    Y: Floats  # (n, k) what people said; NaN where the row is not of the sample, or not answered
    in_vain: Bools  # (n, k) rows of the audit list that came back open or unsure
    weights: Floats  # (n, k) how many segments of its transcript an answered row stands for
    listed: Bools  # (n,) shares characters with a row of the audit or the anchor list
    sizes: dict[str, int]  # segments of each transcript

    @property
    def rows(self) -> Bools:
        """(n,) whether anything was answered there."""
        import numpy as np

        return np.asarray(~np.isnan(self.Y).all(axis=1))


def read_sample(study: Study, material: Material) -> Sample:
    """The sample as it is answered now.

    A row counts for the codes that it was asked for without suggestions in sight. A
    transcript whose list was drawn from another segmentation has no rows of it here: their chances
    were others.
    """
    import numpy as np

    codes = material.prior.codes
    with look_at(study.decisions) as db:
        drawn, anchored = read_drawn(db, "audit"), read_drawn(db, "anchor")
        dealt, books = read_dealt(db), {book.id: book for book in read_workbooks(db)}
    # What was said of another definition, or with suggestions in sight before the draw, is no
    # answer: the row goes out again.
    stale, _ = redefined(study, material.decisions, dealt, books)
    unseen = without_sight(material.decisions, dealt)
    decisions = [one for one in unseen if one.id not in stale]
    places = settle(study, [a for a, _, _ in (*drawn, *anchored)], material.segments)
    row_of = {place_of(anchor): row for row, anchor in enumerate(material.anchors)}
    audit = [one for one in places[: len(drawn)] if one is not None]
    elsewhere = {one.transcript_hash for one in audit if place_of(one) not in row_of}
    listed = np.zeros(len(material.segments), dtype=np.bool_)
    listed[[row_of[place_of(a)] for a in audit if a.transcript_hash not in elsewhere]] = True

    blind = {row.row_id for row in dealt if row.blind}
    asked, said = _said(study, material, on_rows_read(decisions))
    unaided, _ = _said(study, material, [d for d in decisions if _unaided(d, blind)])
    names = np.array([segment.transcript_id for segment in material.segments], dtype=object)
    sampled = np.repeat(listed[:, None], len(codes), axis=1)
    sizes = dict(Counter(names.tolist()))
    for name in sizes:
        of_it = names == name
        sampled[of_it] |= unaided[of_it].all(axis=0)
    Y = np.where(sampled & asked, said, np.nan)
    return Sample(
        Y=Y,
        in_vain=_in_vain(study, material, row_of, decisions, dealt, books)
        & listed[:, None]
        & np.isnan(Y),
        weights=_weights(Y, names, sizes),
        listed=_touched(material, [one for one in places if one is not None]),
        sizes=sizes,
    )


def _said(study: Study, material: Material, decisions: Sequence[Decision]) -> tuple[Bools, Floats]:
    """(n, k) whether the code itself was decided there, and its value with its children's.

    A child's presence makes the parent present; where the parent was not asked, its absence could
    not have been said, and such a row would count for finds alone.
    """
    import numpy as np

    book = study.codebook
    raw, weights = targets(decisions, material.segments, material.anchors, book.ids)
    said, _ = with_parents(raw, weights, book.codes)
    return np.asarray(~np.isnan(raw)), said


def _unaided(one: Decision, blind: Collection[str]) -> bool:
    """Made without suggestions in sight, on a row that its list or the interview brought.

    That nothing was shown does not make a row blind: it said that the machine suggests nothing.
    """
    return one.how == "imported" or (one.list in ("audit", "train") and one.row_id in blind)


def _in_vain(
    study: Study,
    material: Material,
    row_of: dict[tuple[str, int, int], int],
    decisions: Sequence[Decision],
    dealt: Sequence[Dealt],
    books: Mapping[str, Workbook],
) -> Bools:
    """(n, k) rows that went out, came back, and left the code undecided or unsure.

    A row asks for what its workbook's codebook had then, or for the codes it names; of a code that
    was redefined since, it has not asked yet.
    """
    import numpy as np

    column = {code: at for at, code in enumerate(material.prior.codes)}
    found = np.zeros((len(material.segments), len(column)), dtype=np.bool_)
    back = [
        row for row in dealt if row.list == "audit" and books[row.workbook_id].state == "returned"
    ]
    places = settle(study, [row.anchor for row in back], material.segments)
    for row, place in zip(back, places, strict=True):
        if place is not None and place_of(place) in row_of:
            book = books[row.workbook_id]
            old = outdated(study, book)
            asked = [column[c] for c in row.asked or book.codes if c in column and c not in old]
            found[row_of[place_of(place)], asked] = True
    for one in decisions:
        if one.verdict == "unsure" and place_of(one.anchor) in row_of and one.code in column:
            found[row_of[place_of(one.anchor)], column[one.code]] = True
    return found


def _weights(Y: Floats, names: NDArray[np.object_], sizes: dict[str, int]) -> Floats:
    import numpy as np

    weights = np.ones(Y.shape)
    for name, size in sizes.items():
        of_it = names == name
        answered = (~np.isnan(Y[of_it])).sum(axis=0)
        weights[of_it] = size / np.maximum(answered, 1)
    return weights


def _touched(material: Material, anchors: Sequence[Anchor]) -> Bools:
    """(n,) segments that share characters with one of these ranges, whatever the segmentation."""
    import numpy as np

    ranges: dict[str, list[Anchor]] = defaultdict(list)
    for one in anchors:
        ranges[one.transcript_hash].append(one)
    return np.array(
        [
            any(
                a.source_start < b.source_end and b.source_start < a.source_end
                for b in ranges[a.transcript_hash]
            )
            for a in material.anchors
        ],
        dtype=np.bool_,
    )


def place_of(anchor: Anchor) -> tuple[str, int, int]:
    """The range of a transcript's text."""
    return anchor.transcript_hash, anchor.source_start, anchor.source_end


def estimates(
    material: Material, sample: Sample, proba: Floats | None
) -> dict[str, dict[str, Any]]:
    """Per code: how often it occurs in these interviews, how much is found, how much is left.

    Parameters
    ----------
    proba : (n, k) scores of **every** segment by models that saw no decision of its participant;
        their mean, `machine`, is what the machine alone would say of the share.
    """
    import numpy as np

    transcripts = [segment.transcript_id for segment in material.segments]
    names = np.array(transcripts, dtype=object)
    found: dict[str, dict[str, Any]] = {}
    for at, code in enumerate(material.prior.codes):
        y, in_vain = sample.Y[:, at], sample.in_vain[:, at]
        one = prevalence(y, in_vain, transcripts, sample.sizes)
        within = ~np.isin(names, list(one.without))
        said = material.Y[within, at]
        n_found = int((np.nan_to_num(said) > 0.5).sum())
        left = positives_left(one, n_found, int(np.isnan(said).sum()))
        found[code] = {
            "answered": one.n,
            "positives": round(one.positives, 6),
            "open": one.open,
            "segments": one.segments,
            "share": _known(one.share),
            "low": _known(one.low),
            "high": _known(one.high),
            "bounded": one.bounded,
            "machine": None if proba is None else _known(_mean(proba[within, at])),
            "found": n_found,
            "left": None if left is None else left.left,
            "left_high": None if left is None else left.left_high,
            "undecided": None if left is None else left.undecided,
            "transcripts": one.transcripts,
            "without": list(one.without),
        }
    return found


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _known(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)
