"""The words that a reason names, taken out of real answers: the probability falls."""

import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pytest

from pipeline.steps.embed import load_embedder
from pipeline.suggest.blend import fit, predict_proba
from pipeline.suggest.features import features_in_order
from pipeline.suggest.prior import make_prior
from pipeline.suggest.reasons import evidence_of, explain
from pipeline.suggest.vocabulary import tokens_of
from pipeline.text import words
from tests.corpus.coded import coded_answers
from tests.corpus.studies import INTEGRATION

LEARNT, HELD_OUT = 6, 2  # interviews of twelve: each answer takes a moment to embed


def without(text: str, tokens: Collection[str]) -> str:
    """The text less every occurrence of these words; what stands between words stays."""
    for word in set(words(text)):
        if tokens_of(word)[0] in tokens:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", text)
    return text


@pytest.mark.slow
def test_words_named_in_answers_that_the_model_has_not_seen_move_the_probability() -> None:
    coded, embed = coded_answers(INTEGRATION), load_embedder("minilm")
    people = list(dict.fromkeys(coded.participants))[: LEARNT + HELD_OUT]
    asked = [row for row, who in enumerate(coded.participants) if who in people]
    texts = [coded.segments[row].text for row in asked]
    features = features_in_order(
        texts, embed(texts), [coded.segments[row].transcript_id for row in asked]
    )
    groups, Y = [coded.participants[row] for row in asked], coded.Y[asked]
    seen = np.array([who in people[:LEARNT] for who in groups])
    learnt, Y = features.take(np.flatnonzero(seen)), Y[seen]
    prior, rng = make_prior(coded.book, embed), np.random.default_rng(0)
    model = fit(learnt, Y, np.ones_like(Y), groups[: len(Y)], rng, prior, corpus=features)

    others = features.take(np.flatnonzero(~seen))
    proba = predict_proba(model, others)
    wanted = [(row, code) for row, code in np.argwhere((proba >= model.thresholds) & model.fitted)]
    reasons = explain(model, others, wanted, evidence_of(prior, learnt, Y))
    tried, shorter = [], ([], [])
    for (row, code), reason in zip(wanted, reasons, strict=True):
        text = others.texts[row]
        named = reason.partition("words: ")[2].split(", ")
        rest = sorted(set(tokens_of(text)) - set(named))
        if named != [""] and len(rest) >= len(named):
            tried.append((row, code))
            shorter[0].append(without(text, named))
            shorter[1].append(without(text, rng.choice(rest, len(named), replace=False)))
    rows, codes = np.array(tried).T
    of_each = np.arange(len(rows))
    named_fall, random_fall = (
        proba[rows, codes]
        - predict_proba(model, replace(others.take(rows), texts=tuple(one), X=embed(one)))[
            of_each, codes
        ]
        for one in shorter
    )
    assert len(tried) > 25
    assert (named_fall > 0).mean() > 0.9
    assert named_fall.mean() > 4 * random_fall.mean()
