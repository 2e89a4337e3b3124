"""PDF with a text layer: pypdf finds the pieces of text on each page, `lines` makes lines of them.

A PDF knows neither words, lines nor paragraphs, only where a piece of text is drawn. `margins`
takes out what the pages repeat, `paragraphs` joins what goes on; each says what it did. pypdf is
held to limits (7.1 has them), and the work over all pages to one of ours: a page may draw a form
that draws a form. Its log is kept from the screen, for it quotes the file.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import PipelineError
from pipeline.ingest.archive import locked
from pipeline.ingest.lines import Piece, page_lines
from pipeline.ingest.margins import without_margins
from pipeline.ingest.paragraphs import to_blocks
from pipeline.ingest.reading import Reading

MAX_PDF_BYTES = 64_000_000  # pictures, mostly; words take 2 kB a page
MAX_PAGES = 2_000
MAX_OBJECTS = 200_000
MAX_CHARACTERS = 4_000_000
# Operators and their operands, 30 microseconds each; a page of text has 500 to 10,000.
MAX_WORK = 2_000_000
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": 12_000_000,
    "array_based_stream_maximum_output_length": 12_000_000,
    "zlib_maximum_output_length": 12_000_000,
    "lzw_maximum_output_length": 12_000_000,
    "run_length_maximum_output_length": 12_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 600_000,
    "page_tree_maximum_entries": 4 * MAX_PAGES,
    "page_tree_maximum_page_entries": 60 * MAX_PAGES,
    "xform_maximum_invocations_per_extraction": 500,
}
_MEND = "Open it in the program that made it and save it again, or copy it again."
_BOLD = ("bold", "black", "heavy", "demi")


class _TooMuchError(BaseException):
    """No Exception: pypdf catches those that are raised while it draws a form, and goes on."""


@dataclass(slots=True)
class _Work:
    """What has been done so far, over all pages."""

    n_operands: int = 0
    n_characters: int = 0
    n_pages: int = 0

    def add(self, operands: Any) -> None:
        """Count an operator, and what it is given."""
        first = operands[0] if isinstance(operands, list) and operands else ()
        self.n_operands += 1
        if isinstance(first, list):
            self.n_operands += len(first)
            self.n_characters += sum(len(text) for text in first if isinstance(text, str | bytes))
        elif isinstance(first, str | bytes):
            self.n_characters += len(first)
        if self.n_operands > MAX_WORK or self.n_characters > MAX_CHARACTERS:
            raise _TooMuchError


@dataclass(slots=True)
class _Page:
    """The pieces of one page, as they are drawn."""

    work: _Work
    box: tuple[float, float, float, float]  # left, bottom, right, top
    pieces: list[Piece] = field(default_factory=list)
    n_runs: int = 0
    n_outside: int = 0
    n_notes: int = 0
    fonts: dict[int, tuple[bool, float]] = field(default_factory=dict)

    def before(self, operator: Any, operands: Any, cm: Any, tm: Any) -> None:
        """Called by pypdf before each operator."""
        self.work.add(operands)

    def text(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        """Called by pypdf for each run of text on one line in one font."""
        self.n_runs += 1
        # Some programs write a tab for each space; a line feed is pypdf's, where the line ended.
        tabs = "\t" in text
        text = text.translate({0: None, 9: " ", 10: " ", 13: " "})
        if not text.strip():
            return
        matrix = _product(tm, cm)
        left, bottom, right, top = self.box
        if not (left <= matrix[4] <= right and bottom <= matrix[5] <= top):
            self.n_outside += 1  # cut off where it is printed: MAXQDA draws whole margins so
            return
        if font is not None and id(font) not in self.fonts:
            self.fonts[id(font)] = _is_bold(font), _broadness(font)
        bold, broad = self.fonts.get(id(font), (False, 1.0))
        height = abs(size) * (matrix[2] ** 2 + matrix[3] ** 2) ** 0.5
        self.pieces.append(
            Piece(
                text=text,
                x=matrix[4],
                y=matrix[5],
                size=height,
                along=(matrix[0], matrix[1]),
                bold=bold,
                broad=broad,
                tabs=tabs,
                order=self.n_runs,
            )
        )


def read_pdf(data: bytes) -> Reading:
    """The paragraphs of a PDF with a text layer, in reading order.

    Raises
    ------
    PipelineError : locked, damaged, far too large, without text (scanned pages), or with letters
        that no table turns into characters.
    """
    if len(data) > MAX_PDF_BYTES:
        raise PipelineError(
            f"the PDF has {len(data) // 1_000_000} MB, and none over "
            f"{MAX_PDF_BYTES // 1_000_000} MB is read",
            mend="Save it without its pictures, or print the transcript's pages alone to a PDF.",
        )
    if data.count(b" obj") > MAX_OBJECTS:  # pypdf looks each up when their table is broken
        raise _too_much()
    work = _Work()
    with _limited() as log:
        try:
            pages = _pages(data, work)
        except PipelineError:
            raise
        except _TooMuchError:
            raise _too_much() from None
        except Exception as error:  # a hostile file breaks pypdf in any way there is
            if type(error).__name__ == "LimitReachedError":
                raise _too_much() from None
            raise PipelineError("the PDF is damaged or was cut off", mend=_MEND) from None
    lines = [page_lines(page.pieces) for page in pages]
    empty = [at + 1 for at, page in enumerate(lines) if not page.lines]
    if len(empty) == len(lines):
        raise PipelineError(
            "the pages hold no text, only pictures of it (a scan)",
            mend="Run text recognition (OCR) over it and save the result as PDF, docx or txt.",
        )
    _check_letters(pages)
    warnings = []
    if log.n_records:
        warnings.append(
            "The PDF is damaged in places and was read as far as it goes; check that its end and "
            "its special characters are there."
        )
    if empty:
        warnings.append(f"Pages without text (pictures, perhaps scans): {_listed(empty)}.")
    warnings += _said([page.n_rotated for page in lines], "Pieces of text that stand askew")
    warnings += _said([p.n_outside for p in pages], "Pieces of text beyond the edge of the page")
    warnings += _said([p.n_notes for p in pages], "Notes and form fields on the pages")
    if columns := [at + 1 for at, page in enumerate(lines) if page.n_columns > 1]:
        warnings.append(
            f"Pages in two columns, read one column after the other: {_listed(columns)}. "
            "Check the order."
        )
    body, said = without_margins([page.lines for page in lines])
    blocks, joined = to_blocks(body)
    return Reading(
        blocks=tuple(blocks), encoding="text layer", warnings=(*warnings, *said, *joined)
    )


def _pages(data: bytes, work: _Work) -> list[_Page]:
    """What is drawn on each page."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise locked()
    pages = []
    for page in reader.pages:
        work.n_pages += 1
        if work.n_pages > MAX_PAGES:
            raise _TooMuchError
        box = page.cropbox
        drawn = _Page(work, (float(box.left), float(box.bottom), float(box.right), float(box.top)))
        page.extract_text(visitor_text=drawn.text, visitor_operand_before=drawn.before)
        drawn.n_notes = _n_notes(page)
        pages.append(drawn)
    return pages


def _n_notes(page: Any) -> int:
    """How many comments and filled-in fields with words a page has."""
    notes = page.get("/Annots")
    notes = notes.get_object() if notes is not None else ()
    n = 0
    for note in list(notes or ())[:5_000]:
        note = note.get_object()
        words = note.get("/Contents", note.get("/V")) if hasattr(note, "get") else None
        n += isinstance(words, str) and any(map(str.isalpha, words))
    return n


def _check_letters(pages: list[_Page]) -> None:
    """Refuse a file whose fonts do not say which characters their shapes are."""
    text = "".join(piece.text for page in pages for piece in page.pieces)
    n_lost = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " " for c in text)
    if n_lost > 0.2 * len(text):
        raise PipelineError(
            "the PDF shows letters but does not say which ones they are",
            mend="Save the transcript as PDF again from the program that it was written in, or "
            "run text recognition (OCR) over it.",
        )


def _too_much() -> PipelineError:
    return PipelineError(
        "the PDF holds far more pages or drawing than a transcript does; it was not read",
        mend="Print the transcript's pages alone to a new PDF.",
    )


def _said(counts: list[int], what: str) -> list[str]:
    pages = [at + 1 for at, n in enumerate(counts) if n]
    return [f"{what}, left out: {sum(counts)} (page {_listed(pages)})."] if pages else []


def _listed(pages: list[int]) -> str:
    """The first page numbers of many."""
    shown = ", ".join(map(str, pages[:8]))
    return shown if len(pages) <= 8 else f"{shown} and {len(pages) - 8} more"


class _Counting(logging.Handler):
    """Counts what pypdf warns of, and shows none of it."""

    n_records = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.n_records += 1


@contextmanager
def _limited() -> Iterator[_Counting]:
    """Hold pypdf to the limits, and its log back."""
    import pypdf

    log, counting = logging.getLogger("pypdf"), _Counting(logging.WARNING)
    before = log.propagate
    log.addHandler(counting)
    log.propagate = False
    try:
        with pypdf.apply_configuration(**_LIMITS):
            yield counting
    finally:
        log.removeHandler(counting)
        log.propagate = before


def _product(m: list[float], n: list[float]) -> tuple[float, ...]:
    """The matrix that does `m` and then `n`."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _is_bold(font: Any) -> bool:
    return any(word in str(font.get("/BaseFont", "")).lower() for word in _BOLD)


def _broadness(font: Any) -> float:
    """How broad a font's letters are, 1 for Helvetica: pypdf tells where text begins, not ends."""
    try:
        widths = [float(w) for w in _widths(font) if isinstance(w, int | float) and 150 < w < 1200]
    except Exception:  # a hostile font breaks in any way there is
        return 1.0
    return min(max(sum(widths) / len(widths) / 530, 0.7), 1.4) if len(widths) > 5 else 1.0


def _widths(font: Any) -> list[Any]:
    if "/Widths" in font:
        return list(font["/Widths"])[:300]
    if "/DescendantFonts" not in font:
        return []
    found: list[Any] = []
    for item in list(font["/DescendantFonts"][0].get_object().get("/W", ()))[:600]:
        item = item.get_object() if hasattr(item, "get_object") else item
        found += list(item)[:300] if isinstance(item, list) else []
    return found
