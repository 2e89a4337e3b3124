"""A study's interviews as comparisons see them: counts of what people confirmed, and no text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.codebook import definition_hash
from pipeline.compare.groups import CODER, JOINED
from pipeline.compare.interviews import Count, Interview
from pipeline.errors import PipelineError, known_names
from pipeline.records import Anchor, Dealt, Decision, Segment, Turn, from_frame
from pipeline.sheets.read import read_rows
from pipeline.steps.counts_file import OWN_VARIABLES, Corpus, read_counts, write_counts
from pipeline.steps.inspect import read_file
from pipeline.steps.lists import without_sight
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
from pipeline.store.decisions import look_at, read_dealt, read_decisions, read_drawn
from pipeline.tables import ReadRow, place
from pipeline.targets import on_rows_read, targets, with_parents
from pipeline.text import n_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Corpus", "of_coders", "read_corpus", "read_counts", "read_mapping", "write_counts"]

_MAPPING = ("study", "code", "as")


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
    PipelineError : a step that has not run, an unknown coder, a cluster that is no column, a
        published column with the name of a variable that is ours.
    """
    _check_columns(study)
    segments = read_segments(study)
    anchors = anchors_of(study, segments)
    with look_at(study.decisions) as db:
        every, drawn, dealt = read_decisions(db), read_drawn(db, "audit"), read_dealt(db)
    decisions, astray = settle_decisions(study, every, segments)
    decisions = of_coders(decisions, coders)
    kept = {(a.transcript_hash, a.source_start, a.source_end) for a in settle(
        study, [anchor for anchor, _, _ in drawn], segments) if a is not None}  # fmt: skip
    audit = [(a.transcript_hash, a.source_start, a.source_end) in kept for a in anchors]
    said = _said(study, decisions, dealt, segments, anchors, audit, mapping)
    rows = defaultdict(list)
    for row, segment in enumerate(segments):
        rows[segment.transcript_id].append(row)
    texts = read_texts(study)
    left_out = left_out_of_coding(study, texts)
    codebook, compare = study.codebook, study.config.compare
    return Corpus(
        name=study.config.study.name,
        interviews=tuple(
            _interview(study, text, words, variables, rows[text["transcript_id"]], said)
            for text, words, variables in _described(study, texts, decisions)
            if text["transcript_id"] not in left_out
        ),
        codes=said.codes,
        definitions={}
        if mapping is not None
        else {c.id: definition_hash(c) for c in codebook.codes},
        derived=codebook.derived if mapping is None else (),
        left_out=tuple(left_out),
        astray=len(astray),
        chosen_alike=dict(compare.chosen_alike),
        cluster_name=compare.cluster,
        smallest_cell=study.config.publish.smallest_cell,
        planned=compare.planned,
    )


def _check_columns(study: Study) -> None:
    """A published column must not take the place of a variable that every study has."""
    taken = [name for name in study.config.publish.columns if name.casefold() in OWN_VARIABLES]
    if taken:
        raise PipelineError(
            f"{known_names(taken)} cannot be published: every study has a variable of that name",
            where=f"{study.config.path.name}, [publish] columns",
            mend="Rename the column, there and in the participants table "
            f"({known_names(OWN_VARIABLES)} are taken).",
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Said:
    """What people said of n segments, a column for each code of the comparison."""

    codes: tuple[str, ...]  # (k,)
    every: Floats  # (n, k) by everybody
    unseen: Floats  # (n, k) on rows read as rows, without suggestions in sight
    read: Bools  # (n,) whether anybody read it as a row
    audit: Bools  # (n,) whether it was drawn by chance


def _said(
    study: Study,
    decisions: Sequence[Decision],
    dealt: Sequence[Dealt],
    segments: Sequence[Segment],
    anchors: Sequence[Anchor],
    audit: Sequence[bool],
    mapping: Mapping[str, Sequence[str]] | None,
) -> _Said:
    import numpy as np

    ids, codes = study.codebook.ids, study.codebook.codes
    readers = on_rows_read(decisions)
    found = []
    # Read with suggestions in sight is read; but only what was said unseen answers a draw.
    for those in (decisions, without_sight(readers, dealt)):
        Y, weights = targets(those, segments, anchors, ids)
        Y, _ = with_parents(Y, weights, codes)
        found.append(_mapped(Y, ids, mapping))
    read, _ = targets(readers, segments, anchors, ids)
    (names, every), (_, unseen) = found
    return _Said(
        codes=tuple(names),
        every=every,
        unseen=unseen,
        read=np.asarray(~np.isnan(read).all(axis=1)),
        audit=np.array(audit, dtype=np.bool_),
    )


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
    words = _words(study, texts)
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


def _words(study: Study, texts: Any) -> Mapping[str, int]:
    """Per transcript: the respondents' words, as they were said where that is known."""
    if "words" in texts.columns and texts["words"].dtype.kind in "iu":
        return dict(zip(texts["transcript_id"], map(int, texts["words"]), strict=True))
    frame = tables.require(tables.read_table(study.derived / "turns.parquet"), "anonymise")
    words: Counter[str] = Counter()
    for turn in from_frame(frame, Turn):
        if turn.role == "respondent":
            words[turn.transcript_id] += n_words(turn.text)
    return words


def _interview(
    study: Study,
    text: Mapping[str, str],
    words: int,
    variables: Mapping[str, str],
    rows: Sequence[int],
    said: _Said,
) -> Interview:
    of_it = list(rows)
    counts = {
        name: _count(said.every[of_it, at], said.unseen[of_it, at], said.audit[of_it])
        for at, name in enumerate(said.codes)
    }
    return Interview(
        study=study.config.study.name,
        transcript=text["transcript_id"],
        participant=text["participant"] or text["transcript_id"],
        cluster=_cluster(study, text, variables),
        words=words,
        segments=len(rows),
        variables=variables,
        counts=counts,
        read=int(said.read[of_it].sum()),
    )


def _count(column: Floats, unseen: Floats, drawn: Bools) -> Count:
    """Of one code in one interview: `column` by everybody, `unseen` what answers a draw."""
    import numpy as np

    known = ~np.isnan(column)
    answered = known & drawn & ~np.isnan(unseen)
    return Count(
        asked=int(known.sum()),
        present=float(column[known].sum()),
        confirmed=int((column[known] > 0.5).sum()),
        unsettled=int((column[known] == 0.5).sum()),
        audit=int(answered.sum()),
        audit_present=float(unseen[answered].sum()),
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
        raise PipelineError.join_first(faults, file.name)
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
