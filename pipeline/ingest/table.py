"""Tables of turns, cut by commas, semicolons or tabs: columns by their names, in any order.

`rows_reading` is for spreadsheets too: what a row is does not depend on the format.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import PipelineError
from pipeline.ingest.columns import clean_label, header_kind
from pipeline.ingest.encoding import decode_noting
from pipeline.ingest.reading import Block, Reading
from pipeline.ingest.times import cell_seconds

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class _Header:
    """Where each kind of column stands."""

    at: dict[str, int]
    width: int
    n_left_out: int


def read_csv(data: bytes) -> Reading:
    """The rows as blocks. Rows of one `turn` number are one turn; another number, another turn.

    Raises
    ------
    PipelineError : no column `text`, rows of another width, times that are none, several
        transcripts in one file: every fault at once, by row (the header is row 1).
    """
    decoded = decode_noting(data)
    body = decoded.text
    delimiter = csv_delimiter(body)
    if body[:4].lower() == "sep=":
        body = body.partition("\n")[2]
    if delimiter is None:
        raise PipelineError(
            "no column 'text' in the first row",
            where="row 1",
            mend="Name the columns speaker and text (and turn, start, end), cut by , or ; or tab.",
        )
    return rows_reading(_rows(body, delimiter), decoded.encoding, decoded.warnings)


def rows_reading(
    rows: Sequence[tuple[int, list[str]]], encoding: str, warnings: Sequence[str] = ()
) -> Reading:
    """Numbered rows, the first of them the columns' names, as blocks.

    Raises
    ------
    PipelineError : as `read_csv` says.
    """
    header = _header(rows[0][1])
    faults = _faults(rows[1:], header)
    if faults:
        raise PipelineError.join(faults)
    warnings = list(warnings)
    if header.n_left_out:
        warnings.append(f"Columns beside speaker, text and times, left out: {header.n_left_out}.")
    return Reading(
        blocks=tuple(_blocks(rows[1:], header)), encoding=encoding, warnings=tuple(warnings)
    )


def csv_delimiter(text: str) -> str | None:
    """What cuts the columns, where the first row names a column of text and one more; else None."""
    line = text.lstrip("\n")
    if line[:4].lower() == "sep=":
        line = line.partition("\n")[2]
    line = line[:2000].partition("\n")[0]
    for delimiter in DELIMITERS:
        kinds = [header_kind(cell.strip('"')) for cell in line.split(delimiter)]
        if len(kinds) > 1 and "text" in kinds:
            return delimiter
    return None


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows that hold anything, with their number as a person sees it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        numbered = list(enumerate(reader, start=1))
    except csv.Error:
        raise PipelineError(
            "a cell goes on for more than 100,000 characters; a quotation mark may not be closed",
            where=f"near line {reader.line_num}",
            mend="Close the quotation mark, or write one inside a text twice.",
        ) from None
    return [(n, row) for n, row in numbered if any(cell.strip() for cell in row)]


def _header(cells: Sequence[str]) -> _Header:
    at: dict[str, int] = {}
    for position, cell in enumerate(cells):
        kind = "transcript" if _is_transcript_id(cell) else header_kind(cell)
        if kind is not None:
            at.setdefault(kind, position)
    return _Header(at, len(cells), len(cells) - len(at))


def _is_transcript_id(cell: str) -> bool:
    return cell.strip().lower().replace(" ", "_") in (
        "transcript_id",
        "interview_id",
        "document_id",
    )


def _faults(rows: Sequence[tuple[int, list[str]]], header: _Header) -> list[PipelineError]:
    faults: list[PipelineError] = []
    transcripts: set[str] = set()
    for number, row in rows:
        if len(row) > header.width or len(row) <= header.at["text"]:
            faults.append(
                PipelineError(
                    f"the row has {len(row)} cells and the first row has {header.width}",
                    where=f"row {number}",
                    mend="Put a text that holds the delimiter between quotation marks.",
                )
            )
            continue
        for kind in ("start", "end"):
            try:
                cell_seconds(_cell(row, header, kind))
            except ValueError:
                faults.append(
                    PipelineError(
                        "this is not a time",
                        where=f"row {number}, column '{kind}'",
                        mend="Write seconds (12.5) or a clock (00:01:02).",
                    )
                )
        transcripts.add(_cell(row, header, "transcript").strip())
    if len(transcripts - {""}) > 1:
        faults.append(
            PipelineError(
                f"the file holds {len(transcripts - {''})} transcripts",
                where="column 'transcript_id'",
                mend="Save each transcript as a file of its own.",
            )
        )
    return faults


def _cell(row: Sequence[str], header: _Header, kind: str) -> str:
    at = header.at.get(kind)
    return row[at] if at is not None and at < len(row) else ""


def _blocks(rows: Sequence[tuple[int, list[str]]], header: _Header) -> list[Block]:
    has_speaker = "speaker" in header.at
    blocks: list[Block] = []
    turn = ""
    for _, row in rows:
        number = _cell(row, header, "turn").strip()
        label = clean_label(_cell(row, header, "speaker"))
        blocks.append(
            Block(
                text=" ".join(_cell(row, header, "text").split("\n")),
                speaker=label if has_speaker else None,
                start_s=cell_seconds(_cell(row, header, "start")),
                end_s=cell_seconds(_cell(row, header, "end")),
                new_turn="turn" in header.at and number != turn,
            )
        )
        turn = number
    return blocks
