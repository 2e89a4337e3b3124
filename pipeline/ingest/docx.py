"""Word documents. Read from the XML: python-docx drops tracked insertions without a word.

Accepted text is read: insertions are in, deletions out. What is left out (comments, headers,
footers, footnotes, hidden text) is counted and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.errors import PipelineError
from pipeline.ingest.archive import Archive, Element, attribute, local
from pipeline.ingest.columns import table_blocks
from pipeline.ingest.reading import Block, Reading
from pipeline.text import canonical

_DELETED = frozenset({"del", "moveFrom"})
_INSERTED = frozenset({"ins", "moveTo"})
_SKIPPED = frozenset({"instrText", "delText", "delInstrText", "pPr", "rPr", "Fallback", "rt"})
_OFF = frozenset({"0", "false", "off", "none"})
_BOXES = frozenset({"txbxContent"})


@dataclass(slots=True)
class _Notes:
    """What was met on the way, for the warnings."""

    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Styles:
    bold: frozenset[str]
    headings: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    bold: bool


def read_docx(data: bytes) -> Reading:
    """The paragraphs and tables of a Word document, in order."""
    archive = Archive(data)
    main = _main_part(archive)
    folder = main.rpartition("/")[0]
    root = archive.xml(main)
    body = next((child for child in root if local(child) == "body"), None)
    if body is None:
        raise PipelineError(
            "the document has no body", mend="Open it in Word and save it again as .docx."
        )
    notes = _Notes()
    styles = _styles(archive, f"{folder}/styles.xml")
    blocks = list(_story(body, styles, notes))
    _left_out(archive, folder, notes)
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    return Reading(blocks=tuple(blocks), encoding=encoding, warnings=_warnings(notes.counts))


def _main_part(archive: Archive) -> str:
    """The part that the package says is its document."""
    if archive.has("_rels/.rels"):
        for relation in archive.xml("_rels/.rels"):
            if (attribute(relation, "Type") or "").endswith("/officeDocument"):
                target = (attribute(relation, "Target") or "").lstrip("/")
                if archive.has(target):
                    return target
    if archive.has("word/document.xml"):
        return "word/document.xml"
    raise PipelineError(
        "the file has no document in it", mend="Open it in Word and save it again as .docx."
    )


def _styles(archive: Archive, name: str) -> _Styles:
    """Which styles are bold, themselves or through what they are based on; which are headings."""
    if not archive.has(name):
        return _Styles(frozenset(), frozenset())
    based: dict[str, str] = {}
    bold: dict[str, bool] = {}
    headings: set[str] = set()
    for style in archive.xml(name):
        if local(style) != "style" or not (style_id := attribute(style, "styleId")):
            continue
        for part in style:
            value = attribute(part, "val") or ""
            if local(part) == "basedOn":
                based[style_id] = value
            elif local(part) == "name" and value.lower().startswith(
                ("heading", "title", "subtitle")
            ):
                headings.add(style_id)
            elif local(part) == "rPr" and (own := _own_bold(part)) is not None:
                bold[style_id] = own
    return _Styles(
        frozenset(s for s in {*based, *bold} if _inherited(s, based, bold)), frozenset(headings)
    )


def _inherited(style: str, based: dict[str, str], bold: dict[str, bool]) -> bool:
    for _ in range(20):  # a chain of styles may be a ring in a damaged file
        if style in bold:
            return bold[style]
        if style not in based:
            break
        style = based[style]
    return False


def _own_bold(properties: Element) -> bool | None:
    for part in properties:
        if local(part) == "b":
            return (attribute(part, "val") or "1") not in _OFF
    return None


def _story(parent: Element, styles: _Styles, notes: _Notes) -> Iterator[Block]:
    """The blocks of a body, a cell or a text box."""
    held: list[_Run] = []
    for child in parent:
        name = local(child)
        if name == "p":
            held += _runs(child, styles, notes, _paragraph_bold(child, styles))
            if _mark_deleted(child):
                continue  # its end was deleted: the words go on in the next paragraph
            yield from _paragraph(held, _is_heading(child, styles))
            held = []
            for box in _boxes(child):
                notes.counts["box"] += 1
                yield from _story(box, styles, notes)
        elif name == "tbl":
            blocks, warnings = table_blocks(list(_rows(child, styles, notes)))
            notes.counts.update(warnings)
            yield from blocks
        elif name in ("sdt", "sdtContent", "customXml", "smartTag", *_INSERTED):
            yield from _story(child, styles, notes)
    yield from _paragraph(held, heading=False)


def _rows(table: Element, styles: _Styles, notes: _Notes) -> Iterator[list[str]]:
    for row in _unwrapped(table, "tr"):
        if any(local(mark) == "del" for part in row if local(part) == "trPr" for mark in part):
            notes.counts["deleted"] += 1
            continue
        yield [
            "\n".join(block.text for block in _story(cell, styles, notes))
            for cell in _unwrapped(row, "tc")
        ]


def _unwrapped(parent: Element, wanted: str) -> Iterator[Element]:
    """Children of a name, also through content controls."""
    for child in parent:
        if local(child) == wanted:
            yield child
        elif local(child) in ("sdt", "sdtContent", "customXml", *_INSERTED):
            yield from _unwrapped(child, wanted)


def _paragraph(runs: list[_Run], heading: bool) -> Iterator[Block]:
    """A paragraph's lines as blocks, each knowing how far it is bold."""
    line: list[_Run] = []
    continues = False
    for run in [*runs, _Run("\n", False)]:
        pieces = run.text.split("\n")
        for at, piece in enumerate(pieces):
            if at > 0:
                text = "".join(r.text for r in line)
                if text.strip():
                    yield Block(
                        text=text, bold=_bold_start(line), heading=heading, continues=continues
                    )
                    continues = True
                line = []
            if piece:
                line.append(_Run(piece, run.bold))


def _bold_start(runs: list[_Run]) -> int:
    """How many characters at the start are bold; spaces count either way."""
    n = total = 0
    for run in runs:
        if not run.bold and run.text.strip():
            break
        total += len(run.text)
        if run.bold:
            n = total
    return n


def _paragraph_style(paragraph: Element) -> str:
    for properties in paragraph:
        if local(properties) == "pPr":
            for part in properties:
                if local(part) == "pStyle":
                    return attribute(part, "val") or ""
    return ""


def _paragraph_bold(paragraph: Element, styles: _Styles) -> bool:
    return _paragraph_style(paragraph) in styles.bold


def _is_heading(paragraph: Element, styles: _Styles) -> bool:
    return _paragraph_style(paragraph) in styles.headings


def _mark_deleted(paragraph: Element) -> bool:
    return any(
        local(mark) == "del"
        for properties in paragraph
        if local(properties) == "pPr"
        for run in properties
        if local(run) == "rPr"
        for mark in run
    )


def _runs(element: Element, styles: _Styles, notes: _Notes, bold: bool) -> list[_Run]:
    """The runs below an element, in order, tracked changes accepted."""
    runs: list[_Run] = []
    for child in element:
        name = local(child)
        if name in _DELETED:
            notes.counts["deleted"] += 1
        elif name in _SKIPPED or name in _BOXES:
            continue
        elif name == "r":
            runs += _run(child, styles, notes, bold)
        elif name == "commentReference":
            notes.counts["comment"] += 1
        else:
            notes.counts["inserted"] += name in _INSERTED
            runs += _text(child) if name == "t" else _runs(child, styles, notes, bold)
    return runs


def _text(element: Element) -> list[_Run]:
    return [_Run(element.text or "", False)]


def _run(run: Element, styles: _Styles, notes: _Notes, bold: bool) -> list[_Run]:
    text: list[str] = []
    runs: list[_Run] = []
    for child in run:
        name = local(child)
        if name == "rPr":
            own = _own_bold(child)
            style = next((attribute(p, "val") for p in child if local(p) == "rStyle"), None)
            bold = own if own is not None else bold or style in styles.bold
            if any(local(p) == "vanish" and attribute(p, "val") not in _OFF for p in child):
                notes.counts["hidden"] += 1
                return []
        elif name == "t":
            text.append((child.text or "").replace("\n", " "))
        elif name in ("tab", "ptab"):
            text.append("\t")
        elif name in ("br", "cr"):
            text.append("\n")
        elif name == "noBreakHyphen":
            text.append("-")
        elif name == "commentReference":
            notes.counts["comment"] += 1
        elif name == "ruby":
            runs += _runs(child, styles, notes, bold)
    return [_Run("".join(text), bold), *runs]


def _boxes(paragraph: Element) -> Iterator[Element]:
    """Text boxes anchored in a paragraph; the fallback repeats the same words and is left."""
    for box in paragraph.iter("{*}txbxContent"):
        ancestors = [local(ancestor) for ancestor in box.iterancestors()]
        inside = ancestors[: ancestors.index("p")] if "p" in ancestors else ancestors
        if "Fallback" not in ancestors and not _DELETED & set(inside):
            nearest = next(a for a in box.iterancestors() if local(a) == "p")
            if nearest is paragraph:
                yield box


def _left_out(archive: Archive, folder: str, notes: _Notes) -> None:
    """Count what stands outside the text: headers, footers, foot- and endnotes."""
    for name in sorted(archive.names):
        part = name.removeprefix(f"{folder}/") if folder else name
        kind = part.rstrip("0123456789.xml")
        if not part.endswith(".xml") or "/" in part:
            continue
        if part.startswith(("header", "footer")):
            words = _words_of(archive.xml(name))
            notes.counts["margin"] += any(character.isalpha() for character in words)
        elif kind in ("footnotes", "endnotes") or part in ("footnotes.xml", "endnotes.xml"):
            notes.counts["footnote"] += sum(
                bool(canonical(_words_of(note)))
                for note in archive.xml(name)
                if attribute(note, "type") in (None, "normal")
            )


def _words_of(element: Element) -> str:
    return "".join(t.text or "" for t in element.iter("{*}t"))


def _warnings(counts: Counter[str]) -> tuple[str, ...]:
    said = {
        "inserted": "Tracked insertions, read as accepted: {n}.",
        "deleted": "Tracked deletions, left out: {n}.",
        "comment": "Comments, left out: {n}.",
        "hidden": "Pieces of hidden text, left out: {n}.",
        "margin": "Headers or footers with words in them were left out.",
        "footnote": "Footnotes and endnotes, left out: {n}.",
        "box": "Text boxes, read after the paragraph that they hang on: {n}.",
    }
    known = [text.format(n=counts[key]) for key, text in said.items() if counts[key]]
    return (*known, *(key for key in counts if key not in said))
