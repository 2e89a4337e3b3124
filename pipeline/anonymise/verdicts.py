"""What people said on the list, checked as a whole, into the book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.anonymise.book import LABEL, WORDS, Book, Verdict, Word, folded, name_of
from pipeline.anonymise.known import parts
from pipeline.errors import PipelineError
from pipeline.records import KINDS

_AGAIN = "Correct the cell and import the list again; nothing of it has been saved."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One row of the list as it came back."""

    where: str  # file, sheet, row, for messages
    string: str
    verdict: str
    text: str = ""  # for rename and join
    kind: str = ""  # for strings that were missed


def take_verdicts(book: Book, rows: Iterable[Checked]) -> Book:
    """The book with the verdicts in; its revision is counted up if they change anything.

    A blank verdict on a listed string says nothing. Verdict `add` is for a string that was missed;
    it needs a kind. `join` takes a pseudonym ("[Person 3]", "Person 3") or a string of the list.

    Raises
    ------
    PipelineError : every fault at once, each with its row; none quotes a string.
    """
    verdicts = dict(book.verdicts)
    added = dict.fromkeys(book.added)
    faults: list[PipelineError] = []
    said_in: dict[str, tuple[str, Verdict]] = {}
    for row in rows:
        string, word = row.string.strip(), row.verdict.strip().casefold()
        if not word or not string:
            continue
        fault = _fault(book, word, row)
        if fault is not None:
            faults.append(fault)
            continue
        if word == "add":
            added[next(k for k in KINDS if k == row.kind.strip().casefold()), string] = None
        verdict = _verdict(book, word, " ".join(row.text.split()))
        where, before = said_in.setdefault(folded(string), (row.where, verdict))
        if before != verdict:
            faults.append(_at(row, "verdict", f"this string has another verdict in {where}"))
        verdicts[folded(string)] = verdict
    where_of = {key: where for key, (where, _) in said_in.items()}
    faults += _circles(book, verdicts, where_of)
    faults += _same_names(book, verdicts, where_of)
    if faults:
        raise PipelineError.join(faults)
    if verdicts == book.verdicts and tuple(added) == book.added:
        return book
    return replace(book, verdicts=verdicts, added=tuple(added), revision=book.revision + 1)


def _verdict(book: Book, word: str, text: str) -> Verdict:
    said: Word = next((w for w in WORDS if w == word), "replace")  # what was missed is replaced
    if said == "join":
        return Verdict(word=said, text=_target(book, text) or "")
    return Verdict(word=said, text=text if said == "rename" else "")


def _target(book: Book, text: str) -> str | None:
    """The label that a person means: "[Person 3]", "person 3", or a string that has it."""
    written = LABEL.fullmatch(text.strip())
    if written:
        label = f"{written[1].capitalize()} {int(written[2])}"
        return label if label in book.labels.values() else None
    return book.labels.get(folded(text))


def _fault(book: Book, word: str, row: Checked) -> PipelineError | None:
    if word == "add":
        known = row.kind.strip().casefold() in KINDS
        if known and sum(map(str.isalnum, row.string)) >= 2:
            return None
        wrong = "this is too short" if known else f"this is not one of {', '.join(KINDS)}"
        return _at(row, "find" if known else "kind", wrong)
    if word not in WORDS:
        return _at(row, "verdict", f"this is not one of {', '.join(WORDS)}")
    if folded(row.string) not in book.labels:
        return _at(
            row, "find", "this is not on the list that went out",
            "Leave finds as they are; what was missed goes to the sheet 'missed'.",
        )  # fmt: skip
    text = row.text.strip()
    if word in ("rename", "join") and not text:
        return _at(
            row, "new text", f"'{word}' needs a text",
            "Say what should stand there, or (join) which pseudonym: Person 3.",
        )  # fmt: skip
    if word == "join" and _target(book, text) is None:
        return _at(
            row, "new text", "there is no such pseudonym", "Write one of the list: Person 3."
        )
    if word == "rename" and _names_somebody(book, text):
        return _at(
            row, "new text", "this is what somebody or something in the study is called",
            "Take another name.",
        )  # fmt: skip
    return None


def _at(row: Checked, column: str, wrong: str, mend: str = _AGAIN) -> PipelineError:
    return PipelineError(wrong, where=f"{row.where}, column '{column}'", mend=mend)


def _names_somebody(book: Book, text: str) -> bool:
    if folded(text) in book.labels:
        return True
    capitalised = {folded(word) for word in parts(text) if word[0].isupper()}
    return any(
        not capitalised.isdisjoint(name_of(form).words)
        for form, label in book.labels.items()
        if label.startswith("Person")
    )


def _circles(
    book: Book, verdicts: Mapping[str, Verdict], where_of: Mapping[str, str]
) -> list[PipelineError]:
    """Person 1 joined with Person 2, and Person 2 with Person 1."""
    joins: dict[str, set[str]] = defaultdict(set)
    for key, verdict in verdicts.items():
        if verdict.word == "join" and key in book.labels:
            joins[book.labels[key]].add(verdict.text)
    faults = []
    for key, where in where_of.items():
        if verdicts[key].word == "join":
            start, reached, todo = book.labels[key], set[str](), {verdicts[key].text}
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
            named[folded(verdict.text)].add(book.labels.get(key, key))
    return [
        PipelineError(
            "another pseudonym has been renamed to this",
            where=f"{where}, column 'new text'",
            mend="Join the two if they are one, or take another name.",
        )
        for key, where in where_of.items()
        if verdicts[key].word == "rename" and len(named[folded(verdicts[key].text)]) > 1
    ]
