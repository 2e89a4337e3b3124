"""Forgetting is real: nothing of one participant is left, and nothing of the others is touched."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import cli
from pipeline.anonymise.book import Book, Verdict
from pipeline.anonymise.forms import SCOPE
from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.steps.anonymise import read_book, study_gate
from pipeline.steps.forget import _without, finish_forgetting, plan_forgetting
from pipeline.steps.ingest import read_registry, read_transcript
from pipeline.steps.study import Study, open_study
from pipeline.steps.vault import RESERVED, entries_of
from pipeline.store.decisions import (
    erase_transcripts,
    look_at,
    read_dealt,
    read_decisions,
)
from pipeline.tables import Column, Sheet
from pipeline.vault import Vault
from tests.killing import CAN, killed_at, n_points
from tests.unpack import texts_in

CODEBOOK = """
id: b
version: "1"
title: B
families: {f: what it is}
codes:
  - {id: one, family: f, label: One, definition: Somebody writes something down in a letter.}
  - {id: two, family: f, label: Two, definition: Somebody drinks coffee in the canteen.}
"""
# What only Sanne Dorrekvel says, in her two waves: a mark in every answer.
HERS = ("velvetfish", "Ozkaynaklar", "Quorlemond", "06-55512345", "tramontana")
TOPICS = ("the forms", "my sister", "the stairs", "a bicycle", "the canteen", "an old clock")


def talk(who: str, more: Sequence[str] = ()) -> str:
    lines = []
    for at, topic in enumerate(TOPICS):
        lines.append(f"I: And tell me, please, how did it go with {topic} in the end, after that?")
        said = more[at] if at < len(more) else "it was all written down in a letter, as ever."
        lines.append(f"{who}: Well, {topic}, that took {at + 3} weeks, we drank coffee and {said}")
    return "\n".join(lines) + "\n"


FILES = {
    "w1/sanne.txt": talk("R", ["the velvetfish said so to us all, every single week that year.",
                               "then Selma Ozkaynaklar came from Quorlemond, where it all began.",
                               "I rang 06-55512345 and nobody said anything to me about it."]),
    "w2/sanne.txt": talk("R", ["that tramontana blew again, as I have told you the other time."]),
    "piet.txt": talk("R", ["my colleague dorrekvel, kwiebus to us, helped as she always did.",
                           "Mevrouw Warsame moved to Leeuwarden, behind the bakery there."]),
    "rosa.txt": talk("R", ["I wrote to the office in Delft, and nobody has ever answered me."]),
}  # fmt: skip
PARTICIPANTS = (
    "file,participant,city,wave,nickname\nw1/sanne.txt,Sanne Dorrekvel,Quorlemond,1,kwiebus\n"
    "w2/sanne.txt,Sanne Dorrekvel,Quorlemond,2,kwiebus\npiet.txt,Piet Kok,Delft,1,\n"
    "rosa.txt,Rosa Bruin,Delft,1,\n"
)


class FakeEmbedder:
    """A few numbers of each text."""

    model_id, d = "counting", 8

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.array([[len(t) % 7 + 1, *(t.count(c) + 1 for c in "aeinort")] for t in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _patch(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    patch.setattr("pipeline.vault._SCRYPT", {"n": 2**10, "r": 8, "p": 1})
    patch.setattr("pipeline.steps.embed.load_embedder", lambda model: FakeEmbedder())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    _patch(monkeypatch)


def motif(*words: str | Path, code: int = 0) -> None:
    assert cli._run([str(word) for word in words]) == code


def new_study(path: Path) -> Study:
    motif("init", path)
    (path / "codebook.yaml").write_text(CODEBOOK, "utf-8")
    settings = (path / "study.toml").read_text("utf-8")
    settings = settings.replace('phase = "develop"', 'phase = "code"\nbatch = 5\naudit_rows = 2')
    settings = settings.replace('coders = ["coder1"]', 'coders = ["ana", "ben"]')
    (path / "study.toml").write_text(settings, "utf-8")
    (path / "participants.csv").write_text(PARTICIPANTS, "utf-8")
    for name, text in FILES.items():
        (path / "transcripts" / name).parent.mkdir(exist_ok=True)
        (path / "transcripts" / name).write_text(text, "utf-8")
    return open_study(path)


def answer(study: Study, workbook: str, *, done: bool = True, comment: str = "") -> Path:
    """A coder's answers, in the file where it lies; codes are confirmed, so they are quoted."""
    path = study.review / f"{workbook}.xlsx"
    rows = [dict(row.values) for row in read_rows(path.read_bytes(), path.name, ("row", "done"))]
    for at, row in enumerate(rows):
        row["done"] = "x" if done or at % 2 == 0 else ""
        row["more codes"] = "two" if row["code 1"] != "two" else "one"
        row["my notes"] = f"look at {row['row']} again"
        row["1?"] = "yes" if row["code 1"] else ""
        if row["code 1"] and row["more codes"] in (row["code 1"], row["code 2"]):
            row["more codes"] = ""
    rows[0]["comment"] = comment
    titles = tuple(rows[0])
    sheet = Sheet(
        name="Review",
        columns=tuple(Column(key=title, title=title, width=20) for title in titles),
        rows=tuple(rows),
        main=True,
    )
    path.write_bytes(write_xlsx([sheet]))
    return path


@pytest.fixture(scope="session")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study after a round of coding: open workbooks, backups, models, a report, exports."""
    with pytest.MonkeyPatch.context() as patch:
        _patch(patch)
        folder = tmp_path_factory.mktemp("coded") / "study"
        study = new_study(folder)
        motif("run", "-s", folder)
        for book in ("ana-01", "ben-01"):
            motif("review", "in", answer(study, book, comment="ask Sanne Dorrekvel"), "-s", folder)
        motif("run", "-s", folder)
        motif("export", study.config.work / "out.csv", "-s", folder)
        motif("export", study.config.work / "out.xlsx", "-s", folder)
        reports = study.config.work / "reports"
        reports.mkdir()
        (reports / "report.html").write_text("<p>P01 said: velvetfish &amp; more</p>", "utf-8")
        (study.backup / ".decisions-x.part").write_bytes(b"half a backup, T001")
    return folder


@pytest.fixture
def study(coded: Path, tmp_path: Path) -> Study:
    """A copy of it, in which both coders have answered half of what is open."""
    shutil.copytree(coded, tmp_path / "study")
    return open_study(tmp_path / "study")


def mine(study: Study) -> tuple[set[str], set[str]]:
    """Sanne's transcripts and the hashes of their texts."""
    registry = read_registry(study)
    ids = {one["transcript_id"] for path, one in registry.files.items() if "sanne" in path}
    return ids, {digest for name in ids for digest in registry.texts[name]}


def rows_of(study: Study, hashes: set[str], path: Path | None = None) -> dict[str, list]:
    """Every row of every table that is of other texts than these, and all of those without one."""
    with closing(sqlite3.connect(path or study.decisions)) as db:
        found = {}
        for table in ("decisions", "drawn", "dealt"):
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            at = columns.index("transcript_hash")
            rows = db.execute(f"SELECT rowid, * FROM {table}").fetchall()
            found[table] = [row for row in rows if row[at + 1] not in hashes]
        found["sqlite_sequence"] = db.execute("SELECT * FROM sqlite_sequence").fetchall()
        found["schema"] = sorted(db.execute("SELECT name, sql FROM sqlite_master").fetchall())
    return found


def opened(vault: Vault) -> dict[str, bytes]:
    """Every entry of a vault that has a name we know, by name; and that there is no other."""
    names = ["registry", "book", "gate", "log", "table", "written"]
    names += [one for n in range(1, 12) for one in entries_of(f"T{n:03d}")]
    found = {name: vault.read(name) for name in names if vault.has(name)}
    assert len(found) == vault.n_entries()
    return found


def assert_forgotten(study: Study, ids: set[str], hashes: set[str]) -> None:
    work, vault = study.config.work, study.config.vault_path
    pieces = [text for name, text in FILES.items() if "sanne" in name]
    said = {line[3:].strip() for text in pieces for line in text.splitlines() if "R:" in line}
    others = "".join(text for name, text in FILES.items() if "sanne" not in name)
    own = {*HERS, *(one for one in said if one not in others)}
    trace = {one.casefold() for one in {*own, *ids, *hashes, "P01"}}
    for path in [*work.rglob("*"), *vault.rglob("*")]:
        if not path.is_file():
            continue
        assert not path.name.endswith((".part", "-journal")), path
        for text in texts_in(path):
            held = {one for one in trace if one in text.casefold()}
            assert not held, f"{held} in {path.relative_to(work.parent)}"
        raw = path.read_bytes()
        for one in {*hashes, *HERS}:  # free pages of a database, too
            assert one.encode() not in raw, f"{one} in the bytes of {path.name}"
    for name, data in opened(study.vault).items():
        text = data.decode().casefold()
        if name == "log":
            text = text.replace("forgot p01, t003, t004", "")
        elif name == "registry":  # keyed hashes, and numbers that are given to nobody else
            kept = json.loads(data)
            assert set(kept["forgotten"]["ids"]) == {"P01", *ids} and not kept["forgetting"]
            text = json.dumps({**kept, "forgotten": {}}).casefold()
        held = {one for one in trace | {"sanne.txt"} if one.casefold() in text}
        assert not held, f"{held} in the vault's {name}"
    book = read_book(study)
    assert not {"selma ozkaynaklar", "ozkaynaklar", "quorlemond"} & set(book.labels)


def test_nothing_of_the_participant_is_left_and_nothing_of_others_is_touched(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = study.config.path.parent
    ids, hashes = mine(study)
    assert len(ids) == 2
    before = rows_of(study, hashes)
    everything = rows_of(study, set())
    assert all(len(before[table]) < len(everything[table]) for table in ("decisions", "dealt"))
    backups = {path: rows_of(study, hashes, path) for path in study.backup.glob("*.sqlite")}
    assert len(backups) >= 2
    labels = {one for one in read_book(study).labels.values()}
    theirs = {name: read_transcript(study, name).text for name in ("T001", "T002")}
    typed = answer(study, "ana-02", done=False)
    held = read_rows(typed.read_bytes(), "x", ("row", "done"))
    with look_at(study.decisions) as db:
        hers = {row.row_id for row in read_dealt(db) if row.anchor.transcript_hash in hashes}
    in_file = {row.values["row"] for row in held}
    assert in_file & hers and in_file - hers
    assert any("near to confirmed" in row.values["because"] for row in held)
    out = typed.read_bytes()  # the coder has a copy

    capsys.readouterr()
    motif("forget", "P01", "--yes", "-s", folder)
    told = capsys.readouterr().out
    assert "Sanne Dorrekvel" not in told and "velvetfish" not in told
    assert_forgotten(study, ids, hashes)
    assert rows_of(study, hashes) == before == rows_of(study, set())
    for path, rows in backups.items():
        assert rows_of(study, set(), path) == rows
    assert {one for one in read_book(study).labels.values()} == labels  # no number is free again
    for name, text in theirs.items():
        assert read_transcript(study, name).text == text
    # the open workbook: what was typed into others' rows stands there, hers are gone
    again = {row.values["row"]: row.values for row in read_rows(typed.read_bytes(), "x", ("row",))}
    kept = {row.values["row"]: row.values for row in held if row.values["row"] not in hers}
    assert again.keys() == kept.keys() and kept
    for row_id, values in kept.items():
        for title in ("done", "more codes", "my notes", "code 1", "1?", "text", "before", "after"):
            assert again[row_id][title] == values[title]
    # what is out of reach is named
    assert "sanne.txt: your file" in told and "participants.csv" in told
    assert "workbook ana-02 (open)" in told and "workbook ana-01 (returned)" in told

    # run: the files are passed over and named, the rest is made again
    motif("run", "-s", folder, code=3)
    printed = capsys.readouterr()
    assert printed.err.count("was forgotten, so it was not read") == 2
    assert_forgotten(study, ids, hashes)
    assert "round 2" in printed.out  # round 1 was another model
    after = rows_of(study, set())
    assert after["decisions"] == before["decisions"]
    # the coder's copy comes back: others' rows count, hers are passed over
    copy = folder / "ana-02 back.xlsx"
    copy.write_bytes(out)
    motif("review", "in", copy, "-s", folder)
    assert "rows are of somebody who was forgotten" in capsys.readouterr().out
    with look_at(study.decisions) as db:
        back = [d for d in read_decisions(db) if d.row_id.startswith("ana-02")]
    assert back and not {d.row_id for d in back} & hers
    assert_forgotten(study, ids, hashes)
    # and again: nothing happens
    motif("forget", "Sanne Dorrekvel", "--yes", "-s", folder)
    assert "nothing of this participant is left" in capsys.readouterr().out
    motif("doctor", "--study-check", "-s", folder)


def test_a_name_that_others_speak_of_stays_replaced(study: Study) -> None:
    folder = study.config.path.parent  # in small letters: found because the table has it
    motif("forget", "sanne dorrekvel", "--yes", "-s", folder)
    # What it told the team to delete is deleted: nothing but the vault knows the nickname now.
    for wave in ("w1", "w2"):
        (study.config.corpus / wave / "sanne.txt").unlink()
    table = study.config.participants
    assert table is not None
    rows = [line for line in table.read_text("utf-8").splitlines() if "Sanne" not in line]
    table.write_text("\n".join(rows) + "\n", "utf-8")
    motif("run", "-s", folder)
    import pandas as pd

    shown = "\n".join(pd.read_parquet(study.derived / "turns.parquet")["text"])
    assert "dorrekvel" not in shown.casefold() and "kwiebus" not in shown
    assert "my colleague [Person" in shown and "] to us" in shown


def test_files_that_come_back_under_another_name_are_passed_over(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = study.config.path.parent
    motif("forget", "P01", "--yes", "-s", folder)
    corpus = folder / "transcripts"
    (corpus / "w1" / "sanne.txt").rename(corpus / "new name.txt")
    (corpus / "saved again.txt").write_text(
        (corpus / "w2" / "sanne.txt").read_text("utf-8").replace("\n", "\r\n\r\n"), "utf-8"
    )
    (corpus / "third.txt").write_text(talk("R", ["a third wave of hers, after all of this."]))
    (corpus / "rosa2.txt").write_text(talk("R", ["another wave of Rosa, in the year after it."]))
    table = PARTICIPANTS.replace("w1/sanne.txt,Sanne Dorrekvel,Quorlemond,1,kwiebus\n", "")
    table += "third.txt,Sanne  DORREKVEL,,3\nrosa2.txt,Rosa Bruin,Delft,2\n"
    (folder / "participants.csv").write_text(table, "utf-8")
    capsys.readouterr()
    motif("run", "-s", folder, code=3)
    printed = capsys.readouterr()
    for name in ("new name.txt", "saved again.txt", "w2/sanne.txt", "third.txt"):
        assert f"{name}: this belongs to somebody who was forgotten" in printed.err
    registry = read_registry(study)
    assert set(registry.files) == {"piet.txt", "rosa.txt", "rosa2.txt"}
    assert registry.files["rosa2.txt"]["transcript_id"] == "T005"  # no id is given twice
    assert set(registry.participants) == {"Piet Kok", "Rosa Bruin"}


@pytest.mark.parametrize(("row", "now"), [(r"w./sanne.txt,.*\n", ""), ("kwiebus", "zwiebel")])
def test_what_a_row_said_before_it_was_edited_or_dropped_stays_known_until_it_is_forgotten(
    study: Study, row: str, now: str
) -> None:
    assert study.config.participants is not None
    study.config.participants.write_text(re.sub(row, now, PARTICIPANTS), "utf-8")
    for step in ("ingest", "anonymise"):
        motif("run", "-s", study.config.path, "--only", step)
    assert not [t for t in texts_in(study.derived / "turns.parquet") if "kwiebus" in t]
    assert study_gate(study).find("kwiebus to us")
    motif("forget", "Sanne Dorrekvel", "--yes", "-s", study.config.path)
    assert b"kwiebus" not in study.vault.read("table")


def test_a_name_that_was_corrected_goes_with_the_corrected_one(study: Study) -> None:
    assert study.config.participants is not None
    before, after = "Sanne Dorrekvel", "Sanne Dorrekveld"
    for name in (after, before, after):  # corrected, and back, and again
        table = PARTICIPANTS.replace(before, name).replace("Rosa Bruin", "Rosa Bruyn")
        study.config.participants.write_text(table, "utf-8")
        for step in ("ingest", "anonymise"):
            motif("run", "-s", study.config.path, "--only", step)
    motif("forget", after, "--yes", "-s", study.config.path)
    assert b"Dorrekvel" not in study.vault.read("table")
    assert b"Dorrekvel" not in study.vault.read("registry")
    assert b"Rosa Bruin" in study.vault.read("table")  # she is somebody else
    assert not {one for one in read_book(study).labels if "sanne dorrekvel" in one}


def test_a_transcript_of_two_people_is_refused_and_both_can_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = new_study(tmp_path / "study")
    folder = study.config.path.parent
    both = talk("Piet").replace("I: And", "Rosa: Yes.\nI: And")
    (folder / "transcripts" / "both.txt").write_text(both, "utf-8")
    table = "file,speaker,participant,city\nboth.txt,Piet,Piet Kok,x\nboth.txt,Rosa,Rosa Bruin,x\n"
    table += "piet.txt,,Piet Kok,x\n"
    (folder / "participants.csv").write_text(table, "utf-8")
    motif("run", "-s", folder, "--only", "ingest")
    numbers = read_registry(study).participants
    capsys.readouterr()
    motif("forget", "Piet Kok", "--yes", "-s", folder, code=2)
    told = capsys.readouterr().err
    assert f"is an interview with {numbers['Rosa Bruin']} too" in told and "Rosa" not in told
    assert "both.txt" in read_registry(study).files
    motif("forget", *numbers.values(), "--yes", "-s", folder)
    assert set(read_registry(study).files) == {"w1/sanne.txt", "w2/sanne.txt", "rosa.txt"}


def test_who_is_meant(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    folder = study.config.path.parent
    motif("forget", "Nobody", "P09", "--yes", "-s", folder, code=2)
    told = capsys.readouterr().err
    assert told.count("nobody in this study is called so") == 2 and "P01, P02, P03" in told
    # a team that has numbers of its own: P02 is Rosa's there, and Piet's here
    table = PARTICIPANTS.replace("Rosa Bruin", "P02")
    (folder / "participants.csv").write_text(table, "utf-8")
    motif("run", "-s", folder, "--only", "ingest")
    motif("forget", "P02", "--yes", "-s", folder, code=2)
    assert "Motif's word for one participant" in capsys.readouterr().err
    ours, theirs = plan_forgetting(study, ["[P02]"]), plan_forgetting(study, ["=P02"])
    assert ours is not None and ours.paths == ("piet.txt",)
    assert theirs is not None and theirs.paths == ("rosa.txt",)
    by_transcript = plan_forgetting(study, ["T003"])  # whoever speaks in it, both waves
    assert by_transcript is not None and by_transcript.ids == ("P01", "T003", "T004")


def test_it_asks_first_and_a_batch_must_say_yes(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = study.config.path.parent
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    motif("forget", "P01", "-s", folder, code=2)
    assert "--yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda question: False)
    motif("forget", "P01", "-s", folder, code=2)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    monkeypatch.setattr("typer.confirm", lambda question: True)
    motif("forget", "P01", "-s", folder)


def test_a_list_with_verdicts_stops_it(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.steps.anonymise_list import NAME

    folder = study.config.path.parent
    path = study.config.vault_path / NAME
    motif("anonymise", "out", "-s", folder)
    rows = [dict(r.values) for r in read_rows(path.read_bytes(), path.name, ("find", "verdict"))]
    rows = [row for row in rows if row["find"]]
    rows[0]["verdict"] = "keep"
    titles = tuple(rows[0])
    columns = tuple(Column(key=title, title=title, width=9) for title in titles)
    blank = path.read_bytes()
    path.write_bytes(write_xlsx([Sheet(name="finds", columns=columns, rows=tuple(rows))]))
    motif("forget", "P01", "--yes", "-s", folder, code=2)
    assert "have not been imported" in capsys.readouterr().err
    path.write_bytes(blank)
    motif("forget", "P01", "--yes", "-s", folder)
    assert not path.exists()


def test_a_damaged_backup_is_named(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    folder = study.config.path.parent
    (study.backup / "broken.sqlite").write_bytes(b"this is no database" * 100)
    motif("forget", "P01", "--yes", "-s", folder)
    assert "broken.sqlite: the file is damaged" in capsys.readouterr().out


def test_the_triggers_are_there_again(study: Study) -> None:
    _, hashes = mine(study)
    assert erase_transcripts(study.decisions, hashes) > 0
    assert erase_transcripts(study.decisions, hashes) == 0
    with closing(sqlite3.connect(study.decisions)) as db:
        for statement in ("DELETE FROM decisions", "UPDATE decisions SET coder = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                db.execute(statement)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counted = "(SELECT COUNT(*) FROM decisions d WHERE d.import_id = imports.id)"
        wrong = f"SELECT COUNT(*) FROM imports WHERE n_decisions != {counted}"
        assert db.execute(wrong).fetchone() == (0,)


def test_a_short_name_that_is_another_person_elsewhere() -> None:
    book = Book(
        labels={"kevin": "Person 5", "kevin jansen": "Person 5", "lund": "Person 6",
                "the blue roof": "Place 1", "typed in a comment": "Person 8"},
        meant={f"kevin{SCOPE}T001": "Person 5", f"kevin{SCOPE}T002": "Person 7"},
        verdicts={f"kevin{SCOPE}Person 7": Verdict(word="keep"),
                  "the blue roof": Verdict(word="replace"), "lund": Verdict(word="keep")},
    )  # fmt: skip
    left = Book(labels=book.labels, meant={f"kevin{SCOPE}T002": "Person 7"}, verdicts=book.verdicts)
    hers = {"kevin", "kevin jansen", "lund"}
    after = _without(left, hers, {"kevin": ["Person 7"]}, {"Person 8"}, book)
    kept = {form: label for form, label in after.labels.items() if form[0] != RESERVED}
    assert kept == {
        "kevin": "Person 7", "the blue roof": "Place 1", "typed in a comment": "Person 8"
    }  # fmt: skip
    assert after.meant == left.meant
    assert set(after.verdicts) == {f"kevin{SCOPE}Person 7", "the blue roof"}
    assert {"Person 5", "Person 6"} < set(after.labels.values())  # given to nobody else


# ------------------------------------------------------------------ killed in the middle


POINTS = 14


@pytest.mark.skipif(not CAN, reason="the killing is done with fork")
def test_killed_at_any_point_it_can_be_run_again_to_the_end(
    coded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def forget(folder: Path) -> None:
        cli._run(["forget", "P01", "--yes", "-s", str(folder)])

    trial = tmp_path / "trial"
    shutil.copytree(coded, trial)
    last = n_points(lambda: forget(trial))
    assert last > 40
    reference = open_study(coded)
    ids, hashes = mine(reference)
    before = rows_of(reference, hashes)
    for point in sorted({int(p) for p in np.linspace(1, last, POINTS)}):
        folder = tmp_path / f"at{point}"
        shutil.copytree(coded, folder)
        killed_at(point, lambda folder=folder: forget(folder))
        study = open_study(folder)
        assert rows_of(study, hashes) == before, point
        if point % 2:  # the person runs it again, or the next run goes on
            motif("forget", "P01", "--yes", "-s", folder)
        else:
            list(finish_forgetting(study, marked=False))
            if not read_registry(study).forgotten:  # killed before it had begun
                motif("forget", "P01", "--yes", "-s", folder)
        assert not study.forgetting.exists()
        assert_forgotten(study, ids, hashes)
        assert rows_of(study, set()) == before, point
        shutil.rmtree(folder)
