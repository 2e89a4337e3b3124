"""Options that many commands have, and how they ask and print."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.errors import PipelineError

StudyOption = Annotated[
    Path | None,
    typer.Option(
        "-s", "--study", help="A study: a TOML file or a folder with study.toml.", metavar="PATH"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines: JSON on standard output.")]


def asker() -> Callable[[str], str] | None:
    """How to ask for a passphrase: unseen, on a terminal; nobody is asked elsewhere."""
    return getpass.getpass if sys.stdin.isatty() else None


def confirm(question: str) -> None:
    """Go on only after a yes.

    Raises
    ------
    PipelineError : nobody can be asked here, or it was a no.
    """
    if not sys.stdin.isatty():
        raise PipelineError("this asks before it is done", mend="In a batch, add --yes.")
    if not typer.confirm(question):
        raise PipelineError("nothing was changed")


def print_json(document: dict[str, Any]) -> None:
    """One JSON document, marked with the version that made it."""
    from pipeline import __version__

    typer.echo(json.dumps({"motif": __version__, **document}, ensure_ascii=False, indent=1))


def print_json_line(document: dict[str, Any]) -> None:
    """One JSON object on a line of its own."""
    typer.echo(json.dumps(document, ensure_ascii=False))


def leave(left_out: Iterable[PipelineError]) -> None:
    """List what was left out and leave with 3; nothing when all went in."""
    faults = list(left_out)
    for fault in faults:
        typer.echo(f"left out: {fault}", err=True)
    if faults:
        raise typer.Exit(3)


def progress(step: str, done: int, total: int) -> None:
    """A line that is written over, on a terminal only."""
    if sys.stderr.isatty():
        end = "\r" if done < total else "\033[K\r"
        typer.echo(f"{step}: {done} of {total}{end}", err=True, nl=False)
