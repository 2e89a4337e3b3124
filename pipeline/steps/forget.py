"""One participant withdrawn from a study: the one operation that erases.

It can be killed at any moment and run again to its end. First the registry in the vault says, in
one write, that the participant's files are not read any more and what is still to be erased; then
everything is erased, each part in a way that may be done twice; last the registry says that it is
over. A file in the work folder marks the time between, so that the next `motif run` goes on.

What stays: keyed hashes of the files, of their words and of the name in the table, so that they
are not read again; the numbers P03 and T003, and those of rows that went out, which are given to
nobody else. Where others speak of the participant their words stay, the name replaced as it was.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipeline.anonymise import Context, Known
from pipeline.anonymise.book import Book, folded
from pipeline.anonymise.forms import SCOPE
from pipeline.anonymise.known import find_known
from pipeline.errors import PipelineError, known_names
from pipeline.records import DRAWN, KINDS, Dealt, Kind, Workbook
from pipeline.sheets.read import read_rows
from pipeline.steps.anonymise import BOOK, GATE, kept_spans, read_book, study_gate
from pipeline.steps.anonymise_list import NAME, has_news
from pipeline.steps.cast import NICKNAME_COLUMNS, identifying_values, is_role, labels_of
from pipeline.steps.ingest import (
    Registry,
    is_forgotten,
    name_mark,
    path_mark,
    read_registry,
    read_transcript,
    write_registry,
)
from pipeline.steps.participants import (
    LANGUAGES,
    Participant,
    former_names,
    let_go,
    once_said,
    read_participants,
)
from pipeline.steps.study import Study
from pipeline.steps.vault import RESERVED, entries_of, note
from pipeline.steps.workbooks import is_as_written, masked, write_again
from pipeline.store.decisions import (
    erase_transcripts,
    look_at,
    read_dealt,
    read_decisions,
    read_drawn,
    read_workbooks,
)
from pipeline.store.gate import Gate, erase_out, write_out
from pipeline.tables import ReadRow
from pipeline.text import fold
from pipeline.vault import erase_confidential

_ID = re.compile(r"[PT]\d+", re.IGNORECASE)
_LABEL = re.compile(rf"\b({'|'.join(KINDS)}) (\d+)\b", re.IGNORECASE)
# A reason may quote what others said; one's own words in it are those of the row.
_QUOTED = re.compile(r"near to confirmed: “[^”\n]*(?:”|$)(?:; )?", re.MULTILINE)
_TABLES = (".xlsx", ".ods", ".csv")
_MADE = (
    *_TABLES,
    ".parquet",
    ".html",
    ".json",
    ".qdpx",
    ".qdc",
)  # what Motif makes, again if asked
_QUOTE = 25  # characters from which on an example of the codebook is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What is to be forgotten."""

    ids: tuple[str, ...]  # P03, and T003 of each of the transcripts
    names: tuple[str, ...] = ()  # what the team's table calls them
    former: tuple[str, ...] = ()  # what it called them before somebody corrected it
    labels: tuple[str, ...] = ()  # speakers' labels that are names
    places: tuple[str, ...] = ()  # what else their rows of the table say
    others: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()  # files of the corpus
    hashes: tuple[str, ...] = ()  # of the texts, those before an edit too
    rows: tuple[str, ...] = ()  # that went out to coders
    far: tuple[str, ...] = ()  # where they may be out of reach

    @property
    def transcripts(self) -> tuple[str, ...]:
        """The ids of transcripts."""
        return tuple(one for one in self.ids if one.startswith("T"))


def plan_forgetting(study: Study, wanted: Sequence[str]) -> Withdrawal | None:
    """Whom these words mean and what is theirs; None where they have been forgotten already.

    Parameters
    ----------
    wanted : participants, each as P03, as the team's table has it, or (where no table says whose it
        is) as the transcript T003.

    Raises
    ------
    PipelineError : nobody is called so; a transcript has another respondent too; the list of finds
        is out with verdicts that were not imported.
    """
    if not study.has_vault:
        raise PipelineError("there is no vault yet", mend="Nothing has been read of anybody.")
    registry, rows = read_registry(study), _table(study)
    people = _people(registry, rows)
    whom, n_done, faults = dict[str, None](), 0, list[PipelineError]()
    for word in wanted:
        found = _meant(study, registry, rows, people, word.strip())
        if isinstance(found, PipelineError):
            faults.append(found)
        else:
            n_done += not found
            whom |= dict.fromkeys(found)
    if not whom and not faults:
        return None
    theirs = [name for name, who in people.items() if {name, *who} & whom.keys()]
    faults += _shared(people, theirs, whom)
    if not faults and _list_has_news(study):
        faults.append(
            PipelineError(
                "the anonymisation list holds verdicts that have not been imported",
                where=str(study.config.vault_path / NAME),
                mend="Import it first (motif anonymise in), or delete it.",
            )
        )
    if faults:
        raise PipelineError.join(faults)
    return _withdrawal(study, registry, rows, list(whom), theirs)


def _withdrawal(
    study: Study,
    registry: Registry,
    rows: Sequence[Participant],
    whom: Sequence[str],
    theirs: Sequence[str],
) -> Withdrawal:
    numbers = {number: name for name, number in registry.participants.items()}
    names = [numbers.get(one, one) for one in whom if one not in theirs]
    paths = [path for path, one in registry.files.items() if one.get("transcript_id") in theirs]
    paths += [row.file for row in rows if row.participant in names]
    hashes = [one for name in theirs for one in registry.texts[name]]
    with look_at(study.decisions) as db:
        dealt = [r.row_id for r in read_dealt(db) if r.anchor.transcript_hash in hashes]
    # A number that other transcripts are noted under is somebody's, whatever the table lacks.
    held = {one for name, who in registry.people.items() if name not in theirs for one in who}
    former = [one for one in former_names(study, rows, names)
              if registry.participants.get(one) not in held]  # fmt: skip
    ids = [*whom, *(registry.participants.get(one, one) for one in former)]
    who = Withdrawal(
        ids=tuple([one for one in ids if one in numbers] + list(theirs)),
        names=tuple(names),
        former=tuple(former),
        labels=tuple(dict.fromkeys(_labels(study, theirs))),
        places=_row_values(study, rows, [*names, *former], places=True),
        others=_row_values(study, rows, [*names, *former], places=False),
        paths=tuple(dict.fromkeys(paths)),
        hashes=tuple(hashes),
        rows=tuple(dealt),
    )
    return replace(who, far=tuple(_unreachable(study, who)))


def _row_values(
    study: Study, rows: Sequence[Participant], names: Sequence[str], *, places: bool
) -> tuple[str, ...]:
    """What their rows say besides their names: others may speak of it when the rows are gone."""
    published = [name.casefold() for name in study.config.publish.columns]
    theirs = [row for row in (*rows, *once_said(study)) if row.participant in names]
    found = list(identifying_values(theirs, published, places=places))
    if not places:
        found += [v for row in theirs for column, v in row.columns.items()
                  if column in NICKNAME_COLUMNS and v]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _table(study: Study) -> list[Participant]:
    try:
        return read_participants(study)
    except PipelineError:  # the team may be at it; the vault knows whose is whose
        return []


def _people(registry: Registry, rows: Sequence[Participant]) -> dict[str, list[str]]:
    """Whose each transcript is: as the table has it now, else as it last had it."""
    people = {name: list(registry.people.get(name, ())) for name in registry.texts}
    now: dict[str, list[str]] = {}
    for row in rows:
        name = registry.files.get(row.file, {}).get("transcript_id")
        if name in people:
            who = registry.participants.get(row.participant, row.participant)
            now.setdefault(name, []).append(who)
    return people | now


def _meant(
    study: Study,
    registry: Registry,
    rows: Sequence[Participant],
    people: Mapping[str, Sequence[str]],
    word: str,
) -> tuple[str, ...] | PipelineError:
    """P03 (the name of who has no number yet; T003 where no table says whose it is); nothing for
    who was forgotten already.

    A team may itself call people P03. What could mean two of them means nobody.
    """  # noqa: D205
    exact, number = word.removeprefix("="), word.strip("[]").upper()
    known = {row.participant: row.participant for row in rows} | registry.participants
    forgotten = registry.forgotten.get("ids", ())
    by_name = {one for name, one in known.items() if fold(name) == fold(exact)}
    by_name = {one for one in by_name if not is_forgotten(registry, name_mark(study, one))}
    by_number: set[str] = set()
    if number in people:
        by_number = {*people[number]} or {number}
    elif number in registry.participants.values():
        by_number = {number}
    if word.startswith("="):
        by_number = set()
    elif word.startswith("["):
        by_name = set()
    if by_name and by_number and by_name != by_number:
        return PipelineError(
            f"{number} is Motif's word for one participant and the team's for another",
            mend=f'Write "[{number}]" for Motif\'s, "={exact}" for the team\'s.',
        )
    found = by_name or by_number
    if found or number in forgotten or is_forgotten(registry, name_mark(study, exact)):
        return tuple(sorted(found))
    numbers = [*registry.participants.values(), *(name for name in people if not people[name])]
    return PipelineError(
        "nobody in this study is called so",
        mend=f"There are: {known_names(numbers)}; or the name as participants.csv has it.",
    )


def _shared(
    people: Mapping[str, Sequence[str]], theirs: Sequence[str], whom: Collection[str]
) -> Iterator[PipelineError]:
    """One voice cannot be taken out of a conversation: every offset behind it would move."""
    for name in theirs:
        others = sorted({*people[name]} - {*whom})
        if others and name not in whom:
            told = [one if _ID.fullmatch(one) else "somebody new in the table" for one in others]
            yield PipelineError(
                f"{name} is an interview with {known_names(told)} too, so it is not erased",
                mend="Name all of its people to forget all of them. Or cut the words of the one "
                "out of the team's file, take the row out of participants.csv, run, and then "
                "forget: the others' decisions stay where their words are the same.",
            )


def _labels(study: Study, transcripts: Iterable[str]) -> Iterator[str]:
    for name in transcripts:
        try:
            labels = labels_of(read_transcript(study, name))
        except PipelineError:
            continue
        yield from (label for label in labels if not is_role(label, LANGUAGES))


def _list_has_news(study: Study) -> bool:
    path = study.config.vault_path / NAME
    return path.is_file() and has_news(path, read_book(study))


# ------------------------------------------------------------------ what it will do, in words


def preview(study: Study, who: Withdrawal) -> Iterator[str]:
    """What will be erased, for the person who has to say yes. No name and no word is shown."""
    registry = read_registry(study)
    yield f"{', '.join(who.ids) or 'This participant'}: to be erased from this study, for good."
    for name in who.transcripts:
        files = [path for path, one in registry.files.items() if one.get("transcript_id") == name]
        yield f"  {name}: {', '.join(files)}"
    with look_at(study.decisions) as db:
        decisions = [d for d in read_decisions(db) if d.anchor.transcript_hash in who.hashes]
        dealt = [row for row in read_dealt(db) if row.anchor.transcript_hash in who.hashes]
        drawn = [one for name in DRAWN for one in read_drawn(db, name)
                 if one[0].transcript_hash in who.hashes]  # fmt: skip
        books = {book.id: book for book in read_workbooks(db)}
    coders = sorted({one.coder for one in decisions})
    n_open = sum(books[row.workbook_id].state == "open" for row in dealt)
    n_backups = sum(1 for _ in study.backup.glob("*.sqlite"))
    yield (
        f"  {len(decisions)} decisions by {known_names(coders) or 'nobody'}, {len(dealt)} rows "
        f"that went out ({n_open} in open workbooks), {len(drawn)} rows of the lists drawn by "
        "chance"
    )
    yield (
        f"  the same in {n_backups} backups; all models, derived tables and reports of the work "
        "folder ('motif run' makes them again from what is left)"
    )
    yield "  the transcripts in the vault, what was found in them, and pseudonyms only they have"
    yield f"Who that is, says: motif vault reveal {(*who.ids, 'P03')[0]}"


# ------------------------------------------------------------------ doing it


def carry_out(study: Study, who: Withdrawal) -> Iterator[str]:
    """Erase; what was done, and at the end what could not be reached.

    Raises
    ------
    PipelineError : a file cannot be written or is held by another program. Run it again then.
    """
    _begin(study, who)
    yield from _go_on(study)


def finish_forgetting(study: Study, *, marked: bool = True) -> Iterator[str]:
    """Go on with what was stopped half way; nothing where nothing was.

    Parameters
    ----------
    marked : look for the mark in the work folder first, so that the vault need not be opened.
    """
    if study.forgetting.exists() or not marked:
        yield from _go_on(study)


def _begin(study: Study, who: Withdrawal) -> None:
    """From here on nobody reads the files again, and it is known what is still to be erased."""
    write_out(study.forgetting, b"", (), Gate(()))
    note(study, f"forgot {', '.join(who.ids) or 'a participant of whom nothing was read'}")
    registry = read_registry(study)
    contents = [registry.files.get(path, {}).get("hash", "") for path in who.paths]
    marks = [
        *(path_mark(study, path) for path in who.paths),
        *(one for one in contents if one),
        *who.hashes,
        *(name_mark(study, name) for name in who.names),
    ]
    for key, more in (("marks", marks), ("ids", who.ids), ("rows", who.rows)):
        registry.forgotten[key] = list(dict.fromkeys([*registry.forgotten.get(key, ()), *more]))
    registry.forgetting = {key: list(values) for key, values in asdict(who).items()}
    for path in who.paths:
        registry.files.pop(path, None)
    for name in who.transcripts:
        registry.texts.pop(name, None)
        registry.people.pop(name, None)
    for name in (*who.names, *who.former):
        registry.participants.pop(name, None)
    write_registry(study, registry)


def _go_on(study: Study) -> Iterator[str]:
    """Every part, each of which may have been done before."""
    registry = read_registry(study)
    if not registry.forgetting:  # killed before the registry said so, or after all was done
        erase_out(study.forgetting)
        return
    who = Withdrawal(**{key: tuple(values) for key, values in registry.forgetting.items()})
    gone = {one.casefold() for one in registry.forgotten["rows"]}
    far = list(who.far)
    yield f"Forgetting {', '.join(who.ids) or 'a participant'}"
    erase_confidential(study.config.vault_path / NAME)
    for folder in (study.derived, study.models, study.config.work / "reports"):
        erase_out(folder)
    yield "  derived tables, models and reports erased"
    yield from _clean_review(study, gone)
    yield from _clean_decisions(study, who, far)
    yield from _clean_rest(study, who, far)
    yield from _clean_book(study, registry, who)
    let_go(study, (*who.names, *who.former))
    for name in who.transcripts:
        for entry in entries_of(name):
            study.vault.remove(entry)
    study.vault.sweep()
    yield f"  {len(who.transcripts)} transcripts taken out of the vault"
    registry.forgetting = {}
    write_registry(study, registry)
    erase_out(study.forgetting)
    yield "Out of reach, and yours to delete:"
    yield from (f"  - {one}" for one in dict.fromkeys(far))
    yield f"Next: motif run -s {study.config.path}   (trains again from what is left)"


def _clean_decisions(study: Study, who: Withdrawal, far: list[str]) -> Iterator[str]:
    n_rows = erase_transcripts(study.decisions, who.hashes)
    n_files = 0
    for path in sorted(study.config.work.rglob("*.sqlite")):
        if path == study.decisions:
            continue
        try:
            erase_transcripts(path, who.hashes)
            n_files += 1
        except PipelineError as error:
            far.append(f"{path}: {error.faults[0].wrong}, so it could not be searched")
    for left in list(study.config.work.rglob(".*.part")):
        erase_out(left)  # of a process that was killed
    yield f"  {n_rows} rows of decisions.sqlite erased, and theirs in {n_files} backups"


# ------------------------------------------------------------------ workbooks


def _clean_review(study: Study, gone: set[str]) -> Iterator[str]:
    """The workbooks under review/ without those rows, and without what others' rows quote of them.

    What a coder has typed into the other rows by now stays.
    """
    with look_at(study.decisions) as db:
        dealt = {row.row_id.casefold(): row for row in read_dealt(db)}
        books = {book.id: book for book in read_workbooks(db)}
    gate: Gate | None = None
    for path in sorted(study.review.rglob("*")) if study.review.is_dir() else ():
        if path.suffix.lower() not in _TABLES or not path.is_file():
            continue
        try:
            rows = read_rows(path.read_bytes(), path.name, ("row",))
        except (PipelineError, OSError):
            continue
        known = [row for row in rows if row.values["row"].strip().casefold() in {*dealt, *gone}]
        kept = [row for row in known if row.values["row"].strip().casefold() not in gone]
        if len(kept) == len(known) and not any(map(_quotes, kept)):
            continue
        if not kept:
            erase_out(path)
            yield f"  {path} erased"
            continue
        gate = gate or study_gate(study)
        _rewrite(study, path, [(dealt[row.values["row"].strip().casefold()], row) for row in kept],
                 books, gate)  # fmt: skip
        yield f"  {path} written again without {len(known) - len(kept)} of its {len(known)} rows"


def _quotes(row: ReadRow) -> bool:
    return bool(_QUOTED.search(row.values.get("because", "")))


def _rewrite(
    study: Study,
    path: Path,
    rows: Sequence[tuple[Dealt, ReadRow]],
    books: Mapping[str, Workbook],
    gate: Gate,
) -> None:
    cells = []
    for one, row in rows:
        values = {title: masked(gate, text) for title, text in row.values.items() if text}
        because = _QUOTED.sub("", values.get("because", ""))
        cells.append((one, values | {"row": one.row_id, "because": because.strip()}))
    untouched = is_as_written(study, path, path.read_bytes())
    write_again(study, path, cells, books[rows[0][0].workbook_id], gate, untouched=untouched)
    if path.suffix.lower() == ".ods":
        erase_out(path)


# ------------------------------------------------------------------ other files of the work folder


def _clean_rest(study: Study, who: Withdrawal, far: list[str]) -> Iterator[str]:
    """Tables that were exported into the work folder and whatever else lies there."""
    marks = sorted({*who.ids, *who.hashes, *who.rows})
    if not marks:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, marks))})(?!\w)")
    for path in sorted(study.config.work.rglob("*")):
        if not path.is_file() or path.suffix == ".sqlite" or path == study.forgetting:
            continue
        found = _holds(path, pattern)
        if found and path.suffix.lower() in _MADE:
            erase_out(path)
            yield f"  {path} erased: it held rows of theirs (make it again with its command)"
        elif found or found is None:
            far.append(f"{path}" + ("" if found else ": it could not be searched"))


def _holds(path: Path, pattern: re.Pattern[str]) -> bool | None:
    """Whether a file, unpacked, holds one of the marks; None where that cannot be told."""
    try:
        if path.suffix == ".parquet":
            import pandas as pd

            frame = pd.read_parquet(path)
            texts = (str(value) for name in frame.columns for value in frame[name].unique())
            return any(pattern.search(text) for text in texts)
        return any(pattern.search(text) for text in _unpacked(path.read_bytes()))
    except Exception:  # a damaged archive, a table of another program: it is named to the person
        return None


def _unpacked(data: bytes) -> Iterator[str]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from _unpacked(archive.read(name))
        return
    yield data.decode("utf-8", errors="ignore")


# ------------------------------------------------------------------ pseudonyms


def _clean_book(study: Study, registry: Registry, who: Withdrawal) -> Iterator[str]:
    """The book and the gate's terms without what only these transcripts have.

    A number is given to nobody else. A name that others speak of stays replaced there, as a string
    that a person has added.
    """
    book = read_book(study)
    names = (*who.names, *who.former, *who.labels)
    hers = {folded(name) for name in names} | _forms(study, book, who.transcripts).keys()
    texts = {name: read_transcript(study, name).text for name in registry.texts}
    found = _forms(study, book, texts)
    for one in (*registry.participants, *_labels(study, texts)):
        found.setdefault(folded(one), [])
    known = Known(persons=(names,), places=who.places, others=who.others)
    context = Context(known=known, languages=LANGUAGES)
    spoken_of: dict[str, Kind] = {
        text[span.start : span.end]: "person" if span.kind == "name" else span.kind
        for text in texts.values()
        for span in find_known(text, context)
        if span.tier == "auto" and folded(text[span.start : span.end]) in found
    }
    with look_at(study.decisions) as db:
        in_notes = {f"{kind.capitalize()} {number}" for d in read_decisions(db)
                    for kind, number in _LABEL.findall(d.comment)}  # fmt: skip
    small = "\n".join(text.casefold() for text in texts.values())
    own = {one for one in book.meant if one.partition(SCOPE)[2] in who.transcripts}
    left = replace(book, meant={k: v for k, v in book.meant.items() if k not in own})
    cleaned = _without(left, hers, found, in_notes, book)
    added = [one for one in cleaned.added if folded(one[1]) not in hers
             or one[1].casefold() in small]  # fmt: skip
    have = {folded(string) for _, string in added}
    added += [(kind, one) for one, kind in spoken_of.items() if folded(one) not in have]
    cleaned = replace(cleaned, added=tuple(added))
    study.vault.write(BOOK, cleaned.to_json().encode())
    _clean_gate(study, small, cleaned)
    n_gone = len(set(book.labels) - set(cleaned.labels))
    yield f"  {n_gone} strings and their pseudonyms taken out of the book"


def _forms(study: Study, book: Book, transcripts: Iterable[str]) -> dict[str, list[str]]:
    """Every string found in these transcripts, folded, with the labels that it has there."""
    found: dict[str, list[str]] = {}
    for name in transcripts:
        try:
            text = read_transcript(study, name).text
            spans = kept_spans(study, name)
        except PipelineError:  # erased, or half overwritten, before a process was killed
            continue
        for span in spans:
            string = text[span.start : span.end]
            labels = found.setdefault(folded(string), [])
            if folded(string) in book.labels:
                labels.append(book.given(string, name))
    return found


def _without(
    book: Book,
    hers: Collection[str],
    elsewhere: Mapping[str, Sequence[str]],
    in_notes: Collection[str],
    before: Book,
) -> Book:
    """The book with what is hers alone out, and strings of nowhere too, unless a person spoke.

    Parameters
    ----------
    elsewhere : the forms that others have, with the labels that they have there.
    in_notes : labels that stand in the comments of coders.
    before : the book as it was, all of whose numbers stay given.
    """

    def stays(form: str) -> bool:
        if form.startswith(RESERVED) or form in elsewhere:
            return True
        said = form in spoken or book.labels.get(form) in in_notes
        return form not in hers and said

    spoken = {key.partition(SCOPE)[0] for key in book.verdicts}
    labels = {form: label for form, label in book.labels.items() if stays(form)}
    for form, label in labels.items():  # "Kevin", somebody of hers and another one elsewhere
        others = elsewhere.get(form, ())
        labels[form] = label if label in others or not others else others[0]
    meant = {}
    for key, label in book.meant.items():
        form, _, _ = key.partition(SCOPE)
        if form in elsewhere and label in elsewhere[form]:
            meant[key] = label
    number = sum(form.startswith(RESERVED) for form in labels)
    for label in dict.fromkeys([*before.labels.values(), *before.meant.values()]):
        if label not in {*labels.values(), *meant.values()}:
            number += 1
            labels[f"{RESERVED}{number}"] = label
    verdicts = {key: one for key, one in book.verdicts.items() if stays(key.partition(SCOPE)[0])}
    return replace(book, labels=labels, meant=meant, verdicts=verdicts)


def _clean_gate(study: Study, small: str, book: Book) -> None:
    """The gate's terms that the other transcripts hold; the next run makes all of them anew."""
    try:
        terms = json.loads(study.vault.read(GATE))
    except KeyError:
        return
    added = {string for _, string in book.added}
    kept = [one for one in terms if one[0].casefold() in small or one[0] in added]
    study.vault.write(GATE, json.dumps(kept).encode())


# ------------------------------------------------------------------ what lies elsewhere


def _unreachable(study: Study, who: Withdrawal) -> Iterator[str]:
    """Where else this participant may still be, as far as Motif knows."""
    for path in who.paths:
        if (study.config.corpus / path).is_file():
            yield f"{study.config.corpus / path}: your file; Motif passes it over from now on"
    table = study.config.participants
    if table is not None and table.is_file():
        yield f"{table}: the rows of this participant, if there still are any"
    with look_at(study.decisions) as db:
        books = {book.id: book for book in read_workbooks(db)}
        of_row = {row.row_id: books[row.workbook_id] for row in read_dealt(db)}
    for book_id in sorted({of_row[row_id].id for row_id in who.rows}):
        book = books[book_id]
        yield (
            f"workbook {book_id} ({book.state}): every copy that {book.coder} has or has sent; "
            "if it comes back, rows of theirs are passed over"
        )
    yield from _quoted_in_codebook(study, who)
    yield "tables and reports that were exported to other folders or sent to somebody"
    yield (
        "backups, snapshots and synchronised copies of the work folder and of the vault, and what "
        "the disk has not written over yet"
    )


def _quoted_in_codebook(study: Study, who: Withdrawal) -> Iterator[str]:
    texts = [fold(read_transcript(study, name).text) for name in who.transcripts]
    try:
        codes = study.codebook.codes
    except PipelineError:
        yield f"{study.config.codebook}: it could not be read; look for quotations of theirs"
        return
    for code in codes:
        if any(len(one) >= _QUOTE and fold(one) in text for one in code.examples for text in texts):
            yield f"{study.config.codebook}: the code {code.id} quotes them as an example"
