"""The list of finds out to the data person, verdicts back in. The one file with raw text."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.anonymise.book import WORDS
from pipeline.anonymise.listing import CONTEXTS, Checked, Find, listing, take_verdicts
from pipeline.errors import PipelineError
from pipeline.records import KINDS
from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.steps.anonymise import BOOK, current_transcripts, kept_spans, read_book
from pipeline.steps.inspect import read_file
from pipeline.steps.study import Study
from pipeline.tables import Column, Sheet
from pipeline.vault import write_confidential

NAME = "anonymisation-list.xlsx"
REQUIRED = ("find", "verdict", "new text")
_BLANK_ROWS = 60  # on the page for strings that were missed


def write_list(study: Study) -> Iterator[str]:
    """Write the list beside the vault, readable by its owner alone.

    Raises
    ------
    PipelineError : nothing has been anonymised yet, or the place cannot be written.
    """
    if "anonymise" not in study.state():
        raise PipelineError(
            "there is nothing to check yet", mend="Run 'motif run' first, then this again."
        )
    transcripts = current_transcripts(study)
    texts = {t.transcript_id: t.text for t in transcripts}
    spans = {name: kept_spans(study, name) for name in texts}
    settings = study.config.anonymise
    finds = listing(
        read_book(study), texts, spans, style=settings.style, seed=study.config.study.seed
    )
    path = study.config.vault_path / NAME
    write_confidential(path, write_xlsx([_how_to(), _finds(finds), _missed()]))
    review = sum(find.tier == "review" and not find.verdict for find in finds)
    yield f"{path}: {len(finds)} distinct finds, {review} of them to look at first"
    yield "CONFIDENTIAL: it shows real names. It is deleted when it is imported."
    yield f"Then: motif anonymise in {path} -s {study.config.path}"


def read_list(study: Study, file: Path, *, keep_file: bool) -> Iterator[str]:
    """Take the verdicts in, and delete the list. The next run re-anonymises what they touch.

    Raises
    ------
    PipelineError : every fault of the list at once; nothing of it is saved then.
    """
    rows = read_rows(read_file(file), file.name, REQUIRED)
    book = take_verdicts(
        read_book(study),
        [
            Checked(
                where=f"{file.name}, sheet '{row.sheet}', row {row.row}",
                string=row.values["find"],
                verdict=row.values["verdict"],
                text=row.values["new text"],
                kind=row.values.get("kind", ""),
            )
            for row in rows
        ],
    )
    study.vault.write(BOOK, book.to_json().encode())
    study.set_state("list", {"revision": book.revision})
    yield f"{len(book.verdicts)} verdicts and {len(book.added)} added strings hold from now on."
    if not keep_file:
        with contextlib.suppress(OSError):
            file.unlink()
        yield f"{file} deleted." if not file.exists() else f"{file} could not be deleted: do so."
    yield f"Next: motif run -s {study.config.path}"


def _how_to() -> Sheet:
    lines = (
        "CONFIDENTIAL. This workbook shows real names. Keep it where the vault is; it is deleted "
        "when it is imported.",
        "Sheet 'finds' lists everything that was found, each string once, with places where it "
        "stands. Those marked 'look' come first: nobody is sure of them.",
        "In 'verdict' write: replace (it identifies), keep (it does not), rename (put 'new text' "
        "in its place), join (the same person as 'new text', say Person 3). Blank: as proposed.",
        "Until this list has been imported everything on it is replaced. Afterwards too, unless "
        'you wrote keep. (With policy = "auto": only what was sure, and where you wrote replace.)',
        "Sheet 'missed': strings that stand in the transcripts and were not found. Write the "
        "string, its kind and 'add'.",
        "What you decide holds for ever, and for transcripts that come later.",
    )
    return Sheet(
        name="how to",
        columns=(Column(key="text", title="", width=110),),
        rows=tuple({"text": line} for line in lines),
        titles=False,
        opens=True,
    )


def _finds(finds: Sequence[Find]) -> Sheet:
    contexts = tuple(
        Column(key=f"c{n}", title=f"place {n}", width=44, look="muted")
        for n in range(1, CONTEXTS + 1)
    )
    return Sheet(
        name="finds",
        columns=(
            Column(key="tier", title="look?", width=7),
            Column(key="string", title="find", width=28, look="strong"),
            Column(key="kind", title="kind", width=13),
            Column(key="n", title="times", width=7),
            Column(key="n_transcripts", title="files", width=7),
            Column(key="pseudonym", title="proposed", width=18),
            Column(key="verdict", title="verdict", width=11, look="input", choices=WORDS,
                   accepts=WORDS),
            Column(key="new", title="new text", width=20, look="input"),
            Column(key="note", title="note", width=24),
            *contexts,
        ),
        rows=tuple(
            {
                "tier": "look" if find.tier == "review" else "",
                "string": find.string,
                "kind": find.kind,
                "n": find.n,
                "n_transcripts": find.n_transcripts,
                "pseudonym": find.pseudonym,
                "verdict": find.verdict,
                "note": find.note,
                **{f"c{at}": text for at, text in enumerate(find.contexts, start=1)},
            }
            for find in finds
        ),
        freeze=(1, 2),
        main=True,
    )  # fmt: skip


def _missed() -> Sheet:
    return Sheet(
        name="missed",
        columns=(
            Column(key="string", title="find", width=32, look="input"),
            Column(key="kind", title="kind", width=14, look="input", choices=KINDS, accepts=KINDS),
            Column(key="verdict", title="verdict", width=11, look="input", choices=("add",),
                   accepts=("add",)),
            Column(key="new", title="new text", width=20, look="muted"),
        ),
        rows=tuple({} for _ in range(_BLANK_ROWS)),
        freeze=(1, 0),
    )  # fmt: skip
