"""Which rows of a study are compared: blind ones first, what was shown apart, and whose word."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import test_study_grows as grows

from pipeline import cli
from pipeline.errors import PipelineError
from pipeline.records import Anchor, Dealt, Decision, Segment, Workbook
from pipeline.steps.agree import _line, agree_study, describe
from pipeline.steps.material import anchors_of
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study, open_study
from pipeline.store.decisions import add_decisions, add_workbook, open_decisions
from pipeline.store.gate import Gate

N = 7
CODES = ("writing", "coffee")
KEY = "a long enough phrase"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A study as far as its segments."""

    study: Study
    segments: list[Segment]
    anchors: list[Anchor]

    def of(self, transcript_id: str) -> list[Anchor]:
        pairs = zip(self.segments, self.anchors, strict=True)
        return [anchor for segment, anchor in pairs if segment.transcript_id == transcript_id]


def make(folder: Path, n: int) -> Made:
    assert cli._run(["init", str(folder)]) == 0
    (folder / "codebook.yaml").write_text(grows.BOOK, "utf-8")
    settings = (folder / "study.toml").read_text("utf-8")
    settings = settings.replace('coders = ["coder1"]', 'coders = ["ana", "bo"]')
    (folder / "study.toml").write_text(settings, "utf-8")
    for at in range(1, n + 1):
        grows.write(folder, f"{at}.txt", grows.talk(at))
    cut(folder)
    return opened(folder)


def cut(folder: Path) -> None:
    for step in ("ingest", "anonymise", "segment"):
        assert cli._run(["run", "-s", str(folder), "--only", step]) == 0


def opened(folder: Path) -> Made:
    study = open_study(folder)
    segments = read_segments(study)
    return Made(study=study, segments=segments, anchors=anchors_of(study, segments))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTIF_VAULT_KEY", KEY)
        yield make(tmp_path_factory.mktemp("agree") / "study", N)


@pytest.fixture
def made(whole: Made) -> Iterator[Made]:
    """The study without a decision."""
    whole.study.decisions.unlink(missing_ok=True)
    yield whole
    whole.study.decisions.unlink(missing_ok=True)


def decide(study: Study, coder: str, anchor: Anchor, *present: str, **more: Any) -> None:
    """A row that came back: all codes decided, those named present."""
    given = {"how": "implied", "phase": "code", "round": 0, "list": "audit", "list_rank": 1,
             "segmentation": "answer", "codebook_version": "1", "time": ""} | more  # fmt: skip
    unsure = given.pop("unsure", ())
    codes = given.pop("codes", CODES)
    row = given.pop("row_id", f"{coder}-{anchor.transcript_hash[:6]}-{anchor.source_start}")
    decisions = [
        Decision(
            row_id=row, anchor=anchor, code=code, coder=coder,
            verdict="unsure" if code in unsure else "present" if code in present else "absent",
            **given,
        )
        for code in codes
    ]  # fmt: skip
    with open_decisions(study.decisions) as db:
        add_decisions(db, decisions, Gate(()), source="test", file_hash="", time="")


def decide_both(made: Made, anchors: list[Anchor], *present: str, **more: Any) -> None:
    for coder in ("ana", "bo"):
        for anchor in anchors:
            decide(made.study, coder, anchor, *present, **more)


def test_the_headline_is_what_both_coded_blind(made: Made) -> None:
    first, second, third, fourth, fifth, sixth = made.anchors[:6]
    decide_both(made, [first, second], "coffee")
    decide(made.study, "ana", third, "coffee")  # the other did not get it
    decide_both(made, [fourth], "coffee", list="query")
    decide(made.study, "ana", fifth, "coffee")
    decide(made.study, "bo", fifth, "writing", list="query", shown=("writing",))
    decide_both(made, [sixth], how="imported", list="train")
    blind = agree_study(made.study)
    assert (blind["rows"], blind["unit"], blind["coders"]) == ("blind", "segment", ["ana", "bo"])
    assert blind["n_units"] == 3 and blind["study"] == made.study.config.study.name
    assert blind["codes"]["coffee"]["n_positive"] == {"ana": 2, "bo": 2}
    assert blind["codes"]["coffee"]["alpha"] == 1.0
    assert blind["codes"]["writing"]["not_computable"] == "no variation: nobody called it present"
    shown = agree_study(made.study, rows="shown")
    assert shown["n_units"] == 2
    assert shown["codes"]["coffee"]["n_positive"] == {"ana": 2, "bo": 1}
    assert agree_study(made.study, rows="all")["n_units"] == 5
    assert blind["warnings"] == []


def test_an_audit_row_in_which_something_was_shown_is_not_blind(made: Made) -> None:
    decide_both(made, made.anchors[:1])
    decide_both(made, made.anchors[1:2], shown=("coffee",))
    assert agree_study(made.study)["n_units"] == 1
    assert agree_study(made.study, rows="shown")["n_units"] == 1


def test_training_rows_are_a_table_of_their_own_where_they_went_out_blind(made: Made) -> None:
    book = Workbook(id="w", coder="ana", round=0, phase="train", codebook_version="1", codes=CODES,
                    segmentation="answer", model_id="", made="")  # fmt: skip
    rows = [
        Dealt(row_id=f"{coder}-{at}", workbook_id="w", position=at, segment_id="", anchor=anchor,
              list="train", list_rank=0, why="", blind=at != 2, shown=(), text_check="")
        for coder in ("ana", "bo") for at, anchor in enumerate(made.anchors[:3])
    ]  # fmt: skip
    with open_decisions(made.study.decisions) as db:
        add_workbook(db, book, rows)
    for row in rows:
        decide(made.study, row.row_id.split("-")[0], row.anchor, row_id=row.row_id, list="train")
    assert agree_study(made.study, rows="train")["n_units"] == 2
    assert agree_study(made.study, rows="shown")["n_units"] == 3
    with pytest.raises(PipelineError, match="there are 2 in rows 'train' and 3 in rows 'shown'"):
        agree_study(made.study)


def test_what_was_settled_is_no_coders_word_and_the_last_word_counts(made: Made) -> None:
    first, second = made.anchors[:2]
    decide_both(made, [first], "coffee")
    decide(made.study, "ana", second, "coffee")
    decide(made.study, "bo", second)
    decide(made.study, "ana", second, "writing", how="adjudicated", row_id="settled")
    document = agree_study(made.study)
    assert document["codes"]["coffee"]["n_positive"] == {"ana": 2, "bo": 1}
    assert document["codes"]["writing"]["n_positive"] == {"ana": 0, "bo": 0}
    decide(made.study, "ana", second)  # thinks again
    assert agree_study(made.study)["codes"]["coffee"]["n_positive"] == {"ana": 1, "bo": 1}
    decide(made.study, "ana", second, how="withdrawn")
    assert agree_study(made.study)["n_units"] == 1


def test_unsure_is_counted_and_left_out(made: Made) -> None:
    first, second, third = made.anchors[:3]
    decide_both(made, [first], "coffee")
    decide_both(made, [second])
    decide(made.study, "ana", third, "coffee")
    decide(made.study, "bo", third, unsure=("coffee",))
    document = agree_study(made.study)
    assert document["codes"]["coffee"]["n"] == 2 and document["codes"]["writing"]["n"] == 3
    assert document["unsure"]["coders"] == {"ana": 0, "bo": 1}
    assert document["unsure"]["alpha_as_present"] == 1.0
    assert document["unsure"]["alpha_as_absent"] < 1.0
    assert "unsure, left out: ana 0, bo 1" in "\n".join(describe(document))


def test_interviews(made: Made) -> None:
    both, absent, partly, alone = (made.of(f"T00{at}") for at in (1, 2, 3, 4))
    decide(made.study, "ana", both[0], "coffee")  # each finds it in another answer
    decide(made.study, "bo", both[5], "coffee")
    decide_both(made, absent)
    decide(made.study, "ana", partly[0], "coffee")
    for anchor in partly:
        decide(made.study, "bo", anchor, "coffee" if anchor == partly[3] else "")
    for anchor in alone:
        decide(made.study, "ana", anchor, "coffee")
    decide(made.study, "bo", alone[0])  # has not seen enough to say no
    document = agree_study(made.study, unit="interview")
    coffee, writing = document["codes"]["coffee"], document["codes"]["writing"]
    assert coffee["n"] == 3 and coffee["n_positive"] == {"ana": 2, "bo": 2}
    assert coffee["alpha"] == 1.0
    assert writing["n"] == 1  # of the second one alone both know that it is absent
    assert document["n_units"] == document["n_transcripts"] == 3
    (warning,) = document["warnings"]
    assert warning.startswith("2 of 3 interviews were not coded whole")
    # A row that was shown makes its segment no part of the blind table: less is known for certain.
    decide(made.study, "ana", absent[0], list="query", row_id="again")
    assert agree_study(made.study, unit="interview")["codes"]["coffee"]["n"] == 2
    shown = agree_study(made.study, unit="interview", rows="shown")
    assert shown["codes"]["coffee"]["n"] == 1 and shown["n_units"] == 1


def test_one_who_is_unsure_of_an_answer_cannot_rule_a_code_out(made: Made) -> None:
    rows = made.of("T001")
    decide_both(made, rows)
    decide_both(made, made.of("T002"), "coffee")
    decide(made.study, "bo", rows[3], unsure=("coffee",))
    document = agree_study(made.study, unit="interview")
    assert document["codes"]["coffee"]["n"] == 1 and document["codes"]["writing"]["n"] == 2
    assert document["unsure"]["coders"] == {"ana": 0, "bo": 1}


def test_an_interval_over_transcripts(made: Made) -> None:
    for name in (f"T00{at}" for at in range(1, N + 1)):
        rows = made.of(name)
        decide_both(made, rows[:3], "coffee")
        decide_both(made, rows[3:8])
        decide(made.study, "ana", rows[8], "coffee")
        decide(made.study, "bo", rows[8], "coffee" if name < "T004" else "")
    coffee = agree_study(made.study)["codes"]["coffee"]
    assert coffee["n"] == 9 * N and coffee["no_interval"] is None
    assert 0 < coffee["alpha_low"] < coffee["alpha"] < coffee["alpha_high"] <= 1


def test_several_codebooks_are_named(made: Made) -> None:
    decide_both(made, made.anchors[:2], "coffee", codes=("coffee",), codebook_version="0.9")
    decide_both(made, made.anchors[2:4], "writing")
    decide_both(made, made.anchors[4:5], codebook_version="2", list="query")  # not in this table
    document = agree_study(made.study)
    (warning,) = document["warnings"]
    assert "2 versions of the codebook (0.9, 1)" in warning
    assert document["codes"]["writing"]["n"] == 2  # not asked is not absent
    assert document["families"]["f"]["n"] == 4


def test_codes_that_are_gone_are_told(made: Made) -> None:
    decide_both(made, made.anchors[:2], "coffee", codes=("coffee", "taken_out"))
    document = agree_study(made.study)
    assert set(document["codes"]) == set(CODES)
    assert document["warnings"] == [
        "left out: decisions on codes that the codebook has no more (taken_out)"
    ]


def test_of_three_coders_those_asked_for(made: Made) -> None:
    decide_both(made, made.anchors[:2], "coffee")
    decide_both(made, made.anchors[2:4])
    for anchor in made.anchors[:3]:
        decide(made.study, "cas", anchor, "coffee", list="query")
    decide(made.study, "dan", made.anchors[9])  # shares nothing with anybody
    # Where one of three saw suggestions, the row is not blind; of the two alone it is.
    assert agree_study(made.study)["n_units"] == 1
    two = agree_study(made.study, coders=["bo", "ana"])
    assert two["coders"] == ["bo", "ana"] and two["n_units"] == 4
    every = agree_study(made.study, rows="all")
    assert every["coders"] == ["ana", "bo", "cas"] and "mean over pairs" in every["kappa_of"]
    with pytest.raises(PipelineError, match="decided by eve in this study.*by: ana, bo, cas, dan"):
        agree_study(made.study, coders=["ana", "eve"])
    with pytest.raises(PipelineError, match="Name two or more"):
        agree_study(made.study, coders=["ana", "ana"])


def test_nothing_in_common_says_how_to_get_some(made: Made) -> None:
    with pytest.raises(PipelineError, match="0 segments in common.*double.*phase"):
        agree_study(made.study)
    with pytest.raises(PipelineError, match="0 interviews in common"):
        agree_study(made.study, unit="interview")
    decide(made.study, "ana", made.anchors[0])
    decide(made.study, "bo", made.anchors[1])
    with pytest.raises(PipelineError, match="0 segments in common"):
        agree_study(made.study, rows="all")
    decide_both(made, made.anchors[2:4], list="query")
    with pytest.raises(PipelineError, match="there are 2 in rows 'shown'"):
        agree_study(made.study)


def test_units_and_rows_there_are_not(made: Made) -> None:
    with pytest.raises(PipelineError, match="Units: interview, segment"):
        agree_study(made.study, unit="turn")  # type: ignore[arg-type]


def test_another_segmentation_is_read_as_training_reads_it(made: Made) -> None:
    first, second, third = made.anchors[:3]
    halves = (
        replace(first, source_end=first.source_start + 40),
        replace(first, source_start=first.source_start + 40),
    )
    decide_both(made, [second], "coffee")
    decide(made.study, "ana", first, "coffee")
    decide(made.study, "bo", halves[0], "coffee")
    decide(made.study, "bo", halves[1])
    decide(made.study, "ana", third)
    decide(made.study, "bo", replace(third, source_end=third.source_start + 40))  # half an answer
    document = agree_study(made.study)
    assert document["n_units"] == 2
    assert document["codes"]["coffee"]["n_positive"] == {"ana": 2, "bo": 2}
    decide(
        made.study, "bo", halves[1], list="query", row_id="again"
    )  # has seen half of it with suggestions
    assert agree_study(made.study)["n_units"] == 1


@pytest.mark.slow
def test_decisions_follow_their_words_through_an_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIF_VAULT_KEY", KEY)
    made = make(tmp_path / "study", 1)
    decide_both(made, made.anchors[4:6], "coffee")
    decide_both(made, made.anchors[7:8])
    grows.write(tmp_path / "study", "1.txt", "I: One thing.\nR: Oh.\n" + grows.talk(1).replace(
        "the rain", "the hail"))  # fmt: skip
    cut(tmp_path / "study")
    again = opened(tmp_path / "study")
    assert again.anchors[0].transcript_hash != made.anchors[0].transcript_hash
    document = agree_study(again.study)
    assert document["n_units"] == 3 and document["codes"]["coffee"]["alpha"] == 1.0
    decide_both(made, made.anchors[6:7], "coffee")  # on words that are gone
    document = agree_study(again.study)
    assert document["n_units"] == 3
    assert document["warnings"] == ["left out: 4 decisions on words that were edited since"]


@pytest.mark.parametrize("rows", ["blind", "shown", "all"])
def test_what_a_person_reads_fits_the_screen(made: Made, rows: Any) -> None:
    for name in (f"T00{at}" for at in range(1, N + 1)):
        decide_both(made, made.of(name)[:3], "coffee")
        decide_both(made, made.of(name)[3:8])
        decide(made.study, "ana", made.of(name)[9], "coffee", list="query")
        decide(made.study, "bo", made.of(name)[9], list="query")
        decide(made.study, "ana", made.of(name)[10], unsure=("writing",))
        decide(made.study, "bo", made.of(name)[10], "coffee")
    document = agree_study(made.study, rows=rows)
    long = "a_code_whose_name_is_longer_than_its_column"
    document["codes"][long] = document["codes"]["coffee"]
    document["codes"]["x" * 150] = document["codes"]["writing"]
    lines = list(describe(document))
    text = " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= 100 and long in text
    assert ("not the headline" in text) == (rows != "blind")
    assert "coffee" in text and "nobody called it present" in text
    assert "lower limit of alpha" in text and "no interval: " in text
    assert ("About 30 positives" in text) == (rows == "shown")


def found(study: Study, coder: str, anchors: list[Anchor]) -> None:
    """Codings made elsewhere, taken in without --whole: what was found, and no blank."""
    for anchor in anchors:
        decide(study, coder, anchor, "coffee", codes=("coffee",), how="imported", list="train")


def test_what_was_found_elsewhere_is_no_row_that_was_read(made: Made) -> None:
    first = made.of("T001")
    for anchor in first:
        decide(made.study, "ana", anchor, "coffee", how="imported", list="train")
    found(made.study, "bo", first[:3])
    why = "(?s)0 segments in common.*only what was found came in .bo 3..*--whole"
    with pytest.raises(PipelineError, match=why):
        agree_study(made.study)
    decide_both(made, made.of("T002")[:2], "coffee")
    decide(made.study, "bo", first[0], "coffee", row_id="read")  # now answered as a row
    document = agree_study(made.study)
    assert document["n_units"] == 3 and document["codes"]["coffee"]["alpha"] is None
    assert document["codes"]["coffee"]["n_positive"] == {"ana": 3, "bo": 3}
    assert document["warnings"][0].startswith(
        "left out: rows of which only what was found came in (bo 2), so that a blank is no no"
    )
    # Of a transcript of which absences came in, all was read.
    decide(made.study, "bo", first[5], how="imported", list="train")
    document = agree_study(made.study)
    assert document["n_units"] == 6 and document["warnings"] == []


def figures(**more: Any) -> dict[str, Any]:
    base = {"n": 100, "n_positive": {"ana": 50, "bo": 50}, "percent": 0.5, "kappa": 0.0, "ac1": 0.0,
            "positive_agreement": 0.5, "negative_agreement": 0.5, "alpha": 0.0, "alpha_low": -0.1,
            "alpha_high": 0.1, "not_computable": None, "no_interval": None}  # fmt: skip
    return base | more


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (1.0, "100 %"), (0.996, "99 %"), (0.9999, "99 %"), (86 / 88, "98 %"), (0.5, "50 %"),
        (0.0, "0 %"),
    ],
)  # fmt: skip
def test_all_is_said_only_of_all(told: float, shown: str) -> None:
    (line,) = _line("coffee", figures(percent=told, positive_agreement=told))
    assert f" {shown} " in line
    assert ("1.00" in line) == (told == 1)


def test_columns_do_not_run_together() -> None:
    one = figures(
        n=123456, n_positive={"ana": 12345, "bo": 12345}, alpha=-0.57, alpha_low=-0.88,
        alpha_high=-0.27, kappa=-0.55, ac1=-0.41, percent=1.0,
    )  # fmt: skip
    (line,) = _line("a_code_of_20_letters", one)
    assert line.split() == [
        "a_code_of_20_letters", "123456", "12345/12345", "100", "%", "0.50", "0.50", "-0.57",
        "-0.88", "to", "-0.27", "-0.55", "-0.41",
    ]  # fmt: skip
    assert len(line) == 100
