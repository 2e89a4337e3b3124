"""The invented set of things said aloud, and how many of them are found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.anonymise import Context
from pipeline.anonymise.find import find
from pipeline.records import Span

HERE = Path(__file__).parent
_WORD = re.compile(r"\w+")


class Form(NamedTuple):
    """One utterance; [start, end) is what must be found in it."""

    language: str
    kind: str
    text: str
    start: int
    end: int


def forms(*names: str) -> list[Form]:
    """The utterances of the files of those names ("first", "second"); all if none is given."""
    paths = [HERE / f"spoken_forms_{name}.txt" for name in names] or sorted(
        HERE.glob("spoken_forms_*.txt")
    )
    return [form for path in paths for form in read_forms(path)]


def read_forms(path: Path) -> list[Form]:
    """The utterances of one file."""
    return list(_forms(path))


def _forms(path: Path) -> Iterator[Form]:
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            language, kind, said = line.split("\t")
            start, end = said.index("["), said.index("]") - 1
            yield Form(language, kind, said.replace("[", "").replace("]", ""), start, end)


def tier_of(form: Form) -> str:
    """How the whole of it was found: "auto", "review", "" (some word of it was not)."""
    spans = find(form.text, Context(language=form.language))
    if covers([span for span in spans if span.tier == "auto"], form):
        return "auto"
    return "review" if covers(spans, form) else ""


def covers(spans: list[Span], form: Form) -> bool:
    """Whether every word of what must be found lies in one of the spans."""
    return all(
        any(span.start <= word.start() and word.end() <= span.end for span in spans)
        for word in _WORD.finditer(form.text, form.start, form.end)
    )
