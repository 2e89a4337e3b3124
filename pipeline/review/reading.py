"""Returned rows to decisions, or every fault at once.

What `how` says of a decision: `accepted` and `rejected` answer a suggestion that was shown, with
yes and with no; `added` is every other verdict that the coder wrote: a code that was not shown, and
any unsure, which neither takes a suggestion nor refuses it; `implied` is an absence that nobody
wrote: the row is done and the code not marked. Whether a code was shown stands in `shown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.errors import PipelineError, known_names
from pipeline.records import Codebook, Dealt, Decision, How, Verdict, Workbook
from pipeline.review.names import (
    CodeNames,
    episode_of,
    is_done,
    plain,
    undoubted,
    verdict_of,
)
from pipeline.review.rows import (
    COMMENT,
    DONE,
    EPISODE,
    MORE,
    ROW,
    SLOTS,
    TEXT,
    Counts,
    Outcome,
    code_title,
    text_check,
    verdict_title,
)
from pipeline.tables import ReadRow, place

_AGAIN = "Correct it and import the file again; nothing of it has been saved."
_LISTED = 10  # rows named in one sentence


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What one row of the sheet says of one dealt row."""

    row: ReadRow
    dealt: Dealt
    done: bool = False
    stated: dict[str, Verdict] = field(default_factory=dict)  # what the coder wrote, by code
    episode: str = ""  # "same" until it is known which
    faults: list[PipelineError] = field(default_factory=list)
    warnings: list[PipelineError] = field(default_factory=list)

    @property
    def comment(self) -> str:
        return self.row.values.get(COMMENT, "").strip()

    @property
    def meaning(self) -> tuple[object, ...]:
        """Equal for two copies of a row that decide the same; without `done` neither decides."""
        if not self.done:
            return (False,)
        return True, sorted(self.stated.items()), self.episode, self.comment


def read_review(
    rows: Sequence[ReadRow],
    dealt: Mapping[str, Dealt],
    workbooks: Mapping[str, Workbook],
    where: str,
    time: str,
    codebook: Codebook | None = None,
) -> Outcome:
    """The decisions in the rows of a file, in the order dealt, with what a person should know.

    A row without `done` makes none. A row with it decides every code of its workbook; a row that
    was asked again decides the codes it names, and none besides. What was
    dealt (place, list, suggestions, scores) is taken from `dealt`, never from the sheet.

    Parameters
    ----------
    dealt : by row id, every row that may come back.
    workbooks : by workbook id.
    where : the file, for messages.
    time : ISO 8601, UTC.
    codebook : lets codes be named by label and family too.

    Raises
    ------
    PipelineError : every fault of the file, each with sheet, row and column. No cell is quoted.
    """
    read = _Reader(dealt, workbooks, where, codebook)
    answers = read.answers(rows)
    kept = _once(answers, where, read)
    done = sorted(
        (answer for answer in kept if answer.done),
        key=lambda answer: (answer.dealt.workbook_id, answer.dealt.position),
    )
    _resolve_same(done, where)
    read.faults += [fault for answer in kept for fault in answer.faults]
    read.faults += _misplaced(done, dealt, where)
    if read.faults:
        raise PipelineError.join(read.faults)
    edited = [answer for answer in kept if _is_edited(answer)]
    read.warnings += [warning for answer in kept for warning in answer.warnings]
    read.warnings += _edited(edited, where) + _recalled(done, workbooks, where)
    books = {answer.dealt.workbook_id for answer in kept}
    touched = [answer for answer in kept if not answer.done and _is_touched(answer)]
    counts = Counts(
        done=len(done),
        untouched=len(kept) - len(done) - len(touched),
        not_done=len(touched),
        repeated=read.repeated,
        missing=sum(one.workbook_id in books for one in dealt.values()) - len(kept),
        edited=len(edited),
        full=sum(_is_full(answer.row) for answer in done),
    )
    decisions = tuple(
        decision
        for answer in done
        for decision in _decisions(answer, workbooks[answer.dealt.workbook_id], time)
    )
    return Outcome(
        decisions=decisions,
        counts=counts,
        warnings=tuple(str(warning) for warning in read.warnings),
    )


class _Reader:
    """Reads rows one by one and gathers the faults of the file."""

    def __init__(
        self,
        dealt: Mapping[str, Dealt],
        workbooks: Mapping[str, Workbook],
        where: str,
        codebook: Codebook | None,
    ) -> None:
        self._dealt = {row_id.casefold(): one for row_id, one in dealt.items()}
        self._workbooks, self._where, self._codebook = workbooks, where, codebook
        self._names: dict[str, CodeNames] = {}
        self.faults: list[PipelineError] = []
        self.warnings: list[PipelineError] = []
        self.repeated = 0

    def answers(self, rows: Sequence[ReadRow]) -> list[_Answer]:
        answers, unknown = [], []
        for row in rows:
            dealt = self._dealt.get(plain(row.values[ROW]).casefold())
            if dealt is not None:
                answers.append(self._answer(row, dealt))
            elif plain(row.values[ROW]) or _has_input(row):
                unknown.append(row)
        if unknown and not answers:
            wrong = "none of its rows was dealt in this study"
            mend = "Check that this is the file that was sent out for this study."
            self.faults.append(PipelineError(wrong, where=self._where, mend=mend))
        else:
            self.faults += [_unknown(row, self._where) for row in unknown]
        return answers

    def _answer(self, row: ReadRow, dealt: Dealt) -> _Answer:
        answer = _Answer(row=row, dealt=dealt)
        try:
            answer.done = is_done(row.values[DONE])
        except KeyError:
            answer.faults.append(self._fault(row, DONE, "this is neither x nor empty"))
            return answer
        if not answer.done:
            if _is_touched(answer):
                answer.warnings.append(
                    PipelineError(
                        "this row has answers but no x in 'done', so nothing was read of it",
                        where=place(self._where, row.sheet, row.row),
                    )
                )
            return answer
        names = self._names_of(dealt.workbook_id)
        for slot in range(1, SLOTS + 1):
            self._read_slot(answer, slot, names)
        self._read_more(answer, names)
        self._leave_aside(answer)
        try:
            answer.episode = episode_of(row.values[EPISODE])
        except KeyError:
            wrong = "this is neither a number (3, or 3a) nor 'same'"
            answer.faults.append(self._fault(row, EPISODE, wrong))
        return answer

    def _names_of(self, workbook_id: str) -> CodeNames:
        if workbook_id not in self._names:
            codes = self._workbooks[workbook_id].codes
            self._names[workbook_id] = CodeNames(codes, self._codebook)
        return self._names[workbook_id]

    def _read_slot(self, answer: _Answer, slot: int, names: CodeNames) -> None:
        row, title = answer.row, verdict_title(slot)
        shown = _shown(answer.dealt)
        given = shown[slot - 1] if slot <= len(shown) else None
        if given and title not in row.values:
            answer.faults.append(self._fault(row, "", f"column '{title}' is missing"))
            return
        try:
            verdict = verdict_of(row.values.get(title, ""))
        except KeyError:
            wrong = "this is not one of yes, no, unsure"
            answer.faults.append(self._fault(row, title, wrong))
            return
        text, doubtful = undoubted(row.values[code_title(slot)])
        if not text:
            self._read_emptied(answer, slot, given, verdict)
            return
        code = names.find(text)
        if code is None:
            wrong = names.wrong(row.values[code_title(slot)])
            answer.faults.append(self._fault(row, code_title(slot), wrong))
            return
        if doubtful:
            if verdict not in (None, "unsure"):
                wrong = f"a question mark follows the code and column '{title}' says otherwise"
                answer.faults.append(self._fault(row, code_title(slot), wrong))
                return
            verdict = "unsure"
        if code == given:
            if verdict:
                self._state(answer, code, verdict, title)
            return
        if given:
            answer.warnings.append(self._overwritten(row, slot))
        self._read_added(answer, slot, code, verdict)

    def _read_emptied(
        self, answer: _Answer, slot: int, given: str | None, verdict: Verdict | None
    ) -> None:
        """No code in the cell: a suggestion that was deleted may be answered with no."""
        if verdict == "absent" and given:
            self._state(answer, given, verdict, verdict_title(slot))
        elif verdict:
            wrong = f"there is a verdict, but no code in column '{code_title(slot)}'"
            answer.faults.append(self._fault(answer.row, verdict_title(slot), wrong))

    def _read_added(self, answer: _Answer, slot: int, code: str, verdict: Verdict | None) -> None:
        """A code that the coder put into the cell."""
        shown = _shown(answer.dealt)
        if code not in shown:
            if verdict == "absent":
                wrong = "a code was added here, and the verdict on it is no"
                answer.faults.append(self._fault(answer.row, verdict_title(slot), wrong))
                return
        elif verdict is None and not self._stands(answer, code):
            # Moved without an answer, or typed as an answer: a guess must not become a code.
            wrong = (
                "a suggested code was moved here without an answer, "
                "so it cannot be told whether it is meant"
            )
            answer.faults.append(self._fault(answer.row, code_title(slot), wrong))
            return
        self._state(answer, code, verdict or "present", code_title(slot))

    def _stands(self, answer: _Answer, code: str) -> bool:
        """Whether a suggested code is still in the cell that it was dealt in."""
        slot = _shown(answer.dealt).index(code) + 1
        names = self._names_of(answer.dealt.workbook_id)
        return names.find(undoubted(answer.row.values[code_title(slot)])[0]) == code

    def _read_more(self, answer: _Answer, names: CodeNames) -> None:
        for piece in names.split(answer.row.values[MORE]):
            text, doubtful = undoubted(piece)
            code = names.find(text)
            if code is None:
                answer.faults.append(self._fault(answer.row, MORE, names.wrong(piece)))
            else:
                self._state(answer, code, "unsure" if doubtful else "present", MORE)

    def _leave_aside(self, answer: _Answer) -> None:
        """Without what a row that is asked again says of codes that it does not ask for."""
        asked = answer.dealt.asked
        more = [code for code in answer.stated if asked and code not in asked]
        if more:
            wrong = (
                f"this row asks again for {known_names(asked)} only; what it says of "
                f"{known_names(more)} is left aside, and the earlier answer stands"
            )
            where = place(self._where, answer.row.sheet, answer.row.row)
            answer.warnings.append(PipelineError(wrong, where=where))
            answer.stated = {code: one for code, one in answer.stated.items() if code in asked}

    def _state(self, answer: _Answer, code: str, verdict: Verdict, column: str) -> None:
        if answer.stated.setdefault(code, verdict) != verdict:
            wrong = f"this row says two different things of the code {code}"
            answer.faults.append(self._fault(answer.row, column, wrong))

    def _fault(self, row: ReadRow, column: str, wrong: str) -> PipelineError:
        return PipelineError(
            wrong, where=place(self._where, row.sheet, row.row, column), mend=_AGAIN
        )

    def _overwritten(self, row: ReadRow, slot: int) -> PipelineError:
        return PipelineError(
            "the suggested code was overwritten; it counts as absent, the other one as added",
            where=place(self._where, row.sheet, row.row, code_title(slot)),
        )


def _shown(dealt: Dealt) -> tuple[str, ...]:
    return () if dealt.blind else tuple(code for code, _ in dealt.shown)


def _has_input(row: ReadRow) -> bool:
    """Whether a coder filled in anything, suggestions left aside."""
    verdicts = [verdict_title(slot) for slot in range(1, SLOTS + 1)]
    free = (*verdicts, MORE, EPISODE, COMMENT)
    try:
        ticked = is_done(row.values[DONE])
    except KeyError:
        ticked = True
    return ticked or any(plain(row.values.get(title, "")) for title in free)


def _is_touched(answer: _Answer) -> bool:
    """Whether the row is otherwise than it went out."""
    shown = _shown(answer.dealt)
    dealt = [*shown, *[""] * (SLOTS - len(shown))]
    cells = [plain(answer.row.values[code_title(slot)]) for slot in range(1, SLOTS + 1)]
    return cells != dealt or _has_input(answer.row)


def _is_full(row: ReadRow) -> bool:
    return all(plain(row.values[code_title(slot)]) for slot in range(1, SLOTS + 1))


def _once(answers: Iterable[_Answer], where: str, read: _Reader) -> list[_Answer]:
    """One answer for each dealt row; copies that say the same are dropped, others are faults."""
    first: dict[str, _Answer] = {}
    for answer in answers:
        other = first.setdefault(answer.dealt.row_id, answer)
        if other is answer:
            continue
        at = place(where, answer.row.sheet, answer.row.row)
        earlier = f"row {other.row.row}"
        if other.row.sheet != answer.row.sheet:
            earlier += f" of sheet '{other.row.sheet}'"
        if answer.faults or other.faults or answer.meaning != other.meaning:
            read.faults += answer.faults
            wrong = f"this is the same row as {earlier}, with other answers"
            mend = "Delete one of the two and import the file again; nothing of it has been saved."
            read.faults.append(PipelineError(wrong, where=at, mend=mend))
        else:
            read.repeated += 1
            wrong = f"this is the same row as {earlier}, and counts once"
            read.warnings.append(PipelineError(wrong, where=at))
    return list(first.values())


def _resolve_same(done: Sequence[_Answer], where: str) -> None:
    """Put the episode of the last done row of the transcript in the place of 'same'."""
    last: dict[tuple[str, str], str] = {}
    for answer in done:
        key = (answer.dealt.workbook_id, answer.dealt.anchor.transcript_hash)
        if answer.episode == "same":
            answer.episode = last.get(key, "")
            if not answer.episode:
                answer.faults.append(
                    PipelineError(
                        "'same' as what? The last done row of this interview has no episode",
                        where=place(where, answer.row.sheet, answer.row.row, EPISODE),
                        mend="Type the number of the episode. " + _AGAIN,
                    )
                )
        # A row asked again keeps the episode it has, and need not say it.
        if answer.episode or not answer.dealt.asked:
            last[key] = answer.episode


def _is_edited(answer: _Answer) -> bool:
    text = answer.row.values.get(TEXT)
    if text is None:
        return False
    # A text that begins with a sign may have kept the apostrophe it has in csv.
    return answer.dealt.text_check not in (text_check(text), text_check(text.removeprefix("'")))


def _misplaced(
    done: Sequence[_Answer], dealt: Mapping[str, Dealt], where: str
) -> list[PipelineError]:
    """A text beside another row's number: the answers may belong to the one or to the other."""
    texts: dict[str, set[str]] = {}
    for one in dealt.values():
        texts.setdefault(one.workbook_id, set()).add(one.text_check)
    wrong_rows = [
        answer
        for answer in done
        if _is_edited(answer)
        and text_check(answer.row.values[TEXT]) in texts[answer.dealt.workbook_id]
    ]
    if not wrong_rows:
        return []
    return [
        PipelineError(
            f"the text is that of another row number in {_listed(wrong_rows)}; "
            "it seems that some columns were sorted and others not",
            where=where,
            mend="Go back to a version from before the sorting; nothing has been saved.",
        )
    ]


def _edited(answers: Sequence[_Answer], where: str) -> list[PipelineError]:
    if not answers:
        return []
    wrong = (
        f"the text is not quite the one that was dealt in {_listed(answers)}; "
        "the change is left aside, and the answers are taken for the text that was dealt"
    )
    return [PipelineError(wrong, where=where)]


def _recalled(
    done: Sequence[_Answer], workbooks: Mapping[str, Workbook], where: str
) -> list[PipelineError]:
    books = dict.fromkeys(answer.dealt.workbook_id for answer in done)
    return [
        PipelineError(
            f"workbook {book} was recalled; its rows may have been dealt to somebody again, "
            "and both answers are kept",
            where=where,
        )
        for book in books
        if workbooks[book].state == "recalled"
    ]


def _listed(answers: Sequence[_Answer]) -> str:
    rows = ", ".join(str(answer.row.row) for answer in answers[:_LISTED])
    more = f" and {len(answers) - _LISTED} more" if len(answers) > _LISTED else ""
    return f"row {rows}" if len(answers) == 1 else f"rows {rows}{more}"


def _unknown(row: ReadRow, where: str) -> PipelineError:
    return PipelineError(
        "this row number was never dealt" if plain(row.values[ROW]) else "the row number is gone",
        where=place(where, row.sheet, row.row, ROW),
        mend="Put back the number from the file that was sent out, or delete the row.",
    )


def _decisions(answer: _Answer, workbook: Workbook, time: str) -> list[Decision]:
    dealt, scores = answer.dealt, dict(() if answer.dealt.blind else answer.dealt.shown)
    shown = tuple(scores)
    return [
        Decision(
            row_id=dealt.row_id,
            anchor=dealt.anchor,
            code=code,
            verdict=answer.stated.get(code, "absent"),
            how=_how(answer.stated.get(code), code in scores),
            coder=workbook.coder,
            phase=workbook.phase,
            round=workbook.round,
            list=dealt.list,
            list_rank=dealt.list_rank,
            segmentation=dealt.segmentation or workbook.segmentation,
            codebook_version=workbook.codebook_version,
            time=time,
            comment=answer.comment,
            shown=shown,
            score=scores.get(code),
            model_id=workbook.model_id if code in scores else "",
            episode=answer.episode,
        )
        for code in dealt.asked or workbook.codes
    ]


def _how(stated: Verdict | None, shown: bool) -> How:
    match stated:
        case None:
            return "implied"
        case "present" if shown:
            return "accepted"
        case "absent":
            return "rejected"
        case _:
            return "added"
