import errno
import os
from pathlib import Path

import pytest

from pipeline.errors import PipelineError
from pipeline.files import cannot_write, write_bytes


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.bin"
    write_bytes(path, b"one")
    write_bytes(path, b"two", private=True)
    assert path.read_bytes() == b"two"
    assert os.listdir(path.parent) == ["a.bin"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"one")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PipelineError, match="the disk is full"):
        write_bytes(path, b"two")
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".a [1].bin.0a1b.part").write_bytes(b"half")
    (tmp_path / ".other.bin.0a1b.part").write_bytes(b"another file's")
    write_bytes(tmp_path / "a [1].bin", b"one")
    assert sorted(os.listdir(tmp_path)) == [".other.bin.0a1b.part", "a [1].bin"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
def test_each_trouble_has_its_sentence(code: int) -> None:
    sentence = str(cannot_write(Path("x"), OSError(code, "secret words")))
    assert "x: " in sentence and "secret" not in sentence and "untouched" in sentence
