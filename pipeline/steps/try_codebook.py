"""Suggestions for loose sentences: from a codebook alone, or with a trained model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.codebook import codebook_hash, exclusions, parse_codebook, without_excluded
from pipeline.errors import PipelineError
from pipeline.sheets.read import read_rows
from pipeline.steps.embed import load_embedder
from pipeline.steps.inspect import read_file
from pipeline.steps.train import classifier, read_folder
from pipeline.suggest.features import Features
from pipeline.suggest.prior import make_prior

_SHOWN = 3


def suggest_for(
    codebook_file: Path, texts: Sequence[str], table: Path | None, model_folder: Path | None
) -> Iterator[dict[str, Any]]:
    """{row, text, suggestions} for each text, all codes, best first.

    A code that a better one excludes is among them, marked `excluded`; a person is not shown it.

    Texts stand alone: what a trained model learnt of the turn before and of the place in a
    transcript counts as nothing here.

    Raises
    ------
    PipelineError : no text, an unreadable table or codebook, a model that does not fit.
    """
    import numpy as np

    codebook = parse_codebook(read_file(codebook_file), codebook_file.name)
    rows = [*enumerate(texts, start=1)] + (_table_rows(table) if table else [])
    if not rows:
        raise PipelineError(
            "there is no text to try", mend='Give sentences, or a table: --csv FILE with "text".'
        )
    embedder = load_embedder("minilm")
    prior = make_prior(codebook, embedder)
    X = embedder([text for _, text in rows])
    features = Features(
        texts=tuple(text for _, text in rows),
        X=X,
        previous_texts=("",) * len(rows),
        previous_X=np.zeros_like(X),
        position=np.full(len(rows), 0.5),
    )
    chosen = classifier()
    if model_folder is None:
        none, empty = features.take([]), np.zeros((0, len(prior.codes)))
        model = chosen.fit(none, empty, empty, [], np.random.default_rng(0), prior)
    else:
        model = chosen.load(
            read_folder(model_folder),
            codebook=codebook_hash(codebook),
            embedding=embedder.model_id,
        )
    proba = np.round(chosen.predict_proba(model, features), 6)
    order = np.argsort(-proba, axis=1, kind="stable")
    apart = exclusions(codebook.codes)
    for at, (row, text) in enumerate(rows):
        best_first = [codebook.ids[code] for code in order[at]]
        score = dict(zip(codebook.ids, proba[at].tolist(), strict=True))
        kept = set(without_excluded(best_first, apart))
        yield {
            "row": row,
            "text": text,
            "suggestions": [
                {"code": code, "score": score[code]} | ({} if code in kept else {"excluded": True})
                for code in best_first
            ],
        }


def _table_rows(file: Path) -> list[tuple[int, str]]:
    """(row as a person sees it, text) of every row that has a text."""
    found = read_rows(read_file(file), file.name, ("text",))
    return [(row.row, row.values["text"]) for row in found if row.values["text"].strip()]


def describe(document: Mapping[str, Any]) -> Iterator[str]:
    """The best few, for a person."""
    yield f"{document['row']}: {document['text'][:90]}"
    for one in [one for one in document["suggestions"] if "excluded" not in one][:_SHOWN]:
        yield f"   {one['score']:.2f}  {one['code']}"
