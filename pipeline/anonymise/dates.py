"""Dates that could place a person's life: with a day, with a month and year, or a year alone.

Bare weekdays, bare months, times of day, ages and counts stay.
"""

from __future__ import annotations

import re

from pipeline.anonymise import Context
from pipeline.records import Span

MONTHS = {
    "en": "january february march april may june july august september october november december",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
}
_SHORT = r"jan|feb|mar|mrt|apr|mei|maj|jun|jul|aug|sept?|oct|okt|nov|dec|dez"
_MONTH = "|".join(
    sorted({name for names in MONTHS.values() for name in names.split()}, key=len, reverse=True)
)
_M = rf"(?:{_MONTH}|(?:{_SHORT})\b\.?)"
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:maan|dins|woens|donder|vrij|zater|zon)dag|"
    r"(?:man|tirs|ons|tors|fre|lør|søn)dag|mon|tues?|wed|thurs?|fri|sat|sun)"
)
_YEAR = r"(?:1[89]|20)\d\d"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_NTH = r"(?:st|nd|rd|th|e|de|ste|\.)?"
_ORDINAL_EN = (
    r"(?:twenty[- ]|thirty[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    r"tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
)
_ORDINAL_NL = (
    r"eerste|tweede|derde|vierde|vijfde|zesde|zevende|achtste|negende|tiende|elfde|twaalfde|dertiende|"
    r"veertiende|\w{3,6}tiende|(?:\w{3,5}en)?(?:twin|der)tigste|"
    r"een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|"
    r"zeventien|achttien|negentien|(?:\w{3,5}[eë]n)?(?:twin|der)tig"
)
_ORDINAL_DA = (
    r"første|anden|tredje|fjerde|femte|sjette|syvende|ottende|niende|tiende|ellevte|tolvte|trettende|"
    r"fjortende|femtende|sekstende|syttende|attende|nittende|(?:\w{2,4}og)?(?:tyvende|tredivte)"
)
_SPOKEN_DAY = rf"(?:{_ORDINAL_EN}|{_ORDINAL_NL}|{_ORDINAL_DA})"
# Years in words: "nineteen eighty-four", "twintig zestien", "nitten hundrede og tres".
_TENS_EN = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_UNIT_EN = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TEENS_EN = r"(?:ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)"
_TENS_NL = r"(?:twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig)"
_TENS_DA = r"(?:tyve|tredive|fyrre|halvtreds|tres|halvfjerds|firs|halvfems)"
_SPOKEN_YEAR = (
    rf"(?:nineteen|twenty)[- ](?:{_TENS_EN}(?:[- ]{_UNIT_EN})?|{_TEENS_EN}|oh[- ]{_UNIT_EN})"
    rf"|two thousand(?: and)? (?:{_TENS_EN}(?:[- ]{_UNIT_EN})?|{_TEENS_EN}|{_UNIT_EN})"
    rf"|(?:negentien ?(?:honderd)?|tweeduizend|twintig) ?(?:en ?)?"
    rf"(?:\w{{2,5}}[eë]n{_TENS_NL}|{_TENS_NL}|"
    r"(?:der|veer|vijf|zes|zeven|acht|negen)tien|tien|elf|twaalf)"
    r"|(?:nitten ?hundrede(?: og)?|to ?tusinde?(?: og)?|tyve) ?"
    rf"(?:\w{{2,4}}og{_TENS_DA}|{_TENS_DA}|"
    r"ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten)"
)
_END = r"(?!\w)"
_PATTERNS = tuple(
    # A date never runs over the end of a turn.
    re.compile(rf"(?<!\w){shape}{_END}".replace(r"\s", r"[^\S\n]"), re.IGNORECASE)
    for shape in (
        # 3 May 2018, 3. maj, den 3. maj 2018, 3rd of May, maandag 3 mei '18
        rf"(?:{_WEEKDAY},?\s(?:d\.|den\s|the\s)?\s?)?{_DAY}{_NTH}\s?(?:of\s)?(?:{_M})"
        rf"(?:,?\s(?:of\s|in\s)?(?:{_YEAR}|['’]\d\d))?",
        rf"(?:{_WEEKDAY},?\s)?(?:{_M})\s(?:the\s)?{_DAY}(?:st|nd|rd|th)?(?:,?\s{_YEAR})?",
        rf"(?:{_M})(?:\sof|\sin|\svan)?,?\s(?:{_YEAR}|['’]\d\d)",  # March 2018, maart '18
        rf"(?:the\s|de\s|den\s)?{_SPOKEN_DAY}\s(?:of\s|van\s)?(?:{_MONTH})(?:,?\s(?:{_YEAR}|{_SPOKEN_YEAR}))?",
        rf"(?:{_MONTH})\s(?:the\s)?(?:{_ORDINAL_EN})(?:,?\s(?:{_YEAR}|{_SPOKEN_YEAR}))?",
        rf"(?:{_MONTH})\s(?:{_SPOKEN_YEAR})",
        rf"{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY}(?:(?:T|\s)\d\d:\d\d(?::\d\d)?)?",  # 2018-05-03
        rf"{_DAY}\s?[-/.]\s?{_DAY}\s?[-/.]\s?(?:{_YEAR}|\d\d)",  # 03-05-2018, 3/5/18
        rf"(?:0?[1-9]|1[0-2])[-/](?:{_YEAR})",  # 05/2018
    )
)
_SPOKEN = re.compile(rf"(?<!\w)(?:{_SPOKEN_YEAR}){_END}", re.IGNORECASE)
_MAY = re.compile(r"(?:may|mar|march|mai|sun|sat|wed)\W", re.IGNORECASE)
_ALONE = re.compile(
    rf"(?<![\w.,:/€$£#+@-])(?:{_YEAR}|['’](?:[4-9]\d|[012]\d)(?=[,.;]|\s|$))(?:[-–/](?:{_YEAR}|\d\d))?"
    rf"(?!\w|[.,:]\d|[%€$£/@-]\d?)"
)
# A number from 1800 to 2099 that counts something is no year.
_UNIT = re.compile(
    r"\s(?:euros?|dollars?|pounds?|kroner|kr|people|persons|words|mensen|personen|stuks|hours|uur|timer|"
    r"kilo\w*|km|m|meters?|metres?|miles|square|pages|clients|students|cases|calories|times|keer|gange|"
    r"borgere|mennesker|personer|feet|ft|percent|procent|votes|members|calls|points|watts?|volts?)\b",
    re.IGNORECASE,
)
_SHORT_CUE = re.compile(
    r"\b(?:in|since|sinds|siden|from|uit|fra|of|class|summer|winter|in de)\s$", re.I
)
_DECADE = re.compile(r"['’]?s\b")


def find_dates(text: str, context: Context) -> list[Span]:
    """All of them `date`, `auto`."""
    spans = [
        _span(match)
        for pattern in _PATTERNS
        for match in pattern.finditer(text)
        if not _is_verb(match.group(), context.language)
    ]
    spans += [_span(match) for match in _SPOKEN.finditer(text)]
    spans += [_span(match) for match in _ALONE.finditer(text) if _is_year(text, match)]
    return spans


def _is_verb(written: str, language: str) -> bool:
    """Whether "may", "march", "sun" in small letters is none of a date: a year makes it one."""
    small = language == "en" and written[0].islower() and _MAY.match(written) is not None
    return small and not re.search(_YEAR, written)


def _is_year(text: str, match: re.Match[str]) -> bool:
    if _UNIT.match(text, match.end()) or _DECADE.match(text, match.end()):
        return False
    if match.group()[0] in "'’":
        return _SHORT_CUE.search(text, max(0, match.start() - 12), match.start()) is not None
    return True


def _span(match: re.Match[str]) -> Span:
    start, end = match.span()
    while match.string[end - 1] in ".,":
        end -= 1
    return Span(start=start, end=end, kind="date", tier="auto", recogniser="dates")
