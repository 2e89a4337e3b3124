from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PipelineError
from pipeline.store.gate import Field, Gate, Term, write_out

TERMS = (
    Term(text="Anneke Jansen", kind="person"),
    Term(text="Ann", kind="person"),
    Term(text="Hope", kind="person", common=True),
    Term(text="Rotterdam", kind="place"),
    Term(text="2016-0482", kind="id"),
    Term(text="2017", kind="date"),
    Term(text="Kocabaş", kind="person"),
)
GATE = Gate(TERMS, published=["rotterdam"])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I met Anneke Jansen there", ["person"]),
        ("i met anneke jansen there", ["person"]),
        ("the annual report", []),  # Ann never touches Annual
        ("Ann's bag", ["person"]),
        ("I hope so", []),  # a common word counts only as it was found
        ("then Hope came in", ["person"]),
        ("Hope is a good thing", []),  # where a sentence begins any word has a capital
        ("He said: 'Hope.' And Hope", ["person"]),
        ("in Rotterdam", []),  # published
        ("file 2016-0482.", ["id"]),
        ("in 2017", []),  # short numbers never
        ("KOCABAŞ", ["person"]),
        ("İstanbul'da Ann", ["person"]),  # a capital that is two characters when lowered
        ("_Ann_", ["person"]),
    ],
)
def test_what_is_found(text: str, kinds: list[str]) -> None:
    assert [kind for _, _, kind in GATE.find(text)] == kinds


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_name_between_spaces_is_always_found(before: str, after: str) -> None:
    text = f"{before} Anneke Jansen {after}"
    at = len(before) + 1
    assert (at, at + 13, "person") in GATE.find(text)


def test_a_refusal_names_row_and_kind_never_the_identifier(tmp_path: Path) -> None:
    field = Field(name="text", texts=["fine", "with Anneke Jansen", "file 2016-0482"])
    with pytest.raises(PipelineError) as caught:
        write_out(tmp_path / "a.csv", b"x", [field], GATE)
    sentence = str(caught.value)
    assert "a.csv, row 3, column 'text'" in sentence and "known person" in sentence
    assert "row 4" in sentence and "known id" in sentence
    assert "Anneke" not in sentence and "0482" not in sentence
    assert not list(tmp_path.iterdir())


def test_a_flood_of_refusals_is_cut_short() -> None:
    with pytest.raises(PipelineError) as caught:
        GATE.check("a.csv", [Field(name="text", texts=["Ann"] * 50)])
    assert len(caught.value.faults) == 21
    assert "30 more" in str(caught.value)


def test_clean_files_pass(tmp_path: Path) -> None:
    write_out(tmp_path / "a.csv", b"x", [Field(name="text", texts=["fine"])], GATE)
    assert (tmp_path / "a.csv").read_bytes() == b"x"
    assert Gate(()).find("anything") == []
