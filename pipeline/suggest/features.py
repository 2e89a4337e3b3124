"""What a classifier is given of the segments: text, vector, place, and the turn before."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.vocabulary import Tokens, tokenise

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)  # no slots: `tokens` is kept once made
class Features:
    """n segments, in any order; row i of everything belongs to segment i."""

    texts: tuple[str, ...]
    X: NDArray[np.float32]  # (n, d), rows of length 1
    previous_texts: tuple[str, ...]  # the turn or segment before, "" where there is none
    previous_X: NDArray[np.float32]  # (n, d), zeros where there is none
    position: Floats  # (n,) 0 at the transcript's beginning, 1 at its end

    def __post_init__(self) -> None:
        n = len(self.texts)
        shapes = (len(self.previous_texts), len(self.X), len(self.previous_X), len(self.position))
        if any(length != n for length in shapes) or self.X.shape != self.previous_X.shape:
            raise ValueError(f"features of different lengths: {n} texts, and {shapes}")

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def tokens(self) -> Tokens:
        """(2 n,) the words of the texts, then those of the texts before: most are both."""
        return tokenise((*self.texts, *self.previous_texts))

    def take(self, rows: NDArray[np.intp] | Sequence[int]) -> Features:
        """The same, of these rows, in their order."""
        index = np.asarray(rows, dtype=np.intp)
        return Features(
            texts=tuple(self.texts[i] for i in index),
            X=self.X[index],
            previous_texts=tuple(self.previous_texts[i] for i in index),
            previous_X=self.previous_X[index],
            position=self.position[index],
        )


def features_in_order(
    texts: Sequence[str], X: NDArray[np.float32], transcript_ids: Sequence[str]
) -> Features:
    """Features of segments that stand in the order of their transcripts.

    The one before is the row before of the same transcript; the position is the row's rank in
    its transcript. Rows of a transcript may be apart, but must be in order.
    """
    ids = np.asarray(transcript_ids, dtype=str)
    if not len(ids) == len(texts) == len(X):
        raise ValueError("texts, vectors and transcripts of different lengths")
    before = np.full(len(ids), -1, dtype=np.intp)
    position = np.zeros(len(ids), dtype=np.float64)
    order = np.argsort(ids, kind="stable")
    first = np.r_[True, ids[order][1:] != ids[order][:-1]][: len(ids)]
    starts = np.flatnonzero(first).tolist()
    for start, end in zip(starts, [*starts[1:], len(ids)], strict=False):
        rows = order[start:end]
        before[rows[1:]] = rows[:-1]
        position[rows] = np.arange(len(rows)) / max(1, len(rows) - 1)
    has = before >= 0
    previous_X = np.zeros_like(X)
    previous_X[has] = X[before[has]]
    return Features(
        texts=tuple(texts),
        X=X,
        previous_texts=tuple(texts[b] if b >= 0 else "" for b in before.tolist()),
        previous_X=previous_X,
        position=position,
    )


# Function words of English, Dutch and Danish. Left out: words that are another word in one of the
# other languages (Danish "i" is in, Dutch "want" is because).
_SETS: dict[str, frozenset[str]] = {
    name: frozenset(listed.split())
    for name, listed in {
        "first person": "i i'm i've i'd i'll me my mine myself ik mij mijn jeg mig min mit mine",
        "we": "we us our ours we're we've wij ons onze vi os vores",
        "you": "you your yours you're you've je jij jou jouw u uw jullie du dig din dit jer jeres",
        "they": "he she they him her them his their it its he's she's they're hij zij ze hem haar "
        "hun han hun ham hende hans hendes deres",
        "negation": "no not never nothing none nobody don't didn't can't won't isn't wasn't "
        "doesn't couldn't wouldn't niet geen nooit niets niemand ikke ingen aldrig intet",
        "must": "must should have had need needs needed ought obliged moet moeten moest hoeft "
        "skal skulle bør nødt",
        "can": "can could may might able allowed kan kunnen mag mogen kunne måtte",
        "future": "will i'll we'll going gonna would shall zal zullen gaan zou vil ville",
        "past": "was were had did went said got came told been werd waren had was var havde "
        "blev sagde gik kom",
        "opinion": "think believe feel opinion guess suppose seems find vind denk geloof synes "
        "tror mener føler",
        "hedge": "maybe perhaps probably somewhat kind sort misschien waarschijnlijk måske "
        "sikkert nok",
        "cause": "because so since therefore cause reason omdat dus daarom fordi derfor så",
        "condition": "if when unless whether als wanneer tenzij hvis når om medmindre",
        "contrast": "but although however though still maar hoewel echter toch men selvom dog",
        "kindness": "hi hello thanks thank please sorry good great hoi hallo dank bedankt hej tak "
        "goed godt",
    }.items()
}
_NUMBER = re.compile(r"\d+")
_COUNTED: tuple[Callable[[str], int], ...] = (
    lambda text: text.count("?"),
    lambda text: text.count("!"),
    lambda text: len(_NUMBER.findall(text)),
)
N_CUES = len(_SETS) + len(_COUNTED) + 2


def cues(texts: Sequence[str], tokens: Tokens | None = None) -> Floats:
    """(n, N_CUES): how often which function words and marks, per root of length; and length.

    Each row depends on its text alone; standardising is the classifier's part.

    Parameters
    ----------
    tokens : of the same texts, where they are at hand.
    """
    tokens = tokenise(texts) if tokens is None else tokens
    n_words = tokens.lengths.astype(np.float64)
    counts = tokens.counts()
    member = [[float(word in known) for known in _SETS.values()] for word in tokens.words]
    of_set = counts @ np.array(member).reshape(-1, len(_SETS))
    letters = counts @ np.array([float(len(word)) for word in tokens.words])
    marks = {text: [min(3, count(text)) for count in _COUNTED] for text in set(texts)}
    return np.column_stack(
        [
            of_set / np.sqrt(np.maximum(1, n_words))[:, None],
            np.array([marks[text] for text in texts], dtype=np.float64).reshape(-1, len(_COUNTED)),
            np.log1p(n_words),
            letters / np.maximum(1, n_words),
        ]
    )
