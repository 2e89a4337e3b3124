from typing import Any

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from invented import BOOK, study

from pipeline.suggest.blend import fit, predict_proba
from pipeline.suggest.features import features_in_order
from pipeline.suggest.reasons import evidence_of, explain, telling_words

embed = HashingEmbedder()


def learnt(Y: Any = None) -> Any:
    data = study()
    Y = data.Y if Y is None else Y
    rng = np.random.default_rng(0)
    model = fit(data.features, Y, np.ones_like(Y), data.groups, rng, data.prior)
    return data, model


def one(text: str) -> Any:
    return features_in_order([text], embed([text]), ["T1"])


@pytest.mark.parametrize("decided", [True, False])
def test_removing_the_words_named_lowers_the_score(decided: bool) -> None:
    data, model = learnt(None if decided else np.full((240, 3), np.nan))
    assert model.fitted.all() == decided
    tried = lowered = 0
    for row in range(60):
        code = int(np.argmax(predict_proba(model, data.features.take([row]))[0]))
        words = telling_words(model, data.features.texts[row], code)
        assert len(words) <= 3
        if not words:
            continue
        rest = " ".join(w for w in data.features.texts[row].split() if w not in words)
        before = predict_proba(model, one(data.features.texts[row]))[0, code]
        after = predict_proba(model, one(rest))[0, code]
        tried += 1
        lowered += after < before
    assert tried > 40
    assert lowered / tried > 0.95


def test_words_are_those_that_the_code_lives_on() -> None:
    _, model = learnt()
    said = telling_words(model, "then the letter and the fine came over", 0)
    assert set(said[:2]) == {"letter", "fine"}
    assert telling_words(model, "", 0) == []


def test_names_the_nearest_sentence_and_where_it_comes_from() -> None:
    data, model = learnt()
    text = "It was the letter again, over and over."
    none = np.full_like(data.Y, np.nan)
    (reason,) = explain(model, one(text), [(0, 0)], evidence_of(data.prior, data.features, none))
    assert reason.startswith("near to the codebook's example: “It was the letter again.”")
    assert "letter" in reason.split("words: ")[1]


def test_a_confirmed_sentence_is_named_as_such_and_never_the_segment_itself() -> None:
    data, model = learnt()
    mine = int(np.flatnonzero(data.Y[:, 1])[0])
    evidence = evidence_of(data.prior, data.features, data.Y)
    (reason,) = explain(model, data.features, [(mine, 1)], evidence)
    assert reason.startswith("near to ")
    assert data.features.texts[mine][:60] not in reason
    other = data.features.take([mine])
    (same,) = explain(model, other, [(0, 1)], evidence)
    assert same == reason


def test_a_code_without_evidence_says_so() -> None:
    data, model = learnt(np.full((240, 3), np.nan))
    evidence = evidence_of(data.prior, data.features, model_free := np.full((240, 3), np.nan))
    assert np.isnan(model_free).all()
    (reason,) = explain(model, data.features, [(0, 2)], evidence)
    assert "from the codebook alone" in reason
    assert "\n" not in reason


def test_long_sentences_are_quoted_short() -> None:
    data, model = learnt()
    long = data.features.take([0])
    wordy = " ".join(["letter and fine"] * 60)
    texts = (wordy,)
    confirmed = features_in_order(texts, embed(texts), ["T9"])
    evidence = evidence_of(data.prior, confirmed, np.array([[1.0, 0, 0]]))
    (reason,) = explain(model, one("letter and fine, letter and fine"), [(0, 0)], evidence)
    assert "…" in reason
    assert len(reason) < 200
    assert len(BOOK.codes) == 3
    assert len(long) == 1
