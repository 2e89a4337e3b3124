"""OpenDocument texts, read from the XML of the two parts that hold words and styles.

odfpy loads every picture of the archive and prints on a damaged file; `archive` reads no more than
it is asked for. Accepted text is read: deletions lie apart in this format and are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.errors import PipelineError
from pipeline.ingest.archive import Archive, Element, attribute, local, locked
from pipeline.ingest.columns import table_blocks
from pipeline.ingest.reading import Block, Reading
from pipeline.text import canonical

_NOT_TEXT = frozenset(
    {"tracked-changes", "sequence-decls", "variable-decls", "user-field-decls", "forms"}
)
_HOLDERS = frozenset(
    {"list", "list-item", "list-header", "section", "index-body", "numbered-paragraph"}
)
_NOTES = {
    "annotation": "comment",
    "note": "footnote",
    "change": "deleted",
    "change-start": "inserted",
}


@dataclass(slots=True)
class _Walk:
    """What is known of the styles, and what was met on the way."""

    bold: frozenset[str]
    counts: Counter[str] = field(default_factory=Counter)
    boxes: list[Element] = field(default_factory=list)


def read_odt(data: bytes) -> Reading:
    """The paragraphs and tables of an OpenDocument text, in order."""
    archive = Archive(data)
    _refuse_locked(archive)
    if not archive.has("content.xml"):
        raise PipelineError(
            "the file has no document in it", mend="Open it in LibreOffice and save it again."
        )
    root = archive.xml("content.xml")
    shared = archive.xml("styles.xml") if archive.has("styles.xml") else None
    walk = _Walk(_bold_styles([part for part in (shared, root) if part is not None]))
    text = next((e for e in root.iter("{*}text") if local(e.getparent()) == "body"), None)
    if text is None:
        raise PipelineError(
            "the document is no text document", mend="Save the interview as a text (.odt)."
        )
    blocks = tuple(_story(text, walk))
    if shared is not None:
        walk.counts["margin"] += _has_margin_words(shared)
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    return Reading(blocks=blocks, encoding=encoding, warnings=_warnings(walk.counts))


def _refuse_locked(archive: Archive) -> None:
    if archive.has("encrypted-package"):
        raise locked()
    manifest = "META-INF/manifest.xml"
    if archive.has(manifest):
        # Older manifests name a document type, so bytes are looked at, not XML.
        if b"encryption-data" in archive.read(manifest):
            raise locked()


def _bold_styles(parts: list[Element]) -> frozenset[str]:
    """The names of all styles that are bold, themselves or through a parent."""
    bold: dict[str, bool] = {}
    parent: dict[str, str] = {}
    for part in parts:
        for style in part.iter("{*}style"):
            name = attribute(style, "name") or ""
            if above := attribute(style, "parent-style-name"):
                parent[name] = above
            for properties in style:
                if local(properties) == "text-properties":
                    weight = attribute(properties, "font-weight")
                    if weight is not None:
                        bold[name] = weight == "bold" or (weight.isdigit() and int(weight) >= 600)
    return frozenset(name for name in {*bold, *parent} if _inherits(name, bold, parent))


def _inherits(name: str, bold: dict[str, bool], parent: dict[str, str]) -> bool:
    for _ in range(20):
        if name in bold:
            return bold[name]
        if name not in parent:
            break
        name = parent[name]
    return False


def _story(element: Element, walk: _Walk) -> Iterator[Block]:
    for child in element:
        name = local(child)
        if name in ("p", "h"):
            pieces = list(_pieces(child, walk, attribute(child, "style-name") in walk.bold))
            yield from _paragraph(pieces, heading=name == "h")
            boxes, walk.boxes = walk.boxes, []
            for box in boxes:
                walk.counts["box"] += 1
                yield from _story(box, walk)
        elif name == "table":
            blocks, warnings = table_blocks(list(_rows(child, walk)))
            walk.counts.update(warnings)
            yield from blocks
        elif name in _NOTES:
            walk.counts[_NOTES[name]] += 1
        elif name in _HOLDERS or name.endswith(("-index", "-of-content", "bibliography")):
            yield from _story(child, walk)
        elif name not in _NOT_TEXT:
            yield from _boxed(child, walk)


def _boxed(element: Element, walk: _Walk) -> Iterator[Block]:
    """The text boxes of a drawing that stands between paragraphs."""
    for box in element.iter("{*}text-box"):
        walk.counts["box"] += 1
        yield from _story(box, walk)


def _rows(table: Element, walk: _Walk) -> Iterator[list[str]]:
    for child in table:
        name = local(child)
        if name in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(child, walk)
        elif name == "table-row":
            yield [
                "\n".join(block.text for block in _story(cell, walk))
                for cell in child
                if local(cell) in ("table-cell", "covered-table-cell")
            ]


def _pieces(element: Element, walk: _Walk, bold: bool) -> Iterator[tuple[str, bool]]:
    """The text below a paragraph in order, with whether it is bold."""
    yield _plain(element.text), bold
    for child in element:
        name = local(child)
        if name == "s":
            # The count may be hostile; more than one space is folded to one later.
            yield " ", bold
        elif name == "tab":
            yield "\t", bold
        elif name == "line-break":
            yield "\n", bold
        elif name in _NOTES:
            walk.counts[_NOTES[name]] += 1
        elif name == "frame":
            walk.boxes += list(child.iter("{*}text-box"))
        elif name == "ruby":
            for base in child:
                if local(base) == "ruby-base":
                    yield from _pieces(base, walk, bold)
        else:
            style = attribute(child, "style-name") if name in ("span", "a") else None
            yield from _pieces(child, walk, bold or style in walk.bold)
        yield _plain(child.tail), bold


def _plain(text: str | None) -> str:
    """White space of the XML is one space; line breaks and tabs are elements of their own."""
    return (text or "").replace("\n", " ").replace("\t", " ").replace("\r", " ")


def _paragraph(pieces: list[tuple[str, bool]], *, heading: bool) -> Iterator[Block]:
    line, n_bold, still_bold, continues = "", 0, True, False
    for text, bold in [*pieces, ("\n", False)]:
        for at, part in enumerate(text.split("\n")):
            if at > 0:
                if line.strip():
                    yield Block(text=line, bold=n_bold, heading=heading, continues=continues)
                    continues = True
                line, n_bold, still_bold = "", 0, True
            line += part
            if bold and still_bold and part.strip():
                n_bold = len(line)
            elif part.strip():
                still_bold = False


def _has_margin_words(styles: Element) -> bool:
    return any(
        any(character.isalpha() for character in "".join(margin.itertext()))
        for margin in styles.iter("{*}header", "{*}footer", "{*}header-left", "{*}footer-left")
        if canonical("".join(margin.itertext()))
    )


def _warnings(counts: Counter[str]) -> tuple[str, ...]:
    said = {
        "inserted": "Tracked insertions, read as accepted: {n}.",
        "deleted": "Tracked deletions, left out: {n}.",
        "comment": "Comments, left out: {n}.",
        "margin": "Headers or footers with words in them were left out.",
        "footnote": "Footnotes and endnotes, left out: {n}.",
        "box": "Text boxes, read after the paragraph that they hang on: {n}.",
    }
    known = [text.format(n=counts[key]) for key, text in said.items() if counts[key]]
    return (*known, *(key for key in counts if key not in said))
