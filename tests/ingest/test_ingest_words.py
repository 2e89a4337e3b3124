"""Every word of a dialogue, in every format, comes back in one turn, with its speaker, in order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_writers import WRITERS, Dialogue

from pipeline.ingest import READERS, decode, read_transcript
from pipeline.text import canonical, words

NAMES = ("I", "R", "Interviewer", "Respondent 2", "Anneke Jansen", "Søren Ø", "S1", "SPEAKER 2")
WORDS = st.sampled_from(
    "yes the office said wait (.) well, [laughs] re-entry o'clock één år naïve client's 10:30 "
    'Meeting: note: 3 & < > "so" Why? nobody knows. „gut“ — and then it\'s 50 % http://x.nl '
    "C:\\files {a} * _b_ | # 😀 ffi Anna: [inaudible 12:03] said:".split()
)
SAID = st.lists(WORDS, min_size=2, max_size=12).map(lambda found: "Mm " + " ".join(found))


@st.composite
def dialogues(draw: st.DrawFn) -> Dialogue:
    """Two or three people in turn, each at least three times."""
    who = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True))
    n = draw(st.integers(3, 5))
    return [(name, draw(SAID)) for _ in range(n) for name in who]


def few(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("style", WRITERS)
@few(5)
@given(dialogue=dialogues())
def test_every_word_comes_back_with_its_speaker(style: str, dialogue: Dialogue) -> None:
    check_words(style, dialogue)


@pytest.mark.slow
@pytest.mark.parametrize("style", WRITERS)
@few(100)
@given(dialogue=dialogues())
def test_every_word_comes_back_of_many_dialogues(style: str, dialogue: Dialogue) -> None:
    check_words(style, dialogue)


def check_words(style: str, dialogue: Dialogue) -> None:
    name, write = WRITERS[style]
    read = read_transcript(write(dialogue), name)
    assert [(t.speaker, t.text) for t in read.turns] == [(w, canonical(s)) for w, s in dialogue]
    assert words(read.text) == [word for _, said in dialogue for word in words(said)]
    for turn in read.turns:
        assert read.text[turn.source_start : turn.source_end] == turn.text


def test_every_format_has_a_writer_here() -> None:
    assert {name.rpartition(".")[2] for name, _ in WRITERS.values()} == set(READERS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff")))
def test_decoding_changes_nothing_but_line_ends(encoding: str, text: str) -> None:
    if encoding in ("utf-16-le", "utf-16-be"):
        text = "A plain beginning. " + "and more " * 30 + "".join(c for c in text if c < "\u0250")
    assert decode(text.encode(encoding))[0] == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "style",
    [
        "timed_after",
        "timed_before",
        "timed_above",
        "vtt_zoom",
        "srt",
        "vtt_teams",
        "csv",
        "docx_table_timed",
        "docx_above",
    ],
)
def test_times_are_seconds(style: str) -> None:
    name, write = WRITERS[style]
    dialogue = [(who, "Yes, well, it is so.") for _ in range(60) for who in ("Anna", "Ben")]
    starts = [turn.start_s for turn in read_transcript(write(dialogue), name).turns]
    assert starts == [7.0 * i for i in range(120)]


def test_f4_times_are_where_a_paragraph_ends() -> None:
    name, write = WRITERS["f4"]
    read = read_transcript(write([("I", "So?"), ("B", "Well.")] * 3), name)
    assert [t.end_s for t in read.turns] == [7.5 * 1 + 7 * i for i in range(6)]
