"""What was said, as it would be written: "oh six, double one" is "0611", with a map of offsets.

`normalise` reads number words, repeats, marks, spelled letters and addresses said aloud, so that
what checks written numbers can check spoken ones. Every character of the result points to the
characters of the source that it was made from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.anonymise.number_words import (
    RADIO,
    Words,
    ordinal,
    plain,
    read_number,
    words_of,
)
from pipeline.anonymise.said_addresses import said_addresses

Made = Literal["copy", "number", "dictated", "address"]

_WORD = re.compile(r"[^\W_]+")
# What may stand between two parts of one dictated number: never the end of a line.
_GLUE = re.compile(r"[^\S\n]?[-–,/][^\S\n]?|[^\S\n]|[.…]{1,3}[^\S\n]|,?[^\S\n][-–][^\S\n]")
_NO_BREAK = frozenset((" ", "-", "\u00a0", "–"))  # within one number, or one year
_MARK = frozenset(("'", "’"))  # the s of "it's" is no letter by itself
_MONTHS = frozenset(
    "january february march april may june july august september october november december "
    "januari februari maart april mei juni juli augustus september oktober november december "
    "januar februar marts april maj juni juli august september oktober november december".split()
)
_OF_AGE = re.compile(r"(?<!\w)([^\W\d_]{2,20})(jarigen?|årige?s?|års)(?!\w)", re.I)
_FEWEST = 3  # numbers said one after another that are no count any more


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the result and where it comes from."""

    start: int
    end: int
    source_start: int
    source_end: int
    made: Made
    values: tuple[str, ...] = ()  # of a dictated one: its parts as they were said
    paused: bool = False  # whether there were commas between the parts


@dataclass(frozen=True, slots=True)
class Speech:
    """A text as it would be written. The pieces follow one another without gap or overlap."""

    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]  # of the pieces, in the result and in the source
    source_starts: tuple[int, ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Characters of the source behind characters [start, end) of the result; end > start."""
        first, last = self._at(start), self._at(end - 1)
        begin = first.source_start + (start - first.start if first.made == "copy" else 0)
        stop = last.source_start + end - last.start if last.made == "copy" else last.source_end
        return begin, stop

    def of_source(self, start: int, end: int) -> tuple[int, int]:
        """Characters of the result made from characters [start, end) of the source."""
        first = self.pieces[max(0, bisect_right(self.source_starts, start) - 1)]
        if start >= first.source_end:  # between two pieces
            begin = first.end
        else:
            begin = first.start + (start - first.source_start if first.made == "copy" else 0)
        last = self.pieces[max(0, bisect_right(self.source_starts, end - 1) - 1)]
        if last.made == "copy":
            stop = min(last.end, last.start + end - last.source_start)
        else:
            stop = last.end
        return begin, max(begin, stop)

    def changed(self) -> Iterator[Piece]:
        """The pieces that are not copied."""
        return (piece for piece in self.pieces if piece.made != "copy")

    def _at(self, place: int) -> Piece:
        return self.pieces[bisect_right(self.starts, place) - 1]


@dataclass(frozen=True, slots=True)
class Change:
    """Characters [start, end) of the source, and what they say."""

    start: int
    end: int
    text: str
    made: Made
    values: tuple[str, ...] = ()
    paused: bool = False


def normalise(text: str, language: str) -> Speech:
    """The text with what was said in words as it would be written."""
    addresses = [
        Change(start, end, written, "address") for start, end, written in said_addresses(text)
    ]
    free = bytearray(len(text))
    for change in addresses:
        free[change.start : change.end] = b"\1" * (change.end - change.start)
    numbers = [
        change for change in _changes(text, language) if not any(free[change.start : change.end])
    ]
    return build(text, sorted([*addresses, *numbers], key=lambda change: change.start))


def build(text: str, changes: Sequence[Change]) -> Speech:
    """The text with the changes in; they are in order and do not overlap."""
    pieces: list[Piece] = []
    out: list[str] = []
    place = at = 0

    def put(start: int, end: int, string: str, change: Change | None) -> None:
        nonlocal place
        if string:
            made: Made = change.made if change else "copy"
            values = change.values if change else ()
            paused = change.paused if change else False
            pieces.append(Piece(place, place + len(string), start, end, made, values, paused))
            out.append(string)
            place += len(string)

    for change in changes:
        put(at, change.start, text[at : change.start], None)
        put(change.start, change.end, change.text, change)
        at = change.end
    put(at, len(text), text[at:], None)
    return Speech(
        "".join(out),
        tuple(pieces),
        tuple(piece.start for piece in pieces),
        tuple(piece.source_start for piece in pieces),
    )


# -- numbers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str  # plain
    what: str  # number, digits, hundred, joint, repeat, mark, filler, letter, radio, ordinal


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a chain: a number, a letter or a mark, as it would be written."""

    start: int
    end: int
    text: str
    what: str  # number, digits, letter, mark
    value: int
    gap: str  # before it, "" for the first
    cased: bool = False  # a capital where no sentence begins


@cache
def _table(language: str) -> dict[str, str]:
    """What each word of a language is to a number."""
    words = words_of(language)
    table = dict.fromkeys(RADIO, "radio")
    table |= dict.fromkeys(words.fillers, "filler")
    table |= dict.fromkeys(words.joint, "joint")
    table |= dict.fromkeys(words.times, "times")
    table |= dict.fromkeys(words.marks, "mark")
    table |= dict.fromkeys(words.ordinals, "ordinal")
    table |= dict.fromkeys(words.repeat, "repeat")
    table |= dict.fromkeys(words.hundred | words.thousand, "hundred")
    table |= dict.fromkeys(words.values, "number")
    return table


def _changes(text: str, language: str) -> Iterator[Change]:
    words = words_of(language)
    for chain in _chains(text, language):
        if any(token.what == "ordinal" for token in chain):
            days, rest = _days(text, chain, words)
            yield from days
        else:
            rest = [chain]
        for some in rest:
            for parts in _parts(text, some, words):
                yield from _written(text, parts)
    for match in _day_of_month(language).finditer(text):
        day, month = (words.ordinals[plain(match[name])] for name in ("day", "month"))
        if month < 13:
            yield Change(match.start(), match.end(), f"{day}.{month}.", "number")
    for match in _OF_AGE.finditer(text):
        value = words.values.get(plain(match[1]))
        if value is not None and value < 120:
            yield Change(match.start(), match.end(), f"{value}-{match[2]}", "number")


@cache
def _day_of_month(language: str) -> re.Pattern[str]:
    """A month by its number: "the first of the fourth", "tredje i femte"."""
    one = "|".join(sorted(words_of(language).ordinals, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<day>{one})[^\S\n](?:of[^\S\n]the|i|i[^\S\n]den|"
        rf"van[^\S\n]de)[^\S\n](?P<month>{one})(?!\w)",
        re.I,
    )


def _chains(text: str, language: str) -> Iterator[list[_Token]]:
    """Runs of words that can be parts of numbers, a word of number among them."""
    table = _table(language)
    chain: list[_Token] = []
    named = {match.start(): match for match in _LETTER_AS.finditer(text)}
    skip = 0
    for match in _WORD.finditer(text):
        if match.start() < skip:
            continue
        word = match.group()
        low = plain(word)
        what = table.get(low)
        if match.start() in named:  # "R as in Romeo"
            letter = named[match.start()]
            if chain and not _GLUE.fullmatch(text, chain[-1].end, match.start()):
                if any(token.what in _BEGIN for token in chain):
                    yield chain
                chain = []
            skip = letter.end()
            chain.append(_Token(letter.start(), skip, plain(letter["letter"]), "named"))
            continue
        if what is None:
            if (
                len(low) == 1
                and low.isalpha()
                and text[match.start() - 1 : match.start()] not in _MARK
            ):
                what = "letter"
            elif low.isdecimal() and low.isascii():
                what = "digits"
            elif chain:
                if any(token.what in _BEGIN for token in chain):
                    yield chain
                chain = []
                continue
            else:
                continue
        if chain and not _GLUE.fullmatch(text, chain[-1].end, match.start()):
            if any(token.what in _BEGIN for token in chain):
                yield chain
            chain = []
        chain.append(_Token(match.start(), match.end(), low, what))
    if any(token.what in _BEGIN for token in chain):
        yield chain


# "R as in Romeo", "de d van Dirk", "J for John", "s som i Søren"
_LETTER_AS = re.compile(
    r"(?<![\w'’])(?:(?:the|de|den)[^\S\n])?(?P<letter>[^\W\d_]),?[^\S\n](?:as[^\S\n]in|"
    r"like[^\S\n]in|like|"
    r"for|van|voor|zoals|als[^\S\n]in|als|som[^\S\n]i|som|from)[^\S\n](?:an?[^\S\n]|the[^\S\n]|"
    r"de[^\S\n]|"
    r"het[^\S\n])?(?P<word>(?P=letter)[^\W\d_]+)",
    re.I,
)
_BEGIN = frozenset(("number", "hundred", "repeat", "ordinal"))


def _days(
    text: str, chain: Sequence[_Token], words: Words
) -> tuple[list[Change], list[list[_Token]]]:
    """Ordinals beside a month, as a day: "the third of may" is "the 3. of may". And the rest."""
    said = [token.word for token in chain]
    days: list[Change] = []
    rest: list[list[_Token]] = [[]]
    at = 0
    while at < len(chain):
        day = ordinal(said, at, words)
        if day is None:
            rest[-1].append(chain[at])
            at += 1
            continue
        value, after = day
        start, end = chain[at].start, chain[after - 1].end
        if _month_near(text, start, end):
            days.append(Change(start, end, f"{value}.", "number"))
        rest.append([])
        at = after
    return days, [some for some in rest if some]


_MONTH_AFTER = re.compile(r"[^\S\n](?:of[^\S\n]|van[^\S\n]|i[^\S\n]|in[^\S\n])?([^\W\d_]+)")
_MONTH_BEFORE = re.compile(r"([^\W\d_]+)(?:,?[^\S\n](?:the|de|den)?[^\S\n]?)$")


def _month_near(text: str, start: int, end: int) -> bool:
    after = _MONTH_AFTER.match(text, end)
    if after and after[1].lower() in _MONTHS:
        return True
    return _month_before(text, start)


def _month_before(text: str, start: int) -> bool:
    before = _MONTH_BEFORE.search(text, max(0, start - 20), start)
    return before is not None and before[1].lower() in _MONTHS


def _parts(text: str, chain: Sequence[_Token], words: Words) -> Iterator[list[Part]]:
    """A chain as the numbers, letters and marks it says; "and" between numbers cuts it."""
    said = [token.word for token in chain]
    parts: list[Part] = []
    at = 0

    def gap(index: int) -> str:
        return text[parts[-1].end : chain[index].start] if parts else ""

    while at < len(chain):
        token = chain[at]
        if token.what in ("number", "hundred"):
            stop = _unbroken(text, chain, at)
            read = read_number(said[:stop], at, words)
            if read is None:
                at += 1
                continue
            value, after = read
            times = _times(chain, after, words)
            if times and 1 < value < 5:  # "three times zero"
                again = read_number(said, times, words)
                if again is not None and again[0] < 100:
                    after = again[1]
                    digits = str(again[0]) * value
                    parts.append(
                        Part(token.start, chain[after - 1].end, digits, "number", -1, gap(at))
                    )
                    at = after
                    continue
            parts.append(
                Part(token.start, chain[after - 1].end, str(value), "number", value, gap(at))
            )
            at = after
        elif token.what == "repeat" and at + 1 < len(chain):
            times, following = words.repeat[token.word], chain[at + 1]
            if following.what == "number" and words.values[following.word] < 10:
                once = str(words.values[following.word])
            elif following.what == "letter" or following.what == "digits":
                once = following.word.upper()
            else:
                at += 1
                continue
            what = "letter" if once.isalpha() else "number"
            parts.append(Part(token.start, following.end, once * times, what, -1, gap(at)))
            at += 2
        elif token.what == "digits":
            value = int(token.word) if len(token.word) < 9 else -1
            parts.append(Part(token.start, token.end, token.word, "digits", value, gap(at)))
            at += 1
        elif token.what in ("letter", "radio", "named"):
            letter = RADIO.get(token.word, token.word).upper()
            what = "letter" if token.what == "named" else token.what
            cased = (
                text[token.start].isupper() and text[token.start - 2 : token.start - 1].isalpha()
            )
            parts.append(Part(token.start, token.end, letter, what, -1, gap(at), cased))
            at += 1
        elif token.what == "mark":
            mark = words.marks[token.word]
            parts.append(Part(token.start, token.end, mark, "mark", -1, gap(at)))
            at += 1
        else:  # a filler is passed over; "and" that joined nothing ends the number
            if token.what == "joint" and not (
                at + 1 < len(chain) and chain[at + 1].what == "filler"
            ):
                yield from _trimmed(parts, words)
                parts = []
            at += 1
    yield from _trimmed(parts, words)


def _unbroken(text: str, chain: Sequence[_Token], at: int) -> int:
    """Up to where the words follow one another without a comma: one number has none."""
    stop = at + 1
    while stop < len(chain) and text[chain[stop - 1].end : chain[stop].start] in _NO_BREAK:
        stop += 1
    return stop


def _times(chain: Sequence[_Token], at: int, words: Words) -> int:
    """The place after "times", 0 if there is none."""
    there = at + 1 < len(chain) and chain[at].what == "times"
    # "drie keer de nul" has an article, which is no token; "drie keer nul" has none
    return at + 1 if there and chain[at + 1].what == "number" else 0


def _trimmed(parts: Sequence[Part], words: Words) -> Iterator[list[Part]]:
    """Without marks at the ends (but a plus), and letters that are words."""
    start, end = 0, len(parts)
    n_letters = sum(
        part.what == "letter"
        and (part.text.lower() not in words.ambiguous or part.end - part.start > 1)
        for part in parts
    )

    def word(part: Part) -> bool:
        alone = part.end - part.start == 1
        return alone and part.what == "letter" and part.text.lower() in words.ambiguous

    def loose(at: int, step: int) -> bool:
        part = parts[at]
        if part.what == "mark":
            return part.text != "+" or step < 0
        if part.what == "radio":
            beside = parts[at + step] if start <= at + step < end else None
            return beside is None or beside.what not in ("radio", "letter")
        if not word(part) or (n_letters > 1 and step < 0):
            return False
        if step > 0 and part.text == "A" and part.cased and end - start > 2:
            return False  # "number A two one four": a capital in the middle of a sentence
        beside = parts[at + step] if start <= at + step < end else None
        return beside is None or beside.what not in ("letter", "radio") or word(beside)

    while start < end and loose(start, 1):
        start += 1
    while end > start and loose(end - 1, -1):
        end -= 1
    kept = list(parts[start:end])
    # Inside, a lone "a" or "i" between numbers is a word: "two a day".
    run: list[Part] = []
    for at, part in enumerate(kept):
        if (
            word(part)
            and n_letters < 2
            and not part.cased
            and not any(
                0 <= near < len(kept)
                and kept[near].what in ("letter", "radio")
                and not word(kept[near])
                for near in (at - 1, at + 1)
            )
        ):
            if run:
                yield run
            run = []
        else:
            run.append(part)
    if run:
        yield run


def _written(text: str, parts: Sequence[Part]) -> Iterator[Change]:
    """A chain as one dictated string, or each of its numbers by itself."""
    if not any(part.what == "number" for part in parts):
        return
    if _is_dictated(parts) and not _month_before(text, parts[0].start):
        string = "".join(part.text for part in parts)
        yield Change(
            parts[0].start,
            parts[-1].end,
            string,
            "dictated",
            tuple(part.text for part in parts if part.what != "mark"),
            any("," in part.gap for part in parts[1:]),
        )
        return
    at = 0
    while at < len(parts):
        part = parts[at]
        year = _year(parts, at)
        if year:
            value, after = year
            yield Change(part.start, parts[after - 1].end, str(value), "number")
            at = after
            continue
        if part.what == "number" and not (part.value == 0 and part.end - part.start < 3):
            yield Change(part.start, part.end, part.text, "number")
        at += 1


def _is_dictated(parts: Sequence[Part]) -> bool:
    """Whether the parts are read out one by one: no count, no year, no list of years."""
    numbers = [part for part in parts if part.what in ("number", "digits")]
    n_letters = sum(len(part.text) for part in parts if part.what in ("letter", "radio"))
    in_pairs = len(numbers) == len(parts) and all(10 <= part.value < 100 for part in numbers)
    n_digits = sum(len(part.text) for part in numbers)
    if n_letters:
        return n_digits + n_letters >= 3 and (n_letters > 1 or len(numbers) > 1)
    if any(part.text == "+" for part in parts[:1]):
        return n_digits >= 4
    if numbers and numbers[0].text[0] == "0" and len(numbers) >= _FEWEST and n_digits > 3:
        return True
    if in_pairs and len(numbers) == 4:  # a Danish telephone number, and no four years
        return _year(parts, 0) is None or _year(parts, 2) is None
    at, rest = 0, []
    while at < len(parts):  # years, one after another, are years
        year = _year(parts, at)
        if year is None:
            rest.append(parts[at])
            at += 1
        else:
            at = year[1]
    numbers = [part for part in rest if part.what in ("number", "digits")]
    if len(numbers) < len(parts):
        return len(numbers) > 1 and n_digits > 3
    if len(numbers) < 2 or n_digits < (3 if len(numbers) >= _FEWEST else 4):
        return False
    if len(numbers) >= _FEWEST:
        return True
    # two: "triple five, double two", "forty-two fifty"; "two hundred, three hundred" are counts
    return all(part.value < 0 for part in numbers) or (in_pairs and "," not in numbers[1].gap)


def _year(parts: Sequence[Part], at: int) -> tuple[int, int] | None:
    """A year said in two: "nineteen eighty four", "twenty sixteen", "nineteen oh four"."""
    if at + 1 >= len(parts):
        return None
    first, second = parts[at], parts[at + 1]
    if first.value not in (17, 18, 19, 20) or second.gap not in _NO_BREAK:
        return None
    if second.what == "number" and 10 <= second.value < 100:
        return first.value * 100 + second.value, at + 2
    third = parts[at + 2] if at + 2 < len(parts) else None
    if second.text == "0" and third is not None and 0 < third.value < 10:
        return first.value * 100 + third.value, at + 3
    return None
