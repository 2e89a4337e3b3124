"""Make corpus/integration-nl out of its sources: twelve transcripts, participants.csv, the gold.

python -m tests.corpus.make            from the top of the repository
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.corpus import writers
from tests.corpus.sources import (
    Interview,
    read_second_pass,
    read_sources,
    typeset,
    without_head,
)
from tests.corpus.writers import Labels

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests" / "corpus" / "integration-nl"
SECOND_PASS = ROOT / "tests" / "corpus" / "second.json"
CORPUS = ROOT / "corpus" / "integration-nl"

CODES_HEADER = ("file", "coder", "turn", "start", "end", "code", "episode")
IDENTIFIERS_HEADER = ("file", "turn", "start", "end", "kind", "text")
PARTICIPANTS_HEADER = (
    "file",
    "speaker",
    "participant",
    "role",
    "city",
    "wave",
    "language",
    "years",
)

TEACHER, COUNSELLOR, MANAGER = "teacher", "counsellor", "client manager"
BOTH = "teacher and counsellor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one interview stands in the team's folder, and who the respondent is."""

    file: str
    labels: Labels
    write: Callable[[Interview, Labels], bytes]
    role: str
    city: str
    years: int  # completed years in this work
    shape: Callable[[Interview], Interview] = typeset


def _labels(interviewer: str, respondent: str) -> Labels:
    return Labels(interviewer=interviewer, respondent=respondent)


def _as_is(interview: Interview) -> Interview:
    return interview


FORMS: Mapping[str, Form] = {
    "01": Form(
        file="Interview 01 Hanneke Oosterwijk.docx",
        labels=_labels("Sanne", "Hanneke"),
        write=writers.write_bold_docx,
        role=TEACHER,
        city="Rotterdam",
        years=22,
    ),
    "02": Form(
        file="02_slagter.txt",
        labels=_labels("I", "R"),
        write=partial(writers.write_txt, encoding="cp1252", newline="\r\n"),
        role=MANAGER,
        city="The Hague",
        years=5,
    ),
    "03": Form(
        file="GMT20190514-100312_Recording.transcript.vtt",
        labels=_labels("Sanne Verhoeven", "Nesrin Kocabaş"),
        write=writers.write_zoom_vtt,
        role=COUNSELLOR,
        city="Rotterdam",
        years=2,
        shape=without_head,
    ),
    "04": Form(
        file="int4_23-05-2019.docx",
        labels=_labels("Joost", "Govert"),
        write=partial(writers.write_table_docx, header=("Speaker", "Text")),
        role=TEACHER,
        city="Dordrecht",
        years=7,
    ),
    "05": Form(
        file="A. Hakkert (dubbelrol).rtf",
        labels=_labels("Interviewer", "Respondent"),
        write=writers.write_word_rtf,
        role=BOTH,
        city="Dordrecht",
        years=8,
    ),
    "06": Form(
        file="maud-kranendonk.srt",
        labels=_labels("Joost", "Maud"),
        write=writers.write_srt,
        role=TEACHER,
        city="Gorinchem",
        years=2,
        shape=without_head,
    ),
    "07": Form(
        file="2018-11-06 Gorinchem counsellor.odt",
        labels=_labels("SV", "WT"),
        write=writers.write_odt,
        role=COUNSELLOR,
        city="Gorinchem",
        years=5,
    ),
    "08": Form(
        file="20190219_vantongeren_def.txt",
        labels=_labels("Sanne", "Coby"),
        write=writers.write_timed_txt,
        role=MANAGER,
        city="Dordrecht",
        years=9,
        shape=_as_is,
    ),
    "09": Form(
        file="interview9-aad.rtf",
        labels=_labels("Sanne", "Aad"),
        write=writers.write_office_rtf,
        role=TEACHER,
        city="Rotterdam",
        years=18,
    ),
    "10": Form(
        file="R10_Clyde_Dompig_versie2.docx",
        labels=_labels("Joost Bakker", "Clyde Dompig"),
        write=partial(
            writers.write_bold_docx, split_from=120, corrected=("amplifiers", "ambulances")
        ),
        role=BOTH,
        city="Rotterdam",
        years=10,
    ),
    "11": Form(
        file="Interview Lotte_2019-05-28.vtt",
        labels=_labels("Joost Bakker", "Lotte van Beusekom"),
        write=writers.write_teams_vtt,
        role=MANAGER,
        city="The Hague",
        years=0,
        shape=without_head,
    ),
    "12": Form(
        file="12.docx",
        labels=_labels("Sanne V.", "Tjitske H."),
        write=writers.write_timed_table_docx,
        role=TEACHER,
        city="Dordrecht",
        years=6,
    ),
}


def interviews() -> dict[str, Interview]:
    """Every interview as it stands in its file, by number."""
    return {one.id: FORMS[one.id].shape(one) for one in read_sources(SOURCES)}


def make(folder: Path) -> list[Path]:
    """Write the whole corpus into a folder; what is already there under other names stays."""
    written = []
    for name, data in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return written


def files() -> dict[str, bytes]:
    """Every file of the corpus that is made, by its path inside the folder."""
    told = interviews()
    made = {FORMS[n].file: FORMS[n].write(one, FORMS[n].labels) for n, one in told.items()}
    made["participants.csv"] = _csv(PARTICIPANTS_HEADER, _participants(told))
    made["gold/codes.csv"] = _csv(CODES_HEADER, _codes(told))
    made["gold/second.csv"] = _csv(CODES_HEADER, _second_codes(told))
    made["gold/identifiers.csv"] = _csv(IDENTIFIERS_HEADER, _identifiers(told))
    return made


def _participants(told: Mapping[str, Interview]) -> Iterable[Sequence[object]]:
    for number, one in told.items():
        form = FORMS[number]
        about = (form.role, form.city, 1, "en", form.years)
        yield (form.file, form.labels.respondent, one.respondent, *about)


def _codes(told: Mapping[str, Interview]) -> Iterable[Sequence[object]]:
    for number, one in told.items():
        for n, (turn, at) in enumerate(zip(one.turns, one.offsets, strict=True)):
            for mark in turn.codes:
                for code in mark.codes:
                    where = (n, at + mark.start, at + mark.end)
                    yield (FORMS[number].file, "first", *where, code, mark.episode)


def _second_codes(told: Mapping[str, Interview]) -> Iterable[Sequence[object]]:
    # The words are those of the sources; shaping changes quotes and heads, never a length.
    sources = {one.id: one for one in read_sources(SOURCES)}
    for stretch in read_second_pass(SECOND_PASS):
        one = told[stretch.interview]
        n = len(one.turns) - len(one.spoken) + stretch.turn
        start = one.offsets[n] + stretch.start_in(sources[stretch.interview])
        for code in stretch.codes:
            where = (n, start, start + len(stretch.text))
            yield (FORMS[stretch.interview].file, "second", *where, code, stretch.episode)


def _identifiers(told: Mapping[str, Interview]) -> Iterable[Sequence[object]]:
    for number, one in told.items():
        for n, (turn, at) in enumerate(zip(one.turns, one.offsets, strict=True)):
            for mark in turn.identifiers:
                text = turn.text[mark.start : mark.end]
                where = (n, at + mark.start, at + mark.end)
                yield (FORMS[number].file, *where, mark.kind, text)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO()
    out = csv.writer(buffer, lineterminator="\n")
    out.writerow(header)
    out.writerows(rows)
    return buffer.getvalue().encode()


def main() -> int:
    """Write, and say what."""
    for path in make(CORPUS):
        print(path.relative_to(ROOT).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
