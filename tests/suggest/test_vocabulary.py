from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.suggest.vocabulary import (
    WHOLE_WEIGHT,
    learn,
    pieces_of,
    terms_of,
    tokenise,
    tokens_of,
    transform,
)

TEXTS = [
    "The letter came, and the letter went.",
    "No letter for me today",
    "we talked about the protocol; about rules",
    "Rules are rules",
    "",
]


def words_only(text: str) -> Any:
    return terms_of(tokens_of(text), "words")


@pytest.mark.parametrize("kind", ["words", "pieces"])
def test_same_weights_as_scikit_learn(kind: str) -> None:
    theirs = TfidfVectorizer(
        analyzer=lambda text: terms_of(tokens_of(text), kind), sublinear_tf=True
    )
    expected = theirs.fit_transform(TEXTS).toarray()
    ours = learn(TEXTS, kind)
    assert list(theirs.get_feature_names_out()) == list(ours.terms)
    assert np.allclose(transform(ours, TEXTS).toarray(), expected, atol=1e-12)


def test_pieces_know_where_a_word_begins() -> None:
    assert pieces_of("at") == [" a", "at", "t ", " at", "at ", " at "]


def test_both_is_pieces_and_marked_words_which_weigh_more() -> None:
    assert terms_of(["at", "it"], "both")[12:] == ["=at", "=it", "=at it"]
    both, pieces = learn(TEXTS, "both"), learn(TEXTS, "pieces")
    words = learn(TEXTS, "words")
    weight = dict(zip(both.terms, both.idf, strict=True))
    assert all(weight[term] == idf for term, idf in zip(pieces.terms, pieces.idf, strict=True))
    for term, idf in zip(words.terms, words.idf, strict=True):
        assert weight[f"={term}"] == pytest.approx(WHOLE_WEIGHT * idf)
    assert transform(both, ["rules"])[0, [both.place["=rules"]]].toarray()[0] > 0


def test_a_word_of_one_participant_is_no_term() -> None:
    texts = ["heron heron", "heron pond", "pond grass", "grass", "heron"]
    found = learn(texts, "words", groups=["A", "A", "B", "B", "A"], at_least=2)
    assert found.terms == ("pond",)


def test_the_commonest_terms_are_kept() -> None:
    assert learn(["a b", "a c", "a c b d"], "words", at_most=3).terms == ("a", "a c", "b")


def test_unknown_words_are_an_empty_row() -> None:
    assert transform(learn(TEXTS, "words"), ["xyzzy"]).nnz == 0


@given(st.lists(st.text(alphabet="abc ’'", max_size=20), min_size=1, max_size=8), st.randoms())
def test_a_row_depends_on_its_text_alone_and_has_length_one(texts: Any, random: Any) -> None:
    vocabulary = learn(texts, "pieces")
    rows = transform(vocabulary, texts).toarray()
    order = list(range(len(texts)))
    random.shuffle(order)
    assert np.array_equal(transform(vocabulary, [texts[i] for i in order]).toarray(), rows[order])
    lengths = np.linalg.norm(rows, axis=1)
    assert all(np.isclose(length, 1) or length == 0 for length in lengths)


@pytest.mark.parametrize("kind", ["words", "pieces"])
def test_a_part_of_many_tokens_is_as_if_cut_alone_and_counting_changes_nothing(kind: Any) -> None:
    vocabulary = learn(TEXTS, kind)
    tokens = tokenise([*TEXTS, *TEXTS[::-1]])
    for _ in range(2):
        alone = transform(vocabulary, TEXTS[1:4]).toarray()
        assert np.array_equal(transform(vocabulary, tokens.part(1, 4)).toarray(), alone)
    assert tokens.lengths.tolist() == [len(tokens_of(text)) for text in [*TEXTS, *TEXTS[::-1]]]


def test_no_pair_reaches_over_the_end_of_a_text() -> None:
    vocabulary = learn(["a b"], "words")
    assert transform(vocabulary, ["a", "b"]).toarray()[:, 1].tolist() == [0, 0]
