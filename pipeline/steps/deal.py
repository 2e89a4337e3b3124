"""Which rows go out to whom: the audit list first drawn and reserved, then what teaches most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.codebook import exclusions, without_excluded
from pipeline.config import load_object
from pipeline.errors import PipelineError, known_names
from pipeline.query import STRATEGIES, Pool
from pipeline.query.choose import audit_list, choose
from pipeline.records import Anchor, Dealt, ListName, Suggestion, Turn, Workbook, from_frame
from pipeline.review import RowContent, build_workbook, text_check, words_of
from pipeline.sheets import WRITERS
from pipeline.steps.material import Material, read_material, read_texts, settle
from pipeline.steps.plan import idle_coders
from pipeline.steps.study import Study, key_of, newest_round
from pipeline.steps.train import thresholds_of
from pipeline.store import derived
from pipeline.store.decisions import (
    add_drawn,
    add_workbook,
    look_at,
    open_decisions,
    read_dealt,
    read_drawn,
    read_workbooks,
)
from pipeline.store.gate import Field, Gate, write_out
from pipeline.suggest.reasons import spoken

if TYPE_CHECKING:
    import numpy as np

AUDIT_SHARE = 0.2  # of a batch, while the coder has audit rows left
BLIND_SHARE = 0.1  # of the other rows, so that blindness does not announce the audit
STRATEGY = "mixture"
_SEGMENT_KEY = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `motif review out` was asked for; the default is what `motif run` does."""

    coder: str | None = None
    transcript: str | None = None
    blind: bool = False
    sweep: bool = False
    form: str = "xlsx"


@dataclass(frozen=True, slots=True)
class _Pick:
    """One row that will go out: which segment, why, and whether suggestions are withheld."""

    row: int
    list: ListName
    rank: int
    why: str
    blind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    """What is out, decided or reserved, at its place of today; rows are rows of the material."""

    mine: set[_SEGMENT_KEY]  # the coder has decided these or has them out
    away: set[_SEGMENT_KEY]  # anybody has
    audit: dict[int, tuple[int, tuple[str, ...]]]  # row -> rank and coders, by rank
    reserved: set[int]  # rows that touch the audit list
    books: list[str]  # ids of all workbooks so far


def deal(study: Study, wish: Wish, gate: Gate | None = None) -> Iterator[str]:
    """Write the next workbook for each coder who has none open; a line per coder.

    Raises
    ------
    PipelineError : an unknown coder or transcript, a coder whose workbook is still open, or a step
        that has not run.
    """
    from pipeline.steps.anonymise import study_gate

    _check(study, wish)
    gate = study_gate(study) if gate is None else gate
    material = read_material(study)
    suggestions = _suggestions(study)
    turns = _turns(study)
    with look_at(study.decisions) as db:
        coders = [wish.coder] if wish.coder else list(idle_coders(study, read_workbooks(db)))
    if not coders:
        yield "every coder has a workbook open: import one first (motif review in FILE)"
        return
    if study.config.review.phase == "code":
        _draw_audit(study, material)
    yield from _stranded(study, material)
    for coder in coders:
        picks = _picks(study, material, suggestions, coder, wish)
        if not picks:
            yield f"{coder}: nothing is left to ask" + (
                f" of {wish.transcript}" if wish.transcript else ""
            )
            continue
        yield _write(study, material, suggestions, turns, coder, picks, wish, gate)


def _check(study: Study, wish: Wish) -> None:
    if wish.transcript is not None and wish.sweep:
        raise PipelineError(
            "--transcript and --sweep exclude each other", mend="Give one of the two."
        )
    names = set() if wish.transcript is None else set(read_texts(study)["transcript_id"])
    if wish.transcript is not None and wish.transcript not in names:
        raise PipelineError(
            "there is no transcript of this id", mend=f"There are: {known_names(names)}."
        )
    coders = study.config.review.coders
    if wish.coder is not None and wish.coder not in coders:
        raise PipelineError(
            "there is no coder of this name",
            mend=f"[review] coders has {known_names(coders)}.",
        )
    with look_at(study.decisions) as db:
        books = [book for book in read_workbooks(db) if book.state == "open"]
    open_book = next((book for book in books if book.coder == wish.coder), None)
    if open_book is not None:
        raise PipelineError(
            f"{wish.coder} still has the workbook {open_book.id}",
            mend="Import it first: motif review in FILE.",
        )


def _suggestions(study: Study) -> dict[str, list[Suggestion]]:
    frame = derived.read_table(study.derived / "suggestions.parquet")
    found: dict[str, list[Suggestion]] = defaultdict(list)
    for one in from_frame(derived.require(frame, "suggest"), Suggestion):
        found[one.segment_id].append(one)
    return found


def _turns(study: Study) -> dict[str, list[Turn]]:
    frame = derived.read_table(study.derived / "turns.parquet")
    found: dict[str, list[Turn]] = defaultdict(list)
    for turn in from_frame(derived.require(frame, "anonymise"), Turn):
        found[turn.transcript_id].append(turn)
    return found


def _draw_audit(study: Study, material: Material) -> None:
    """Draw the audit list of every transcript that never had one: once, by chance, before coding.

    Each row goes to one coder in turn; a share `double` of them, evenly spread, to a second one.
    """
    import numpy as np

    with look_at(study.decisions) as db:
        drawn = read_drawn(db, "audit")
    have = {anchor.transcript_hash for anchor, _, _ in drawn}
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
    listed = audit_list(
        [material.segments[i].transcript_id for i in fresh], study.config.review.audit_rows, rng
    )
    first = max((rank for _, rank, _ in drawn), default=0)
    coders, double = study.config.review.coders, study.config.review.double
    rows = []
    for row, rank in listed:
        mine = [coders[(rank - 1) % len(coders)]]
        if len(coders) > 1 and int(rank * double) > int((rank - 1) * double):
            mine.append(coders[rank % len(coders)])
        rows.append((material.anchors[fresh[row]], first + rank, mine))
    with open_decisions(study.decisions) as db:
        add_drawn(
            db,
            "audit",
            rows,
            segmentation=study.config.segment.unit,
            codebook_version=study.codebook.version,
            time=now(),
        )


def _stand(study: Study, material: Material, coder: str) -> _Stand:
    with look_at(study.decisions) as db:
        books = {book.id: book for book in read_workbooks(db)}
        dealt = [row for row in read_dealt(db) if books[row.workbook_id].state == "open"]
        drawn = read_drawn(db, "audit")
    out = settle(study, [row.anchor for row in dealt], material.segments)
    reserved = settle(study, [anchor for anchor, _, _ in drawn], material.segments)
    away = {_place(d.anchor) for d in material.decisions}
    mine = {_place(d.anchor) for d in material.decisions if d.coder == coder}
    for row, anchor in zip(dealt, out, strict=True):
        if anchor is not None:
            away.add(_place(anchor))
            mine |= {_place(anchor)} if books[row.workbook_id].coder == coder else set()
    row_of = {_place(anchor): row for row, anchor in enumerate(material.anchors)}
    audit = {
        row_of[_place(anchor)]: (rank, coders)
        for anchor, (_, rank, coders) in zip(reserved, drawn, strict=True)
        if anchor is not None and _place(anchor) in row_of
    }
    return _Stand(
        mine=mine,
        away=away,
        audit=audit,
        reserved=_overlapping(material, [anchor for anchor in reserved if anchor is not None]),
        books=sorted(books),
    )


def _stranded(study: Study, material: Material) -> Iterator[str]:
    """A warning where open audit rows can go out to nobody, because no segment is theirs now."""
    with look_at(study.decisions) as db:
        drawn = read_drawn(db, "audit")
        books = {book.id: book for book in read_workbooks(db)}
        out = {
            (books[row.workbook_id].coder, row.anchor)
            for row in read_dealt(db)
            if books[row.workbook_id].state == "open"
        }
    places = settle(study, [anchor for anchor, _, _ in drawn], material.segments)
    now_there = {_place(anchor) for anchor in material.anchors}
    done = {(d.coder, _place(d.anchor)) for d in material.decisions}
    elsewhere = gone = 0
    for place, (anchor, _, coders) in zip(places, drawn, strict=True):
        waiting = [coder for coder in coders if (coder, anchor) not in out]
        if place is None:
            gone += 1
        elif _place(place) not in now_there:
            elsewhere += any((coder, _place(place)) not in done for coder in waiting)
    if elsewhere:
        yield (
            f"! {_n_rows(elsewhere)} on another segmentation and can go out to nobody: "
            "set [segment] unit back to have them answered"
        )
    if gone:
        yield f"! {_n_rows(gone)} on words that were edited since: they are asked no more"


def _n_rows(n: int) -> str:
    return f"{n} audit row stands" if n == 1 else f"{n} audit rows stand"


def _picks(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    coder: str,
    wish: Wish,
) -> list[_Pick]:
    """The rows of one workbook, in the order of transcript and position."""
    import numpy as np

    stand = _stand(study, material, coder)
    rng = np.random.default_rng(
        [study.config.study.seed, int(key_of("deal", coder, stand.books)[:12], 16)]
    )
    if wish.transcript is not None:
        picks = _whole(material, wish.transcript, stand, coder, wish.blind)
    elif study.config.review.phase == "train":
        picks = _next_interview(study, material, stand, coder)
    elif wish.sweep:
        picks = _sweep(study, material, suggestions, stand.reserved, stand.away)
    else:
        n_audit = int(np.ceil(AUDIT_SHARE * study.config.review.batch))
        picks = [
            _Pick(row, "audit", rank, "", True)
            for row, (rank, coders) in stand.audit.items()
            if coder in coders and _place(material.anchors[row]) not in stand.mine
        ][:n_audit]
        free = [
            row
            for row, anchor in enumerate(material.anchors)
            if row not in stand.reserved and _place(anchor) not in stand.away
        ]
        picks += _queried(study, material, suggestions, free, len(picks), rng)
    if wish.blind:
        picks = [replace(pick, blind=True) for pick in picks]
    return sorted(picks, key=lambda pick: pick.row)


def _queried(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    free: Sequence[int],
    n_taken: int,
    rng: np.random.Generator,
) -> list[_Pick]:
    """What the strategy asks next; a tenth of it without suggestions."""
    pool = _pool(study, material, suggestions, free)
    wanted = study.config.review.batch - n_taken
    chosen = choose(pool, wanted, load_object(STRATEGIES[STRATEGY]), rng)
    n_blind = int(round(BLIND_SHARE * len(chosen)))
    blind = set(rng.permutation(len(chosen))[:n_blind].tolist())
    return [
        _Pick(free[row], "query", at + 1, why, at in blind) for at, (row, why) in enumerate(chosen)
    ]


def _pool(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    free: Sequence[int],
) -> Pool:
    import numpy as np

    from pipeline.suggest.prior import as_share, prior_scores

    codes = material.prior.codes
    column = {code: at for at, code in enumerate(codes)}
    proba = np.zeros((len(free), len(codes)))
    for at, row in enumerate(free):
        for one in suggestions.get(material.segments[row].segment_id, []):
            if one.code in column:
                proba[at, column[one.code]] = one.score
    part = material.features.take(list(free))
    decided = np.flatnonzero(material.decided)
    return Pool(
        proba=proba,
        X=part.X,
        transcript_ids=tuple(material.segments[row].transcript_id for row in free),
        codes=codes,
        n_positive=(np.nan_to_num(material.Y) > 0.5).sum(axis=0).astype(np.int64),
        n_decided=len(decided),
        decided_X=material.features.X[decided],
        prior=as_share(prior_scores(material.prior, part)),
    )


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


def _whole(
    material: Material, transcript_id: str, stand: _Stand, coder: str, blind: bool
) -> list[_Pick]:
    """What a coder has not seen of one interview; its audit rows blind, for whom they are drawn."""
    picks = []
    for row, segment in enumerate(material.segments):
        if segment.transcript_id != transcript_id or _place(material.anchors[row]) in stand.mine:
            continue
        if row not in stand.reserved:
            picks.append(_Pick(row, "train", 0, "the whole interview", blind))
        elif row in stand.audit and coder in stand.audit[row][1]:
            picks.append(_Pick(row, "audit", stand.audit[row][0], "", True))
    return picks


def _next_interview(study: Study, material: Material, stand: _Stand, coder: str) -> list[_Pick]:
    """What is left of the next whole interview to train on: the same one for every coder."""
    import numpy as np

    names = sorted({segment.transcript_id for segment in material.segments})
    for at in np.random.default_rng(study.config.study.seed).permutation(len(names)):
        picks = _whole(material, names[at], stand, coder, True)
        if picks:
            return picks
    return []


def _sweep(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    reserved: set[int],
    away: set[_SEGMENT_KEY],
) -> list[_Pick]:
    """Per interview and code not yet confirmed there, the likeliest row that nobody has seen."""
    import numpy as np

    confirmed: dict[str, set[str]] = defaultdict(set)
    for row, code in zip(*np.nonzero(np.nan_to_num(material.Y) > 0.5), strict=True):
        confirmed[material.segments[row].transcript_id].add(material.prior.codes[code])
    best: dict[tuple[str, str], tuple[float, int]] = {}
    for row, segment in enumerate(material.segments):
        if row in reserved or _place(material.anchors[row]) in away:
            continue
        for one in suggestions.get(segment.segment_id, []):
            key = (segment.transcript_id, one.code)
            if one.code not in confirmed[segment.transcript_id]:
                best[key] = max(best.get(key, (-1.0, 0)), (one.score, -row))
    wanted: dict[int, list[str]] = defaultdict(list)
    ranked = sorted(best.items(), key=lambda item: -item[1][0])
    for (_, code), (_, row) in ranked:
        if -row in wanted or len(wanted) < study.config.review.batch:
            wanted[-row].append(code)
    return [
        _Pick(row, "sweep", at + 1, f"likeliest so far for {', '.join(codes)}", False)
        for at, (row, codes) in enumerate(wanted.items())
    ]


def _write(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    turns: dict[str, list[Turn]],
    coder: str,
    picks: Sequence[_Pick],
    wish: Wish,
    gate: Gate,
) -> str:
    """The workbook to disk and its rows into the store: the rows first, or a row could be lost."""
    with look_at(study.decisions) as db:
        number = 1 + sum(book.coder == coder for book in read_workbooks(db))
    round_ = newest_round(study) or 0
    book = Workbook(
        id=f"{coder}-{number:02d}",
        coder=coder,
        round=round_,
        phase=study.config.review.phase,
        codebook_version=study.codebook.version,
        codes=study.codebook.ids,
        segmentation=study.config.segment.unit,
        model_id=_model_of(suggestions),
        made=now(),
    )
    limit = study.config.review.suggestions
    apart = exclusions(study.codebook.codes)
    shown_from = thresholds_of(study, round_)
    contents = [
        _content(material, suggestions, turns, book, at, pick, limit, shown_from, apart,
                 study.config.segment.context)
        for at, pick in enumerate(picks, start=1)
    ]  # fmt: skip
    sheets = build_workbook(book, contents, study.codebook, study.config.study.name)
    data: bytes = load_object(WRITERS[wish.form])(sheets)
    fields = [
        Field(name=name, texts=[spoken(t) for t in texts] if name == "because" else texts)
        for name, texts in words_of(contents).items()
    ]
    path = study.review / f"{book.id}.{wish.form}"
    gate.check(path.name, fields)
    with open_decisions(study.decisions) as db:
        add_workbook(db, book, [content.dealt for content in contents])
        write_out(path, data, fields, gate)  # a failed write takes the rows back with it
    n_blind = sum(pick.blind for pick in picks)
    return f"{coder}: {path} ({len(picks)} rows, {n_blind} without suggestions)"


def _content(
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    turns: dict[str, list[Turn]],
    book: Workbook,
    position: int,
    pick: _Pick,
    limit: int,
    shown_from: dict[str, float],
    apart: frozenset[tuple[str, str]],
    n_context: int,
) -> RowContent:
    segment = material.segments[pick.row]
    offered = suggestions.get(segment.segment_id, [])
    likely = [one for one in offered if one.score >= shown_from.get(one.code, 0.5)]
    kept = without_excluded([one.code for one in likely], apart)[:limit]
    shown = [] if pick.blind else [one for one in likely if one.code in kept]
    dealt = Dealt(
        row_id=f"{book.id}-{position:03d}",
        workbook_id=book.id,
        position=position,
        segment_id=segment.segment_id,
        anchor=material.anchors[pick.row],
        list=pick.list,
        list_rank=pick.rank,
        why=pick.why,
        blind=pick.blind,
        shown=tuple((one.code, one.score) for one in shown),
        text_check=text_check(segment.text),
    )
    around = turns[segment.transcript_id]
    before = around[max(0, segment.first_turn - n_context) : segment.first_turn]
    after = around[segment.last_turn + 1 : segment.last_turn + 1 + n_context]
    return RowContent(
        dealt=dealt,
        segment=segment,
        before=tuple(before),
        after=tuple(after),
        because=tuple(one.because for one in shown),
    )


def _model_of(suggestions: dict[str, list[Suggestion]]) -> str:
    return next((one.model_id for listed in suggestions.values() for one in listed), "")


def _place(anchor: Any) -> _SEGMENT_KEY:
    return anchor.transcript_hash, anchor.source_start, anchor.source_end


def now() -> str:
    """The time, UTC, to the second, as it is kept."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
