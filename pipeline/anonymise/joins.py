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

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.anonymise import lexicon
from pipeline.anonymise.cast import Cast
from pipeline.anonymise.forms import SCOPE, may_fit, name_of, says_more, unscoped
from pipeline.anonymise.persons import People, Person, clash_any, keys_of
from pipeline.anonymise.scenes import Mention, Mentions, Scene


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
    cast = Cast(people, joined, scenes)
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
    for form in sorted(short, key=lambda f: (not says_more(f), choice[f])):
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


def _joined(mentions: Mentions, bare: Mapping[str, str]) -> dict[str, dict[str, Mention]]:
    """The mentions with "gebremedhins" counted as "gebremedhin"."""
    joined: dict[str, dict[str, Mention]] = {}
    for form, found in mentions.items():
        mine = joined.setdefault(bare.get(form, form), {})
        for name, one in found.items():
            mine.setdefault(name, Mention(one.at)).add(one)
    return joined


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


def _join_lone(people: People, taken: dict[str, Person], cast: Cast) -> None:
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


def _agrees(lone: Person, whole: Person, cast: Cast) -> bool:
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
        for form in {unscoped(form) for form in person.names}:
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
    return {key[:3] for key in keys_of(name_of(form))}
