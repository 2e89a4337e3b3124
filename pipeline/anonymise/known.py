"""Names known beforehand: speaker labels, participants.csv, strings that people added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick

from pipeline.anonymise import Context, Known, lexicon
from pipeline.anonymise.titles import ALL as TITLES
from pipeline.anonymise.tokens import PARTICLES, read
from pipeline.records import Kind, Span, Tier

_LABEL = re.compile(
    r"(?:[a-z]{0,3}[-_. ]?\d{1,4}|[a-z]|(?:int|interviewer|interviewee|respondent|resp|speaker|"
    r"participant|moderator|onbekend|unknown|spreker|deelnemer|geïnterviewde|taler|deltager|person|"
    r"voice|male|female|researcher|onderzoeker|forsker|narrator|host|guest|transcriber|note|all|both)"
    r"s?[-_. #]*(?:\d{1,4}|[a-z])?)\.?",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")
_LETTER = re.compile(r"\w")
_FEWEST = 3  # letters in a part of a name that is looked for by itself


@dataclass(frozen=True, slots=True)
class Form:
    """A string to look for, and how it must be written to count."""

    text: str
    kind: Kind
    any_case: bool  # else only with the capitals of `text`, or all in capitals
    doubt: bool = False  # an ordinary word: in small letters only for review


def is_label(form: str) -> bool:
    """Whether a speaker label names a role or a number rather than a person."""
    return not form.strip() or _LABEL.fullmatch(form.strip()) is not None


def parts(form: str) -> tuple[str, ...]:
    """The words of a person's name that can stand alone: no titles, particles, initials."""
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", form)
    return tuple(
        word for word in _untitled(words, form) if len(word) > 1 and word.lower() not in PARTICLES
    )


def surname(form: str) -> str:
    """The family name with its particles, "van der Berg" of "Jan van der Berg"; empty: one word."""
    words = _untitled(form.split(), form)
    for i, word in enumerate(words):
        if i and (word.lower() in PARTICLES or i == len(words) - 1):
            return " ".join(words[i:])
    return ""


def _untitled(words: Sequence[str], form: str) -> list[str]:
    """Without the titles before a name: "Mr King" is King, and Henk Prins is no prince.

    Where the family name comes first ("Jansen, mevrouw") a title may stand last.
    """
    if "," in form:
        return [word for word in words if not _is_title(word)]
    if not words:
        return []
    first = next((i for i, word in enumerate(words) if not _is_title(word)), len(words) - 1)
    left = list(words[first:])
    return [] if len(words) == 1 and first == 0 and _is_title(words[0]) else left


def _is_title(word: str) -> bool:
    return word.lower().strip(".") in TITLES


def forms_of(known: Known, languages: tuple[str, ...]) -> Iterator[Form]:
    """Everything to look for because it is known."""
    for person in known.persons:
        for form in person:
            if not is_label(form):
                yield from _person_forms(form.strip(), languages)
    for kind, values in (("place", known.places), ("organisation", known.organisations)):
        for value in values:
            yield from _value(value.strip(), kind, languages)  # type: ignore[arg-type]
    for value in known.others:
        yield from _value(value.strip(), "name", languages)


def _person_forms(form: str, languages: tuple[str, ...]) -> Iterator[Form]:
    yield Form(form, "person", any_case=" " in form or not _ordinary(form, languages))
    if "," in form:  # "Jansen, Anneke"
        last, _, first = form.partition(",")
        yield Form(f"{first.strip()} {last.strip()}", "person", any_case=True)
    for part in {*parts(form), surname(form)} - {form, ""}:
        word = _ordinary(part, languages)
        if " " in part or len(part) >= _FEWEST:
            yield Form(part, "person", any_case=not word, doubt=word)
        elif part[0].isupper():
            yield Form(part, "person", any_case=False)


def _value(value: str, kind: Kind, languages: tuple[str, ...]) -> Iterator[Form]:
    if len(value) < 2 or (value.isdigit() and len(value) < 4) or is_label(value):
        return
    if any(char.isdigit() for char in value) and kind == "name":
        yield Form(value, "id", any_case=True)
        return
    words = re.findall(r"[^\W\d_]+", value)
    ordinary = all(lexicon.is_word_anywhere(word.lower(), languages) for word in words)
    if kind == "name" and (ordinary or not words):
        return
    yield Form(value, kind, any_case=not ordinary)


def _ordinary(word: str, languages: tuple[str, ...]) -> bool:
    return lexicon.is_word_anywhere(word.lower(), languages)


@lru_cache(maxsize=8)
def _automaton(context: Context) -> tuple[ahocorasick.Automaton, int] | None:
    """All forms in lower case, each with the ways in which it may be written."""
    languages = context.all_languages
    found: dict[str, list[Form]] = {}
    forms = list(forms_of(context.known, languages))
    for kind, text in context.added:
        if kind == "person":
            forms += _person_forms(text.strip(), languages)
        elif text.strip():
            forms.append(Form(text.strip(), kind, any_case=not _ordinary(text.strip(), languages)))
    for form in forms:
        found.setdefault(lowered(form.text), []).append(form)
    if not found:
        return None
    automaton = ahocorasick.Automaton()
    for key, values in found.items():
        automaton.add_word(key, (len(key), tuple(values)))
    automaton.make_automaton()
    return automaton, len(found)


def lowered(text: str) -> str:
    """Lower case with every character in its place (some letters grow when lowered)."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def find_known(text: str, context: Context) -> list[Span]:
    """Known names wherever they stand as words, whole or in part, with a possessive or without."""
    built = _automaton(context)
    if built is None:
        return []
    small = read(text).mode == "lower"
    spans = []
    for last, (length, forms) in built[0].iter(lowered(text)):
        start, end = last + 1 - length, last + 1
        if bounded(text, start, end):
            for form in forms:
                tier = _tier(text[start:end], form, small)
                if tier:
                    spans.append(
                        Span(start=start, end=end, kind=form.kind, tier=tier, recogniser="known")
                    )
    return spans


def bounded(text: str, start: int, end: int) -> bool:
    """Whether `start:end` begins and ends where words do. A genitive s belongs to the word."""
    if start and _LETTER.match(text, start - 1) and _LETTER.match(text, start):
        return False
    return not (end < len(text) and _LETTER.match(text, end) and _LETTER.match(text, end - 1))


def _tier(written: str, form: Form, small: bool) -> Tier | None:
    if written == form.text or written.isupper() and len(written) > 2:
        return "auto"
    if form.any_case:
        return "auto"
    if form.doubt and written[0].isupper() and form.text[0].isupper():
        return "auto"
    if small or form.doubt:
        return "review" if small else None
    return None
