"""inspect, redact, anonymise: how files are read, and what is taken out of them."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import (
    JsonOption,
    StudyOption,
    asker,
    leave,
    print_json,
    print_json_line,
)

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Transcripts.")]


class Policy(StrEnum):
    """What is replaced before a person has checked the list."""

    auto = "auto"
    strict = "strict"


class Style(StrEnum):
    """What stands in for an identifier."""

    bracket = "bracket"
    role = "role"
    surrogate = "surrogate"
    general = "general"


class Language(StrEnum):
    """Languages with rules of their own."""

    en = "en"
    nl = "nl"
    da = "da"


def inspect(files: Files, study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Show how transcripts are read: speakers, roles, times. This shows raw text.

    \b
    Example: motif inspect interview-03.docx
    """
    from pipeline.steps.inspect import describe, inspect_files

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # no-color.org
    left_out = []
    for result in inspect_files(files, study):
        if result.fault is not None:
            left_out.append(result.fault)
        elif as_json:
            print_json_line(result.document)
        else:
            for line in describe(result.document, colour=colour):
                typer.echo(line)
    leave(left_out)


def redact(
    files: Files,
    policy: Annotated[
        Policy, typer.Option(help="strict also replaces what a person should look at.")
    ] = Policy.strict,
    style: Annotated[Style, typer.Option(help="What stands in for a find.")] = Style.bracket,
    language: Annotated[Language, typer.Option(help="Of the files.")] = Language.en,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Write redacted files here."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Anonymise loose files. Without -o this prints; --json shows raw text beside the redacted.

    \b
    Example: motif redact notes.txt -o redacted
    """
    from pipeline.steps.redact import redact_files

    left_out = []
    for result in redact_files(
        files, policy=policy.value, style=style.value, language=language.value, output=output
    ):
        if result.fault is not None:
            left_out.append(result.fault)
        elif as_json:
            print_json_line(result.document)
        else:
            typer.echo(result.line if output else result.document["redacted"])
    leave(left_out)


def anonymise_out(study: StudyOption = None) -> None:
    """Write the list of finds beside the vault, for the data person to check. It is confidential.

    \b
    Example: motif anonymise out -s my-study
    """
    from pipeline.steps.anonymise_list import write_list
    from pipeline.steps.study import open_study

    for line in write_list(open_study(study, asker())):
        typer.echo(line)


def anonymise_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list, checked.")],
    study: StudyOption = None,
    keep_file: Annotated[
        bool, typer.Option("--keep-file", help="Do not delete the list after the import.")
    ] = False,
) -> None:
    """Take the verdicts of the checked list in, re-anonymise, and delete the list.

    \b
    Example: motif anonymise in my-study/vault/anonymisation-list.xlsx -s my-study
    """
    from pipeline.steps.anonymise_list import read_list
    from pipeline.steps.study import open_study

    for line in read_list(open_study(study, asker()), file, keep_file=keep_file):
        typer.echo(line)


def risk(
    study: StudyOption = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write a page (.html).")
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Print likely misses in clear words. Confidential.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what still gives people away: likely misses, small groups, who is found by words alone.

    \b
    Example: motif risk -s my-study
             motif risk -s my-study -o risk.html
    """
    from pipeline.errors import PipelineError
    from pipeline.risk.page import document, lines
    from pipeline.steps.risk import look, write_page
    from pipeline.steps.study import open_study

    if show and as_json:
        raise PipelineError("--show is for reading", mend="Leave out --json.")
    opened = open_study(study, asker())
    seen = look(opened)
    if output is not None:
        typer.echo(write_page(opened, seen, output), err=as_json)
    if as_json:
        print_json(document(seen.risk))
    elif output is None:
        for line in lines(document(seen.risk)):
            typer.echo(line)
    if show:
        typer.echo("\nCONFIDENTIAL, for this screen only: places to look at\n")
        for line in seen.shown or ("none",):
            typer.echo(line)
