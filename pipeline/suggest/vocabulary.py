"""Texts as weighted terms (TF-IDF): words and pairs of words, pieces of words, or both.

Our own, because predicting must need no scikit-learn and a model must not be a pickle; the same
weights as scikit-learn's TfidfVectorizer with sublinear_tf (held to it in a test).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.text import words

Kind = Literal["words", "pieces", "both"]
SHORTEST, LONGEST = 2, 5  # characters of a piece, the blanks round the word among them
WHOLE = "="  # stands before a word or pair among pieces; no token holds it
WHOLE_WEIGHT = 3.0  # of a word or pair among pieces, which are many times as many


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """The terms that count, sorted, and how telling each is."""

    kind: Kind
    terms: tuple[str, ...]
    idf: NDArray[np.float64]  # (v,)

    @property
    def place(self) -> dict[str, int]:
        """The column of each term."""
        return {term: column for column, term in enumerate(self.terms)}


def tokens_of(text: str) -> list[str]:
    """The words of a text as the vocabulary knows them."""
    return [word.casefold().replace("’", "'") for word in words(text)]


def terms_of(tokens: Sequence[str], kind: Kind) -> list[str]:
    """All terms of a text, as often as they occur."""
    words_and_pairs = [*tokens, *(f"{a} {b}" for a, b in zip(tokens, tokens[1:], strict=False))]
    if kind == "words":
        return words_and_pairs
    pieces = [piece for token in tokens for piece in pieces_of(token)]
    return pieces if kind == "pieces" else pieces + [WHOLE + term for term in words_and_pairs]


def pieces_of(token: str) -> list[str]:
    """The runs of 2 to 5 characters of a word with a blank at either end."""
    padded = f" {token} "
    return [
        padded[at : at + size]
        for size in range(SHORTEST, LONGEST + 1)
        for at in range(len(padded) - size + 1)
    ]


def learn(
    texts: Sequence[str],
    kind: Kind,
    *,
    groups: Sequence[str] | None = None,
    at_least: int = 1,
    at_most: int = 20_000,
) -> Vocabulary:
    """The terms of these texts.

    Parameters
    ----------
    groups : where given, a term must occur in `at_least` of them (else: of the texts). A word that
        only one participant uses teaches nothing about others, and may name them.
    at_most : how many terms are kept, the commonest first, ties in alphabetical order.
    """
    n_texts: Counter[str] = Counter()
    seen_in: dict[str, set[str]] = {}
    for row, text in enumerate(texts):
        found = set(terms_of(tokens_of(text), kind))
        n_texts.update(found)
        group = str(row) if groups is None else groups[row]
        for term in found:
            seen_in.setdefault(term, set()).add(group)
    wide = [term for term in n_texts if len(seen_in[term]) >= at_least]
    kept = sorted(sorted(wide, key=lambda term: (-n_texts[term], term))[:at_most])
    df = np.array([n_texts[term] for term in kept], dtype=np.float64)
    idf = np.log((1 + len(texts)) / (1 + df)) + 1
    if kind == "both":
        idf *= [WHOLE_WEIGHT if term.startswith(WHOLE) else 1.0 for term in kept]
    return Vocabulary(kind=kind, terms=tuple(kept), idf=idf)


def transform(vocabulary: Vocabulary, texts: Iterable[str]) -> Any:
    """(n, v) sparse rows (scipy CSR, float64), of length 1, or 0 where no term is known."""
    from scipy.sparse import csr_array

    place = vocabulary.place
    columns_of: dict[str, list[int]] = {}
    starts: list[int] = [0]
    columns: list[int] = []
    values: list[float] = []
    for text in texts:
        counted: Counter[int] = Counter()
        tokens = tokens_of(text)
        if vocabulary.kind != "words":
            for token in tokens:
                if token not in columns_of:
                    pieces = pieces_of(token)
                    columns_of[token] = [place[one] for one in pieces if one in place]
                counted.update(columns_of[token])
        if vocabulary.kind != "pieces":
            mark = "" if vocabulary.kind == "words" else WHOLE
            wholes = (mark + one for one in terms_of(tokens, "words"))
            counted.update(place[one] for one in wholes if one in place)
        row = sorted(counted)
        counts = np.array([counted[one] for one in row], dtype=np.float64)
        weights = (1 + np.log(counts)) * vocabulary.idf[row] if row else counts
        length = float(np.linalg.norm(weights)) or 1.0
        columns.extend(row)
        values.extend((weights / length).tolist())
        starts.append(len(columns))
    return csr_array(
        (
            np.array(values, dtype=np.float64),
            np.array(columns, dtype=np.int32),
            np.array(starts, dtype=np.int32),
        ),
        shape=(len(starts) - 1, len(vocabulary.terms)),
    )
