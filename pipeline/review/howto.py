"""The first sheet: for a coder whom nobody has told anything."""

from __future__ import annotations

from pipeline.records import Codebook, Workbook
from pipeline.review.rows import AGAIN, BLIND, NOTHING
from pipeline.tables import Column, Look, Sheet


def how_to(
    workbook: Workbook, codebook: Codebook, study: str, n_rows: int, again: bool, *, opens: bool
) -> Sheet:
    """A page of text: headings on the left, sentences on the right.

    again : there are rows that come a second time, for some codes only.
    """
    lines = _lines(workbook, codebook, study, n_rows, again)
    headings: dict[tuple[int, str], Look] = {(0, "text"): "heading"}
    return Sheet(
        name="How to",
        columns=(
            Column(key="head", title="", width=16, look="strong"),
            Column(key="text", title="", width=118),
        ),
        rows=tuple({"head": head, "text": text} for head, text in lines),
        titles=False,
        looks=headings,
        opens=opens,
    )


_SECOND_TIME = (
    "Asked again",
    f"'{AGAIN}: ...' (in the column why): you have coded this row before, and since then the codes "
    "that are named there are new or have another definition (see the sheet Codebook). Decide on "
    "these codes only. What you said of the others stands; an x without a code means that none of "
    "the named ones is in the text.",
)


def _lines(
    workbook: Workbook, codebook: Codebook, study: str, n_rows: int, again: bool
) -> list[tuple[str, str]]:
    return [
        ("", f"{study}: {n_rows} rows to code for {workbook.coder}"),
        ("", f"Workbook {workbook.id}, codebook version {workbook.codebook_version}."),
        ("", ""),
        (
            "What to do",
            "Go to the sheet Review. Each row is one piece of an interview. Code what stands in "
            "the column text, and only that; before and after are there to help you understand it.",
        ),
        (
            "1  Answer",
            "A blue cell holds a code that the computer guesses. In the narrow column beside it, "
            "choose yes, no or unsure. A guess without a yes does not count.",
        ),
        (
            "2  Add",
            "Put every other code that you find into a free yellow code cell: choose it from the "
            "list, or type it. What you add counts as yes. If you doubt, choose unsure beside it, "
            "or type a question mark after it. The sheet Codebook says what each code means.",
        ),
        (
            "3  Done",
            "When you have decided on the whole row, put x into done. No code at all is a good "
            "answer too: only an x. Then go to the next row.",
        ),
        ("", ""),
        (
            "What done means",
            "A row without x is not read at all. In a row with x, every code that you did not "
            "mark counts as absent, also a guess that you left without an answer. An unsure code "
            "counts neither as present nor as absent.",
        ),
        (
            "No blue cells",
            f"'{BLIND}' (in the column why): the computer keeps its guess to itself, so that we "
            "learn what you see without it. It says nothing about whether there is a code. "
            f"'{NOTHING}': it looked and found nothing. It may be wrong.",
        ),
        *([_SECOND_TIME] if again else []),
        *_example(workbook, codebook),
        ("", ""),
        (
            "more codes",
            "If six cells are not enough: further codes, with ; between them.",
        ),
        (
            "episode",
            "Where an interview tells several stories about clients, number them 1, 2, 3. 'same' "
            "is the story of the last done row above; empty is no story.",
        ),
        ("comment", "Whatever you want to say about the row. Please write no names there."),
        ("", ""),
        (
            "A cell turns red",
            "when what stands there will not be understood: a misspelled code, for instance.",
        ),
        (
            "Your own way",
            "You may sort, filter, hide and move columns, and add columns of your own. Sort with "
            "the arrows in the title row, so that whole rows move. Leave the titles and the column "
            "row as they are. A very long text is cut off on the screen: click on it and read it "
            "in the line above the sheet.",
        ),
        (
            "Save and send",
            "Excel, LibreOffice and Google Sheets will all do. Save as xlsx (best), ods or csv "
            "(csv keeps only the sheet that is open: let that be Review). Send the file back "
            "whenever you like, also half done.",
        ),
    ]


def _example(workbook: Workbook, codebook: Codebook) -> list[tuple[str, str]]:
    """One worked row, with codes of this codebook; none where there are fewer than three."""
    if len(workbook.codes) < 3:
        return []
    first, second, third = (codebook[code] for code in workbook.codes[:3])
    text = f"The text is: “{first.examples[0]}” " if first.examples else ""
    others = len(workbook.codes) - 3
    return [
        ("", ""),
        (
            "An example",
            f"{text}Two cells are blue: code 1 is {first.id}, code 2 is {second.id}. You find that "
            f"{first.id} fits and {second.id} does not, and you wonder about {third.id}. So you "
            f"choose yes in 1?, no in 2?, put {third.id} into code 3 and unsure into 3?, and x "
            f"into done. We then note: {first.id} present, {second.id} absent, {third.id} unsure, "
            f"and the {others} other codes absent.",
        ),
    ]
