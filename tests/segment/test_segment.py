import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import load_object
from pipeline.records import Role, Segment, Transcript, Turn
from pipeline.segment import SEGMENTERS, Sentences
from pipeline.segment.ranges import is_sound
from pipeline.segment.sentences import sentence_splitter
from pipeline.text import canonical, words

ROLE: dict[str, Role] = {"I": "interviewer", "R": "respondent", "": "other"}


def transcript(*turns: tuple[str, str]) -> Transcript:
    rows, start = [], 0
    for number, (speaker, text) in enumerate(turns):
        rows.append(
            Turn(
                transcript_id="T001", turn=number, speaker=speaker, role=ROLE[speaker],
                start_s=None, end_s=None, text=text, source_start=start,
                source_end=start + len(text),
            )
        )  # fmt: skip
        start += len(text) + 1
    return Transcript(
        transcript_id="T001", file="a.txt", format="txt", encoding="utf-8", turns=tuple(rows)
    )


def by_stop(text: str) -> list[tuple[int, int]]:
    edges = [0, *(i + 1 for i, c in enumerate(text[:-1]) if c == "."), len(text)]
    return [(a, b) for a, b in zip(edges, edges[1:], strict=False) if a < b]


def cut(unit: str, *turns: tuple[str, str], sentences: Sentences = by_stop) -> list[Segment]:
    segmenter = load_object(SEGMENTERS[unit])
    found: list[Segment] = segmenter(transcript(*turns), sentences)
    return found


def texts(segments: list[Segment]) -> list[str]:
    return [segment.text for segment in segments]


def test_an_answer_goes_on_over_backchannels() -> None:
    talk = [
        ("", "Interview 3, room 2"), ("I", "What happened?"), ("R", "He came in."),
        ("I", "Mm-hm."), ("R", "And he left."), ("I", "Why?"), ("R", "Mm."), ("I", "And then?"),
        ("R", "No."),
    ]  # fmt: skip
    found = cut("answer", *talk)
    assert texts(found) == ["He came in.\nAnd he left.", "No."]
    assert (found[0].first_turn, found[0].last_turn) == (2, 4)
    assert cut("turn", *talk)[0].text == "He came in."
    assert texts(cut("turn", *talk)) == ["He came in.", "And he left.", "No."]


def test_a_short_question_ends_an_answer() -> None:
    assert len(cut("answer", ("R", "Yes it was."), ("I", "Why?"), ("R", "Because it was."))) == 2


def test_a_long_answer_is_cut_at_sentences_near_150_words() -> None:
    sentence = "one two three four five six seven eight nine ten."
    found = cut("answer", ("R", " ".join([sentence] * 45)))
    assert [len(words(segment.text)) for segment in found] == [150, 150, 150]
    assert len(cut("answer", ("R", " ".join([sentence] * 22)))) == 1
    assert cut("answer", ("R", "word " * 900 + "end."))  # one sentence cannot be cut


def test_windows_hold_whole_sentences() -> None:
    sentence = "one two three four five six seven eight nine ten."
    found = cut("window", ("R", " ".join([sentence] * 8)), ("I", "And?"), ("R", "Short one."))
    assert [len(words(segment.text)) for segment in found] == [60, 20, 2]


def test_sentences() -> None:
    assert texts(cut("sentences", ("R", "He came. He left. Mm-hm."))) == ["He came.", "He left."]


@pytest.mark.parametrize(
    ("text", "sound"),
    [("Mm-hm.", True), ("Okay, right.", True), ("Hmm, mm", True), ("Yes.", False), ("Nee", False)],
)
def test_what_is_a_mere_sound(text: str, sound: bool) -> None:
    assert is_sound(text) == sound


TALK = st.lists(
    st.tuples(
        st.sampled_from(["I", "R", "R", ""]),
        st.text(alphabet="ab .?'é😀\u0301M", min_size=1, max_size=400).map(canonical).filter(bool),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("unit", SEGMENTERS)
@settings(max_examples=60, deadline=None)
@given(talk=TALK)
def test_no_word_of_a_respondent_is_lost_or_doubled(unit: str, talk: list[tuple[str, str]]) -> None:
    source = transcript(*talk)
    segments: list[Segment] = load_object(SEGMENTERS[unit])(source, by_stop)
    ends = 0
    for segment in segments:
        assert ends <= segment.source_start < segment.source_end
        ends = segment.source_end
        assert segment.segment_id == f"T001:{segment.source_start}-{segment.source_end}"
        assert segment.text.strip() and segment.role == "respondent"
    spoken = [turn.text for turn in source.turns if turn.role == "respondent"]
    said = "".join("".join(text.split()) for text in spoken)
    cut_out = "".join("".join(segment.text.split()) for segment in segments)
    sounds = len(said) - len(cut_out)
    assert sounds >= 0
    if not any(is_sound(piece) for text in spoken for piece in text.split(".")):
        assert cut_out == said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("nl", "Ik was bij mw. De Wit en dhr. Bos, o.a. daar. En toen? Klaar",
         ["Ik was bij mw. De Wit en dhr. Bos, o.a. daar.", "En toen?", "Klaar"]),
        ("da", "Hr. Holm sagde bl.a. nej. Ja.", ["Hr. Holm sagde bl.a. nej.", "Ja."]),
        ("en", "Mr. Bos, well... he left! Yes.", ["Mr. Bos, well... he left!", "Yes."]),
    ],
)  # fmt: skip
def test_abbreviations_end_no_sentence(language: str, text: str, expected: list[str]) -> None:
    ranges = sentence_splitter(language)(text)
    assert [text[a:b].strip() for a, b in ranges] == expected
    assert "".join(text[a:b] for a, b in ranges) == text
