"""Contact data, ids, dates and ages as people write them: each in full, kind by kind."""

from __future__ import annotations

from collections import defaultdict

import pytest

from pipeline.anonymise import Context
from pipeline.anonymise.ages import years
from pipeline.anonymise.find import recogniser
from pipeline.anonymise.ids import is_plate
from pipeline.records import Span
from tests.anonymise.spoken_forms import HERE, Form, covers, read_forms

OURS = ("emails", "phones", "addresses", "ids", "dates", "ages", "spoken")
KIND = {
    **dict.fromkeys(("email", "url", "handle", "phone", "address", "postcode"), "contact"),
    **dict.fromkeys(("iban", "card", "bsn", "cpr", "ssn", "nino", "plate", "case"), "id"),
    **dict.fromkeys(("date", "age"), "date"),
}
WRITTEN = read_forms(HERE / "written_forms.txt")


def spans_of(form: Form) -> list[Span]:
    context = Context(language=form.language)
    return [span for name in OURS for span in recogniser(name)(form.text, context)]


@pytest.mark.parametrize("form", WRITTEN, ids=lambda form: form.text[:40])
def test_it_is_found_in_full(form: Form) -> None:
    assert covers(spans_of(form), form)


def test_nearly_all_of_them_surely_and_as_what_they_are() -> None:
    sure: dict[str, list[bool]] = defaultdict(list)
    for form in WRITTEN:
        spans = [
            span for span in spans_of(form) if span.tier == "auto" and span.kind == KIND[form.kind]
        ]
        sure[form.kind].append(covers(spans, form))
    for kind, found in sure.items():
        least = {"phone": 0.98, "address": 0.9, "date": 0.97, "age": 0.97}.get(kind, 1.0)
        assert sum(found) / len(found) >= least, kind


@pytest.mark.parametrize(
    ("string", "age"),
    [
        ("34 years old", 34),
        ("three-year-old", 3),
        ("forty-one", 41),
        ("vierendertigjarige", 34),
        ("34 jaar", 34),
        ("18e", 18),
        ("fireogtredive år", 34),
        ("seks og tyve", 26),
        ("50-års", 50),
        ("9", 9),
        ("2016", None),
        ("3 May", None),
        ("nineteen eighty-four", None),
        ("", None),
    ],
)
def test_the_number_of_an_age(string: str, age: int | None) -> None:
    assert years(string) == age


@pytest.mark.parametrize(
    ("code", "language", "plate"),
    [
        ("XP004T", "nl", True),
        ("GB521K", "nl", True),
        ("AB12345", "da", True),
        ("AB12CDE", "en", True),
        ("ABCDEF", "nl", False),
        ("123456", "nl", False),
        ("AB1234", "da", False),
    ],
)
def test_plates(code: str, language: str, plate: bool) -> None:
    assert is_plate(code, language) is plate
