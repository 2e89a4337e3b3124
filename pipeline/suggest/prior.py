"""What the codebook alone says of a segment, before anybody has coded.

Each sentence of a code (definition, when to use, every example) is a prototype. A code's vector
is the weighted mean of its prototypes' vectors, less the mean over all codes, so that what all
codes have in common says nothing, and less of the directions in which examples of one code differ
among themselves; the same mean with words, pairs and pieces of words. The score is the sum of the
two products, each in units of what the sentences of *other* codes get.

Chosen by benchmarks: bench_try.py (reciprocal rank of the right code over 220 invented quotations)
and bench_suggest.py (mean average precision over three public sets), with the examples of then:

    definition 0.5, when 0.2, pieces of words      .748  .293
    definition 0.25, when 0.1                      .774  .297
    words and pairs beside the pieces              .783  .304
    directions where examples differ, less of      .756  .302
    these three, definition 0.35, when 0.15        .806  .315

Tried and left out: the best sentence of a long text, half and half with the whole (.753, no public
set tried), when_not as evidence against (.753, .293), less of the family's mean (.748, .293), no
words nor pieces (.655, .262), logistic regression on the prototypes (.787, .301). Definitions weigh
still less here (0.2, 0.1), because on 390 coded passages of the example interviews less found more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Codebook
from pipeline.suggest.features import Features, Floats
from pipeline.suggest.vocabulary import Vocabulary, learn, transform

DEFINITION, WHEN, EXAMPLES = 0.2, 0.1, 1.0  # how much each kind of sentence weighs in a code
EVEN = 0.9  # how evenly directions count: 1 all alike, towards 0 less where examples differ anyway
TERMS = 0.7  # weight of words, pairs and pieces of words beside the vectors
TINY = 1e-9  # a spread below this is rounding
STEEPNESS = 0.8  # of the curve from score to 0..1

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prior:
    """A codebook made ready: k codes, m sentences."""

    codes: tuple[str, ...]
    sentences: tuple[str, ...]  # (m,) definitions with label, when to use, examples
    kinds: tuple[str, ...]  # (m,) definition, when, example
    owner: NDArray[np.intp]  # (m,) the code of each sentence
    vectors: NDArray[np.float32]  # (m, d)
    direction: Floats  # (d, k)
    vocabulary: Vocabulary
    weights: Floats  # (v, k)
    middle: Floats  # (k,) what other codes' sentences score on average


def make_prior(codebook: Codebook, embed: Embed) -> Prior:
    """Ready a codebook; its sentences are embedded, with the model that the segments will have."""
    rows = [
        (owner, kind, text)
        for owner, code in enumerate(codebook.codes)
        for kind, text in [
            ("definition", f"{code.label}. {code.definition}"),
            ("when", code.when),
            *(("example", one) for one in code.examples),
        ]
        if text
    ]
    sentences = tuple(text for _, _, text in rows)
    kinds = tuple(kind for _, kind, _ in rows)
    owner = np.array([code for code, _, _ in rows], dtype=np.intp)
    vectors = embed(sentences)
    vocabulary = learn(sentences, "both")
    mean = _mean_by_code(owner, kinds, len(codebook.codes))
    examples = np.array([kind == "example" for kind in kinds], dtype=np.bool_)
    prior = Prior(
        codes=codebook.ids,
        sentences=sentences,
        kinds=kinds,
        owner=owner,
        vectors=vectors,
        direction=_told_apart(
            _centred(mean @ vectors.astype(np.float64)).T, vectors[examples], owner[examples]
        ),
        vocabulary=vocabulary,
        weights=_centred(np.asarray(mean @ transform(vocabulary, sentences).toarray())).T,
        middle=np.zeros(len(codebook.codes)),
    )
    return _in_units(prior)


def _mean_by_code(owner: NDArray[np.intp], kinds: Sequence[str], k: int) -> Floats:
    """(k, m): weighted mean of a code's sentences; a kind weighs the same however many it has."""
    weight = {"definition": DEFINITION, "when": WHEN, "example": EXAMPLES}
    kind = np.array(kinds)
    mean = np.zeros((k, len(kinds)))
    for code in range(k):
        for name, share in weight.items():
            rows = np.flatnonzero((owner == code) & (kind == name))
            if len(rows):
                mean[code, rows] = share / len(rows)
    total: Floats = mean / mean.sum(axis=1, keepdims=True)
    return total


def _centred(by_code: Floats) -> Floats:
    """What a code has over the mean of all codes; a lone code has nobody to differ from."""
    centred: Floats = by_code - by_code.mean(axis=0) if len(by_code) > 1 else by_code
    return centred


def _told_apart(
    direction: Floats, examples: NDArray[np.float32], owner: NDArray[np.intp]
) -> Floats:
    """(d, k): less of the directions in which the examples of one and the same code differ.

    Linear discriminant analysis, its covariance shrunk far towards the identity, because a
    codebook has fewer examples than a vector has numbers.
    """
    X = examples.astype(np.float64)
    within = np.zeros((len(direction), len(direction)))
    for code in np.unique(owner):
        apart = X[owner == code] - X[owner == code].mean(axis=0)
        within += apart.T @ apart
    spread = np.trace(within) / len(within)
    if spread < TINY:  # one example a code, or the same over and over
        return direction
    shrunk = EVEN * np.eye(len(within)) + (1 - EVEN) * within / spread
    sharper: Floats = np.linalg.solve(shrunk, direction)
    return sharper


def _in_units(prior: Prior) -> Prior:
    """Scale both parts by the spread, shift each code by the mean, of other codes' sentences."""
    near = prior.vectors.astype(np.float64) @ prior.direction
    written = np.asarray(transform(prior.vocabulary, prior.sentences) @ prior.weights)
    others = prior.owner[:, None] != np.arange(len(prior.codes))
    if not others.any():
        others = np.ones_like(others)
    direction = prior.direction / _spread(near[others])
    weights = TERMS * prior.weights / _spread(written[others])
    scores = prior.vectors.astype(np.float64) @ direction
    scores += np.asarray(transform(prior.vocabulary, prior.sentences) @ weights)
    counted = np.maximum(1, others.sum(axis=0))
    middle = np.where(others, scores, 0.0).sum(axis=0) / counted
    return replace(prior, direction=direction, weights=weights, middle=middle)


def _spread(values: Floats) -> float:
    return float(values.std()) or 1.0


def prior_scores(prior: Prior, features: Features) -> Floats:
    """(n, k) higher is likelier; about 0 is what a sentence of another code gets, sd about 1."""
    return linear_scores(features, prior.direction, prior.vocabulary, prior.weights, prior.middle)


def linear_scores(
    features: Features, direction: Floats, vocabulary: Vocabulary, weights: Any, middle: Floats
) -> Floats:
    """As `prior_scores`, from the matrices alone (a loaded model has no sentences)."""
    near = features.X.astype(np.float64) @ direction
    tokens = features.tokens.part(0, len(features))
    scores: Floats = near + np.asarray(transform(vocabulary, tokens) @ weights) - middle
    return scores


def as_share(scores: Floats) -> Floats:
    """Scores as numbers from 0 to 1: ranks in disguise, not probabilities."""
    share: Floats = 1 / (1 + np.exp(-STEEPNESS * np.clip(scores, -30, 30)))
    return share
