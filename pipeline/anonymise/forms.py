"""What a form of a name says of a person, and which forms can be one person's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.anonymise import lexicon, nicknames, titles
from pipeline.anonymise.tokens import PARTICLES
from pipeline.text import fold

SCOPE = "\x1f"  # between a form and the transcript in which it means somebody
_IN_NAME = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_FEMALE, _MALE, _TITLES, _COURTESY = (
    frozenset(map(fold, words))
    for words in (titles.FEMALE, titles.MALE, titles.ALL, titles.COURTESY)
)
# Before a surname in three languages; "juf Anna", "sir Peter" take first names too.
_BEFORE_SURNAME = _COURTESY - frozenset("juf mej sir dame juffrouw miss madam".split())
_GENERATIONS = {
    **dict.fromkeys(("sr", "senior", "sen"), "senior"),
    **dict.fromkeys(("jr", "junior", "jun"), "junior"),
    **dict.fromkeys(("ii", "iii", "iv"), "later"),
}


class Name(NamedTuple):
    """What a form says of a person."""

    words: frozenset[str]  # those that tell persons apart: no titles, particles, initials
    initials: frozenset[str]
    gender: str  # f, m, or empty where it is not known
    given: tuple[str, ...] = ()  # empty where one word could be either
    family: str = ""
    generation: str = ""  # senior, junior, later

    @property
    def whole(self) -> bool:
        """Whether it says who it is: two words and more."""
        return len(self.words) > 1


@lru_cache(maxsize=1 << 16)
def name_of(form: str) -> Name:
    """A folded form, taken apart."""
    said = _IN_NAME.findall(_turned(form.partition(SCOPE)[0]))
    generation = next((_GENERATIONS[w] for w in said[1:] if w in _GENERATIONS), "")
    if generation:
        said = [w for i, w in enumerate(said) if not i or w not in _GENERATIONS]
    words = [
        w
        for i, w in enumerate(said)
        # A title stands before a name: "Wouter Prins" has none.
        if len(w) > 1 and w not in PARTICLES and (w not in _TITLES or 0 < i == len(said) - 1)
    ]
    by_title = ["f" if w in _FEMALE else "m" for w in said if w in _FEMALE or w in _MALE]
    # A lone name may be a surname, which has none: "Mrs James".
    by_name = [_gender(words[0])] if len(words) > 1 else []
    initials = frozenset(w for w in said if len(w) == 1) if words else frozenset()
    family = words[-1] if len(words) > 1 or _is_surname(said, words) else ""
    before_initial = len(words) == 1 and not family and bool(initials)  # "Emil B."
    return Name(
        frozenset(words) or frozenset((form,)),
        initials,
        next(iter([*by_title, *by_name]), ""),
        tuple(words if before_initial else words[:-1]),
        family,
        generation,
    )


def _gender(given: str) -> str:
    """Of a name that is at home here; elsewhere the lists say too little: Nurhan, Ayaan."""
    here = any(given in lexicon.near_given(language) for language in ("en", "nl", "da"))
    return lexicon.gender(given) if here else ""


def _is_surname(said: Sequence[str], words: Sequence[str]) -> bool:
    """Whether one word is a surname by what stands before it: Mrs, A., van der."""
    if len(words) != 1 or len(said) < 2:
        return False
    before = said[: said.index(words[0])]
    return any(w in _BEFORE_SURNAME or w in PARTICLES or len(w) == 1 for w in before)


def _turned(form: str) -> str:
    """The surname last, the way it is said: "jansen, anneke"."""
    last, comma, first = form.partition(",")
    return f"{first.strip()} {last}" if comma and first.strip() else form


def split_label(label: str) -> tuple[str, int]:
    """A label as its word and its number."""
    word, _, number = label.rpartition(" ")
    return word, int(number)


def unscoped(form: str) -> str:
    """A form without the transcript in which it means somebody."""
    return form.partition(SCOPE)[0]


def clash(a: Name, b: Name) -> bool:
    """Mr and Mrs Lund, A. and K. Jansen, Kevin and A. Jansen, senior and junior."""
    if a.gender and b.gender and a.gender != b.gender:
        return True
    if a.generation and b.generation and a.generation != b.generation:
        return True
    for one, other in ((a, b), (b, a)):
        theirs = {word[0] for word in other.words - one.words} | other.initials
        if one.initials and theirs and one.initials.isdisjoint(theirs):
            return True
    return False


@lru_cache(maxsize=1 << 16)
def fits(form: str, held: str) -> bool:
    """Whether one form can be another way of saying the other; either may be the shorter."""
    a, b = name_of(form), name_of(held)
    if a.whole and b.whole:
        return _same_whole(a, b)
    if not a.whole and not b.whole:
        return a.words == b.words
    short, long = (b, a) if a.whole else (a, b)
    (word,) = short.words
    if short.family:
        return word == long.family
    if not short.given and word == long.family:
        return True
    return word in long.given or _called(word, long)


def _called(word: str, name: Name) -> bool:
    return bool(name.given) and nicknames.is_short_for(word, name.given[0])


def _same_whole(a: Name, b: Name) -> bool:
    """Two whole names of one person: same surname, and first names that go together."""
    if a.generation != b.generation:
        return False  # Jan de Boer beside Jan de Boer junior: nobody knows
    if not a.given or not b.given:
        return False
    first = nicknames.related(a.given[0], b.given[0])
    if a.words == b.words and a.family != b.family:
        return _swapped(a) or _swapped(b)
    if a.family == b.family and first:
        short, long = sorted((a.given[1:], b.given[1:]), key=len)
        return {*short} <= {*long}
    halves = {*a.family.split("-")} & {*b.family.split("-")}
    if first and a.given[0] == b.given[0] and halves and (a.words <= b.words | halves):
        return True
    if first and a.given[0] == b.given[0] and halves and (b.words <= a.words | halves):
        return True
    short_name, long_name = sorted((a, b), key=lambda name: len(name.words))
    # "Maria Lopez" of "Maria Lopez Garcia", "Jan Willem" of "Jan Willem de Vries"
    return short_name.words < long_name.words and a.given[0] == b.given[0]


def _swapped(name: Name) -> bool:
    """Whether the family name stands first, beyond doubt: "jansen anneke"."""
    first, last = name.given[0], name.family
    return last in lexicon.given() and last not in lexicon.family() and first not in lexicon.given()


@lru_cache(maxsize=1 << 16)
def may_fit(form: str, held: str) -> bool:
    """Whether somebody should be asked if two forms are one person's."""
    if fits(form, held):
        return True
    a, b = name_of(form), name_of(held)
    if clash(a, b):
        return False
    if a.whole and b.whole:
        if a.family == b.family or nicknames.alike(a.family, b.family):
            return any(nicknames.may_be_related(x, y) for x in a.given for y in b.given)
        return a.words == b.words
    short, long = (b, a) if a.whole else (a, b)
    (word,) = short.words
    if not long.whole:
        return not short.family and not long.family and nicknames.may_be_related(word, *long.words)
    if word in long.family.split("-") or nicknames.alike(word, long.family):
        return True
    if short.family:
        return word in long.given  # "Mr. Aad" of Aad Noordzij
    return any(nicknames.may_be_related(word, given) for given in long.given) or (
        len(word) > 2 and bool(long.given) and long.given[0].startswith(word)
    )


def halves(surname: str, first: str) -> bool:
    """Whether two lone names are a surname and a first name, beyond doubt."""
    a, b = name_of(surname), name_of(first)
    if a.whole or b.whole or b.family or a.words == b.words:
        return False
    (family,), (given,) = a.words, b.words
    if a.family and given not in lexicon.family():
        return True  # "Rosalind, Ms. Abbey", be she in a list or not
    if given not in lexicon.given():
        return False
    return bool(a.family) or (family in lexicon.family() and family not in lexicon.given()
                              and given not in lexicon.family())  # fmt: skip


def says_more(form: str) -> bool:
    """Whether a lone name has a title, an initial or a "junior" with it."""
    name = name_of(form)
    return bool(name.gender or name.initials or name.generation)


def is_heard(word: str) -> bool:
    """Whether a word is a name by itself to somebody here; "Tes" is one in far lists only."""
    if word not in lexicon.given() and word not in lexicon.family():
        return False
    languages = ("en", "nl", "da")
    return (
        word in lexicon.family()
        or any(word in lexicon.near_given(language) for language in languages)
        or any(lexicon.is_common(word, language) for language in languages)
    )
