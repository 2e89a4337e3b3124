"""The list of finds out to the data person, verdicts back in. The one file with raw text."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.anonymise.book import WORDS, Book
from pipeline.anonymise.listing import Find
from pipeline.anonymise.verdicts import Checked, take_verdicts
from pipeline.errors import PipelineError
from pipeline.records import KINDS
from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.steps.anonymise import BOOK, current_transcripts, finds_of, read_book
from pipeline.steps.inspect import read_file
from pipeline.steps.study import Study
from pipeline.tables import Column, ReadRow, Sheet, place
from pipeline.text import fold
from pipeline.vault import write_confidential

NAME = "anonymisation-list.xlsx"
MISSED = "missed"  # the sheet for strings that were not found
REQUIRED = ("find", "verdict", "new text")
_BLANK_ROWS = 60  # on the page for strings that were missed


def write_list(study: Study) -> Iterator[str]:
    """Write the list beside the vault, readable by its owner alone.

    Raises
    ------
    PipelineError : nothing has been anonymised yet, the last list holds verdicts that were not
        imported, or the place cannot be written.
    """
    if "anonymise" not in study.state():
        raise PipelineError(
            "there is nothing to check yet", mend="Run 'motif run' first, then this again."
        )
    path = study.config.vault_path / NAME
    if path.is_file() and _has_news(path, read_book(study)):
        raise PipelineError(
            "this list holds verdicts that have not been imported",
            where=str(path),
            mend=f"Import it first ('motif anonymise in {path}'), or delete it.",
        )
    finds = finds_of(study)
    plain = study.config.anonymise.style == "bracket"
    write_confidential(path, write_xlsx([_how_to(), _finds(finds, plain=plain), _missed()]))
    n_look = sum(find.look for find in finds)
    yield f"{path}: {len(finds)} distinct finds, {n_look} of them to look at first"
    yield "CONFIDENTIAL: it shows real names. It is deleted when it is imported."
    yield f"Then: motif anonymise in {path} -s {study.config.path}"


def read_list(study: Study, file: Path, *, keep_file: bool) -> Iterator[str]:
    """Take the verdicts in, and delete the list. The next run re-anonymises what they touch.

    Raises
    ------
    PipelineError : every fault of the list at once; nothing of it is saved then.
    """
    rows = _checked(read_rows(read_file(file), file.name, REQUIRED), file.name)
    before = read_book(study)
    book = take_verdicts(before, rows)
    if book != before:
        study.forget_state("list")  # if this is killed half way, the next run asks the vault
        study.vault.write(BOOK, book.to_json().encode())
        study.set_state("list", {"revision": book.revision})
    yield f"{len(book.verdicts)} verdicts and {len(book.added)} added strings hold from now on."
    yield from _nowhere(study, [row for row in rows if row.verdict.strip().casefold() == "add"])
    if not keep_file:
        for one in dict.fromkeys((file.resolve(), (study.config.vault_path / NAME).resolve())):
            yield from _delete(one)
    if book != before:
        yield f"Next: motif run -s {study.config.path}"


def _delete(file: Path) -> Iterator[str]:
    """What was imported, and the original of which it may be a copy: both show real names."""
    if file.exists():
        with contextlib.suppress(OSError):
            file.unlink()
        yield f"{file} deleted." if not file.exists() else f"{file} could not be deleted: do so."


def _checked(rows: Sequence[ReadRow], name: str) -> list[Checked]:
    """What stands on the page for missed strings is to be added, whether or not that is said."""
    return [
        Checked(
            where=place(name, row.sheet, row.row),
            string=row.values["find"],
            verdict=row.values["verdict"] or ("add" if fold(row.sheet) == MISSED else ""),
            text=row.values["new text"],
            kind=row.values.get("kind", ""),
        )
        for row in rows
    ]


def _has_news(path: Path, book: Book) -> bool:
    """Whether somebody has written into a list that lies there still."""
    try:
        rows = _checked(read_rows(read_file(path), path.name, REQUIRED), path.name)
    except PipelineError:
        return False  # a damaged file: nothing in it can be imported
    try:
        return take_verdicts(book, rows) != book
    except PipelineError:
        return True


def _nowhere(study: Study, added: Sequence[Checked]) -> Iterator[str]:
    """A note for each added string that stands in no transcript: most likely a slip."""
    if not added:
        return
    texts = [fold(one.text) for one in current_transcripts(study)]
    for row in added:
        if not any(fold(row.string) in text for text in texts):
            yield f"  ! {row.where}: this stands in no transcript now; check how it is written"


def _how_to() -> Sheet:
    lines = (
        ("CONFIDENTIAL", "heading"),
        ("This workbook shows real names. Keep it where it is, beside the vault, and send it to "
         "nobody. It is deleted when it is imported.", "plain"),
        ("What to do", "heading"),
        ("1. Sheet 'finds': everything that was found, each string once, with places where it "
         "stands. Rows marked 'look' come first: nobody is sure of them, so please decide them. "
         "The others only need a glance.", "plain"),
        ("2. Write into 'verdict':   replace: it identifies.   keep: it does not, and stays in the "
         "text.   rename: 'new text' stands in its place.   join: it is the same as 'new text', "
         "say Person 3.   Blank: as proposed.", "plain"),
        ("3. Sheet 'missed': what stands in the transcripts and was not found. Write the string "
         "and its kind; it will be replaced wherever it stands.", "plain"),
        ("4. Save, close, and hand it to: motif anonymise in FILE", "plain"),
        ("Good to know", "heading"),
        ("Everything listed is replaced already, unless 'keep' was written. (With policy = "
         "\"auto\" in study.toml: only what was sure, and where 'replace' was written.)", "plain"),
        ("A verdict counts for every spelling of the string, in capitals or without, and for "
         "transcripts that come later. To take one back, write another: emptying the cell changes "
         "nothing. Rows that have a verdict come last.", "plain"),
        ("Each string is decided by itself: who wants to keep a whole name keeps the surname and "
         "the first name too, where they have rows of their own.", "plain"),
    )  # fmt: skip
    return Sheet(
        name="how to",
        columns=(Column(key="text", title="", width=110),),
        rows=tuple({"text": text} for text, _ in lines),
        looks={(at, "text"): "heading" for at, (_, look) in enumerate(lines) if look == "heading"},
        titles=False,
        opens=True,
    )


def _finds(finds: Sequence[Find], *, plain: bool) -> Sheet:
    columns = (
        Column(key="look", title="look?", width=6),
        Column(key="string", title="find", width=26, look="strong"),
        Column(key="where", title="where it stands", width=92),
        Column(key="kind", title="kind", width=12, look="muted"),
        Column(key="note", title="note", width=30),
        Column(key="label", title="proposed", width=17),
        Column(key="stands", title="in the text", width=20, hidden=plain),
        Column(key="verdict", title="verdict", width=10, look="input", choices=WORDS,
               accepts=WORDS),
        Column(key="text", title="new text", width=16, look="input"),
        Column(key="n", title="times", width=6, look="muted"),
        Column(key="files", title="files", width=6, look="muted"),
    )  # fmt: skip
    return Sheet(
        name="finds",
        columns=columns,
        rows=tuple(
            {
                "look": "look" if find.look else "",
                "string": find.string,
                "where": "\n".join(find.contexts),
                "kind": find.kind,
                "label": find.label,
                "stands": find.stands,
                "verdict": find.verdict,
                "text": f"[{find.text}]" if find.verdict == "join" else find.text,
                "note": find.note,
                "n": find.n,
                "files": find.n_transcripts,
            }
            for find in finds
        ),
        freeze=(1, 2),
        ticked="verdict",
        main=True,
    )


def _missed() -> Sheet:
    kinds = tuple(kind for kind in KINDS if kind != "name")
    return Sheet(
        name=MISSED,
        columns=(
            Column(key="string", title="find", width=40, look="input"),
            Column(key="kind", title="kind", width=16, look="input", choices=kinds, accepts=KINDS),
            Column(key="verdict", title="verdict", width=11, look="muted", hidden=True),
            Column(key="text", title="new text", width=20, look="muted", hidden=True),
        ),
        rows=tuple({} for _ in range(_BLANK_ROWS)),
        freeze=(1, 0),
    )
