"""A counts file gives back the study it was made of, and refuses what cannot be true."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.compare.interviews import Count, Interview
from pipeline.errors import PipelineError
from pipeline.records import Derived
from pipeline.steps.counts_file import Corpus, read_counts, write_counts

OWN = {"language": "nl", "coder": "ana", "codebook version": "1"}
# Whatever a person may type and every spreadsheet keeps: =1, 1/2, quotation marks, letters beyond.
WORDS = st.text(
    st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" =+-@'\";,/\n"), min_size=1
).filter(lambda text: text.strip() == text and text.replace("'", ""))
CELLS = WORDS | st.just("")
NAMES = st.sampled_from(
    ["role", "Role", "city", "words", "Value", "asked", "about", "1/2", "years here", "straße"]
)
CODES = st.lists(st.sampled_from(["coffee", "writing", "1/2", "=A1"]), min_size=1, unique=True)


@st.composite
def counts(draw: st.DrawFn, segments: int) -> Count:
    shares = draw(
        st.lists(st.sampled_from([0, 1 / 3, 0.5, 2 / 3, 1]), min_size=segments, max_size=segments)
    )
    asked = shares[: draw(st.integers(0, segments))]
    audit = asked[: draw(st.integers(0, len(asked)))]
    return Count(
        asked=len(asked),
        present=float(sum(asked)),
        confirmed=sum(share > 0.5 for share in asked),
        unsettled=asked.count(0.5),
        audit=len(audit),
        audit_present=float(sum(audit)),
    )


@st.composite
def corpora(draw: st.DrawFn, name: str) -> Corpus:
    codes = draw(CODES)
    variables = draw(st.lists(NAMES, unique=True, max_size=4))
    interviews = []
    for at in range(draw(st.integers(1, 3))):
        segments = draw(st.integers(0, 6))
        interviews.append(
            Interview(
                study=name,
                transcript=f"T{at}",
                participant=draw(WORDS),
                cluster=draw(WORDS),
                words=draw(st.integers(0, 99999)),
                segments=segments,
                read=draw(st.none() | st.integers(0, segments)),
                variables={"study": name, **OWN, **{one: draw(CELLS) for one in variables}},
                counts={code: draw(counts(segments)) for code in codes},
            )
        )
    return Corpus(
        name=name,
        interviews=tuple(interviews),
        codes=tuple(codes),
        definitions={code: f"sha256:{draw(st.integers(0, 9))}" for code in codes[:2]},
        derived=tuple(
            Derived(id=one, label=draw(WORDS), definition=draw(WORDS), rule="coffee*writing")
            for one in draw(st.lists(st.sampled_from(["both", "either"]), unique=True))
        ),
        left_out=tuple(draw(st.lists(st.sampled_from(["T8", "T9"]), unique=True))),
        astray=draw(st.integers(0, 3)),
        chosen_alike=draw(st.dictionaries(NAMES, WORDS, max_size=2)),
        cluster_name=draw(NAMES),
        smallest_cell=draw(st.integers(1, 5)),
        planned=tuple(draw(st.lists(st.sampled_from(["coffee:role", "1/2:=A1"]), max_size=2))),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.tuples(corpora("one"), corpora("=two, or 2")))
def test_what_was_written_is_read(tmp_path: Path, two: tuple[Corpus, Corpus]) -> None:
    file = tmp_path / "counts.csv"
    write_counts(file, two)
    assert read_counts(file) == list(two)
    rewritten(file, delimiter=";", comma=True)  # as Excel saves it where a comma is decimal
    assert read_counts(file) == list(two)


def rewritten(
    file: Path,
    change: Callable[[list[list[str]]], Any] = lambda _: None,
    *,
    delimiter: str = ",",
    comma: bool = False,
) -> None:
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    change(rows)
    if comma:
        for at in (rows[0].index("present"), rows[0].index("audit_present")):
            for row in rows[1:]:
                row[at] = row[at].replace(".", ",")
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    file.write_bytes(out.getvalue().encode("utf-8-sig"))


def interview(name: str, role: str, participant: str = "", **counts: Count) -> Interview:
    return Interview(
        study="one", transcript=name, participant=participant or name, cluster=f"one/{name}",
        words=1000, segments=10, read=10, variables={"study": "one", **OWN, "role": role},
        counts={"coffee": COUNT, "writing": COUNT} | counts,
    )  # fmt: skip


COUNT = Count(asked=10, present=4.5, confirmed=4, unsettled=1, audit=2, audit_present=1.0)
ONE = Corpus(
    name="one", codes=("coffee", "writing"), smallest_cell=2, cluster_name="participant",
    definitions={"coffee": "sha256:1"}, planned=("coffee:role",),
    interviews=tuple(interview(f"T{at}", "teacher" if at else "clerk") for at in range(3)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "cell", "at", "wrong"),
    [
        (2, "asked", "many", "row 2, column 'asked'", "not a count"),
        (2, "asked", "1e1", "row 2, column 'asked'", "not a count"),
        (2, "present", "nan", "row 2, column 'present'", "not a count"),
        (2, "present", "-1", "row 2, column 'present'", "not a count"),
        (2, "audit", "1.5", "row 2, column 'audit'", "not a count"),
        (2, "asked", "11", "row 2, column 'asked'", "more than the segments"),
        (2, "asked", "4", "row 2, column 'confirmed'", "more than 'asked'"),
        (2, "present", "10.5", "row 2, column 'present'", "more than 'asked'"),
        (2, "present", "1", "row 2, column 'confirmed'", "does not fit 'present'"),
        (2, "present", "8", "row 2, column 'confirmed'", "does not fit 'present'"),
        (2, "audit", "11", "row 2, column 'audit'", "more than 'asked'"),
        (2, "audit_present", "2.5", "row 2, column 'audit_present'", "more than 'audit'"),
        (2, "read", "11", "row 2, column 'read'", "more was read"),
        (3, "words", "999", "row 3, column 'words'", "not what row 2 has"),
        (3, "segments", "11", "row 3, column 'segments'", "not what row 2 has"),
        (3, "cluster", "two/T0", "row 3, column 'cluster'", "not what row 2 has"),
        (3, "participant", "T9", "row 3, column 'participant'", "not what row 2 has"),
        (3, "role", "cook", "row 3, column 'role'", "not what row 2 has"),
        (3, "code", "coffee", "row 3, column 'code'", "already"),
        (3, "code", "", "row 3, column 'code'", "empty"),
        (2, "study", " ", "row 2, column 'study'", "empty"),
        (2, "transcript", "", "row 2, column 'transcript'", "empty"),
        (2, "cluster", "", "row 2, column 'cluster'", "empty"),
        (8, "value", "participant", "row 8, column 'value'", "does not fit"),
        (9, "value", "0", "row 9, column 'value'", "does not fit"),
        (9, "value", "2.5", "row 9, column 'value'", "does not fit"),
        (11, "value", "[]", "row 11, column 'value'", "does not fit"),
        (9, "about", "cluster", "row 9, column 'about'", "earlier row"),
        (9, "about", "moon", "row 9, column 'about'", "no such kind"),
        (9, "study", "", "row 9, column 'study'", "empty"),
    ],
)
def test_what_was_changed_by_hand_and_cannot_be_is_refused(
    tmp_path: Path, row: int, column: str, cell: str, at: str, wrong: str
) -> None:
    file = tmp_path / "counts.csv"
    write_counts(file, [ONE])

    def change(rows: list[list[str]]) -> None:
        rows[row - 1][rows[0].index(column)] = cell

    rewritten(file, change)
    with pytest.raises(PipelineError) as caught:
        read_counts(file)
    told = [str(one) for one in caught.value.faults]
    assert any(one.startswith(f"counts.csv, {at}: ") and wrong in one for one in told), told
    assert not any("cook" in one or "two/T0" in one for one in told)


def test_of_many_faults_the_first_forty(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    write_counts(file, [replace(ONE, interviews=ONE.interviews * 20)])
    with pytest.raises(PipelineError) as caught:
        read_counts(file)
    assert len(caught.value.faults) == 41 and "and 74 more faults" in str(caught.value)


def test_a_file_without_what_a_comparison_must_know_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    write_counts(file, [ONE])
    rewritten(file, lambda rows: rows.pop())  # a definition: nothing depends on it
    (less,) = read_counts(file)
    assert less == replace(ONE, definitions={})
    rewritten(file, lambda rows: rows.__delitem__(slice(9, 11)))
    with pytest.raises(PipelineError, match="study 'one' has no row about planned, chosen_alike"):
        read_counts(file)
    rewritten(file, lambda rows: rows.__delitem__(slice(1, 7)))
    with pytest.raises(PipelineError, match="no row has counts"):
        read_counts(file)


def test_the_teams_columns_may_be_taken_out_or_made_coarser_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    write_counts(file, [ONE])

    def coarser(rows: list[list[str]]) -> None:
        at = rows[0].index("role")
        for number, row in enumerate(rows):
            row[at] = "" if "teacher" in row else row[at]
            row.append("any" if number else "Group")

    rewritten(file, coarser)
    (found,) = read_counts(file)
    assert [one.variables["role"] for one in found.interviews] == ["clerk", "", ""]
    assert {one.variables["group"] for one in found.interviews} == {"any"}
    rewritten(file, lambda rows: [row.pop(rows[0].index("role")) for row in rows[::-1]])
    assert "role" not in read_counts(file)[0].interviews[0].variables


def test_combinations_that_few_people_have_are_told(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    told = " ".join(write_counts(file, [ONE]).split())
    assert "! one: 1 of 2 combinations of role are held by fewer than 2 participants" in told
    assert "clerk" not in told
    again = [*ONE.interviews, interview("T3", "clerk", "T0")]  # the same person once more
    assert "1 of 2" in write_counts(file, [replace(ONE, interviews=tuple(again))])
    another = [*ONE.interviews, interview("T3", "clerk")]
    assert "!" not in write_counts(file, [replace(ONE, interviews=tuple(another))])


def test_what_stands_about_a_study_is_json_that_no_spreadsheet_changes(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    write_counts(file, [replace(ONE, cluster_name="1/2")])
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    told = {row["about"]: row["value"] for row in rows if row["about"]}
    assert told["cluster"] == '"1/2"' and json.loads(told["planned"]) == ["coffee:role"]
    assert not any(row["transcript"] for row in rows if row["about"])
