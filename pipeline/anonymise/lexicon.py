"""Which words are names, which are ordinary words, which are both.

Names come from Faker's person locales and two small lists of our own, ordinary words from
wordfreq, words that are both from a hand-written list per language. Everything is built once, when
first asked.
All keys are lower case.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

# A zipf frequency of 3 is once in a million words; wordfreq's small lists end there.
COMMON = 3.0
FUNCTION = 5.6  # "people", "because": never a name unless the hand-written list says so
# How much commoner than elsewhere an English word must be to count as a word although a name too:
# "hope" 1.6, "grant" .8; "john" .4, "sarah" .2.
DISTINCT = 0.9
# Below this, and in no list of words, a frequent string is most likely a name that no list has:
# "warhol", "obama", "google" are met as often in Spanish as in English.
WORDLIKE = 0.5
ENGLISH_ONLY = 3.2  # from there on, met nowhere but in English and in no list of names: "pantry"
FOREIGN = ("fr", "es", "it", "pl", "fi")  # languages to hold a word against
SELDOM = 2.0  # zipf frequency
OWN_LIST = frozenset(("en", "nl", "de", "fr", "es"))  # languages with a large word list
_NEAR = {"en": ("en_US", "en_GB"), "nl": ("nl_NL", "nl_BE"), "da": ("da_DK",)}
_WORDFREQ = {"da": "nb", "no": "nb"}  # wordfreq has no Danish; Norwegian is nearest
_NAME = re.compile(r"(?=.{2})[^\W\d_]+(?:[-'’ ][^\W\d_]+)*")
_GIVEN_FIELDS = ("first_name", "first_romanized", "middle_name")
_FAMILY_FIELDS = ("last_name", "last_romanized", "unisex_last", "male_last", "female_last")
_NEITHER = ("format", "pairs", "kana")

_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ",
        (
            "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g"
        ).split(),
        strict=True,
    )
)


def data_lines(name: str) -> Iterator[str]:
    """Lines of a file of the package's data, without comments and blank ones."""
    text = resources.files("pipeline.anonymise").joinpath("data", name).read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line


@cache
def given() -> frozenset[str]:
    """Given names of some seventy locales, lower case; hyphenated ones whole and in parts."""
    own = (name for line in data_lines("given.txt") for name in line.split())
    return frozenset(_forms([*_faker(_GIVEN_FIELDS), *own]))


@cache
def near_given(language: str) -> frozenset[str]:
    """Given names of the language's own countries: those that a listener there takes for names."""
    names: list[str] = []
    for locale in _NEAR.get(language, ()):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        names += list(provider.first_names)
    return frozenset(_forms(names)) | (both(language) & _short_given())


@cache
def _short_given() -> frozenset[str]:
    """Our own given names."""
    return frozenset(name for line in data_lines("given.txt") for name in line.split())


@cache
def family() -> frozenset[str]:
    """Family names, lower case; of those with a particle ("van Dijk") the last word too."""
    own = (name for line in data_lines("family.txt") for name in line.split())
    return frozenset(_forms([*_faker(_FAMILY_FIELDS), *own]))


@cache
def _genders() -> tuple[frozenset[str], frozenset[str]]:
    female = frozenset(_forms(_faker(("first_names_female", "first_name_female"))))
    male = frozenset(_forms(_faker(("first_names_male", "first_name_male"))))
    return female - male, male - female


def gender(name: str) -> str:
    """`f` or `m` where every locale that knows the given name agrees, else an empty string."""
    female, male = _genders()
    lower = name.lower()
    return "f" if lower in female else "m" if lower in male else ""


@cache
def zipf(language: str) -> Mapping[str, float]:
    """Words met at least once in a million, with their zipf frequency; empty: no list."""
    import wordfreq

    code = _WORDFREQ.get(language, language)
    if code not in wordfreq.available_languages("small"):
        return MappingProxyType({})
    buckets = wordfreq.get_frequency_list(code, wordlist="small")
    table = {word: 9 - i / 100 for i, bucket in enumerate(buckets) for word in bucket}
    if language == "da":
        for line in data_lines("common_da.txt"):
            table.update({word: max(table.get(word, 0), 4.0) for word in line.split()})
    return MappingProxyType(table)


@cache
def _seldom(language: str) -> frozenset[str]:
    """Words met between once in a hundred million words and once in a million."""
    import wordfreq

    code = _WORDFREQ.get(language, language)
    if code not in wordfreq.available_languages("large"):
        return frozenset()
    buckets = wordfreq.get_frequency_list(code, wordlist="large")
    return frozenset(word for bucket in buckets[: int(100 * (9 - SELDOM))] for word in bucket)


def is_unheard(word: str, language: str) -> bool:
    """Whether a word is so rare that half of its kind are names.

    Only for languages with a word list of their own.
    """
    if language not in OWN_LIST or is_word(word, language) or is_inflected(word, language):
        return False
    return is_unseen(word, language)


@cache
def lorem(language: str) -> frozenset[str]:
    """Plain words, hardly any of them names: Faker's filler text, and our own list for Danish."""
    locale = {"en": "en_US", "nl": "nl_NL", "da": "da_DK"}.get(language)
    if locale is None:
        return frozenset()
    provider = importlib.import_module(f"faker.providers.lorem.{locale}").Provider
    own = (word for line in data_lines("common_da.txt") for word in line.split())
    plain = {word for word in provider.word_list if word == word.lower()}
    return frozenset(plain.union(own if language == "da" else ()))


@cache
def both(language: str) -> frozenset[str]:
    """Names that are also ordinary words of the language, from the hand-written lists."""
    words: dict[str, set[str]] = {}
    section = ""
    for line in data_lines("ambiguous.txt"):
        if line.startswith("["):
            section = line.strip("[]")
        else:
            words.setdefault(section, set()).update(line.split())
    return frozenset(words.get(language, set()))


@cache
def distinct(word: str, language: str) -> float:
    """How many zipf units commoner a word is here than in languages that do not have it.

    Names are about as frequent everywhere, words are not. Only of use for English: Dutch and
    Danish names are rare elsewhere.
    """
    elsewhere = sorted(zipf(other).get(word, COMMON - 0.2) for other in FOREIGN)
    return zipf(language).get(word, 0.0) - elsewhere[len(elsewhere) // 2]


def is_unseen(word: str, language: str) -> bool:
    """Whether a word is in no list of the language, however long."""
    return not is_common(word, language) and word not in _seldom(language)


@cache
def is_inflected(word: str, language: str) -> bool:
    """Whether a rare English word is a common one with an ending: "afternoons", "rephrasing"."""
    if language != "en":
        return False
    stems = (
        word.removesuffix(ending) + added
        for ending in ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "y", "ies", "ily", "ness")
        if word.endswith(ending)
        for added in ("", "e", "y")
    )
    return any(len(stem) > 3 and stem not in family() and _joins(stem, language) for stem in stems)


@cache
def is_compound(word: str, language: str) -> bool:
    """Whether a word that no list has is two in one, as Dutch, Danish and German make them."""
    if language not in ("nl", "da", "de") or len(word) < 8:
        return False
    return any(
        _joins(word[i:], language) and (_joins(word[:i], language) or _linked(word[:i], language))
        for i in range(4, len(word) - 3)
    )


def _joins(part: str, language: str) -> bool:
    return len(part) > 3 and zipf(language).get(part, 0.0) >= COMMON and is_word(part, language)


def _linked(part: str, language: str) -> bool:
    return part.endswith(("s", "e", "en")) and any(
        _joins(part.removesuffix(link), language) for link in ("s", "e", "en")
    )


@cache
def places() -> Mapping[str, bool]:
    """Place names in lower case; true: so well known that it is no ordinary word."""
    table: dict[str, bool] = {}
    for line in data_lines("places.txt"):
        name = line.removeprefix("+").lower()
        table[name] = table.get(name, False) or line.startswith("+")
    return MappingProxyType(table)


def _is_abroad(word: str) -> bool:
    return any(word in zipf(other) for other in (*FOREIGN, "nl", "de"))


@cache
def is_word(word: str, language: str) -> bool:
    """Whether a lower-case word is an ordinary word of the language, be it a name as well."""
    frequency = zipf(language).get(word, 0.0)
    if word in both(language) or word in lorem(language):
        return True
    if frequency < COMMON or places().get(word):
        return False
    if frequency >= FUNCTION:
        return True
    if word not in given() and word not in family():
        if language == "en" and frequency >= ENGLISH_ONLY and not _is_abroad(word):
            return True
        return frequency >= 4.8 or distinct(word, language) >= WORDLIKE
    return language == "en" and frequency >= 3.2 and distinct(word, language) >= DISTINCT


def is_word_anywhere(word: str, languages: Iterable[str]) -> bool:
    """Whether it is an ordinary word in one of the languages."""
    return any(is_word(word, language) for language in languages)


def is_common(word: str, language: str) -> bool:
    """Whether a lower-case string is met often, as a word or as a name."""
    return zipf(language).get(word, 0.0) >= COMMON


def without_genitive(word: str) -> str:
    """A lower-case name without the s that Danish and Dutch hang on it: "kelds", "roskildes"."""
    if not word.endswith("s") or len(word) < 4 or _is_name(word):
        return word
    return word[:-1] if _is_name(word[:-1]) else word


def _is_name(word: str) -> bool:
    return word in given() or word in family() or word in places()


def frequency(word: str, language: str) -> float:
    """Zipf frequency, minus infinity for what is rarer than once in a million."""
    return zipf(language).get(word, -math.inf)


@cache
def _faker_locales() -> tuple[str, ...]:
    import faker.providers.person as person

    found = (module.name for module in pkgutil.iter_modules(person.__path__))
    return tuple(sorted(name for name in found if "_" in name))


@cache
def _faker(fields: tuple[str, ...]) -> tuple[str, ...]:
    """All names that Faker's person providers list under an attribute starting like a field."""
    names: list[str] = []
    for locale in _faker_locales():
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute, values in vars(provider).items():
            if not isinstance(values, (tuple, list, dict)) or not attribute.startswith(fields):
                continue
            if not any(part in attribute for part in _NEITHER):
                names += [value for value in values if isinstance(value, str)]
    return tuple(names)


def _forms(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        lower = name.strip().lower()
        if not _NAME.fullmatch(lower):
            continue
        if "а" <= lower[0] <= "ґ":
            lower = "".join(_CYRILLIC.get(letter, letter) for letter in lower).replace("_", "")
        yield lower
        if " " in lower:
            yield from (part for part in lower.split() if len(part) > 3)
        if "-" in lower:
            yield from (part for part in lower.split("-") if len(part) > 3)
