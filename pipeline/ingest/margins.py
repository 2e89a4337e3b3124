"""What the pages of a document repeat: running headers and footers, page and line numbers.

None of it is speech, and each would stand in the middle of a sentence that goes on over the page.
It is known by coming back: the same words (or the same but for a number) at the head or foot of
most pages, a number that counts the pages, numbers before the lines that count on. All is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.ingest.lines import Line
from pipeline.text import n_words

Pages = list[list[Line]]

_AT_MOST = 4  # lines at the head or foot of a page that may be running ones
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|pagina|side|seite|blz|pag|p|s)\b\.?\s*)?(\d{1,4})"
    r"(?:\s*(?:/|\||of|van|af|von|-|–)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_LEADING_NUMBER = re.compile(r"(\d{1,5})\s+(?=\S)")


def without_margins(pages: Sequence[Sequence[Line]]) -> tuple[Pages, list[str]]:
    """The pages without what they repeat, and what was left out."""
    kept, n_numbers = _without_line_numbers([list(page) for page in pages])
    kept, n_pages = _without_page_numbers(kept)
    kept, running = _without_running(kept)
    if running:  # a number may stand over the running footer
        kept, n_more = _without_page_numbers(kept)
        n_pages += n_more
    kept, n_twice = _without_repeats(kept)
    said = []
    if n_numbers:
        said.append(f"Numbers in the margin (of lines or paragraphs), left out: {n_numbers}.")
    if running:
        words = sum(n_words(line.text) for line in running)
        said.append(
            f"Running headers and footers, left out: {len(running)} lines, {words} words (the "
            "same at the head or foot of most pages)."
        )
    if n_pages:
        said.append(f"Page numbers, left out: {n_pages}.")
    if n_twice:
        said.append(
            f"Lines that stand at the foot of a page and again at the head of the next, read once: "
            f"{n_twice}."
        )
    return kept, said


def _without_line_numbers(pages: Pages) -> tuple[Pages, int]:
    """Numbers that stand apart before the lines and count on: 1 2 3, or 5 10 15."""
    before_words = [line.x for page in pages for line in page if line.rest is not None]
    if not before_words:
        return _without_leading_numbers(pages)
    first, last = min(before_words) - 20, max(before_words) + 2  # a page number stands elsewhere
    marked = [[bool(line.number) and first <= line.x <= last for line in page] for page in pages]
    both = [list(zip(page, marks, strict=True)) for page, marks in zip(pages, marked, strict=True)]
    numbers = [int(line.number) for page in both for line, is_number in page if is_number]
    plain = [line.x for page in both for line, is_number in page if not is_number]
    # Where other lines begin at the place of the numbers, they may be said: 1 2 3, go.
    if _counts_on(numbers) and sum(x <= last for x in plain) <= 0.2 * len(plain) + 2 * len(pages):
        kept = [[line.rest if is_number else line for line, is_number in page] for page in both]
        return [[line for line in page if line is not None] for page in kept], len(numbers)
    return _without_leading_numbers(pages)


def _without_leading_numbers(pages: Pages) -> tuple[Pages, int]:
    """The same numbers in files where they are one piece with the line."""
    from dataclasses import replace

    lines = [line for page in pages for line in page]
    found = [m for line in lines if (m := _LEADING_NUMBER.match(line.text))]
    if len(found) < 0.8 * len(lines) or not _counts_on([int(m[1]) for m in found]):
        return pages, 0

    def cut(line: Line) -> Line:
        match = _LEADING_NUMBER.match(line.text)
        return replace(line, text=line.text[match.end() :], bold=0) if match else line

    return [[cut(line) for line in page] for page in pages], len(found)


def _counts_on(numbers: Sequence[int]) -> bool:
    """Whether numbers grow by 1, or by 5, all the way, perhaps anew on each page."""
    if len(numbers) < 4:
        return False
    steps = Counter(b - a for a, b in pairwise(numbers))
    step = 5 if steps[5] > steps[1] else 1
    anew = sum(b <= step < a for a, b in pairwise(numbers))
    return steps[step] + anew >= 0.9 * (len(numbers) - 1) and steps[step] >= 3


def _without_running(pages: Pages) -> tuple[Pages, list[Line]]:
    """Lines that stand at the head or foot of at least six pages in ten, at one height."""
    filled = [page for page in pages if page]
    if len(filled) < 2:
        return pages, []
    pitch = _pitch(filled)
    kept, out = [list(page) for page in pages], []
    for at_end in (False, True):
        for _ in range(_AT_MOST):
            edges = [page[-1] if at_end else page[0] for page in kept if page]
            shapes = Counter(_shape(line) for line in edges)
            shape, n = shapes.most_common(1)[0] if shapes else (("", 0), 0)
            # Both of two pages could begin with the same short answer.
            least = 2 if len(filled) == 2 else max(3, 0.6 * len(filled))
            if n < least:
                break
            removed = 0
            for page in kept:
                if not page or _shape(page[-1] if at_end else page[0]) != shape:
                    continue
                if not _apart(page, at_end, pitch):
                    continue
                out.append(page.pop(-1 if at_end else 0))
                removed += 1
            if not removed:
                break
    return kept, out


def _shape(line: Line) -> tuple[str, int]:
    """A line's words without its numbers, and its height on the page."""
    return _DIGITS.sub("#", line.text.casefold()), round(line.y / 3)


def _apart(page: Sequence[Line], at_end: bool, pitch: float) -> bool:
    """Whether the outermost line stands further from the next than lines of speech do."""
    if len(page) < 2:
        return True
    edge, following = (page[-1], page[-2]) if at_end else (page[0], page[1])
    return abs(edge.y - following.y) > 1.2 * pitch or edge.size < 0.92 * following.size


def _pitch(pages: Sequence[Sequence[Line]]) -> float:
    """The usual distance from one line to the next."""
    steps = [a.y - b.y for page in pages for a, b in pairwise(page) if a.y > b.y]
    return median(steps) if steps else 0.0


def _without_page_numbers(pages: Pages) -> tuple[Pages, int]:
    """Numbers at the head or foot that count the pages, from whichever number."""
    best: tuple[int, ...] = ()
    best_end = True
    for at_end in (True, False):
        numbers = {
            at: int(match[1])
            for at, page in enumerate(pages)
            if page
            and (line := page[-1 if at_end else 0])
            and len(line.text) < 25
            and (match := _PAGE_NUMBER.fullmatch(line.text))
        }
        offsets = Counter(number - at for at, number in numbers.items())
        if not offsets:
            continue
        offset, n = offsets.most_common(1)[0]
        found = tuple(at for at, number in numbers.items() if number - at == offset)
        filled = sum(map(bool, pages))
        enough = n >= 0.5 * filled if filled > 1 else offset == 1 and len(pages[found[0]]) > 1
        if enough and n > len(best):
            best, best_end = found, at_end
    kept = [list(page) for page in pages]
    for at in best:
        del kept[at][-1 if best_end else 0]
    return kept, len(best)


def _without_repeats(pages: Pages) -> tuple[Pages, int]:
    """A line cut by the end of a page, which some programs print on both pages."""
    kept, n = [list(page) for page in pages], 0
    for before, after in pairwise(kept):
        if before and after and n_words(after[0].text) >= 5 and before[-1].text == after[0].text:
            del after[0]
            n += 1
    return kept, n
