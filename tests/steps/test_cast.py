"""What participants.csv tells of people: nicknames count, jobs do not, and nobody is averaged."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import test_study_grows as grows

from pipeline.ingest import read_transcript
from pipeline.steps.cast import _persons, _speaker_names
from pipeline.steps.ingest import Registry
from pipeline.steps.participants import Participant
from pipeline.steps.study import Study

study = grows.study
PEOPLE = """file,speaker,participant,role,nickname,login
1.txt,R,Ann Vroom,caseworker,koosje,kvdberg
2.txt,R,Bea Bakker,caseworker,,
2.txt,S,Cas Muller,clerk,,
"""
SAID = "They all call me koosje here, and my login is kvdberg, and I am a caseworker. "


@pytest.mark.slow
def test_unpublished_values_identify_in_small_letters_and_published_jobs_do_not(
    study: Study,
) -> None:
    folder = grows.folder_of(study)
    (folder / "participants.csv").write_text(PEOPLE, "utf-8")
    settings = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(
        settings.replace("columns = []", 'columns = ["role"]'), "utf-8"
    )
    grows.write(folder, "1.txt", grows.talk(1).replace("R: Well, ", f"R: {SAID}Well, ", 1))
    grows.write(folder, "2.txt", grows.talk(2) + "S: I am the clerk here and I wrote it down.\n")
    for step in ("ingest", "anonymise"):
        grows.run(study, "--only", step)
    said = " ".join(table(study.derived / "turns.parquet")["text"])
    assert "koosje" not in said and "kvdberg" not in said
    assert "I am a caseworker" in said
    assert "call me [Person " in said  # a nickname is the person's own name, not somebody else's
    texts = table(study.derived / "transcripts.parquet").set_index("transcript_id")
    assert texts.loc["T001", "role"] == "caseworker"
    assert texts.loc["T002", "role"] == ""  # two people, two roles: neither is the transcript's
    # Words as they were said: a pseudonym of two words changes no rate.
    source = SAID + " ".join(line[3:] for line in grows.talk(1).splitlines() if line[:2] == "R:")
    assert texts.loc["T001", "words"] == len(source.split())


@pytest.mark.parametrize(("said", "label"), [("Dana W", "Dana W."), ("R", "r"), ("r.", "R")])
def test_a_label_is_its_participant_in_any_spelling(said: str, label: str) -> None:
    text = f"I: How did it go?\n{label}: It went.\nKim: It did.\nI: And?\n{label}: No.\nKim: No.\n"
    read = read_transcript(text.encode(), "a.txt", known={said: "respondent"})
    one = replace(read, transcript_id="T001")
    assert [turn.speaker for turn in one.turns][:3] == ["I", label, "Kim"]
    row = Participant(row=2, file="a.txt", speaker=said, participant="Dana Wouters")
    registry = Registry(participants={"Dana Wouters": "P01"})
    assert _speaker_names(one, [row], registry)["T001", label] == "P01"
    persons = [*_persons(one, [row], (), ("en",))]
    assert len(persons) == 2 and persons[0][0] == "Dana Wouters"  # and Kim; nobody twice


def table(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)
