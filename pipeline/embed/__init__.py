"""Turn texts into vectors. An embedding is a function of its text and its model, of nothing else.

The same text gets the same vector whether it comes alone or with others, first or last; so a
cache by text hash tells the truth, and results do not depend on how the work was divided.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Texts in, one row each out."""

    @property
    def model_id(self) -> str:
        """Names the weights and the way they are run; part of every cache key and model card."""

    @property
    def d(self) -> int:
        """How many numbers a vector has."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d), row i for text i, each of length 1."""


class Load(Protocol):
    """What the table below names: makes an embedder, or says why it cannot."""

    def __call__(self, model: str, cache_dir: Path) -> Embedder:
        """`cache_dir` is the installation's own folder, shared by studies; it holds no text."""


EMBEDDERS = {
    "minilm": "pipeline.embed.minilm:load",
    "sentence-transformers": "pipeline.embed.sentence:load",
}


def embedder_for(model: str) -> str:
    """The dotted path of the loader for `[embed] model`: a name of the table, else any model."""
    return EMBEDDERS.get(model, EMBEDDERS["sentence-transformers"])
