import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import INVISIBLE, canonical, fold, n_words, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a\u00a0 b\r\n c ", "a b c"),
        ("soft\u00adhyphen zero\u200bwidth \ufeff", "softhyphen zerowidth"),
        ("e\u0301", "é"),
    ],
)
def test_canonical(text: str, expected: str) -> None:
    assert canonical(text) == expected


@given(st.text())
def test_canonical_is_idempotent_and_loses_only_space_and_the_invisible(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    kept = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    assert "".join(once.split()) == "".join(kept.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well, I don't know - eh.", ["Well", "I", "don't", "know", "eh"]),
        ("zo'n 3.5 uur, half-open", ["zo'n", "3.5", "uur", "half-open"]),
        ("...", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert n_words(text) == len(expected)


def test_fold_compares_names() -> None:
    assert fold("  Kocabaş ") == fold("KOCABAS")
