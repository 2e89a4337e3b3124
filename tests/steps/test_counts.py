"""From decisions to counts per interview; codings made elsewhere; counts without their study."""

import csv
from pathlib import Path
from typing import Any

import pytest
import test_study_grows as grows

from pipeline import cli
from pipeline.compare.interviews import Count, heard, rate
from pipeline.errors import PipelineError
from pipeline.records import Decision
from pipeline.steps.codings import _offset, import_codings
from pipeline.steps.compare import Wanted, compare_studies
from pipeline.steps.configurations import Wanted as Combined
from pipeline.steps.configurations import configurations
from pipeline.steps.counts import read_corpus, read_counts, read_mapping, write_counts
from pipeline.steps.lists import draw_lists
from pipeline.steps.material import anchors_of, read_material, read_texts
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study, open_study
from pipeline.store import derived as tables
from pipeline.store.decisions import (
    add_decisions,
    look_at,
    open_decisions,
    read_decisions,
    read_drawn,
)
from pipeline.store.gate import Gate

study = grows.study
PEOPLE = """file,participant,role,city
1.txt,Ann,teacher,Delft
2.txt,Bea,teacher,Gouda
3.txt,Cas,clerk,Gouda
"""
CODINGS = ("file", "coder", "start", "end", "code", "episode")


def published(study: Study, *, review: str = "") -> Study:
    """The three interviews with their people's columns, cut into segments."""
    folder = grows.folder_of(study)
    (folder / "participants.csv").write_text(PEOPLE, "utf-8")
    path = folder / "study.toml"
    text = path.read_text("utf-8").replace("columns = []", 'columns = ["role", "city"]')
    path.write_text(text.replace("[review]", f"[review]\n{review}"), "utf-8")
    for step in ("ingest", "anonymise", "segment"):
        grows.run(study, "--only", step)
    return open_study(folder)


def coded(folder: Path, rows: list[tuple[Any, ...]], name: str = "codes.csv") -> Path:
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([CODINGS, *rows])
    return file


def decide(study: Study, rows: list[int], code: str, verdict: Any, coder: str = "ana") -> None:
    segments = read_segments(study)
    anchors = anchors_of(study, segments)
    made = [
        Decision(
            row_id=f"{coder}-{row}", anchor=anchors[row], code=code, verdict=verdict, how="added",
            coder=coder, phase="code", round=0, list="query", list_rank=0, segmentation="answer",
            codebook_version="1", time="",
        )
        for row in rows
    ]  # fmt: skip
    with open_decisions(study.decisions) as db:
        add_decisions(db, made, Gate(()), source="test", file_hash="", time="")


def rows_of(study: Study, name: str) -> list[int]:
    found = enumerate(read_segments(study))
    return [row for row, segment in found if segment.transcript_id == name]


@pytest.mark.slow
def test_what_was_not_read_is_not_absent(study: Study) -> None:
    study = published(study)
    first, second = rows_of(study, "T001"), rows_of(study, "T002")
    decide(study, first, "coffee", "absent")
    decide(study, second[:-1], "coffee", "absent")
    decide(study, rows_of(study, "T003")[:1], "coffee", "present")
    one, two, three = read_corpus(study).interviews
    assert [heard(i, "coffee") for i in (one, two, three)] == [False, None, True]
    assert (rate(one, "coffee"), rate(two, "coffee"), rate(three, "coffee")) == (0.0, None, None)
    assert heard(one, "writing") is None
    decide(study, second[-1:], "coffee", "unsure")
    assert heard(read_corpus(study).interviews[1], "coffee") is None  # asked, and not known
    decide(study, second[-1:], "coffee", "absent")
    assert heard(read_corpus(study).interviews[1], "coffee") is False


@pytest.mark.slow
def test_two_coders_who_differ_leave_it_open_and_one_of_them_can_be_asked(study: Study) -> None:
    study = published(study)
    rows = rows_of(study, "T001")
    decide(study, rows, "coffee", "absent", "ana")
    decide(study, rows[1:], "coffee", "absent", "ben")
    decide(study, rows[:1], "coffee", "present", "ben")
    both = read_corpus(study).interviews[0]
    assert heard(both, "coffee") is None and both.counts["coffee"].unsettled == 1
    assert heard(read_corpus(study, None, ("ana",)).interviews[0], "coffee") is False
    assert heard(read_corpus(study, None, ("ben",)).interviews[0], "coffee") is True
    assert both.variables["coder"] == "ana & ben"
    with pytest.raises(PipelineError, match="decisions by: ana, ben"):
        read_corpus(study, None, ("eva",))


@pytest.mark.slow
def test_a_rate_of_an_interview_read_in_part_rests_on_the_rows_drawn_by_chance(
    study: Study,
) -> None:
    study = published(study)
    material = read_material(study)
    draw_lists(study, material)
    with look_at(study.decisions) as db:
        drawn = {anchor for anchor, _, _ in read_drawn(db, "audit")}
    mine = rows_of(study, "T001")
    audit = [row for row in mine if material.anchors[row] in drawn]
    assert len(audit) == 2
    decide(study, audit[:1], "coffee", "present")
    # Rows that a strategy chose because they are likely must not count.
    decide(study, [row for row in mine if row not in audit][:4], "coffee", "present")
    one = read_corpus(study).interviews[0]
    assert rate(one, "coffee") is None
    decide(study, audit[1:], "coffee", "absent")
    one = read_corpus(study).interviews[0]
    assert one.counts["coffee"].audit == 2 and one.counts["coffee"].asked == 6
    assert rate(one, "coffee") == pytest.approx(1000 * 0.5 * len(mine) / one.words)


@pytest.mark.slow
def test_words_are_the_respondents_whatever_the_segmentation(study: Study) -> None:
    study = published(study)
    before = [one.words for one in read_corpus(study).interviews]
    path = study.config.path
    path.write_text(path.read_text("utf-8") + '\n[segment]\nunit = "window"\n', "utf-8")
    grows.run(study, "--only", "segment")
    after = read_corpus(open_study(path)).interviews
    assert [one.words for one in after] == before and min(before) > 100


@pytest.mark.slow
def test_transcripts_that_are_not_for_coding_have_no_segments_and_are_named(study: Study) -> None:
    study = published(study, review='leave_out = { role = ["clerk"] }')
    assert {one.transcript_id for one in read_segments(study)} == {"T001", "T002"}
    assert len(read_texts(study)) == 3  # read and anonymised all the same
    assert read_corpus(study).left_out == ("T003",)
    faulty = coded(study.config.path.parent, [("3.txt", "ana", 30, 60, "coffee", "")])
    with pytest.raises(PipelineError, match="not for coding"):
        list(import_codings(study, faulty, whole=False))
    path = study.config.path
    path.write_text(path.read_text("utf-8").replace('["clerk"]', '["cook"]'), "utf-8")
    with pytest.raises(PipelineError, match="no transcript has the value 'cook'.*clerk, teacher"):
        read_corpus(open_study(path))


@pytest.mark.slow
def test_codings_come_in_whole_or_as_marks_alone_and_only_once(study: Study) -> None:
    study = published(study)
    folder = study.config.path.parent
    segments = read_segments(study)
    a, b = segments[0], segments[1]
    half = a.source_start + (a.source_end - a.source_start) // 2
    file = coded(
        folder,
        [
            ("1.txt", "ana", a.source_start, half + 5, "coffee", "1"),
            ("T001", "ana", b.source_start, b.source_end, "coffee", "2"),
            ("T001", "ana", b.source_start, b.source_end - 9, "coffee", "3"),
        ],
    )
    lines = list(import_codings(study, file, whole=False))
    assert "3 coded stretches in 1 transcripts, by ana" in lines[0] and "2 decisions" in lines[-1]
    with look_at(study.decisions) as db:
        made = read_decisions(db)
    assert {(d.verdict, d.how, d.episode) for d in made} == {
        ("present", "imported", "1"), ("present", "imported", "2;3"),
    }  # fmt: skip
    assert heard(read_corpus(study).interviews[0], "writing") is None
    list(import_codings(study, file, whole=True))
    one, two, _ = read_corpus(study).interviews
    assert one.counts["coffee"] == Count(asked=12, present=2.0, confirmed=2)
    assert heard(one, "writing") is False and not two.coded
    assert "0 decisions saved, 24 stood there already" in list(
        import_codings(study, file, whole=True)
    )[-1]  # fmt: skip


@pytest.mark.slow
def test_every_fault_of_a_table_of_codings_at_once_and_nothing_saved(study: Study) -> None:
    study = published(study)
    file = coded(
        study.config.path.parent,
        [
            ("1.txt", "ana", 30, 60, "coffee", ""),
            ("nobody.txt", "ana", 30, 60, "coffee", ""),
            ("1.txt", "", 30, 60, "tea", ""),
            ("1.txt", "ana", 60, 30, "coffee", "the one with the dog"),
            ("1.txt", "ana", "x", 10**7, "coffee", ""),
        ],
    )
    with pytest.raises(PipelineError) as caught:
        list(import_codings(study, file, whole=True))
    told = [str(one) for one in caught.value.faults]
    assert [line.partition(":")[0] for line in told] == [
        "codes.csv, row 3, column 'file'", "codes.csv, row 4, column 'code'",
        "codes.csv, row 4, column 'coder'", "codes.csv, row 5, column 'end'",
        "codes.csv, row 5, column 'episode'", "codes.csv, row 6, column 'start'",
        "codes.csv, row 6, column 'end'",
    ]  # fmt: skip
    assert "It has: coffee, writing" in told[1] and "dog" not in str(caught.value)
    assert not study.decisions.exists()


@pytest.mark.slow
def test_counts_stand_for_their_study(study: Study, tmp_path: Path) -> None:
    study = published(study)
    for name in ("T001", "T002", "T003"):
        decide(study, rows_of(study, name), "coffee", "absent")
        decide(study, rows_of(study, name), "writing", "absent")
    decide(study, rows_of(study, "T003")[:3], "coffee", "present")
    corpus = read_corpus(study)
    file = tmp_path / "counts.csv"
    assert "3 interviews, no text" in write_counts(file, [corpus])
    assert read_counts(file) == [corpus]
    wanted = Wanted(by="city")
    direct = compare_studies([study], [], wanted).comparison
    through = compare_studies([], [file], wanted).comparison
    assert direct.rates == through.rates
    assert "drank" not in file.read_text("utf-8-sig") and "Jansen" not in file.read_text()


@pytest.mark.slow
def test_what_a_comparison_must_know_stands_in_the_study_and_in_its_counts(
    study: Study, tmp_path: Path
) -> None:
    study = published(study)
    path = study.config.path
    derived = "derived: [{id: both, label: B, definition: Both., rule: coffee*writing}]\n"
    book = path.parent / "codebook.yaml"
    book.write_text(book.read_text("utf-8") + derived, "utf-8")
    text = path.read_text("utf-8").replace("[publish]", "[publish]\nsmallest_cell = 4")
    path.write_text(
        text.replace("smallest_cell = 3\n", "") + '[compare]\ncluster = "city"\n'
        'planned = ["coffee:role"]\nchosen_alike = { role = "all are hired, =so, said" }\n',
        "utf-8",
    )
    study = open_study(path)
    decide(study, rows_of(study, "T001"), "coffee", "absent")
    corpus = read_corpus(study)
    assert (corpus.cluster_name, corpus.smallest_cell) == ("city", 4)
    assert corpus.planned == ("coffee:role",)
    assert corpus.chosen_alike == {"role": "all are hired, =so, said"}
    assert [one.rule for one in corpus.derived] == ["coffee*writing"]
    assert all(one.startswith("sha256:") for one in corpus.definitions.values())
    file = tmp_path / "counts.csv"
    told = write_counts(file, [corpus])
    assert read_counts(file) == [corpus]
    assert "3 of 3 combinations of city, role are held by fewer than 4" in " ".join(told.split())
    assert all(len(line) <= 100 for line in told.splitlines()[1:])
    changed = book.read_text("utf-8").replace("drinks coffee", "drinks tea")
    book.write_text(changed, "utf-8")
    now = read_corpus(open_study(path)).definitions
    assert {code for code in now if now[code] != corpus.definitions[code]} == {"coffee"}


@pytest.mark.slow
def test_a_published_column_cannot_be_called_like_a_variable_of_ours(study: Study) -> None:
    study = published(study)
    path = study.config.path
    path.write_text(path.read_text("utf-8").replace('"role", "city"', '"role", "Coder"'), "utf-8")
    with pytest.raises(PipelineError, match=r"\[publish\] columns: Coder cannot .* Rename"):
        read_corpus(open_study(path))


@pytest.mark.slow
def test_words_are_those_that_were_said_before_pseudonyms(study: Study) -> None:
    study = published(study)
    texts = read_texts(study)
    assert list(texts["words"]) == [one.words for one in read_corpus(study).interviews]
    for change, expected in (({"words": 4321}, {4321}), ({}, set())):
        texts = read_texts(study).drop(columns="words").assign(**change)
        tables.write_table(study.derived / "transcripts.parquet", texts, (), Gate(()))
        found = {one.words for one in read_corpus(study).interviews}
        assert found == expected or (not expected and min(found) > 100)


@pytest.mark.slow
def test_presences_that_came_in_alone_are_no_rows_answered(study: Study) -> None:
    study = published(study)
    material = read_material(study)
    draw_lists(study, material)
    with look_at(study.decisions) as db:
        drawn = {anchor for anchor, _, _ in read_drawn(db, "audit")}
    audit = [row for row in rows_of(study, "T001") if material.anchors[row] in drawn]
    mine = [material.segments[row] for row in audit]
    rows = [("T001", "ben", one.source_start, one.source_end, "coffee", "") for one in mine]
    list(import_codings(study, coded(study.config.path.parent, rows), whole=False))
    one = read_corpus(study).interviews[0]
    assert one.counts["coffee"] == Count(asked=2, present=2.0, confirmed=2)
    assert rate(one, "coffee") is None and heard(one, "coffee") is True and one.read == 0
    # Somebody who reads these rows makes them rows answered, by what that reading found.
    decide(study, audit, "coffee", "absent")
    one = read_corpus(study).interviews[0]
    assert (one.counts["coffee"].audit, one.counts["coffee"].audit_present) == (2, 0.0)
    assert rate(one, "coffee") == 0.0 and one.read == 2 and not one.read_in_full
    # Of a transcript that came in whole every row was read, those with every code in them too.
    rows = [(*row[:4], code, "") for row in rows for code in study.codebook.ids]
    list(import_codings(study, coded(study.config.path.parent, rows, "w.csv"), whole=True))
    one = read_corpus(study, None, ("ben",)).interviews[0]
    assert (one.counts["coffee"].audit, one.counts["coffee"].audit_present) == (2, 2.0)
    assert one.read == one.segments and one.read_in_full


@pytest.mark.slow
def test_a_mapping_joins_codes_under_one_name(study: Study, tmp_path: Path) -> None:
    study = published(study)
    rows = rows_of(study, "T001")
    decide(study, rows[:2], "coffee", "present")
    decide(study, rows[2:], "coffee", "absent")
    decide(study, rows[1:4], "writing", "present")
    file = tmp_path / "map.csv"
    file.write_text("study,code,as\nmy-study,coffee,any\nmy-study,writing,any\n", "utf-8")
    mapping = read_mapping(file, {"my-study": study.codebook.ids})
    assert mapping == {"my-study": {"any": ["coffee", "writing"]}}
    one = read_corpus(study, mapping["my-study"]).interviews[0]
    # Present in the first four; of the others nobody was asked about writing.
    assert one.counts["any"] == Count(asked=4, present=4.0, confirmed=4)
    file.write_text("study,code,as\nmy-study,tea,any\nother,coffee,any\n", "utf-8")
    with pytest.raises(PipelineError, match="row 2, column 'code'.*\n.*row 3, column 'study'"):
        read_mapping(file, {"my-study": study.codebook.ids})


@pytest.mark.slow
def test_stories_that_do_not_tell_are_left_out_unless_said_otherwise(study: Study) -> None:
    study = published(study)
    folder = study.config.path.parent
    segments = read_segments(study)
    rows: list[tuple[Any, ...]] = []
    # Stories 1 to 4 of each interview; writing in the odd ones, coffee in 1 and 2.
    for at, name in enumerate(("T001", "T002", "T003")):
        mine = [one for one in segments if one.transcript_id == name]
        for story in (1, 2, 3, 4):
            one = mine[story]
            codes = ["writing"] * (story % 2) + ["coffee"] * (story <= 2)
            rows += [(name, "ana", one.source_start, one.source_end, code, story) for code in codes]
        assert at < 3
    list(import_codings(study, coded(folder, rows), whole=True))
    wanted = Combined(outcome="coffee", conditions=("writing",), unit="episode")
    with pytest.raises(PipelineError, match="6 of 9 stories do not tell of every code"):
        configurations(study, wanted)
    found = configurations(
        study,
        Combined(outcome="coffee", conditions=("writing",), unit="episode", untold_absent=True),
    )
    table = {row.values: (row.with_outcome, row.without_outcome) for row in found.table.rows}
    assert table[(True,)] == (
        ("T001 story 1", "T002 story 1", "T003 story 1"),
        ("T001 story 3", "T002 story 3", "T003 story 3"),
    )
    assert table[(False,)][0] == ("T001 story 2", "T002 story 2", "T003 story 2")
    assert not table[(False,)][1]  # story 4 has no code, so nobody knows of it


@pytest.mark.slow
def test_nothing_coded_is_said_in_a_word_each(study: Study, capsys: Any) -> None:
    study = published(study)
    at = str(study.config.path)
    capsys.readouterr()
    for words in (
        ["compare", at, "--by", "role"],
        ["configurations", "-s", at, "--outcome", "coffee", "--conditions", "writing",
         "--unit", "episode"],
        ["configurations", "-s", at, "--outcome", "coffee", "--conditions", "writing",
         "--unit", "interview"],
        ["report", at],
    ):  # fmt: skip
        assert cli._run(words) == 2
        printed = capsys.readouterr()
        assert "nothing has been coded yet" in printed.err and "motif import" in printed.err
    assert cli._run(["compare", at, "--by", "shoes"]) == 2


@pytest.mark.slow
def test_one_interview_is_no_group(study: Study, capsys: Any) -> None:
    study = published(study)
    for name in ("T001", "T002", "T003"):
        decide(study, rows_of(study, name), "coffee", "absent")
    decide(study, rows_of(study, "T001")[:1], "coffee", "present")
    capsys.readouterr()
    assert cli._run(["compare", str(study.config.path), "--by", "role"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "clerk against teacher: a group of one" in text and "nan" not in text.lower()
    decide(study, rows_of(study, "T001"), "coffee", "absent", "ben")
    assert cli._run(["compare", str(study.config.path), "--by", "language"]) == 2
    assert "all coded interviews have the same language" in capsys.readouterr().err


@pytest.mark.slow
def test_read_in_full_and_nothing_found_is_a_row_with_file_and_coder(study: Study) -> None:
    study = published(study)
    folder = study.config.path.parent
    one = read_segments(study)[0]
    stretch = ("1.txt", "ana", one.source_start, one.source_end, "coffee", "")
    rows = [stretch, ("2.txt", "ana", "", "", "", ""), ("2.txt", "ben", " ", "", "", "")]
    file = coded(folder, rows)
    with pytest.raises(PipelineError, match=r"(?s)row 3.*are empty. With --whole.*row 4"):
        list(import_codings(study, file, whole=False))
    told = list(import_codings(study, file, whole=True))
    assert told[0].endswith("1 coded stretches in 2 transcripts, by ana, ben")
    assert told[1].strip() == "2 times a transcript was read and nothing found"
    assert "not in this file, and so not coded by it: T003; a row with" in told[2]
    first, second, third = read_corpus(study).interviews
    assert first.coded and heard(second, "coffee") is False and not third.coded
    assert second.read_in_full and second.variables["coder"] == "ana & ben"
    both = coded(folder, [stretch, ("T001", "ana", "", "", "", "")], "both.csv")
    with pytest.raises(PipelineError, match="row 3, column 'code': this says that nothing"):
        list(import_codings(study, both, whole=True))
    lines = list(import_codings(study, coded(folder, [stretch], "one.csv"), whole=False))
    assert any("not coded by it: T002, T003" in line for line in lines)


@pytest.mark.slow
def test_offsets_that_miss_are_refused_and_odd_ones_named(study: Study) -> None:
    study = published(study)
    folder = study.config.path.parent
    segments = [one for one in read_segments(study) if one.transcript_id == "T001"]
    a, b = segments[0], segments[1]
    gap = (a.source_end + 2, a.source_end + 5)  # what the interviewer says between the two
    assert gap[1] < b.source_start
    hit = ("T001", "ana", a.source_start, a.source_end, "coffee", "")
    miss = ("T001", "ben", *gap, "coffee", "")
    with pytest.raises(PipelineError) as caught:
        list(import_codings(study, coded(folder, [hit, miss, hit, miss]), whole=True))
    assert [one.where for one in caught.value.faults] == [
        "codes.csv, row 3", "codes.csv, row 5",
    ]  # fmt: skip
    assert not study.decisions.exists()
    with pytest.raises(PipelineError) as caught:
        list(import_codings(study, coded(folder, [miss] * 50), whole=True))
    assert len(caught.value.faults) == 41 and "and 10 more" in str(caught.value)
    wide = ("T001", "ana", a.source_start, segments[5].source_end, "coffee", "")
    missed = ("T001", "ana", *gap, "coffee", "")
    text = " ".join(import_codings(study, coded(folder, [hit, *[missed] * 22, wide]), whole=True))
    text = " ".join(text.split())
    assert "22 stretches lie in no respondent's segment and were passed over: rows 3, 4," in text
    assert "21, 22 and 2 more" in text and "1 stretches cover more than 4" in text
    assert "get the code: row 25" in text
    with pytest.raises(PipelineError, match="codes.csv: the table has no row"):
        list(import_codings(study, coded(folder, []), whole=False))


@pytest.mark.parametrize(
    ("cell", "offset"),
    [
        ("12", 12), ("12.0", 12), ("0", 0), ("nan", None), ("inf", None), ("1e3", None),
        ("-1", None), ("12.5", None), ("", None), ("1_000", None), ("\u0661\u0662", None),
        ("9" * 5000, None), ("+3", None), ("0x10", None), ("1,000", None),
    ],
)  # fmt: skip
def test_an_offset_is_whole_decimal_digits(cell: str, offset: int | None) -> None:
    assert _offset(cell) == offset
