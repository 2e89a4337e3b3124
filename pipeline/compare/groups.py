"""Who stands in which group, and which groups cannot be told apart from something else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.compare.interviews import Interview
from pipeline.errors import PipelineError, known_names

MOST_GROUPS = 12
CODER, JOINED = "coder", " & "  # the variable that names who coded an interview; several joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Coincidence:
    """All interviews of a group have the same value of another variable, and not all others do."""

    variable: str
    group: str
    other: str
    value: str
    n: int  # interviews in the group
    both_ways: bool  # and no interview outside the group has that value

    @property
    def sentence(self) -> str:
        """In words."""
        if self.other == CODER:
            return (
                f"all {self.n} interviews with {self.variable} {self.group} were coded by "
                f"{self.value}, who coded no others: what sets {self.group} apart cannot be told "
                "from how it was coded"
            )
        only = f", and {self.other} {self.value} is found nowhere else" if self.both_ways else ""
        return (
            f"all {self.n} interviews with {self.variable} {self.group} have {self.other} "
            f"{self.value}{only}: what sets {self.group} apart cannot be told from what sets "
            f"{self.value} apart"
        )


def grouped(
    interviews: Sequence[Interview], by: str, option: str = "--by"
) -> dict[str, list[Interview]]:
    """Interviews by their value of a variable, values in the order a person would put them.

    Interviews without a value are in no group.

    Parameters
    ----------
    option : what the person wrote the variable after.

    Raises
    ------
    PipelineError : nobody has the variable, one group only, or as many as interviews with a value.
    """
    found: dict[str, list[Interview]] = defaultdict(list)
    for one in interviews:
        if value := one.variables.get(by, "").strip():
            found[value].append(one)
    _check(found, by, {name for one in interviews for name in one.variables}, option)
    return {value: found[value] for value in sorted(found, key=in_reading_order)}


def in_reading_order(value: str) -> tuple[object, ...]:
    """2 before 10, and letters without regard to capitals."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part.casefold())
        for part in re.split(r"(\d+)", value)
        if part
    )


def _check(
    found: Mapping[str, Sequence[Interview]], by: str, variables: set[str], option: str
) -> None:
    n = sum(len(members) for members in found.values())
    if not found:
        raise PipelineError(
            f"no interview has the variable '{by}'",
            where=option,
            mend=f"Known: {known_names(sorted(variables))}.",
        )
    if len(found) == 1:
        (group,) = found
        raise PipelineError(
            f"all coded interviews have the same {by}: {group}",
            where=option,
            mend="A comparison takes two groups at least; code interviews of another one, or "
            f"compare by another variable ({known_names(sorted(variables - {by}))}).",
        )
    if len(found) > MOST_GROUPS or (len(found) == n and n > 2):
        raise PipelineError(
            f"'{by}' has {len(found)} values in {n} coded interviews, too many to be groups",
            where=option,
            mend="Put a coarser column into participants.csv (years: under 5, 5 and more).",
        )


def coincidences(groups: Mapping[str, Sequence[Interview]], by: str) -> list[Coincidence]:
    """Groups of at least two interviews that share a value of another variable.

    Named where fewer than half of the other interviews have that value: where most have it, others
    with the value stand in other groups, and the two can be told apart. Of coders, who may be
    several for an interview, a group is named when nobody of them coded anything else.
    """
    everyone = [one for members in groups.values() for one in members]
    found = []
    for other in sorted({name for one in everyone for name in one.variables} - {by}):
        for group, members in groups.items():
            outside = [one for one in everyone if one not in members]
            if len(members) < 2 or not outside:
                continue
            value, n_outside = _shared_value(members, outside, other)
            if value and 2 * n_outside < len(outside):
                found.append(
                    Coincidence(
                        variable=by, group=group, other=other, value=value, n=len(members),
                        both_ways=n_outside == 0,
                    )
                )  # fmt: skip
    return found


def _shared_value(
    members: Sequence[Interview], outside: Sequence[Interview], other: str
) -> tuple[str, int]:
    """The value that all members have ("" where they differ), and how many others have it."""
    if other == CODER:
        inside = {name for one in members for name in _coders(one)}
        return ("" if _shared_coders(members, outside) else JOINED.join(sorted(inside))), 0
    values = {_value(one, other) for one in members}
    if len(values) != 1:
        return "", 0
    (value,) = values
    return value, sum(_value(one, other) == value for one in outside)


def _value(interview: Interview, name: str) -> str:
    return interview.variables.get(name, "").strip()


def lopsided_coders(groups: Mapping[str, Sequence[Interview]], by: str) -> list[str]:
    """Coders of most of a group who coded less than a third as much of the rest, in words.

    Where nobody else coded the group and they nothing else, `coincidences` says so.
    """
    everyone = [one for members in groups.values() for one in members]
    coders = sorted({name for one in everyone for name in _coders(one)})
    told = []
    for group, members in groups.items():
        outside = [one for one in everyone if one not in members]
        if len(members) < 2 or not outside or not _shared_coders(members, outside):
            continue
        for coder in coders:
            inside = sum(coder in _coders(one) for one in members)
            others = sum(coder in _coders(one) for one in outside)
            if 2 * inside > len(members) and 3 * others * len(members) < inside * len(outside):
                told.append(
                    f"of the {len(members)} interviews with {by} {group}, {coder} coded {inside}, "
                    f"and of the {len(outside)} others {others}: a difference may be one between "
                    "coders"
                )
    return told


def _coders(interview: Interview) -> set[str]:
    return set(_value(interview, CODER).split(JOINED)) - {""}


def _shared_coders(members: Sequence[Interview], outside: Sequence[Interview]) -> bool:
    inside = {name for one in members for name in _coders(one)}
    return any(inside & _coders(one) for one in outside)


def by_cluster(members: Sequence[Interview], values: Sequence[float]) -> dict[str, float]:
    """The mean value of each independent unit; `values` are those of the members."""
    listed: dict[str, list[float]] = defaultdict(list)
    for one, value in zip(members, values, strict=True):
        listed[one.cluster].append(value)
    return {cluster: sum(of_one) / len(of_one) for cluster, of_one in listed.items()}
