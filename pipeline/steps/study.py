"""A study that is open: its settings, its places, its vault. What every step is handed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline import vault as vaults
from pipeline.codebook import parse_codebook
from pipeline.config import Config, find_study, read_config
from pipeline.errors import PipelineError, known_names
from pipeline.records import Codebook
from pipeline.store import derived

Ask = Callable[[str], str]


@dataclass(frozen=True)
class Study:
    """Settings and places of one study; the vault is opened when a step first needs it."""

    config: Config
    ask: Ask | None = None  # how to ask for a passphrase; None where nobody can be asked

    @property
    def decisions(self) -> Path:
        """What people made."""
        return self.config.work / "decisions.sqlite"

    @property
    def derived(self) -> Path:
        """What can be made again."""
        return self.config.work / "derived"

    @property
    def models(self) -> Path:
        """One folder per round."""
        return self.config.work / "models"

    @property
    def forgetting(self) -> Path:
        """Lies there while a participant is being forgotten; says nothing of whom."""
        return self.config.work / "forgetting"

    @property
    def review(self) -> Path:
        """Workbooks that wait for their coders."""
        return self.config.work / "review"

    @property
    def backup(self) -> Path:
        """Copies of the decisions, one per import."""
        return self.config.work / "backup"

    @cached_property
    def vault(self) -> vaults.Vault:
        """The open vault; made on first use.

        Raises
        ------
        PipelineError : no passphrase, or a wrong one.
        """
        path = self.config.vault_path
        new = not vaults.is_vault(path)
        phrase = vaults.passphrase_for(self.config.key_file, path, self.ask, new=new)
        return vaults.create(path, phrase) if new else vaults.open_vault(path, phrase)

    @property
    def has_vault(self) -> bool:
        """Whether anything was ever ingested."""
        return vaults.is_vault(self.config.vault_path)

    @cached_property
    def codebook(self) -> Codebook:
        """The team's codes.

        Raises
        ------
        PipelineError : the file is not there or does not hold.
        """
        path = self.config.codebook
        return parse_codebook(read_input(path, "[study] codebook"), path.name)

    def state(self) -> dict[str, Any]:
        """What each step last read, by step."""
        return derived.read_state(self.derived / "state.json")

    def forget_state(self, step: str) -> None:
        """As if a step had never run; the first thing of a change that must not be half done."""
        kept = {name: value for name, value in self.state().items() if name != step}
        derived.write_state(self.derived / "state.json", kept)

    def set_state(self, step: str, key: Any) -> None:
        """Remember what a step has read; the last thing a step does."""
        derived.write_state(self.derived / "state.json", {**self.state(), step: key})


def open_study(given: Path | None, ask: Ask | None = None) -> Study:
    """The study that a person means.

    Raises
    ------
    PipelineError : there is none, or its settings do not hold.
    """
    return Study(config=read_config(find_study(given, Path.cwd())), ask=ask)


def check_distinct(names: Sequence[str]) -> None:
    """Studies that are worked on together must have names of their own.

    Raises
    ------
    PipelineError : a name stands twice.
    """
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PipelineError(
            f"two studies are called {known_names(twice)}",
            mend="Name each once, or give them different names in [study] name.",
        )


def check_output(file: Path, suffix: str, studies: Sequence[Study]) -> None:
    """A file that a command writes where a person says must not cost what was there before.

    Raises
    ------
    PipelineError : another suffix, or a place in a study's transcripts, vault, decisions or models,
        or one of its own files.
    """
    if file.suffix.lower() != suffix:
        raise PipelineError(
            f"this file would not be found again as {suffix}",
            where=str(file),
            mend=f"Give it a name that ends in {suffix}.",
        )
    path = file.resolve()
    for study in studies:
        config = study.config
        folders = [config.corpus, config.vault_path, config.work]
        own = [config.path, config.codebook, config.participants, config.key_file]
        inside = any(path.is_relative_to(one.resolve()) for one in folders)
        if path.is_relative_to((config.work / "reports").resolve()):
            inside = False
        if inside or path in [one.resolve() for one in own if one is not None]:
            raise PipelineError(
                "this place belongs to the study, and what is there would be lost",
                where=str(file),
                mend="Name a file outside its transcripts, vault and work folder; "
                f"{config.work / 'reports'} is fine.",
            )


def model_name(number: int) -> str:
    """What the folder of a round is called, and the model itself."""
    return f"round-{number:02d}"


def round_of(model_id: str) -> int:
    """The round that a model is of, from its name."""
    return int(model_id.removeprefix("round-"))


def newest_round(study: Study) -> int | None:
    """The number of the last model that is whole; None before the first."""
    found = [round_of(path.parent.name) for path in study.models.glob("round-*/card.json")]
    return max(found, default=None)


def card_of(study: Study, number: int | None) -> dict[str, Any]:
    """What a round's model is and was found to be; empty where there is none."""
    if number is None:
        return {}
    return derived.read_state(study.models / model_name(number) / "card.json")


def read_input(path: Path, key: str) -> bytes:
    """A file that study.toml names.

    Raises
    ------
    PipelineError : it is not there or cannot be read; `key` says where it was named.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PipelineError(
            "the file is not there", where=str(path), mend=f"Check {key} in study.toml."
        ) from None
    except OSError:
        raise PipelineError(
            "the file cannot be read", where=str(path), mend="Check that it is a file, and yours."
        ) from None


def key_of(*parts: Any) -> str:
    """A short hash of what a step reads; equal parts, equal key, on every machine."""
    data = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()
    return hashlib.sha256(data).hexdigest()[:24]


def now() -> str:
    """The time, UTC, to the second, as it is kept."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
