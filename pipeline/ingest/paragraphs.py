"""Lines of pages to paragraphs: what goes on in the next line, and what begins anew.

A line goes on where it is full (the next word would not have fitted), at the usual distance, in
the usual place. A line that could begin with a speaker's label goes on only in a document whose
turns are set apart, and here is not. A word cut at the end of a line is joined where the document
itself has it whole; else it keeps its hyphen, as written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from pipeline.ingest.labels import could_be_label, is_name_shaped, is_weakly_typical, label_key
from pipeline.ingest.lines import Line, breadth
from pipeline.ingest.reading import Block

_LABEL = re.compile(r"[\[#>(\s]*(?:[\d:.,]{4,12}[\])\s]*)?(?P<label>[^:\t]{1,40})[:\t]")
_CUT = re.compile(r"(?P<before>[^\W\d_]+(?:-[^\W\d_]+)*)(?P<hyphen>[-\u2010\u00ad])$")
_NEXT = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
# Somebody who breaks off: `I was go- I went`.
_BROKEN_OFF = re.compile(r"[^\W\d_][-\u2010]\s+[^\W\d_]")


@dataclass(slots=True)
class _Paragraph:
    """Lines that are one paragraph."""

    lines: list[Line]
    continues: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """What the document has between the ends of its lines."""

    whole: frozenset[str]  # words without a hyphen, and hyphenated ones with it
    breaks_off: bool  # people break off with a hyphen in it
    cuts: bool = field(default=False)  # the program that made it cuts words


def to_blocks(pages: Sequence[Sequence[Line]]) -> tuple[list[Block], list[str]]:
    """A block per paragraph, in order, and what a person should know of words that were cut."""
    paragraphs = list(_paragraphs(pages))
    words = _words(paragraphs)
    blocks: list[Block] = []
    n_open = 0
    usual = median([line.size for p in paragraphs for line in p.lines] or [0.0])
    for paragraph in paragraphs:
        text, n = _joined(paragraph.lines, words)
        n_open += n
        first = paragraph.lines[0]
        blocks.append(
            Block(
                text=text,
                bold=min(sum(line.bold for line in paragraph.lines), first.bold),
                heading=first.size > 1.2 * usual and len(text) < 200,
                continues=paragraph.continues,
            )
        )
    if not n_open:
        return blocks, []
    return blocks, [
        f"Words with a hyphen at the end of a line, which may be one word or two: {n_open}."
    ]


def _paragraphs(pages: Sequence[Sequence[Line]]) -> Iterator[_Paragraph]:
    pitch = _least_pitch(pages)
    ends = [_right_edge(page) for page in pages]
    starts = [_usual_start(page) for page in pages]
    lines = [(at, line) for at, page in enumerate(pages) for line in page]
    apart = [_stands_apart(a, b, pitch, starts[j], i == j) for (i, a), (j, b) in pairwise(lines)]
    short = [_is_short(a, b, ends[i]) for (i, a), (_, b) in pairwise(lines)]
    first = [i != j for (i, _), (j, _) in pairwise(lines)]  # of a page: no distance to see
    labels = [_label(line) for _, line in lines]
    seen = [
        (label, round(line.x))
        for label, (_, line), is_new in zip(labels[1:], lines[1:], apart, strict=True)
        if label and is_new
    ]
    known = {label for label, _ in seen}
    place = Counter(x for _, x in seen).most_common(1)[0][0] if seen else 0
    # Of what could be labels in their usual place, but at the head of a page, most are set apart:
    # then what looks like one elsewhere is speech, but for a known one at the head of a page.
    in_place = [
        is_new
        for label, (_, line), is_new, top in zip(labels[1:], lines[1:], apart, first, strict=True)
        if label and not top and abs(line.x - place) < 2 * line.size
    ]
    set_apart = len(in_place) > 2 and sum(in_place) >= 0.6 * len(in_place)
    paragraph: _Paragraph | None = None
    for at, (_, line) in enumerate(lines):
        is_new = at == 0 or apart[at - 1] or short[at - 1]
        may_speak = bool(labels[at])
        if set_apart and labels[at] and at and not apart[at - 1]:
            usual = labels[at] in known and abs(line.x - place) < 2 * line.size
            may_speak = usual and (first[at - 1] or short[at - 1])
            is_new = is_new and may_speak
        if paragraph is None or is_new or may_speak:
            if paragraph is not None:
                yield paragraph
            paragraph = _Paragraph([line], continues=not is_new)
        else:
            paragraph.lines.append(line)
    if paragraph is not None:
        yield paragraph


def _stands_apart(before: Line, line: Line, pitch: float, start: float, same_page: bool) -> bool:
    """Whether a line is set apart from the one before: by size, bold letters, distance, place."""
    size = max(before.size, line.size, 1.0)
    if abs(before.size - line.size) > 0.15 * size:
        return True
    if 0 < line.bold < len(line.text) and before.bold < len(before.text):
        return True
    if 0 < before.bold == len(before.text) and line.bold < len(line.text):
        return True
    if not same_page or before.column != line.column:
        return False
    step = before.y - line.y
    if step > 1.25 * max(pitch, size) or step < 0:
        return True
    # Set in at its start, or out of lines that are set in.
    aside = 0.8 * size
    if line.x < start - aside and before.x > line.x + aside:
        return True
    return line.x > start + aside and before.x < line.x - aside and not _hangs(before, line)


def _is_short(before: Line, line: Line, end: float) -> bool:
    """Whether the first word of a line would have fitted on the one before."""
    word = line.text.split(maxsplit=1)[0] if line.text.strip() else ""
    size = max(before.size, line.size, 1.0)
    return before.end + size * before.broad * (breadth(word) + 0.28) < end - 1.5 * size


def _hangs(before: Line, line: Line) -> bool:
    """Whether a line stands under the words of the line before, beside its label."""
    label = _LABEL.match(before.text)
    if label is None:
        return False
    words = before.x + before.size * before.broad * breadth(before.text[: label.end()])
    return "\t" in before.text or abs(line.x - words) < 3 * before.size


def _label(line: Line) -> str:
    """What may be a speaker's label at the start of a line, by its key; else nothing."""
    match = _LABEL.match(line.text)
    if match is None:
        return ""
    label = match["label"].strip(" []#()")
    fits = could_be_label(label) and (is_name_shaped(label) or is_weakly_typical(label))
    return label_key(label) if fits else ""


def _least_pitch(pages: Sequence[Sequence[Line]]) -> float:
    """The least of the usual distances between lines: within a paragraph, not between two."""
    steps = Counter(
        round((a.y - b.y) * 2) / 2
        for page in pages
        for a, b in pairwise(page)
        if 0.8 * a.size < a.y - b.y < 4 * a.size
    )
    total = sum(steps.values())
    usual = [step for step, n in steps.items() if n >= max(2, 0.03 * total)]
    return min(usual or steps, default=0.0)


def _right_edge(page: Sequence[Line]) -> float:
    """How far the lines of a page reach, but for a few that are measured too long."""
    ends = sorted(line.end for line in page)
    return ends[int(0.95 * (len(ends) - 1))] if ends else 0.0


def _usual_start(page: Sequence[Line]) -> float:
    starts = Counter(round(line.x) for line in page)
    return float(starts.most_common(1)[0][0]) if starts else 0.0


def _words(paragraphs: Iterable[_Paragraph]) -> _Words:
    whole: set[str] = set()
    breaks_off = False
    cut: list[tuple[str, str]] = []
    for paragraph in paragraphs:
        for at, line in enumerate(paragraph.lines):
            found = [match.group().lower() for match in _WORD.finditer(line.text)]
            if at + 1 < len(paragraph.lines) and (parts := _cut(line, paragraph.lines[at + 1])):
                cut.append(parts)
                found = found[:-1]
            if at and _CUT.search(paragraph.lines[at - 1].text):
                found = found[1:]
            whole.update(found)
            breaks_off = breaks_off or _BROKEN_OFF.search(line.text) is not None
    n_proven = sum((a + b).lower() in whole for a, b in cut)
    n_kept = sum(f"{a}-{b}".lower() in whole for a, b in cut)
    return _Words(frozenset(whole), breaks_off, n_proven >= 3 and n_proven > 3 * n_kept)


def _cut(line: Line, following: Line) -> tuple[str, str] | None:
    """The two halves of a word that a line's end may have cut."""
    end = _CUT.search(line.text)
    start = _NEXT.match(following.text)
    if end is None or start is None or not start.group()[0].islower():
        return None
    return end["before"], start.group()


def _joined(lines: Sequence[Line], words: _Words) -> tuple[str, int]:
    """The text of a paragraph's lines, and how many hyphens at their ends were in doubt."""
    text, n_open = lines[0].text, 0
    for before, line in pairwise(lines):
        parts = _cut(before, line)
        if parts is None:
            text += f" {line.text}"
            continue
        one, two = "".join(parts).lower(), "-".join(parts).lower()
        soft = text.endswith("\u00ad")
        if soft or (one in words.whole and two not in words.whole):
            text = text[:-1] + line.text
        elif two in words.whole or (words.cuts and len(parts[1]) < 2):
            text += line.text
        elif words.cuts:
            text = text[:-1] + line.text
        else:
            n_open += 1
            text += f" {line.text}" if words.breaks_off else line.text
    return text, n_open
