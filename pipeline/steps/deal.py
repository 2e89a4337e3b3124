"""Which rows go out to whom: the audit list first drawn and reserved, then what teaches most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.config import load_object
from pipeline.errors import PipelineError, known_names
from pipeline.query import STRATEGIES, Pool
from pipeline.query.choose import audit_list, choose
from pipeline.records import Anchor, Dealt, ListName, Suggestion, Turn, Workbook, from_frame
from pipeline.review import RowContent, build_workbook, text_check, words_of
from pipeline.sheets import WRITERS
from pipeline.steps.material import Material, read_material
from pipeline.steps.plan import idle_coders
from pipeline.steps.study import Study, key_of
from pipeline.steps.train import newest_round, thresholds_of
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
    if study.config.review.phase == "code":
        _draw_audit(study, material)
    for coder in coders:
        picks = _picks(study, material, suggestions, coder, wish)
        if not picks:
            yield f"{coder}: nothing is left to ask"
            continue
        yield _write(study, material, suggestions, turns, coder, picks, wish, gate)


def _check(study: Study, wish: Wish) -> None:
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
    """Draw the audit list of every transcript that has none: once, by chance, before coding.

    Each row goes to one coder in turn; a share `double` of them, evenly spread, to a second one.
    """
    import numpy as np

    with look_at(study.decisions) as db:
        drawn = read_drawn(db, "audit")
    have = {anchor.transcript_hash for anchor, _, _ in drawn}
    fresh = [i for i, a in enumerate(material.anchors) if a.transcript_hash not in have]
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


def _picks(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    coder: str,
    wish: Wish,
) -> list[_Pick]:
    """The rows of one workbook, in the order of transcript and position."""
    import numpy as np

    with look_at(study.decisions) as db:
        books = {book.id: book for book in read_workbooks(db)}
        dealt = read_dealt(db)
        drawn = read_drawn(db, "audit")
    rng = np.random.default_rng(
        [study.config.study.seed, int(key_of("deal", coder, sorted(books))[:12], 16)]
    )
    out = [row for row in dealt if books[row.workbook_id].state == "open"]
    settled = {_place(d.anchor) for d in material.decisions}
    mine = {_place(d.anchor) for d in material.decisions if d.coder == coder}
    mine |= {_place(row.anchor) for row in out if books[row.workbook_id].coder == coder}
    away = settled | {_place(row.anchor) for row in out}
    row_of = {_place(anchor): row for row, anchor in enumerate(material.anchors)}
    reserved = _overlapping(material, [anchor for anchor, _, _ in drawn])
    if wish.transcript is not None:
        rows = _rows_of_transcript(material, wish.transcript, mine)
        picks = [_Pick(row, "train", 0, "the whole interview", wish.blind) for row in rows]
    elif study.config.review.phase == "train":
        rows = _next_interview(study, material, mine)
        picks = [_Pick(row, "train", 0, "the whole interview", True) for row in rows]
    elif wish.sweep:
        picks = _sweep(study, material, suggestions, reserved, away)
    else:
        picks = []
        n_audit = int(np.ceil(AUDIT_SHARE * study.config.review.batch))
        for anchor, rank, coders in drawn:
            place = _place(anchor)
            if len(picks) == n_audit or coder not in coders:
                continue
            if place in row_of and place not in mine:
                picks.append(_Pick(row_of[place], "audit", rank, "", True))
        free = [
            row
            for row, anchor in enumerate(material.anchors)
            if row not in reserved and _place(anchor) not in away
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


def _rows_of_transcript(
    material: Material, transcript_id: str, mine: set[_SEGMENT_KEY]
) -> list[int]:
    names = {segment.transcript_id for segment in material.segments}
    if transcript_id not in names:
        raise PipelineError(
            "there is no transcript of this id", mend=f"There are: {known_names(names)}."
        )
    return [
        row
        for row, segment in enumerate(material.segments)
        if segment.transcript_id == transcript_id and _place(material.anchors[row]) not in mine
    ]


def _next_interview(study: Study, material: Material, mine: set[_SEGMENT_KEY]) -> list[int]:
    """The rows of the next whole interview to train on: the same one for every coder."""
    import numpy as np

    names = sorted({segment.transcript_id for segment in material.segments})
    for at in np.random.default_rng(study.config.study.seed).permutation(len(names)):
        rows = _rows_of_transcript(material, names[at], mine)
        if rows:
            return rows
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
    shown_from = thresholds_of(study, round_)
    contents = [
        _content(material, suggestions, turns, book, at, pick, limit, shown_from,
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
    n_context: int,
) -> RowContent:
    segment = material.segments[pick.row]
    offered = suggestions.get(segment.segment_id, [])
    shown = [one for one in offered if one.score >= shown_from.get(one.code, 0.5)][:limit]
    shown = [] if pick.blind else shown
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
