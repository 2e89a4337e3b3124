"""Plausible stand-ins: another name for a name, another town for a town. The same for the same."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from pipeline.anonymise import lexicon
from pipeline.anonymise.book import Book, folded, name_parts
from pipeline.records import Kind

_NUMBERED: dict[str, str] = {"organisation": "Organisation", "contact": "Contact", "id": "Id"}
_GIVEN = (
    "Maria Petra Lena Clara Nora Esther Vera Judith Monica Elsa Karen Paula Agnes Irene Thea Ruth",
    "Peter Simon Victor Oscar Walter Henry Albert Edwin Leo Arthur Frank Martin Paul Hugo Otto",
)
_FAMILY = (
    "Berger Castel Dorn Ekman Forrest Grenier Holt Ibsen Keller Lindner Moreau Norberg Olsen "
    "Palmer Quist Rossi Sander Torres Ullman Vance Weber Winter Yates Zeller"
)
_PLACES = "Aldwick Brenmoor Calverton Dunhoven Elsmark Fairholm Grenford Holmdal Ironby Kestwold"


def stand_in(book: Book, kind: Kind, string: str, label: str, seed: int) -> str:
    """A surrogate for a string, the same for all strings of one label, and no name of the study.

    A name keeps its form: a lone given name becomes a given name of the same gender, a whole name
    a whole one. A date becomes its year; what has no plausible stand-in (contacts, ids,
    organisations) gets its label.
    """
    number = int(label.rpartition(" ")[2])
    if kind in ("person", "name"):
        return _name(book, string, label, seed)
    if kind == "place":
        return _pick(tuple(_PLACES.split()), f"{seed} place", number, _taken(book))
    if kind == "date":
        year = re.search(r"\b(?:19|20)\d\d\b", string)
        return year[0] if year else "some day"
    return f"{_NUMBERED[kind]} {number}"


def _name(book: Book, string: str, label: str, seed: int) -> str:
    number = int(label.rpartition(" ")[2])
    taken = _taken(book)
    forms = [string]
    if label.startswith("Person"):
        forms += [
            form for person in book.persons if person.number == number for form in person.forms
        ]
    gender = next((g for form in forms for word in form.split() if (g := lexicon.gender(word))), "")
    names = _GIVEN[1 if gender == "m" else 0].split()
    given = _pick(tuple(names), f"{seed} {gender}", number, taken)
    family = _pick(tuple(_FAMILY.split()), f"{seed} family", number, taken)
    words = name_parts(string)
    if len(words) > 1:
        return f"{given} {family}"
    (word,) = words
    return given if word in lexicon.given() or lexicon.gender(word) else family


def _pick(names: tuple[str, ...], salt: str, number: int, taken: frozenset[str]) -> str:
    """The name of a number: distinct numbers get distinct names, once round with a numeral."""
    order = [name for name in _shuffled(names, salt) if folded(name) not in taken]
    if not order:
        return f"N. {number}"
    lap, at = divmod(number - 1, len(order))
    return order[at] if not lap else f"{order[at]} {lap + 1}"


@cache
def _shuffled(names: tuple[str, ...], salt: str) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda n: hashlib.sha256(f"{salt} {n}".encode()).digest()))


def _taken(book: Book) -> frozenset[str]:
    """Every string of the study that could be a name, and its parts: never given as a stand-in."""
    strings = [key.partition("|")[2] for key in book.numbers]
    return frozenset(part for string in strings for part in (*name_parts(string), string))
