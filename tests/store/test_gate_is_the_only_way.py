"""Nothing but the store's gate and the vault writes a file: by its source, and while it runs."""

from __future__ import annotations

import ast
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import cli
from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.steps.anonymise_list import NAME
from pipeline.steps.study import open_study
from pipeline.store.gate import Gate
from pipeline.tables import Column, Sheet
from tests.suggest.hashing_embedder import HashingEmbedder

ROOT = Path(__file__).parents[2] / "pipeline"
WRITING = frozenset(
    "write_bytes write_text copytree copyfile copy2 copyfileobj mkstemp mkdtemp "
    "NamedTemporaryFile TemporaryFile TemporaryDirectory SpooledTemporaryFile to_csv to_excel "
    "to_parquet to_feather to_pickle to_hdf to_html to_markdown savez savez_compressed savetxt "
    "save_file tofile memmap touch symlink_to hardlink_to wipe fdopen".split()
)
_OF = (("sqlite3", "connect"), ("os", "open"), ("shutil", "copy"), ("shutil", "move"))
IN_MEMORY = ("buffer", "stream", "io")  # what a library is handed instead of a file
# (file, function): why it may write. Whoever adds one has to say what of a participant is in it.
ALLOWED = {
    ("files.py", "write_bytes"): "the way to the disk, for the gate and the vault alone",
    ("files.py", "wipe"): "zeros",
    ("store/gate.py", "write_out"): "the gate",
    ("store/gate.py", "erase_out"): "zeros",
    ("store/decisions.py", "open_decisions"): "decisions; comments pass the gate",
    ("store/decisions.py", "look_at"): "reading",
    ("store/decisions.py", "back_up"): "the same rows",
    ("store/decisions.py", "erase_transcripts"): "deletes",
    ("steps/leaks.py", "spoken_in"): "reading",
    ("steps/init.py", "init_study"): "what ships, into a folder that is to be a study",
    ("steps/init.py", "_copy_example"): "what ships, into a folder that is to be a study",
    ("steps/init.py", "_name"): "the name of a new study, into its study.toml",
    ("anonymise/pieces.py", "_open"): "reading: the vectors of an installed model, mapped",
    ("embed/fingerprint.py", "write_note"): "the hash of a model's weights, into the cache",
    ("embed/minilm.py", "onnx_file"): "a model without any text, into the cache",
}
# Makers of what ships, run by hand: they see public lists and no study.
MAKERS = ("anonymise/distil_places.py", "anonymise/train_tagger.py", "anonymise/nicknames.py")


def writers(path: Path) -> Iterator[str]:
    """The functions of a file that call something that opens a file for writing."""
    for name, call in _calls(ast.parse(path.read_text("utf-8")), ""):
        function = call.func
        called = function.attr if isinstance(function, ast.Attribute) else ""
        called = function.id if isinstance(function, ast.Name) else called
        owner = function.value if isinstance(function, ast.Attribute) else None
        of = owner.id if isinstance(owner, ast.Name) else ""
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Name) and first.id in IN_MEMORY:
            continue
        if called in WRITING or (of, called) in _OF:
            yield name
        elif called == "open" and _may_write(call, method=owner is not None and of != "io"):
            yield name


def _calls(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef) else name
        if isinstance(child, ast.Call):
            yield name, child
        yield from _calls(child, inner)


def _may_write(call: ast.Call, *, method: bool) -> bool:
    at = 0 if method else 1
    mode = call.args[at] if len(call.args) > at else None
    mode = next((one.value for one in call.keywords if one.arg == "mode"), mode)
    if mode is None:
        return False
    return not isinstance(mode, ast.Constant) or bool(set("wax+") & set(str(mode.value)))


def test_nothing_else_in_the_package_can_write() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in ROOT.rglob("*.py")
        for name in writers(path)
        if path.relative_to(ROOT).as_posix() not in MAKERS
    }
    found = {one for one in found if one[0] != "vault.py"}
    assert found - ALLOWED.keys() == set()
    assert ALLOWED.keys() - found == set()


@pytest.mark.parametrize(
    ("source", "writes"),
    [
        ("def f():\n    open('x', 'w')", True),
        ("def f():\n    open('x', mode='ab')", True),
        ("def f(m):\n    open('x', m)", True),
        ("def f():\n    p.open('r+')", True),
        ("def f():\n    p.write_text('x')", True),
        ("def f():\n    frame.to_parquet(path)", True),
        ("def f():\n    os.open(p, 1)", True),
        ("def f():\n    open('x')", False),
        ("def f():\n    p.open('rb')", False),
        ("def f():\n    frame.to_parquet(buffer)", False),
    ],
)
def test_what_counts_as_writing(source: str, writes: bool, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(source)
    assert list(writers(tmp_path / "x.py")) == (["f"] if writes else [])


# ------------------------------------------------------------------ while it runs


class _Watch:
    """Every file that the package opens for writing, and every database, with who asked."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[tuple[Path, str]] = []
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        writes = event == "open" and isinstance(arguments[2], int) and (
            arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT)
        )  # fmt: skip
        moves = event in ("os.rename", "shutil.move", "shutil.copyfile", "tempfile.mkstemp")
        if (writes or moves or event == "sqlite3.connect") and not isinstance(arguments[0], int):
            self.on = False  # what is done here is not looked at
            try:
                two = event in ("os.rename", "shutil.move", "shutil.copyfile")
                path = Path(os.fsdecode(arguments[1 if two else 0]))
                self.seen.append((path, self._who()))
            finally:
                self.on = True

    def _who(self) -> str:
        """The outermost of the ways that may write, "" for none, "-" for nobody of the package."""
        frame, ours, who = sys._getframe(2), False, ""
        while frame is not None:
            file = Path(frame.f_code.co_filename)
            if ROOT in file.parents:
                ours = True
                name = (file.relative_to(ROOT).as_posix(), frame.f_code.co_name)
                if name[0] == "vault.py" or (name in ALLOWED and name[0] != "files.py"):
                    who = ":".join(name)
            frame = frame.f_back  # type: ignore[assignment]
        return who if ours else "-"


WATCH = _Watch()
CODEBOOK = """
id: b
version: "1"
title: B
families: {f: what it is}
codes:
  - {id: one, family: f, label: One, definition: Somebody writes something down.}
  - {id: two, family: f, label: Two, definition: Somebody drinks coffee in the canteen.}
"""
TOPICS = ("forms", "stairs", "letters", "keys", "rain", "bread")


def talk(who: str) -> str:
    return "".join(
        f"I: And how did it go with the {topic}, would you tell me about that please?\n"
        f"R: Well, {who} wrote the {topic} down in Leeuwarden and we drank our coffee there.\n"
        for topic in TOPICS
    )


def motif(*words: str | Path, code: int = 0) -> None:
    WATCH.on = True
    try:
        assert cli._run([str(word) for word in words]) == code
    finally:
        WATCH.on = False


def fill(path: Path, answers: dict[str, str], first: dict[str, str]) -> None:
    """Every filled row of a workbook with these cells; some only in the first."""
    rows = [dict(r.values) for r in read_rows(path.read_bytes(), path.name, tuple(answers))]
    rows = [row | answers for row in rows]
    rows[0] |= first
    titles = tuple(rows[0])
    columns = tuple(Column(key=title, title=title, width=9) for title in titles)
    sheet = Sheet(name="x", columns=columns, rows=tuple(rows), main=True)
    path.write_bytes(write_xlsx([sheet]))


def test_a_whole_study_writes_through_the_gate_and_every_text_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    monkeypatch.setenv("MOTIF_VAULT_NEW_KEY", "another long phrase")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.setattr("pipeline.vault._SCRYPT", {"n": 2**10, "r": 8, "p": 1})
    monkeypatch.setattr("pipeline.steps.embed.load_embedder", lambda model: HashingEmbedder())
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    checked: dict[str, set[str]] = {}
    check = Gate.check

    def note(self: Gate, where: str, fields: Any) -> None:
        fields = list(fields)
        checked.setdefault(where, set()).update(field.name for field in fields)
        check(self, where, fields)

    monkeypatch.setattr(Gate, "check", note)
    folder = tmp_path / "study"
    motif("init", folder)
    WATCH.seen.clear()
    (folder / "codebook.yaml").write_text(CODEBOOK, "utf-8")
    for name in ("Anneke Jansen", "Petra Holt", "Hodan Warsame"):
        (folder / "transcripts" / f"{name[:3]}.txt").write_text(talk(name), "utf-8")
    table = "file,participant\nAnn.txt,Sanne Kok\nPet.txt,Piet Bruin\nHod.txt,Rosa Vos\n"
    (folder / "participants.csv").write_text(table, "utf-8")
    study = open_study(folder)
    motif("run", "-s", folder)
    motif("anonymise", "out", "-s", folder)
    motif("anonymise", "in", study.config.vault_path / NAME, "-s", folder)
    book = study.review / "coder1-01.xlsx"
    motif("run", "-s", folder)
    fill(book, {"done": "x", "more codes": "one"}, {"comment": "ask Anneke Jansen"})
    motif("review", "in", book, "-s", folder)
    motif("run", "-s", folder)
    motif("train", "-s", folder)
    motif("export", study.config.work / "out.xlsx", "-s", folder)
    motif("redact", folder / "transcripts" / "Ann.txt", "-o", tmp_path / "redacted")
    motif("vault", "reveal", "[Person 1]", "-s", folder)
    motif("vault", "passphrase", "-s", folder)
    monkeypatch.setenv("MOTIF_VAULT_KEY", "another long phrase")
    motif("vault", "move", tmp_path / "safe", "-s", folder)
    motif("forget", "Rosa Vos", "--yes", "-s", folder)
    motif("run", "-s", folder, code=3)
    motif("doctor", "--study-check", "-s", folder)

    vaults = (folder / "vault", tmp_path / "safe")
    mine = [(path, who) for path, who in WATCH.seen if who != "-" and str(path) != os.devnull]
    assert len(mine) > 100
    outside = [
        f"{path} by {who or 'nobody that may'}"
        for path, who in mine
        if not who or (any(one in path.parents for one in vaults) and not who.startswith("vault"))
    ]
    assert not outside, outside
    # what was looked at in which file: every column that carries participants' words
    wanted = {
        "turns.parquet": {"text", "speaker"},
        "segments.parquet": {"text", "speaker"},
        "vocabulary.json": {"word"},
        "coder1-01.xlsx": {"speaker", "before", "text", "after", "because"},
        "decisions.sqlite": {"comment"},
        "out.xlsx": {"speaker", "text", "comment"},
    }
    assert {name: wanted[name] - checked.get(name, set()) for name in wanted} == {
        name: set() for name in wanted
    }
    textless = {"state.json", "transcripts.parquet", "suggestions.parquet", "model.safetensors",
                "card.json", "study.toml", "forgetting", "Ann.redacted.txt"}  # fmt: skip
    others = {one for one in checked if not one.endswith(".npz")} - textless
    assert {one for one in others if not one.startswith("coder1-")} <= wanted.keys()
    assert not list((tmp_path / "temp").iterdir())
