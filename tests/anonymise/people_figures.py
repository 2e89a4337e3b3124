"""How well persons are kept together and apart: studies with people marked in them, and figures.

`people/*.txt`: `<number|form>` says who is meant, `<doubt|form>` that nobody could know.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.anonymise import Known
from pipeline.anonymise.book import Book, assign, folded
from pipeline.anonymise.forms import name_of
from pipeline.anonymise.scenes import Scene
from pipeline.records import Span

HERE = Path(__file__).parent / "people"
STUDIES = sorted(path.stem for path in HERE.glob("*.txt"))
_MARK = re.compile(r"<(\w+)\|([^<>]+)>")
_SITES = ("city", "municipality", "team")


@dataclass(frozen=True)
class Said:
    """A form of somebody's name in a transcript, and the pseudonym that it got."""

    person: str
    form: str
    transcript: str
    label: str


def read_people(name: str) -> tuple[dict[str, str], dict[str, list[Span]], dict[str, list[str]],
                                    dict[str, Scene]]:  # fmt: skip
    """Texts, spans, who each span is, and what is known of each transcript."""
    texts: dict[str, str] = {}
    spans: dict[str, list[Span]] = {}
    who: dict[str, list[str]] = {}
    scenes: dict[str, Scene] = {}
    lines = (HERE / f"{name}.txt").read_text("utf-8").splitlines()
    at = ""
    for line in (one for one in lines if not one.startswith("# ")):
        if line.startswith("== "):
            at, *about = line[3:].split(" ", 1)
            values = dict(re.findall(r"(\w+)=([^=]+?)(?=\s\w+=|$)", about[0] if about else ""))
            texts[at], spans[at], who[at] = "", [], []
            scenes[at] = Scene(
                people=frozenset(filter(None, [values.get("people", "")])),
                sites={column: values[column] for column in _SITES if column in values},
                speakers=frozenset((folded(values["speaker"]),)),
            )
            continue
        end = 0
        for match in _MARK.finditer(line):
            texts[at] += line[end : match.start()]
            start = len(texts[at])
            texts[at] += match[2]
            spans[at].append(Span(start=start, end=len(texts[at]), kind="person", tier="auto",
                                  recogniser="x"))  # fmt: skip
            who[at].append(match[1])
            end = match.end()
        texts[at] += line[end:] + "\n"
    return texts, spans, who, scenes


def everything_said(name: str, order: Iterable[str] = ()) -> list[Said]:
    """Each form in each transcript once; transcripts one after the other, as files come in."""
    texts, spans, who, scenes = read_people(name)
    speakers = dict.fromkeys(form for one in scenes.values() for form in sorted(one.speakers))
    known = Known(persons=tuple((form,) for form in speakers))
    book = Book()
    seen: dict[str, str] = {}
    for transcript in order or [list(texts)]:
        seen |= {one: texts[one] for one in ([transcript] if isinstance(transcript, str)
                                             else transcript)}  # fmt: skip
        book = assign(book, seen, spans, known, scenes=scenes)
    found = {}
    for at, text in texts.items():
        for span, person in zip(spans[at], who[at], strict=True):
            string = text[span.start : span.end]
            found[person, folded(string), at] = Said(
                person if person != "doubt" else f"doubt {string} {at}",
                folded(string), at, book.label(string, at),
            )  # fmt: skip
    return list(found.values())


@dataclass(frozen=True)
class Figures:
    """How many of how many."""

    exact: tuple[int, int]  # the same string, said of one person in two transcripts
    joined: tuple[int, int]  # another form than the fullest, with its pseudonym
    false: list[tuple[Said, Said]]  # two persons with one pseudonym

    def __str__(self) -> str:
        parts = (f"{name} {a}/{b} = {a / b:.3f}" for name, (a, b) in
                 (("exact", self.exact), ("other forms", self.joined)) if b)  # fmt: skip
        return f"{', '.join(parts)}, false joins {len(self.false)}"


def figures(said: Iterable[Said]) -> Figures:
    by_person: dict[str, list[Said]] = defaultdict(list)
    by_label: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        by_person[one.person].append(one)
        by_label[one.label].append(one)
    exact, joined = Counter[bool](), Counter[bool]()
    for mine in by_person.values():
        fullest = max(mine, key=lambda one: (len(name_of(one.form).words), len(one.form)))
        joined.update(one.label == fullest.label for one in mine if one.form != fullest.form)
        by_form: dict[str, list[Said]] = defaultdict(list)
        for one in mine:
            by_form[one.form].append(one)
        for same in by_form.values():
            exact.update(one.label == same[0].label for one in same[1:])
    false = [
        (mine[0], other)
        for mine in by_label.values()
        for other in mine[1:]
        if other.person != mine[0].person
    ]
    return Figures((exact[True], exact.total()), (joined[True], joined.total()), false)


def total(all_of: Iterable[Figures]) -> Figures:
    every = list(all_of)
    return Figures(
        tuple(map(sum, zip(*(one.exact for one in every), strict=True))),  # type: ignore[arg-type]
        tuple(map(sum, zip(*(one.joined for one in every), strict=True))),  # type: ignore[arg-type]
        [pair for one in every for pair in one.false],
    )
