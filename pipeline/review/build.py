"""Rows to the sheets of a workbook: how to, review, codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.records import Codebook, Dealt, Turn, Workbook
from pipeline.review.howto import how_to
from pipeline.review.names import (
    DONE_WORDS,
    SAME_WORDS,
    VERDICT_WORDS,
    by_family,
    code_list,
    spellings,
)
from pipeline.review.rows import (
    AGAIN,
    ANSWERABLE,
    BLIND,
    COMMENT,
    DONE,
    EPISODE,
    MORE,
    NOTHING,
    ROW,
    SLOTS,
    TEXT,
    RowContent,
    code_title,
    text_check,
    verdict_title,
)
from pipeline.tables import Column, Look, Sheet

# Characters of neighbouring turns that are shown (of those before the end, of those after the
# beginning): of the nearest more than of the others, or the row would be taller than its text.
_NEAREST, _FURTHER = 260, 120
_REASON = 110  # characters of a reason
_EXAMPLES = 4  # of a code, in the codebook sheet
_SPOKEN = ("speaker", "before", TEXT, "after", "because")
_ZOOM = 80  # the review sheet then fits a screen of 1920 pixels


def build_workbook(
    workbook: Workbook, rows: Sequence[RowContent], codebook: Codebook, study: str
) -> list[Sheet]:
    """How to, review (the main sheet), codebook.

    A coder's first workbook opens on the how-to, the others on the review sheet.

    Parameters
    ----------
    rows : in the order in which they shall stand: by transcript and place in it.
    codebook : holds every code of the workbook.

    Raises
    ------
    ValueError : what was dealt does not fit (a fault of ours): another text than was hashed, a
        suggestion in a blind row or in one that is asked again, a code that the workbook does not
        ask about, too many codes.
    """
    for row in rows:
        _check(row, workbook)
    review = _review(workbook, rows, codebook)
    again = any(row.dealt.asked for row in rows)
    guide = how_to(workbook, codebook, study, len(rows), again, opens=_is_first(workbook))
    return [guide, review, _codebook(workbook, codebook)]


def rebuild_workbook(
    workbook: Workbook,
    rows: Sequence[tuple[Dealt, Mapping[str, str]]],
    codebook: Codebook,
    study: str,
) -> list[Sheet]:
    """The sheets of a workbook again, around rows as a file of it holds them by now.

    What a coder has typed stays, in columns of the coder's own too. A code that has left the
    codebook since is no longer offered.

    Parameters
    ----------
    rows : each with its cells by title, in the order in which they shall stand.
    """
    now = replace(workbook, codes=tuple(c for c in workbook.codes if c in codebook.ids))
    shown = [() if dealt.blind else dealt.shown for dealt, _ in rows]
    columns = _columns(now, codebook, max([ANSWERABLE, *map(len, shown)]), 60.0)
    own = {column.title for column in columns}
    more = dict.fromkeys(title for _, cells in rows for title in cells if title not in own)
    review = Sheet(
        name="Review",
        columns=(*columns, *(Column(key=title, title=title, width=16) for title in more)),
        rows=tuple(cells for _, cells in rows),
        freeze=(1, 1),
        looks={
            (at, code_title(slot)): "given"
            for at, codes in enumerate(shown)
            for slot in range(1, len(codes) + 1)
        },
        ticked=DONE,
        parted="transcript",
        zoom=_ZOOM,
        main=True,
        opens=True,
    )
    again = any(dealt.asked for dealt, _ in rows)
    guide = how_to(now, codebook, study, len(rows), again, opens=False)
    return [guide, review, _codebook(now, codebook)]


def words_of(rows: Sequence[RowContent]) -> dict[str, tuple[str, ...]]:
    """The columns that carry participants' words, as they are written, for the gate.

    The first text of each is that of the row under the titles.
    """
    cells = [_words(row) for row in rows]
    return {title: tuple(cell[title] for cell in cells) for title in _SPOKEN}


def _words(row: RowContent) -> dict[str, str]:
    return {
        "speaker": row.segment.speaker,
        "before": _before(row.before),
        TEXT: row.segment.text,
        "after": _after(row.after),
        "because": _because(row),
    }


def _before(turns: Sequence[Turn]) -> str:
    most = [_FURTHER] * (len(turns) - 1) + [_NEAREST]
    said = [f"{turn.speaker}: {_last(turn.text, n)}" for turn, n in zip(turns, most, strict=False)]
    return "\n".join(said)


def _after(turns: Sequence[Turn]) -> str:
    most = [_NEAREST] + [_FURTHER] * len(turns)
    said = [f"{turn.speaker}: {_first(turn.text, n)}" for turn, n in zip(turns, most, strict=False)]
    return "\n".join(said)


def _because(row: RowContent) -> str:
    if row.dealt.blind:
        return ""
    numbered = [f"{n}: {_first(why, _REASON)}" for n, why in enumerate(row.because, 1) if why]
    return "\n".join(numbered)


def _first(text: str, most: int) -> str:
    """The beginning of a text, cut between words."""
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip() + " …" if " " in text[:most] else text[:most]


def _last(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return "… " + text[-most:].partition(" ")[2].lstrip() if " " in text[-most:] else text[-most:]


def _review(workbook: Workbook, rows: Sequence[RowContent], codebook: Codebook) -> Sheet:
    answerable = max([ANSWERABLE, *(len(row.dealt.shown) for row in rows)])
    given: dict[tuple[int, str], Look] = {
        (index, code_title(slot)): "given"
        for index, row in enumerate(rows)
        for slot in range(1, len(row.dealt.shown) + 1)
    }
    return Sheet(
        name="Review",
        columns=_columns(workbook, codebook, answerable, _text_width(rows)),
        rows=tuple(_cells(row) for row in rows),
        freeze=(1, 1),
        looks=given,
        ticked=DONE,
        parted="transcript",
        zoom=_ZOOM,
        main=True,
        opens=not _is_first(workbook),
    )


def _cells(row: RowContent) -> Mapping[str, str]:
    dealt = row.dealt
    why = BLIND if dealt.blind else dealt.why if dealt.shown else NOTHING
    if dealt.asked:
        why = f"{AGAIN}: {', '.join(dealt.asked)} ({BLIND})"
    shown = {code_title(slot): code for slot, (code, _) in enumerate(dealt.shown, 1)}
    fixed = {ROW: dealt.row_id, "transcript": row.segment.transcript_id, "why": why}
    return fixed | _words(row) | shown


def _text_width(rows: Sequence[RowContent]) -> float:
    """Wider where texts are long, so that they can be read without opening the cell."""
    longest = max((len(row.segment.text) for row in rows), default=0)
    return min(80.0, max(52.0, longest / 28))


def _columns(
    workbook: Workbook, codebook: Codebook, answerable: int, text_width: float
) -> tuple[Column, ...]:
    return (
        Column(key=ROW, title=ROW, width=11, look="muted", note="Leave this number as it is."),
        Column(key="transcript", title="transcript", width=10, look="muted"),
        Column(key="speaker", title="speaker", width=9, look="muted"),
        _context("before", 31, "What was said just before: to understand the text, not to code."),
        Column(key=TEXT, title=TEXT, width=text_width, note="Code this, and only this."),
        _context("after", 22, "What was said just after: to understand the text, not to code."),
        Column(
            key="why",
            title="why",
            width=12,
            look="muted",
            note=f"Why you get this row. '{BLIND}': the computer keeps its guess to itself. "
            f"'{NOTHING}': it looked and found nothing, and may be wrong. '{AGAIN}': you have "
            "coded this row before; now answer for the codes that are named, and no others.",
        ),
        _context("because", 18, "What made the computer suggest the codes in 1, 2 and 3.", 7),
        *_slots(workbook, codebook, answerable),
        Column(
            key=MORE,
            title=MORE,
            width=12,
            look="input",
            note="If six are not enough: further codes, with ; between them.",
        ),
        Column(
            key=EPISODE,
            title=EPISODE,
            width=8.5,
            look="input",
            accepts=(*(str(n) for n in range(1, 100)), *SAME_WORDS),
            note="Number the stories about one client within an interview: 1, 2, 3. 'same': the "
            "story of the last done row above. Empty: no such story.",
        ),
        Column(
            key=COMMENT,
            title=COMMENT,
            width=15,
            look="input",
            note="Anything you want to say about this row. No names, please.",
        ),
        Column(
            key=DONE,
            title=DONE,
            width=7,
            look="input",
            choices=("x",),
            accepts=DONE_WORDS,
            note="x: you have decided on the whole row, and whatever you did not mark is not in "
            "the text. A row without x is not read.",
        ),
    )


def _context(key: str, width: float, note: str, lines: int = 11) -> Column:
    return Column(key=key, title=key, width=width, look="muted", most_lines=lines, note=note)


def _slots(workbook: Workbook, codebook: Codebook, answerable: int) -> list[Column]:
    offered = code_list(codebook, workbook.codes)
    accepted = spellings(codebook, workbook.codes)
    columns = []
    for slot in range(1, SLOTS + 1):
        columns.append(
            Column(
                key=code_title(slot),
                title=code_title(slot),
                width=16.5 if slot <= answerable else 12.5,
                look="input",
                choices=offered,
                accepts=accepted,
                note="Choose a code from the list, or type it. Blue: the computer's guess, which "
                "counts only with yes beside it.",
            )
        )
        if slot <= answerable:
            columns.append(
                Column(
                    key=verdict_title(slot),
                    title=verdict_title(slot),
                    width=7.5,
                    look="input",
                    choices=("yes", "no", "unsure"),
                    accepts=tuple(VERDICT_WORDS),
                    note=f"Is code {slot} in the text: yes, no or unsure? Beside a code that you "
                    "added yourself, empty means yes.",
                )
            )
    return columns


def _codebook(workbook: Workbook, codebook: Codebook) -> Sheet:
    rows = [
        {
            "family": family,
            "code": code.id,
            "label": code.label,
            "definition": code.definition,
            "use it when": code.when,
            "do not use it when": code.when_not,
            "examples": "\n".join(f"“{example}”" for example in code.examples[:_EXAMPLES]),
        }
        for family, ids in by_family(codebook, workbook.codes)
        for code in (codebook[code_id] for code_id in ids)
    ]
    widths = (13, 20, 20, 45, 45, 50, 60)
    looks: dict[str, Look] = {"code": "strong", "family": "muted"}
    return Sheet(
        name="Codebook",
        columns=tuple(
            Column(key=key, title=key, width=width, look=looks.get(key, "plain"))
            for key, width in zip(_CODEBOOK, widths, strict=True)
        ),
        rows=tuple(rows),
        freeze=(1, 2),
        zoom=90,
    )


_CODEBOOK = (
    "family",
    "code",
    "label",
    "definition",
    "use it when",
    "do not use it when",
    "examples",
)


def _is_first(workbook: Workbook) -> bool:
    """Whether it is the coder's first: ana-01."""
    return workbook.id.rpartition("-")[2].lstrip("0") == "1"


def _check(row: RowContent, workbook: Workbook) -> None:
    dealt = row.dealt
    shown = [code for code, _ in dealt.shown]
    if dealt.blind and shown:
        raise ValueError(f"row {dealt.row_id} is blind, and yet has suggestions")
    if dealt.asked and not (dealt.blind and set(dealt.asked) <= set(workbook.codes)):
        raise ValueError(f"row {dealt.row_id} asks again for what its workbook cannot ask blind")
    if len(shown) > SLOTS or len(set(shown)) < len(shown) or not set(shown) <= set(workbook.codes):
        raise ValueError(f"row {dealt.row_id} has suggestions that its workbook cannot show")
    if dealt.text_check != text_check(row.segment.text):
        raise ValueError(f"row {dealt.row_id} shows another text than was dealt")
