"""Read the marked interviews (tests/corpus/<study>/NN.xml) and the second coding of some.

A source holds what was said and, in it, the marks of its writer. Offsets are half-open code
points in the text of a turn; `Interview.offsets` moves them to the canonical transcript text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from pipeline.records import Role
from pipeline.text import canonical

ROLE: dict[str, Role] = {"I": "interviewer", "R": "respondent"}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeMark:
    """One stretch of a turn that bears on one code or several; episode "" is a general remark."""

    start: int
    end: int
    codes: tuple[str, ...]
    episode: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class IdentifierMark:
    """A string that could identify somebody."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTurn:
    """What one person says, or (role `other`) what the transcriber put on top."""

    role: Role
    text: str
    codes: tuple[CodeMark, ...] = ()
    identifiers: tuple[IdentifierMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """One source, as it will stand in the file made of it."""

    id: str
    interviewer: str
    respondent: str
    turns: tuple[SourceTurn, ...]
    typed: datetime = datetime(2019, 7, 1, 9)  # what a word processor's file says of its making

    @property
    def text(self) -> str:
        """The canonical transcript text (see pipeline/records.py)."""
        return "\n".join(turn.text for turn in self.turns)

    @property
    def offsets(self) -> list[int]:
        """Where each turn begins in the canonical transcript text."""
        starts, at = [], 0
        for turn in self.turns:
            starts.append(at)
            at += len(turn.text) + 1
        return starts

    @property
    def spoken(self) -> tuple[SourceTurn, ...]:
        """The turns without the transcriber's head lines."""
        return tuple(turn for turn in self.turns if turn.role != "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What the second coder marked: the words as the source has them, in one spoken turn."""

    interview: str
    turn: int  # counts the spoken turns from 0
    text: str
    codes: tuple[str, ...]
    episode: str

    def start_in(self, interview: Interview) -> int:
        """Where the stretch begins in its turn.

        Raises
        ------
        ValueError : the turn does not have these words, or has them twice.
        """
        said = interview.spoken[self.turn].text
        if said.count(self.text) != 1:
            raise ValueError(f"second pass, {self.interview}, turn {self.turn}: not word for word")
        return said.index(self.text)


def read_second_pass(path: Path) -> list[Stretch]:
    """The second coding, in the order in which it was made."""
    return [
        Stretch(
            interview=row["interview"],
            turn=row["t"],
            text=row["text"],
            codes=tuple(row["codes"]),
            episode=row["episode"],
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def read_source(path: Path) -> Interview:
    """One interview; head lines are its first turns, of role `other`.

    Raises
    ------
    ValueError : the text of a turn is not canonical, or an element is not one of head, t, c, i.
    """
    root = ElementTree.parse(path).getroot()
    turns = [
        _turn(element, "other" if element.tag == "head" else ROLE[element.attrib["s"]])
        for element in root
    ]
    for number, turn in enumerate(turns):
        if not turn.text or turn.text != canonical(turn.text):
            raise ValueError(f"{path.name}, turn {number}: spaces or characters to clean")
    return Interview(
        id=root.attrib["id"],
        interviewer=root.attrib["interviewer"],
        respondent=root.attrib["respondent"],
        turns=tuple(turns),
    )


def read_sources(folder: Path) -> list[Interview]:
    """All interviews of a study, by number."""
    return [read_source(path) for path in sorted(folder.glob("*.xml"))]


def _turn(element: ElementTree.Element, role: Role) -> SourceTurn:
    codes: list[CodeMark] = []
    identifiers: list[IdentifierMark] = []

    def walk(node: ElementTree.Element, at: int) -> int:
        """The marks of a node that begins at `at`; returns where it ends."""
        end = at + len(node.text or "")
        for child in node:
            start, end = end, walk(child, end)
            if child.tag == "c":
                codes.append(
                    CodeMark(
                        start=start,
                        end=end,
                        codes=tuple(child.attrib["n"].split()),
                        episode=child.get("e", ""),
                    )
                )
            elif child.tag == "i":
                identifiers.append(IdentifierMark(start=start, end=end, kind=child.attrib["k"]))
            else:
                raise ValueError(f"<{child.tag}> is no mark")
            end += len(child.tail or "")
        return end

    walk(element, 0)
    return SourceTurn(
        role=role,
        text="".join(element.itertext()),
        codes=tuple(sorted(codes)),
        identifiers=tuple(sorted(identifiers)),
    )


_OPENING = re.compile(r"(?<![^\s(\[])'")
_OPENING_DOUBLE = re.compile(r'(?<![^\s(\[])"')


def typeset(interview: Interview) -> Interview:
    """As a word processor has it: curly quotes, and an en dash between spaces. Length is kept."""

    def curl(text: str) -> str:
        text = _OPENING_DOUBLE.sub("“", _OPENING.sub("‘", text))
        return text.replace("'", "’").replace('"', "”").replace(" - ", " – ")

    return replace(
        interview,
        turns=tuple(replace(turn, text=curl(turn.text)) for turn in interview.turns),
    )


def without_head(interview: Interview) -> Interview:
    """As a meeting program saves it: nobody wrote anything on top."""
    return replace(interview, turns=interview.spoken)
