"""Names spelled out letter by letter: "J-A-N-S-E-N", "S, A, M", "j a n s e n"."""

from __future__ import annotations

import re

from pipeline.anonymise import Context
from pipeline.records import Span, Tier

_UPPER = re.compile(r"(?<![\w'’])[A-ZÀ-Þ](?:(?:[-–.]|, ?|\. | - |[^\S\n])[A-ZÀ-Þ]){2,}(?![\w'’])")
_MIXED = re.compile(r"(?<![\w'’])[A-ZÀ-Þ](?:-[a-zß-ÿ]){2,}(?![\w'’])")  # K-o-k
_LOWER = re.compile(r"(?<![\w'’])[a-zà-þ](?:(?:-|, |[^\S\n])[a-zà-þ]){2,}(?![\w'’])")
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
    return spans


def _length(match: re.Match[str]) -> int:
    return sum(char.isalpha() for char in match.group())


def _span(match: re.Match[str], tier: Tier) -> Span:
    start, end = match.span()
    return Span(start=start, end=end, kind="person", tier=tier, recogniser="spelled")
