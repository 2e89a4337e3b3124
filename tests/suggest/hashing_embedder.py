"""A model-free embedder: words hashed into 64 places. Deterministic on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.text import words


class HashingEmbedder:
    model_id = "hashing-64"
    d = 64

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.d), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text.casefold()):
                digest = hashlib.sha256(word.encode()).digest()
                rows[row, digest[0] % self.d] += 1 if digest[1] % 2 else -1
            rows[row, 0] += 0.01
            rows[row] /= np.linalg.norm(rows[row])
        return rows
