"""Why a code is suggested: the sentence it is nearest to, and the words that weigh most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.blend import Model
from pipeline.suggest.features import Features, Floats
from pipeline.suggest.prior import Prior
from pipeline.suggest.vocabulary import WHOLE, Vocabulary, terms_of, tokens_of

N_WORDS = 3
QUOTED = 90  # characters of a sentence that are shown
_SAID = {
    "definition": "the definition",
    "when": "when to use",
    "example": "the codebook's example",
    "confirmed": "confirmed",
}
_OF_CODEBOOK = re.compile(
    "near to (?:"
    + "|".join(said for kind, said in _SAID.items() if kind != "confirmed")
    + "): “[^”\n]*(?:”|$)",  # the end of the quotation may have been cut off
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """Sentences that are known to bear a code: the codebook's, and what people confirmed."""

    texts: tuple[str, ...]  # (m,)
    kinds: tuple[str, ...]  # (m,) definition, when, example, confirmed
    owner: NDArray[np.intp]  # (m,) the code of each
    X: NDArray[np.float32]  # (m, d)


def evidence_of(prior: Prior, confirmed: Features, Y: Floats) -> Evidence:
    """The codebook's sentences and every segment that a code was confirmed for.

    Y : (n, k) of `confirmed`, in the order of `prior.codes`; above a half is confirmed.
    """
    rows, codes = np.nonzero(np.nan_to_num(Y) > 0.5)
    return Evidence(
        texts=(*prior.sentences, *(confirmed.texts[row] for row in rows)),
        kinds=(*prior.kinds, *("confirmed" for _ in rows)),
        owner=np.concatenate([prior.owner, codes.astype(np.intp)]),
        X=np.concatenate([prior.vectors, confirmed.X[rows]]),
    )


def explain(
    model: Model, features: Features, wanted: Sequence[tuple[int, int]], evidence: Evidence
) -> list[str]:
    """A reason for each pair of (row of `features`, column of `model.codes`).

    Says the nearest sentence that is not the segment itself, and where it comes from; and up to
    three words of the segment without which the part of the score that reads words would be
    lower. For a code that nobody has decided about, says so.
    """
    places = _places(model)
    near = _nearest(features, wanted, evidence)
    reasons = []
    for (row, code), sentence in zip(wanted, near, strict=True):
        parts = []
        if sentence is not None:
            quoted = _short(evidence.texts[sentence])
            parts.append(f"near to {_SAID[evidence.kinds[sentence]]}: “{quoted}”")
        words = telling_words(model, features.texts[row], code, places)
        if words:
            parts.append("words: " + ", ".join(words))
        if not model.fitted[code]:
            parts.append("from the codebook alone, too few decisions to learn from")
        reasons.append("; ".join(parts))
    return reasons


def _nearest(
    features: Features, wanted: Sequence[tuple[int, int]], evidence: Evidence
) -> list[int | None]:
    """For each pair the code's sentence nearest to the segment, of another text than the segment.

    Of equally near ones (to six decimals, so that the order of summing cannot swap two) the first.
    """
    found: list[int | None] = [None] * len(wanted)
    by_code: dict[int, list[int]] = {}
    for at, (_, code) in enumerate(wanted):
        by_code.setdefault(code, []).append(at)
    for code, places in by_code.items():
        known = np.flatnonzero(evidence.owner == code)
        sentences = evidence.X[known].astype(np.float64).T
        for at in places:
            row = wanted[at][0]
            near = np.round(features.X[row].astype(np.float64) @ sentences, 6)
            for one in np.argsort(-near, kind="stable"):
                if evidence.texts[known[one]] != features.texts[row]:
                    found[at] = int(known[one])
                    break
    return found


def spoken(reason: str) -> str:
    """A reason without what it quotes of the codebook: the part that is participants' words."""
    return _OF_CODEBOOK.sub("", reason)


def _short(text: str) -> str:
    if len(text) <= QUOTED:
        return text
    return text[:QUOTED].rsplit(" ", 1)[0] + " …"


def telling_words(
    model: Model, text: str, code: int, places: tuple[dict[str, int], dict[str, int]] | None = None
) -> list[str]:
    """Up to three words of a text, the weightiest first: removing one lowers the score for words.

    From the learnt words where the code is learnt and they say something, else from the pieces of
    words that the text shares with the code's sentences.
    """
    in_words, in_pieces = places or _places(model)
    tokens = tokens_of(text)
    found: list[str] = []
    if model.fitted[code]:
        found = _telling(tokens, model.words, in_words, model.word_weights[:, code])
    if not found:
        found = _telling(tokens, model.pieces, in_pieces, model.piece_weights[:, code])
    return found


def _places(model: Model) -> tuple[dict[str, int], dict[str, int]]:
    """Where each term stands, of words and of pieces; made once for many texts."""
    return model.words.place, model.pieces.place


def _telling(
    tokens: list[str], vocabulary: Vocabulary, place: dict[str, int], weights: Floats
) -> list[str]:
    """The words whose removal lowers the score most. Each that is named was tried.

    Trying every word of a long text takes long, so the trial is for those only whose terms add
    most; removing one can make new pairs of words, and changes the length of the row.
    """
    added = _added(tokens, vocabulary, place, weights)
    likely = sorted(added, key=lambda word: (-round(added[word], 9), word))[: 2 * N_WORDS]
    chosen: list[str] = []
    low = _score(tokens, vocabulary, place, weights)
    for word in likely:
        if len(chosen) == N_WORDS:
            break
        rest = [token for token in tokens if token not in {*chosen, word}]
        score = _score(rest, vocabulary, place, weights)
        if score < low - 1e-9:
            chosen.append(word)
            low = score
    return chosen


def _added(
    tokens: list[str], vocabulary: Vocabulary, place: dict[str, int], weights: Floats
) -> dict[str, float]:
    """What the terms of each word add to the score; words that add nothing are left out."""
    counted = Counter(place[term] for term in terms_of(tokens, vocabulary.kind) if term in place)
    worth = {
        column: (1 + np.log(count)) * float(vocabulary.idf[column] * weights[column])
        for column, count in counted.items()
    }
    pairs: dict[str, set[str]] = {}
    if vocabulary.kind != "pieces":
        mark = "" if vocabulary.kind == "words" else WHOLE
        for first, second in zip(tokens, tokens[1:], strict=False):
            pairs.setdefault(first, set()).add(f"{mark}{first} {second}")
            pairs.setdefault(second, set()).add(f"{mark}{first} {second}")
    added = {}
    for word in dict.fromkeys(tokens):
        terms = {*terms_of([word], vocabulary.kind), *pairs.get(word, ())}
        total = sum(worth.get(place.get(term, -1), 0.0) for term in sorted(terms))
        if total > 1e-9 and len(word) > 1:
            added[word] = total
    return added


def _score(
    tokens: list[str], vocabulary: Vocabulary, place: dict[str, int], weights: Floats
) -> float:
    """One row of `transform` times the weights, without building a matrix."""
    counted = Counter(place[term] for term in terms_of(tokens, vocabulary.kind) if term in place)
    if not counted:
        return 0.0
    columns = np.array(sorted(counted), dtype=np.intp)
    counts = np.array([counted[column] for column in sorted(counted)], dtype=np.float64)
    values = (1 + np.log(counts)) * vocabulary.idf[columns]
    return float(values @ weights[columns] / np.linalg.norm(values))
