"""Who got which pseudonym, and what people said of each find. Holds originals: kept in the vault.

A string has one pseudonym in the whole study, however it is written. The forms of a person's name
share one when nothing speaks against it (`joins.py`): "Dr Anneke Jansen", "Jansen", "Anneke" are
[Person 3] as long as no other person could be meant by "Jansen" or "Anneke". A short name may mean
one person in one transcript and another in the next. Numbers are given in order of first sight,
participants first, and never change; what comes later is added.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Literal

from pipeline.anonymise import Known, joins, lexicon
from pipeline.anonymise.beside import read_mentions
from pipeline.anonymise.forms import SCOPE, split_label
from pipeline.anonymise.known import is_label
from pipeline.anonymise.scenes import Scene
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
_SHORT = 3  # letters: so short a stem is in some list of names by chance
GENITIVES = frozenset(("nl", "da"))  # languages that hang a bare s on a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person decided about one string; it holds for ever and for new transcripts."""

    word: Word
    text: str = ""  # rename: what stands there instead; join: the label joined, "Person 3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The study's pseudonyms and verdicts. Immutable: each step makes a new one."""

    labels: Mapping[str, str] = field(default_factory=dict)  # by folded string: "Person 3"
    # By folded string, or by folded string + SCOPE + label, where several go by it.
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    added: tuple[tuple[Kind, str], ...] = ()  # strings that people said were missed
    revision: int = 0  # how often a checked list changed something
    # By folded string + SCOPE + transcript: whom a short name means there.
    meant: Mapping[str, str] = field(default_factory=dict)
    # By label: a plausible name. Kept, so that a new transcript changes none.
    names: Mapping[str, str] = field(default_factory=dict)
    shift: int = 0  # days by which dates are moved, in whole weeks; 0: not drawn yet

    @property
    def n_pseudonyms(self) -> int:
        """How many different things have one."""
        return len({*self.labels.values(), *self.meant.values()})

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
                meant=values.get("meant", {}),
                names=values.get("names", {}),
                shift=values.get("shift", 0),
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise PipelineError(
                "the pseudonyms in the vault cannot be read",
                mend="Use the version of Motif that wrote them, or a backup of the vault.",
            ) from None

    def given(self, string: str, where: str = "") -> str:
        """The label that a string got, in a transcript: before any verdict.

        Raises
        ------
        KeyError : the string has not been assigned.
        """
        key = folded(string)
        scoped = self.meant.get(key + SCOPE + where) if where else None
        return scoped or self.labels[key]

    def said(self, string: str, where: str = "") -> Verdict | None:
        """What a person decided about a string, in a transcript."""
        key = folded(string)
        return self.said_of(key, self.given(string, where) if key in self.labels else "")

    def said_of(self, form: str, label: str) -> Verdict | None:
        """The same, of a folded string that has a label: one Kevin can be renamed, another not."""
        return self.verdicts.get(form + SCOPE + label) or self.verdicts.get(form)

    def label(self, string: str, where: str = "") -> str:
        """What stands in for a string, joins followed: "Person 3", without brackets.

        Raises
        ------
        KeyError : the string has not been assigned.
        """
        verdict = self.said(string, where)
        if verdict is not None and verdict.word == "join":
            return self._joined(verdict.text)
        return self.given(string, where)

    def forms(self) -> set[tuple[str, str]]:
        """Every folded string with each label that it has somewhere."""
        meant = {(form.partition(SCOPE)[0], label) for form, label in self.meant.items()}
        return meant | set(self.labels.items())

    def _joined(self, label: str) -> str:
        """Where a joined label leads: on, if all that it stood for was joined with one other."""
        seen = {label}
        while True:
            forms = {form for form, one in self.forms() if one == label}
            said = [self.said_of(form, label) for form in forms]
            further = {one.text if one and one.word == "join" else "" for one in said}
            if len(further) != 1 or further & {"", *seen}:
                return label
            (label,) = further
            seen.add(label)


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
    base = lexicon.without_genitive(last)
    if base != last and len(base) <= _SHORT and not _is_at_home(base):
        base = last  # "Kiks" is a nickname: "Kik" is a name only in lists from elsewhere
    return fold(head + space + base) or fold(string)


def _is_at_home(name: str) -> bool:
    return any(name in lexicon.near_given(language) for language in GENITIVES)


def _number(string: str) -> str:
    for pattern, local in _ABROAD:
        string = pattern.sub(local, string)
    long = sum(char.isdigit() for char in string) >= _LONG_NUMBER
    return _SEPARATORS.sub("" if long else " ", string)


def is_genitive(book: Book, string: str, language: str = "") -> bool:
    """Whether a string ends in a genitive s that is no part of the name: "Kelds" beside "Keld".

    Only in Dutch and Danish text, or where nobody says what it is: in English "Pols" is a name.
    """
    if language and language not in GENITIVES:
        return False
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
    *,
    scenes: Mapping[str, Scene] | None = None,
    lasting: bool = True,
) -> Book:
    """A book in which every string of every span has a label, and every form of a known person.

    Numbers go to persons known beforehand first, then in order of first sight. A string that was
    found as several kinds gets that of its surest finds, "name" last.

    Parameters
    ----------
    scenes : what is known of each transcript; without, all are taken to be of one place.
    lasting : False for texts that are no transcripts: what a short name means in them is not kept.
    """
    seen: dict[str, Counter[tuple[Kind, bool]]] = defaultdict(Counter)
    for name in texts:
        for span in sorted(spans.get(name, ())):
            key = folded(texts[name][span.start : span.end])
            seen[key][span.kind, span.tier == "auto"] += 1
    book = _retyped(book, seen)
    kinds = {key: _kind(counts) for key, counts in seen.items() if key not in book.labels}
    forms = {key for key in seen if is_person(book.labels.get(key, kinds.get(key, "")))}
    persons = joins.persons(
        {**book.labels, **book.meant},
        read_mentions(texts, spans, folded, forms),
        [found for person in known.persons if (found := _forms(person))],
        scenes or {},
    )
    here = {form: label for form, label in persons.items() if SCOPE in form}
    meant = {**book.meant, **here} if lasting else book.meant
    labels = {**book.labels, **{f: label for f, label in persons.items() if f not in here}}
    last = Counter[str]()
    for label in (*labels.values(), *meant.values()):
        word, number = split_label(label)
        last[word] = max(last[word], number)
    for key, kind in kinds.items():
        if key not in labels:
            word = kind.capitalize()
            last[word] += 1
            labels[key] = f"{word} {last[word]}"
    if (labels, meant) == (book.labels, book.meant):
        return book
    return replace(book, labels=labels, meant=meant)


def _retyped(book: Book, seen: Collection[str]) -> Book:
    """Without the labels of what was a name of no known kind until somebody said its kind."""
    said = {folded(string) for kind, string in book.added if kind != "name"}
    gone = {key for key in said & {*seen} if book.labels.get(key, "").startswith("Name ")}
    if not gone:
        return book
    return replace(book, labels={key: one for key, one in book.labels.items() if key not in gone})


def is_person(label: str) -> bool:
    """Whether a label or a kind is a person's."""
    return label.partition(" ")[0].lower() == "person"


def _forms(person: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(folded(form) for form in person if not is_label(form)))


def _kind(counts: Counter[tuple[Kind, bool]]) -> Kind:
    n_auto = {kind: counts[kind, True] for kind, _ in counts}
    return min(
        n_auto,
        key=lambda k: (k == "name", -n_auto[k], -counts[k, False], k != "person"),
    )
