"""The list that people check: every distinct find with its contexts and what is doubtful."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.anonymise.book import Book, doubtful, folded, is_genitive, name_of
from pipeline.anonymise.replace import Stands
from pipeline.records import KINDS, Kind, Span, Tier

CONTEXTS = 3
AROUND = 42  # characters on either side


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One distinct string and what is proposed for it."""

    string: str
    kind: Kind
    tier: Tier
    n: int
    n_transcripts: int
    contexts: tuple[str, ...]
    label: str  # "[Person 3]"
    stands: str  # what stands in the text, in the style of the study
    note: str  # what is doubtful
    verdict: str  # what was said of it before; "" at first
    text: str  # what was said with it

    @property
    def look(self) -> bool:
        """Whether nobody is sure, and nobody has said anything yet."""
        return not self.verdict and (self.tier == "review" or bool(self.note))


def listing(
    book: Book,
    texts: Mapping[str, str],
    spans: Mapping[str, Sequence[Span]],
    stands: Stands,
    homes: Mapping[str, frozenset[str]] | None = None,
) -> list[Find]:
    """Every distinct find, once: those to look at, the sure ones, those that have a verdict.

    Within these by kind, the forms of one person together.

    Parameters
    ----------
    homes : label -> the transcripts in which a person known beforehand speaks.
    """
    places: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for name in texts:
        for span in sorted(spans.get(name, ())):
            places[folded(texts[name][span.start : span.end])].append((name, span))
    notes = _notes(book, places, texts, homes or {})
    finds = []
    for key, found in places.items():
        name, first = found[0]
        string = texts[name][first.start : first.end]
        said = book.verdicts.get(key)
        finds.append(
            Find(
                string=string[: len(string) - is_genitive(book, string)],
                kind=_kind(book.labels[key]),
                tier="auto" if any(span.tier == "auto" for _, span in found) else "review",
                n=len(found),
                n_transcripts=len({name for name, _ in found}),
                contexts=tuple(_contexts(texts, found)),
                label=f"[{book.label(string)}]",
                stands=stands(first.kind, string),
                note=notes.get(key, ""),
                verdict="" if said is None else said.word,
                text="" if said is None else said.text,
            )
        )
    lead: dict[str, str] = {}  # the longest form of each person
    for find in finds:
        lead[find.label] = max(lead.get(find.label, ""), folded(find.string), key=len)
    order = {kind: at for at, kind in enumerate(KINDS)}
    return sorted(
        finds,
        key=lambda f: (
            bool(f.verdict),
            not f.look,
            order[f.kind],
            lead[f.label] if f.kind == "person" else "",
            folded(f.string),
        ),
    )


def _kind(label: str) -> Kind:
    word = label.partition(" ")[0].lower()
    return next(kind for kind in KINDS if kind == word)


def _contexts(texts: Mapping[str, str], found: Sequence[tuple[str, Span]]) -> list[str]:
    """Some places, from different transcripts first, the first in each first."""
    n_before: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, int, str, Span]] = []
    for name, span in found:
        ranked.append((n_before[name], len(ranked), name, span))
        n_before[name] += 1
    return [_context(texts[name], span) for _, _, name, span in sorted(ranked)[:CONTEXTS]]


def _context(text: str, span: Span) -> str:
    """One line round a find, cut at words: "... asked »Anneke« to ..."."""
    before = text[max(0, span.start - AROUND) : span.start]
    after = text[span.end : span.end + AROUND]
    if span.start > AROUND:
        before = "…" + before[before.find(" ") + 1 :]
    if span.end + AROUND < len(text):
        after = after[: after.rfind(" ") + 1].rstrip() + "…"
    return " ".join(f"{before}»{text[span.start : span.end]}«{after}".split())


def _notes(
    book: Book,
    places: Mapping[str, Sequence[tuple[str, Span]]],
    texts: Mapping[str, str],
    homes: Mapping[str, frozenset[str]],
) -> dict[str, str]:
    """What is doubtful about who is who, by form."""
    full: dict[str, str] = {}  # label -> a whole name
    near: dict[str, set[str]] = {}  # label -> transcripts that have one, or that she speaks in
    for key, label in book.labels.items():
        if label.startswith("Person") and len(name_of(key).words) > 1:
            found = places.get(key, ())
            shown = texts[found[0][0]][found[0][1].start : found[0][1].end] if found else key
            full[label] = max(full.get(label, ""), f"{shown} [{label}]", key=len)
            near.setdefault(label, set(homes.get(label, ()))).update(name for name, _ in found)
    notes = {}
    for key, found in places.items():
        label = book.labels[key]
        if label in full and near[label].isdisjoint(name for name, _ in found):
            notes[key] = f"taken for {full[label]} of another file"
    for key, numbers in doubtful(book).items():
        others = " or ".join(full[f"Person {number}"] for number in numbers)
        notes[key] = f"could also be {others}: then join it"
    return notes
