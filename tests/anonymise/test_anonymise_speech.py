"""What was said, as it would be written, and the way back to the characters of the source."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.anonymise.number_words import LANGUAGES, number, words_of
from pipeline.anonymise.speech import Speech, normalise

SAID = [
    ("en", "it is oh six twelve thirty-four fifty-six seventy-eight okay", "it is 0612345678 okay"),
    ("en", "call double six, triple five, oh one four two", "call 665550142"),
    ("en", "plus thirty-one six one two three four", "+3161234"),
    ("en", "in nineteen eighty-four we came", "in 1984 we came"),
    ("en", "in nineteen oh four, in twenty sixteen", "in 1904, in 2016"),
    ("en", "two thousand three hundred and fifty euros", "2350 euros"),
    ("en", "twenty, thirty people, two a day", "20, 30 people, 2 a day"),
    ("en", "the third of may nineteen eighty four", "the 3. of may 1984"),
    ("en", "the first of the fourth nineteen ninety", "the 1.4. 1990"),
    ("en", "N L nine one A B N A oh four one seven", "NL91ABNA0417"),
    ("en", "R as in Romeo, T as in Tango, four four", "RT44"),
    ("en", "kilo alpha zero four", "KA04"),
    ("en", "my first third was the second", "my first third was the second"),
    ("en", "I was a bit late and I said so", "I was a bit late and I said so"),
    ("en", "jan dot jansen at gmail dot com", "jan.jansen@gmail.com"),
    ("en", "jan underscore forty two at example dot co dot uk", "jan_42@example.co.uk"),
    ("en", "go to river dash house dot org slash form now", "go to river-house.org/form now"),
    ("en", "I look at the dot com bubble", "I look at the dot com bubble"),
    ("nl", "nul zes twaalf vierendertig zesenvijftig achtenzeventig", "0612345678"),
    ("nl", "honderd drieëntwintig en dubbel zes", "123 en 66"),
    ("nl", "tweeduizend zestien, negentienhonderdvierentachtig", "2016, 1984"),
    ("nl", "nul drie keer nul vijf zes zeven", "0000567"),
    ("nl", "drieëndertig elf a b", "3311AB"),
    ("nl", "op drie mei negentienvierentachtig", "op 3 mei 1984"),
    ("nl", "een negentienjarige jongen", "een 19-jarige jongen"),
    ("nl", "j punt jansen apenstaartje voorbeeld punt nl", "j.jansen@voorbeeld.nl"),
    ("nl", "op dat punt nu wil ik het niet", "op dat punt nu wil ik het niet"),
    ("da", "seks og tyve, fem og fyrre, tre og tyve, ni og halvfems", "26452399"),
    ("da", "tyve fjorten femten seksten", "20141516"),
    ("da", "den en og tyvende maj nitten hundrede fireogfirs", "den 21. maj 1984"),
    ("da", "to hundrede og tre", "203"),
    ("da", "en fireogtrediveårig mand", "en 34-årig mand"),
    ("da", "bente punktum holm snabel-a eksempel punktum dk", "bente.holm@eksempel.dk"),
]


@pytest.mark.parametrize(("language", "said", "written"), SAID)
def test_what_is_said_is_written(language: str, said: str, written: str) -> None:
    # A lone "en" or "een" is an article as often as a number: both are right.
    text = normalise(said, language).text
    assert text in (written, written.replace("en ", "1 ", 1), written.replace("een ", "1 ", 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_below_two_hundred_is_read_back(language: str) -> None:
    values = words_of(language).values
    for word, value in values.items():
        assert number(word, language) == value
    assert {value for value in values.values() if value < 20} == set(range(20))


@pytest.mark.parametrize(
    ("language", "phrase", "value"),
    [
        ("en", "one hundred and five", 105),
        ("en", "three hundred twenty-one", 321),
        ("en", "two thousand and sixteen", 2016),
        ("en", "twelve hundred", 1200),
        ("nl", "honderd vijf", 105),
        ("nl", "tweehonderdeenentwintig", 221),
        ("nl", "tweeduizend zestien", 2016),
        ("nl", "twaalfhonderd", 1200),
        ("nl", "drie en dertig", 33),
        ("da", "hundrede og fem", 105),
        ("da", "to hundrede enogtyve", 221),
        ("da", "to tusind og seksten", 2016),
        ("da", "tre og halvfems", 93),
        ("en", "twenty people", None),
        ("en", "", None),
    ],
)
def test_numbers(language: str, phrase: str, value: int | None) -> None:
    assert number(phrase, language) == value


def pieces_hold(text: str, speech: Speech) -> None:
    """The pieces cover the result without gaps and go forward in the source."""
    assert "".join(speech.text[p.start : p.end] for p in speech.pieces) == speech.text
    place = source = 0
    for piece in speech.pieces:
        assert piece.start == place < piece.end
        assert source <= piece.source_start < piece.source_end <= len(text)
        place, source = piece.end, piece.source_end
        if piece.made == "copy":
            assert text[piece.source_start : piece.source_end] == speech.text[piece.start : place]
    assert place == len(speech.text)


_WORDS = st.sampled_from(
    "oh zero one six twelve forty twenty-two hundred thousand and double triple times dash slash "
    "plus dot at gmail com nl a i b x k the third of may nul zes vierendertig en dubbel keer punt "
    "apenstaartje seks og tyve snabel-a punktum dk first femte i 06 7 2016 Jansen house street "
    "I uh then dan as in for van jarige negentienjarige underscore alpha kilo 😀 é İ".split()
)
_TEXT = st.lists(_WORDS, max_size=25).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", " ", " ", ", ", "-", ". ", "\n", "  "]),
        min_size=len(words),
        max_size=len(words),
    ).map(lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True)))
)


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(_TEXT, st.text(max_size=60)), language=st.sampled_from(LANGUAGES))
def test_the_map_is_monotone_and_ranges_come_back(text: str, language: str) -> None:
    speech = normalise(text, language)
    pieces_hold(text, speech)
    last = (0, 0)
    for at in range(len(speech.text)):
        start, end = speech.source(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= last[0]
        assert end >= last[1]
        last = start, end
        back = speech.of_source(start, end)
        assert back[0] <= at < back[1]
        assert speech.source(*back) == (start, end)


@settings(max_examples=100, deadline=None)
@given(text=_TEXT, language=st.sampled_from(LANGUAGES), data=st.data())
def test_a_range_of_the_result_is_inside_what_its_source_makes(
    text: str, language: str, data: st.DataObject
) -> None:
    speech = normalise(text, language)
    if not speech.text:
        return
    start = data.draw(st.integers(0, len(speech.text) - 1))
    end = data.draw(st.integers(start + 1, len(speech.text)))
    source = speech.source(start, end)
    back = speech.of_source(*source)
    assert back[0] <= start
    assert end <= back[1]
    assert speech.source(*back) == source


@given(text=st.text(alphabet="bcdfg hjk\n.", max_size=60))
@settings(max_examples=50, deadline=None)
def test_text_without_numbers_stays_as_it_is(text: str) -> None:
    assert normalise(text, "en").text == text
