"""What a word is, what the canonical form of a text is: once, for all rooms."""

from __future__ import annotations

import re
import unicodedata

# Soft hyphen, zero-width space/joiners, word joiner, byte order mark, bidi marks: never seen, and
# each would break a search for a name. (A zero-width joiner inside an emoji is lost with them.)
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")


def canonical(text: str) -> str:
    """The form that every turn's text has: NFC, no invisible characters, single spaces, no ends.

    Idempotent: `canonical(canonical(t)) == canonical(t)`.
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFC", INVISIBLE.sub("", text))).strip()


def words(text: str) -> list[str]:
    """Runs of letters and digits; apostrophe, full stop, hyphen inside a word belong to it."""
    return _WORD.findall(text)


def n_words(text: str) -> int:
    """How many words, in the sense of `words`."""
    return len(words(text))


def fold(text: str) -> str:
    """For comparing names: lower case, without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text)
    return (
        _SPACE.sub(" ", "".join(c for c in plain if not unicodedata.combining(c)))
        .casefold()
        .strip()
    )
