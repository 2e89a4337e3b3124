"""A model as three files: numbers in safetensors, words and card in JSON. Nothing to unpickle."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.errors import PipelineError
from pipeline.suggest.blend import Model
from pipeline.suggest.vocabulary import Vocabulary

FORMAT = 1
NUMBERS, WORDS, CARD = "model.safetensors", "vocabulary.json", "card.json"
_VOCABULARIES = ("pieces", "words")
_ARRAYS = tuple(
    field.name for field in dataclasses.fields(Model) if field.name not in ("codes", *_VOCABULARIES)
)
AGAIN = "Train again (motif train), or take the whole folder from a backup."


def save(
    model: Model, *, codebook: str, embedding: str, more: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """The files of a model folder, by name.

    Parameters
    ----------
    codebook : `codebook_hash` of the codebook it was trained for.
    embedding : `model_id` of the embedder.
    more : for the card: seed, data hash, scores, limits. What is there is not read back.

    The vocabulary holds participants' words: it must pass the gate before it is written.
    """
    from safetensors.numpy import save as to_safetensors

    arrays = {name: np.ascontiguousarray(getattr(model, name)) for name in _ARRAYS}
    for name in _VOCABULARIES:
        arrays[f"{name}_idf"] = np.ascontiguousarray(getattr(model, name).idf)
    arrays = {
        name: values.astype(np.uint8) if values.dtype == bool else values
        for name, values in arrays.items()
    }
    files = {
        NUMBERS: to_safetensors(arrays),
        WORDS: _json({name: list(getattr(model, name).terms) for name in _VOCABULARIES}),
    }
    card = {
        **(more or {}),
        "motif_model": FORMAT,
        "codes": list(model.codes),
        "codebook": codebook,
        "embedding": embedding,
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "per_code": {
            code: {
                "decisions": int(model.n[at]),
                "present": int(model.n_positive[at]),
                "transcripts": int(model.n_transcripts[at]),
                "learnt": bool(model.fitted[at]),
                "calibrated": bool(model.calibrated[at]),
                "threshold": round(float(model.thresholds[at]), 6),
            }
            for at, code in enumerate(model.codes)
        },
    }
    return {**files, CARD: _json(card)}


def load(files: Mapping[str, bytes], *, codebook: str, embedding: str) -> Model:
    """A model from its files; what it predicts is what the saved one predicted, to 1e-6.

    Parameters
    ----------
    codebook, embedding : what the study has now; a model made for another is refused, because its
        columns would mean something else.

    Raises
    ------
    PipelineError : a file is missing, damaged or of another version; another codebook or embedding.
    """
    card = _card(files)
    if card["codebook"] != codebook:
        raise PipelineError(
            "the model was trained for another codebook, or another version of it",
            where=CARD,
            mend="Train again: motif train.",
        )
    if card["embedding"] != embedding:
        raise PipelineError(
            "the model was trained on another embedding than [embed] model gives",
            where=CARD,
            mend="Set [embed] model back, or train again: motif train.",
        )
    return _model(card, files)


def _card(files: Mapping[str, bytes]) -> dict[str, Any]:
    missing = [name for name in (CARD, NUMBERS, WORDS) if name not in files]
    if missing:
        raise PipelineError.join(
            PipelineError("the file is missing from the model folder", where=name, mend=AGAIN)
            for name in missing
        )
    try:
        card = json.loads(files[CARD].decode("utf-8"))
    except (ValueError, RecursionError):
        raise PipelineError("this is not JSON", where=CARD, mend=AGAIN) from None
    if not isinstance(card, dict) or card.get("motif_model") != FORMAT:
        raise PipelineError(f"this is not a model card of version {FORMAT}", where=CARD, mend=AGAIN)
    digests = card.get("sha256")
    for name in (NUMBERS, WORDS):
        known = digests.get(name) if isinstance(digests, dict) else None
        if known != hashlib.sha256(files[name]).hexdigest():
            raise PipelineError(
                "the file is not the one that its card describes: it was changed or damaged",
                where=name,
                mend=AGAIN,
            )
    if not isinstance(card.get("codes"), list):
        raise PipelineError("the card does not list the codes", where=CARD, mend=AGAIN)
    return {"codebook": None, "embedding": None, **card}


def _model(card: dict[str, Any], files: Mapping[str, bytes]) -> Model:
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_safetensors

    try:
        arrays = from_safetensors(files[NUMBERS])
        words = json.loads(files[WORDS].decode("utf-8"))
        vocabularies = {
            name: Vocabulary(
                kind="words" if name == "words" else "both",
                terms=tuple(str(term) for term in words[name]),
                idf=arrays[f"{name}_idf"],
            )
            for name in _VOCABULARIES
        }
        flags = {name: arrays[name].astype(bool) for name in ("fitted", "calibrated")}
        numbers = {name: arrays[name] for name in _ARRAYS} | flags
        fields: dict[str, Any] = {**vocabularies, **numbers}
        model = Model(codes=tuple(map(str, card["codes"])), **fields)
    except (SafetensorError, KeyError, ValueError, TypeError):
        raise PipelineError(
            "the files do not hold a model of this version", where=NUMBERS, mend=AGAIN
        ) from None
    if not _fits(model):
        raise PipelineError(
            "the numbers, the words and the codes do not fit one another", where=CARD, mend=AGAIN
        )
    return model


def _fits(model: Model) -> bool:
    """Do all shapes agree, and are all numbers numbers?"""
    k = len(model.codes)
    by_code = [getattr(model, name) for name in _ARRAYS if name not in ("cue_mean", "cue_sd")]
    return (
        all(array.shape[-1:] == (k,) for array in by_code)
        and model.piece_weights.shape == (len(model.pieces.terms), k)
        and model.word_weights.shape == (len(model.words.terms), k)
        and model.pieces.idf.shape == (len(model.pieces.terms),)
        and model.words.idf.shape == (len(model.words.terms),)
        and model.direction.ndim == 2
        and model.cue_mean.shape == model.cue_sd.shape
        and model.dense_weights.shape == (2 * model.d + 2 * len(model.cue_mean) + 1, k)
        and all(np.isfinite(getattr(model, name)).all() for name in _ARRAYS)
    )


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()
