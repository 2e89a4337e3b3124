"""HTML: what a browser would show of it, as paragraphs. noScribe, Otter, Word and editors save it.

lxml reads it as browsers do, with no network and no entities of the file's own. Scripts, styles
and what is hidden are not read; deletions are left out and insertions read, as in documents.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.errors import PipelineError
from pipeline.ingest.archive import Element
from pipeline.ingest.columns import table_blocks
from pipeline.ingest.encoding import decode_noting
from pipeline.ingest.reading import Block, Reading, document_warnings, paragraph

# Its tree takes twenty times that; of 10 MB without a tag, libxml2 drops all.
MAX_HTML_BYTES = 9_000_000
_MAX_DEPTH = 250
_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.IGNORECASE)
_UNREAD = frozenset(
    "script style head template noscript svg math object embed iframe canvas audio video select "
    "option datalist title".split()
)
_BREAKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre "
    "section summary table tbody tfoot thead tr td th ul textarea caption".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_BOLD_TAGS = frozenset("b strong th dt".split())
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)", re.IGNORECASE)
_PLAIN_STYLE = re.compile(r"font-weight\s*:\s*(?:normal|[1-5]00)", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
_CLASS = re.compile(r"\.([\w-]{1,60})")
# noScribe marks each piece: begin and end in milliseconds.
_MARK = re.compile(r"ts_(\d{1,9})_(\d{1,9})(?:_|$)")


@dataclass(slots=True)
class _Walk:
    """What is known of the styles, the paragraph in the making, and what was left out."""

    bold_classes: frozenset[str]
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    start_s: float | None = None
    end_s: float | None = None
    counts: Counter[str] = field(default_factory=Counter)

    def blocks(self, *, heading: bool = False) -> Iterator[Block]:
        """The paragraph so far, as blocks; a new one begins."""
        pieces, start, end = self.pieces, self.start_s, self.end_s
        self.pieces, self.start_s, self.end_s = [], None, None
        for block in paragraph(pieces, heading=heading):
            yield replace(block, start_s=start, end_s=end)
            start = None


def read_html(data: bytes) -> Reading:
    """The paragraphs and tables of a web page, in order.

    Raises
    ------
    PipelineError : too large, nested too deeply, or nothing in it.
    """
    if len(data) > MAX_HTML_BYTES:
        raise PipelineError(
            f"{len(data) // 1_000_000} MB of HTML, which no transcript has",
            mend="Copy the words of the interview into a text file.",
        )
    text, encoding, warnings = _decoded(data)
    root = _parsed(text)
    bold = _bold_classes(root)
    walk = _Walk(bold)
    body = next(iter(root.iter("body")), root)
    blocks = (*_story(body, walk, False), *walk.blocks())
    return Reading(
        blocks=blocks, encoding=encoding, warnings=(*warnings, *document_warnings(walk.counts))
    )


def _decoded(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The text: by its bytes, but for an encoding that the page names and western ones are not."""
    named = _CHARSET.search(data[:4_000])
    if named and not _is_utf(data):
        try:
            codec = codecs.lookup(named[1].decode("ascii")).name
            if codec not in ("utf-8", "iso8859-1", "cp1252", "ascii", "mac-roman"):
                return data.decode(codec), codec, ()
        except (LookupError, UnicodeError, ValueError, TypeError):
            pass
    decoded = decode_noting(data)
    return decoded.text, decoded.encoding, decoded.warnings


def _is_utf(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return True


def _parsed(text: str) -> Element:
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(text.replace("\0", "").encode(), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise PipelineError(
            "there is nothing to read in the HTML", mend="Open it in a browser to see what it has."
        ) from None
    depth, deepest = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    too_deep = any("depth" in entry.message.lower() for entry in parser.error_log)
    if deepest > _MAX_DEPTH or too_deep:
        raise PipelineError(
            "the HTML is nested more deeply than any transcript; it was not read",
            mend="Copy the words of the interview into a text file.",
        )
    return root


def _bold_classes(root: Element) -> frozenset[str]:
    """The classes that the page's own style sheet makes bold, as Google Docs writes them."""
    found: set[str] = set()
    for sheet in root.iter("style"):
        for selector, rules in _RULE.findall((sheet.text or "")[:200_000]):
            if _BOLD_STYLE.search(rules):
                found |= set(_CLASS.findall(selector))
    return frozenset(found)


def _story(element: Element, walk: _Walk, bold: bool) -> Iterator[Block]:
    """The blocks below an element; what is open at its end stays in the walk."""
    walk.pieces.append((_plain(element, element.text), bold))
    for child in element:
        name = child.tag if isinstance(child.tag, str) else ""
        if not name or name in _UNREAD or _is_left_out(child, name, walk):
            pass
        elif name == "br":
            walk.pieces.append(("\n", bold))
        elif name == "table":
            yield from walk.blocks()
            yield from _table(child, walk)
        elif name in _BREAKS:
            yield from walk.blocks()
            yield from _story(child, walk, _is_bold(child, name, walk, bold))
            yield from walk.blocks(heading=name in _HEADINGS)
        else:
            _take_mark(child, walk)
            yield from _story(child, walk, _is_bold(child, name, walk, bold))
        walk.pieces.append((_plain(element, child.tail), bold))


def _plain(holder: Element, text: str | None) -> str:
    """White space is one space, but in `pre`."""
    if not text or holder.tag == "pre":
        return text or ""
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def _is_left_out(child: Element, name: str, walk: _Walk) -> bool:
    style = child.get("style") or ""
    hidden = child.get("hidden") is not None or _HIDDEN_STYLE.search(style)
    if name == "del" or hidden:
        if "".join(child.itertext()).strip():
            walk.counts["deleted" if name == "del" else "hidden"] += 1
        return True
    walk.counts["inserted"] += name == "ins"
    return False


def _is_bold(child: Element, name: str, walk: _Walk, bold: bool) -> bool:
    style = child.get("style") or ""
    if _PLAIN_STYLE.search(style):
        return False
    classes = (child.get("class") or "").split()
    return (
        bold
        or name in _BOLD_TAGS
        or _BOLD_STYLE.search(style) is not None
        or not walk.bold_classes.isdisjoint(classes)
    )


def _take_mark(child: Element, walk: _Walk) -> None:
    """Anchors of noScribe say when a piece was spoken."""
    if child.tag == "a" and (mark := _MARK.match(child.get("name") or "")):
        if walk.start_s is None and not any(text.strip() for text, _ in walk.pieces):
            walk.start_s = int(mark[1]) / 1000
        walk.end_s = int(mark[2]) / 1000


def _table(table: Element, walk: _Walk) -> Iterator[Block]:
    rows, caption = [], []
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue  # of a table in a cell, which is read with the cell
        cells = []
        for cell in row:
            if cell.tag in ("td", "th") and not _is_left_out(cell, cell.tag, walk):
                inner = [*_story(cell, walk, False), *walk.blocks()]
                cells.append("\n".join(block.text for block in inner))
        rows.append(cells)
    for child in table:
        if child.tag == "caption":
            caption += [*_story(child, walk, False), *walk.blocks()]
    blocks, warnings = table_blocks(rows)
    walk.counts.update(warnings)
    yield from caption
    yield from blocks
