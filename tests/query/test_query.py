import importlib
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.query import STRATEGIES, Pool
from pipeline.query.choose import choose
from pipeline.query.least_certain import doubt


def strategy(name: str) -> Any:
    module, attribute = STRATEGIES[name].split(":")
    return getattr(importlib.import_module(module), attribute)


def pool(
    n: int = 60, k: int = 4, d: int = 8, n_transcripts: int = 6, seed: int = 0, **changed: Any
) -> Any:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)).astype(np.float32)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    given_ = {
        "proba": rng.random((n, k)),
        "X": X,
        "transcript_ids": tuple(f"T{row * n_transcripts // n:03d}" for row in range(n)),
        "codes": tuple(f"code{at}" for at in range(k)),
        "n_positive": np.array([0, 3, 20, 100, *[50] * k])[:k],
        "n_decided": 200,
        "decided_X": X[:5] * np.float32(-1),
    }
    return Pool(**{**given_, **changed})


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("n", [0, 1, 2, 60])
@pytest.mark.parametrize("n_decided", [0, 500])
def test_contract(name: str, n: int, n_decided: int) -> None:
    one = pool(n=n, n_decided=n_decided)
    order = strategy(name)(one, np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(n))
    again = strategy(name)(one, np.random.default_rng(0))
    assert order.tolist() == again.tolist()
    rows = choose(one, 10, strategy(name), np.random.default_rng(0))
    assert len(rows) == min(10, n)
    assert all(reason for _, reason in rows)


@pytest.mark.parametrize("name", STRATEGIES)
def test_all_the_same_and_nothing_known(name: str) -> None:
    n = 20
    X = np.tile(np.eye(4, dtype=np.float32)[:1], (n, 1))
    same = pool(
        n=n,
        d=4,
        X=X,
        proba=np.full((n, 4), 0.5),
        n_positive=np.zeros(4, dtype=int),
        n_decided=0,
        decided_X=np.zeros((0, 0), dtype=np.float32),
    )
    order = strategy(name)(same, np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(n))
    other = strategy(name)(same, np.random.default_rng(1))
    assert order.tolist() != other.tolist()  # equal rows do not keep the order of the file


def test_least_certain_asks_where_the_model_knows_least() -> None:
    proba = np.array([[0.99, 0.01], [0.5, 0.5], [0.9, 0.01], [0.5, 0.01]])
    one = pool(n=4, k=2, proba=proba, n_positive=np.array([1, 1]))
    order = strategy("uncertain")(one, np.random.default_rng(0))
    assert order.tolist() == [1, 3, 2, 0]
    assert doubt(np.array([[0.5, 0.0, 1.0]]))[0] == pytest.approx([1, 0, 0], abs=1e-6)


def test_doubt_about_codes_that_lack_examples_counts_for_more() -> None:
    proba = np.array([[0.5, 0.01], [0.01, 0.5]])
    for n_positive, first in (([80, 2], 1), ([2, 80], 0)):
        one = pool(n=2, k=2, proba=proba, n_positive=np.array(n_positive))
        assert strategy("uncertain")(one, np.random.default_rng(0))[0] == first
        (_, reason), *_ = choose(one, 1, strategy("uncertain"), np.random.default_rng(0))
        assert f"code{first}" in reason


@settings(deadline=None, max_examples=15)
@given(name=st.sampled_from(sorted(STRATEGIES)), seed=st.integers(0, 99), n=st.integers(3, 40))
def test_the_order_of_the_rows_does_not_matter(name: str, seed: int, n: int) -> None:
    """Of rows that differ, what is asked first is the same in whatever order they stand."""
    if name in ("random", "mixture"):
        return  # chance goes by places
    decided_X = pool(n=7, seed=seed + 100).X  # not its own rows: two may be as near to each other
    one = pool(n=n, seed=seed, decided_X=decided_X, X=np.abs(pool(n=n, seed=seed).X))
    moved = np.random.default_rng(seed).permutation(n)
    other = pool(
        n=n, proba=one.proba[moved], X=one.X[moved], decided_X=decided_X,
        transcript_ids=tuple(one.transcript_ids[row] for row in moved),
    )  # fmt: skip
    first, again = (strategy(name)(of, np.random.default_rng(0)) for of in (one, other))
    assert first.tolist() == moved[again].tolist()


def test_rare_asks_for_the_code_with_fewest_positives_first() -> None:
    proba = np.full((6, 3), 0.1)
    proba[4, 1] = 0.9  # one positive so far
    proba[2, 2] = 0.8  # five
    proba[0, 0] = 1.0  # plenty
    one = pool(n=6, k=3, proba=proba, n_positive=np.array([90, 1, 5]))
    assert strategy("rare")(one, np.random.default_rng(0))[:2].tolist() == [4, 2]


def test_rare_goes_by_the_codebook_until_an_example_is_confirmed() -> None:
    prior = np.zeros((6, 2))
    prior[3, 0] = 1
    proba = np.zeros((6, 2))
    proba[5, 0] = 1
    for n_positive, first in ((0, 3), (1, 5)):
        one = pool(n=6, k=2, proba=proba, prior=prior, n_positive=np.array([n_positive, 80]))
        assert strategy("rare")(one, np.random.default_rng(0))[0] == first


def clusters() -> Any:
    """Three groups of directions, of 20, 10 and 3 segments, the first one decided already."""
    rng = np.random.default_rng(0)
    centre = np.repeat(np.eye(3), [20, 10, 3], axis=0)
    X = centre + 0.2 * rng.normal(size=centre.shape)
    X = (X / np.linalg.norm(X, axis=1, keepdims=True)).astype(np.float32)
    return X, np.repeat([0, 1, 2], [20, 10, 3])


@pytest.mark.parametrize("name", ["diverse", "representative"])
def test_diverse_goes_where_nobody_has_been(name: str) -> None:
    X, of = clusters()
    one = pool(n=33, d=3, X=X, decided_X=np.eye(3, dtype=np.float32)[:1])
    first = strategy(name)(one, np.random.default_rng(0))[:2]
    assert set(of[first]) == {1, 2}


def test_uncertain_diverse_needs_both() -> None:
    X, of = clusters()
    proba = np.full((33, 1), 0.5)
    proba[of == 2] = 0.001
    one = pool(
        n=33, k=1, d=3, X=X, proba=proba, n_positive=np.array([9]),
        decided_X=np.eye(3, dtype=np.float32)[:1],
    )  # fmt: skip
    assert of[strategy("uncertain-diverse")(one, np.random.default_rng(0))[0]] == 1


def test_the_mixture_never_forgets_rare_codes() -> None:
    proba = np.full((60, 3), 0.5)
    proba[:, 2] = 0.001
    proba[[10, 30, 50], 2] = 0.02  # sure that they are not, but the likeliest there are
    one = pool(k=3, proba=proba, n_positive=np.array([90, 90, 2]), n_transcripts=60)
    for seed in range(5):
        rows = choose(one, 15, strategy("mixture"), np.random.default_rng(seed))
        assert {10, 30, 50} <= {row for row, _ in rows}
        assert any("may be an example of code2" in reason for _, reason in rows)


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_batch_is_in_the_order_of_the_interviews_and_capped(name: str) -> None:
    one = pool(n=100, n_transcripts=10)
    rows = choose(one, 20, strategy(name), np.random.default_rng(0))
    index = [row for row, _ in rows]
    assert index == sorted(set(index))
    assert max(Counter(one.transcript_ids[row] for row in index).values()) <= 4


@pytest.mark.parametrize("name", ["uncertain", "uncertain-diverse", "rare", "mixture"])
def test_no_transcript_fills_a_batch_though_all_that_is_wanted_is_in_it(name: str) -> None:
    proba = np.full((100, 4), 0.001)
    proba[:30] = 0.5
    one = pool(n=100, n_transcripts=10, proba=proba, n_positive=np.full(4, 3))
    rows = choose(one, 20, strategy(name), np.random.default_rng(0))
    per_transcript = Counter(one.transcript_ids[row] for row, _ in rows)
    assert max(per_transcript.values()) == 4  # a fifth
    assert len(rows) == 20


def test_with_few_transcripts_the_cap_gives_way() -> None:
    one = pool(n=100, n_transcripts=2)
    assert len(choose(one, 20, strategy("uncertain"), np.random.default_rng(0))) == 20
    assert len(choose(one, 500, strategy("uncertain"), np.random.default_rng(0))) == 100


def test_what_says_the_same_is_asked_once() -> None:
    one = pool(n=40)
    X = one.X.copy()
    X[1::2] = X[::2]  # every second segment says what the one before said
    one = pool(n=40, X=X, decided_X=X[:1])
    rows = [row for row, _ in choose(one, 15, strategy("random"), np.random.default_rng(0))]
    assert len({row // 2 for row in rows}) == 15
    assert not {0, 1} & set(rows)  # decided already
    everything = choose(one, 40, strategy("random"), np.random.default_rng(0))
    assert len(everything) == 40


def test_reasons_are_words() -> None:
    told = {
        "random": "at random",
        "uncertain": "most of all about code",
        "diverse": "unlike anything",
        "representative": "typical",
        "rare": "may be an example of code",
    }
    for name, words in told.items():
        rows = choose(pool(), 5, strategy(name), np.random.default_rng(0))
        assert all(words in reason for _, reason in rows)


def test_a_strategy_from_elsewhere_has_a_reason_too() -> None:
    def backwards(pool: Any, rng: Any) -> Any:
        return np.arange(len(pool))[::-1]

    rows = choose(pool(), 3, backwards, np.random.default_rng(0))
    assert [reason for _, reason in rows] == ["chosen by the strategy backwards"] * 3


def test_the_pool_checks_its_shapes() -> None:
    with pytest.raises(ValueError, match="proba must be"):
        pool(proba=np.zeros((3, 4)))
    with pytest.raises(ValueError, match="two-dimensional"):
        pool(proba=np.zeros(60))
    with pytest.raises(ValueError, match="n_positive"):
        pool(n_positive=np.zeros(2, dtype=int))
