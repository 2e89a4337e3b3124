"""Capitalised words in mid-sentence that no list of ordinary words knows: names, nearly always.

Their kind is a guess from the word before and from how they are written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.anonymise import Context, cues, lexicon
from pipeline.anonymise.tokens import Reading, Token, read
from pipeline.anonymise.weekdays import is_form_of_weekday
from pipeline.records import Kind, Span

_MIXED = re.compile(r"[a-zà-þ][A-ZÀ-Þ]|[A-ZÀ-Þ]{2}")
_DETERMINERS = frozenset("the a an het een de det den en et dansk".split())
_DEFINITE = ("en", "et", "ets", "ens", "erne", "ene")  # Danish nouns with their article
_PLACES = cues.PLACE_BEFORE | cues.PLACE_MAYBE
# A word in mid-sentence with a capital that is rarer than this, and that the text never has in
# small letters, is more likely a name ("Savage", "Hill") than a word.
_SELDOM = 4.4
# Endings of peoples, creeds, parties and fields: capitalised, but left to a person.
PEOPLES = (
    "ian",
    "ians",
    "ish",
    "ese",
    "ans",
    "ists",
    "ist",
    "ism",
    "ics",
    "ers",
    "tic",
    "ings",
    "isk",
    "iske",
    "ere",
    "erne",
    "isch",
    "ische",
    "aans",
    "aanse",
    "ees",
    "ese",
    "iërs",
    "isten",
    "isme",
)
_ROMAN = re.compile(r"[IVX]+")
_SHORT = 4
_OFTEN = 4.5  # so frequent a part of a word with a hyphen is no name: "mail"


def find_rare(text: str, context: Context) -> list[Span]:
    """`auto`: `person`, but `place` after "in" or "from", `organisation` for acronyms."""
    reading = read(text)
    if reading.mode != "cased":
        return _unheard(reading, context.language)
    spans = []
    for run in reading.runs():
        for stretch in _unknown(run, reading, context.language):
            before = (
                text[max(0, stretch[0].start - 20) : stretch[0].start].rstrip().rpartition(" ")[2]
            )
            spans.append(
                Span(
                    start=stretch[0].start,
                    end=stretch[-1].end,
                    kind=_kind(stretch, before.lower(), context.language),
                    tier="auto",
                    recogniser="rare",
                )
            )
    return spans


def _unheard(reading: Reading, language: str) -> list[Span]:
    """In text without capitals: words that are in no list at all, for a person to look at."""
    return [
        Span(start=token.start, end=token.end, kind="name", tier="review", recogniser="rare")
        for token in reading.tokens
        if len(token.lower) >= _SHORT
        and "'" not in token.lower
        and token.lower not in cues.common_capitals(language)
        and all(lexicon.is_unheard(part, language) for part in token.lower.split("-"))
    ]


def _unknown(run: Sequence[Token], reading: Reading, language: str) -> list[list[Token]]:
    """Stretches of words that no list of words has."""
    stretches: list[list[Token]] = [[]]
    for token in run:
        if token.cap and len(token.text) > 1 and _is_unknown(token, reading, language):
            stretches[-1].append(token)
        elif stretches[-1]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _is_unknown(token: Token, reading: Reading, language: str) -> bool:
    lower = token.lower
    if lower in cues.common_capitals(language) or _ROMAN.fullmatch(token.text):
        return False
    if is_form_of_weekday(lower):  # "'s Maandags"
        return False
    if lower.endswith(PEOPLES) and lower not in lexicon.family() and lower not in lexicon.given():
        return False
    if "-" in lower and not token.caps:
        parts = lower.split("-")
        # "E-mail", "T-shirt"; "J-Lo" is somebody.
        return not all(_plain(part, language) for part in parts if len(part) > 1) or (
            max(map(len, parts)) < _SHORT
        )
    if lexicon.is_word(lower, language):
        return (
            not token.first
            and not token.caps
            and lower not in reading.seen_lower
            and lexicon.frequency(lower, language) < _SELDOM
        )
    if not token.first:
        return True
    # A rare word that opens a sentence is a name only where the word list is of the very language.
    return (
        language in lexicon.OWN_LIST
        and len(lower) >= _SHORT
        and lower not in reading.seen_lower
        and lexicon.is_unseen(lower, language)
        and not lexicon.is_compound(lower, language)
        and not lexicon.is_inflected(lower, language)
    )


def _plain(part: str, language: str) -> bool:
    if lexicon.frequency(part, language) >= _OFTEN and part not in lexicon.given():
        return True
    return lexicon.is_word(part, language) or part in cues.common_capitals(language)


def _kind(stretch: Sequence[Token], before: str, language: str) -> Kind:
    if before in _PLACES:
        return "place"
    if any(_MIXED.search(token.text) for token in stretch) or before in _DETERMINERS:
        return "organisation"
    if language == "da" and len(stretch) == 1 and stretch[0].lower.endswith(_DEFINITE):
        return "organisation"
    return "person"
