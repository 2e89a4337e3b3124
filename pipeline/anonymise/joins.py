"""Who is who: which forms of names are one person's, transcript by transcript.

A form is joined with a person when it can mean nobody else and nothing speaks against it. What
speaks against it: another gender, initial or generation (senior, junior), "the other Kevin", "my
son Kevin", two names side by side ("Lund and Kevin"), another town or team. A short form means
who is named in full in the same transcript, before anybody elsewhere; so "Kevin" can be Kevin Lund
in one transcript and Kevin Holt in another. A first name that nobody completes travels to another
transcript only with the participant who said it, or inside one team: every other Ahmed is somebody
else. What stays in doubt is a person by itself until somebody has said otherwise: the list can
join two persons, it cannot take one apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
# Columns that say in which town somebody is: too many people live in one to share a first name.
PLACE_COLUMNS = frozenset("city town place municipality stad plaats gemeente by kommune".split())
_WIDE = PLACE_COLUMNS | frozenset("region regio".split())
_PREFIX = 3  # letters that a short form of the study's own has at least: "Tes" of Tesfalem


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


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of a transcript before it is read."""

    people: frozenset[str] = frozenset()  # ids of its participants: two waves of one person
    sites: Mapping[str, str] = field(default_factory=dict)  # column -> town, team, office
    speakers: frozenset[str] = frozenset()  # folded forms of who speaks in it

    def near(self, other: Scene) -> bool:
        """Whether the same colleagues and clients may come up in both."""
        if self.people & other.people:
            return True
        return all(other.sites.get(column, site) == site for column, site in self.sites.items())

    def shares_work(self, other: Scene) -> bool:
        """Whether the table of participants names one team, office or the like for both."""
        mine = {(column, site) for column, site in self.sites.items() if column not in _WIDE}
        return self.near(other) and not mine.isdisjoint(other.sites.items())


@dataclass(slots=True)
class Mention:
    """What one transcript says around all places where it has a form."""

    at: int  # order of first sight in the study
    kin: bool = False  # "my son Kevin"
    new: bool = False  # "a cousin called Kevin"
    other: bool = False  # "another Kevin", "the other Kevin", "that's your name too"
    addressed: bool = False  # "sit down, Kevin"
    beside: set[str] = field(default_factory=set)  # forms in "Kevin and Lund"
    alias: set[str] = field(default_factory=set)  # forms in "Letebrhan, but say Lete"
    after: set[str] = field(default_factory=set)  # forms in "Christopher Dunn, Chris"
    also: set[str] = field(default_factory=set)  # forms in "Mrs. Lund, Karen, she is"
    miswritten: bool = False  # "they put an n in it, Domping"
    owns_nothing: bool = False  # "Kiks is here": the s is its own

    def add(self, other: Mention) -> None:
        """What another form of the same string says in the same transcript."""
        self.at = min(self.at, other.at)
        for flag in ("kin", "new", "other", "addressed", "miswritten", "owns_nothing"):
            setattr(self, flag, getattr(self, flag) or getattr(other, flag))
        for forms in ("beside", "alias", "after", "also"):
            setattr(self, forms, getattr(self, forms) | getattr(other, forms))


Mentions = Mapping[str, Mapping[str, Mention]]  # form -> transcript -> what it says


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
        near = any(fits(form, _bare(other)) for other in self.whole or self.names)
        return near and not any(clash(name, other) for other in self.names.values())


def _bare(form: str) -> str:
    return form.partition(SCOPE)[0]


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
            for key in _keys(person.names[form]):
                if person not in self._by_word[key]:
                    self._by_word[key].append(person)

    def fitting(self, form: str, *, whole: bool) -> list[Person]:
        """Whom a form can mean, among those with a whole name or among those without."""
        name = name_of(form)
        near = Counter(one for key in _keys(name) for one in self._by_word.get(key, ()))
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


def _keys(name: Name) -> set[str]:
    """Under which words a name is found: also the full names of its short ones, and halves."""
    keys = set(name.words)
    for word in name.words:
        keys |= {*word.split("-")} | nicknames.full_names(word)
    return keys


def persons(
    labels: Mapping[str, str],
    mentions: Mentions,
    known: Sequence[Sequence[str]],
    scenes: Mapping[str, Scene],
) -> dict[str, str]:
    """The label of every form of every person, old ones unchanged.

    Parameters
    ----------
    labels : those given before, of all kinds; forms may be scoped to a transcript.
    mentions : the forms found as persons, with what stands around them.
    known : the folded forms of each person known beforehand, roles left out.
    scenes : by transcript; what is not there is near everything.

    Returns
    -------
    dict : form -> label, and form + SCOPE + transcript -> label for what is short. The form alone
        has the label that it got first.
    """
    people = People(labels)
    taken = {form: person for person in people.all for form in person.names}
    _add_known(people, taken, known)
    heard = {word for form in (*taken, *mentions) for word in name_of(form).words}
    bare = {
        form: form
        if any(one.owns_nothing for one in mentions[form].values())
        else _without_genitive(form, heard)
        for form in mentions
        if form not in taken
    }
    joined = _joined(mentions, bare)
    cast = _Cast(people, joined, scenes)
    order = sorted(joined, key=lambda form: min(m.at for m in joined[form].values()))
    whole = [form for form in order if form not in taken and name_of(form).whole]
    for form in sorted(whole, key=lambda form: -len(name_of(form).words)):
        found = [one for one in people.fitting(form, whole=True) if not cast.apart(form, one)]
        found = [one for one in found if not cast.twins(form, one)]
        place = (2, min(m.at for m in joined[form].values()))
        taken[form] = found[0] if len(found) == 1 else people.new(place, ())
        people.add(taken[form], [form])
    _join_lone(people, taken, cast)
    cast.settled()
    short = [form for form in order if not name_of(form).whole]
    # "mevrouw Jansen" and "A. Jansen" before "Jansen", which can mean either; of these that first
    # which leaves the least choice.
    choice = {form: len(cast.fitting(form)) for form in short}
    for form in sorted(short, key=lambda f: (not _says_more(f), choice[f])):
        cast.settle(form, taken)
    number = max((person.number for person in people.all), default=0)
    made = dict(labels)
    for person in sorted(people.all, key=lambda one: one.place):
        if not person.number:
            person.number = number = number + 1
        made.update(dict.fromkeys(person.names, f"Person {person.number}"))
    for form, base in bare.items():
        if form != base:
            made[form] = made[base]
            made |= {
                form + SCOPE + name: made[base + SCOPE + name]
                for name in mentions[form]
                if base + SCOPE + name in made
            }
    return {form: label for form, label in made.items() if label.startswith("Person ")}


def _says_more(form: str) -> bool:
    name = name_of(form)
    return bool(name.gender or name.initials or name.generation)


def _joined(mentions: Mentions, bare: Mapping[str, str]) -> dict[str, dict[str, Mention]]:
    """The mentions with "gebremedhins" counted as "gebremedhin"."""
    joined: dict[str, dict[str, Mention]] = {}
    for form, found in mentions.items():
        mine = joined.setdefault(bare.get(form, form), {})
        for name, one in found.items():
            mine.setdefault(name, Mention(one.at)).add(one)
    return joined


class _Cast:
    """Who is named in which transcript, and so whom a short form means there."""

    def __init__(
        self,
        people: People,
        mentions: Mapping[str, Mapping[str, Mention]],
        scenes: Mapping[str, Scene],
    ) -> None:
        self.people, self.mentions, self.scenes = people, mentions, scenes
        self._asking: dict[Person, bool] = {}
        self._there: dict[Person, set[str]] = {}  # once whole names are settled
        self._here: dict[str, set[Person]] = defaultdict(set)
        self._starting: dict[tuple[str, str], set[Person]] = defaultdict(set)

    def present(self, person: Person) -> set[str]:
        """The transcripts that name a person in full, or in which she speaks."""
        if person in self._there:
            return self._there[person]
        found = {name for form in person.whole for name in self.mentions.get(form, ())}
        for name, scene in self.scenes.items():
            if not scene.speakers.isdisjoint(person.names):
                found.add(name)
        return found

    def settled(self) -> None:
        """Whole names are settled from here on, so who is where is worked out once."""
        self._there = {one: self.present(one) for one in self.people.all if one.whole}
        for one, names in self._there.items():
            for name in names:
                self._here[name].add(one)
                for form in one.whole:
                    for given in name_of(form).given[:1]:
                        self._starting[name, given[:_PREFIX]].add(one)

    def near(self, name: str, others: Iterable[str]) -> bool:
        here = self.scenes.get(name)
        if here is None:
            return True
        return any(other not in self.scenes or here.near(self.scenes[other]) for other in others)

    def apart(self, form: str, person: Person) -> bool:
        """Whether some transcript names a form and the person side by side."""
        beside = {other for one in self.mentions.get(form, {}).values() for other in one.beside}
        return any(
            other in person.names and name_of(other).words != name_of(form).words
            for other in beside
        )

    def twins(self, form: str, person: Person) -> bool:
        """Whether a transcript uses both first names: Line Boe and Caroline Boe, Line, Caroline.

        Where the longer is never used alone, as in "Russell Tolliver. Russ Tolliver. Russ", the
        two are one.
        """
        given = name_of(form).given[:1]
        for held in person.whole:
            theirs = name_of(held).given[:1]
            names = self.mentions.get(form, {}).keys() & self.mentions.get(held, {}).keys()
            if given and theirs and given != theirs:
                both = (given[0], theirs[0])
                if any(all(self._alone(one, name) for one in both) for name in names):
                    return True
        return False

    def _alone(self, given: str, name: str) -> bool:
        return name in self.mentions.get(given, {})

    def settle(self, form: str, taken: dict[str, Person]) -> None:
        """Say for each transcript that has a short form whom it means there."""
        own = taken.get(form)
        mentions = self.mentions[form]
        names = sorted(mentions, key=lambda name: mentions[name].at)
        fresh = [name for name in names if form + SCOPE + name not in taken]
        fitting = self.fitting(form)
        there = set[str]().union(*map(self.present, fitting))
        # First where somebody is named in full; last what might be a namesake from elsewhere.
        for name in sorted(fresh, key=lambda name: name not in there):
            found = self.meant(form, name, fitting)
            if found == []:
                continue
            person = found[0] if found else self.people.new((2, mentions[name].at), ())
            self.people.add(person, [form + SCOPE + name])
            taken[form + SCOPE + name] = person
        for name in (name for name in fresh if form + SCOPE + name not in taken):
            person = (
                self._other_half(form, name, taken)
                or self._namesake(form, name, own)
                or self.people.new((2, mentions[name].at), ())
            )
            self.people.add(person, [form + SCOPE + name])
            taken[form + SCOPE + name] = person
        if own is None:
            taken[form] = taken[form + SCOPE + names[0]]
            self.people.add(taken[form], [form])

    def fitting(self, form: str) -> list[Person]:
        """Who could be meant by a short form anywhere in the study."""
        found = self.people.fitting(form, whole=True)
        return [one for one in found if not self.apart(form, one)]

    def meant(self, form: str, name: str, found: Sequence[Person]) -> list[Person] | None:
        """The one person that a short form means in a transcript; None: it could be several.

        Parameters
        ----------
        found : who could be meant by it anywhere.
        """
        said = self.mentions[form][name]
        fitting = [*dict.fromkeys([*self._called(form, name), *found])]
        there = {one: self.present(one) for one in fitting}
        here = [one for one in fitting if name in there[one]]
        if said.other:
            return None
        if here and said.kin:
            here = [one for one in here if self._is_kin(one, name)]
            return here if len(here) == 1 else None
        if here:
            # "Christopher Dunn, Chris"; "Kevin Lund, Kevin Holt, Kevin" says nothing.
            beside = [
                one
                for one in here
                if not said.after.isdisjoint(one.names)
                and all(form not in name_of(held).words for held in one.names)
            ]
            here = beside if len(beside) == 1 else self._nearest(form, name, here)
            kin = [one for one in fitting if one not in here and self._relative(form, name, one)]
            return here if len(here) == 1 and not kin else None
        if titled := self._titled(form, name):
            return titled if len(titled) == 1 else None
        fitting = [one for one in fitting if _known_by(form, one)]
        near = [one for one in fitting if self.near(name, there[one])]
        if (
            said.kin or said.new
        ):  # "my wife Ruth" is the one that has the speaker's name, if anybody
            return [one for one in near if self._of_family(one, name)][:1]
        near = [one for one in near or fitting if near or self._asks(one)]
        near = [one for one in near if all(map(one.fits, self._halves(form, said)))]
        return near if len(near) < 2 else None

    def _asks(self, person: Person) -> bool:
        """Whether somebody speaks in the interviews of two participants, in whatever town."""
        if person not in self._asking:
            homes = [s for s in self.scenes.values() if not s.speakers.isdisjoint(person.names)]
            self._asking[person] = person.known and any(
                homes[0].people.isdisjoint(other.people) for other in homes[1:]
            )
        return self._asking[person]

    def _halves(self, form: str, said: Mention) -> list[str]:
        """The lone names that a transcript puts beside a lone one as the rest of it."""
        others = said.alias | {
            other for other in said.also if _halves(form, other) or _halves(other, form)
        }
        return sorted(other for other in others if not name_of(other).whole)

    def _titled(self, form: str, name: str) -> list[Person]:
        """Who has a surname by itself in a transcript that says more of them: "meneer Jansen"."""
        if _says_more(form):
            return []
        return [
            one
            for one in self.people.fitting(form, whole=False)
            if any(
                n.family and (n.gender or n.initials) and held.endswith(SCOPE + name)
                for held, n in one.names.items()
            )
        ]

    def _relative(self, form: str, name: str, person: Person) -> bool:
        """Whether a speaker from hereabouts has this surname too: Pfister beside Ruth Pfister."""
        if not person.known or not self.near(name, self.present(person)):
            return False
        return any(name_of(form).words == {name_of(held).family} for held in person.whole)

    def _nearest(self, form: str, name: str, found: list[Person]) -> list[Person]:
        """Without those of whom it is a short form only, if their full first name is used here."""
        (word,) = name_of(form).words
        exact = [one for one in found if any(word in n.words for n in one.names.values())]
        others = (
            name_of(held).given[:1] for one in found if one not in exact for held in one.whole
        )
        called = all(self._alone(given, name) for (given,) in others)
        return exact if exact and called else found

    def _is_kin(self, person: Person, name: str) -> bool:
        """Whether a transcript says of a whole name too that it is the speaker's kin's."""
        told = any(
            self.mentions[form][name].kin
            for form in person.whole
            if name in self.mentions.get(form, {})
        )
        return told or self._of_family(person, name)

    def _of_family(self, person: Person, name: str) -> bool:
        speakers = self.scenes[name].speakers if name in self.scenes else frozenset[str]()
        families = {name_of(form).family for form in speakers} - {""}
        return any(name_of(form).family in families for form in person.whole)

    def _called(self, form: str, name: str) -> list[Person]:
        """Persons of whom this transcript says that the form is what they are called."""
        alias = self.mentions[form][name].alias
        found = (
            [one for one in self._here[name] if not alias.isdisjoint(one.names)] if alias else []
        )
        (word,) = name_of(form).words
        if self.mentions[form][name].miswritten:
            found += [
                one
                for one in self._here[name]
                if any(nicknames.alike(word, w) for n in one.names.values() for w in n.words)
            ]
        if name_of(form).family and word not in lexicon.family():
            # "Mr. Aad": a first name, as pupils and clients say it
            found += [
                one
                for one in self._here[name]
                if any(name_of(held).given[:1] == (word,) for held in one.whole)
            ]
        if len(word) >= _PREFIX and not _is_heard(word):
            found += [
                one
                for one in self._starting[name, word[:_PREFIX]]
                if any(
                    len(given) > len(word) + 1 and given.startswith(word)
                    for given in (name_of(held).given[0] for held in one.whole)
                )
            ]
        found = sorted(dict.fromkeys(found), key=lambda one: one.place)
        return [one for one in found if not clash_any(form, one) and not self.apart(form, one)]

    def _other_half(self, form: str, name: str, taken: Mapping[str, Person]) -> Person | None:
        """Who has the surname where this is the first name: "Mrs. Lund. Karen."."""
        for other in self._halves(form, self.mentions[form][name]):
            person = taken.get(other + SCOPE + name)
            titled = self._titled(other, name) if person is None else []
            person = titled[0] if len(titled) == 1 else person
            if person is not None and not person.is_whole and not clash_any(form, person):
                return person
        return None

    def _namesake(self, form: str, name: str, own: Person | None) -> Person | None:
        """Who goes by the same short form, and by no whole name, in another transcript."""
        said = self.mentions[form][name]
        found: dict[int, list[Person]] = defaultdict(list)
        for one in self.people.fitting(form, whole=False):
            if not self.apart(form, one):
                found[self._same(form, name, said, one)].append(one)
        surest = found[max(found)] if any(found) else []
        return own if own in surest else surest[0] if len(surest) == 1 else None

    def _same(self, form: str, name: str, said: Mention, person: Person) -> int:
        """How much speaks for it that a lone name means whom it means elsewhere.

        3: it is said of her in this transcript, or she speaks in it; 2: in another one of this
        participant; 1: in one of the same team, or she speaks elsewhere; 0: nothing.
        """
        told = said.kin or said.new or said.other
        sure = [0]
        if person.known:
            homes = self.present(person)
            if name in homes:
                return 3
            if not told and (not homes or self.near(name, homes) or self._asks(person)):
                sure.append(1)
        if not person.known and not any(SCOPE in held for held in person.names):
            sure.append(1)  # from before it was kept whom a name means where
        for held in person.names:
            other, _, where = held.partition(SCOPE)
            theirs = self.mentions.get(other, {}).get(where)
            if theirs is None:  # of no transcript, or of an earlier run: it has gone
                continue
            if where == name:
                return 3
            if not (said.other or theirs.other):
                sure.append(self._akin(name, where, told or theirs.kin or theirs.new))
        return max(sure)

    def _akin(self, name: str, other: str, told: bool) -> int:
        """2: two transcripts are one participant's; 1: of one team, where that is enough."""
        a, b = self.scenes.get(name), self.scenes.get(other)
        if a is None or b is None:
            return int(not told)
        return 2 if a.people & b.people else int(not told and a.shares_work(b))


def _halves(surname: str, first: str) -> bool:
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


def clash_any(form: str, person: Person) -> bool:
    """Whether something in a form speaks against a person."""
    name = name_of(form)
    return any(clash(name, other) for other in person.names.values())


def _known_by(form: str, person: Person) -> bool:
    """Whether somebody may be meant by a short name in a transcript that does not have the long.

    By a nickname only if she speaks in the study, or some other transcript uses it of her.
    """
    name = name_of(form)
    if person.known or any(name.words <= held.words for held in person.names.values()):
        return True
    return any(_bare(held) == form for held in person.names)


def _is_heard(word: str) -> bool:
    """Whether a word is a name by itself to somebody here; "Tes" is one in far lists only."""
    if word not in lexicon.given() and word not in lexicon.family():
        return False
    languages = ("en", "nl", "da")
    return (
        word in lexicon.family()
        or any(word in lexicon.near_given(language) for language in languages)
        or any(lexicon.is_common(word, language) for language in languages)
    )


def _add_known(people: People, taken: dict[str, Person], known: Sequence[Sequence[str]]) -> None:
    """Whole names first; a short one that two of them go by belongs to neither."""
    claims: dict[str, list[Person]] = defaultdict(list)
    for at, forms in enumerate(known):
        firm = [form for form in forms if name_of(form).whole] or forms
        owner = next((taken[form] for form in firm if form in taken), None)
        owner = owner or people.new((1, at), ())
        owner.known = True
        people.add(owner, [form for form in firm if form not in taken])
        taken.update({form: owner for form in firm if form not in taken})
        for form in forms:
            if owner not in claims[form]:
                claims[form].append(owner)
    for form, owners in claims.items():
        if form not in taken and len(owners) == 1:
            people.add(owners[0], [form])
            taken[form] = owners[0]


def _join_lone(people: People, taken: dict[str, Person], cast: _Cast) -> None:
    """A short name from earlier that one new whole name explains gives it its number."""
    for person in list(people.all):
        if person.whole or person not in people.all:
            continue
        owners = {one: None for form in person.names for one in people.fitting(form, whole=True)}
        if len(owners) != 1:
            continue
        (owner,) = owners
        if person.number and owner.number:
            continue
        if not person.known and not _agrees(person, owner, cast):
            continue
        people.join(person, owner)
        taken.update(dict.fromkeys(person.names, person))


def _agrees(lone: Person, whole: Person, cast: _Cast) -> bool:
    """Whether every transcript that has the short name would be told the same today."""
    places = (form.split(SCOPE) for form in lone.names if SCOPE in form)
    return all(
        cast.meant(form, name, cast.fitting(form)) == [whole]
        for form, name in places
        if name in cast.mentions.get(form, ())
    )


def _without_genitive(form: str, heard: set[str]) -> str:
    """A name that no list has, without its s if the study has it so: "gebremedhins"."""
    last = form.rpartition(" ")[2]
    if len(last) < 3 or not last.endswith("s") or last[:-1] not in heard:
        return form
    listed = (lexicon.given(), lexicon.family(), lexicon.places())
    return form if any(last in names for names in listed) else form[:-1]


def doubtful(labels: Mapping[str, str]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Forms that could mean other persons: (form, label) -> the numbers of those."""
    people = People(labels)
    by_start: dict[str, set[Person]] = defaultdict(set)
    for person in people.all:
        for form in person.whole:
            for start in _starts(form):
                by_start[start].add(person)
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for person in people.all:
        for form in {_bare(form) for form in person.names}:
            near = {one for start in _starts(form) for one in by_start.get(start, ())}
            others = {
                one.number
                for one in near - {person}
                if not clash_any(form, one) and any(may_fit(form, held) for held in one.whole)
            }
            if others:
                found[form, f"Person {person.number}"] = tuple(sorted(others))
    return found


def _starts(form: str) -> set[str]:
    """How the words of a name begin, for what is spelled another way."""
    return {key[:3] for key in _keys(name_of(form))}
