"""participants.csv: who is who in which file."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pipeline.errors import PipelineError
from pipeline.ingest.labels import label_key
from pipeline.sheets.read import read_rows
from pipeline.steps.study import Study, read_input
from pipeline.tables import ReadRow

OWN_COLUMNS = ("file", "speaker", "participant", "language")
LANGUAGES = ("en", "nl", "da")
PLACE = "file"  # beside the other columns in it: speaker and file, where the row stood
SAID = "table"  # the vault's entry: what the rows of each participant said, now or before
# Names of Motif's own in the tables that carry published columns.
TAKEN = (
    "transcript_id", "transcript_hash", "earlier", "words", "study", "coder", "codebook version",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One row: a respondent in a file."""

    row: int
    file: str  # as the table has it, with / between folders
    speaker: str  # "" when the file has one respondent
    participant: str  # the team's own name for the person
    language: str = ""
    columns: dict[str, str] = field(default_factory=dict)  # role, city, wave, any other


def read_participants(study: Study, files: Sequence[str] | None = None) -> list[Participant]:
    """The rows of the participants table, checked against the files of the corpus.

    Parameters
    ----------
    files : the corpus's files; None checks the table alone.

    Raises
    ------
    PipelineError : every fault of the table at once, each with its row and column.
    """
    path = study.config.participants
    if path is None:
        return []
    rows = read_rows(
        read_input(path, "[study] participants"), path.name, required=("file", "participant")
    )
    found = [_participant(row) for row in rows]
    faults = [*_row_faults(found, path.name, files), *_column_faults(study, rows, path.name)]
    if faults:
        raise PipelineError.join(faults)
    return found


def remember(study: Study, rows: Sequence[Participant]) -> None:
    """Keep what these rows say in the vault: an edit of the table takes nothing back.

    A name that was corrected or a row that was dropped may still be spoken of. Only `motif forget`
    lets go of it.
    """
    kept = _said(study)
    before = json.dumps(kept)
    for row in rows:
        columns = kept.setdefault(row.participant, {})
        for column, value in (*row.columns.items(), (PLACE, f"{row.speaker}\n{row.file}")):
            if value and value not in columns.setdefault(column, []):
                columns[column].append(value)
    if json.dumps(kept) != before:
        study.vault.write(SAID, json.dumps(kept).encode())


def once_said(study: Study) -> list[Participant]:
    """What the table has said of everybody, one value a row (number 0, no file)."""
    return [
        Participant(row=0, file="", speaker="", participant=name, columns=columns)
        for name, said in _said(study).items()
        for columns in (
            {},
            *({c: value} for c, values in said.items() if c != PLACE for value in values),
        )
    ]


def former_names(study: Study, rows: Sequence[Participant], names: Collection[str]) -> list[str]:
    """What the table called these participants before it was corrected.

    Another name that stood at the place of one of their rows, and that no row has now.

    Parameters
    ----------
    rows : of the table, as it is now.
    """
    said = {name: _places(columns.get(PLACE, ())) for name, columns in _said(study).items()}
    now = {row.participant for row in rows}
    theirs = {(label_key(row.speaker), row.file) for row in rows if row.participant in names}
    theirs |= {place for name in names for place in said.get(name, ())}
    return [
        name
        for name, places in said.items()
        if name not in now and name not in names and not places.isdisjoint(theirs)
    ]


def _places(values: Sequence[str]) -> set[tuple[str, str]]:
    return {(label_key(speaker), file) for speaker, _, file in (v.partition("\n") for v in values)}


def let_go(study: Study, names: Collection[str]) -> None:
    """Take these participants out of what is remembered."""
    kept = _said(study)
    if not kept.keys().isdisjoint(names):
        left = {name: said for name, said in kept.items() if name not in names}
        study.vault.write(SAID, json.dumps(left).encode())


def _said(study: Study) -> dict[str, dict[str, list[str]]]:
    """By participant and column."""
    try:
        kept: dict[str, dict[str, list[str]]] = json.loads(study.vault.read(SAID))
    except KeyError:
        return {}
    return kept


def _participant(row: ReadRow) -> Participant:
    values = {title.strip().casefold(): value.strip() for title, value in row.values.items()}
    return Participant(
        row=row.row,
        file=values["file"].replace("\\", "/"),
        speaker=values.get("speaker", ""),
        participant=values["participant"],
        language=values.get("language", "").casefold(),
        columns={k: v for k, v in values.items() if k not in OWN_COLUMNS and k},
    )


def _row_faults(
    rows: Sequence[Participant], where: str, files: Sequence[str] | None
) -> list[PipelineError]:
    faults, seen, languages = [], dict[tuple[str, str], int](), ", ".join(LANGUAGES)
    for row in rows:
        for column in ("file", "participant"):
            if not getattr(row, column):
                faults.append(_fault(where, row.row, column, "this is empty", "Fill it in."))
        if row.language and row.language not in LANGUAGES:
            faults.append(
                _fault(where, row.row, "language", f"this is not one of {languages}", "Correct it.")
            )
        if files is not None and row.file and row.file not in files:
            faults.append(
                _fault(
                    where, row.row, "file", "there is no such file in the corpus",
                    "Correct the name (capitals count), or take the row out.",
                )
            )  # fmt: skip
        first = seen.setdefault((row.file, label_key(row.speaker)), row.row)
        if first != row.row and row.file:
            faults.append(
                _fault(
                    where, row.row, "speaker",
                    f"this file and speaker stand in row {first} already", "Take one row out.",
                )
            )  # fmt: skip
    return faults


def _column_faults(study: Study, rows: Sequence[ReadRow], where: str) -> list[PipelineError]:
    """[publish] columns must be there, or a typing slip would publish nothing in silence."""
    if not rows:
        return []
    titles = {title.strip().casefold() for title in rows[0].values}
    return [
        PipelineError(
            f"[publish] columns names '{name}', which this table does not have",
            where=where,
            mend=f"Its columns are {', '.join(sorted(title for title in titles if title))}.",
        )
        for name in study.config.publish.columns
        if name.casefold() not in titles
    ] + [
        PipelineError(
            f"a published column cannot be called '{name}': Motif has one of that name",
            where=where,
            mend="Call it otherwise, here and in [publish] columns.",
        )
        for name in study.config.publish.columns
        if name.casefold() in TAKEN
    ]


def _fault(where: str, row: int, column: str, wrong: str, mend: str) -> PipelineError:
    return PipelineError(wrong, where=f"{where}, row {row}, column '{column}'", mend=mend)
