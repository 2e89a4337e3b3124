"""Where a command may write: never over what a study holds."""

from pathlib import Path

import pytest

from pipeline import cli
from pipeline.errors import PipelineError
from pipeline.steps.study import check_distinct, check_output, open_study


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    assert cli._run(["init", str(tmp_path / "My study 2")]) == 0
    return tmp_path / "My study 2"


@pytest.mark.parametrize(
    "place",
    ["work/decisions.csv", "work/derived/x.csv", "transcripts/one.csv", "vault/x.csv",
     "participants.csv", "work/review/ana-01.csv"],
)  # fmt: skip
def test_a_table_is_not_written_over_what_a_study_holds(folder: Path, place: str) -> None:
    with pytest.raises(PipelineError, match="belongs to the study"):
        check_output(folder / place, ".csv", [open_study(folder)])


def test_elsewhere_and_among_the_reports_it_is(folder: Path, tmp_path: Path) -> None:
    for place in (folder / "work" / "reports" / "a.csv", tmp_path / "a.csv", folder / "a.CSV"):
        check_output(place, ".csv", [open_study(folder)])
    with pytest.raises(PipelineError, match="ends in .csv"):
        check_output(tmp_path / "a.txt", ".csv", [open_study(folder)])


def test_a_new_study_is_called_as_its_folder_and_two_of_one_name_are_refused(
    folder: Path,
) -> None:
    assert open_study(folder).config.study.name == "My-study-2"
    with pytest.raises(PipelineError, match="two studies are called b"):
        check_distinct(["a", "b", "b"])
