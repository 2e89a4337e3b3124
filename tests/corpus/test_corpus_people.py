"""The people of the example corpora: one pseudonym each, and nobody is taken for somebody else."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.anonymise.book import Book, assign, folded
from pipeline.records import Span
from pipeline.steps.anonymise import current_transcripts, scenes
from pipeline.steps.cast import read_cast
from pipeline.steps.init import init_study
from pipeline.steps.study import open_study
from tests.anonymise.people_figures import Figures, Said, figures
from tests.corpus.figures import read_rows
from tests.corpus.studies import STUDIES

PEOPLE = Path(__file__).parent.parent / "anonymise" / "people"
# The gold marks names without titles; recognisers find them with.
_TITLE = re.compile(r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Doctor|Mevrouw|Father|Coach)\.? )$", re.IGNORECASE)


def who_is(name: str, form: str, file: str) -> str:
    """Who is meant by a form in a file; whoever the list does not have goes by one form in one."""
    with (PEOPLE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if folded(row["form"]) == folded(form)]
    fitting = [row["person"] for row in rows if row["file"] and file.startswith(row["file"])]
    fitting += [row["person"] for row in rows if not row["file"]]
    return fitting[0] if fitting else f"{form}, in all files"


def people_said(name: str, tmp_path: Path) -> list[Said]:
    """Each form in each transcript, and the pseudonym that it gets."""
    folder = tmp_path / name
    init_study(folder, name)
    assert cli._run(["run", "-s", str(folder), "--only", "ingest"]) == 0
    study = open_study(folder / "study.toml")
    transcripts = current_transcripts(study)
    cast = read_cast(study, transcripts)
    texts = {one.transcript_id: one.text for one in transcripts}
    file_of = {one.transcript_id: one.file for one in transcripts}
    spans: dict[str, list[Span]] = {at: [] for at in texts}
    named: dict[tuple[str, int], str] = {}
    ids = {file: at for at, file in file_of.items()}
    for row in read_rows(STUDIES[name].corpus / "gold" / "identifiers.csv"):
        if row["kind"] != "person":
            continue
        at, start, end = ids[row["file"]], int(row["start"]), int(row["end"])
        title = _TITLE.search(texts[at][max(0, start - 9) : start])
        start -= len(title[0]) if title else 0
        spans[at].append(Span(start=start, end=end, kind="person", tier="auto", recogniser="x"))
        named[at, start] = row["text"]
    book = assign(Book(), texts, spans, cast.known, scenes=scenes(study, cast))
    found = {}
    for at, mine in spans.items():
        for span in mine:
            string = texts[at][span.start : span.end]
            person = who_is(name, named[at, span.start], file_of[at])
            found[person, folded(string), at] = Said(
                person, folded(string), at, book.label(string, at)
            )
    return list(found.values())


@pytest.mark.parametrize("name", STUDIES)
def test_one_person_one_pseudonym(name: str, tmp_path: Path) -> None:
    found: Figures = figures(people_said(name, tmp_path))
    print(name, found)
    assert found.false == []
    assert found.exact[0] == found.exact[1]
    assert found.joined[0] >= 0.97 * found.joined[1]
