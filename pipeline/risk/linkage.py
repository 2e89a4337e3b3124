"""Who is who, by words alone: an attack as anybody can make it in seconds.

TF-IDF over single words and pairs; the best match wins. Each attack is played twice, on the
texts before and after anonymising, and held against guessing. Ties are broken by lot, so that what
is reported is the expected number of right answers and no order of rows can flatter it.

Texts against a table of profiles: Morris et al. (2022), Unsupervised text deidentification.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.risk import MASK

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AMONG = 5  # "among the best five"
# A word of more than this share of the transcripts tells none of them from another.
_EVERYWHERE = 0.8
_CLOSE = 1e-9  # scores nearer than that are the same
_N_TERMS = 6
_WORD = re.compile(r"\w+")
_PIECE = re.compile(rf"[\n{MASK}]+")

Pieces = Sequence[str]  # of one text: no pair of words reaches from one into the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often each of d terms stands in each of some texts."""

    matrix: Any  # (n, d), sparse
    terms: NDArray[np.object_]  # (d,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How an attack on one text went. Chances from 0 to 1, over how ties are broken."""

    first: float  # that a right candidate is the best match
    among: float  # that one is among the best five
    guess: float  # that a mere guess among the same candidates is right
    guess_among: float
    n_candidates: int
    terms: tuple[str, ...]  # what speaks most for a right candidate, of what may be shown
    n_hidden: int  # how many that weigh as much may not


def split(text: str) -> list[str]:
    """The pieces of a text between masks and line ends."""
    return [piece for piece in _PIECE.split(text) if piece.strip()]


def count(*groups: Sequence[Pieces]) -> list[Counts]:
    """Single words and pairs of words in each text, in the same columns for all groups."""
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=_terms)
    texts = [text for group in groups for text in group]
    # Texts without a word would make the counter refuse; the last row belongs to no group.
    matrix = counter.fit_transform([*texts, ["nothing"]]).tocsr()
    terms = np.asarray(counter.get_feature_names_out(), dtype=object)
    made, at = [], 0
    for group in groups:
        made.append(Counts(matrix=matrix[at : at + len(group)], terms=terms))
        at += len(group)
    return made


def _terms(pieces: Pieces) -> Iterator[str]:
    for piece in pieces:
        words = _WORD.findall(piece.lower())
        yield from words
        yield from (f"{a} {b}" for a, b in zip(words, words[1:], strict=False))


def attack(
    texts: Counts,
    candidates: Counts,
    right: Sequence[frozenset[int]],
    *,
    among: Sequence[Sequence[int]] | None = None,
    owner: Sequence[int] | None = None,
    hide: Callable[[str], bool] = lambda _: False,
) -> list[Found | None]:
    """Look for the right candidate of each text; None where it has none.

    Parameters
    ----------
    texts, candidates : (n, d) and (m, d), the same terms.
    owner : (m,) where the rows of `candidates` are single facts: whose each is. Every fact weighs
        the same, however many words it has; None: each row is a candidate.
    right : (n,) which candidates each text belongs to.
    among : (n,) which candidates come into question; None: all.
    hide : which terms are never shown.
    """
    import numpy as np

    A, B = _weigh(texts, candidates, owner)
    scores = np.asarray((A @ B.T).toarray())
    found: list[Found | None] = []
    for at, targets in enumerate(right):
        known = range(scores.shape[1]) if among is None else among[at]
        pool = np.array(sorted({*known, *targets}), dtype=int)
        if not targets:
            found.append(None)
            continue
        is_right = np.isin(pool, list(targets))
        terms, n_hidden = _speaking(A[[at]], B, pool[is_right], pool[~is_right], texts.terms, hide)
        m, n = int(is_right.sum()), len(pool)
        found.append(
            Found(
                first=within(scores[at, pool], is_right, 1),
                among=within(scores[at, pool], is_right, AMONG),
                guess=1 - math.comb(n - m, 1) / n,
                guess_among=1 - math.comb(n - m, min(n, AMONG)) / math.comb(n, min(n, AMONG)),
                n_candidates=n,
                terms=terms,
                n_hidden=n_hidden,
            )
        )
    return found


def _weigh(texts: Counts, candidates: Counts, owner: Sequence[int] | None) -> tuple[Any, Any]:
    """TF-IDF of both, rows of length one, without the terms that tell nobody from another."""
    import numpy as np
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    weigh = TfidfTransformer(sublinear_tf=True, norm=None)
    weigh.fit(sparse.vstack([texts.matrix, candidates.matrix]))
    share = np.asarray((texts.matrix > 0).sum(axis=0)).ravel() / max(1, texts.matrix.shape[0])
    telling = share <= _EVERYWHERE
    gather = sparse.identity(candidates.matrix.shape[0], format="csr")
    if owner is not None:
        cells = (np.ones(len(owner)), (np.asarray(owner), np.arange(len(owner))))
        gather = sparse.csr_matrix(cells, shape=(max(owner) + 1, len(owner)))
        n_with = np.asarray(((gather @ candidates.matrix) > 0).sum(axis=0)).ravel()
        telling &= (n_with < gather.shape[0]) | (gather.shape[0] == 1)
    keep = sparse.diags(telling.astype(float))
    A, B = (normalize(weigh.transform(one.matrix) @ keep) for one in (texts, candidates))
    return A.tocsr(), (gather @ B).tocsr()


def within(scores: Floats, is_right: NDArray[np.bool_], first: int) -> float:
    """The chance that a right one is among the first so many, equal scores in random order."""
    import numpy as np

    best = float(scores[is_right].max())
    n_better = int(np.sum(scores > best + _CLOSE))
    tied = np.abs(scores - best) <= _CLOSE
    n_tied, n_right = int(tied.sum()), int((tied & is_right).sum())
    places = min(max(0, first - n_better), n_tied)
    return 1 - math.comb(n_tied - n_right, places) / math.comb(n_tied, places)


def _speaking(
    row: Any,
    B: Any,
    right: NDArray[np.intp],
    others: NDArray[np.intp],
    names: NDArray[np.object_],
    hide: Callable[[str], bool],
) -> tuple[tuple[str, ...], int]:
    """What speaks more for the right ones than for the others on average, most first."""
    import numpy as np

    def mean(rows: NDArray[np.intp]) -> Any:
        return np.asarray(B[rows].mean(axis=0)).ravel()[row.indices] if len(rows) else 0.0

    weights = row.data * (mean(right) - mean(others))
    heavy = [
        at for at in np.argsort(-weights, kind="stable")[: 3 * _N_TERMS] if weights[at] > _CLOSE
    ]
    terms = [str(names[row.indices[at]]) for at in heavy]
    # "client" says nothing more where "client manager" is named.
    longest = [
        term for term in terms if not any(f" {term} " in f" {o} " for o in terms if o != term)
    ][:_N_TERMS]
    shown = tuple(term for term in longest if not hide(term))
    return shown, len(longest) - len(shown)


def more_than_chance(found: Sequence[Found]) -> float:
    """The chance that mere guessing does at least as well: an exact one-sided test.

    The number of right guesses is a sum of coins that fall differently often (Poisson-binomial);
    expected halves of hits are rounded down.
    """
    import numpy as np

    chances = np.ones(1)
    for one in found:
        chances = np.convolve(chances, [1 - one.guess, one.guess])
    hits = math.floor(sum(one.first for one in found) + _CLOSE)
    return float(min(1.0, chances[hits:].sum()))
