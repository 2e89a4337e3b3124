"""Codings made elsewhere: stretches of transcripts with a code, taken in as decisions."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import PipelineError, known_names
from pipeline.records import Anchor, Decision, Segment
from pipeline.review.names import episode_of
from pipeline.sheets.read import read_rows
from pipeline.steps.inspect import read_file
from pipeline.steps.material import anchors_of
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study, newest_round, now
from pipeline.store.decisions import add_decisions, back_up, open_decisions
from pipeline.store.gate import Gate
from pipeline.tables import ReadRow, place
from pipeline.targets import carries

REQUIRED = ("file", "start", "end", "code", "coder")
_OFFSET = re.compile(r"([0-9]{1,12})(?:\.0+)?")  # 12.0 as some spreadsheets write 12
_LISTED = 20  # rows or transcripts named in a line
_WIDE = 4  # segments that one stretch may cover before it is asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One row: somebody gave a code to these characters of the transcript's canonical text.

    Without a code: somebody read the transcript in full and found nothing.
    """

    row: int  # as the person sees it
    sheet: str
    transcript_id: str
    start: int
    end: int
    code: str
    coder: str
    episode: str

    @property
    def reading(self) -> tuple[str, str]:
        """Whose reading of what: coder and transcript."""
        return self.coder, self.transcript_id


def import_codings(
    study: Study, file: Path, *, whole: bool, dry_run: bool = False
) -> Iterator[str]:
    """Take a table of coded stretches in, all of it or (with every fault listed) nothing.

    A segment has the code where the stretch and it share half of either, as decisions do when the
    segmentation changes. Blank is not no: without `whole` only what is coded is decided. With it,
    each coder has read the whole of every transcript that he or she has a row of, and all other
    codes of the codebook are absent in its other segments. A row with a file and a coder alone
    (start, end and code empty) then says: read in full, nothing found.

    Raises
    ------
    PipelineError : a file, code or range that is not there, a row without a coder, no row at all;
        with `whole`, a coder none of whose stretches of a transcript lies in a segment.
    """
    data = read_file(file)
    rows = read_rows(data, file.name, REQUIRED)
    if not rows:
        mend = "Write a row for each coded stretch."
        raise PipelineError("the table has no row", where=file.name, mend=mend)
    segments = read_segments(study)
    stretches = _stretches(study, rows, file.name, segments, whole=whole)
    touched = _touched(stretches, segments)
    if whole:
        _check_offsets(stretches, touched, file.name)
    decisions = _decisions(study, stretches, touched, segments, whole=whole)
    yield from _tell(file.name, stretches, touched, segments, whole=whole)
    if dry_run:
        yield "  dry run: nothing was saved"
        return
    added, known = _save(study, data, decisions)
    yield f"  {added} decisions saved" + (f", {known} stood there already" if known else "")


def _tell(
    where: str,
    stretches: Sequence[Stretch],
    touched: Sequence[Sequence[Segment]],
    segments: Sequence[Segment],
    *,
    whole: bool,
) -> Iterator[str]:
    """What the file holds, what is odd about it, and what it leaves open."""
    coded = [one for one in stretches if one.code]
    transcripts = {one.transcript_id for one in stretches}
    coders = known_names({one.coder for one in stretches})
    yield f"{where}: {len(coded)} coded stretches in {len(transcripts)} transcripts, by {coders}"
    if len(coded) < len(stretches):
        yield f"  {len(stretches) - len(coded)} times a transcript was read and nothing found"
    both = [(o.row, len(of)) for o, of in zip(stretches, touched, strict=True) if o.code]
    if nowhere := [row for row, n in both if not n]:
        yield from _wrapped(
            f"! {len(nowhere)} stretches lie in no respondent's segment and were passed over: "
            f"{_rows(nowhere)}"
        )
    if wide := [row for row, n in both if n > _WIDE]:
        yield from _wrapped(
            f"! {len(wide)} stretches cover more than {_WIDE} segments each, all of which get the "
            f"code: {_rows(wide)}"
        )
    if not whole:
        yield from _wrapped(
            "what these coders left blank is undecided; with --whole it is absent, if they read "
            "the whole of each of these transcripts"
        )
    if open_ := sorted({one.transcript_id for one in segments} - transcripts):
        yield from _wrapped(
            f"not in this file, and so not coded by it: {_listed(open_)}"
            + ("; a row with file and coder alone says: read in full, nothing found" * whole)
        )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, 100, initial_indent="  ", subsequent_indent="    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _rows(rows: Sequence[int]) -> str:
    return f"row{'s' * (len(rows) > 1)} {_listed([str(row) for row in rows])}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _stretches(
    study: Study, rows: Sequence[ReadRow], where: str, segments: Sequence[Segment], *, whole: bool
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
        coder = row.values["coder"].strip()
        cells = {one: row.values[one].strip() for one in ("start", "end", "code")}
        if any(cells.values()):
            start, end = _range(cells, length.get(name), at, faults)
            if cells["code"] not in study.codebook.ids:
                mend = f"It has: {known_names(study.codebook.ids)}."
                faults.append(at.fault("code", "the codebook does not have this code", mend))
        else:
            start, end = 0, 0
            if not whole:
                faults.append(at.fault("code", "start, end and code are empty", _NOTHING))
        if not coder:
            faults.append(at.fault("coder", "this is empty", "Say who coded it."))
        episode = _episode(row.values.get("episode", ""), at, faults)
        found.append(
            Stretch(
                row=row.row, sheet=row.sheet, transcript_id=name, start=start, end=end,
                code=cells["code"], coder=coder, episode=episode,
            )
        )  # fmt: skip
    has_code = {one.reading for one in found if one.code}
    for one, row in zip(found, rows, strict=True):
        if not one.code and one.reading in has_code:
            wrong = "this says that nothing was found, and other rows of the same coder have codes"
            faults.append(_Place(where, row).fault("code", wrong, "Take one or the other out."))
    if faults:
        raise PipelineError.join_first(faults, where)
    return found


def _range(
    cells: dict[str, str], length: int | None, at: _Place, faults: list[PipelineError]
) -> tuple[int, int]:
    numbers = {one: _offset(cells[one]) for one in ("start", "end")}
    for column, number in numbers.items():
        if number is None:
            faults.append(at.fault(column, "this is not a whole number", _OFFSETS))
    start, end = numbers["start"], numbers["end"]
    if start is not None and end is not None and not start < end:
        faults.append(at.fault("end", "the range is empty", _OFFSETS))
    elif end is not None and length is not None and end > length:
        faults.append(at.fault("end", "the transcript ends before this", _OFFSETS))
    return start or 0, end or 0


_OFFSETS = (
    "Offsets count the characters of the transcript's text, its turns joined by one line end."
)
_NOTHING = (
    "With --whole such a row, of file and coder alone, says that the coder read the transcript in "
    "full and found nothing; without, take it out."
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
    found = _OFFSET.fullmatch(cell)
    return int(found[1]) if found else None


def _episode(cell: str, at: _Place, faults: list[PipelineError]) -> str:
    try:
        found = episode_of(cell.strip())
        if found == "same":
            raise KeyError
        return found
    except KeyError:
        faults.append(at.fault("episode", "this is not the number of a story", "Write 1, 2, 3 ..."))
        return ""


def _touched(stretches: Sequence[Stretch], segments: Sequence[Segment]) -> list[list[Segment]]:
    """The segments that each stretch gives its code to."""
    of_transcript: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        of_transcript[segment.transcript_id].append(segment)
    return [
        [
            segment
            for segment in of_transcript[one.transcript_id]
            if one.code
            and carries((one.start, one.end), (segment.source_start, segment.source_end))
        ]
        for one in stretches
    ]


def _check_offsets(
    stretches: Sequence[Stretch], touched: Sequence[Sequence[Segment]], where: str
) -> None:
    """Nothing of a coder's reading of a transcript lands: all of it would be saved as absent."""
    landed = {one.reading for one, of in zip(stretches, touched, strict=True) if of}
    mend = (
        f"{_OFFSETS} Where the coder found nothing in what respondents say, write one row with "
        "file and coder alone."
    )
    faults = [
        PipelineError(
            "no stretch of this coder in this transcript lies in what a respondent says",
            where=place(where, one.sheet, one.row),
            mend=mend,
        )
        for one in stretches
        if one.code and one.reading not in landed
    ]
    if faults:
        raise PipelineError.join_first(faults, where)


def _decisions(
    study: Study,
    stretches: Sequence[Stretch],
    touched: Sequence[Sequence[Segment]],
    segments: Sequence[Segment],
    *,
    whole: bool,
) -> list[Decision]:
    of_transcript: dict[str, list[tuple[Segment, Anchor]]] = defaultdict(list)
    for segment, anchor in zip(segments, anchors_of(study, segments), strict=True):
        of_transcript[segment.transcript_id].append((segment, anchor))
    present: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one, of_one in zip(stretches, touched, strict=True):
        for segment in of_one:
            present[one.coder, segment.segment_id, one.code] |= {one.episode} - {""}
    found = []
    for coder, name in sorted({one.reading for one in stretches}):
        for segment, anchor in of_transcript[name]:
            for code in study.codebook.ids:
                key = (coder, segment.segment_id, code)
                if whole or key in present:
                    found.append(_decision(study, segment, anchor, code, coder, present.get(key)))
    return found


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
