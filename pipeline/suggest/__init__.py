"""Suggest codes for segments: from the codebook alone first, then from what people decided.

A classifier is a record of four functions: `fit` learns a model from decisions, `predict_proba`
scores segments with it, `save` and `load` turn it into files and back (no pickle). `fit` with
no decision at all gives a model that knows the codebook only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.features import Features, Floats
from pipeline.suggest.prior import Prior

VERSION = 2  # another way of learning is another version: it is part of the step's key


class Fit(Protocol):
    """Learn from decisions; see `pipeline.suggest.blend.fit` for the shapes."""

    def __call__(
        self,
        features: Features,
        Y: Floats,
        weights: Floats,
        groups: Sequence[str],
        rng: np.random.Generator,
        prior: Prior,
        *,
        chance: NDArray[np.bool_] | None = None,
        corpus: Features | None = None,
    ) -> Any:
        """A model with `codes`, `calibrated` and `thresholds`, each (k,). Same in, same out."""


class Predict(Protocol):
    """Score segments."""

    def __call__(self, model: Any, features: Features) -> Floats:
        """(n, k) from 0 to 1: a probability where `model.calibrated`, else a rank in disguise."""


class Save(Protocol):
    """A model as files."""

    def __call__(
        self, model: Any, *, codebook: str, embedding: str, more: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        """File name to bytes; `codebook` and `embedding` are what it was made for."""


class Load(Protocol):
    """The inverse of `Save`."""

    def __call__(self, files: Mapping[str, bytes], *, codebook: str, embedding: str) -> Any:
        """The model, or a PipelineError where it is damaged or made for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """What the table below names."""

    fit: Fit
    predict_proba: Predict
    save: Save
    load: Load


CLASSIFIERS = {
    "blend": "pipeline.suggest.classifiers:BLEND",
    "codebook": "pipeline.suggest.classifiers:CODEBOOK",
}
