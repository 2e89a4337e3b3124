"""Plausible stand-ins: another name for a name, another town for a town. The same for the same."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.anonymise import lexicon, titles
from pipeline.anonymise.book import Book, folded, name_of, split_label
from pipeline.records import Kind
from pipeline.text import fold

_LOCALES = {"nl": "nl_NL", "da": "da_DK"}
_ORGANISATIONS = {
    "nl": ("Stichting {}", "{} Groep", "{} Advies", "Bureau {}"),
    "da": ("{} A/S", "Foreningen {}", "{} Centret", "{} Rådgivning"),
    "en": ("{} Foundation", "{} Services", "{} Associates", "{} Center"),
}
_STREETS = {"nl": "{}straat", "da": "{}svej", "en": "{} Street"}
_TOWN_ENDS = ("ville", "ton", "field", "burg", "dale", "port")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)(?:3[01]|[12]\d|0?[1-9])(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_TRIES = 500


@dataclass(frozen=True, slots=True)
class StandIns:
    """The names of a study's persons, places and organisations, by label: nobody's and no two."""

    names: dict[str, str]
    language: str
    seed: int

    def __call__(self, kind: Kind, string: str, label: str) -> str:
        """What stands in for a string; of its form, as far as that can be told."""
        salt = f"{self.seed}:{label}"
        if kind in ("person", "name", "place", "organisation") and label in self.names:
            name = self.names[label]
            return _like(string, name) if " " in name and kind in ("person", "name") else name
        if kind == "date":
            return _date(string, self.seed, label)
        if kind == "contact" and sum(map(str.isalpha, string)) > sum(map(str.isdigit, string)):
            return _contact(string, salt, self.language)
        return _digits(string, salt)


def stand_ins(book: Book, seed: int, language: str) -> StandIns:
    """A name for each label. No word of any string of the study is in one."""
    real = {word for string in book.labels for word in _WORD.findall(string)}
    gender = {
        label: name_of(form).gender or lexicon.gender(form)
        for form, label in book.labels.items()
        if label.startswith("Person") and (name_of(form).gender or lexicon.gender(form))
    }
    taken: set[str] = set()
    names: dict[str, str] = {}
    for label in sorted(set(book.labels.values()), key=lambda one: split_label(one)[1]):
        make = _maker(split_label(label)[0], gender.get(label, ""), language)
        for attempt in range(_TRIES if make else 0):
            assert make is not None
            name = make(f"{seed}:{label}:{attempt}")
            words = {fold(word) for word in _WORD.findall(name)}
            if fold(name) not in taken and not words & real:
                taken.add(fold(name))
                names[label] = name
                break
    return StandIns(names, language, seed)


def _like(string: str, name: str) -> str:
    """A whole name in the form of the string: with its title, a part only, initials, spelled."""
    first, _, last = name.partition(" ")
    said = name_of(folded(string))
    head = string.split(" ")[0]
    title = head + " " if " " in string and fold(head).strip(".") in titles.ALL else ""
    if len(said.words) > 1:
        stands = name
    elif said.initials:
        stands = f"{first[0]}. {last}"
    else:
        (word,) = said.words
        given = word in lexicon.given() and not title
        stands = first if given else last
    if re.fullmatch(r"\w(?:\W+\w){2,}", string):
        return "-".join(stands.replace(" ", "").upper())
    stands = title + stands
    return stands.lower() if string.islower() else stands.upper() if string.isupper() else stands


def _maker(word: str, gender: str, language: str) -> Callable[[str], str] | None:
    if word in ("Person", "Name"):
        return lambda key: f"{_pick(_given(language, gender), key)} {_pick(_family(language), key)}"
    if word == "Place":
        return lambda key: _pick(_towns(language), key)
    if word == "Organisation":
        forms = _ORGANISATIONS.get(language, _ORGANISATIONS["en"])
        return lambda key: _pick(forms, key).format(_pick(_family(language), f"{key}:name"))
    return None


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")


def _pick(choices: Sequence[str], key: str) -> str:
    return choices[_number(f"{key}:{len(choices)}") % len(choices)]


@cache
def _provider(module: str, language: str) -> type:
    locale = _LOCALES.get(language, "en_US")
    provider: type = importlib.import_module(f"faker.providers.{module}.{locale}").Provider
    return provider


@cache
def _given(language: str, gender: str) -> tuple[str, ...]:
    field = {"f": "first_names_female", "m": "first_names_male"}.get(gender, "first_names")
    names = set(getattr(_provider("person", language), field))
    return tuple(sorted(name for name in names if name.isalpha()))


@cache
def _family(language: str) -> tuple[str, ...]:
    names = set(_provider("person", language).last_names)  # type: ignore[attr-defined]
    return tuple(sorted(name for name in names if name.isalpha()))


@cache
def _towns(language: str) -> tuple[str, ...]:
    if language in _LOCALES:
        return tuple(sorted(set(_provider("address", language).cities)))  # type: ignore[attr-defined]
    return tuple(sorted(name + end for name in _family(language) for end in _TOWN_ENDS))


def _date(string: str, seed: int, label: str) -> str:
    """The same way of writing; day and year moved by an amount of the study."""
    shift = _number(f"{seed}:date") % 5 + 1
    moved = _YEAR.sub(lambda match: str(int(match[0]) - shift), string)
    moved = _DAY.sub(
        lambda m: str((int(m[0]) + 3 * shift - 1) % 28 + 1).zfill(len(m[0])), moved, count=1
    )
    return moved if moved != string else f"[{label}]"


def _contact(string: str, salt: str, language: str) -> str:
    first, last = _pick(_given(language, ""), salt), _pick(_family(language), salt)
    plain = re.sub(r"[^a-z]+", ".", fold(f"{first} {last}"))
    if "@" in string[1:]:
        return f"{plain}@example.org"
    if string.startswith("@"):
        return f"@{plain.replace('.', '_')}"
    if "." in string and " " not in string:
        return f"www.{plain.replace('.', '-')}.example.org"
    street = _STREETS.get(language, _STREETS["en"]).format(last)
    digits = any(char.isdigit() for char in string)
    return f"{street} {_number(salt) % 180 + 1}" if digits else street


def _digits(string: str, salt: str) -> str:
    """Other digits and letters in the same places."""
    out = []
    for at, char in enumerate(string):
        number = _number(f"{salt}:{at}")
        letter = chr(ord("A") + number % 26)
        if char.isdigit():
            out.append(str(number % 10))
        elif char.isalpha():
            out.append(letter if char.isupper() else letter.lower())
        else:
            out.append(char)
    return "".join(out)
