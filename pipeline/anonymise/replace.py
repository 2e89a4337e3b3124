"""Put pseudonyms in the place of spans, in one pass over offsets, and take them out again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol, get_args

from pipeline.anonymise import Context
from pipeline.anonymise.book import Book, assign, folded, is_genitive
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.generalise import Levels, general
from pipeline.anonymise.surrogate import StandIns, stand_ins
from pipeline.records import KINDS, Kind, Span, Tier

Style = Literal["bracket", "role", "surrogate", "general"]
STYLES: tuple[Style, ...] = get_args(Style)
Look = Callable[[str], Iterable[tuple[int, int, Kind]]]  # what must not stand in a text

_PATIENCE = 3  # rounds after which a pseudonym that is itself refused is no longer tried


class Stands(Protocol):
    """What stands in for a string of a kind; in a transcript, for a name may mean two persons."""

    def __call__(self, kind: Kind, string: str, where: str = "") -> str:
        """The string itself: it may stay as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How finds are replaced: [anonymise] style, styles, level."""

    style: Style = "bracket"  # [Person 3], [Person 3, teacher], another name, a coarser word
    styles: Mapping[Kind, Style] = field(default_factory=lambda: MappingProxyType({}))
    levels: Levels = Levels()
    seed: int = 0
    language: str = "en"
    languages: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # by label
    known: frozenset[str] = frozenset()  # real strings besides the book's: no stand-in is one

    def of(self, kind: Kind) -> Style:
        """The style of a kind. What could be a name goes with persons."""
        return self.styles.get("person" if kind == "name" else kind, self.style)


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


def pseudonyms(book: Book, manner: Manner = Manner()) -> Stands:  # noqa: B008 (frozen)
    """What stands in for each string: what a person said, else by the style of its kind."""
    surrogate = "surrogate" in {manner.style, *manner.styles.values()}
    plausible: StandIns | None = None
    if surrogate:
        plausible = stand_ins(book, manner.seed, manner.language, manner.known)

    def stands(kind: Kind, string: str, where: str = "") -> str:
        verdict = book.said(string, where)
        if verdict is not None and verdict.word == "rename":
            return verdict.text
        label = book.label(string, where)
        style = manner.of(_kind_of(label, kind))
        language = manner.languages.get(where, manner.language)
        if style == "surrogate" and plausible is not None:
            return plausible(kind, string, label, language)
        if style == "general":
            return general(_kind_of(label, kind), string, manner.levels, language, book.shift)
        role = manner.roles.get(label, "") if style == "role" else ""
        return f"[{label}, {role}]" if role else f"[{label}]"

    return stands


def _kind_of(label: str, kind: Kind) -> Kind:
    """The kind that a label is of: what somebody joined with a person is one."""
    word = label.partition(" ")[0].lower()
    return next((one for one in KINDS if one == word), kind)


def decide(
    spans: Mapping[str, Sequence[Span]],
    texts: Mapping[str, str],
    book: Book,
    *,
    policy: str,
    kinds: Iterable[Kind],
    stands: Stands | None = None,
    languages: Mapping[str, str] | None = None,
) -> dict[str, list[Replacement]]:
    """Which spans are replaced, and by what; a genitive s behind a name stays.

    A verdict decides for its string. Without one: strict replaces both tiers; auto replaces what
    was sure anywhere in the study. So a string is replaced everywhere or nowhere.

    Parameters
    ----------
    policy : "strict" or "auto".
    kinds : kinds to replace; "name" goes with "person", because nobody knows that it is none.
    languages : of each text; only Dutch and Danish have the genitive s.
    """
    wanted = {*kinds} | ({"name"} if "person" in kinds else set())
    stands = stands or pseudonyms(book)
    due = _due(spans, texts, book, policy, wanted)
    chosen: dict[str, list[Replacement]] = {}
    for name, found in spans.items():
        chosen[name] = []
        made: dict[tuple[Kind, str], tuple[str, bool]] = {}
        for span in sorted(found):
            string = texts[name][span.start : span.end]
            if folded(string) not in due:
                continue
            if (span.kind, string) not in made:
                genitive = is_genitive(book, string, (languages or {}).get(name, ""))
                made[span.kind, string] = stands(span.kind, string, name), genitive
            pseudonym, genitive = made[span.kind, string]
            if pseudonym == string:  # as coarse as it has to be
                continue
            chosen[name].append(
                Replacement(
                    start=span.start,
                    end=span.end - genitive,
                    kind=span.kind,
                    tier=span.tier,
                    pseudonym=pseudonym,
                )
            )
    return chosen


def _due(
    spans: Mapping[str, Sequence[Span]],
    texts: Mapping[str, str],
    book: Book,
    policy: str,
    wanted: set[Kind] | set[str],
) -> set[str]:
    """The folded strings that are replaced. One may stay in no transcript if it goes in another."""
    due: set[str] = set()
    for name, found in spans.items():
        for span in found:
            string = texts[name][span.start : span.end]
            key, verdict = folded(string), book.said(string, name)
            if verdict is None:
                said = span.kind in wanted and (policy == "strict" or span.tier == "auto")
            else:
                said = verdict.word != "keep"
            if said:
                due.add(key)
    return due


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


def source_range(redacted: Redacted, start: int, end: int) -> tuple[int, int]:
    """The characters of the source that redacted[start:end] stands for, whole replacements."""
    first = bisect_right(redacted.places, start, key=lambda place: place[2]) - 1
    last = bisect_right(redacted.places, end - 1, key=lambda place: place[2]) - 1
    return _to_source(redacted, first, start, 0), _to_source(redacted, last, end, 1)


def _to_source(redacted: Redacted, index: int, at: int, side: int) -> int:
    """Where an offset lies that stands behind the start of the replacement at `index`."""
    if index < 0:
        return at
    place = redacted.places[index]
    inside = at < place[3] if side == 0 else at <= place[3]
    return place[side] if inside else place[1] + at - place[3]


def redact_range(text: str, replacements: Sequence[Replacement], start: int, end: int) -> str:
    """text[start:end] with its pseudonyms in. One that straddles a border is shown whole."""
    parts: list[str] = []
    at = start
    first = bisect_right(replacements, start, key=lambda one: one.end)
    for one in replacements[first:]:
        if one.start >= end:
            break
        parts += [text[at : max(at, one.start)], one.pseudonym]
        at = min(end, one.end)
    return "".join([*parts, text[at:end]])


def sweep(
    text: str, replacements: Sequence[Replacement], look: Look, label: Stands
) -> list[Replacement]:
    """The replacements, and more until nothing is found in the text that they make.

    Recognisers weigh what a string means in its place; who looks does not. So whatever would be
    refused is replaced here, a pseudonym too, and a run cannot end in a refusal that no setting
    mends.

    Parameters
    ----------
    look : a text -> (start, end, kind) of what must not stand in it; never of marks alone.
    label : (kind, string) -> what is put in its place.
    """
    swept = sorted(replacements)
    n_round = 0
    while True:
        redacted = apply(text, swept)
        hits = sorted(
            (*source_range(redacted, start, end), kind) for start, end, kind in look(redacted.text)
        )
        if not hits:
            return swept
        n_round += 1
        for start, end, kind in hits:
            _cover(swept, text, start, end, kind, label if n_round < _PATIENCE else _blank)


def _cover(
    swept: list[Replacement], text: str, start: int, end: int, kind: Kind, label: Stands
) -> None:
    """One more replacement, in its place; it takes in those that it touches."""
    first = bisect_right(swept, start, key=lambda one: one.end)
    last = bisect_left(swept, end, key=lambda one: one.start)
    inside = swept[first:last]
    start, end = min([start, *(i.start for i in inside)]), max([end, *(i.end for i in inside)])
    stands = label(kind, text[start:end])
    swept[first:last] = [
        Replacement(start=start, end=end, kind=kind, tier="auto", pseudonym=stands)
    ]


def _blank(kind: Kind, string: str, where: str = "") -> str:
    return "[…]"


def _by_label(book: Book, roles: Mapping[str, str]) -> dict[str, str]:
    """The role of each labelled person, of those who have one and no other."""
    found: dict[str, set[str]] = {}
    for name, role in roles.items():
        label = book.labels.get(folded(name))
        if label is not None:
            found.setdefault(label, set()).add(role)
    return {label: role for label, (role, *more) in found.items() if role and not more}


@dataclass(frozen=True, slots=True)
class RedactedText:
    """A loose text, redacted; `spans` in order, each with what stands in its place or None."""

    redacted: str
    spans: tuple[tuple[Span, str | None], ...]


def redact_texts(
    texts: Mapping[str, str],
    context: Context,
    *,
    policy: str,
    style: Style,
    kinds: Iterable[Kind],
    roles: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, RedactedText]:
    """Loose texts, anonymised together: one person has one pseudonym in all of them.

    Parameters
    ----------
    roles : by speaker's label, for the style "role"; one who has several roles is shown without.
    """
    spans = propagate(texts, {name: find(text, context) for name, text in texts.items()}, context)
    book = assign(Book(), texts, spans, context.known)
    stands = pseudonyms(
        book, Manner(style=style, language=context.language, roles=_by_label(book, roles))
    )
    languages = dict.fromkeys(texts, context.language)
    chosen = decide(
        spans, texts, book, policy=policy, kinds=kinds, stands=stands, languages=languages
    )
    result = {}
    for name, text in texts.items():
        by_start = {one.start: one.pseudonym for one in chosen[name]}
        result[name] = RedactedText(
            apply(text, chosen[name]).text,
            tuple((span, by_start.get(span.start)) for span in sorted(spans[name])),
        )
    return result
