"""A spaCy pipeline of the team's own as one more voter on names. Loaded from this machine only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipeline.anonymise.tokens import read
from pipeline.errors import PipelineError
from pipeline.records import Kind

# Labels of OntoNotes, CoNLL and WikiNER pipelines, and of spaCy's Dutch and Danish ones.
KIND_OF: dict[str, Kind] = {
    "PERSON": "person",
    "PER": "person",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "ORG": "organisation",
}
_MOST = 20_000  # characters handed over at once; a pipeline refuses a million


def entities(text: str, pipeline: str) -> dict[int, Kind]:
    """Which words the pipeline takes for names, by token index of `read(text)`.

    Raises
    ------
    PipelineError : the pipeline is not on this machine, or it names no entities.
    """
    nlp = _load(pipeline)
    tokens = read(text).tokens
    found: dict[int, Kind] = {}
    k = 0
    for start, end in _pieces(text):
        spans = (
            (start + e.start_char, start + e.end_char, e.label_) for e in nlp(text[start:end]).ents
        )
        for first, last, label in sorted(spans):
            kind = KIND_OF.get(label)
            while k < len(tokens) and tokens[k].end <= first:
                k += 1
            while kind and k < len(tokens) and tokens[k].start < last:
                found[k] = kind
                k += 1
    return found


def _pieces(text: str) -> list[tuple[int, int]]:
    """The text in pieces that end where a line or a word does."""
    pieces, start = [], 0
    while start < len(text):
        end = min(len(text), start + _MOST)
        if end < len(text):
            cut = max(text.rfind("\n", start, end), start)
            end = (cut if cut > start else max(text.rfind(" ", start, end), start)) + 1
            end = end if end > start + 1 else min(len(text), start + _MOST)
        pieces.append((start, end))
        start = end
    return pieces


@lru_cache(maxsize=2)
def _load(pipeline: str) -> Any:
    import spacy

    try:
        nlp = spacy.load(pipeline)
    except Exception:
        raise PipelineError(
            "this spaCy pipeline cannot be loaded on this machine",
            where="[anonymise] tagger",
            mend="Give the name of an installed pipeline or its folder; nothing is downloaded.",
        ) from None
    if not {"ner", "entity_ruler", "span_ruler"} & {*nlp.pipe_names}:
        raise PipelineError(
            "this spaCy pipeline names no entities",
            where="[anonymise] tagger",
            mend="Choose a pipeline with the component 'ner' or 'entity_ruler'.",
        )
    return nlp
