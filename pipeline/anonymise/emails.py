"""E-mail addresses, web addresses, handles."""

from __future__ import annotations

import re

from pipeline.anonymise import Context
from pipeline.records import Span

_EMAIL = re.compile(r"[\w.+%'’-]*[\w+%-]\s?@\s?[\w-]+(?:\.[\w-]+)*\.\w{2,}", re.UNICODE)
# Spoken, as recognisers and typists write it: "jan dot jansen at gmail dot com".
_SPOKEN = re.compile(
    r"\b[\w-]+(?:\s(?:dot|punt|punktum|underscore|dash|streepje|bindestreg)\s[\w-]+)*\s"
    r"(?:at|apenstaartje|snabel-?a|krølle-?alfa|@)\s[\w-]+(?:\s(?:dot|punt|punktum)\s[\w-]+)+\b"
    r"|\b[\w.-]+\s(?:at|apenstaartje|snabel-?a)\s[\w-]+\.(?:com|nl|dk|org|net|edu|uk|de|eu)\b",
    re.IGNORECASE,
)
_TOP = (
    "com|org|net|edu|gov|info|biz|io|eu|nl|dk|uk|us|de|be|fr|se|no|fi|ch|at|it|es|pl|ca|au|ie|ru|tr|"
    "me|co|tv|app|dev|online|nu|mil|int|cz|hu|hr|si|ro|pt|gr|jp|cn|in|br|za|nz"
)
_URL = re.compile(
    rf"\b(?:https?://|www\.)[^\s<>\"”)\]]+|\b(?:[\w-]+\.)+(?:{_TOP})\b(?:/[^\s<>\"”)\]]*)?",
    re.IGNORECASE,
)
_DOMAIN_CASE = re.compile(r"[a-z]\.[A-Z]")  # "weet ik.In" is a missing space, not a web address
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z_][\w.]{1,30}\b|\bu/[\w-]{3,20}\b")
_END = ".,;:!?'’\""


def find_emails(text: str, context: Context) -> list[Span]:
    """All of them are `contact`, `auto`."""
    spans = []
    if "@" in text:
        spans += [_span(text, match) for match in _EMAIL.finditer(text)]
        spans += [_span(text, match) for match in _HANDLE.finditer(text)]
    spans += [_span(text, match) for match in _SPOKEN.finditer(text)]
    if "." in text:
        spans += [
            _span(text, match)
            for match in _URL.finditer(text)
            if not _DOMAIN_CASE.search(match.group()) or "/" in match.group()
        ]
    return spans


def _span(text: str, match: re.Match[str]) -> Span:
    start, end = match.span()
    while end > start + 1 and text[end - 1] in _END:
        end -= 1
    return Span(start=start, end=end, kind="contact", tier="auto", recogniser="emails")
