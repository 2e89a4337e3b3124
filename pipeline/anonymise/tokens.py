"""A text as words with their capitals: read once, shared by all recognisers that go by words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Mode = Literal["cased", "lower", "upper"]

_LETTERS = r"[^\W\d_]+"
WORD = re.compile(rf"(?:(?<!\w)['’]s-)?{_LETTERS}(?:['’\-‐‑]{_LETTERS})*")
# What hangs on a name but is not part of it: "Anneke's", "Kevin'll", "auto's".
_DIGIT = re.compile(r"\d")
_TAIL = re.compile(r"['’](?:s|ll|d|ve|re|m)$", re.IGNORECASE)
_STOP = re.compile(r"[.!?…:\n\"“”„«»()\[\]\-–—*•|]")
_BEFORE_MARKS = re.compile(r".*\w(?=\W*$)")  # "case 22-506, Baker": only the comma counts
_ABBREVIATION = frozenset(
    "mr mrs ms dr prof st sr jr rev hon sgt capt lt col gen gov sen rep mw mevr dhr drs ir ing mr "
    "hr "
    "fr frk dir vs no nr tlf pga bl ca nl bv o a d j".split()
)
PARTICLES = frozenset(
    "van von der den de het ten ter te 't op la le du da do dos das di del della el al bin ibn "
    "ben abu "
    "af av zu zum zur mac y e".split()
)
_CAP_INSIDE = re.compile(r"[-'’‐‑][A-ZÀ-Þ]|[a-zà-þ][A-ZÀ-Þ]")  # d'Ettorre, non-Dutch, wikiHow
LOWER_SHARE = 0.004  # of words that start with a capital: below it nobody typed capitals
UPPER_SHARE = 0.7  # of words all in capitals
FEW = 5  # words: a text shorter than that says nothing about how it was typed


class Token(NamedTuple):
    """One word. `start:end` leaves out a possessive 's; `gap` is what stands before the word."""

    start: int
    end: int
    text: str
    lower: str
    cap: bool  # starts with a capital, or has one after a hyphen
    caps: bool  # all capitals, two letters or more
    first: bool  # where a sentence, a line, a quotation may start
    gap: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text, how it was typed, and the words it has in lower case."""

    text: str
    tokens: tuple[Token, ...]
    mode: Mode
    seen_lower: frozenset[str]

    def runs(self) -> Iterator[tuple[Token, ...]]:
        """Capitalised words one after another, particles and initials between them included."""
        run: list[Token] = []
        held: list[Token] = []  # particles that belong to the run only if a capital follows
        for token in self.tokens:
            joined = bool(run) and token.gap in JOINTS and not _ends(run, held, token)
            if token.cap and joined:
                run += [*held, token]
                held = []
            elif joined and token.lower in PARTICLES and len(held) < 3:
                held.append(token)
            else:
                if run:
                    yield tuple(run)
                run, held = ([token] if token.cap else []), []
        if run:
            yield tuple(run)


JOINTS = frozenset((" ", ". ", ".", "-", " - ", "\u00a0", "-\n"))


def _ends(run: list[Token], held: list[Token], token: Token) -> bool:
    """Whether the joint before `token` closes the run: a full stop does, but after an initial."""
    last = held[-1] if held else run[-1]
    if "." in token.gap:
        return not (len(last.text) == 1 or last.lower in _ABBREVIATION)
    return False


@lru_cache(maxsize=4)
def read(text: str) -> Reading:
    """Cut a text into words. Kept for the last few texts, as a dozen recognisers ask for it."""
    tokens = tuple(_tokens(text))
    return Reading(
        text=text,
        tokens=tokens,
        mode=_mode(tokens),
        seen_lower=frozenset(token.lower for token in tokens if not token.cap),
    )


def _tokens(text: str) -> Iterator[Token]:
    end, last = 0, ""
    for match in WORD.finditer(text):
        word = match.group()
        tail = _TAIL.search(word)
        if tail:
            word = word[: tail.start()]
        start = match.start()
        gap = text[end:start]
        cap = word[0].isupper() or _CAP_INSIDE.search(word) is not None
        yield Token(
            start=start,
            end=start + len(word),
            text=word,
            lower=word.lower().replace("’", "'"),
            cap=cap and not (word == "I" and text[start + 1 : start + 2] != "."),
            caps=cap and len(word) > 1 and word.isupper(),
            first=not last or _first(gap, last),
            gap=gap,
        )
        end, last = start + len(word), word


def _first(gap: str, last: str) -> bool:
    if gap == " ":
        return False
    stop = _STOP.search(_BEFORE_MARKS.sub("", gap))
    if stop is None:
        return False
    if gap.startswith("."):
        short = (len(last) == 1 and last != "I") or last.lower() in _ABBREVIATION
        return not (short and gap in (".", ". "))
    return gap != "-"


def _mode(tokens: tuple[Token, ...]) -> Mode:
    # "I" alone is what speech recognisers write even when they write no other capital.
    words = [token for token in tokens if len(token.text) > 1]
    if not words:
        return "cased"
    n_caps = sum(token.caps for token in words)
    if len(words) >= FEW and n_caps >= UPPER_SHARE * len(words):
        return "upper"
    n_cap = sum(token.cap for token in words)
    return "lower" if n_cap <= LOWER_SHARE * len(words) else "cased"


def numbered_lines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each line with a digit, in order: few, and all that need one lie there."""
    last = -1
    for digit in _DIGIT.finditer(text):
        if digit.start() > last:
            end = text.find("\n", digit.end())
            last = len(text) if end < 0 else end
            yield text.rfind("\n", 0, digit.start()) + 1, last
