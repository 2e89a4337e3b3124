"""The list that people check: every distinct find with its contexts, and their verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.anonymise.book import WORDS, Book, Verdict, Word, doubtful, folded
from pipeline.anonymise.known import parts
from pipeline.anonymise.lexicon import is_word_anywhere
from pipeline.anonymise.replace import Replacement, pseudonym
from pipeline.errors import PipelineError
from pipeline.records import KINDS, Kind, Span, Tier

CONTEXTS = 3
AROUND = 40  # characters on either side
_FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One distinct string and what is proposed for it."""

    string: str
    kind: Kind
    tier: Tier
    n: int
    n_transcripts: int
    contexts: tuple[str, ...]
    pseudonym: str
    note: str
    verdict: str  # what was said of it before; "" at first


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One row of the list as it came back."""

    where: str  # file, sheet, row, for messages
    string: str
    verdict: str
    text: str = ""  # for rename and join
    kind: str = ""  # for strings that were missed


def listing(
    book: Book,
    texts: Mapping[str, str],
    spans: Mapping[str, Sequence[Span]],
    *,
    style: str,
    seed: int,
) -> list[Find]:
    """Every distinct find: those to look at first come first, then by kind and string."""
    places: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for name in texts:
        for span in sorted(spans.get(name, ())):
            places[folded(texts[name][span.start : span.end])].append((name, span))
    doubts = doubtful(book)
    finds = []
    for key, found in places.items():
        name, first = found[0]
        string = texts[name][first.start : first.end]
        said = book.verdicts.get(key)
        finds.append(
            Find(
                string=string,
                kind=first.kind,
                tier="auto" if any(span.tier == "auto" for _, span in found) else "review",
                n=len(found),
                n_transcripts=len({name for name, _ in found}),
                contexts=tuple(_context(texts[name], span) for name, span in found[:CONTEXTS]),
                pseudonym=pseudonym(book, first.kind, string, style, seed),
                note=_note(doubts.get(key, ())),
                verdict="" if said is None else said.word,
            )
        )
    return sorted(finds, key=lambda f: (f.tier == "auto", KINDS.index(f.kind), folded(f.string)))


def _context(text: str, span: Span) -> str:
    before = text[max(0, span.start - AROUND) : span.start]
    after = text[span.end : span.end + AROUND]
    return " ".join(f"{before}»{text[span.start : span.end]}«{after}".split())


def _note(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    listed = " or ".join(f"[Person {number}]" for number in numbers)
    return f"could be {listed}: join it with one, or leave it by itself"


def take_verdicts(book: Book, rows: Iterable[Checked]) -> Book:
    """The book with the verdicts in, its revision counted up.

    A blank verdict on a listed string says nothing. Verdict `add` is for a string that was missed;
    it needs a kind.

    Raises
    ------
    PipelineError : every fault at once; none quotes a string.
    """
    verdicts = dict(book.verdicts)
    added = dict.fromkeys(book.added)
    faults: list[PipelineError] = []
    for row in rows:
        word = row.verdict.strip().casefold()
        if not word or not row.string.strip():
            continue
        fault = _fault(word, row)
        if fault is not None:
            faults.append(fault)
        elif word == "add":
            kind: Kind = next(k for k in KINDS if k == row.kind.strip().casefold())
            added[kind, row.string.strip()] = None
        else:
            said: Word = next(w for w in WORDS if w == word)
            verdicts[folded(row.string)] = Verdict(word=said, text=row.text.strip())
    if faults:
        raise PipelineError.join(faults)
    return replace(book, verdicts=verdicts, added=tuple(added), revision=book.revision + 1)


def _fault(word: str, row: Checked) -> PipelineError | None:
    if word == "add":
        if row.kind.strip().casefold() in KINDS:
            return None
        return PipelineError(
            "the kind is missing or unknown",
            where=f"{row.where}, column 'kind'",
            mend=f"Known: {', '.join(KINDS)}.",
        )
    if word not in WORDS:
        return PipelineError(
            f"this is not one of {', '.join(WORDS)}",
            where=f"{row.where}, column 'verdict'",
            mend="Correct the cell and import the list again; nothing of it has been saved.",
        )
    if word in ("rename", "join") and not row.text.strip():
        return PipelineError(
            f"'{word}' needs a text",
            where=f"{row.where}, column 'new text'",
            mend="Say what should stand there, or (join) which pseudonym: Person 3.",
        )
    return None


def gate_terms(
    texts: Mapping[str, str],
    replacements: Mapping[str, Sequence[Replacement]],
    book: Book,
    languages: tuple[str, ...],
) -> list[tuple[str, Kind, bool]]:
    """What must not be found outside: (string, kind, whether it is a common word as well).

    Of persons also each part of the name; nothing that somebody said to keep.
    """
    found: dict[tuple[str, Kind], None] = {}
    for name, chosen in replacements.items():
        for one in chosen:
            string = texts[name][one.start : one.end]
            found[string, one.kind] = None
            if one.kind == "person":
                found |= {(p, one.kind): None for p in parts(string) if len(p) >= _FEWEST}
    kept = {key for key, verdict in book.verdicts.items() if verdict.word == "keep"}
    return [
        (string, kind, _common(string, kind, languages))
        for string, kind in found
        if folded(string) not in kept and sum(c.isalnum() for c in string) >= 2
    ]


def _common(string: str, kind: Kind, languages: tuple[str, ...]) -> bool:
    """Whether an ordinary text has this string in small letters too."""
    if kind in ("contact", "id", "date"):
        return False
    words = string.split()
    return all(is_word_anywhere(word.strip(".,").lower(), languages) for word in words)
