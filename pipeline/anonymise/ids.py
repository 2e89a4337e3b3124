"""Numbers and codes that stand for one person, case, account or car."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.anonymise import Context
from pipeline.anonymise.tokens import numbered_lines
from pipeline.records import Span, Tier

_EDGE = r"(?<![\w/-])(?<!\d[.,])"
_END = r"(?![\w/-]|[.,]\d)"
# Shapes that are an id whatever their digits; a checksum could only make them surer.
_SHAPES = tuple(
    re.compile(_EDGE + shape + _END)
    for shape in (
        r"[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?",  # IBAN
        r"[a-z]{2}\d{2}[a-z]{0,4}\d{8,24}",  # IBAN in small letters
        r"(?:\d{4}[ -]){3}\d{1,7}",  # card
        r"3[47]\d{2}[ -]\d{6}[ -]\d{5}",  # card of 15
        r"\d{3}(?P<ssn>[-. ])\d{2}(?P=ssn)\d{4}",  # SSN
        r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[ ]?[-–][ ]?\d{4}",  # CPR
        r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2} \d{4}",  # CPR with a space
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",  # UK national insurance
        r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]",  # the same with the letters of an example
        r"[A-Z]{2}\d{2} [A-Z]{3}",  # uk plate
        r"(?:19|20)\d\d/\d{1,2}-\d{3,6}",  # 2013/09-0562
        r"[A-Z]\d{3}-\d{3}-\d{3}",  # alien number
        r"(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{1,3}-[A-Z0-9]{2,3}-[A-Z0-9]{1,3}",  # nl plate
        r"[A-Z]{2} \d{2} \d{3}",  # da plate
        r"(?:\d{1,3}\.){3}\d{1,3}",  # IP address
        r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}",
        r"(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}",  # IPv6
        r"[A-Z]{1,6}[-/ ]?\d{2,4}[-/]\d{2,6}(?:[-/][A-Z0-9]{1,6})?",  # DH-14-2207
        r"\d{2,6}[-/][A-Z]{1,4}[-/]\d{2,6}",  # 4471-RD-0932
        r"[A-Z]{1,6}[-/]\d{3,}",
        r"[A-Z]{1,3}\d{5,}[A-Z]?",  # passport, licence
        r"\d{4,}-?[A-Z]{1,3}\d*",
        r"\d{1,6}/\d{2,4}/\d{2,6}",
        r"\d{2}[.-]\d{2}[.-]\d{2}[.-]\d{3,}",
        r"[1-9]\d{2,3}[. ]\d{2}[. ]\d{2,3}(?:[. ]\d)?",  # BSN in groups
    )
)
_YEAR_CASE = re.compile(_EDGE + r"(?:19|20)\d\d[-/](\d{3,6})" + _END)
_DIGITS = re.compile(_EDGE + r"\d(?:\d{6,18})" + _END)
_CODE = re.compile(_EDGE + r"(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Z0-9]{6,20}" + _END)
_CUE = re.compile(
    r"\b(?:case|file|client|claim|account|member(?:ship)?|passport|licen[cs]e|registration|"
    r"reference|"
    r"ref|docket|badge|permit|policy|patient|student|employee|invoice|order|ticket|id|ssn|"
    r"social security|zaak|dossier|kenmerk|cliënt|klant|lid|rekening|paspoort|polis|patiënt|"
    r"kenteken|bsn|burgerservice|sofi|v|sag|sags|journal|j\.|borger|konto|pas|cpr|personnummer|"
    r"person|nummerplade|medlems|kunde)[ -]?(?:number|nummer|nr|no|num|id|plate)?s?\.?"
    r"(?:\s(?:is|was|er|var|en|nummer|number|nr|no)\b\.?)?[\s:#]{1,3}"
    r"((?=[A-Za-z0-9/.-]*\d)[A-Za-z0-9][A-Za-z0-9/.-]*[A-Za-z0-9](?:[ -]\d{2,6}){0,4})" + _END,
    re.IGNORECASE,
)
# The same in text without capitals; only those that no ordinary word could be.
_SMALL = re.compile(
    _EDGE
    + r"(?:[a-z]{1,4}-\d{4,}|[a-z]{1,6}[-/]?\d{2,4}[-/]\d{2,6}|\d{2,6}[-/][a-z]{1,4}[-/]\d{2,6}|"
    r"(?:\d\d|\d{4})-\d{5,6})" + _END
)
_FIVE = re.compile(_EDGE + r"(?!\d*00\b)\d{5,6}" + _END)
_ROAD = re.compile(_EDGE + r"[A-Z]{1,3}\d{2,4}[A-Z]?" + _END)
_IBAN = re.compile(_EDGE + r"[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,4})?" + _END, re.I)
_IBAN_CUE = re.compile(r"(?:iban|rekening\w*|konto\w*|account)\W+(?:\w+\W+){0,2}$", re.I)
_PLATE_CUE = re.compile(
    r"\b(?:(?:licen[cs]e |number )?plates?|kenteken\w*|nummerplade\w*|registreringsnummer\w*)"
    r"(?:\s(?:is|was|were|said|number|er|var|met|med|de|nummer|en))*[\s:,]{1,3}"
    r"(?P<code>(?=[\w -]*\d)[A-Za-z0-9]{1,7}(?:[ -][A-Za-z0-9]{1,5}){0,3})" + _END,
    re.I,
)
_HASH = re.compile(r"(?<!\w)#\d{4,}\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ROUND = re.compile(r"\d+0000")


def find_ids(text: str, context: Context) -> list[Span]:
    """`id`: auto where a shape, a cue or a checksum says so, review for other long numbers."""
    return [
        Span(start=start, end=end, kind="id", tier=tier, recogniser="ids")
        for start, end, tier in _found(text)
    ]


def _found(text: str) -> Iterator[tuple[int, int, Tier]]:
    # A code may stand on the line after its cue, so these two read over the ends of lines.
    for match in _CUE.finditer(text):
        code = match.group(1)
        if sum(char.isdigit() for char in code) >= 3 and not _YEAR.fullmatch(code):
            yield match.start(1), match.end(1), "auto"
    for match in _PLATE_CUE.finditer(text):
        end = _plate_end(match["code"])
        if end:
            yield match.start("code"), match.start("code") + end, "auto"
    for first, last in numbered_lines(text):
        yield from _on_line(text, first, last)


def _on_line(text: str, first: int, last: int) -> Iterator[tuple[int, int, Tier]]:
    """What the shape alone says, in one line that has a digit."""
    for pattern in (*_SHAPES, _HASH, _SMALL):
        for match in pattern.finditer(text, first, last):
            yield match.start(), match.end(), "auto"
    for match in _YEAR_CASE.finditer(text, first, last):
        if not _YEAR.fullmatch(match.group(1)):
            yield match.start(), match.end(), "auto"
    for match in _IBAN.finditer(text, first, last):
        cue = _IBAN_CUE.search(text, max(0, match.start() - 40), match.start())
        if _is_iban(match.group()):
            yield match.start(), match.end(), "auto"
        elif cue and sum(char.isdigit() for char in match.group()) > 8:
            yield match.start(), match.end(), "review"
    for match in _DIGITS.finditer(text, first, last):
        tier = _digits_tier(match.group())
        if tier:
            yield match.start(), match.end(), tier
    for pattern in (_FIVE, _ROAD, _CODE):
        for match in pattern.finditer(text, first, last):
            yield match.start(), match.end(), "review"


_PLATES = {
    # Dutch side codes, Danish and British plates; those of the USA say nothing by their shape.
    "nl": re.compile(
        r"[A-Z]{2}\d{4}|\d{4}[A-Z]{2}|\d{2}[A-Z]{2}\d{2}|[A-Z]{2}\d{2}[A-Z]{2}|[A-Z]{4}\d{2}|"
        r"\d{2}[A-Z]{4}|\d{2}[A-Z]{3}\d|\d[A-Z]{3}\d{2}|[A-Z]{2}\d{3}[A-Z]|[A-Z]\d{3}[A-Z]{2}|"
        r"[A-Z]{3}\d{2}[A-Z]|[A-Z]\d{2}[A-Z]{3}|\d[A-Z]{2}\d{3}|\d{3}[A-Z]{2}\d"
    ),
    "da": re.compile(r"[A-Z]{2}\d{5}"),
    "en": re.compile(r"[A-Z]{2}\d{2}[A-Z]{3}"),
}


def _is_iban(written: str) -> bool:
    from stdnum import iban

    return bool(iban.is_valid(written))


def _plate_end(written: str) -> int:
    """How much of what follows "plate" is one: "ab12 cde was" is without its last word."""
    ends = [len(written), *(m.start() for m in reversed(list(re.finditer(r"[ -]", written))))]
    for end in ends:
        code = re.sub(r"[ -]", "", written[:end]).upper()
        if any(shape.fullmatch(code) for shape in _PLATES.values()):
            return end
    first = re.match(r"(?=\w*\d)[A-Za-z0-9]{5,8}|[A-Za-z]{2,3}[ -]\d{3,4}\b", written)
    return first.end() if first else 0


def is_plate(code: str, language: str) -> bool:
    """Whether capitals and digits, without blanks, have the shape of a licence plate."""
    shape = _PLATES.get(language, _PLATES["en"])
    return shape.fullmatch(code) is not None


def _digits_tier(digits: str) -> Tier | None:
    """Nine digits or more are no count; fewer are sure with a checksum. None: a telephone."""
    if any(valid(digits) for valid in _validators()):
        return "auto"
    if digits.startswith("0") and len(digits) < 12:
        return None
    return "auto" if len(digits) >= 9 and not _ROUND.fullmatch(digits) else "review"


def _validators() -> tuple[Callable[[str], bool], ...]:
    from stdnum import luhn
    from stdnum.dk import cpr
    from stdnum.nl import bsn

    return (
        lambda digits: len(digits) in (8, 9) and bool(bsn.is_valid(digits)),
        lambda digits: len(digits) == 10 and bool(cpr.is_valid(digits)),
        lambda digits: len(digits) >= 13 and bool(luhn.is_valid(digits)),
    )
