"""Contact data, ids, dates and ages said aloud, on sets of our own, and on text that has none."""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.anonymise import Context
from pipeline.anonymise.find import find, recogniser
from pipeline.records import Span
from tests.anonymise.spoken_forms import HERE, Form, forms, read_forms, tier_of

OURS = ("emails", "phones", "addresses", "ids", "dates", "weekdays", "ages", "spoken", "spelled")


def test_the_set_is_large_and_of_three_languages() -> None:
    said = forms()
    assert len(said) >= 300
    assert len({form.text for form in said}) == len(said)
    counted = Counter((form.language, form.kind) for form in said)
    assert set(counted) == {
        (language, kind) for language in ("en", "nl", "da") for kind in ("contact", "id", "date")
    }
    assert min(counted.values()) >= 20


def test_what_is_said_aloud_is_found() -> None:
    said = forms()
    tiers = [tier_of(form) for form in said]
    missed = [form.text for form, tier in zip(said, tiers, strict=True) if not tier]
    assert 1 - len(missed) / len(said) >= 0.97, missed
    assert tiers.count("auto") / len(said) >= 0.96


@pytest.mark.parametrize("language", ["en", "nl", "da"])
@pytest.mark.parametrize("kind", ["contact", "id", "date"])
def test_in_every_language_and_of_every_kind(language: str, kind: str) -> None:
    said = [form for form in forms() if (form.language, form.kind) == (language, kind)]
    assert sum(bool(tier_of(form)) for form in said) / len(said) >= 0.9


def _kinds(form: Form) -> set[str]:
    spans = recogniser("spoken")(form.text, Context(language=form.language))
    return {span.kind for span in spans if span.start < form.end and form.start < span.end}


def test_most_are_of_the_kind_they_are() -> None:
    """Streets said with a digit or a provider's name are for other recognisers."""
    said = forms()
    assert sum(form.kind in _kinds(form) for form in said) / len(said) >= 0.93


def test_nothing_is_found_where_nothing_identifies() -> None:
    lines = (HERE / "nothing_forms.txt").read_text("utf-8").splitlines()
    for language, text in (line.split("\t") for line in lines if not line.startswith("#")):
        context = Context(language=language)
        spans = [span for name in OURS for span in recogniser(name)(text, context)]
        assert not spans, (text, spans)


def test_case_does_not_matter() -> None:
    for form in forms("first"):
        if len(form.text.upper()) == len(form.text):
            for text in (form.text.lower(), form.text.upper()):
                spans = recogniser("spoken")(form.text, Context(language=form.language))
                again = recogniser("spoken")(text, Context(language=form.language))
                if form.kind != "contact" or "@" not in form.text:
                    assert len(again) >= len(spans) - 1, text


def test_a_number_with_a_wrong_checksum_beside_its_word_is_still_found() -> None:
    text = "mijn bsn is een twee drie vier vijf zes zeven acht negen"
    spans = find(text, Context(language="nl"))
    assert any(text[s.start : s.end].startswith("een twee") and s.kind == "id" for s in spans)


def test_no_find_runs_over_the_end_of_a_turn() -> None:
    text = "Call oh six twelve\nthirty-four fifty-six seventy-eight people came"
    assert all("\n" not in text[s.start : s.end] for s in find(text, Context(language="en")))


BEHIND = (
    "\nR: S-A-N-N-E",
    "\nS-A-N-N-E",
    "\nJansen zei",
    "\nDordrecht, ja. 3311 AB",
    "\nzes",
    "\n12",
)


@pytest.mark.parametrize("behind", BEHIND)
def test_nothing_found_in_one_turn_runs_into_the_next(behind: str) -> None:
    for form in [*read_forms(HERE / "written_forms.txt"), *forms("first")]:
        for stop in ("", "."):
            turn = form.text[: form.end] + stop
            spans = find(turn + behind, Context(language=form.language))
            assert not [s for s in spans if s.start < len(turn) < s.end and "\n" not in turn], turn


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "ik woon in de [kerkstraat nummer twaalf]"),
        ("nl", "in de [kerkstraat op nummer twaalf] woonde hij"),
        ("nl", "hij woont op [nummer twaalf in de kerkstraat]"),
        ("nl", "Ik woon in de [Kerkstraat, nummer 12], al jaren."),
        ("nl", "bij de [molenweg, nummer vier]"),
        ("da", "jeg bor på [nørregade nummer tolv]"),
        ("da", "Hun bor i [Nørregade nummer 12]."),
        ("en", "i live at [number twelve church street]"),
        ("en", "she lives on [church street number twelve]"),
        # the words before an address are none of it
        ("en", "you can reach me at [peggy dot jones at gmail dot com]"),
        ("en", "they got me at [peggy dot jones at gmail dot com]"),
        ("nl", "mail mij op [jan punt jansen apenstaartje kpn punt nl]"),
        # a sentence that ends between two codes
        ("nl", "Kenteken [XX-123-B]. IBAN NL91ABNA0417164300\nJa."),
        ("nl", "Kenteken XX-123-B. IBAN [NL91ABNA0417164300]\nJa."),
        # a name spelled with blanks
        ("nl", "ze heet [J a n s e n] dus"),
        ("en", "it is spelled [j a n s e n]"),
    ],
)
def test_a_find_begins_and_ends_where_it_should(language: str, said: str) -> None:
    start, end = said.index("["), said.index("]") - 1
    text = said.replace("[", "").replace("]", "")
    spans = [(span.start, span.end) for span in find(text, Context(language=language))]
    assert (start, end) in spans


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "op straat nummer een"),
        ("nl", "we zijn onderweg 3 uur kwijt"),
        ("nl", "op de markt nummer een hit"),
        ("en", "the number two street in town"),
        ("da", "på min vej nummer to"),
    ],
)
def test_a_street_of_nowhere_is_no_address(language: str, text: str) -> None:
    assert not [s for s in find(text, Context(language=language)) if s.kind == "contact"]


def test_languages_of_the_study_are_heard_too() -> None:
    text = "He said nul zes twaalf vierendertig zesenvijftig achtenzeventig on the phone."
    alone = recogniser("spoken")(text, Context(language="en"))
    both = recogniser("spoken")(text, Context(language="en", languages=("en", "nl")))
    assert not any(span.kind == "contact" for span in alone)
    assert any(span.kind == "contact" and span.tier == "auto" for span in both)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refused)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", OURS)
def test_no_recogniser_opens_a_socket(name: str) -> None:
    function: Callable[[str, Context], list[Span]] = recogniser(name)
    for form in forms("first")[::10]:
        function(form.text, Context(language=form.language))
    function("j@example.com 06-12345678 NL91ABNA0417164300 123456782 3 May 2018", Context())


def test_forms_are_marked_once_and_lie_in_their_text() -> None:
    for path in sorted(Path(HERE).glob("spoken_forms_*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                assert len(re.findall(r"[\[\]]", line)) == 2, line


@pytest.mark.parametrize("said", ["kiki[at]leeds.gov.uk", "kiki [at] leeds [dot] com"])
def test_an_address_disguised_with_brackets_is_found_in_full(said: str) -> None:
    text = f"it is {said} now"
    spans = [s for s in find(text, Context()) if s.kind == "contact" and s.tier == "auto"]
    assert [text[s.start : s.end] for s in spans] == [said]
