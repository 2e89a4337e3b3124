"""Word documents, read by python-docx from a copy in which all changes are accepted.

python-docx leaves out, without a word, tracked insertions, content controls, fields, equations and
text boxes, reads merged cells twice, and refuses templates and the strict variant of the format. So
the parts with words come through the guarded door of `archive`, and what python-docx gets of them
are the elements that it reads: insertions in, deletions out, whatever else wraps words taken off.
What is left out (comments, headers, footers, footnotes, hidden text) is counted and said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.errors import PipelineError
from pipeline.ingest.archive import Archive, Element, attribute, local
from pipeline.ingest.columns import table_blocks
from pipeline.ingest.reading import Block, Reading, bold_styles, document_warnings, paragraph

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RUN, _OPENED = f"{_W}r", "opened"
_SWITCHES = frozenset("b vanish".split())
_KNOWN = _SWITCHES | frozenset(
    "document body tbl tr tc p pPr pStyle r rPr rStyle t tab ptab br cr noBreakHyphen "
    "styles style name basedOn".split()
)
_KEPT = ("val", "styleId")
_OFF = frozenset("0 false off none".split())
_DELETED = ("{*}del", "{*}moveFrom")
_UNSPOKEN = ("{*}instrText", "{*}delText", "{*}delInstrText", "{*}Fallback", "{*}rt")
_BESIDE = re.compile(r"(header|footer|footnotes|endnotes)\d*\.xml")


@dataclass(frozen=True, slots=True)
class _Styles:
    bold: frozenset[str]
    headings: frozenset[str]


def read_docx(data: bytes) -> Reading:
    """The paragraphs and tables of a Word document, in order."""
    from docx.document import Document

    archive = Archive(data)
    main = _main_part(archive)
    folder = main.rpartition("/")[0]
    root = archive.xml(main)
    body = next((child for child in root if local(child) == "body"), None)
    if body is None or local(root) != "document":
        raise PipelineError(
            "the document has no body", mend="Open it in Word and save it again as .docx."
        )
    counts: Counter[str] = Counter()
    _accept(body, counts)
    styles = _styles(archive, f"{folder}/styles.xml")
    no_package: Any = None  # python-docx would look there for styles, which `_styles` knows
    document = Document(_in_its_words(root), no_package)
    blocks = tuple(_story(document, styles, counts))
    _left_out(archive, folder, counts)
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    return Reading(blocks=blocks, encoding=encoding, warnings=document_warnings(counts))


def _main_part(archive: Archive) -> str:
    """The part that the package says is its document."""
    relations = archive.xml("_rels/.rels") if archive.has("_rels/.rels") else ()
    targets = [
        (attribute(relation, "Target") or "").lstrip("/")
        for relation in relations
        if (attribute(relation, "Type") or "").endswith("/officeDocument")
    ]
    for target in (*targets, "word/document.xml"):
        if archive.has(target):
            return target
    raise PipelineError(
        "the file has no document in it", mend="Open it in Word and save it again as .docx."
    )


def _accept(body: Element, counts: Counter[str]) -> None:
    """Accept all changes, and put each text box after the paragraph that it hangs on."""
    from lxml import etree

    joined = []
    for mark in list(body.iterdescendants(*_DELETED)):
        holder, owner = mark.getparent(), mark.getparent().getparent()
        if local(holder) == "rPr":  # the paragraph's end: its words go on in the next one
            joined += [owner.getparent()] if local(owner) == "pPr" else []
            continue
        counts["deleted"] += 1
        if local(holder) == "trPr" and owner.getparent() is not None:
            owner.getparent().remove(owner)
    etree.strip_elements(body, *_DELETED, *_UNSPOKEN, with_tail=False)
    counts["inserted"] += sum(len(mark) > 0 for mark in body.iter("{*}ins", "{*}moveTo"))
    counts["comment"] += sum(1 for _ in body.iter("{*}commentReference"))
    etree.strip_tags(body, "{*}ins", "{*}moveTo", "{*}sdt", "{*}sdtContent", "{*}customXml")
    for first in reversed(joined):
        after = next(first.itersiblings("{*}p", "{*}tbl"), None)
        if after is not None and local(after) == "p":
            at = int(local(next(iter(after), first)) == "pPr")
            for child in reversed([child for child in first if local(child) != "pPr"]):
                after.insert(at, child)
            first.getparent().remove(first)
    for box in reversed(list(body.iter("{*}txbxContent"))):
        counts["box"] += 1
        holder = next(box.iterancestors("{*}p"), box)
        for child in reversed(box):
            holder.addnext(child)


def _in_its_words(root: Element) -> Any:
    """The tree in the elements that python-docx reads, all others opened; as python-docx has it."""
    from docx.oxml import parse_xml
    from lxml import etree

    for element in root.iter():
        space, _, name = element.tag.rpartition("}")
        if name not in _KNOWN or not ("wordprocessingml" in space or space.endswith("math")):
            element.tag = _OPENED
            continue
        if element.tag != _W + name:  # equations, and the strict variant
            element.tag = _W + name
        kept = {key: attribute(element, key) for key in _KEPT if element.attrib}
        element.attrib.clear()
        if name in _SWITCHES:
            kept["val"] = "0" if kept.get("val") in _OFF else "1"
        elif name == "t" and element.text:
            element.text = element.text.replace("\n", " ")
        element.attrib.update({_W + key: value for key, value in kept.items() if value is not None})
    etree.strip_tags(root, _OPENED)
    for run in root.iter(_RUN):  # the characters under a reading aid are runs in a run
        if run.getparent().tag in (_RUN, _OPENED):
            run.tag = _OPENED
    etree.strip_tags(root, _OPENED)
    return parse_xml(etree.tostring(root))


def _styles(archive: Archive, name: str) -> _Styles:
    from docx.text.font import Font
    from lxml import etree

    own: dict[str, bool | None] = {}
    parent: dict[str, str] = {}
    headings = set()
    root = archive.xml(name) if archive.has(name) else etree.Element("styles")
    etree.strip_elements(root, "{*}latentStyles", "{*}tblStylePr", with_tail=False)
    for style in _in_its_words(root).iterchildren(f"{_W}style"):
        own[style.styleId] = Font(style).bold
        parent[style.styleId] = style.basedOn_val
        if (style.name_val or "").lower().startswith(("heading", "title", "subtitle")):
            headings.add(style.styleId)
    return _Styles(bold_styles(own, parent), frozenset(headings))


def _story(holder: Any, styles: _Styles, counts: Counter[str]) -> Iterator[Block]:
    """The blocks of a python-docx document or cell."""
    from docx.table import Table

    for item in holder.iter_inner_content():
        if isinstance(item, Table):
            rows = [
                ["\n".join(b.text for b in _story(cell, styles, counts)) for cell in row.cells]
                for row in item.rows
            ]
            blocks, warnings = table_blocks(rows)
            counts.update(warnings)
            yield from blocks
        else:
            style, pieces = item._p.style, []
            for run in item.runs:
                bold = run.bold
                if bold is None:
                    bold = not styles.bold.isdisjoint((style, run._r.style))
                if run.font.hidden:
                    counts["hidden"] += 1
                else:
                    pieces.append((run.text, bold))
            yield from paragraph(pieces, heading=style in styles.headings)


def _left_out(archive: Archive, folder: str, counts: Counter[str]) -> None:
    """Count what stands outside the text: headers, footers, foot- and endnotes."""
    for name in sorted(archive.names):
        place, _, part = name.rpartition("/")
        kind = _BESIDE.fullmatch(part)
        if kind is None or place != folder:
            continue
        root = archive.xml(name)
        if kind[1] in ("header", "footer"):
            counts["margin"] += any(map(str.isalpha, _words_of(root)))
        else:
            counts["footnote"] += sum(
                bool(_words_of(note).strip())
                for note in root
                if attribute(note, "type") in (None, "normal")
            )


def _words_of(element: Element) -> str:
    return "".join(t.text or "" for t in element.iter("{*}t"))
