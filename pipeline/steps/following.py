"""How far each coder follows the machine, from rows drawn at random, with and without suggestions.

What a model would have suggested in a blind row needs that round's model, so this is computed when
a model is trained and kept on its card.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.audit.following import MIN_ROWS, Row, following
from pipeline.errors import PipelineError
from pipeline.records import Dealt, Decision
from pipeline.steps.audit import place_of
from pipeline.steps.material import Material, settle
from pipeline.steps.study import Study, model_name
from pipeline.store.decisions import look_at, read_dealt, read_workbooks

Shown = Callable[[Sequence[int]], list[frozenset[str]]]
Place = tuple[str, int, int]


def follow(
    study: Study, material: Material, shown_by: Callable[[int], Shown]
) -> dict[str, dict[str, Any]]:
    """Per coder, what `pipeline.audit.following.following` says.

    Parameters
    ----------
    shown_by : of a round, what its model suggests for segments (rows of the material). Rounds whose
        model is gone, or was made for another codebook, tell nothing of their blind rows.
    """
    with look_at(study.decisions) as db:
        books = {book.id: book for book in read_workbooks(db) if book.state == "returned"}
        back = [row for row in read_dealt(db) if row.workbook_id in books]
    lists = [row for row in back if row.list == "anchor" or (row.list == "audit" and row.blind)]
    lists = [row for row in lists if not row.asked]  # asked again for some codes: not a whole row
    words: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for one in material.decisions:
        words[one.row_id, one.coder].append(one)
    lists = [row for row in lists if (row.row_id, books[row.workbook_id].coder) in words]
    places = settle(study, [row.anchor for row in lists], material.segments)
    at = {
        row.row_id: place_of(place)
        for row, place in zip(lists, places, strict=True)
        if place is not None
    }
    suggested = _suggested(material, lists, at, {b: books[b].model_id for b in books}, shown_by)
    absent = _absent_when_blind(material, {row.row_id for row in back if row.blind})
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in lists:
        if row.row_id not in suggested:
            continue
        coder = books[row.workbook_id].coder
        mine = words[row.row_id, coder]
        others = [codes for name, codes in absent[at[row.row_id]].items() if name != coder]
        rows[coder].append(
            Row(
                shown=not row.blind,
                suggested=suggested[row.row_id],
                present=frozenset(one.code for one in mine if one.verdict == "present"),
                wrong=suggested[row.row_id].intersection(*others) if others else None,
            )
        )
    return {coder: following(of_coder) for coder, of_coder in sorted(rows.items())}


def _suggested(
    material: Material,
    lists: Sequence[Dealt],
    at: Mapping[str, Place],
    models: Mapping[str, str],
    shown_by: Callable[[int], Shown],
) -> dict[str, frozenset[str]]:
    """Per row: the codes shown, or in a blind row those that would have been."""
    row_of = {place_of(anchor): row for row, anchor in enumerate(material.anchors)}
    found = {row.row_id: frozenset(code for code, _ in row.shown) for row in lists if not row.blind}
    found = {name: codes for name, codes in found.items() if name in at}
    blind: dict[str, list[str]] = defaultdict(list)
    for row in lists:
        if row.blind and at.get(row.row_id) in row_of:
            blind[models[row.workbook_id]].append(row.row_id)
    for model_id, names in blind.items():
        number = model_id.removeprefix("round-")
        if not number.isdigit() or model_name(int(number)) != model_id:
            continue
        try:
            shown = shown_by(int(number))
        except PipelineError:  # erased, or of an earlier codebook: nobody can know any more
            continue
        rows = [row_of[at[name]] for name in names]
        found |= dict(zip(names, shown(rows), strict=True))
    return found


def _absent_when_blind(
    material: Material, blind_rows: set[str]
) -> dict[Place, dict[str, frozenset[str]]]:
    """Per place and coder: the codes called absent without suggestions in sight."""
    found: dict[Place, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in material.decisions:
        blind = one.row_id in blind_rows or one.how == "imported"
        if blind and not one.shown and one.how != "adjudicated":
            of_coder = found[place_of(one.anchor)][one.coder]
            if one.verdict == "absent":
                of_coder.add(one.code)
    return defaultdict(
        dict,
        {
            place: {name: frozenset(codes) for name, codes in of_it.items()}
            for place, of_it in found.items()
        },
    )


_TOLD = {
    "agreement": "calls present, of what the machine suggests",
    "omission": "codes given per row",
    "errors": "calls present, of what another coder, blind, called absent",
}


def told_following(document: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A few lines per coder; what fewer than 50 rows a side would say is not said."""
    if not document:
        return
    yield "Following the machine: suggestions in sight against blind rows, both drawn at random"
    for coder, figures in document.items():
        yield f"  {coder}"
        for name, what in _TOLD.items():
            yield f"    {what}: {_figures(name, figures[name])}"


def _figures(name: str, one: Mapping[str, Any]) -> str:
    if one["difference"] is None:
        return (
            f"not yet known ({one['n_shown']} and {one['n_blind']} rows, {MIN_ROWS} needed of each)"
        )
    as_text = "{:.2f}" if name == "omission" else "{:.0%}"
    shown, blind, low, high = (
        as_text.format(one[key]) for key in ("shown", "blind", "low", "high")
    )
    minus = "blind minus in sight" if name == "omission" else "in sight minus blind"
    return f"{shown} in sight, {blind} blind; {minus} {low} to {high}"
