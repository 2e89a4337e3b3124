"""Any sentence-transformers model, by name or folder, from this machine's disk only."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.fingerprint import remembered_sha256
from pipeline.errors import PipelineError

UNPICKLED = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A loaded model. Each text is encoded alone: padding, and so company, never touches it.

    A text longer than the model reads is cut at words into parts that fit, whose vectors are
    averaged, weighted by their pieces.
    """

    encode: Callable[[str], NDArray[np.float32]]
    n_pieces: Callable[[str], int]
    longest: int  # word pieces that the model reads at once
    model_id: str
    d: int

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) float32, rows of length 1; row i depends on text i alone, to 1e-6."""
        vectors = {text: self._vector(text) for text in dict.fromkeys(texts)}
        rows = [vectors[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.d), dtype=np.float32)

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.zeros(self.d, dtype=np.float64)
        for part in self._parts(text):
            total += self.n_pieces(part) * self.encode(part).astype(np.float64)
        length = float(np.linalg.norm(total))
        return (total / length if length > 0 else total).astype(np.float32)

    def _parts(self, text: str) -> list[str]:
        """The text, halved at a space until each part fits."""
        words = text.split(" ")
        if self.n_pieces(text) <= self.longest or len(words) < 2:
            return [text]
        half = len(words) // 2
        return self._parts(" ".join(words[:half])) + self._parts(" ".join(words[half:]))


def load(model: str, cache_dir: Path) -> Sentence:
    """The embedder for any other `[embed] model`: a folder, or a name that was fetched before.

    Parameters
    ----------
    model : a folder with a sentence-transformers model, or a name from the Hugging Face hub whose
        files are in this machine's cache. Nothing is fetched.
    cache_dir : keeps the model files' hashes, which are part of `model_id`.

    Raises
    ------
    PipelineError : the model is not on this machine, holds pickled weights, or does not load.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    folder = _folder(model)
    _refuse_pickles(folder, model)
    fingerprint = _fingerprint(folder, cache_dir)
    loaded = _load(folder, model)
    d = loaded.get_embedding_dimension()
    if d is None:
        raise PipelineError(
            "this model does not say how long its vectors are", where=f"[embed] model = {model}"
        )
    tokenizer = loaded.tokenizer
    return Sentence(
        encode=lambda text: np.asarray(
            loaded.encode([text], batch_size=1, show_progress_bar=False)[0], dtype=np.float32
        ),
        n_pieces=lambda text: len(tokenizer(text, truncation=False, verbose=False)["input_ids"]),
        longest=int(loaded.max_seq_length or 256),
        model_id=f"{Path(model).name}:{fingerprint[:12]}:alone-1",
        d=int(d),
    )


def _folder(model: str) -> Path:
    """The folder that holds the model's files, without asking the network."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    names = [model] if "/" in model else [f"sentence-transformers/{model}", model]
    for name in names:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except Exception:  # noqa: S112 - the hub has a dozen error classes, all mean: not here
            continue
    raise PipelineError(
        "this is neither a folder nor a model that is on this machine",
        where=f"[embed] model = {model}",
        mend="Motif fetches nothing. Set model to 'minilm', or copy a sentence-transformers folder "
        "here and set model to its path.",
    )


def _refuse_pickles(folder: Path, model: str) -> None:
    """Weights must be safetensors: a pickled file from a colleague could run code."""
    for path in folder.rglob("*"):
        safe = path.with_name("model.safetensors").exists()
        if path.suffix in UNPICKLED and not safe and path.name != "training_args.bin":
            raise PipelineError(
                f"{path.relative_to(folder).as_posix()} is a pickled file, which could run code",
                where=f"[embed] model = {model}",
                mend="Use a copy of the model whose weights are in model.safetensors.",
            )


def _fingerprint(folder: Path, cache_dir: Path) -> str:
    """The sha256 over names and contents of the files that make the vectors."""
    made_of = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix()):
        if path.is_file() and path.suffix in (".safetensors", ".json", ".txt", ".model"):
            name = path.relative_to(folder).as_posix()
            made_of.update(f"{name}\0{remembered_sha256(path, cache_dir)}\n".encode())
    return made_of.hexdigest()


def _load(folder: Path, model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        loaded = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        return loaded.eval()
    except Exception:  # the library's message may quote paths and file contents
        raise PipelineError(
            "the folder does not hold a model that sentence-transformers can load",
            where=f"[embed] model = {model}",
            mend="Set model to 'minilm', or to a folder that holds modules.json, config.json, "
            "a tokenizer and model.safetensors.",
        ) from None
