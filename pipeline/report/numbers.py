"""What stands on a report's page, as numbers and texts; `html.py` makes the page of it.

Everything comes in ready: anonymised, counted, through the gate. Shares are 0 to 1, rates are
segments per 1,000 respondent words, None is "cannot be said" and is never shown as a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """An anonymised segment that people confirmed a code for."""

    code: str
    text: str
    source: str  # T003, counsellor, Rotterdam: the transcript and its published values


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """One code of a study and how often it was found."""

    code: str
    label: str
    family: str
    definition: str
    n_segments: int  # segments that people confirmed
    n_interviews: int  # interviews with at least one of them
    derived: bool = False  # of several codes in one interview; has no segments of its own
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a trained model scored on participants it had not seen."""

    number: int
    n_decided: int  # segments drawn at random and answered
    macro_f1: float | None
    macro_ap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPart:
    """One study of a report."""

    name: str
    title: str  # of the codebook
    glance: tuple[tuple[str, str], ...]  # what, how much: ("interviews", "12")
    families: Mapping[str, str]  # id: what it is about, in the codebook's order
    codes: tuple[CodeLine, ...]  # in the codebook's order, derived ones last
    agreement: Mapping[str, Any] | None  # the document of `motif agree --json`
    no_agreement: str  # why there is none, "" where there is
    learning: tuple[Round, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPart:
    """One comparison of a report; of several studies at once where they share codes."""

    by: str
    studies: tuple[str, ...]
    document: Mapping[str, Any] | None  # the document of `motif compare --json`
    not_compared: str  # why there is none, "" where there is
    withheld: tuple[str, ...] = ()  # groups below the smallest cell; they are not in document


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole page."""

    title: str
    made: str  # 21 November 2026
    version: str  # of Motif
    studies: tuple[StudyPart, ...]
    comparisons: tuple[ComparisonPart, ...]
    how: tuple[str, ...]  # how it was done, a paragraph each
