"""Pieces of text on a page to lines: what stands at one height, from left to right.

A gap that is wider than a space becomes a tab, so that a label in a column of its own is one. A
page of two columns is read one after the other; a column of speakers is none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_LETTERS = re.compile(r"[^\W\d_]+")
# The breadth of Helvetica's characters, in thousandths of the font's size, by groups.
_NARROW = frozenset("ijlt.,:;'’‘!|I()[]{}/-f r\u00ad")
_WIDE = frozenset("mwMW@%—…œæŒÆ")
_SAME_HEIGHT = 0.45  # of the size: what is set higher or lower belongs to the line
_COLUMN_GAP = 1.3  # of the size


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text as it is drawn. Lengths are points, y grows upwards."""

    text: str
    x: float
    y: float
    size: float
    along: tuple[float, float]  # in which direction the text runs
    bold: bool
    broad: float  # how broad the font is, 1 for Helvetica
    tabs: bool  # the program wrote its spaces as tabs, which pypdf does not measure
    order: int

    @property
    def end(self) -> float:
        """Where it ends, as well as can be told without the font."""
        return self.x + self.size * self.broad * breadth(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a page."""

    text: str  # columns and wide gaps cut by tabs
    x: float
    end: float
    y: float
    size: float
    bold: int  # how many characters at the start are bold
    column: int = 0
    broad: float = 1.0
    number: str = ""  # an integer that stands before the line, apart from it
    rest: Line | None = None  # the line without that number


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of a page in reading order."""

    lines: tuple[Line, ...]
    n_rotated: int
    n_columns: int


def breadth(text: str) -> float:
    """How broad a text is in Helvetica, in units of the font's size."""
    total = 0
    for c in text:
        if c in _NARROW:
            total += 278
        elif c in _WIDE:
            total += 880
        else:
            total += 690 if c.isupper() else 540
    return total / 1000


def page_lines(pieces: Sequence[Piece]) -> PageLines:
    """The lines of one page, from top to bottom; a second column comes after the first."""
    finite = [p for p in pieces if all(map(math.isfinite, (p.x, p.y, p.size))) and p.size > 0]
    upright, n_rotated = _upright(_once(finite))
    n_rotated += len(pieces) - len(finite)
    gutter = _gutter(upright)
    if gutter is None:
        return PageLines(tuple(map(_line, _rows(upright))), n_rotated, 1)
    return PageLines(tuple(_in_columns(upright, gutter)), n_rotated, 2)


def _once(pieces: Sequence[Piece]) -> list[Piece]:
    """Without the second copy of what is drawn twice on one spot, to look bold."""
    kept: list[Piece] = []
    seen: dict[str, list[Piece]] = {}
    for piece in pieces:
        others = seen.setdefault(piece.text, [])
        near = 0.15 * piece.size
        if any(abs(o.x - piece.x) < near and abs(o.y - piece.y) < near for o in others[-20:]):
            continue
        others.append(piece)
        kept.append(piece)
    return kept


def _upright(pieces: Sequence[Piece]) -> tuple[list[Piece], int]:
    """The pieces that run as most of the page does, so turned that they run to the right."""
    weight: Counter[int] = Counter()
    for piece in pieces:
        if (quarter := _quarter(piece)) is not None:
            weight[quarter] += len(piece.text)
    if not weight:
        return [], len(pieces)
    most = weight.most_common(1)[0][0]
    kept = [p for p in pieces if _quarter(p) == most]
    turned = []
    for piece in kept:
        x, y = piece.x, piece.y
        x, y = ((x, y), (y, -x), (-x, -y), (-y, x))[most]
        turned.append(replace(piece, x=x, y=y))
    return turned, len(pieces) - len(kept)


def _quarter(piece: Piece) -> int | None:
    """How many quarter turns to the left its text has been given; None: it stands askew."""
    dx, dy = piece.along
    if abs(dy) <= 0.1 * abs(dx):
        return 0 if dx > 0 else 2
    if abs(dx) <= 0.1 * abs(dy):
        return 1 if dy > 0 else 3
    return None


def _rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces of each line, from left to right."""
    rows: list[list[Piece]] = []
    height = size = 0.0
    for piece in sorted(pieces, key=lambda p: (-p.y, p.order)):
        if rows and abs(height - piece.y) <= _SAME_HEIGHT * max(size, piece.size):
            rows[-1].append(piece)
            if piece.size > 1.05 * size:
                height, size = piece.y, piece.size
        else:
            rows.append([piece])
            height, size = piece.y, piece.size
    # Of two pieces at one place the one drawn first is the first: widths may be unknown.
    return [sorted(row, key=lambda p: (round(p.x, 1), p.order)) for row in rows]


def _line(row: Sequence[Piece]) -> Line:
    first = row[0].text.strip()
    has_number = first.isdecimal() and len(first) < 6
    has_number = has_number and (len(row) == 1 or _is_gap(row[0], row[1], 0.5))
    text, n_bold, still_bold = "", 0, True
    for at, piece in enumerate(row):
        text += (_between(row[at - 1], piece, text) if at else "") + piece.text
        if piece.bold and still_bold:
            n_bold = len(text.rstrip())
        else:
            still_bold = False
    lead = len(text) - len(text.lstrip())
    largest = max(row, key=lambda p: (p.size, len(p.text)))
    last = row[-1]
    spare = (len(last.text) - len(last.text.rstrip())) * last.size * last.broad * 0.278
    return Line(
        text=text.strip(),
        x=row[0].x,
        end=last.end - spare,
        y=largest.y,
        size=largest.size,
        bold=max(n_bold - lead, 0),
        broad=last.broad,
        number=first if has_number else "",
        rest=_line(row[1:]) if has_number and len(row) > 1 else None,
    )


def _between(before: Piece, after: Piece, text: str) -> str:
    """What stands between two pieces of one line."""
    if _is_gap(before, after, _COLUMN_GAP):
        return "\t"
    if text.endswith(" ") or after.text.startswith(" "):
        return ""
    # pypdf writes the space between two pieces that are drawn one after the other.
    if after.order != before.order + 1:
        return " "
    width = before.end - before.x
    apart = after.x - before.end > 0.15 * after.size + 0.015 * width
    return " " if apart and (before.tabs or after.tabs) else ""


def _is_gap(before: Piece, after: Piece, least: float) -> bool:
    width = before.end - before.x
    return after.x - before.end > max(least * after.size, 0.12 * width)


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where the right one of two columns of running text begins, or None."""
    parts = [part for row in _rows(pieces) for part in _parts(row)]
    if len(parts) < 16:
        return None
    left = min(part[0].x for part in parts)
    right = max(part[-1].end for part in parts)
    starts = Counter(
        round(part[0].x / 4)
        for part in parts
        if left + 0.3 * (right - left) < part[0].x < left + 0.7 * (right - left)
    )
    if not starts:
        return None
    gutter = starts.most_common(1)[0][0] * 4.0 - 4.0
    after = [part for part in parts if part[0].x >= gutter]
    across = [part for part in parts if part[0].x < gutter - 4 and part[-1].end > gutter + 20]
    before = [part for part in parts if part[0].x < gutter and part not in across]
    if min(len(before), len(after)) < 8 or len(across) > 0.25 * len(parts):
        return None
    # A column of speakers, times or numbers has few words a line, most of them again and again.
    texts = [" ".join(p.text.strip() for p in part) for part in before]
    mean = sum(len(_LETTERS.findall(text)) for text in texts) / len(texts)
    if mean < 3 or len(set(texts)) < 0.6 * len(texts):
        return None
    return gutter


def _parts(row: Sequence[Piece]) -> list[list[Piece]]:
    """A row cut at its gaps."""
    parts = [[row[0]]]
    for before, after in zip(row, row[1:], strict=False):
        if _is_gap(before, after, _COLUMN_GAP):
            parts.append([])
        parts[-1].append(after)
    return parts


def _in_columns(pieces: Sequence[Piece], gutter: float) -> list[Line]:
    """The left column and then the right one; lines across both stand where they are."""
    lines: list[Line] = []
    halves: tuple[list[Piece], list[Piece]] = ([], [])

    def close() -> None:
        for column, half in enumerate(halves):
            lines.extend(replace(_line(row), column=column + 1) for row in _rows(half))
            half.clear()

    for row in _rows(pieces):
        parts = _parts(row)
        if any(part[0].x < gutter - 4 and part[-1].end > gutter + 20 for part in parts):
            close()
            lines.append(_line(row))
            continue
        for part in parts:
            halves[part[0].x >= gutter].extend(part)
    close()
    return lines
