"""Each wrong input gets its line (what, where, how to mend), quotes nobody, and costs nothing."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import cli

SECRET = "Anneke Jansen"
TALK = "".join(
    f"I: What happened then, the {n}th time?\nR: Well, {SECRET} came in and I wrote it down, "
    f"number {n}, and then we had coffee in the canteen.\n"
    for n in range(1, 9)
)
# What Word writes for a document with a password: an OLE container with this stream.
PROTECTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
)
BOOK = """
id: b
version: "1"
title: B
families: {f: what it is}
codes:
  - {id: one, family: f, label: One, definition: Somebody writes something down.}
  - {id: two, family: f, label: Two, definition: Somebody drinks coffee.}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small study that would run."""
    monkeypatch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    folder = tmp_path / "study"
    assert cli._run(["init", str(folder)]) == 0
    (folder / "codebook.yaml").write_text(BOOK, "utf-8")
    (folder / "transcripts" / "one.txt").write_text(TALK, "utf-8")
    return folder


@pytest.fixture
def ran(study: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run it; what was printed, all of it."""

    def run(*words: str, code: int) -> str:
        capsys.readouterr()
        assert cli._run([*(words or ("run",)), "-s", str(study)]) == code
        printed = capsys.readouterr()
        text = printed.out + printed.err
        assert SECRET not in text and "Traceback" not in text and "bug" not in text
        return text

    return run


def run_ingest(ran: Callable[..., str], code: int) -> str:
    return ran("run", "--only", "ingest", code=code)


def test_an_empty_file_is_left_out_and_the_others_go_on(
    study: Path, ran: Callable[..., str]
) -> None:
    (study / "transcripts" / "empty.txt").write_bytes(b"")
    text = run_ingest(ran, 3)
    assert "empty.txt" in text and "empty" in text and "1 transcripts" in text
    assert "left out: empty.txt" in run_ingest(ran, 3)  # and again, though nothing is read again


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("photo.docx", b"\xff\xd8\xff\xe0" + b"JFIF" * 50, "photo.docx"),
        ("secret.docx", PROTECTED, "password"),
        ("cut.docx", b"PK\x03\x04" + b"\0" * 300, "cut.docx"),
        ("list.xyz", b"\x00\x01\x02" * 100, "list.xyz"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    study: Path, ran: Callable[..., str], name: str, content: bytes, words: str
) -> None:
    (study / "transcripts" / name).write_bytes(content)
    text = run_ingest(ran, 3)
    assert f"left out: {name}" in text and words in text


def test_a_wrong_suffix_is_seen_through(study: Path, ran: Callable[..., str]) -> None:
    from docx import Document

    document = Document()
    for line in TALK.replace("coffee", "tea").splitlines():
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    (study / "transcripts" / "really-docx.txt").write_bytes(buffer.getvalue())
    assert "2 transcripts" in run_ingest(ran, 0)


def test_the_same_text_twice_counts_once(study: Path, ran: Callable[..., str]) -> None:
    (study / "transcripts" / "copy.txt").write_text(TALK, "utf-8")
    text = run_ingest(ran, 3)
    assert "left out: one.txt: this is the same text as copy.txt" in text
    assert "1 transcripts" in text


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read(study: Path, ran: Callable[..., str], encoding: str) -> None:
    talk = TALK.replace("coffee", "café crème for André")
    (study / "transcripts" / "other.txt").write_bytes(talk.encode(encoding))
    assert "2 transcripts" in run_ingest(ran, 0)
    from pipeline.steps.ingest import read_registry, read_transcript
    from pipeline.steps.study import open_study

    opened = open_study(study)
    name = read_registry(opened).files["other.txt"]["transcript_id"]
    assert "café crème for André" in read_transcript(opened, name).text


def test_a_transcript_without_speakers_is_read_with_a_warning(
    study: Path, ran: Callable[..., str]
) -> None:
    text = "\n\n".join(f"I went there on a day in spring and stayed for {n} hours." for n in "abc")
    (study / "transcripts" / "plain.txt").write_text(text, "utf-8")
    printed = run_ingest(ran, 0)
    assert "! plain.txt" in printed and "speaker" in printed


def test_participants_with_a_missing_file_and_a_doubled_speaker(
    study: Path, ran: Callable[..., str]
) -> None:
    (study / "participants.csv").write_text(
        f"file,speaker,participant,role\none.txt,R,{SECRET},teacher\none.txt,R,B,teacher\n"
        "gone.txt,R,C,teacher\none.txt,,,x\n",
        "utf-8",
    )
    text = ran(code=2)
    assert "participants.csv, row 3, column 'speaker'" in text and "row 2 already" in text
    assert "participants.csv, row 4, column 'file'" in text
    assert "participants.csv, row 5, column 'participant'" in text
    assert not (study / "work").exists()


def test_a_codebook_with_a_doubled_id_and_a_cycle_of_parents(
    study: Path, ran: Callable[..., str]
) -> None:
    (study / "codebook.yaml").write_text(
        BOOK.replace("id: two, family: f", "id: one, family: f")
        + "  - {id: a, family: f, parent: c, label: A, definition: x}\n"
        + "  - {id: c, family: f, parent: a, label: C, definition: x}\n",
        "utf-8",
    )
    text = ran("status", code=2)
    assert "codebook.yaml, line" in text and "parent" in text and text.count("\n") >= 2


def test_an_unknown_key_in_study_toml(study: Path, ran: Callable[..., str]) -> None:
    path = study / "study.toml"
    path.write_text(path.read_text("utf-8").replace("[review]", f'[review]\nbach = "{SECRET}"'))
    text = ran(code=2)
    assert "unknown key 'review.bach'" in text and "batch" in text


def test_a_missing_passphrase_makes_nothing(
    study: Path, ran: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOTIF_VAULT_KEY")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert "MOTIF_VAULT_KEY" in ran(code=2)
    assert not (study / "vault").exists() and not (study / "work").exists()


def test_a_wrong_passphrase_leaves_the_vault_as_it_is(
    study: Path, ran: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_ingest(ran, 0)
    before = {path: path.read_bytes() for path in (study / "vault").rglob("*") if path.is_file()}
    monkeypatch.setenv("MOTIF_VAULT_KEY", "quite another phrase")
    (study / "transcripts" / "two.txt").write_text(TALK.replace("coffee", "tea"), "utf-8")
    assert "does not open this vault" in run_ingest(ran, 2)
    after = {path: path.read_bytes() for path in (study / "vault").rglob("*") if path.is_file()}
    assert after == before


def test_a_full_disk_leaves_what_was_there(
    study: Path, ran: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_ingest(ran, 0)
    ran("run", "--only", "anonymise", code=0)
    before = (study / "work" / "derived" / "turns.parquet").read_bytes()
    (study / "transcripts" / "two.txt").write_text(TALK.replace("coffee", "tea"), "utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "the disk is full" in ran(code=2)
    assert (study / "work" / "derived" / "turns.parquet").read_bytes() == before
    monkeypatch.undo()
    monkeypatch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    assert "2 transcripts" in run_ingest(ran, 0)  # room was made: it goes on where it stopped


@pytest.mark.skipif(os.name != "posix", reason="folder rights as POSIX has them")
def test_a_read_only_work_folder(
    study: Path, ran: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (study / "work").write_text("a file where the folder should be")
    text = ran("run", "--only", "ingest", code=2)
    assert str(study / "work") in text
    assert (study / "work").read_text() == "a file where the folder should be"


def test_no_transcripts_at_all(study: Path, ran: Callable[..., str]) -> None:
    (study / "transcripts" / "one.txt").unlink()
    assert "no transcript in this folder" in ran(code=2)
    (study / "transcripts").rmdir()
    assert "folder of transcripts is not there" in ran(code=2)


def test_things_out_of_order_are_said(study: Path, ran: Callable[..., str]) -> None:
    assert "Run 'motif run' first" in ran("anonymise", "out", code=2)
    assert "'motif run' makes it" in ran("vault", "status", code=2)
    assert "nothing has been decided yet" in ran("train", code=2)
    assert "has not run yet" in ran("review", "out", code=2)
    assert "no coder of this name" in ran("review", "out", "--coder", "zoe", code=2)
    assert "no workbook of this study" in ran("review", "in", str(csv_of(study)), code=2)
    assert "Known: csv, xlsx" in ran("export", str(study / "a.pdf"), code=2)


def csv_of(study: Path) -> Path:
    path = study / "back.csv"
    titles = (
        "row,code 1,code 2,code 3,code 4,code 5,code 6,1?,2?,3?,more codes,episode,comment,done"
    )
    path.write_text(titles + "\nana-01-001" + "," * 12 + "x\n", "utf-8")
    return path


def test_a_zip_that_is_no_document(study: Path, ran: Callable[..., str]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", SECRET)
    (study / "transcripts" / "bundle.docx").write_bytes(buffer.getvalue())
    assert "left out: bundle.docx" in run_ingest(ran, 3)


def test_a_link_out_of_the_corpus_is_left_out_unread(
    study: Path, ran: Callable[..., str], tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(TALK, "utf-8")
    try:
        (study / "transcripts" / "two.txt").symlink_to(outside)
    except OSError:
        pytest.skip("this system makes no links")
    text = run_ingest(ran, 3)
    assert "two.txt: this is a link to a file outside the corpus" in text
    assert "1 transcripts" in text
