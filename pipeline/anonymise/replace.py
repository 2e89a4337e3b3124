"""Put pseudonyms in the place of spans, in one pass over offsets, and take them out again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.anonymise import Context, Known
from pipeline.anonymise.book import Book, assign, folded
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.surrogate import stand_in
from pipeline.records import Kind, Span, Tier

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_JOINED = re.compile(r"\[?\s*(?P<label>[A-Za-z]+ \d+)\s*\]?")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Replacement:
    """Characters [start, end) of the source, and what stands in their place."""

    start: int
    end: int
    kind: Kind
    tier: Tier
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with its pseudonyms in. `places`: (source start, source end, start, end) of each."""

    text: str
    places: tuple[tuple[int, int, int, int], ...]


def decide(
    spans: Mapping[str, Sequence[Span]],
    texts: Mapping[str, str],
    book: Book,
    *,
    policy: str,
    kinds: Iterable[Kind],
    style: str = "bracket",
    seed: int = 0,
) -> dict[str, list[Replacement]]:
    """Which spans are replaced, and by what.

    A verdict decides for its string. Without one: strict replaces both tiers; auto replaces what
    was sure anywhere in the study, so that a string is replaced everywhere or nowhere.

    Parameters
    ----------
    policy : "strict" or "auto".
    kinds : kinds to replace; "name" goes with "person", because nobody knows that it is none.
    style : "bracket" [Person 3], "general" [person], "surrogate" another name.
    """
    wanted = {*kinds} | ({"name"} if "person" in kinds else set())
    sure = {
        folded(texts[name][span.start : span.end])
        for name, found in spans.items()
        for span in found
        if span.tier == "auto"
    }
    chosen: dict[str, list[Replacement]] = {}
    for name, found in spans.items():
        chosen[name] = []
        for span in sorted(found):
            string = texts[name][span.start : span.end]
            key = folded(string)
            verdict = book.verdicts.get(key)
            if verdict is None:
                applied = span.kind in wanted and (policy == "strict" or key in sure)
            else:
                applied = verdict.word != "keep"
            if applied:
                chosen[name].append(
                    Replacement(
                        start=span.start,
                        end=span.end,
                        kind=span.kind,
                        tier=span.tier,
                        pseudonym=pseudonym(book, span.kind, string, style, seed),
                    )
                )
    return chosen


def pseudonym(book: Book, kind: Kind, string: str, style: str, seed: int) -> str:
    """What stands in for a string of a kind."""
    verdict = book.verdicts.get(folded(string))
    if verdict is not None and verdict.word == "rename":
        return verdict.text
    label = book.label(kind, string)
    if verdict is not None and verdict.word == "join":
        joined = _JOINED.fullmatch(verdict.text)
        label = joined["label"].capitalize() if joined else label
    if style == "bracket":
        return f"[{label}]"
    if style == "general":
        year = _YEAR.search(string) if kind == "date" else None
        return f"[{year[0]}]" if year else f"[{label.partition(' ')[0].lower()}]"
    return stand_in(book, kind, string, label, seed)


def apply(text: str, replacements: Sequence[Replacement]) -> Redacted:
    """The text with every replacement made. They must be in order and not overlap.

    Raises
    ------
    ValueError : overlapping, out of order, or outside the text.
    """
    parts: list[str] = []
    places = []
    at = length = 0
    for one in replacements:
        if not at <= one.start < one.end <= len(text):
            raise ValueError("replacements overlap, are out of order or outside the text")
        length += one.start - at
        parts += [text[at : one.start], one.pseudonym]
        places.append((one.start, one.end, length, length + len(one.pseudonym)))
        length += len(one.pseudonym)
        at = one.end
    parts.append(text[at:])
    return Redacted("".join(parts), tuple(places))


def reverse(redacted: Redacted, originals: Sequence[str]) -> str:
    """The text as it was: `reverse(apply(text, r), [text[x.start:x.end] for x in r]) == text`."""
    parts: list[str] = []
    at = 0
    for (_, _, start, end), original in zip(redacted.places, originals, strict=True):
        parts += [redacted.text[at:start], original]
        at = end
    return "".join([*parts, redacted.text[at:]])


def redact_range(text: str, replacements: Sequence[Replacement], start: int, end: int) -> str:
    """text[start:end] with its pseudonyms in. One that straddles a border is shown whole."""
    parts: list[str] = []
    at = start
    for one in replacements:
        if one.end > start and one.start < end:
            parts += [text[at : max(at, one.start)], one.pseudonym]
            at = min(end, one.end)
    return "".join([*parts, text[at:end]])


@dataclass(frozen=True, slots=True)
class RedactedText:
    """A loose text, redacted; `spans` in order, each with what stands in its place or None."""

    redacted: str
    spans: tuple[tuple[Span, str | None], ...]


def redact_texts(
    texts: Mapping[str, str], context: Context, *, policy: str, style: str, kinds: Iterable[Kind]
) -> dict[str, RedactedText]:
    """Loose texts, anonymised together: one person has one pseudonym in all of them."""
    spans = propagate(texts, {name: find(text, context) for name, text in texts.items()}, context)
    book = assign(Book(), texts, spans, Known())
    chosen = decide(spans, texts, book, policy=policy, kinds=kinds, style=style)
    result = {}
    for name, text in texts.items():
        by_place = {(one.start, one.end): one.pseudonym for one in chosen[name]}
        result[name] = RedactedText(
            apply(text, chosen[name]).text,
            tuple((span, by_place.get((span.start, span.end))) for span in sorted(spans[name])),
        )
    return result
