"""The example corpus integration-nl: its files, how Motif reads them, its gold, its promises."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.ingest import read_transcript
from pipeline.records import Transcript
from pipeline.text import words
from tests.corpus.figures import (
    CODEBOOK,
    Agreement,
    agreement_lines,
    answers_of,
    families,
    pooled,
    read_rows,
    share_coded,
    stories,
    words_of,
)
from tests.corpus.make import (
    CODES_HEADER,
    CORPUS,
    FORMS,
    IDENTIFIERS_HEADER,
    MANAGER,
    PARTICIPANTS_HEADER,
    SECOND_PASS,
    files,
    interviews,
)
from tests.corpus.sources import Interview, SourceTurn, Stretch, read_second_pass, typeset
from tests.corpus.writers import clock, cut_in_cues, rtf_office, rtf_word

NUMBERS = sorted(FORMS)
LONG = {"01", "10"}
KINDS = {"person", "place", "organisation", "date", "contact", "id"}
NOT_MADE = {"README.md"}
TIMED = {"03", "06", "08", "11", "12"}


@cache
def told() -> dict[str, Interview]:
    return interviews()


@cache
def made() -> dict[str, bytes]:
    return files()


@cache
def read(number: str) -> Transcript:
    name = FORMS[number].file
    return read_transcript((CORPUS / name).read_bytes(), name)


@cache
def text_of(file: str) -> str:
    number = next(n for n, form in FORMS.items() if form.file == file)
    return told()[number].text


def spoken_text(data: bytes, name: str) -> bytes:
    """What can be read in a file; of a zip, the member that holds it (the rest is a library's)."""
    members = {".docx": "word/document.xml", ".odt": "content.xml"}
    for suffix, member in members.items():
        if name.endswith(suffix):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return archive.read(member)
    return data


def gold(name: str) -> list[dict[str, str]]:
    return read_rows(CORPUS / "gold" / name)


def straight(text: str) -> str:
    """Without what typesetting changes."""
    return text.translate(str.maketrans("‘’“”–", "''\"\"-"))


def grams(text: str, n: int) -> Iterator[str]:
    said = [word.casefold() for word in words(text.replace("’", "'"))]
    return (" ".join(said[i : i + n]) for i in range(len(said) - n + 1))


def examples() -> list[str]:
    codes = yaml.safe_load(CODEBOOK.read_text(encoding="utf-8"))["codes"]
    return [sentence for code in codes for sentence in code["examples"]]


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


# The files


@pytest.mark.parametrize("name", sorted(files()))
def test_the_file_in_the_corpus_is_what_make_writes(name: str) -> None:
    there = (CORPUS / name).read_bytes()
    assert spoken_text(there, name) == spoken_text(made()[name], name)


def test_making_again_gives_the_same_bytes() -> None:
    assert files() == files()


def test_nothing_else_lies_in_the_corpus() -> None:
    there = {p.relative_to(CORPUS).as_posix() for p in CORPUS.rglob("*") if p.is_file()}
    assert there - NOT_MADE == set(made())


def test_the_zips_carry_no_date_of_their_making() -> None:
    for name, data in made().items():
        if name.endswith((".docx", ".odt")):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert {info.date_time[0] for info in archive.infolist()} == {2019}, name


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


@pytest.mark.parametrize("number", NUMBERS)
def test_motif_reads_the_turns_as_they_were_said(number: str) -> None:
    assert [turn.text for turn in read(number).turns] == [t.text for t in told()[number].turns]


@pytest.mark.parametrize("number", NUMBERS)
def test_motif_knows_who_speaks(number: str) -> None:
    one, labels = told()[number], FORMS[number].labels
    turns = [turn for turn in read(number).turns if turn.role != "other"]
    assert [turn.speaker for turn in turns] == [labels.of(turn) for turn in one.spoken]


@pytest.mark.parametrize("number", NUMBERS)
def test_motif_knows_who_asks_and_who_answers(number: str) -> None:
    assert [turn.role for turn in read(number).turns] == [
        turn.role for turn in told()[number].turns
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_offsets_of_motif_are_those_of_the_gold(number: str) -> None:
    one, transcript = told()[number], read(number)
    assert transcript.text == one.text
    assert [turn.source_start for turn in transcript.turns] == one.offsets


@pytest.mark.parametrize("number", NUMBERS)
def test_times_are_there_where_the_file_has_them(number: str) -> None:
    starts = [turn.start_s for turn in read(number).turns if turn.role != "other"]
    if number in TIMED:
        assert None not in starts
        assert starts == sorted(starts, key=float)
    else:
        assert set(starts) == {None}


# The gold


def test_gold_headers() -> None:
    for name, header in (
        ("participants.csv", PARTICIPANTS_HEADER),
        ("gold/codes.csv", CODES_HEADER),
        ("gold/second.csv", CODES_HEADER),
        ("gold/identifiers.csv", IDENTIFIERS_HEADER),
    ):
        first = (CORPUS / name).read_text(encoding="utf-8").splitlines()[0]
        assert tuple(next(csv.reader([first]))) == header


def test_gold_identifiers_stand_where_they_say() -> None:
    for row in gold("identifiers.csv"):
        text = text_of(row["file"])
        assert text[int(row["start"]) : int(row["end"])] == row["text"]
        assert row["kind"] in KINDS
        assert row["text"] == row["text"].strip(" .,;?!'")


def test_no_identifier_is_left_unmarked_elsewhere_in_its_interview() -> None:
    for number, one in told().items():
        marked = {turn.text[m.start : m.end] for turn in one.turns for m in turn.identifiers}
        for turn in one.turns:
            inside = {n for m in turn.identifiers for n in range(m.start, m.end)}
            for text in marked:
                for hit in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", turn.text):
                    assert hit.start() in inside, f"{number}: {text}"


@pytest.mark.parametrize("name", ["codes.csv", "second.csv"])
def test_gold_codes_stand_inside_one_answer(name: str) -> None:
    rows = gold(name)
    assert rows
    known = {code for codes in families().values() for code in codes}
    by_file = {form.file: told()[number] for number, form in FORMS.items()}
    for row in rows:
        one, n = by_file[row["file"]], int(row["turn"])
        turn, at = one.turns[n], one.offsets[n]
        assert turn.role == "respondent"
        assert at <= int(row["start"]) < int(row["end"]) <= at + len(turn.text)
        assert row["code"] in known
        assert row["coder"] == {"codes.csv": "first", "second.csv": "second"}[name]
        assert re.fullmatch(r"[1-9]?", row["episode"])


@pytest.mark.parametrize("name", ["codes.csv", "second.csv"])
def test_gold_codes_are_whole_sentences(name: str) -> None:
    for row in gold(name):
        text = text_of(row["file"])
        start, end = int(row["start"]), int(row["end"])
        assert re.search(r"[.!?][’”'\"]?$", text[start:end]), row
        assert start == 0 or text[start - 1] in " \n", row


@pytest.mark.parametrize("name", ["codes.csv", "second.csv"])
def test_gold_has_no_row_twice(name: str) -> None:
    rows = [tuple(row.items()) for row in gold(name)]
    assert len(set(rows)) == len(rows)


def test_second_pass_stands_where_its_words_stand() -> None:
    rows = iter(gold("second.csv"))
    for stretch in read_second_pass(SECOND_PASS):
        for code in stretch.codes:
            row = next(rows)
            assert row["file"] == FORMS[stretch.interview].file
            assert (row["code"], row["episode"]) == (code, stretch.episode)
            found = text_of(row["file"])[int(row["start"]) : int(row["end"])]
            assert straight(found) == straight(stretch.text)
    assert list(rows) == []


def test_second_pass_covers_three_tenths_of_the_words() -> None:
    again = {row["file"] for row in gold("second.csv")}
    said = {FORMS[number].file: words_of(one.turns) for number, one in told().items()}
    assert sum(said[file] for file in again) >= 0.3 * sum(said.values())


@pytest.mark.parametrize("text", ["I sent it back.", "No."])
def test_a_stretch_must_stand_once_in_its_turn(text: str) -> None:
    said = SourceTurn(role="respondent", text="No. I sent it. No.")
    one = Interview(id="x", interviewer="", respondent="", turns=(said,))
    with pytest.raises(ValueError, match="not word for word"):
        Stretch(interview="x", turn=0, text=text, codes=(), episode="").start_in(one)
    there = Stretch(interview="x", turn=0, text="I sent it.", codes=(), episode="")
    assert there.start_in(one) == 4


# What the corpus promises


@pytest.mark.parametrize("number", NUMBERS)
def test_length(number: str) -> None:
    said = words_of(told()[number].turns)
    assert said >= 4000 if number in LONG else 900 <= said <= 1500


@pytest.mark.parametrize("number", NUMBERS)
def test_at_least_half_bears_on_no_code(number: str) -> None:
    assert share_coded(told()[number]) <= 0.5


@pytest.mark.parametrize("number", NUMBERS)
def test_speakers_take_turns(number: str) -> None:
    roles = [turn.role for turn in told()[number].spoken]
    assert all(a != b for a, b in zip(roles, roles[1:], strict=False))


def test_every_code_occurs_in_three_interviews() -> None:
    where: dict[str, set[str]] = defaultdict(set)
    for row in gold("codes.csv"):
        where[row["code"]].add(row["file"])
    expected = {code for codes in families().values() for code in codes}
    assert {code for code in expected if len(where[code]) < 3} == set()


def test_paperwork_distress_and_effort_are_mentioned_by_all() -> None:
    for number, one in told().items():
        given = {code for turn in one.turns for mark in turn.codes for code in mark.codes}
        assert {"paperwork", "client_motivation"} <= given, number
        assert given & {"client_distress", "dilemma_distress"}, number


def test_the_finding_is_in_it() -> None:
    all_stories = [story for one in told().values() for story in stories(one)]
    breaking = [story for story in all_stories if "break_rules" in story.coping]
    assert 3 <= len({story.interview for story in breaking}) <= 4
    other = {"client_distress", "policy_unfair", "policy_impractical"}
    for story in all_stories:
        told_of = set(story.reasons)
        assert ("break_rules" in story.coping) == (
            "client_motivation" in told_of and bool(told_of & other)
        ), story.line
        if told_of == {"client_motivation"} or "own_values" in told_of:
            assert story.coping == ("beyond_duty",), story.line


def test_keeping_distance_is_for_client_managers_and_teachers() -> None:
    roles = {
        FORMS[number].role
        for number, one in told().items()
        for story in stories(one)
        if "keep_distance" in story.coping
    }
    assert roles == {MANAGER, "teacher"}


def test_the_hague_has_client_managers_only() -> None:
    rows = read_rows(CORPUS / "participants.csv")
    assert {row["role"] for row in rows if row["city"] == "The Hague"} == {MANAGER}
    assert len(rows) == 12
    assert len({row["participant"] for row in rows}) == 12


def test_no_sentence_of_eight_words_occurs_twice() -> None:
    counts = Counter(
        " ".join(words(sentence)).casefold()
        for one in told().values()
        for turn in one.turns
        for sentence in sentences(turn.text)
        if len(words(sentence)) >= 8
    )
    assert [sentence for sentence, n in counts.items() if n > 1] == []


@pytest.mark.parametrize(("role", "n"), [("interviewer", 4), ("respondent", 6)])
def test_nobody_speaks_like_the_codebook(role: str, n: int) -> None:
    in_codebook = {gram for sentence in examples() for gram in grams(sentence, n)}
    shared = [
        (number, gram)
        for number, one in told().items()
        for turn in one.turns
        if turn.role == role
        for gram in grams(turn.text, n)
        if gram in in_codebook
    ]
    assert shared == []


def test_no_question_is_asked_in_two_interviews() -> None:
    asked: dict[str, set[str]] = defaultdict(set)
    for number, one in told().items():
        for turn in one.turns:
            if turn.role == "interviewer" and len(words(turn.text)) > 3:
                asked[" ".join(words(turn.text)).casefold()].add(number)
    assert {question: where for question, where in asked.items() if len(where) > 1} == {}


def test_the_readme_tells_the_stories_that_are_there() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    for number, form in FORMS.items():
        assert form.file in readme
        assert told()[number].respondent in readme
    for one in told().values():
        for story in stories(one):
            assert story.line in readme


def test_the_readme_tells_how_far_the_coders_agree() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    lines = list(agreement_lines(told()))
    at = next(n for n, line in enumerate(lines) if line.startswith("all codes together"))
    assert "\n".join((lines[1], *lines[at:])) in readme
    for said in lines[0].removeprefix("Two passes: 4 interviews, ").split(", "):
        assert said.replace("%", " %") in readme


# The figures


@given(*[st.integers(0, 30)] * 4)
def test_kappa_is_the_library_s(both: int, first: int, second: int, neither: int) -> None:
    from sklearn.metrics import cohen_kappa_score

    one = Agreement(both=both, first_only=first, second_only=second, neither=neither)
    assume(one.n > 0 and one.kappa is not None)
    a = [1] * both + [1] * first + [0] * second + [0] * neither
    b = [1] * both + [0] * first + [1] * second + [0] * neither
    assert one.kappa == pytest.approx(cohen_kappa_score(a, b))


@given(*[st.integers(0, 30)] * 4)
def test_positive_agreement_is_f1(both: int, first: int, second: int, neither: int) -> None:
    from sklearn.metrics import f1_score

    one = Agreement(both=both, first_only=first, second_only=second, neither=neither)
    assume(one.positive is not None)
    a = [1] * both + [1] * first + [0] * second + [0] * neither
    b = [1] * both + [0] * first + [1] * second + [0] * neither
    assert one.positive == pytest.approx(f1_score(a, b))


def test_pooling_counts_every_answer_for_every_code() -> None:
    one = Agreement(both=1, first_only=2, second_only=3, neither=4)
    other = Agreement(both=5, first_only=0, second_only=1, neither=4)
    assert pooled([one, other]) == Agreement(both=6, first_only=2, second_only=4, neither=8)


def test_alpha_of_krippendorff_s_two_coder_example() -> None:
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, section A: ten articles,
    # two observers, binary; alpha 0.095.
    one = Agreement(both=1, first_only=3, second_only=1, neither=5)
    assert one.alpha == pytest.approx(0.095, abs=0.0005)


def test_what_cannot_be_computed_is_not() -> None:
    never = Agreement(both=0, first_only=0, second_only=0, neither=9)
    assert (never.positive, never.kappa, never.alpha, never.percent) == (None, None, None, 1.0)


def test_answers_are_the_respondents_turns() -> None:
    one = told()["02"]
    file = FORMS["02"].file
    listed = answers_of(told(), {file})
    assert listed == [(file, n) for n, t in enumerate(one.turns) if t.role == "respondent"]
    assert replace(one, turns=()).text == ""
