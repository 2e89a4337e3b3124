"""Minimal formulas: published results, brute force, sympy, and what must hold of every model."""

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.compare import minimise as module
from pipeline.compare.minimise import (
    Configuration,
    Cover,
    Pattern,
    all_configurations,
    covers_row,
    minimise,
    n_literals,
)
from pipeline.errors import PipelineError


def numbered(n_conditions: int, *numbers: int) -> list[Configuration]:
    """Rows by the number R's QCA gives them: 1 is all absent, the last condition turns fastest."""
    rows = list(reversed(list(all_configurations(n_conditions))))
    return [rows[number - 1] for number in numbers]


def pattern(text: str) -> Pattern:
    return tuple({"1": True, "0": False, "-": None}[sign] for sign in text)


def shown(cover: Cover) -> list[str]:
    return ["".join({True: "1", False: "0", None: "-"}[want] for want in term) for term in cover]


# A row is asked for (True), forbidden (False) or free (None).
def tables(n_conditions: int) -> st.SearchStrategy[list[bool | None]]:
    size = 2**n_conditions
    return st.lists(st.sampled_from([True, False, None]), min_size=size, max_size=size)


def parts(table: list[bool | None]) -> tuple[list[Configuration], list[Configuration], int]:
    n_conditions = len(table).bit_length() - 1
    rows = list(all_configurations(n_conditions))
    positive = [row for row, wanted in zip(rows, table, strict=True) if wanted]
    free = [row for row, wanted in zip(rows, table, strict=True) if wanted is None]
    return positive, free, n_conditions


def true_of(cover: Cover, row: Configuration) -> bool:
    return any(covers_row(term, row) for term in cover)


@pytest.mark.parametrize(
    ("positive", "free", "expected"),
    [
        ([], [], []),
        (["11"], [], [["11"]]),
        (["11", "10"], [], [["1-"]]),
        (["11", "00"], [], [["11", "00"]]),
        (["11"], ["10", "01", "00"], [["--"]]),
        (["11"], ["10"], [["1-"]]),
        # as short with either condition: both are told
        (["11"], ["10", "01"], [["1-"], ["-1"]]),
        # the number of terms decides and that of the literals does not, so both are told
        (["111"], ["110", "101", "011", "001"], [["--1"], ["11-"]]),
    ],
)
def test_small_tables(positive: list[str], free: list[str], expected: list[list[str]]) -> None:
    n_conditions = len((positive or ["11"])[0])
    rows = [[tuple(v == "1" for v in row) for row in part] for part in (positive, free)]
    found = minimise(rows[0], rows[1], n_conditions)
    assert [shown(cover) for cover in found.covers] == expected
    assert found.n_covers == len(found.covers)


def test_both_covers_of_the_cyclic_table() -> None:
    # The textbook chart in which every row lies in two of six prime implicants.
    positive = [row for row in all_configurations(3) if len(set(row)) == 2]
    found = minimise(positive, [], 3)
    assert {shown((term,))[0] for term in found.primes} == {
        "10-",
        "1-0",
        "01-",
        "0-1",
        "-10",
        "-01",
    }
    assert [shown(cover) for cover in found.covers] == [
        ["10-", "0-1", "-10"],
        ["1-0", "01-", "-01"],
    ]


# Lipset's 18 countries, crisp (Rihoux and De Meur 2009; R's QCA, data LC): DEV URB LIT IND STB.
LC_POSITIVE, LC_NEGATIVE = (22, 24, 32), (1, 2, 5, 6, 23, 31)
# Krook's women in national parliament (R's QCA, data d.represent): ES QU WS WM LP.
KROOK_POSITIVE = (4, 12, 21, 24, 26, 27, 28, 29, 32)
KROOK_NEGATIVE = (3, 9, 11, 18, 25)


@pytest.mark.parametrize(
    ("positive", "negative", "use_remainders", "expected"),
    [
        (LC_POSITIVE, LC_NEGATIVE, False, [{"101-1", "1-111"}]),
        (LC_POSITIVE, LC_NEGATIVE, True, [{"1---1"}]),
        (LC_NEGATIVE, LC_POSITIVE, False, [{"00-0-", "1-110"}]),
        (LC_NEGATIVE, LC_POSITIVE, True, [{"0----", "----0"}]),
        (
            KROOK_POSITIVE,
            KROOK_NEGATIVE,
            False,
            [{"0-011", "1101-", "110-1", "1-100", "1-111"}],
        ),
        (
            KROOK_POSITIVE,
            KROOK_NEGATIVE,
            True,
            [
                {"--1--", "1--1-", "-1--1", "0---1"},
                {"--1--", "1--1-", "-1--1", "---11"},
            ],
        ),
        (KROOK_NEGATIVE, KROOK_POSITIVE, False, [{"0-010", "-1000", "10001"}]),
    ],
)
def test_published_solutions(
    positive: tuple[int, ...],
    negative: tuple[int, ...],
    use_remainders: bool,
    expected: list[set[str]],
) -> None:
    seen = {*positive, *negative}
    remainders = [row for row in range(1, 33) if row not in seen] if use_remainders else []
    found = minimise(numbered(5, *positive), numbered(5, *remainders), 5)
    covers = [set(shown(cover)) for cover in found.covers]
    assert sorted(covers, key=sorted) == sorted(expected, key=sorted)


def test_krooks_prime_implicants() -> None:
    remainders = set(range(1, 33)) - {*KROOK_POSITIVE, *KROOK_NEGATIVE}
    found = minimise(numbered(5, *KROOK_POSITIVE), numbered(5, *remainders), 5)
    assert set(shown(found.primes)) == {
        "--1--", "0---1", "1--1-", "-1--1", "---11", "10--0", "-0-00",
    }  # fmt: skip


@given(tables(4))
def test_every_model_is_true_of_positive_rows_only(table: list[bool | None]) -> None:
    positive, free, n_conditions = parts(table)
    found = minimise(positive, free, n_conditions)
    assert bool(found.covers) == bool(positive)
    for cover in found.covers:
        for row in all_configurations(n_conditions):
            if row in positive:
                assert true_of(cover, row)
            elif row not in free:
                assert not true_of(cover, row)


def by_hand(positive: list[Configuration], free: list[Configuration]) -> set[frozenset[Pattern]]:
    """All smallest sets of prime implicants that cover the rows, by trying every set."""
    rows = set(all_configurations(3))
    fitting = [
        one
        for one in itertools.product((True, False, None), repeat=3)
        if not any(covers_row(one, row) for row in rows - {*positive, *free})
    ]
    primes = [
        one
        for one in fitting
        if not any(
            other != one and all(o is None or o == w for o, w in zip(other, one, strict=True))
            for other in fitting
        )
    ]
    useful = [one for one in primes if any(covers_row(one, row) for row in positive)]
    for size in range(1, len(useful) + 1):
        found = {
            frozenset(some)
            for some in itertools.combinations(useful, size)
            if all(true_of(some, row) for row in positive)
        }
        if found:
            return found
    return set()


@given(tables(3))
@settings(max_examples=300)
def test_all_minimal_models_as_by_brute_force(table: list[bool | None]) -> None:
    positive, free, _ = parts(table)
    covers = minimise(positive, free, 3).covers
    assert {frozenset(cover) for cover in covers} == by_hand(positive, free)
    assert len(covers) == len(set(covers))


@given(tables(4))
@settings(max_examples=60, deadline=None)
def test_sympy_agrees(table: list[bool | None]) -> None:
    logic = pytest.importorskip("sympy.logic")
    symbols = pytest.importorskip("sympy").symbols("a b c d")
    positive, free, _ = parts(table)
    assume(positive)
    theirs = logic.SOPform(symbols, [list(map(int, row)) for row in positive],
                           [list(map(int, row)) for row in free])  # fmt: skip
    for row in all_configurations(4):
        if row not in free:
            value = bool(theirs.subs(dict(zip(symbols, row, strict=True))))
            assert value == (row in positive)
    terms = theirs.args if isinstance(theirs, logic.boolalg.Or) else (theirs,)
    read = {
        tuple(
            True if symbol in literals else False if ~symbol in literals else None
            for symbol in symbols
        )
        for literals in (logic.boolalg.And.make_args(term) for term in terms)
    }
    covers = {frozenset(cover) for cover in minimise(positive, free, 4).covers}
    fewest = {len(cover) for cover in covers}
    assert fewest == {min(fewest)} and min(fewest) <= len(read)
    if len(read) == min(fewest):  # sympy returns one minimal cover, not always a smallest
        assert frozenset(read) in covers


@given(tables(4), st.permutations(range(4)))
def test_the_order_of_the_conditions_is_no_matter(
    table: list[bool | None], order: list[int]
) -> None:
    def turned(row: tuple[bool | None, ...]) -> tuple[bool | None, ...]:
        return tuple(row[place] for place in order)

    positive, free, _ = parts(table)
    one = minimise(positive, free, 4)
    assume(one.n_covers <= module.MOST_COVERS)
    other = minimise([turned(row) for row in positive], [turned(row) for row in free], 4)  # type: ignore[misc]
    assert {frozenset(map(turned, cover)) for cover in one.covers} == set(
        map(frozenset, other.covers)
    )


@given(tables(4), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_no_matter(table: list[bool | None], random: object) -> None:
    positive, free, _ = parts(table)
    mixed = positive * 2
    random.shuffle(mixed)  # type: ignore[attr-defined]
    found = minimise(positive, free, 4)
    assert minimise(mixed, list(reversed(free)), 4) == found
    literals = [sum(map(n_literals, cover)) for cover in found.covers]
    assert literals == sorted(literals)


def test_more_models_than_can_be_listed_are_counted() -> None:
    # Of one row of eight conditions and its opposite any one literal tells it from the other.
    rows = list(all_configurations(8))
    found = minimise([rows[0]], rows[1:-1], 8)
    assert found.n_covers == len(found.covers) == 8
    cyclic = [row for row in all_configurations(3) if len(set(row)) == 2]
    twice = [(*a, *b) for a in cyclic for b in [(False, False, False), (True, True, True)]]
    assert minimise(twice, [], 6).n_covers == 4  # two choices, twice, independently


def test_lists_are_cut_and_hopeless_searches_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = list(all_configurations(8))
    monkeypatch.setattr(module, "MOST_COVERS", 3)
    found = minimise([rows[0]], rows[1:-1], 8)
    assert (len(found.covers), found.n_covers) == (3, 8)
    monkeypatch.setattr(module, "MOST_COUNTED", 7)
    with pytest.raises(PipelineError, match="too many ways.*Use fewer conditions"):
        minimise([rows[0]], rows[1:-1], 8)
    monkeypatch.setattr(module, "MOST_STEPS", 2)
    cyclic = [row for row in all_configurations(3) if len(set(row)) == 2]
    with pytest.raises(PipelineError, match="too many ways"):
        minimise(cyclic, [], 3)
