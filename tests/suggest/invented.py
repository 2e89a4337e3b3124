"""An invented little study: three codes, some of whose words come back, over many transcripts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hashing_embedder import HashingEmbedder
from numpy.typing import NDArray

from pipeline.records import Code, Codebook
from pipeline.suggest.features import Features, features_in_order
from pipeline.suggest.prior import Prior, make_prior

TOLD = {
    "rule": ["letter", "fine", "protocol", "warning", "register", "deadline"],
    "care": ["listened", "stayed", "evening", "lesson", "dictionary", "encouraged"],
    "room": ["monitored", "allowed", "freedom", "manager", "inspection", "numbers"],
}
FILLER = "well then the people came over and we talked about it for a while that morning".split()

BOOK = Codebook(
    id="small",
    version="1",
    title="Small",
    families={"f": "all"},
    codes=tuple(
        Code(
            id=name,
            family="f",
            label=name,
            definition=f"Speaks of {told[0]} and {told[1]}.",
            examples=(f"It was the {told[0]} again.", f"So I {told[1]} there, {told[2]} and all."),
        )
        for name, told in TOLD.items()
    ),
)


@dataclass(frozen=True)
class Study:
    features: Features
    Y: NDArray[np.float64]
    groups: list[str]
    prior: Prior


def study(n: int = 240, n_transcripts: int = 12, seed: int = 0) -> Study:
    rng = np.random.default_rng(seed)
    texts, Y = [], np.zeros((n, len(TOLD)))
    for row in range(n):
        said = list(rng.choice(FILLER, size=8))
        for code, told in enumerate(TOLD.values()):
            if rng.random() < (0.4, 0.25, 0.15)[code]:
                Y[row, code] = 1
                said += list(rng.choice(told, size=2, replace=False))
        texts.append(" ".join(rng.permutation(said)))
    groups = [f"T{row * n_transcripts // n:03d}" for row in range(n)]
    embed = HashingEmbedder()
    features = features_in_order(texts, embed(texts), groups)
    return Study(features, Y, groups, make_prior(BOOK, embed))
