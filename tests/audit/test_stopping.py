"""When more coding pays: never "little" from a curve alone, nor from a small audit."""

from dataclasses import replace

import pytest

from pipeline.audit.prevalence import Left
from pipeline.audit.stopping import more_coding

FLAT = [0.5, 0.5, 0.5]
RISING = [0.4, 0.45, 0.5]


def left_of(found: int, left: int, left_high: int, undecided: int = 500) -> Left:
    return Left(
        found=found, left=left, left_high=left_high, undecided=undecided, segments=1000,
        transcripts=12, without=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("left", "curve", "more", "words"),
    [
        (None, FLAT, "not yet known", "no row drawn at random"),
        ((40, 30, 60), FLAT, "yes", "about 30 more to find (at most 60)"),
        ((40, 0, 2), RISING, "yes", "still improve"),
        ((40, 2, 4), FLAT, "little", "improve no more"),
        ((40, 2, 20), FLAT, "not yet known", "more answered audit rows"),
        ((40, 2, 4), [0.5, 0.5], "not yet known", "takes 3 rounds"),
        ((40, 2, 4), [None, None, 0.5, None], "not yet known", "takes 3 rounds"),
        ((0, 0, 1), FLAT, "little", "0 found"),
        ((40, 30, 50, 50), [], "little", "50 of 1000 segments are not decided yet"),
        ((40, 30, 51, 51), [], "yes", "at most 51"),
    ],
)
def test_more_coding(left: tuple[int, ...] | None, curve: list, more: str, words: str) -> None:
    of = None if left is None else left_of(*left)
    found = more_coding(12, of, curve)
    assert found.more == more
    assert words in found.why


def test_before_there_are_scores_it_says_how_many_finds_are_missing() -> None:
    found = more_coding(4.5, left_of(40, 0, 1), [])
    assert found.more == "not yet known" and "takes 4 more finds" in found.why


@pytest.mark.parametrize("curve", [[], FLAT, RISING, [0.9] * 10])
def test_a_curve_alone_never_says_that_it_is_enough(curve: list) -> None:
    assert more_coding(100, None, curve).more != "little"
    assert more_coding(100, left_of(10, 0, 50), curve).more != "little"


@pytest.mark.parametrize(
    ("left", "curve", "more"),
    [
        ((40, 0, 0, 0), [], "not yet known"),  # one interview of twelve was read whole
        ((40, 2, 4), FLAT, "not yet known"),
        ((40, 30, 60), FLAT, "yes"),  # the others can only add to it
        ((40, 0, 2), RISING, "yes"),
    ],
)
def test_it_is_never_enough_while_interviews_have_no_estimate(
    left: tuple[int, ...], curve: list, more: str
) -> None:
    found = more_coding(12, replace(left_of(*left), transcripts=1, without=11), curve)
    assert found.more == more
    assert "in 1 of 12 interviews" in found.why
    assert "interviews" not in more_coding(12, left_of(*left), curve).why
