"""Scores on data coded elsewhere, each transcript by a model that has not seen it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.codebook import parse_codebook
from pipeline.errors import PipelineError, known_names
from pipeline.records import Code, Codebook
from pipeline.sheets.read import read_rows
from pipeline.steps.embed import load_embedder
from pipeline.steps.inspect import read_file
from pipeline.steps.train import cross_validated, score_lines
from pipeline.suggest.features import Features, Floats, features_in_order
from pipeline.suggest.prior import Prior, make_prior
from pipeline.tables import ReadRow


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """n rows of coded data, in the order of the file."""

    features: Features
    Y: Floats  # (n, k) NaN where nobody was asked
    groups: list[str]  # (n,) transcripts
    prior: Prior


def evaluate_csv(
    file: Path, codebook_file: Path | None, *, n_folds: int, seed: int
) -> dict[str, Any]:
    """The document of `motif evaluate --json`.

    Raises
    ------
    PipelineError : columns missing, nothing coded, one transcript only, codes not in the codebook.
    """
    import numpy as np

    coded = read_coded(file, codebook_file)
    rows = np.flatnonzero(~np.isnan(coded.Y).all(axis=1))
    groups = [coded.groups[row] for row in rows]
    Y = coded.Y[rows]
    return cross_validated(
        coded.features.take(rows), Y, (~np.isnan(Y)).astype(float), groups, coded.prior,
        n_folds, seed,
    )  # fmt: skip


def read_coded(file: Path, codebook_file: Path | None) -> Coded:
    """Coded data with vectors. Columns: transcript_id, text, codes (joined by `;`); optional coded.

    Rows that nobody was asked to code (coded = 0) are context: they count as the turn before.

    Raises
    ------
    PipelineError : every fault of the file at once.
    """
    import numpy as np

    rows = [
        row
        for row in read_rows(read_file(file), file.name, ("transcript_id", "text", "codes"))
        if row.values["text"].strip()
    ]
    codes_of = [_codes(row) for row in rows]
    used = sorted({code for codes in codes_of for code in codes})
    if not used:
        raise PipelineError(
            "no row has a code", where=file.name, mend="Column 'codes' holds ids joined by ;"
        )
    codebook = _codebook(codebook_file, used)
    _check(rows, codes_of, codebook, file.name)
    place = {code: at for at, code in enumerate(codebook.ids)}
    Y = np.zeros((len(rows), len(place)))
    for at, codes in enumerate(codes_of):
        Y[at, [place[code] for code in codes]] = 1.0
        if rows[at].values.get("coded", "").strip() in ("0", "FALSE", "false"):
            Y[at] = np.nan
    embedder = load_embedder("minilm")
    texts = [row.values["text"] for row in rows]
    transcripts = [row.values["transcript_id"] for row in rows]
    return Coded(
        features=features_in_order(texts, embedder(texts), transcripts),
        Y=Y,
        groups=transcripts,
        prior=make_prior(codebook, embedder),
    )


def _codes(row: ReadRow) -> list[str]:
    return list(dict.fromkeys(c.strip() for c in row.values["codes"].split(";") if c.strip()))


def _codebook(file: Path | None, used: Sequence[str]) -> Codebook:
    """The one given, or one that knows of each code its id and nothing else."""
    if file is not None:
        return parse_codebook(read_file(file), file.name)
    codes = tuple(
        Code(id=code, family="all", label=code, definition=code.replace("_", " ")) for code in used
    )
    return Codebook(id="none", version="0", title="", families={"all": ""}, codes=codes)


def _check(
    rows: Sequence[ReadRow], codes_of: Sequence[Sequence[str]], codebook: Codebook, where: str
) -> None:
    faults = []
    for row, codes in zip(rows, codes_of, strict=True):
        if not row.values["transcript_id"].strip():
            faults.append(
                PipelineError(
                    "this is empty",
                    where=f"{where}, row {row.row}, column 'transcript_id'",
                    mend="Say which transcript the row is from.",
                )
            )
        if set(codes) - set(codebook.ids):
            faults.append(
                PipelineError(
                    "a code that the codebook does not have",
                    where=f"{where}, row {row.row}, column 'codes'",
                    mend=f"It has: {known_names(codebook.ids)}.",
                )
            )
    if faults:
        raise PipelineError.join(faults)


def describe(document: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person."""
    yield f"{document['n']} rows in {document['folds']} folds of whole transcripts"
    yield from score_lines(document)
    error = document["calibration_error"]
    yield f"  calibration error {'-' if error is None else format(error, '.3f')}"
