"""What is a speaker's label and what is speech: files written out, and the turns they give."""

from __future__ import annotations

import pytest
from ingest_writers import docx_bold, docx_table

from pipeline.ingest import read_transcript
from pipeline.records import Role


def turns(text: str, name: str = "a.txt", **more: object) -> list[tuple[str, str]]:
    read = read_transcript(text.encode(), name, **more)  # type: ignore[arg-type]
    return [(t.speaker, t.text) for t in read.turns]


IR = "I: How was it?\nR: Fine.\n"

SPEAKERS = {
    "typical once is enough": ("I: So?\nR: Well.", [("I", "So?"), ("R", "Well.")]),
    "a time of day and a heading word are speech": (
        IR + "10:30 Meeting: we talked.\nI: And?",
        [("I", "How was it?"), ("R", "Fine. 10:30 Meeting: we talked."), ("I", "And?")],
    ),
    "a sentence before a colon is speech, however often": (
        IR + "And he said: go.\nI: Oh?\nR: Yes.\nAnd he said: stay.",
        [
            ("I", "How was it?"),
            ("R", "Fine. And he said: go."),
            ("I", "Oh?"),
            ("R", "Yes. And he said: stay."),
        ],
    ),
    "a note is speech, however often": (
        IR + "Note: one.\nNote: two.\nNote: three.",
        [("I", "How was it?"), ("R", "Fine. Note: one. Note: two. Note: three.")],
    ),
    "a name that does not come back is speech": (
        IR + "Rotterdam: a city.",
        [("I", "How was it?"), ("R", "Fine. Rotterdam: a city.")],
    ),
    "names that come back": (
        "Anna: One?\nBen de Wit: Two.\nAnna: Three?\nBen de Wit: Four.",
        [("Anna", "One?"), ("Ben de Wit", "Two."), ("Anna", "Three?"), ("Ben de Wit", "Four.")],
    ),
    "two names and two paragraphs": (
        "Anna: One?\n\nBen: Two.",
        [("Anna", "One?"), ("Ben", "Two.")],
    ),
    "lower case names on every line": (
        "anna: one\nben: two\nanna: three\nben: four\nanna: five\nben: six",
        list(zip(["anna", "ben"] * 3, "one two three four five six".split(), strict=True)),
    ),
    "paragraphs go on": (
        "I: One?\n\nR: Two.\n\nMore of it.\n\nAnd more.\n\nI: Three?",
        [("I", "One?"), ("R", "Two. More of it. And more."), ("I", "Three?")],
    ),
    "what stands before the first speaker": (
        "Interview 4, town hall\n\nTuesday\n\n" + IR,
        [("", "Interview 4, town hall Tuesday"), ("I", "How was it?"), ("R", "Fine.")],
    ),
    "particulars at the top are not turns": (
        "Date: 3 May\nInterviewer: Jan Wit\nRespondent: P3\n\n"
        "JW: Hello there.\nP3: Good day.\nJW: So?\nP3: Well.",
        [
            ("", "Date: 3 May Interviewer: Jan Wit Respondent: P3"),
            ("JW", "Hello there."),
            ("P3", "Good day."),
            ("JW", "So?"),
            ("P3", "Well."),
        ],
    ),
    "capitals, a number, a hash, brackets": (
        "SPEAKER 1: a\n#Anna: b\n[Ben]: c\nSPEAKER 1: d\n#Anna: e\n[Ben]: f",
        list(zip(["SPEAKER 1", "Anna", "Ben"] * 2, "abcdef", strict=True)),
    ),
    "speakers on lines of their own": (
        "SPEAKER 1\nOne.\n\nSPEAKER 2\nTwo.\n\nSPEAKER 1\nThree.",
        [("SPEAKER 1", "One."), ("SPEAKER 2", "Two."), ("SPEAKER 1", "Three.")],
    ),
    "INT. and RES.": ("INT. One?\nRES. Two.", [("INT", "One?"), ("RES", "Two.")]),
    "an initial keeps its full stop": (
        "Dana W.: One?\nBo T.: Two.\nDana W: Three?\nBo T.: Four.",
        [("Dana W.", "One?"), ("Bo T.", "Two."), ("Dana W.", "Three?"), ("Bo T.", "Four.")],
    ),
    "one label in two spellings": (
        "Anna: a\nBen: b\nANNA: c\nBen: d\nAnna: e",
        list(zip(["Anna", "Ben"] * 2 + ["Anna"], "abcde", strict=True)),
    ),
    "a list of options in an answer": (
        "I: Which?\nR: Three of them.\nFirst: the house.\nSecond: the car.\nI: And?\nR: No.",
        [
            ("I", "Which?"),
            ("R", "Three of them. First: the house. Second: the car."),
            ("I", "And?"),
            ("R", "No."),
        ],
    ),
    "an address in the web": (
        IR + "http://one.example\nhttp://two.example",
        [("I", "How was it?"), ("R", "Fine. http://one.example http://two.example")],
    ),
    "Danish and Dutch words": (
        "Spørger: Hvad?\nDeltager 1: Ja.\nGeïnterviewde: Nee.",
        [("Spørger", "Hvad?"), ("Deltager 1", "Ja."), ("Geïnterviewde", "Nee.")],
    ),
    "a dash after the label": (
        "P1 - I think so\nP2 - no\nI – why?\nP1 - because",
        [("P1", "I think so"), ("P2", "no"), ("I", "why?"), ("P1", "because")],
    ),
    "a stutter is speech": (
        IR + "I - I mean, yes.\nI: And?",
        [("I", "How was it?"), ("R", "Fine. I - I mean, yes."), ("I", "And?")],
    ),
    "signs in brackets are no speakers": (
        IR + "[laughs] yes\n[inaudible]\n[laughs] no",
        [("I", "How was it?"), ("R", "Fine. [laughs] yes [inaudible] [laughs] no")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), SPEAKERS.values(), ids=SPEAKERS)
def test_speakers(text: str, expected: list[tuple[str, str]]) -> None:
    assert turns(text) == expected


def test_a_known_label_is_a_speaker_though_it_stands_once() -> None:
    text = IR + "Rotterdam: a city."
    assert turns(text, known={"rotterdam": "respondent"})[-1] == ("Rotterdam", "a city.")
    assert turns(text, roles={"Rotterdam": "other"})[-1] == ("Rotterdam", "a city.")


def test_no_speakers_gives_a_turn_per_paragraph() -> None:
    read = read_transcript(b"One line\nand its end.\n\nAnother.\n", "a.txt")
    assert [(t.speaker, t.role, t.text) for t in read.turns] == [
        ("", "respondent", "One line and its end."),
        ("", "respondent", "Another."),
    ]
    assert any("No speakers" in warning for warning in read.warnings)


def test_a_rejected_name_is_said_without_its_words() -> None:
    read = read_transcript((IR + "Rotterdam: a city.").encode(), "a.txt")
    said = " ".join(read.warnings)
    assert "line of text 3" in said and "Rotterdam" not in said


MARKDOWN = """# A show

**Ann Lee:** I&#39;m here \\[laughs\\] &quot;so&quot;. Shall we?

**Bo Berg:** \\[00:12:03\\] Yes, **very** much.

It goes on.

**Break:** \\[35:32\\]

**Ann Lee:** \\[12:05\\] And then?

**Bo Berg**: No.
"""


def test_emphasis_is_a_label_only_with_its_colon() -> None:
    text = "_Ann:_ One\n\n*Bo*: *Really* two\n\n_Ann:_ *Really* three\n\n*Bo*: four"
    assert turns(text, "a.md") == [
        ("Ann", "One"),
        ("Bo", "*Really* two"),
        ("Ann", "*Really* three"),
        ("Bo", "four"),
    ]


def test_markdown_of_a_podcast() -> None:
    read = read_transcript(MARKDOWN.encode(), "a.md")
    assert [(t.speaker, t.role, t.start_s, t.text) for t in read.turns] == [
        ("", "other", None, "A show"),
        ("Ann Lee", "interviewer", None, 'I\'m here [laughs] "so". Shall we?'),
        ("Bo Berg", "respondent", 723.0, "Yes, very much. It goes on."),
        ("", "other", 2132.0, "Break"),
        ("Ann Lee", "interviewer", 725.0, "And then?"),
        ("Bo Berg", "respondent", None, "No."),
    ]
    assert read_transcript(MARKDOWN.encode(), "a.txt").format == "md"


TIMES = {
    "[00:12:03] I: So?": (723.0, None, "So?"),
    "I [12:03]: So?": (723.0, None, "So?"),
    "I: (12:03) So?": (723.0, None, "So?"),
    "I: 01:02:03.500 So?": (3723.5, None, "So?"),
    "I: #00:12:03-5# So?": (723.5, None, "So?"),
    "I: So? #00:12:03-5#": (None, 723.5, "So?"),
    "I: So? # 12:03 #": (None, None, "So? # 12:03 #"),
    "I: So [00:12:03] then?": (None, None, "So then?"),
    "I: So (12:03) then [inaudible 12:03]?": (None, None, "So (12:03) then [inaudible 12:03]?"),
    "I: 10:30 was the meeting": (None, None, "10:30 was the meeting"),
    "[00:12:03]\nI: So?": (723.0, None, "So?"),
    "I 0:12\nSo?": (12.0, None, "So?"),
    "00:00:01.000 --> 00:00:02.500 I: So?": (1.0, 2.5, "So?"),
}


@pytest.mark.parametrize("text", TIMES)
def test_times_become_seconds_and_leave_the_text(text: str) -> None:
    first = read_transcript(f"{text}\nR: Well.".encode(), "a.txt").turns[0]
    assert (first.speaker, first.start_s, first.end_s, first.text) == ("I", *TIMES[text])


ROLES: dict[str, tuple[str, dict[str, Role]]] = {
    "by label": ("I: a\nR: b", {"I": "interviewer", "R": "respondent"}),
    "Q and A": ("Q: a\nA: b\nQ: c\nA: d", {"Q": "interviewer", "A": "respondent"}),
    "German I and B": ("I: a\nB: b\nI: c\nB: d", {"I": "interviewer", "B": "respondent"}),
    "students": (
        "I: a\nS1: b\nS2: c",
        {"I": "interviewer", "S1": "respondent", "S2": "respondent"},
    ),
    "IV alone": ("IV: a\nR: b", {"IV": "interviewer", "R": "respondent"}),
    "IV beside I": ("I: a\nIV: b", {"I": "interviewer", "IV": "respondent"}),
    "by questions": (
        "Ben: Well, a long story.\nAnn: And?\nBen: It went on and on.\nAnn: So?",
        {"Ben": "respondent", "Ann": "interviewer"},
    ),
    "by a legend": (
        "(KL = klient; JW = interviewer)\nKL: Hm?\nJW: So.\nKL: No?\nJW: Yes.",
        {"": "other", "KL": "respondent", "JW": "interviewer"},
    ),
    "by the head": (
        "Date: 3 May\nInterviewer: Jo Wit\n\nPim: Hm?\nJo: So.\nPim: No?\nJo: Yes.",
        {"": "other", "Pim": "respondent", "Jo": "interviewer"},
    ),
}


@pytest.mark.parametrize(("text", "expected"), ROLES.values(), ids=ROLES)
def test_roles_are_guessed(text: str, expected: dict[str, Role]) -> None:
    read = read_transcript(text.encode(), "a.txt")
    assert {t.speaker: t.role for t in read.turns} == expected


def test_what_the_study_says_of_roles_holds() -> None:
    text = "I: What?\nR: Well.\nI: So?\nR: Yes."
    swapped: dict[str, Role] = {"i": "respondent", "R": "interviewer"}
    read = read_transcript(text.encode(), "a.txt", roles=swapped, known={"R": "other"})
    assert {t.speaker: t.role for t in read.turns} == {"I": "respondent", "R": "interviewer"}


def test_a_known_label_that_the_file_does_not_have_is_told() -> None:
    text = "Ann: So how did it go?\nDana W.: It went.\nAnn: And then?\nDana W.: It ended.\n"
    for label, n_told in (("Dana W", 0), ("dana w.", 0), ("Dana V", 1)):
        read = read_transcript(text.encode(), "a.txt", known={label: "respondent"})
        told = [one for one in read.warnings if "whose label this file does not have" in one]
        assert len(told) == n_told and not any("Dana" in one for one in told), label
    last = read_transcript(b"It went, and it ended.", "a.txt", known={"R": "other"}).warnings[-1]
    assert last.startswith("participants.csv names 1 speaker whose label")


def test_who_is_not_among_the_known_respondents_interviews() -> None:
    text = "Ann: Right.\nBen: So it was.\nAnn: Right.\nBen: And then."
    read = read_transcript(text.encode(), "a.txt", known={"Ben": "respondent"})
    assert {t.speaker: t.role for t in read.turns} == {"Ann": "interviewer", "Ben": "respondent"}


def test_one_speaker_is_odd() -> None:
    read = read_transcript(b"R: One.\n\nR: Two.", "a.txt")
    assert [t.text for t in read.turns] == ["One. Two."]
    assert any("Only one speaker" in warning for warning in read.warnings)


def test_bold_names_without_a_colon() -> None:
    said = [("Ann", "So: what?"), ("Ben de Wit", "Well."), ("Ann", "And?"), ("Ben de Wit", "No.")]
    read = read_transcript(docx_bold(said), "a.docx")
    assert [(t.speaker, t.text) for t in read.turns] == said


def test_a_table_of_particulars_is_no_dialogue() -> None:
    rows = [("Interviewer", "Jan Wit"), ("Date", "3 May"), ("Place", "Town hall")]
    read = read_transcript(docx_table(rows), "a.docx")
    assert not any(t.speaker for t in read.turns)
    assert (
        " ".join(t.text for t in read.turns).split()
        == " ".join(a + " " + b for a, b in rows).split()
    )


def test_an_empty_cell_is_the_speaker_above() -> None:
    rows = [("I", "So?"), ("R", "Well."), ("", "And so on."), ("I", "Oh.")]
    read = read_transcript(docx_table(rows), "a.docx")
    assert [(t.speaker, t.text) for t in read.turns] == [
        ("I", "So?"),
        ("R", "Well. And so on."),
        ("I", "Oh."),
    ]
