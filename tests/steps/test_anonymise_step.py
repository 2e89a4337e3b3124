"""Anonymising a study: what is written, what the list changes, what a comment may hold."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline import cli
from pipeline.anonymise import Context, Known
from pipeline.anonymise.book import Book, Verdict, assign, folded
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.replace import Manner, apply, decide, pseudonyms, redact_range
from pipeline.anonymise.terms import gate_terms
from pipeline.anonymise.verdicts import DISMISSED
from pipeline.records import KINDS
from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.steps.anonymise import read_book, study_gate, swept
from pipeline.steps.anonymise_list import REQUIRED, _row
from pipeline.steps.cast import is_role
from pipeline.steps.study import Study, open_study
from pipeline.store.decisions import look_at, read_decisions
from pipeline.store.gate import Gate, Term
from pipeline.tables import Column, ReadRow, Sheet
from pipeline.vault import Vault

CODEBOOK = """
id: b
version: "1"
title: B
families: {f: what it is}
codes:
  - {id: one, family: f, label: One, definition: Somebody writes something down.}
  - {id: two, family: f, label: Two, definition: Somebody drinks coffee in the canteen.}
"""
ONE = """I: How did it go with your clients this year, and who do you work with?
R: Well, with Anneke Jansen it went well. I rang her on 06-12345678, and Jansen came at once.
I: And the others, the ones you told me about the last time that I was here?
R: Mevrouw Warsame had to move to Leeuwarden, to the house with the blue roof behind the bakery.
I: Did she like it there, or did she want to come back to the city after all?
R: She said that Petra Holt of the Groeiwijzer was kind to her. We drank coffee in the canteen.
"""
TWO = """I: What do you do when somebody does not come to the lessons any more?
R: I write it down, always. Then I ask Anneke, my colleague, and we drink coffee in the canteen.
I: And when the letters come back, as you said they do now and then?
R: Then I go to the Groeiwijzer in Delft. The bakery is next door, so there is always something.
"""
PARTICIPANTS = "file,participant,city\none.txt,Sanne Verhoeven,Dordrecht\ntwo.txt,Piet Kok,Delft\n"


class CountingEmbedder:
    """A few numbers of each text, and which texts it was asked for."""

    model_id, d = "counting", 8

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        rows = np.array([[len(t) % 7 + 1, *(t.count(c) + 1 for c in "aeinort")] for t in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> CountingEmbedder:
    made = CountingEmbedder()
    monkeypatch.setattr("pipeline.steps.embed.load_embedder", lambda model: made)
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small study of two transcripts."""
    monkeypatch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    monkeypatch.setattr("pipeline.vault._SCRYPT", {"n": 2**10, "r": 8, "p": 1})  # for speed
    path = tmp_path / "study"
    motif("init", path)
    (path / "codebook.yaml").write_text(CODEBOOK, "utf-8")
    settings = (path / "study.toml").read_text("utf-8")
    (path / "participants.csv").write_text(PARTICIPANTS, "utf-8")
    assert 'participants = "' in settings
    (path / "transcripts" / "one.txt").write_text(ONE, "utf-8")
    (path / "transcripts" / "two.txt").write_text(TWO, "utf-8")
    return path


def motif(*words: str | Path, code: int = 0) -> None:
    assert cli._run([str(word) for word in words]) == code


def run(folder: Path, *steps: str) -> Study:
    for step in steps or ("ingest", "anonymise"):
        motif("run", "-s", folder, "--only", step)
    return open_study(folder)


def turns(study: Study) -> list[str]:
    return list(pd.read_parquet(study.derived / "turns.parquet")["text"])


def list_path(study: Study) -> Path:
    return study.config.vault_path / "anonymisation-list.xlsx"


def fill(path: Path, said: dict[str, tuple[str, str]], missed: Sequence[tuple[str, str]] = ()) -> (
    None
):  # fmt: skip
    """Write verdicts into the list as a person would, and strings that were missed."""
    finds = [row for row in read_rows(path.read_bytes(), path.name, REQUIRED) if row.values["find"]]
    assert said.keys() <= {row.values["find"] for row in finds}
    columns = ("find", "kind", "verdict", "new text")
    rows = [dict(row.values) for row in finds]
    for row in rows:
        row["verdict"], row["new text"] = said.get(row["find"], (row["verdict"], row["new text"]))
    sheets = [sheet("finds", columns, rows)]
    sheets.append(sheet("missed", columns, [{"find": s, "kind": kind} for s, kind in missed]))
    path.write_bytes(write_xlsx(sheets))


def sheet(name: str, titles: Sequence[str], rows: Sequence[dict[str, str]]) -> Sheet:
    return Sheet(
        name=name,
        columns=tuple(Column(key=title, title=title, width=20) for title in titles),
        rows=tuple({title: row.get(title, "") for title in titles} for row in rows),
    )


def test_nothing_known_stands_in_the_turns_and_persons_have_one_number(folder: Path) -> None:
    study = run(folder)
    shown = "\n".join(turns(study))
    for string in ("Anneke", "Jansen", "Warsame", "Petra", "Holt", "12345678", "Leeuwarden"):
        assert string not in shown
    book = read_book(study)
    assert book.labels["anneke jansen"] == book.labels["jansen"]
    # a client in Dordrecht, a colleague in Delft: two until somebody joins them
    assert book.labels["anneke jansen"] != book.labels["anneke"]
    # participants first, in the order of their table; a city of the table is a place
    assert (book.labels["sanne verhoeven"], book.labels["piet kok"]) == ("Person 1", "Person 2")
    assert book.labels["delft"].startswith("Place")
    assert not [hit for turn in turns(study) for hit in study_gate(study).find(turn)]
    raw = "".join(path.read_bytes().decode("latin-1") for path in study.config.work.rglob("*.json"))
    assert "Jansen" not in raw


def test_the_list_goes_out_for_its_owner_comes_back_and_is_deleted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = run(folder)
    motif("anonymise", "out", "-s", folder)
    assert "CONFIDENTIAL" in capsys.readouterr().out
    path = list_path(study)
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    rows = read_rows(path.read_bytes(), path.name, REQUIRED)
    finds = [row.values for row in rows if row.values["find"]]
    looks = [row["look?"] for row in finds]
    assert looks == sorted(looks, reverse=True) and "look" in looks
    assert any("»Anneke Jansen«" in row["where it stands"] for row in finds)

    fill(path, {"Leeuwarden": ("keep", ""), "Petra Holt": ("join", "[Person 1]")})
    motif("anonymise", "in", path, "-s", folder)
    assert not path.exists()
    run(folder, "anonymise")
    shown = "\n".join(turns(study))
    assert "move to Leeuwarden" in shown and "said that [Person 1] of the" in shown
    # the same list again: what was said stands in it, and it says nothing new
    motif("anonymise", "out", "-s", folder)
    again = [row.values for row in read_rows(path.read_bytes(), path.name, REQUIRED)]
    told = {row["find"]: (row["verdict"], row["new text"]) for row in again if row["verdict"]}
    assert told == {"Leeuwarden": ("keep", ""), "Petra Holt": ("join", "[Person 1]")}
    before = read_book(study)
    motif("anonymise", "in", path, "-s", folder, "--keep-file")
    assert path.exists() and read_book(study) == before
    motif("anonymise", "out", "-s", folder)  # nothing in it is news, so it may go


def test_a_faulty_list_changes_nothing_and_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = run(folder)
    motif("anonymise", "out", "-s", folder)
    path = list_path(study)
    fill(
        path,
        {"Leeuwarden": ("keep", ""), "Petra Holt": ("join", "Person 99")},
        [("the blue roof", "town")],
    )
    before = read_book(study)
    capsys.readouterr()
    motif("anonymise", "in", path, "-s", folder, code=2)
    printed = capsys.readouterr().err
    assert "column 'new text'" in printed and "sheet 'missed', row 2, column 'kind'" in printed
    assert "Petra" not in printed and "blue" not in printed
    assert path.exists() and read_book(study) == before
    # what was typed is not written over by another list
    motif("anonymise", "out", "-s", folder, code=2)
    assert "not been imported" in capsys.readouterr().err
    fill(path, {"Leeuwarden": ("", ""), "Petra Holt": ("", "")})
    motif("anonymise", "out", "-s", folder)


MISSED = [
    ("blue roof", "place"), ("bakery", "organisation"), ("lessons", "date"),
    ("colleague", "person"), ("canteen", "contact"), ("T4", "id"), ("nowhere at all", "id"),
]  # fmt: skip


def test_what_was_missed_is_replaced_everywhere_and_never_inside_a_word(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = (
        "I: And T4, what is that, and who uses it in this place?\n"
        "R: T4 is the form. Bakery first! Then the Great Bakery Hall, the bakeryman, colleagues.\n"
    )
    (folder / "transcripts" / "two.txt").write_text(TWO + more, "utf-8")
    study = run(folder)
    motif("anonymise", "out", "-s", folder)
    fill(list_path(study), {}, MISSED)
    capsys.readouterr()
    motif("anonymise", "in", list_path(study), "-s", folder)
    assert "row 8: this stands in no transcript now" in capsys.readouterr().out
    run(folder, "anonymise")
    shown = "\n".join(turns(study))
    folded_words = {word.strip(".,!?").casefold() for word in shown.split()}
    assert not {"roof", "bakery", "lessons", "colleague", "canteen", "t4"} & folded_words
    assert {"bakeryman", "colleagues"} <= folded_words
    labels = read_book(study).labels
    for string, kind in MISSED[:-1]:
        assert labels[folded(string)].lower().startswith(kind)


def test_only_what_a_verdict_touches_is_searched_cut_and_embedded_again(
    folder: Path, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    motif("run", "-s", folder)
    study = open_study(folder)
    code_a_workbook(study, comment="")
    before = pd.read_parquet(study.derived / "segments.parquet")
    anchors = [(d.anchor, d.code, d.verdict) for d in decisions(study)]
    assert len(anchors) > 2
    motif("anonymise", "out", "-s", folder)
    fill(list_path(study), {"Leeuwarden": ("keep", "")}, [("blue roof", "place")])
    motif("anonymise", "in", list_path(study), "-s", folder)
    searched: list[str] = []
    monkeypatch.setattr(
        "pipeline.steps.anonymise._find_one",
        lambda item: [*map(searched.append, item[:1]), *find(*item)][1:],
    )
    embedder.texts.clear()
    motif("run", "-s", folder)
    after = pd.read_parquet(study.derived / "segments.parquet")
    places = ["segment_id", "transcript_id", "source_start", "source_end", "text_hash"]
    assert after[places].equals(before[places])
    changed = after["text"][after["text"] != before["text"]].tolist()
    assert len(changed) == 1 and "Leeuwarden" in changed[0] and "blue roof" not in changed[0]
    assert embedder.texts == changed
    assert len(searched) == 1 and "Leeuwarden" in searched[0]
    assert [(d.anchor, d.code, d.verdict) for d in decisions(study)] == anchors


def rows_of(study: Study, name: str, transcript: str) -> str:
    frame = pd.read_parquet(study.derived / f"{name}.parquet")
    return str(frame[frame["transcript_id"] == transcript].to_csv())


def test_a_missed_name_touches_its_transcripts_alone(
    folder: Path, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    motif("run", "-s", folder)
    study = open_study(folder)
    code_a_workbook(study, comment="")
    made = [(d.id, d.anchor, d.code, d.verdict, d.time) for d in decisions(study)]
    before = {name: rows_of(study, name, "T002") for name in ("turns", "segments")}
    motif("anonymise", "out", "-s", folder)
    fill(list_path(study), {}, [("blue roof", "place")])  # stands in T001 alone
    motif("anonymise", "in", list_path(study), "-s", folder)
    work = Spy(monkeypatch)
    embedder.texts.clear()
    motif("run", "-s", folder)
    assert work.searched == ["T001"] and work.written <= {"T001"} and work.cut == []
    assert all("[Place" in text for text in embedder.texts) and len(embedder.texts) <= 1
    assert {name: rows_of(study, name, "T002") for name in before} == before
    assert "blue roof" not in "".join(turns(study))
    assert [(d.id, d.anchor, d.code, d.verdict, d.time) for d in decisions(study)] == made


class Spy:
    """Which transcripts are searched, cut, and written into the vault."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.searched: list[str] = []
        self.cut: list[str] = []
        self.written: set[str] = set()
        seen = {"How did it go": "T001", "What do you do when": "T002"}

        def search(item: tuple[str, Context]) -> list:
            self.searched += [name for text, name in seen.items() if text in item[0]]
            return find(*item)

        def write(vault: Vault, name: str, data: bytes) -> None:
            if name.startswith("redaction/"):
                self.written.add(name.removeprefix("redaction/"))
            whole(vault, name, data)

        whole = Vault.write
        monkeypatch.setattr("pipeline.steps.anonymise._find_one", search)
        monkeypatch.setattr("pipeline.steps.segment._cut", lambda *_: self.cut.append("x"))
        monkeypatch.setattr(Vault, "write", write)


def test_what_may_have_been_missed_is_asked_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "I: And who else?\nR: His name is hope, and I am not called Xylwand by qorbeth.\n"
    (folder / "transcripts" / "two.txt").write_text(TWO + more, "utf-8")
    study = run(folder)
    motif("anonymise", "out", "-s", folder)
    rows = read_rows(list_path(study).read_bytes(), "x", REQUIRED)
    maybe = {row.values["find"]: row.values for row in rows if row.sheet == "maybe missed"}
    assert "»hope«" in maybe["hope"]["where it stands"] and maybe["hope"]["why"]
    answer(list_path(study), "maybe missed", "hope", verdict="keep")
    motif("anonymise", "in", list_path(study), "-s", folder)
    run(folder, "anonymise")
    motif("anonymise", "out", "-s", folder)
    rows = read_rows(list_path(study).read_bytes(), "x", REQUIRED)
    assert "hope" not in {row.values["find"] for row in rows if row.sheet == "maybe missed"}


def test_what_may_give_somebody_away_is_shown_and_goes_if_a_person_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "I: Who else?\nR: There was a beekeeper with us, and the only woman in the team.\n"
    (folder / "transcripts" / "two.txt").write_text(TWO + more, "utf-8")
    study = run(folder)
    assert any("beekeeper" in turn for turn in turns(study))

    def asked() -> dict[str, dict[str, str]]:
        motif("anonymise", "out", "-s", folder)
        rows = read_rows(list_path(study).read_bytes(), "x", REQUIRED)
        return {row.values["find"]: row.values for row in rows if row.sheet == "combinations"}

    first = asked()
    assert "»beekeeper«" in first["beekeeper"]["where it stands"]
    assert first["beekeeper"]["why"] == "rare job"
    assert len(first) == 2
    (other,) = first.keys() - {"beekeeper"}
    answer(list_path(study), "combinations", "beekeeper", verdict="join")
    motif("anonymise", "in", list_path(study), "-s", folder, code=2)
    assert "'join' cannot be said here" in capsys.readouterr().err
    list_path(study).unlink()
    asked()
    answer(list_path(study), "combinations", "beekeeper", verdict="replace")
    motif("anonymise", "in", list_path(study), "-s", folder)
    run(folder, "anonymise")
    assert asked().keys() == {other}
    answer(list_path(study), "combinations", other, verdict="keep")
    motif("anonymise", "in", list_path(study), "-s", folder)
    run(folder, "anonymise")
    assert not any("beekeeper" in turn for turn in turns(study))
    assert any(other in turn for turn in turns(study))
    assert asked() == {}


def answer(path: Path, sheet_name: str, string: str, **said: str) -> None:
    """One row of one sheet filled in."""
    rows = read_rows(path.read_bytes(), path.name, REQUIRED)
    columns = ("find", "kind", "verdict", "new text")
    mine = [dict(row.values) for row in rows if row.sheet == sheet_name]
    for row in mine:
        if row["find"] == string:
            row.update(said)
    path.write_bytes(write_xlsx([sheet(sheet_name, columns, mine)]))


def test_a_string_from_the_sheet_of_likely_misses_is_added_by_its_kind() -> None:
    values = {"find": "qorbeth", "verdict": "", "new text": "", "kind": "person"}
    row = ReadRow(sheet="maybe missed", row=2, values=values)
    assert _row(row, "x").verdict == "add"
    assert _row(replace(row, values={**values, "kind": ""}), "x").verdict == ""
    assert _row(replace(row, values={**values, "verdict": "keep"}), "x").kind == DISMISSED
    assert _row(replace(row, values={**values, "verdict": "Add"}), "x").kind == "person"


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_the_list_comes_back_as_people_save_it(
    folder: Path, kind: str, convert: Callable[..., bytes]
) -> None:
    study = run(folder)
    motif("anonymise", "out", "-s", folder)
    fill(list_path(study), {"Leeuwarden": ("keep", "")})
    data = convert(list_path(study).read_bytes(), kind)
    saved = list_path(study).with_name(f"checked.{kind}")
    saved.write_bytes(data)
    motif("anonymise", "in", saved, "-s", folder)
    assert read_book(study).verdicts["leeuwarden"].word == "keep"
    assert not saved.exists() and not list_path(study).exists()


def test_a_list_that_was_spoilt_says_all_faults_at_once_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = run(folder)
    motif("anonymise", "out", "-s", folder)
    path, before = list_path(study), read_book(study)
    person = {label: form for form, label in before.labels.items()}
    columns = ("find", "verdict", "new text")
    spoilt = [
        ("Leeuwarden", "weg", ""),  # no such verdict
        ("Petra Holt", "join", before.labels["mevrouw warsame"]),
        ("Mevrouw Warsame", "join", before.labels["petra holt"]),  # in a circle
        ("Delft", "rename", "Xstad"),
        ("06-12345678", "rename", "xstad"),  # two of one name
        ("Groeiwijzer", "rename", "Sanne Verhoeven"),  # a participant
        ("Leeuwarde of so", "keep", ""),  # edited beyond recognition
    ]
    assert person and {folded(one[0]) for one in spoilt[:-1]} <= before.labels.keys()
    rows = [dict(zip(columns, values, strict=True)) for values in spoilt]
    path.write_bytes(write_xlsx([sheet("finds", columns, rows)]))
    capsys.readouterr()
    motif("anonymise", "in", path, "-s", folder, code=2)
    printed = capsys.readouterr().err
    for number in range(2, 9):
        assert f"row {number}," in printed, number
    assert not any(values[0] in printed for values in spoilt)
    assert read_book(study) == before and path.exists()


def test_each_kind_in_its_own_style(folder: Path) -> None:
    settings = (folder / "study.toml").read_text("utf-8")
    styles = (
        '[anonymise.styles]\nplace = "general"\nperson = "role"\n[anonymise.level]\nplace = "type"'
    )
    (folder / "study.toml").write_text(
        settings.replace("[publish]", f"{styles}\n[publish]").replace(
            "columns = []", 'columns = ["role"]'), "utf-8")  # fmt: skip
    table = "file,participant,role,city\none.txt,Sanne Verhoeven,client manager,Dordrecht\n"
    (folder / "participants.csv").write_text(table, "utf-8")
    (folder / "transcripts" / "one.txt").write_text(
        ONE + "I: And you?\nR: They call me Sanne here.\n", "utf-8"
    )
    study = run(folder)
    shown = "\n".join(turns(study))
    assert "move to [a town]," in shown and "call me [Person 1, client manager] here" in shown
    assert "Leeuwarden" not in shown and "Delft" not in shown


def test_dates_are_moved_by_an_amount_that_the_settings_do_not_tell(folder: Path) -> None:
    settings = (folder / "study.toml").read_text("utf-8")
    moved = '[anonymise.styles]\ndate = "general"\n[anonymise.level]\ndate = "shift"\n[publish]'
    (folder / "study.toml").write_text(settings.replace("[publish]", moved), "utf-8")
    said = "I: When?\nR: On Thursday 3 May 2018 she came, and on 10 May 2018 she left.\n"
    (folder / "transcripts" / "two.txt").write_text(TWO + said, "utf-8")
    study = run(folder)
    (turn,) = [text for text in turns(study) if "she came" in text]
    found = re.findall(r"(?:Thursday )?(\d+ \w+ \d{4})", turn)
    days = [datetime.datetime.strptime(one, "%d %B %Y") for one in found]
    assert "Thursday" in turn and "3 May 2018" not in turn
    assert [day.weekday() for day in days] == [3, 3] and (days[1] - days[0]).days == 7
    book = read_book(study)
    assert book.shift % 7 == 0 and 35 <= abs(book.shift) < 7 * 26
    run(folder, "anonymise")
    assert read_book(study).shift == book.shift


def code_a_workbook(study: Study, comment: str) -> None:
    """Every row of the coder's first workbook answered, with one comment in the first."""
    (path,) = study.review.glob("*-01.xlsx")
    rows = [dict(row.values) for row in read_rows(path.read_bytes(), path.name, ("row", "done"))]
    for row in rows:
        row["done"] = "x"
    rows[0]["comment"] = comment
    path.write_bytes(write_xlsx([sheet("Review", tuple(rows[0]), rows)]))
    motif("review", "in", path, "-s", study.config.path)


def decisions(study: Study) -> list:
    with look_at(study.decisions) as db:
        return read_decisions(db)


def test_a_comment_is_anonymised_on_import(
    folder: Path, embedder: CountingEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    motif("run", "-s", folder)
    study = open_study(folder)
    label = read_book(study).labels["anneke jansen"]
    capsys.readouterr()
    code_a_workbook(study, "ask jansen or Tesfay Gebremedhin, 06-87654321, what this is")
    printed = capsys.readouterr().out
    assert "something in the comment could identify and was replaced" in printed
    assert "Tesfay" not in printed
    (comment,) = {one.comment for one in decisions(study)} - {""}
    new = read_book(study).labels
    assert comment == (
        f"ask [{label}] or [{new['tesfay gebremedhin']}], [{new['0687654321']}], what this is"
    )
    # the next person gets another number, and the same name the same one
    assert new["tesfay gebremedhin"] not in {v for k, v in new.items() if "tesfay" not in k}
    run(folder, "anonymise")
    assert read_book(study).labels == new


def test_what_stands_in_the_place_of_names_differs_by_style(folder: Path) -> None:
    text = (folder / "study.toml").read_text("utf-8")
    assert 'style = "bracket"' in text
    (folder / "study.toml").write_text(text.replace('"bracket"', '"surrogate"'), "utf-8")
    study = run(folder)
    shown = "\n".join(turns(study))
    assert "[" not in shown.replace("[…]", "") or "[Name" not in shown
    assert "Jansen" not in shown and "Petra" not in shown
    motif("anonymise", "out", "-s", folder)
    row = next(
        one.values
        for one in read_rows(list_path(study).read_bytes(), "x", REQUIRED)
        if one.values["find"] == "Anneke Jansen"
    )
    assert row["proposed"].startswith("[Person") and row["in the text"] in shown


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Case manager", True), ("THE COURT", True), ("Sagsbehandler", True), ("Klant", True),
        ("Hope", False), ("Mark Savage", False), ("Mr Savage", False), ("Sanne", False),
        ("Jan de Boer", False), ("12", True),
    ],
)  # fmt: skip
def test_a_label_of_ordinary_words_is_a_role(label: str, role: bool) -> None:
    assert is_role(label, ("en", "nl", "da")) is role


# ------------------------------------------------------------------ the gate, for generated texts

PIECES = (
    "Anneke Jansen|Jansen|anneke|mevrouw Jansen|Kelds|Keld|Hope|hope|Will you|Mark|Rose Lund|Lund|"
    "Lund College|the Groeiwijzer|Boston|in Boston|May|may|3 May 2018|2016|J-A-N-S-E-N|"
    "06-12345678|a.b@c.nl|K-77-3015|Kerkstraat 12|Person|Name|Person 3|Date|With|with Rojda|"
    "Mrs Warsame|Hodan Warsame|said|and then|we went.|So|. |\n|[Person 2]|'s|van der Berg|Hague|"
    "The Hague|Will|Grace|grace|Day|Sunday|King's Day"
).split("|")
TEXTS = st.lists(
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join).map(str.strip), max_size=3
)


@settings(deadline=None, max_examples=150)
@given(
    TEXTS,
    st.sampled_from([str, str.lower, str.upper]),
    st.sampled_from(["strict", "auto"]),
    st.sampled_from(["bracket", "general", "surrogate"]),
    st.sampled_from(["en", "nl", "da"]),
    st.dictionaries(
        st.sampled_from(["Anneke Jansen", "Jansen", "Lund College", "Lund", "Hope", "Boston"]),
        st.sampled_from(["keep", "replace", "Lund", "Hope"]),
        max_size=4,
    ),
    st.lists(
        st.sampled_from([("person", "Rojda"), ("place", "the hall"), ("id", "went")]), max_size=2
    ),
    st.data(),
)
def test_the_gate_finds_nothing_in_what_is_shown(
    given_texts: list[str],
    case: Callable[[str], str],
    policy: str,
    style: str,
    language: str,
    said: dict[str, str],
    added: list[tuple],
    data: st.DataObject,
) -> None:
    texts = {f"T{at}": case(text) for at, text in enumerate(given_texts)}
    verdicts = {
        folded(string): Verdict(word=word) if word in ("keep", "replace")  # type: ignore[arg-type]
        else Verdict(word="rename", text=word)
        for string, word in said.items()
    }  # fmt: skip
    known = Known(persons=(("Sanne Verhoeven", "Sanne"), ("Anneke Jansen",)))
    languages = ("en", language)
    context = Context(language=language, known=known, added=tuple(added), languages=languages)
    spans = propagate(texts, {name: find(text, context) for name, text in texts.items()}, context)
    book = Book(verdicts=verdicts, added=tuple(added))
    book = assign(book, texts, spans, known)
    stands = pseudonyms(book, Manner(style=style, seed=1, language=language))
    chosen = decide(spans, texts, book, policy=policy, kinds=KINDS, stands=stands)
    terms = gate_terms(texts, chosen, book, languages)
    gate = Gate(Term(text=t, kind=k, common=c) for t, k, c in terms)
    for name, replacements in swept(texts, chosen, book, gate).items():
        text = texts[name]
        for line in apply(text, replacements).text.split("\n"):
            assert not gate.find(line, all_terms=True)
        cuts = [at + 1 for at, char in enumerate(text) if char in " \n"]
        borders = [
            0,
            *sorted(data.draw(st.sets(st.sampled_from(cuts)) if cuts else st.just(set()))),
            len(text),
        ]
        for start, end in zip(borders, borders[1:], strict=False):
            assert not gate.find(redact_range(text, replacements, start, end), all_terms=True)


# --------------------------------------------------------------------------- motif redact


def redact(capsys: pytest.CaptureFixture[str], *words: str | Path, code: int = 0) -> list[dict]:
    capsys.readouterr()
    motif("redact", *words, "--json", code=code)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_offsets_of_a_txt_file_count_in_its_own_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "# Note\n\nAnneke Jansen  rang 06-12345678.\n\tThen  Jansen left for Boston.\n\n"
    file = tmp_path / "note.txt"
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (document,) = redact(capsys, file)
    assert set(document) >= {"file", "text", "redacted", "spans"}
    assert document["text"] == text
    found = {text[s["start"] : s["end"]]: s for s in document["spans"]}
    assert {"Anneke Jansen", "06-12345678", "Jansen", "Boston"} <= set(found)
    for span in document["spans"]:
        assert set(span) == {"start", "end", "kind", "tier", "applied", "pseudonym"}
        assert span["applied"] and span["pseudonym"] in document["redacted"]
    assert found["Anneke Jansen"]["pseudonym"] == found["Jansen"]["pseudonym"] == "[Person 1]"
    assert document["redacted"] == text.replace("Anneke Jansen", "[Person 1]").replace(
        "Jansen", "[Person 1]"
    ).replace("06-12345678", "[Contact 1]").replace("Boston", "[Place 1]")


def test_several_files_share_pseudonyms_and_a_bad_one_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("I met Anneke Jansen.", "utf-8")
    (tmp_path / "b.txt").write_text("Then Jansen left.", "utf-8")
    documents = redact(
        capsys, tmp_path / "a.txt", tmp_path / "gone.txt", tmp_path / "b.txt", code=3
    )
    assert [one["redacted"] for one in documents] == ["I met [Person 1].", "Then [Person 1] left."]


def test_policy_auto_says_what_it_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("I met Anneke Jansen, and most of them were Bosnians then.", "utf-8")
    (document,) = redact(capsys, file, "--policy", "auto")
    left = [one for one in document["spans"] if not one["applied"]]
    assert "Bosnians" in document["redacted"] and "Jansen" not in document["redacted"]
    assert left and all(one["tier"] == "review" and one["pseudonym"] is None for one in left)


def test_speakers_of_a_loose_file_have_the_role_that_was_guessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "Mia Lund: And how did you come to work here, and what do you do all day?"
    told = "Xalwan Dorrek: I teach. Then Anneke Jansen came, and she asked Dorrek for the file."
    (tmp_path / "a.txt").write_text("\n".join([asked, told] * 3), "utf-8")
    (document,) = redact(capsys, tmp_path / "a.txt", "--style", "role")
    lines = document["redacted"].splitlines()
    assert lines[0].startswith("[Person 1, interviewer]: And how")
    assert lines[1] == (
        "[Person 2, respondent]: I teach. Then [Person 3] came, and she asked "
        "[Person 2, respondent] for the file."
    )


def test_files_of_one_name_are_both_written(tmp_path: Path) -> None:
    for name, text in (
        ("x/a.txt", "Anneke Jansen."),
        ("y/a.txt", "Kevin Lund."),
        ("y/A.md", "Hi."),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    out = tmp_path / "out"
    motif("redact", tmp_path / "x/a.txt", tmp_path / "y/a.txt", tmp_path / "y/A.md", "-o", out)
    assert {path.name: path.read_text("utf-8") for path in out.iterdir()} == {
        "a.redacted.txt": "[Person 1].",
        "a-2.redacted.txt": "[Person 2].",
        "A-3.redacted.txt": "Hi.",
    }


def test_tables_and_documents_are_redacted_too_and_labels_are_known_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerows([("speaker", "text"), ("Interviewer", "And you, what do you do here?")])
    writer.writerows(
        [("Xalwan Dorrek", "I teach."), ("Interviewer", "Thank you, xalwan, for that.")]
    )
    (tmp_path / "talk.csv").write_text(table.getvalue(), "utf-8")
    from docx import Document

    document = Document()
    document.add_paragraph("Interviewer: And then, what did you do?")
    document.add_paragraph("Respondent: I asked dorrek, and then Anneke Jansen.")
    document.save(tmp_path / "talk.docx")
    one, two = redact(capsys, tmp_path / "talk.csv", tmp_path / "talk.docx")
    assert "I teach." in one["text"] and "Thank you, [Person 1], for that." in one["redacted"]
    assert "I asked [Person 1], and then [Person 2]." in two["redacted"]
