"""Files -> transcripts in the vault. Only what is new or changed is read again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline import ingest as room
from pipeline.errors import PipelineError
from pipeline.execute import map_over
from pipeline.records import CANONICAL_VERSION, Role, Transcript, Turn
from pipeline.steps.participants import Participant
from pipeline.steps.study import Study, key_of
from pipeline.text import fold

REGISTRY = "registry"
# A folder of gold codes, notes to the reader, an office program's lock file: not transcripts.
_PASSED_OVER = ("readme", "license", "~$")
_PASSED_FOLDERS = ("gold",)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a look at the corpus found. `files` gives the transcript of each file in use."""

    files: dict[str, str]  # path within the corpus: transcript id
    new: tuple[str, ...]  # transcript ids that are new or whose text changed
    left_out: tuple[PipelineError, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class Registry:
    """The vault's list of files. Grows; ids are never given twice."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)  # id: hashes of its text, newest last
    participants: dict[str, str] = field(default_factory=dict)  # the team's name: P01
    people: dict[str, list[str]] = field(default_factory=dict)  # id: whose it is, as last known
    # Of who was forgotten: keyed hashes of files, texts and names; ids and rows given away for good
    forgotten: dict[str, list[str]] = field(default_factory=dict)
    forgetting: dict[str, list[str]] = field(default_factory=dict)  # what a forgetting is still at

    def next_id(self, letter: str, given: Iterable[str], width: int) -> str:
        """The id after all that were ever given, those of the forgotten too."""
        every = [*given, *self.forgotten.get("ids", ())]
        last = max((int(one[1:]) for one in every if one[0] == letter), default=0)
        return f"{letter}{last + 1:0{width}d}"


def corpus_files(study: Study) -> list[str]:
    """Every file of the corpus that may be a transcript, by its path within the corpus, in order.

    Raises
    ------
    PipelineError : the folder is not there.
    """
    root = study.config.corpus
    if not root.is_dir():
        raise PipelineError(
            "the folder of transcripts is not there",
            where=str(root),
            mend="Check [study] corpus in study.toml.",
        )
    table = study.config.participants
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and f not in _PASSED_FOLDERS
        )
        for name in names:
            path = Path(folder, name)
            if name.startswith(".") or name.casefold().startswith(_PASSED_OVER):
                continue
            if table is None or path.resolve() != table.resolve():
                found.append(path.relative_to(root).as_posix())
    return sorted(found)


def ingest(study: Study, participants: Sequence[Participant], *, workers: int = 1) -> Ingested:
    """Read what is new in the corpus into the vault.

    A file that was only renamed or saved again unchanged keeps its transcript; a file that cannot
    be read is left out with its reason and the others go on.

    Raises
    ------
    PipelineError : the corpus is not there, the vault does not open, or a forgetting is not over.
    """
    registry = read_registry(study)
    if registry.forgetting:
        raise PipelineError(
            "a forgetting was stopped half way",
            mend=f"Finish it first: motif forget {registry.forgetting['ids'][0]}.",
        )
    before = asdict(registry)
    paths = corpus_files(study)
    known = _known_labels(participants)
    participants = _mark_files(study, registry, participants)
    due, hashes = _due(study, registry, paths, known)
    read = map_over(
        _read_one,
        [(path, data, study.config.roles, known.get(path, {})) for path, data in due.items()],
        workers=workers,
    )
    new = []
    for path, result in zip(due, read, strict=True):
        entry = {**hashes[path]}
        if isinstance(result, Transcript) and _of_forgotten(study, registry, result):
            _add_marks(registry, [path_mark(study, path), entry["hash"]])
            registry.files.pop(path, None)
            continue
        if isinstance(result, Transcript):
            entry["transcript_id"], changed = _keep(study, registry, path, result)
            new += [entry["transcript_id"]] if changed else []
        else:  # the file may come back mended: it keeps its transcript
            entry["faults"] = result
            entry["transcript_id"] = registry.files.get(path, {}).get("transcript_id")
        registry.files[path] = entry
    for row in participants:
        number = registry.next_id("P", registry.participants.values(), 2)
        registry.participants.setdefault(row.participant, number)
    _note_people(registry, participants)
    if asdict(registry) != before:
        write_registry(study, registry)
    return summary(study, registry, paths, new)


def read_registry(study: Study) -> Registry:
    """The vault's list of files; empty at first."""
    try:
        return Registry(**json.loads(study.vault.read(REGISTRY)))
    except KeyError:
        return Registry()


def write_registry(study: Study, registry: Registry) -> None:
    """Put the list of files back into the vault."""
    study.vault.write(REGISTRY, json.dumps(asdict(registry)).encode())


def read_transcript(study: Study, transcript_id: str) -> Transcript:
    """One transcript from the vault, as it was said.

    Raises
    ------
    PipelineError : the vault does not hold it.
    """
    try:
        values = json.loads(study.vault.read(f"transcript/{transcript_id}"))
    except KeyError:
        raise PipelineError(
            f"the vault lacks transcript {transcript_id}",
            where=str(study.config.vault_path),
            mend="Bring the vault's folder back from a backup.",
        ) from None
    turns = tuple(Turn(**turn) for turn in values.pop("turns"))
    warnings = tuple(values.pop("warnings"))
    return Transcript(turns=turns, warnings=warnings, **values)


def transcript_hash(study: Study, transcript: Transcript) -> str:
    """The keyed hash of a transcript's text, which decisions are anchored to."""
    return study.vault.keyed_hash(transcript.text.encode())


def path_mark(study: Study, path: str) -> str:
    """What stays of a forgotten file's name."""
    return study.vault.keyed_hash(b"path " + path.encode())


def name_mark(study: Study, participant: str) -> str:
    """What stays of a forgotten participant's name in the table."""
    return study.vault.keyed_hash(b"participant " + fold(participant).encode())


def is_forgotten(registry: Registry, mark: str) -> bool:
    """Whether a keyed hash (of a file, a text, a name) is of somebody who was forgotten."""
    return mark in registry.forgotten.get("marks", ())


def _add_marks(registry: Registry, marks: Iterable[str]) -> None:
    kept = registry.forgotten.setdefault("marks", [])
    kept += [mark for mark in dict.fromkeys(marks) if mark not in kept]


def _mark_files(
    study: Study, registry: Registry, participants: Sequence[Participant]
) -> list[Participant]:
    """The table without the forgotten; whatever file it gives to them is not read, now or later."""
    kept = []
    for row in participants:
        if is_forgotten(registry, name_mark(study, row.participant)):
            _add_marks(registry, [path_mark(study, row.file)])
        else:
            kept.append(row)
    return kept


def _of_forgotten(study: Study, registry: Registry, transcript: Transcript) -> bool:
    """The same words in a file that was saved again."""
    return is_forgotten(registry, transcript_hash(study, transcript))


def _note_people(registry: Registry, participants: Sequence[Participant]) -> None:
    """Whose each transcript is; what is known stays when the table has lost a row."""
    found: dict[str, set[str]] = {}
    for row in participants:
        name = registry.files.get(row.file, {}).get("transcript_id")
        if name:
            found.setdefault(name, set()).add(registry.participants[row.participant])
    registry.people.update({name: sorted(who) for name, who in found.items()})


def _known_labels(participants: Sequence[Participant]) -> dict[str, dict[str, Role]]:
    known: dict[str, dict[str, Role]] = {}
    for row in participants:
        if row.speaker:
            known.setdefault(row.file, {})[row.speaker] = "respondent"
    return known


def _due(
    study: Study,
    registry: Registry,
    paths: Sequence[str],
    known: Mapping[str, Mapping[str, Role]],
) -> tuple[dict[str, bytes], dict[str, dict[str, Any]]]:
    """The bytes of the files to read, and what to note of each; registers mere renames at once."""
    due: dict[str, bytes] = {}
    notes: dict[str, dict[str, Any]] = {}
    for path in paths:
        if is_forgotten(registry, path_mark(study, path)):
            continue
        settings = key_of(room.VERSION, CANONICAL_VERSION, study.config.roles, known.get(path, {}))
        entry = registry.files.get(path, {})
        try:
            file = study.config.corpus / path
            stat = file.stat()
            mark = {"size": stat.st_size, "mtime": stat.st_mtime_ns, "settings": settings}
            if entry and all(entry.get(name) == value for name, value in mark.items()):
                continue
            _check_place(study.config.corpus, file, path, stat.st_size)
            data = file.read_bytes()
        except (OSError, PipelineError) as error:
            fault = error if isinstance(error, PipelineError) else _unreadable(path)
            registry.files[path] = {
                "faults": _parts(fault),
                "transcript_id": entry.get("transcript_id"),
            }
            continue
        digest = study.vault.keyed_hash(data)
        mark["hash"] = digest
        if is_forgotten(registry, digest):  # renamed, or another copy
            _add_marks(registry, [path_mark(study, path)])
            registry.files.pop(path, None)
            continue
        same = next(
            (old for old in registry.files.values()
             if old.get("hash") == mark["hash"] and old.get("settings") == settings),
            None,
        )  # fmt: skip
        if same is not None:
            registry.files[path] = {**same, **mark}
            continue
        due[path], notes[path] = data, mark
    return due, notes


def _check_place(corpus: Path, file: Path, path: str, size: int) -> None:
    """Refuse what is no plain file of the corpus, before a byte of it is read."""
    if not file.resolve().is_relative_to(corpus.resolve()):
        raise PipelineError(
            "this is a link to a file outside the corpus",
            where=path,
            mend="Put the file itself into the folder, if it belongs to the study.",
        )
    if not file.is_file():
        raise PipelineError("this is no plain file", where=path, mend="Take it out of the folder.")
    if size > room.MAX_FILE_BYTES:
        raise room.too_large(size, path)


def _unreadable(path: str) -> PipelineError:
    return PipelineError(
        "the file cannot be read", where=path, mend="Check its rights, or close it elsewhere."
    )


def _read_one(
    item: tuple[str, bytes, dict[str, Role], dict[str, Role]],
) -> Transcript | list[dict[str, str]]:
    """A transcript, or the faults in a form that travels between processes."""
    path, data, roles, known = item
    try:
        return room.read_transcript(data, path, roles=roles, known=known)
    except PipelineError as error:
        return _parts(error)


def _parts(error: PipelineError) -> list[dict[str, str]]:
    return [{"wrong": f.wrong, "where": f.where, "mend": f.mend} for f in error.faults]


def _keep(study: Study, registry: Registry, path: str, transcript: Transcript) -> tuple[str, bool]:
    """Put a transcript into the vault; its id, and whether its text is new to the study."""
    digest = transcript_hash(study, transcript)
    old = registry.files.get(path, {}).get("transcript_id")
    # The same text is the same transcript, whatever the file is called (a copy is left out later).
    same_text = next((t for t, texts in registry.texts.items() if texts[-1] == digest), None)
    transcript_id = same_text or old or registry.next_id("T", registry.texts, 3)
    texts = registry.texts.setdefault(transcript_id, [])
    changed = not texts or texts[-1] != digest
    if changed:
        texts.append(digest)
    turns = [{**asdict(turn), "transcript_id": transcript_id} for turn in transcript.turns]
    values = {**asdict(transcript), "transcript_id": transcript_id, "turns": turns}
    study.vault.write(f"transcript/{transcript_id}", json.dumps(values).encode())
    return transcript_id, changed


def summary(study: Study, registry: Registry, paths: Sequence[str], new: Sequence[str]) -> Ingested:
    """Which file is which transcript, and which files are left out and why."""
    files: dict[str, str] = {}
    left_out = []
    owner: dict[str, str] = {}
    for path in paths:
        entry = registry.files.get(path)
        if is_forgotten(registry, path_mark(study, path)):
            left_out.append(
                PipelineError(
                    "this belongs to somebody who was forgotten, so it was not read",
                    where=path,
                    mend="Take it out of the corpus.",
                )
            )
            continue
        if entry is None:  # came after the last look at the corpus
            continue
        if "faults" in entry:
            left_out += [PipelineError(f["wrong"], where=f["where"], mend=f["mend"])
                         for f in entry["faults"]]  # fmt: skip
        elif entry["transcript_id"] in owner:
            left_out.append(
                PipelineError(
                    f"this is the same text as {owner[entry['transcript_id']]}",
                    where=path,
                    mend="Take one of the two out of the corpus.",
                )
            )
        else:
            owner[entry["transcript_id"]] = path
            files[path] = entry["transcript_id"]
    warnings = tuple(_warnings(study, files, new))
    return Ingested(files, tuple(new), tuple(left_out), warnings)


def _warnings(study: Study, files: Mapping[str, str], new: Sequence[str]) -> Iterator[str]:
    for path, transcript_id in files.items():
        if transcript_id in new:
            for warning in read_transcript(study, transcript_id).warnings:
                yield f"{path}: {warning}"
