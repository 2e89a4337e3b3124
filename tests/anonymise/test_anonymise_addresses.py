"""Where a street begins, and what stands before it: a person or a town is no part of an address."""

from __future__ import annotations

import pytest

from pipeline.anonymise import Context
from pipeline.anonymise.find import find
from pipeline.records import Span


@pytest.mark.parametrize(
    ("language", "text", "before", "address"),
    [
        ("nl", "Ik sprak Zilka Qorvath op de Kastanjelaan 14.", "Zilka Qorvath", "Kastanjelaan 14"),
        ("nl", "Ik ken Peter Jansen aan de Dorpsstraat 3.", "Peter Jansen", "Dorpsstraat 3"),
        ("da", "Jeg mødte Zilka Qorvath på Vestergade 14.", "Zilka Qorvath", "Vestergade 14"),
        ("da", "Hun bor i Brønderslev på Vestergade 4.", "Brønderslev", "Vestergade 4"),
    ],
)
def test_who_is_met_in_a_street_is_a_find_of_their_own(
    language: str, text: str, before: str, address: str
) -> None:
    found = {text[s.start : s.end]: s.kind for s in find(text, Context(language=language))}
    assert found.pop(address) == "contact"
    assert found in ({before: "person"}, {before: "place"})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Dat is de school. Rietveldschool. Kerkstraat 3 dus.", "Kerkstraat 3"),
        ("Het is de Jan van Galenstraat 12.", "Jan van Galenstraat 12"),
        ("Het is de St. Jacobsstraat 12.", "St. Jacobsstraat 12"),
        ("Het is de J. Israelskade 12.", "J. Israelskade 12"),
    ],
)
def test_a_full_stop_ends_a_sentence_but_not_an_initial(text: str, address: str) -> None:
    spans = find(text, Context(language="nl"))
    assert address in [text[s.start : s.end] for s in spans if s.kind == "contact"]


def test_a_postcode_in_small_letters_that_nothing_explains_is_to_be_looked_at() -> None:
    text = "dan is het 1012 xb of zo"
    assert find(text, Context(language="nl"))[0] == Span(
        start=11, end=18, kind="contact", tier="review", recogniser="addresses"
    )
