"""Replay a study that is coded already: what each way of asking would have found, and when.

Per seed some transcripts are held out for the score; the rest are the pool. Coding starts from
nothing, a batch at a time; after each batch the model learns and is scored. Every strategy but
`random` gives a fifth of each batch to an audit list that is drawn once and reserved, as a study
does. How a model learns and how a strategy asks are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import PipelineError

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

HELD_OUT = 0.3  # of the transcripts, for the score
AUDIT_SHARE = 0.2  # of each batch, while the list lasts
RARE = 0.02  # a code with a smaller share of the rows is rare
N_RAREST = 3  # where none is, the rarest so many stand in
NEARLY = 0.95  # of the score that all labels together give
BASELINE = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """What a study does between two batches. Rows are rows of the coded data."""

    # (decided rows, (n,) bool which of them chance drew, rng) -> model
    learn: Callable[[Rows, NDArray[np.bool_], np.random.Generator], Any]
    score: Callable[[Any, Rows], tuple[Floats, Floats]]  # -> (n, k) scores, (k,) thresholds
    # (strategy, free rows, their scores, decided rows, how many, rng) -> rows to ask
    ask: Callable[[str, Rows, Floats, Rows, int, np.random.Generator], Rows]
    audit: Callable[[Sequence[str], np.random.Generator], list[int]]  # transcripts -> places, first
    measure: Callable[[Rows, Floats, Floats], tuple[float | None, float | None]]  # macro F1, AP


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One seed's rows."""

    pool: Rows
    held_out: Rows
    audit: Rows  # of the pool, the first to be answered first


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One strategy under one seed; p points, the first with nothing decided."""

    n_labels: tuple[int, ...]
    f1: tuple[float | None, ...]
    ap: tuple[float | None, ...]
    n_positive: tuple[int, ...]  # (k,) found by the end
    asked: tuple[int, ...]  # rows in the order in which they were asked


def split(Y: Floats, groups: Sequence[str], loop: Loop, rng: np.random.Generator) -> Split:
    """Whole transcripts to the pool and to the held-out rows; only rows somebody was asked about.

    Raises
    ------
    PipelineError : coded rows are of one transcript only.
    """
    asked = np.flatnonzero(~np.isnan(Y).all(axis=1))
    names = np.array(sorted({groups[int(row)] for row in asked}), dtype=str)
    if len(names) < 2:
        raise PipelineError(
            "only one transcript has coded rows, so none can be held out",
            mend="Code rows of at least two transcripts.",
        )
    n_held = min(len(names) - 1, max(1, round(HELD_OUT * len(names))))
    held = set(rng.permutation(names)[:n_held].tolist())
    outside = np.array([groups[int(row)] in held for row in asked])
    pool = asked[~outside]
    listed = loop.audit([groups[int(row)] for row in pool], rng)
    return Split(pool=pool, held_out=asked[outside], audit=pool[np.asarray(listed, dtype=np.intp)])


def replay(
    Y: Floats,
    parts: Split,
    loop: Loop,
    strategy: str,
    *,
    batch: int,
    budget: int,
    rng: np.random.Generator,
) -> Curve:
    """Code the pool batch by batch, as the strategy asks, and score the model after each.

    Parameters
    ----------
    Y : (n, k) the truth, NaN where not asked; a row's answer is what stands here.
    budget : rows that may be asked; no more than the pool has.
    """
    audited = strategy != BASELINE
    decided = np.zeros(0, dtype=np.intp)
    chance = np.zeros(0, dtype=np.bool_)
    waiting = parts.audit if audited else parts.audit[:0]
    free = np.setdiff1d(parts.pool, waiting)
    n_labels, f1, ap = [], [], []
    while True:
        order = np.argsort(decided)  # as a study has them: by transcript and place
        model = loop.learn(decided[order], chance[order], np.random.default_rng(0))
        found = loop.measure(parts.held_out, *loop.score(model, parts.held_out))
        n_labels.append(len(decided))
        f1.append(found[0])
        ap.append(found[1])
        left = min(batch, budget - len(decided))
        if left < 1 or not len(free) + len(waiting):
            break
        n_audit = min(len(waiting), int(np.ceil(AUDIT_SHARE * left)))
        n_free = min(len(free), left - n_audit)
        n_audit = min(len(waiting), left - n_free)
        asked = free[:0]
        if n_free:
            scores, _ = loop.score(model, free)
            asked = loop.ask(strategy, free, scores, decided[order], n_free, rng)
        decided = np.concatenate([decided, waiting[:n_audit], asked])
        by_chance = np.full(len(asked), not audited)
        chance = np.concatenate([chance, np.ones(n_audit, dtype=np.bool_), by_chance])
        waiting, free = waiting[n_audit:], np.setdiff1d(free, asked)
    return Curve(
        n_labels=tuple(n_labels),
        f1=tuple(f1),
        ap=tuple(ap),
        n_positive=tuple(int(n) for n in (np.nan_to_num(Y[decided]) > 0.5).sum(axis=0)),
        asked=tuple(int(row) for row in decided),
    )
