"""A comparison in words: no sentence claims more than its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.compare.code_rates import Cell, Comparison, Difference, Group

ALPHA = 0.05


def sentences(found: Comparison) -> list[str]:
    """What can be said, most certain first; what cannot is said as well."""
    return [
        *_design(found),
        *_shown(found),
        *_hints(found),
        *_nothing_shown(found),
        *_shared(found),
        *_unknown(found),
    ]


def _design(found: Comparison) -> Iterator[str]:
    groups = ", ".join(
        f"{one.group}{_in(one.within)} {_members(one, found)}" for one in found.groups
    )
    yield f"Compared by {found.by}: {groups}."
    if any(one.n_clusters < one.n_interviews for one in found.groups):
        yield f"Each {found.cluster} counts once, with the mean of its interviews in a group."
    if found.target == "these" or not found.differences:
        return
    pairs = dict.fromkeys(
        (_pair(one), one.n_pairs or 0, one.n_unpaired or 0)
        for one in found.differences
        if one.paired
    )
    for pair, n_pairs, n_unpaired in pairs:
        alone = f"; {n_unpaired} in one group only {_are(n_unpaired)} left out"
        yield (
            f"{pair}: {_n(n_pairs, found.cluster)} {_are(n_pairs)} in both and compared with "
            f"{'itself' if n_pairs == 1 else 'themselves'}{alone * bool(n_unpaired)}."
        )
    if not found.m + found.m_planned:
        yield "Nothing could be tested."
        return
    tests = f"{_n(found.m, 'exploratory test')}" + (
        f" and {found.m_planned} planned" if found.m_planned else ", none planned"
    )
    yield (
        f"{tests}; q is Benjamini and Hochberg's over them. Every statement is about interviews "
        "like these, if recruited the same way."
    )
    yield from _possible(found)


def _possible(found: Comparison) -> Iterator[str]:
    """The smallest p there can be, and whether one difference alone could survive the correction.

    Benjamini and Hochberg's q of the k smallest of m p is at most m / k times the largest of them;
    a code has two at most, of its share and of its rate.
    """
    least: dict[str, tuple[float, float]] = {}
    for one in found.differences:
        m = found.m_planned if one.planned else found.m
        possible = sorted(p for p in (one.min_p, one.rate_min_p) if p is not None)
        if possible:
            q = min(p * m / k for k, p in enumerate(possible, start=1))
            before = least.get(_pair(one), (1.0, 1.0))
            least[_pair(one)] = (min(before[0], possible[0]), min(before[1], q))
    told: dict[tuple[float, bool], list[str]] = {}
    for pair, (p, q) in least.items():
        told.setdefault((p, q > ALPHA), []).append(pair)
    so = ", so that no code that differs alone could be shown among so many tests"
    for (p, lost), names in told.items():
        if p >= 0.001 or lost:
            least_p = f"{p:.5f}".removeprefix("0") if p < 0.001 else number(p)
            yield f"No p below {least_p} is possible{so if lost else ''}: {'; '.join(names)}."


def _shown(found: Comparison) -> Iterator[str]:
    for one, measure in _tested(found):
        q = one.q if measure == "share" else one.rate_q
        if q is not None and q <= ALPHA:
            yield (
                f"{_statement(found, one, measure)}; q {number(q)}. The groups differ, as such "
                f"interviewees; whether kinds of {found.by} do, other interviews must show."
            )


def _hints(found: Comparison) -> Iterator[str]:
    """What is below .05 alone and not after the correction: planned ones in full, others in short.

    No sentence of its own for each exploratory one: twenty of them would read as findings.
    """
    short = []
    for one, measure in _tested(found):
        p, q = (one.p, one.q) if measure == "share" else (one.rate_p, one.rate_q)
        if p is None or p > ALPHA or (q is not None and q <= ALPHA):
            continue
        if one.planned:
            yield (
                f"{_statement(found, one, measure)}; p {number(p)}, but q {number(q)} among all "
                "planned tests: not shown."
            )
        else:
            short.append(f"{one.code} ({measure}, {_pair(one)}, p {number(p)}, q {number(q)})")
    if short:
        yield (
            f"Below .05 alone but not among all tests, so not shown here: {'; '.join(short)}. "
            "What seems worth it can be planned for new interviews."
        )


def _nothing_shown(found: Comparison) -> Iterator[str]:
    if not found.m + found.m_planned:
        return
    every = [q for one in found.differences for q in (one.q, one.rate_q) if q is not None]
    if min(every) > ALPHA:
        yield (
            "No difference between groups is shown. That is not sameness: see how far the "
            "intervals reach."
        )
    by_size: dict[float | None, list[str]] = {}
    for pair, smallest in found.smallest.items():
        by_size.setdefault(smallest, []).append(pair)
    for smallest, pairs in by_size.items():
        told = "; ".join(pairs)
        if smallest is None:
            yield f"So few interviews that no exact test of a share could reach p .05: {told}."
        else:
            yield (
                "Smallest difference of shares that could have reached p .05, alone and "
                f"uncorrected: {100 * smallest:.0f} points ({told})."
            )


def _shared(found: Comparison) -> Iterator[str]:
    """Codes heard in most interviews of every group: a shared pattern, not a difference."""
    by_code: dict[str, list[Cell]] = {}
    for cell in found.rates:
        by_code.setdefault(cell.code, []).append(cell)
    common = [
        f"{code} ({', '.join(f'{c.group}{_in(c.within)}: {of(c)}' for c in cells)})"
        for code, cells in by_code.items()
        if all(2 * cell.n_heard > cell.n_interviews for cell in cells)
    ]
    if common:
        yield f"Heard in most interviews of every group: {'; '.join(common)}."


def _unknown(found: Comparison) -> Iterator[str]:
    unread = {cell.code for cell in found.rates if cell.n_unread}
    unsettled = {cell.code for cell in found.rates if cell.n_unknown > cell.n_unread}
    if unread:
        yield (
            f"Not everything was read: for {_n(len(unread), 'code')} some interviews are open "
            "(neither heard nor read in full), and no share is printed there, only its range."
        )
    if unsettled:
        yield (
            f"For {_n(len(unsettled), 'code')} coders differ on whether it is in some interview "
            f"({', '.join(sorted(unsettled))}): until that is settled no share is printed there, "
            "only its range. One coder alone can be compared (--coder)."
        )


def _tested(found: Comparison) -> Iterator[tuple[Difference, str]]:
    for measure in ("share", "rate"):
        key = "p" if measure == "share" else "rate_p"
        known = [one for one in found.differences if getattr(one, key) is not None]
        for one in sorted(known, key=lambda one: getattr(one, key)):
            yield one, measure


def _statement(found: Comparison, one: Difference, measure: str) -> str:
    planned = " (planned)" if one.planned else ""
    if measure == "rate":
        cells = [_cell(found, one.code, group, one.within) for group in (one.a, one.b)]
        between = "no interval, nothing varies within the groups"
        if one.rate_low is not None:
            between = f"95 % {decimal(one.rate_low)} to {decimal(one.rate_high)}"
        return (
            f"{one.code}{planned}{_in(one.within)}: {decimal(cells[0].rate)} segments per 1,000 "
            f"respondent words for {one.a}, {decimal(cells[1].rate)} for {one.b}, "
            f"difference {decimal(one.rate_difference)} ({between}){_paired(one)}"
        )
    cells = [_cell(found, one.code, group, one.within) for group in (one.a, one.b)]
    return (
        f"{one.code}{planned}{_in(one.within)}: heard in {of(cells[0])} interviews of {one.a} and "
        f"{of(cells[1])} of {one.b}, difference {points(one.difference)} "
        f"(95 % {points(one.low)} to {points(one.high)}){_paired(one)}"
    )


def _paired(one: Difference) -> str:
    if not one.paired:
        return ""
    alone = "; the difference is theirs alone" if one.n_unpaired else ""
    return f", {_n(one.n_pairs or 0, 'pair')}, each against itself{alone}"


def _cell(found: Comparison, code: str, group: str, within: str) -> Cell:
    return next(c for c in found.rates if (c.code, c.group, c.within) == (code, group, within))


def of(cell: Cell) -> str:
    """`3 of 5`, or `3 to 5 of 7` where some are not known."""
    if cell.n_unknown:
        return f"{cell.n_heard} to {cell.n_heard + cell.n_unknown} of {cell.n_interviews}"
    return f"{cell.n_heard} of {cell.n_interviews}"


def points(value: float | None) -> str:
    """A difference of shares in percentage points."""
    return "-" if value is None else f"{_signed(value)} points"


def _signed(value: float) -> str:
    told = f"{100 * value:+.0f}"
    return "0" if told in ("+0", "-0") else told


def decimal(value: float | None) -> str:
    """Two decimals, or a dash."""
    return "-" if value is None else f"{value:.2f}".replace("-0.00", "0.00")


def number(p: float | None) -> str:
    """A p or q as journals print it."""
    if p is None:
        return "-"
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def differences(found: Comparison, most: int) -> Iterator[str]:
    """The differences with the smallest p for a screen of 100 columns, and how many there are."""
    tested = list(_tested(found))
    tested.sort(key=lambda one: (one[0].p if one[1] == "share" else one[0].rate_p) or 0.0)
    if not tested:
        return
    yield f"  {'code':<22}{'of':<6}{'between':<30}{'difference':>11}{'95 %':>15}{'p':>7}{'q':>7}"
    for one, measure in tested[:most]:
        if measure == "share":
            value, low, high, p, q = one.difference, one.low, one.high, one.p, one.q
        else:
            value, low, high = one.rate_difference, one.rate_low, one.rate_high
            p, q = one.rate_p, one.rate_q
        between = f"{one.a} - {one.b}{_in(one.within)}"
        yield (
            f"  {one.code[:21]:<22}{measure:<6}{between[:29]:<30}{decimal(value):>11}"
            f"{f'{decimal(low)} to {decimal(high)}':>15}{number(p):>7}{number(q):>7}"
        )
    if len(tested) > most:
        yield f"  The {most} smallest p of {len(tested)} tests; --json has all."


def _pair(one: Difference) -> str:
    return f"{one.a} - {one.b}{_in(one.within)}"


def _members(one: Group, found: Comparison) -> str:
    told = _n(one.n_interviews, "interview")
    if one.n_clusters == one.n_interviews:
        return told
    return f"{told} of {_n(one.n_clusters, found.cluster)}"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _in(within: str) -> str:
    return f" ({within})" if within else ""


def _n(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def table(found: Comparison, codes: Sequence[str]) -> Iterator[str]:
    """Shares and rates for a screen of 100 columns, a part for each value of `within`."""
    for within in dict.fromkeys(cell.within for cell in found.rates):
        if within:
            yield f"  -- {found.within}: {within}"
        head = f"{'heard in':>14}{'share':>7}{'95 %':>14}{'per 1,000':>11}"
        yield f"  {'code':<24}{'group':<26}{head}"
        cells = [cell for cell in found.rates if cell.within == within]
        for cell in sorted(cells, key=lambda cell: codes.index(cell.code)):
            yield (
                f"  {cell.code[:23]:<24}{cell.group[:25]:<26}{of(cell):>14}{decimal(cell.share):>7}"
                f"{f'{cell.low:.2f} to {cell.high:.2f}':>14}{decimal(cell.rate):>11}"
            )
