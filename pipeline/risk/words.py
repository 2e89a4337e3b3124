"""What the numbers mean, in sentences: of a study, of an attack, of a transcript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.risk import CALLED, HINTS
from pipeline.risk.findings import Risk, TranscriptRisk
from pipeline.risk.linkage import Found, more_than_chance

SURE = 0.05  # a guess does as well less often than that
_LIKELY = 0.5
_PLACES = 4  # named in a sentence; the others are counted
LIMITS = (
    "Groups are counted among the participants. Who does not know who took part has to look among "
    "all people in such jobs and places, which is harder; who knows that somebody took part has "
    "not.",
    "Only the participants themselves are looked for, not the clients, colleagues and relatives "
    "they speak of.",
    "The attack knows words, no stories. A colleague who recognises an episode, or a language "
    "model with a search engine, can do more. A low figure here is no proof of anonymity.",
    "A likely miss may be none, and what is missed and looks ordinary is not in the count.",
    "Pseudonymised transcripts are still personal data, whatever these figures are.",
)


def listed(words: Sequence[str]) -> str:
    """As in "a, b and c"."""
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def counted(n: int, one: str) -> str:
    """1 place, 2 places."""
    return f"{n} {one}" if n == 1 else f"{n} {one}s"


def number(value: float) -> str:
    """At most one decimal, none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def _quoted(terms: Sequence[str]) -> str:
    return ", ".join(f"'{term}'" for term in terms)


def _some(places: Sequence[str]) -> str:
    more = len(places) - _PLACES
    return ", ".join(places[:_PLACES]) + (f" and {more} more" if more > 0 else "")


def _by(columns: Sequence[str]) -> str:
    return " x ".join(columns)


def of_study(risk: Risk) -> list[str]:
    """What a data steward should know first."""
    return [*_groups(risk), *_attacks(risk), *_slips(risk)]


def _groups(risk: Risk) -> Iterator[str]:
    if not risk.n_participants:
        yield "There is no participants table, so nobody can be looked for in it."
        return
    if not risk.columns:
        yield "No columns are published, so no group can be too small."
        return
    alone = {cell.participants[0] for cell in risk.cells if cell.k == 1}
    small = {who for cell in risk.cells if cell.k < risk.smallest_cell for who in cell.participants}
    if not small:
        yield (
            f"Everybody shares {_by(risk.columns)} with others: the smallest group has "
            f"{risk.cells[0].k} participants."
        )
        return
    yield (
        f"{len(alone)} of {risk.n_participants} participants stand alone in {_by(risk.columns)}; "
        f"{len(small)} are in a group of fewer than {risk.smallest_cell}. Who knows these values "
        "of a participant knows the transcript."
    )
    if risk.choices:
        ways = " or ".join(
            f"{listed(one.columns)} (smallest group {one.smallest})" for one in risk.choices[:3]
        )
        yield f"No group is too small if [publish] columns names only {ways}."
    elif risk.n_participants >= risk.smallest_cell:
        yield (
            "Not even one of these columns alone leaves groups that are large enough: coarser "
            "values would be needed."
        )


def _attacks(risk: Risk) -> Iterator[str]:
    for name in ("facts", "sheet", "published", "waves", "originals"):
        if risk.of(name):
            yield of_attack(risk, name)


def of_attack(risk: Risk, name: str) -> str:
    """What came of one attack."""
    after, before = risk.of(name), risk.of(name, "before")
    n, hits, guess = len(after), _sum(after), number(sum(one.guess for one in after))
    first = number(hits)
    if name == "originals":
        return (
            f"Held against the originals, {first} of {n} find their own. That is done by ordinary "
            "words, it is so after any anonymising and says little: keep the originals apart."
        )
    if name == "waves":
        return (
            f"Words alone lead to another interview of the same person in {first} of {n} "
            f"(guessing: {guess}). Both carry the same pseudonym anyway; it matters where waves "
            f"are published apart.{_told(after)}"
        )
    was = f"before anonymising {number(_sum(before))}"
    if name == "published":
        return (
            "Without names, but with the published columns beside each transcript, it is "
            f"{first} of {n} ({was}): guessing among those who share the columns gives {guess}."
        )
    who = (
        "Who knows what the participants table says of people, but no names, and has only the "
        "words of a transcript, finds the right person for"
        if name == "facts"
        else "With the names as well it is"
    )
    return f"{who} {first} of {n} (guessing: {guess}; {was}).{_told(after)}"


def _told(found: Sequence[Found]) -> str:
    p = more_than_chance(found)
    return "" if p < SURE else " That is no more than luck may bring."


def _sum(found: Sequence[Found]) -> float:
    return sum(one.first for one in found)


def _slips(risk: Risk) -> Iterator[str]:
    missed = [one for one in risk.transcripts if one.n_misses]
    if missed:
        yield (
            f"Likely missed: {counted(sum(one.n_misses for one in missed), 'place')} in "
            f"{counted(len(missed), 'transcript')}. See them with --show, and add to the list of "
            "finds what is one."
        )
    else:
        yield (
            "Nothing that the rules know of looks as if it was missed; they do not know everything "
            "that people say."
        )
    standing = sum(one.standing for one in risk.transcripts)
    if standing:
        yield (
            f"Found and left as they are: {counted(standing, 'place')}, because [anonymise] "
            f'policy is "{risk.policy}" or their kind is not in [anonymise] kinds.'
        )
    unchecked = sum(one.n_unchecked for one in risk.transcripts)
    if unchecked:
        yield (
            f"Waiting for a person to look at: {counted(unchecked, 'find')}, distinct per "
            "transcript (motif anonymise out)."
        )
    if not risk.checked:
        yield "The list of finds has not been checked by a person yet."
    hinting = [one for one in risk.transcripts if one.n_quasi]
    if hinting:
        yield (
            f"Quasi-identifiers stand in {counted(len(hinting), 'transcript')}: "
            f"{counted(sum(one.n_quasi for one in hinting), 'place')} that tell something few "
            "people share. See them with --show; what is one can be added to the list of finds."
        )


def of_transcript(one: TranscriptRisk, risk: Risk) -> list[str]:
    """What still gives a transcript's participant away, the weightiest first."""
    return [
        *_group_of(one, risk),
        *_words_of(one),
        *_slips_of(one),
        *_hints_of(one),
    ] or ["Nothing of what is looked for here was found. That is no proof."]


def _group_of(one: TranscriptRisk, risk: Risk) -> Iterator[str]:
    if not one.participants:
        yield "Stands in no row of the participants table, so nobody was looked for."
    if not one.sharing or not risk.columns:
        return
    values = ", ".join(value or "(blank)" for value in one.values)
    if one.sharing == 1:
        yield f"Alone in {_by(risk.columns)}: {values}."
    elif one.sharing < risk.smallest_cell:
        yield f"Only {one.sharing} participants share {_by(risk.columns)}: {values}."


def _words_of(one: TranscriptRisk) -> Iterator[str]:
    facts, published = one.after.get("facts"), one.after.get("published")
    if facts and facts.first >= _LIKELY and facts.first > 2 * facts.guess:
        yield (
            f"Its words lead to the right one of {facts.n_candidates} in the participants table"
            f"{_because(facts)}."
        )
    elif published and one.sharing > 1 and published.first > max(_LIKELY, published.guess):
        yield (
            f"Among the {published.n_candidates} who share the published columns its words lead to "
            f"the right one{_because(published)}."
        )
    waves = one.after.get("waves")
    if waves and waves.first >= _LIKELY and waves.first > 2 * waves.guess:
        yield f"Its words lead to the same person's other interview{_because(waves)}."


def _because(found: Found) -> str:
    shown = f": {_quoted(found.terms)}" if found.terms else ""
    if found.n_hidden:
        terms = "term that is" if found.n_hidden == 1 else "terms that are"
        shown += f"{' and' if shown else ':'} {found.n_hidden} {terms} not shown here"
    return shown


def _slips_of(one: TranscriptRisk) -> Iterator[str]:
    for what, noted in one.misses.items():
        yield f"Likely missed: {noted.n} {CALLED[what][noted.n != 1]} ({_some(noted.places)})."
    if one.standing:
        yield f"Found and left as they are: {counted(one.standing, 'place')}."
    if one.n_unchecked:
        yield f"Waiting for a person to look at: {counted(one.n_unchecked, 'find')}."


def _hints_of(one: TranscriptRisk) -> Iterator[str]:
    if one.quasi:
        kinds = ", ".join(f"{n.n} {HINTS[what][n.n != 1]}" for what, n in one.quasi.items())
        places = list(dict.fromkeys(p for noted in one.quasi.values() for p in noted.places))
        yield f"Quasi-identifiers: {kinds} ({_some(places)})."
    if one.own_words:
        yield f"Nobody else speaks of: {', '.join(one.own_words)}."
