"""Corpora side by side: studies and counts files in, the comparison and its sentences out."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.compare.interviews import Interview, heard
from pipeline.errors import PipelineError, known_names
from pipeline.expressions import parse
from pipeline.records import Derived
from pipeline.steps.counts import Corpus, read_corpus, read_counts, read_mapping
from pipeline.steps.material import published_columns, read_texts
from pipeline.steps.study import Study, check_distinct

if TYPE_CHECKING:
    from pipeline.compare.code_rates import Asked, Comparison

METHOD = {
    "share": "share of interviews in which people confirmed the code; Wilson interval; differences "
    "by Agresti and Caffo, p by Fisher's exact test (Bonett and Price and sign flips for pairs; "
    "permutations where a unit has several interviews)",
    "rate": "confirmed segments per 1,000 respondent words, one value per unit; Welch's interval, "
    "p by studentised permutation (t interval and sign flips for pairs)",
}
WIDTH = 100
_LISTED = 20  # differences on the screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `motif compare` was asked for."""

    by: str
    within: str = ""
    codes: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    target: str = "such"
    mapping: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison, and what it was made of."""

    corpora: tuple[Corpus, ...]
    comparison: Comparison
    sentences: tuple[str, ...]
    codes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As `motif compare --json` prints it."""
        return {
            "studies": [corpus.name for corpus in self.corpora],
            "unit": "interview",
            "source": "human",
            "method": METHOD,
            **self.comparison.document(),
            "sentences": list(self.sentences),
        }


def compare_studies(studies: Sequence[Study], counts: Sequence[Path], wanted: Wanted) -> Compared:
    """Compare groups of interviews of one study or several.

    Raises
    ------
    PipelineError : an unknown variable or code (the known ones are listed), one group only, nothing
        decided, studies that share no code.
    """
    return compare_read(studies, read_corpora(studies, counts, wanted), wanted)


def compare_read(studies: Sequence[Study], corpora: Sequence[Corpus], wanted: Wanted) -> Compared:
    """The same, of corpora that have been read; settings are those of the studies.

    Raises
    ------
    PipelineError : as `compare_studies`.
    """
    import numpy as np

    from pipeline.compare.code_rates import compare
    from pipeline.compare.sentences import sentences

    interviews = [one for corpus in corpora for one in corpus.interviews]
    if not any(one.coded for one in interviews):
        raise PipelineError(
            "nothing has been coded yet, and a comparison counts only what people decided",
            where=", ".join(corpus.name for corpus in corpora),
            mend="Import coded workbooks ('motif review in FILE') or codings made elsewhere "
            "('motif import FILE').",
        )
    asked, dropped = _asked(corpora, wanted.codes)
    _check_units(corpora)
    _check_planned(studies)
    found = compare(
        interviews,
        asked,
        wanted.by,
        within=wanted.within,
        target=wanted.target,
        cluster=corpora[0].cluster_name,
        planned=[name for corpus in corpora for name in corpus.planned],
        smallest_cell=max(corpus.smallest_cell for corpus in corpora),
        rng=np.random.default_rng(studies[0].config.study.seed if studies else 7),
    )
    notes = [*_notes(corpora, wanted, interviews), *dropped]
    found = _with_warnings(found, notes)
    return Compared(
        corpora=tuple(corpora),
        comparison=found,
        sentences=tuple(sentences(found)),
        codes=tuple(one.code for one in asked),
    )


def _check_units(corpora: Sequence[Corpus]) -> None:
    """One word for the independent unit, or counts of units mean nothing."""
    names = {corpus.cluster_name for corpus in corpora}
    if len(names) > 1:
        told = ", ".join(f"{corpus.name}: {corpus.cluster_name}" for corpus in corpora)
        raise PipelineError(
            f"the studies have different independent units ({told})",
            where="[compare] cluster",
            mend="Give them the same, in each study.toml.",
        )


def _check_planned(studies: Sequence[Study]) -> None:
    """[compare] names codes and variables that there are, or a slip would pass in silence."""
    faults = []
    for study in studies:
        settings, where = study.config.compare, study.config.path.name
        codes = [*study.codebook.ids, *(one.id for one in study.codebook.derived)]
        variables = ["study", "language", *published_columns(read_texts(study))]
        wanted = [
            *(("planned", code, variable) for code, _, variable in
              (one.partition(":") for one in settings.planned)),
            *(("chosen_alike", codes[0], variable) for variable in settings.chosen_alike),
            *(("readings", code, "study") for code in settings.readings),
        ]  # fmt: skip
        for key, code, variable in wanted:
            place = f"{where}, [compare] {key}"
            if code not in codes:
                mend = f"Known: {known_names(codes)}."
                faults.append(PipelineError(f"unknown code '{code}'", where=place, mend=mend))
            if variable not in variables:
                wrong = f"unknown variable '{variable}'"
                mend = f"Known: {known_names(variables)}."
                faults.append(PipelineError(wrong, where=place, mend=mend))
    if faults:
        raise PipelineError.join(faults)


def read_corpora(studies: Sequence[Study], counts: Sequence[Path], wanted: Wanted) -> list[Corpus]:
    """What is compared; every study read through the mapping, if there is one."""
    made_elsewhere = [corpus for file in counts for corpus in read_counts(file)]
    if wanted.mapping is None:
        corpora = [read_corpus(study, None, wanted.coders) for study in studies]
        return _distinct([*corpora, *made_elsewhere])
    if made_elsewhere:
        raise PipelineError(
            "a mapping cannot be used with a counts file, whose segments are not here",
            where="--mapping",
            mend="Write the counts of the other study with this mapping where that study is.",
        )
    codes = {study.config.study.name: study.codebook.ids for study in studies}
    mapping = read_mapping(wanted.mapping, codes)
    return _distinct([read_corpus(s, mapping[s.config.study.name], wanted.coders) for s in studies])


def _distinct(corpora: list[Corpus]) -> list[Corpus]:
    check_distinct([corpus.name for corpus in corpora])
    return corpora


def _asked(corpora: Sequence[Corpus], wanted: Sequence[str]) -> tuple[list[Asked], list[str]]:
    """The codes that all corpora share, in the first one's order, and what is to be said of others.

    Raises
    ------
    PipelineError : they share none, or a code is asked for that they do not share.
    """
    from pipeline.compare.code_rates import Asked

    shared = [c for c in corpora[0].codes if all(c in one.codes for one in corpora)]
    if not shared:
        raise PipelineError(
            "these studies share no code",
            where=", ".join(corpus.name for corpus in corpora),
            mend="Say which codes stand for the same with --mapping FILE (columns study, code, "
            "as).",
        )
    derived = [one for one in corpora[0].derived if _covered(one, shared)]
    if any(len(corpus.codes) == 0 for corpus in corpora):
        derived = []
    known = [*shared, *(one.id for one in derived)]
    if unknown := [code for code in wanted if code not in known]:
        raise PipelineError(
            f"unknown code {known_names(unknown)}",
            where="--code",
            mend=f"Known: {known_names(known)}.",
        )
    told = []
    alone = sorted({c for one in corpora for c in one.codes} - set(shared))
    if alone:
        told.append(f"Not in every study, so not compared: {', '.join(alone)}.")
    changed = [
        code
        for code in shared
        if len({one.definitions[code] for one in corpora if code in one.definitions}) > 1
    ]
    if changed:
        told.append(f"The studies define differently: {', '.join(changed)}. Read both codebooks.")
    asked = [Asked.of(code) for code in shared] + [_derived(one, shared) for one in derived]
    return [one for one in asked if not wanted or one.code in wanted], told


def _covered(one: Derived, shared: Sequence[str]) -> bool:
    try:
        parse(one.rule, shared)
    except PipelineError:
        return False
    return True


def _derived(one: Derived, codes: Sequence[str]) -> Asked:
    from pipeline.compare.code_rates import Asked

    rule = parse(one.rule, codes, where=f"the rule of {one.id}")

    def holds(interview: Interview) -> bool | None:
        return rule.truth({code: heard(interview, code) for code in rule.codes})

    return Asked(code=one.id, heard=holds, rate=None)


def _notes(
    corpora: Sequence[Corpus], wanted: Wanted, interviews: Sequence[Interview]
) -> Iterator[str]:
    for corpus in corpora:
        if why := corpus.chosen_alike.get(wanted.by):
            yield (
                f"{corpus.name}: {why}. What the groups share is a pattern of such {wanted.by} "
                "values; nothing here says how others are."
            )
    for corpus in corpora:
        if corpus.left_out:
            yield (
                f"{corpus.name}: {len(corpus.left_out)} transcripts are not for coding ([review] "
                "leave_out)."
            )
        if corpus.astray:
            yield (
                f"{corpus.name}: {corpus.astray} decisions stand on words that are no longer in "
                "their transcript and are not counted."
            )
    open_ = sum(not one.coded for one in interviews)
    if open_:
        yield (
            f"{open_} of {len(interviews)} interviews have no decision yet and are left out: they "
            "are not coded, which is not the same as without the codes."
        )


def _with_warnings(found: Comparison, notes: Sequence[str]) -> Comparison:
    from dataclasses import replace

    return replace(found, warnings=(*found.warnings, *notes))


def describe(compared: Compared) -> Iterator[str]:
    """The comparison for a person: sentences, warnings, the table, what was refused."""
    from pipeline.compare.sentences import differences, table

    for sentence in compared.sentences:
        yield from wrapped(sentence)
    for warning in compared.comparison.warnings:
        yield from wrapped(f"! {warning}")
    yield ""
    yield from table(compared.comparison, compared.codes)
    if any(one.p is not None or one.rate_p is not None for one in compared.comparison.differences):
        yield ""
        yield from differences(compared.comparison, _LISTED)
    refused = compared.comparison.refused
    if refused:
        yield ""
        yield "Not tested:"
        yield from refusals(refused, compared.codes)


def refusals(refused: Sequence[Mapping[str, str]], codes: Sequence[str]) -> Iterator[str]:
    """Each reason once, with the codes it holds for."""
    found = defaultdict(list)
    for one in refused:
        found[one["why"]].append(one["code"])
    for why, of in found.items():
        names = ", ".join(code for code in of if code)
        names = "all codes" if len(of) == len(codes) > 1 else names
        yield from wrapped(f"- {why}" + (f": {names}" if names else ""), indent="  ")


def wrapped(text: str, indent: str = "") -> list[str]:
    """Lines of at most 100 columns, later ones indented."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
