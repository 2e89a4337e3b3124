"""The findings as a document, as lines for a screen, and as one HTML page that loads nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from pipeline.records import KINDS
from pipeline.risk.findings import ATTACKS, Risk, TranscriptRisk, plain
from pipeline.risk.linkage import Found, more_than_chance
from pipeline.risk.words import LIMITS, number, of_attack, of_study, of_transcript

_WIDTH = 100
_SHOWN_TERMS = 8


def document(risk: Risk) -> dict[str, Any]:
    """Everything, as plain values; `transcripts` worst first."""
    return {
        "study": risk.study,
        "policy": risk.policy,
        "checked": risk.checked,
        "n_transcripts": len(risk.transcripts),
        "n_participants": risk.n_participants,
        "says": of_study(risk),
        "transcripts": [_transcript(one, risk) for one in risk.worst_first],
        "groups": {
            "columns": list(risk.columns),
            "smallest_cell": risk.smallest_cell,
            "smallest": risk.cells[0].k if risk.cells else None,
            "below": [plain(cell) for cell in risk.cells if cell.k < risk.smallest_cell],
            "n_groups": len(risk.cells),
            "enough": [plain(one) for one in risk.choices],
        },
        "linkage": [_attack(risk, name) for name in ATTACKS if risk.of(name)],
        "limits": list(LIMITS),
    }


def _transcript(one: TranscriptRisk, risk: Risk) -> dict[str, Any]:
    return {
        "transcript": one.transcript_id,
        "participants": list(one.participants),
        "n_words": one.n_words,
        "says": of_transcript(one, risk),
        "finds": {kind: plain(one.finds[kind]) for kind in KINDS if kind in one.finds},
        "standing": one.standing,
        "misses": {what: plain(noted) for what, noted in one.misses.items()},
        "quasi": {what: plain(noted) for what, noted in one.quasi.items()},
        "values": dict(zip(risk.columns, one.values, strict=False)),
        "k": one.sharing or None,
        "linkage": {name: _found(found) for name, found in one.after.items()},
        "own_words": list(one.own_words),
    }


def _found(found: Found) -> dict[str, Any]:
    rounded = {
        name: round(getattr(found, name), 6) for name in ("first", "among", "guess", "guess_among")
    }
    return rounded | {"n_candidates": found.n_candidates, "terms": list(found.terms)}


def _attack(risk: Risk, name: str) -> dict[str, Any]:
    after, before = risk.of(name), risk.of(name, "before")
    terms: dict[str, int] = {}
    for one in after:
        for term in one.terms:
            terms[term] = terms.get(term, 0) + 1
    return {
        "attack": name,
        "who_has": ATTACKS[name],
        "n": len(after),
        "first": round(sum(one.first for one in after), 6),
        "among": round(sum(one.among for one in after), 6),
        "guess": round(sum(one.guess for one in after), 6),
        "guess_among": round(sum(one.guess_among for one in after), 6),
        "p": round(more_than_chance(after), 6),
        "before_first": round(sum(one.first for one in before), 6) if before else None,
        "before_among": round(sum(one.among for one in before), 6) if before else None,
        "terms": sorted(terms, key=lambda term: (-terms[term], term))[:_SHOWN_TERMS],
        "says": of_attack(risk, name),
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The document for a screen of 100 columns."""
    yield f"{found['study']}: what still gives people away"
    yield (
        f"{found['n_transcripts']} transcripts, {found['n_participants']} participants in the "
        "participants table"
    )
    yield ""
    for text in found["says"]:
        yield from _wrapped(text)
    yield from _title("Transcript by transcript, worst first")
    for one in found["transcripts"]:
        who = " ".join(one["participants"])
        yield f"{one['transcript']}  {who}".rstrip()
        for text in one["says"]:
            yield from _wrapped(text, indent=4)
    yield from _title("Finds (places; unchecked: distinct finds that nobody has looked at)")
    yield from _finds(found)
    yield from _groups(found["groups"])
    yield from _links(found["linkage"])
    yield from _title("What this page cannot see")
    for text in found["limits"]:
        yield from _wrapped(text)


def _wrapped(text: str, indent: int = 0) -> Iterator[str]:
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent=" " * indent + "- ", subsequent_indent=" " * (indent + 2),
        break_long_words=True,
    )  # fmt: skip


def _title(text: str) -> Iterator[str]:
    yield from ("", text, "-" * len(text))


def _finds(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'':<6}{'auto':>6}{'review':>8}{'unchecked':>11}   " + "".join(
        f"{kind[:8]:>9}" for kind in KINDS
    )
    for one in sorted(found["transcripts"], key=lambda one: str(one["transcript"])):
        kinds = one["finds"]
        sums = {
            what: sum(count[what] for count in kinds.values())
            for what in ("auto", "review", "unchecked")
        }
        yield (
            f"{one['transcript']:<6}{sums['auto']:>6}{sums['review']:>8}{sums['unchecked']:>11}   "
        ) + "".join(f"{kinds[kind]['auto'] + kinds[kind]['review'] or '-':>9}" for kind in KINDS)


def _groups(groups: Mapping[str, Any]) -> Iterator[str]:
    if not groups["columns"]:
        return
    yield from _title(f"Groups of fewer than {groups['smallest_cell']} participants")
    if not groups["below"]:
        yield "none"
    for cell in groups["below"]:
        values = ", ".join(value or "(blank)" for value in cell["values"])
        yield from textwrap.wrap(
            f"{len(cell['participants'])}  {values}: {', '.join(cell['participants'])}",
            _WIDTH, subsequent_indent="     ",
        )  # fmt: skip


def _links(attacks: list[dict[str, Any]]) -> Iterator[str]:
    if not attacks:
        return
    yield from _title("Who is found by words alone (found first / among the best five)")
    yield f"{'who has':<58}{'of':>4}{'before':>13}{'after':>13}{'guessing':>12}"
    for one in attacks:
        before = _pair(one["before_first"], one["before_among"])
        after, guess = _pair(one["first"], one["among"]), _pair(one["guess"], one["guess_among"])
        yield f"{one['who_has']:<58}{one['n']:>4}{before:>13}{after:>13}{guess:>12}"
        if one["terms"]:
            terms = ", ".join(one["terms"])
            yield from textwrap.wrap(
                f"by: {terms}", _WIDTH, initial_indent="  ", subsequent_indent="      "
            )


def _pair(first: float | None, among: float | None) -> str:
    return "-" if first is None or among is None else f"{number(first)} / {number(among)}"


def render(found: Mapping[str, Any]) -> str:
    """The document as one page. It loads nothing and needs no script."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    from pipeline import __version__

    environment = Environment(
        loader=FunctionLoader(_packaged),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        found=found,
        kinds=KINDS,
        pair=_pair,
        style=Markup(_packaged("style.css")),  # noqa: S704  (the package's own)
        version=__version__,
    )


def _packaged(name: str) -> str:
    return resources.files("pipeline.risk").joinpath(name).read_text("utf-8")
