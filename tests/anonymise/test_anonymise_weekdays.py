"""Weekdays: one day is a find to look at, what happens every week is none."""

from __future__ import annotations

import pytest

from pipeline.anonymise import Context
from pipeline.anonymise.book import Book, assign
from pipeline.anonymise.find import find
from pipeline.anonymise.generalise import Levels, general
from pipeline.anonymise.replace import decide
from pipeline.anonymise.terms import gate_terms
from pipeline.anonymise.weekdays import find_weekdays
from pipeline.records import KINDS

ONE_DAY = [
    ("en", "He came on [Monday] morning."),
    ("en", "Last [Tuesday] she called me."),
    ("en", "[Monday], the day after, nobody was in."),
    ("en", "We met [Thursday] at the desk."),
    ("en", "and then on [friday] he was gone"),
    ("en", "ON [MONDAY] SHE LEFT"),
    ("en", "It was [Wednesday]'s letter."),
    ("en", "The first [Monday] I sat there alone."),
    ("en", "Next [Mon] she comes."),
    ("en", "On [Thurs] he was gone."),
    ("nl", "[maandag] was ik bij hem"),
    ("nl", "Vorige [dinsdag] belde ze."),
    ("nl", "Ik was er [donderdagochtend] nog."),
    ("da", "Jeg så hende i [mandags]."),
    ("da", "På [torsdag] skal han til møde."),
    ("da", "[Onsdagen] efter kom brevet."),
]
HABITS = [
    ("en", "I see her every Monday and Thursday."),
    ("en", "Every other Tuesday we sit together."),
    ("en", "On Mondays she is off, and Monday mornings are quiet."),
    ("en", "We are open Monday to Friday, or Monday through Thursday, Monday-Friday."),
    ("en", "There is the Monday meeting, and the first Monday of the month."),
    ("en", "It was a Friday."),
    ("en", "I sat there, the last sat too, in the next sun, on Sunshine Road."),
    ("nl", "Maandags ben ik vrij, 's maandags dus."),
    ("nl", "Elke maandag en woensdag zit ik daar."),
    ("nl", "Op maandagen komt niemand; maandag tot en met vrijdag wel."),
    ("nl", "De eerste maandag van de maand is er overleg."),
    ("da", "Om mandagen og onsdagen er der møde, mandags altså."),
    ("da", "Hver anden mandag kommer hun."),
    ("da", "Fra mandag til fredag er der åbent."),
]


@pytest.mark.parametrize(("language", "marked"), ONE_DAY)
def test_a_weekday_that_names_one_day_is_to_be_looked_at(language: str, marked: str) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    spans = find_weekdays(text, Context(language=language))
    assert [(span.start, span.end, span.kind, span.tier) for span in spans] == [
        (start, end, "date", "review")
    ]


@pytest.mark.parametrize(("language", "text"), HABITS)
def test_a_habit_is_no_date(language: str, text: str) -> None:
    assert find_weekdays(text, Context(language=language)) == []


@pytest.mark.parametrize("text", ["'s Maandags ben ik vrij.", "Ik ben 's Dinsdags vrij."])
def test_a_habit_with_a_capital_is_no_sure_find(text: str) -> None:
    assert [span for span in find(text, Context(language="nl")) if span.tier == "auto"] == []


def test_a_weekday_of_a_date_stays_part_of_it() -> None:
    text = "On Monday 3 June she came."
    assert [text[s.start : s.end] for s in find(text, Context())] == ["Monday 3 June"]


def test_the_gate_lets_the_habit_stand_where_the_day_was_replaced() -> None:
    text = "She came on Monday. I work every Monday."
    spans = {"T001": find(text, Context())}
    book = assign(Book(), {"T001": text}, spans, Context().known)
    chosen = decide(spans, {"T001": text}, book, policy="strict", kinds=KINDS)
    assert [text[one.start : one.end] for one in chosen["T001"]] == ["Monday"]
    assert gate_terms({"T001": text}, chosen, book, ("en",)) == []


def test_moved_by_whole_weeks_a_weekday_stays_and_else_it_goes() -> None:
    assert general("date", "Monday", Levels(date="shift"), "en", 70) == "Monday"
    assert general("date", "Monday", Levels(date="year"), "en") == "[date]"
    assert general("date", "mandags", Levels(date="month"), "da") == "[dato]"
