"""Who got which pseudonym, and what people said of each find. Holds originals: kept in the vault.

A string has one pseudonym in the whole study. The forms of a person's name share one when nothing
speaks against it: "Dr Anneke Jansen", "Jansen", "Anneke" are [Person 3] as long as no other person
of the study could be meant by "Jansen" or "Anneke". Numbers are given in order of first sight and
never change; what comes later is added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from pipeline.anonymise import Known
from pipeline.anonymise.known import is_label, parts
from pipeline.records import Kind, Span
from pipeline.text import fold

Word = Literal["replace", "keep", "rename", "join"]
WORDS: tuple[Word, ...] = ("replace", "keep", "rename", "join")

_SPELLED = re.compile(r"\b(?:[^\W\d_][-. ,]+){2,}[^\W\d_]\b")
_SEPARATORS = re.compile(r"[-. ,]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person decided about one string; it holds for ever and for new transcripts."""

    word: Word
    text: str = ""  # rename: what stands there instead; join: the pseudonym joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person and every form of the name seen, folded."""

    number: int
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The study's pseudonyms and verdicts. Immutable: each step makes a new one."""

    persons: tuple[Person, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)  # "kind|folded string": its number
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)  # by folded string
    added: tuple[tuple[Kind, str], ...] = ()  # strings that people said were missed
    revision: int = 0  # how often a checked list came in

    @property
    def n_pseudonyms(self) -> int:
        """How many different things have one."""
        others = {(k.partition("|")[0], n) for k, n in self.numbers.items()}
        return len(self.persons) + len({pair for pair in others if pair[0] != "person"})

    def to_json(self) -> str:
        """For the vault."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Book:
        """The inverse of `to_json`."""
        values = json.loads(text)
        return cls(
            persons=tuple(
                Person(number=one["number"], forms=tuple(one["forms"])) for one in values["persons"]
            ),
            numbers=values["numbers"],
            verdicts={key: Verdict(**one) for key, one in values["verdicts"].items()},
            added=tuple((kind, string) for kind, string in values["added"]),
            revision=values["revision"],
        )

    def label(self, kind: Kind, string: str) -> str:
        """What stands in for a string: "Person 3", without brackets.

        Raises
        ------
        KeyError : the string has not been assigned.
        """
        return f"{kind.capitalize()} {self.numbers[key_of(kind, string)]}"


def folded(string: str) -> str:
    """How strings are compared: without case, accents and possessive; a spelled name as a name."""
    spelled = _SPELLED.fullmatch(string.strip())
    plain = _SEPARATORS.sub("", string) if spelled else string
    return fold(re.sub(r"['’][sS]?$", "", plain.strip()))


def key_of(kind: Kind, string: str) -> str:
    """The key of a string in `Book.numbers`."""
    return f"{kind}|{folded(string)}"


def name_parts(string: str) -> frozenset[str]:
    """The folded words of a name that can tell persons apart; initials and particles cannot."""
    return frozenset(fold(part) for part in parts(string) if len(part) > 1) or frozenset(
        {folded(string)}
    )


def assign(
    book: Book,
    texts: Mapping[str, str],
    spans: Mapping[str, Sequence[Span]],
    known: Known,
) -> Book:
    """A book in which every string of every span has a number.

    Persons known beforehand come first, then in order of first sight. Of two forms of which one
    has all the parts of the other (and more), and no third form has too, both are one person.
    """
    seen = _in_order(texts, spans)
    numbers = dict(book.numbers)
    persons = _persons(book, [s for kind, s in seen if kind == "person"], known)
    of_form = {form: person.number for person in persons for form in person.forms}
    for kind, string in seen:
        key = key_of(kind, string)
        if key in numbers:
            continue
        if kind == "person":
            numbers[key] = of_form[folded(string)]
        else:
            numbers[key] = 1 + max((n for k, n in numbers.items() if k.startswith(kind)), default=0)
    return replace(book, persons=tuple(persons), numbers=numbers)


def _in_order(
    texts: Mapping[str, str], spans: Mapping[str, Sequence[Span]]
) -> list[tuple[Kind, str]]:
    found = {
        (span.kind, texts[name][span.start : span.end]): None
        for name in texts
        for span in sorted(spans.get(name, ()))
    }
    return list(found)


def _persons(book: Book, strings: Sequence[str], known: Known) -> list[Person]:
    """Every person, old ones with their numbers; forms joined where they can mean one only."""
    persons = {person.number: set(person.forms) for person in book.persons}
    taken = {form: number for number, forms in persons.items() for form in forms}

    def add(forms: Iterable[str], number: int | None = None) -> None:
        number = number or 1 + max(persons, default=0)
        persons.setdefault(number, set()).update(forms)
        taken.update({form: number for form in forms})

    for person in known.persons:
        forms = [folded(form) for form in person if not is_label(form)]
        if forms:
            number = next((taken[form] for form in forms if form in taken), None)
            add([form for form in forms if taken.get(form, number) == number], number)
    fresh = list(dict.fromkeys(s for s in strings if folded(s) not in taken))
    # Whole names first, so that "Anneke" can be told to be one of them; numbers by first sight.
    whole = [s for s in fresh if len(name_parts(s)) > 1]
    groups = _whole_names(whole, persons)
    place = {folded(s): at for at, s in enumerate(fresh)}
    for single in (s for s in fresh if len(name_parts(s)) == 1):
        owners = _owners(single, persons, groups)
        if len(owners) == 1:
            owners[0].append(folded(single))
        else:
            groups.append((None, [folded(single)]))
    for number, forms in sorted(
        groups, key=lambda g: min((place.get(form, 0) for form in g[1]), default=0)
    ):
        if forms:
            add(forms, number)
    return [
        Person(number=number, forms=tuple(sorted(forms)))
        for number, forms in sorted(persons.items())
    ]


_Group = tuple[int | None, list[str]]  # number of a person who is there already, forms to add


def _whole_names(whole: Sequence[str], persons: Mapping[int, set[str]]) -> list[_Group]:
    """Groups of names of two parts and more: equal parts, or one within exactly one other."""
    groups: list[_Group] = [(number, []) for number in persons]
    parts_of: list[list[frozenset[str]]] = [
        [name_parts(form) for form in forms] for forms in persons.values()
    ]
    for string in sorted(whole, key=lambda s: -len(name_parts(s))):
        mine = name_parts(string)
        fitting = [
            at
            for at, theirs in enumerate(parts_of)
            if any(mine <= other or (other <= mine and len(other) > 1) for other in theirs)
        ]
        if len(fitting) == 1:
            groups[fitting[0]][1].append(folded(string))
            parts_of[fitting[0]].append(mine)
        else:
            groups.append((None, [folded(string)]))
            parts_of.append([mine])
    return groups


def _owners(
    single: str, persons: Mapping[int, set[str]], groups: Sequence[_Group]
) -> list[list[str]]:
    """The forms of each person whom a lone name can mean."""
    (part,) = name_parts(single)
    found = []
    for number, forms in groups:
        old = persons.get(number, set()) if number is not None else set()
        if any(part in name_parts(form) for form in (*old, *forms)):
            found.append(forms)
    return found


def doubtful(book: Book) -> dict[str, tuple[int, ...]]:
    """Lone names that could mean several persons: folded name -> their numbers."""
    owners: dict[str, set[int]] = {}
    for person in book.persons:
        for form in person.forms:
            if len(name_parts(form)) > 1:
                for part in name_parts(form):
                    owners.setdefault(part, set()).add(person.number)
    lone = {form for person in book.persons for form in person.forms if len(name_parts(form)) == 1}
    return {
        name: tuple(sorted(numbers))
        for name, numbers in owners.items()
        if len(numbers) > 1 and name in lone
    }
