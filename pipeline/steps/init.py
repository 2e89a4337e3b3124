"""A new study folder, or an example study copied out of what ships."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

from pipeline.errors import PipelineError, known_names
from pipeline.steps.places import shipped

NEW = "new-study"
# Where an example's parts lie once it is a folder of its own.
_PLACES = {
    "corpus": "transcripts",
    "participants": "transcripts/participants.csv",
    "codebook": "codebook.yaml",
    "work": "work",
    "path": "vault",
    "key_file": "vault.key",
}


def examples() -> list[str]:
    """The names of the example studies that ship."""
    return sorted(path.stem for path in shipped("configs").glob("*.toml"))


def init_study(folder: Path, example: str | None) -> list[str]:
    """Make the folder; returns what to tell the person.

    Raises
    ------
    PipelineError : the folder holds something already, cannot be made, or there is no such example.
    """
    if example is not None and example not in examples():
        raise PipelineError(
            "there is no example of this name", mend=f"There are: {known_names(examples())}."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PipelineError(
            "this is not an empty folder", where=str(folder), mend="Name one that is new or empty."
        )
    try:
        if example is None:
            shutil.copytree(shipped("configs") / NEW, folder, dirs_exist_ok=True)
            (folder / "transcripts").mkdir()
            _name(folder)
            return _next_steps(folder)
        _copy_example(folder, example)
    except OSError:
        raise PipelineError(
            "the folder cannot be written", where=str(folder), mend="Check its rights and the disk."
        ) from None
    return [f"The example study {example} lies in {folder}.", f"Next: motif run -s {folder}"]


def _name(folder: Path) -> None:
    """Call the study as its folder is called: two studies of one name cannot be compared."""
    path = folder / "study.toml"
    name = re.sub(r"[^\w.-]+", "-", folder.resolve().name).strip("-") or "my-study"
    text = re.sub(r'(?m)^name = ".*?"', lambda _: f'name = "{name}"', path.read_text("utf-8"))
    path.write_text(text, "utf-8")


def _next_steps(folder: Path) -> list[str]:
    return [
        f"A new study lies in {folder}.",
        "1. Put transcripts into its folder 'transcripts' ('motif inspect FILE' shows how one is "
        "read).",
        "2. Fill in participants.csv, codebook.yaml and study.toml.",
        f"3. motif run -s {folder}",
    ]


def _copy_example(folder: Path, example: str) -> None:
    source = shipped("configs") / f"{example}.toml"
    text = source.read_text("utf-8")
    settings = tomllib.loads(text)
    study = settings["study"]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(shipped("corpus") / Path(study["corpus"]).name, folder / _PLACES["corpus"])
    shutil.copy(source.parent / study["codebook"], folder / _PLACES["codebook"])
    shutil.copy(source.parent / settings["vault"]["key_file"], folder / _PLACES["key_file"])
    for key, place in _PLACES.items():
        text = re.sub(rf'(?m)^{key} = ".*?"', f'{key} = "{place}"', text)
    (folder / "study.toml").write_text(text, "utf-8")
