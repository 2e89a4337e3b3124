"""What the gate must look for in every file that leaves the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.anonymise.ages import years
from pipeline.anonymise.book import LABEL, Book, folded
from pipeline.anonymise.known import parts
from pipeline.anonymise.lexicon import is_word_anywhere
from pipeline.anonymise.replace import Replacement
from pipeline.anonymise.weekdays import is_weekday
from pipeline.records import KINDS, Kind

_FEWEST = 3  # letters in a part of a name
_GENITIVES = frozenset(("nl", "da"))  # languages that hang an s on a name


def gate_terms(
    texts: Mapping[str, str],
    replacements: Mapping[str, Sequence[Replacement]],
    book: Book,
    languages: Sequence[str],
) -> list[tuple[str, Kind, bool]]:
    """What must not be found outside: (string, kind, whether it is a common word as well).

    Of persons also each part of the name, in Dutch and Danish with a genitive s too; nothing that
    somebody said to keep, and not the words that pseudonyms are made of.
    """
    found: dict[tuple[str, Kind], None] = {(string, kind): None for kind, string in book.added}
    for name, chosen in replacements.items():
        found |= {(texts[name][one.start : one.end], one.kind): None for one in chosen}
    kept = {key for key, verdict in book.verdicts.items() if verdict.word == "keep"}
    terms: dict[tuple[str, Kind], bool] = {}
    for whole, kind in found:
        for string in (whole, *(_parts(whole, languages) if kind == "person" else ())):
            plain = folded(string)
            if plain in kept or plain in KINDS or LABEL.fullmatch(string):
                continue
            if sum(char.isalnum() for char in string) < 2 or kind == "person" and not parts(string):
                continue
            # A short number, in words too; a weekday, which stays where it is a habit.
            if kind == "date" and (years(string) is not None or is_weekday(string)):
                continue
            # What a person wrote on the list in small letters is meant in any letters.
            said = (kind, string) in book.added and string == string.lower()
            terms[string, kind] = not said and _common(string, kind, languages)
            if kind == "person" and not terms[string, kind] and _GENITIVES & {*languages}:
                terms.setdefault((f"{string}s", kind), False)
    return [(string, kind, common) for (string, kind), common in terms.items()]


def _parts(name: str, languages: Sequence[str]) -> list[str]:
    """The parts of a person's name that give it away: not "with" of "with Anneke"."""
    return [
        part
        for part in parts(name)
        if len(part) >= _FEWEST and (part[0].isupper() or not _common(part, "person", languages))
    ]


def _common(string: str, kind: Kind, languages: Sequence[str]) -> bool:
    """Whether an ordinary text has this string in small letters too."""
    if kind in ("contact", "id") or any(char.isdigit() for char in string):
        return False
    if kind == "name":  # nobody knows that it is one: "Prepositions" says nothing of "prepositions"
        return True
    words = string.split()
    return all(is_word_anywhere(word.strip(".,").lower(), languages) for word in words)
