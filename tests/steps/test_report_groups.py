"""Groups that a report withholds: never so few participants that a subtraction gives them away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.steps.report import too_small

GROUPS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2),
    st.sets(st.integers(0, 30), min_size=1),
    min_size=1,
    max_size=6,
)


def test_a_lone_small_group_takes_the_next_smallest_with_it() -> None:
    people = {"teacher": {1, 2, 3, 4, 5}, "counsellor": {6, 7, 8}, "both": {9}}
    assert too_small(people, 3) == {"both", "counsellor"}


def test_small_groups_that_cover_for_one_another_take_no_other() -> None:
    people = {"teacher": {1, 2, 3, 4, 5}, "counsellor": {6, 7}, "both": {9}}
    assert too_small(people, 3) == {"both", "counsellor"}
    assert too_small(people, 1) == set()


@given(GROUPS, st.integers(1, 6))
def test_nothing_shown_is_small_and_what_is_hidden_is_not_few(
    people: dict[str, set[int]], fewest: int
) -> None:
    hidden = too_small(people, fewest)
    assert all(len(people[value]) >= fewest for value in people if value not in hidden)
    count = len(set().union(*(people[value] for value in hidden)))
    assert not hidden or count >= fewest or hidden == set(people)
    # no group is withheld without need
    if all(len(who) >= fewest for who in people.values()):
        assert not hidden
