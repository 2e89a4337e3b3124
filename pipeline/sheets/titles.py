"""Find the row of titles: people insert lines above it, move columns and add their own."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.text import canonical

WITHIN = 20  # the title row is one of the first so many


def fold_title(title: str) -> str:
    """The form in which titles are compared."""
    return canonical(title).casefold()


def n_found(row: Sequence[str], titles: Sequence[str]) -> int:
    """How many of the titles stand in the row."""
    return len({fold_title(cell) for cell in row} & {fold_title(title) for title in titles})
