"""Codings made elsewhere: stretches of transcripts with a code, taken in as decisions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import PipelineError, known_names
from pipeline.records import Anchor, Decision, Segment
from pipeline.review.names import episode_of
from pipeline.sheets.read import read_rows
from pipeline.steps.deal import now
from pipeline.steps.inspect import read_file
from pipeline.steps.material import anchors_of
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study, newest_round
from pipeline.store.decisions import add_decisions, back_up, open_decisions
from pipeline.store.gate import Gate
from pipeline.tables import ReadRow, place
from pipeline.targets import carries

REQUIRED = ("file", "start", "end", "code", "coder")
_SHOWN = 40  # faults listed one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One row: somebody gave a code to these characters of the transcript's canonical text."""

    transcript_id: str
    start: int
    end: int
    code: str
    coder: str
    episode: str


def import_codings(
    study: Study, file: Path, *, whole: bool, dry_run: bool = False
) -> Iterator[str]:
    """Take a table of coded stretches in, all of it or (with every fault listed) nothing.

    A segment has the code where the stretch and it share half of either, as decisions do when the
    segmentation changes. Blank is not no: without `whole` only what is coded is decided. With it,
    each coder has read the whole of every transcript that he or she coded something in, and all
    other codes of the codebook are absent in its other segments.

    Raises
    ------
    PipelineError : a file, code or range that is not there, a row without a coder.
    """
    data = read_file(file)
    rows = read_rows(data, file.name, REQUIRED)
    segments = read_segments(study)
    stretches = _stretches(study, rows, file.name, segments)
    decisions, nowhere = _decisions(study, stretches, segments, whole=whole)
    coders = sorted({one.coder for one in stretches})
    transcripts = {one.transcript_id for one in stretches}
    yield (
        f"{file.name}: {len(stretches)} coded stretches in {len(transcripts)} transcripts, by "
        f"{known_names(coders)}"
    )
    if nowhere:
        yield f"  ! {nowhere} stretches lie in no respondent's segment and were passed over"
    if not whole:
        yield (
            "  what these coders left blank is undecided; with --whole it is absent, if they read "
            "the whole of each of these transcripts"
        )
    if dry_run:
        yield "  dry run: nothing was saved"
        return
    added, known = _save(study, data, decisions)
    yield f"  {added} decisions saved" + (f", {known} stood there already" if known else "")


def _stretches(
    study: Study, rows: Sequence[ReadRow], where: str, segments: Sequence[Segment]
) -> list[Stretch]:
    from pipeline.steps.ingest import corpus_files, read_registry, read_transcript, summary

    files = summary(study, read_registry(study), corpus_files(study), ()).files
    known = {name.casefold(): one for name, one in files.items()}
    known |= {one.casefold(): one for one in files.values()}
    coded = {segment.transcript_id for segment in segments}
    length: dict[str, int] = {}
    found, faults = [], list[PipelineError]()
    for row in rows:
        at = _Place(where, row)
        name = known.get(row.values["file"].strip().replace("\\", "/").casefold(), "")
        if not name:
            mend = "Name a file of the corpus, or a transcript as T001."
            faults.append(at.fault("file", "there is no such transcript in the study", mend))
        elif name not in coded:
            mend = "See [review] leave_out in study.toml."
            faults.append(at.fault("file", "this transcript is not for coding", mend))
        elif name not in length:
            length[name] = len(read_transcript(study, name).text)
        code, coder = row.values["code"].strip(), row.values["coder"].strip()
        if code not in study.codebook.ids:
            mend = f"It has: {known_names(study.codebook.ids)}."
            faults.append(at.fault("code", "the codebook does not have this code", mend))
        if not coder:
            faults.append(at.fault("coder", "this is empty", "Say who coded it."))
        numbers = [_offset(row.values[column]) for column in ("start", "end")]
        start, end = (-1 if one is None else one for one in numbers)
        for column, number in zip(("start", "end"), numbers, strict=True):
            if number is None:
                faults.append(at.fault(column, "this is not a whole number", _OFFSETS))
        if None not in numbers and not start < end:
            faults.append(at.fault("end", "the range is empty", _OFFSETS))
        elif name in length and end > length[name]:
            faults.append(at.fault("end", "the transcript ends before this", _OFFSETS))
        episode = row.values.get("episode", "")
        found.append(
            Stretch(
                transcript_id=name, start=start, end=end, code=code, coder=coder,
                episode=_episode(episode, at, faults),
            )
        )  # fmt: skip
    if faults:
        more = len(faults) - _SHOWN
        rest = [PipelineError(f"and {more} more faults", where=where)] if more > 0 else []
        raise PipelineError.join([*faults[:_SHOWN], *rest])
    return found


_OFFSETS = (
    "Offsets count the characters of the transcript's text, its turns joined by one line end."
)


@dataclass(frozen=True, slots=True)
class _Place:
    where: str
    row: ReadRow

    def fault(self, column: str, wrong: str, mend: str) -> PipelineError:
        return PipelineError(
            wrong, where=place(self.where, self.row.sheet, self.row.row, column), mend=mend
        )


def _offset(cell: str) -> int | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return int(number) if number == int(number) and number >= 0 else None


def _episode(cell: str, at: _Place, faults: list[PipelineError]) -> str:
    try:
        found = episode_of(cell.strip())
        if found == "same":
            raise KeyError
        return found
    except KeyError:
        faults.append(at.fault("episode", "this is not the number of a story", "Write 1, 2, 3 ..."))
        return ""


def _decisions(
    study: Study, stretches: Sequence[Stretch], segments: Sequence[Segment], *, whole: bool
) -> tuple[list[Decision], int]:
    """The decisions, and how many stretches touch no segment."""
    of_transcript: dict[str, list[tuple[Segment, Anchor]]] = defaultdict(list)
    for segment, anchor in zip(segments, anchors_of(study, segments), strict=True):
        of_transcript[segment.transcript_id].append((segment, anchor))
    present: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    nowhere = 0
    for one in stretches:
        touched = [
            segment
            for segment, _ in of_transcript[one.transcript_id]
            if carries((one.start, one.end), (segment.source_start, segment.source_end))
        ]
        nowhere += not touched
        for segment in touched:
            present[one.coder, segment.segment_id, one.code] |= {one.episode} - {""}
    read = sorted({(one.coder, one.transcript_id) for one in stretches})
    codes = study.codebook.ids
    found = []
    for coder, name in read:
        for segment, anchor in of_transcript[name]:
            for code in codes:
                key = (coder, segment.segment_id, code)
                if whole or key in present:
                    found.append(_decision(study, segment, anchor, code, coder, present.get(key)))
    return found, nowhere


def _decision(
    study: Study, segment: Segment, anchor: Anchor, code: str, coder: str, told: set[str] | None
) -> Decision:
    return Decision(
        row_id=f"{coder}/{segment.segment_id}",
        anchor=anchor,
        code=code,
        verdict="absent" if told is None else "present",
        how="imported",
        coder=coder,
        phase=study.config.review.phase,
        round=newest_round(study) or 0,
        list="train",
        list_rank=0,
        segmentation=study.config.segment.unit,
        codebook_version=study.codebook.version,
        time="",
        episode=";".join(sorted(told or ())),
    )


def _save(study: Study, data: bytes, decisions: Sequence[Decision]) -> tuple[int, int]:
    from dataclasses import replace

    moment = now()
    digest = hashlib.sha256(data).hexdigest()
    stamp = moment.replace(":", "").replace("-", "")
    back_up(study.decisions, study.backup, f"decisions-{stamp}-{digest[:6]}")
    with open_decisions(study.decisions) as db:
        stamped = [replace(decision, time=moment) for decision in decisions]
        # Nothing a participant said is in these rows: offsets, ids and numbers.
        return add_decisions(db, stamped, Gate(()), source="codings", file_hash=digest, time=moment)
