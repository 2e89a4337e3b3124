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


def split(
    Y: Floats,
    groups: Sequence[str],
    audit: Callable[[Sequence[str], np.random.Generator], list[int]],
    rng: np.random.Generator,
) -> Split:
    """Whole transcripts to the pool and to the held-out rows; only rows somebody was asked about.

    Parameters
    ----------
    Y : (n, k) NaN where not asked.
    groups : (n,) the transcript of each row.
    audit : (transcript of each row, rng) -> which of these rows are on the audit list, by rank.

    Raises
    ------
    PipelineError : coded rows are of one transcript only, or there are none.
    """
    asked = np.flatnonzero(~np.isnan(Y).all(axis=1))
    names = np.array(sorted({groups[int(row)] for row in asked}), dtype=str)
    if not len(names):
        raise PipelineError(
            "no row was asked, so there is nothing to replay",
            mend="Column 'coded' says 1 where somebody was asked; leave it out if all rows were.",
        )
    if len(names) < 2:
        raise PipelineError(
            "only one transcript has coded rows, so none can be held out",
            mend="Code rows of at least two transcripts.",
        )
    n_held = min(len(names) - 1, max(1, round(HELD_OUT * len(names))))
    held = set(rng.permutation(names)[:n_held].tolist())
    outside = np.array([groups[int(row)] in held for row in asked])
    pool = asked[~outside]
    listed = audit([groups[int(row)] for row in pool], rng)
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


def rarest(Y: Floats) -> tuple[Rows, str]:
    """The codes whose positives are counted, and what they have in common, in words."""
    asked = ~np.isnan(Y)
    share = (np.nan_to_num(Y) > 0.5).sum(axis=0) / np.maximum(1, asked.sum(axis=0))
    found = np.flatnonzero(share > 0)
    rare = found[share[found] < RARE]
    if len(rare):
        return rare, f"under {100 * RARE:.0f} % of the rows"
    by_share = found[np.argsort(share[found], kind="stable")][:N_RAREST]
    return np.sort(by_share), f"the {len(by_share)} rarest, as none is under {100 * RARE:.0f} %"


def summary(
    curves: Mapping[str, Sequence[Curve]],
    whole: Sequence[Curve],
    splits: Sequence[Split],
    Y: Floats,
    codes: Sequence[str],
) -> dict[str, Any]:
    """What `motif simulate --json` says of the curves, one per seed of each strategy.

    Parameters
    ----------
    curves : by strategy, `random` among them, each in the order of `splits`.
    whole : what all labels of the pool give, in the same order.
    Y : (n, k) the truth, NaN where not asked.

    Returns
    -------
    full, rare, strategies. An area is the mean height of a curve from nothing decided to the
    budget; it is held against that of `random` seed by seed, with a 95 % t interval over seeds.
    Labels until something: where the mean curve first gets there. What cannot be said is None.
    """
    rare, what = rarest(Y)
    full = _mean([one.f1[-1] for one in whole])
    goal = NEARLY * full if full else None  # nothing learnt is reached by nothing coded
    base = curves[BASELINE]
    base_end = _mean([one.f1[-1] for one in base])
    base_rare = _mean([float(sum(one.n_positive[at] for at in rare)) for one in base])
    in_pool = _mean([float(np.nansum(Y[one.pool][:, rare] > 0.5)) for one in splits])
    strategies = {}
    for name, of_seed in curves.items():
        n_labels = of_seed[0].n_labels
        f1 = [_area(one.n_labels, one.f1) for one in of_seed]
        ap = [_area(one.n_labels, one.ap) for one in of_seed]
        rises = _against(f1, [_area(one.n_labels, one.f1) for one in base])
        ap_rises = _against(ap, [_area(one.n_labels, one.ap) for one in base])
        low, high = _interval(rises) if name != BASELINE else (None, None)
        mean = [_mean([one.f1[at] for one in of_seed]) for at in range(len(n_labels))]
        n_rare = _mean([float(sum(one.n_positive[at] for at in rare)) for one in of_seed])
        strategies[name] = {
            "n_labels": list(n_labels),
            "macro_f1": [list(one.f1) for one in of_seed],
            "macro_ap": [list(one.ap) for one in of_seed],
            "macro_f1_end": mean[-1],
            "macro_ap_end": _mean([one.ap[-1] for one in of_seed]),
            "area": _mean(f1),
            "area_vs_random": _mean(rises),
            "area_vs_random_low": low,
            "area_vs_random_high": high,
            "area_ap": _mean(ap),
            "area_ap_vs_random": _mean(ap_rises),
            "labels_to_95": _first(n_labels, mean, goal),
            "labels_to_random": _first(n_labels, mean, base_end),
            "positives": {
                code: _mean([float(one.n_positive[at]) for one in of_seed])
                for at, code in enumerate(codes)
            },
            "rare_positives": n_rare,
            "rare_vs_random": round(n_rare / base_rare, 6) if n_rare and base_rare else None,
        }
    return {
        "full": {"macro_f1": full, "macro_ap": _mean([one.ap[-1] for one in whole])},
        "rare": {"what": what, "codes": [codes[int(at)] for at in rare], "in_pool": in_pool},
        "strategies": strategies,
    }


def _area(n_labels: Sequence[int], values: Sequence[float | None]) -> float | None:
    """The mean height of a curve; None where a point of it is not known."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    if n_labels[-1] == n_labels[0]:
        return known[0]
    return float(np.trapezoid(known, n_labels) / (n_labels[-1] - n_labels[0]))


def _against(areas: Sequence[float | None], base: Sequence[float | None]) -> list[float | None]:
    """By how much, of itself, each seed's area is over that of the same seed's `random`."""
    return [
        one / other - 1 if one is not None and other else None
        for one, other in zip(areas, base, strict=True)
    ]


def _interval(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    """95 % t interval of the mean over seeds; None under two seeds."""
    from scipy.stats import t

    known = np.array([value for value in values if value is not None])
    if len(known) < 2:
        return None, None
    reach = float(t.ppf(0.975, len(known) - 1) * known.std(ddof=1) / len(known) ** 0.5)
    return round(float(known.mean()) - reach, 6), round(float(known.mean()) + reach, 6)


def _first(
    n_labels: Sequence[int], values: Sequence[float | None], goal: float | None
) -> int | None:
    """After how many labels a curve first reaches the goal."""
    for n, value in zip(n_labels, values, strict=True):
        if goal is not None and value is not None and value >= goal:
            return n
    return None


def _mean(values: Sequence[float | None]) -> float | None:
    """Over what is known, to six decimals; None where nothing is."""
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 6) if known else None
