"""What a coder's marks mean; every fault with its place; nothing trusted but what was dealt."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import PipelineError
from pipeline.records import Anchor, Code, Codebook, Dealt, Decision, Segment, Turn, Workbook
from pipeline.review import (
    BLIND,
    NOTHING,
    REQUIRED,
    Outcome,
    RowContent,
    build_workbook,
    read_review,
    text_check,
    words_of,
)
from pipeline.sheets import WRITERS
from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.tables import Column, ReadRow, Sheet

TIME = "2026-11-21T10:00:00Z"
FILE = "round-01-ana.xlsx"
CODES = {
    "obey_rules": ("coping", "Applies the rule"),
    "break_rules": ("coping", "Breaks a rule"),
    "keep_distance": ("coping", "Keeps away, politely"),
    "paperwork": ("organisation", "Forms and lists"),
    "own_values": ("motive", "Own convictions"),
    "client_distress": ("motive", "The client is in need"),
    "no": ("motive", "Refusal"),  # an id that is also a verdict
    "limited_room": ("organisation", "Little room"),
}
CODEBOOK = Codebook(
    id="small",
    version="2",
    title="Small",
    families={"coping": "what they do", "motive": "why", "organisation": "where"},
    codes=tuple(
        Code(id=code, family=family, label=label, definition=f"What {label} is.", examples=("So.",))
        for code, (family, label) in CODES.items()
    ),
)
BOOK = Workbook(
    id="ana-01",
    coder="ana",
    round=3,
    phase="code",
    codebook_version="2",
    codes=tuple(CODES)[:7],  # limited_room is in the codebook, not in this workbook
    segmentation="answer-1",
    model_id="round-02",
    made=TIME,
)


def row_of(
    n: int,
    shown: Sequence[str] = (),
    *,
    blind: bool = False,
    text: str = "",
    transcript: str = "T001",
    book: Workbook = BOOK,
) -> RowContent:
    """The n-th row of a workbook, with a text of its own."""
    text = text or f"Invented answer number {n}, said on a Tuesday."
    anchor = Anchor(
        transcript_hash=f"hash-{transcript}",
        canonical=1,
        source_start=100 * n,
        source_end=100 * n + len(text),
        text_hash=f"text-{n}",
    )
    dealt = Dealt(
        row_id=f"{book.id}-{n:03d}",
        workbook_id=book.id,
        position=n,
        segment_id=f"{transcript}:{100 * n}-{100 * n + len(text)}",
        anchor=anchor,
        list="audit" if blind else "query",
        list_rank=n + 40,
        why="the machine is in doubt",
        blind=blind,
        shown=tuple((code, round(0.9 - 0.1 * k, 2)) for k, code in enumerate(shown)),
        text_check=text_check(text),
    )
    segment = Segment(
        segment_id=dealt.segment_id,
        transcript_id=transcript,
        first_turn=2 * n,
        last_turn=2 * n,
        speaker="P01",
        role="respondent",
        text=text,
        source_start=anchor.source_start,
        source_end=anchor.source_end,
        text_hash=anchor.text_hash,
    )
    because = tuple(f"near a sentence about {code}" for code in shown)
    before = (turn(0, "Long ago. " * 60 + "Just now."), turn(1, "And then?"))
    after = (turn(2, "I see."),)
    return RowContent(dealt=dealt, segment=segment, before=before, after=after, because=because)


def turn(n: int, text: str) -> Turn:
    return Turn(
        transcript_id="T001",
        turn=n,
        speaker="Interviewer",
        role="interviewer",
        start_s=None,
        end_s=None,
        text=text,
        source_start=0,
        source_end=len(text),
    )


def review_of(rows: Sequence[RowContent], book: Workbook = BOOK) -> Sheet:
    return next(sheet for sheet in build_workbook(book, rows, CODEBOOK, "small") if sheet.main)


def returned(sheet: Sheet, fills: Mapping[int, Mapping[str, str]]) -> list[ReadRow]:
    """The rows of a sheet as they come back, with cells filled in; keys are row numbers from 1."""
    titles = [column.title for column in sheet.columns]
    return [
        ReadRow(
            sheet="Review",
            row=n + 1,
            values={t: str(row.get(t, "")) for t in titles} | dict(fills.get(n, {})),
        )
        for n, row in enumerate(sheet.rows, start=1)
    ]


def read(
    rows: Sequence[RowContent],
    fills: Mapping[int, Mapping[str, str]],
    change: Callable[[list[ReadRow]], list[ReadRow]] = list,
    book: Workbook = BOOK,
) -> Outcome:
    back = change(returned(review_of(rows, book), fills))
    dealt = {row.dealt.row_id: row.dealt for row in rows}
    return read_review(back, dealt, {book.id: book}, FILE, TIME, CODEBOOK)


def marks(outcome: Outcome, row_id: str = "ana-01-001") -> dict[str, tuple[str, str]]:
    """Of one row, everything that is not simply implied."""
    return {
        one.code: (one.verdict, one.how)
        for one in outcome.decisions
        if one.row_id == row_id and one.how != "implied"
    }


SHOWN = ("break_rules", "paperwork")

ACCEPTED, REJECTED = ("present", "accepted"), ("absent", "rejected")
ADDED, UNSURE = ("present", "added"), ("unsure", "added")


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        ({}, {}),
        ({"1?": "yes"}, {"break_rules": ACCEPTED}),
        ({"1?": "no", "2?": "YES "}, {"break_rules": REJECTED, "paperwork": ACCEPTED}),
        ({"2?": "unsure"}, {"paperwork": UNSURE}),
        ({"1?": "ja", "2?": "nee"}, {"break_rules": ACCEPTED, "paperwork": REJECTED}),
        ({"1?": "y", "2?": "n"}, {"break_rules": ACCEPTED, "paperwork": REJECTED}),
        ({"1?": "?", "2?": "nej"}, {"break_rules": UNSURE, "paperwork": REJECTED}),
        ({"1?": "TRUE", "2?": "FALSE"}, {"break_rules": ACCEPTED, "paperwork": REJECTED}),
        ({"code 3": "own_values"}, {"own_values": ADDED}),
        ({"code 3": "own_values", "3?": "yes"}, {"own_values": ADDED}),
        ({"code 3": "own_values", "3?": "unsure"}, {"own_values": UNSURE}),
        ({"code 5": "own_values?"}, {"own_values": UNSURE}),
        ({"code 6": "Own Values"}, {"own_values": ADDED}),
        ({"code 6": "coping / obey_rules"}, {"obey_rules": ADDED}),
        ({"code 6": "coping/Obey_Rules"}, {"obey_rules": ADDED}),
        ({"code 6": " applies  the RULE "}, {"obey_rules": ADDED}),
        ({"code 6": "no"}, {"no": ADDED}),
        ({"more codes": "own_values; obey_rules"}, {"own_values": ADDED, "obey_rules": ADDED}),
        ({"more codes": "own_values,obey rules?"}, {"own_values": ADDED, "obey_rules": UNSURE}),
        ({"more codes": "Keeps away, politely"}, {"keep_distance": ADDED}),
        # said twice in the same sense: once
        ({"code 3": "own_values", "more codes": "own_values"}, {"own_values": ADDED}),
        ({"1?": "yes", "code 4": "break_rules"}, {"break_rules": ACCEPTED}),
        ({"code 4": "break_rules"}, {"break_rules": ACCEPTED}),
        # a suggestion that was overwritten, emptied, or exchanged with an answer beside it
        ({"code 1": "own_values"}, {"own_values": ADDED}),
        ({"code 1": "own_values", "1?": "unsure"}, {"own_values": UNSURE}),
        ({"code 1": "coping / break_rules", "1?": "yes"}, {"break_rules": ACCEPTED}),
        ({"code 1": ""}, {}),
        ({"code 1": "", "1?": "no"}, {"break_rules": REJECTED}),
        (
            {"code 1": "paperwork", "1?": "yes", "code 2": "break_rules", "2?": "no"},
            {"paperwork": ACCEPTED, "break_rules": REJECTED},
        ),
    ],
)
def test_what_a_done_row_decides(
    fill: Mapping[str, str], expected: Mapping[str, tuple[str, str]]
) -> None:
    outcome = read([row_of(1, SHOWN)], {1: {"done": "x", **fill}})
    assert marks(outcome) == expected
    assert [one.code for one in outcome.decisions] == list(BOOK.codes)
    implied = [one for one in outcome.decisions if one.how == "implied"]
    assert {one.verdict for one in implied} == {"absent"}
    assert outcome.counts.done == 1


@pytest.mark.parametrize(
    ("fill", "column", "says"),
    [
        ({"1?": "perhaps secret"}, "1?", "not one of yes, no, unsure"),
        ({"1?": "x"}, "1?", "not one of yes, no, unsure"),
        ({"3?": "yes"}, "3?", "no code in column 'code 3'"),
        ({"3?": "no"}, "3?", "no code in column 'code 3'"),
        ({"code 1": "", "1?": "yes"}, "1?", "no code in column 'code 1'"),
        ({"code 3": "own_values", "3?": "no"}, "3?", "verdict on it is no"),
        ({"code 1": "own_values", "1?": "no"}, "1?", "verdict on it is no"),
        ({"1?": "no", "code 4": "break_rules"}, "code 4", "two different things"),
        ({"1?": "unsure", "code 4": "break_rules"}, "code 4", "two different things"),
        ({"code 4": "own_values", "more codes": "own_values?"}, "more codes", "two different"),
        ({"code 3": "own_values?", "3?": "yes"}, "code 3", "says otherwise"),
        ({"code 1": "", "code 4": "break_rules"}, "code 4", "moved here without an answer"),
        ({"code 1": "paperwork", "code 2": "break_rules"}, "code 1", "moved here"),
        ({"code 4": "brake_rules"}, "code 4", "the nearest are: break_rules"),
        ({"code 4": "secret woman from the bakery"}, "code 4", "no code of this workbook. "),
        ({"code 4": "obey_rules; own_values"}, "code 4", "more than one code"),
        ({"code 4": "— coping —"}, "code 4", "a family of codes"),
        ({"code 4": "limited_room"}, "code 4", "not one that this workbook asks about"),
        ({"more codes": "own_values; secret thing"}, "more codes", "no code of this workbook"),
        ({"episode": "the secret story"}, "episode", "neither a number"),
        ({"episode": "same"}, "episode", "has no episode"),
        ({"done": "secret"}, "done", "neither x nor empty"),
        ({"done": "no"}, "done", "neither x nor empty"),
    ],
)
def test_what_cannot_be_understood_is_a_fault_with_its_place(
    fill: Mapping[str, str], column: str, says: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        read([row_of(1, SHOWN)], {1: {"done": "x", **fill}})
    assert says in str(caught.value)
    places = [fault.where for fault in caught.value.faults]
    assert f"{FILE}, sheet 'Review', row 2, column '{column}'" in places
    assert "secret" not in str(caught.value)


def test_all_faults_at_once_and_no_partial_outcome() -> None:
    rows = [row_of(n, SHOWN) for n in range(1, 5)]
    fills = {n: {"done": "x", "1?": "yes"} for n in range(1, 5)}
    fills[2]["1?"], fills[3]["code 3"], fills[4]["done"] = "perhaps", "brake rules", "nearly"
    fills[2]["episode"] = "Thursday"
    with pytest.raises(PipelineError) as caught:
        read(rows, fills)
    assert [fault.where.partition("row ")[2] for fault in caught.value.faults] == [
        "3, column '1?'",
        "3, column 'episode'",
        "4, column 'code 3'",
        "5, column 'done'",
    ]


@pytest.mark.parametrize(
    "tick", ["x", "X", "yes", "y", "ja", "1", "true", "TRUE", "✓", "Done", " x "]
)
def test_words_that_mean_done(tick: str) -> None:
    assert read([row_of(1)], {1: {"done": tick}}).counts.done == 1


@pytest.mark.parametrize("tick", ["", " ", "FALSE"])
def test_a_row_without_done_makes_no_decision(tick: str) -> None:
    outcome = read([row_of(1, SHOWN), row_of(2, SHOWN)], {1: {"done": tick, "1?": "yes"}})
    assert outcome.decisions == ()
    assert (outcome.counts.not_done, outcome.counts.untouched) == (1, 1)
    (warning,) = outcome.warnings
    assert "sheet 'Review', row 2: this row has answers but no x" in warning


@pytest.mark.parametrize(
    "fill",
    [
        {"1?": "nonsense"},
        {"code 3": "nonsense"},
        {"code 1": ""},
        {"more codes": "a"},
        {"episode": "nonsense"},
        {"comment": "a"},
    ],
)
def test_anything_filled_in_without_done_is_pointed_out(fill: Mapping[str, str]) -> None:
    outcome = read([row_of(1, SHOWN)], {1: fill})
    assert (outcome.counts.not_done, len(outcome.warnings)) == (1, 1)


def test_a_decision_says_all_that_was_dealt_and_nothing_of_the_sheet() -> None:
    fill = {"done": "x", "1?": "yes", "comment": " Odd one. ", "transcript": "T999", "why": "audit"}
    outcome = read([row_of(1, SHOWN)], {1: fill | {"episode": "03", "speaker": "someone"}})
    assert outcome.decisions[1] == Decision(
        row_id="ana-01-001",
        anchor=row_of(1).dealt.anchor,
        code="break_rules",
        verdict="present",
        how="accepted",
        coder="ana",
        phase="code",
        round=3,
        list="query",
        list_rank=41,
        segmentation="answer-1",
        codebook_version="2",
        time=TIME,
        comment="Odd one.",
        shown=SHOWN,
        score=0.9,
        model_id="round-02",
        episode="3",
    )
    assert (outcome.decisions[0].score, outcome.decisions[0].model_id) == (None, "")
    assert outcome.decisions[0].shown == SHOWN


def test_a_blind_row_shows_nothing_and_everything_in_it_is_added() -> None:
    rows = [row_of(1, blind=True)]
    (cells,) = review_of(rows).rows
    assert cells["why"] == BLIND
    assert not any(cells.get(f"code {slot}") or cells.get(f"{slot}?") for slot in range(1, 7))
    assert cells["because"] == ""
    codes = list(BOOK.codes)[:6]
    fill = {f"code {slot}": code for slot, code in enumerate(codes, 1)} | {"done": "x", "2?": "?"}
    outcome = read(rows, {1: fill})
    assert marks(outcome) == {code: UNSURE if code == codes[1] else ADDED for code in codes}
    assert outcome.counts.full == 1
    assert {(one.list, one.shown, one.score) for one in outcome.decisions} == {("audit", (), None)}


def test_blind_is_not_the_same_as_nothing_to_suggest() -> None:
    whys = [
        row["why"] for row in review_of([row_of(1, blind=True), row_of(2), row_of(3, SHOWN)]).rows
    ]
    assert whys == ["no suggestion shown", "machine suggests nothing", "the machine is in doubt"]
    assert BLIND != NOTHING


def again(n: int, *asked: str) -> RowContent:
    """A row that goes out a second time, for these codes only."""
    row = row_of(n, blind=True)
    return replace(row, dealt=replace(row.dealt, asked=asked))


def test_a_row_asked_again_says_for_what_and_decides_that_alone() -> None:
    rows = [again(1, "own_values", "no"), again(2, "own_values"), row_of(3, blind=True)]
    sheet = review_of(rows)
    assert [row["why"] for row in sheet.rows] == [
        f"asked again for: own_values, no ({BLIND})",
        f"asked again for: own_values ({BLIND})",
        BLIND,
    ]
    fill = {"done": "x", "code 1": "own_values"}
    outcome = read(rows, {1: fill, 2: {"done": "x"}, 3: {"done": "x"}})
    said = {(one.row_id[-1], one.code): (one.verdict, one.how) for one in outcome.decisions}
    assert {key: one for key, one in said.items() if key[0] != "3"} == {
        ("1", "own_values"): ADDED,
        ("1", "no"): ("absent", "implied"),
        ("2", "own_values"): ("absent", "implied"),
    }
    assert {code for row, code in said if row == "3"} == set(BOOK.codes)
    assert not outcome.warnings


def test_what_was_not_asked_again_is_left_aside_and_said() -> None:
    outcome = read([again(1, "no")], {1: {"done": "x", "code 1": "own_values", "more codes": "no"}})
    assert [(one.code, one.verdict) for one in outcome.decisions] == [("no", "present")]
    (warning,) = outcome.warnings
    assert "row 2" in warning and "asks again for no only" in warning
    assert "own_values is left aside" in warning


def test_a_row_asked_again_need_not_say_its_episode() -> None:
    rows = [row_of(1, SHOWN), again(2, "no"), row_of(3, SHOWN)]
    done = {"done": "x"}
    outcome = read(rows, {1: done | {"episode": "2"}, 2: done, 3: done | {"episode": "same"}})
    assert {(one.row_id[-1], one.episode) for one in outcome.decisions} == {
        ("1", "2"), ("2", ""), ("3", "2"),
    }  # fmt: skip


def test_the_how_to_explains_asking_again_where_it_happens() -> None:
    def heads(rows: Sequence[RowContent]) -> list[str]:
        guide, *_ = build_workbook(BOOK, rows, CODEBOOK, "A study")
        return [row["head"] for row in guide.rows]

    assert "Asked again" in heads([again(1, "no")])
    assert "Asked again" not in heads([row_of(1, blind=True)])


def test_asking_again_is_blind_and_for_codes_of_the_workbook() -> None:
    seen = row_of(1, SHOWN)
    for row in (
        replace(seen, dealt=replace(seen.dealt, asked=("no",))),
        again(1, "limited_room"),
    ):
        with pytest.raises(ValueError, match="asks again"):
            review_of([row])


def test_what_a_blind_row_was_dealt_with_is_never_taken_for_shown() -> None:
    blind = row_of(1, blind=True)
    assert review_of([replace(blind, because=("near a sentence",))]).rows[0]["because"] == ""
    back = returned(review_of([blind]), {1: {"done": "x", "code 4": "own_values"}})
    dealt = replace(blind.dealt, shown=(("own_values", 0.9),))
    outcome = read_review(back, {dealt.row_id: dealt}, {BOOK.id: BOOK}, FILE, TIME)
    assert marks(outcome) == {"own_values": ADDED}
    assert {(one.shown, one.score, one.model_id) for one in outcome.decisions} == {((), None, "")}


def test_a_label_that_two_codes_share_names_neither() -> None:
    codes = tuple(replace(code, label="Twin") for code in CODEBOOK.codes[:2])
    book = replace(CODEBOOK, codes=(*codes, *CODEBOOK.codes[2:]))
    back = returned(review_of([row_of(1)]), {1: {"done": "x", "code 4": "twin"}})
    with pytest.raises(PipelineError, match="no code of this workbook"):
        read_review(back, {"ana-01-001": row_of(1).dealt}, {BOOK.id: BOOK}, FILE, TIME, book)


def test_codes_can_be_named_without_the_codebook_at_hand() -> None:
    back = returned(review_of([row_of(1)]), {1: {"done": "x", "code 4": "Own values"}})
    dealt = {"ana-01-001": row_of(1).dealt}
    assert marks(read_review(back, dealt, {BOOK.id: BOOK}, FILE, TIME)) == {"own_values": ADDED}


def test_two_copies_of_which_neither_is_done_are_no_fault() -> None:
    outcome = read([row_of(1)], {1: {"comment": "a"}}, copy_first(comment="b"))
    assert (outcome.decisions, outcome.counts.repeated) == ((), 1)


def test_an_unknown_row_number_is_a_fault() -> None:
    def rename(rows: list[ReadRow]) -> list[ReadRow]:
        return [rows[0], replace(rows[1], values={**rows[1].values, "row": "secret"})]

    with pytest.raises(
        PipelineError, match=r"row 3, column 'row': this row number was never dealt"
    ):
        read([row_of(1), row_of(2)], {2: {"done": "x"}}, rename)


def test_an_answer_beside_an_emptied_row_number_is_a_fault_a_note_is_not() -> None:
    def empty(rows: list[ReadRow]) -> list[ReadRow]:
        return [rows[0], replace(rows[1], values={**rows[1].values, "row": ""})]

    rows = [row_of(1), row_of(2)]
    with pytest.raises(PipelineError, match=r"the row number is gone"):
        read(rows, {2: {"done": "x"}}, empty)
    assert read(rows, {1: {"done": "x"}}, empty).counts.missing == 1


def test_a_file_of_another_study_is_one_fault() -> None:
    back = returned(review_of([row_of(1), row_of(2)]), {})
    with pytest.raises(PipelineError) as caught:
        read_review(back, {}, {}, FILE, TIME)
    assert len(caught.value.faults) == 1
    assert "none of its rows was dealt" in str(caught.value)


def copy_first(**cells: str) -> Callable[[list[ReadRow]], list[ReadRow]]:
    """Append a copy of the first row, with other cells."""

    def change(rows: list[ReadRow]) -> list[ReadRow]:
        return [*rows, replace(rows[0], row=9, values={**rows[0].values, **cells})]

    return change


@pytest.mark.parametrize("cells", [{}, {"1?": "Y"}, {"my own": "note"}, {"done": "ja"}])
def test_a_row_there_twice_with_the_same_answers_counts_once(cells: dict[str, str]) -> None:
    outcome = read([row_of(1, SHOWN)], {1: {"done": "x", "1?": "yes"}}, copy_first(**cells))
    assert len(outcome.decisions) == len(BOOK.codes)
    assert (outcome.counts.done, outcome.counts.repeated, outcome.counts.missing) == (1, 1, 0)
    assert "row 9: this is the same row as row 2" in outcome.warnings[0]


@pytest.mark.parametrize("cells", [{"1?": "no"}, {"comment": "b"}, {"episode": "2"}, {"done": ""}])
def test_a_row_there_twice_with_other_answers_is_a_fault(cells: dict[str, str]) -> None:
    with pytest.raises(PipelineError, match=r"row 9: this is the same row as row 2, with other"):
        read([row_of(1, SHOWN)], {1: {"done": "x", "1?": "yes"}}, copy_first(**cells))


def test_same_is_the_episode_of_the_last_done_row_of_that_interview_as_dealt() -> None:
    where = ["T001", "T001", "T002", "T001", "T001", "T002"]
    rows = [row_of(n, transcript=t) for n, t in enumerate(where, 1)]
    typed = ["1", "", "7b", "same", "same", "Idem"]
    fills = {n: {"done": "x", "episode": e} for n, e in enumerate(typed, 1)}
    fills[2]["done"] = ""  # not done: not the one before
    outcome = read(rows, fills, lambda back: back[::-1])
    by_row = {one.row_id: one.episode for one in outcome.decisions}
    assert list(by_row.values()) == ["1", "7b", "1", "1", "7b"]


def test_an_edited_text_is_pointed_out_and_left_aside() -> None:
    rows = [row_of(1), row_of(2), row_of(3, text="- well, yes")]
    fills = {1: {"done": "x", "text": "secret"}, 2: {"done": "x"}}
    fills[2]["text"] = rows[1].segment.text.replace(" ", "\r\n", 1) + " "
    fills[3] = {"done": "x", "text": "'- well, yes"}  # the apostrophe of csv
    outcome = read(rows, fills)
    assert (outcome.counts.edited, outcome.counts.done) == (1, 3)
    assert "in row 2;" in outcome.warnings[0]
    assert "secret" not in outcome.warnings[0]


def test_columns_sorted_apart_are_refused() -> None:
    rows = [row_of(n) for n in range(1, 4)]
    fills = {n: {"done": "x", "text": rows[n % 3].segment.text} for n in range(1, 4)}
    with pytest.raises(PipelineError, match=r"another row number in rows 2, 3, 4"):
        read(rows, fills)


def test_a_recalled_workbook_is_read_and_pointed_out() -> None:
    book = replace(BOOK, state="recalled")
    outcome = read([row_of(1)], {1: {"done": "x"}}, book=book)
    assert outcome.counts.done == 1
    assert "workbook ana-01 was recalled" in outcome.warnings[0]


def test_more_than_three_suggestions_have_their_verdict_cells() -> None:
    codes = ["no", "paperwork", "own_values", "break_rules"]
    outcome = read([row_of(1, codes)], {1: {"done": "x", "4?": "yes"}})
    assert marks(outcome) == {"break_rules": ACCEPTED}

    def without(rows: list[ReadRow]) -> list[ReadRow]:
        kept = {title: cell for title, cell in rows[0].values.items() if title != "4?"}
        return [replace(rows[0], values=kept)]

    with pytest.raises(PipelineError, match=r"column '4\?' is missing"):
        read([row_of(1, codes)], {1: {"done": "x"}}, without)


@pytest.mark.parametrize(
    "row",
    [
        row_of(1, ["break_rules"], blind=True),
        row_of(1, ["limited_room"]),
        row_of(1, ["no", "no"]),
        replace(row_of(1), segment=replace(row_of(1).segment, text="Another text.")),
    ],
)
def test_a_row_that_was_dealt_wrongly_is_our_own_fault(row: RowContent) -> None:
    with pytest.raises(ValueError, match="ana-01-001"):
        build_workbook(BOOK, [row], CODEBOOK, "small")


def test_the_workbook_that_a_coder_opens() -> None:
    rows = [row_of(1, SHOWN), row_of(2, blind=True)]
    guide, review, codebook = build_workbook(BOOK, rows, CODEBOOK, "small")
    assert [sheet.opens for sheet in (guide, review, codebook)] == [True, False, False]
    later = build_workbook(replace(BOOK, id="ana-02"), [], CODEBOOK, "small")
    assert [sheet.opens for sheet in later] == [False, True, False]
    assert [row["family"] for row in codebook.rows] == ["coping"] * 3 + ["motive"] * 3 + [
        "organisation"
    ]
    titles = [column.title for column in review.columns]
    assert set(REQUIRED) <= set(titles)
    assert titles[:8] == "row transcript speaker before text after why because".split()
    code = review.columns[titles.index("code 1")]
    assert code.choices[:3] == ("— coping —", "obey_rules", "break_rules")
    before = review.rows[0]["before"]
    assert isinstance(before, str)
    assert before.startswith("Interviewer: … ")
    assert before.endswith("Just now.\nInterviewer: And then?")
    assert len(before) < 200


def test_the_gate_sees_every_word_that_was_said() -> None:
    rows = [row_of(1, SHOWN), row_of(2, blind=True)]
    words = words_of(rows)
    review = review_of(rows)
    assert set(words) == {"speaker", "before", "text", "after", "because"}
    for title, texts in words.items():
        assert texts == tuple(row[title] for row in review.rows)


def test_an_example_of_the_codebooks_own_codes_stands_in_the_how_to() -> None:
    guide = build_workbook(BOOK, [], CODEBOOK, "small")[0]
    text = " ".join(str(row["text"]) for row in guide.rows)
    assert "obey_rules present, break_rules absent, keep_distance unsure" in text
    assert "4 other codes absent" in text
    assert BLIND in text and NOTHING in text


# What a coder may do in a row, and what it must come to.

VERDICTS = {"yes": "present", "no": "absent", "unsure": "unsure"}


@st.composite
def batches(
    draw: st.DrawFn,
) -> tuple[list[RowContent], dict[int, dict[str, str]], dict[str, dict[str, tuple[str, str]]]]:
    """Rows, what is filled in, and the decisions that must come out, by row id and code."""
    rows, fills, expected = [], {}, {}
    for n in range(1, draw(st.integers(1, 6)) + 1):
        blind = draw(st.booleans())
        order = draw(st.permutations(BOOK.codes))
        shown = () if blind else order[: draw(st.integers(0, 3))]
        text = draw(
            st.sampled_from(["", "- yes", "=well, 2", "caf\u00e9; \u201cso\u201d", "@ home"])
        )
        row = row_of(n, shown, blind=blind, text=f"{text} {n}".strip(), transcript=f"T00{n % 2}")
        rows.append(row)
        fill: dict[str, str] = {"comment": draw(st.sampled_from(["", "-hm", "a, b;\nc"]))}
        result = {code: ("absent", "implied") for code in BOOK.codes}
        for slot, code in enumerate(shown, 1):
            if said := draw(st.sampled_from(["", *VERDICTS])):
                fill[f"{slot}?"] = said
                how = {"yes": "accepted", "no": "rejected", "unsure": "added"}[said]
                result[code] = (VERDICTS[said], how)
        added = order[len(shown) :][: draw(st.integers(0, 4))]
        free = [slot for slot in range(1, 7) if slot > len(shown)]
        for slot, code in zip(free, added, strict=False):
            fill[f"code {slot}"] = draw(
                st.sampled_from([code, code.upper(), f"{CODES[code][0]} / {code}", CODES[code][1]])
            )
            said = draw(st.sampled_from(["", "yes", "unsure"])) if slot <= 3 else ""
            if said:
                fill[f"{slot}?"] = said
            result[code] = ("unsure" if said == "unsure" else "present", "added")
        if draw(st.booleans()):
            fill["done"] = "x"
            expected[row.dealt.row_id] = result
        fills[n] = fill
    return rows, fills, expected


@pytest.mark.parametrize("kind", sorted(WRITERS))
@settings(max_examples=40, deadline=None)
@given(batch=batches(), seed=st.integers(0, 999))
def test_decisions_come_back_whatever_was_done_to_the_sheet(
    kind: str,
    batch: tuple[
        list[RowContent], dict[int, dict[str, str]], dict[str, dict[str, tuple[str, str]]]
    ],
    seed: int,
) -> None:
    rows, fills, expected = batch
    data = mangled(rows, fills, random.Random(seed), kind)
    dealt = {row.dealt.row_id: row.dealt for row in rows}
    back = read_rows(data, f"a.{kind}", REQUIRED)
    outcome = read_review(back, dealt, {BOOK.id: BOOK}, FILE, TIME, CODEBOOK)
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for one in outcome.decisions:
        found.setdefault(one.row_id, {})[one.code] = (one.verdict, one.how)
        assert one.comment == fills[dealt[one.row_id].position]["comment"]
    assert found == expected
    assert list(found) == sorted(found)
    assert outcome.counts.edited == 0
    assert outcome.counts.done == len(expected)
    counts = outcome.counts
    assert counts.done + counts.untouched + counts.not_done + counts.missing in (len(rows), 0)


def mangled(
    rows: Sequence[RowContent],
    fills: Mapping[int, Mapping[str, str]],
    rng: random.Random,
    kind: str,
) -> bytes:
    """The filled workbook as it may come back: rows shuffled, some untouched ones deleted, columns
    moved, a column added and one that nobody needs deleted."""
    sheets = build_workbook(BOOK, rows, CODEBOOK, "small")
    sheet = next(sheet for sheet in sheets if sheet.main)
    filled = [
        {**row, **fills[n], "mine": "note"}
        for n, row in enumerate(sheet.rows, 1)
        if "done" in fills[n] or rng.random() < 0.7
    ]
    rng.shuffle(filled)
    columns = [column for column in sheet.columns if column.key != "because"]
    columns.append(Column(key="mine", title="Mine", width=5))
    rng.shuffle(columns)
    filled = [{k: v for k, v in row.items() if k != "because"} for row in filled]
    changed = replace(sheet, columns=tuple(columns), rows=tuple(filled), looks={})
    module, _, name = WRITERS[kind].partition(":")
    out = [changed if one.main else one for one in sheets]
    data: bytes = getattr(importlib.import_module(module), name)(out)
    return data


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_a_workbook_saved_by_libreoffice_says_the_same(
    kind: str, convert: Callable[..., bytes]
) -> None:
    rows = [
        row_of(1, SHOWN, text="- well, \u201cyes\u201d; caf\u00e9"),
        row_of(2, blind=True, text="=no, really"),
        row_of(3, ["own_values"]),
        row_of(4),
    ]
    fills = {
        1: {"done": "x", "1?": "yes", "2?": "unsure", "episode": "1", "comment": "-a\nb"},
        2: {"done": "x", "code 1": "motive / no", "more codes": "paperwork; own_values"},
        3: {"1?": "no"},
    }
    sheets = build_workbook(BOOK, rows, CODEBOOK, "small")
    filled = tuple({**row, **fills.get(n, {})} for n, row in enumerate(sheets[1].rows, 1))
    data = write_xlsx([sheets[0], replace(sheets[1], rows=filled), sheets[2]])
    dealt = {row.dealt.row_id: row.dealt for row in rows}

    def outcome(file: bytes, name: str) -> Outcome:
        back = read_rows(file, name, REQUIRED)
        return read_review(back, dealt, {BOOK.id: BOOK}, FILE, TIME, CODEBOOK)

    direct, saved = outcome(data, "a.xlsx"), outcome(convert(data, kind, 2), f"a.{kind}")
    assert saved.decisions == direct.decisions
    assert saved.counts == direct.counts
    assert direct.counts.done == 2
    assert direct.counts.edited == 0
