"""Make the example corpora out of their sources: transcripts, participants.csv, the gold.

python -m tests.corpus.make            from the top of the repository
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.corpus.sources import Interview, read_second_pass, read_sources
from tests.corpus.studies import ROOT, STUDIES, Study

CODES_HEADER = ("file", "coder", "turn", "start", "end", "code", "episode")
IDENTIFIERS_HEADER = ("file", "turn", "start", "end", "kind", "text")

Told = Mapping[str, Interview]


def make(study: Study, folder: Path) -> list[Path]:
    """Write a whole corpus into a folder; what is already there under other names stays."""
    written = []
    for name, data in files(study).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return written


def files(study: Study) -> dict[str, bytes]:
    """Every file of a corpus that is made, by its path inside the folder."""
    told = study.interviews()
    made = {
        form.file: form.write(told[number], form.labels) for number, form in study.forms.items()
    }
    made["participants.csv"] = _csv(participants_header(study), _participants(study, told))
    made["gold/codes.csv"] = _csv(CODES_HEADER, _codes(study, told))
    made["gold/second.csv"] = _csv(CODES_HEADER, _second_codes(study, told))
    made["gold/identifiers.csv"] = _csv(IDENTIFIERS_HEADER, _identifiers(study, told))
    return made


def participants_header(study: Study) -> tuple[str, ...]:
    """The columns of a study's participants.csv."""
    return ("file", "speaker", "participant", *study.columns)


def _participants(study: Study, told: Told) -> Iterable[Sequence[object]]:
    for number, one in told.items():
        form = study.forms[number]
        about = (form.about[column] for column in study.columns)
        yield (form.file, form.labels.respondent, one.respondent, *about)


def _codes(study: Study, told: Told) -> Iterable[Sequence[object]]:
    for number, one in told.items():
        for n, (turn, at) in enumerate(zip(one.turns, one.offsets, strict=True)):
            for mark in turn.codes:
                for code in mark.codes:
                    where = (n, at + mark.start, at + mark.end)
                    yield (study.file(number), "first", *where, code, mark.episode)


def _second_codes(study: Study, told: Told) -> Iterable[Sequence[object]]:
    # The words are those of the sources; shaping changes quotes and heads, never a length.
    sources = {one.id: one for one in read_sources(study.sources)}
    for stretch in read_second_pass(study.second_pass):
        one = told[stretch.interview]
        n = len(one.turns) - len(one.spoken) + stretch.turn
        start = one.offsets[n] + stretch.start_in(sources[stretch.interview])
        for code in stretch.codes:
            where = (n, start, start + len(stretch.text))
            yield (study.file(stretch.interview), "second", *where, code, stretch.episode)


def _identifiers(study: Study, told: Told) -> Iterable[Sequence[object]]:
    for number, one in told.items():
        for n, (turn, at) in enumerate(zip(one.turns, one.offsets, strict=True)):
            for mark in turn.identifiers:
                text = turn.text[mark.start : mark.end]
                where = (n, at + mark.start, at + mark.end)
                yield (study.file(number), *where, mark.kind, text)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO()
    out = csv.writer(buffer, lineterminator="\n")
    out.writerow(header)
    out.writerows(rows)
    return buffer.getvalue().encode()


def main() -> int:
    """Write, and say what."""
    for study in STUDIES.values():
        for path in make(study, study.corpus):
            print(path.relative_to(ROOT).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
