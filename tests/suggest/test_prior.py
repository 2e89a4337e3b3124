from typing import Any

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from invented import BOOK, TOLD

from pipeline.records import Code, Codebook
from pipeline.suggest.features import features_in_order
from pipeline.suggest.prior import as_share, make_prior, prior_scores

embed = HashingEmbedder()


def scored(prior: Any, texts: Any) -> Any:
    return prior_scores(prior, features_in_order(texts, embed(texts), ["T1"] * len(texts)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("There was a letter, a fine, the protocol.", "rule"),
        ("I stayed and listened all evening.", "care"),
        ("We are monitored, there is no freedom.", "room"),
        ("two letters and several fines", "rule"),  # by pieces of words alone
    ],
)
def test_a_sentence_finds_its_code(text: str, code: str) -> None:
    scores = scored(make_prior(BOOK, embed), [text])
    assert list(TOLD)[int(np.argmax(scores[0]))] == code


def test_scores_depend_on_the_text_alone() -> None:
    prior = make_prior(BOOK, embed)
    texts = ["a fine letter", "so I stayed", "monitored", ""]
    together = scored(prior, texts)
    for row, text in enumerate(texts):
        assert np.allclose(scored(prior, [text])[0], together[row], atol=1e-12)


def test_doubling_an_example_changes_no_other_code_s_rank() -> None:
    prior = make_prior(BOOK, embed)
    longest = [len(code.examples) for code in BOOK.codes]
    assert len(prior.sentences) == sum(longest) + len(BOOK.codes)
    assert prior.kinds.count("definition") == len(BOOK.codes)


def test_one_code_alone_still_ranks_texts() -> None:
    alone = Codebook(
        id="one",
        version="1",
        title="One",
        families={"f": "f"},
        codes=(Code(id="c", family="f", label="Letters", definition="A letter was sent."),),
    )
    near, far = scored(make_prior(alone, embed), ["the letter was sent", "we had soup"])[:, 0]
    assert near > far


def test_shares_are_in_order_and_between_0_and_1() -> None:
    shares = as_share(np.array([[-1e9, -1, 0, 1, 1e9]]))[0]
    assert (np.diff(shares) > 0).all()
    assert shares[2] == 0.5
    assert 0 <= shares[0] < shares[-1] <= 1
