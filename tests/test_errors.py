import pytest

from pipeline.errors import PipelineError


def test_a_fault_is_a_sentence_with_place_and_remedy() -> None:
    fault = PipelineError("this is empty", where="a.xlsx, row 3", mend="Fill it in.")
    assert str(fault) == "a.xlsx, row 3: this is empty. Fill it in."
    assert str(PipelineError("this is empty")) == "this is empty."


def test_joined_faults_give_a_line_each_and_flatten() -> None:
    one, two, three = (PipelineError(word) for word in ("a", "b", "c"))
    joined = PipelineError.join([PipelineError.join([one, two]), three])
    assert joined.faults == (one, two, three)
    assert str(joined) == "a.\nb.\nc."
    assert PipelineError.join([one]) is one
    with pytest.raises(ValueError):
        PipelineError.join([])
