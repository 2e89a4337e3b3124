from pipeline.records import Segment, Suggestion, Turn, from_frame, to_frame

TURN = Turn(
    transcript_id="T001", turn=0, speaker="P01", role="respondent", start_s=None, end_s=1.5,
    text="ja", source_start=0, source_end=2,
)  # fmt: skip


def test_a_table_reads_back_equal_gaps_included() -> None:
    suggestion = Suggestion(
        segment_id="T001:0-2", code="x", score=0.5, calibrated=False, rank=1, model_id="m",
        because="",
    )  # fmt: skip
    assert from_frame(to_frame([TURN, TURN], Turn), Turn) == [TURN, TURN]
    assert from_frame(to_frame([suggestion], Suggestion), Suggestion) == [suggestion]


def test_an_empty_table_has_its_columns() -> None:
    frame = to_frame([], Segment)
    assert list(frame.columns)[:2] == ["segment_id", "transcript_id"]
    assert from_frame(frame, Segment) == []
