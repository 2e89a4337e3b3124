"""Rows of cells to blocks: which column has the speaker, which the words, which the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.ingest.labels import (
    could_be_label,
    is_heading_word,
    is_name_shaped,
    is_weakly_typical,
    label_key,
)
from pipeline.ingest.reading import Block, paragraph
from pipeline.ingest.times import is_time, seconds
from pipeline.text import canonical, fold, n_words

HEADERS: dict[str, frozenset[str]] = {
    kind: frozenset(fold(word.replace("_", " ")) for word in words.split())
    for kind, words in {
        "speaker": "speaker speakers speaker_name name who person spreker naam wie taler navn hvem "
        "sprecher sprecherin wer participant",
        "text": "text transcript transcription utterance content words speech said what tekst "
        "transcriptie uitspraak transskription ytring inhalt transkript sentence answer",
        "start": "start time timestamp start_time begin from start_s tijd starttijd begintijd van "
        "tid tidspunkt starttid zeit beginn timecode tijdcode tidskode",
        "end": "end end_time stop to end_s eind eindtijd slut sluttid ende until tot",
        "turn": "turn nr no number # line row id regel nummer linje nummer zeile turn_number index",
    }.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    speaker: int | None
    text: int
    start: int | None
    end: int | None = None
    number: int | None = None
    header: bool = False


def header_kind(cell: str) -> str | None:
    """What a column's heading says that it holds, or None."""
    word = fold(cell).strip(" :.").replace("_", " ")
    return next((kind for kind, words in HEADERS.items() if word in words), None)


def table_blocks(rows: Sequence[Sequence[str]]) -> tuple[list[Block], list[str]]:
    """The blocks of one table in a document, and warnings.

    A table without a column of speakers is layout: its cells are read as paragraphs, row by row.
    """
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    columns = _columns(rows)
    if columns is None:
        return [block for row in rows for cell in row for block in paragraph([(cell, False)])], []
    blocks: list[Block] = []
    body = rows[1:] if columns.header else rows
    used = {columns.speaker, columns.text, columns.start, columns.end, columns.number}
    n_left_out = 0
    for row in body:
        blocks += _row(row, columns)
        n_left_out += any(cell.strip() for at, cell in enumerate(row) if at not in used)
    if n_left_out:
        return blocks, [f"Rows of a table with words in other columns, left out: {n_left_out}."]
    return blocks, []


def _row(row: Sequence[str], columns: _Columns) -> list[Block]:
    def cell(at: int | None) -> str:
        return row[at] if at is not None and at < len(row) else ""

    start, end = seconds(cell(columns.start)) if columns.start is not None else (None, None)
    if columns.end is not None and is_time(cell(columns.end)):
        end = seconds(cell(columns.end))[0]
    label = clean_label(cell(columns.speaker)) if columns.speaker is not None else None
    text = " ".join(cell(columns.text).split("\n"))
    if not text.strip():
        return []
    # An empty cell under a speaker: that speaker goes on. `None` looks for a label in the words.
    return [Block(text=text, speaker=label or None, start_s=start, end_s=end)]


def clean_label(cell: str) -> str:
    """A speaker's cell without the colon and brackets that people leave in it."""
    label = canonical(cell).rstrip(":").strip()
    if label.startswith("[") and label.endswith("]"):
        label = label[1:-1].strip()
    return label.strip("*#").strip()


def _columns(rows: Sequence[Sequence[str]]) -> _Columns | None:
    width = max(map(len, rows), default=0)
    if width < 2:
        return None
    kinds = [header_kind(cell) for cell in rows[0]]
    if "text" in kinds and ("speaker" in kinds or "start" in kinds):
        return _Columns(
            speaker=_at(kinds, "speaker"),
            text=kinds.index("text"),
            start=_at(kinds, "start"),
            end=_at(kinds, "end"),
            number=_at(kinds, "turn"),
            header=True,
        )
    header = "speaker" in kinds and len(set(kinds) - {None}) > 0 and len(rows) > 1
    return _by_content(rows[1:] if header else rows, width, header)


def _at(kinds: Sequence[str | None], kind: str) -> int | None:
    return kinds.index(kind) if kind in kinds else None


def _by_content(rows: Sequence[Sequence[str]], width: int, header: bool) -> _Columns | None:
    """The columns by what stands in them: times, short labels that come back, long texts."""
    columns = [[row[at].strip() if at < len(row) else "" for row in rows] for at in range(width)]
    times = [at for at in range(width) if _all(columns[at], is_time)]
    numbers = [at for at in range(width) if _all(columns[at], lambda c: c.rstrip(".").isdigit())]
    rest = [at for at in range(width) if at not in times and at not in numbers]
    if not rest:
        return None
    text = max(rest, key=lambda at: sum(map(n_words, columns[at])))
    speaker = next((at for at in rest if at != text and _speakers(columns[at])), None)
    if speaker is None and not times:
        return None
    if speaker is None and len(rest) > 1:
        return None
    return _Columns(
        speaker=speaker,
        text=text,
        start=times[0] if times else None,
        end=times[1] if len(times) > 1 else None,
        number=numbers[0] if numbers else None,
        header=header,
    )


def _all(cells: Sequence[str], fits: Callable[[str], bool]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(map(fits, filled))


def _speakers(cells: Sequence[str]) -> bool:
    """Whether a column holds labels: all could be one, and they come back or are usual ones."""
    labels = [label for cell in cells if (label := clean_label(cell))]
    if not labels or not all(could_be_label(label, most_words=6) for label in labels):
        return False
    counts = Counter(map(label_key, labels))
    usual = sum(is_weakly_typical(label) for label in labels)
    named = sum(is_name_shaped(label) or is_weakly_typical(label) for label in labels)
    particulars = sum(is_heading_word(label) for label in labels)
    if particulars > 0.2 * len(labels) or len(counts) < 2:
        return usual == len(labels) and not particulars
    comes_back = any(n > 1 for n in counts.values())
    return usual == len(labels) or (comes_back and named > 0.8 * len(labels))
