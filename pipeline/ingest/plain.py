"""Plain text and markdown: lines as they stand."""

from __future__ import annotations

import html
import re

from pipeline.ingest.encoding import decode_noting
from pipeline.ingest.reading import Block, Reading

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,24}\d{0,2});")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|~&])")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_BREAK = re.compile(r"<br\s{0,9}/?>|<!--[^<>]{0,500}-->", re.IGNORECASE)
_BOLD_START = re.compile(r"\s*(?:\*\*\*?|__)(?=\S)(?P<bold>.{1,100}?)(?:\*\*\*?|__)")
# One sign is emphasis, and speech is full of it: a label only where it has its colon.
_LEANING_START = re.compile(r"\s*([*_])(?=[^\s*_])(?P<bold>[^*_\n:]{1,60}(?::(?=\1)|(?=\1\s*:)))\1")
_BOLD = re.compile(r"\*\*(?=\S)([^*]{1,2000})(?<=\S)\*\*")


def read_txt(data: bytes) -> Reading:
    """A block per line that is not empty."""
    decoded = decode_noting(data)
    blocks = _paragraphs([Block(text=unescape(line)) for line in decoded.text.split("\n")])
    return Reading(blocks=blocks, encoding=decoded.encoding, warnings=decoded.warnings)


def read_md(data: bytes) -> Reading:
    """As plain text, with the signs of markdown taken away and headings known."""
    decoded = decode_noting(data)
    blocks = _paragraphs([_markdown(line) for line in decoded.text.split("\n")])
    return Reading(blocks=blocks, encoding=decoded.encoding, warnings=decoded.warnings)


def unescape(text: str) -> str:
    """HTML entities that end in a semicolon, as their characters."""
    return _ENTITY.sub(lambda m: html.unescape(m.group()), text) if "&" in text else text


def _markdown(line: str) -> Block:
    if len(line) < 200 and _RULE.fullmatch(line):
        return Block(text="")
    line = _BREAK.sub(" ", line)
    if quote := _QUOTE.match(line[:100]):
        line = line[quote.end() :]
    heading = _HEADING.match(line[:100])
    if heading:
        line = line[heading.end() :]
    start = _BOLD_START.match(line[:200]) or _LEANING_START.match(line[:200])
    bold = 0
    if start is not None:
        inside = _clean(start["bold"])
        line = f"{inside}{_clean(line[start.end() :])}"
        bold = len(inside)
    else:
        line = _clean(line)
    return Block(text=line, bold=bold, heading=heading is not None)


def _clean(text: str) -> str:
    """Without bold signs and backslashes, entities as characters."""
    return unescape(_ESCAPED.sub(r"\1", _BOLD.sub(r"\1", text)))


def _paragraphs(lines: list[Block]) -> tuple[Block, ...]:
    """Lines without a blank one between them are one paragraph, in a file that has blank lines."""
    from dataclasses import replace

    filled = [bool(line.text.strip()) for line in lines]
    first = filled.index(True) if any(filled) else 0
    last = len(filled) - filled[::-1].index(True) if any(filled) else 0
    if all(filled[first:last]):
        return tuple(lines[first:last])
    return tuple(
        replace(line, continues=at > first and filled[at - 1] and not line.heading)
        for at, line in enumerate(lines)
        if filled[at]
    )
