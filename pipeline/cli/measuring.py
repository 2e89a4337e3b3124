"""Figures and tables: evaluate, simulate, compare, agree, report, export and their like."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.shared import JsonOption, StudyOption, asker, print_json, progress
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.steps.study import Study

StudiesArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[STUDY]...", help="TOML files or folders; else the nearest study."),
]
CoderOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Only what this coder decided; repeatable.")
]


class Target(StrEnum):
    """Whom a comparison speaks of."""

    such = "such"
    these = "these"


class Unit(StrEnum):
    """What is a case."""

    episode = "episode"
    interview = "interview"


class AgreeUnit(StrEnum):
    """What coders are compared on."""

    segment = "segment"
    interview = "interview"


class Rows(StrEnum):
    """Which rows coders are compared on."""

    blind = "blind"
    train = "train"
    shown = "shown"
    all = "all"


class Untold(StrEnum):
    """What becomes of a case that tells neither of a code nor of its opposite."""

    left_out = "left-out"
    absent = "absent"


def _studies(paths: list[Path] | None, one: Path | None) -> list[Study]:
    """The studies a person means: those named, with -s or without, or the nearest."""
    from pipeline.steps.study import open_study

    given: list[Path | None] = [*(paths or []), *([one] if one else [])]
    return [open_study(path, asker()) for path in given or [None]]


def evaluate(
    csv: Annotated[
        Path,
        typer.Argument(metavar="CSV", help="Coded data: transcript_id, text, codes (joined by ;)."),
    ],
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A codebook of the same codes.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Folds of whole transcripts.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Settles what chance decides.")] = 7,
    only_known: Annotated[
        bool, typer.Option("--only-known", help="Pass over codes that the codebook lacks.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Score suggestions on coded data, each transcript by a model that has not seen it.

    \b
    Example: motif evaluate coded.csv --codebook codebook.yaml
    """
    from pipeline.steps.evaluate import describe, evaluate_csv

    document = evaluate_csv(csv, codebook, n_folds=folds, seed=seed, only_known=only_known)
    if as_json:
        print_json(document)
        return
    for line in describe(document):
        typer.echo(line)


def simulate(
    csv: Annotated[
        Path,
        typer.Argument(metavar="CSV", help="Coded data: transcript_id, text, codes (joined by ;)."),
    ],
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A codebook of the same codes.")
    ] = None,
    strategies: Annotated[
        str, typer.Option(metavar="A,B", help="Beside random; all of them by default.")
    ] = "",
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Ways to hold out transcripts.")] = 5,
    batch: Annotated[int, typer.Option(min=1, help="Rows coded between two models.")] = 50,
    budget: Annotated[int, typer.Option(min=1, help="Rows coded in all.")] = 600,
    seed: Annotated[int, typer.Option(min=0, help="Settles what chance decides.")] = 7,
    only_known: Annotated[
        bool, typer.Option("--only-known", help="Pass over codes that the codebook lacks.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="A page with the curves.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Replay coded data under each way of asking: how fast would a study have learnt?

    \b
    Example: motif simulate coded.csv --codebook codebook.yaml --strategies mixture -o curves.html
    """
    from pipeline.steps.simulate import Wanted, describe, simulate_csv, write_page
    from pipeline.steps.study import check_output

    if out is not None:
        check_output(out, ".html", [])
    wanted = Wanted(
        strategies=tuple(name.strip() for name in strategies.split(",") if name.strip()),
        seeds=seeds, batch=batch, budget=budget, seed=seed, workers=workers,
    )  # fmt: skip
    document = simulate_csv(csv, codebook, wanted, progress, only_known=only_known)
    if out is not None:
        typer.echo(write_page(document, out, csv.name), err=as_json)
    if as_json:
        print_json(document)
        return
    for line in describe(document):
        typer.echo(line)


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="By suffix: .csv or .xlsx.")],
    study: StudyOption = None,
) -> None:
    """Write decisions and suggestions as one flat table, anonymised.

    \b
    Example: motif export coded.xlsx -s my-study
    """
    from pipeline.steps.export import export_table
    from pipeline.steps.study import open_study

    typer.echo(export_table(open_study(study, asker()), file))


def compare(
    studies: StudiesArgument = None,
    by: Annotated[
        str, typer.Option(metavar="VARIABLE", help="A published column, or study.")
    ] = ...,  # type: ignore[assignment]
    study: StudyOption = None,
    within: Annotated[
        str, typer.Option(metavar="VARIABLE", help="Compare inside each value of this one.")
    ] = "",
    code: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only this code; repeatable.")
    ] = None,
    coder: CoderOption = None,
    target: Annotated[
        Target, typer.Option(help="Interviews like these, or these alone (no test).")
    ] = Target.such,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Which codes are one: study, code, as.")
    ] = None,
    counts_out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the counts as csv, without text.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare how often codes are heard between groups of interviews, of one study or several.

    Only codes that people confirmed count. A counts file (.csv) can stand for a study.

    \b
    Example: motif compare my-study --by role
             motif compare study-a study-b --by study
    """
    from pipeline.steps.compare import Wanted, compare_studies, describe
    from pipeline.steps.counts import write_counts
    from pipeline.steps.study import check_output

    counts = [path for path in studies or [] if path.suffix.lower() == ".csv"]
    folders = [path for path in studies or [] if path not in counts]
    opened = _studies(folders, study) if folders or study or not counts else []
    wanted = Wanted(
        by=by, within=within, codes=tuple(code or ()), coders=tuple(coder or ()),
        target=target.value, mapping=mapping,
    )  # fmt: skip
    if counts_out is not None:
        check_output(counts_out, ".csv", opened)
    compared = compare_studies(opened, counts, wanted)
    if counts_out is not None:
        typer.echo(write_counts(counts_out, compared.corpora), err=as_json)
    if as_json:
        print_json(compared.document())
        return
    for line in describe(compared):
        typer.echo(line)


def configurations(
    outcome: Annotated[str, typer.Option(metavar="CODE", help="What is to be explained.")] = ...,  # type: ignore[assignment]
    unit: Annotated[Unit, typer.Option(help="A case: one client's story, or an interview.")] = ...,  # type: ignore[assignment]
    conditions: Annotated[
        str, typer.Option(metavar="C1,C2", help="Codes; else those of the study's readings.")
    ] = "",
    study: StudyOption = None,
    untold: Annotated[
        Untold, typer.Option(help="Stories that do not tell of a code: left out, or absent.")
    ] = Untold.left_out,
    coder: Annotated[
        str, typer.Option(metavar="NAME", help="Whose stories; needed where several numbered them.")
    ] = "",
    reading: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=A*B", help="A reading to test, as A*(B+~C); repeatable."),
    ] = None,
    frequency: Annotated[int, typer.Option(min=1, help="Cases a row needs to count.")] = 1,
    consistency: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="Share with the outcome a row needs.")
    ] = 0.8,
    as_json: JsonOption = False,
) -> None:
    """Truth table and all minimal models: which conditions meet where an outcome is found.

    \b
    Example: motif configurations --outcome break_rules --conditions motivation,distress
             --unit episode --untold absent
    """
    from pipeline.steps.configurations import Wanted, describe
    from pipeline.steps.configurations import configurations as find

    wanted = Wanted(
        outcome=outcome.strip(),
        conditions=tuple(name.strip() for name in conditions.split(",") if name.strip()),
        unit=unit.value,
        untold_absent=untold is Untold.absent,
        coder=coder,
        readings=_readings(reading or []),
        frequency=frequency,
        consistency=consistency,
    )
    found = find(_studies(None, study)[0], wanted)
    if as_json:
        print_json(found.document())
        return
    for line in describe(found):
        typer.echo(line)


def _readings(given: list[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, sign, expression = one.partition("=")
        if not sign or not name.strip() or not expression.strip():
            raise PipelineError(
                "a reading needs a name", where="--reading", mend="Write NAME=A*(B+C)."
            )
        found[name.strip()] = expression.strip()
    return found


def agree(
    study: StudyOption = None,
    unit: Annotated[AgreeUnit, typer.Option(help="Coders are compared on.")] = AgreeUnit.segment,
    rows: Annotated[Rows, typer.Option(help="Blind rows (the headline), or others.")] = Rows.blind,
    coder: CoderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Agreement between coders, code by code, on rows that both answered blind.

    \b
    Example: motif agree -s my-study
    """
    from pipeline.steps.agree import agree_study, describe

    document = agree_study(
        _studies(None, study)[0], unit=unit.value, rows=rows.value, coders=tuple(coder or ())
    )
    if as_json:
        print_json(document)
        return
    for line in describe(document):
        typer.echo(line)


def report(
    studies: StudiesArgument = None,
    study: StudyOption = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="VARIABLE", help="Compare by this only; repeatable."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Where the page goes.")
    ] = None,
) -> None:
    """One self-contained page: figures, comparisons, quotations, agreement, how it was done.

    \b
    Example: motif report my-study -o report.html
    """
    from pipeline.steps.report import report_studies

    typer.echo(report_studies(_studies(studies, study), tuple(by or ()), out))


def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Columns file, start, end, code, coder.")
    ],
    study: StudyOption = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="These coders read each transcript in full: the rest is no."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count, save nothing.")
    ] = False,
) -> None:
    """Take codings made elsewhere in: stretches of transcripts with a code and a coder.

    With --whole a row of file and coder alone says: read in full, nothing found.

    \b
    Example: motif import codings.csv --whole -s my-study
    """
    from pipeline.steps.codings import import_codings

    opened = _studies(None, study)[0]
    for line in import_codings(opened, file, whole=whole, dry_run=dry_run):
        typer.echo(line)
