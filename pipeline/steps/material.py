"""What training, suggesting and dealing read: segments with vectors, and what people decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.codebook import codebook_hash
from pipeline.records import CANONICAL_VERSION, Anchor, Decision, Segment
from pipeline.steps.embed import embed
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study
from pipeline.store import derived
from pipeline.store.decisions import look_at, read_decisions
from pipeline.suggest.features import Features, Floats, features_in_order
from pipeline.suggest.prior import Prior, make_prior
from pipeline.targets import latest, targets, with_parents

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One transcript as it is known outside the vault."""

    transcript_id: str
    transcript_hash: str
    earlier: str  # hashes of its text before the team edited the file, joined by ;
    participant: str
    language: str


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

    @property
    def decided(self) -> NDArray[np.bool_]:
        """(n,) whether anybody decided anything of the segment."""
        import numpy as np

        return np.asarray(~np.isnan(self.Y).all(axis=1))


def write_texts(study: Study, texts: Sequence[Text], columns: Sequence[dict[str, str]]) -> None:
    """derived/transcripts.parquet; `columns` are the published columns of participants.csv."""
    import pandas as pd

    from pipeline.store.gate import Gate

    fields = ("transcript_id", "transcript_hash", "earlier", "participant", "language")
    rows = [{name: getattr(text, name) for name in fields} for text in texts]
    frame = pd.DataFrame(
        [{**more, **row} for row, more in zip(rows, columns, strict=True)],
        columns=[*fields, *dict.fromkeys(name for more in columns for name in more)],
    )
    derived.write_table(study.derived / "transcripts.parquet", frame, (), Gate(()))


def read_texts(study: Study) -> Any:
    """The transcripts table: one row each, with the published columns of their participants."""
    return derived.require(derived.read_table(study.derived / "transcripts.parquet"), "anonymise")


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


def settle_anchors(
    study: Study, decisions: Sequence[Decision], segments: Sequence[Segment]
) -> tuple[list[Decision], int]:
    """Decisions on an earlier text of an edited file, moved to where the same words now stand.

    Returns the decisions, and how many stand on words that are nowhere any more: those are kept in
    the store as they are.
    """
    texts = read_texts(study)
    current = set(texts["transcript_hash"])
    now_of = {
        old: (row.transcript_id, row.transcript_hash)
        for row in texts.itertuples()
        for old in str(row.earlier).split(";")
        if old
    }
    places = {(s.transcript_id, s.text_hash): s for s in segments}
    settled, astray = [], 0
    for one in decisions:
        if one.anchor.transcript_hash in current:
            settled.append(one)
            continue
        name, digest = now_of.get(one.anchor.transcript_hash, ("", ""))
        place = places.get((name, one.anchor.text_hash))
        if place is None:
            astray += 1
            continue
        anchor = replace(
            one.anchor,
            transcript_hash=digest,
            source_start=place.source_start,
            source_end=place.source_end,
        )
        settled.append(replace(one, anchor=anchor))
    return settled, astray


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
        decisions, astray = settle_anchors(study, latest(read_decisions(db)), segments)
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
    )


def _groups(study: Study, transcript_ids: Sequence[str]) -> list[str]:
    """The participant of each, so that one who was interviewed twice is never in two folds."""
    texts = read_texts(study)
    who = dict(zip(texts["transcript_id"], texts["participant"], strict=True))
    return [who.get(name) or name for name in transcript_ids]
