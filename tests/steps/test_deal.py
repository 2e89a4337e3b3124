"""What goes out to whom, through edits, other segmentations and whole interviews."""

from typing import Any

import pytest
import test_study_grows as grows

from pipeline.errors import PipelineError
from pipeline.records import Anchor, Dealt, Decision, ListName
from pipeline.review import text_check
from pipeline.steps.deal import Wish, deal
from pipeline.steps.lists import draw_lists
from pipeline.steps.material import anchors_of, read_material, settle
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study, open_study
from pipeline.store.decisions import (
    add_decisions,
    look_at,
    open_decisions,
    read_dealt,
    read_drawn,
    read_workbooks,
    set_state,
)
from pipeline.store.gate import Gate

study = grows.study
WHOLE = "the whole interview"


def prepared(study: Study) -> Study:
    """Two coders, all steps, and no workbook out: those that went out are called back."""
    study = settings(study, 'coders = ["coder1"]', 'coders = ["ana", "bo"]')
    grows.run(study)
    recall(study)
    return open_study(grows.folder_of(study))


def recall(study: Study) -> None:
    with open_decisions(study.decisions) as db:
        for book in read_workbooks(db):
            set_state(db, book.id, "recalled")


def settings(study: Study, old: str, new: str) -> Study:
    path = grows.folder_of(study) / "study.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return open_study(grows.folder_of(study))


def newest(study: Study, coder: str) -> list[Dealt]:
    with look_at(study.decisions) as db:
        book = [book for book in read_workbooks(db) if book.coder == coder][-1]
        return [row for row in read_dealt(db) if row.workbook_id == book.id]


def drawn_of(study: Study, name: ListName = "audit") -> list:  # type: ignore[type-arg]
    with look_at(study.decisions) as db:
        return read_drawn(db, name)


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["code", "train"])
def test_a_whole_interview_keeps_its_audit_rows_blind_and_apart(study: Study, phase: str) -> None:
    study = prepared(study)
    study = settings(study, 'phase = "code"', f'phase = "{phase}"')
    audit = {a: coders for a, _, coders in drawn_of(study)}
    anchor = {a: coders for a, _, coders in drawn_of(study, "anchor")}
    ranks = {a: rank for a, rank, _ in drawn_of(study)}
    assert anchor
    material = read_material(study)
    for coder in study.config.review.coders:
        name = "T001" if phase == "code" else None
        (line,) = deal(study, Wish(coder=coder, transcript=name))
        rows = newest(study, coder)
        name = name or rows[0].segment_id[:4]
        of_it = {
            a for a, s in zip(material.anchors, material.segments, strict=True)
            if s.transcript_id == name
        }  # fmt: skip
        mine = {a for a in of_it & set(audit) if coder in audit[a]}
        # Shown with suggestions or not at all: where the whole interview is blind they stay apart.
        shown = {a for a in of_it & set(anchor) if coder in anchor[a] and phase == "code"}
        assert {r.anchor for r in rows} == of_it - set(audit) - set(anchor) | mine | shown
        for row in rows:
            if row.anchor in shown:
                assert (row.list, row.blind) == ("anchor", coder != anchor[row.anchor][0])
            elif row.anchor in audit:
                assert (row.list, row.list_rank) == ("audit", ranks[row.anchor])
                assert row.blind and not row.shown
            else:
                assert (row.list, row.why) == ("train", WHOLE)
    assert any(coders != ("ana",) for coders in audit.values())  # some are not for each


@pytest.mark.slow
def test_an_edit_brings_no_second_draw_and_no_row_twice(study: Study) -> None:
    study = settings(study, 'coders = ["coder1"]', 'coders = ["ana", "bo"]')
    grows.run(study)
    before, n_drawn = drawn_of(study), len(drawn_of(study))
    coder = "ana"
    with look_at(study.decisions) as db:
        out = {row.anchor for row in read_dealt(db)}
    grows.write(grows.folder_of(study), "1.txt", "I: One more thing.\nR: Oh.\n" + grows.talk(1))
    again = open_study(grows.folder_of(study))
    grows.run(again)
    material = read_material(again)
    draw_lists(again, material)
    assert drawn_of(again) == before and n_drawn
    reserved = settle(again, [a for a, _, _ in before], material.segments)
    assert None not in reserved and set(reserved) <= set(material.anchors)
    assert None not in settle(again, sorted(out, key=str), material.segments)
    with open_decisions(again.decisions) as db:  # one comes back, the others stay out
        for book in read_workbooks(db):
            if book.coder == coder:
                set_state(db, book.id, "returned")
    with look_at(again.decisions) as db:
        others = {r.anchor for r in read_dealt(db) if not r.workbook_id.startswith(coder)}
    still_out = set(settle(again, sorted(others, key=str), material.segments))
    list(deal(again, Wish(coder=coder)))
    for row in newest(again, coder):
        assert (row.list == "audit") == (row.anchor in reserved)
        assert row.list in ("audit", "anchor") or row.anchor not in still_out
    assert still_out and {row.list for row in newest(again, coder)} >= {"audit", "query"}


@pytest.mark.slow
def test_audit_rows_of_another_segmentation_go_out_as_they_were_drawn(study: Study) -> None:
    for n in (1, 2, 3):
        longer = grows.talk(n).replace(" and then", ". It was late. We were tired then")
        grows.write(grows.folder_of(study), f"{n}.txt", longer.replace(", that was", ". That was"))
    study = prepared(study)
    segments = read_segments(study)
    before = dict(zip(anchors_of(study, segments), segments, strict=True))
    assert not [line for line in deal(study, Wish()) if line.startswith("!")]
    recall(study)
    study = settings(study, "[review]", '[segment]\nunit = "sentences"\n\n[review]')
    study = settings(study, "batch = 8", "batch = 40")
    grows.run(study)
    there = set(read_material(study).anchors)
    assert not there & {a for a, _, _ in drawn_of(study)}
    for coder in ("ana", "bo"):
        rows = {row.anchor: row for row in newest(study, coder) if row.list == "audit"}
        assert rows.keys() == {a for a, _, coders in drawn_of(study) if coder in coders}
        for anchor, row in rows.items():
            assert row.blind and row.segmentation == "answer"
            assert row.text_check == text_check(before[anchor].text)
            assert row.segment_id == before[anchor].segment_id
        others = [row for row in newest(study, coder) if row.list != "audit"]
        assert others and {row.segmentation for row in others} == {""}
    recall(study)
    (line,) = [line for line in deal(study, Wish()) if line.startswith("!")]
    assert "anchor row" in line and "[segment] unit" in line


@pytest.mark.slow
def test_what_cannot_be_dealt_is_said(study: Study) -> None:
    grows.run(study)
    assert list(deal(study, Wish())) == [
        "every coder has a workbook open: import one first (motif review in FILE)"
    ]
    busy = study.config.review.coders[0]
    with pytest.raises(PipelineError, match="no transcript of this id"):
        list(deal(study, Wish(coder=busy, transcript="T999")))
    with pytest.raises(PipelineError, match="--sweep"):
        list(deal(study, Wish(coder=busy, transcript="T001", sweep=True)))
    recall(study)
    material = read_material(study)
    both = zip(material.anchors, material.segments, strict=True)
    of_it = [anchor for anchor, segment in both if segment.transcript_id == "T001"]
    for code in ("writing", "coffee"):
        decide(study, of_it, code)
    assert list(deal(study, Wish(transcript="T001"))) == [f"{busy}: nothing is left to ask of T001"]


def decide(study: Study, anchors: list[Anchor], code: str = "coffee", **more: Any) -> None:
    """As if the first coder had answered these rows."""
    given = {
        "coder": study.config.review.coders[0], "code": code, "verdict": "present", "how": "added",
        "phase": "code", "round": 0, "list": "query", "list_rank": 1, "segmentation": "answer",
        "codebook_version": "1", "time": "",
    }  # fmt: skip
    decisions = [
        Decision(row_id=f"{code}-{at}", anchor=anchor, **(given | more))
        for at, anchor in enumerate(anchors)
    ]
    with open_decisions(study.decisions) as db:
        add_decisions(db, decisions, Gate(()), source="test", file_hash="", time="")
