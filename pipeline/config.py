"""study.toml -> one frozen Config; `load_object` -> from a dotted path to the thing it names."""

from __future__ import annotations

import importlib
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError

from pipeline.errors import PipelineError
from pipeline.records import KINDS, Kind, Role

STUDY_FILE = "study.toml"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CoderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,30}$")]


class _Section(BaseModel):
    # hide_input_in_errors: pydantic quotes the value otherwise, and a value can be a name.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Study(_Section):
    """[study]: where the team's files are, and where Motif writes."""

    name: Text
    corpus: Text
    participants: str = ""
    codebook: Text
    language: Literal["en", "nl", "da"] = "en"
    work: Text
    seed: int = Field(default=7, ge=0)


StyleName = Literal["bracket", "role", "surrogate", "general"]


class Styles(_Section):
    """[anonymise.styles]: kinds that are replaced in another way than the others."""

    person: StyleName | None = None
    place: StyleName | None = None
    organisation: StyleName | None = None
    date: StyleName | None = None
    contact: StyleName | None = None
    id: StyleName | None = None

    @property
    def by_kind(self) -> dict[Kind, StyleName]:
        """Those that are set."""
        return {kind: style for kind in KINDS if (style := getattr(self, kind, None))}


class Level(_Section):
    """[anonymise.level]: how coarse the style "general" is, by kind."""

    date: Literal["month", "year", "shift"] = "year"
    place: Literal["country", "type"] = "country"
    organisation: Literal["sector", "kind"] = "sector"
    age: int = Field(default=10, ge=2, le=50)  # years in a band


class Anonymise(_Section):
    """[anonymise]: what is replaced, and by what."""

    kinds: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "name")
    style: StyleName = "bracket"
    styles: Styles = Styles()
    level: Level = Level()
    policy: Literal["strict", "auto"] = "strict"
    # A spaCy pipeline of the team's own that votes on names too: a package's name or a folder.
    tagger: str = ""

    @property
    def used_styles(self) -> frozenset[StyleName]:
        """All styles that some kind has."""
        return frozenset((self.style, *self.styles.by_kind.values()))


class Publish(_Section):
    """[publish]: what may stand in reports although it is an identifier."""

    columns: tuple[str, ...] = ()
    smallest_cell: int = Field(default=3, ge=1)


class VaultPlace(_Section):
    """[vault]: where the encrypted originals are, and where the key comes from."""

    path: Text
    key_file: str = ""


class Segmentation(_Section):
    """[segment]: the unit that is coded."""

    unit: Literal["answer", "turn", "sentences", "window"] = "answer"
    context: int = Field(default=2, ge=0, le=10)


class Embedding(_Section):
    """[embed]: which model turns text into numbers."""

    model: Text = "minilm"


class Review(_Section):
    """[review]: who codes, and how much at a time."""

    coders: tuple[CoderName, ...] = ("coder1",)
    phase: Literal["develop", "train", "code"] = "code"
    batch: int = Field(default=50, ge=1, le=1000)
    suggestions: int = Field(default=3, ge=1, le=6)
    audit_rows: int = Field(default=10, ge=0)
    double: float = Field(default=0.3, ge=0, le=1)
    # Column of participants.csv: values whose transcripts are read and anonymised, but not coded.
    leave_out: dict[str, tuple[Text, ...]] = Field(default_factory=dict)

    @field_validator("coders")
    @classmethod
    def _distinct(cls, coders: tuple[str, ...]) -> tuple[str, ...]:
        if not coders or len({coder.casefold() for coder in coders}) != len(coders):
            raise PydanticCustomError(
                "coders", "at least one name, none twice (capitals make no difference)"
            )
        return coders


class Compare(_Section):
    """[compare]: the independent unit, what was planned, and how the groups came about."""

    cluster: Text = "participant"
    planned: tuple[str, ...] = ()
    # Variable: why its groups were chosen alike, so that nobody takes them for a contrast.
    chosen_alike: dict[str, Text] = Field(default_factory=dict)
    # Outcome code: readings of when it happens, by name, as A*(B+C), ~A for absence.
    readings: dict[str, dict[str, Text]] = Field(default_factory=dict)


class Config(_Section):
    """A study's settings. Paths are absolute once read; the file itself is `path`."""

    study: Study
    roles: dict[str, Role] = Field(default_factory=dict)
    anonymise: Anonymise = Anonymise()
    publish: Publish = Publish()
    vault: VaultPlace
    segment: Segmentation = Segmentation()
    embed: Embedding = Embedding()
    review: Review = Review()
    compare: Compare = Compare()
    path: Path = Field(default=Path(), exclude=True)

    def _resolve(self, text: str) -> Path:
        return Path(os.path.normpath(self.path.parent / Path(text).expanduser()))

    @property
    def corpus(self) -> Path:
        """The team's folder of transcripts; never written to."""
        return self._resolve(self.study.corpus)

    @property
    def participants(self) -> Path | None:
        """The participants table, if the study has one."""
        return self._resolve(self.study.participants) if self.study.participants else None

    @property
    def codebook(self) -> Path:
        """The codebook file."""
        return self._resolve(self.study.codebook)

    @property
    def work(self) -> Path:
        """Everything Motif writes outside the vault."""
        return self._resolve(self.study.work)

    @property
    def vault_path(self) -> Path:
        """The encrypted folder."""
        return self._resolve(self.vault.path)

    @property
    def tagger(self) -> str:
        """The team's own spaCy pipeline: a folder beside the study's file, or a package's name."""
        named = self.anonymise.tagger
        return str(self._resolve(named)) if named and self._resolve(named).is_dir() else named

    @property
    def key_file(self) -> Path | None:
        """The file that holds the passphrase, if the study names one."""
        return self._resolve(self.vault.key_file) if self.vault.key_file else None


def find_study(given: Path | None, start: Path) -> Path:
    """The study file that a person means: the one given, else the nearest upwards, as git does.

    Raises
    ------
    PipelineError : nothing is there.
    """
    if given is not None:
        path = given / STUDY_FILE if given.is_dir() else given
        if not path.is_file():
            raise PipelineError(
                "there is no study here",
                where=str(given),
                mend=f"Give a TOML file or a folder that holds {STUDY_FILE}; "
                "'motif init DIR' makes one.",
            )
        return path.resolve()
    for folder in (start, *start.parents):
        if (folder / STUDY_FILE).is_file():
            return (folder / STUDY_FILE).resolve()
    raise PipelineError(
        f"no {STUDY_FILE} in this folder or above it",
        mend="Go into a study's folder, name it with -s PATH, or make one with 'motif init DIR'.",
    )


def read_config(path: Path) -> Config:
    """Read and check a study file; every fault at once, none quoting a value.

    Raises
    ------
    PipelineError : not readable, not TOML, an unknown key, a missing key or a wrong value.
    """
    where = path.name
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError:
        raise PipelineError(
            "the file cannot be read", where=where, mend="Check that it is there and is yours."
        ) from None
    except UnicodeDecodeError:
        raise PipelineError(
            "the file is not UTF-8 text", where=where, mend="Save it as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise PipelineError(
            f"this is not TOML{_toml_place(error)}",
            where=where,
            mend="Texts stand in 'quotes', lists in [ ]; write paths in single quotes.",
        ) from None
    try:
        return Config(**{**values, "path": path})
    except ValidationError as error:
        raise PipelineError.join(_fault(one, where) for one in error.errors()) from None


def _toml_place(error: tomllib.TOMLDecodeError) -> str:
    text = str(error)
    return f" ({text[text.rindex('(at ') + 1 : -1]})" if "(at " in text else ""


def _fault(error: Any, where: str) -> PipelineError:
    """A sentence for one of pydantic's errors, with the keys or values that would be right."""
    place = [str(part) for part in error["loc"]]
    key = ".".join(part for part in place if not part.isdigit())
    kind = error["type"]
    if kind == "extra_forbidden":
        allowed = ", ".join(_keys_beside(place))
        return PipelineError(f"unknown key '{key}'", where=where, mend=f"Known here: {allowed}.")
    if kind == "missing":
        return PipelineError(f"the key '{key}' is missing", where=where, mend="Add it.")
    wanted = error.get("ctx", {}).get("expected")
    must = f"one of {wanted}" if wanted else error["msg"][:1].lower() + error["msg"][1:]
    must = must.replace("input should be ", "").removeprefix("string should ")
    must = must.partition(", unable to parse")[0]
    return PipelineError(f"the value of '{key}' does not fit", where=where, mend=f"Wanted: {must}.")


def _keys_beside(place: list[str]) -> list[str]:
    model: Any = Config
    for part in place[:-1]:
        model = model.model_fields[part].annotation
    return [name for name in model.model_fields if name != "path"]


def load_object(path: str) -> Any:
    """What a table's string "package.module:name" names.

    Raises
    ------
    ImportError, AttributeError : the table is wrong, which is a bug.
    """
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
