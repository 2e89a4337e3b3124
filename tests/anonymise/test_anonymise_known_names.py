"""Which words of a known person's name stand for the person alone."""

import pytest

from pipeline.anonymise import Context, Known
from pipeline.anonymise.known import find_known, parts, surname


@pytest.mark.parametrize(
    ("form", "alone", "family"),
    [
        ("Henk Prins", ("Henk", "Prins"), "Prins"),
        ("Mr King", ("King",), ""),
        ("Dr. Anneke van der Berg", ("Anneke", "Berg"), "van der Berg"),
        ("mevrouw De Koning", ("Koning",), "Koning"),
        ("Jansen, mevrouw", ("Jansen",), ""),
        ("Dr", (), ""),
    ],
)
def test_a_title_before_a_name_is_none_of_it_and_a_last_name_is(
    form: str, alone: tuple[str, ...], family: str
) -> None:
    assert parts(form) == alone
    assert surname(form) == family


@pytest.mark.parametrize("name", ["Henk Prins", "Anna King", "Jan de Heer"])
def test_a_participants_surname_that_is_a_title_too_is_found(name: str) -> None:
    last = name.split()[-1]
    context = Context(language="nl", known=Known(persons=((name,),)))
    text = f"{last} is mijn naam. Ja, {last} helpt soms."
    found = {text[one.start : one.end] for one in find_known(text, context)}
    assert last in found
