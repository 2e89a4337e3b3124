import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import PipelineError
from pipeline.records import Anchor, Dealt, Decision, Workbook
from pipeline.store.decisions import (
    add_decisions,
    add_drawn,
    add_workbook,
    back_up,
    look_at,
    open_decisions,
    read_dealt,
    read_decisions,
    read_drawn,
    read_drawn_on,
    read_workbooks,
    set_state,
)
from pipeline.store.gate import Gate, Term

GATE = Gate([Term(text="Anneke", kind="person")])
ANCHOR = Anchor(
    transcript_hash="a" * 32, canonical=1, source_start=0, source_end=9, text_hash="b" * 32
)
ONE = Decision(
    row_id="ana-01-001", anchor=ANCHOR, code="paperwork", verdict="present", how="accepted",
    coder="ana", phase="code", round=0, list="query", list_rank=1, segmentation="answer",
    codebook_version="1", time="2026-01-01T00:00:00Z", shown=("paperwork", "obey_rules"),
    score=0.7, model_id="prior", episode="1",
)  # fmt: skip
TWO = replace(ONE, code="obey_rules", verdict="absent", how="rejected", score=None)
BOOK = Workbook(
    id="ana-01", coder="ana", round=0, phase="code", codebook_version="1",
    codes=("paperwork", "obey_rules"), segmentation="answer", model_id="prior",
    made="2026-01-01T00:00:00Z", definitions={"paperwork": "sha256:1", "obey_rules": "sha256:2"},
)  # fmt: skip
ROW = Dealt(
    row_id="ana-01-001", workbook_id="ana-01", position=1, segment_id="T001:0-9", anchor=ANCHOR,
    list="query", list_rank=1, why="uncertain", blind=False, shown=(("paperwork", 0.7),),
    text_check="abc", asked=("obey_rules",), segmentation="turn",
)  # fmt: skip


def add(path: Path, *decisions: Decision) -> tuple[int, int]:
    with open_decisions(path) as db:
        return add_decisions(db, decisions, GATE, source="x", file_hash="h", time=ONE.time)


def stored(path: Path) -> list[Decision]:
    with look_at(path) as db:
        return [replace(d, id=0, import_id=0) for d in read_decisions(db)]


def test_decisions_read_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "work" / "decisions.sqlite"
    assert add(path, ONE, TWO) == (2, 0)
    assert stored(path) == [ONE, TWO]


def test_the_same_words_twice_change_nothing_a_new_word_is_added(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    add(path, ONE, TWO)
    assert add(path, ONE, TWO) == (0, 2)
    changed = replace(ONE, verdict="absent", how="rejected")
    assert add(path, changed, TWO) == (1, 1)
    assert add(path, ONE, TWO) == (1, 1)  # back to the first word is a word too
    assert stored(path) == [ONE, TWO, changed, ONE]


def test_a_decision_is_never_changed_or_deleted(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    add(path, ONE)
    for statement in ("UPDATE decisions SET verdict = 'absent'", "DELETE FROM decisions"):
        db = sqlite3.connect(path)
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            db.execute(statement)
        db.close()
    assert stored(path) == [ONE]


def test_a_comment_passes_the_gate_or_nothing_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    with pytest.raises(PipelineError, match="known person"):
        add(path, TWO, replace(ONE, comment="ask Anneke"))
    assert stored(path) == []


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    with pytest.raises(RuntimeError), open_decisions(path) as db:
        add_decisions(db, [ONE], GATE, source="x", file_hash="h", time=ONE.time)
        raise RuntimeError
    assert stored(path) == []


def test_workbooks_rows_and_lists_read_back(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    with open_decisions(path) as db:
        add_workbook(db, BOOK, [ROW])
        add_drawn(
            db, "audit", [(ANCHOR, 1, ("ana", "ben"))], segmentation="answer",
            codebook_version="1", time=ONE.time,
        )  # fmt: skip
        set_state(db, "ana-01", "returned")
    with look_at(path) as db:
        assert read_workbooks(db) == [replace(BOOK, state="returned")]
        assert read_dealt(db) == [ROW]
        assert read_drawn(db, "audit") == [(ANCHOR, 1, ("ana", "ben"))]
        assert read_drawn(db, "anchor") == []
        assert read_drawn_on(db, "audit") == {ANCHOR: "answer"}


OLDER = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO meta VALUES ('schema', '1');
CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, source TEXT NOT NULL,
  file_hash TEXT NOT NULL, n_decisions INTEGER NOT NULL);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, import_id INTEGER NOT NULL REFERENCES imports(id),
  row_id TEXT NOT NULL, transcript_hash TEXT NOT NULL, canonical INTEGER NOT NULL,
  source_start INTEGER NOT NULL, source_end INTEGER NOT NULL, text_hash TEXT NOT NULL,
  code TEXT NOT NULL, verdict TEXT NOT NULL, how TEXT NOT NULL, comment TEXT NOT NULL,
  coder TEXT NOT NULL, phase TEXT NOT NULL, round INTEGER NOT NULL, list TEXT NOT NULL,
  list_rank INTEGER NOT NULL, segmentation TEXT NOT NULL, shown TEXT NOT NULL, score REAL,
  model_id TEXT NOT NULL, episode TEXT NOT NULL, codebook_version TEXT NOT NULL,
  time TEXT NOT NULL, UNIQUE (import_id, row_id, code));
CREATE TABLE drawn (
  list TEXT NOT NULL, transcript_hash TEXT NOT NULL, canonical INTEGER NOT NULL,
  source_start INTEGER NOT NULL, source_end INTEGER NOT NULL, text_hash TEXT NOT NULL,
  rank INTEGER NOT NULL, coders TEXT NOT NULL, segmentation TEXT NOT NULL,
  codebook_version TEXT NOT NULL, time TEXT NOT NULL,
  PRIMARY KEY (list, transcript_hash, source_start, source_end));
CREATE TABLE workbooks (
  id TEXT PRIMARY KEY, coder TEXT NOT NULL, round INTEGER NOT NULL, phase TEXT NOT NULL,
  codebook_version TEXT NOT NULL, codes TEXT NOT NULL, segmentation TEXT NOT NULL,
  model_id TEXT NOT NULL, made TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE dealt (
  row_id TEXT PRIMARY KEY, workbook_id TEXT NOT NULL REFERENCES workbooks(id),
  position INTEGER NOT NULL, segment_id TEXT NOT NULL, transcript_hash TEXT NOT NULL,
  canonical INTEGER NOT NULL, source_start INTEGER NOT NULL, source_end INTEGER NOT NULL,
  text_hash TEXT NOT NULL, list TEXT NOT NULL, list_rank INTEGER NOT NULL, why TEXT NOT NULL,
  blind INTEGER NOT NULL, shown TEXT NOT NULL, text_check TEXT NOT NULL);
INSERT INTO workbooks VALUES ('ana-01', 'ana', 0, 'code', '1', '["paperwork"]', 'answer',
  'prior', '2026-01-01T00:00:00Z', 'open');
INSERT INTO dealt VALUES ('ana-01-001', 'ana-01', 1, 'T001:0-9', 'h', 1, 0, 9, 't', 'query', 1,
  'uncertain', 0, '[["paperwork", 0.7]]', 'abc');
"""


def test_a_file_of_the_first_version_is_read_as_it_is_and_brought_up_when_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "d.sqlite"
    db = sqlite3.connect(path)
    db.executescript(OLDER)
    db.close()
    before = path.read_bytes()

    def read() -> tuple[list[Workbook], list[Dealt]]:
        with look_at(path) as db:
            return read_workbooks(db), read_dealt(db)

    (book,), (row,) = read()
    assert (book.definitions, row.asked, row.segmentation) == ({}, (), "")
    assert (book.codes, row.shown) == (("paperwork",), (("paperwork", 0.7),))
    assert path.read_bytes() == before  # looking changes nothing
    newer, asked = replace(BOOK, id="ana-02"), replace(ROW, row_id="r2", workbook_id="ana-02")
    with open_decisions(path) as db:
        add_workbook(db, newer, [asked])
    assert read() == ([book, newer], [row, asked])
    add(path, ONE)
    assert stored(path) == [ONE]


def test_a_process_killed_while_a_file_is_brought_up_leaves_it_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    db = sqlite3.connect(path)
    db.executescript(OLDER + "ALTER TABLE dealt ADD COLUMN asked TEXT NOT NULL DEFAULT '[]';")
    db.close()  # a column that is there already makes the second half of the step fail
    with pytest.raises(sqlite3.OperationalError, match="duplicate"):
        add(path, ONE)
    db = sqlite3.connect(path)
    assert db.execute("SELECT value FROM meta").fetchall() == [("1",)]
    assert "definitions" not in {row[1] for row in db.execute("PRAGMA table_info(workbooks)")}
    db.close()


def test_looking_makes_nothing(tmp_path: Path) -> None:
    with look_at(tmp_path / "d.sqlite") as db:
        assert db is None
        assert read_decisions(db) == []
    assert not list(tmp_path.iterdir())


def test_a_backup_is_a_whole_copy(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    assert back_up(path, tmp_path / "backup", "one") is None
    add(path, ONE)
    copy = back_up(path, tmp_path / "backup", "one")
    assert copy is not None and stored(copy) == [ONE]
    assert [p.name for p in (tmp_path / "backup").iterdir()] == ["one.sqlite"]


def test_a_copied_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    add(path, ONE)
    with look_at(path) as db:
        assert db is not None
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        shutil.copy(path, tmp_path / "copy.sqlite")
    assert stored(tmp_path / "copy.sqlite") == [ONE]


@pytest.mark.parametrize("content", [b"this is no database at all, just words", b"x" * 5000])
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "d.sqlite"
    path.write_bytes(content)
    with pytest.raises(PipelineError, match="damaged"):
        add(path, ONE)
    assert path.read_bytes() == content


def test_an_empty_file_is_no_decisions_yet(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    path.touch()  # a killed first run, or a placeholder of a synchronised folder
    assert stored(path) == []
    add(path, ONE)
    assert stored(path) == [ONE]


def test_another_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE other (a)")
    db.commit()
    db.close()
    before = path.read_bytes()
    for touch in (lambda: stored(path), lambda: add(path, ONE)):
        with pytest.raises(PipelineError, match="not a file of decisions"):
            touch()
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    add(path, ONE)
    db = sqlite3.connect(path)
    db.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    db.commit()
    db.close()
    with pytest.raises(PipelineError, match="newer version"):
        stored(path)


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    add(path, ONE)
    many = [replace(ONE, row_id=f"r{i}", comment="word " * 200) for i in range(2000)]
    with pytest.raises(PipelineError, match="full"), open_decisions(path) as db:
        db.execute("PRAGMA max_page_count = 40")  # SQLite's own way to say: no more room
        add_decisions(db, many, GATE, source="x", file_hash="h", time=ONE.time)
    assert stored(path) == [ONE]


CHILD = """
import sys
from dataclasses import replace
sys.path.insert(0, {tests!r})
from test_decisions import ONE, add
from pathlib import Path
for i in range(100000):
    add(Path({path!r}), *[replace(ONE, row_id=f"r{{i}}-{{j}}") for j in range(20)])
    print(i, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
@pytest.mark.parametrize("wait", [0.0, 0.004, 0.011])
def test_a_killed_process_leaves_whole_imports_each_once(tmp_path: Path, wait: float) -> None:
    path = tmp_path / "d.sqlite"
    code = CHILD.format(tests=str(Path(__file__).parent), path=str(path))
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(3)]
    time.sleep(wait)
    child.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout.read().split()]
    child.wait()
    rows = [d.row_id for d in stored(path)]
    assert len(rows) == len(set(rows))
    assert len(rows) % 20 == 0  # an import is all or nothing
    assert len(rows) // 20 >= len(acknowledged)  # what was acknowledged is there
