"""A comparison in words: no sentence claims more than its number."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from told_interviews import (
    NO,
    OPEN,
    YES,
    compared,
    corpora,
    corpus,
    interview,
    many,
    numbers,
    teams,
)

from pipeline.compare.code_rates import Comparison
from pipeline.compare.interviews import Interview
from pipeline.compare.sentences import decimal, differences, number, points, sentences, table
from pipeline.errors import PipelineError

NOTHING = "No difference between groups is shown. That is not sameness"


def said(found: Comparison) -> str:
    return "\n".join(sentences(found))


def test_what_is_shown_is_said_to_differ_with_its_numbers() -> None:
    found = compared(corpus({"a": [YES] * 7, "b": [NO] * 8}))
    text = said(found)
    assert "x: heard in 7 of 7 interviews of a and 0 of 8 of b, difference +100 points" in text
    assert text.count("The groups differ,") == 2 and NOTHING not in text
    assert "Compared by role: a 7 interviews, b 8 interviews." in text


def test_five_against_five_in_many_codes_shows_nothing_and_says_why() -> None:
    codes = [f"c{n:02}" for n in range(12)]
    made = [
        interview(
            f"{group}{at}", group, {c: YES if (n or group == "a") and at % 5 >= n % 4 else NO
            for n, c in enumerate(codes)},
        )
        for group in "ab"
        for at in range(5)
    ]  # fmt: skip
    found = compared(made, " ".join(codes))
    text = said(found)
    assert found.differences[0].p == pytest.approx(0.0079, abs=1e-4)
    assert "The groups differ," not in text and NOTHING in text
    assert "not shown here: " in text and "planned for new interviews" in text
    assert "No p below .008 is possible, so that no code that differs alone could be shown" in text
    assert "Smallest difference of shares that could have reached p .05" in text


def test_groups_too_small_for_any_test_of_a_share() -> None:
    text = said(compared(corpus({"a": [YES, YES, NO], "b": [NO, NO, YES]})))
    assert "So few interviews that no exact test of a share could reach p .05: a - b." in text
    assert "No p below .100 is possible" in text and NOTHING in text


def test_a_planned_comparison_is_not_told_to_be_planned() -> None:
    made = [
        interview(f"T{at}", "a" if at < 6 else "b", {"x": x, "y": y})
        for at, (x, y) in enumerate(zip("1111000000000000001", "0101010101010101010", strict=True))
    ]
    found = compared(made, "x y", planned=["x:role", "y:role"])
    text = said(found)
    assert "0 exploratory tests and 4 planned" in text and "plan it" not in text
    assert "x (planned): heard in 4 of 6 interviews of a" in text


def test_nothing_tested_claims_neither_difference_nor_its_absence() -> None:
    text = said(compared(corpus({"a": [NO] * 5, "b": [NO] * 5})))
    assert "Nothing could be tested." in text and NOTHING not in text and "differ" not in text


def test_these_interviews_have_no_word_of_others() -> None:
    text = said(compared(many(), "v w x y z", target="these"))
    assert "p " not in text and "like these" not in text and NOTHING not in text


def test_a_share_with_unknowns_is_a_range_and_never_a_number() -> None:
    found = compared(corpus({"a": [YES] * 4 + [OPEN], "b": [YES] * 3 + [NO]}))
    text = said(found)
    assert "x (a: 4 to 5 of 5, b: 3 of 4)" in text and "a: 4 of 5" not in text
    assert "for 1 code some interviews are open" in text
    line = next(one for one in table(found, ["x"]) if " a " in one)
    assert "4 to 5 of 5" in line and re.search(r"4 to 5 of 5 +- ", line)


def test_pairs_are_counted_and_so_is_who_is_left_out() -> None:
    rows = [f"t{n} 1 {NO}" for n in range(6)] + [f"t{n} 2 {YES}" for n in range(6)]
    text = said(compared(teams(*rows, "u1 1 0"), cluster="team"))
    assert "1 - 2: 6 teams are in both and compared with themselves; 1 in one group only is" in text
    assert "6 pairs, each against itself; the difference is theirs alone" in text
    assert "(no interval, nothing varies within the groups)" in text
    assert "No p below .031 is possible: 1 - 2." in text
    assert "left out" not in said(compared(teams(*rows), cluster="team"))


def test_units_with_several_interviews_are_said_to_count_once() -> None:
    rows = [f"t{n} a 3 0" for n in range(3)] + [f"u{n} b 0 0" for n in range(3)]
    text = said(compared(teams(*rows), cluster="team"))
    assert "a 6 interviews of 3 teams" in text and "Each team counts once" in text
    assert "counts once" not in said(compared(corpus({"a": [YES, NO], "b": [NO, YES]})))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (points(0.254), "+25 points"), (points(-0.254), "-25 points"), (points(0.004), "0 points"),
        (points(-0.004), "0 points"), (points(None), "-"), (points(-1.0), "-100 points"),
        (decimal(1.005), "1.00"), (decimal(-0.001), "0.00"), (decimal(None), "-"),
        (number(0.0004), "< .001"), (number(0.0312), ".031"), (number(1.0), "1.000"),
        (number(None), "-"),
    ],
)  # fmt: skip
def test_how_numbers_are_written(told: str, expected: str) -> None:
    assert told == expected


# Of any comparison


def known(document: dict[str, Any]) -> set[str]:
    """Every way a number of the document may be written."""
    found = {"95", "1,000", ".05", "0.05"}  # of the method
    for one in numbers(document):
        for value in (abs(one), abs(100 * one)):
            found |= {f"{value:.{digits}f}" for digits in (0, 2, 3, 5)}
            found |= {f"{value:.{digits}f}".removeprefix("0") for digits in (3, 5)}
    cells = document["rates"]
    found |= {str(cell["n_heard"] + cell["n_unknown"]) for cell in cells}
    return found | {str(len({cell["code"] for cell in cells if cell["n_unknown"]})), ".001"}


def written(text: str, found: Comparison) -> Iterator[str]:
    """The numbers of a sentence, without those that are part of a group's name."""
    names = sorted({one.group for one in found.groups}, key=len, reverse=True)
    for name in names:
        text = re.sub(
            rf"(?<![\w.]){re.escape(name)}(?= \d| - |[:;,.( ]|$)(?! of| points)", "_", text
        )
    yield from re.findall(r"\d*\.\d+|\d[\d,]*", text)


def claims_hold(found: Comparison) -> None:
    text = said(found)
    q = [one for d in found.differences for one in (d.q, d.rate_q) if one is not None]
    shown = sum(one <= 0.05 for one in q)
    assert text.count("The groups differ,") == shown
    assert (NOTHING in text) == bool(q and not shown)
    told = known(found.document())
    for sentence in sentences(found):
        assert all(one.rstrip(",") in told for one in written(sentence, found)), sentence
    for cell in found.rates:
        if cell.n_unknown:
            printed = f"{cell.n_heard} of {cell.n_interviews}"
            line = next(
                one for one in _rows(found) if one[0] == (cell.within, cell.code, cell.group)
            )[1]
            assert printed not in line.replace(f"to {printed}", "") or " to " in line


def _rows(found: Comparison) -> Iterator[tuple[tuple[str, str, str], str]]:
    within = ""
    for line in table(found, ["v", "w", "x", "y", "z"]):
        if line.startswith("  -- "):
            within = line.partition(": ")[2]
        elif not line.startswith("  code"):
            yield (within, line[2:26].strip(), line[26:52].strip()), line


@settings(max_examples=80, deadline=None)
@given(corpora())
def test_every_claim_of_any_comparison_is_in_its_document(made: list[Interview]) -> None:
    for more in ({}, {"target": "these"}, {"within": "city"}, {"planned": ["x:role"]}):
        try:
            found = compared(made, "x y", **more)
        except PipelineError:
            continue
        claims_hold(found)
        assert all(len(line) <= 100 for line in (*table(found, ["x", "y"]), *differences(found, 5)))


@pytest.mark.parametrize("seed", range(5))
def test_every_claim_of_larger_comparisons_is_in_their_document(seed: int) -> None:
    claims_hold(compared(many(seed), "v w x y z", planned=["v:role"]))
    claims_hold(compared(many(seed, "abcde"), "v w x y z", within="city"))


def test_a_lone_code_whose_share_and_rate_can_both_reach_it_is_not_said_to_be_lost() -> None:
    rows = [f"t{n} 1 {NO}" for n in range(6)] + [f"t{n} 2 {YES}" for n in range(6)]
    text = said(compared(teams(*rows), cluster="team"))
    assert "No p below .031 is possible: 1 - 2." in text and "q .031. The groups differ," in text
