"""Who is named in which transcript, and so whom a short form means there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipeline.anonymise import lexicon, nicknames
from pipeline.anonymise.forms import SCOPE, halves, is_heard, name_of, says_more, unscoped
from pipeline.anonymise.persons import People, Person, clash_any
from pipeline.anonymise.scenes import Mention, Scene

_PREFIX = 3  # letters that a short form of the study's own has at least: "Tes" of Tesfalem


class Cast:
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
        """Whether the people of one of these other transcripts may come up in this one."""
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
        near = near or [one for one in fitting if self._asks(one) or _is_hers_alone(form, one)]
        near = [one for one in near if all(map(one.fits, self._rest_of(form, said)))]
        return near if len(near) < 2 else None

    def _asks(self, person: Person) -> bool:
        """Whether somebody speaks in the interviews of two participants, in whatever town."""
        if person not in self._asking:
            homes = [s for s in self.scenes.values() if not s.speakers.isdisjoint(person.names)]
            self._asking[person] = person.known and any(
                homes[0].people.isdisjoint(other.people) for other in homes[1:]
            )
        return self._asking[person]

    def _rest_of(self, form: str, said: Mention) -> list[str]:
        """The lone names that a transcript puts beside a lone one as the rest of it."""
        others = said.alias | {
            other for other in said.also if halves(form, other) or halves(other, form)
        }
        return sorted(other for other in others if not name_of(other).whole)

    def _titled(self, form: str, name: str) -> list[Person]:
        """Who has a surname by itself in a transcript that says more of them: "meneer Jansen"."""
        if says_more(form):
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
        if len(word) >= _PREFIX and not is_heard(word):
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
        for other in self._rest_of(form, self.mentions[form][name]):
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


def _is_hers_alone(form: str, person: Person) -> bool:
    """Whether a participant has a surname or nickname that no list has: then in any town."""
    name = name_of(form)
    if not person.known or any(name.words & {*name_of(held).given} for held in person.whole):
        return False
    return not any(
        word in lexicon.given()
        or word in lexicon.family()
        or any(lexicon.is_common(word, language) for language in ("en", "nl", "da"))
        for word in name.words
    )


def _known_by(form: str, person: Person) -> bool:
    """Whether somebody may be meant by a short name in a transcript that does not have the long.

    By a nickname only if she speaks in the study, or some other transcript uses it of her.
    """
    name = name_of(form)
    if person.known or any(name.words <= held.words for held in person.names.values()):
        return True
    return any(unscoped(held) == form for held in person.names)
