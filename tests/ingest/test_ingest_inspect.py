"""What `inspect` shows a person of how a file was read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import PipelineError
from pipeline.ingest import MAX_FILE_BYTES
from pipeline.steps.inspect import describe, inspect_files, read_file


def document(tmp_path: Path, text: str) -> dict[str, object]:
    file = tmp_path / "talk.txt"
    file.write_text(text, "utf-8")
    (result,) = inspect_files([file], None)
    return result.document


def test_speakers_roles_times_and_what_looked_odd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = document(
        tmp_path, "I (00:00:07): So?\nR (01:02:03): Well\x1b[2J, yes.\nOslo: a city.\n"
    )
    lines = list(describe(found))
    assert lines[:5] == [
        "talk.txt: txt, utf-8, 2 turns, 7 words, 0:00:07 to 1:02:03",
        '  "I": interviewer, 1 turns, 1 words',
        '  "R": respondent, 1 turns, 6 words',
        "  | [0:00:07] I: So?",
        "  | [1:02:03] R: Well\ufffd[2J, yes. Oslo: a city.",
    ]
    assert lines[5].startswith("  ! Read as speech, though a name")
    assert "\x1b" not in "\n".join(lines)
    coloured = list(describe(found, colour=True))
    assert '\x1b[36m"I": interviewer\x1b[0m' in coloured[1]
    assert "\x1b[33m! Read as speech" in coloured[5]


def test_many_speakers_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "\n".join(f"Speaker {n}: Yes." for n in range(40))
    lines = list(describe(document(tmp_path, text)))
    assert "  and 28 more speakers" in lines
    assert len(lines) < 25


def test_what_is_no_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="this is a folder"):
        read_file(tmp_path)
    with pytest.raises(PipelineError, match="no such file"):
        read_file(tmp_path / "none.txt")
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(PipelineError, match="none over 100 MB"):
        read_file(large)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(PipelineError, match="this is no file"):
        read_file(tmp_path / "pipe.txt")
