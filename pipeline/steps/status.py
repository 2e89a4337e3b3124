"""Where a study stands, and what to do next; without the vault and in a moment."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.audit.prevalence import Left
from pipeline.audit.stopping import more_coding
from pipeline.records import Decision
from pipeline.steps.plan import STEPS, Plan, make_plan
from pipeline.steps.study import Study, card_of, newest_round
from pipeline.store.decisions import look_at, read_dealt, read_decisions, read_workbooks
from pipeline.targets import latest

_UNITS = {
    "ingest": "transcripts",
    "anonymise": "identifiers replaced",
    "segment": "segments",
    "embed": "vectors",
    "train": "decisions learnt from",
    "suggest": "suggestions",
    "review": "workbooks open",
}


def status_of(study: Study) -> dict[str, Any]:
    """The document that `motif status --json` prints.

    Raises
    ------
    PipelineError : the study's files are not there.
    """
    state = study.state()
    plan = make_plan(study, state)
    with look_at(study.decisions) as db:
        decisions, workbooks, dealt = read_decisions(db), read_workbooks(db), read_dealt(db)
    words = latest(decisions)
    done = Counter(coder for coder, _ in {(d.coder, d.row_id) for d in words})
    open_books = [book for book in workbooks if book.state == "open"]
    counts = {step: state.get(step, {}).get("n", 0) for step in STEPS}
    counts["review"] = len(open_books)
    return {
        "study": study.config.study.name,
        "round": state.get("train", {}).get("round", 0),
        "phase": study.config.review.phase,
        "policy": study.config.anonymise.policy,
        "list_checked": bool(state.get("list", {}).get("revision")),
        "left_out": state.get("ingest", {}).get("left_out", 0),
        "steps": [{"name": s, "due": s in plan.due, "n": counts[s]} for s in STEPS],
        "coders": [
            {
                "name": coder,
                "done": done[coder],
                "open": [book.id for book in open_books if book.coder == coder],
                "rows_out": sum(
                    row.workbook_id in {b.id for b in open_books if b.coder == coder}
                    for row in dealt
                ),
            }
            for coder in study.config.review.coders
        ],
        "codes": _codes(study, words),
        "second_look": len(card_of(study, newest_round(study)).get("second_look") or []),
        "next": _next(study, plan, state, open_books),
    }


def describe(document: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person."""
    yield f"{document['study']}: round {document['round']}, phase '{document['phase']}'"
    for step in document["steps"]:
        mark = "due " if step["due"] else "done"
        yield f"  {mark}  {step['name']:<10} {step['n']:>7} {_UNITS[step['name']]}"
    if document["left_out"]:
        yield f"  {document['left_out']} files were left out; 'motif run' names them."
    for coder in document["coders"]:
        out = ", ".join(f"{name}" for name in coder["open"]) or "none"
        yield (
            f"  {coder['name']}: {coder['done']} rows done; open workbook: {out}"
            + (f" ({coder['rows_out']} rows)" if coder["open"] else "")
        )
    coded = [code for code in document["codes"] if code["present"] or code["absent"]]
    if coded:
        yield f"  {'code':<24} {'present':>8} {'absent':>8} {'unsure':>8} {'transcripts':>12}"
    for code in coded:
        yield (
            f"  {code['id']:<24} {code['present']:>8} {code['absent']:>8} {code['unsure']:>8} "
            f"{code['transcripts']:>12}"
        )
    told = [code for code in document["codes"] if code["left"] is not None]
    if told:
        yield "  Would more coding pay? By the rows drawn at random, when the model last learnt:"
    for code in told:
        yield from _wrapped(f"  {code['id']:<24} {code['more_coding']}: {code['why']}")
    if document["second_look"]:
        yield (
            f"  {document['second_look']} decisions are worth a second look; "
            "'motif train' lists them."
        )
    yield f"Next: {document['next']}"


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, 100, subsequent_indent=" " * 27, drop_whitespace=True)


def _codes(study: Study, words: Sequence[Decision]) -> list[dict[str, Any]]:
    verdicts: Counter[tuple[str, str]] = Counter((d.code, d.verdict) for d in words)
    places: defaultdict[str, set[str]] = defaultdict(set)
    for decision in words:
        if decision.verdict == "present":
            places[decision.code].add(decision.anchor.transcript_hash)
    outlook = _outlook(study)
    return [
        {
            "id": code,
            **{v: verdicts[code, v] for v in ("present", "absent", "unsure")},
            "transcripts": len(places[code]),
            **outlook[code],
        }
        for code in study.codebook.ids
    ]


_ESTIMATE = ("share", "low", "high", "left", "left_high")


def _outlook(study: Study) -> dict[str, dict[str, Any]]:
    """Per code: its estimate and whether more coding would pay, as of the newest model's card.

    Nothing is computed here that takes a model: `status` answers in a moment.
    """
    newest = newest_round(study)
    cards = [card_of(study, number) for number in range((newest or 0) + 1)]
    audit = cards[-1].get("audit") or {}
    found = {}
    for code in study.codebook.ids:
        one = audit.get(code, {})
        left = None
        # A card from before "transcripts" was kept does not say of how many its estimate is.
        if one.get("undecided") is not None and "transcripts" in one:
            names = ("found", "left", "left_high", "undecided", "segments", "transcripts")
            left = Left(**{name: one[name] for name in names}, without=len(one["without"]))
        curve = [_f1(card, code) for card in cards]
        stopping = more_coding(one.get("positives", 0.0), left, curve)
        found[code] = {
            **{name: one.get(name) for name in _ESTIMATE},
            "f1": curve,
            "more_coding": stopping.more,
            "why": stopping.why,
        }
    return found


def _f1(card: Mapping[str, Any], code: str) -> float | None:
    """Of a round, on rows drawn at random; earlier versions scored rows chosen to teach."""
    if "on_chosen_rows" not in card or not card.get("held_out"):
        return None
    value: float | None = card["held_out"]["codes"].get(code, {}).get("f1")
    return value


def _next(study: Study, plan: Plan, state: Mapping[str, Any], open_books: Sequence[Any]) -> str:
    at = f"-s {study.config.path}"
    if plan.due:
        return f"motif run {at}"
    if not state.get("list", {}).get("revision"):
        return f"motif anonymise out {at}   (check the list of finds before coding begins)"
    if open_books:
        names = ", ".join(sorted({book.coder for book in open_books}))
        return f"wait for the workbooks of {names}, then: motif review in FILE {at}"
    return "every row that could be asked has been answered"
