"""A study's interviews as comparisons see them: counts of what people confirmed, and no text."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.compare.groups import CODER, JOINED
from pipeline.compare.interviews import Count, Interview
from pipeline.errors import PipelineError, known_names
from pipeline.records import Code, Decision, Derived, Turn, from_frame
from pipeline.sheets.read import read_rows
from pipeline.steps.inspect import read_file
from pipeline.steps.material import (
    anchors_of,
    left_out_of_coding,
    published_columns,
    read_texts,
    settle,
    settle_decisions,
)
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study
from pipeline.store import derived as tables
from pipeline.store.decisions import look_at, read_decisions, read_drawn
from pipeline.store.gate import Gate, write_out
from pipeline.tables import ReadRow, place
from pipeline.targets import targets, with_parents
from pipeline.text import n_words

if TYPE_CHECKING:
    from pipeline.suggest.features import Floats

_COUNTS = tuple(one.name for one in fields(Count))
_FIXED = ("study", "transcript", "participant", "cluster", "words", "segments", "code")
_MAPPING = ("study", "code", "as")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """One study, or a counts file, ready to be compared."""

    name: str
    interviews: tuple[Interview, ...]
    codes: tuple[str, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)  # of each code, to be held equal
    derived: tuple[Derived, ...] = ()
    left_out: tuple[str, ...] = ()  # transcripts that are not for coding
    astray: int = 0  # decisions on words that are nowhere any more


def read_corpus(
    study: Study,
    mapping: Mapping[str, Sequence[str]] | None = None,
    coders: Sequence[str] = (),
) -> Corpus:
    """Count what people decided, per interview and code.

    Parameters
    ----------
    mapping : what a code of the comparison is made of here; None keeps the codebook's codes.
    coders : count these coders' decisions only; all where none is named.

    Raises
    ------
    PipelineError : a step that has not run, an unknown coder, a cluster that is no column.
    """
    segments = read_segments(study)
    anchors = anchors_of(study, segments)
    with look_at(study.decisions) as db:
        every, drawn = read_decisions(db), read_drawn(db, "audit")
    decisions, astray = settle_decisions(study, every, segments)
    decisions = of_coders(decisions, coders)
    codes = study.codebook.codes
    Y, weights = targets(decisions, segments, anchors, study.codebook.ids)
    Y, _ = with_parents(Y, weights, codes)
    names, Y = _mapped(Y, study.codebook.ids, mapping)
    kept = {(a.transcript_hash, a.source_start, a.source_end) for a in settle(
        study, [anchor for anchor, _, _ in drawn], segments) if a is not None}  # fmt: skip
    audit = [(a.transcript_hash, a.source_start, a.source_end) in kept for a in anchors]
    rows = defaultdict(list)
    for row, segment in enumerate(segments):
        rows[segment.transcript_id].append(row)
    texts = read_texts(study)
    left_out = left_out_of_coding(study, texts)
    return Corpus(
        name=study.config.study.name,
        interviews=tuple(
            _interview(study, text, words, variables, rows[text["transcript_id"]], names, Y, audit)
            for text, words, variables in _described(study, texts, decisions)
            if text["transcript_id"] not in left_out
        ),
        codes=tuple(names),
        definitions={code.id: _defined(code) for code in codes} if mapping is None else {},
        derived=study.codebook.derived if mapping is None else (),
        left_out=tuple(left_out),
        astray=len(astray),
    )


def of_coders(decisions: Sequence[Decision], coders: Sequence[str]) -> list[Decision]:
    """What these coders decided; everybody where none is named.

    Raises
    ------
    PipelineError : somebody who has decided nothing.
    """
    known = sorted({one.coder for one in decisions})
    unknown = [name for name in coders if name not in known]
    if unknown:
        raise PipelineError(
            f"nothing is decided by {known_names(unknown)}",
            where="--coder",
            mend=f"There are decisions by: {known_names(known) or 'nobody yet'}.",
        )
    return [one for one in decisions if not coders or one.coder in coders]


def _defined(code: Code) -> str:
    return "\n".join((code.definition, code.when, code.when_not))


def _mapped(
    Y: Floats, ids: Sequence[str], mapping: Mapping[str, Sequence[str]] | None
) -> tuple[list[str], Floats]:
    """One column per code of the comparison: present where any of its codes is.

    Absent takes that all of them were decided; several coders' means are joined by the highest.
    """
    import numpy as np

    if mapping is None:
        return list(ids), Y
    column = {code: at for at, code in enumerate(ids)}
    joined = np.full((len(Y), len(mapping)), np.nan)
    for at, parts in enumerate(mapping.values()):
        of_parts = Y[:, [column[part] for part in parts]]
        highest = np.max(np.nan_to_num(of_parts), axis=1, initial=0.0)
        known = ~np.isnan(of_parts).any(axis=1) | (highest > 0.5)
        joined[known, at] = highest[known]
    return list(mapping), joined


def _described(
    study: Study, texts: Any, decisions: Sequence[Decision]
) -> list[tuple[dict[str, str], int, dict[str, str]]]:
    """Each transcript's row, its respondents' words, and the variables it can be grouped by."""
    frame = tables.require(tables.read_table(study.derived / "turns.parquet"), "anonymise")
    words: Counter[str] = Counter()
    for turn in from_frame(frame, Turn):
        if turn.role == "respondent":
            words[turn.transcript_id] += n_words(turn.text)
    coders, versions = defaultdict(set), defaultdict(set)
    for one in decisions:
        coders[one.anchor.transcript_hash].add(one.coder)
        versions[one.anchor.transcript_hash].add(one.codebook_version)
    found = []
    for text in texts.to_dict("records"):
        digest = text["transcript_hash"]
        variables = {name: str(text[name] or "") for name in published_columns(texts)}
        own = {
            "study": study.config.study.name,
            "language": text["language"],
            CODER: JOINED.join(sorted(coders[digest])),
            "codebook version": JOINED.join(sorted(versions[digest])),
        }
        found.append((text, words[text["transcript_id"]], own | variables))
    return found


def _interview(
    study: Study,
    text: Mapping[str, str],
    words: int,
    variables: Mapping[str, str],
    rows: Sequence[int],
    names: Sequence[str],
    Y: Floats,
    audit: Sequence[bool],
) -> Interview:
    import numpy as np

    part = Y[list(rows)]
    drawn = np.array([audit[row] for row in rows], bool)
    return Interview(
        study=study.config.study.name,
        transcript=text["transcript_id"],
        participant=text["participant"] or text["transcript_id"],
        cluster=_cluster(study, text, variables),
        words=words,
        segments=len(rows),
        variables=variables,
        counts={name: _count(part[:, at], drawn) for at, name in enumerate(names)},
    )


def _count(column: Floats, drawn: Any) -> Count:
    import numpy as np

    known = ~np.isnan(column)
    both = known & drawn
    return Count(
        asked=int(known.sum()),
        present=float(column[known].sum()),
        confirmed=int((column[known] > 0.5).sum()),
        unsettled=int((column[known] == 0.5).sum()),
        audit=int(both.sum()),
        audit_present=float(column[both].sum()),
    )


def _cluster(study: Study, text: Mapping[str, str], variables: Mapping[str, str]) -> str:
    """The independent unit, unlike that of any other study."""
    name = study.config.compare.cluster
    if name != "participant" and name not in variables:
        raise PipelineError(
            f"'{name}' is no published column",
            where=f"{study.config.path.name}, [compare] cluster",
            mend=f"Write participant or one of {known_names(variables)}; [publish] columns adds "
            "others.",
        )
    value = text["participant"] if name == "participant" else variables[name]
    return f"{study.config.study.name}/{value or text['transcript_id']}"


def write_counts(file: Path, corpora: Sequence[Corpus]) -> str:
    """The counts of all interviews as a table without text, for colleagues or an appendix.

    Raises
    ------
    PipelineError : the place cannot be written.
    """
    interviews = [one for corpus in corpora for one in corpus.interviews]
    variables = list(dict.fromkeys(name for one in interviews for name in one.variables))
    clash = [name for name in variables if name in (*_FIXED[1:], *_COUNTS)]
    names = [name for name in variables if name != "study" and name not in clash]
    buffer = io.StringIO()
    out = csv.writer(buffer, lineterminator="\n")
    out.writerow((*_FIXED, *_COUNTS, *names))
    for one in interviews:
        about = (one.study, one.transcript, one.participant, one.cluster, one.words, one.segments)
        values = [one.variables.get(name, "") for name in names]
        for code, count in one.counts.items():
            numbers = [getattr(count, name) for name in _COUNTS]
            out.writerow((*about, code, *numbers, *values))
    write_out(file, ("\ufeff" + buffer.getvalue()).encode(), (), Gate(()))
    told = f"{file}: counts of {len(interviews)} interviews, no text"
    return told + (f"; left out: {known_names(clash)} (a name of ours)" if clash else "")


def read_counts(file: Path) -> list[Corpus]:
    """The corpora of a counts file.

    Raises
    ------
    PipelineError : every fault of the file, with its row and column.
    """
    rows = read_rows(read_file(file), file.name, (*_FIXED, *_COUNTS))
    faults: list[PipelineError] = []
    found: dict[tuple[str, str], dict[str, Count]] = defaultdict(dict)
    first: dict[tuple[str, str], Interview] = {}
    for row in rows:
        key = (row.values["study"], row.values["transcript"])
        numbers = {name: _number(row, name, file.name, faults) for name in _COUNTS}
        code = row.values["code"]
        if code in found[key]:
            faults.append(_fault(file.name, row, "code", "this interview has the code already"))
        found[key][code] = Count(
            asked=int(numbers["asked"]),
            present=numbers["present"],
            confirmed=int(numbers["confirmed"]),
            unsettled=int(numbers["unsettled"]),
            audit=int(numbers["audit"]),
            audit_present=numbers["audit_present"],
        )
        if key not in first:
            first[key] = Interview(
                study=key[0],
                transcript=key[1],
                participant=row.values["participant"],
                cluster=row.values["cluster"],
                words=int(_number(row, "words", file.name, faults)),
                segments=int(_number(row, "segments", file.name, faults)),
                variables={"study": key[0]}
                | {k: v for k, v in row.values.items() if k not in (*_FIXED, *_COUNTS)},
            )
    if faults:
        raise PipelineError.join(faults)
    return [_corpus(name, first, found) for name in dict.fromkeys(study for study, _ in first)]


def _corpus(
    name: str,
    first: Mapping[tuple[str, str], Interview],
    found: Mapping[tuple[str, str], Mapping[str, Count]],
) -> Corpus:
    from dataclasses import replace

    interviews = tuple(
        replace(one, counts=found[key]) for key, one in first.items() if key[0] == name
    )
    codes = dict.fromkeys(code for one in interviews for code in one.counts)
    return Corpus(name=name, interviews=interviews, codes=tuple(codes))


def _number(row: ReadRow, column: str, where: str, faults: list[PipelineError]) -> float:
    try:
        value = float(row.values[column])
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e12 or ("present" not in column and value != int(value)):
        faults.append(_fault(where, row, column, "this is not a count"))
        return 0.0
    return value


def _fault(where: str, row: ReadRow, column: str, wrong: str) -> PipelineError:
    return PipelineError(
        wrong, where=place(where, row.sheet, row.row, column),
        mend="Use the file as 'motif compare --counts-out' wrote it.",
    )  # fmt: skip


def read_mapping(
    file: Path, studies: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, list[str]]]:
    """Per study: code of the comparison -> the codes of that study it is made of.

    Columns study, code, as. Only codes that every study has something for are compared.

    Parameters
    ----------
    studies : the codes of each study by its name.

    Raises
    ------
    PipelineError : every fault of the file, with its row and column.
    """
    rows = read_rows(read_file(file), file.name, _MAPPING)
    faults = []
    found: dict[str, dict[str, list[str]]] = {name: {} for name in studies}
    for row in rows:
        study, code, as_ = (row.values[name].strip() for name in _MAPPING)
        if study not in studies:
            mend = f"There are: {known_names(studies)}."
            faults.append(_wrong(file, row, "study", "there is no such study here", mend))
        elif code not in studies[study]:
            mend = f"{study} has: {known_names(studies[study])}."
            faults.append(_wrong(file, row, "code", "the study has no such code", mend))
        elif not as_:
            faults.append(_wrong(file, row, "as", "this is empty", "Name the code to compare."))
        elif code not in found[study].setdefault(as_, []):
            found[study][as_].append(code)
    if faults:
        raise PipelineError.join(faults)
    shared = set.intersection(*(set(one) for one in found.values()))
    if not shared:
        raise PipelineError(
            "no code stands for something in every study",
            where=file.name,
            mend="Give each study a row with the same text in column 'as'.",
        )
    return {name: {k: v for k, v in one.items() if k in shared} for name, one in found.items()}


def _wrong(file: Path, row: ReadRow, column: str, wrong: str, mend: str) -> PipelineError:
    return PipelineError(wrong, where=place(file.name, row.sheet, row.row, column), mend=mend)
