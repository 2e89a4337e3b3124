"""One person, one pseudonym: invented studies with 240 persons. See `people_figures.py`.

`people_words.txt`: names that are words too, at the start of a sentence and without capitals.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.anonymise import Context
from pipeline.anonymise.find import find
from tests.anonymise.people_figures import (
    STUDIES,
    everything_said,
    figures,
    read_people,
    total,
)


def test_there_are_enough_persons() -> None:
    n = sum(
        len({one.person for one in everything_said(name) if not one.person.startswith("doubt")})
        for name in STUDIES
    )
    assert n >= 150


@pytest.mark.parametrize("name", STUDIES)
def test_nobody_is_taken_for_somebody_else(name: str) -> None:
    assert figures(everything_said(name)).false == []


def test_one_person_has_one_pseudonym() -> None:
    found = total(figures(everything_said(name)) for name in STUDIES)
    print(found)
    assert found.exact[0] == found.exact[1]
    assert found.joined[0] >= 0.97 * found.joined[1]


@pytest.mark.parametrize("name", STUDIES)
def test_the_same_when_transcripts_come_in_one_by_one(name: str) -> None:
    texts, _, _, _ = read_people(name)
    found = figures(everything_said(name, list(texts)))
    assert found.false == []
    assert found.joined[0] >= 0.9 * found.joined[1]  # what was doubtful then has a number for ever


WORDS = [
    line.split("\t")
    for line in Path(__file__).with_name("people_words.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("language", "marked"), WORDS)
def test_a_name_that_is_a_word_too_is_found_or_asked_for(language: str, marked: str) -> None:
    pieces = re.split(r"<(\w+)\|([^<>]+)>", marked)
    text = "".join(pieces[at] for at in range(len(pieces)) if at % 3 != 1)
    found = find(text, Context(language=language))
    end = 0
    for before, how, word in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=False):
        start = end + len(before)
        end = start + len(word)
        tiers = {one.tier for one in found if one.start <= start and end <= one.end}
        expected = {"no": [set()], "review": [{"review"}], "found": [{"auto"}, {"review"}]}[how]
        assert tiers in expected, word
