"""All commands, by name."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli import coding, measuring, study, texts

app = typer.Typer(
    name="motif",
    help="From interview transcripts to codes that people confirmed, on your own machine.",
    epilog="Start with: motif init my-study    Then: motif run -s my-study",
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
review = typer.Typer(
    help="Workbooks out to the coders and back in.", no_args_is_help=True, rich_markup_mode=None
)
anonymise = typer.Typer(
    help="The list of finds: out to be checked, and its verdicts back in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
vault = typer.Typer(help="The encrypted originals.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _motif(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", is_eager=True)
    ] = False,
) -> None:
    """From interview transcripts to codes that people confirmed, on your own machine."""
    if version:
        from pipeline import __version__

        typer.echo(f"motif {__version__}")
        raise typer.Exit()


app.command("init")(study.init)
app.command("run")(study.run)
app.command("status")(study.status)
app.command("inspect")(texts.inspect)
app.command("redact")(texts.redact)
app.add_typer(anonymise, name="anonymise")
anonymise.command("out")(texts.anonymise_out)
anonymise.command("in")(texts.anonymise_in)
app.command("risk")(texts.risk)
app.command("try")(coding.try_codebook)
app.add_typer(review, name="review")
review.command("out")(coding.review_out)
review.command("in")(coding.review_in)
app.command("train")(coding.train)
app.command("evaluate")(measuring.evaluate)
app.command("simulate")(measuring.simulate)
app.command("agree")(measuring.agree)
app.command("compare")(measuring.compare)
app.command("configurations")(measuring.configurations)
app.command("report")(measuring.report)
app.command("export")(measuring.export)
app.command("import")(measuring.import_)
app.add_typer(vault, name="vault")
vault.command("status")(study.vault_status)
vault.command("log")(study.vault_log)
vault.command("reveal")(study.vault_reveal)
vault.command("passphrase")(study.vault_passphrase)
vault.command("move")(study.vault_move)
app.command("forget")(study.forget)
app.command("doctor")(study.doctor)
