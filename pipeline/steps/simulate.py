"""Replay data coded elsewhere: how fast would each way of asking have learnt from it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import load_object
from pipeline.errors import PipelineError, known_names
from pipeline.evaluate import scores
from pipeline.execute import map_over
from pipeline.query import STRATEGIES, Pool
from pipeline.query.choose import choose
from pipeline.query.lists import drawn_lists
from pipeline.simulate import BASELINE, Curve, Loop, Split, replay, split, summary
from pipeline.steps.evaluate import Coded, read_coded
from pipeline.steps.train import classifier
from pipeline.store.gate import Gate, write_out
from pipeline.suggest.prior import as_share, prior_scores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AUDIT_ROWS = 10  # per transcript, as a new study.toml has it
FEW_TRANSCRIPTS = 10
_SHOWN = 8  # codes named in a warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `motif simulate` was asked for."""

    strategies: tuple[str, ...] = ()  # none: all
    seeds: int = 5
    batch: int = 50
    budget: int = 600
    seed: int = 7
    workers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    """One strategy under one seed."""

    coded: Coded
    wanted: Wanted
    at: int  # which seed
    strategy: str | None  # None: all labels of the pool at once


def simulate_csv(
    file: Path,
    codebook_file: Path | None,
    wanted: Wanted,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    *,
    only_known: bool = False,
) -> dict[str, Any]:
    """The document of `motif simulate --json`; `only_known` as in `read_coded`.

    `random` is always among the strategies: the others are held against it, seed by seed.

    Raises
    ------
    PipelineError : columns missing, nothing coded, one transcript only, codes not in the codebook,
        an unknown strategy.
    """
    names = _strategies(wanted.strategies)
    coded = read_coded(file, codebook_file, only_known=only_known)
    splits = [_split(coded, wanted, at) for at in range(wanted.seeds)]
    budget = min(wanted.budget, *(len(one.pool) for one in splits))
    runs = [
        _Run(coded=coded, wanted=replace(wanted, budget=budget), at=at, strategy=name)
        for at in range(wanted.seeds)
        for name in (None, *names)
    ]
    curves: list[Curve] = []
    step = len(names) + 1 if wanted.workers > 1 else 1  # runs between two signs of progress
    for start in range(0, len(runs), step):
        progress("simulate", start, len(runs))
        curves += map_over(_replay, runs[start : start + step], workers=wanted.workers)
    progress("simulate", len(runs), len(runs))

    def of(name: str | None) -> list[Curve]:
        return [one for run, one in zip(runs, curves, strict=True) if run.strategy == name]

    found = summary(
        {name: of(name) for name in names}, of(None), splits, coded.Y, coded.prior.codes
    )
    return {
        "budget": budget,
        "batch": wanted.batch,
        "seeds": wanted.seeds,
        "n": len(splits[0].pool) + len(splits[0].held_out),
        "transcripts": len({coded.groups[int(row)] for row in _asked(coded)}),
        **found,
        "warnings": list(_warnings(coded, wanted, splits, budget)),
    }


def _strategies(wanted: Sequence[str]) -> list[str]:
    """Those named, `random` first; all where none is."""
    unknown = sorted(set(wanted) - set(STRATEGIES))
    if unknown:
        raise PipelineError(
            f"there is no strategy {', '.join(unknown)}",
            where="--strategies",
            mend=f"There are: {known_names(STRATEGIES)}.",
        )
    return list(dict.fromkeys((BASELINE, *(wanted or STRATEGIES))))


def _split(coded: Coded, wanted: Wanted, at: int) -> Split:
    import numpy as np

    def audit(transcripts: Sequence[str], rng: np.random.Generator) -> list[int]:
        return [row for row, _ in drawn_lists(transcripts, AUDIT_ROWS, rng)[0]]

    return split(coded.Y, coded.groups, audit, np.random.default_rng([wanted.seed, at]))


def _replay(run: _Run) -> Curve:
    """One replay; depends on its item alone, so that it can run on another process."""
    import numpy as np

    parts = _split(run.coded, run.wanted, run.at)
    at_once = len(parts.pool) if run.strategy is None else None
    return replay(
        run.coded.Y,
        parts,
        _loop(run.coded, parts),
        run.strategy or BASELINE,
        batch=at_once or run.wanted.batch,
        budget=at_once or run.wanted.budget,
        rng=np.random.default_rng([run.wanted.seed, run.at, 1]),
    )


def _asked(coded: Coded) -> NDArray[np.intp]:
    import numpy as np

    return np.flatnonzero(~np.isnan(coded.Y).all(axis=1))


def _loop(coded: Coded, parts: Split) -> Loop:
    """The classifier in use and the strategies, over rows of the coded data."""
    import numpy as np

    chosen = classifier()
    codes = coded.prior.codes
    by_codebook = as_share(prior_scores(coded.prior, coded.features))
    corpus = coded.features.take(parts.pool)
    certain = np.nan_to_num(np.maximum(coded.Y, 1 - coded.Y))  # as `evaluate` weighs them

    def learn(rows: NDArray[np.intp], chance: NDArray[np.bool_], rng: np.random.Generator) -> Any:
        return chosen.fit(
            coded.features.take(rows), coded.Y[rows], certain[rows],
            [coded.groups[row] for row in rows], rng, coded.prior,
            chance=chance if chance.any() else None, corpus=corpus,
        )  # fmt: skip

    def score(model: Any, rows: NDArray[np.intp]) -> Any:
        return chosen.predict_proba(model, coded.features.take(rows)), model.thresholds

    def ask(
        strategy: str,
        free: NDArray[np.intp],
        proba: NDArray[np.float64],
        decided: NDArray[np.intp],
        n: int,
        rng: np.random.Generator,
    ) -> NDArray[np.intp]:
        pool = Pool(
            proba=np.round(proba, 6),  # as suggestions are stored
            X=coded.features.X[free],
            transcript_ids=tuple(coded.groups[row] for row in free),
            codes=codes,
            n_positive=(np.nan_to_num(coded.Y[decided]) > 0.5).sum(axis=0).astype(np.int64),
            n_decided=len(decided),
            decided_X=coded.features.X[decided],
            prior=by_codebook[free],
        )
        return free[[row for row, _ in choose(pool, n, load_object(STRATEGIES[strategy]), rng)]]

    def measure(
        rows: NDArray[np.intp], proba: NDArray[np.float64], thresholds: NDArray[np.float64]
    ) -> tuple[float | None, float | None]:
        macro = scores(
            coded.Y[rows], proba, np.tile(thresholds, (len(rows), 1)),
            [coded.groups[row] for row in rows], codes, np.random.default_rng(0), n_draws=0,
        )["macro"]  # fmt: skip
        return macro["f1"], macro["ap"]

    return Loop(learn=learn, score=score, ask=ask, measure=measure)


def _warnings(coded: Coded, wanted: Wanted, splits: Sequence[Split], budget: int) -> Iterator[str]:
    import numpy as np

    if budget < wanted.budget:
        yield (
            f"no more than {budget} rows can be asked, the others being held out for the score: "
            f"curves end there, not at {wanted.budget}"
        )
    asked = _asked(coded)
    n_transcripts = len({coded.groups[int(row)] for row in asked})
    if n_transcripts < FEW_TRANSCRIPTS:
        yield f"{n_transcripts} transcripts only: which of them is held out decides much of a score"
    if len({coded.features.texts[int(row)] for row in asked}) == 1:
        yield "all texts are the same: there is nothing to learn from, and nothing to choose by"
    n_positive = (np.nan_to_num(coded.Y[asked]) > 0.5).sum(axis=0)
    for n, what in ((0, "no example"), (1, "one example only")):
        few = [coded.prior.codes[at] for at in np.flatnonzero(n_positive == n)]
        if few:
            more = f" and {len(few) - _SHOWN} more" if len(few) > _SHOWN else ""
            listed = ", ".join(few[:_SHOWN]) + more
            yield f"{what}, so nothing can be learnt of it: {listed}"
    if not any(len(one.audit) for one in splits):
        yield (
            "the transcripts are too short for an audit list (a fifth of each at most), so the "
            "strategies are replayed without its share"
        )


def write_page(document: dict[str, Any], file: Path, name: str) -> str:
    """The page with the plots; a line that says where it is.

    Raises
    ------
    PipelineError : it cannot be written there.
    """
    from pipeline import __version__
    from pipeline.report.simulated import render

    # Codes' ids and figures: no participant's word stands in it.
    write_out(file, render(document, name, __version__).encode(), (), Gate(()))
    return f"{file}: learning curves of {len(document['strategies'])} strategies"


def describe(document: dict[str, Any]) -> Iterator[str]:
    """The same for a person, in lines of at most 100 columns."""
    full, rare = document["full"], document["rare"]
    yield (
        f"{document['n']} coded rows of {document['transcripts']} transcripts; "
        f"{document['budget']} labels in batches of {document['batch']}; {document['seeds']} seeds"
    )
    yield (
        f"with all labels of the pool: macro F1 {_two(full['macro_f1'])}, "
        f"macro AP {_two(full['macro_ap'])}"
    )
    yield (
        f"  {'strategy':<18}{'F1 end':>7}{'AP end':>8}{'F1 area':>9}{'against random, 95 %':>25}"
        f"{'95 % at':>8}{'level at':>9}{'rare':>7}{'times':>6}"
    )
    for name, one in document["strategies"].items():
        yield (
            f"  {name:<18}{_two(one['macro_f1_end']):>7}{_two(one['macro_ap_end']):>8}"
            f"{_two(one['area']):>9}{_against(one):>25}{_count(one['labels_to_95']):>8}"
            f"{_count(one['labels_to_random']):>9}{_one(one['rare_positives']):>7}"
            f"{_one(one['rare_vs_random']):>6}"
        )
    yield "F1 area: mean height of the curve. 95 % at: labels to 95 % of the F1 of all labels."
    yield "level at: labels to the F1 that random ends with. rare: positives of rare codes found."
    told = [f"rare codes ({rare['what']}): {', '.join(rare['codes'][:_SHOWN]) or '-'}"]
    for line in (*told, *(f"! {warning}" for warning in document["warnings"])):
        yield from textwrap.wrap(line, 100, subsequent_indent="  ", break_on_hyphens=False)


def _two(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _one(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _against(one: dict[str, Any]) -> str:
    """The area against random's, with its interval; random against itself is nothing."""
    if one["area_vs_random"] is None or one["area_vs_random_low"] is None:
        return _percent(one["area_vs_random"])
    low, high = (f"{100 * one[f'area_vs_random_{end}']:+.1f}" for end in ("low", "high"))
    return f"{_percent(one['area_vs_random'])} ({low} to {high})"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:+.1f} %"


def _count(value: int | None) -> str:
    return "-" if value is None else str(value)
