"""Open workbooks after a name was learnt: written again where nobody worked in them, else named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.steps.doctor import check_study
from pipeline.steps.study import Study, open_study
from pipeline.store.decisions import look_at, read_dealt, read_decisions
from pipeline.tables import Column, Sheet
from tests.steps.test_anonymise_step import (  # noqa: F401 (fixtures)
    CountingEmbedder,
    embedder,
    fill,
    folder,
    list_path,
    motif,
)

MISSED = "blue roof"  # nobody has found it; it stands in the workbook as it was said


def learn(study: Study) -> None:
    """The data person names what was missed, and runs."""
    motif("anonymise", "out", "-s", study.config.path)
    fill(list_path(study), {}, [(MISSED, "place")])
    motif("anonymise", "in", list_path(study), "-s", study.config.path)
    motif("run", "-s", study.config.path)


def cells(path: Path) -> list[dict[str, str]]:
    return [dict(row.values) for row in read_rows(path.read_bytes(), path.name, ("row", "done"))]


def leaks(study: Study) -> list[str]:
    return [line for line, well in check_study(study) if not well]


@pytest.fixture
def study(folder: Path, embedder: CountingEmbedder) -> Study:  # noqa: F811
    motif("run", "-s", folder)
    return open_study(folder)


def test_a_workbook_nobody_touched_is_written_again_in_its_place(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = study.review.glob("*.xlsx")
    before = cells(path)
    assert any(MISSED in row["text"] for row in before)
    learn(study)
    after = cells(path)
    assert [list(row) for row in after] == [list(row) for row in before]
    assert not any(MISSED in text for row in after for text in row.values())
    assert leaks(study) == []
    changed = 0
    for old, new in zip(before, after, strict=True):
        assert old["row"] == new["row"]
        for title in old:
            same = MISSED not in old[title]
            assert not same or old[title] == new[title]
            changed += not same
            if not same:
                label = new[title].split(old[title].partition(MISSED)[0])[1].partition("]")[0]
                assert label.startswith("[Place ")
                assert new[title] == old[title].replace(MISSED, f"{label}]")
    assert changed
    assert "rows written again" in capsys.readouterr().out
    # It comes back as it went out: nobody is told that the text is another one.
    rows = [row | {"done": "x"} for row in cells(path)]
    columns = tuple(Column(key=title, title=title, width=20) for title in rows[0])
    path.write_bytes(write_xlsx([Sheet(name="Review", columns=columns, rows=tuple(rows))]))
    motif("review", "in", path, "-s", study.config.path)
    assert "not quite the one" not in capsys.readouterr().out
    with look_at(study.decisions) as db:
        assert {d.row_id for d in read_decisions(db)} == {row["row"] for row in rows}


def test_a_second_run_writes_nothing(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    learn(study)
    (path,) = study.review.glob("*.xlsx")
    data = path.read_bytes()
    capsys.readouterr()
    motif("run", "-s", study.config.path, "--only", "segment")
    assert path.read_bytes() == data
    assert "written again" not in capsys.readouterr().out


def test_a_workbook_somebody_has_worked_in_is_left_and_named(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = study.review.glob("*.xlsx")
    rows = cells(path)
    rows[0]["done"] = "x"
    columns = tuple(Column(key=title, title=title, width=20) for title in rows[0])
    path.write_bytes(write_xlsx([Sheet(name="Review", columns=columns, rows=tuple(rows))]))
    data = path.read_bytes()
    with look_at(study.decisions) as db:
        dealt = read_dealt(db)
    learn(study)
    assert path.read_bytes() == data
    told = [line for line in capsys.readouterr().out.splitlines() if path.name in line]
    assert any("left as it is" in line and "motif review in" in line for line in told)
    assert not any(MISSED in line for line in told)
    with look_at(study.decisions) as db:
        assert read_dealt(db) == dealt
