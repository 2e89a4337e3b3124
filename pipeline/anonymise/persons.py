"""Persons in the making, found by the words of their names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.anonymise import nicknames
from pipeline.anonymise.forms import Name, clash, fits, name_of, split_label, unscoped


@dataclass(slots=True, eq=False)
class Person:
    """Somebody in the making: the forms so far, and the number if there is one already."""

    place: tuple[int, int]  # what decides about the order of new numbers
    number: int = 0
    known: bool = False  # from the list of participants or a speaker's label
    names: dict[str, Name] = field(default_factory=dict)  # by folded form, scoped or not
    is_whole: bool = False

    @property
    def whole(self) -> list[str]:
        """The forms of two words and more, which say who it is."""
        return [form for form, name in self.names.items() if name.whole]

    def fits(self, form: str) -> bool:
        """Whether a form can mean this person: it has the words, and nothing speaks against it."""
        if form in self.names:
            return True
        name = name_of(form)
        near = any(fits(form, unscoped(other)) for other in self.whole or self.names)
        return near and not any(clash(name, other) for other in self.names.values())


class People:
    """Persons in the making, found by the words of their names."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.all: list[Person] = []
        self._by_word: dict[str, list[Person]] = defaultdict(list)
        forms: dict[int, list[str]] = defaultdict(list)
        for form, label in labels.items():
            word, number = split_label(label)
            if word == "Person":
                forms[number].append(form)
        for number in sorted(forms):
            self.new((0, number), forms[number], number)

    def new(self, place: tuple[int, int], forms: Iterable[str], number: int = 0) -> Person:
        """Somebody more."""
        person = Person(place, number)
        self.all.append(person)
        self.add(person, forms)
        return person

    def add(self, person: Person, forms: Iterable[str]) -> None:
        """More forms for a person."""
        for form in forms:
            person.names[form] = name_of(form)
            person.is_whole = person.is_whole or person.names[form].whole
            for key in keys_of(person.names[form]):
                if person not in self._by_word[key]:
                    self._by_word[key].append(person)

    def fitting(self, form: str, *, whole: bool) -> list[Person]:
        """Whom a form can mean, among those with a whole name or among those without."""
        name = name_of(form)
        near = Counter(one for key in keys_of(name) for one in self._by_word.get(key, ()))
        least = 2 if whole and name.whole else 1  # two whole names share both their words
        return [
            one
            for one, n in near.items()
            if n >= least and one.is_whole == whole and one.fits(form)
        ]

    def join(self, lone: Person, person: Person) -> None:
        """The second becomes a part of the first, which takes its number if it has none."""
        lone.number = lone.number or person.number
        lone.known = lone.known or person.known
        lone.place = min(lone.place, person.place)
        self.all.remove(person)
        for found in self._by_word.values():
            if person in found:
                found.remove(person)
        self.add(lone, person.names)


def keys_of(name: Name) -> set[str]:
    """Under which words a name is found: also the full names of its short ones, and halves."""
    keys = set(name.words)
    for word in name.words:
        keys |= {*word.split("-")} | nicknames.full_names(word)
    return keys


def clash_any(form: str, person: Person) -> bool:
    """Whether something in a form speaks against a person."""
    name = name_of(form)
    return any(clash(name, other) for other in person.names.values())
