"""The classifiers of the table, put together from their parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest import Classifier
from pipeline.suggest.blend import Model, fit, predict_proba
from pipeline.suggest.features import Features, Floats
from pipeline.suggest.files import load, save
from pipeline.suggest.prior import Prior


def fit_codebook(
    features: Features,
    Y: Floats,
    weights: Floats,
    groups: Sequence[str],
    rng: np.random.Generator,
    prior: Prior,
    *,
    chance: NDArray[np.bool_] | None = None,
    corpus: Features | None = None,
) -> Model:
    """Learn nothing: what the codebook alone says, to hold the learnt model against."""
    none = features.take([])
    empty = np.zeros((0, len(prior.codes)))
    return fit(none, empty, empty, [], rng, prior)


BLEND = Classifier(fit=fit, predict_proba=predict_proba, save=save, load=load)
CODEBOOK = Classifier(fit=fit_codebook, predict_proba=predict_proba, save=save, load=load)
