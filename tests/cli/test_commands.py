"""The contract of the command line: help, examples, README, what is imported on the way."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from pipeline import cli
from pipeline.cli.app import app

ROOT = Path(__file__).parents[2]
HEAVY = {
    "torch", "spacy", "sklearn", "sentence_transformers", "transformers", "onnxruntime", "scipy",
}  # fmt: skip


def commands(group: object = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    found = typer.main.get_command(app) if group is None else group
    for name, one in getattr(found, "commands", {}).items():
        if hasattr(one, "commands"):
            yield from commands(one, (*path, name))
        else:
            yield (*path, name)


COMMANDS = sorted(commands())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli._run([*command, "--help"]) == 0
    printed = capsys.readouterr().out
    example = re.search(r"Example: motif (.*)", printed)
    assert example and example[1].startswith(" ".join(command))
    assert all(len(line) <= 100 for line in printed.splitlines())


def test_the_commands_of_this_version_are_there() -> None:
    assert {" ".join(command) for command in COMMANDS} == {
        "init", "run", "status", "inspect", "redact", "anonymise out", "anonymise in", "try",
        "review out", "review in", "train", "evaluate", "export", "doctor", "vault status",
        "agree", "compare", "configurations", "report", "import",
        "vault log", "vault reveal", "vault passphrase", "vault move", "forget",
        "risk", "simulate",
    }  # fmt: skip


def test_every_command_in_readme_exists() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = set(re.findall(r"motif ((?:(?:anonymise|review|vault) )?[a-z]+)", text))
    known = {" ".join(command) for command in COMMANDS}
    assert shown - known <= {"review", "anonymise", "vault"}
    assert known <= shown


def test_readme_has_its_two_commands_and_only_names_options_that_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    assert len(blocks) == 2
    assert "motif run" in blocks[0] and "pytest" in blocks[1]
    for line in re.findall(r"^motif .*$", text, re.M):
        words = shlex.split(line)[1:]
        command = next(c for c in COMMANDS if words[: len(c)] == list(c))
        found = typer.main.get_command(app)
        for name in command:
            found = found.commands[name]
        options = {option for param in found.params for option in param.opts}
        assert {word for word in words if word.startswith("-")} <= options


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["status", "-s", "{study}"], ["inspect", "{file}"], ["redact", "--help"]],
    ids=["help", "status", "inspect", "redact-help"],
)
def test_nothing_heavy_is_imported_on_the_way(arguments: list[str], tmp_path: Path) -> None:
    study = tmp_path / "study"
    assert cli._run(["init", str(study), "--example", "integration-nl"]) == 0
    file = study / "transcripts" / "02_slagter.txt"
    words = [one.format(study=study, file=file) for one in arguments]
    code = (
        "import sys\nfrom pipeline import cli\n"
        f"assert cli._run({words!r}) == 0\n"
        f"found = {HEAVY!r} & {{name.split('.')[0] for name in sys.modules}}\n"
        "assert not found, found\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_a_bug_shows_frames_and_no_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Anneke Jansen")

    monkeypatch.setattr("pipeline.steps.init.init_study", broken)
    assert cli._run(["init", str(tmp_path / "x")]) == 1
    printed = capsys.readouterr().err
    assert "KeyError" in printed and "line" in printed and "Anneke" not in printed
    monkeypatch.setenv("MOTIF_DEBUG", "1")
    assert cli._run(["init", str(tmp_path / "x")]) == 1
    assert "Anneke" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nonsense"], ["run", "--only", "dance"], ["inspect"]])
def test_wrong_words_on_the_command_line_leave_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli._run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err
