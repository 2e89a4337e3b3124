"""What singles a person out without being a name; it is only pointed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.anonymise import RECOGNISERS, Context
from pipeline.anonymise.quasi import WHATS, Quasi, find_quasi

MARKED = [
    ("en", "He was a {beekeeper in Gorinchem|job} before the war."),
    ("en", "She is {the mayor of Oakdale|role} now."),
    ("en", "There is a {Somali lady|origin} with a shop."),
    ("en", "It was an Afghan who said so."),
    ("en", "The {Eritrean in Dordrecht|origin} knows."),
    ("en", "He {came from Homs and now lives in Leerdam|origin}."),
    ("en", "It {was in the newspaper|event} that year."),
    ("en", "He was {taken hostage|event} there."),
    ("en", "She has {sickle cell|health} and four kids."),
    ("en", "A family with {eight children|family}, reformed."),
    ("en", "She is {the only woman on the|only} crew."),
    ("en", "She was {the youngest judge ever|only} then."),
    ("nl", "Hij was {imker|job} in zijn land."),
    ("nl", "Een {Syrische bakker uit Tilburg|origin} deed dat."),
    ("nl", "Zij {stond in de krant|event} toen."),
    ("nl", "Een gezin met {negen kinderen|family} dus."),
    ("nl", "Hij is {de enige man op de|only} afdeling."),
    ("nl", "Zij zit in een {rolstoel|health}."),
    ("da", "Han var {biavler|job} før krigen."),
    ("da", "En {somalisk kvinde i Vejle|origin} sagde det."),
    ("da", "Hun {var i avisen|event} dengang."),
    ("da", "En familie med {otte børn|family}."),
    ("da", "Han er {lederen på Egholt|role}."),
    ("da", "Hun sidder i {kørestol|health}."),
    # what everybody is or does
    ("en", "My manager is the only one. I had it in my head, on a chair."),
    ("en", "We have three children and a teacher at school in May."),
    ("en", "The only problem is the money, the only way is up."),
    ("nl", "De enige manier is bellen, mijn leidinggevende weet het."),
    ("da", "Den eneste måde er at ringe, min kollega ved det."),
]


def read(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    plain, found = "", []
    while "{" in marked:
        before, _, rest = marked.partition("{")
        inside, _, marked = rest.partition("}")
        string, _, what = inside.partition("|")
        plain += before
        found.append((len(plain), len(plain) + len(string), what))
        plain += string
    return plain + marked, found


@pytest.mark.parametrize(("language", "marked"), MARKED)
def test_what_is_pointed_at(language: str, marked: str) -> None:
    text, expected = read(marked)
    found = [(one.start, one.end, one.what) for one in find_quasi(text, Context(language=language))]
    assert found == expected


@given(text=st.text(max_size=80), language=st.sampled_from(["en", "nl", "da", "xx"]))
def test_contract(text: str, language: str) -> None:
    found = find_quasi(text, Context(language=language))
    assert found == sorted(found)
    assert all(0 <= one.start < one.end <= len(text) and one.what in WHATS for one in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert all(isinstance(one, Quasi) for one in found)


def test_it_is_no_recogniser_so_that_nothing_is_ever_replaced_for_it() -> None:
    assert not any("quasi" in path for path in RECOGNISERS.values())
