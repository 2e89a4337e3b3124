from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Anchor, Code, Decision, Segment
from pipeline.targets import latest, on_rows_read, targets, with_exclusions, with_parents

nan = float("nan")


def anchor(start: int, end: int, transcript: str = "h1") -> Any:
    return Anchor(
        transcript_hash=transcript, canonical=1, source_start=start, source_end=end, text_hash="x"
    )


def segment(start: int, end: int, transcript: str = "T001") -> Any:
    return Segment(
        segment_id=f"{transcript}:{start}-{end}", transcript_id=transcript, first_turn=0,
        last_turn=0, speaker="R", role="respondent", text="...", source_start=start,
        source_end=end, text_hash="x",
    )  # fmt: skip


def decision(
    verdict: str,
    span: Any = (0, 100),
    *,
    code: str = "c",
    coder: str = "ana",
    how: str = "accepted",
    at: int = 1,
    transcript: str = "h1",
) -> Any:
    return Decision(
        row_id="r", anchor=anchor(*span, transcript), code=code, verdict=verdict, how=how,
        coder=coder, phase="code", round=1, list="query", list_rank=1, segmentation="s",
        codebook_version="1", time="2026-01-01T00:00:00Z", id=at, import_id=at,
    )  # fmt: skip


def settle(decisions: Any, spans: Any = ((0, 100),), codes: Any = ("c",)) -> Any:
    segments = [segment(*span) for span in spans]
    return targets(decisions, segments, [anchor(*span) for span in spans], codes)


@pytest.mark.parametrize(
    ("decisions", "value", "weight"),
    [
        ([], nan, 0),
        ([decision("present")], 1, 1),
        ([decision("absent")], 0, 1),
        ([decision("unsure")], nan, 0),
        ([decision("present"), decision("absent", at=2)], 0, 1),
        ([decision("absent", at=2), decision("present")], 0, 1),  # by number, not by place
        ([decision("present"), decision("unsure", at=2)], nan, 0),
        ([decision("present"), decision("present", how="withdrawn", at=2)], nan, 0),
        ([decision("present", how="withdrawn"), decision("absent", at=2)], 0, 1),
        ([decision("present"), decision("present", coder="ben")], 1, 1),
        ([decision("present"), decision("absent", coder="ben")], 0.5, 0.5),
        ([decision("present"), decision("unsure", coder="ben")], 1, 1),
        (
            [
                decision(v, coder=c)
                for v, c in (("present", "a"), ("present", "b"), ("absent", "c"))
            ],
            2 / 3,
            2 / 3,
        ),
        ([decision("present"), decision("absent", coder="cy", how="adjudicated")], 0, 1),
        (
            [decision("absent", coder="cy", how="adjudicated"), decision("present", at=9)],
            0,
            1,
        ),
        ([decision("present"), decision("unsure", coder="cy", how="adjudicated")], nan, 0),
        ([decision("present", code="other")], nan, 0),
        ([decision("present", transcript="h2")], nan, 0),
    ],
)
def test_what_people_said_of_one_segment(decisions: Any, value: Any, weight: Any) -> None:
    Y, weights = settle(decisions)
    assert Y[0, 0] == pytest.approx(value, nan_ok=True)
    assert weights[0, 0] == pytest.approx(weight)


@pytest.mark.parametrize(
    ("decisions", "spans", "values"),
    [
        # a decided answer is cut in two: present holds for both, absent too
        ([decision("present")], [(0, 50), (50, 100)], [1, 1]),
        ([decision("absent")], [(0, 50), (50, 100)], [0, 0]),
        # two decided turns are joined
        ([decision("present", (0, 50)), decision("absent", (50, 100))], [(0, 100)], [1]),
        ([decision("absent", (0, 50)), decision("absent", (50, 100))], [(0, 100)], [0]),
        ([decision("absent", (0, 50))], [(0, 100)], [nan]),
        ([decision("absent", (0, 50)), decision("unsure", (50, 100))], [(0, 100)], [nan]),
        # present needs half of the one or of the other
        ([decision("present", (0, 100))], [(60, 200)], [nan]),
        ([decision("present", (0, 100))], [(50, 200)], [1]),
        ([decision("present", (0, 100))], [(90, 110)], [1]),
        ([decision("present", (0, 100))], [(100, 120)], [nan]),
        # touched by a present that does not carry: not absent either
        ([decision("present", (0, 100)), decision("absent", (100, 300))], [(80, 300)], [nan]),
        # the exact range goes before any overlap
        ([decision("absent", (0, 50), at=1), decision("present", (0, 100), at=2)], [(0, 50)], [1]),
        ([decision("present", (0, 100), at=1), decision("absent", (0, 50), at=2)], [(0, 50)], [0]),
        # later ranges that cover an earlier one put it out of force
        (
            [
                decision("present", (0, 100), at=1),
                decision("absent", (0, 50), at=2),
                decision("absent", (50, 100), at=3),
            ],
            [(0, 100)],
            [0],
        ),
    ],
)
def test_another_segmentation(decisions: Any, spans: Any, values: Any) -> None:
    Y, weights = settle(decisions, spans)
    assert Y[:, 0].tolist() == pytest.approx(values, nan_ok=True)
    assert ((weights > 0) == ~np.isnan(Y)).all()


def test_one_coder_s_overlap_does_not_speak_for_another() -> None:
    Y, _ = settle(
        [decision("absent", (0, 50), coder="ana"), decision("absent", (50, 100), coder="ben")]
    )
    assert np.isnan(Y[0, 0])


def test_segments_and_anchors_go_together() -> None:
    with pytest.raises(ValueError, match="one anchor per segment"):
        targets([], [segment(0, 1)], [], ["c"])


verdicts = st.sampled_from(["present", "absent", "unsure"])
spans = st.tuples(st.integers(0, 20), st.integers(1, 10)).map(lambda s: (s[0], s[0] + s[1]))
said = st.builds(
    lambda verdict, span, coder, how, at: decision(verdict, span, coder=coder, how=how, at=at),
    verdicts,
    spans,
    st.sampled_from(["ana", "ben"]),
    st.sampled_from(["accepted", "rejected", "adjudicated", "withdrawn"]),
    st.integers(1, 1000),
)
many = st.lists(said, max_size=8, unique_by=lambda one: one.id)


@given(many, st.lists(spans, max_size=5, unique=True), st.randoms())
def test_order_does_not_count(decisions: Any, ranges: Any, random: Any) -> None:
    Y, weights = settle(decisions, ranges)
    shuffled = list(decisions)
    random.shuffle(shuffled)
    again, _ = settle(shuffled, ranges)
    assert np.array_equal(Y, again, equal_nan=True)
    assert ((weights == 0) == np.isnan(Y)).all()
    assert ((weights == 0) | ((weights >= 0.5) & (weights <= 1))).all()


@given(many, spans)
def test_absent_only_where_every_character_was_decided_absent(decisions: Any, span: Any) -> None:
    Y, _ = settle(decisions, [span])
    if Y[0, 0] == 0:
        decided = set()
        for one in decisions:
            if one.verdict == "absent":
                decided |= set(range(one.anchor.source_start, one.anchor.source_end))
        assert set(range(*span)) <= decided


@given(many, spans)
def test_nothing_comes_from_nothing(decisions: Any, span: Any) -> None:
    Y, _ = settle(decisions, [span])
    touching = [
        one
        for one in latest(decisions)
        if one.verdict != "unsure"
        and one.anchor.source_start < span[1]
        and span[0] < one.anchor.source_end
    ]
    if not touching:
        assert np.isnan(Y[0, 0])
    if Y[0, 0] > 0:
        assert any(one.verdict == "present" for one in touching)


@given(many)
def test_withdrawing_everything_leaves_nothing(decisions: Any) -> None:
    import dataclasses

    gone = [
        dataclasses.replace(one, how="withdrawn", id=one.id + 2000, import_id=one.id + 2000)
        for one in latest(decisions)
        if one.how != "adjudicated"
    ]
    kept = [one for one in decisions if one.how != "adjudicated"]
    Y, _ = settle([*kept, *gone], [one.anchor and (0, 20) for one in decisions][:1] or [(0, 1)])
    assert np.isnan(Y).all()


def code(name: str, parent: str = "") -> Any:
    return Code(id=name, family="f", parent=parent, label=name, definition=name)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([0, 0, 1], [1, 1, 1]),  # grandchild, through the child
        ([nan, 1, 0], [1, 1, 0]),
        ([1, 0, 0], [1, 0, 0]),  # absent children do not take from the parent
        ([nan, 0, 0], [nan, 0, 0]),
        ([nan, nan, nan], [nan, nan, nan]),
        ([0.5, nan, 1], [1, 1, 1]),
    ],
)
def test_a_parent_has_its_children_s_evidence(row: Any, expected: Any) -> None:
    codes = [code("top"), code("mid", "top"), code("leaf", "mid")]
    Y = np.array([row], dtype=float)
    found, weights = with_parents(Y, np.where(np.isnan(Y), 0.0, 1.0), codes)
    assert found[0].tolist() == pytest.approx(expected, nan_ok=True)
    assert ((weights > 0) == ~np.isnan(found)).all()


def test_what_is_present_teaches_that_what_it_excludes_is_absent() -> None:
    Y = np.array([[1, nan, nan], [1, 1, nan], [0, nan, nan], [nan, 0.75, nan], [nan, nan, 1]])
    weights = np.where(np.isnan(Y), 0.0, 1.0)
    weights[3, 1] = 0.75
    before = Y.copy()
    found, weighed = with_exclusions(Y, weights, ["a", "b", "c"], {("a", "b"), ("b", "a")})
    # An answer stands, whatever excludes it; an absence says nothing; c is excluded by nothing.
    expected = [[1, 0, nan], [1, 1, nan], [0, nan, nan], [0, 0.75, nan], [nan, nan, 1]]
    assert found.tolist() == pytest.approx(np.array(expected), nan_ok=True)
    assert weighed[0, 1] == 1.0 and weighed[3, 0] == 0.75
    assert np.array_equal(Y, before, equal_nan=True)


@pytest.mark.parametrize(
    ("decisions", "read"),
    [
        ([decision("present", how="imported")], ""),
        ([decision("present")], "c"),
        ([decision("absent", how="imported")], "c"),
        # Whoever decided anything else of the row has read it ...
        ([decision("present", how="imported"), decision("absent", code="d")], "cd"),
        ([decision("present", how="imported"), decision("unsure", code="d")], "cd"),
        ([decision("present", how="imported", code=code) for code in "cd"], ""),
        # ... and nobody else has by that.
        ([decision("present", how="imported"), decision("absent", code="d", coder="bo")], "d"),
        # A row elsewhere that a workbook asked for says nothing of this one,
        ([decision("present", how="imported"), decision("absent", (100, 200), code="d")], "d"),
        # absences that came in do: the transcript came in whole.
        (
            [
                decision("present", how="imported"),
                decision("absent", (100, 200), code="d", how="imported"),
            ],
            "cd",
        ),
        (
            [
                decision("present", how="imported"),
                decision("absent", code="d", how="imported", transcript="h2"),
            ],
            "d",
        ),
        ([decision("present", how="adjudicated")], "c"),
        ([], ""),
    ],
)
def test_presences_that_came_in_alone_are_on_no_row_that_was_read(
    decisions: Any, read: str
) -> None:
    assert "".join(one.code for one in on_rows_read(decisions)) == read
