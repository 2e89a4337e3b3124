"""What training, suggesting and dealing read: segments with vectors, and what people decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.codebook import codebook_hash, exclusions
from pipeline.errors import PipelineError, known_names
from pipeline.records import CANONICAL_VERSION, Anchor, Decision, Segment
from pipeline.steps.embed import embed
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study
from pipeline.store import derived
from pipeline.store.decisions import look_at, read_dealt, read_decisions, read_drawn
from pipeline.suggest.features import Features, Floats, features_in_order
from pipeline.suggest.prior import Prior, make_prior
from pipeline.targets import latest, on_rows_read, targets, with_parents

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


# Columns of the transcripts table that are Motif's; all others are the team's, published ones.
_OWN = ("transcript_id", "transcript_hash", "earlier", "participant", "language", "words")


# Lists whose rows nothing that is said in them has chosen.
_BY_CHANCE = ("audit", "anchor", "train")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One transcript as it is known outside the vault."""

    transcript_id: str
    transcript_hash: str
    earlier: str  # hashes of its text before the team edited the file, joined by ;
    participant: str
    language: str
    words: int  # of respondents, as they were said: pseudonyms would change a rate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """n segments in order; Y and weights say what people decided of them."""

    segments: list[Segment]
    anchors: list[Anchor]
    features: Features
    embedding: str  # id of the model that made the vectors
    prior: Prior
    codebook: str  # hash
    decisions: list[Decision]
    astray: int  # decisions that stand on text which is no longer there
    Y: Floats  # (n, k)
    weights: Floats  # (n, k)
    groups: list[str]  # (n,) participant, or the transcript where none is known
    chance: NDArray[np.bool_]  # (n,) decided rows that nothing said in them had chosen
    exclusions: frozenset[tuple[str, str]]  # ids of codes that cannot both hold

    @property
    def decided(self) -> NDArray[np.bool_]:
        """(n,) whether anybody decided anything of the segment."""
        import numpy as np

        return np.asarray(~np.isnan(self.Y).all(axis=1))


def write_texts(study: Study, texts: Sequence[Text], columns: Sequence[dict[str, str]]) -> None:
    """derived/transcripts.parquet; `columns` are the published columns of participants.csv."""
    import pandas as pd

    from pipeline.store.gate import Gate

    rows = [{name: getattr(text, name) for name in _OWN} for text in texts]
    frame = pd.DataFrame(
        [{**more, **row} for row, more in zip(rows, columns, strict=True)],
        columns=[*_OWN, *dict.fromkeys(name for more in columns for name in more)],
    )
    derived.write_table(study.derived / "transcripts.parquet", frame, (), Gate(()))


def read_texts(study: Study) -> Any:
    """The transcripts table: one row each, with the published columns of their participants."""
    return derived.require(derived.read_table(study.derived / "transcripts.parquet"), "anonymise")


def published_columns(texts: Any) -> list[str]:
    """The columns of the transcripts table that the team publishes, in its order."""
    return [name for name in texts.columns if name not in _OWN]


def left_out_of_coding(study: Study, texts: Any) -> list[str]:
    """The transcripts that [review] leave_out names: read and anonymised, but not coded.

    Raises
    ------
    PipelineError : a column that is not published, or a value that nobody has.
    """
    names, faults = set[str](), []
    for column, values in study.config.review.leave_out.items():
        where = f"[review] leave_out, '{column}'"
        if column not in published_columns(texts):
            known = known_names(published_columns(texts))
            mend = f"Name it in [publish] columns too; there are: {known or 'none'}."
            faults.append(PipelineError("this is no published column", where=where, mend=mend))
            continue
        for value in values:
            found = texts.loc[texts[column] == value, "transcript_id"]
            if found.empty:
                have = known_names(str(one) for one in set(texts[column]))
                wrong = f"no transcript has the value '{value}'"
                faults.append(PipelineError(wrong, where=where, mend=f"There are: {have}."))
            names |= set(found)
    if faults:
        raise PipelineError.join(faults)
    return sorted(names)


def anchors_of(study: Study, segments: Sequence[Segment]) -> list[Anchor]:
    """Where each segment stands in the source."""
    texts = read_texts(study)
    digest = dict(zip(texts["transcript_id"], texts["transcript_hash"], strict=True))
    return [
        Anchor(
            transcript_hash=digest[segment.transcript_id],
            canonical=CANONICAL_VERSION,
            source_start=segment.source_start,
            source_end=segment.source_end,
            text_hash=segment.text_hash,
        )
        for segment in segments
    ]


def texts_by_hash(study: Study) -> dict[str, tuple[str, str]]:
    """Hash of a text, now or before an edit: (transcript id, hash of its text now)."""
    rows = list(read_texts(study).itertuples())
    now_of = {
        old: (row.transcript_id, row.transcript_hash)
        for row in rows
        for old in str(row.earlier).split(";")
        if old
    }
    return now_of | {row.transcript_hash: (row.transcript_id, row.transcript_hash) for row in rows}


def settle(
    study: Study, anchors: Sequence[Anchor], segments: Sequence[Segment]
) -> list[Anchor | None]:
    """Anchors on an earlier text of an edited file, moved to where the same words now stand.

    None for those whose words are nowhere any more. Anchors on a text of today stay as they are.
    Where the same words stand several times, they keep their order; to find it, all that is known
    of the earlier text (decisions, dealt and drawn rows) is moved together.
    """
    now_of = texts_by_hash(study)
    with look_at(study.decisions) as db:
        kept = [one.anchor for one in read_decisions(db)]
        kept += [row.anchor for row in read_dealt(db)]
        kept += [anchor for anchor, _, _ in read_drawn(db, "audit")]
    moved = _moves([*kept, *anchors], segments, now_of)
    settled: list[Anchor | None] = []
    for one in anchors:
        name, digest = now_of.get(one.transcript_hash, ("", ""))
        if digest == one.transcript_hash or not name:
            settled.append(one if name else None)
            continue
        place = moved.get((one.transcript_hash, one.text_hash, one.source_start))
        if place is None:
            settled.append(None)
            continue
        start, end = place.source_start, place.source_end
        settled.append(replace(one, transcript_hash=digest, source_start=start, source_end=end))
    return settled


def _moves(
    known: Sequence[Anchor], segments: Sequence[Segment], now_of: dict[str, tuple[str, str]]
) -> dict[tuple[str, str, int], Segment]:
    """(earlier text, hash of the words, start there) -> the segment that has these words now."""
    old_starts: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in known:
        name, digest = now_of.get(one.transcript_hash, ("", ""))
        if name and digest != one.transcript_hash:
            old_starts[one.transcript_hash, one.text_hash].add(one.source_start)
    places: dict[tuple[str, str], list[Segment]] = defaultdict(list)
    for segment in sorted(segments, key=lambda segment: segment.source_start):
        places[segment.transcript_id, segment.text_hash].append(segment)
    # Words that stood and stand once say how far an edit has pushed what is near them.
    pushed: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (text, words), starts in old_starts.items():
        found = places.get((now_of[text][0], words), [])
        if len(starts) == len(found) == 1:
            (start,) = starts
            pushed[text].append((start, found[0].source_start - start))
    moved = {}
    for (text, words), starts in old_starts.items():
        found = places.get((now_of[text][0], words), [])
        ordered = sorted(starts)
        expected = [start + _push(start, pushed[text]) for start in ordered]
        for old, new in in_order(expected, [segment.source_start for segment in found]):
            moved[text, words, ordered[old]] = found[new]
    return moved


def _push(start: int, pushed: Sequence[tuple[int, int]]) -> int:
    """How far the nearest words of which it is known have moved; 0 where none is."""
    return min(pushed, key=lambda one: abs(one[0] - start), default=(0, 0))[1]


def in_order(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs (index in old, index in new), as many as there can be, that keep the order.

    As many old as new: the first with the first, the second with the second. Else those pairs that
    lie nearest to each other; the surplus has no partner.
    """
    if len(old) > len(new):
        return [(i, j) for j, i in in_order(new, old)]
    # cost[i][j]: the least sum of distances of the first i old ones among the first j new ones
    far = float("inf")
    cost = [[0.0] * (len(new) + 1)] + [[far] * (len(new) + 1) for _ in old]
    for i in range(1, len(old) + 1):
        for j in range(i, len(new) + 1):
            cost[i][j] = min(cost[i][j - 1], cost[i - 1][j - 1] + abs(old[i - 1] - new[j - 1]))
    pairs = []
    i, j = len(old), len(new)
    while i:
        if j > i and cost[i][j] == cost[i][j - 1]:
            j -= 1
            continue
        pairs.append((i - 1, j - 1))
        i, j = i - 1, j - 1
    return pairs[::-1]


def settle_decisions(
    study: Study, decisions: Sequence[Decision], segments: Sequence[Segment]
) -> tuple[list[Decision], list[Decision]]:
    """The decisions that count, at their place of today; and those whose words are gone.

    Moved first and compared then, so that a later word on an edited text replaces the earlier one.
    """
    places = settle(study, [one.anchor for one in decisions], segments)
    both = list(zip(decisions, places, strict=True))
    settled = [replace(one, anchor=place) for one, place in both if place is not None]
    return latest(settled), latest(one for one, place in both if place is None)


def settle_anchors(
    study: Study, decisions: Sequence[Decision], segments: Sequence[Segment]
) -> tuple[list[Decision], int]:
    """The decisions that count, and how many stand on words that are nowhere any more.

    Those are kept in the store as they are.
    """
    settled, astray = settle_decisions(study, decisions, segments)
    return settled, len(astray)


def read_material(
    study: Study,
    *,
    scheduler: str | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Material:
    """All of it; vectors that are not there yet are made.

    Raises
    ------
    PipelineError : the step 'segment' has not run, or the embedding model does not load.
    """
    segments = read_segments(study)
    X, embedding, _ = embed(
        study, [segment.text for segment in segments], scheduler=scheduler, progress=progress
    )
    codebook = study.codebook
    prior = make_prior(codebook, lambda texts: embed(study, texts, name="codebook")[0])
    anchors = anchors_of(study, segments)
    with look_at(study.decisions) as db:
        every = read_decisions(db)
    decisions, astray = settle_anchors(study, every, segments)
    Y, weights = targets(decisions, segments, anchors, codebook.ids)
    Y, weights = with_parents(Y, weights, codebook.codes)
    transcript_ids = [segment.transcript_id for segment in segments]
    return Material(
        segments=segments,
        anchors=anchors,
        features=features_in_order([s.text for s in segments], X, transcript_ids),
        embedding=embedding,
        prior=prior,
        codebook=codebook_hash(codebook),
        decisions=decisions,
        astray=astray,
        Y=Y,
        weights=weights,
        groups=_groups(study, transcript_ids),
        chance=_by_chance(decisions, anchors),
        exclusions=exclusions(codebook.codes),
    )


def _by_chance(decisions: Sequence[Decision], anchors: Sequence[Anchor]) -> NDArray[np.bool_]:
    """(n,) the segments that the audit or the anchor list drew, or that stand in an interview coded
    whole: of those alone the share of a code says how common it is.

    An import is such an interview only as far as its coder said no as well (see `on_rows_read`).
    """
    import numpy as np

    drawn = {
        (one.anchor.transcript_hash, one.anchor.source_start, one.anchor.source_end)
        for one in on_rows_read(decisions)
        if one.list in _BY_CHANCE
    }
    places = [(one.transcript_hash, one.source_start, one.source_end) for one in anchors]
    return np.array([place in drawn for place in places], dtype=np.bool_)


def _groups(study: Study, transcript_ids: Sequence[str]) -> list[str]:
    """The participant of each, so that one who was interviewed twice is never in two folds."""
    texts = read_texts(study)
    who = dict(zip(texts["transcript_id"], texts["participant"], strict=True))
    return [who.get(name) or name for name in transcript_ids]
