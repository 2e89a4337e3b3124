"""Hypotheses as people write them: `motivation*(distress + ~policy)`, read and evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.errors import PipelineError, known_names

Truth = bool | None  # None: not told

_TOKEN = re.compile(r"\s*([*+~()]|[^\s*+~()]+)")
_SIGNS = "*+~()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A parsed expression."""

    text: str
    codes: tuple[str, ...]  # in order of first mention
    truth: Callable[[Mapping[str, Truth]], Truth]
    """Of a case's values; None where what is not told could make it either (Kleene 1952)."""


def parse(text: str, known: Collection[str], *, where: str = "expression") -> Expression:
    """Read an expression: `*` and, `+` or, `~` not, parentheses; `*` binds closer than `+`.

    Parameters
    ----------
    text : an expression; spaces do not matter.
    known : the names it may hold.
    where : what it is called, for errors.

    Raises
    ------
    PipelineError : with the position (the first character is 1): an unknown name, a parenthesis
        that is not closed or not opened, something missing.
    """
    found = [(match[1], match.start(1) + 1) for match in _TOKEN.finditer(text)]
    faults = [
        PipelineError(
            f"unknown name {token!r} at position {at}",
            where=where,
            mend=f"The names are {known_names(known)}.",
        )
        for token, at in found
        if token not in _SIGNS and token not in known
    ]
    if faults:
        raise PipelineError.join(faults)
    reader = _Reader([*found, ("", len(text) + 1)], known, where)
    truth = reader.read_any()
    if reader.token:
        raise reader.fault("a + or * is missing" if reader.token != ")" else "no ( belongs to it")
    names = (token for token, _ in found if token not in _SIGNS)
    return Expression(text=text, codes=tuple(dict.fromkeys(names)), truth=truth)


_Truth = Callable[[Mapping[str, Truth]], Truth]


class _Reader:
    """Recursive descent: any of (all of (name, not, parenthesis))."""

    def __init__(self, tokens: list[tuple[str, int]], known: Collection[str], where: str) -> None:
        self.tokens, self.known, self.where = tokens, known, where
        self.place = 0

    @property
    def token(self) -> str:
        """The token that comes next, "" at the end."""
        return self.tokens[self.place][0]

    def fault(self, wrong: str) -> PipelineError:
        """What is wrong with the token that comes next."""
        token, at = self.tokens[self.place]
        found = f"{token!r} at position {at}" if token else f"the end (position {at})"
        return PipelineError(
            f"{found}: {wrong}",
            where=self.where,
            mend=f"Write names with *, +, ~ and parentheses; they are {known_names(self.known)}.",
        )

    def read_any(self) -> _Truth:
        parts = [self.read_all()]
        while self._take("+"):
            parts.append(self.read_all())
        return lambda values: _any(part(values) for part in parts)

    def read_all(self) -> _Truth:
        parts = [self.read_one()]
        while self._take("*"):
            parts.append(self.read_one())
        return lambda values: _not(_any(_not(part(values)) for part in parts))

    def read_one(self) -> _Truth:
        if self._take("~"):
            inner = self.read_one()
            return lambda values: _not(inner(values))
        if self._take("("):
            inner = self.read_any()
            if not self._take(")"):
                raise self.fault("a ) is missing")
            return inner
        if not self.token or self.token in _SIGNS:
            raise self.fault("a name is missing")
        name = self.token
        self.place += 1
        return lambda values: values.get(name)

    def _take(self, sign: str) -> bool:
        taken = self.token == sign
        self.place += taken
        return taken


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _any(values: Iterable[Truth]) -> Truth:
    found = set(values)
    return True if True in found else None if None in found else False
