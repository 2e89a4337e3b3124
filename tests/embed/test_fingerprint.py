import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from pipeline.embed.fingerprint import read_note, remembered_sha256, sha256_of, write_note


def test_is_computed_once_and_again_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, cache = tmp_path / "weights", tmp_path / "cache"
    path.write_bytes(b"one")
    assert remembered_sha256(path, cache) == hashlib.sha256(b"one").hexdigest()
    monkeypatch.setattr("pipeline.embed.fingerprint.sha256_of", lambda path: "computed again")
    assert remembered_sha256(path, cache) == hashlib.sha256(b"one").hexdigest()
    path.write_bytes(b"three")
    assert remembered_sha256(path, cache) == "computed again"


def test_a_change_of_the_same_length_is_seen(tmp_path: Path) -> None:
    path, cache = tmp_path / "weights", tmp_path / "cache"
    path.write_bytes(b"one")
    remembered_sha256(path, cache)
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert remembered_sha256(path, cache) == sha256_of(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"sha256": 3}'])
def test_a_broken_note_costs_time_nothing_else(tmp_path: Path, content: Any) -> None:
    path, cache = tmp_path / "weights", tmp_path / "cache"
    path.write_bytes(b"one")
    remembered_sha256(path, cache)
    (note,) = cache.iterdir()
    note.write_bytes(content)
    assert remembered_sha256(path, cache) == sha256_of(path)


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    path, cache = tmp_path / "weights", tmp_path / "cache"
    path.write_bytes(b"one")
    cache.write_text("a file where the folder should be")
    assert remembered_sha256(path, cache) == sha256_of(path)


def test_a_note_names_no_folder(tmp_path: Path) -> None:
    path, cache = tmp_path / "secret-folder", tmp_path / "cache"
    path.write_bytes(b"one")
    remembered_sha256(path, cache)
    (note,) = cache.iterdir()
    assert "secret-folder" not in note.name + note.read_text()


def test_notes_read_back(tmp_path: Path) -> None:
    write_note(tmp_path / "new" / "note.json", {"a": 1})
    assert read_note(tmp_path / "new" / "note.json") == {"a": 1}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["note.json"]
    assert read_note(tmp_path / "none.json") is None
