"""Agreement between the coders of a study, on the segments that now stand.

The headline is on rows that every coder coded blind: of the audit list, which is drawn by chance,
or imported from where Motif showed nobody anything. Coders who saw the same suggestions agree with
the machine as well as with each other, and a strategy picks what is hard; those rows are a table of
their own. A row of which a coder's presences alone came in (`motif import` without --whole) is none
that the coder read, and nothing to agree or differ with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from pipeline.agree import MIN_POSITIVES, agreement
from pipeline.errors import PipelineError, known_names
from pipeline.records import Anchor, Code, Decision, Segment
from pipeline.steps.following import told_following
from pipeline.steps.material import anchors_of, settle_decisions
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study, card_of, newest_round
from pipeline.store.decisions import look_at, read_dealt, read_decisions
from pipeline.targets import on_rows_read, targets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

Unit = Literal["segment", "interview"]
Rows = Literal["blind", "train", "shown", "all"]

_TOLD = {
    "blind": "every row coded blind: of the audit list, or made elsewhere",
    "train": "whole interviews coded blind for training; not the headline",
    "shown": "with suggestions, chosen by a strategy, or for training; not the headline",
    "all": "blind or not; not the headline",
}
_LEVELS = ((0.8, ">= .80"), (0.667, ">= .667"))  # customary for alpha's lower limit
_WIDTH = 100
_HEAD = ("percent", "both yes", "both no", "alpha", "95 %", "kappa", "AC1")
_WIDTHS = (7, 8, 7, 5, 14, 5, 5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Said:
    """What coders said of n units and k codes: 1 present, 0 absent, NaN nothing, or unsure."""

    value: Floats  # (n, k, n_coders)
    unsure: Bools  # (n, k, n_coders), where value is NaN
    transcripts: list[str]  # (n,)
    rows: list[list[int]]  # (n,) the segments of each unit

    @property
    def decided(self) -> Bools:
        """(n, n_coders) whether a coder said anything there, be it unsure."""
        import numpy as np

        return np.asarray((~np.isnan(self.value) | self.unsure).any(axis=1))

    @property
    def common(self) -> Bools:
        """(n,) whether two coders decided the same code there."""
        import numpy as np

        return np.asarray(((~np.isnan(self.value)).sum(axis=2) >= 2).any(axis=1))

    @property
    def coders(self) -> list[int]:
        """Which coders said anything of any unit."""
        import numpy as np

        return [int(at) for at in np.flatnonzero(self.decided.any(axis=0))]

    def take(self, units: Bools) -> _Said:
        """The same, of these units."""
        kept = units.nonzero()[0].tolist()
        return _Said(
            value=self.value[kept],
            unsure=self.unsure[kept],
            transcripts=[self.transcripts[at] for at in kept],
            rows=[self.rows[at] for at in kept],
        )

    def of_coders(self, coders: list[int]) -> _Said:
        """The same, of these coders."""
        value, unsure = self.value[:, :, coders], self.unsure[:, :, coders]
        return replace(self, value=value, unsure=unsure)


def agree_study(
    study: Study, *, unit: Unit = "segment", rows: Rows = "blind", coders: Sequence[str] = ()
) -> dict[str, Any]:
    """The document of `motif agree --json`.

    Parameters
    ----------
    unit : "interview": is the code in the interview? Present where the coder called any segment of
        it present, absent where the coder called every segment absent, else not known.
    rows : "blind", the headline: segments where every coder's row was of the audit list or
        imported; "train": where every coder's row was of a whole interview that went out blind;
        "shown": all but the headline's; "all". With interviews, "shown" takes every row of an
        interview that has such a segment.
    coders : of these alone, in this order; of all where none is named.

    Raises
    ------
    PipelineError : an unknown coder, nothing that two coders decided, a step that has not run.
    """
    segments = read_segments(study)
    anchors = anchors_of(study, segments)
    with look_at(study.decisions) as db:
        every = read_decisions(db)
        blind_rows = {row.row_id for row in read_dealt(db) if row.blind}
    settled, astray = settle_decisions(study, every, segments)
    # What was settled between coders is not one coder's word.
    settled = [one for one in settled if one.how != "adjudicated"]
    names = _names(study, settled, coders, rows, unit)
    settled = [one for one in settled if one.coder in names]
    unread = _unread(settled)
    settled = on_rows_read(settled)
    touched = _touched(settled, anchors)
    kinds = _kinds(settled, touched, blind_rows, len(segments))
    said = _said(settled, segments, anchors, touched, study.codebook.ids, names)
    units = _units(said, kinds, rows, unit)
    if not units.common.any():
        raise _nothing(said, kinds, rows, unit, unread)
    here = units.take(units.common).coders
    units = units.of_coders(here)
    units = units.take(units.decided.sum(axis=1) >= 2)
    used = [names[at] for at in here]
    warnings = [
        *_left_unread(unread),
        *_versions(settled, touched, units, used),
        *_incomplete(said.of_coders(here), kinds, rows, unit, units),
        *_left_out(settled, astray, study.codebook.ids, names),
    ]
    body = _body(study.codebook.codes, units, used, unit, rows)
    name, card = study.config.study.name, card_of(study, newest_round(study))
    figures = card.get("following") or {}
    following = {coder: figures[coder] for coder in names if coder in figures}
    return {"study": name, **body, "following": following, "warnings": warnings}


def _body(
    codes: Sequence[Code], units: _Said, names: Sequence[str], unit: str, rows: str
) -> dict[str, Any]:
    return agreement(
        {code.id: units.value[:, at] for at, code in enumerate(codes)},
        units.transcripts,
        names,
        unit,
        rows=rows,
        families={code.id: code.family for code in codes},
        unsure_by_code={code.id: units.unsure[:, at] for at, code in enumerate(codes)},
    )


def _names(
    study: Study, decisions: Iterable[Decision], coders: Sequence[str], rows: str, unit: str
) -> list[str]:
    """Who is compared, in the order asked for, or that of study.toml."""
    if unit not in get_args(Unit) or rows not in get_args(Rows):
        known = f"Units: {known_names(get_args(Unit))}. Rows: {known_names(get_args(Rows))}."
        raise PipelineError("there is no such unit or kind of rows", mend=known)
    have = {one.coder for one in decisions}
    asked = list(dict.fromkeys(coders))
    if unknown := set(asked) - have:
        raise PipelineError(
            f"nothing is decided by {known_names(unknown)} in this study",
            where="--coder",
            mend=f"There are decisions by: {known_names(have) or 'nobody yet'}.",
        )
    if len(asked) == 1:
        raise PipelineError("one coder agrees with nobody", mend="Name two or more, or none.")
    ordered = [name for name in study.config.review.coders if name in have]
    return asked or ordered + sorted(have - set(ordered))


def _unread(decisions: Sequence[Decision]) -> dict[str, int]:
    """Per coder: the rows of which presences came in and nothing else."""
    read = {(one.coder, _place(one.anchor)) for one in on_rows_read(decisions)}
    rows = {(one.coder, _place(one.anchor)) for one in decisions} - read
    return dict(sorted(Counter(coder for coder, _ in rows).items()))


def _left_unread(unread: Mapping[str, int]) -> Iterator[str]:
    """A warning where rows cannot be compared because nobody knows what was read."""
    if unread:
        told = ", ".join(f"{coder} {n}" for coder, n in unread.items())
        yield (
            f"left out: rows of which only what was found came in ({told}), so that a blank is no "
            "no; 'motif import FILE --whole' takes codings of transcripts that were read in full"
        )


def _touched(
    decisions: Iterable[Decision], anchors: Sequence[Anchor]
) -> dict[tuple[str, int, int], list[int]]:
    """The segments that each decided range shares characters with."""
    rows = defaultdict(list)
    for row, anchor in enumerate(anchors):
        rows[anchor.transcript_hash].append((anchor.source_start, anchor.source_end, row))
    return {
        (name, start, end): [row for a, b, row in rows[name] if a < end and start < b]
        for name, start, end in {_place(one.anchor) for one in decisions}
    }


def _place(anchor: Anchor) -> tuple[str, int, int]:
    return anchor.transcript_hash, anchor.source_start, anchor.source_end


def _kinds(
    decisions: Iterable[Decision],
    touched: Mapping[tuple[str, int, int], list[int]],
    blind_rows: set[str],
    n: int,
) -> list[set[str]]:
    """(n,) of each segment, in what ways coders met it: "blind", "train", "shown"."""
    kinds: list[set[str]] = [set() for _ in range(n)]
    for one in decisions:
        kind = _kind(one, blind_rows)
        for row in touched[_place(one.anchor)]:
            kinds[row].add(kind)
    return kinds


def _kind(one: Decision, blind_rows: set[str]) -> str:
    if one.how == "imported":
        return "blind"
    if one.shown:
        return "shown"
    if one.list == "audit":
        return "blind"
    # An empty row that is not blind says that the machine suggests nothing.
    return "train" if one.list == "train" and one.row_id in blind_rows else "shown"


def _said(
    decisions: Sequence[Decision],
    segments: Sequence[Segment],
    anchors: Sequence[Anchor],
    touched: Mapping[tuple[str, int, int], list[int]],
    codes: Sequence[str],
    names: Sequence[str],
) -> _Said:
    """What each coder said of each segment of today, as training would read it."""
    import numpy as np

    value = np.full((len(segments), len(codes), len(names)), np.nan)
    unsure = np.zeros(value.shape, dtype=np.bool_)
    for at, name in enumerate(names):
        mine = [one for one in decisions if one.coder == name]
        rows = sorted({row for one in mine for row in touched[_place(one.anchor)]})
        here = [segments[row] for row in rows], [anchors[row] for row in rows]
        value[rows, :, at], _ = targets(mine, *here, codes)
        leaning, _ = targets(_leaning(mine), *here, codes)
        unsure[rows, :, at] = np.isnan(value[rows, :, at]) & (leaning == 1)
    return _Said(
        value=value,
        unsure=unsure,
        transcripts=[segment.transcript_id for segment in segments],
        rows=[[row] for row in range(len(segments))],
    )


def _leaning(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """All that was said of a transcript and code of which something is unsure, as if present.

    Where this makes a segment present that had no value, the coder was unsure of it.
    """
    in_doubt = {(o.anchor.transcript_hash, o.code) for o in decisions if o.verdict == "unsure"}
    for one in decisions:
        if (one.anchor.transcript_hash, one.code) in in_doubt:
            yield replace(one, verdict="present") if one.verdict == "unsure" else one


def _units(said: _Said, kinds: Sequence[set[str]], rows: str, unit: str) -> _Said:
    """The units of the table that was asked for; what is in no row of it is not said."""
    import numpy as np

    wanted = _wanted(said, kinds, rows, unit)
    if unit == "segment" or not said.rows:
        return said.take(wanted)
    value = np.where(wanted[:, None, None], said.value, np.nan)
    unsure = said.unsure & wanted[:, None, None]
    rows_of = defaultdict(list)
    for row, name in enumerate(said.transcripts):
        rows_of[name].append(row)
    present = np.stack([(value[of] == 1).any(axis=0) for of in rows_of.values()])
    absent = np.stack([(value[of] == 0).all(axis=0) for of in rows_of.values()])
    in_doubt = np.stack([((value[of] == 0) | unsure[of]).all(axis=0) for of in rows_of.values()])
    return _Said(
        value=np.where(present, 1.0, np.where(absent, 0.0, np.nan)),
        unsure=in_doubt & ~absent,
        transcripts=list(rows_of),
        rows=[[row for row in of if wanted[row]] for of in rows_of.values()],
    )


def _wanted(said: _Said, kinds: Sequence[set[str]], rows: str, unit: str) -> Bools:
    """(n,) which segments are in the table."""
    import numpy as np

    if rows in ("blind", "train"):
        return np.array([kind == {rows} for kind in kinds], dtype=np.bool_)
    decided = np.array([bool(kind) for kind in kinds], dtype=np.bool_)
    if rows == "all":
        return decided
    shown = np.array([bool(kind - {"blind"}) for kind in kinds], dtype=np.bool_)
    if unit == "segment":
        return shown
    names = np.array(said.transcripts, dtype=object)
    return np.asarray(decided & np.isin(names, list(set(names[shown]))))


def _nothing(
    said: _Said, kinds: Sequence[set[str]], rows: str, unit: str, unread: Mapping[str, int]
) -> PipelineError:
    """Why there is no table, what other table there is, and how to come by this one."""
    found = {one: int(_units(said, kinds, one, unit).common.sum()) for one in _TOLD}
    what = "" if rows == "all" else f" in rows '{rows}'"
    others = [f"{n} in rows '{one}'" for one, n in found.items() if n and one != "all"]
    return PipelineError(
        f"two coders have 0 {unit}s in common{what}"
        + (f" (there are {' and '.join(others)})" if others else "")
        + "".join(f"; {why}" for why in _left_unread(unread)),
        mend='Import the workbooks of two coders: in phase "code" the share [review] double of '
        "the audit list goes to a second coder (rows 'blind'); in phase \"train\" every coder "
        "gets the same whole interviews (rows 'train').",
    )


def _versions(
    decisions: Iterable[Decision],
    touched: Mapping[tuple[str, int, int], list[int]],
    units: _Said,
    names: Sequence[str],
) -> Iterator[str]:
    """A warning where the codebook changed between the decisions that are compared."""
    here = {row for rows in units.rows for row in rows}
    versions = {
        one.codebook_version
        for one in decisions
        if one.coder in names and here.intersection(touched[_place(one.anchor)])
    } - {""}
    if len(versions) > 1:
        yield (
            f"made under {len(versions)} versions of the codebook ({known_names(versions)}): "
            "what differs may be the codebook, not the coders"
        )


def _incomplete(
    said: _Said, kinds: Sequence[set[str]], rows: str, unit: str, units: _Said
) -> Iterator[str]:
    """A warning where interviews were not coded whole, so that codes are found, never ruled out."""
    if unit != "interview":
        return
    wanted = _wanted(said, kinds, rows, unit)
    decided = said.decided & wanted[:, None]
    n_partly = 0
    for name in units.transcripts:
        of_it = decided[[at for at, one in enumerate(said.transcripts) if one == name]]
        n_partly += bool((of_it.any(axis=0) & ~of_it.all(axis=0)).any())
    if n_partly:
        yield (
            f"{n_partly} of {len(units.transcripts)} interviews were not coded whole by each "
            "coder: a code can be found there but not ruled out, which favours agreement"
        )


def _left_out(
    decisions: Iterable[Decision],
    astray: Iterable[Decision],
    codes: Sequence[str],
    names: Sequence[str],
) -> Iterator[str]:
    n_gone = sum(one.coder in names and one.how != "adjudicated" for one in astray)
    if n_gone:
        yield f"left out: {n_gone} decisions on words that were edited since"
    unknown = {one.code for one in decisions} - set(codes)
    if unknown:
        yield f"left out: decisions on codes that the codebook has no more ({known_names(unknown)})"


def describe(document: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person, at most 100 columns wide."""
    n, n_transcripts = document["n_units"], document["n_transcripts"]
    of = "" if document["unit"] == "interview" else f" of {n_transcripts} interviews"
    coders = ", ".join(document["coders"])
    yield from _wrapped(f"{n} {document['unit']}s{of}, by {coders}: {_TOLD[document['rows']]}")
    yield ""
    yield _columns("", "n", "positive", _HEAD)
    for title in ("codes", "families"):
        if title == "families" and document[title]:
            yield "  any code of a family"
        for name, one in document[title].items():
            yield from _line(name, one)
    yield from _line("all codes pooled", document["overall"])
    yield ""
    yield from _notes(document)
    yield from told_following(document.get("following") or {})


def _columns(name: str, n: object, positive: str, figures: Sequence[str]) -> str:
    """A line of the table; a blank stands between any two columns, whatever is in them."""
    cells = (f"{one:>{width}}" for one, width in zip(figures, _WIDTHS, strict=True))
    return f"  {name:<20} {n:>6}  {positive:<11} {' '.join(cells)}"


def _line(name: str, one: Mapping[str, Any]) -> Iterator[str]:
    if len(name) > 20:
        yield from _wrapped(f"  {name}")
        name = ""
    counts = list(one["n_positive"].values())
    listed = "/".join(map(str, counts))
    positive = listed if len(listed) < 12 else f"{min(counts)} to {max(counts)}"
    if one["not_computable"]:
        yield f"{_columns(name, one['n'], positive, [''] * 7).rstrip()}  - {one['not_computable']}"
        return
    interval = "-"
    if one["alpha_low"] is not None:
        interval = f"{_two(one['alpha_low'])} to {_two(one['alpha_high'])}"
    names = ("positive_agreement", "negative_agreement", "alpha", "kappa", "ac1")
    yes, no, alpha, kappa, ac1 = (_two(one[figure]) for figure in names)
    figures = (_percent(one["percent"]), yes, no, alpha, interval, kappa, ac1)
    yield _columns(name, one["n"], positive, figures)


def _percent(value: float) -> str:
    """Whole percent; all of it only where it is all."""
    return f"{min(round(100 * value), 99) if value < 1 else 100} %"


def _two(value: float | None) -> str:
    """Two decimals; 1.00 only where it is one."""
    if value is None:
        return "-"
    return f"{round(min(value, 0.99) if value < 1 else value, 2) + 0.0:.2f}"  # no -0.00


def _notes(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrapped(
        "positive: of each coder, in their order. both yes, both no: where one coder said so, how "
        f"often did the other. kappa: {document['kappa_of']}. AC1 is near 1 for any rare code."
    )
    yield from _wrapped(_levels(document["codes"]))
    whys = {one["no_interval"] for one in document["codes"].values() if not one["not_computable"]}
    if whys - {None}:
        needed = f"fewer than {MIN_POSITIVES} positives" in whys
        yield from _wrapped(
            f"no interval: {'; '.join(sorted(whys - {None}))}"
            + (". About 30 positives give an alpha to +- .2." if needed else "")
        )
    unsure = document["unsure"]
    if unsure["n"]:
        each = ", ".join(f"{name} {n}" for name, n in unsure["coders"].items())
        yield from _wrapped(
            f"unsure, left out: {each}. Pooled alpha with unsure as present "
            f"{_two(unsure['alpha_as_present'])}, as absent {_two(unsure['alpha_as_absent'])}."
        )
    for warning in document["warnings"]:
        yield from _wrapped(f"! {warning}")


def _levels(codes: Mapping[str, Mapping[str, Any]]) -> str:
    """How many codes reach the customary marks, by the lower limit; no words of praise."""
    lows = [one["alpha_low"] for one in codes.values() if one["alpha_low"] is not None]
    reached = [f"{mark} for {sum(low >= least for low in lows)}" for least, mark in _LEVELS]
    return f"lower limit of alpha {', '.join(reached)}, of {len(lows)} codes with an interval"


def _wrapped(text: str) -> Iterator[str]:
    """Lines of a paragraph; a name longer than a line is cut over two."""
    import textwrap

    start = text[: len(text) - len(text.lstrip())]
    yield from textwrap.wrap(text, _WIDTH, subsequent_indent=start + "  ", break_on_hyphens=False)
