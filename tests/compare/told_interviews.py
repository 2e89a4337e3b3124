"""Interviews in a line each, for the tests of comparisons."""

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from pipeline.compare.code_rates import Asked, Comparison, compare
from pipeline.compare.interviews import Count, Interview

SEGMENTS, WORDS = 10, 1000
YES, NO, OPEN = "3", "0", "?"


def count(told: str) -> Count:
    """`3`: heard in 3 of all 10 segments; `?`: 4 were read without it; `3?`: 4 read, 3 with it."""
    n = float(told.rstrip("?") or 0)
    asked = 4 if told.endswith("?") else SEGMENTS
    return Count(asked=asked, present=n, confirmed=int(n), audit=2, audit_present=min(2.0, n))


def interview(
    name: str,
    group: str,
    told: Mapping[str, str],
    *,
    cluster: str = "",
    words: int = WORDS,
    **more: str,
) -> Interview:
    return Interview(
        study="one",
        transcript=name,
        participant=cluster or name,
        cluster=cluster or name,
        words=words,
        segments=SEGMENTS,
        variables={"role": group, **more},
        counts={code: count(one) for code, one in told.items()},
    )


def corpus(groups: Mapping[str, Iterable[str]], code: str = "x") -> list[Interview]:
    """Groups of single interviews, told of one code."""
    return [
        interview(f"{group}{at:02}", group, {code: told})
        for group, members in groups.items()
        for at, told in enumerate(members)
    ]


def compared(interviews: Iterable[Interview], codes: str = "x", **more: object) -> Comparison:
    return compare(
        list(interviews),
        [Asked.of(code) for code in codes.split()],
        str(more.pop("by", "role")),
        rng=np.random.default_rng(7),
        **more,  # type: ignore[arg-type]
    )


def teams(*rows: str, code: str = "x") -> list[Interview]:
    """`t1 a 3 0`: team t1 has two interviews in group a, in one of which the code is heard."""
    return [
        interview(f"{team}{group}{at}", group, {code: told}, cluster=team)
        for team, group, *members in map(str.split, rows)
        for at, told in enumerate(members)
    ]


def many(seed: int = 1, groups: str = "abc") -> list[Interview]:
    draw = random.Random(seed)
    return [
        interview(
            f"{group}{at}",
            group,
            {
                code: draw.choice([NO, NO, "1", "4"]) if code != "z" else NO
                for code in ("v", "w", "x", "y", "z")
            },
            words=draw.randint(500, 1500),
            city=draw.choice(["Delft", "Breda"]),
            coder=draw.choice(["ana", "ben", "ana & ben"]),
        )
        for group in groups
        for at in range(6)
    ]


ROWS = st.tuples(
    st.sampled_from(["a", "b", "B", "10", "9", ""]),
    st.sampled_from(["Delft", "Breda", ""]),
    st.sampled_from(["u1", "u2", "u3", "", "", ""]),
    st.sampled_from(["ana", "ben", "ana & ben", ""]),
    st.sampled_from([0, 700, 1000, 1300]),
    st.lists(st.sampled_from([NO, "1", "2", "7", "?", "2?"]), min_size=2, max_size=2),
)


@st.composite
def corpora(draw: st.DrawFn) -> list[Interview]:
    return [
        interview(
            f"T{at:02}", group, {"x": told[0], "y": told[1]}, cluster=unit, words=words, city=city,
            coder=coder,
        )
        for at, (group, city, unit, coder, words, told) in enumerate(
            draw(st.lists(ROWS, min_size=2, max_size=14))
        )
    ]  # fmt: skip


def numbers(part: Any) -> Iterator[float]:
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, (list, tuple)):
        for one in part:
            yield from numbers(one)
    elif part is not None and not isinstance(part, (str, bool)):
        assert type(part) in (int, float), type(part)  # no NumPy, which JSON does not know
        yield part
