"""Which rows go out to whom: a share from the lists drawn by chance, then what teaches most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.codebook import definition_hash, exclusions, without_excluded
from pipeline.config import load_object
from pipeline.errors import PipelineError, known_names
from pipeline.query import STRATEGIES, Pool
from pipeline.query.choose import choose
from pipeline.records import Dealt, Suggestion, Turn, Workbook, from_frame
from pipeline.review import RowContent, build_workbook, text_check, words_of
from pipeline.sheets import WRITERS
from pipeline.steps.lists import (
    Drawn,
    Pick,
    Stand,
    draw_lists,
    notes,
    place_of,
    read_lists,
    stand_of,
)
from pipeline.steps.material import Material, read_material, read_texts
from pipeline.steps.plan import idle_coders
from pipeline.steps.reasons import with_reasons
from pipeline.steps.study import Study, key_of, newest_round, now, round_of
from pipeline.steps.train import thresholds_of
from pipeline.steps.workbooks import note_written
from pipeline.store import derived
from pipeline.store.decisions import add_workbook, look_at, open_decisions, read_workbooks
from pipeline.store.gate import Field, Gate, write_out
from pipeline.suggest.reasons import spoken

if TYPE_CHECKING:
    import numpy as np

AUDIT_SHARE = 0.2  # of a batch, while the coder has audit rows left
ANCHOR_SHARE = 0.05  # and anchor rows: a quarter, as the lists are long
BLIND_SHARE = 0.1  # of the other rows, so that blindness does not announce the audit
STRATEGY = "mixture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `motif review out` was asked for; the default is what `motif run` does."""

    coder: str | None = None
    transcript: str | None = None
    blind: bool = False
    sweep: bool = False
    form: str = "xlsx"


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
        draw_lists(study, material)
    lists = read_lists(study, material)
    yield from notes(study, material, lists)
    for coder in coders:
        picks = _picks(study, material, suggestions, lists, coder, wish)
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


def _picks(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    lists: Sequence[Drawn],
    coder: str,
    wish: Wish,
) -> list[Pick]:
    """The rows of one workbook, in the order of transcript and position."""
    stand = stand_of(study, material, lists, coder)
    if wish.transcript is not None:
        picks = _whole(material, wish.transcript, stand, wish.blind)
    elif study.config.review.phase == "train":
        picks = _next_interview(study, material, stand)
    elif wish.sweep:
        picks = _sweep(study, material, suggestions, stand)
    else:
        picks = _batch(study, material, suggestions, stand, coder, wish)
    if wish.blind:
        picks = [replace(pick, blind=True) for pick in picks]
    first: dict[str, int] = {}
    for at, segment in enumerate(material.segments):
        first.setdefault(segment.transcript_id, at)
    last = len(material.segments)
    return sorted(
        picks,
        key=lambda pick: (
            first.get(pick.segment.transcript_id, last),
            pick.segment.source_start,
            pick.segment.source_end,
        ),
    )


def _batch(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    stand: Stand,
    coder: str,
    wish: Wish,
) -> list[Pick]:
    """Shares of the two lists, while they last, and what the strategy asks for.

    Where it has less to ask than the rest of the batch, the lists fill the batch up.
    """
    import numpy as np

    rng = np.random.default_rng(
        [study.config.study.seed, int(key_of("deal", coder, stand.books)[:12], 16)]
    )
    batch = study.config.review.batch
    free = [
        row
        for row, anchor in enumerate(material.anchors)
        if row not in stand.reserved and place_of(anchor) not in stand.away
    ]
    # Blind, an anchor row would be one more audit row, and lost to its own question.
    anchors = [] if wish.blind else stand.anchor
    n_anchor = min(len(anchors), int(np.ceil(ANCHOR_SHARE * batch)))
    n_audit = max(int(np.ceil(AUDIT_SHARE * batch)), batch - n_anchor - len(free))
    picks = stand.audit[:n_audit]
    n_anchor = max(n_anchor, batch - len(picks) - len(free))
    picks = [*picks, *anchors[: min(n_anchor, batch - len(picks))]]
    return picks + _queried(study, material, suggestions, free, len(picks), rng)


def _queried(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    free: Sequence[int],
    n_taken: int,
    rng: np.random.Generator,
) -> list[Pick]:
    """What the strategy asks next; a tenth of it without suggestions."""
    pool = _pool(study, material, suggestions, free)
    wanted = study.config.review.batch - n_taken
    chosen = choose(pool, wanted, load_object(STRATEGIES[STRATEGY]), rng)
    n_blind = int(round(BLIND_SHARE * len(chosen)))
    blind = set(rng.permutation(len(chosen))[:n_blind].tolist())
    return [
        Pick(
            segment=material.segments[free[row]],
            anchor=material.anchors[free[row]],
            list="query",
            rank=at + 1,
            why=why,
            blind=at in blind,
        )
        for at, (row, why) in enumerate(chosen)
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


def _whole(material: Material, transcript_id: str, stand: Stand, blind: bool) -> list[Pick]:
    """What a coder has not seen of one interview; rows of the lists for whom they are drawn."""
    picks = [
        Pick(segment=segment, anchor=anchor, list="train", why="the whole interview", blind=blind)
        for row, (segment, anchor) in enumerate(
            zip(material.segments, material.anchors, strict=True)
        )
        if segment.transcript_id == transcript_id
        and row not in stand.reserved
        and place_of(anchor) not in stand.mine
    ]
    listed = stand.audit if blind else [*stand.audit, *stand.anchor]
    return picks + [pick for pick in listed if pick.segment.transcript_id == transcript_id]


def _next_interview(study: Study, material: Material, stand: Stand) -> list[Pick]:
    """What is left of the next whole interview to train on: the same one for every coder."""
    import numpy as np

    names = sorted({segment.transcript_id for segment in material.segments})
    for at in np.random.default_rng(study.config.study.seed).permutation(len(names)):
        picks = _whole(material, names[at], stand, True)
        if picks:
            return picks
    return []


def _sweep(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    stand: Stand,
) -> list[Pick]:
    """Per interview and code not yet confirmed there, the likeliest row that nobody has seen."""
    import numpy as np

    confirmed: dict[str, set[str]] = defaultdict(set)
    for row, code in zip(*np.nonzero(np.nan_to_num(material.Y) > 0.5), strict=True):
        confirmed[material.segments[row].transcript_id].add(material.prior.codes[code])
    best: dict[tuple[str, str], tuple[float, int]] = {}
    for row, segment in enumerate(material.segments):
        if row in stand.reserved or place_of(material.anchors[row]) in stand.away:
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
        Pick(
            segment=material.segments[row],
            anchor=material.anchors[row],
            list="sweep",
            rank=at + 1,
            why=f"likeliest so far for {', '.join(codes)}",
        )
        for at, (row, codes) in enumerate(wanted.items())
    ]


def _write(
    study: Study,
    material: Material,
    suggestions: dict[str, list[Suggestion]],
    turns: dict[str, list[Turn]],
    coder: str,
    picks: Sequence[Pick],
    wish: Wish,
    gate: Gate,
) -> str:
    """The workbook to disk and its rows into the store: the rows first, or a row could be lost."""
    with look_at(study.decisions) as db:
        number = 1 + sum(book.coder == coder for book in read_workbooks(db))
    model_id = _model_of(suggestions)
    # Of the model that suggested: a newer one may have been trained since.
    round_ = round_of(model_id) if model_id else newest_round(study) or 0
    book = Workbook(
        id=f"{coder}-{number:02d}",
        coder=coder,
        round=round_,
        phase=study.config.review.phase,
        codebook_version=study.codebook.version,
        codes=study.codebook.ids,
        segmentation=study.config.segment.unit,
        model_id=model_id,
        made=now(),
        definitions={code.id: definition_hash(code) for code in study.codebook.codes},
    )
    limit, shown_from = study.config.review.suggestions, thresholds_of(study, round_)
    apart = exclusions(study.codebook.codes)
    shown = [_shown(suggestions, pick, limit, shown_from, apart) for pick in picks]
    reasons = with_reasons(study, material, [one for listed in shown for one in listed])
    contents = [
        _content(
            turns[pick.segment.transcript_id],
            book,
            at,
            pick,
            [reasons[one.segment_id, one.code] for one in listed],
            study.config.segment.context,
        )
        for at, (pick, listed) in enumerate(zip(picks, shown, strict=True), start=1)
    ]
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
    note_written(study, path, data)
    n_blind = sum(pick.blind for pick in picks)
    told = f"{coder}: {path} ({len(picks)} rows, {n_blind} without suggestions"
    if n_again := sum(bool(pick.asked) for pick in picks):
        told += f", {n_again} asked again for codes that are new or redefined"
    return f"{told})"


def _shown(
    suggestions: dict[str, list[Suggestion]],
    pick: Pick,
    limit: int,
    shown_from: dict[str, float],
    apart: frozenset[tuple[str, str]],
) -> list[Suggestion]:
    """What a row suggests, the likeliest first; never two codes that exclude one another."""
    if pick.blind:
        return []
    offered = suggestions.get(pick.segment.segment_id, [])
    likely = [one for one in offered if one.score >= shown_from.get(one.code, 0.5)]
    kept = without_excluded([one.code for one in likely], apart)[:limit]
    return [one for one in likely if one.code in kept]


def _content(
    around: Sequence[Turn],
    book: Workbook,
    position: int,
    pick: Pick,
    shown: Sequence[Suggestion],
    n_context: int,
) -> RowContent:
    segment = pick.segment
    dealt = Dealt(
        row_id=f"{book.id}-{position:03d}",
        workbook_id=book.id,
        position=position,
        segment_id=segment.segment_id,
        anchor=pick.anchor,
        list=pick.list,
        list_rank=pick.rank,
        why=pick.why,
        blind=pick.blind,
        shown=tuple((one.code, one.score) for one in shown),
        text_check=text_check(segment.text),
        asked=pick.asked,
        segmentation=pick.segmentation,
    )
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
