"""Numbers as a reader meets them: percentages, coefficients, p values, counts.

What is no number (missing, not a number, endless) is None, for the page to say so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SPACE = "\u202f"  # narrow, does not break: 42 %
_MINUS = "\u2212"
_TENTHS = 10.0  # a rate from here on is told in tenths, below in hundredths


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeName:
    """How a code is called on the page."""

    code: str
    label: str = ""
    family: str = ""


def known(value: object) -> float | None:
    """The number, or None for whatever is none (a missing value, not a number, endless)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def whole(value: object) -> int | None:
    """The count, or None."""
    number = known(value)
    return None if number is None else round(number)


def percent(value: object) -> str | None:
    """0.25 as 25 %; 0.996 is 99 %, for 100 is said of all alone."""
    number = known(value)
    if number is None:
        return None
    told = f"{100 * number:.0f}"
    return f"{'99' if told == '100' and number < 1 else told}{_SPACE}%"


def percents(low: object, high: object) -> str | None:
    """0.09 and 0.53 as 9 to 53 %."""
    a, b = known(low), known(high)
    return None if a is None or b is None else f"{100 * a:.0f} to {100 * b:.0f}{_SPACE}%"


def points(value: object) -> str | None:
    """A difference of shares in percentage points, with its sign: 0.33 as +33."""
    number = known(value)
    return None if number is None else _signed(f"{100 * number:+.0f}")


def points_between(low: object, high: object) -> str | None:
    """An interval of a difference of shares: -5 to +62."""
    return _between(points(low), points(high))


def rate(value: object) -> str | None:
    """Segments per 1,000 words: 1.24, and 12.4 from ten on."""
    number = known(value)
    if number is None:
        return None
    return f"{number:.1f}" if abs(number) >= _TENTHS else f"{number:.2f}"


def rates_between(low: object, high: object) -> str | None:
    """An interval of a rate."""
    return _between(rate(low), rate(high))


def rate_apart(value: object) -> str | None:
    """A difference of rates, with its sign."""
    number = known(value)
    if number is None:
        return None
    return _signed(f"{number:+.1f}" if abs(number) >= _TENTHS else f"{number:+.2f}")


def rates_apart_between(low: object, high: object) -> str | None:
    """An interval of a difference of rates."""
    return _between(rate_apart(low), rate_apart(high))


def p_value(value: object) -> str | None:
    """.029, < .001, 1."""
    number = known(value)
    if number is None:
        return None
    if 0 <= number < 0.001:
        return f"<{_SPACE}.001"
    return _bare(f"{number:.3f}") if number < 0.9995 else "1"


def coefficient(value: object) -> str | None:
    """A coefficient of at most 1, as journals print it: .74, -.12; 1.00 only where it is that."""
    number = known(value)
    if number is None:
        return None
    told = f"{number:.2f}"
    return _bare("0.99" if told == "1.00" and number < 1 else told)


def coefficients_between(low: object, high: object) -> str | None:
    """An interval of a coefficient, to three places: its end may be held against .667."""
    a, b = known(low), known(high)
    return None if a is None or b is None else f"{_bare(f'{a:.3f}')} to {_bare(f'{b:.3f}')}"


def heard(n_heard: int, n_unknown: int, n: int) -> str:
    """3 of 12; a range where some are unknown: 2 to 7 of 12."""
    return f"{_range(n_heard, n_unknown, ' to ')} of {n}"


def heard_short(n_heard: int, n_unknown: int, n: int) -> str:
    """3/12; 2 to 7/12 with a dash."""
    return f"{_range(n_heard, n_unknown, chr(0x2013))}/{n}"


def counted(n: int, noun: str) -> str:
    """1 interview, 3 interviews, 1,200 words."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {plural(noun)}"


def plural(noun: str) -> str:
    """Interviews; entities for an entity."""
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    return noun if noun.endswith("s") else f"{noun}s"


def listed(names: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def said(value: object) -> tuple[str, ...]:
    """The texts in a value of which only the meaning is fixed: a text, several, or named ones."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, Mapping):
        return tuple(
            f"{name}: {'; '.join(texts)}" for name, one in value.items() if (texts := said(one))
        )
    if isinstance(value, Sequence):
        return tuple(text for one in value for text in said(one))
    number = known(value)
    return () if number is None else (f"{number:g}",)


def _range(n_heard: int, n_unknown: int, to: str) -> str:
    return f"{n_heard}{to}{n_heard + n_unknown}" if n_unknown else str(n_heard)


def _between(low: str | None, high: str | None) -> str | None:
    return None if low is None or high is None else f"{low} to {high}"


def _signed(number: str) -> str:
    if not number.strip("+-0."):
        return number.lstrip("+-")
    return number.replace("-", _MINUS)


def _bare(number: str) -> str:
    """Without the nought before the point, as of numbers that cannot pass 1."""
    sign, size = (_MINUS, number[1:]) if number.startswith("-") else ("", number)
    if not size.strip("0."):
        return size.removeprefix("0")
    return sign + size.removeprefix("0")
