"""try, review, train: suggestions, and what people make of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import JsonOption, StudyOption, asker, leave, print_json_line


class Format(StrEnum):
    """What a workbook is written as."""

    xlsx = "xlsx"
    csv = "csv"


def try_codebook(
    codebook: Annotated[Path, typer.Argument(metavar="CODEBOOK", help="A codebook (YAML).")],
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="Sentences to try.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="IN", help="A table with a column 'text'.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A trained model's folder.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest codes for sentences, from the codebook alone or with a trained model.

    \b
    Example: motif try codebook.yaml "I signed for hours she had not been there."
    """
    from pipeline.steps.try_codebook import describe, suggest_for

    for document in suggest_for(codebook, texts or [], csv, model):
        if as_json:
            print_json_line(document)
        else:
            for line in describe(document):
                typer.echo(line)


def review_out(
    study: StudyOption = None,
    coder: Annotated[
        str | None, typer.Option(metavar="NAME", help="One coder; else all with none open.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.xlsx,
    transcript: Annotated[
        str | None, typer.Option(metavar="T007", help="All rows of one transcript.")
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Show no suggestions.")] = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="The likeliest rows of each code not yet confirmed.")
    ] = False,
) -> None:
    """Write the next workbook(s) for the coders.

    \b
    Example: motif review out --coder ana
    """
    from pipeline.steps.deal import Wish, deal
    from pipeline.steps.study import open_study

    wish = Wish(coder=coder, transcript=transcript, blind=blind, sweep=sweep, form=format_.value)
    for line in deal(open_study(study, asker()), wish):
        typer.echo(line)


def review_in(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Workbooks, filled in.")],
    study: StudyOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count, save nothing.")
    ] = False,
) -> None:
    """Take corrections back in: all of a file or, with every fault listed, nothing of it.

    \b
    Example: motif review in work/my-study/review/ana-01.xlsx
    """
    from pipeline.steps.review_in import take_in
    from pipeline.steps.study import open_study

    opened = open_study(study, asker())
    for line in take_in(opened, files, dry_run=dry_run):
        typer.echo(line)


def train(study: StudyOption = None) -> None:
    """Retrain on the decisions and suggest anew; prints scores per code on held-out transcripts.

    \b
    Example: motif train -s my-study
    """
    from pipeline.steps.run import train_now
    from pipeline.steps.study import open_study

    leave(train_now(open_study(study, asker()), say=typer.echo))
