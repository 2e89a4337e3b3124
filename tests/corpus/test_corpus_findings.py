"""What each example study re-enacts is in its gold, and only what its README says."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

from tests.corpus.figures import Story, read_rows, stories
from tests.corpus.studies import (
    BENEFIT_OFFICER,
    CASEWORKER,
    CLIENT_MANAGER,
    INTEGRATION,
    MANAGER,
    RECIPIENT,
    SANCTIONS,
    TEACHER,
    TEAMS,
    Study,
)


def codes_by_interview(study: Study) -> dict[str, set[str]]:
    """What the first pass gave to each interview, as gold/codes.csv has it."""
    number = {form.file: n for n, form in study.forms.items()}
    found: dict[str, set[str]] = {n: set() for n in study.forms}
    for row in read_rows(study.corpus / "gold" / "codes.csv"):
        found[number[row["file"]]].add(row["code"])
    return found


def having(study: Study, *codes: str) -> set[str]:
    """The interviews that hold all of these codes."""
    return {n for n, given in codes_by_interview(study).items() if set(codes) <= given}


def where(study: Study, **about: str | int) -> set[str]:
    """The interviews whose participants.csv row says so."""
    return {
        n
        for n, form in study.forms.items()
        if all(form.about[column] == value for column, value in about.items())
    }


# Integration workers: a client's story is the unit


@cache
def told_stories() -> list[Story]:
    return [story for one in INTEGRATION.interviews().values() for story in stories(one)]


def test_rules_are_broken_where_motivation_is_joined_by_another_reason() -> None:
    breaking = [story for story in told_stories() if "break_rules" in story.coping]
    assert 3 <= len({story.interview for story in breaking}) <= 4
    other = {"client_distress", "policy_unfair", "policy_impractical"}
    for story in told_stories():
        told_of = set(story.reasons)
        assert ("break_rules" in story.coping) == (
            "client_motivation" in told_of and bool(told_of & other)
        ), story.line
        if told_of == {"client_motivation"} or "own_values" in told_of:
            assert story.coping == ("beyond_duty",), story.line


def test_keeping_distance_is_for_client_managers_and_teachers() -> None:
    roles = {
        INTEGRATION.forms[story.interview].about["role"]
        for story in told_stories()
        if "keep_distance" in story.coping
    }
    assert roles == {CLIENT_MANAGER, TEACHER}


def test_the_hague_has_client_managers_only() -> None:
    rows = read_rows(INTEGRATION.corpus / "participants.csv")
    assert {row["role"] for row in rows if row["city"] == "The Hague"} == {CLIENT_MANAGER}
    assert len({row["participant"] for row in rows}) == 12


# Sanctions: two offices alike, and a contradiction in six of ten


def test_five_staff_and_one_recipient_in_each_office() -> None:
    for municipality in "AB":
        roles = Counter(
            SANCTIONS.forms[n].about["role"] for n in where(SANCTIONS, municipality=municipality)
        )
        assert roles[RECIPIENT] == roles[MANAGER] == 1
        assert roles[CASEWORKER] + roles[BENEFIT_OFFICER] == 4
    rows = read_rows(SANCTIONS.corpus / "participants.csv")
    assert len({row["participant"] for row in rows}) == 12


def test_recipients_carry_no_codes() -> None:
    given = codes_by_interview(SANCTIONS)
    assert {n for n, codes in given.items() if not codes} == where(SANCTIONS, role=RECIPIENT)
    second = {row["file"] for row in read_rows(SANCTIONS.corpus / "gold" / "second.csv")}
    assert not second & {SANCTIONS.file(n) for n in where(SANCTIONS, role=RECIPIENT)}


def test_three_of_five_contradict_themselves_in_either_office() -> None:
    contradictory = having(SANCTIONS, "judgement_praised", "no_discretion")
    assert contradictory == {"01", "03", "05", "07", "09", "10"}
    assert len(contradictory & where(SANCTIONS, municipality="A")) == 3
    assert len(contradictory & where(SANCTIONS, municipality="B")) == 3


def test_no_choice_is_heard_from_managers_and_the_benefit_office_caseworkers_are_mixed() -> None:
    without_choice = having(SANCTIONS, "no_discretion")
    counts = {
        role: (len(without_choice & where(SANCTIONS, role=role)), len(where(SANCTIONS, role=role)))
        for role in (MANAGER, BENEFIT_OFFICER, CASEWORKER)
    }
    assert counts == {MANAGER: (2, 2), BENEFIT_OFFICER: (3, 3), CASEWORKER: (3, 5)}


def test_one_interview_is_in_danish() -> None:
    rows = read_rows(SANCTIONS.corpus / "participants.csv")
    assert [row["file"] for row in rows if row["language"] == "da"] == [SANCTIONS.file("09")]


# Teams: six people twice


def test_six_people_in_three_teams_at_two_waves() -> None:
    waves: dict[str, set[str]] = defaultdict(set)
    teams: dict[str, set[str]] = defaultdict(set)
    for row in read_rows(TEAMS.corpus / "participants.csv"):
        waves[row["participant"]].add(row["wave"])
        teams[row["team"]].add(f"{row['participant']}, {row['role']}")
    assert len(waves) == 6
    assert set(map(frozenset, waves.values())) == {frozenset("12")}
    assert len(teams) == 3
    for people in teams.values():
        assert sorted(one.rsplit(", ", 1)[1] for one in people) == ["assistant", "lead"]


def test_wider_help_goes_with_delegation_and_provisions_where_no_meetings_eat_the_time() -> None:
    wider = having(TEAMS, "wider_help")
    assert wider == {"01", "02", "03", "04", "06", "08"}
    delegating = having(TEAMS, "paperwork_delegated", "generous_provisions")
    assert wider == delegating - having(TEAMS, "team_meetings")
    assert delegating - wider == {"10", "12"}


def test_lack_of_clarity_gives_way_to_joint_decision() -> None:
    counts = {
        code: [len(having(TEAMS, code) & where(TEAMS, wave=wave)) for wave in (1, 2)]
        for code in ("lack_of_clarity", "joint_decision", "wider_help")
    }
    assert counts == {"lack_of_clarity": [5, 1], "joint_decision": [1, 5], "wider_help": [2, 4]}


def test_more_resources_do_not_by_themselves_bring_more_engagement() -> None:
    provided = having(TEAMS, "generous_provisions")
    engagement = having(TEAMS, "engagement")
    assert provided & engagement == {"03", "06", "09", "12"}
    assert engagement - provided == {"07"}
