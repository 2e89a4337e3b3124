"""One person, one pseudonym: invented studies with 197 persons. See `people_figures.py`."""

from __future__ import annotations

import pytest

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
