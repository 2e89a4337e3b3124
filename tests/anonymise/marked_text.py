"""Texts with their finds marked in them: "I met <Anneke> in <place:Boston>, at <?Hope>"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.anonymise import Known
from pipeline.anonymise.book import Book, assign
from pipeline.anonymise.replace import Manner, Style, apply, decide, pseudonyms
from pipeline.records import KINDS, Span

NOBODY = Known()
_MARK = re.compile(r"<(\??)(?:(\w+):)?([^<>]+)>")


def marked(text: str) -> tuple[str, list[Span]]:
    """The text and its spans: person unless a kind is named, auto unless a ? is."""
    spans: list[Span] = []
    plain = ""
    at = 0
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        spans.append(
            Span(
                start=len(plain),
                end=len(plain) + len(match[3]),
                kind=match[2] or "person",  # type: ignore[arg-type]
                tier="review" if match[1] else "auto",
                recogniser="x",
            )
        )
        plain += match[3]
        at = match.end()
    return plain + text[at:], spans


def read(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[Span]]]:
    both = {name: marked(text) for name, text in texts.items()}
    return {n: text for n, (text, _) in both.items()}, {n: spans for n, (_, spans) in both.items()}


def assigned(*texts: str, known: Known = NOBODY, book: Book | None = None) -> Book:
    """The book after these texts, called a, b, c ..."""
    return assign(book or Book(), *read(dict(zip("abcdefgh", texts, strict=False))), known)


def redacted(
    book: Book, *texts: str, policy: str = "strict", style: Style = "bracket"
) -> list[str]:
    """The texts with the pseudonyms of the book in."""
    plain, spans = read(dict(zip("abcdefgh", texts, strict=False)))
    stands = pseudonyms(book, Manner(style=style, seed=1))
    chosen = decide(spans, plain, book, policy=policy, kinds=KINDS, stands=stands)
    return [apply(plain[name], chosen[name]).text for name in plain]


def shown(*texts: str, known: Known = NOBODY) -> list[str]:
    """What becomes of texts that are a study by themselves."""
    return redacted(assigned(*texts, known=known), *texts)
