"""What of the drawn lists goes to whom: shown or blind, asked again for what is new."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import test_deal as deals
import test_study_grows as grows

from pipeline import cli
from pipeline.query.mixture import FIRST, LATER
from pipeline.records import Anchor, Dealt, Decision
from pipeline.sheets.delimited import write_csv
from pipeline.sheets.read import read_rows
from pipeline.steps.audit import estimates, read_sample
from pipeline.steps.counts import read_corpus
from pipeline.steps.deal import Wish, deal
from pipeline.steps.lists import BY_CHANCE
from pipeline.steps.material import read_material
from pipeline.steps.study import Study, open_study
from pipeline.store.decisions import look_at, read_decisions
from pipeline.tables import Column, Sheet

study = grows.study
NEW = """
  - id: stairs
    family: f
    label: Stairs
    definition: Somebody climbs or mentions stairs.
"""


def answer(study: Study, coder: str, *, skip: tuple[str, ...] = (), **cells: str) -> None:
    """The coder's newest workbook comes back: done, with these cells, but for the rows skipped."""
    book = deals.newest(study, coder)[0].workbook_id
    path = study.review / f"{book}.xlsx"
    rows = [dict(row.values) for row in read_rows(path.read_bytes(), path.name, ("row", "done"))]
    for row in rows:
        row |= {"done": "x", **cells} if row["row"] not in skip else {}
    columns = tuple(Column(key=title, title=title, width=10) for title in rows[0])
    back = path.with_suffix(".csv")
    back.write_bytes(write_csv([Sheet(name="Review", columns=columns, rows=tuple(rows),
                                      main=True)]))  # fmt: skip
    assert cli._run(["review", "in", str(back), "-s", str(study.config.path)]) == 0


def latest_of(study: Study, row_ids: set[str]) -> list[Decision]:
    with look_at(study.decisions) as db:
        return [one for one in read_decisions(db) if one.row_id in row_ids]


def rewrite(study: Study, old: str, new: str) -> Study:
    path = study.config.codebook
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return open_study(grows.folder_of(study))


def everything_out(study: Study, *coders: str) -> Study:
    named = ", ".join(f'"{one}"' for one in coders)
    study = deals.settings(study, 'coders = ["coder1"]', f"coders = [{named}]")
    study = deals.settings(study, "batch = 8", "batch = 500")
    study = deals.settings(study, "audit_rows = 2", "audit_rows = 2\ndouble = 1.0")
    grows.run(study)
    return open_study(grows.folder_of(study))


@pytest.mark.slow
def test_an_anchor_row_is_shown_to_one_and_asked_blind_of_another(study: Study) -> None:
    study = everything_out(study, "ana", "bo")
    drawn = {a: coders for a, _, coders in deals.drawn_of(study, "anchor")}
    audit = {a for a, _, _ in deals.drawn_of(study)}
    assert drawn and not audit & drawn.keys()
    assert len(drawn) in (len(audit) // 4, -(-len(audit) // 4))
    rows = {coder: deals.newest(study, coder) for coder in ("ana", "bo")}
    for coder, dealt in rows.items():
        of_list = {row.anchor: row for row in dealt if row.list == "anchor"}
        assert of_list.keys() == drawn.keys()  # double = 1: to both
        assert len({row.anchor for row in dealt}) == len(dealt)  # and no strategy offers one
        for anchor, row in of_list.items():
            assert row.blind == (coder != drawn[anchor][0])
            assert row.why == BY_CHANCE and not row.asked
    both = [row for dealt in rows.values() for row in dealt]
    shown = [row for row in both if row.list == "query" and not row.blind]
    # Nothing tells an anchor row from others: the default strategy says the same of some of its.
    assert any(row.why == BY_CHANCE for row in shown)
    assert Counter(row.anchor for row in shown).most_common(1)[0][1] == 1
    book = rows["ana"][0].workbook_id
    path = study.review / f"{book}.xlsx"
    cells = {row.values["row"]: row.values for row in read_rows(path.read_bytes(), "x", ("row",))}
    for row in rows["ana"]:
        assert not {"anchor", "audit"} & set(cells[row.row_id]["why"].split())
        # reasons are made for what is shown, and for nothing else
        assert bool(cells[row.row_id]["because"]) == bool(row.shown)
    assert any(row.shown for row in rows["ana"])
    table = pd.read_parquet(study.derived / "suggestions.parquet")
    assert set(table["because"]) == {""}


def test_the_default_strategy_draws_some_rows_at_random() -> None:
    """What an anchor row says of itself must be said of others too."""
    from pipeline.query.at_random import at_random

    assert at_random in FIRST and at_random in LATER


@pytest.mark.slow
def test_shares_of_a_batch(study: Study) -> None:
    study = deals.settings(study, "batch = 8", "batch = 10")
    study = deals.settings(study, "audit_rows = 2", "audit_rows = 9")
    grows.run(study)
    rows = deals.newest(study, "coder1")
    assert Counter(row.list for row in rows) == {"audit": 2, "anchor": 1, "query": 7}
    order = [(row.segment_id[:4], row.anchor.source_start) for row in rows]
    assert order == sorted(order)
    (audit,) = {row.blind for row in rows if row.list == "audit"}
    assert audit


@pytest.mark.slow
def test_a_new_code_sends_audit_rows_out_again_for_that_code_alone(study: Study) -> None:
    study = everything_out(study, "ana")
    audit = deals.drawn_of(study)
    first = deals.newest(study, "ana")
    of_audit = [row for row in first if row.list == "audit"]
    assert {row.anchor for row in of_audit} == {a for a, _, _ in audit}
    skipped = of_audit[0]
    answer(study, "ana", skip=(skipped.row_id,), episode="3", **{"code 6": "coffee"})

    study = rewrite(study, 'version: "1"', 'version: "2"')
    path = study.config.codebook
    path.write_text(path.read_text("utf-8").rstrip() + NEW, "utf-8")
    study = open_study(grows.folder_of(study))
    grows.run(study)
    again = deals.newest(study, "ana")
    ids = {row.row_id for row in again}
    assert len(again) == len(audit)  # all other rows are decided, and not asked again
    for row in again:
        assert row.list == "audit" and row.blind and not row.shown
        # skipped is not replaced: the same row, whole
        assert row.asked == (() if row.anchor == skipped.anchor else ("stairs",))
    assert {row.list_rank for row in again} == {rank for _, rank, _ in audit}
    why = whys(study, again)
    assert set(why.values()) == {
        "no suggestion shown",
        "asked again for: stairs (no suggestion shown)",
    }
    answer(study, "ana", **{"code 1": "stairs", "code 2": "coffee"})
    said = latest_of(study, ids)
    whole = {row.row_id for row in again if not row.asked}
    assert {d.code for d in said if d.row_id not in whole} == {"stairs"}
    assert {d.code for d in said if d.row_id in whole} == {"writing", "coffee", "stairs"}
    assert {d.episode for d in said if d.row_id not in whole} == {"3"}  # as the coder said then
    assert {d.codebook_version for d in said} == {"2"}
    lines = list(deal(study, Wish()))
    n_others = len(first) - len(audit)
    assert lines == [
        f"! of {n_others} rows coded so far (the audit list aside), these codes were not asked: "
        f"stairs in {n_others}. They are unknown there, not absent",
        "ana: nothing is left to ask",
    ]


@pytest.mark.slow
def test_another_definition_is_asked_again_with_another_version_only(study: Study) -> None:
    study = everything_out(study, "ana")
    answer(study, "ana", **{"code 6": "coffee"})
    old = "Somebody drinks coffee or talks about the canteen."
    study = rewrite(study, old, "Somebody drinks coffee.")
    (line, end) = list(deal(study, Wish()))
    assert end == "ana: nothing is left to ask"
    assert line.startswith("! the definition of coffee has changed") and "new version" in line
    study = rewrite(study, 'version: "1"', 'version: "2"')
    grows.run(study)
    rows = deals.newest(study, "ana")
    assert {row.anchor for row in rows} == {a for a, _, _ in deals.drawn_of(study)}
    assert {row.asked for row in rows} == {("coffee",)}
    answer(study, "ana")
    assert list(deal(study, Wish())) == ["ana: nothing is left to ask"]
    study = rewrite(study, "Coffee\n", "Coffee, tea\n")  # another label is no other code
    study = rewrite(study, 'version: "2"', 'version: "3"')
    grows.run(study)
    assert list(deal(study, Wish())) == ["ana: nothing is left to ask"]


@pytest.mark.slow
def test_what_was_coded_with_suggestions_is_no_answer_to_an_audit_row(study: Study) -> None:
    """Coded while codes still grew, drawn later: the audit asks it anew, without sight of them."""
    study = deals.settings(study, 'phase = "code"', 'phase = "develop"')
    study = deals.settings(study, "batch = 8", "batch = 500")
    grows.run(study)
    assert not deals.drawn_of(study)
    seen = {row.anchor for row in deals.newest(study, "coder1") if not row.blind}
    answer(study, "coder1")
    study = deals.settings(study, 'phase = "develop"', 'phase = "code"')
    list(deal(study, Wish()))
    again: list[Dealt] = deals.newest(study, "coder1")
    audit: set[Anchor] = {a for a, _, _ in deals.drawn_of(study)}
    anchor: set[Anchor] = {a for a, _, _ in deals.drawn_of(study, "anchor")}
    assert audit & seen and anchor & seen
    assert {row.anchor for row in again} == (audit | anchor) & seen
    assert all(row.blind == (row.list == "audit") == (row.anchor in audit) for row in again)
    assert not any(row.asked for row in again)
    material = read_material(study)
    assert len(material.segments) > len(audit | anchor)
    # Neither does it count as one, in the estimates or in a comparison.
    answered = {c: one["answered"] for c, one in
                estimates(material, read_sample(study, material), None).items()}  # fmt: skip
    unseen = sum(a in audit and a not in seen for a in material.anchors)  # blind by its share
    assert answered == {"writing": unseen, "coffee": unseen} and unseen < len(audit)
    counted = [one.counts["coffee"] for one in read_corpus(study).interviews]
    assert sum(one.audit for one in counted) == unseen
    answer(study, "coder1")
    material = read_material(study)
    found = estimates(material, read_sample(study, material), None)["coffee"]
    counted = [one.counts["coffee"] for one in read_corpus(study).interviews]
    assert found["answered"] == sum(one.audit for one in counted) == len(audit)


def whys(study: Study, rows: list[Dealt]) -> dict[str, str]:
    path: Path = study.review / f"{rows[0].workbook_id}.xlsx"
    found = read_rows(path.read_bytes(), path.name, ("row",))
    return {row.values["row"]: row.values["why"] for row in found}
