"""Say which segments people should code next, and why. A strategy orders a pool, never decides.

Rows of the audit and anchor lists, rows that are out in an open workbook and rows already coded
are not in the pool: whoever builds it leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """n segments that may be offered, in the order of transcript and position."""

    proba: Floats  # (n, k) each in [0, 1]
    X: NDArray[np.float32]  # (n, d) rows of length 1
    transcript_ids: tuple[str, ...]  # (n,)
    codes: tuple[str, ...]  # (k,)
    n_positive: NDArray[np.int64]  # (k,) segments confirmed so far
    n_decided: int = 0  # segments decided so far
    decided_X: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((0, 0), dtype=np.float32)
    )  # (m, d) of those
    prior: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # (n, k) the codebook alone

    def __post_init__(self) -> None:
        n = len(self.transcript_ids)
        if self.proba.ndim != 2 or self.X.ndim != 2:
            raise ValueError("proba and X must be two-dimensional")
        if len(self.proba) != n or len(self.X) != n or self.proba.shape[1] != len(self.codes):
            raise ValueError("proba must be (n, k), X (n, d), transcript_ids (n,), codes (k,)")
        if self.n_positive.shape != (len(self.codes),):
            raise ValueError("n_positive must be (k,)")

    def __len__(self) -> int:
        return len(self.transcript_ids)

    @property
    def by_codebook(self) -> Floats:
        """(n, k) what the codebook says, or the model where the codebook's word was not given."""
        return self.prior if self.prior.shape == self.proba.shape else self.proba


class Strategy(Protocol):
    """What the table below names."""

    def __call__(self, pool: Pool, rng: np.random.Generator) -> NDArray[np.intp]:
        """A permutation of 0 .. n - 1, the row to ask first in front."""


STRATEGIES = {
    "random": "pipeline.query.at_random:at_random",
    "uncertain": "pipeline.query.least_certain:least_certain",
    "diverse": "pipeline.query.diverse:diverse",
    "uncertain-diverse": "pipeline.query.diverse:uncertain_diverse",
    "representative": "pipeline.query.diverse:representative",
    "rare": "pipeline.query.rare:rare",
    "mixture": "pipeline.query.mixture:mixture",
}
