"""Every word of a dialogue, in every format, comes back in one turn, with its speaker, in order."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_writers import WRITERS, Dialogue

from pipeline.errors import PipelineError
from pipeline.ingest import READERS, decode, read_transcript
from pipeline.ingest.captions import read_srt
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
@pytest.mark.parametrize("style", [style for style in WRITERS if "docx" not in style])
@few(40)
@given(dialogue=dialogues())
def test_every_word_comes_back_of_many_dialogues(style: str, dialogue: Dialogue) -> None:
    check_words(style, dialogue)


@pytest.mark.slow
@pytest.mark.parametrize("style", [style for style in WRITERS if "docx" in style])
@few(15)  # a document takes 20 ms to write and 20 ms to read
@given(dialogue=dialogues())
def test_every_word_comes_back_of_many_documents(style: str, dialogue: Dialogue) -> None:
    check_words(style, dialogue)


def check_words(style: str, dialogue: Dialogue) -> None:
    name, write = WRITERS[style]
    if name.endswith(".pdf"):
        # The end of a line may put a name and its colon at the start of the next, and again: in a
        # PDF nobody can tell that from a speaker's label.
        dialogue = [(who, said.replace("Anna:", "Anna")) for who, said in dialogue]
    read = read_transcript(write(dialogue), name)
    assert [(t.speaker, t.text) for t in read.turns] == [(w, canonical(s)) for w, s in dialogue]
    assert words(read.text) == [word for _, said in dialogue for word in words(said)]
    for turn in read.turns:
        assert read.text[turn.source_start : turn.source_end] == turn.text


@given(
    text=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1a\ufeff")
        | st.sampled_from(list(":[]()#\n\r\t \u00ad\u200b\u00a0\ufb01\u0133e\u0301AI.?"))
    )
)
def test_the_canonical_text_and_its_offsets(text: str) -> None:
    """Whatever a file holds: turns in order, each of them as `pipeline.text.canonical` says."""
    try:
        read = read_transcript(f"I: so\n{text}\nR: yes".encode(), "a.txt")
    except PipelineError:
        return
    assert read.text == "\n".join(turn.text for turn in read.turns)
    at = 0
    for number, turn in enumerate(read.turns):
        assert turn.turn == number and turn.source_start == at
        assert read.text[turn.source_start : turn.source_end] == turn.text
        assert turn.text and canonical(turn.text) == turn.text
        assert not set(turn.text) & set("\u00ad\u200b\u00a0\ufb01\u0133\n\t")
        at = turn.source_end + 1
    assert at == len(read.text) + 1


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
        "tsv",
        "xlsx",
        "ods",
        "html_noscribe",
        "json",
        "eaf",
        "pdf_table_timed",
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


CAPTION_LINES = st.sampled_from(
    "|  |1|17|NOTE a|00:00:01.000 --> 00:00:02.000|00:01,5 --> 00:02,25 align:start|"
    "75:10.000 --> 1:16:00|00:00:01 --> 00:00:02|00:00:99.000 --> 00:01:40.000|"
    "xx:00 --> never|3 --> 4 of them|12:30 --> was when|so it was|<v Bo>well &amp; so</v>|7".split(
        "|"
    )
)


@given(lines=st.lists(CAPTION_LINES, max_size=12), head=st.sampled_from(["", "WEBVTT\n\n"]))
def test_no_word_of_captions_is_lost(lines: list[str], head: str) -> None:
    text = f"{head}00:00:00,000 --> 00:00:01,000\nfirst\n" + "\n".join(lines)
    said = [w for block in read_srt(text.encode()).blocks for w in words(block.text)]
    expected = " ".join(html.unescape(re.sub(r"<[^<>]+>", "", text)).split("\n"))
    letters = re.compile(r"[^\W\d_]{2,}")
    skipped = {"WEBVTT", "align", "start"}
    assert [w for w in said if letters.fullmatch(w)] == [
        w for w in letters.findall(expected) if w not in skipped
    ]
