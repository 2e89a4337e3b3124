"""Names spelled out letter by letter: "J-A-N-S-E-N", "j a n s e n", "J for John, A for apple"."""

from __future__ import annotations

import re

from pipeline.anonymise import Context
from pipeline.records import Span, Tier

_UPPER = re.compile(r"(?<![\w'’])[A-ZÀ-Þ](?:(?:[-–.]|, ?|\. | - |[^\S\n])[A-ZÀ-Þ]){2,}(?![\w'’])")
_MIXED = re.compile(r"(?<![\w'’])[A-ZÀ-Þ](?:-[a-zß-ÿ]){2,}(?![\w'’])")  # K-o-k
# j-a-n-s-e-n, J a n s e n
_LOWER = re.compile(r"(?<![\w'’])[a-zà-þA-ZÀ-Þ](?:(?:-|, |[^\S\n])[a-zà-þ]){2,}(?![\w'’])")
# "J for John", "a as in apple", "de d van Dirk", "s som i Søren", "double n"
_ONE = (
    r"(?:(?:(?:the|de|den)[^\S\n])?([^\W\d_]),?[^\S\n](?:as[^\S\n]in|like[^\S\n]in|like|for|van|"
    r"voor|zoals|als"
    r"[^\S\n]in|als|som[^\S\n]i|som)[^\S\n](?:an?[^\S\n]|the[^\S\n]|de[^\S\n]|"
    r"het[^\S\n])?(?:\1)[^\W\d_]+"
    r"|(?:(?:double|dubbele?|dobbelt)[^\S\n])?[^\W\d_])(?![\w'’])"
)
_NAMED = re.compile(
    rf"(?<![\w'’]){_ONE}(?:(?:,[^\S\n]?|[^\S\n]|-|[^\S\n]-[^\S\n])(?:(?:and|en|og|then|"
    rf"dan)[^\S\n])?" + _ONE.replace("(?:\\1)", "(?:\\2)") + r"){1,20}",
    re.I,
)
_NAMING = re.compile(
    r"(?<!\w)(?:as in|like|for|van|voor|zoals|als|som|double|dubbele?|dobbelt)(?!\w)", re.I
)
_SINGLE = re.compile(r"(?<!\w)[^\W\d_](?!\w)")
_ABBREVIATION = frozenset("U.S.A U.K E.U A.M P.M Ph.D U.S D.C".split())
_LONG = 4  # letters: fewer may be an abbreviation said letter by letter


def find_spelled(text: str, context: Context) -> list[Span]:
    """`person`: auto from four letters on, three or small letters: review."""
    spans = [
        _span(match, "auto" if _length(match) >= _LONG else "review")
        for match in _UPPER.finditer(text)
        if match.group() not in _ABBREVIATION
    ]
    spans += [_span(match, "auto") for match in _MIXED.finditer(text)]
    spans += [
        _span(match, "auto" if _length(match) >= _LONG else "review")
        for match in _LOWER.finditer(text)
        if len({char for char in match.group() if char.isalpha()}) > 1
    ]
    if _NAMING.search(text):
        spans += [_span(match, "auto") for match in _NAMED.finditer(text) if _spells(match.group())]
    return spans


def _spells(said: str) -> bool:
    """Whether it is three letters or more, some of them with a word: no "a" or "I" by itself."""
    n_letters = len(_SINGLE.findall(said)) + len(
        re.findall(r"(?i)\b(?:double|dubbel|dobbelt)", said)
    )
    return n_letters >= 3 and _NAMING.search(said) is not None


def _length(match: re.Match[str]) -> int:
    return sum(char.isalpha() for char in match.group())


def _span(match: re.Match[str], tier: Tier) -> Span:
    start, end = match.span()
    return Span(start=start, end=end, kind="person", tier=tier, recogniser="spelled")
