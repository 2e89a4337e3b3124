"""decisions.sqlite: what people made. Rows are added, never changed, and survive a killed process.

`journal_mode=DELETE, synchronous=FULL`: a copy of the file, or its synchronised twin, is whole (a
write-ahead log is not). Every import is one transaction after a backup through SQLite's own backup.
Beside the decisions it keeps what cannot be made again: the lists that were drawn and the rows that
went out. Triggers refuse to change or delete a decision.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.files import wipe
from pipeline.records import Anchor, Dealt, Decision, ListName, Workbook
from pipeline.store.gate import Field, Gate

SCHEMA_VERSION = 2
_BUSY_SECONDS = 10.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, source TEXT NOT NULL,
  file_hash TEXT NOT NULL, n_decisions INTEGER NOT NULL);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, import_id INTEGER NOT NULL REFERENCES imports(id),
  row_id TEXT NOT NULL, transcript_hash TEXT NOT NULL, canonical INTEGER NOT NULL,
  source_start INTEGER NOT NULL, source_end INTEGER NOT NULL, text_hash TEXT NOT NULL,
  code TEXT NOT NULL, verdict TEXT NOT NULL CHECK (verdict IN ('present','absent','unsure')),
  how TEXT NOT NULL, comment TEXT NOT NULL, coder TEXT NOT NULL, phase TEXT NOT NULL,
  round INTEGER NOT NULL, list TEXT NOT NULL, list_rank INTEGER NOT NULL,
  segmentation TEXT NOT NULL, shown TEXT NOT NULL, score REAL, model_id TEXT NOT NULL,
  episode TEXT NOT NULL, codebook_version TEXT NOT NULL, time TEXT NOT NULL,
  UNIQUE (import_id, row_id, code));
CREATE INDEX decisions_of_coder ON decisions (coder, row_id, code);
CREATE TRIGGER decisions_stand BEFORE UPDATE ON decisions
  BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
  BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
CREATE TABLE drawn (
  list TEXT NOT NULL, transcript_hash TEXT NOT NULL, canonical INTEGER NOT NULL,
  source_start INTEGER NOT NULL, source_end INTEGER NOT NULL, text_hash TEXT NOT NULL,
  rank INTEGER NOT NULL, coders TEXT NOT NULL, segmentation TEXT NOT NULL,
  codebook_version TEXT NOT NULL, time TEXT NOT NULL,
  PRIMARY KEY (list, transcript_hash, source_start, source_end));
CREATE TABLE workbooks (
  id TEXT PRIMARY KEY, coder TEXT NOT NULL, round INTEGER NOT NULL, phase TEXT NOT NULL,
  codebook_version TEXT NOT NULL, codes TEXT NOT NULL, segmentation TEXT NOT NULL,
  model_id TEXT NOT NULL, made TEXT NOT NULL, state TEXT NOT NULL,
  definitions TEXT NOT NULL DEFAULT '{}');
CREATE TABLE dealt (
  row_id TEXT PRIMARY KEY, workbook_id TEXT NOT NULL REFERENCES workbooks(id),
  position INTEGER NOT NULL, segment_id TEXT NOT NULL, transcript_hash TEXT NOT NULL,
  canonical INTEGER NOT NULL, source_start INTEGER NOT NULL, source_end INTEGER NOT NULL,
  text_hash TEXT NOT NULL, list TEXT NOT NULL, list_rank INTEGER NOT NULL, why TEXT NOT NULL,
  blind INTEGER NOT NULL, shown TEXT NOT NULL, text_check TEXT NOT NULL,
  asked TEXT NOT NULL DEFAULT '[]', segmentation TEXT NOT NULL DEFAULT '');
"""
# Columns that each version added, with what they hold in rows from before. A file is brought up
# when it is next written to; until then it is read as if they were there.
_ADDED = {
    2: {("workbooks", "definitions"): "'{}'", ("dealt", "asked"): "'[]'",
        ("dealt", "segmentation"): "''"},
}  # fmt: skip
_ANCHOR = ("transcript_hash", "canonical", "source_start", "source_end", "text_hash")
_DECISION = (
    "row_id", *_ANCHOR, "code", "verdict", "how", "comment", "coder", "phase", "round", "list",
    "list_rank", "segmentation", "shown", "score", "model_id", "episode", "codebook_version",
    "time",
)  # fmt: skip
_WORKBOOK = (
    "id", "coder", "round", "phase", "codebook_version", "codes", "segmentation", "model_id",
    "made", "state", "definitions",
)  # fmt: skip
_DEALT = (
    "row_id", "workbook_id", "position", "segment_id", *_ANCHOR, "list", "list_rank", "why",
    "blind", "shown", "text_check", "asked", "segmentation",
)  # fmt: skip


@contextlib.contextmanager
def open_decisions(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, made on first use; committed when the block ends well, else rolled back.

    Raises
    ------
    PipelineError : the file is damaged, locked by another program, newer than this version, or
        cannot be written (full disk, read-only folder). What was there stays.
    """
    connection: sqlite3.Connection | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        _prepare(connection, path)
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise _trouble(path, error) from None
    finally:
        if connection is not None:
            connection.close()  # rolls back what was not committed


@contextlib.contextmanager
def look_at(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The database to read from only; None when there is none yet. Nothing is made or locked."""
    if not path.is_file():
        yield None
        return
    try:
        # Not mode=ro: after a killed process the half-written import must be rolled back first.
        uri = f"{path.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)
        try:
            if _is_empty(connection):  # made by a process that was killed, or a sync placeholder
                yield None
            else:
                _check_version(connection, path)
                yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _trouble(path, error) from None


def back_up(path: Path, folder: Path, name: str) -> Path | None:
    """A whole copy through SQLite's own backup, before anything is imported; None without a file.

    Raises
    ------
    PipelineError : the copy cannot be written.
    """
    if not path.is_file():
        return None
    target = folder / f"{name}.sqlite"
    part = folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (
            contextlib.closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as source,
            contextlib.closing(sqlite3.connect(part)) as copy,
        ):
            source.backup(copy)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise _trouble(target, error) from None
    return target


def erase_transcripts(path: Path, hashes: Collection[str]) -> int:
    """Take every row of these texts out of a file of decisions, for good; how many rows.

    The one operation that deletes decisions (`motif forget`). In one transaction the triggers are
    dropped, the rows deleted, the triggers put back; what is deleted is overwritten with zeros
    (secure_delete), the file written anew (VACUUM), the journal overwritten. All other rows keep
    what they are, ids included. Doing it again changes nothing.

    Raises
    ------
    PipelineError : the file is damaged, held by another program, or cannot be written.
    """
    if not path.is_file():
        return 0
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            # PERSIST: so that the journal, which holds the old rows, is there to be overwritten.
            for pragma in ("journal_mode=PERSIST", "synchronous=FULL", "secure_delete=ON",
                           "temp_store=MEMORY", "foreign_keys=ON"):  # fmt: skip
                connection.execute(f"PRAGMA {pragma}").fetchall()
            if _is_empty(connection):
                return 0
            connection.execute("BEGIN IMMEDIATE")
            _check_version(connection, path)
            n_rows = _erase(connection, hashes)
            connection.execute("COMMIT")
            connection.execute("VACUUM")
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise _trouble(path, error) from None
    wipe(path.with_name(f"{path.name}-journal"))
    return n_rows


def _erase(connection: sqlite3.Connection, hashes: Collection[str]) -> int:
    listed = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    triggers = {name: sql for kind, name, sql in listed if kind == "trigger"}
    for name in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    marks = [(one,) for one in sorted(hashes)]
    imports = {
        row[0]
        for mark in marks
        for row in connection.execute(
            "SELECT DISTINCT import_id FROM decisions WHERE transcript_hash = ?", mark
        )
    }
    n_rows = 0
    for kind, name, _ in listed:
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        if kind == "table" and "transcript_hash" in columns:
            statement = f'DELETE FROM "{name}" WHERE transcript_hash = ?'  # noqa: S608
            n_rows += connection.executemany(statement, marks).rowcount
    for one in sorted(imports):
        (left,) = connection.execute(
            "SELECT COUNT(*) FROM decisions WHERE import_id = ?", (one,)
        ).fetchone()
        if left:
            connection.execute("UPDATE imports SET n_decisions = ? WHERE id = ?", (left, one))
        else:
            connection.execute("DELETE FROM imports WHERE id = ?", (one,))
    connection.execute(
        "UPDATE workbooks SET state = 'recalled' WHERE state = 'open' "
        "AND id NOT IN (SELECT workbook_id FROM dealt)"
    )
    for sql in triggers.values():
        connection.execute(sql)
    return n_rows


def add_decisions(
    connection: sqlite3.Connection,
    decisions: Sequence[Decision],
    gate: Gate,
    *,
    source: str,
    file_hash: str,
    time: str,
) -> tuple[int, int]:
    """Append what is new; returns (how many were added, how many stood there already).

    A decision stands there already when the coder's latest word on that row and code is the same
    (verdict, how, comment, episode), so that handing a workbook in twice changes nothing.

    Raises
    ------
    PipelineError : a comment holds a known identifier.
    """
    gate.check("decisions.sqlite", [Field(name="comment", texts=[d.comment for d in decisions])])
    latest = _latest_words(connection, {decision.coder for decision in decisions})
    new = [d for d in decisions if latest.get((d.coder, d.row_id, d.code)) != _word(d)]
    if new:
        cursor = connection.execute(
            "INSERT INTO imports (time, source, file_hash, n_decisions) VALUES (?, ?, ?, ?)",
            (time, source, file_hash, len(new)),
        )
        _insert(
            connection,
            "decisions",
            ("import_id", *_DECISION),
            ((cursor.lastrowid, *_decision_values(decision)) for decision in new),
        )
    return len(new), len(decisions) - len(new)


def read_decisions(connection: sqlite3.Connection | None) -> list[Decision]:
    """Every decision ever made, in the order of import."""
    if connection is None:
        return []
    columns = ", ".join(("id", "import_id", *_DECISION))
    rows = connection.execute(f"SELECT {columns} FROM decisions ORDER BY id")  # noqa: S608
    return [_decision(dict(zip(columns.split(", "), row, strict=True))) for row in rows]


def add_workbook(connection: sqlite3.Connection, workbook: Workbook, rows: Sequence[Dealt]) -> None:
    """Remember a batch that goes out, with every row of it."""
    _insert(connection, "workbooks", _WORKBOOK, [_workbook_values(workbook)])
    _insert(connection, "dealt", _DEALT, map(_dealt_values, rows))


def set_state(connection: sqlite3.Connection, workbook_id: str, state: str) -> None:
    """A workbook came back (`returned`) or was called back (`recalled`)."""
    connection.execute("UPDATE workbooks SET state = ? WHERE id = ?", (state, workbook_id))


def set_text_checks(connection: sqlite3.Connection, checks: Mapping[str, str]) -> None:
    """By row: the short hash of the text that is displayed there now."""
    connection.executemany(
        "UPDATE dealt SET text_check = ? WHERE row_id = ?",
        [(check, row_id) for row_id, check in checks.items()],
    )


def read_workbooks(connection: sqlite3.Connection | None) -> list[Workbook]:
    """Every batch that ever went out, oldest first."""
    if connection is None:
        return []
    rows = connection.execute(
        f"SELECT {_columns(connection, 'workbooks', _WORKBOOK)} FROM workbooks ORDER BY rowid"  # noqa: S608
    )
    return [_workbook(dict(zip(_WORKBOOK, row, strict=True))) for row in rows]


def read_dealt(connection: sqlite3.Connection | None) -> list[Dealt]:
    """Every row that ever went out, in the order of dealing."""
    if connection is None:
        return []
    rows = connection.execute(
        f"SELECT {_columns(connection, 'dealt', _DEALT)} FROM dealt ORDER BY rowid"  # noqa: S608
    )
    return [_dealt(dict(zip(_DEALT, row, strict=True))) for row in rows]


def add_drawn(
    connection: sqlite3.Connection,
    name: ListName,
    rows: Iterable[tuple[Anchor, int, Sequence[str]]],
    *,
    segmentation: str,
    codebook_version: str,
    time: str,
) -> None:
    """Keep a list that was drawn by chance: (anchor, rank, coders who get the row). Drawn once."""
    columns = ("list", *_ANCHOR, "rank", "coders", "segmentation", "codebook_version", "time")
    values = (
        (name, *_anchor_values(anchor), rank, json.dumps(list(coders)), segmentation,
         codebook_version, time)
        for anchor, rank, coders in rows
    )  # fmt: skip
    _insert(connection, "drawn", columns, values)


def read_drawn(
    connection: sqlite3.Connection | None, name: ListName
) -> list[tuple[Anchor, int, tuple[str, ...]]]:
    """The rows of a drawn list by rank: (anchor, rank, coders who get the row)."""
    if connection is None:
        return []
    rows = connection.execute(
        f"SELECT {', '.join(_ANCHOR)}, rank, coders FROM drawn WHERE list = ? "  # noqa: S608
        "ORDER BY rank, rowid",
        (name,),
    )
    return [(Anchor(**dict(zip(_ANCHOR, row[:5], strict=True))), row[5], tuple(json.loads(row[6])))
            for row in rows]  # fmt: skip


def read_drawn_on(connection: sqlite3.Connection | None, name: ListName) -> dict[Anchor, str]:
    """The segmentation that each row of a drawn list was drawn from."""
    if connection is None:
        return {}
    rows = connection.execute(
        f"SELECT {', '.join(_ANCHOR)}, segmentation FROM drawn WHERE list = ?",  # noqa: S608
        (name,),
    )
    return {Anchor(**dict(zip(_ANCHOR, row[:5], strict=True))): row[5] for row in rows}


def _columns(connection: sqlite3.Connection, table: str, wanted: Sequence[str]) -> str:
    """The columns to select; one that an older file lacks is read as what it holds by default."""
    have = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
    default = {column: text for added in _ADDED.values() for (_, column), text in added.items()}
    return ", ".join(one if one in have else f"{default[one]} AS {one}" for one in wanted)


def _insert(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if _is_empty(connection):
        for statement in _statements(_SCHEMA):
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
    version = _check_version(connection, path)
    for newer in range(version + 1, SCHEMA_VERSION + 1):
        for (table, column), default in _ADDED[newer].items():
            connection.execute(
                f"ALTER TABLE {table} ADD COLUMN {column} TEXT NOT NULL DEFAULT {default}"
            )
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(newer),))
    connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()


def _check_version(connection: sqlite3.Connection, path: Path) -> int:
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.OperationalError:
        raise PipelineError(
            "this is not a file of decisions", where=str(path),
            mend="Take the newest copy from backup/.",
        ) from None  # fmt: skip
    if row is None or int(row[0]) > SCHEMA_VERSION:
        raise PipelineError(
            "these decisions were written by a newer version", where=str(path), mend="Update Motif."
        )
    return int(row[0])


def _trouble(path: Path, error: Exception) -> PipelineError:
    """SQLite's troubles in plain words; its own message may quote a value and is not shown."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    wrong, mend = {
        sqlite3.SQLITE_FULL: ("the disk is full", "Make room and try again."),
        sqlite3.SQLITE_BUSY: ("another program holds the file", "Close it and try again."),
        sqlite3.SQLITE_LOCKED: ("another program holds the file", "Close it and try again."),
        sqlite3.SQLITE_READONLY: ("the file is read-only", "Check the folder's rights."),
        sqlite3.SQLITE_CANTOPEN: ("the file cannot be opened", "Check the folder's rights."),
        sqlite3.SQLITE_CORRUPT: ("the file is damaged", "Take the newest copy from backup/."),
        sqlite3.SQLITE_NOTADB: ("the file is damaged", "Take the newest copy from backup/."),
        sqlite3.SQLITE_IOERR: ("the disk failed or is full", "Check the disk and try again."),
        None: ("this place cannot be written", "Check the folder's rights."),
    }.get(primary, (f"the database failed (code {primary})", "Run 'motif doctor'."))
    if primary in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE):
        raise error  # ours to mend, not the person's: a bug
    return PipelineError(wrong, where=str(path), mend=f"{mend} What was decided is untouched.")


def _latest_words(
    connection: sqlite3.Connection, coders: Iterable[str]
) -> dict[tuple[str, str, str], tuple[str, ...]]:
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for coder in coders:
        rows = connection.execute(
            "SELECT row_id, code, verdict, how, comment, episode FROM decisions "
            "WHERE coder = ? ORDER BY id",
            (coder,),
        )
        for row_id, code, *word in rows:
            found[coder, row_id, code] = tuple(word)
    return found


def _word(decision: Decision) -> tuple[str, ...]:
    return (decision.verdict, decision.how, decision.comment, decision.episode)


def _anchor_values(anchor: Anchor) -> tuple[object, ...]:
    return tuple(getattr(anchor, name) for name in _ANCHOR)


def _decision_values(decision: Decision) -> tuple[object, ...]:
    given = {
        **{name: getattr(decision.anchor, name) for name in _ANCHOR},
        "shown": json.dumps(list(decision.shown)),
    }
    return tuple(given[n] if n in given else getattr(decision, n) for n in _DECISION)


def _decision(row: dict[str, object]) -> Decision:
    anchor = Anchor(**{name: row.pop(name) for name in _ANCHOR})  # type: ignore[arg-type]
    shown = tuple(json.loads(str(row.pop("shown"))))
    return Decision(anchor=anchor, shown=shown, **row)  # type: ignore[arg-type]


def _workbook_values(workbook: Workbook) -> tuple[object, ...]:
    given = {
        "codes": json.dumps(list(workbook.codes)),
        "definitions": json.dumps(workbook.definitions),
    }
    return tuple(given[n] if n in given else getattr(workbook, n) for n in _WORKBOOK)


def _workbook(row: dict[str, object]) -> Workbook:
    codes = tuple(json.loads(str(row.pop("codes"))))
    definitions = json.loads(str(row.pop("definitions")))
    return Workbook(codes=codes, definitions=definitions, **row)  # type: ignore[arg-type]


def _dealt_values(row: Dealt) -> tuple[object, ...]:
    given = {
        **{name: getattr(row.anchor, name) for name in _ANCHOR},
        "shown": json.dumps([list(pair) for pair in row.shown]),
        "blind": int(row.blind),
        "asked": json.dumps(list(row.asked)),
    }
    return tuple(given[n] if n in given else getattr(row, n) for n in _DEALT)


def _dealt(row: dict[str, object]) -> Dealt:
    anchor = Anchor(**{name: row.pop(name) for name in _ANCHOR})  # type: ignore[arg-type]
    shown = tuple((code, score) for code, score in json.loads(str(row.pop("shown"))))
    blind, asked = bool(row.pop("blind")), tuple(json.loads(str(row.pop("asked"))))
    return Dealt(anchor=anchor, shown=shown, blind=blind, asked=asked, **row)  # type: ignore[arg-type]
