"""Weekdays that name one day: "on Monday", "last Tuesday", "i mandags"; a habit names none.

They place little by themselves, so none is sure. A find is the word alone, whatever stands beside
it: the list that people check has a row per weekday and not one per sentence. Short forms are found
in English, with a capital, behind a word that makes them a day ("next Mon"); "op ma of di" is not:
the Dutch and Danish ones are words and syllables of everything.
"""

from __future__ import annotations

import re

from pipeline.anonymise import Context
from pipeline.records import Span

_ENGLISH = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DUTCH = r"(?:maan|dins|woens|donder|vrij|zater|zon)dag"
_DANISH = r"(?:man|tirs|ons|tors|fre|lør|søn)dag"
_ANY = rf"(?:{_ENGLISH}|{_DUTCH}|{_DANISH})"
_B = r"[^\S\n]"
# "Mondays" and "maandags" are habits; "mandags" is one only without "i", see `_DANISH_HABIT`.
_DAY = re.compile(
    rf"(?<!\w)(?:{_ENGLISH}|{_DUTCH}(?:ochtend|morgen|middag|namiddag|avond|nacht)?|"
    rf"{_DANISH}(?:en|s)?)(?!\w|-\w)",
    re.I,
)
_SHORT = re.compile(
    r"(?<!\w)(?i:next|last|this|on|by|until|till|since)[^\S\n]"
    r"(?P<day>Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?!\w|-\w|['’])"
)
_FORM = re.compile(rf"{_ANY}(?:s|en|e|ene|er|ens)?", re.I)
_NTH = (
    r"(?:other|single|second|first|third|fourth|last|eerste|tweede|derde|vierde|laatste|andere|"
    r"første|anden|tredje|fjerde|sidste|eneste|enkelt)"
)
_HABIT_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:every|each|any|some|most|alternate|per|an?|elke|iedere|alle|sommige|een|om{_B}de|"
    rf"hver(?:t)?|hveranden|enhver|nogle|en)(?:{_B}{_NTH})?|om)"
    rf"{_B}(?:{_ANY}\w*(?:,|,?{_B}(?:and|or|en|of|og|eller)){_B})*$",
    re.I,
)
_MONTHLY = re.compile(rf"(?<!\w){_NTH}{_B}$", re.I)
_OF_MONTH = re.compile(
    rf"{_B}(?:of|in|van|i){_B}(?:the|every|each|a|de|elke|iedere|hver)?{_B}?(?:month|maand|måned)",
    re.I,
)
_TO = rf"(?:{_B}?[-–/]{_B}?|{_B}(?:to|through|thru|til|till|until|tot(?:{_B}en{_B}met)?|t/m){_B})"
_RANGE_BEFORE = re.compile(rf"(?<!\w){_ANY}{_TO}$", re.I)
_RANGE_AFTER = re.compile(rf"{_TO}{_ANY}(?!\w)", re.I)
# "Monday mornings", "the Monday meeting": what there is every week
_HABIT_AFTER = re.compile(
    rf"{_B}(?:mornings|afternoons|evenings|nights|meetings?|huddles?|clinics?|groups?|clubs?|class|"
    r"classes|shifts?|rounds|calls?|school|service|prayers?|roast|papers?|league|job)(?!\w)",
    re.I,
)
_FEAST = re.compile(
    rf"(?<!\w)(?:good|black|easter|palm|ash|cyber|super|casual|fat|shrove|maundy|goede|witte){_B}$",
    re.I,
)
_LONGEST = 60  # characters before a weekday that can make it a habit


def find_weekdays(text: str, context: Context) -> list[Span]:
    """`date`, `review`: at most a word for each weekday and form of it."""
    found = [m.span() for m in _DAY.finditer(text) if not _is_habit(text, m)]
    if context.language == "en":
        found += [m.span("day") for m in _SHORT.finditer(text)]
    return [
        Span(start=start, end=end, kind="date", tier="review", recogniser="weekdays")
        for start, end in sorted(found)
    ]


def is_weekday(string: str) -> bool:
    """Whether a string is a weekday and nothing else."""
    return _DAY.fullmatch(string) is not None


def is_form_of_weekday(word: str) -> bool:
    """Whether a word is a weekday in any form, a habit too: "Maandags", "Mondays", "Mandagene"."""
    return _FORM.fullmatch(word) is not None


def _is_habit(text: str, day: re.Match[str]) -> bool:
    start, end = day.span()
    first = max(0, start - _LONGEST)
    if day.group()[-4:].lower() == "dags":  # "i mandags": the last one; alone: every one
        return re.search(rf"(?<!\w)i{_B}$", text[first:start], re.I) is None
    return (
        _HABIT_BEFORE.search(text, first, start) is not None
        or (_MONTHLY.search(text, first, start) and _OF_MONTH.match(text, end)) is not None
        or _RANGE_BEFORE.search(text, first, start) is not None
        or _RANGE_AFTER.match(text, end) is not None
        or _HABIT_AFTER.match(text, end) is not None
        or _FEAST.search(text, first, start) is not None
    )
