"""The risk page of a small study: what it says, and what never stands in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import cli
from pipeline.anonymise import Context
from pipeline.anonymise.find import find as found
from pipeline.errors import PipelineError
from pipeline.records import Span
from pipeline.steps import risk as step
from pipeline.steps.risk import look, write_page
from pipeline.steps.study import open_study
from pipeline.store.gate import Gate, Term

ONE = """I: How long have you worked here, and who do you work with?
R: Twenty-two years as a gardener. With Anneke Jansen, I rang her on 06-12345678, and she came.
I: And what do you do in the greenhouse when the frost comes, as it did this year?
R: We heat the greenhouse all night. I wrote the number down, it is 448291773 I think.
"""
TWO = """I: What do you do when somebody does not come to the lessons any more?
R: I write it down, always. Then I ask Anneke Jansen, and we drink coffee in the canteen.
I: And you have done that for how long, here at the school on the corner?
R: Nine years. The lessons are in the morning, and the lessons are never on time.
"""
THREE = """i: what do you do with the letters that come back to you
r: i put them on a pile and my name is on the pile and then they are gone
i: and who reads them
r: nobody reads them but sometimes yakoeb helps me with the pile and then we laugh about it
"""
PARTICIPANTS = """file,participant,role,city,wave,years
one.txt,Sanne Verhoeven,gardener,Dordrecht,1,22
two.txt,Piet Kok,teacher,Delft,1,9
three.txt,Grant Dorrek,clerk,Delft,1,3
"""
NAMES = ("Anneke", "Jansen", "Sanne", "Verhoeven", "Piet", "Kok", "Grant", "Dorrek", "12345678")
MISSES = ("yakoeb", "448291773")


def motif(*words: str | Path, code: int = 0) -> None:
    assert cli._run([str(word) for word in words]) == code


@pytest.fixture
def overlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recognisers find neither of MISSES, as they will not find one thing or another."""

    def find(text: str, context: Context) -> list[Span]:
        spans = found(text, context)
        return [s for s in spans if not any(one in text[s.start : s.end] for one in MISSES)]

    monkeypatch.setattr("pipeline.steps.anonymise.find", find)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three transcripts, the third typed without capitals; anonymised."""
    monkeypatch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    monkeypatch.setattr("pipeline.vault._SCRYPT", {"n": 2**10, "r": 8, "p": 1})  # for speed
    path = tmp_path / "study"
    motif("init", path)
    (path / "participants.csv").write_text(PARTICIPANTS, "utf-8")
    for name, text in (("one", ONE), ("two", TWO), ("three", THREE)):
        (path / "transcripts" / f"{name}.txt").write_text(text, "utf-8")
    publish(path, ["role", "wave"])
    for name in ("ingest", "anonymise"):
        motif("run", "-s", path, "--only", name)
    return path


def publish(path: Path, columns: Sequence[str]) -> None:
    text = (path / "study.toml").read_text("utf-8")
    lines = [
        f"columns = {json.dumps(list(columns))}" if line.startswith("columns = ") else line
        for line in text.splitlines()
    ]
    (path / "study.toml").write_text("\n".join(lines) + "\n", "utf-8")


def document(capsys: pytest.CaptureFixture[str], folder: Path) -> dict[str, Any]:
    capsys.readouterr()
    motif("risk", "-s", folder, "--json")
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_the_document_says_who_is_alone_found_and_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, folder)
    assert (found["n_transcripts"], found["n_participants"]) == (3, 3)
    assert {cell["values"][0] for cell in found["groups"]["below"]} == {
        "gardener", "teacher", "clerk",
    }  # fmt: skip
    by_name = {one["transcript"]: one for one in found["transcripts"]}
    garden = next(one for one in by_name.values() if one["values"]["role"] == "gardener")
    facts = garden["linkage"]["facts"]
    assert facts["first"] == 1 and facts["n_candidates"] == 3
    assert {"gardener"} <= set(facts["terms"]) and "twenty two" in facts["terms"]
    assert "greenhouse" in garden["own_words"]
    assert garden["finds"]["person"]["auto"] >= 1
    attacks = {one["attack"]: one for one in found["linkage"]}
    assert set(attacks) == {"facts", "published", "sheet", "originals"}
    assert attacks["sheet"]["n"] == 3
    assert attacks["sheet"]["guess"] == pytest.approx(1)
    assert attacks["originals"]["first"] == 3 and attacks["originals"]["terms"] == []


def test_same_study_same_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, folder) == document(capsys, folder)


def test_no_name_and_no_likely_miss_is_written_or_told_without_being_asked(
    overlooked: None, folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    capsys.readouterr()
    file = tmp_path / "risk.html"
    motif("risk", "-s", folder, "-o", file, "--show")
    shown = capsys.readouterr().out
    assert "CONFIDENTIAL" in shown
    motif("risk", "-s", folder)
    plain = capsys.readouterr().out
    html = file.read_text("utf-8")
    told = json.dumps(document(capsys, folder), ensure_ascii=False)
    seen = look(open_study(folder))
    assert all(any(f"»{one}«" in line for line in seen.shown) for one in MISSES)
    assert all(one in shown for one in MISSES)
    for text in (plain, html, told):
        for name in (*NAMES, *MISSES):
            assert name.lower() not in text.lower()
    assert max(map(len, plain.splitlines())) <= 100


def test_what_is_found_and_left_is_counted(folder: Path) -> None:
    strict = look(open_study(folder)).risk
    assert sum(one.standing for one in strict.transcripts) == 0
    text = (folder / "study.toml").read_text("utf-8")
    text += '\n[anonymise]\nkinds = ["contact", "id"]\n'
    (folder / "study.toml").write_text(text, "utf-8")
    motif("run", "-s", folder, "--only", "anonymise")
    assert sum(one.standing for one in look(open_study(folder)).risk.transcripts) >= 2


def test_places_are_turns_until_there_are_segments(overlooked: None, folder: Path) -> None:
    noted = [n for one in look(open_study(folder)).risk.transcripts for n in one.misses.values()]
    assert noted and all(" turn " in place for one in noted for place in one.places)
    motif("run", "-s", folder, "--only", "segment")
    noted = [n for one in look(open_study(folder)).risk.transcripts for n in one.misses.values()]
    assert noted and all(":" in place for one in noted for place in one.places)


def test_two_waves_are_one_participant_and_are_looked_for_by_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = TWO.replace("morning", "evening").replace("R: Nine years.", "R: Well.")
    (folder / "transcripts" / "two-b.txt").write_text(again, "utf-8")
    (folder / "participants.csv").write_text(
        PARTICIPANTS + "two-b.txt,Piet Kok,teacher,Delft,2,9\n", "utf-8"
    )
    for name in ("ingest", "anonymise"):
        motif("run", "-s", folder, "--only", name)
    found = document(capsys, folder)
    assert (found["n_transcripts"], found["n_participants"]) == (4, 3)
    waves = next(one for one in found["linkage"] if one["attack"] == "waves")
    assert (waves["n"], waves["first"]) == (2, 2)
    assert waves["guess"] == pytest.approx(2 / 3, abs=1e-6)
    assert [one["columns"] for one in found["groups"]["enough"]] == []


def test_quasi_identifiers_are_counted_where_they_still_stand(folder: Path) -> None:
    text = TWO.replace("R: Nine years.", "R: Nine years. I am the only woman on the whole floor.")
    (folder / "transcripts" / "two.txt").write_text(text, "utf-8")
    for name in ("ingest", "anonymise"):
        motif("run", "-s", folder, "--only", name)
    seen = look(open_study(folder))
    counted = {one.transcript_id: dict(one.quasi) for one in seen.risk.transcripts}
    (name,) = (name for name, quasi in counted.items() if quasi)
    assert counted[name].keys() == {"only"}
    assert [n.n for n in counted[name].values()] == [1]
    assert any("»the only woman" in line.lower() for line in seen.shown)


def test_a_study_without_a_table_is_looked_at_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(folder, [])
    text = (folder / "study.toml").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("participants = ")]
    (folder / "study.toml").write_text("\n".join(lines) + "\n", "utf-8")
    motif("run", "-s", folder, "--only", "anonymise")
    found = document(capsys, folder)
    assert found["n_participants"] == 0 and "no participants table" in found["says"][0]
    assert {one["attack"] for one in found["linkage"]} == {"originals"}


def test_what_does_not_fit_is_said_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    capsys.readouterr()
    motif("risk", "-s", folder, "-o", tmp_path / "risk.docx", code=2)
    motif("risk", "-s", folder, "--json", "--show", code=2)
    motif("init", tmp_path / "new")
    motif("risk", "-s", tmp_path / "new", code=2)
    said = capsys.readouterr().err
    assert "Known: .html" in said and "--show" in said and "motif run" in said
    assert not (tmp_path / "risk.docx").exists()


def test_what_was_redacted_before_a_change_is_not_judged(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "transcripts" / "two.txt").write_text(TWO.replace("coffee", "tea"), "utf-8")
    motif("run", "-s", folder, "--only", "ingest")
    capsys.readouterr()
    motif("risk", "-s", folder, code=2)
    assert "motif run" in capsys.readouterr().err
    motif("run", "-s", folder, "--only", "anonymise")
    motif("risk", "-s", folder)


def test_the_page_passes_the_gate(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = open_study(folder)
    seen = look(study)
    monkeypatch.setattr(step, "study_gate", lambda _: Gate([Term(text="greenhouse", kind="place")]))
    with pytest.raises(PipelineError, match="known place"):
        write_page(study, seen, tmp_path / "risk.html")
    assert not (tmp_path / "risk.html").exists()
