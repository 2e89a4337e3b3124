"""What a review row is: rows out to a coder, and what the coder made of them back in.

A row is one segment. Suggestions shown with it stand in the first code cells, each with a verdict
cell beside it; further codes are added in the cells that are free; `done` says that the whole row
is decided. Nothing here trusts the sheet with what was dealt.
"""

from __future__ import annotations

from pipeline.review.build import build_workbook, rebuild_workbook, words_of
from pipeline.review.reading import read_review
from pipeline.review.rows import (
    BLIND,
    NOTHING,
    REQUIRED,
    Counts,
    Outcome,
    RowContent,
    text_check,
)

__all__ = [
    "BLIND",
    "NOTHING",
    "REQUIRED",
    "Counts",
    "Outcome",
    "RowContent",
    "build_workbook",
    "read_review",
    "rebuild_workbook",
    "text_check",
    "words_of",
]
