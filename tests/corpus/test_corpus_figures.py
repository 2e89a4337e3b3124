"""The agreement figures of two coders, against libraries and a published example."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.corpus.figures import Agreement, answers_of, families, finding_lines, pooled
from tests.corpus.studies import INTEGRATION, SANCTIONS


@given(*[st.integers(0, 30)] * 4)
def test_kappa_is_the_library_s(both: int, first: int, second: int, neither: int) -> None:
    from sklearn.metrics import cohen_kappa_score

    one = Agreement(both=both, first_only=first, second_only=second, neither=neither)
    assume(one.n > 0 and one.kappa is not None)
    a = [1] * both + [1] * first + [0] * second + [0] * neither
    b = [1] * both + [0] * first + [1] * second + [0] * neither
    assert one.kappa == pytest.approx(cohen_kappa_score(a, b))


@given(*[st.integers(0, 30)] * 4)
def test_positive_agreement_is_f1(both: int, first: int, second: int, neither: int) -> None:
    from sklearn.metrics import f1_score

    one = Agreement(both=both, first_only=first, second_only=second, neither=neither)
    assume(one.positive is not None)
    a = [1] * both + [1] * first + [0] * second + [0] * neither
    b = [1] * both + [0] * first + [1] * second + [0] * neither
    assert one.positive == pytest.approx(f1_score(a, b))


def test_pooling_counts_every_answer_for_every_code() -> None:
    one = Agreement(both=1, first_only=2, second_only=3, neither=4)
    other = Agreement(both=5, first_only=0, second_only=1, neither=4)
    assert pooled([one, other]) == Agreement(both=6, first_only=2, second_only=4, neither=8)


def test_alpha_of_krippendorff_s_two_coder_example() -> None:
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, section A: ten articles,
    # two observers, binary; alpha 0.095.
    one = Agreement(both=1, first_only=3, second_only=1, neither=5)
    assert one.alpha == pytest.approx(0.095, abs=0.0005)


def test_what_cannot_be_computed_is_not() -> None:
    never = Agreement(both=0, first_only=0, second_only=0, neither=9)
    assert (never.positive, never.kappa, never.alpha, never.percent) == (None, None, None, 1.0)


def test_answers_are_the_respondents_turns() -> None:
    told = INTEGRATION.interviews()
    file = INTEGRATION.file("02")
    listed = answers_of(INTEGRATION, told, {file})
    turns = enumerate(told["02"].turns)
    assert listed == [(file, n) for n, turn in turns if turn.role == "respondent"]


def test_stories_are_told_where_the_book_has_ways_of_coping_else_a_table() -> None:
    told = INTEGRATION.interviews()
    assert next(iter(finding_lines(INTEGRATION, told))).startswith("01 story 1: ")
    table = list(finding_lines(SANCTIONS, SANCTIONS.interviews()))
    assert table[0].split() == list(SANCTIONS.forms)
    codes = [code for family in families(SANCTIONS).values() for code in family]
    assert [line.split()[0] for line in table[1:]] == codes
    assert all(len(line.split()) == 13 for line in table[1:])
