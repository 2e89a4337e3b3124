"""From what a coder typed to a code, a verdict, a tick, an episode."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.records import Codebook, Verdict
from pipeline.text import canonical

_VERDICTS: tuple[tuple[Verdict, tuple[str, ...]], ...] = (
    ("present", ("yes", "y", "ja", "j", "true", "✓", "✔")),
    ("absent", ("no", "n", "nee", "nej", "false")),
    ("unsure", ("unsure", "u", "?", "onzeker", "usikker")),
)
VERDICT_WORDS = {word: verdict for verdict, words in _VERDICTS for word in words}
DONE_WORDS = ("x", "yes", "y", "ja", "1", "true", "✓", "✔", "done")
_UNTICKED = ("", "false")  # a check box (Google Sheets) that nobody ticked
SAME_WORDS = ("same", "idem", "ditto", "zelfde", "samme")
_EPISODE = re.compile(r"(\d{1,4})\s?([a-z]?)")
_LOOSE = re.compile(r"[\s_\-]+")


def plain(cell: str) -> str:
    """A cell without what a spreadsheet or a person adds without meaning it."""
    return canonical(cell).removeprefix("'").strip()


def verdict_of(cell: str) -> Verdict | None:
    """The verdict a word stands for; None for an empty cell.

    Raises
    ------
    KeyError : no such word.
    """
    word = plain(cell).casefold()
    return VERDICT_WORDS[word] if word else None


def is_done(cell: str) -> bool:
    """Whether a row is ticked as done.

    Raises
    ------
    KeyError : neither empty nor a word that means done.
    """
    word = plain(cell).casefold()
    if word in _UNTICKED:
        return False
    if word in DONE_WORDS:
        return True
    raise KeyError


def episode_of(cell: str) -> str:
    """The number of an episode ("3", "3a"), "same", or "".

    Only numbers: a story's name might name a person.

    Raises
    ------
    KeyError : something else.
    """
    word = plain(cell).casefold()
    if not word:
        return ""
    if word in SAME_WORDS:
        return "same"
    found = _EPISODE.fullmatch(word)
    if found is None:
        raise KeyError
    return f"{int(found[1])}{found[2]}"


class CodeNames:
    """The spellings a code may have: its id, its label, 'family / id'; capitals do not matter.

    Spaces, hyphens and underscores are one where that leaves no doubt which code is meant.
    """

    def __init__(self, codes: Sequence[str], codebook: Codebook | None) -> None:
        known = [c for c in codebook.codes if c.id in set(codes)] if codebook else []
        spellings = [(code, code) for code in codes]
        spellings += [(f"{code.family} / {code.id}", code.id) for code in known]
        spellings += [(f"{code.family} / {code.label}", code.id) for code in known]
        spellings += [(code.label, code.id) for code in known]
        self.codes = tuple(codes)
        self._exact = {code: code for code in codes}
        self._tight = _unambiguous((_tight(text), code) for text, code in spellings)
        self._loose = _unambiguous((_loosely(text), code) for text, code in spellings)
        self._retired = {c.id for c in codebook.codes} - set(codes) if codebook else set()
        self._families = {_loosely(c.family) for c in codebook.codes} if codebook else set()

    def find(self, text: str) -> str | None:
        """The code that is meant, or None."""
        text = plain(text)
        return (
            self._exact.get(text)
            or self._tight.get(_tight(text))
            or self._loose.get(_loosely(text))
        )

    def split(self, cell: str) -> list[str]:
        """The pieces of a cell that may hold several codes: at ; and line ends, else at commas."""
        pieces = [piece for piece in re.split(r"[;\n]", cell) if plain(piece)]
        return [
            part
            for piece in pieces
            for part in ([piece] if self.find(undoubted(piece)[0]) else piece.split(","))
            if plain(part)
        ]

    def wrong(self, cell: str) -> str:
        """Why a text is no code of this workbook, without quoting it: it may be anything."""
        text, _ = undoubted(cell)
        if _loosely(text.strip("—– ")) in self._families:
            return "this is a family of codes, not a code"
        if plain(text) in self._retired:
            return "this code is not one that this workbook asks about"
        pieces = self.split(cell)
        if len(pieces) > 1 and all(self.find(undoubted(piece)[0]) for piece in pieces):
            return "there is more than one code in this cell"
        near = self.nearest(text)
        listed = f"; the nearest are: {', '.join(near)}" if near else ""
        return f"this is no code of this workbook{listed}"

    def nearest(self, text: str) -> list[str]:
        """Up to three codes that are spelled almost so."""
        close = difflib.get_close_matches(_loosely(text), list(self._loose), n=9, cutoff=0.6)
        return list(dict.fromkeys(self._loose[spelling] for spelling in close))[:3]


def undoubted(text: str) -> tuple[str, bool]:
    """A code without the question mark behind it, and whether there was one."""
    text = plain(text)
    return (text[:-1].rstrip(), True) if text.endswith("?") else (text, False)


def code_list(codebook: Codebook, codes: Iterable[str]) -> tuple[str, ...]:
    """What the drop-down of a code cell offers: the codes under the names of their families."""
    offered = []
    for family, ids in by_family(codebook, codes):
        offered += [f"— {family} —", *ids]
    return tuple(offered)


def spellings(codebook: Codebook, codes: Iterable[str]) -> tuple[str, ...]:
    """What a code cell may hold without turning red."""
    entries = [codebook[code] for code in codes]
    named = [
        name
        for code in entries
        for name in (code.id, code.label, f"{code.family} / {code.id}", code.id.replace("_", " "))
    ]
    return tuple(dict.fromkeys([*named, *(f"{code.id}?" for code in entries)]))


def by_family(codebook: Codebook, codes: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Families in the order of the codebook, each with its codes in the order of the codebook."""
    wanted = set(codes)
    entries = [code for code in codebook.codes if code.id in wanted]
    for family in dict.fromkeys([*codebook.families, *(code.family for code in entries)]):
        ids = [code.id for code in entries if code.family == family]
        if ids:
            yield family, ids


def _tight(text: str) -> str:
    return canonical(text).casefold()


def _loosely(text: str) -> str:
    return _LOOSE.sub("_", canonical(text).casefold()).replace("_/_", "/").strip("_")


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Spelling to code, without the spellings that two codes share; an id goes before a label."""
    found: dict[str, set[str]] = {}
    for spelling, code in pairs:
        found.setdefault(spelling, set()).add(code)
    return {spelling: next(iter(codes)) for spelling, codes in found.items() if len(codes) == 1}
