"""The flat table: nothing that a person decided is left out, and no score is put in their mouth."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import test_deal
import test_study_grows as grows

from pipeline.steps.export import export_table
from pipeline.steps.material import read_material
from pipeline.steps.study import Study, open_study

study = grows.study


def export(study: Study, tmp_path: Path) -> tuple[str, list[dict[str, str]]]:
    file = tmp_path / "out.csv"
    said = export_table(study, file)
    return said, list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))


@pytest.mark.slow
def test_every_decision_is_in_the_table_with_what_its_coder_was_shown(
    study: Study, tmp_path: Path
) -> None:
    grows.run(study)
    said, rows = export(study, tmp_path)
    assert said.endswith("rows") and all(row["model"] == "round-00" for row in rows)
    n = len(rows)
    here, moved, gone = read_material(study).anchors[:3]
    words = {"elsewhere": replace(moved, source_end=moved.source_end - 5),
             "astray": replace(gone, transcript_hash="nobody knows")}  # fmt: skip
    test_deal.decide(study, [here], shown=("coffee",), score=0.125, model_id="round-77")
    test_deal.decide(study, [here], code="writing")
    test_deal.decide(study, [moved], code="taken_out", comment="still here")
    test_deal.decide(study, list(words.values()), coder="bo", verdict="absent")
    said, rows = export(open_study(grows.folder_of(study)), tmp_path)
    assert len(rows) == n + 3 and f"{n + 3} rows; the last 3 are decisions" in said
    decided = {row["code"]: row for row in rows[:n] if row["verdict"]}
    assert (decided["coffee"]["score"], decided["coffee"]["model"]) == ("0.125", "round-77")
    assert (decided["writing"]["score"], decided["writing"]["model"]) == ("", "")
    guessed = [row for row in rows[:n] if not row["verdict"]]
    assert len(guessed) == n - 2 and {row["model"] for row in guessed} == {"round-00"}
    left = rows[n:]
    assert all(row["text"] == row["segment"] == row["score"] == "" for row in left)
    assert {(r["transcript"], r["code"], r["coder"], r["verdict"], r["comment"]) for r in left} == {
        ("T001", "taken_out", "coder1", "present", "still here"),
        ("T001", "coffee", "bo", "absent", ""),
        ("", "coffee", "bo", "absent", ""),
    }
