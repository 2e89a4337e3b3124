"""Who stands in which group, and which groups coincide with something else."""

import pytest
from told_interviews import interview

from pipeline.compare.groups import (
    Coincidence,
    by_cluster,
    coincidences,
    grouped,
    in_reading_order,
    lopsided_coders,
)
from pipeline.compare.interviews import Interview
from pipeline.errors import PipelineError


def made(*rows: str) -> list[Interview]:
    """`clerk city=Delft coder=ana x2`: an interview, as often as x says."""
    found: list[Interview] = []
    for row in rows:
        role, *others = row.split(" ")
        times = int(others.pop()[1:]) if others and others[-1][0] == "x" else 1
        told = dict(one.replace("+", " & ").split("=") for one in others)
        role = "" if role == "-" else role
        found += [
            interview(f"T{len(found) + at:02}", role, {"x": "1"}, **told) for at in range(times)
        ]
    return found


def found_in(by: str, *rows: str) -> list[Coincidence]:
    return coincidences(grouped(made(*rows), by), by)


def test_groups_and_their_members() -> None:
    groups = grouped(made("clerk x2", "boss", "- x3", "clerk", "boss"), "role")
    assert list(groups) == ["boss", "clerk"]
    assert [one.transcript for one in groups["clerk"]] == ["T00", "T01", "T06"]


@pytest.mark.parametrize(
    "expected",
    [
        ["1", "2", "10"],
        ["wave 1", "wave 2", "wave 10"],
        ["Amersfoort", "breda", "Delft"],
        ["5", "under 5"],
        ["2b", "10a", "10b"],
    ],
)
def test_values_in_the_order_a_person_would_put_them(expected: list[str]) -> None:
    assert sorted(reversed(expected), key=in_reading_order) == expected


@pytest.mark.parametrize(
    ("rows", "by", "wrong", "mend"),
    [
        (("clerk x2", "boss"), "shoes", "no interview has the variable 'shoes'", "Known: role."),
        (
            ("clerk city=Delft x3", "clerk city=Breda"),
            "role",
            "all coded interviews have the same role: clerk",
            "(city)",
        ),
        (("a", "b", "c"), "role", "'role' has 3 values in 3 coded interviews", "coarser"),
        (("a", "b", "c", "- x9"), "role", "'role' has 3 values in 3 coded interviews", "coarser"),
        (tuple(f"{n} x2" for n in range(13)), "role", "13 values in 26", "coarser"),
    ],
)
def test_variables_that_make_no_groups(
    rows: tuple[str, ...], by: str, wrong: str, mend: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        grouped(made(*rows), by)
    assert wrong in str(caught.value) and mend in str(caught.value)
    with pytest.raises(PipelineError, match="^--within: "):
        grouped(made(*rows), by, "--within")


def test_two_interviews_may_stand_against_each_other() -> None:
    assert list(grouped(made("a", "b"), "role")) == ["a", "b"]


def test_a_city_of_client_managers_only_is_named_and_so_is_that_others_have_some() -> None:
    rows = ("manager city=Hague x3", "clerk city=Delft x4", "manager city=Delft")
    (one,) = found_in("city", *rows)
    assert (one.group, one.other, one.value, one.n) == ("Hague", "role", "manager", 3)
    assert not one.both_ways and "nowhere else" not in one.sentence
    (both,) = found_in("city", *rows[:2], "boss city=Delft")
    assert both.both_ways and "role manager is found nowhere else" in both.sentence
    assert both.sentence.startswith("all 3 interviews with city Hague have role manager")


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        # A language that most others have too does not set a group apart.
        (("a lang=nl x3", "b lang=nl x3", "b lang=da"), []),
        (("a lang=nl x3", "b lang=nl x2", "b lang=da x2"), []),  # half is not fewer than half
        (("a lang=nl x3", "b lang=nl", "b lang=da x3"), [("a", "nl", False)]),
        (("a lang=nl x3", "b lang=da x3"), [("a", "nl", True), ("b", "da", True)]),
        (("a lang=nl", "b lang=da", "b lang=en"), []),  # one interview is alike in everything
        (("a x3", "b lang=da", "b lang=en"), []),  # what is not known is no value
        (("a lang=nl x2", "a lang=da", "b lang=en x2"), [("b", "en", True)]),
    ],
)
def test_what_coincides(rows: tuple[str, ...], named: list[tuple[str, str, bool]]) -> None:
    assert [(one.group, one.value, one.both_ways) for one in found_in("role", *rows)] == named


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (("a coder=ana x3", "b coder=ben x2"), [("a", "ana"), ("b", "ben")]),
        (("a coder=ana x2", "a coder=cas", "b coder=ben x2"), [("a", "ana & cas"), ("b", "ben")]),
        (("a coder=ana x3", "b coder=ana x2"), []),
        (("a coder=ana x3", "b coder=ana+ben x2"), []),  # ana read both
        (("a coder=ana+ben x3", "b coder=cas x2"), [("a", "ana & ben"), ("b", "cas")]),
        (("a x3", "b x2"), []),  # a counts file does not say who coded
    ],
)
def test_coders_who_coded_one_group_only(
    rows: tuple[str, ...], named: list[tuple[str, str]]
) -> None:
    found = found_in("role", *rows)
    assert [(one.group, one.value) for one in found if one.other == "coder"] == named
    for one in found:
        assert f"were coded by {one.value}, who coded no others" in one.sentence


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            ("a coder=ana x4", "a coder=ben", "b coder=ben x5"),
            ["ana coded 4, and of the 5 others 0"],
        ),
        (("a coder=ana x3", "a coder=ben x2", "b coder=ana x2", "b coder=ben x3"), []),
        (("a coder=ana x5", "b coder=ana x5"), []),
        (("a coder=ana x3", "b coder=ben x3"), []),  # the coincidence says it
        (("a x4", "b x5"), []),
    ],
)
def test_coders_who_did_most_of_a_group(rows: tuple[str, ...], told: list[str]) -> None:
    found = lopsided_coders(grouped(made(*rows), "role"), "role")
    found = [one for one in found if "role a" in one]
    assert len(found) == len(told) and all(a in b for a, b in zip(told, found, strict=True))


def test_clusters_are_the_mean_of_their_interviews() -> None:
    members = [
        interview(f"T{at}", "a", {}, cluster=unit) for at, unit in enumerate(("u", "v", "u", "w"))
    ]
    assert by_cluster(members, [1.0, 0.0, 0.0, 1.0]) == {"u": 0.5, "v": 0.0, "w": 1.0}
