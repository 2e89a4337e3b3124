"""The classifier: the codebook, the meaning of the text, and its words, blended by evidence.

Per code, three scores are added up:
- a balanced logistic regression on the vector, cues of the surface, the place in the transcript
  and, at half weight, the same of the turn before;
- a balanced logistic regression on words and pairs of words (the mean of the two log odds);
- the codebook prior, weighing min(1, 100 / decisions).

The codebook's example sentences are training rows too, of less weight. A code with too few
positives keeps the prior alone. Scores become probabilities through a curve
learnt on scores of transcripts held out whole; `calibrated` says where enough decisions, in
enough transcripts, stand behind it.

Recipe and weights: reference measurements on public coded sets; see tests/benchmarks.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.folds import grouped_folds
from pipeline.suggest.calibration import base_rates, best_thresholds, curves, log_odds
from pipeline.suggest.features import N_CUES, Features, Floats, cues
from pipeline.suggest.logistic import fit_logistic
from pipeline.suggest.prior import STEEPNESS, Prior, linear_scores
from pipeline.suggest.vocabulary import Vocabulary, learn, transform

C_DENSE, C_WORDS = 2.0, 10.0
CUES, BEFORE = 0.2, 0.5  # how loud the cues of the surface, and the turn before, are
WORDS = 0.5  # share of the words in the mean of the two log odds
PRIOR_FULL = 100.0  # up to so many decisions the prior has its full weight
HELD_PRIOR = 10.0  # rows that the prior's own mean and spread count for
SHOWN, SHOWN_OTHER = 0.7, 0.3  # weight of the codebook's examples, as present and as absent
N_FOLDS = 5
FIT_POSITIVES, FIT_TRANSCRIPTS = 2, 2
CALIBRATED_POSITIVES, CALIBRATED_TRANSCRIPTS = 15, 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """All that predicting needs; k codes. `save` and `load` in files.py."""

    codes: tuple[str, ...]
    # the codebook prior
    direction: Floats  # (d, k)
    pieces: Vocabulary
    piece_weights: Floats  # (u, k)
    middle: Floats  # (k,)
    prior_mean: Floats  # (k,) of the prior's scores over the training rows
    prior_sd: Floats  # (k,)
    prior_weight: Floats  # (k,)
    # what was learnt
    fitted: NDArray[np.bool_]  # (k,)
    cue_mean: Floats  # (c,)
    cue_sd: Floats  # (c,)
    dense_weights: Floats  # (p, k)
    dense_bias: Floats  # (k,)
    words: Vocabulary
    word_weights: Floats  # (v, k)
    word_bias: Floats  # (k,)
    # from scores to probabilities
    slope: Floats  # (k,)
    shift: Floats  # (k,)
    calibrated: NDArray[np.bool_]  # (k,)
    thresholds: Floats  # (k,)
    # how much stands behind it
    n: NDArray[np.int64]  # (k,) decisions
    n_positive: NDArray[np.int64]
    n_transcripts: NDArray[np.int64]  # with a positive

    @property
    def d(self) -> int:
        """How long the vectors are that it takes."""
        return len(self.direction)


def fit(
    features: Features,
    Y: Floats,
    weights: Floats,
    groups: Sequence[str],
    rng: np.random.Generator,
    prior: Prior,
    *,
    chance: NDArray[np.bool_] | None = None,
    corpus: Features | None = None,
) -> Model:
    """Learn from decisions.

    Parameters
    ----------
    features : n segments.
    Y : (n, k) in the order of `prior.codes`; 1 present, 0 absent, between where coders differ,
        NaN where the code was not asked.
    weights : (n, k) how much each decision weighs.
    groups : (n,) the transcript (or participant) of each row; what must not be in two folds.
    rng : deals transcripts to folds.
    chance : (n,) the rows that were drawn by chance, not because of what stands in them; only of
        those the share of a code says how common it is. None: all of them.
    corpus : all segments that will be suggested for, decided or not. None: nothing is known of
        them beyond the rows.

    Raises
    ------
    ValueError : shapes that do not fit.
    """
    k = len(prior.codes)
    if Y.shape != (len(features), k) or weights.shape != Y.shape or len(groups) != len(Y):
        raise ValueError("Y and weights must be (n, k), groups (n,)")
    drawn = np.ones(len(Y), dtype=np.bool_) if chance is None else np.asarray(chance, np.bool_)
    if drawn.shape != (len(Y),):
        raise ValueError("chance must be (n,)")
    used = np.flatnonzero(~np.isnan(Y).all(axis=1)) if len(Y) else np.zeros(0, dtype=np.intp)
    part, Y, weights = features.take(used), Y[used], weights[used]
    group = np.asarray(groups, dtype=str)[used] if len(used) else np.zeros(0, dtype=str)
    return _fit(part, Y, np.where(np.isnan(Y), 0.0, weights), group, rng, prior, drawn[used])


def _fit(
    part: Features,
    Y: Floats,
    weights: Floats,
    groups: NDArray[np.str_],
    rng: np.random.Generator,
    prior: Prior,
    chance: NDArray[np.bool_],
) -> Model:
    """As `fit`, of rows that all have a decision; weights are 0 where a code was not asked."""
    seen = _count(Y, weights, groups)
    said = linear_scores(part, prior.direction, prior.vocabulary, prior.weights, prior.middle)
    prior_mean, prior_sd = _held(said)
    prior_weight = np.where(seen.fitted, np.minimum(1, PRIOR_FULL / np.maximum(1, seen.n)), 1.0)
    told = prior_weight * (said - prior_mean) / prior_sd
    learnt = _learn(part, np.nan_to_num(Y), weights, groups, seen.fitted, rng, prior)

    held_out = told + np.where(seen.fitted, learnt.held_out, 0.0)
    offset = log_odds(base_rates(Y, weights, chance))
    known = seen.fitted & ~np.isnan(learnt.held_out).all(axis=0)
    curve = curves(held_out, Y, weights, offset, known)
    slope = np.where(seen.fitted, curve[0], STEEPNESS)
    shift = np.where(seen.fitted, curve[1], 0.0) + (offset if len(part) else 0.0)
    return Model(
        codes=prior.codes,
        direction=prior.direction,
        pieces=prior.vocabulary,
        piece_weights=prior.weights,
        middle=prior.middle,
        prior_mean=prior_mean,
        prior_sd=prior_sd,
        prior_weight=prior_weight,
        fitted=seen.fitted,
        cue_mean=learnt.cue_mean,
        cue_sd=learnt.cue_sd,
        dense_weights=learnt.dense[:-1],
        dense_bias=learnt.dense[-1],
        words=learnt.words,
        word_weights=learnt.sparse[:-1],
        word_bias=learnt.sparse[-1],
        slope=slope,
        shift=shift,
        calibrated=seen.enough & known,
        thresholds=best_thresholds(_sigmoid(slope * held_out + shift)),
        n=seen.n,
        n_positive=seen.n_positive,
        n_transcripts=seen.n_transcripts,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """How much there is to learn from, by code."""

    n: NDArray[np.int64]
    n_positive: NDArray[np.int64]
    n_transcripts: NDArray[np.int64]
    fitted: NDArray[np.bool_]
    enough: NDArray[np.bool_]  # for numbers that may be called probabilities


def _count(Y: Floats, weights: Floats, groups: NDArray[np.str_]) -> _Seen:
    positive = (weights > 0) & (Y > 0.5)
    negative = (weights > 0) & (Y < 0.5)
    n_positive = positive.sum(axis=0).astype(np.int64)
    n_transcripts = np.array([len(set(groups[column])) for column in positive.T], dtype=np.int64)
    return _Seen(
        n=(weights > 0).sum(axis=0).astype(np.int64),
        n_positive=n_positive,
        n_transcripts=n_transcripts,
        fitted=(n_positive >= FIT_POSITIVES)
        & (n_transcripts >= FIT_TRANSCRIPTS)
        & negative.any(axis=0),
        enough=(n_positive >= CALIBRATED_POSITIVES) & (n_transcripts >= CALIBRATED_TRANSCRIPTS),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Learnt:
    """The two regressions of each code, intercepts last, and what they say of held-out rows."""

    cue_mean: Floats
    cue_sd: Floats
    words: Vocabulary
    dense: Floats  # (p + 1, k)
    sparse: Floats  # (v + 1, k)
    held_out: Floats  # (n, k) NaN where there is none


def _learn(
    part: Features,
    y: Floats,
    weights: Floats,
    groups: NDArray[np.str_],
    fitted: NDArray[np.bool_],
    rng: np.random.Generator,
    prior: Prior,
) -> _Learnt:
    """Fit each code of `fitted` on its rows and the codebook's examples."""
    n, k = y.shape
    shown, own = _examples(prior) if fitted.any() else (part.take([]), np.zeros((0, k)))
    cue_mean, cue_sd = _cue_units(part)
    words = learn(
        (*part.texts, *shown.texts),
        "words",
        groups=[*groups, *["codebook"] * len(shown)],
        at_least=min(2, len(set(groups))),
    )
    dense = np.zeros((2 * part.X.shape[1] + 2 * N_CUES + 2, k))
    sparse = np.zeros((len(words.terms) + 1, k))
    held_out = np.full((n, k), np.nan)
    if fitted.any():
        Z = np.vstack([dense_matrix(one, cue_mean, cue_sd) for one in (part, shown)])
        W = transform(words, (*part.texts, *shown.texts))
        target = np.vstack([y, own])
        weight = np.vstack([weights, np.where(own > 0, SHOWN, SHOWN_OTHER)])
        folds = grouped_folds(groups, N_FOLDS, rng)
        for code, *found in _fit_codes(np.flatnonzero(fitted), Z, W, target, weight, folds):
            dense[:, code], sparse[:, code], held_out[:, code] = found
    return _Learnt(
        cue_mean=cue_mean, cue_sd=cue_sd, words=words, dense=dense, sparse=sparse, held_out=held_out
    )


def _cue_units(part: Features) -> tuple[Floats, Floats]:
    """Mean and spread of the cues. One that never varied teaches nothing, and must not explode."""
    if not len(part):
        return np.zeros(N_CUES), np.ones(N_CUES)
    found = cues((*part.texts, *part.previous_texts), part.tokens)
    spread = found.std(axis=0)
    return found.mean(axis=0), np.where(spread < 1e-3, 1.0, spread)


def _fit_codes(
    codes: NDArray[np.intp], Z: Floats, W: Any, y: Floats, weights: Floats, folds: NDArray[np.intp]
) -> list[tuple[int, Floats, Floats, Floats]]:
    """Of each code: weights and intercept for Z, for W, and the scores of held-out rows.

    Z, W, y, weights may have more rows than `folds`: those are in every fold's training.
    Codes are fitted side by side, each by one thread: numpy's and scipy's linear algebra each
    start threads of their own otherwise, which wait for one another (a fit takes 20 times longer).
    No fold begins where the fit of all rows ended: it would stop there, remembering the rows that
    it is to be held out from (measured: thresholds and probabilities became too bold).
    """
    import sklearn.linear_model  # noqa: F401  # loads what is to be limited to one thread
    from threadpoolctl import threadpool_limits

    n = len(folds)
    n_folds = int(folds.max()) + 1 if folds.any() else 0  # one fold: nothing can be held out

    def both(code: int, weight: Floats) -> tuple[Floats, Floats]:
        dense = fit_logistic(Z, y[:, code], weight, C=C_DENSE, solver="lbfgs")
        return dense, fit_logistic(W, y[:, code], weight, C=C_WORDS, solver="liblinear")

    def one(code: int) -> tuple[int, Floats, Floats, Floats]:
        held_out = np.full(n, np.nan)
        for fold in range(n_folds):
            outside = np.flatnonzero(folds == fold)
            weight = weights[:, code].copy()
            weight[outside] = 0.0
            present, absent = weight * y[:, code], weight * (1 - y[:, code])
            if present[:n].any() and absent.any():  # examples of the codebook alone are too few
                dense, sparse = both(code, weight)
                held_out[outside] = (1 - WORDS) * (Z[outside] @ dense[:-1] + dense[-1])
                held_out[outside] += WORDS * (W[outside] @ sparse[:-1] + sparse[-1])
        return code, *both(code, weights[:, code]), held_out

    with threadpool_limits(limits=1), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        return list(pool.map(one, codes.tolist()))


def _held(said: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of the prior's scores by code; with few rows held to its own, 0 and 1."""
    n, k = said.shape
    share = n / (n + HELD_PRIOR)
    if not n:
        return np.zeros(k), np.ones(k)
    mean = share * said.mean(axis=0)
    return mean, np.sqrt(share * said.var(axis=0) + (1 - share))


def _examples(prior: Prior) -> tuple[Features, Floats]:
    """The codebook's examples as if they were segments, and (m, k) which code each bears."""
    rows = [row for row, kind in enumerate(prior.kinds) if kind == "example"]
    shown = Features(
        texts=tuple(prior.sentences[row] for row in rows),
        X=prior.vectors[rows],
        previous_texts=("",) * len(rows),
        previous_X=np.zeros_like(prior.vectors[rows]),
        position=np.full(len(rows), 0.5),
    )
    return shown, (prior.owner[rows][:, None] == np.arange(len(prior.codes))).astype(np.float64)


def dense_matrix(features: Features, cue_mean: Floats, cue_sd: Floats) -> Floats:
    """(n, 2 d + 2 c + 1): vector, cues, position, and half as loud those of the turn before."""
    return np.hstack(_dense_parts(features, cue_mean, cue_sd))


def _dense_parts(features: Features, cue_mean: Floats, cue_sd: Floats) -> list[Floats]:
    """The parts of `dense_matrix`: predicting adds up their scores and needs no whole."""
    n = len(features)
    found = cues((*features.texts, *features.previous_texts), features.tokens)
    loud = CUES * (found - cue_mean) / cue_sd
    has = np.array([bool(text) for text in features.previous_texts], dtype=np.float64)[:, None]
    return [
        features.X.astype(np.float64),
        loud[:n],
        features.position[:, None],
        BEFORE * features.previous_X.astype(np.float64),
        BEFORE * loud[n:] * has,
    ]


def scores_of(model: Model, features: Features) -> Floats:
    """(n, k) the blended log odds, before the curve."""
    said = linear_scores(features, model.direction, model.pieces, model.piece_weights, model.middle)
    blended: Floats = model.prior_weight * (said - model.prior_mean) / model.prior_sd
    if model.fitted.any():
        parts = _dense_parts(features, model.cue_mean, model.cue_sd)
        ends = np.cumsum([part.shape[1] for part in parts])
        dense = model.dense_bias + sum(
            part @ weights
            for part, weights in zip(parts, np.split(model.dense_weights, ends[:-1]), strict=True)
        )
        W = transform(model.words, features.tokens.part(0, len(features)))
        words = W @ model.word_weights + model.word_bias
        learnt = (1 - WORDS) * dense + WORDS * words
        blended = blended + np.where(model.fitted, learnt, 0.0)
    return blended


def predict_proba(model: Model, features: Features) -> Floats:
    """(n, k) from 0 to 1: a probability where `model.calibrated`, else a rank in disguise."""
    return _sigmoid(model.slope * scores_of(model, features) + model.shift)


def _sigmoid(scores: Floats) -> Floats:
    share: Floats = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return share
