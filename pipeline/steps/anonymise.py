"""Transcripts -> pseudonyms. What was found stays in the vault; turns go out redacted."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

from pipeline.anonymise import VERSION, Context
from pipeline.anonymise.book import Book, assign, folded
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.forms import name_of
from pipeline.anonymise.generalise import Levels
from pipeline.anonymise.known import lowered
from pipeline.anonymise.listing import Find, listing
from pipeline.anonymise.replace import (
    Look,
    Manner,
    Replacement,
    Stands,
    apply,
    decide,
    pseudonyms,
    redact_range,
    sweep,
)
from pipeline.anonymise.scenes import PLACE_COLUMNS, Scene
from pipeline.anonymise.surrogate import stand_ins
from pipeline.anonymise.terms import gate_terms
from pipeline.anonymise.tokens import PARTICLES
from pipeline.execute import map_over
from pipeline.records import Decision, Kind, Span, Transcript, Turn, to_frame
from pipeline.steps.cast import Cast, read_cast, unforgotten
from pipeline.steps.ingest import corpus_files, read_registry, read_transcript, summary
from pipeline.steps.material import Text, write_texts
from pipeline.steps.participants import once_said, read_participants, remember
from pipeline.steps.study import Study, key_of
from pipeline.store import derived
from pipeline.store.gate import Gate, Term
from pipeline.text import n_words

BOOK, GATE = "book", "gate"
# Columns of participants.csv that say where somebody works: there people know the same people.
SITE_COLUMNS = PLACE_COLUMNS | frozenset(
    "site team office unit branch location organisation organization region group "
    "locatie kantoor vestiging organisatie regio groep afdeling kontor afdeling gruppe".split()
)
_LEAST_WEEKS, _MOST_WEEKS = 5, 26  # by which dates are moved, forwards or back
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Report:
    """What the step did."""

    n_replaced: int
    n_pseudonyms: int
    n_unchecked: int  # distinct finds that nobody is sure of and no person has looked at


@dataclass(frozen=True, slots=True)
class Redactions:
    """What stands in for what, per transcript; where the vault is open."""

    texts: Mapping[str, str]
    replacements: Mapping[str, Sequence[Replacement]]
    speakers: Mapping[tuple[str, int], str]  # (transcript id, turn) -> name outside the vault

    def render(self, transcript_id: str, start: int, end: int) -> str:
        """Any range of a transcript's source, with its pseudonyms in."""
        return redact_range(self.texts[transcript_id], self.replacements[transcript_id], start, end)


def anonymise(study: Study, *, workers: int = 1) -> Report:
    """Find, carry over the study, give pseudonyms, and write turns and transcripts redacted.

    What a transcript's recognisers find is kept in the vault; only new texts are searched again.
    """
    transcripts = current_transcripts(study)
    remember(study, unforgotten(study, read_registry(study), read_participants(study)))
    cast = read_cast(study, transcripts)
    texts = {t.transcript_id: t.text for t in transcripts}
    book = read_book(study)
    context = _context(study, cast, book)
    spans = propagate(texts, _finds(study, transcripts, cast, context, workers), context)
    book = assign(book, texts, spans, cast.known, scenes=scenes(study, cast))
    book = _drawn(study, book)
    stands = study_stands(study, book, cast)
    chosen = _decide(study, spans, texts, book, stands, cast)
    terms = gate_terms(texts, chosen, book, context.all_languages)
    gate = _gate(study, terms)
    replacements = swept(texts, chosen, book, gate)
    _write_vault(study, book, spans, replacements, terms)
    redactions = Redactions(texts, replacements, _speakers(transcripts, cast))
    _write_turns(study, transcripts, redactions, gate)
    _write_texts(study, transcripts, cast)
    study.set_state("list", {"revision": book.revision})
    return Report(
        n_replaced=sum(map(len, replacements.values())),
        n_pseudonyms=book.n_pseudonyms,
        n_unchecked=sum(one.look for one in _listing(study, book, texts, spans, cast)),
    )


def study_stands(study: Study, book: Book, cast: Cast | None = None) -> Stands:
    """What stands in for each string, in the style that the study has for its kind."""
    settings, general = study.config.anonymise, study.config.study
    manner = Manner(
        style=settings.style,
        styles=settings.styles.by_kind,
        levels=Levels(**settings.level.model_dump()),
        seed=general.seed,
        language=general.language,
        languages={} if cast is None else cast.languages,
        roles=_roles(study, book) if "role" in settings.used_styles else {},
        known=_table_values(study) if "surrogate" in settings.used_styles else frozenset(),
    )
    return pseudonyms(book, manner)


def _drawn(study: Study, book: Book) -> Book:
    """The book with what is drawn once for the study: plausible names, the shift of dates.

    The shift cannot be told from the settings: it comes from the key of the vault.
    """
    settings, general = study.config.anonymise, study.config.study
    if "surrogate" in settings.used_styles:
        made = stand_ins(book, general.seed, general.language, _table_values(study))
        book = replace(book, names=dict(made.names))
    if settings.level.date == "shift" and not book.shift:
        number = int(study.vault.keyed_hash(b"shift of dates"), 16)
        weeks = _LEAST_WEEKS + number % (_MOST_WEEKS - _LEAST_WEEKS)
        book = replace(book, shift=7 * weeks * (1 if number & 1 << 64 else -1))
    return book


def _table_values(study: Study) -> frozenset[str]:
    """All that participants.csv says or said of anybody, in the study's texts or not."""
    said = (value for row in once_said(study) for value in (row.participant, *row.columns.values()))
    return frozenset(filter(None, said))


def _roles(study: Study, book: Book) -> dict[str, str]:
    """By label, the role of each participant, if the team publishes it."""
    if "role" not in {name.casefold() for name in study.config.publish.columns}:
        return {}
    roles: dict[str, str] = {}
    for row in read_participants(study):
        label, role = book.labels.get(folded(row.participant)), row.columns.get("role", "")
        if label and role:
            roles[label] = role
    return roles


def scenes(study: Study, cast: Cast) -> dict[str, Scene]:
    """Who speaks in each transcript, and where: a first name travels no further by itself."""
    speakers: dict[str, set[str]] = defaultdict(set)
    for form, names in cast.homes.items():
        for name in names:
            speakers[name].add(form)
    wanted = SITE_COLUMNS | {study.config.compare.cluster.casefold()}
    return {
        name: Scene(
            people=frozenset(filter(None, cast.participants.get(name, "").split("+"))),
            sites={
                column: value.casefold()
                for column, value in cast.sites.get(name, {}).items()
                if column in wanted and value
            },
            speakers=frozenset(speakers[name]),
        )
        for name in cast.languages
    }


def _decide(
    study: Study,
    spans: Mapping[str, Sequence[Span]],
    texts: Mapping[str, str],
    book: Book,
    stands: Stands,
    cast: Cast,
) -> dict[str, list[Replacement]]:
    settings = study.config.anonymise
    languages = {name: cast.languages.get(name, study.config.study.language) for name in texts}
    return decide(
        spans, texts, book,
        policy=settings.policy, kinds=settings.kinds, stands=stands, languages=languages,
    )  # fmt: skip


def swept(
    texts: Mapping[str, str],
    chosen: Mapping[str, Sequence[Replacement]],
    book: Book,
    gate: Gate,
) -> dict[str, list[Replacement]]:
    """The replacements, and more where the gate would find something in what they make."""
    look, label = _look(gate), _labels(book)
    return {
        name: sweep(text, chosen[name], look, partial(label, where=name))
        for name, text in texts.items()
    }


def _look(gate: Gate) -> Look:
    """What the gate would refuse in a text, whatever is published (that may stand in reports)."""

    def look(text: str) -> Iterable[tuple[int, int, Kind]]:
        at = 0
        for line in text.split("\n"):  # a turn at a time, as it will be looked at
            for start, end, kind in gate.find(line, all_terms=True):
                yield at + start, at + end, kind
            at += len(line) + 1

    return look


def _labels(book: Book) -> Stands:
    """The bracketed pseudonym of a string, or of the one person whose name it is a part of."""
    owners: dict[str, set[str]] = defaultdict(set)
    for form, label in book.forms():
        if label.startswith("Person"):
            for word in name_of(form).words:
                owners[word].add(label)

    def stands(kind: Kind, string: str, where: str = "") -> str:
        key = folded(string)
        if key in book.labels:
            return f"[{book.label(string, where)}]"
        found = owners.get(key, set()) if kind == "person" else set()
        return f"[{next(iter(found))}]" if len(found) == 1 else f"[{kind.capitalize()}]"

    return stands


def read_book(study: Study) -> Book:
    """The study's pseudonyms and verdicts; empty at first.

    Raises
    ------
    PipelineError : another version wrote them.
    """
    try:
        kept = study.vault.read(BOOK).decode()
    except KeyError:
        return Book()
    return Book.from_json(kept)


def study_gate(study: Study) -> Gate:
    """What must not get out of this study."""
    try:
        terms = json.loads(study.vault.read(GATE))
    except KeyError:
        terms = []
    return _gate(study, terms)


def current_transcripts(study: Study) -> list[Transcript]:
    """The transcripts whose files are in the corpus now, by id."""
    registry = read_registry(study)
    files = summary(study, registry, corpus_files(study), ()).files
    return [read_transcript(study, name) for name in sorted(files.values())]


def read_redactions(study: Study, transcript_ids: Sequence[str]) -> Redactions:
    """What the step has left in the vault for these transcripts."""
    import pandas as pd

    texts, replacements = {}, {}
    for name in transcript_ids:
        texts[name] = read_transcript(study, name).text
        kept = json.loads(study.vault.read(f"redaction/{name}"))
        replacements[name] = [Replacement(**one) for one in kept["replacements"]]
    frame: pd.DataFrame = derived.require(
        derived.read_table(study.derived / "turns.parquet"), "anonymise"
    )
    columns = (frame[name].tolist() for name in ("transcript_id", "turn", "speaker"))
    speakers = {(str(t), int(turn)): str(who) for t, turn, who in zip(*columns, strict=True)}
    return Redactions(texts, replacements, speakers)


def clean_notes(
    study: Study, decisions: Sequence[Decision], *, keep: bool = True
) -> tuple[list[Decision], list[str]]:
    """Decisions with their comments anonymised as texts are, and the rows where that changed one.

    A name that the study knows is found in any comment; one that it does not know, as in a text.

    Parameters
    ----------
    keep : write new pseudonyms into the vault; False for a dry run.
    """
    comments = sorted({one.comment for one in decisions if one.comment})
    if not comments:
        return list(decisions), []
    texts = {f"comment {number}": text for number, text in enumerate(comments)}
    cast = read_cast(study, current_transcripts(study))
    book = read_book(study)
    context = _context(study, cast, book)
    spans = {name: find(text, context) for name, text in texts.items()}
    spans = propagate(texts, spans, context)
    known = book
    book = _drawn(study, assign(book, texts, spans, cast.known, lasting=False))
    if keep and book != known:
        study.vault.write(BOOK, book.to_json().encode())
    chosen = _decide(study, spans, texts, book, study_stands(study, book, cast), cast)
    replacements = swept(texts, chosen, book, study_gate(study))
    clean = {text: apply(text, replacements[name]).text for name, text in texts.items()}
    changed = sorted({d.row_id for d in decisions if d.comment and clean[d.comment] != d.comment})
    return [replace(d, comment=clean.get(d.comment, d.comment)) for d in decisions], changed


def _context(study: Study, cast: Cast, book: Book) -> Context:
    languages = tuple(sorted({study.config.study.language, *cast.languages.values()}))
    added = dict.fromkeys(book.added)
    for kind, string in book.added:  # "the bakery" also where a sentence begins
        added[kind, string[0].upper() + string[1:]] = None
    return Context(
        language=study.config.study.language,
        known=cast.known,
        added=tuple(added),
        languages=languages,
        tagger=study.config.tagger,
    )


def _finds(
    study: Study,
    transcripts: Sequence[Transcript],
    cast: Cast,
    context: Context,
    workers: int,
) -> dict[str, list[Span]]:
    """What the recognisers find in each transcript, from the vault where nothing has changed."""
    found: dict[str, list[Span]] = {}
    due = []
    for one in transcripts:
        name = one.transcript_id
        own = _of_text(replace(context, language=cast.languages[name]), one.text)
        key = study.vault.keyed_hash(key_of(VERSION, one.text, asdict(own)).encode())
        try:
            kept = json.loads(study.vault.read(f"finds/{name}"))
        except KeyError:
            kept = {}
        if kept.get("key") == key:
            found[name] = [Span(**span) for span in kept["spans"]]
        else:
            due.append((name, key, one.text, own))
    results = map_over(_find_one, [(text, own) for _, _, text, own in due], workers=workers)
    for (name, key, _, _), spans in zip(due, results, strict=True):
        found[name] = spans
        kept = {"key": key, "spans": [asdict(span) for span in spans]}
        study.vault.write(f"finds/{name}", json.dumps(kept).encode())
    return {one.transcript_id: found[one.transcript_id] for one in transcripts}


def _of_text(context: Context, text: str) -> Context:
    """Only what a text can hold, so that a name more is looked for only where it may stand."""
    small = lowered(text)

    def here(*strings: str) -> bool:
        words = {word for string in strings for word in _WORD.findall(lowered(string))}
        return any(word in small for word in words - PARTICLES or words)

    added = tuple(one for one in context.added if here(one[1]))
    persons = tuple(one for one in context.known.persons if here(*one))
    return replace(context, added=added, known=replace(context.known, persons=persons))


def _find_one(item: tuple[str, Context]) -> list[Span]:
    text, context = item
    return find(text, context)


def _speakers(transcripts: Sequence[Transcript], cast: Cast) -> dict[tuple[str, int], str]:
    return {
        (t.transcript_id, turn.turn): cast.speakers[t.transcript_id, turn.speaker]
        for t in transcripts
        for turn in t.turns
    }


def _write_vault(
    study: Study,
    book: Book,
    spans: Mapping[str, Sequence[Span]],
    replacements: Mapping[str, Sequence[Replacement]],
    terms: Sequence[tuple[str, Kind, bool]],
) -> None:
    _write_if_new(study, BOOK, book.to_json().encode())
    _write_if_new(study, GATE, json.dumps(terms).encode())
    for name, chosen in replacements.items():
        kept = {
            "spans": [asdict(span) for span in spans[name]],
            "replacements": [asdict(one) for one in chosen],
        }
        _write_if_new(study, f"redaction/{name}", json.dumps(kept).encode())


def _write_if_new(study: Study, entry: str, data: bytes) -> None:
    """What has not changed is not encrypted again: a synchronised folder has nothing to do."""
    try:
        same = study.vault.read(entry) == data
    except KeyError:
        same = False
    if not same:
        study.vault.write(entry, data)


def _write_turns(
    study: Study, transcripts: Sequence[Transcript], redactions: Redactions, gate: Gate
) -> None:
    turns = [
        replace(
            turn,
            transcript_id=t.transcript_id,
            speaker=redactions.speakers[t.transcript_id, turn.turn],
            text=redactions.render(t.transcript_id, turn.source_start, turn.source_end),
        )
        for t in transcripts
        for turn in t.turns
    ]
    frame = to_frame(turns, Turn)
    derived.write_table(study.derived / "turns.parquet", frame, ("text", "speaker"), gate)


def _write_texts(study: Study, transcripts: Sequence[Transcript], cast: Cast) -> None:
    registry = read_registry(study)
    texts = [
        Text(
            transcript_id=t.transcript_id,
            transcript_hash=registry.texts[t.transcript_id][-1],
            earlier=";".join(registry.texts[t.transcript_id][:-1]),
            participant=cast.participants.get(t.transcript_id, ""),
            language=cast.languages[t.transcript_id],
            words=sum(n_words(turn.text) for turn in t.turns if turn.role == "respondent"),
        )
        for t in transcripts
    ]
    write_texts(study, texts, [cast.columns.get(t.transcript_id, {}) for t in transcripts])


def finds_of(study: Study) -> list[Find]:
    """The list of finds, as it goes out to be checked."""
    transcripts = current_transcripts(study)
    texts = {one.transcript_id: one.text for one in transcripts}
    spans = {name: kept_spans(study, name) for name in texts}
    return _listing(study, read_book(study), texts, spans, read_cast(study, transcripts))


def _listing(
    study: Study,
    book: Book,
    texts: Mapping[str, str],
    spans: Mapping[str, Sequence[Span]],
    cast: Cast,
) -> list[Find]:
    homes: dict[str, frozenset[str]] = {}
    for form, names in cast.homes.items():
        label = book.labels.get(form, "")
        homes[label] = homes.get(label, frozenset()) | names
    stands = study_stands(study, book, cast)
    return listing(book, texts, spans, stands, homes, cast.languages, cast.participants)


def kept_spans(study: Study, transcript_id: str) -> list[Span]:
    """What was found in a transcript, carried over from the whole study; nothing before it was."""
    try:
        kept = json.loads(study.vault.read(f"redaction/{transcript_id}"))
    except KeyError:
        return []
    return [Span(**span) for span in kept["spans"]]


def _gate(study: Study, terms: Iterable[tuple[str, Kind, bool]]) -> Gate:
    rows = read_participants(study)
    columns = {name.casefold() for name in study.config.publish.columns}
    published = {row.columns.get(column, "") for row in rows for column in columns}
    return Gate((Term(text=t, kind=k, common=c) for t, k, c in terms), published)
