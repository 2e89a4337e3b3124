from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.suggest.features import N_CUES, cues, features_in_order


def test_the_one_before_is_of_the_same_transcript() -> None:
    X = np.eye(5, dtype=np.float32)
    found = features_in_order(["a", "b", "c", "d", "e"], X, ["T1", "T2", "T1", "T1", "T2"])
    assert found.previous_texts == ("", "", "a", "c", "b")
    assert found.previous_X[2].tolist() == X[0].tolist()
    assert found.previous_X[0].tolist() == [0] * 5
    assert found.position.tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_take_takes_everything() -> None:
    X = np.eye(4, dtype=np.float32)
    part = features_in_order(["a", "b", "c", "d"], X, ["T1"] * 4).take([3, 1])
    assert part.texts == ("d", "b")
    assert part.previous_texts == ("c", "a")
    assert part.X.argmax(axis=1).tolist() == [3, 1]


def test_no_segments_are_no_features() -> None:
    assert len(features_in_order([], np.zeros((0, 4), dtype=np.float32), [])) == 0


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        features_in_order(["a", "b"], np.eye(3, dtype=np.float32), ["T1", "T1"])


@given(st.lists(st.text(max_size=40), max_size=8), st.randoms())
def test_cues_depend_on_the_text_alone(texts: Any, random: Any) -> None:
    together = cues(texts)
    assert together.shape == (len(texts), N_CUES)
    assert np.isfinite(together).all()
    order = list(range(len(texts)))
    random.shuffle(order)
    assert np.array_equal(cues([texts[i] for i in order]), together[order])
    for row, text in enumerate(texts):
        assert np.array_equal(cues([text])[0], together[row])


def test_cues_see_what_they_are_named_for() -> None:
    asked, said = cues(["Would you do that?", "Nobody did that."])
    assert (asked != said).any()
    assert cues(["I don’t know"]).tolist() == cues(["I don't know"]).tolist()
