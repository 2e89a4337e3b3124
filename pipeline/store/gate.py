"""Nothing known to identify gets out: the one function that writes a file outside the vault.

The gate knows every string that was replaced. Whoever writes a file hands over, beside its bytes,
the fields of it that carry participants' words (turns, segments, speakers, reasons, quotations,
comments, key words, a model's vocabulary); where one of them still holds a known identifier,
nothing is written and the refusal names file, row and kind, never the identifier.

- Persons, contact data (streets too) and ids refuse wherever they stand.
- Places, organisations, dates and ages, and names of no known kind, refuse where they were
  replaced, unless the value is one that the team publishes ([publish] columns).
- A word that is a common word as well counts with the capitals it was found with, and not where a
  sentence begins; a single word found in small letters does not count.
- A number of fewer than five digits never counts.

A text is read once, however many identifiers there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError
from pipeline.files import cannot_write, wipe, write_bytes
from pipeline.records import Kind

# A sentence, a quotation or a line begins: "Will you ...", "- Hope is ...".
_OPENING = re.compile(r"(?:^|[.!?…:\n\]])[\s\"'“”‘’„(\[*\-–—]*$")
# Kinds that refuse even where the same string is a published value.
_ALWAYS: tuple[Kind, ...] = ("person", "contact", "id")
_SHOWN = 20  # refusals listed one by one; a broken anonymisation would else print thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A string that must not be found outside the vault."""

    text: str
    kind: Kind
    common: bool = False  # also a common word: counts only with the capitals it was found with


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a file that carries participants' words."""

    name: str
    texts: Sequence[str]
    first_row: int = 2  # as a person sees it: the header is row 1


class Gate:
    """What must not get out. `published` values may, whatever was replaced."""

    def __init__(self, terms: Iterable[Term], published: Iterable[str] = ()) -> None:
        self.published = frozenset(value.casefold().strip() for value in published)
        self.terms = tuple(
            term for term in terms if term.text.strip() and not _short_number(term.text)
        )

    @cached_property
    def _automaton(self) -> Any:
        import ahocorasick

        automaton = ahocorasick.Automaton()
        by_key: dict[str, list[Term]] = {}
        for term in self.terms:
            by_key.setdefault(_lower(term.text), []).append(term)
        for key, terms in by_key.items():
            automaton.add_word(key, (len(key), terms))
        automaton.make_automaton()
        return automaton

    def find(self, text: str, *, all_terms: bool = False) -> list[tuple[int, int, Kind]]:
        """Where known identifiers stand in a text: (start, end, kind), whole words only.

        Parameters
        ----------
        all_terms : published values count too (they may stand in a report, not in what was said).
        """
        if not self.terms:
            return []
        found = []
        for last, (length, terms) in self._automaton.iter(_lower(text)):
            start, end = last - length + 1, last + 1
            if not _whole(text, start, end):
                continue
            published = not all_terms and text[start:end].casefold().strip() in self.published
            hit = next(
                (
                    term
                    for term in terms
                    if (term.kind in _ALWAYS or not published) and _counts(term, text, start, end)
                ),
                None,
            )
            if hit is not None:
                found.append((start, end, hit.kind))
        return found

    def check(self, where: str, fields: Iterable[Field]) -> None:
        """Refuse when a field holds a known identifier.

        Raises
        ------
        PipelineError : a line per row and kind (the first twenty), and how many in all.
        """
        faults = []
        for field in fields:
            for row, text in enumerate(field.texts, start=field.first_row):
                for kind in sorted({kind for _, _, kind in self.find(text)}):
                    faults.append(_refusal(where, row, field.name, kind))
        if faults:
            more = len(faults) - _SHOWN
            shown = faults[:_SHOWN]
            if more > 0:
                shown.append(PipelineError(f"and {more} more like these", where=where))
            raise PipelineError.join(shown)


def write_out(path: Path, data: bytes, fields: Iterable[Field], gate: Gate) -> None:
    """Write a file outside the vault, if nothing in it is known to identify; atomically.

    Parameters
    ----------
    fields : every column or text of the file that carries participants' words; empty if none does.

    Raises
    ------
    PipelineError : a known identifier stands in a field, or the file cannot be written.
    """
    gate.check(path.name, fields)
    write_bytes(path, data)


def erase_out(path: Path) -> None:
    """Overwrite and remove a file, or a folder with all that is in it, outside the vault.

    Raises
    ------
    PipelineError : a file cannot be written or removed.
    """
    if not path.is_dir() or path.is_symlink():
        wipe(path)
        return
    for one in sorted(path.iterdir()):
        erase_out(one)
    try:
        path.rmdir()
    except OSError as error:
        raise cannot_write(path, error) from None


def _refusal(where: str, row: int, column: str, kind: Kind) -> PipelineError:
    return PipelineError(
        f"a known {kind} was about to be written, so nothing was",
        where=f"{where}, row {row}, column '{column}'",
        mend="Check the anonymisation list ('motif anonymise out'), then run again.",
    )


def _counts(term: Term, text: str, start: int, end: int) -> bool:
    """A common word counts as it was found, and not where any word would have a capital.

    Found in small letters it does not: "hope", a name in one lower-case transcript, would refuse
    every hope of the study. (A phrase does; so does what a person wrote on the list, see `terms`.)
    """
    if not term.common:
        return True
    if term.text == term.text.lower() and " " not in term.text:
        return False
    return term.text == text[start:end] and not _OPENING.search(text, 0, start)


def _short_number(text: str) -> bool:
    digits = "".join(c for c in text if c.isalnum())
    return digits.isdigit() and len(digits) < 5


def _lower(text: str) -> str:
    """Lower case, character for character (some capitals become two characters: those stay)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (before.isalnum() and text[start].isalnum())
        or (after.isalnum() and text[end - 1].isalnum())
    )
