"""The three example studies: what their files are called, and who speaks in them.

One `Study` describes one example; make, figures and the tests work on any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from tests.corpus import writers
from tests.corpus.sources import Interview, read_sources, typeset, without_head
from tests.corpus.writers import Labels

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "corpus"

TEACHER, COUNSELLOR, CLIENT_MANAGER = "teacher", "counsellor", "client manager"
TEACHER_AND_COUNSELLOR = "teacher and counsellor"
MANAGER, CASEWORKER, BENEFIT_OFFICER = "manager", "caseworker", "benefit officer"
RECIPIENT = "recipient"
LEAD, ASSISTANT = "lead", "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one interview stands in the team's folder, and who the respondent is."""

    file: str
    labels: Labels
    write: Callable[[Interview, Labels], bytes]
    about: Mapping[str, str | int]  # the study's own columns of participants.csv
    shape: Callable[[Interview], Interview] = typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """An example study: marked sources and a second coding in, a team's folder out."""

    name: str
    codebook: str
    forms: Mapping[str, Form]
    place: str  # the column of participants.csv that says in which office somebody works
    typed: datetime  # when a word processor's files were made

    @property
    def sources(self) -> Path:
        """The marked interviews."""
        return HERE / self.name

    @property
    def second_pass(self) -> Path:
        """The second coding of some of them."""
        return HERE / f"second-{self.name}.json"

    @property
    def corpus(self) -> Path:
        """The team's folder."""
        return ROOT / "corpus" / self.name

    @property
    def codebook_file(self) -> Path:
        """The codebook that both passes were made with."""
        return ROOT / "configs" / "codebooks" / self.codebook

    @property
    def columns(self) -> tuple[str, ...]:
        """The study's own columns of participants.csv."""
        return tuple(next(iter(self.forms.values())).about)

    def interviews(self) -> dict[str, Interview]:
        """Every interview as it stands in its file, by number."""
        return {
            one.id: replace(self.forms[one.id].shape(one), typed=self.typed)
            for one in read_sources(self.sources)
        }

    def file(self, number: str) -> str:
        """The name of an interview's file."""
        return self.forms[number].file


def _labels(interviewer: str, respondent: str) -> Labels:
    return Labels(interviewer=interviewer, respondent=respondent)


def _as_is(interview: Interview) -> Interview:
    return interview


def _integration(role: str, city: str, years: int) -> Mapping[str, str | int]:
    """`years` : completed years in this work."""
    return {"role": role, "city": city, "wave": 1, "language": "en", "years": years}


def _sanctions(
    role: str, municipality: str, years: int | str, language: str = "en"
) -> Mapping[str, str | int]:
    """`years` : completed years in this work; recipients have none."""
    return {
        "role": role,
        "municipality": municipality,
        "wave": 1,
        "language": language,
        "years": years,
    }


def _teams(role: str, team: str, wave: int) -> Mapping[str, str | int]:
    return {"role": role, "team": team, "wave": wave, "language": "en"}


INTEGRATION = Study(
    name="integration-nl",
    codebook="frontline.yaml",
    place="city",
    typed=datetime(2019, 7, 1, 9),
    forms={
        "01": Form(
            file="Interview 01 Hanneke Oosterwijk.docx",
            labels=_labels("Sanne", "Hanneke"),
            write=writers.write_bold_docx,
            about=_integration(TEACHER, "Rotterdam", 22),
        ),
        "02": Form(
            file="02_slagter.txt",
            labels=_labels("I", "R"),
            write=partial(writers.write_txt, encoding="cp1252", newline="\r\n"),
            about=_integration(CLIENT_MANAGER, "The Hague", 5),
        ),
        "03": Form(
            file="GMT20190514-100312_Recording.transcript.vtt",
            labels=_labels("Sanne Verhoeven", "Nesrin Kocabaş"),
            write=writers.write_zoom_vtt,
            about=_integration(COUNSELLOR, "Rotterdam", 2),
            shape=without_head,
        ),
        "04": Form(
            file="int4_23-05-2019.docx",
            labels=_labels("Joost", "Govert"),
            write=partial(writers.write_table_docx, header=("Speaker", "Text")),
            about=_integration(TEACHER, "Dordrecht", 7),
        ),
        "05": Form(
            file="A. Hakkert (dubbelrol).rtf",
            labels=_labels("Interviewer", "Respondent"),
            write=writers.write_word_rtf,
            about=_integration(TEACHER_AND_COUNSELLOR, "Dordrecht", 8),
        ),
        "06": Form(
            file="maud-kranendonk.srt",
            labels=_labels("Joost", "Maud"),
            write=writers.write_srt,
            about=_integration(TEACHER, "Gorinchem", 2),
            shape=without_head,
        ),
        "07": Form(
            file="2018-11-06 Gorinchem counsellor.odt",
            labels=_labels("SV", "WT"),
            write=writers.write_odt,
            about=_integration(COUNSELLOR, "Gorinchem", 5),
        ),
        "08": Form(
            file="20190219_vantongeren_def.txt",
            labels=_labels("Sanne", "Coby"),
            write=writers.write_timed_txt,
            about=_integration(CLIENT_MANAGER, "Dordrecht", 9),
            shape=_as_is,
        ),
        "09": Form(
            file="interview9-aad.rtf",
            labels=_labels("Sanne", "Aad"),
            write=writers.write_office_rtf,
            about=_integration(TEACHER, "Rotterdam", 18),
        ),
        "10": Form(
            file="R10_Clyde_Dompig_versie2.docx",
            labels=_labels("Joost Bakker", "Clyde Dompig"),
            write=partial(
                writers.write_bold_docx, split_from=120, corrected=("amplifiers", "ambulances")
            ),
            about=_integration(TEACHER_AND_COUNSELLOR, "Rotterdam", 10),
        ),
        "11": Form(
            file="Interview Lotte_2019-05-28.vtt",
            labels=_labels("Joost Bakker", "Lotte van Beusekom"),
            write=writers.write_teams_vtt,
            about=_integration(CLIENT_MANAGER, "The Hague", 0),
            shape=without_head,
        ),
        "12": Form(
            file="12.docx",
            labels=_labels("Sanne V.", "Tjitske H."),
            write=writers.write_timed_table_docx,
            about=_integration(TEACHER, "Dordrecht", 6),
        ),
    },
)

SANCTIONS = Study(
    name="sanctions-dk",
    codebook="sanctions.yaml",
    place="municipality",
    typed=datetime(2014, 5, 19, 9),
    forms={
        "01": Form(
            file="01 Birgitte Holst-Larsen (leder).docx",
            labels=_labels("Mette", "Birgitte"),
            write=partial(writers.write_bold_docx, split_from=120),
            about=_sanctions(MANAGER, "A", 4),
        ),
        "02": Form(
            file="2013-11-19 Egholt sagsbehandler.odt",
            labels=_labels("Mette", "Søren"),
            write=writers.write_odt,
            about=_sanctions(CASEWORKER, "A", 13),
        ),
        "03": Form(
            file="03_pernille.txt",
            labels=_labels("I", "R"),
            write=partial(writers.write_txt, encoding="utf-8", newline="\n"),
            about=_sanctions(CASEWORKER, "A", 1),
            shape=_as_is,
        ),
        "04": Form(
            file="Interview 4 Inger Kjeldgaard.docx",
            labels=_labels("Mette", "Inger"),
            write=partial(writers.write_table_docx, header=("Hvem", "Tekst")),
            about=_sanctions(BENEFIT_OFFICER, "A", 30),
        ),
        "05": Form(
            file="Torben, ydelse, 19-09.rtf",
            labels=_labels("Interviewer", "Respondent"),
            write=writers.write_word_rtf,
            about=_sanctions(BENEFIT_OFFICER, "A", 20),
        ),
        "06": Form(
            file="egholt-06-kim.srt",
            labels=_labels("Mette", "Kim"),
            write=writers.write_srt,
            about=_sanctions(RECIPIENT, "A", ""),
            shape=without_head,
        ),
        "07": Form(
            file="20130611_HMB_Tversby.docx",
            labels=_labels("KR", "HMB"),
            write=writers.write_timed_table_docx,
            about=_sanctions(MANAGER, "B", 3),
        ),
        "08": Form(
            file="08 anders østerby.txt",
            labels=_labels("Karsten", "Anders"),
            write=writers.write_timed_txt,
            about=_sanctions(CASEWORKER, "B", 5),
            shape=_as_is,
        ),
        "09": Form(
            file="optagelse9_dansk.txt",
            labels=_labels("Interviewer", "Informant"),
            write=partial(writers.write_txt, encoding="cp1252", newline="\r\n"),
            about=_sanctions(CASEWORKER, "B", 14, "da"),
            shape=_as_is,
        ),
        "10": Form(
            file="Rasmus Thygesen 210114.vtt",
            labels=_labels("Karsten Ravn", "Rasmus Thygesen"),
            write=writers.write_zoom_vtt,
            about=_sanctions(CASEWORKER, "B", 7),
            shape=without_head,
        ),
        "11": Form(
            file="11-grethe-rettet.rtf",
            labels=_labels("KR", "GO"),
            write=writers.write_office_rtf,
            about=_sanctions(BENEFIT_OFFICER, "B", 45),
        ),
        "12": Form(
            file="12 hjemme hos Fadumo.md",
            labels=_labels("Karsten", "Fadumo"),
            write=writers.write_md,
            about=_sanctions(RECIPIENT, "B", ""),
            shape=_as_is,
        ),
    },
)

TEAMS = Study(
    name="teams-us",
    codebook="teams.yaml",
    place="team",
    typed=datetime(2020, 1, 13, 9),
    forms={
        "01": Form(
            file="Denise Kowalczyk W1.docx",
            labels=_labels("Dana", "Denise"),
            write=partial(writers.write_bold_docx, split_from=120),
            about=_teams(LEAD, "North", 1),
        ),
        "02": Form(
            file="Denise Kowalczyk W2.docx",
            labels=_labels("Whitcomb", "Kowalczyk"),
            write=partial(writers.write_table_docx, header=("Speaker", "Transcript")),
            about=_teams(LEAD, "North", 2),
        ),
        "03": Form(
            file="oakes_w1.txt",
            labels=_labels("Q", "A"),
            write=partial(writers.write_txt, encoding="utf-8", newline="\n"),
            about=_teams(ASSISTANT, "North", 1),
            shape=_as_is,
        ),
        "04": Form(
            file="GMT20191011-141503_Recording.transcript.vtt",
            labels=_labels("Dana Whitcomb", "Terrell Oakes"),
            write=writers.write_zoom_vtt,
            about=_teams(ASSISTANT, "North", 2),
            shape=without_head,
        ),
        "05": Form(
            file="RRFC 4-17-18 Marisol Q.docx",
            labels=_labels("DW", "MQ"),
            write=writers.write_timed_table_docx,
            about=_teams(LEAD, "Center", 1),
        ),
        "06": Form(
            file="RRFC 10-8-19 Marisol Q.rtf",
            labels=_labels("Interviewer", "Respondent"),
            write=writers.write_word_rtf,
            about=_teams(LEAD, "Center", 2),
        ),
        "07": Form(
            file="Interview Jolene_2018-04-19.vtt",
            labels=_labels("Dana Whitcomb", "Jolene Haskett"),
            write=writers.write_teams_vtt,
            about=_teams(ASSISTANT, "Center", 1),
            shape=without_head,
        ),
        "08": Form(
            file="haskett second.odt",
            labels=_labels("Dana", "Jolene"),
            write=writers.write_odt,
            about=_teams(ASSISTANT, "Center", 2),
        ),
        "09": Form(
            file="3-L-1.txt",
            labels=_labels("Dana", "Craig"),
            write=writers.write_timed_txt,
            about=_teams(LEAD, "South", 1),
            shape=_as_is,
        ),
        "10": Form(
            file="3-L-2.rtf",
            labels=_labels("Dana", "Craig"),
            write=writers.write_office_rtf,
            about=_teams(LEAD, "South", 2),
        ),
        "11": Form(
            file="3-A-1.srt",
            labels=_labels("Dana", "Amaya"),
            write=writers.write_srt,
            about=_teams(ASSISTANT, "South", 1),
            shape=without_head,
        ),
        "12": Form(
            file="3-A-2.md",
            labels=_labels("DW", "AL"),
            write=writers.write_md,
            about=_teams(ASSISTANT, "South", 2),
            shape=_as_is,
        ),
    },
)

STUDIES: Mapping[str, Study] = {one.name: one for one in (INTEGRATION, SANCTIONS, TEAMS)}
