from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from invented import BOOK, TOLD
from numpy.typing import NDArray

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


def two_codes(first: tuple[str, ...], second: tuple[str, ...]) -> Codebook:
    return Codebook(
        id="two",
        version="1",
        title="Two",
        families={"f": "f"},
        codes=(
            Code(id="a", family="f", label="A", definition="Alpha.", examples=first),
            Code(id="b", family="f", label="B", definition="Beta.", examples=second),
        ),
    )


def test_neighbouring_words_tell_codes_apart_that_have_the_same_pieces() -> None:
    prior = make_prior(two_codes(("red letter day",), ("day letter red",)), blind)
    text = "red letter"
    scores = prior_scores(prior, features_in_order([text], blind([text]), ["T1"]))[0]
    assert scores[0] > scores[1] + 0.1


def blind(texts: Sequence[str]) -> NDArray[np.float32]:
    """Every text the same vector: words alone tell the codes apart."""
    return np.ones((len(texts), 4), dtype=np.float32) / 2


def test_directions_in_which_a_code_s_own_examples_differ_count_less() -> None:
    # first number: tells the codes apart, alike within each; second: as far apart, but scattered
    places = {"a1": (1, 3), "a2": (1, -1), "b1": (-1, 1), "b2": (-1, -3), "A. Alpha.": (1, 1)}

    def embed_by_place(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([places.get(text, (-1, -1)) for text in texts], dtype=np.float32)

    direction = make_prior(two_codes(("a1", "a2"), ("b1", "b2")), embed_by_place).direction
    steady, scattered = direction[:, 0]
    assert steady > 1.05 * scattered > 0


def test_shares_are_in_order_and_between_0_and_1() -> None:
    shares = as_share(np.array([[-1e9, -1, 0, 1, 1e9]]))[0]
    assert (np.diff(shares) > 0).all()
    assert shares[2] == 0.5
    assert 0 <= shares[0] < shares[-1] <= 1
