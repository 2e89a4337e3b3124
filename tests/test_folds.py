from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.folds import grouped_folds


@given(
    st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=60),
    st.integers(1, 6),
    st.integers(0, 5),
)
def test_whole_transcripts_no_empty_fold_same_seed_same_folds(
    groups: Any, n_folds: int, seed: int
) -> None:
    fold = grouped_folds(groups, n_folds, np.random.default_rng(seed))
    for group in set(groups):
        assert len({int(f) for f, g in zip(fold, groups, strict=True) if g == group}) == 1
    assert set(fold.tolist()) == set(range(min(n_folds, len(set(groups)))))
    again = grouped_folds(groups, n_folds, np.random.default_rng(seed))
    assert fold.tolist() == again.tolist()


@given(st.lists(st.integers(1, 30), min_size=2, max_size=20), st.integers(2, 5))
def test_folds_are_as_equal_as_the_largest_transcript_allows(sizes: Any, n_folds: int) -> None:
    groups = [f"T{at}" for at, size in enumerate(sizes) for _ in range(size)]
    fold = grouped_folds(groups, n_folds, np.random.default_rng(0))
    counts = np.bincount(fold)
    assert counts.max() - counts.min() <= max(sizes)


def test_no_folds_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        grouped_folds(["A"], 0, np.random.default_rng(0))
