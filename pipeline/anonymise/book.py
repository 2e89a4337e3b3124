"""Who got which pseudonym, and what people said of each find. Holds originals: kept in the vault.

A string has one pseudonym in the whole study, however it is written. The forms of a person's name
share one when nothing speaks against it: "Dr Anneke Jansen", "Jansen", "Anneke" are [Person 3] as
long as no other person of the study could be meant by "Jansen" or "Anneke". Numbers are given in
order of first sight, participants first, and never change; what comes later is added.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.anonymise import Known, lexicon, titles
from pipeline.anonymise.known import is_label
from pipeline.anonymise.tokens import PARTICLES
from pipeline.errors import PipelineError
from pipeline.records import KINDS, Kind, Span
from pipeline.text import fold

Word = Literal["replace", "keep", "rename", "join"]
WORDS: tuple[Word, ...] = ("replace", "keep", "rename", "join")

# A pseudonym as people write it: "[Person 3]", "person 3".
LABEL = re.compile(rf"\[?\s*({'|'.join(KINDS)})\s*(\d+)\s*\]?", re.IGNORECASE)

_SPELLED = re.compile(r"[^\W\d_](?:[-–. ,]+[^\W\d_]){2,}\.?")
_SEPARATORS = re.compile(r"[-–.,/() ]+")
_ABROAD = (
    (re.compile(r"^(?:\+|00)31\W*(?:0\W*)?"), "0"),  # +31 6 12345678 and +31 (0)6 are 06 ...
    (re.compile(r"^(?:\+|00)(?:45\W*|1\W+)"), ""),
)
_LONG_NUMBER = 8  # digits; in shorter ones the groups tell things apart: 1-11-2019, 11-1-2019
_POSSESSIVE = re.compile(r"'[sS]?$")
_IN_NAME = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_FEMALE, _MALE, _TITLES = (
    frozenset(map(fold, words)) for words in (titles.FEMALE, titles.MALE, titles.ALL)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person decided about one string; it holds for ever and for new transcripts."""

    word: Word
    text: str = ""  # rename: what stands there instead; join: the label joined, "Person 3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The study's pseudonyms and verdicts. Immutable: each step makes a new one."""

    labels: Mapping[str, str] = field(default_factory=dict)  # by folded string: "Person 3"
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)  # by folded string
    added: tuple[tuple[Kind, str], ...] = ()  # strings that people said were missed
    revision: int = 0  # how often a checked list changed something

    @property
    def n_pseudonyms(self) -> int:
        """How many different things have one."""
        return len(set(self.labels.values()))

    def to_json(self) -> str:
        """For the vault."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Book:
        """The inverse of `to_json`.

        Raises
        ------
        PipelineError : this is no book, or one of another version.
        """
        try:
            values = json.loads(text)
            return cls(
                labels=values["labels"],
                verdicts={key: Verdict(**one) for key, one in values["verdicts"].items()},
                added=tuple((kind, string) for kind, string in values["added"]),
                revision=values["revision"],
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise PipelineError(
                "the pseudonyms in the vault cannot be read",
                mend="Use the version of Motif that wrote them, or a backup of the vault.",
            ) from None

    def label(self, string: str) -> str:
        """What stands in for a string, joins followed: "Person 3", without brackets.

        Raises
        ------
        KeyError : the string has not been assigned.
        """
        key = folded(string)
        verdict = self.verdicts.get(key)
        if verdict is not None and verdict.word == "join":
            return self._joined(verdict.text)
        return self.labels[key]

    def _joined(self, label: str) -> str:
        """Where a joined label leads: on, if all that it stood for was joined with one other."""
        seen = {label}
        while True:
            said = [self.verdicts.get(key) for key, one in self.labels.items() if one == label]
            further = {one.text if one and one.word == "join" else "" for one in said}
            if len(further) != 1 or further & {"", *seen}:
                return label
            (label,) = further
            seen.add(label)


class Name(NamedTuple):
    """What a form says of a person."""

    words: frozenset[str]  # those that tell persons apart: no titles, particles, initials
    initials: frozenset[str]
    gender: str  # f, m, or empty where it is not known


@lru_cache(maxsize=1 << 16)
def folded(string: str) -> str:
    """How strings are compared: without case, accents, possessive and genitive.

    A spelled name is the name; of a number only its digits and letters count.
    """
    plain = string.strip().replace("’", "'")
    if _SPELLED.fullmatch(plain):
        return fold(_SEPARATORS.sub("", plain))
    if any(char.isdigit() for char in plain):
        return fold(_number(plain)) or fold(string)
    head, space, last = _POSSESSIVE.sub("", plain).lower().rpartition(" ")
    return fold(head + space + lexicon.without_genitive(last)) or fold(string)


def _number(string: str) -> str:
    for pattern, local in _ABROAD:
        string = pattern.sub(local, string)
    long = sum(char.isdigit() for char in string) >= _LONG_NUMBER
    return _SEPARATORS.sub("" if long else " ", string)


@lru_cache(maxsize=1 << 16)
def name_of(form: str) -> Name:
    """A folded form, taken apart."""
    said = _IN_NAME.findall(form)
    words = [w for w in said if len(w) > 1 and w not in PARTICLES and w not in _TITLES]
    by_title = ["f" if w in _FEMALE else "m" for w in said if w in _FEMALE or w in _MALE]
    # A lone name may be a surname, which has none: "Mrs James".
    by_name = [lexicon.gender(words[0])] if len(words) > 1 else []
    return Name(
        frozenset(words) or frozenset((form,)),
        frozenset(w for w in said if len(w) == 1) if words else frozenset(),
        next(iter([*by_title, *by_name]), ""),
    )


def is_genitive(book: Book, string: str) -> bool:
    """Whether a string ends in a genitive s that is no part of the name: "Kelds" beside "Keld"."""
    key, whole = folded(string), fold(string.replace("’", "'"))
    if not whole.endswith("s") or any(char.isdigit() for char in whole):
        return False
    if key == whole[:-1]:
        return True
    # A name that no list has: the study must have it without the s.
    return key == whole and book.labels.get(key[:-1], "") == book.labels[key]


def assign(
    book: Book,
    texts: Mapping[str, str],
    spans: Mapping[str, Sequence[Span]],
    known: Known,
) -> Book:
    """A book in which every string of every span has a label, and every form of a known person.

    Numbers go to persons known beforehand first, then in order of first sight. A string that was
    found as several kinds gets that of its surest finds, "name" last.
    """
    seen: dict[str, Counter[tuple[Kind, bool]]] = defaultdict(Counter)
    where: dict[str, set[str]] = defaultdict(set)
    for name in texts:
        for span in sorted(spans.get(name, ())):
            key = folded(texts[name][span.start : span.end])
            seen[key][span.kind, span.tier == "auto"] += 1
            where[key].add(name)
    kinds = {key: _kind(counts) for key, counts in seen.items() if key not in book.labels}
    fresh = [key for key, kind in kinds.items() if kind == "person"]
    persons = _persons(book, fresh, where, known)
    labels = {**book.labels, **persons}
    last = Counter[str]()
    for label in labels.values():
        word, number = split_label(label)
        last[word] = max(last[word], number)
    for key, kind in kinds.items():
        if key not in labels:
            word = kind.capitalize()
            last[word] += 1
            labels[key] = f"{word} {last[word]}"
    return book if labels == book.labels else replace(book, labels=labels)


def split_label(label: str) -> tuple[str, int]:
    """A label as its word and its number."""
    word, _, number = label.rpartition(" ")
    return word, int(number)


def _kind(counts: Counter[tuple[Kind, bool]]) -> Kind:
    n_auto = {kind: counts[kind, True] for kind, _ in counts}
    return min(
        n_auto,
        key=lambda k: (k == "name", -n_auto[k], -counts[k, False], k != "person"),
    )


@dataclass(slots=True, eq=False)
class _Person:
    """Somebody in the making: the forms so far, and the number if there is one already."""

    place: tuple[int, int]  # what decides about the order of new numbers
    number: int = 0
    names: dict[str, Name] = field(default_factory=dict)  # by folded form

    @property
    def whole(self) -> list[Name]:
        """The forms of two words and more, which say who it is."""
        return [name for name in self.names.values() if len(name.words) > 1]

    def named_in(self, where: Mapping[str, set[str]]) -> set[str]:
        """The texts that have a whole name of this person."""
        forms = (form for form, name in self.names.items() if len(name.words) > 1)
        return {text for form in forms for text in where.get(form, ())}

    def fits(self, name: Name) -> bool:
        """Whether a form can mean this person: it has the words, and nothing speaks against it."""
        held = self.whole or self.names.values()
        near = any(name.words <= other.words or other.words <= name.words for other in held)
        return near and not any(_clash(name, other) for other in self.names.values())


def _clash(a: Name, b: Name) -> bool:
    """Mr and Mrs Lund, A. and K. Jansen, Kevin and A. Jansen."""
    if a.gender and b.gender and a.gender != b.gender:
        return True
    for one, other in ((a, b), (b, a)):
        theirs = {word[0] for word in other.words - one.words} | other.initials
        if one.initials and theirs and one.initials.isdisjoint(theirs):
            return True
    return False


class _People:
    """Persons in the making, found by the words of their names."""

    def __init__(self, book: Book) -> None:
        self.all: list[_Person] = []
        self._by_word: dict[str, list[_Person]] = defaultdict(list)
        forms: dict[int, list[str]] = defaultdict(list)
        for form, label in book.labels.items():
            word, number = split_label(label)
            if word == "Person":
                forms[number].append(form)
        for number in sorted(forms):
            self.new((0, number), forms[number], number)

    def new(self, place: tuple[int, int], forms: Iterable[str], number: int = 0) -> _Person:
        person = _Person(place, number)
        self.all.append(person)
        self.add(person, forms)
        return person

    def add(self, person: _Person, forms: Iterable[str]) -> None:
        for form in forms:
            person.names[form] = name_of(form)
            for word in person.names[form].words:
                if person not in self._by_word[word]:
                    self._by_word[word].append(person)

    def fitting(self, form: str, *, whole: bool) -> list[_Person]:
        """Whom a form can mean, among those with a whole name or among those without."""
        name = name_of(form)
        near = dict.fromkeys(one for word in name.words for one in self._by_word.get(word, ()))
        return [one for one in near if bool(one.whole) == whole and one.fits(name)]

    def join(self, lone: _Person, person: _Person) -> None:
        """The second becomes a part of the first, which takes its number if it has none."""
        lone.number = lone.number or person.number
        self.all.remove(person)
        for found in self._by_word.values():
            if person in found:
                found.remove(person)
        self.add(lone, person.names)


def _persons(
    book: Book, fresh: Sequence[str], where: Mapping[str, set[str]], known: Known
) -> dict[str, str]:
    """The label of every form of every person; forms are joined where they can mean one only."""
    people = _People(book)
    taken = {form: person for person in people.all for form in person.names}
    _add_known(people, taken, known)
    fresh = [form for form in fresh if form not in taken]
    heard = {word for form in (*taken, *fresh) for word in name_of(form).words}
    bare = {form: _without_genitive(form, heard) for form in fresh}
    place = {form: (2, at) for at, form in reversed(list(enumerate(bare.values())))}
    todo = sorted((form for form in place if form not in taken), key=place.__getitem__)
    whole = [form for form in todo if len(name_of(form).words) > 1]
    for form in sorted(whole, key=lambda form: -len(name_of(form).words)):
        found = people.fitting(form, whole=True)
        if len(found) == 1:
            people.add(found[0], [form])
        else:
            people.new(place[form], [form])
    _join_lone(people)
    lone = [form for form in todo if len(name_of(form).words) == 1]
    # "mevrouw Jansen" and "A. Jansen" before "Jansen", which can mean either.
    for form in sorted(lone, key=lambda f: not (name_of(f).gender or name_of(f).initials)):
        found = people.fitting(form, whole=True)
        if len(found) > 1:  # all its texts may name the same one of them in full
            found = [one for one in found if where[form] & one.named_in(where)]
            found = found if found and where[form] <= found[0].named_in(where) else []
        if len(found) != 1:
            found = people.fitting(form, whole=False)
        if len(found) == 1:
            people.add(found[0], [form])
        else:
            people.new(place[form], [form])
    number = max((person.number for person in people.all), default=0)
    labels = {}
    for person in sorted(people.all, key=lambda one: one.place):
        if not person.number:
            person.number = number = number + 1
        labels.update(dict.fromkeys(person.names, f"Person {person.number}"))
    return {**labels, **{form: labels[base] for form, base in bare.items()}}


def _add_known(people: _People, taken: dict[str, _Person], known: Known) -> None:
    """Whole names first; a short one that two of them go by belongs to neither."""
    claims: dict[str, list[_Person]] = defaultdict(list)
    for at, person in enumerate(known.persons):
        forms = list(dict.fromkeys(folded(form) for form in person if not is_label(form)))
        if not forms:
            continue
        firm = [form for form in forms if len(name_of(form).words) > 1] or forms
        owner = next((taken[form] for form in firm if form in taken), None)
        owner = owner or people.new((1, at), ())
        people.add(owner, [form for form in firm if form not in taken])
        taken.update({form: owner for form in firm if form not in taken})
        for form in forms:
            if owner not in claims[form]:
                claims[form].append(owner)
    for form, owners in claims.items():
        if form not in taken and len(owners) == 1:
            people.add(owners[0], [form])
            taken[form] = owners[0]


def _join_lone(people: _People) -> None:
    """A short name from earlier that one new whole name explains gives it its number."""
    for person in list(people.all):
        if not person.whole:
            owners = {
                one: None for form in person.names for one in people.fitting(form, whole=True)
            }
            if len(owners) == 1:
                (owner,) = owners
                if not (person.number and owner.number):
                    people.join(person, owner)


def _without_genitive(form: str, heard: set[str]) -> str:
    """A name that no list has, without its s if the study has it so: "gebremedhins"."""
    last = form.rpartition(" ")[2]
    if len(last) < 4 or not last.endswith("s") or last[:-1] not in heard:
        return form
    listed = (lexicon.given(), lexicon.family(), lexicon.places())
    return form if any(last in names for names in listed) else form[:-1]


def doubtful(book: Book) -> dict[str, tuple[int, ...]]:
    """Forms that could mean other persons than the one they stand for: form -> their numbers."""
    people = _People(book)
    found = {}
    for person in people.all:
        for form in person.names:
            others = {one.number for one in people.fitting(form, whole=True)} - {person.number}
            if others:
                found[form] = tuple(sorted(others))
    return found
