"""Who is who in a study: what labels and participants.csv say before anything is read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.anonymise import Known, lexicon
from pipeline.anonymise.book import folded
from pipeline.anonymise.scenes import PLACE_COLUMNS
from pipeline.anonymise.titles import COURTESY
from pipeline.ingest.labels import label_key
from pipeline.records import Transcript
from pipeline.steps.ingest import (
    Registry,
    corpus_files,
    is_forgotten,
    name_mark,
    read_registry,
    summary,
)
from pipeline.steps.participants import Participant, once_said, read_participants
from pipeline.steps.study import Study

# Columns whose values are other names of the same person.
NICKNAME_COLUMNS = frozenset(
    "nickname alias aka roepnaam bijnaam kaldenavn kælenavn øgenavn".split()
)


@dataclass(frozen=True, slots=True)
class Cast:
    """What is known of the people of a study."""

    known: Known
    languages: Mapping[str, str]  # by transcript id
    participants: Mapping[str, str]  # transcript id -> P01 of its respondent(s), joined by +
    speakers: Mapping[tuple[str, str], str]  # (transcript id, label) -> name outside the vault
    columns: Mapping[str, dict[str, str]]  # transcript id -> published columns
    homes: Mapping[str, frozenset[str]]  # folded form of a name -> transcripts that she speaks in
    sites: Mapping[str, dict[str, str]]  # transcript id -> columns of its participants


def read_cast(study: Study, transcripts: Sequence[Transcript]) -> Cast:
    """Names, languages and columns of each transcript's people."""
    registry = read_registry(study)
    rows, former = (
        unforgotten(study, registry, said) for said in (read_participants(study), once_said(study))
    )
    file_of = summary(study, registry, corpus_files(study), ()).files
    by_transcript: dict[str, list[Participant]] = {}
    for row in rows:
        if row.file in file_of:
            by_transcript.setdefault(file_of[row.file], []).append(row)
    languages = {study.config.study.language, *(row.language for row in rows if row.language)}
    published = [name.casefold() for name in study.config.publish.columns]
    speakers: dict[tuple[str, str], str] = {}
    persons: list[tuple[str, ...]] = []
    homes: dict[str, set[str]] = defaultdict(set)
    for transcript in transcripts:
        mine = by_transcript.get(transcript.transcript_id, [])
        speakers |= _speaker_names(transcript, mine, registry)
        for person in _persons(transcript, mine, former, languages):
            persons.append(tuple(dict.fromkeys(person)))
            for form in person:
                homes[folded(form)].add(transcript.transcript_id)
    here = {row.participant for row in rows}
    for name in dict.fromkeys(row.participant for row in former if row.participant not in here):
        persons.append(tuple(dict.fromkeys((*_names(name, languages), *_nicknames(name, former)))))
    return Cast(
        known=Known(
            persons=tuple(dict.fromkeys(filter(None, persons))),
            places=identifying_values([*rows, *former], published, places=True),
            others=identifying_values([*rows, *former], published, places=False),
        ),
        languages={
            t.transcript_id: _language(study, by_transcript.get(t.transcript_id, []))
            for t in transcripts
        },
        participants={
            name: "+".join(sorted({registry.participants[row.participant] for row in mine}))
            for name, mine in by_transcript.items()
        },
        speakers=speakers,
        columns={
            name: {column: _shared(mine, column) for column in published}
            for name, mine in by_transcript.items()
        },
        homes={form: frozenset(names) for form, names in homes.items()},
        sites={name: dict(mine[0].columns) for name, mine in by_transcript.items()},
    )


def unforgotten(study: Study, registry: Registry, rows: Iterable[Participant]) -> list[Participant]:
    """The rows of those whom nobody has withdrawn."""
    return [row for row in rows if not is_forgotten(registry, name_mark(study, row.participant))]


def identifying_values(
    rows: Iterable[Participant], published: Collection[str], *, places: bool
) -> tuple[str, ...]:
    """What the table's columns of places say, or its other columns.

    A single letter or a number names nobody. Neither does what the team publishes without a
    capital: "caseworker" is a job. In a column that is not published "koosje" may be a nickname.
    """
    found = {
        value
        for row in rows
        for column, value in row.columns.items()
        if column not in NICKNAME_COLUMNS
        and (column in PLACE_COLUMNS) == places
        and len(value) > 1
        and not value.isdigit()
        and (places or column not in published or value != value.lower())
    }
    return tuple(sorted(found))


def _shared(rows: Sequence[Participant], column: str) -> str:
    """A transcript's value: that of its people if they have the same one, else none."""
    values = {row.columns.get(column, "") for row in rows}
    return values.pop() if len(values) == 1 else ""


def _language(study: Study, rows: Sequence[Participant]) -> str:
    return next((row.language for row in rows if row.language), study.config.study.language)


def labels_of(transcript: Transcript) -> list[str]:
    """Every speaker's label, in order of first sight."""
    return [label for label in dict.fromkeys(turn.speaker for turn in transcript.turns) if label]


def is_role(label: str, languages: Collection[str]) -> bool:
    """Whether a label is made of ordinary words, no name first: "Case manager", "THE COURT"."""
    words = re.findall(r"[^\W\d_]+", label.lower())
    if not words or words[0] in lexicon.given() or (words[0] in COURTESY and len(words) > 1):
        return not words
    return all(lexicon.is_word_anywhere(word, languages) for word in words)


def _names(participant: str, languages: Collection[str]) -> list[str]:
    """The name that the table has, unless it is a code."""
    coded = any(char.isdigit() for char in participant)  # "Teacher 1"
    return [] if coded and is_role(participant, languages) else [participant]


def _nicknames(participant: str, rows: Iterable[Participant]) -> list[str]:
    return [
        value
        for row in rows
        if row.participant == participant
        for column, value in row.columns.items()
        if column in NICKNAME_COLUMNS and value
    ]


def _persons(
    transcript: Transcript,
    rows: Sequence[Participant],
    former: Sequence[Participant],
    languages: Collection[str],
) -> Iterable[tuple[str, ...]]:
    """Every form of each person's name that labels and the table give."""
    labels = [one for one in labels_of(transcript) if not is_role(one, languages)]
    for row in rows:
        said = (label for label in labels if _is_hers(label, row))
        nicknames = _nicknames(row.participant, [row, *former])
        yield (*_names(row.participant, languages), *said, *nicknames)
    yield from ((one,) for one in labels if not any(_is_hers(one, row) for row in rows))


def _is_hers(label: str, row: Participant) -> bool:
    """Whether a row names a label, in any spelling: `Dana W` is `Dana W.`, `R` is `r`."""
    return bool(row.speaker) and label_key(label) == label_key(row.speaker)


def _speaker_names(
    transcript: Transcript, rows: Sequence[Participant], registry: Registry
) -> dict[tuple[str, str], str]:
    """What each label of a transcript is called outside: P01, Interviewer, S1."""
    roles = {turn.speaker: turn.role for turn in transcript.turns}
    respondents = [label for label, role in roles.items() if role == "respondent"]
    names: dict[tuple[str, str], str] = {}
    others = 0
    for label, role in roles.items():
        row = next((r for r in rows if _is_hers(label, r) or (
            not r.speaker and role == "respondent" and len(respondents) == 1)), None)  # fmt: skip
        if row is not None:
            name = registry.participants[row.participant]
        elif role == "interviewer":
            name = "Interviewer"
        elif not label:
            name = ""
        else:
            others += 1
            name = f"S{others}"
        names[transcript.transcript_id, label] = name
    return names
