"""The example corpora: their files, how Motif reads them, their gold, what they all promise."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import read_transcript
from pipeline.records import Transcript
from pipeline.text import words
from tests.corpus import writers
from tests.corpus.figures import (
    agreement_lines,
    families,
    finding_lines,
    read_rows,
    share_coded,
    words_of,
)
from tests.corpus.make import CODES_HEADER, IDENTIFIERS_HEADER, files, participants_header
from tests.corpus.sources import Interview, SourceTurn, Stretch, read_second_pass, typeset
from tests.corpus.studies import STUDIES, Study
from tests.corpus.writers import clock, cut_in_cues, rtf_office, rtf_word

EACH_STUDY = pytest.mark.parametrize("name", STUDIES)
EACH = pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name, study in STUDIES.items() for n in study.forms]
)
KINDS = {"person", "place", "organisation", "date", "contact", "id"}
NOT_MADE = {"README.md"}
WITH_TIMES = {
    writers.write_srt,
    writers.write_teams_vtt,
    writers.write_timed_table_docx,
    writers.write_timed_txt,
    writers.write_zoom_vtt,
}
LONG = {("integration-nl", "01"), ("integration-nl", "10")}
# As pipeline.text counts; up to one in fifty more than the writers were asked for.
LENGTHS = {"integration-nl": (900, 1500), "sanctions-dk": (700, 1220), "teams-us": (600, 1022)}
NOT_CODED = {("sanctions-dk", "06"), ("sanctions-dk", "12")}
# A stretch that begins behind a comma, where the speaker begins again.
RESTARTED = {("interview9-aad.rtf", "if I go down "), ("haskett second.odt", "I noticed it’")}
# The longest run of words that a question, and an answer, may share with a codebook's examples.
SHARED_WORDS = {"integration-nl": (3, 5), "sanctions-dk": (4, 7), "teams-us": (5, 5)}
ASKED_TWICE = {"what did you say"}
# Names heard in two offices of a study that are not one person's.
NAMESAKES = {
    "integration-nl": {"Hoekstra", "Mark", "Ria", "Van", "Warsame", "van"},
    "sanctions-dk": {"Anders", "Grethe"},
    "teams-us": {"Craig"},
}
# Clients whom two offices know.
KNOWN_TO_BOTH = {"integration-nl": {"Ghebremedhin"}}


@cache
def told(name: str) -> dict[str, Interview]:
    return STUDIES[name].interviews()


@cache
def made(name: str) -> dict[str, bytes]:
    return files(STUDIES[name])


@cache
def read(name: str, number: str) -> Transcript:
    study = STUDIES[name]
    file = study.file(number)
    return read_transcript((study.corpus / file).read_bytes(), file)


def number_of(study: Study, file: str) -> str:
    return next(n for n, form in study.forms.items() if form.file == file)


def text_of(study: Study, file: str) -> str:
    return told(study.name)[number_of(study, file)].text


def spoken_text(data: bytes, file: str) -> bytes:
    """What can be read in a file; of a zip, the member that holds it (the rest is a library's)."""
    members = {".docx": "word/document.xml", ".odt": "content.xml"}
    for suffix, member in members.items():
        if file.endswith(suffix):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return archive.read(member)
    return data


def gold(name: str, file: str) -> list[dict[str, str]]:
    return read_rows(STUDIES[name].corpus / "gold" / file)


def straight(text: str) -> str:
    """Without what typesetting changes."""
    return text.translate(str.maketrans("‘’“”–", "''\"\"-"))


def grams(text: str, n: int) -> Iterator[str]:
    said = [word.casefold() for word in words(text.replace("’", "'"))]
    return (" ".join(said[i : i + n]) for i in range(len(said) - n + 1))


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


def person_names(one: Interview) -> set[str]:
    """Every name of a person that is said or written in an interview, as it stands there."""
    return {
        turn.text[mark.start : mark.end]
        for turn in one.turns
        for mark in turn.identifiers
        if mark.kind == "person"
    }


# The files


@pytest.mark.parametrize(
    ("name", "file"), [(name, file) for name in STUDIES for file in sorted(made(name))]
)
def test_the_file_in_the_corpus_is_what_make_writes(name: str, file: str) -> None:
    there = (STUDIES[name].corpus / file).read_bytes()
    assert spoken_text(there, file) == spoken_text(made(name)[file], file)


@EACH_STUDY
def test_making_again_gives_the_same_bytes(name: str) -> None:
    assert files(STUDIES[name]) == made(name)


@EACH_STUDY
def test_nothing_else_lies_in_the_corpus(name: str) -> None:
    corpus = STUDIES[name].corpus
    there = {p.relative_to(corpus).as_posix() for p in corpus.rglob("*") if p.is_file()}
    assert there - NOT_MADE == set(made(name))


@EACH_STUDY
def test_the_zips_carry_no_date_of_their_making(name: str) -> None:
    for file, data in made(name).items():
        if file.endswith((".docx", ".odt")):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                dates = {info.date_time for info in archive.infolist()}
                assert dates == {STUDIES[name].typed.timetuple()[:6]}, file


@EACH_STUDY
def test_a_study_has_files_of_many_forms(name: str) -> None:
    suffixes = {form.file.rsplit(".", 1)[1] for form in STUDIES[name].forms.values()}
    assert len(suffixes) >= 6
    assert len({form.file for form in STUDIES[name].forms.values()}) == 12


@EACH_STUDY
def test_participants_has_a_row_per_file(name: str) -> None:
    study = STUDIES[name]
    rows = read_rows(study.corpus / "participants.csv")
    assert tuple(rows[0]) == participants_header(study)
    for row, (number, one) in zip(rows, told(name).items(), strict=True):
        assert row["file"] == study.file(number)
        assert row["participant"] == one.respondent
        assert row["speaker"] == study.forms[number].labels.respondent
        assert "" not in (row["role"], row["wave"], row["language"], row[study.place])


@given(st.lists(st.text(st.characters(categories=["L", "P"]), min_size=1), min_size=1))
def test_cues_lose_no_word_and_stay_short(said: list[str]) -> None:
    cues = list(cut_in_cues(said))
    assert [word for cue in cues for word in cue] == said
    assert all(5 <= len(cue) <= 14 for cue in cues) or len(said) < 5


@given(st.text(st.characters(exclude_categories=["C", "Z"], max_codepoint=0x2FFF)))
def test_rtf_escapes_are_ascii_and_can_be_read_back(text: str) -> None:
    from striprtf.striprtf import rtf_to_text

    for escape in (rtf_word, rtf_office):
        escaped = escape(text)
        assert escaped.isascii()
        assert rtf_to_text(rf"{{\rtf1\ansi\ansicpg1252\uc1 x{escaped}}}") == f"x{text}"


@given(st.text("ab *_#<>[]\\`", min_size=1, max_size=40))
def test_markdown_is_read_back_as_it_was_said(text: str) -> None:
    said = " ".join(f"x{text}x".split())
    turns = (
        SourceTurn(role="interviewer", text="Yes?"),
        SourceTurn(role="respondent", text=said),
        SourceTurn(role="interviewer", text="Mm."),
    )
    one = Interview(id="x", interviewer="", respondent="", turns=turns)
    labels = writers.Labels(interviewer="I", respondent="R")
    read_back = read_transcript(writers.write_md(one, labels), "x.md")
    assert [turn.text for turn in read_back.turns] == [turn.text for turn in turns]


@given(st.text("ab '\"-(.", max_size=40))
def test_typesetting_keeps_every_offset(text: str) -> None:
    one = Interview(
        id="x", interviewer="", respondent="", turns=(SourceTurn(role="other", text=text),)
    )
    curled = typeset(one).text
    assert len(curled) == len(text)
    assert not set(curled) & set("'\"")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00:00.000"), (723.48, "00:12:03.480"), (59.9999, "00:01:00.000")]
)
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


# How Motif reads them


@EACH
def test_motif_reads_the_turns_as_they_were_said(name: str, number: str) -> None:
    one = told(name)[number]
    assert [turn.text for turn in read(name, number).turns] == [turn.text for turn in one.turns]


@EACH
def test_motif_knows_who_speaks(name: str, number: str) -> None:
    one, labels = told(name)[number], STUDIES[name].forms[number].labels
    turns = [turn for turn in read(name, number).turns if turn.role != "other"]
    assert [turn.speaker for turn in turns] == [labels.of(turn) for turn in one.spoken]


@EACH
def test_motif_knows_who_asks_and_who_answers(name: str, number: str) -> None:
    one = told(name)[number]
    assert [turn.role for turn in read(name, number).turns] == [turn.role for turn in one.turns]


@EACH
def test_offsets_of_motif_are_those_of_the_gold(name: str, number: str) -> None:
    one, transcript = told(name)[number], read(name, number)
    assert transcript.text == one.text
    assert [turn.source_start for turn in transcript.turns] == one.offsets


@EACH
def test_times_are_there_where_the_file_has_them(name: str, number: str) -> None:
    turns = [turn for turn in read(name, number).turns if turn.role != "other"]
    starts = [turn.start_s for turn in turns if turn.start_s is not None]
    timed = STUDIES[name].forms[number].write in WITH_TIMES
    assert len(starts) == (len(turns) if timed else 0)
    assert starts == sorted(starts)


# The gold


@EACH_STUDY
def test_gold_headers(name: str) -> None:
    for file, header in (
        ("participants.csv", participants_header(STUDIES[name])),
        ("gold/codes.csv", CODES_HEADER),
        ("gold/second.csv", CODES_HEADER),
        ("gold/identifiers.csv", IDENTIFIERS_HEADER),
    ):
        first = (STUDIES[name].corpus / file).read_text(encoding="utf-8").splitlines()[0]
        assert tuple(next(csv.reader([first]))) == header


@EACH_STUDY
def test_gold_identifiers_stand_where_they_say(name: str) -> None:
    for row in gold(name, "identifiers.csv"):
        text = text_of(STUDIES[name], row["file"])
        assert text[int(row["start"]) : int(row["end"])] == row["text"]
        assert row["kind"] in KINDS
        assert row["text"] == row["text"].strip(" .,;?!'")


@EACH
def test_no_identifier_is_left_unmarked_elsewhere_in_its_interview(name: str, number: str) -> None:
    one = told(name)[number]
    marked = {turn.text[m.start : m.end] for turn in one.turns for m in turn.identifiers}
    for turn in one.turns:
        inside = {n for m in turn.identifiers for n in range(m.start, m.end)}
        for text in marked:
            for hit in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", turn.text):
                assert hit.start() in inside, text


@EACH_STUDY
@pytest.mark.parametrize("file", ["codes.csv", "second.csv"])
def test_gold_codes_stand_inside_one_answer(name: str, file: str) -> None:
    study, rows = STUDIES[name], gold(name, file)
    assert rows
    known = {code for codes in families(study).values() for code in codes}
    for row in rows:
        one, n = told(name)[number_of(study, row["file"])], int(row["turn"])
        turn, at = one.turns[n], one.offsets[n]
        assert turn.role == "respondent"
        assert at <= int(row["start"]) < int(row["end"]) <= at + len(turn.text)
        assert row["code"] in known
        assert row["coder"] == {"codes.csv": "first", "second.csv": "second"}[file]
        assert re.fullmatch(r"[1-9]?", row["episode"])


@EACH_STUDY
@pytest.mark.parametrize("file", ["codes.csv", "second.csv"])
def test_gold_codes_are_whole_sentences(name: str, file: str) -> None:
    for row in gold(name, file):
        text = text_of(STUDIES[name], row["file"])
        start, end = int(row["start"]), int(row["end"])
        assert re.search(r"[.!?][’”'\"]?$", text[start:end]), row
        if (row["file"], text[start : start + 13]) not in RESTARTED:
            assert re.search(r"(^|\n|[.!?)’”'\"–-] )$", text[:start]), row


@EACH_STUDY
@pytest.mark.parametrize("file", ["codes.csv", "second.csv"])
def test_gold_has_no_row_twice(name: str, file: str) -> None:
    rows = [tuple(row.items()) for row in gold(name, file)]
    assert len(set(rows)) == len(rows)


@EACH_STUDY
def test_second_pass_stands_where_its_words_stand(name: str) -> None:
    study, rows = STUDIES[name], iter(gold(name, "second.csv"))
    for stretch in read_second_pass(study.second_pass):
        for code in stretch.codes:
            row = next(rows)
            assert row["file"] == study.file(stretch.interview)
            assert (row["code"], row["episode"]) == (code, stretch.episode)
            found = text_of(study, row["file"])[int(row["start"]) : int(row["end"])]
            assert straight(found) == straight(stretch.text)
    assert list(rows) == []


@EACH_STUDY
def test_second_pass_covers_three_tenths_of_the_words(name: str) -> None:
    again = {row["file"] for row in gold(name, "second.csv")}
    said = {STUDIES[name].file(number): words_of(one.turns) for number, one in told(name).items()}
    assert sum(said[file] for file in again) >= 0.3 * sum(said.values())


@pytest.mark.parametrize("text", ["I sent it back.", "No."])
def test_a_stretch_must_stand_once_in_its_turn(text: str) -> None:
    said = SourceTurn(role="respondent", text="No. I sent it. No.")
    one = Interview(id="x", interviewer="", respondent="", turns=(said,))
    with pytest.raises(ValueError, match="not word for word"):
        Stretch(interview="x", turn=0, text=text, codes=(), episode="").start_in(one)
    there = Stretch(interview="x", turn=0, text="I sent it.", codes=(), episode="")
    assert there.start_in(one) == 4


# What the corpora promise


@EACH
def test_length(name: str, number: str) -> None:
    said = words_of(told(name)[number].turns)
    least, most = LENGTHS[name]
    assert said >= 4000 if (name, number) in LONG else least <= said <= most


@EACH
def test_at_least_half_bears_on_no_code(name: str, number: str) -> None:
    share = share_coded(told(name)[number])
    assert share == 0 if (name, number) in NOT_CODED else 0.2 <= share <= 0.5


@EACH
def test_questions_and_answers_alternate(name: str, number: str) -> None:
    roles = [turn.role for turn in told(name)[number].spoken]
    assert roles[0] == "interviewer"
    assert all(a != b for a, b in zip(roles, roles[1:], strict=False))


@EACH_STUDY
def test_every_code_is_given(name: str) -> None:
    given_codes = {row["code"] for row in gold(name, "codes.csv")}
    assert given_codes == {code for codes in families(STUDIES[name]).values() for code in codes}


def test_no_sentence_of_eight_words_occurs_twice_in_all_the_corpora() -> None:
    counts = Counter(
        " ".join(words(sentence)).casefold()
        for name in STUDIES
        for one in told(name).values()
        for turn in one.turns
        for sentence in sentences(turn.text)
        if len(words(sentence)) >= 8
    )
    assert [sentence for sentence, n in counts.items() if n > 1] == []


def test_no_question_is_asked_in_two_interviews() -> None:
    asked: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name in STUDIES:
        for number, one in told(name).items():
            for turn in one.turns:
                if turn.role == "interviewer" and len(words(turn.text)) > 3:
                    asked[" ".join(words(turn.text)).casefold()].add((name, number))
    assert {question for question, where in asked.items() if len(where) > 1} == ASKED_TWICE


@EACH_STUDY
@pytest.mark.parametrize("role", ["interviewer", "respondent"])
def test_nobody_speaks_like_the_codebook(name: str, role: str) -> None:
    study = STUDIES[name]
    n = SHARED_WORDS[name][role == "respondent"] + 1
    codes = yaml.safe_load(study.codebook_file.read_text(encoding="utf-8"))["codes"]
    in_codebook = {gram for code in codes for text in code["examples"] for gram in grams(text, n)}
    shared = [
        (number, gram)
        for number, one in told(name).items()
        for turn in one.turns
        if turn.role == role
        for gram in grams(turn.text, n)
        if gram in in_codebook
    ]
    assert shared == []


@EACH_STUDY
def test_people_of_two_offices_do_not_share_a_name_by_accident(name: str) -> None:
    study = STUDIES[name]
    heard: dict[str, set[object]] = defaultdict(set)
    for number, one in told(name).items():
        asks = set(one.interviewer.split())
        for full in person_names(one) | {one.respondent}:
            for part in set(full.split()) - asks:
                heard[part].add(study.forms[number].about[study.place])
    shared = {part for part, offices in heard.items() if len(offices) > 1}
    assert shared == NAMESAKES[name] | KNOWN_TO_BOTH.get(name, set())


def test_no_full_name_is_in_two_studies() -> None:
    where: dict[str, set[str]] = defaultdict(set)
    for name in STUDIES:
        for one in told(name).values():
            for full in person_names(one) | {one.respondent, one.interviewer}:
                if " " in full:
                    where[full].add(name)
    assert {full for full, names in where.items() if len(names) > 1} == set()


@EACH_STUDY
def test_the_readme_tells_who_is_in_it_and_what_was_found(name: str) -> None:
    study = STUDIES[name]
    readme = (study.corpus / "README.md").read_text(encoding="utf-8")
    for number, form in study.forms.items():
        assert f"`{form.file}`" in readme
        assert told(name)[number].respondent in readme
    assert "\n".join(line.rstrip() for line in finding_lines(study, told(name))) in readme


@EACH_STUDY
def test_the_readme_tells_how_far_the_coders_agree(name: str) -> None:
    study = STUDIES[name]
    readme = (study.corpus / "README.md").read_text(encoding="utf-8")
    lines = list(agreement_lines(study, told(name)))
    at = next(n for n, line in enumerate(lines) if line.startswith("all codes together"))
    assert "\n".join((lines[1], *lines[at:])) in readme
    for said in lines[0].removeprefix("Two passes: 4 interviews, ").split(", "):
        assert said.replace("%", " %") in readme
