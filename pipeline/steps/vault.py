"""What the vault holds, who looked into it, its passphrase and its place."""

from __future__ import annotations

import getpass
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipeline import vault as vaults
from pipeline.anonymise.book import LABEL, Book
from pipeline.errors import PipelineError
from pipeline.steps.anonymise import kept_spans, read_book, study_stands
from pipeline.steps.anonymise_list import NAME
from pipeline.steps.ingest import REGISTRY, Registry, read_registry, read_transcript
from pipeline.steps.study import Study, now
from pipeline.store.gate import Gate, write_out

BESIDE = (NAME,)  # what Motif writes beside the vault's own files
RESERVED = "\u2400"  # begins the book's key of a number that was somebody's who is forgotten
_OUTSIDE = re.compile(r"\[?\s*([PT]\d+)\s*\]?", re.IGNORECASE)
_SECTION = re.compile(r"^\s*\[(?!\[)\s*([^\]]+?)\s*\]", re.MULTILINE)
_PATH = re.compile(r"""^(\s*path\s*=\s*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", re.MULTILINE)


def vault_lines(study: Study) -> list[str]:
    """Where it is, that it opens, how much is in it, and what is unfinished.

    Raises
    ------
    PipelineError : there is none yet, or it does not open.
    """
    _need(study)
    registry = read_registry(study)
    lines = [
        f"Vault {study.config.vault_path}: opens, AES-256-GCM, {study.vault.n_entries()} entries.",
        f"{len(registry.texts)} transcripts, {len(registry.participants)} participants, "
        f"{len(registry.files)} files seen.",
        f"{read_book(study).n_pseudonyms} pseudonyms.",
    ]
    log = study.vault.read_log()
    if log:
        last = log[-1]
        lines.append(
            f"{len(log)} entries in the log (motif vault log); the last: {last['time']} "
            f"{last['who']}: {last['what']}"
        )
    if vaults.n_passphrases(study.vault.path) > 1:
        lines.append("! A change of the passphrase was stopped half way: the old one and the new "
                     "one open it. Run 'motif vault passphrase' again.")  # fmt: skip
    if study.vault.came_from() is not None:
        lines.append("! A move was stopped half way: the old folder may still be there. Run "
                     f"'motif vault move {study.vault.path}' again.")  # fmt: skip
    return lines


def log_lines(study: Study) -> Iterator[str]:
    """Who did what with the vault, oldest first.

    Raises
    ------
    PipelineError : there is no vault yet, or it does not open.
    """
    _need(study)
    log = study.vault.read_log()
    if not log:
        yield "Nobody has revealed, moved or forgotten anything yet."
    for entry in log:
        yield f"{entry['time']}  {entry['who']}: {entry['what']}"


def note(study: Study, what: str) -> None:
    """Into the vault's log, with the time and the name of who is logged in here."""
    study.vault.add_to_log(now(), _who(), what)


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such variable, no such account
        return "unknown"


def _need(study: Study) -> None:
    if not study.has_vault:
        raise PipelineError(
            "there is no vault yet",
            where=str(study.config.vault_path),
            mend="'motif run' makes it.",
        )


# ------------------------------------------------------------------ reveal


def reveal(study: Study, pseudonym: str) -> Iterator[str]:
    """What stands behind one pseudonym, participant or transcript. Noted before it is shown.

    Raises
    ------
    PipelineError : nothing in the study is called so.
    """
    _need(study)
    registry, book = read_registry(study), read_book(study)
    outside = _OUTSIDE.fullmatch(pseudonym.strip())
    if outside:
        name, found = outside[1].upper(), _outside(registry, outside[1].upper())
    else:
        name, found = _behind(study, registry, book, pseudonym.strip())
    if not found:
        raise PipelineError(
            "nothing in this study is called so",
            mend='Write it as it stands in a text: "[Person 3]", or P03, or T007.',
        )
    note(study, f"revealed {name}")
    yield f"{name}:"
    yield from (f"  {line}" for line in found)


def _outside(registry: Registry, name: str) -> list[str]:
    """The team's name of a participant, or the files of a transcript."""
    people = [who for who, number in registry.participants.items() if number == name]
    files = [path for path, one in registry.files.items() if one.get("transcript_id") == name]
    return [*people, *files]


def _behind(study: Study, registry: Registry, book: Book, pseudonym: str) -> tuple[str, list[str]]:
    """The pseudonym as a label, and every form it stands for as it was said, the commonest first.

    A form that stands in no transcript now (in a comment, say) is shown as the book keeps it.
    """
    stands = study_stands(study, book)
    said: Counter[tuple[str, str, str]] = Counter()  # label, form, what stands there
    where: dict[tuple[str, str], set[str]] = {}
    for name in registry.texts:
        text = read_transcript(study, name).text
        for span in kept_spans(study, name):
            form = text[span.start : span.end]
            label = _label(book, form, name)
            if label:
                said[label, form, stands(span.kind, form, name)] += 1
                where.setdefault((label, form), set()).add(name)
    written = LABEL.fullmatch(pseudonym)
    meant = f"{written[1].capitalize()} {int(written[2])}" if written else next(
        (label for label, _, shown in said if shown == pseudonym), "")  # fmt: skip
    lines = [
        f"{form}   ({n} times in {', '.join(sorted(where[label, form]))})"
        for (label, form, _), n in said.most_common()
        if label == meant
    ]
    kept = [form for form in book.labels if form[0] != RESERVED and _label(book, form) == meant]
    return f"[{meant}]", lines or kept


def _label(book: Book, form: str, where: str = "") -> str:
    try:
        return book.label(form, where)
    except KeyError:
        return ""


# ------------------------------------------------------------------ passphrase


def change_passphrase(study: Study, new_key_file: Path | None) -> Iterator[str]:
    """Another passphrase opens the vault from now on; the key file of the study, too, says it.

    Killed at any moment the vault opens with what the key file holds: between the first step and
    the last, both do.

    Raises
    ------
    PipelineError : the old one is wrong, the new one is none or the same, or a file cannot be
        written (then the old one holds).
    """
    _need(study)
    path, key_file = study.config.vault_path, study.config.key_file
    old = vaults.passphrase_for(key_file, path, study.ask, new=False)
    vault = vaults.open_vault(path, old)
    new = vaults.new_passphrase_for(new_key_file, path, study.ask)
    if new == old:
        raise PipelineError("the new passphrase is the old one", where=str(path))
    vault.add_to_log(now(), _who(), "changed the passphrase")
    if key_file is None:
        vault.set_passphrases(new)
        yield "The new passphrase opens the vault; the old one does not any more."
        if new_key_file is not None:
            yield "study.toml names no key_file: name it under [vault], or set MOTIF_VAULT_KEY."
        else:
            yield "Where MOTIF_VAULT_KEY is set, set it to the new one."
    else:
        vault.set_passphrases(old, new)
        try:
            vaults.write_key_file(key_file, new)
        except PipelineError:
            vault.set_passphrases(old)
            raise
        vault.set_passphrases(new)
        yield f"The new passphrase opens the vault and stands in {key_file}."
    yield (
        "Nothing was encrypted again: the passphrase wraps the key of the vault. Whoever has an "
        "old copy of the vault and the old passphrase can open that copy; destroy such copies."
    )


# ------------------------------------------------------------------ move


def move(study: Study, target: Path) -> Iterator[str]:
    """The vault to another folder or disk: copied, read back, named in study.toml, then erased.

    Raises
    ------
    PipelineError : the folder is in use, inside the corpus or the work folder; study.toml cannot be
        changed; a file reads back otherwise. The vault then stands where it was.
    """
    _need(study)
    target = Path(target).expanduser().resolve()
    here = study.config.vault_path.resolve()
    if target == here:
        yield from _finish_move(study)
        return
    _check_target(study, target, here)
    settings = _with_path(study, target)
    note(study, f"moved the vault from {here} to {target}")
    moved = study.vault.copy_to(target, BESIDE)
    for name in _names(read_registry(study)):
        if study.vault.has(name):
            moved.read(name)
    yield f"{moved.n_entries()} entries copied to {target} and read back."
    write_out(study.config.path.resolve(), settings, (), Gate(()))
    yield f"{study.config.path}: [vault] path changed."
    yield from _erase(moved, here)


def _finish_move(study: Study) -> Iterator[str]:
    old = study.vault.came_from()
    if old is None:
        raise PipelineError("the vault lies there already", where=str(study.config.vault_path))
    yield from _erase(study.vault, old)


def _erase(vault: vaults.Vault, old: Path) -> Iterator[str]:
    """The old folder, if it is this vault's; one without a header was begun to be erased."""
    if old.is_dir() and (not vaults.is_vault(old) or vault.is_twin(old, REGISTRY)):
        left = vaults.Vault(old, b"").wipe_all(BESIDE)
        if left:
            yield f"! {old} holds other files, which stay: {', '.join(left)}"
    vault.settle()
    yield (
        f"{old} overwritten and removed. Backups, snapshots, synchronised copies and flash memory "
        "may still hold it, encrypted."
    )


def _check_target(study: Study, target: Path, here: Path) -> None:
    for place, word in ((study.config.corpus, "the corpus"), (study.config.work, "the work folder"),
                        (here, "the vault as it lies now")):  # fmt: skip
        if target.is_relative_to(place.resolve()):
            raise PipelineError(
                f"this lies inside {word}", where=str(target), mend="Name another folder."
            )


def _names(registry: Registry) -> Iterator[str]:
    yield from ("registry", "book", "gate", "log")
    for transcript_id in registry.texts:
        yield from entries_of(transcript_id)


def entries_of(transcript_id: str) -> tuple[str, ...]:
    """The names of the vault's entries that belong to one transcript."""
    return tuple(f"{part}/{transcript_id}" for part in ("transcript", "finds", "redaction"))


def _with_path(study: Study, target: Path) -> bytes:
    """study.toml with another [vault] path, and not a character else changed.

    Raises
    ------
    PipelineError : the key stands there in a way that is not understood.
    """
    file = study.config.path
    try:
        data = file.read_bytes()
        bom = data.startswith(b"\xef\xbb\xbf")
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise PipelineError("the file cannot be read", where=str(file)) from None
    beside = file.resolve().parent
    shown = target.relative_to(beside).as_posix() if target.is_relative_to(beside) else str(target)
    sections = list(_SECTION.finditer(text))
    for at, section in enumerate(sections):
        if section[1] == "vault":
            end = sections[at + 1].start() if at + 1 < len(sections) else len(text)
            found = _PATH.search(text, section.end(), end)
            if found:
                text = text[: found.start(2)] + _quoted(shown) + text[found.end(2) :]
    before, after = tomllib.loads(data.decode("utf-8-sig")), tomllib.loads(text)
    before["vault"]["path"] = shown
    if before != after:
        raise PipelineError(
            "[vault] path stands here in a way that cannot be changed for you",
            where=str(file),
            mend="Write it on a line of its own below [vault], then run this again.",
        )
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode()


def _quoted(text: str) -> str:
    """A TOML string; a Windows path stays readable between single quotes."""
    if "'" not in text and text.isprintable() and "\\" in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
