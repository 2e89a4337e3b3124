"""Every capitalised word that nothing else explains. What no list knows is caught here.

It leaves out words that open a sentence and are ordinary ones, and capitals that everybody uses:
months, weekdays, languages, peoples, feasts. Everything else is for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.anonymise import Context, cues, lexicon
from pipeline.anonymise.tokens import Reading, Token, read
from pipeline.anonymise.weekdays import is_form_of_weekday
from pipeline.records import Span

_WORD_AFTER = re.compile(r" (\w+)")
_WORD_BEFORE = re.compile(r"(\w+) $")
_ROMAN = re.compile(r"[IVX]+")
_INITIALED = re.compile(r"[A-ZÀ-Þ]-[A-ZÀ-Þ]")  # "J-Lo"
# Words this frequent get a capital for other reasons than being a name: "and then, The ...".
_FUNCTION = 5.5
# A rarer word that opens a sentence and has another capital behind it may belong to it: "Attorney
# Baker".
_OPENING = 4.5
# A word rarer than that opens few sentences, so it may well be a name if it is never in lower case.
_SELDOM = 3.8
_ADVERB = ("ly", "ing", "ed", "lijk", "heid", "end", "ende", "vis", "hed", "ning")
_CONTRACTED = 4  # letters: "O'Brien" is no contraction
_SHOUTED = 4.0  # an ordinary word all in capitals: "it was NOT good"


def find_capitals(text: str, context: Context) -> list[Span]:
    """`name`, `review`. Nothing in a text without capitals or in capitals throughout."""
    reading = read(text)
    if reading.mode != "cased":
        return []
    return [span for run in reading.runs() for span in _in_run(run, reading, context)]


def _in_run(run: Sequence[Token], reading: Reading, context: Context) -> Iterator[Span]:
    """A span per stretch of words that are left."""
    stretch: list[Token] = []
    for i, token in enumerate(run):
        alone = i + 1 == len(run) or not run[i + 1].cap
        if token.cap and len(token.text) > 1:
            left = not _explained(
                token, reading, context, alone=alone if token.first else len(run) == 1
            )
        else:
            left = bool(stretch)  # a particle or an initial after a word that is left
        if left:
            stretch.append(token)
        else:
            yield from _span(stretch)
            stretch = []
    yield from _span(stretch)
    if len(run) == 1 and len(run[0].text) == 1:
        yield from _letter(run[0], reading)


def _letter(token: Token, reading: Reading) -> Iterator[Span]:
    """A single letter in mid-sentence, as people anonymise on the fly: "I told J about it"."""
    before = _WORD_BEFORE.search(reading.text, max(0, token.start - 20), token.start)
    numbered = reading.text[token.end : token.end + 1].isdigit()
    if token.first or numbered or token.text in "IAO" or before is None or token.gap != " ":
        return
    if before.group(1).lower() not in cues.LETTER_BEFORE:
        yield from _span([token])


def _explained(token: Token, reading: Reading, context: Context, *, alone: bool) -> bool:
    lower, language = token.lower, context.language
    if lower in cues.common_capitals(language) or _ROMAN.fullmatch(token.text):
        return True
    if is_form_of_weekday(lower):
        return True
    if reading.text[token.end : token.end + 1].isdigit():
        return True  # NT2, B1
    frequency = lexicon.frequency(lower, language)
    word = lexicon.is_word(lower, language)
    if (
        "-" in lower
        and not _INITIALED.match(token.text)
        and all(_usual(part, language) for part in token.text.split("-") if len(part) > 1)
    ):
        return True
    if token.caps:
        return frequency >= _SHOUTED and len(lower) > 2 and word
    if not token.first:
        small = lower in cues.OPENERS or lower in cues.PRONOUN_AFTER
        return word and (small or (alone and frequency >= _FUNCTION))
    if lower in reading.seen_lower or _contraction(lower, language):
        return True
    made = lexicon.is_compound(lower, language) or lexicon.is_inflected(lower, language)
    if alone and made and not _speaks(token, reading):
        return True
    if word and not alone and frequency < _OPENING:
        return False
    plain = lower in lexicon.lorem(language) or lower.endswith(_ADVERB)
    return word and (plain or frequency >= _SELDOM)


def _speaks(token: Token, reading: Reading) -> bool:
    """Whether the next word is a verb of saying: what opens the sentence is a person then."""
    after = _WORD_AFTER.match(reading.text, token.end)
    return after is not None and after.group(1).lower() in cues.PERSON_AFTER


def _usual(part: str, language: str) -> bool:
    """Whether a part of a hyphenated word says nothing: "Dutch", "speaking"; not "FN", "Bosch"."""
    lower = part.lower()
    if lower in cues.common_capitals(language):
        return True
    often = lexicon.frequency(lower, language) >= _OPENING and lower not in lexicon.given()
    return not (part.isupper() and len(part) > 1) and (often or lexicon.is_word(lower, language))


def _contraction(lower: str, language: str) -> bool:
    """Read as the word before the apostrophe: "Don't", "C'est"."""
    head, mark, tail = lower.partition("'")
    if not mark:
        return False
    return lexicon.is_common(head, language) if len(head) > 1 else len(tail) < _CONTRACTED


def _span(stretch: list[Token]) -> Iterator[Span]:
    while stretch and not stretch[-1].cap:
        stretch = stretch[:-1]
    if stretch:
        yield Span(
            start=stretch[0].start,
            end=stretch[-1].end,
            kind="name",
            tier="review",
            recogniser="capitals",
        )
