"""A study, or several, on one page: gathered here, rendered by its room, gated on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.compare.interviews import Interview, heard
from pipeline.errors import PipelineError, known_names
from pipeline.expressions import parse
from pipeline.records import Decision, Segment
from pipeline.report.numbers import (
    CodeLine,
    ComparisonPart,
    Quotation,
    Report,
    Round,
    StudyPart,
)
from pipeline.steps.compare import METHOD, Wanted, compare_read
from pipeline.steps.counts import Corpus, read_corpus
from pipeline.steps.material import (
    anchors_of,
    published_columns,
    read_texts,
    settle_decisions,
)
from pipeline.steps.segment import read_segments
from pipeline.steps.study import Study, check_distinct, check_output, model_name, newest_round
from pipeline.store import derived
from pipeline.store.decisions import look_at, read_decisions
from pipeline.store.gate import Field, write_out
from pipeline.suggest.files import CARD
from pipeline.targets import targets

QUOTED = 3  # quotations of a code, each from another interview where there are so many


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What people decided of one study, as the page needs it."""

    corpus: Corpus
    segments: list[Segment]
    texts: Any
    decisions: list[Decision]
    confirmed: Mapping[str, list[int]]  # code: rows of segments that most coders confirmed
    n_decided: int


def report_studies(studies: Sequence[Study], by: Sequence[str], file: Path | None) -> str:
    """Write the page; returns what to tell the person.

    Parameters
    ----------
    by : variables to compare by; without any, every published column that makes groups.

    Raises
    ------
    PipelineError : nothing coded in any of the studies, an unknown variable, a known identifier in
        a quotation, a place that cannot be written.
    """
    from pipeline import __version__
    from pipeline.report.html import render
    from pipeline.steps.anonymise import study_gate

    check_distinct([study.config.study.name for study in studies])
    if file is not None:
        check_output(file, ".html", studies)
    reads = [_read(study) for study in studies]
    if not any(read.decisions for read in reads):
        raise PipelineError(
            "nothing has been coded yet, and a report shows what people decided",
            where=", ".join(study.config.study.name for study in studies),
            mend="Import coded workbooks ('motif review in FILE') or codings made elsewhere "
            "('motif import FILE').",
        )
    parts = [_part(study, read) for study, read in zip(studies, reads, strict=True)]
    comparisons = tuple(_comparisons(studies, reads, by))
    page = Report(
        title=" and ".join(part.name for part in parts),
        made=_day(datetime.now(UTC)),
        version=__version__,
        studies=tuple(parts),
        comparisons=comparisons,
        how=(*_how(studies, reads), *_all_tests(comparisons)),
    )
    path = file or studies[0].config.work / "reports" / f"{'+'.join(p.name for p in parts)}.html"
    for study, part in zip(studies, parts, strict=True):
        study_gate(study).check(path.name, [_quoted(part)])
    write_out(path, render(page).encode(), [_quoted(parts[0])], study_gate(studies[0]))
    n_quoted = sum(len(line.quotations) for part in parts for line in part.codes)
    return f"{path}: {len(page.comparisons)} comparisons, {n_quoted} quotations"


def _quoted(part: StudyPart) -> Field:
    texts = [one.text for line in part.codes for one in line.quotations]
    return Field(name="quotation", texts=texts, first_row=1)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _read(study: Study) -> _Read:
    import numpy as np

    segments = read_segments(study)
    with look_at(study.decisions) as db:
        every = read_decisions(db)
    decisions, _ = settle_decisions(study, every, segments)
    Y, _ = targets(decisions, segments, anchors_of(study, segments), study.codebook.ids)
    return _Read(
        corpus=read_corpus(study),
        segments=segments,
        texts=read_texts(study),
        decisions=decisions,
        confirmed={
            code: np.flatnonzero(np.nan_to_num(Y[:, at]) > 0.5).tolist()
            for at, code in enumerate(study.codebook.ids)
        },
        n_decided=int((~np.isnan(Y).all(axis=1)).sum()),
    )


def _part(study: Study, read: _Read) -> StudyPart:
    agreement, why = _agreement(study)
    return StudyPart(
        name=study.config.study.name,
        title=study.codebook.title,
        glance=tuple(_glance(study, read)),
        families=study.codebook.families,
        codes=(*_codes(study, read), *_derived_codes(study, read)),
        agreement=agreement,
        no_agreement=why,
        learning=tuple(_rounds(study)),
        warnings=tuple(_warnings(study, read)),
    )


def _glance(study: Study, read: _Read) -> Iterator[tuple[str, str]]:
    interviews = read.corpus.interviews
    coded = [one for one in interviews if one.coded]
    yield "transcripts", str(len(read.texts))
    yield "for coding", str(len(interviews))
    yield "coded", str(len(coded))
    yield "participants", str(len({one.participant for one in interviews}))
    yield "respondents' words", f"{sum(one.words for one in interviews):,}"
    yield "segments", f"{len(read.segments):,}"
    yield "segments decided", f"{read.n_decided:,}"
    yield "coders", str(len({one.coder for one in read.decisions}))
    yield "codes", str(len(study.codebook.ids))
    yield "codes confirmed", f"{sum(map(len, read.confirmed.values())):,}"


def _codes(study: Study, read: _Read) -> Iterator[CodeLine]:
    places = _sources(study, read)
    for code in study.codebook.codes:
        rows = read.confirmed[code.id]
        yield CodeLine(
            code=code.id,
            label=code.label,
            family=code.family,
            definition=code.definition,
            n_segments=len(rows),
            n_interviews=len({read.segments[row].transcript_id for row in rows}),
            quotations=tuple(
                Quotation(
                    code=code.id,
                    text=read.segments[row].text,
                    source=places[read.segments[row].transcript_id],
                )
                for row in _chosen(read.segments, rows)
            ),
        )


def _derived_codes(study: Study, read: _Read) -> Iterator[CodeLine]:
    for one in study.codebook.derived:
        rule = parse(one.rule, study.codebook.ids, where=f"the rule of {one.id}")
        yield CodeLine(
            code=one.id,
            label=one.label,
            family="",
            definition=f"{one.definition} Rule: {one.rule}.",
            n_segments=0,
            n_interviews=sum(
                rule.truth({code: heard(interview, code) for code in rule.codes}) is True
                for interview in read.corpus.interviews
            ),
            derived=True,
        )


def _chosen(segments: Sequence[Segment], rows: Sequence[int]) -> list[int]:
    """Few segments, short ones first, each from another interview as far as there are others."""
    by_length = sorted(rows, key=lambda row: (_awkward(segments[row].text), row))
    first: dict[str, int] = {}
    for row in by_length:
        first.setdefault(segments[row].transcript_id, row)
    spread = list(first.values())
    more = [row for row in by_length if row not in spread]
    return sorted([*spread, *more][:QUOTED])


def _awkward(text: str) -> int:
    """How far a text is from being quotable: about 60 words."""
    return abs(len(text.split()) - 60)


def _sources(study: Study, read: _Read) -> dict[str, str]:
    """Per transcript what stands beneath a quotation: as much as names nobody.

    Values are dropped from the last column on until at least `smallest_cell` participants share
    what is left: role, place and wave together can be one person.
    """
    columns = published_columns(read.texts)
    records = read.texts.to_dict("records")
    fewest = study.config.publish.smallest_cell
    found = {}
    for one in records:
        shown = columns
        while shown:
            alike = {
                other["participant"] or other["transcript_id"]
                for other in records
                if all(other[name] == one[name] for name in shown)
            }
            if len(alike) >= fewest:
                break
            shown = shown[:-1]
        values = [str(one[name]) for name in shown if one[name]]
        found[one["transcript_id"]] = ", ".join([one["transcript_id"], *values])
    return found


def _agreement(study: Study) -> tuple[Mapping[str, Any] | None, str]:
    from pipeline.steps.agree import agree_study

    try:
        return agree_study(study), ""
    except PipelineError as error:
        return None, str(error)


def _rounds(study: Study) -> Iterator[Round]:
    for number in range((newest_round(study) or 0) + 1):
        card = derived.read_state(study.models / model_name(number) / CARD)
        scores = card.get("held_out")
        if scores and "on_chosen_rows" in card:  # else of rows that were chosen to teach
            macro = scores["macro"]
            yield Round(
                number=number,
                n_decided=scores["n"],
                macro_f1=macro["f1"],
                macro_ap=macro["ap"],
            )


def _warnings(study: Study, read: _Read) -> Iterator[str]:
    open_ = [one.transcript for one in read.corpus.interviews if not one.coded]
    if open_:
        yield f"Not coded yet: {known_names(open_)}."
    if read.corpus.left_out:
        yield f"Not for coding with this codebook: {known_names(read.corpus.left_out)}."
    if not study.state().get("list", {}).get("revision"):
        yield (
            "Nobody has checked the anonymisation list yet. Quotations are anonymised by machine: "
            "read them before the page leaves the team."
        )


def _comparisons(
    studies: Sequence[Study], reads: Sequence[_Read], by: Sequence[str]
) -> Iterator[ComparisonPart]:
    corpora = [read.corpus for read in reads]
    together = len(corpora) > 1 and bool(set.intersection(*(set(c.codes) for c in corpora)))
    sets = [(list(studies), corpora)] if together else [
        ([study], [corpus]) for study, corpus in zip(studies, corpora, strict=True)
    ]  # fmt: skip
    known = {name for corpus in corpora for one in corpus.interviews for name in one.variables}
    if unknown := [name for name in by if name not in known]:
        raise PipelineError(
            f"no interview has the variable {known_names(unknown)}",
            where="--by",
            mend=f"Known: {known_names(known)}.",
        )
    for members, of_set in sets:
        interviews = [one for corpus in of_set for one in corpus.interviews]
        for name in by or _variables(members, interviews):
            yield _comparison(members, of_set, name)


def _variables(studies: Sequence[Study], interviews: Sequence[Interview]) -> list[str]:
    """Published columns in which coded interviews differ; the study first where there are two."""
    columns = [name for study in studies for name in published_columns(read_texts(study))]
    names = dict.fromkeys(["study", *columns] if len(studies) > 1 else columns)
    coded = [one for one in interviews if one.coded]
    return [name for name in names if len({one.variables.get(name) for one in coded} - {""}) > 1]


def _comparison(studies: Sequence[Study], corpora: Sequence[Corpus], by: str) -> ComparisonPart:
    """One comparison; groups of too few participants are withheld, not only warned of."""
    fewest = max(study.config.publish.smallest_cell for study in studies)
    people: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for corpus in corpora:
        for one in corpus.interviews:
            if one.coded and one.variables.get(by):
                people[one.variables[by]].add((one.study, one.participant))
    small = too_small(people, fewest)
    kept = [_without(corpus, by, small) for corpus in corpora]
    withheld = [
        f"{value} (fewer than {fewest})"
        if len(people[value]) < fewest
        else f"{value} (or the others could be worked out from the page's totals)"
        for value in sorted(small)
    ]
    names = tuple(corpus.name for corpus in corpora)
    if small and len(people) - len(small) < 2:
        why = "Fewer than two groups are large enough to be shown."
        return ComparisonPart(
            by=by, studies=names, document=None, not_compared=why, withheld=tuple(withheld)
        )
    try:
        compared = compare_read(studies, kept, Wanted(by=by))
    except PipelineError as error:
        return ComparisonPart(
            by=by,
            studies=names,
            document=None,
            not_compared=_bare(error),
            withheld=tuple(withheld),
        )
    return ComparisonPart(
        by=by,
        studies=names,
        document=compared.document(),
        not_compared="",
        withheld=tuple(withheld),
    )


def too_small(people: Mapping[str, Collection[object]], fewest: int) -> set[str]:
    """Groups to withhold: those of too few participants, and enough others to cover for them.

    Counts over all interviews stand on the same page. What is withheld could be had from them by
    subtraction if it were fewer than `fewest` participants in all, so the next smallest group goes
    with it (complementary suppression).
    """
    small: set[str] = set()
    hidden: set[object] = set()
    for value, who in sorted(people.items(), key=lambda one: (len(one[1]), one[0])):
        if len(who) >= fewest and not 0 < len(hidden) < fewest:
            break
        small.add(value)
        hidden |= set(who)
    return small


def _bare(error: PipelineError) -> str:
    """What is wrong, without the options of a command: a page has none."""
    return "; ".join(f"{one.wrong[:1].upper()}{one.wrong[1:]}." for one in error.faults)


def _without(corpus: Corpus, by: str, values: set[str]) -> Corpus:
    return replace(
        corpus,
        interviews=tuple(
            one for one in corpus.interviews if one.variables.get(by, "") not in values
        ),
    )


def _all_tests(parts: Sequence[ComparisonPart]) -> Iterator[str]:
    """How many tests the page holds in all: each comparison corrects for its own only."""
    counts = [p.document["m"] + p.document["m_planned"] for p in parts if p.document is not None]
    if len(counts) > 1:
        yield (
            f"The page holds {len(counts)} comparisons with {sum(counts)} tests in all; q corrects "
            "for the tests of one comparison, not for all of them."
        )


def _how(studies: Sequence[Study], reads: Sequence[_Read]) -> Iterator[str]:
    for study, read in zip(studies, reads, strict=True):
        config = study.config
        checked = study.state().get("list", {}).get("revision")
        yield (
            f"{config.study.name}: {len(read.texts)} transcripts were anonymised (style "
            f"{config.anonymise.style}; the list of finds was "
            f"{'checked by a person' if checked else 'not checked by a person yet'}) and cut into "
            f"{len(read.segments)} segments (unit: {config.segment.unit}). Codebook "
            f"{study.codebook.id}, version {study.codebook.version}."
        )
        how = Counter(one.how for one in read.decisions)
        coders = sorted({one.coder for one in read.decisions})
        yield (
            f"{config.study.name}: {len(read.decisions)} decisions on a segment and a code by "
            f"{known_names(coders) or 'nobody'} ("
            + ", ".join(f"{name} {n}" for name, n in sorted(how.items()))
            + "). A code counts where most of the coders who were asked confirmed it; what nobody "
            "read is not taken for absent. Suggestions of the machine are no codes and appear on "
            "this page only under Learning."
        )
    yield f"Shares: {METHOD['share']}."
    yield f"Rates: {METHOD['rate']}."
    yield (
        "The target is such interviews: interviews like these, if recruited the same way. Tests of "
        "one comparison share one Benjamini and Hochberg correction (q), planned ones apart. "
        "Agreement is on rows that coders answered blind, before anything was settled; codings "
        "made elsewhere are taken to be blind. Intervals leave out one transcript at a time. "
        "Learning shows scores on participants held out; of rows that were chosen to teach they "
        "are no estimate for the whole corpus."
    )
