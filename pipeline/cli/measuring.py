"""evaluate, export: figures and tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import JsonOption, StudyOption, asker, print_json


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
    as_json: JsonOption = False,
) -> None:
    """Score suggestions on coded data, each transcript by a model that has not seen it.

    \b
    Example: motif evaluate coded.csv --codebook codebook.yaml
    """
    from pipeline.steps.evaluate import describe, evaluate_csv

    document = evaluate_csv(csv, codebook, n_folds=folds, seed=seed)
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
