"""Scores on data coded elsewhere, each transcript by a model that has not seen it."""

from __future__ import annotations

import math
from collections import Counter
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
from pipeline.tables import ReadRow, place

# As a person, a spreadsheet or pandas writes a truth value; a column with gaps has floats. A blank
# cell is no answer to whether anybody was asked, and so never a no.
_ASKED = {"": True, "1": True, "1.0": True, "true": True, "yes": True} | {
    "0": False, "0.0": False, "false": False, "no": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """n passages of coded data, those of a transcript in their order."""

    features: Features
    Y: Floats  # (n, k) mean over the coders who were asked, NaN where nobody was
    groups: list[str]  # (n,) transcripts
    prior: Prior


def evaluate_csv(
    file: Path,
    codebook_file: Path | None,
    *,
    n_folds: int,
    seed: int,
    only_known: bool = False,
) -> dict[str, Any]:
    """The document of `motif evaluate --json`; `only_known` as in `read_coded`.

    Raises
    ------
    PipelineError : columns missing, nothing coded, one transcript only, codes not in the codebook,
        all texts the same.
    """
    import numpy as np

    coded = read_coded(file, codebook_file, only_known=only_known)
    if len(set(coded.features.texts)) == 1 < len(coded.features):
        raise PipelineError(
            "all rows have the same text, so nothing can tell them apart",
            where=f"{file.name}, column 'text'",
            mend="The column must hold what was said in each row.",
        )
    rows = np.flatnonzero(~np.isnan(coded.Y).all(axis=1))
    groups = [coded.groups[row] for row in rows]
    Y = coded.Y[rows]
    return cross_validated(
        coded.features.take(rows), Y, np.nan_to_num(np.maximum(Y, 1 - Y)), groups, coded.prior,
        n_folds, seed,
    )  # fmt: skip


def read_coded(file: Path, codebook_file: Path | None, *, only_known: bool = False) -> Coded:
    """Coded data with vectors. Columns: transcript_id, text, codes (joined by `;`).

    Optional columns: coded (0 = nobody was asked: the row is context, it counts as the turn
    before), turn (settles the order), coder (rows of several coders for one passage are one row).

    With `only_known`, codes that the codebook lacks are passed over; a row that has no others was
    asked all the same, and bears none of the codebook's.

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
    rows = _in_order(rows)
    codes_of = [_codes(row) for row in rows]
    used = sorted({code for codes in codes_of for code in codes})
    if not used:
        raise PipelineError(
            "no row has a code", where=file.name, mend="Column 'codes' holds ids joined by ;"
        )
    codebook = _codebook(codebook_file, used)
    if only_known:
        codes_of = [[code for code in codes if code in codebook.ids] for codes in codes_of]
        if not any(codes_of):
            raise PipelineError(
                "no row has a code of this codebook", where=file.name,
                mend=f"The codebook has: {known_names(codebook.ids)}.",
            )  # fmt: skip
    _check(rows, codes_of, codebook, file.name)
    column = {code: at for at, code in enumerate(codebook.ids)}
    passages = _passages(rows)
    Y = np.full((len(passages), len(column)), np.nan)
    for at, said in enumerate(passages):
        asked = [one for one in said if _ASKED[_coded(rows[one])]]
        if asked:
            Y[at] = 0.0
        for one in asked:
            Y[at, [column[code] for code in codes_of[one]]] += 1 / len(asked)
    embedder = load_embedder("minilm")
    texts = [rows[said[0]].values["text"] for said in passages]
    transcripts = [_transcript(rows[said[0]]) for said in passages]
    return Coded(
        features=features_in_order(texts, embedder(texts), transcripts),
        Y=np.minimum(Y, 1.0),  # a third and a third and a third
        groups=transcripts,
        prior=make_prior(codebook, embedder),
    )


def _transcript(row: ReadRow) -> str:
    return row.values["transcript_id"].strip()


def _coded(row: ReadRow) -> str:
    return row.values.get("coded", "").strip().casefold()


def _turn(row: ReadRow) -> float | None:
    try:
        turn = float(row.values.get("turn", ""))
    except ValueError:
        return None
    return turn if math.isfinite(turn) else None


def _in_order(rows: Sequence[ReadRow]) -> list[ReadRow]:
    """By transcript, as they first appear, and turn; as they stand where a turn is no number."""
    turns = [_turn(row) for row in rows]
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(_transcript(row), len(first))
    if any(turn is None for turn in turns):
        return list(rows)
    keys = [(first[_transcript(row)], turn or 0.0) for row, turn in zip(rows, turns, strict=True)]
    return [rows[at] for at in sorted(range(len(rows)), key=keys.__getitem__)]


def _passages(rows: Sequence[ReadRow]) -> list[list[int]]:
    """Which rows are what several coders said of one passage; each passage at its first row.

    The same segment_id is the same passage; without one, the same turn and words (a turn may have
    several passages). What one coder has twice are two passages.
    """
    found: dict[tuple[object, ...], list[int]] = {}
    times: Counter[tuple[object, ...]] = Counter()
    for at, row in enumerate(rows):
        segment, turn = row.values.get("segment_id", "").strip(), _turn(row)
        if "coder" not in row.values or (not segment and turn is None):
            found[at,] = [at]
            continue
        what = (segment,) if segment else (turn, *row.values["text"].casefold().split())
        key = (_transcript(row), *what)
        coder = row.values["coder"].strip().casefold()
        found.setdefault((times[key, coder], key), []).append(at)
        times[key, coder] += 1
    return list(found.values())


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
        if _coded(row) not in _ASKED:
            faults.append(
                PipelineError(
                    "this is neither yes nor no",
                    where=place(where, row.sheet, row.row, "coded"),
                    mend="Write 1 where somebody was asked to code the row, and 0 where not.",
                )
            )
        if not row.values["transcript_id"].strip():
            faults.append(
                PipelineError(
                    "this is empty",
                    where=place(where, row.sheet, row.row, "transcript_id"),
                    mend="Say which transcript the row is from.",
                )
            )
        if set(codes) - set(codebook.ids):
            faults.append(
                PipelineError(
                    "a code that the codebook does not have",
                    where=place(where, row.sheet, row.row, "codes"),
                    mend=f"It has: {known_names(codebook.ids)}. Add the code, or pass over such "
                    "codes with --only-known.",
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
