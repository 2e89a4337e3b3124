"""A coarser word for a find: a date's month or year, a town's country, an organisation's sector.

What cannot be read at its level gets the word for its kind; what is as coarse already stays as it
is. A date can be moved instead: by whole weeks, the same number in the whole study, so that
weekdays and the time between two dates stay.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from pipeline.anonymise import lexicon
from pipeline.anonymise.number_words import plain, words_of
from pipeline.anonymise.weekdays import is_weekday
from pipeline.records import Kind

DateLevel = Literal["month", "year", "shift"]
PlaceLevel = Literal["country", "type"]
OrganisationLevel = Literal["sector", "kind"]

_LANGUAGES = ("en", "nl", "da")
_KINDS = {
    "person": ("person", "persoon", "person"),
    "name": ("name", "naam", "navn"),
    "place": ("place", "plaats", "sted"),
    "organisation": ("organisation", "organisatie", "organisation"),
    "date": ("date", "datum", "dato"),
    "age": ("age", "leeftijd", "alder"),
    "contact": ("contact", "contact", "kontakt"),
    "id": ("id", "nummer", "nummer"),
}
_TOWN = ("a town", "een plaats", "en by")
_ABROAD = ("abroad", "in het buitenland", "i udlandet")
_COUNTRY = ("a country", "een land", "et land")
_IN = ("in", "in", "i")


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """How coarse: [anonymise.level] of study.toml."""

    date: DateLevel = "year"
    place: PlaceLevel = "country"
    organisation: OrganisationLevel = "sector"
    age: int = 10  # years in a band


def general(kind: Kind, string: str, levels: Levels, language: str, shift: int = 0) -> str:
    """What stands for a string at its level; the string itself where it is as coarse already.

    Parameters
    ----------
    shift : days by which dates are moved at the level "shift"; a multiple of 7.
    """
    if kind == "date":
        age = _age(string, levels.age, language)
        if age is not None:
            return age
        return _date(string, levels.date, language, shift) or _kind("date", language)
    if kind == "place":
        return _place(string, levels.place, language)
    if kind == "organisation" and levels.organisation == "sector":
        return _organisation(string, language)
    return _kind(kind, language)


def _said(words: tuple[str, str, str], language: str) -> str:
    return words[_LANGUAGES.index(language) if language in _LANGUAGES else 0]


def _kind(kind: str, language: str) -> str:
    return f"[{_said(_KINDS[kind], language)}]"


# ------------------------------------------------------------------------------------------- dates

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
}
_SHORT = {
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "da": "jan feb mar apr maj jun jul aug sep okt nov dec",
}
_WORD = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_SHORT_YEAR = re.compile(r"(?<=['’])\d\d(?!\d)")
_DAY = re.compile(r"(?<![\d'’])(?:3[01]|[12]\d|0?[1-9])(?!\d)")
_ISO = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)([-/.])(\d\d?)(?:\2(\d\d?))?(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d\d?)\s?([-/.])\s?(\d\d?)\s?\2\s?((?:1[89]|20)?\d\d)(?!\d)")
_MONTH_YEAR = re.compile(r"(?<!\d)(\d\d?)[-/]((?:1[89]|20)\d\d)(?!\d)")
_CENTURY = 30  # '29 is 2029, '31 is 1931


@dataclass(frozen=True, slots=True)
class _Part:
    """Characters of a written date that say one number."""

    start: int
    end: int
    value: int


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as it was written. A part is None where it is not said, or said in words."""

    year: _Part | None = None
    month: _Part | None = None
    day: _Part | None = None
    vague: bool = False  # 4/5/2018: nobody knows which is the month
    in_words: bool = False  # the third of May: there is a day


def _date(string: str, level: DateLevel, language: str, shift: int) -> str | None:
    written = _read_date(string, language)
    if level == "shift":
        return _shifted(string, written, shift)
    year = written.year.value if written.year else _spoken_year(string)
    month = None if written.vague or not written.month else written.month.value
    if level == "year":
        alone = written.year and string.strip() == string[written.year.start : written.year.end]
        return string if alone else f"[{year}]" if year else None
    no_day = written.day is None and not written.in_words
    if no_day and not written.vague and written.year:
        return string
    if month is None:
        return f"[{year}]" if year else None
    name = _month_name(month, language)
    return f"[{name} {year}]" if year else f"[{name}]"


def _month_name(month: int, language: str) -> str:
    name = _MONTHS.get(language, _MONTHS["en"]).split()[month - 1]
    return name if language in ("nl", "da") else name.capitalize()


def _read_date(string: str, language: str) -> _Written:
    if match := _ISO.search(string):
        return _Written(_group(match, 1), _group(match, 3), _group(match, 4) if match[4] else None)
    if match := _NUMERIC.search(string):
        year = _group(match, 4)
        if year.value < 100:
            year = _Part(year.start, year.end, _century(year.value))
        first, second = _group(match, 1), _group(match, 3)
        if first.value > 12:
            return _Written(year, second, first)
        if second.value > 12:
            return _Written(year, first, second)
        vague = language not in ("nl", "da") and first.value != second.value
        return _Written(year, second, first, vague)
    if match := _MONTH_YEAR.search(string):
        return _Written(_group(match, 2), _group(match, 1))
    return _read_words(string)


def _read_words(string: str) -> _Written:
    """3 May 2018, May 3rd, mei '18."""
    year = next((_Part(m.start(), m.end(), int(m[0])) for m in _YEAR.finditer(string)), None)
    if year is None and (match := _SHORT_YEAR.search(string)):
        year = _Part(match.start(), match.end(), _century(int(match[0])))
    month = None
    for match in _WORD.finditer(string):
        value = _month_of(match[0])
        if value:
            month = _Part(match.start(), match.end(), value)
            break
    day = None
    if month is not None:
        days = [m for m in _DAY.finditer(string) if year is None or m.start() != year.start]
        day = next((_Part(m.start(), m.end(), int(m[0])) for m in days), None)
    in_words = month is not None and day is None and _has_day_word(string, month)
    return _Written(year, month, day, in_words=in_words)


def _has_day_word(string: str, month: _Part) -> bool:
    """Whether the day is said in words: "the third of May"."""
    rest = string[: month.start] + " " + string[month.end :]
    said = [plain(word) for word in _WORD.findall(rest)]
    return any(
        word in words.ordinals or 0 < words.values.get(word, 0) < 32
        for words in map(words_of, _LANGUAGES)
        for word in said
    )


def _month_of(word: str) -> int:
    low = word.lower()
    for names in (*_MONTHS.values(), *_SHORT.values()):
        if low in names.split():
            return names.split().index(low) + 1
    return 9 if low == "sept" else 0


def _group(match: re.Match[str], group: int) -> _Part:
    return _Part(match.start(group), match.end(group), int(match[group]))


def _century(year: int) -> int:
    return year + (2000 if year < _CENTURY else 1900)


def _spoken_year(string: str) -> int | None:
    """A year in words: nineteen eighty-four, tweeduizend achttien, nitten hundrede og tres."""
    said = [plain(word) for word in _WORD.findall(string)]
    for language in _LANGUAGES:
        for at in range(len(said)):
            year = _sum(said[at:], language)
            if year is not None and 1800 <= year < 2100:
                return year
    return None


def _sum(said: list[str], language: str) -> int | None:
    """The number of four digits that words say: all of them."""
    words = words_of(language)
    groups: list[int] = []
    whole = 0
    for word in said:
        if word in words.joint:
            continue
        if word in ("tweeduizend", "totusinde"):
            whole += 2000
        elif word in words.thousand or word in words.hundred:
            if not groups:
                return None
            whole += groups.pop() * (1000 if word in words.thousand else 100)
            groups = []
        elif word in words.values:
            value = words.values[word]
            if groups and (groups[-1] % 10 or groups[-1] < 20 or value > 9):
                groups.append(value)
            elif groups:
                groups[-1] += value
            else:
                groups.append(value)
        else:
            return None
    if whole:
        return whole + sum(groups) if len(groups) < 2 else None
    if len(groups) == 2 and groups[0] in (18, 19, 20) and groups[1] > 9:
        return 100 * groups[0] + groups[1]
    return groups[0] if len(groups) == 1 and groups[0] > 1000 else None


def _shifted(string: str, written: _Written, shift: int) -> str | None:
    """The date moved, in the way it was written; a year alone stays, and a weekday does."""
    if is_weekday(string):
        return string
    if written.vague or written.in_words or not shift:
        return None
    if written.month is None or not 1 <= written.month.value <= 12:
        return string if written.year is not None and written.day is None else None
    # Without a year any one will do: shifts are given in weeks.
    year = written.year.value if written.year else 2001
    try:
        day = datetime.date(year, written.month.value, written.day.value if written.day else 15)
        moved = day + datetime.timedelta(days=shift)
    except (ValueError, OverflowError):
        return None
    parts = [
        (part, value)
        for part, value in (
            (written.year, moved.year),
            (written.month, moved.month),
            (written.day, moved.day),
        )
        if part is not None
    ]
    for part, value in sorted(parts, key=lambda one: -one[0].start):
        as_said = string[part.start : part.end]
        string = string[: part.start] + _like(as_said, value) + string[part.end :]
    return _ordinal(string)


def _like(said: str, value: int) -> str:
    """A number or a month in the way another one was written."""
    if said.isdigit():
        if len(said) == 2 and value > 99:
            return f"{value % 100:02}"
        return str(value).zfill(len(said)) if said.startswith("0") else str(value)
    low = said.lower()
    for names in (*_MONTHS.values(), *_SHORT.values()):
        if low in names.split():
            name = names.split()[value - 1]
            break
    else:  # "Sept."
        name = _SHORT["en"].split()[value - 1]
    return name.upper() if said.isupper() else name.capitalize() if said[0].isupper() else name


def _ordinal(string: str) -> str:
    """3rd for what is 3 now: "May 21rd" is none."""

    def ending(match: re.Match[str]) -> str:
        number = int(match[1])
        right = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return match[1] + (right.upper() if match[2].isupper() else right)

    return re.sub(r"(?<!\d)(\d\d?)(st|nd|rd|th)\b", ending, string, flags=re.IGNORECASE)


# -------------------------------------------------------------------------------------------- ages

_AGE = re.compile(
    r"\b(?:aged?|ages|years?|yrs?|yo|months?|weeks?|old|birthday|"
    r"jaar|jarige?|jaren|maanden?|weken|oud|oude|leeftijd|verjaardag|"
    r"år|årige?|måneder?|gammel|gamle|alder|fødselsdag)\b|\d(?:[- ]?(?:jarige?|årige?|yo))\b|"
    r"(?:jarige?|årige?)\b",
    re.IGNORECASE,
)
_YOUNG = re.compile(r"\b(?:months?|weeks?|maanden?|maandjes|weken|måneder?|uger?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d,.])\d{1,3}(?![\d])")
_OLDEST = 90  # and above: one band, for hardly anybody is that old


def _age(string: str, band: int, language: str) -> str | None:
    """An age with a band for its number, None for what is no age. In words: the word for it."""
    if _YEAR.search(string) or any(_month_of(word) for word in _WORD.findall(string)):
        return None
    if _spoken_year(string):
        return None
    if _YOUNG.search(string):
        return _kind("age", language)
    numbers = list(_NUMBER.finditer(string))
    if not numbers:
        return _age_in_words(string, band, language)
    if not _AGE.search(string) and string.strip() != numbers[0][0]:
        return None
    for match in reversed(numbers):
        string = string[: match.start()] + _band(int(match[0]), band) + string[match.end() :]
    return string


def _band(age: int, band: int) -> str:
    if age >= _OLDEST:
        return f"[{_OLDEST}+]"
    low = age - age % band
    return f"[{low}-{low + band - 1}]"


def _age_in_words(string: str, band: int, language: str) -> str | None:
    found = list(_WORD.finditer(string))
    for own in (language, *_LANGUAGES):
        words = words_of(own)
        start = end = None
        value = 0
        for match in found:
            word = plain(match[0])
            stem = re.sub(r"(?:jarige?|arige?)$", "", word)
            number = words.values.get(word, words.values.get(stem))
            if number is None or number > 99:
                if start is not None and word not in words.joint:
                    break
                continue
            start = match.start() if start is None else start
            end = match.start() + len(stem) if number and stem != word else match.end()
            value += number
        if start is not None and end is not None and (_AGE.search(string) or end == len(string)):
            return string[:start] + _band(value, band) + string[end:]
    return _kind("age", language) if _AGE.search(string) else None


# ------------------------------------------------------------------------------------------ places

_HOME = {"nl": ("NL",), "da": ("DK",)}
_AREAS = (
    (re.compile(r"(?:straat|laan|plein|kade|weg|singel|gracht|steeg|dijk|dreef|"
                r"gade|vej|vænget|allé|alle|stræde|torv|plads|boulevard|"
                r"street|st\.|avenue|ave\.?|road|rd\.?|lane|drive|square|court|way)$", re.I),
     ("a street", "een straat", "en gade")),
    (re.compile(r"(?:wijk|buurt|kwartier|kvarter|parken|neighbou?rhood|district|estate|"
                r"heights|quarter)$", re.I),
     ("a neighbourhood", "een buurt", "et kvarter")),
    (re.compile(r"(?:river|lake|creek|meer|rivier|sø|å|fjord|bay|beach|strand|park|forest|bos|"
                r"skov|island|eiland|ø)$|^(?:lake|mount|fort)\b", re.I),
     ("an area", "een gebied", "et område")),
)  # fmt: skip


@cache
def _countries() -> Mapping[str, tuple[str, str, str]]:
    """By code: how the country is called in the three languages."""
    table: dict[str, tuple[str, str, str]] = {}
    for line in lexicon.data_lines("countries.txt"):
        code, _, names = line.partition(" ")
        en, nl, da = names.split("|")
        table[code] = (en, nl, da)
    return MappingProxyType(table)


@cache
def _country_names() -> Mapping[str, str]:
    """Countries by what they are called, lower case, without an article."""
    more = {"usa": "US", "us": "US", "uk": "GB", "america": "US", "amerika": "US", "england": "GB",
            "engeland": "GB", "great britain": "GB", "holland": "NL", "scotland": "GB"}  # fmt: skip
    names = {_bare_country(name): code for code, names in _countries().items() for name in names}
    return MappingProxyType({**names, **more})


def _bare_country(name: str) -> str:
    low = name.lower().replace(".", "").partition(" (")[0]
    return re.sub(r"^(?:the|de|het|den|det) ", "", low)


@cache
def _towns() -> Mapping[str, tuple[str, ...]]:
    """Codes of the countries that have a town of a name, that of the largest first."""
    table: dict[str, list[str]] = {}
    for line in lexicon.data_lines("place_countries.txt"):
        code, _, names = line.partition(" ")
        for name in names.split("|"):
            found = table.setdefault(name.rstrip("~").lower(), [])
            found.insert(len(found) if name.endswith("~") else 0, code)
    return MappingProxyType({name: tuple(codes) for name, codes in table.items()})


def country_of(place: str, language: str) -> str:
    """The code of the country in which a town lies; of two, that where the language is spoken."""
    low = place.lower().strip()
    codes = _towns().get(low) or _towns().get(lexicon.without_genitive(low)) or ()
    home = next((code for code in codes if code in _HOME.get(language, ())), "")
    return home or (codes[0] if codes else "")


def _place(string: str, level: PlaceLevel, language: str) -> str:
    if _bare_country(string) in _country_names():
        return string if level == "country" else f"[{_said(_COUNTRY, language)}]"
    for shape, words in _AREAS:
        if shape.search(string.strip()) and not country_of(string, language):
            return f"[{_said(words, language)}]"
    code = country_of(string, language)
    if not code:
        return _kind("place", language)
    town = _said(_TOWN, language)
    if level == "type":
        return f"[{town}]"
    if code not in _countries():
        return f"[{town} {_said(_ABROAD, language)}]"
    country = _said(_countries()[code], language).partition(" (")[0]
    return f"[{town} {_said(_IN, language)} {country}]"


# ----------------------------------------------------------------------------------- organisations

# The first that fits; the more telling first: "job centre" before "centre".
_SECTORS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    (r"job ?cent(?:er|re)|jobcenter|werkplein|uwv|a-kasse|employment|workforce|arbejdsformidling",
     ("an employment office", "een arbeidsbureau", "et jobcenter")),
    (r"taal\w*|language|sprog\w*|nt2|inburgering\w*|literacy",
     ("a language school", "een taalschool", "en sprogskole")),
    (r"universit\w*|hogeschool|hbo|college|academ\w*|gymnasi\w*|professionshøjskole",
     ("a college", "een hogeschool", "en uddannelsesinstitution")),
    (r"school\w*|\w*school|skole\w*|\w*skolen?|lyceum|\w*college|kindergarten|roc|vmbo|mbo",
     ("a school", "een school", "en skole")),
    (r"kinderopvang|crèche|børnehave\w*|vuggestue|day ?care|nursery|preschool|head start",
     ("a day care centre", "een kinderopvang", "en daginstitution")),
    (r"hospital\w*|\w*ziekenhuis|umc|sygehus\w*|medical center|infirmary",
     ("a hospital", "een ziekenhuis", "et hospital")),
    (r"clinic\w*|kliniek\w*|klinik\w*|health\w*|ggz|ggd|huisarts\w*|lægehus\w*|dental|pharmacy|"
     r"apotheek|apotek\w*|therap\w*|psychiat\w*",
     ("a health service", "een zorginstelling", "en sundhedstjeneste")),
    (r"nursing home|verpleeg\w*|verzorgings\w*|zorg\w*|thuiszorg\w*|plejehjem\w*|plejecenter|"
     r"hjemmepleje\w*|care",
     ("a care provider", "een zorgaanbieder", "et plejetilbud")),
    (r"gemeente\w*|stadskantoor|kommune\w*|\w*kommune|rådhus\w*|borgerservice|city of|town of|"
     r"county|council|municipal\w*|department|dept|ministry|ministerie|ministeriet|bureau|agency|"
     r"office of|dienst\w*|styrelse\w*|ind|coa|duo|svb",
     ("a public office", "een overheidsdienst", "en offentlig myndighed")),
    (r"court|rechtbank|gerechtshof|byret\w*|landsret\w*|\bret\b|tribunal|parole|probation|reclassering|"
     r"prison|jail|gevangenis|fængsel\w*|police|politie|politi\w*|sheriff",
     ("the justice system", "justitie", "retsvæsenet")),
    (r"church|kerk|\w*kerk|kirke\w*|\w*kirken?|mosque|moskee|moské\w*|temple|synagog\w*|parish|"
     r"parochie|sogn\w*|tabernacle|chapel|ministries|leger des heils|salvation army|diaconie",
     ("a religious community", "een geloofsgemeenschap", "et trossamfund")),
    (r"woning\w*|housing|boligforening\w*|bolig\w*|wonen|shelter|opvang\w*|asiel\w*|azc|asyl\w*|"
     r"herberg\w*|hostel",
     ("a housing organisation", "een woonorganisatie", "en boligorganisation")),
    (r"union|vakbond|fnv|cnv|fagforening\w*|\b3f\b|hk\b|foa\b",
     ("a trade union", "een vakbond", "en fagforening")),
    (r"bank|credit union|insurance|verzeker\w*|forsikring\w*|pension\w*|sparekasse\w*",
     ("a financial company", "een financieel bedrijf", "en finansiel virksomhed")),
    (r"stichting|foundation|vereniging|association|society|forening\w*|fonden?|network|netwerk|"
     r"netværk\w*|vluchtelingenwerk|røde kors|red cross|rode kruis|ymca|ywca|club|klub\w*|"
     r"pantry|food bank|voedselbank|coalition|project|alliance|services|community|charit\w*",
     ("a voluntary organisation", "een stichting of vereniging", "en forening")),
    (r"supermar\w*|store|shop|winkel|butik\w*|market|markt|bakery|bakker\w*|bager\w*|café|cafe|"
     r"restaurant|hotel\w*|diner|grill|pizz\w*|kiosk|foods?|mart",
     ("a shop or restaurant", "een winkel of restaurant", "en butik eller restaurant")),
    (r"b\.?v\.?|n\.?v\.?|v\.?o\.?f\.?|a/s|aps|i/s|inc\.?|llc|ltd\.?|corp\.?|co\.|company|group|groep|"
     r"gruppen?|bedrijf|firma\w*|uitzend\w*|vikar\w*|staffing|logisti\w*|transport|bouw\w*|byg\w*|"
     r"marine|industr\w*|manufactur\w*|plant|works|fabriek\w*|fabrik\w*|schoonmaak\w*|rengøring\w*|"
     r"cleaning|consult\w*|advies|rådgivning|associates|partners",
     ("a company", "een bedrijf", "en virksomhed")),
    (r"cent(?:er|re|rum)|\w*centret|\w*center|\w*huis|hus\w*|house|institut\w*",
     ("a centre", "een centrum", "et center")),
)  # fmt: skip


@cache
def _sectors() -> tuple[tuple[re.Pattern[str], tuple[str, str, str]], ...]:
    return tuple(
        (re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), said) for words, said in _SECTORS
    )


def _organisation(string: str, language: str) -> str:
    for shape, said in _sectors():
        if shape.search(string):
            return f"[{_said(said, language)}]"
    return _kind("organisation", language)
