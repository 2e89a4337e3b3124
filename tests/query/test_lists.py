"""The draw: disjoint lists, passes over the transcripts, and a simple random sample within each."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.query.lists import drawn_lists

sizes = st.lists(st.integers(1, 40), min_size=0, max_size=8)


def ids_of(n_segments: Sequence[int]) -> list[str]:
    return [f"T{at}" for at, n in enumerate(n_segments) for _ in range(n)]


@given(sizes, st.integers(0, 12), st.integers(0, 9))
def test_lists_are_disjoint_of_the_right_size_and_go_by_passes(
    n_segments: Any, wanted: int, seed: int
) -> None:
    ids = ids_of(n_segments)
    audit, anchor = drawn_lists(ids, wanted, np.random.default_rng(seed))
    for listed in (audit, anchor):
        assert [rank for _, rank in listed] == list(range(1, len(listed) + 1))
    rows = [row for row, _ in [*audit, *anchor]]
    assert len(set(rows)) == len(rows)
    n_audit = Counter(ids[row] for row, _ in audit)
    n_anchor = Counter(ids[row] for row, _ in anchor)
    for at, n in enumerate(n_segments):
        assert n_audit[f"T{at}"] == min(wanted, n // 5)
        assert abs(n_anchor[f"T{at}"] - n_audit[f"T{at}"] / 4) < 1
    assert abs(len(anchor) - len(audit) / 4) < 1
    for listed, size in ((audit, n_audit), (anchor, n_anchor)):
        left = [row for row, _ in listed]
        while left:  # a pass: one row of every transcript that has one left
            still = {name for name in size if size[name] > 0}
            one_pass, left = left[: len(still)], left[len(still) :]
            assert sorted(ids[row] for row in one_pass) == sorted(still)
            size.subtract(still)
    assert (audit, anchor) == drawn_lists(ids, wanted, np.random.default_rng(seed))


def next_unlabelled(ids: Sequence[str], wanted: int, rng: np.random.Generator) -> Any:
    """A fault to be caught: the rows that come next, instead of a draw."""
    first = [row for row in range(len(ids)) if ids[:row].count(ids[row]) < wanted]
    return [(row, at) for at, row in enumerate(first, 1)], []


def uneven(ids: Sequence[str], wanted: int, rng: np.random.Generator) -> Any:
    """Another: drawn, but those from a transcript's beginning are a little likelier."""
    audit, anchor = drawn_lists(ids, wanted, rng)
    moved = [(row - 1 if row in (9, 29) and rng.random() < 0.3 else row, r) for row, r in audit]
    return moved, anchor


def frequencies(draw: Callable[..., Any], n_seeds: int, answered: int) -> Any:
    """How often each row is among the first `answered` audit rows of its transcript; of pairs too,
    and how often each is an anchor row."""
    ids = ids_of((10, 20))
    rows, pairs, anchors = Counter[int](), Counter[tuple[int, ...]](), Counter[int]()
    for seed in range(n_seeds):
        audit, anchor = draw(ids, 4, np.random.default_rng(seed))
        anchors.update(row for row, _ in anchor)
        for name in ("T0", "T1"):
            mine = sorted([row for row, _ in audit if ids[row] == name][:answered])
            rows.update(mine)
            pairs.update(combinations(mine, 2))
    share = np.array([rows[row] for row in range(30)]) / n_seeds
    together = np.array([pairs[pair] for pair in combinations(range(10, 30), 2)]) / n_seeds
    return share, together, np.array([anchors[row] for row in range(30)]) / n_seeds


N_SEEDS = 4000
WITHIN = 4.5  # standard errors: of 270 shares none is expected outside


def near(share: Any, p: float) -> bool:
    return bool((np.abs(share - p) <= WITHIN * np.sqrt(p * (1 - p) / N_SEEDS)).all())


@pytest.mark.parametrize("answered", [1, 2, 4])
def test_the_first_answered_of_a_transcript_are_a_simple_random_sample(answered: int) -> None:
    share, together, anchors = frequencies(drawn_lists, N_SEEDS, answered)
    assert near(share[:10], min(answered, 2) / 10)  # a fifth of ten is two
    assert near(share[10:], answered / 20)
    assert near(together, answered * (answered - 1) / (20 * 19))
    assert near(anchors[:10], 2 / 4 / 10)
    assert near(anchors[10:], 4 / 4 / 20)


@pytest.mark.parametrize("fault", [next_unlabelled, uneven])
def test_a_list_that_is_not_drawn_by_chance_is_seen(fault: Callable[..., Any]) -> None:
    share, _, _ = frequencies(fault, N_SEEDS, 4)
    assert not (near(share[:10], 2 / 10) and near(share[10:], 4 / 20))
