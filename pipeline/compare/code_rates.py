"""Compare how often codes are heard between groups of interviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pipeline.compare import paired, rates, shares
from pipeline.compare.groups import by_cluster, coincidences, grouped, lopsided_coders
from pipeline.compare.interviews import Interview, heard, rate
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    import numpy as np

Heard = Callable[[Interview], bool | None]
# How many times as many interviews the units of one group may have, on average, as those of the
# other. By simulation permutations of 4 + 8 units keep to .05 up to about 1.5 times, reach .09 at 2
# and .2 to .4 at 6; signs of pairs keep to it up to about 3 times and reach .2 at 8.
UNEVEN, UNEVEN_PAIRED = 1.5, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be compared: a code, or something derived of several in one interview."""

    code: str
    heard: Heard
    rate: Callable[[Interview], float | None] | None  # None for what is no segment's code

    @classmethod
    def of(cls, code: str) -> Asked:
        """A code of the codebook."""
        return cls(code=code, heard=lambda one: heard(one, code), rate=lambda one: rate(one, code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One code in one group."""

    code: str
    group: str
    within: str = ""
    n_interviews: int  # coded interviews of the group
    n_heard: int
    n_unknown: int  # not read in full, or not settled, and not heard yet
    n_unread: int  # of these, not read in full; the others stand undecided between coders
    share: float | None  # of interviews; None while some are unknown
    low: float  # of the share, for such interviews; unknown ones counted against both ends
    high: float
    rate: float | None  # segments per 1,000 respondent words, mean of the units
    rate_low: float | None
    rate_high: float | None
    n_rate: int  # interviews of which the rate is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One code between two groups: share a - share b, and rate a - rate b."""

    code: str
    a: str
    b: str
    within: str = ""
    n_a: int
    n_b: int
    paired: bool  # units that are in both groups, each against itself
    n_pairs: int | None
    n_unpaired: int | None  # units that are in one group only, and so not in a paired difference
    planned: bool
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None = None
    min_p: float | None
    rate_difference: float | None
    rate_low: float | None
    rate_high: float | None
    rate_p: float | None
    rate_q: float | None = None
    rate_min_p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How many interviews stand in a group."""

    group: str
    within: str = ""
    n_interviews: int
    n_participants: int
    n_clusters: int
    n_read_in_full: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything a comparison found. `m` counts the tests that share one correction."""

    by: str
    within: str
    target: str
    cluster: str
    groups: tuple[Group, ...]
    rates: tuple[Cell, ...]
    differences: tuple[Difference, ...]
    refused: tuple[Mapping[str, str], ...]
    warnings: tuple[str, ...]
    m: int
    m_planned: int
    smallest: Mapping[str, float | None] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As `motif compare --json` prints it."""
        return asdict(self)


def compare(
    interviews: Sequence[Interview],
    asked: Sequence[Asked],
    by: str,
    *,
    within: str = "",
    target: str = "such",
    cluster: str = "participant",
    planned: Sequence[str] = (),
    smallest_cell: int = 1,
    rng: np.random.Generator,
) -> Comparison:
    """Shares of interviews and rates per 1,000 words, by group, with what tells groups apart.

    Target `such`: interviews like these. Intervals are Wilson's for a share, Agresti and Caffo's
    for a difference, Welch's for rates; p is Fisher's exact one, or a permutation's. Units that
    stand in both groups are compared with themselves. Target `these`: the interviews in hand, which
    were read by people, so that no sampling error is left: no interval of a difference and no p.

    Benjamini and Hochberg's correction runs over all tests of the call, planned ones apart.

    Parameters
    ----------
    interviews : only coded ones count; those that are not are for the caller to name.
    planned : `code:variable` of comparisons that were planned.
    smallest_cell : groups of fewer participants are warned of.

    Raises
    ------
    PipelineError : the variable is not known, or makes fewer than two groups.
    """
    # In one order and with one seed for every test: neither the order of the interviews nor what
    # else is asked changes a number.
    coded = sorted(
        (one for one in interviews if one.coded), key=lambda one: (one.study, one.transcript)
    )
    seed = int(rng.integers(2**32))
    strata = _strata(coded, by, within)
    everyone = grouped(coded, by)
    cells: list[Cell] = []
    groups: list[Group] = []
    found: list[Difference] = []
    refused: list[dict[str, str]] = []
    for stratum, members in strata.items():
        sets = {
            name: [one for one in of_group if one in members] for name, of_group in everyone.items()
        }
        groups += [_group(name, stratum, of_group) for name, of_group in sets.items() if of_group]
        for name, of_group in sets.items():
            if not of_group:
                refused.append(
                    {"code": "", "why": f"{by} {name}: no coded interview with {within} {stratum}"}
                )
        for one in asked:
            cells += [
                _cell(one, name, stratum, of_group) for name, of_group in sets.items() if of_group
            ]
            for a, b in combinations([name for name in sets if sets[name]], 2):
                difference, why = _difference(
                    one, a, b, sets[a], sets[b], stratum, target,
                    f"{one.code}:{by}" in planned, seed,
                )  # fmt: skip
                found.append(difference)
                refused += [{"code": one.code, "why": _of(reason, a, b, stratum)} for reason in why]
    corrected = _corrected(found)
    return Comparison(
        by=by,
        within=within,
        target=target,
        cluster=cluster,
        groups=tuple(groups),
        rates=tuple(cells),
        differences=tuple(corrected),
        refused=tuple(_once(refused)),
        warnings=(
            *_warnings(coded, everyone, by, within, cluster, smallest_cell),
            *_of_target(target, [one for of in everyone.values() for one in of], groups, found),
        ),
        m=_tests(corrected, False),
        m_planned=_tests(corrected, True),
        smallest={} if target == "these" else _smallest(everyone, strata),
    )


def _strata(coded: Sequence[Interview], by: str, within: str) -> dict[str, Sequence[Interview]]:
    if within == by:
        raise PipelineError(
            f"within one {by} all have the same {by}",
            where="--within",
            mend="Name another variable, or none.",
        )
    return {"": coded} if not within else dict(grouped(coded, within, "--within"))


def _group(name: str, within: str, members: Sequence[Interview]) -> Group:
    return Group(
        group=name,
        within=within,
        n_interviews=len(members),
        n_participants=len({(one.study, one.participant) for one in members}),
        n_clusters=len({one.cluster for one in members}),
        n_read_in_full=sum(one.read_in_full for one in members),
    )


def _cell(asked: Asked, name: str, within: str, members: Sequence[Interview]) -> Cell:
    said = [asked.heard(one) for one in members]
    n_heard, n_unknown = said.count(True), said.count(None)
    least = by_cluster(members, [float(one is True) for one in said])
    most = by_cluster(members, [float(one is not False) for one in said])
    n = len(least)
    low, _ = shares.interval(sum(least.values()), n)
    _, high = shares.interval(sum(most.values()), n)
    known = _rates(asked, members)
    per_unit = list(known.values())
    spread = rates.mean_interval(per_unit)
    return Cell(
        code=asked.code,
        group=name,
        within=within,
        n_interviews=len(members),
        n_heard=n_heard,
        n_unknown=n_unknown,
        n_unread=sum(
            said_of is None and not one.read_in_full
            for one, said_of in zip(members, said, strict=True)
        ),
        share=None if n_unknown else sum(least.values()) / n,
        low=low,
        high=high,
        rate=sum(per_unit) / len(per_unit) if per_unit else None,
        rate_low=spread[0] if spread else None,
        rate_high=spread[1] if spread else None,
        n_rate=sum(asked.rate is not None and asked.rate(one) is not None for one in members),
    )


def _rates(asked: Asked, members: Sequence[Interview]) -> dict[str, float]:
    """The rate of each unit of which it is known."""
    if asked.rate is None:
        return {}
    pairs = [(one, asked.rate(one)) for one in members]
    known = [(one, value) for one, value in pairs if value is not None]
    return by_cluster([one for one, _ in known], [value for _, value in known])


def _difference(
    asked: Asked,
    a: str,
    b: str,
    in_a: Sequence[Interview],
    in_b: Sequence[Interview],
    within: str,
    target: str,
    planned: bool,
    seed: int,
) -> tuple[Difference, list[str]]:
    """The difference as far as it can be told, and why the rest cannot."""
    import numpy as np

    n_a, n_b = len(in_a), len(in_b)
    units_a, units_b = {one.cluster for one in in_a}, {one.cluster for one in in_b}
    both = units_a & units_b
    if both:
        in_a = [one for one in in_a if one.cluster in both]
        in_b = [one for one in in_b if one.cluster in both]
    share, why_share = _share(asked, in_a, in_b, both, target, np.random.default_rng(seed))
    speed, why_rate = _rate(asked, in_a, in_b, both, target, np.random.default_rng(seed))
    return Difference(
        code=asked.code, a=a, b=b, within=within, n_a=n_a, n_b=n_b, paired=bool(both),
        n_pairs=len(both) if both else None, n_unpaired=len(units_a ^ units_b) if both else None,
        planned=planned,
        difference=share.value, low=share.low, high=share.high, p=share.p, min_p=share.min_p,
        rate_difference=speed.value, rate_low=speed.low, rate_high=speed.high, rate_p=speed.p,
        rate_min_p=speed.min_p,
    ), [*why_share, *why_rate]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    min_p: float | None = None


def _share(
    asked: Asked,
    in_a: Sequence[Interview],
    in_b: Sequence[Interview],
    both: set[str],
    target: str,
    rng: np.random.Generator,
) -> tuple[_Found, list[str]]:
    said_a, said_b = [asked.heard(one) for one in in_a], [asked.heard(one) for one in in_b]
    n_unknown = [*said_a, *said_b].count(None)
    if n_unknown:
        return _Found(), [
            f"share: {n_unknown} of {len(said_a) + len(said_b)} interviews are not read in full "
            "or not settled, and the code was not heard in them yet"
        ]
    unit_a = by_cluster(in_a, [float(bool(one)) for one in said_a])
    unit_b = by_cluster(in_b, [float(bool(one)) for one in said_b])
    if both:
        return _paired_share(in_a, in_b, unit_a, unit_b, target, rng)
    n_a, n_b = len(unit_a), len(unit_b)
    sum_a, sum_b = sum(unit_a.values()), sum(unit_b.values())
    value = sum_a / n_a - sum_b / n_b
    if target == "these":
        return _Found(value), []
    if min(n_a, n_b) < 2:
        return _Found(), [_ALONE]
    low, high = shares.difference_interval(sum_a, n_a, sum_b, n_b)
    single = n_a == len(in_a) and n_b == len(in_b)
    if _same([*unit_a.values(), *unit_b.values()]):
        return _Found(value, low, high), [_nothing_varies(bool(sum_a))]
    if single:
        p = shares.exact_p(round(sum_a), n_a, round(sum_b), n_b)
        return _Found(value, low, high, p, shares.smallest_p(n_a, n_b)), []
    if why := _uneven(in_a, in_b, UNEVEN):
        return _Found(value, low, high), [f"share: {why}"]
    p = rates.permutation_p(list(unit_a.values()), list(unit_b.values()), rng, studentised=False)
    return _Found(value, low, high, p, rates.smallest_permutation_p(n_a, n_b)), []


def _paired_share(
    in_a: Sequence[Interview],
    in_b: Sequence[Interview],
    unit_a: Mapping[str, float],
    unit_b: Mapping[str, float],
    target: str,
    rng: np.random.Generator,
) -> tuple[_Found, list[str]]:
    apart = [unit_a[one] - unit_b[one] for one in sorted(unit_a)]
    value = sum(apart) / len(apart)
    if target == "these":
        return _Found(value), []
    if len(apart) < 2:
        return _Found(value), [_ALONE]
    low, high = paired.share_interval(apart)
    if not any(apart):
        return _Found(value, low, high), ["share: no unit differs between the two"]
    if why := _uneven(in_a, in_b, UNEVEN_PAIRED):
        return _Found(value, low, high), [f"share: {why}"]
    return _Found(
        value, low, high, paired.sign_flip_p(apart, rng), paired.smallest_sign_flip_p(len(apart))
    ), []


def _rate(
    asked: Asked,
    in_a: Sequence[Interview],
    in_b: Sequence[Interview],
    both: set[str],
    target: str,
    rng: np.random.Generator,
) -> tuple[_Found, list[str]]:
    if asked.rate is None:
        return _Found(), []
    unit_a, unit_b = _rates(asked, in_a), _rates(asked, in_b)
    known = sum(asked.rate(one) is not None for one in [*in_a, *in_b])
    if known < len(in_a) + len(in_b):
        missing = len(in_a) + len(in_b) - known
        return _Found(), [
            f"rate: {missing} of {len(in_a) + len(in_b)} interviews are neither read in full nor "
            "have two rows of the audit list answered"
        ]
    if both:
        return _paired_rate(in_a, in_b, unit_a, unit_b, target, rng)
    a, b = list(unit_a.values()), list(unit_b.values())
    value = sum(a) / len(a) - sum(b) / len(b)
    if target == "these":
        return _Found(value), []
    if min(len(a), len(b)) < 2:
        return _Found(), [_ALONE]
    if not rates.varies([*a, *b]):
        return _Found(value), ["rate: the same in every unit, so there is nothing to test"]
    if why := _uneven(in_a, in_b, UNEVEN):
        return _Found(value), [f"rate: {why}"]
    low, high = rates.welch_interval(a, b) or (None, None)
    p, min_p = rates.permutation_p(a, b, rng), rates.smallest_permutation_p(len(a), len(b))
    return _Found(value, low, high, p, min_p), [_NO_SPREAD] if low is None else []


def _paired_rate(
    in_a: Sequence[Interview],
    in_b: Sequence[Interview],
    unit_a: Mapping[str, float],
    unit_b: Mapping[str, float],
    target: str,
    rng: np.random.Generator,
) -> tuple[_Found, list[str]]:
    apart = [unit_a[one] - unit_b[one] for one in sorted(unit_a)]
    value = sum(apart) / len(apart)
    if target == "these":
        return _Found(value), []
    if len(apart) < 2:
        return _Found(value), [_ALONE]
    if not any(rates.varies([unit_a[one], unit_b[one]]) for one in unit_a):
        return _Found(value), ["rate: no unit differs between the two"]
    if why := _uneven(in_a, in_b, UNEVEN_PAIRED):
        return _Found(value), [f"rate: {why}"]
    low, high = paired.mean_interval(apart) or (None, None)
    p, min_p = paired.sign_flip_p(apart, rng), paired.smallest_sign_flip_p(len(apart))
    return _Found(value, low, high, p, min_p), [_NO_SPREAD] if low is None else []


def _uneven(in_a: Sequence[Interview], in_b: Sequence[Interview], most: float) -> str:
    """Why means of units cannot be tested; "" where they can.

    A mean of many interviews spreads less than one of few. Where the units of one group have many
    more than those of the other, the test takes that for a difference.
    """
    of_a, of_b = (len(one) / len({i.cluster for i in one}) for one in (in_a, in_b))
    if max(of_a, of_b) <= most * min(of_a, of_b):
        return ""
    return (
        f"the units have {of_a:.1f} and {of_b:.1f} interviews on average, and means of few spread "
        "more than means of many, which a test would take for a difference"
    )


_NO_SPREAD = "rate: nothing varies within the groups, so there is no interval"
_ALONE = "a group of one independent unit: nothing says how much such units vary"


def _nothing_varies(heard_in_all: bool) -> str:
    where = "all interviews" if heard_in_all else "no interview"
    return f"share: heard in {where} of both groups, so there is nothing to test"


def _same(values: Sequence[float]) -> bool:
    return len(set(values)) == 1 and values[0] in (0.0, 1.0)


def _of(reason: str, a: str, b: str, within: str) -> str:
    place = f" ({within})" if within else ""
    return f"{a} against {b}{place}: {reason}"


def _once(refused: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [one for at, one in enumerate(refused) if one not in refused[:at]]


def _corrected(found: Sequence[Difference]) -> list[Difference]:
    """With q: Benjamini and Hochberg's, over shares and rates together, planned tests apart."""
    from scipy.stats import false_discovery_control

    q: dict[tuple[int, str], float] = {}
    for kind in (False, True):
        places = [
            (at, name)
            for at, one in enumerate(found)
            if one.planned is kind
            for name in ("p", "rate_p")
            if getattr(one, name) is not None
        ]
        if places:
            values = false_discovery_control([getattr(found[at], name) for at, name in places])
            q |= {place: float(value) for place, value in zip(places, values, strict=True)}
    return [
        replace(one, q=q.get((at, "p")), rate_q=q.get((at, "rate_p")))
        for at, one in enumerate(found)
    ]


def _tests(found: Sequence[Difference], planned: bool) -> int:
    return sum(
        (one.p is not None) + (one.rate_p is not None) for one in found if one.planned is planned
    )


def _smallest(
    groups: Mapping[str, Sequence[Interview]], strata: Mapping[str, Sequence[Interview]]
) -> dict[str, float | None]:
    """Per pair of groups: the smallest difference of shares that could reach p <= .05.

    Only where each interview is a unit of its own; means of several have no such table.
    """
    found = {}
    for within, inside in strata.items():
        members = {
            name: [one for one in of_one if one in inside] for name, of_one in groups.items()
        }
        units = {name: {one.cluster for one in of_one} for name, of_one in members.items()}
        for a, b in combinations([name for name in groups if len(units[name]) > 1], 2):
            single = all(len(units[name]) == len(members[name]) for name in (a, b))
            if single and not units[a] & units[b]:
                pair = f"{a} - {b}" + (f" ({within})" if within else "")
                found[pair] = shares.smallest_difference(len(units[a]), len(units[b]))
    return found


def _warnings(
    coded: Sequence[Interview],
    groups: Mapping[str, Sequence[Interview]],
    by: str,
    within: str,
    cluster: str,
    smallest_cell: int,
) -> list[str]:
    told = [f"{one.sentence}." for one in coincidences(groups, by)]
    told += [f"{one}." for one in lopsided_coders(groups, by)]
    for name in filter(None, (by, within)):
        if n := sum(not one.variables.get(name, "").strip() for one in coded):
            told.append(f"{n} coded interviews have no value of {name} and are left out.")
    for name, members in groups.items():
        people = len({(one.study, one.participant) for one in members})
        if people < smallest_cell:
            told.append(
                f"{by} {name} has {people} participant{'s' * (people != 1)}, fewer than "
                f"[publish] smallest_cell = {smallest_cell}: do not publish figures of this group."
            )
        told += _small_cells(members, by, name, within, smallest_cell)
        units = {one.cluster for one in members}
        if len(units) == 1 and len(members) > 1:
            told.append(
                f"{by} {name} is one {cluster}: its {len(members)} interviews count as one unit."
            )
    return [one[:1].upper() + one[1:] for one in told]


def _small_cells(
    members: Sequence[Interview], by: str, name: str, within: str, smallest_cell: int
) -> Iterator[str]:
    """Cells of a group within another variable that hold too few people to publish."""
    people: dict[str, set[tuple[str, str]]] = {}
    for one in members if within else ():
        if value := one.variables.get(within, "").strip():
            people.setdefault(value, set()).add((one.study, one.participant))
    small = sorted(value for value, who in people.items() if len(who) < smallest_cell)
    if small:
        yield (
            f"{by} {name} has fewer than [publish] smallest_cell = {smallest_cell} participants "
            f"with {within} {', '.join(small)}: do not publish figures of these."
        )


def _of_target(
    target: str, coded: Sequence[Interview], groups: Sequence[Group], found: Sequence[Difference]
) -> Iterator[str]:
    """What the figures are worth for those whom they are about."""
    if target == "these":
        partly = sum(not one.read_in_full for one in coded)
        yield (
            "Target: these interviews. People read them, so there is no sampling error for these; "
            "nothing is said about others, and no test is made."
        )
        if partly:
            yield (
                f"{partly} of {len(coded)} interviews are not read in full: their rates are "
                "estimates from rows drawn by chance, and that error is not shown."
            )
        return
    units = {(one.group, one.within): one.n_clusters for one in groups}
    told = [one for one in found if one.low is not None and not one.paired]
    sides = dict.fromkeys((name, one.within) for one in told for name in (one.a, one.b))
    few = [f"{' in '.join(filter(None, s))}: {units[s]}" for s in sides if units[s] < shares.FEW]
    if few:
        yield (
            f"Groups of fewer than {shares.FEW} units ({', '.join(few)}): the 95 % intervals of "
            "differences of shares may cover less, about 90 % of the time at worst (2 against 2: "
            "81 %). With so few units an interval and a p may disagree; p and q decide."
        )
