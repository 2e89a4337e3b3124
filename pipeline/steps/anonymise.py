"""Transcripts -> pseudonyms. What was found stays in the vault; turns go out redacted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from pipeline.anonymise import VERSION, Context, Known
from pipeline.anonymise.book import Book, assign, folded
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.listing import gate_terms
from pipeline.anonymise.replace import Replacement, decide, pseudonym, redact_range
from pipeline.execute import map_over
from pipeline.records import Decision, Kind, Span, Transcript, Turn, to_frame
from pipeline.steps.ingest import Registry, corpus_files, read_registry, read_transcript, summary
from pipeline.steps.material import Text, write_texts
from pipeline.steps.participants import Participant, read_participants
from pipeline.steps.study import Study, key_of
from pipeline.store import derived
from pipeline.store.gate import Gate, Term

BOOK, GATE = "book", "gate"


@dataclass(frozen=True, slots=True)
class Report:
    """What the step did."""

    n_replaced: int
    n_pseudonyms: int
    n_unchecked: int  # distinct finds that no person has looked at


@dataclass(frozen=True, slots=True)
class Redactions:
    """What stands in for what, per transcript; where the vault is open."""

    texts: Mapping[str, str]
    replacements: Mapping[str, Sequence[Replacement]]
    speakers: Mapping[tuple[str, int], str]  # (transcript id, turn) -> name outside the vault

    def render(self, transcript_id: str, start: int, end: int) -> str:
        """Any range of a transcript's source, with its pseudonyms in."""
        return redact_range(self.texts[transcript_id], self.replacements[transcript_id], start, end)


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who is who: what is known of people before anything is read."""

    known: Known
    languages: Mapping[str, str]  # by transcript id
    participants: Mapping[str, str]  # transcript id -> P01 of its respondent(s), joined by +
    speakers: Mapping[tuple[str, str], str]  # (transcript id, label) -> name outside the vault
    columns: Mapping[str, dict[str, str]]  # transcript id -> published columns


def anonymise(study: Study, *, workers: int = 1) -> Report:
    """Find, carry over the study, give pseudonyms, and write turns and transcripts redacted.

    What a transcript's recognisers find is kept in the vault; only new texts are searched again.
    """
    transcripts = current_transcripts(study)
    cast = _cast(study, transcripts)
    texts = {t.transcript_id: t.text for t in transcripts}
    book = read_book(study)
    context = _context(study, cast, book)
    spans = propagate(texts, _finds(study, transcripts, cast, context, workers), context)
    book = assign(book, texts, spans, cast.known)
    chosen = _decide(study, spans, texts, book)
    terms = gate_terms(texts, chosen, book, context.all_languages)
    gate = _gate(study, terms)
    replacements = {
        name: _swept(text, chosen[name], gate, book, study) for name, text in texts.items()
    }
    _write_vault(study, book, spans, replacements, terms)
    redactions = Redactions(texts, replacements, _speakers(transcripts, cast))
    _write_turns(study, transcripts, redactions, gate)
    _write_texts(study, transcripts, cast)
    study.set_state("list", {"revision": book.revision})
    checked = set(book.verdicts)
    strings = {folded(texts[name][span.start : span.end]) for name in texts for span in spans[name]}
    return Report(
        n_replaced=sum(map(len, replacements.values())),
        n_pseudonyms=book.n_pseudonyms,
        n_unchecked=len(strings - checked),
    )


def _decide(
    study: Study, spans: Mapping[str, Sequence[Span]], texts: Mapping[str, str], book: Book
) -> dict[str, list[Replacement]]:
    settings = study.config.anonymise
    return decide(
        spans, texts, book, policy=settings.policy, kinds=settings.kinds, style=settings.style,
        seed=study.config.study.seed,
    )  # fmt: skip


def _swept(
    text: str, chosen: Sequence[Replacement], gate: Gate, book: Book, study: Study
) -> list[Replacement]:
    """The replacements, and one more wherever the gate would still find something known.

    Recognisers weigh what a string means in its place; the gate does not. So whatever the gate
    would refuse is replaced here, and a run cannot end in a refusal that no setting mends.
    """
    swept = list(chosen)
    for start, end, kind in gate.find(text, all_terms=True):
        if any(one.start < end and start < one.end for one in swept):
            continue
        label = _label(book, kind, text[start:end], study)
        swept.append(Replacement(start=start, end=end, kind=kind, tier="auto", pseudonym=label))
    return sorted(swept)


def _label(book: Book, kind: Kind, string: str, study: Study) -> str:
    settings = study.config.anonymise
    try:
        return pseudonym(book, kind, string, settings.style, study.config.study.seed)
    except KeyError:  # a part of a longer find, which has no number of its own
        return f"[{kind.capitalize()}]"


def read_book(study: Study) -> Book:
    """The study's pseudonyms and verdicts; empty at first."""
    try:
        return Book.from_json(study.vault.read(BOOK).decode())
    except KeyError:
        return Book()


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


def clean_notes(study: Study, decisions: Sequence[Decision]) -> tuple[list[Decision], list[str]]:
    """Decisions with their comments anonymised as texts are, and the rows where that changed one.

    A name that the study knows is found in any comment; one that it does not know, as in a text.
    """
    comments = sorted({one.comment for one in decisions if one.comment})
    if not comments:
        return list(decisions), []
    texts = {f"comment {number}": text for number, text in enumerate(comments)}
    transcripts = current_transcripts(study)
    cast = _cast(study, transcripts)
    book = read_book(study)
    context = _context(study, cast, book)
    spans = {name: find(text, context) for name, text in texts.items()}
    for one in transcripts:
        spans[one.transcript_id] = kept_spans(study, one.transcript_id)
    everything = {**{t.transcript_id: t.text for t in transcripts}, **texts}
    spans = propagate(everything, spans, context)
    book = assign(book, everything, spans, cast.known)
    study.vault.write(BOOK, book.to_json().encode())
    chosen = _decide(study, spans, everything, book)
    gate = study_gate(study)
    clean = {}
    for name, text in texts.items():
        swept = _swept(text, chosen[name], gate, book, study)
        clean[text] = redact_range(text, swept, 0, len(text))
    changed = sorted({d.row_id for d in decisions if d.comment and clean[d.comment] != d.comment})
    return [replace(d, comment=clean.get(d.comment, d.comment)) for d in decisions], changed


def _context(study: Study, cast: _Cast, book: Book) -> Context:
    languages = tuple(sorted({study.config.study.language, *cast.languages.values()}))
    return Context(
        language=study.config.study.language,
        known=cast.known,
        added=book.added,
        languages=languages,
    )


def _finds(
    study: Study,
    transcripts: Sequence[Transcript],
    cast: _Cast,
    context: Context,
    workers: int,
) -> dict[str, list[Span]]:
    """What the recognisers find in each transcript, from the vault where nothing has changed."""
    found: dict[str, list[Span]] = {}
    due = []
    for one in transcripts:
        name = one.transcript_id
        own = replace(context, language=cast.languages[name])
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


def _find_one(item: tuple[str, Context]) -> list[Span]:
    text, context = item
    return find(text, context)


def _cast(study: Study, transcripts: Sequence[Transcript]) -> _Cast:
    registry = read_registry(study)
    rows = read_participants(study)
    file_of = summary(study, registry, corpus_files(study), ()).files
    by_transcript: dict[str, list[Participant]] = {}
    for row in rows:
        if row.file in file_of:
            by_transcript.setdefault(file_of[row.file], []).append(row)
    published = [name.casefold() for name in study.config.publish.columns]
    speakers: dict[tuple[str, str], str] = {}
    persons: list[tuple[str, ...]] = []
    for transcript in transcripts:
        mine = by_transcript.get(transcript.transcript_id, [])
        speakers |= _speaker_names(transcript, mine, registry)
        persons += _persons(transcript, mine)
    return _Cast(
        known=Known(
            persons=tuple(dict.fromkeys(persons)),
            others=tuple(
                sorted({v for row in rows for v in row.columns.values() if v and not v.isdigit()})
            ),
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
            name: {column: mine[0].columns.get(column, "") for column in published}
            for name, mine in by_transcript.items()
        },
    )


def _language(study: Study, rows: Sequence[Participant]) -> str:
    return next((row.language for row in rows if row.language), study.config.study.language)


def _persons(transcript: Transcript, rows: Sequence[Participant]) -> Iterable[tuple[str, ...]]:
    """Every form of each person's name that labels and the table give."""
    labels = {turn.speaker for turn in transcript.turns if turn.speaker}
    taken = set()
    for row in rows:
        own = [label for label in labels if row.speaker and label == row.speaker]
        taken |= set(own)
        yield tuple(dict.fromkeys([row.participant, *own]))
    yield from ((label,) for label in sorted(labels - taken))


def _speaker_names(
    transcript: Transcript, rows: Sequence[Participant], registry: Registry
) -> dict[tuple[str, str], str]:
    """What each label of a transcript is called outside: P01, Interviewer, S1."""
    roles = {turn.speaker: turn.role for turn in transcript.turns}
    respondents = [label for label, role in roles.items() if role == "respondent"]
    names: dict[tuple[str, str], str] = {}
    others = 0
    for label, role in roles.items():
        row = next((r for r in rows if r.speaker == label or (
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


def _speakers(transcripts: Sequence[Transcript], cast: _Cast) -> dict[tuple[str, int], str]:
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
    study.vault.write(BOOK, book.to_json().encode())
    study.vault.write(GATE, json.dumps(terms).encode())
    for name, chosen in replacements.items():
        kept = {
            "spans": [asdict(span) for span in spans[name]],
            "replacements": [asdict(one) for one in chosen],
        }
        study.vault.write(f"redaction/{name}", json.dumps(kept).encode())


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


def _write_texts(study: Study, transcripts: Sequence[Transcript], cast: _Cast) -> None:
    registry = read_registry(study)
    texts = [
        Text(
            transcript_id=t.transcript_id,
            transcript_hash=registry.texts[t.transcript_id][-1],
            earlier=";".join(registry.texts[t.transcript_id][:-1]),
            participant=cast.participants.get(t.transcript_id, ""),
            language=cast.languages[t.transcript_id],
        )
        for t in transcripts
    ]
    write_texts(study, texts, [cast.columns.get(t.transcript_id, {}) for t in transcripts])


def kept_spans(study: Study, transcript_id: str) -> list[Span]:
    """What was found in a transcript, carried over from the whole study."""
    kept = json.loads(study.vault.read(f"redaction/{transcript_id}"))
    return [Span(**span) for span in kept["spans"]]


def _gate(study: Study, terms: Iterable[tuple[str, Kind, bool]]) -> Gate:
    rows = read_participants(study)
    columns = {name.casefold() for name in study.config.publish.columns}
    published = {row.columns.get(column, "") for row in rows for column in columns}
    return Gate((Term(text=t, kind=k, common=c) for t, k, c in terms), published)
