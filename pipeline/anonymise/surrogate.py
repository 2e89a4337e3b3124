"""Plausible stand-ins: another name for a name, another town for a town. The same for the same."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.anonymise import lexicon, nicknames, titles
from pipeline.anonymise.book import Book, folded
from pipeline.anonymise.forms import name_of, split_label
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
# What a family name may be grown together with: "Jansenstraat", "Jensensvej", "Smithville"
_GROWN = re.compile(rf"(?:{'|'.join((*_TOWN_ENDS, 'straat', 'svej'))})$")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)(?:3[01]|[12]\d|0?[1-9])(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_INITIALS = re.compile(r"[^\W\d_]\.?\s?[^\W\d_]\.?")
_SPELLED = re.compile(r"\w(?:\W+\w){2,}")
_TITLES = frozenset(map(fold, titles.ALL))
# Written in Latin letters; an origin counts where both names, or the first alone, tell it.
_ORIGINS = (
    "tr_TR es_ES es_MX de_DE fr_FR it_IT pt_PT ro_RO hr_HR cs_CZ hu_HU sv_SE no_NO fi_FI "
    "lt_LT lv_LV et_EE id_ID en_IN yo_NG tw_GH"
).split()
# Of no gender, in all three languages: for a name whose gender no list tells.
_NEUTRAL = tuple(
    "Alex Bobbie Casey Charlie Eli Jamie Kim Lou Morgan Noa Quinn Robin Sacha Sam Senna".split()
)
_TRIES = 500
_FEW_TRIES = 30  # of a number or an address, where nearly every one is free


@dataclass(frozen=True, slots=True)
class StandIns:
    """The names of a study's persons, places and organisations, by label: nobody's and no two."""

    names: Mapping[str, str]
    givens: Mapping[str, frozenset[str]]  # by label of a person: folded given names
    families: Mapping[str, frozenset[str]]
    language: str
    seed: int
    strings: frozenset[str] = frozenset()  # real ones of the study, folded: nothing may equal one
    people: frozenset[str] = frozenset()  # words of real persons' names: no address may hold one

    def __call__(self, kind: Kind, string: str, label: str, language: str = "") -> str:
        """What stands in for a string; of its form, as far as that can be told.

        Its label, where all that was tried is real: a date moved onto another one's day.
        """
        tried = (made for made in self._made(kind, string, label, language) if self._is_free(made))
        return next(tried, f"[{label}]")

    def _is_free(self, made: str) -> bool:
        return folded(made) not in self.strings and fold(made) not in self.strings

    def _made(self, kind: Kind, string: str, label: str, language: str) -> Iterator[str]:
        """One after another; more than one only where there is a choice."""
        salt = f"{self.seed}:{label}"
        if kind in ("person", "name", "place", "organisation") and label in self.names:
            name = self.names[label]
            if not _named(label) or " " not in name:
                yield _cased(string, name)
            else:
                yield self._person(string, name, label)
            return
        if kind == "date":
            yield _date(string, self.seed, label)
            return
        in_letters = sum(map(str.isalpha, string)) > sum(map(str.isdigit, string))
        for attempt in range(_FEW_TRIES):
            key = f"{salt}:{attempt}" if attempt else salt
            if kind == "contact" and in_letters:
                made = _contact(string, key, language or self.language, label)
                if self.people.isdisjoint(_pieces(made)):
                    yield made
            else:
                yield _digits(string, key, label)

    def _person(self, string: str, name: str, label: str) -> str:
        """A whole name in the form of the string: titles, a part only, initials, spelled."""
        first, _, last = name.partition(" ")
        said = name_of(folded(string))
        head = _titles(string)
        if said.whole and not said.given:
            stands = name
        elif said.whole:
            stands = name if "," not in string else f"{last}, {first}"
        elif said.initials:
            stands = f"{first} {last[0]}." if said.given else f"{first[0]}. {last}"
        elif _INITIALS.fullmatch(string):
            dot = "." if "." in string else ""
            return f"{first[0]}{dot}{last[0]}{dot}"
        else:
            (word,) = said.words
            stands = first if self._is_given(word, label, titled=bool(head)) else last
        if _SPELLED.fullmatch(string):
            return "-".join(stands.replace(" ", "").upper())
        return _cased(string, head + stands)

    def _is_given(self, word: str, label: str, *, titled: bool) -> bool:
        """Whether a lone name is a first name: by the person's whole name, else by the lists."""
        if word in self.families.get(label, ()):
            return False
        givens = self.givens.get(label, frozenset())
        if any(nicknames.related(word, given) for given in givens):
            return True
        if givens and any(given.startswith(word) for given in givens):
            return True
        return word in lexicon.given() and not titled


def stand_ins(
    book: Book, seed: int, language: str, known: Collection[str] = frozenset()
) -> StandIns:
    """A name for each label, those that the book has first. No real word of the study is in one.

    A person's stand-in has the gender of the name, and comes from the country that it seems to be
    from: a Turkish name stays a Turkish one. Titles stay.

    Parameters
    ----------
    known : what is real besides the strings of the book: the values of participants.csv.
    """
    forms: dict[str, set[str]] = {}
    for form, label in book.forms():
        forms.setdefault(label, set()).add(form)
    real = {word for label in forms for form in forms[label] for word in _WORD.findall(form)}
    real.update(word for value in known for word in _words(value))
    taken: set[str] = set()
    names: dict[str, str] = {}
    for label, name in book.names.items():
        # Somebody who came later may be called so: then it has to go.
        if label in forms and not _pieces(name) & real:
            names[label] = name
            taken.add(fold(name))
    for label in sorted(forms, key=split_label):
        make = None if label in names else _maker(label, sorted(forms[label]), language)
        for attempt in range(_TRIES if make else 0):
            assert make is not None
            name = make(f"{seed}:{label}:{attempt}")
            if fold(name) not in taken and not _pieces(name) & real:
                taken.add(fold(name))
                names[label] = name
                break
    whole = {
        label: [said for form in mine if (said := name_of(form)).whole and said.given]
        for label, mine in forms.items()
        if label.startswith("Person")
    }
    return StandIns(
        names,
        {
            label: frozenset(g for name in found for g in name.given)
            for label, found in whole.items()
        },
        {label: frozenset(name.family for name in found) for label, found in whole.items()},
        language,
        seed,
        frozenset({*(form for form, _ in book.forms()), *map(folded, known)}),
        frozenset(
            word
            for string in (*known, *(f for label in forms for f in forms[label] if _named(label)))
            for word in _words(string)
            if len(word) > 1
        ),
    )


def _words(name: str) -> set[str]:
    return {fold(word) for word in _WORD.findall(name)}


def _named(label: str) -> bool:
    return label.startswith(("Person", "Name"))


def _pieces(made: str) -> set[str]:
    """Its words, and the names that are grown into them."""
    words = _words(made)
    return words | {_GROWN.sub("", word) for word in words}


def _titles(string: str) -> str:
    """The titles that a name begins with, as they are written: "Prof. Dr. "."""
    end = 0
    for match in re.finditer(r"(\S+)\s+", string):
        if match.start() != end or fold(match[1]).strip(".") not in _TITLES:
            break
        end = match.end()
    return string[:end]


def _cased(string: str, stands: str) -> str:
    return stands.lower() if string.islower() else stands.upper() if _shouts(string) else stands


def _shouts(string: str) -> bool:
    return string.isupper() and len(string) > 2


def _maker(label: str, forms: Sequence[str], language: str) -> Callable[[str], str] | None:
    word = split_label(label)[0]
    if word in ("Person", "Name"):
        gender = next((g for form in forms if (g := _gender(form))), "")
        locale = _origin(forms, language)
        given = _given(locale, gender) if gender else _ungendered(locale)
        return lambda key: f"{_pick(given, key)} {_pick(_family(locale), key)}"
    if word == "Place":
        return lambda key: _pick(_towns(language), key)
    if word == "Organisation":
        shapes = _ORGANISATIONS.get(language, _ORGANISATIONS["en"])
        family = _family(_home(language))
        return lambda key: _pick(shapes, key).format(_pick(family, f"{key}:name"))
    return None


def _gender(form: str) -> str:
    name = name_of(form)
    (given,) = name.given[:1] or ("",)
    return name.gender or lexicon.gender(given or form)


def _home(language: str) -> str:
    return _LOCALES.get(language, "en_US")


def _origin(forms: Sequence[str], language: str) -> str:
    """The locale that a name is from: by both its names, by one; else the study's own."""
    names = [name_of(form) for form in forms]
    givens = {_plain(name.given[0]) for name in names if name.whole and name.given}
    families = {_plain(name.family) for name in names if name.whole}
    if not givens and not families:  # a lone name could be either
        givens = {_plain(word) for name in names for word in name.words}
    home = _home(language)
    others = (_home(one) for one in ("nl", "da", "en"))  # en_US has names of all the world: last

    def score(locale: str) -> int:
        known = bool(givens & _folded_given(locale)) + bool(families & _folded_family(locale))
        return 2 * known + (locale == home)

    return max(dict.fromkeys((home, *_ORIGINS, *others)), key=score)


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")


def _pick(choices: Sequence[str], key: str) -> str:
    return choices[_number(f"{key}:{len(choices)}") % len(choices)]


@cache
def _provider(module: str, locale: str) -> type:
    provider: type = importlib.import_module(f"faker.providers.{module}.{locale}").Provider
    return provider


@cache
def _given(locale: str, gender: str) -> tuple[str, ...]:
    field = {"f": "first_names_female", "m": "first_names_male"}.get(gender, "first_names")
    provider = _provider("person", locale)
    names = set(getattr(provider, field, ()) or getattr(provider, "first_names", ()))
    return tuple(sorted(filter(_is_name, names)))


@cache
def _ungendered(locale: str) -> tuple[str, ...]:
    """Given names that do not make a man of a woman; all, where a locale has no such."""
    if locale in map(_home, ("nl", "da", "en")):
        return _NEUTRAL
    both = {*_given(locale, "f")} & {*_given(locale, "m")}
    return tuple(sorted(both)) or _given(locale, "")


def _is_name(name: str) -> bool:
    """Whether it reads as a name: Faker's Dutch families have a `VI` and a `Claesdr` (daughter)."""
    return name.isalpha() and len(name) > 1 and not name.isupper() and not name.endswith("sdr")


@cache
def _family(locale: str) -> tuple[str, ...]:
    provider = _provider("person", locale)
    names = set(getattr(provider, "last_names", ())) or set(
        getattr(provider, "last_names_female", ())
    )
    return tuple(sorted(filter(_is_name, names)))


@cache
def _folded_given(locale: str) -> frozenset[str]:
    return frozenset(map(_plain, _given(locale, "")))


@cache
def _folded_family(locale: str) -> frozenset[str]:
    return frozenset(map(_plain, _family(locale)))


def _plain(name: str) -> str:
    """As it is written away from home: "Yılmaz" is Yilmaz to a Dutch transcriber."""
    return fold(name).replace("ı", "i")


@cache
def _towns(language: str) -> tuple[str, ...]:
    if language in _LOCALES:
        provider: Any = _provider("address", _home(language))
        return tuple(sorted(set(provider.cities)))
    return tuple(sorted(name + end for name in _family("en_US") for end in _TOWN_ENDS))


def _date(string: str, seed: int, label: str) -> str:
    """The same way of writing; day and year moved by an amount of the study."""
    shift = _number(f"{seed}:date") % 5 + 1
    moved = _YEAR.sub(lambda match: str(int(match[0]) - shift), string)
    moved = _DAY.sub(
        lambda m: str((int(m[0]) + 3 * shift - 1) % 28 + 1).zfill(len(m[0])), moved, count=1
    )
    return moved if moved != string else f"[{label}]"


def _contact(string: str, salt: str, language: str, label: str) -> str:
    """The same way of writing; what is said in words has no form to keep, and gets its label."""
    home = _home(language)
    first, last = _pick(_given(home, ""), salt), _pick(_family(home), salt)
    plain = re.sub(r"[^a-z]+", ".", fold(f"{first} {last}"))
    if "@" in string[1:]:
        return f"{plain}@example.org"
    if string.startswith("@"):
        return f"@{plain.replace('.', '_')}"
    if "." in string and " " not in string:
        return f"www.{plain.replace('.', '-')}.example.org"
    street = _STREETS.get(language, _STREETS["en"]).format(last)
    if any(char.isdigit() for char in string):
        return f"{street} {_number(salt) % 180 + 1}"
    return street if string[:1].isupper() else f"[{label}]"


def _digits(string: str, salt: str, label: str) -> str:
    """Other digits and letters in the same places; numbers in words get their label."""
    if not any(char.isdigit() for char in string):
        return f"[{label}]"
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
