"""A small writer of PDFs: pages of text at given places, as the tests want them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, SIZE = 595.0, 842.0, 11.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 525.0, 770.0, 80.0
NARROW = frozenset("ijltfr.,:;'|I()[]{}/- ")


@dataclass(frozen=True)
class Run:
    """Text at a place; `turn` in quarter turns to the left."""

    x: float
    y: float
    text: str
    bold: bool = False
    size: float = SIZE
    turn: int = 0


def advance(character: str) -> int:
    """Widths of a font that is none of Helvetica's, so that nothing fits by chance."""
    return 300 if character in NARROW else 760 if character.isupper() else 590


def width(text: str, size: float = SIZE) -> float:
    return sum(map(advance, text)) * size / 1000


def pdf(pages: Sequence[Sequence[Run]], *, extra: str = "", tail: bytes = b"") -> bytes:
    """A whole file; every character that is used has a code and an entry in /ToUnicode."""
    used = sorted({c for page in pages for run in page for c in run.text})
    codes = {c: at + 1 for at, c in enumerate(used)}
    table = "".join(f"<{code:04x}> <{c.encode('utf-16-be').hex()}>\n" for c, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{table}endbfchar\nendcmap end end"
    )
    widths = " ".join(f"{code} [{advance(c)}]" for c, code in codes.items())
    objects: list[bytes] = []

    def add(body: str, stream: bytes | None = None) -> int:
        data = body.encode("latin-1")
        if stream is not None:
            data = data.replace(b">>", b" /Length %d >>" % len(stream), 1)
            data += b"\nstream\n" + stream + b"\nendstream"
        objects.append(data)
        return len(objects)

    unicode_map = add("<< >>", cmap.encode())
    fonts = []
    for name in ("Plain", "Plain-Bold"):
        descendant = add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /DW 590 /W [{widths}] "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
        )
        fonts.append(
            add(
                f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
                f"/DescendantFonts [{descendant} 0 R] /ToUnicode {unicode_map} 0 R >>"
            )
        )
    tree = len(objects) + 2 * len(pages) + 1
    kids = []
    for page in pages:
        drawn = "\n".join(_drawn(run, codes) for run in page)
        content = add("<< /Filter /FlateDecode >>", zlib.compress(drawn.encode()))
        kids.append(
            add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
                f"/Resources << /Font << /F0 {fonts[0]} 0 R /F1 {fonts[1]} 0 R >> >> "
                f"/Contents {content} 0 R {extra} >>"
            )
        )
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    add(f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>")
    root = add(f"<< /Type /Catalog /Pages {tree} 0 R >>")
    return assembled(objects, root) + tail


def _drawn(run: Run, codes: dict[str, int]) -> str:
    text = "".join(f"{codes[c]:04x}" for c in run.text)
    a, b, c, d = ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0))[run.turn]
    return (
        f"BT /F{int(run.bold)} {run.size} Tf {a} {b} {c} {d} {run.x:.2f} {run.y:.2f} Tm "
        f"<{text}> Tj ET"
    )


def assembled(objects: Sequence[bytes], root: int) -> bytes:
    """Numbered objects, their table and the trailer."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + b"trailer << /Size %d /Root %d 0 R >>\n" % (len(objects) + 1, root)
        + b"startxref\n%d\n%%%%EOF" % len(out)
    )


def wrapped(text: str, room: float, first: float | None = None) -> list[str]:
    """Lines of at most `room` points, the first of `first`."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        limit = first if first is not None and not lines else room
        if line and width(longer) > limit:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


class Typesetter:
    """Puts lines on pages from top to bottom, with what every page has above and below."""

    def __init__(
        self,
        *,
        header: str = "",
        numbers: bool = False,
        line_numbers: bool = False,
        bottom: float = BOTTOM,
    ) -> None:
        self.bottom = bottom
        self.header, self.numbers, self.line_numbers = header, numbers, line_numbers
        self.pages: list[list[Run]] = []
        self.y = 0.0

    def line(self, *runs: tuple[float, str, bool], step: float = 14.0) -> None:
        """A line of runs, each at its place from the left."""
        if not self.pages or self.y - step < self.bottom:
            self.pages.append([])
            self.y = TOP
            if self.header:
                self.pages[-1].append(Run(LEFT, 805, self.header, size=9.0))
            if self.numbers:
                self.pages[-1].append(Run(290, 40, str(len(self.pages))))
        else:
            self.y -= step
        if self.line_numbers:
            count = sum(run.x == 40 for page in self.pages for run in page) + 1
            self.pages[-1].append(Run(40, self.y, str(count), size=8.0))
        for x, text, bold in runs:
            self.pages[-1].append(Run(x, self.y, text, bold))

    def bytes(self) -> bytes:
        return pdf(self.pages)
