"""Data coded elsewhere: what its columns mean, whoever wrote them and in whatever order."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import PipelineError
from pipeline.steps import evaluate as step
from pipeline.steps.evaluate import Coded, read_coded


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors that cost nothing; what is tested here is what the rows are."""

    def embedder(texts: list[str]) -> np.ndarray:
        X = np.array([[len(text) + 1.0, 1.0] for text in texts], dtype=np.float32)
        return X / np.linalg.norm(X, axis=1, keepdims=True)

    monkeypatch.setattr(step, "load_embedder", lambda name: embedder)


def read(tmp_path: Path, *lines: str) -> Coded:
    file = tmp_path / "coded.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return read_coded(file, None)


@pytest.mark.parametrize("said", ["1", "1.0", "True", "TRUE", "yes", " Yes ", ""])
def test_asked(tmp_path: Path, said: str) -> None:
    coded = read(tmp_path, "transcript_id,text,codes,coded", "T1,a,x,1", f"T1,b,,{said}")
    assert coded.Y.tolist() == [[1.0], [0.0]]


@pytest.mark.parametrize("said", ["0", "0.0", "False", "FALSE", "no", " No "])
def test_not_asked(tmp_path: Path, said: str) -> None:
    coded = read(tmp_path, "transcript_id,text,codes,coded", "T1,a,x,1", f"T1,b,,{said}")
    assert np.isnan(coded.Y[1]).all() and coded.Y[0] == [1.0]


def test_anything_else_is_a_fault_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        read(tmp_path, "transcript_id,text,codes,coded", "T1,a,x,maybe", "T1,b,,0", ",c,x,2")
    wheres = [fault.where for fault in caught.value.faults]
    assert wheres == [
        "coded.csv, row 2, column 'coded'",
        "coded.csv, row 4, column 'coded'",
        "coded.csv, row 4, column 'transcript_id'",
    ]
    assert "maybe" not in str(caught.value)


def test_all_rows_the_same_text(tmp_path: Path) -> None:
    file = tmp_path / "coded.csv"
    file.write_text("transcript_id,text,codes\nT1,secret,x\nT2,secret,\nT3,secret,x\n", "utf-8")
    with pytest.raises(PipelineError, match="the same text") as caught:
        step.evaluate_csv(file, None, n_folds=5, seed=7)
    assert caught.value.where == "coded.csv, column 'text'" and "secret" not in str(caught.value)


def test_the_order_of_the_file_does_not_matter_where_turns_are_numbered(tmp_path: Path) -> None:
    head = "transcript_id,turn,text,codes"
    rows = ["B,2,two,x", "A,10,ten,", "B,1,one,", "A,9.0,nine,x", "B,11,eleven,"]
    coded = read(tmp_path, head, *rows)
    assert coded.features.texts == ("one", "two", "eleven", "nine", "ten")
    assert coded.features.previous_texts == ("", "one", "two", "", "nine")
    assert coded.Y[:, 0].tolist() == [0, 1, 0, 1, 0]
    again = read(tmp_path, head, "B,1,one,", *(row for row in rows if "one" not in row))
    assert again.features.texts == coded.features.texts


def test_turns_that_are_no_numbers_leave_the_order_of_the_file(tmp_path: Path) -> None:
    coded = read(tmp_path, "transcript_id,turn,text,codes", "A,b2,two,x", "A,1,one,")
    assert coded.features.texts == ("two", "one")


def test_rows_of_several_coders_are_one_passage(tmp_path: Path) -> None:
    coded = read(
        tmp_path,
        "transcript_id,segment_id,text,codes,coder,coded",
        "T1,s1,a,x,ana,1", "T1,s2,b,x;y,ana,1", "T1,s3,c,,ana,0",
        "T1,s1,A!,,bo,1", "T1,s2,b,y,bo,1", "T1,s3,c,x,bo,1", "T2,s1,d,y,bo,1",
    )  # fmt: skip
    assert coded.features.texts == ("a", "b", "c", "d")
    assert coded.features.previous_texts == ("", "a", "b", "")
    assert coded.Y.tolist() == [[0.5, 0.0], [0.5, 1.0], [1.0, 0.0], [0.0, 1.0]]
    assert coded.groups == ["T1", "T1", "T1", "T2"]


def test_a_turn_may_have_several_passages_and_a_coder_two_rows(tmp_path: Path) -> None:
    coded = read(
        tmp_path,
        "transcript_id,turn,text,codes,coder",
        "T1,1,a,x,ana", "T1,1,b,,ana", "T1,1,a,,bo", "T1,1,b,x,bo", "T1,2,a,x,ana", "T1,2,a,,ana",
    )  # fmt: skip
    assert coded.features.texts == ("a", "b", "a", "a")
    assert coded.Y[:, 0].tolist() == [0.5, 0.5, 1.0, 0.0]


BOOK = """
id: b
version: "1"
title: B
families: {f: what it is}
codes:
  - {id: x, family: f, label: X, definition: Somebody says x.}
"""


def test_codes_that_the_codebook_lacks_are_faults_or_passed_over_when_asked(
    tmp_path: Path,
) -> None:
    file, book = tmp_path / "coded.csv", tmp_path / "book.yaml"
    file.write_text("transcript_id,text,codes\nT1,a,x;y\nT1,b,y\nT2,c,\n", "utf-8")
    book.write_text(BOOK, "utf-8")
    with pytest.raises(PipelineError) as caught:
        read_coded(file, book)
    assert [one.where for one in caught.value.faults] == [
        "coded.csv, row 2, column 'codes'", "coded.csv, row 3, column 'codes'"
    ]  # fmt: skip
    assert all("--only-known" in one.mend for one in caught.value.faults)
    assert read_coded(file, book, only_known=True).Y.tolist() == [[1.0], [0.0], [0.0]]
    file.write_text("transcript_id,text,codes\nT1,a,y\n", "utf-8")
    with pytest.raises(PipelineError, match="no row has a code of this codebook"):
        read_coded(file, book, only_known=True)


@pytest.mark.parametrize(
    "rows",
    [
        ["T1,a,x", "T2,b,", "T3,c,", "T4,d,"],  # a code with one example
        ["T1,a,x", "T2,b,x"],  # nobody ever said no
    ],
)
def test_little_to_go_on_gives_no_number_rather_than_a_strange_one(
    tmp_path: Path, rows: list[str]
) -> None:
    file = tmp_path / "coded.csv"
    file.write_text("\n".join(["transcript_id,text,codes", *rows]) + "\n", "utf-8")
    document = step.evaluate_csv(file, None, n_folds=5, seed=7)
    assert "NaN" not in json.dumps(document)
    assert all("nan" not in line for line in step.describe(document))
    assert document["codes"]["x"]["f1_low"] is None


def test_one_transcript_cannot_be_evaluated(tmp_path: Path) -> None:
    file = tmp_path / "coded.csv"
    file.write_text("transcript_id,text,codes\nT1,a,x\nT1,b,\n", "utf-8")
    with pytest.raises(PipelineError, match="only one transcript"):
        step.evaluate_csv(file, None, n_folds=5, seed=7)
