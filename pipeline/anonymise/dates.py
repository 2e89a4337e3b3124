"""Dates that could place a person's life: a day, a month with its year, or a year alone.

Bare months, decades, times of day and counts stay; weekdays have a recogniser of their own. Numbers
in words are read by `speech` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.anonymise import Context
from pipeline.anonymise.tokens import numbered_lines
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
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:maan|dins|woens|donder|vrij|zater|zon)dag|"
    r"(?:man|tirs|ons|tors|fre|lør|søn)dag|mon|tues?|wed|thurs?|fri|sat|sun)"
)
_YEAR = r"(?:1[89]|20)\d\d"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_NTH = r"(?:st|nd|rd|th|ste|de|e|\.)?"
_B = r"[^\S\n]"  # a date never runs over the end of a turn

_NAME = re.compile(rf"(?<!\w)(?:{_MONTH}|(?:{_SHORT})(?!\w)\.?)(?!\w)", re.I)
# 3 May, the 3rd of May, den 3. maj, d. 14. maj, maandag 3 mei, 3-5 May, 3 and 4 May
_DAY_BEFORE = re.compile(
    rf"(?<![\w.,:/-])(?:{_WEEKDAY},?{_B}(?:d\.|den|the|de)?{_B}?)?"
    rf"(?:{_DAY}{_NTH}{_B}?(?:[-–/&]|and|to|til|tot|t/m|en|og|or){_B}?)?"
    rf"(?P<day>{_DAY}{_NTH}){_B}?(?P<of>of{_B}|van{_B}|i{_B}|-|/)?$",
    re.I,
)
_WEEKDAY_BEFORE = re.compile(rf"(?<!\w){_WEEKDAY},?{_B}$", re.I)
_YEAR_AFTER = re.compile(
    rf"(?:,?{_B}(?:of{_B}|in{_B}|van{_B}|i{_B})?|[-/ ]){_YEAR}(?![\w%€$£])|,?{_B}['’]\d\d(?!\w)"
    rf"|[-/ .]{_B}?(?:[4-9]\d|0\d|1\d|2\d)(?![\w%€$£:.,/-])(?!{_B}[^\W\d_])",
    re.I,
)
_DAY_AFTER = re.compile(
    rf"{_B}(?:the{_B})?{_DAY}(?P<nth>st|nd|rd|th|\.)?(?:{_B}?[-–]{_B}?{_DAY}(?:st|nd|rd|"
    rf"th)?)?(?![\w:])"
    rf"(?P<year>,?{_B}(?:of{_B}|in{_B})?{_YEAR}(?!\w)|,?{_B}['’]\d\d(?!\w))?",
    re.I,
)
_LONG_YEAR = re.compile(
    rf"(?:{_B}of|{_B}in|{_B}van|{_B}i)?,?(?:{_B}|[-/])(?:the{_B}year{_B})?"
    rf"(?:{_YEAR}|['’]\d\d|(?:3[2-9]|[4-9]\d)(?={_B}|[.,;!?]|$))(?![\w%€$£:])",
    re.I,
)
_ON = re.compile(rf"(?<!\w)(?:on|by|until|since|before|after|from|the|of|in|for){_B}$", re.I)
_VERB = frozenset(("may", "mar", "march", "mai"))

_SEASON = (
    r"(?:spring|summer|autumn|fall|winter|lente|voorjaar|zomer|najaar|herfst|forår(?:et)?|"
    r"sommer(?:en)?|efterår(?:et)?|vinter(?:en)?|christmas|kerst(?:mis)?|jul(?:en)?|easter|pasen|"
    r"påske(?:n)?|new year|eind(?:e)?|begin|mid|medio|midden|start|ultimo|primo|slutningen|starten|"
    r"begyndelsen|early|late|end|beginning|school year|schooljaar|skoleåret|the year|het jaar|året)"
)
_NUMERIC = tuple(
    re.compile(rf"(?<![\w.,/-])(?:{shape})(?![\w/-]|[.,]\d)", re.I)
    for shape in (
        # 2018-05-03
        rf"{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY}(?:(?:T|{_B})\d\d:\d\d(?::\d\d)?)?",
        # 03-05-2018, 3/5/18
        rf"{_DAY}{_B}?[-/.]{_B}?{_DAY}{_B}?[-/.]{_B}?(?:{_YEAR}|['’]?\d\d)",
        rf"(?:0?[1-9]|1[0-2])[-/](?:{_YEAR})",  # 05/2018
        rf"q[1-4]{_B}?(?:of{_B}|in{_B}|van{_B}|i{_B})?(?:{_YEAR}|['’]\d\d)",
        rf"(?:week|uge){_B}\d{{1,2}}{_B}?(?:,|of|in|van|i|af)?{_B}{_YEAR}",
    )
)
_IN_SEASON = re.compile(
    rf"(?<!\w){_SEASON}(?:,|-|{_B})?{_B}?(?:(?:of|in|van|i|af){_B})?(?:the{_B}|het{_B})?"
    rf"(?:(?:year|jaar|året){_B})?(?:{_YEAR}|['’]\d\d)(?:[-–/](?:{_YEAR}|\d\d))?(?![\w%€$£]|"
    rf"[.,:]\d)",
    re.I,
)
# 14/5: only where a word says that it is a day
_DAY_MONTH = re.compile(
    rf"(?<!\w)(?:on|by|since|until|from|op|vanaf|tot|sinds|per|den|d\.|fra|til|siden|pr\.|born|"
    rf"geboren|"
    rf"født|date|datum|dato|dated|week of)(?::?{_B})(?:den{_B}|the{_B}|op{_B}|on{_B}|d\.{_B}?)?"
    rf"(?P<date>(?!(?:1/[2348]|2/3|3/4)\b){_DAY}[./]{_DAY})(?![\w/]|[.,-]\d|{_B}?%)",
    re.I,
)
_BORN = (
    r"born|birth|birthday|birthdate|dob|d\.o\.b\.|geboren|geboortedatum|geb\.|verjaardag|jarig|"
    r"født|"
    r"fødselsdato|fødselsdag|fødselsår|geboortejaar|bouwjaar|årgang|class|vintage|sommeren|zomer|"
    r"summer|"
    r"winter|back|ergens|somewhere|helt tilbage"
)
# Beside a word for birth: 19840503, 03051984, 030584, a bare 84
_BIRTH = re.compile(
    rf"(?<!\w)(?:{_BORN})(?!\w)[^.!?\n\d]{{0,25}}?(?<![\w.,/-])(?P<date>(?:19|20)\d\d(?:0[1-9]|"
    rf"1[0-2])"
    rf"(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d\d|\d\d)|"
    rf"{_DAY}[ /.-]{_DAY}[ /.-](?:{_YEAR}|\d\d))(?![\w/-]|[.,]\d)",
    re.I,
)
_BIRTH_YEAR = re.compile(
    rf"(?<!\w)(?:{_BORN}){_B}(?:(?:in|i|of|af|in de|van|er){_B}){{0,2}}(?P<date>['’]?(?:3[2-9]|"
    rf"[4-9]\d))"
    rf"(?![\w%€$£:/-]|[.,]\d|{_B}(?:jaar|år|years?|weeks?|months?|people|mensen|cases))",
    re.I,
)
_BORN_AFTER = re.compile(
    rf"(?<!\w)(?:in|i|fra|uit|van|af){_B}(?P<date>['’]?(?:3[2-9]|[4-9]\d)){_B}"
    rf"(?:was{_B}|is{_B}|er{_B}|ben{_B})?(?:geboren|født)(?!\w)",
    re.I,
)
# The 6th on, in words: "on the second" opens arguments and "the fourth" counts.
_ORDINAL_WORD = (
    r"(?:(?:twenty|thirty)-?\s?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    r"(?:six|seven|eigh|nin|ten|eleven|twelf|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen)th|(?:twent|thirt)ieth|"
    r"(?:(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)(?:en|ën))?(?:twintig|dertig)ste|"
    r"(?:zes|zeven|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|"
    r"negentien)de|achtste|"
    r"(?:en|to|tre|fire|fem|seks|syv|otte|ni)og(?:tyvende|tredivte)|enogtredivte|tyvende|tredivte|"
    r"sjette|syvende|ottende|niende|tiende|ellevte|elvte|tolvte|(?:tret|fjort|femt|sekst|sytt|att|"
    r"nitt)ende)"
)
_ORDINAL_SMALL = (
    r"(?:first|second|third|fourth|fifth|eerste|tweede|derde|vierde|vijfde|første|anden|tredje|"
    r"fjerde|femte)"
)
_ORDINAL = rf"{_DAY}(?:st|nd|rd|th|ste|de|e|\.)"
# Wednesday the 4th, vrijdag de veertiende, torsdag den 12.: without its month
_WEEKDAY_NTH = re.compile(
    rf"(?<!\w){_WEEKDAY},?{_B}(?:(?:the|de|den){_B}(?:{_ORDINAL}|{_ORDINAL_WORD}|{_ORDINAL_SMALL})|"
    rf"d\.{_B}?{_ORDINAL}|{_DAY}(?:st|nd|rd|th))(?!\w)",
    re.I,
)
# On the 12th, op de veertiende, den 12.: a floor or an attempt has its word behind it.
_ON_THE_NTH = re.compile(
    rf"(?<!\w)(?:(?:on|by|until|till|since|before|after|from){_B}the|(?:op|tot|vanaf|sinds|voor|na)"
    rf"{_B}de|den){_B}(?P<date>(?:{_ORDINAL}|{_ORDINAL_WORD})"
    rf"(?:{_B}(?:and|or|en|of|og|eller){_B}(?:the|de|den){_B}(?:{_ORDINAL}|{_ORDINAL_WORD}))?)"
    r"(?=$|\n|[.,;:!?)\"”])",
    re.I,
)
_ALONE = re.compile(
    rf"(?<![\w.,:/€$£#+@-])(?:{_YEAR}|['’](?:[3-9]\d|[012]\d)(?=[,.;:!?)]|\s|$))"
    rf"(?:[-–/](?:{_YEAR}|\d\d))?(?!\w|[.,:]\d|[%€$£/@-]\d?)"
)
# A number from 1800 to 2099 that counts something is no year.
_UNIT = re.compile(
    r"\s(?:euros?|dollars?|pounds?|kroner|kr|people|persons|words|mensen|personen|stuks|hours|uur|"
    r"timer|"
    r"kilo\w*|km|m|meters?|metres?|miles|square|pages|clients|students|cases|calories|times|keer|"
    r"gange|"
    r"borgere|mennesker|personer|feet|ft|percent|procent|votes|members|calls|points|watts?|volts?|"
    r"bucks|grand|cliënten|klanten|deelnemers|gezinnen|sager|familier|families|households|years|"
    r"jaar|"
    r"år|minutes?|minuten|minutter|days|dagen|dage|weeks|weken|uger|users|companies|lines)\b",
    re.IGNORECASE,
)
_SHORT_CUE = re.compile(
    r"\b(?:in|since|sinds|siden|from|uit|fra|of|class|summer|winter|i|in de|around|until|til|tot|"
    r"vanaf|"
    r"before|after|early|late|back|rond|omkring|jaar|år|year|lente|zomer|najaar|herfst|voorjaar|"
    r"forår|"
    r"sommer|efterår|vinter|autumn|fall|spring|before|voor|før|na|efter)\s$",
    re.I,
)
_DECADE = re.compile(r"['’]?s\b|['’]?(?:erne|er)\b")


def find_dates(text: str, context: Context) -> list[Span]:
    """All of them `date`, `auto`."""
    return [
        Span(start=start, end=_end(text, end), kind="date", tier="auto", recogniser="dates")
        for start, end in _found(text, context.language)
    ]


def _found(text: str, language: str) -> Iterator[tuple[int, int]]:
    for match in _NAME.finditer(text):
        found = _by_month(text, match, language)
        if found:
            yield found
    yield from (match.span() for match in _WEEKDAY_NTH.finditer(text))
    yield from (match.span("date") for match in _ON_THE_NTH.finditer(text))
    for first, last in numbered_lines(text):
        for pattern in (*_NUMERIC, _IN_SEASON):
            yield from (match.span() for match in pattern.finditer(text, first, last))
        for pattern in (_DAY_MONTH, _BIRTH, _BIRTH_YEAR, _BORN_AFTER):
            yield from (match.span("date") for match in pattern.finditer(text, first, last))
        for match in _ALONE.finditer(text, first, last):
            if _is_year(text, match):
                yield match.span()


def _by_month(text: str, month: re.Match[str], language: str) -> tuple[int, int] | None:
    """A month with its day or its year; None: it stands alone, or is no month."""
    start, end = month.span()
    name = month.group()
    small = name[0].islower()
    verb = language == "en" and small and name.lower() in _VERB
    before = _DAY_BEFORE.search(text, max(0, start - 40), start)
    if before:
        said = before["of"] or not before["day"].isdigit()
        year = _YEAR_AFTER.match(text, end)
        on = _ON.search(text, max(0, before.start() - 8), before.start())
        if verb and not (said or year or on):
            return None
        return before.start(), year.end() if year else end
    weekday = _WEEKDAY_BEFORE.search(text, max(0, start - 12), start)
    start = weekday.start() if weekday else start
    long = _LONG_YEAR.match(text, end)
    if long:
        return (start, long.end()) if not verb or re.search(_YEAR, long.group()) else None
    if language in ("nl", "da") and len(name.rstrip(".")) < 5 and name[0].isupper():
        # "Jan 12": a name; Dutch and Danish dates have the day before the month
        return None
    day = _DAY_AFTER.match(text, end)
    if day is None:
        return None
    on = _ON.search(text, max(0, start - 8), start)
    if small and language == "en" and not (day["nth"] or day["year"] or on) and verb:
        return None
    return start, day.end()


def _is_year(text: str, match: re.Match[str]) -> bool:
    if _UNIT.match(text, match.end()) or _DECADE.match(text, match.end()):
        return False
    if match.group()[0] in "'’":
        return _SHORT_CUE.search(text, max(0, match.start() - 12), match.start()) is not None
    return True


def _end(text: str, end: int) -> int:
    while text[end - 1] in ".,":
        end -= 1
    return end
