"""OpenDocument texts, read by lxml from the two parts that hold words and styles.

Not by odfpy (1.4.1), because words are lost: what follows a document that is embedded within the
text is dropped (`LoadParser` stops at the first end of an `office:body`; a test shows it), and its
`extractText` mixes comments and deletions into the speech. It also prints the whole text where it
cannot parse it, and would leave the walk below as it is, for it knows no paragraphs with styles.
Accepted text is read: deletions lie apart in this format and are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.errors import PipelineError
from pipeline.ingest.archive import Archive, Element, attribute, local, locked
from pipeline.ingest.columns import table_blocks
from pipeline.ingest.reading import Block, Reading, bold_styles, document_warnings, paragraph
from pipeline.text import canonical

_NOT_TEXT = frozenset(
    "tracked-changes sequence-decls variable-decls user-field-decls forms object".split()
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
    walk = _Walk(_read_styles([part for part in (shared, root) if part is not None]))
    text = next((e for e in root.iter("{*}text") if local(e.getparent()) == "body"), None)
    if text is None:
        raise PipelineError(
            "the document is no text document", mend="Save the interview as a text (.odt)."
        )
    blocks = tuple(_story(text, walk))
    if shared is not None:
        walk.counts["margin"] += _has_margin_words(shared)
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    return Reading(blocks=blocks, encoding=encoding, warnings=document_warnings(walk.counts))


def _refuse_locked(archive: Archive) -> None:
    if archive.has("encrypted-package"):
        raise locked()
    manifest = "META-INF/manifest.xml"
    if archive.has(manifest):
        # Older manifests name a document type, so bytes are looked at, not XML.
        if b"encryption-data" in archive.read(manifest):
            raise locked()


def _read_styles(parts: list[Element]) -> frozenset[str]:
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
    return bold_styles(bold, parent)


def _story(element: Element, walk: _Walk) -> Iterator[Block]:
    for child in element:
        name = local(child)
        if name in ("p", "h"):
            pieces = list(_pieces(child, walk, attribute(child, "style-name") in walk.bold))
            yield from paragraph(pieces, heading=name == "h")
            boxes, walk.boxes = walk.boxes, []
            for box in boxes:
                yield from _story(box, walk)
        elif name == "table":
            blocks, warnings = table_blocks(list(_rows(child, walk)))
            walk.counts.update(warnings)
            yield from blocks
        elif name in _NOTES:
            walk.counts[_NOTES[name]] += 1
        elif name not in _NOT_TEXT:
            walk.counts["box"] += name == "text-box"
            yield from _story(child, walk)


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
        elif "xmlns:drawing:" in child.tag:
            walk.boxes.append(child)
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


def _has_margin_words(styles: Element) -> bool:
    return any(
        any(character.isalpha() for character in "".join(margin.itertext()))
        for margin in styles.iter("{*}header", "{*}footer", "{*}header-left", "{*}footer-left")
        if canonical("".join(margin.itertext()))
    )
