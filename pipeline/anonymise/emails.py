"""E-mail addresses, web addresses, handles."""

from __future__ import annotations

import re

from pipeline.anonymise import Context, lexicon
from pipeline.records import Span

_EMAIL = re.compile(r"[\w.+%'’-]*[\w+%-]\s?@\s?[\w-]+(?:\.[\w-]+)*\.\w{2,}", re.UNICODE)
_TOP = (
    "com|org|net|edu|gov|info|biz|io|eu|nl|dk|uk|us|de|be|fr|se|no|fi|ch|at|it|es|pl|ca|au|ie|ru|"
    "tr|"
    "me|co|tv|app|dev|online|nu|mil|int|cz|hu|hr|si|ro|pt|gr|jp|cn|in|br|za|nz"
)
_URL = re.compile(
    rf"\b(?:https?://|www\.)[^\s<>\"”)\]]+|\b(?:[\w-]+\.)+(?:{_TOP})\b(?:/[^\s<>\"”)\]]*)?",
    re.IGNORECASE,
)
_DOMAIN_CASE = re.compile(r"[a-z]\.[A-Z]")  # "weet ik.In" is a missing space, not a web address
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z_][\w.]{1,30}\b")
_FORUM = re.compile(r"(?<![\w/.])[ur]/[\w-]{3,20}\b")
_WORDS = frozenset("it in at me no us be is de es se pt info co app online fr nu tv".split())
_END = ".,;:!?'’\""


def find_emails(text: str, context: Context) -> list[Span]:
    """All of them are `contact`, `auto`."""
    spans = []
    if "@" in text:
        spans += [_span(text, match) for match in _EMAIL.finditer(text)]
        spans += [_span(text, match) for match in _HANDLE.finditer(text)]
    if "/" in text:
        spans += [_span(text, match) for match in _FORUM.finditer(text)]
    if "." in text:
        spans += [
            _span(text, match)
            for match in _URL.finditer(text)
            if "/" in match.group()
            or not (_DOMAIN_CASE.search(match.group()) or _is_sentence(match.group(), context))
        ]
    return spans


def _is_sentence(written: str, context: Context) -> bool:
    """Whether a blank is missing after a full stop: "as well.it is", no web address."""
    label, _, top = written.lower().rpartition(".")
    return top in _WORDS and lexicon.is_word_anywhere(label, context.all_languages)


def _span(text: str, match: re.Match[str]) -> Span:
    start, end = match.span()
    while end > start + 1 and text[end - 1] in _END:
        end -= 1
    return Span(start=start, end=end, kind="contact", tier="auto", recogniser="emails")
