"""What people said on the list, checked as a whole, into the book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.anonymise import lexicon
from pipeline.anonymise.book import LABEL, WORDS, Book, Verdict, Word, folded
from pipeline.anonymise.forms import SCOPE, name_of
from pipeline.anonymise.known import parts
from pipeline.errors import PipelineError
from pipeline.records import KINDS

DISMISSED = "-"  # kind of a place that was looked at: nothing was missed there
_AGAIN = "Correct the cell and import the list again; nothing of it has been saved."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One row of the list as it came back."""

    where: str  # file, sheet, row, for messages
    string: str
    verdict: str
    text: str = ""  # for rename and join
    kind: str = ""  # for strings that were missed
    label: str = ""  # whose row it is, where several persons go by the string: "Person 3"


def take_verdicts(book: Book, rows: Iterable[Checked]) -> Book:
    """The book with the verdicts in; its revision is counted up if they change anything.

    A blank verdict on a listed string says nothing. Verdict `add` is for a string that was missed;
    it needs a kind. `join` takes a pseudonym ("[Person 3]", "Person 3") or a string of the list.
    `keep` and `replace` are said of a string, `rename` and `join` of who goes by it.

    Raises
    ------
    PipelineError : every fault at once, each with its row; none quotes a string.
    """
    verdicts = dict(book.verdicts)
    added = dict.fromkeys(book.added)
    faults: list[PipelineError] = []
    said_in: dict[str, tuple[Checked, Verdict]] = {}
    people = _people(book)
    for row in rows:
        string, word = row.string.strip(), row.verdict.strip().casefold()
        if not word or not string:
            continue
        fault = _fault(book, word, row, people)
        if fault is not None:
            faults.append(fault)
            continue
        if word == "add":
            added[next(k for k in KINDS if k == row.kind.strip().casefold()), string] = None
        verdict = _verdict(book, word, " ".join(row.text.split()), people)
        key = _key(book, row, verdict, people)
        first, before = said_in.setdefault(key, (row, verdict))
        if before != verdict:
            wrong = f"this string has another verdict in {first.where}"
            faults.append(_at(row, "verdict", wrong))
        _forget(verdicts, key)
        verdicts[key] = verdict
    where_of = {key: row.where for key, (row, _) in said_in.items()}
    faults += _half_kept(said_in)
    faults += _circles(book, verdicts, where_of)
    faults += _same_names(book, verdicts, where_of)
    if faults:
        raise PipelineError.join(faults)
    if verdicts == book.verdicts and tuple(added) == book.added:
        return book
    return replace(book, verdicts=verdicts, added=tuple(added), revision=book.revision + 1)


def _people(book: Book) -> dict[str, tuple[str, ...]]:
    """By folded string: whom or what it stands for."""
    found: dict[str, list[str]] = {}
    for form, label in sorted(book.forms()):
        found.setdefault(form, []).append(label)
    return {form: tuple(labels) for form, labels in found.items()}


def _key(book: Book, row: Checked, verdict: Verdict, people: Mapping[str, tuple[str, ...]]) -> str:
    """Under what a verdict is kept: the string, or the string as one person's short name."""
    key = folded(row.string)
    if verdict.word in ("keep", "replace") or key not in people:
        return key
    label = row.label.strip().strip("[]") or people[key][0]
    short = label.startswith("Person") and not name_of(key).whole
    return key + SCOPE + label if short else key


def _forget(verdicts: dict[str, Verdict], key: str) -> None:
    """Take away what was said before of the string, and by that of the one person too."""
    form, scoped, _ = key.partition(SCOPE)
    if scoped:
        verdicts.pop(form, None)
        return
    for other in [one for one in verdicts if one.startswith(form + SCOPE)]:
        del verdicts[other]


def _half_kept(said_in: Mapping[str, tuple[Checked, Verdict]]) -> list[PipelineError]:
    """A string that stays in the text in one place cannot be looked for in another."""
    kept = {key for key, (_, verdict) in said_in.items() if verdict.word == "keep"}
    return [
        _at(row, "verdict", f"the same string is to be kept in {said_in[form][0].where}")
        for key, (row, _) in said_in.items()
        if (form := key.partition(SCOPE)[0]) in kept and key != form
    ]


def _verdict(book: Book, word: str, text: str, people: Mapping[str, tuple[str, ...]]) -> Verdict:
    said: Word = next((w for w in WORDS if w == word), "replace")  # what was missed is replaced
    if said == "join":
        return Verdict(word=said, text=_target(book, text, people) or "")
    return Verdict(word=said, text=text if said == "rename" else "")


def _target(book: Book, text: str, people: Mapping[str, tuple[str, ...]]) -> str | None:
    """The label that a person means: "[Person 3]", "person 3", or a string that one has."""
    written = LABEL.fullmatch(text.strip())
    if written:
        label = f"{written[1].capitalize()} {int(written[2])}"
        known = label in book.labels.values() or label in book.meant.values()
        return label if known else None
    found = people.get(folded(text), ())
    return found[0] if len(found) == 1 else None


def _fault(
    book: Book, word: str, row: Checked, people: Mapping[str, tuple[str, ...]]
) -> PipelineError | None:
    if word == "add":
        known = row.kind.strip().casefold() in KINDS
        if known and sum(map(str.isalnum, row.string)) >= 2:
            return None
        wrong = "this is too short" if known else f"this is not one of {', '.join(KINDS)}"
        return _at(row, "find" if known else "kind", wrong)
    if word not in WORDS:
        return _at(row, "verdict", f"this is not one of {', '.join(WORDS)}")
    if row.kind == DISMISSED:  # a place on the other sheet: it need not have been found
        wrong = f"'{word}' cannot be said here: nothing has been replaced by anything yet"
        return None if word == "keep" else _at(row, "verdict", wrong)
    found = people.get(folded(row.string), ())
    label = row.label.strip().strip("[]")
    if not found or (label and label not in found):
        return _at(
            row, "find", "this is not on the list that went out",
            "Leave finds as they are; what was missed goes to the sheet 'missed'.",
        )  # fmt: skip
    text = row.text.strip()
    if word in ("rename", "join"):
        return _fault_of_text(book, word, row, text, people, found)
    return None


def _fault_of_text(
    book: Book,
    word: str,
    row: Checked,
    text: str,
    people: Mapping[str, tuple[str, ...]],
    found: Sequence[str],
) -> PipelineError | None:
    if not text:
        return _at(
            row, "new text", f"'{word}' needs a text",
            "Say what should stand there, or (join) which pseudonym: Person 3.",
        )  # fmt: skip
    if len(found) > 1 and not row.label.strip():
        return _at(
            row, "find", "several persons go by this",
            "Take a list that is fresh from 'motif anonymise out': it has a row for each of them.",
        )  # fmt: skip
    if word == "join":
        if _target(book, text, people) is None:
            return _at(
                row, "new text", "there is no such pseudonym", "Write one of the list: Person 3."
            )
        return None
    if LABEL.fullmatch(text):
        return _at(
            row, "new text", "this is a pseudonym of the study",
            "To say that the two are one, write 'join' instead of 'rename'.",
        )  # fmt: skip
    if _names_somebody(book, text):
        return _at(
            row, "new text", "this is what somebody or something in the study is called",
            "Take another name.",
        )  # fmt: skip
    if any(
        folded(text) == folded(name) for label, name in book.names.items() if label not in found
    ):
        return _at(row, "new text", "this stands for somebody else already", "Take another name.")
    return None


def _at(row: Checked, column: str, wrong: str, mend: str = _AGAIN) -> PipelineError:
    return PipelineError(wrong, where=f"{row.where}, column '{column}'", mend=mend)


def _names_somebody(book: Book, text: str) -> bool:
    """Whether a new name is a find, or has a word of a person's name that is no ordinary word."""
    if folded(text) in book.labels:
        return True
    said = {
        folded(word)
        for word in parts(text)
        if word[0].isupper() or not lexicon.is_word_anywhere(word.lower(), ("en", "nl", "da"))
    }
    return any(
        not said.isdisjoint(name_of(form).words)
        for form, label in book.labels.items()
        if label.startswith("Person")
    )


def _label_of(book: Book, key: str) -> str:
    """Of whom a verdict speaks."""
    form, _, label = key.partition(SCOPE)
    return label or book.labels.get(form, form)


def _circles(
    book: Book, verdicts: Mapping[str, Verdict], where_of: Mapping[str, str]
) -> list[PipelineError]:
    """Person 1 joined with Person 2, and Person 2 with Person 1."""
    joins: dict[str, set[str]] = defaultdict(set)
    for key, verdict in verdicts.items():
        if verdict.word == "join":
            joins[_label_of(book, key)].add(verdict.text)
    faults = []
    for key, where in where_of.items():
        if key in verdicts and verdicts[key].word == "join":
            start = _label_of(book, key)
            reached, todo = set[str](), {verdicts[key].text}
            while todo:
                label = todo.pop()
                reached.add(label)
                todo |= joins.get(label, set()) - reached
            if start in reached and verdicts[key].text != start:
                faults.append(
                    PipelineError(
                        "this joins in a circle",
                        where=f"{where}, column 'new text'",
                        mend="Join both with one of the two.",
                    )
                )
    return faults


def _same_names(
    book: Book, verdicts: Mapping[str, Verdict], where_of: Mapping[str, str]
) -> list[PipelineError]:
    """Two things renamed to one name."""
    named: dict[str, set[str]] = defaultdict(set)
    for key, verdict in verdicts.items():
        if verdict.word == "rename":
            named[folded(verdict.text)].add(_label_of(book, key))
    return [
        PipelineError(
            "another pseudonym has been renamed to this",
            where=f"{where}, column 'new text'",
            mend="Join the two if they are one, or take another name.",
        )
        for key, where in where_of.items()
        if key in verdicts
        and verdicts[key].word == "rename"
        and len(named[folded(verdicts[key].text)]) > 1
    ]
