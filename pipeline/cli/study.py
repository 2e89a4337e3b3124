"""init, run, status, vault, forget, doctor: a study as a whole."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.shared import (
    JsonOption,
    StudyOption,
    asker,
    confirm,
    leave,
    print_json,
    progress,
)


class Step(StrEnum):
    """The machine steps, in order."""

    ingest = "ingest"
    anonymise = "anonymise"
    segment = "segment"
    embed = "embed"
    train = "train"
    suggest = "suggest"
    review = "review"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    example: Annotated[
        str | None, typer.Option(metavar="NAME", help="Copy an example study out.")
    ] = None,
) -> None:
    """Make a new study folder, or copy an example study out.

    \b
    Example: motif init my-study
             motif init try-it --example integration-nl
    """
    from pipeline.steps.init import init_study

    for line in init_study(folder, example):
        typer.echo(line)


def run(
    studies: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[STUDY]...", help="Several studies, one after the other."),
    ] = None,
    study: StudyOption = None,
    only: Annotated[Step | None, typer.Option(help="This step alone.")] = None,
    from_: Annotated[
        Step | None, typer.Option("--from", help="This step and all after it, due or not.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes to use.")] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A dask scheduler for the steps after the gate."),
    ] = None,
) -> None:
    """Do every machine step that is due, up to the next workbooks.

    \b
    Example: motif run -s my-study
             motif run study-a study-b
    """
    from pipeline.steps.run import run_studies, run_study
    from pipeline.steps.study import open_study

    how: dict[str, Any] = {
        "only": only.value if only else None,
        "first": from_.value if from_ else None,
        "workers": workers,
        "scheduler": scheduler,
        "say": typer.echo,
        "progress": progress,
    }
    paths = [*(studies or []), *([study] if study else [])]
    if len(paths) > 1:
        leave(run_studies([open_study(path, asker()) for path in paths], **how))
    else:
        leave(run_study(open_study(paths[0] if paths else None, asker()), **how))


def status(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Say where the study stands: per step, coder and code, and what to do next.

    \b
    Example: motif status -s my-study
    """
    from pipeline.steps.status import describe, status_of
    from pipeline.steps.study import open_study

    document = status_of(open_study(study))
    if as_json:
        print_json(document)
        return
    for line in describe(document):
        typer.echo(line)


def vault_status(study: StudyOption = None) -> None:
    """Say what the vault holds; no identifier is shown.

    \b
    Example: motif vault status -s my-study
    """
    from pipeline.steps.study import open_study
    from pipeline.steps.vault import vault_lines

    for line in vault_lines(open_study(study, asker())):
        typer.echo(line)


def vault_log(study: StudyOption = None) -> None:
    """Say who revealed a pseudonym, moved the vault, or forgot somebody, and when.

    \b
    Example: motif vault log -s my-study
    """
    from pipeline.steps.study import open_study
    from pipeline.steps.vault import log_lines

    for line in log_lines(open_study(study, asker())):
        typer.echo(line)


def vault_reveal(
    pseudonym: Annotated[
        str, typer.Argument(metavar="PSEUDONYM", help='"[Person 3]", a participant P03, or T007.')
    ],
    study: StudyOption = None,
) -> None:
    """Show what stands behind one pseudonym. Who asked, and when, is noted in the vault.

    \b
    Example: motif vault reveal "[Person 3]" -s my-study
    """
    from pipeline.steps.study import open_study
    from pipeline.steps.vault import reveal

    for line in reveal(open_study(study, asker()), pseudonym):
        typer.echo(line)


def vault_passphrase(
    study: StudyOption = None,
    new_key_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file that holds the new passphrase.")
    ] = None,
) -> None:
    """Change the passphrase. The new one: from --new-key-file, MOTIF_VAULT_NEW_KEY, or asked for.

    \b
    Example: motif vault passphrase -s my-study
    """
    from pipeline.steps.study import open_study
    from pipeline.steps.vault import change_passphrase

    for line in change_passphrase(open_study(study, asker()), new_key_file):
        typer.echo(line)


def vault_move(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder, new or empty.")],
    study: StudyOption = None,
) -> None:
    """Move the vault to another folder or disk: copied, read back, then erased where it was.

    \b
    Example: motif vault move /media/safe/my-study -s my-study
    """
    from pipeline.steps.study import open_study
    from pipeline.steps.vault import move

    for line in move(open_study(study, asker()), folder):
        typer.echo(line)


def forget(
    participants: Annotated[
        list[str],
        typer.Argument(metavar="PARTICIPANT...", help="P03, or as participants.csv has it."),
    ],
    study: StudyOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a participant who withdraws: decisions, backups, models, transcripts. For good.

    \b
    Example: motif forget P03 -s my-study
    """
    from pipeline.steps.forget import carry_out, finish_forgetting, plan_forgetting, preview
    from pipeline.steps.study import open_study

    opened = open_study(study, asker())
    for line in finish_forgetting(opened, marked=False) if opened.has_vault else ():
        typer.echo(line)
    who = plan_forgetting(opened, participants)
    if who is None:
        typer.echo("Forgotten: nothing of this participant is left in the study.")
        return
    for line in preview(opened, who):
        typer.echo(line)
    if not yes:
        confirm("Erase all of this? It cannot be taken back")
    for line in carry_out(opened, who):
        typer.echo(line)


def doctor(
    study: StudyOption = None,
    study_check: Annotated[
        bool, typer.Option("--study-check", help="Check a study's hashes, references and gate too.")
    ] = False,
) -> None:
    """Say what is installed, which models load offline and how fast this machine is.

    \b
    Example: motif doctor
             motif doctor --study-check -s my-study
    """
    from pipeline.steps.doctor import check_machine, check_study
    from pipeline.steps.study import open_study

    sound = True
    for line, fine in check_machine():
        typer.echo(line)
        sound = sound and fine
    if study_check:
        for line, fine in check_study(open_study(study, asker())):
            typer.echo(line)
            sound = sound and fine
    if not sound:
        raise typer.Exit(2)
