"""Telephone numbers, as people write them: valid ones, and invented ones of the same shape."""

from __future__ import annotations

import re

from pipeline.anonymise import Context
from pipeline.records import Span, Tier

_CANDIDATE = re.compile(
    r"(?<![\w/€$£])(?<!\d[-.,])(?:\+|\(\+?|00)?\(?\d(?:[ \u00a0]?[().\-–/]{0,2}[ \u00a0]?\d){5,16}"
    r"(?:\s?(?:x|ext\.?|toestel|lokal)\s?\d{1,6})?(?![\w€$£%]|[.,]\d)"
)
_CUE = re.compile(
    r"(?:phone|call|cell|mobile|number|dial|text|fax|whatsapp|tel|telefoon|bel|belde|bellen|mobiel|"
    r"nummer|nr|bereikbaar|tlf|telefon|mobil|ring|ringe|nummeret)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?:\+|00)\s?\(?\d.{6,}",  # international
        r"\(?0\d{1,4}\)?[ \u00a0\-–./]?\d[\d \u00a0\-–./]{4,}",  # trunk zero: nl, gb, de, be
        r"(?:1[ .\-–])?\(?\d{3}\)?[ \u00a0.\-–]{1,2}\d{3}[ \u00a0.\-–]\d{4}",  # us
        r"\d{3}[.\-–]\d{4}",  # us, without area
        r"\d\d[ \u00a0.\-–]\d\d[ \u00a0.\-–]\d\d[ \u00a0.\-–]\d\d",  # da
        r"\(?\d{2,3}\)? \d{3}[ -]\d{3,4}",  # pl, es, hu and others
        r"\d{2} \d{3} \d{3} \d{3,4}",
        r"[2-9]\d{2} \d{4}",
        r"(?:[2-9]\d{3}) (?:\d{4})",  # da, in two groups
        r"1[ .\-–]\d{3}[ .\-–]\d{3}[ .\-–]\d{4}",
    )
)
_DATE = re.compile(r"\d{1,2}[-./ ]\d{1,2}[-./ ](?:\d{4}|\d{2})|\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}")
_DATED = re.compile(r"\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d(?!\d)")
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-–/ ]\s?(?:19|20)\d\d")
_CASE = re.compile(r"(?:19|20)\d\d[-/]\d{3,6}")  # 2016-0482, a file number
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[ .\u00a0]\d{3})+")
_REGIONS = {"nl": ("NL", "BE"), "da": ("DK",), "en": ("US", "GB"), "de": ("DE", "AT")}


def find_phones(text: str, context: Context) -> list[Span]:
    """Numbers of 6 to 15 digits that look like telephone numbers. `contact`; doubtful: `review`."""
    spans = []
    for match in _CANDIDATE.finditer(text):
        tier = _tier(text, match, context.language)
        if tier:
            start, end = match.span()
            spans.append(Span(start=start, end=end, kind="contact", tier=tier, recogniser="phones"))
    return spans


def _tier(text: str, match: re.Match[str], language: str) -> Tier | None:
    written = match.group()
    number = re.split(r"[xetl]", written, maxsplit=1)[0].strip()
    n_digits = sum(char.isdigit() for char in number)
    if n_digits > 15 or _DATE.fullmatch(number) or _DATED.match(number) or _counts_up(number):
        return None
    if _THOUSANDS.fullmatch(number) and (number.endswith("000") or n_digits < 7):
        return None
    cue = _CUE.search(text, max(0, match.start() - 50), match.start()) is not None
    if (_YEARS.fullmatch(number) or _CASE.fullmatch(number)) and not cue:
        return None
    if written != number or cue and n_digits >= 6:
        return "auto"
    if n_digits >= 7 and any(shape.fullmatch(number) for shape in _SHAPES):
        return "auto"
    if n_digits >= 8 and valid(number, language):
        return "auto"
    return None


def _counts_up(number: str) -> bool:
    """Whether it is a row: "82 83 84 85", as line numbers stand in a text."""
    groups = [int(group) for group in re.findall(r"\d+", number)]
    return len(groups) > 2 and all(b - a == 1 for a, b in zip(groups, groups[1:], strict=False))


def valid(number: str, language: str) -> bool:
    """Whether the number exists in a country where the language is spoken."""
    import phonenumbers

    for region in _REGIONS.get(language, ("NL", "DK", "US")):
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return True
    return False
