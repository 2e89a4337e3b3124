"""What is due: nothing without need, everything that is needed."""

import shutil
from pathlib import Path

import pytest
from test_study_grows import folder_of, run, study, talk, write  # noqa: F401

from pipeline import cli
from pipeline.steps.ingest import read_registry
from pipeline.steps.plan import make_plan
from pipeline.steps.study import Study, open_study


@pytest.mark.slow
def test_the_codebook_may_change_before_anything_is_decided(study: Study) -> None:  # noqa: F811
    run(study)
    path = study.config.codebook
    path.write_text(path.read_text("utf-8").replace("drinks coffee", "drinks tea"), "utf-8")
    again = open_study(folder_of(study))
    assert make_plan(again).due == ("train", "suggest")
    run(again)
    assert make_plan(again).due == ()
    assert [p.name for p in again.models.iterdir()] == ["round-00"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cut", "due"),
    [
        ("derived/segments.parquet", 0, "segment"),
        ("derived/turns.parquet", 50, "anonymise"),
        ("derived/suggestions.parquet", 100, "suggest"),
        ("models", 0, "train"),
    ],
)
def test_what_is_gone_or_cut_off_is_made_again(
    study: Study,  # noqa: F811
    name: str,
    cut: int,
    due: str,
) -> None:
    run(study)
    path = study.config.work / name
    whole = path.read_bytes() if path.is_file() else b""
    if path.is_dir():
        shutil.rmtree(path)
    elif cut:
        path.write_bytes(whole[:cut])
    else:
        path.unlink()
    assert due in make_plan(study).due
    run(study)
    assert make_plan(study).due == ()
    assert not whole or path.read_bytes() == whole


def test_a_file_that_fails_once_stays_its_transcript(study: Study) -> None:  # noqa: F811
    run(study, "--only", "ingest")
    write(folder_of(study), "2.txt", "")
    run(study, "--only", "ingest", code=3)
    write(folder_of(study), "2.txt", talk(2) + "I: And?\nR: That was all.\n")
    run(study, "--only", "ingest")
    files = read_registry(open_study(folder_of(study))).files
    assert files["2.txt"]["transcript_id"] == "T002"


def test_a_lost_vault_header_stops_the_run(study: Study) -> None:  # noqa: F811
    run(study, "--only", "ingest")
    (study.config.vault_path / "vault.json").unlink()
    write(folder_of(study), "4.txt", talk(4))
    run(study, "--only", "ingest", code=2)


def test_only_and_from_exclude_one_another(study: Study) -> None:  # noqa: F811
    run(study, "--only", "ingest", "--from", "embed", code=2)


@pytest.mark.slow
def test_a_new_file_is_no_hindrance_to_the_list(study: Study, tmp_path: Path) -> None:  # noqa: F811
    run(study)
    write(folder_of(study), "4.txt", talk(4))
    assert cli._run(["anonymise", "out", "-s", str(folder_of(study))]) == 0
