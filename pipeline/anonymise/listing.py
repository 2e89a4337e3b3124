"""The list that people check: every distinct find with its contexts and what is doubtful."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.anonymise.book import Book, folded, is_genitive
from pipeline.anonymise.joins import doubtful, name_of
from pipeline.anonymise.replace import Stands
from pipeline.anonymise.tokens import PARTICLES
from pipeline.records import KINDS, Kind, Span, Tier

CONTEXTS = 3
_CHOICES = 3  # persons named in a note
AROUND = 36  # characters on either side


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One distinct string and what is proposed for it."""

    string: str
    kind: Kind
    tier: Tier
    n: int
    n_transcripts: int
    contexts: tuple[str, ...]
    label: str  # "[Person 3]", joins followed
    given: str  # the same before any verdict
    stands: str  # what stands in the text, in the style of the study
    note: str  # what is doubtful, and where it counts
    doubt: bool  # whether something is doubtful about who is meant
    verdict: str  # what was said of it before; "" at first
    text: str  # what was said with it
    shared: bool  # several persons go by this string
    where: tuple[str, ...]  # the transcripts

    @property
    def look(self) -> bool:
        """Whether nobody is sure, and nobody has said anything yet."""
        return not self.verdict and (self.tier == "review" or self.doubt)


def listing(
    book: Book,
    texts: Mapping[str, str],
    spans: Mapping[str, Sequence[Span]],
    stands: Stands,
    homes: Mapping[str, frozenset[str]] | None = None,
    languages: Mapping[str, str] | None = None,
) -> list[Find]:
    """Every distinct find, once: those to look at, the sure ones, those that have a verdict.

    Within these by kind, the forms of one person together.

    Parameters
    ----------
    homes : label -> the transcripts in which a person known beforehand speaks.
    languages : of each transcript; only Dutch and Danish have a genitive s without a mark.
    """
    places: dict[tuple[str, str], list[tuple[str, Span]]] = defaultdict(list)
    for name in texts:
        for span in sorted(spans.get(name, ())):
            string = texts[name][span.start : span.end]
            places[folded(string), book.given(string, name)].append((name, span))
    n_people: dict[str, set[str]] = defaultdict(set)
    for key, label in places:
        n_people[key].add(label)
    notes = _notes(book, places, texts, homes or {})
    finds = []
    for (key, label), found in places.items():
        name, first = found[0]
        string = texts[name][first.start : first.end]
        genitive = is_genitive(book, string, (languages or {}).get(name, ""))
        said = book.said_of(key, label)
        finds.append(
            Find(
                string=string[: len(string) - genitive],
                kind=_kind(label),
                tier="auto" if any(span.tier == "auto" for _, span in found) else "review",
                n=len(found),
                n_transcripts=len({name for name, _ in found}),
                contexts=tuple(_contexts(texts, found)),
                label=f"[{book.label(string, name)}]",
                given=f"[{label}]",
                stands=stands(first.kind, string, name),
                note=_joined_notes(
                    notes.get((key, label), ""),
                    f"only in {', '.join(sorted({name for name, _ in found}))}"
                    if len(n_people[key]) > 1
                    else "",
                ),
                doubt=(key, label) in notes,
                verdict="" if said is None else said.word,
                text="" if said is None else said.text,
                shared=len(n_people[key]) > 1,
                where=tuple(sorted({name for name, _ in found})),
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
    return [
        context_of(texts[name], span.start, span.end)
        for _, _, name, span in sorted(ranked)[:CONTEXTS]
    ]


def context_of(text: str, start: int, end: int) -> str:
    """One line round a find, cut at words: "... asked »Anneke« to ..."."""
    before = text[max(0, start - AROUND) : start]
    after = text[end : end + AROUND]
    if start > AROUND:
        before = "…" + before[before.find(" ") + 1 :]
    if end + AROUND < len(text):
        after = after[: after.rfind(" ") + 1].rstrip() + "…"
    return " ".join(f"{before}»{text[start:end]}«{after}".split())


def _notes(
    book: Book,
    places: Mapping[tuple[str, str], Sequence[tuple[str, Span]]],
    texts: Mapping[str, str],
    homes: Mapping[str, frozenset[str]],
) -> dict[tuple[str, str], str]:
    """What is doubtful about who is who, by form and label."""
    full: dict[str, str] = {}  # label -> a whole name
    near: dict[str, set[str]] = {}  # label -> transcripts that have one, or that she speaks in
    words: dict[str, set[str]] = {}
    shown: dict[str, str] = {}
    for (key, _), found in places.items():
        name, span = found[0]
        shown[key] = texts[name][span.start : span.end]
    for key, label in sorted(book.forms()):
        if label.startswith("Person") and name_of(key).whole:
            name = shown.get(key) or _capitalised(key)
            full[label] = max(full.get(label, ""), f"{name} [{label}]", key=len)
            words.setdefault(label, set()).update(name_of(key).words)
            near.setdefault(label, set(homes.get(label, ()))).update(
                name for name, _ in places.get((key, label), ())
            )
    notes = {}
    doubts = doubtful({**book.labels, **book.meant})
    for (key, label), found in places.items():
        where = {name for name, _ in found}
        others = [
            one
            for one in (f"Person {number}" for number in doubts.get((key, label), ()))
            # A nickname, or one letter off, says something in the same transcript only.
            if where & near[one] or not name_of(key).words.isdisjoint(words[one])
        ]
        if label in full and where <= near[label]:
            # Named in full in the same transcript: only who is named there too can be meant.
            others = [one for one in others if where & near[one]]
        if others:
            notes[key, label] = (
                f"could also be {_choice([full[one] for one in others])}: then join it"
            )
        elif label in full and (away := where - near[label]):
            some = "" if away == where else f" in {len(away)} of {len(where)} transcripts"
            notes[key, label] = f"taken for {full[label]} of another transcript{some}"
    return notes


def _capitalised(form: str) -> str:
    """The name of a participant whom nobody names: only its folded form is known here."""
    return " ".join(w if w in PARTICLES else w.capitalize() for w in form.split())


def _joined_notes(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _choice(names: Sequence[str]) -> str:
    """Up to three of them."""
    more = len(names) - _CHOICES
    shown = [*names[:_CHOICES], *([f"{more} others"] if more > 0 else [])]
    return " or ".join(shown)
