"""motif vault: what it holds, who looked, another passphrase, another place."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import cli
from pipeline import vault as vaults
from pipeline.anonymise.book import Verdict
from pipeline.errors import PipelineError
from pipeline.steps.anonymise import BOOK, read_book
from pipeline.steps.study import Study, open_study
from pipeline.steps.vault import change_passphrase, move
from tests.killing import CAN, killed_at, n_points

OLD, NEW = "a long enough phrase", "another one, as long"
TEXT = """I: How did it go with your clients this year, and who do you work with?
R: Well, with Anneke Jansen it went well. I rang her on 06-12345678, and Jansen came at once.
I: And the others, the ones you told me about the last time that I was here?
R: Mevrouw Warsame had to move to Leeuwarden. Anneke Jansen helped her there.
"""
needs_fork = pytest.mark.skipif(not CAN, reason="the killing is done with fork")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTIF_VAULT_KEY", OLD)
    monkeypatch.delenv("MOTIF_VAULT_NEW_KEY", raising=False)
    monkeypatch.setattr("pipeline.vault._SCRYPT", {"n": 2**10, "r": 8, "p": 1})
    monkeypatch.setattr("getpass.getuser", lambda: "eva")
    path = tmp_path / "study"
    motif("init", path)
    (path / "participants.csv").write_text("file,participant\none.txt,Sanne Verhoeven\n", "utf-8")
    (path / "transcripts" / "one.txt").write_text(TEXT, "utf-8")
    for step in ("ingest", "anonymise"):
        motif("run", "-s", path, "--only", step)
    return path


def motif(*words: str | Path, code: int = 0) -> None:
    assert cli._run([str(word) for word in words]) == code


def with_key_file(folder: Path, key: str = OLD) -> Path:
    text = (folder / "study.toml").read_text("utf-8")
    assert '# key_file = ""' in text
    (folder / "study.toml").write_text(text.replace('# key_file = ""', 'key_file = "vault.key"'))
    (folder / "vault.key").write_text(key + "\n")
    return folder / "vault.key"


# ------------------------------------------------------------------ reveal and the log


def test_reveal_shows_the_forms_and_notes_who_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label = read_book(open_study(folder)).labels["anneke jansen"]
    capsys.readouterr()
    motif("vault", "reveal", f"[{label}]", "-s", folder)
    shown = capsys.readouterr().out.splitlines()
    assert shown == [f"[{label}]:", "  Anneke Jansen   (2 times in T001)",
                     "  Jansen   (1 times in T001)"]  # fmt: skip
    motif("vault", "reveal", "p01", "-s", folder)
    assert "Sanne Verhoeven" in capsys.readouterr().out
    motif("vault", "reveal", "T001", "-s", folder)
    assert "one.txt" in capsys.readouterr().out
    motif("vault", "reveal", "[Person 99]", "-s", folder, code=2)
    motif("vault", "reveal", "Jansen", "-s", folder, code=2)  # no pseudonym: no oracle either
    capsys.readouterr()
    motif("vault", "log", "-s", folder)
    log = capsys.readouterr().out.splitlines()
    assert [line.split("  ", 1)[1] for line in log] == [
        f"eva: revealed [{label}]", "eva: revealed P01", "eva: revealed T001"
    ]  # fmt: skip
    assert all(line[:4].isdigit() and line[19] == "Z" for line in log)
    motif("vault", "status", "-s", folder)
    assert "3 entries in the log" in capsys.readouterr().out


def test_reveal_knows_surrogates_and_joined_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = open_study(folder)
    book = read_book(study)
    label = book.labels["mevrouw warsame"]
    joined = {"anneke jansen": Verdict(word="join", text=label)}
    study.vault.write(BOOK, replace(book, verdicts=joined, revision=1).to_json().encode())
    capsys.readouterr()
    motif("vault", "reveal", label, "-s", folder)
    shown = capsys.readouterr().out
    assert "Warsame" in shown and "Anneke Jansen" in shown
    text = (folder / "study.toml").read_text("utf-8").replace("# [anonymise]", "[anonymise]")
    (folder / "study.toml").write_text(text.replace('# style = "bracket"', 'style = "surrogate"'))
    motif("run", "-s", folder, "--only", "anonymise")
    import pandas as pd

    turn = pd.read_parquet(study.derived / "turns.parquet")["text"][1]
    stand_in = turn.split("with ")[1].split(" it went")[0]
    capsys.readouterr()
    motif("vault", "reveal", stand_in, "-s", folder)
    assert "Anneke Jansen" in capsys.readouterr().out


# ------------------------------------------------------------------ passphrase


def test_another_passphrase_from_the_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTIF_VAULT_NEW_KEY", NEW)
    before = read_book(open_study(folder))
    motif("vault", "passphrase", "-s", folder)
    capsys.readouterr()
    motif("vault", "status", "-s", folder, code=2)
    assert "does not open this vault" in capsys.readouterr().err
    motif("vault", "passphrase", "-s", folder, code=2)  # and a wrong old one changes nothing
    monkeypatch.setenv("MOTIF_VAULT_KEY", NEW)
    assert read_book(open_study(folder)) == before
    motif("vault", "passphrase", "-s", folder, code=2)
    assert "is the old one" in capsys.readouterr().err


def test_another_passphrase_is_typed_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTIF_VAULT_KEY")
    typed = iter([OLD, NEW, NEW, OLD, NEW])
    study = Study(config=open_study(folder).config, ask=lambda prompt: next(typed))
    assert list(change_passphrase(study, None))
    with pytest.raises(PipelineError, match="does not open"):
        list(change_passphrase(study, None))
    assert vaults.open_vault(study.config.vault_path, NEW)


def test_the_key_file_says_the_new_one(folder: Path, tmp_path: Path) -> None:
    key = with_key_file(folder)
    (tmp_path / "new.key").write_text(NEW)
    motif("vault", "passphrase", "-s", folder, "--new-key-file", tmp_path / "new.key")
    assert key.read_text() == NEW + "\n"
    if os.name == "posix":
        assert key.stat().st_mode & 0o077 == 0
    motif("vault", "status", "-s", folder)
    with pytest.raises(PipelineError, match="does not open"):
        vaults.open_vault(folder / "vault", OLD)


def test_a_key_file_that_cannot_be_written_leaves_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = with_key_file(folder)
    monkeypatch.setenv("MOTIF_VAULT_NEW_KEY", NEW)

    def refuse(path: Path, passphrase: str) -> None:
        raise PipelineError("this place cannot be written")

    monkeypatch.setattr(vaults, "write_key_file", refuse)
    motif("vault", "passphrase", "-s", folder, code=2)
    assert key.read_text() == OLD + "\n" and vaults.n_passphrases(folder / "vault") == 1
    motif("vault", "status", "-s", folder)


@needs_fork
@pytest.mark.parametrize("by_file", [False, True])
def test_killed_at_any_point_of_a_change_it_opens(
    folder: Path, tmp_path: Path, by_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIF_VAULT_NEW_KEY", NEW)
    if by_file:
        with_key_file(folder)

    def change(place: Path) -> None:
        cli._run(["vault", "passphrase", "-s", str(place)])

    book = read_book(open_study(folder))
    shutil.copytree(folder, tmp_path / "trial")
    last = n_points(lambda: change(tmp_path / "trial"))
    assert last >= (8 if by_file else 4)
    for point in range(1, last + 1):
        place = tmp_path / f"at{point}"
        shutil.copytree(folder, place)
        killed_at(point, lambda place=place: change(place))
        if by_file:  # whatever the key file holds
            phrases = {(place / "vault.key").read_text().strip()}
        else:
            phrases = {OLD, NEW}
        opens = [phrase for phrase in sorted(phrases) if _opens(place / "vault", phrase)]
        assert opens, point
        if by_file:
            assert read_book(open_study(place)) == book


def _opens(path: Path, phrase: str) -> bool:
    try:
        return bool(vaults.open_vault(path, phrase).read(BOOK))
    except PipelineError:
        return False


# ------------------------------------------------------------------ move


def entries(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (path / "entries").glob("*.bin")}


def test_a_move_keeps_every_entry_and_every_comment(folder: Path, tmp_path: Path) -> None:
    motif("anonymise", "out", "-s", folder)
    toml = folder / "study.toml"
    text = toml.read_text("utf-8").replace('path = "vault"', "path='vault'").replace("\n", "\r\n")
    toml.write_bytes(b"\xef\xbb\xbf" + text.encode())
    (folder / "vault" / "mine.txt").write_text("a note of the team's")
    book, before = read_book(open_study(folder)), entries(folder / "vault")
    target = tmp_path / "other disk" / "it's here"
    motif("vault", "move", target, "-s", folder)
    after = toml.read_bytes().decode("utf-8-sig")
    assert toml.read_bytes().startswith(b"\xef\xbb\xbf")
    changed = [(a, b) for a, b in zip(text.splitlines(True), after.splitlines(True), strict=True)
               if a != b]  # fmt: skip
    assert len(changed) == 1 and "# the encrypted originals" in changed[0][1]
    assert tomllib.loads(after)["vault"]["path"] == str(target)
    assert read_book(open_study(folder)) == book
    moved = entries(target)
    assert before.items() - moved.items() == set() or len(moved) == len(before) + 1  # the log
    assert (target / "anonymisation-list.xlsx").is_file()
    assert [one.name for one in (folder / "vault").iterdir()] == ["mine.txt"]
    motif("vault", "status", "-s", folder)
    # and back, below the study's folder: a path that can travel with it
    motif("vault", "move", folder / "safe", "-s", folder)
    assert tomllib.loads(toml.read_bytes().decode("utf-8-sig"))["vault"]["path"] == "safe"
    assert not target.exists()
    motif("vault", "move", folder / "safe", "-s", folder, code=2)


@pytest.mark.parametrize("where", ["work/v", "transcripts/v", "vault/v", "transcripts", "full"])
def test_a_place_that_will_not_do_changes_nothing(folder: Path, where: str) -> None:
    (folder / "full").mkdir()
    (folder / "full" / "x").write_text("x")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    motif("vault", "move", folder / where, "-s", folder, code=2)
    now = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    log = {path for path in now if "entries" in path.parts}
    assert {path: now[path] for path in now.keys() - log} == {
        path: before[path] for path in before.keys() - log
    }


def test_a_setting_that_cannot_be_rewritten_is_said_first(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = folder / "study.toml"
    text = toml.read_text("utf-8")
    start = text.index("[vault]")
    end = text.index("# [segment]")
    toml.write_text('vault = {path = "vault"}\n' + text[:start] + text[end:], "utf-8")
    motif("vault", "move", tmp_path / "new", "-s", folder, code=2)
    assert "cannot be changed for you" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@needs_fork
def test_killed_at_any_point_of_a_move_nothing_is_lost_and_it_ends(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def go(place: Path) -> None:
        cli._run(["vault", "move", str(place / "new place"), "-s", str(place)])

    book, n_entries = read_book(open_study(folder)), len(entries(folder / "vault"))
    shutil.copytree(folder, tmp_path / "trial")
    last = n_points(lambda: go(tmp_path / "trial"))
    assert last > 30
    for point in sorted({int(p) for p in np.linspace(1, last, 16)}):
        place = tmp_path / f"at{point}"
        shutil.copytree(folder, place)
        killed_at(point, lambda place=place: go(place))
        study = open_study(place)
        assert read_book(study) == book, point
        if study.config.vault_path != place / "new place" or study.vault.came_from():
            list(move(study, place / "new place"))
        assert read_book(open_study(place)) == book
        assert not (place / "vault").exists(), point
        assert {one.name for one in (place / "new place").iterdir()} == {"vault.json", "entries"}
        assert len(entries(place / "new place")) == n_entries + 1
