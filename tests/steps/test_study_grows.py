"""A study over time: files come, are renamed and edited; only what is new is done again."""

from pathlib import Path

import pytest

from pipeline import cli
from pipeline.steps import anonymise as anonymise_step
from pipeline.steps import embed as embed_step
from pipeline.steps.ingest import read_registry
from pipeline.steps.lists import draw_lists
from pipeline.steps.material import read_material, settle_anchors
from pipeline.steps.study import Study, open_study
from pipeline.store.decisions import look_at, read_dealt, read_drawn

BOOK = """
id: b
version: "1"
title: B
families: {f: what it is}
codes:
  - id: writing
    family: f
    label: Writing
    definition: Somebody writes something down or fills in a form.
    examples: ["I filled in the form that evening.", "You write it all down, every hour of it."]
  - id: coffee
    family: f
    label: Coffee
    definition: Somebody drinks coffee or talks about the canteen.
    examples: ["We had coffee in the canteen.", "The machine makes terrible coffee."]
"""
TOPICS = ("the forms", "my sister", "the stairs", "a bicycle", "the canteen", "an old clock",
          "the rain", "two keys", "the bus", "a letter", "the garden", "some bread")  # fmt: skip


def talk(n: int) -> str:
    lines = []
    for at, topic in enumerate(TOPICS):
        lines.append(f"I: Tell me about {topic}, would you, number {n}?")
        lines.append(
            f"R: Well, {topic}, that was with Mrs. Jansen{n} in house {at}, she wrote it all down "
            f"and then, what was it, we sat there for {at + n} hours and drank our coffee."
        )
    return "\n".join(lines) + "\n"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("MOTIF_VAULT_KEY", "a long enough phrase")
    folder = tmp_path / "study"
    assert cli._run(["init", str(folder)]) == 0
    (folder / "codebook.yaml").write_text(BOOK, "utf-8")
    settings = (folder / "study.toml").read_text("utf-8")
    settings = settings.replace('phase = "develop"', 'phase = "code"\nbatch = 8\naudit_rows = 2')
    (folder / "study.toml").write_text(settings, "utf-8")
    for n in (1, 2, 3):
        write(folder, f"{n}.txt", talk(n))
    return open_study(folder)


def write(folder: Path, name: str, text: str) -> None:
    (folder / "transcripts" / name).write_text(text, "utf-8")


def run(study: Study, *words: str, code: int = 0) -> None:
    assert cli._run(["run", "-s", str(study.config.path), *words]) == code


def folder_of(study: Study) -> Path:
    return study.config.path.parent


@pytest.mark.slow
def test_a_new_transcript_costs_its_own_work_only(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(study)
    searched: list[str] = []
    original = anonymise_step.find
    monkeypatch.setattr(
        anonymise_step,
        "find",
        lambda text, context: searched.append(text) or original(text, context),
    )
    embedded: list[str] = []
    encode = embed_step._encode

    def watched(model: object, name: str, texts: list[str], *rest: object) -> object:
        embedded.extend(texts)
        return encode(model, name, texts, *rest)

    monkeypatch.setattr(embed_step, "_encode", watched)
    run(study)
    assert not searched and not embedded  # nothing was due
    write(folder_of(study), "4.txt", talk(4))
    run(study)
    assert len(searched) == 1 and "number 4" in searched[0]
    material = read_material(study)
    new = [s.text for s in material.segments if s.transcript_id == "T004"]
    assert sorted(embedded) == sorted(new)


@pytest.mark.slow
def test_workers_change_nothing(study: Study, tmp_path: Path) -> None:
    run(study)
    one = (study.derived / "suggestions.parquet").read_bytes()
    turns = (study.derived / "turns.parquet").read_bytes()
    for path in (study.config.work, study.config.vault_path):
        path.rename(path.with_name(f"{path.name} before"))
    again = open_study(folder_of(study))
    run(again, "--workers", "2")
    assert (again.derived / "turns.parquet").read_bytes() == turns
    assert (again.derived / "suggestions.parquet").read_bytes() == one


def test_a_renamed_file_stays_its_transcript(study: Study) -> None:
    run(study, "--only", "ingest")
    folder = folder_of(study) / "transcripts"
    (folder / "2.txt").rename(folder / "a better name.txt")
    run(study, "--only", "ingest")
    files = read_registry(open_study(folder_of(study))).files
    assert files["a better name.txt"]["transcript_id"] == "T002"


@pytest.mark.slow
def test_decisions_follow_their_words_through_an_edit(study: Study) -> None:
    from dataclasses import replace

    from pipeline.records import Decision

    run(study)
    before = read_material(study)
    row = next(i for i, s in enumerate(before.segments) if "the stairs" in s.text)
    gone = next(i for i, s in enumerate(before.segments) if "my sister" in s.text)
    decision = Decision(
        row_id="r1", anchor=before.anchors[row], code="coffee", verdict="present", how="added",
        coder="ana", phase="code", round=0, list="query", list_rank=1, segmentation="answer",
        codebook_version="1", time="",
    )  # fmt: skip
    lost = replace(decision, row_id="r2", anchor=before.anchors[gone])
    write(folder_of(study), "1.txt", talk(1).replace("my sister", "my dear sister"))
    run(study)
    again = open_study(folder_of(study))
    after = read_material(again)
    settled, astray = settle_anchors(again, [decision, lost], after.segments)
    assert astray == 1  # said, not hidden: the words it stood on are no longer there
    (moved,) = settled
    place = next(i for i, s in enumerate(after.segments) if "the stairs" in s.text)
    assert moved.anchor == after.anchors[place]
    assert moved.anchor.source_start == decision.anchor.source_start + 2 * len("dear ")


@pytest.mark.slow
def test_the_audit_list_is_drawn_once_and_no_strategy_offers_its_rows(study: Study) -> None:
    run(study)
    with look_at(study.decisions) as db:
        drawn, anchors, dealt = read_drawn(db, "audit"), read_drawn(db, "anchor"), read_dealt(db)
    assert [rank for _, rank, _ in drawn] == list(range(1, len(drawn) + 1))
    assert {anchor.transcript_hash for anchor, _, _ in drawn} == {
        anchor.transcript_hash for anchor in read_material(study).anchors
    }
    audit = {(a.transcript_hash, a.source_start) for a, _, _ in drawn}
    for row in dealt:
        place = (row.anchor.transcript_hash, row.anchor.source_start)
        assert (row.list == "audit") == (place in audit)
        assert row.list != "audit" or (row.blind and not row.shown)
    write(folder_of(study), "4.txt", talk(4))
    run(study)
    draw_lists(study, read_material(study))  # as the next workbook does before it asks anything
    with look_at(study.decisions) as db:
        later, anchors_later = read_drawn(db, "audit"), read_drawn(db, "anchor")
    assert later[: len(drawn)] == drawn  # a new transcript is a stratum of its own
    assert anchors_later[: len(anchors)] == anchors
    new = {anchor.transcript_hash for anchor, _, _ in later[len(drawn) :]}
    assert len(new) == 1 and not new & {anchor.transcript_hash for anchor, _, _ in drawn}


@pytest.mark.slow
def test_a_batch_that_takes_everything_still_leaves_what_is_reserved(study: Study) -> None:
    path = study.config.path
    path.write_text(path.read_text("utf-8").replace("batch = 8", "batch = 500"), "utf-8")
    again = open_study(folder_of(study))
    run(again)
    with look_at(again.decisions) as db:
        drawn, dealt = read_drawn(db, "audit"), read_dealt(db)
    audit = {(a.transcript_hash, a.source_start) for a, _, _ in drawn}
    places = [(row.anchor.transcript_hash, row.anchor.source_start) for row in dealt]
    assert len(places) == len(set(places)) == len(read_material(again).segments)
    assert {place for row, place in zip(dealt, places, strict=True) if row.list == "audit"} == audit
