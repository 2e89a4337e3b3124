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
class Tokens:
    """n texts cut into words once, for all that counts words; each different word has a number."""

    words: tuple[str, ...]  # (w,) as `tokens_of` gives them, in order of appearance
    flat: NDArray[np.int64]  # (m,) numbers of all words of all texts, one text after the other
    starts: NDArray[np.int64]  # (n + 1,) where each text begins in `flat`

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) words of each text."""
        return np.diff(self.starts)

    @property
    def rows(self) -> NDArray[np.int64]:
        """(m,) the text that each word stands in."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def part(self, start: int, end: int) -> Tokens:
        """The texts from `start` to before `end`."""
        first, last = self.starts[start], self.starts[end]
        flat, starts = self.flat[first:last], self.starts[start : end + 1] - first
        return Tokens(words=self.words, flat=flat, starts=starts)

    def counts(self) -> Any:
        """(n, w) how often each word stands in each text (scipy CSR, columns in order)."""
        from scipy.sparse import csr_array

        # copies: summing happens in place
        said = (np.ones(len(self.flat)), self.flat.copy(), self.starts.copy())
        found = csr_array(said, shape=(len(self), len(self.words)))
        found.sum_duplicates()
        return found


def tokenise(texts: Iterable[str]) -> Tokens:
    """The words of many texts; a text that comes back (often "Mm-hmm.") is cut once."""
    number: dict[str, int] = {}
    of_text: dict[str, list[int]] = {}
    flat: list[int] = []
    starts = [0]
    for text in texts:
        if text not in of_text:
            of_text[text] = [number.setdefault(word, len(number)) for word in tokens_of(text)]
        flat.extend(of_text[text])
        starts.append(len(flat))
    return Tokens(
        words=tuple(number),
        flat=np.array(flat, dtype=np.int64),
        starts=np.array(starts, dtype=np.int64),
    )


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


def transform(vocabulary: Vocabulary, texts: Iterable[str] | Tokens) -> Any:
    """(n, v) sparse rows (scipy CSR, float64), of length 1, or 0 where no term is known.

    A row depends on its text alone, to the last bit, whatever stands beside it.
    """
    tokens = texts if isinstance(texts, Tokens) else tokenise(texts)
    counts = _counted(vocabulary, tokens)
    row = np.repeat(np.arange(len(tokens)), np.diff(counts.indptr))
    weights = (1 + np.log(counts.data)) * vocabulary.idf[counts.indices]
    length = np.sqrt(np.bincount(row, weights**2, minlength=len(tokens)))
    counts.data = weights / length[row]
    return counts


def _counted(vocabulary: Vocabulary, tokens: Tokens) -> Any:
    """(n, v) how often each term stands in each text (scipy CSR, columns in order)."""
    if vocabulary.kind == "words":
        return _words_in(vocabulary, tokens)
    pieces = _pieces_in(vocabulary, tokens)
    if vocabulary.kind == "pieces":
        return pieces
    both = pieces + _words_in(vocabulary, tokens, WHOLE)  # no column is in both
    both.sort_indices()
    return both


def _pieces_in(vocabulary: Vocabulary, tokens: Tokens) -> Any:
    """(n, v) how often each piece stands in each text."""
    from scipy.sparse import csr_array

    place = vocabulary.place
    found = [[place[one] for one in pieces_of(word) if one in place] for word in tokens.words]
    starts = np.cumsum([0, *map(len, found)])
    columns = np.array([column for of_word in found for column in of_word], dtype=np.int64)
    shape = (len(found), len(place))
    of_word = csr_array((np.ones(len(columns)), columns, starts), shape=shape)
    counts = csr_array(tokens.counts() @ of_word)
    counts.sort_indices()
    return counts


def _words_in(vocabulary: Vocabulary, tokens: Tokens, mark: str = "") -> Any:
    """(n, v) how often each word and pair of words, behind a mark, stands in each text."""
    from scipy.sparse import csr_array

    every = vocabulary.place.items()
    place = {term[len(mark) :]: at for term, at in every if term.startswith(mark)}
    w = len(tokens.words)
    number = {word: at for at, word in enumerate(tokens.words)}
    column = np.array([place.get(word, -1) for word in tokens.words], dtype=np.int64)
    row, flat = tokens.rows, tokens.flat
    # A pair is a number too, first x w + second; no word holds a blank.
    pairs = {}
    for term, at in place.items():
        first, blank, second = term.partition(" ")
        if blank and first in number and second in number:
            pairs[number[first] * w + number[second]] = at
    known = np.array(sorted(pairs), dtype=np.int64)
    said = flat[:-1] * w + flat[1:]
    near = np.minimum(np.searchsorted(known, said), max(0, len(known) - 1))
    is_pair = (row[:-1] == row[1:]) & (known[near] == said) if len(known) else said < 0
    of_pair = np.array([pairs[one] for one in known.tolist()], dtype=np.int64)
    single = column[flat] >= 0
    rows = np.concatenate([row[single], row[:-1][is_pair]])
    columns = np.concatenate([column[flat[single]], of_pair[near[is_pair]]])
    both = (rows.astype(np.int32), columns.astype(np.int32))  # scikit-learn takes no wider ones
    counts = csr_array((np.ones(len(rows)), both), shape=(len(tokens), len(vocabulary.terms)))
    counts.sum_duplicates()
    return counts
