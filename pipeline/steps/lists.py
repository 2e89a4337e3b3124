"""The lists drawn by chance: drawn once, reserved, and what of them is still to be asked of whom.

A row of the audit list is asked blind. When a code is added to the codebook, or its definition
changes with the codebook's version, the rows that a coder has answered go out again for that code
alone. A row of the anchor list is shown with suggestions to one coder; a share of them goes blind
to a second one, so that it can be seen whether the first followed the machine into an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.codebook import definition_hash
from pipeline.errors import known_names
from pipeline.query.lists import drawn_lists
from pipeline.records import DRAWN, Anchor, Dealt, Decision, ListName, Segment, Workbook
from pipeline.steps.material import Material, read_texts, settle, texts_by_hash
from pipeline.steps.segment import segments_at
from pipeline.steps.study import Study, key_of, now
from pipeline.store.decisions import (
    add_drawn,
    look_at,
    open_decisions,
    read_dealt,
    read_drawn,
    read_drawn_on,
    read_workbooks,
)
from pipeline.targets import on_rows_read

# Why an anchor row is asked. True, and the default strategy says it of some of its own, so that
# nobody can tell an anchor row from another.
BY_CHANCE = "drawn at random"
Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One row that will go out: which segment, why, and whether suggestions are withheld."""

    segment: Segment
    anchor: Anchor
    list: ListName
    rank: int = 0
    why: str = ""
    blind: bool = False
    asked: tuple[str, ...] = ()  # the codes that are asked again; none named: all
    segmentation: str = ""  # where it is not the one in force


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A row of a list, at its place of today."""

    list: ListName
    rank: int
    coders: tuple[str, ...]
    anchor: Anchor | None  # None: its words are nowhere any more
    segment: Segment | None  # None: there is no such segment now, and none that can be shown
    segmentation: str = ""  # where it is not the one in force


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What stands between a coder and the next rows; rows are rows of the material."""

    mine: set[Place]  # the coder has decided these or has them out
    away: set[Place]  # anybody has
    reserved: set[int]  # touch a drawn list: no strategy may offer them
    audit: list[Pick]  # to be asked of this coder, by rank
    anchor: list[Pick]
    books: list[str]  # ids of all workbooks so far


def draw_lists(study: Study, material: Material) -> None:
    """Draw the lists of every transcript that never had one: once, by chance, before coding.

    Each row goes to one coder in turn; a share `double` of them, evenly spread, to a second one.
    A transcript that comes later is drawn from alone: a stratum of its own, that leaves what was
    drawn before as it is.
    """
    import numpy as np

    with look_at(study.decisions) as db:
        drawn = {name: read_drawn(db, name) for name in DRAWN}
    have = {anchor.transcript_hash for anchor, _, _ in drawn["audit"]}
    # A transcript that was edited after its draw keeps that draw.
    new = {
        row.transcript_id
        for row in read_texts(study).itertuples()
        if not have & {row.transcript_hash, *str(row.earlier).split(";")}
    }
    fresh = [i for i, segment in enumerate(material.segments) if segment.transcript_id in new]
    if not fresh or not study.config.review.audit_rows:
        return
    # Seeded by what is drawn from, so that a later transcript's draw repeats no earlier one.
    marks = sorted({material.segments[i].transcript_id for i in fresh})
    rng = np.random.default_rng([study.config.study.seed, int(key_of("audit", marks)[:12], 16)])
    ids = [material.segments[i].transcript_id for i in fresh]
    both = zip(DRAWN, drawn_lists(ids, study.config.review.audit_rows, rng), strict=True)
    with open_decisions(study.decisions) as db:
        for name, listed in both:
            first = max((rank for _, rank, _ in drawn[name]), default=0)
            add_drawn(
                db,
                name,
                [
                    (material.anchors[fresh[row]], first + rank, _coders_of(study, rank))
                    for row, rank in listed
                ],
                segmentation=study.config.segment.unit,
                codebook_version=study.codebook.version,
                time=now(),
            )


def _coders_of(study: Study, rank: int) -> list[str]:
    coders, double = study.config.review.coders, study.config.review.double
    mine = [coders[(rank - 1) % len(coders)]]
    if len(coders) > 1 and int(rank * double) > int((rank - 1) * double):
        mine.append(coders[rank % len(coders)])
    return mine


def read_lists(study: Study, material: Material) -> list[Drawn]:
    """Both lists by rank, each row with the segment that it is shown as.

    An audit row that no segment of today is shows the range it was drawn as, from the vault: the
    estimate stays with the segmentation it was drawn from. An anchor row cannot: what a model says
    of it was never worked out.
    """
    with look_at(study.decisions) as db:
        unit = {name: read_drawn_on(db, name) for name in DRAWN}
        listed = [(name, *one) for name in DRAWN for one in read_drawn(db, name)]
    places = settle(study, [anchor for _, anchor, _, _ in listed], material.segments)
    segments = dict(zip(map(place_of, material.anchors), material.segments, strict=True))
    lost = {
        place_of(at)
        for at, (name, *_) in zip(places, listed, strict=True)
        if at is not None and name == "audit" and place_of(at) not in segments
    }
    segments |= _shown_as_drawn(study, lost)
    return [
        Drawn(
            list=name,
            rank=rank,
            coders=coders,
            anchor=at,
            segment=None if at is None else segments.get(place_of(at)),
            segmentation=unit[name][anchor] if at is not None and place_of(at) in lost else "",
        )
        for at, (name, anchor, rank, coders) in zip(places, listed, strict=True)
    ]


def _shown_as_drawn(study: Study, places: Iterable[Place]) -> dict[Place, Segment]:
    names = {digest: name for name, digest in texts_by_hash(study).values()}
    ranges = {(names[digest], start, end): (digest, start, end) for digest, start, end in places}
    if not ranges:
        return {}
    return {ranges[one]: segment for one, segment in segments_at(study, list(ranges)).items()}


def stand_of(study: Study, material: Material, lists: Sequence[Drawn], coder: str) -> Stand:
    """Where a coder stands: what is out, decided or reserved, and what of the lists is to come."""
    with look_at(study.decisions) as db:
        books = {book.id: book for book in read_workbooks(db)}
        dealt = read_dealt(db)
    open_rows = [row for row in dealt if books[row.workbook_id].state == "open"]
    mine = {place_of(one.anchor) for one in material.decisions if one.coder == coder}
    away = {place_of(one.anchor) for one in material.decisions}
    out = set()
    places = settle(study, [row.anchor for row in open_rows], material.segments)
    for row, anchor in zip(open_rows, places, strict=True):
        if anchor is not None:
            away.add(place_of(anchor))
            out |= {place_of(anchor)} if books[row.workbook_id].coder == coder else set()
    answered = _answered(material.decisions, dealt, coder)
    # An anchor row that was coded with suggestions before the draw is asked anew, as an audit row
    # is: else the two lists would differ in more than what was shown.
    anchored = {place_of(d.anchor) for d in material.decisions
                if d.coder == coder and d.list == "anchor"}  # fmt: skip
    stale, _ = redefined(study, material.decisions, dealt, books)
    audit, anchors = [], []
    for one in lists:
        if one.anchor is None or one.segment is None or coder not in one.coders:
            continue
        pick, here = _pick(one, one.anchor, one.segment, coder), place_of(one.anchor)
        if here in out:
            continue
        if one.list == "anchor":
            anchors += [] if here in answered or here in anchored else [pick]
        else:
            said = answered.get(here, {})
            asked = [c for c in study.codebook.ids if c not in said or said[c].id in stale]
            audit += [replace(pick, asked=tuple(asked) if said else ())] if asked else []
    return Stand(
        mine=mine | out,
        away=away,
        reserved=_overlapping(material, [one.anchor for one in lists if one.anchor is not None]),
        audit=audit,
        anchor=anchors,
        books=sorted(books),
    )


def _pick(one: Drawn, anchor: Anchor, segment: Segment, coder: str) -> Pick:
    return Pick(
        segment=segment,
        anchor=anchor,
        list=one.list,
        rank=one.rank,
        why=BY_CHANCE,
        blind=one.list == "audit" or coder != one.coders[0],
        segmentation=one.segmentation,
    )


def _answered(
    decisions: Iterable[Decision], dealt: Iterable[Dealt], coder: str
) -> Mapping[Place, dict[str, Decision]]:
    """Per place and code, what a coder has said of it without sight of the machine.

    What was coded with suggestions, in a phase before the lists were drawn, is no answer to an
    audit row; nor is a presence that came in without its blanks.
    """
    mine = [one for one in decisions if one.coder == coder and one.how != "adjudicated"]
    answered: dict[Place, dict[str, Decision]] = defaultdict(dict)
    for one in without_sight(on_rows_read(mine), dealt):
        answered[place_of(one.anchor)][one.code] = one
    return answered


def without_sight(decisions: Iterable[Decision], dealt: Iterable[Dealt]) -> list[Decision]:
    """Those on rows that did not go out with suggestions in sight.

    Only these answer a row of the audit list. What asks (`stand_of`) and what counts must agree on
    it: a row that is neither asked again nor counted would stay open for good.
    """
    seen = {row.row_id for row in dealt if not row.blind}
    return [one for one in decisions if one.row_id not in seen]


def redefined(
    study: Study,
    decisions: Iterable[Decision],
    dealt: Iterable[Dealt],
    books: Mapping[str, Workbook],
) -> tuple[set[int], set[str]]:
    """Which decisions were made on another definition than today's; and codes changed unannounced.

    Another definition under the same version of the codebook is taken for a slip of the pen that
    was mended: what was said before stands, and the second set names the code. Of rows that went
    out before workbooks kept the definitions, nobody knows: they stand too.

    Returns
    -------
    (ids of decisions, ids of codes)
    """
    book_of = {row.row_id: books[row.workbook_id] for row in dealt}
    changed = {book.id: _changed(study, book) for book in books.values()}
    stale, unannounced = set(), set()
    for one in decisions:
        book = book_of.get(one.row_id)
        if book is None or one.code not in changed[book.id]:
            continue
        if book.codebook_version != study.codebook.version:
            stale.add(one.id)
        else:
            unannounced.add(one.code)
    return stale, unannounced


def outdated(study: Study, book: Workbook) -> set[str]:
    """The codes that a workbook asked about with another definition than today's version has."""
    return _changed(study, book) if book.codebook_version != study.codebook.version else set()


def _changed(study: Study, book: Workbook) -> set[str]:
    now_is = {code.id: definition_hash(code) for code in study.codebook.codes}
    return {code for code, was in book.definitions.items() if was != now_is.get(code, was)}


def notes(study: Study, material: Material, lists: Sequence[Drawn]) -> Iterator[str]:
    """What of the lists cannot be asked, and what the codebook's growth has left unasked."""
    gone = {name: sum(o.anchor is None for o in lists if o.list == name) for name in DRAWN}
    cut = {
        name: sum(o.anchor is not None and o.segment is None for o in lists if o.list == name)
        for name in DRAWN
    }
    for name in DRAWN:
        if gone[name]:
            yield (
                f"! {_n_rows(gone[name], name)} on words that were edited since: "
                "they are asked no more"
            )
    if cut["anchor"]:
        yield (
            f"! {_n_rows(cut['anchor'], 'anchor')} on another segmentation, for which there are no "
            "suggestions: set [segment] unit back to have them answered"
        )
    if cut["audit"]:
        yield (
            f"! {_n_rows(cut['audit'], 'audit')} on words that are no respondent's now: "
            "they are asked no more"
        )
    with look_at(study.decisions) as db:
        books = {book.id: book for book in read_workbooks(db)}
        _, unannounced = redefined(study, material.decisions, read_dealt(db), books)
    if unannounced:
        yield (
            f"! the definition of {known_names(unannounced)} has changed and the codebook's "
            "version has not: earlier answers stand. Give the codebook a new version to have the "
            "audit rows asked again"
        )
    yield from _never_asked(study, material, lists)


def _never_asked(study: Study, material: Material, lists: Sequence[Drawn]) -> Iterator[str]:
    """Rows outside the audit list go out once: a code that came later is unknown there, not no."""
    audit = {place_of(o.anchor) for o in lists if o.list == "audit" and o.anchor is not None}
    said: dict[Place, set[str]] = defaultdict(set)
    for one in on_rows_read(material.decisions):
        if place_of(one.anchor) not in audit:
            said[place_of(one.anchor)].add(one.code)
    lacking = {c: sum(c not in codes for codes in said.values()) for c in study.codebook.ids}
    lacking = {code: n for code, n in lacking.items() if n}
    if lacking:
        told = ", ".join(f"{code} in {n}" for code, n in lacking.items())
        yield (
            f"! of {len(said)} rows coded so far (the audit list aside), these codes were not "
            f"asked: {told}. They are unknown there, not absent"
        )


def _n_rows(n: int, name: str) -> str:
    return f"{n} {name} row stands" if n == 1 else f"{n} {name} rows stand"


def _overlapping(material: Material, drawn: Sequence[Anchor]) -> set[int]:
    """Rows that touch a reserved range: no strategy may offer them, whatever the segmentation."""
    ranges: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in drawn:
        ranges[anchor.transcript_hash].append(anchor)
    return {
        row
        for row, a in enumerate(material.anchors)
        if any(
            a.source_start < b.source_end and b.source_start < a.source_end
            for b in ranges[a.transcript_hash]
        )
    }


def place_of(anchor: Anchor) -> Place:
    """Where it stands: two anchors of one range are one row, whatever their texts."""
    return anchor.transcript_hash, anchor.source_start, anchor.source_end
