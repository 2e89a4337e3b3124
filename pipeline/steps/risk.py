"""The risk page: what still gives people away after anonymising."""

from __future__ import annotations

import bisect
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pipeline.anonymise import Context, cues, lexicon
from pipeline.anonymise.book import Book, folded
from pipeline.anonymise.known import is_label
from pipeline.anonymise.quasi import WHATS, find_quasi
from pipeline.anonymise.replace import Replacement
from pipeline.errors import PipelineError
from pipeline.records import KINDS, Kind, Segment, Span, Transcript, from_frame
from pipeline.risk import CALLED, HINTS, MASK, Miss, Words, groups, linkage, spoken_numbers
from pipeline.risk.findings import FindCount, Noted, Risk, TranscriptRisk
from pipeline.risk.linkage import Found
from pipeline.risk.misses import find_misses, masked
from pipeline.risk.page import document, render
from pipeline.steps.anonymise import (
    current_transcripts,
    finds_of,
    kept_spans,
    read_book,
    read_redactions,
    study_gate,
)
from pipeline.steps.cast import Cast, read_cast
from pipeline.steps.ingest import corpus_files, read_registry, summary
from pipeline.steps.participants import Participant, read_participants
from pipeline.steps.plan import make_plan
from pipeline.steps.study import Study
from pipeline.store import derived
from pipeline.store.gate import Field, Gate, write_out

PAGES = ("html", "htm")
_AROUND = 34  # characters on either side of what is shown
_TOO_COMMON = 6.5  # zipf: "on", "not": no name even behind "my name is"
_KNOWN_WELL = 4.3  # zipf: a word that everybody uses tells nobody from another
_N_OWN = 5
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at: the risk, and what may only be shown on a screen."""

    risk: Risk
    shown: tuple[str, ...]  # likely misses in clear words, a line each: confidential


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of participants.csv."""

    participant: str  # P01
    transcript_id: str
    row: Participant


@dataclass(frozen=True, slots=True)
class _Sources:
    """What the step reads, once."""

    transcripts: list[Transcript]
    spans: Mapping[str, list[Span]]
    replacements: Mapping[str, Sequence[Replacement]]
    left: Mapping[str, str]  # the text with everything found masked, kept strings too
    stands: Mapping[str, str]  # the text with what was replaced masked
    outside: Mapping[str, list[str]]  # pieces of it, and what coarser words stand in it
    rows: list[_Row]
    book: Book
    cast: Cast
    languages: tuple[str, ...]
    words: Words
    gate: Gate


def look(study: Study) -> Seen:
    """Find out what still gives people away.

    Raises
    ------
    PipelineError : nothing has been anonymised yet, or files or settings have changed since.
    """
    sources = _read(study)
    misses = {name: find_misses(text, sources.words) for name, text in sources.left.items()}
    quasi = _quasi(sources)
    finds = _counts(study, sources)
    columns = tuple(name.casefold() for name in study.config.publish.columns)
    of_rows = [(one.participant, one.row.columns) for one in sources.rows]
    cells = groups.cells(of_rows, columns) if columns else []
    before, after, own_words = _links(sources, columns, misses)
    places = _Places(study, sources.transcripts)
    transcripts = []
    for at, one in enumerate(sources.transcripts):
        name = one.transcript_id
        mine = [row for row in sources.rows if row.transcript_id == name]
        values, sharing = _smallest(mine, columns, cells)
        transcripts.append(
            TranscriptRisk(
                transcript_id=name,
                participants=tuple(dict.fromkeys(row.participant for row in mine)),
                n_words=sum(len(_LETTERS.findall(piece)) for piece in sources.outside[name]),
                finds=finds[name],
                standing=_standing(study, sources, one),
                misses=places.noted(name, misses[name], tuple(CALLED)),
                quasi=places.noted(name, quasi[name], WHATS),
                values=values,
                sharing=sharing,
                before=before[at],
                after=after[at],
                own_words=own_words[at],
            )
        )
    risk = Risk(
        study=study.config.study.name,
        policy=study.config.anonymise.policy,
        checked=bool(study.state().get("list", {}).get("revision")),
        n_participants=len({one.participant for one in sources.rows}),
        columns=columns,
        smallest_cell=study.config.publish.smallest_cell,
        cells=tuple(cells),
        choices=tuple(groups.choices(of_rows, columns, study.config.publish.smallest_cell)),
        transcripts=tuple(transcripts),
    )
    return Seen(risk, tuple(_in_clear(sources, misses, quasi, places)))


def to_be_asked(study: Study) -> tuple[dict[str, list[Miss]], dict[str, list[Miss]]]:
    """By transcript: what looks as if it should have been found, and quasi-identifiers that stand.

    Offsets count in its text.
    """
    sources = _read(study)
    misses = {name: find_misses(text, sources.words) for name, text in sources.left.items()}
    return misses, _quasi(sources)


def write_page(study: Study, seen: Seen, file: Path) -> str:
    """Write the page; returns what to tell the person. No likely miss stands in it in clear words.

    Raises
    ------
    PipelineError : another suffix than .html, or a place that cannot be written.
    """
    if file.suffix.lower().removeprefix(".") not in PAGES:
        raise PipelineError("no page of this kind", where=str(file), mend="Known: .html.")
    found = [one for t in seen.risk.transcripts for one in (*t.before.values(), *t.after.values())]
    words = [term for one in found for term in one.terms]
    words += [word for one in seen.risk.transcripts for word in one.own_words]
    fields = [Field(name="words", texts=words, first_row=1)]
    write_out(file, render(document(seen.risk)).encode(), fields, study_gate(study))
    return f"{file}: {len(seen.risk.transcripts)} transcripts, worst first"


def _read(study: Study) -> _Sources:
    if "anonymise" in make_plan(study).due:  # offsets would be of other texts
        raise PipelineError(
            "the redacted transcripts are not there or not of today's files and settings",
            mend="Run 'motif run' first, then this again.",
        )
    transcripts = current_transcripts(study)
    names = [one.transcript_id for one in transcripts]
    spans = {name: kept_spans(study, name) for name in names}
    replacements = read_redactions(study, names).replacements
    cast, book = read_cast(study, transcripts), read_book(study)
    languages = tuple(sorted({study.config.study.language, *cast.languages.values()}))
    coarse = _coarse_kinds(study)
    left, stands, outside = {}, {}, {}
    for one in transcripts:
        name = one.transcript_id
        replaced = [(r.start, r.end) for r in replacements[name]]
        found = [(s.start, s.end) for s in spans[name]]
        left[name] = masked(one.text, [*replaced, *found])
        stands[name] = masked(one.text, replaced)
        outside[name] = linkage.split(_readable(one.text, replacements[name], coarse))
    return _Sources(
        transcripts=transcripts,
        spans=spans,
        replacements=replacements,
        left=left,
        stands=stands,
        outside=outside,
        rows=_rows(study),
        book=book,
        cast=cast,
        languages=languages,
        words=_words(languages, cast, book),
        gate=study_gate(study),
    )


def _coarse_kinds(study: Study) -> frozenset[Kind]:
    """The kinds for which a coarser word stands: it says something, a number says nothing."""
    settings = study.config.anonymise
    styles = {kind: settings.styles.by_kind.get(kind, settings.style) for kind in KINDS}
    return frozenset(kind for kind, style in styles.items() if style == "general")


def _readable(text: str, replacements: Sequence[Replacement], coarse: Collection[Kind]) -> str:
    """The text as it is outside, numbered pseudonyms and other names masked."""
    parts: list[str] = []
    at = 0
    for one in replacements:
        stands = one.pseudonym if one.kind in coarse else ""
        parts += [text[at : one.start], MASK, stands, MASK]
        at = one.end
    return "".join([*parts, text[at:]])


def _rows(study: Study) -> list[_Row]:
    """The rows of the table whose file is in the corpus and whose person has a pseudonym."""
    registry = read_registry(study)
    files = summary(study, registry, corpus_files(study), ()).files
    return [
        _Row(registry.participants[row.participant], files[row.file], row)
        for row in read_participants(study)
        if row.file in files and row.participant in registry.participants
    ]


def _words(languages: tuple[str, ...], cast: Cast, book: Book) -> Words:
    """What the lexicon says of words, in any language of the study."""

    @cache
    def is_plain(word: str) -> bool:
        head, mark, _ = word.partition("'")
        return any(
            lexicon.is_word(word, language)
            or word in cues.common_capitals(language)
            or lexicon.is_inflected(word, language)
            or lexicon.is_compound(word, language)
            or (mark and lexicon.is_common(head, language))
            for language in languages
        )

    @cache
    def is_heard(word: str) -> bool:
        return is_plain(word) or not all(lexicon.is_unseen(word, one) for one in languages)

    @cache
    def is_name(word: str) -> bool:
        common = max(lexicon.frequency(word, language) for language in languages)
        listed = word in lexicon.given() or word in lexicon.family() or word in lexicon.places()
        return listed and common < _TOO_COMMON

    names = _names(cast)
    for form, label in book.labels.items():
        if label.startswith("Person"):
            names |= set(_LETTERS.findall(form))
    known = frozenset(name.lower() for name in names if not is_plain(name.lower()))
    return Words(is_plain=is_plain, is_heard=is_heard, is_name=is_name, names=known)


def _names(cast: Cast) -> set[str]:
    """Every word of a name that labels or the table give; "Respondent" is none."""
    forms = (form for person in cast.known.persons for form in person if not is_label(form))
    return {word for form in forms for word in _LETTERS.findall(form)}


def _standing(study: Study, sources: _Sources, one: Transcript) -> int:
    """How many finds are left by a setting alone: not kept by a person, and not coarse already."""
    settings = study.config.anonymise
    kinds = {*settings.kinds} | ({"name"} if "person" in settings.kinds else set())
    chosen = sources.replacements[one.transcript_id]
    n = 0
    for span in sources.spans[one.transcript_id]:
        at = bisect.bisect_right(chosen, span.start, key=lambda replaced: replaced.end)
        if at < len(chosen) and chosen[at].start < span.end:
            continue
        verdict = sources.book.said(one.text[span.start : span.end], one.transcript_id)
        by_setting = span.kind not in kinds or settings.policy == "auto"
        n += verdict is None and by_setting
    return n


def _counts(study: Study, sources: _Sources) -> dict[str, dict[Kind, FindCount]]:
    """Finds by kind, in each transcript."""
    waiting = {folded(find.string) for find in finds_of(study) if find.look}
    counted: dict[str, dict[Kind, FindCount]] = {}
    for one in sources.transcripts:
        tiers = Counter((span.kind, span.tier) for span in sources.spans[one.transcript_id])
        unchecked: dict[Kind, set[str]] = defaultdict(set)
        for span in sources.spans[one.transcript_id]:
            string = folded(one.text[span.start : span.end])
            if string in waiting:
                unchecked[span.kind].add(string)
        counted[one.transcript_id] = {
            kind: FindCount(
                auto=tiers[kind, "auto"],
                review=tiers[kind, "review"],
                unchecked=len(unchecked[kind]),
            )
            for kind in KINDS
        }
    return counted


def _quasi(sources: _Sources) -> dict[str, list[Miss]]:
    """Quasi-identifiers that stand outside the vault."""
    found = {}
    for one in sources.transcripts:
        name = one.transcript_id
        context = Context(
            language=sources.cast.languages[name],
            known=sources.cast.known,
            languages=sources.languages,
        )
        found[name] = [
            Miss(start=quasi.start, end=quasi.end, what=quasi.what)
            for quasi in find_quasi(sources.stands[name], context)
        ]
    return found


def _smallest(
    mine: Sequence[_Row], columns: Sequence[str], cells: Sequence[groups.Cell]
) -> tuple[tuple[str, ...], int]:
    """The smallest group of published values that a transcript's respondents are in."""
    sizes = {cell.values: cell.k for cell in cells}
    owned = [tuple(row.row.columns.get(column, "") for column in columns) for row in mine]
    best = min(owned, key=lambda values: sizes.get(values, 0), default=())
    return best, sizes.get(best, 0)


class _Places:
    """From offsets in a transcript to the segment that holds them, or to the turn."""

    def __init__(self, study: Study, transcripts: Sequence[Transcript]) -> None:
        frame = derived.read_table(study.derived / "segments.parquet")
        self._segments: dict[str, list[Segment]] = defaultdict(list)
        for one in from_frame(frame, Segment) if frame is not None else ():
            self._segments[one.transcript_id].append(one)
        for listed in self._segments.values():
            listed.sort(key=lambda one: one.source_start)
        self._turns = {one.transcript_id: one.turns for one in transcripts}

    def of(self, name: str, start: int) -> str:
        """As T001:412-980, or as T001 turn 3 where no segment is."""
        segments = self._segments[name]
        at = bisect.bisect_right(segments, start, key=lambda one: one.source_start) - 1
        if at >= 0 and start < segments[at].source_end:
            return segments[at].segment_id
        turns = self._turns[name]
        turn = bisect.bisect_right(turns, start, key=lambda one: one.source_start) - 1
        return f"{name} turn {turns[max(0, turn)].turn}"

    def noted(
        self, name: str, found: Sequence[Miss], order: Sequence[str] = ()
    ) -> dict[str, Noted]:
        """How often each thing was seen, and where."""
        kinds = [*order, *sorted({one.what for one in found} - {*order})]
        seen = {kind: [one for one in found if one.what == kind] for kind in kinds}
        return {
            kind: Noted(
                n=len(listed),
                places=tuple(dict.fromkeys(self.of(name, one.start) for one in listed)),
            )
            for kind, listed in seen.items()
            if listed
        }


Links = list[dict[str, Found]]


def _links(
    sources: _Sources, columns: Sequence[str], misses: Mapping[str, Sequence[Miss]]
) -> tuple[Links, Links, list[tuple[str, ...]]]:
    """Every attack on every transcript, before and after anonymising; and words of one's own."""
    people = sorted({one.participant for one in sources.rows})
    names = [one.transcript_id for one in sources.transcripts]
    raw = [_raw(one) for one in sources.transcripts]
    out = [sources.outside[name] for name in names]
    facts, of_facts = _profiles(sources, people, named=False)
    sheet, of_sheet = _profiles(sources, people, named=True)
    raw_, out_, facts_, sheet_ = linkage.count(raw, out, facts, sheet)
    owners = [{row.participant for row in sources.rows if row.transcript_id == n} for n in names]
    right = [frozenset(people.index(who) for who in mine) for mine in owners]
    sharing = [_who_share(sources, name, columns, people) for name in names]
    hide = _hidden(sources, misses)
    before: Links = [{} for _ in names]
    after: Links = [{} for _ in names]

    def play(into: Links, name: str, found: Sequence[Found | None]) -> None:
        for mine, one in zip(into, found, strict=True):
            if one is not None:
                mine[name] = one

    if people:
        for attack, cells, owner, among in (
            ("facts", facts_, of_facts, None),
            ("published", facts_, of_facts, sharing),
            ("sheet", sheet_, of_sheet, None),
        ):
            if not owner or (attack == "published" and not columns):
                continue
            for into, texts in ((before, raw_), (after, out_)):
                found = linkage.attack(texts, cells, right, owner=owner, among=among, hide=hide)
                play(into, attack, found)
    others = [
        frozenset(j for j, mine in enumerate(owners) if j != i and mine & owners[i])
        for i in range(len(names))
    ]
    but_itself = [[j for j in range(len(names)) if j != i] for i in range(len(names))]
    for into, texts in ((before, raw_), (after, out_)):
        play(into, "waves", linkage.attack(texts, texts, others, among=but_itself, hide=hide))
    itself = [frozenset((i,)) for i in range(len(names))]
    own = linkage.attack(out_, raw_, itself, hide=hide)
    # Which words lead to one's own original is of no use to anybody.
    play(after, "originals", [one and replace(one, terms=(), n_hidden=0) for one in own])
    return before, after, _own_words(out_, owners, sources, hide)


def _raw(one: Transcript) -> list[str]:
    """What can be read in a file as the team has it: a label before each turn."""
    return [piece for turn in one.turns for piece in (turn.speaker, turn.text)]


def _profiles(
    sources: _Sources, people: Sequence[str], *, named: bool
) -> tuple[list[list[str]], list[int]]:
    """Each cell of the table as it may stand in a text, and whose it is; people in their order."""
    found: dict[tuple[int, str, tuple[str, ...]], None] = {}
    for one in sources.rows:
        who = people.index(one.participant)
        if named:
            found[who, "", (one.row.participant,)] = None
            found[who, "", (one.row.speaker,)] = None
            in_file = _LETTERS.findall(Path(one.row.file).stem)  # not "Recording", "interview"
            plain = sources.words.is_plain
            found[who, "", tuple(w for w in in_file if not plain(w.lower()))] = None
        for column, value in one.row.columns.items():
            pieces = spoken_numbers.pieces(column, value, sources.languages)
            found[who, column, tuple(pieces)] = None
        found[who, "", ()] = None  # who has nothing else is a candidate too
    return [list(pieces) for _, _, pieces in found], [who for who, _, _ in found]


def _who_share(
    sources: _Sources, name: str, columns: Sequence[str], people: Sequence[str]
) -> list[int]:
    """The people who come into question for who sees the published columns of a transcript."""
    shown = {
        tuple(row.row.columns.get(column, "") for column in columns)
        for row in sources.rows
        if row.transcript_id == name
    }
    found = {
        row.participant
        for row in sources.rows
        if tuple(row.row.columns.get(column, "") for column in columns) in shown
    }
    return [at for at, who in enumerate(people) if who in found]


def _hidden(sources: _Sources, misses: Mapping[str, Sequence[Miss]]) -> Callable[[str], bool]:
    """Which terms are never shown: known identifiers, names, likely misses, no ordinary words."""
    secret = {word.lower() for word in _names(sources.cast)}
    for one in sources.transcripts:
        for miss in misses[one.transcript_id]:
            secret |= set(_LETTERS.findall(one.text[miss.start : miss.end].lower()))

    @cache
    def hide(term: str) -> bool:
        words = _LETTERS.findall(term)
        if any(word in secret or not sources.words.is_plain(word) for word in words):
            return True
        if sum(char.isdigit() for char in term) > 4:
            return True
        # Counts were made in lower case; the gate must see the term as it may have been written.
        return any(sources.gate.find(f"so {form}", all_terms=True) for form in {
            term, term.title(), term.capitalize(), term.upper()})  # fmt: skip

    return hide


def _own_words(
    counts: linkage.Counts,
    owners: Sequence[set[str]],
    sources: _Sources,
    hide: Callable[[str], bool],
) -> list[tuple[str, ...]]:
    """Words said twice or more that no other participant says: the commonest such words first."""
    import numpy as np

    said = counts.matrix > 0
    spoken = [sources.cast.languages[one.transcript_id] for one in sources.transcripts]
    found = []
    for at, mine in enumerate(owners):
        language = spoken[at]  # among other languages every word is one's own
        others = [
            j
            for j, whose in enumerate(owners)
            if j != at and spoken[j] == language and not whose & mine
        ]
        elsewhere = np.asarray(said[others].sum(axis=0)).ravel() if others else 0
        row = counts.matrix[at].toarray().ravel()
        alone = np.flatnonzero((row > 1) & (elsewhere == 0)) if others else row[:0]
        words = [(-int(row[j]), str(counts.terms[j])) for j in alone.astype(int)]
        chosen: list[str] = []
        for _, word in sorted(words):
            if len(chosen) < _N_OWN and _tells(word, sources.languages) and not hide(word):
                chosen.append(word)
        found.append(tuple(chosen))
    return found


def _tells(word: str, languages: Sequence[str]) -> bool:
    """Whether a word is one of some length that not everybody uses."""
    if not word.isalpha() or len(word) < 4:
        return False
    return max(lexicon.frequency(word, language) for language in languages) < _KNOWN_WELL


def _in_clear(
    sources: _Sources,
    misses: Mapping[str, Sequence[Miss]],
    quasi: Mapping[str, Sequence[Miss]],
    places: _Places,
) -> Iterator[str]:
    for one in sources.transcripts:
        name = one.transcript_id
        for miss in sorted([*misses[name], *quasi[name]]):
            what = (CALLED.get(miss.what) or HINTS[miss.what])[0]
            before = one.text[max(0, miss.start - _AROUND) : miss.start]
            after = one.text[miss.end : miss.end + _AROUND]
            line = f"{before}»{one.text[miss.start : miss.end]}«{after}"
            yield f"{places.of(name, miss.start)}  {what}\n    {' '.join(line.split())}"
