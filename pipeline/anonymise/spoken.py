"""Numbers, dates, ages and addresses said aloud: "oh six twelve", "jan at gmail dot com".

`speech.normalise` writes them as they would be written; what is found there is taken back to the
characters of the source. Strings dictated part by part are judged here, by length and checksum;
all other numbers by the recognisers of written ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.anonymise import Context
from pipeline.anonymise.addresses import find_addresses
from pipeline.anonymise.ages import find_ages
from pipeline.anonymise.dates import find_dates
from pipeline.anonymise.ids import find_ids, is_plate
from pipeline.anonymise.number_words import LANGUAGES
from pipeline.anonymise.phones import valid
from pipeline.anonymise.speech import Piece, Speech, normalise
from pipeline.records import Kind, Span, Tier

_BEFORE, _BEHIND = 70, 50  # characters round a number that can say what it is
_NEAR = 70  # characters before a dictated string in which a word may say what it is

_PHONE = re.compile(
    r"(?<!\w)(?:phone|telephone|call|calls|called|cell|cellphone|mobile|dial|text|fax|whatsapp|"
    r"extension|voicemail|landline|ring|reach|tel|telefoon\w*|bel|bellen|belt|belde|gebeld|"
    r"mobiel\w*|"
    r"06-nummer|bereikbaar|doorkiesnummer|toestel|nummertje|app|appen|sms|tlf|telefon\w*|mobil\w*|"
    r"ringe|ringer|ringede|lokalnummer|lokal|fastnet\w*|træffes)(?!\w)",
    re.I,
)
_ID = re.compile(
    r"(?<!\w)(?:case|file|client|claim|account|member\w*|passport|licen[cs]e|registration|"
    r"reference|ref|"
    r"docket|badge|permit|policy|patient|student|employee|invoice|order|ticket|id|ssn|social "
    r"security|"
    r"insurance|national insurance|pin|pincode|code|card|credit card|debit card|iban|bank|sort "
    r"code|"
    r"plate|plates|v-number|a-number|zaak\w*|dossier\w*|kenmerk|cliënt\w*|klant\w*|lidmaatschap\w*|"
    r"rekening\w*|paspoort\w*|polis\w*|patiënt\w*|kenteken\w*|bsn|burgerservice\w*|sofi\w*|"
    r"v-nummer|"
    r"pas|pasje|pasnummer|kaart\w*|bankrekening\w*|sag|sags\w*|journal\w*|borger\w*|konto\w*|"
    r"cpr\w*|"
    r"personnummer\w*|nummerplade\w*|medlems\w*|kunde\w*|kort\w*|registrerings\w*|reg)(?!\w)",
    re.I,
)
_POST = re.compile(
    r"(?<!\w)(?:zip\w*|post ?code|postal code|postnummer|postnr|woonplaats)(?!\w)", re.I
)
_BORN = re.compile(
    r"(?<!\w)(?:born|birth\w*|dob|geboren|geboorte\w*|verjaar\w*|jarig|født|fødsels\w*|"
    r"fødte?)(?!\w)",
    re.I,
)
_NUMBER_CUE = re.compile(r"(?<!\w)(?:numbers?|[^\W\d_]{0,20}nummer(?:et|tje|s)?|nr|no)(?!\w)", re.I)
_YEAR_CUE = re.compile(
    r"(?<!\w)(?:in|since|by|until|from|of|sinds|uit|tot|vanaf|siden|fra|i|til|year|jaar|år|året|"
    r"around|"
    r"rond|omkring|before|after|voor|na|før|efter)[^\S\n](?:de[^\S\n]|het[^\S\n]|året[^\S\n]|"
    r"the[^\S\n]year[^\S\n])?$",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def find_spoken(text: str, context: Context) -> list[Span]:
    """`contact`, `id` and `date` said in words; auto where a cue, a checksum or a shape says so."""
    own = context.language if context.language in LANGUAGES else "en"
    spans: list[Span] = []
    for language in dict.fromkeys((own, *(one for one in context.languages if one in LANGUAGES))):
        speech = normalise(text, language)
        spans += _of(text, speech, replace(context, language=language))
    return sorted(set(spans))


def _of(text: str, speech: Speech, context: Context) -> Iterator[Span]:
    changed = list(speech.changed())
    unsaid: list[Piece] = []  # dictated, but as it seems no number of anybody
    for piece in changed:
        if piece.made == "dictated":
            judged = _judge(speech, piece, context.language)
            if judged is not None:
                kind, tier = judged
                yield _span(piece.source_start, piece.source_end, kind, tier)
            else:
                unsaid.append(piece)
        elif piece.made == "address":
            yield _span(piece.source_start, piece.source_end, "contact", "auto")
    numbers = [piece for piece in changed if piece.made == "number" or piece in unsaid]
    for start, end, inside in _windows(speech.text, numbers):
        window = speech.text[start:end]
        for find in _WRITTEN:
            for span in find(window, context):
                begin, stop = span.start + start, span.end + start
                touched = [p for p in inside if p.start < stop and begin < p.end]
                if not touched or not _holds(speech, span, begin, stop, touched):
                    continue
                source_start, source_end = speech.source(begin, stop)
                if span.recogniser == "dates" and touched[0].start == begin:
                    source_start = _with_article(text, source_start)
                yield _span(source_start, source_end, span.kind, span.tier)


_ARTICLE = re.compile(r"(?<!\w)(?:the|de|den)[^\S\n]$", re.I)


def _with_article(text: str, start: int) -> int:
    """The start of "the third of May" with its article."""
    article = _ARTICLE.search(text, max(0, start - 5), start)
    return article.start() if article else start


_WRITTEN: tuple[Callable[[str, Context], list[Span]], ...] = (
    find_dates,
    find_ages,
    find_addresses,
    find_ids,
)


def _span(start: int, end: int, kind: Kind, tier: Tier) -> Span:
    return Span(start=start, end=end, kind=kind, tier=tier, recogniser="spoken")


def _windows(text: str, pieces: Sequence[Piece]) -> Iterator[tuple[int, int, list[Piece]]]:
    """Stretches of one line round numbers that were said; near ones together."""
    held: list[Piece] = []
    start = end = 0
    for piece in pieces:
        line = text.rfind("\n", 0, piece.start) + 1
        stop = text.find("\n", piece.end)
        stop = len(text) if stop < 0 else stop
        first = max(line, piece.start - _BEFORE)
        while first > line and text[first - 1].isalnum():
            first -= 1
        last = min(stop, piece.end + _BEHIND)
        while last < stop and text[last].isalnum():
            last += 1
        if held and first <= end and line <= start:
            end = max(end, last)
            held.append(piece)
            continue
        if held:
            yield start, end, held
        held, start, end = [piece], first, last
    if held:
        yield start, end, held


def _holds(speech: Speech, span: Span, start: int, end: int, touched: Sequence[Piece]) -> bool:
    """Whether what a written number would be is so in speech too."""
    written = speech.text[start:end]
    if span.recogniser == "dates" and len(written) == 4 and _YEAR.fullmatch(written):
        return _is_year(speech, start, end)
    if span.recogniser == "ids":
        # "three hundred and fifty thousand" is no number of a file unless something says so
        return span.tier == "auto" and any(
            cue.end() <= start for cue in _ID.finditer(speech.text, max(0, start - 40), start)
        )
    return not (span.recogniser == "addresses" and written.isdigit() and span.tier == "review")


def _is_year(speech: Speech, start: int, end: int) -> bool:
    """A number said is a year if it can hardly be a count, or a word before it says so.

    "twenty thirty people", "two thousand clients" are counts.
    """
    year = int(speech.text[start:end])
    cue = _YEAR_CUE.search(speech.text, max(0, start - 20), start) is not None
    if year < 1900 or year % 100 == 0 or 2030 <= year:
        return cue
    return cue or not (year > 2020 and year % 5 == 0)


def _judge(speech: Speech, piece: Piece, language: str) -> tuple[Kind, Tier] | None:
    """What a dictated string is; None: it counts something, or says nothing."""
    written = speech.text[piece.start : piece.end]
    line = speech.text.rfind("\n", 0, piece.start) + 1
    before = speech.text[max(line, piece.start - _NEAR) : piece.start]
    cue = _cue(before)
    compact = re.sub(r"[^0-9A-Z]", "", written)
    if not compact.isdigit():
        return _code(compact, cue, language)
    if cue == "born":
        return ("date", "auto") if 3 <= len(compact) <= 8 else None
    if cue == "post":
        return "contact", "auto"
    values = [value for value in piece.values if value.isdigit()]
    if len(values) < 3 and not cue and not any(len(value) > 2 for value in values):
        return None
    sure = len(compact) >= 6 if cue else values[0][0] == "0" and len(compact) >= 8
    if _is_counting(values) and not sure:
        return None
    return _number(written, compact, values, cue, language, paused=piece.paused)


def _cue(before: str) -> str:
    """What the nearest word before says: phone, id, post, born, number, or nothing."""
    nearest, found = -1, ""
    for name, pattern in (
        ("number", _NUMBER_CUE),
        ("phone", _PHONE),
        ("id", _ID),
        ("post", _POST),
        ("born", _BORN),
    ):
        for match in pattern.finditer(before):
            if match.start() >= nearest and not (name == "number" and found):
                nearest, found = match.start(), name
    return found


def _is_counting(values: Sequence[str]) -> bool:
    """A row and no number: "one two three", "ten, twenty, thirty", "two two two"."""
    numbers = [int(value) for value in values]
    steps = {after - before for before, after in zip(numbers, numbers[1:], strict=False)}
    if len(steps) == 1 and (steps & {0, 1, -1, 2, 5, 10, 100, -10, -5}):
        return True
    if all(value >= 100 for value in numbers) or all(n >= 10 and n % 5 == 0 for n in numbers):
        return True
    # "four, five, six, seven, eight, ten": each greater than the one before
    return len(steps) > 1 and min(steps) > 0 and len(numbers) < 7


def _number(
    written: str, digits: str, values: Sequence[str], cue: str, language: str, *, paused: bool
) -> tuple[Kind, Tier] | None:
    n = len(digits)
    phone = _looks_like_phone(written, digits, language)
    if n >= 13:
        return ("contact", "auto") if cue == "phone" and n < 16 else ("id", "auto")
    if cue == "id" and n >= 4:
        return "id", "auto"
    if cue == "phone" and n >= 4:
        return "contact", "auto"
    if n >= 7:
        if language == "da" and n == 10 and _is_day(digits[:4]):
            return "id", "auto"
        if phone:
            return "contact", "review" if paused and _are_counts(values) and not cue else "auto"
        if n in (8, 9) and _is_bsn(digits) and language == "nl":
            return "id", "auto"
        return "id", "auto" if n >= 9 or cue else "review"
    if cue == "number" and n >= 4 and len(values) >= 3:
        return "id", "auto"
    single = sum(len(value) == 1 for value in values)
    return ("id", "review") if n >= 4 and single >= 4 else None


def _are_counts(values: Sequence[str]) -> bool:
    """Whether all parts could be counts of something: no zero, no single digit."""
    return all(len(value) > 1 and value[0] != "0" for value in values)


def _looks_like_phone(written: str, digits: str, language: str) -> bool:
    if written.startswith("+") or digits.startswith("00"):
        return True
    if digits.startswith("0"):
        return 9 <= len(digits) <= 11
    if language == "en":
        return len(digits) in (7, 10) or (len(digits) == 11 and digits[0] == "1")
    if language == "da":
        return len(digits) == 8
    return valid(digits, language)


def _is_day(digits: str) -> bool:
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:]) <= 12


def _is_bsn(digits: str) -> bool:
    from stdnum.nl import bsn

    return bool(bsn.is_valid(digits))


def _code(code: str, cue: str, language: str) -> tuple[Kind, Tier] | None:
    """Letters and digits: an account, a postcode, a plate, or some number with letters."""
    n_digits = sum(char.isdigit() for char in code)
    if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", code):
        return "id", "auto"
    if re.fullmatch(r"\d{4}[A-Z]{2}", code) and (language == "nl" or cue == "post"):
        return ("id", "auto") if cue == "id" else ("contact", "auto")
    if re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", code):
        return ("id", "auto") if cue == "id" else ("contact", "auto")
    if is_plate(code, language):
        return "id", "auto"
    if cue in ("id", "number", "phone") and n_digits >= 2 and len(code) >= 4:
        return "id", "auto"
    if n_digits >= 3 and len(code) >= 5:
        return "id", "review"
    return None
