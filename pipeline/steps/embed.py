"""Texts -> vectors, kept by text hash and model: a text is embedded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import load_object
from pipeline.embed import Embedder, embedder_for
from pipeline.execute import map_on_cluster
from pipeline.steps.places import cache_folder
from pipeline.steps.study import Study, key_of
from pipeline.store import derived

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str, int, int], None]
CHUNK = 64  # texts between two signs of progress


def load_embedder(model: str) -> Embedder:
    """The model by its name in study.toml.

    Raises
    ------
    PipelineError : it does not load from this machine's disk.
    """
    embedder: Embedder = load_object(embedder_for(model))(model, cache_folder())
    return embedder


def text_key(text: str) -> str:
    """Hash of a text that may be shown (it stands in derived/ anyhow, so no key is needed)."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def embeddings_path(study: Study, name: str) -> Path:
    """One file per model and kind of text."""
    return study.derived / f"{name}-{key_of(study.config.embed.model)[:8]}.npz"


def embed(
    study: Study,
    texts: Sequence[str],
    *,
    name: str = "embeddings",
    scheduler: str | None = None,
    progress: Progress = lambda *_: None,
) -> tuple[NDArray[np.float32], str, int]:
    """(n, d) rows of the texts, the model's id, and how many texts were new to it.

    The model is not even loaded when nothing is new.
    """
    import numpy as np

    path = embeddings_path(study, name)
    kept = derived.read_arrays(path)
    keys = [text_key(text) for text in texts]
    known = {} if kept is None else {key: i for i, key in enumerate(kept["keys"].tolist())}
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if new or kept is None:
        embedder = load_embedder(study.config.embed.model)
        if kept is not None and str(kept["model_id"]) != embedder.model_id:
            known, new = {}, dict(zip(keys, texts, strict=True))
        rows = _encode(embedder, study.config.embed.model, list(new.values()), scheduler, progress)
        used = [key for key in known if key in set(keys)]  # texts of old anonymisations go
        old = [] if kept is None or not used else [kept["X"][[known[key] for key in used]]]
        kept = {
            "keys": np.array([*used, *new], dtype="U32"),
            "X": np.concatenate([*old, rows]).astype(np.float32),
            "model_id": np.array(embedder.model_id),
        }
        derived.write_arrays(path, kept)
        known = {key: i for i, key in enumerate(kept["keys"].tolist())}
    X = kept["X"][[known[key] for key in keys]] if keys else kept["X"][:0]
    return X, str(kept["model_id"]), len(new)


def _encode(
    embedder: Embedder,
    model: str,
    texts: Sequence[str],
    scheduler: str | None,
    progress: Progress,
) -> NDArray[np.float32]:
    import numpy as np

    chunks = [list(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
    if scheduler is not None and chunks:
        rows = map_on_cluster(_encode_there, [(model, c) for c in chunks], address=scheduler)
    else:
        rows = []
        for number, chunk in enumerate(chunks, start=1):
            rows.append(embedder(chunk))
            progress("embed", min(number * CHUNK, len(texts)), len(texts))
    return np.concatenate(rows) if rows else np.zeros((0, embedder.d), dtype=np.float32)


_loaded = lru_cache(maxsize=1)(load_embedder)  # a worker of a cluster loads its model once


def _encode_there(item: tuple[str, list[str]]) -> NDArray[np.float32]:
    model, texts = item
    return _loaded(model)(texts)
