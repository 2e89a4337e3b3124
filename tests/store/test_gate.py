import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PipelineError
from pipeline.records import Kind
from pipeline.store.gate import Field, Gate, Term, erase_out, write_out

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
        ("i hope so", []),
        ("HOPE CAME IN", []),  # counts with the capitals it was found with
        ("in 2017-", []),
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


PUBLISHED = ("Delft", "Jansen", "06-12345678", "Kerkstraat 12", "K-77", "March 2018", "Stichting X")


@pytest.mark.parametrize(
    ("kind", "text", "refused"),
    [
        ("person", "Jansen", True),
        ("contact", "06-12345678", True),
        ("contact", "Kerkstraat 12", True),  # a street is contact data
        ("id", "K-77", True),
        ("place", "Delft", False),
        ("organisation", "Stichting X", False),
        ("date", "March 2018", False),
        ("name", "Jansen", False),
    ],
)
def test_what_is_published_may_stand_but_never_a_person(
    kind: Kind, text: str, refused: bool
) -> None:
    gate = Gate([Term(text=text, kind=kind)], published=PUBLISHED)
    assert bool(gate.find(f"with {text} then")) is refused
    assert gate.find(f"with {text} then", all_terms=True)  # never in what was said
    elsewhere = Gate([Term(text=text, kind=kind)])
    assert elsewhere.find(f"with {text.upper()} then")


def test_the_same_string_as_a_place_and_as_a_person() -> None:
    terms = [Term(text="Delft", kind="place"), Term(text="Delft", kind="person")]
    assert [k for *_, k in Gate(terms, published=["Delft"]).find("in Delft")] == ["person"]


@pytest.mark.parametrize(
    ("term", "common", "text", "found"),
    [
        ("hope", True, "and hope came", False),  # from a lower-case transcript: no refusal of hope
        ("hope", False, "and Hope came", True),  # a person wrote it on the list
        ("blue roof house", True, "in the blue roof house", True),  # a phrase says more
        ("Mark", True, "then Mark said", True),
        ("Mark", True, "then mark that", False),
        ("1234", False, "the 1234 of them", False),
        ("12-34", False, "the 12-34 of them", False),
        ("12345", False, "the 12345 of them", True),
        ("A1234", False, "the A1234 of them", True),
    ],
)
def test_common_words_and_short_numbers(term: str, common: bool, text: str, found: bool) -> None:
    assert bool(Gate([Term(text=term, kind="person", common=common)]).find(text)) is found


def test_one_pass_however_many_terms() -> None:
    text = "Then we sat there for an hour and talked about the forms and what to do. " * 300
    few = [Term(text=f"Xander{number:05d}", kind="person") for number in range(10)]
    many = [Term(text=f"Xander{number:05d}", kind="person") for number in range(10_000)]
    took = []
    for terms in (few, many):
        gate = Gate(terms)
        gate.find("")  # the automaton is built once
        began = time.process_time()
        for _ in range(5):
            assert gate.find(text) == []
        took.append(time.process_time() - began)
    assert took[1] < 5 * took[0]  # a pass per term would take a thousand times as long


def test_what_is_erased_is_overwritten_first(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "a.csv").write_bytes(b"said")
    (tmp_path / "seen").hardlink_to(folder / "in" / "a.csv")
    (folder / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "kept").write_bytes(b"another's")
    erase_out(folder)
    assert not folder.exists()
    assert (tmp_path / "seen").read_bytes() == bytes(4)
    assert (tmp_path / "kept").read_bytes() == b"another's"
    erase_out(folder)
