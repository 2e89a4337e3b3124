"""The list that people check: every distinct find with its contexts and what is doubtful."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.anonymise.beside import read_mentions
from pipeline.anonymise.book import Book, folded, is_genitive
from pipeline.anonymise.forms import fits, name_of, split_label
from pipeline.anonymise.joins import doubtful
from pipeline.anonymise.replace import Stands
from pipeline.anonymise.tokens import PARTICLES
from pipeline.records import KINDS, Kind, Span, Tier

CONTEXTS = 3
_CHOICES = 3  # persons named in a note
AROUND = 36  # characters on either side

# By folded form and label: the places where the form stands and means that label.
_Places = Mapping[tuple[str, str], Sequence[tuple[str, Span]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One distinct string and what is proposed for it."""

    string: str
    kind: Kind
    tier: Tier
    n: int
    n_transcripts: int
    contexts: tuple[str, ...]
    elsewhere: tuple[str, ...]  # where those stand whom the note names, one place each
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
    participants: Mapping[str, str] | None = None,
) -> list[Find]:
    """Every distinct find, once: those to look at, the sure ones, those that have a verdict.

    Within these by kind, the forms of one person together.

    Parameters
    ----------
    homes : label -> the transcripts in which a person known beforehand speaks.
    participants : transcript -> P01 of its respondents, joined by +: what one of them says in two
        waves is said of the same people.
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
    told = _told(book, texts, spans)
    notes = _notes(book, places, texts, homes or {}, participants or {}, told)
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
                elsewhere=notes[key, label].elsewhere if (key, label) in notes else (),
                label=f"[{book.label(string, name)}]",
                given=f"[{label}]",
                stands=stands(first.kind, string, name),
                note=_joined_notes(
                    notes[key, label].text if (key, label) in notes else "",
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


@dataclass(frozen=True, slots=True)
class _Note:
    """What is doubtful about one form of one person."""

    text: str
    elsewhere: tuple[str, ...]


class _People:
    """Who is named where, by label."""

    def __init__(
        self,
        book: Book,
        places: _Places,
        texts: Mapping[str, str],
        homes: Mapping[str, frozenset[str]],
        participants: Mapping[str, str],
    ) -> None:
        self.texts, self.homes, self.participants = texts, homes, participants
        self.full: dict[str, str] = {}  # label -> a whole name
        self.near: dict[str, set[str]] = {}  # label -> transcripts with one, or that she speaks in
        self.words: dict[str, set[str]] = {}
        self.at: dict[str, tuple[str, Span]] = {}  # label -> a place, of a whole name if there is
        self.lone: dict[str, list[str]] = defaultdict(list)  # form -> labels without a whole name
        shown: dict[str, str] = {}
        for (key, _), found in places.items():
            name, span = found[0]
            shown[key] = texts[name][span.start : span.end]
        for key, label in sorted(book.forms()):
            if label.startswith("Person") and name_of(key).whole:
                name = shown.get(key) or _capitalised(key)
                self.full[label] = max(self.full.get(label, ""), f"{name} [{label}]", key=len)
                self.words.setdefault(label, set()).update(name_of(key).words)
                self.near.setdefault(label, set(homes.get(label, ()))).update(
                    name for name, _ in places.get((key, label), ())
                )
        for (key, label), found in places.items():
            if name_of(key).whole or label not in self.full:
                self.at.setdefault(label, found[0])
            if label.startswith("Person") and label not in self.full:
                self.lone[key].append(label)
        for labels in self.lone.values():
            labels.sort(key=lambda label: split_label(label)[1])

    def one_of(self, label: str) -> str:
        """How a note calls somebody."""
        if label in self.full:
            return self.full[label]
        name, span = self.at[label]
        return f"{self.texts[name][span.start : span.end]} [{label}] of {name}"

    def place(self, label: str) -> str:
        """Where somebody stands, in one line."""
        if label in self.at:
            name, span = self.at[label]
            return f"[{label}] in {name}: {context_of(self.texts[name], span.start, span.end)}"
        return self.home(label)

    def home(self, label: str) -> str:
        """Where somebody speaks, in words."""
        return f"[{label}] speaks in {', '.join(sorted(self.homes.get(label, ())))}"

    def is_one_participants(self, names: Iterable[str]) -> bool:
        """Whether some participant speaks in all these transcripts."""
        speaking = [{*self.participants.get(name, name).split("+")} for name in names]
        return not speaking or bool(set.intersection(*speaking))

    def strangers(self, label: str, where: set[str]) -> set[str]:
        """Transcripts in which a lone name is joined with that of others by nothing but itself."""
        home = set(self.homes.get(label, ()))
        if home:
            return {name for name in where if not self.is_one_participants([name, *home])} - home
        return set() if self.is_one_participants(where) else where


def _notes(
    book: Book,
    places: _Places,
    texts: Mapping[str, str],
    homes: Mapping[str, frozenset[str]],
    participants: Mapping[str, str],
    told: Mapping[tuple[str, str], str],
) -> dict[tuple[str, str], _Note]:
    """What is doubtful about who is who, by form and label."""
    people = _People(book, places, texts, homes, participants)
    notes = {}
    doubts = doubtful({**book.labels, **book.meant})
    for (key, label), found in places.items():
        where = {name for name, _ in found}
        others = [
            one
            for one in (f"Person {number}" for number in doubts.get((key, label), ()))
            # A nickname, or one letter off, says something in the same transcript only.
            if where & people.near[one] or not name_of(key).words.isdisjoint(people.words[one])
        ]
        is_full = label in people.full
        if is_full and where <= people.near[label]:
            # Named in full in the same transcript: only who is named there too can be meant.
            others = [one for one in others if where & people.near[one]]
        if label in people.lone[key]:
            # Asked once of two: with the later one.
            others += people.lone[key][: people.lone[key].index(label)]
        if others:
            choice = _choice([people.one_of(one) for one in others])
            notes[key, label] = _Note(
                f"could also be {choice}: then join it",
                tuple(people.place(one) for one in others[:_CHOICES]),
            )
        elif is_full and (away := where - people.near[label]):
            some = "" if away == where else f" in {len(away)} of {len(where)} transcripts"
            notes[key, label] = _Note(
                f"taken for {people.full[label]} of another transcript{some}",
                (people.place(label),),
            )
        elif label in people.lone[key] and (far := people.strangers(label, where)):
            home = (people.home(label),) if homes.get(label) else ()
            as_whom = f"[{label}], who speaks elsewhere," if home else "one person"
            notes[key, label] = _Note(
                f"taken for {as_whom} in {_choice(sorted(far), 'and')}, by this name alone", home
            )
        elif (key, label) in told:
            notes[key, label] = _Note(f"taken for {told[key, label]}, as is said where it is", ())
    return notes


def _told(
    book: Book, texts: Mapping[str, str], spans: Mapping[str, Sequence[Span]]
) -> dict[tuple[str, str], str]:
    """Forms that are somebody's only by the words beside them: form and label -> the other name.

    "Letebrhan, they call her Lete" is sure, "Tom, or Tim, I'm not sure" is a guess, and no verdict
    can part what was joined: so a person sees every one.
    """
    whole: dict[str, list[str]] = defaultdict(list)
    for form, label in book.forms():
        if label.startswith("Person") and name_of(form).whole:
            whole[label].append(form)
    strings = {
        folded(string): string
        for name, text in texts.items()
        for span in spans.get(name, ())
        if book.given(string := text[span.start : span.end], name).startswith("Person")
    }
    mentions = read_mentions(texts, spans, folded, strings)
    found: dict[tuple[str, str], str] = {}
    for form, mine in mentions.items():
        for name, said in mine.items():
            label = book.given(form, name)
            if any(fits(form, held) for held in whole[label]):
                continue
            for other in sorted(said.alias | said.also):
                if book.given(other, name) != label or fits(form, other):
                    continue
                # Where no whole name explains either, the later one is asked of.
                named = any(fits(other, held) for held in whole[label])
                if named or mentions[other][name].at < said.at:
                    found.setdefault((form, label), f"{strings[other]} [{label}]")
    return found


def _capitalised(form: str) -> str:
    """The name of a participant whom nobody names: only its folded form is known here."""
    return " ".join(w if w in PARTICLES else w.capitalize() for w in form.split())


def _joined_notes(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _choice(names: Sequence[str], last: str = "or") -> str:
    """Up to three of them."""
    more = len(names) - _CHOICES
    shown = [*names[:_CHOICES], *([f"{more} others"] if more > 0 else [])]
    return f" {last} ".join(shown)
