"""The encrypted folder: the only place where unanonymised text is ever written.

A vault is a folder with `vault.json` (salt, scrypt settings, the data key wrapped by the
passphrase) and one encrypted file per entry under `entries/`, its name a keyed hash.

Cipher: AES-256-GCM, a random 96-bit nonce per write; the entry's name is authenticated with it, so
that files cannot be swapped. Key: scrypt (N = 2**17, r = 8, p = 1, as OWASP's cheat sheet on
password storage advises) over the passphrase; it wraps a random data key. Keyed hashes are
HMAC-SHA256 under a key derived from the data key.

Another passphrase wraps the same data key again and re-encrypts nothing: that is one small file,
replaced in one step, and the keyed hashes that every decision is anchored to stay what they are.
The price: who has an old copy of `vault.json` and the old passphrase has the data key.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError
from pipeline.files import cannot_write, wipe, write_bytes

HEADER = "vault.json"
ENTRIES = "entries"
NEW_KEY = "MOTIF_VAULT_NEW_KEY"
_LOG = "log"
_MOVING = "vault.moving"  # lies in a folder that a vault is being copied into
_FORMAT = 1
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
_NONCE = 12


class Vault:
    """An open vault. Make one with `create` or `open_vault`."""

    def __init__(self, path: Path, data_key: bytes) -> None:
        self.path = path
        self._key = data_key
        self._hash_key = hmac.digest(data_key, b"motif keyed hash", "sha256")

    def keyed_hash(self, data: bytes) -> str:
        """32 hex digits that only this vault can compute: names no content to who lacks the key."""
        return hmac.digest(self._hash_key, data, "sha256").hex()[:32]

    def write(self, name: str, data: bytes) -> None:
        """Encrypt and replace one entry; what was there stays until the new one is whole."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + _cipher(self._key).encrypt(nonce, data, name.encode())
        write_bytes(self._file(name), sealed, private=True)

    def read(self, name: str) -> bytes:
        """The bytes of one entry.

        Raises
        ------
        KeyError : there is no such entry.
        PipelineError : the entry is damaged or was swapped.
        """
        from cryptography.exceptions import InvalidTag

        try:
            sealed = self._file(name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None
        except OSError:
            raise PipelineError(
                "an entry cannot be read", where=str(self.path), mend="Check the folder's rights."
            ) from None
        try:
            return bytes(
                _cipher(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
            )
        except (InvalidTag, ValueError):
            raise PipelineError(
                f"the entry '{name}' is damaged",
                where=str(self.path),
                mend="Bring this file back from a backup of the vault folder.",
            ) from None

    def has(self, name: str) -> bool:
        """Whether there is such an entry."""
        return self._file(name).is_file()

    def remove(self, name: str) -> None:
        """Overwrite one entry and take it away; nothing happens when it is not there."""
        wipe(self._file(name))

    def add_to_log(self, time: str, who: str, what: str) -> None:
        """Note who did what, for good: before it is done, so that nothing is done unseen."""
        entries = [*self.read_log(), {"time": time, "who": who, "what": what}]
        self.write(_LOG, json.dumps(entries, ensure_ascii=False).encode())

    def read_log(self) -> list[dict[str, str]]:
        """Everything that was noted, oldest first: time, who, what."""
        try:
            entries: list[dict[str, str]] = json.loads(self.read(_LOG))
        except KeyError:
            return []
        return entries

    def set_passphrases(self, *passphrases: str) -> None:
        """From now on each of these opens the vault, and no other.

        Killed at any moment, either what opened it before does, or these do.

        Raises
        ------
        PipelineError : one is too short, or the header cannot be written.
        """
        for one in passphrases:
            _check_passphrase(one, self.path)
        _write_header(self.path, self._key, passphrases)

    def copy_to(self, target: Path, more: Sequence[str] = ()) -> Vault:
        """The same vault in another folder, every file of it read back and compared.

        The header goes last: the target is a vault when it is whole. What a killed attempt has left
        there is written anew. The move is open until `settle` says that the old one is gone.

        Parameters
        ----------
        more : names of further files beside the header that belong to it.

        Raises
        ------
        PipelineError : the target holds something else, cannot be written, or reads back otherwise.
        """
        mark = target / _MOVING
        try:
            if not mark.exists() and _is_taken(target):
                raise PipelineError(
                    "this is not an empty folder",
                    where=str(target),
                    mend="Name one that is new or empty.",
                )
            write_bytes(mark, str(self.path).encode(), private=True)
            for left in list(_files(target, more)):
                left.unlink()
            (target / ENTRIES).mkdir(exist_ok=True)
            for file in [*_files(self.path, more, header=False), self.path / HEADER]:
                _copy(file, target / file.relative_to(self.path))
        except OSError as error:
            raise cannot_write(target, error) from None
        return Vault(target, self._key)

    def came_from(self) -> Path | None:
        """The folder that this vault was copied from, while it may still lie there."""
        try:
            return Path((self.path / _MOVING).read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def settle(self) -> None:
        """The move is over."""
        (self.path / _MOVING).unlink(missing_ok=True)

    def is_twin(self, path: Path, name: str) -> bool:
        """Whether a folder holds this vault too: its entry of that name opens with this key."""
        try:
            Vault(path, self._key).read(name)
        except (KeyError, PipelineError):
            return False
        return True

    def wipe_all(self, more: Sequence[str] = ()) -> list[str]:
        """Overwrite and remove every file of the vault; the names of others that lie there still.

        The header goes first: without it the entries are noise.
        """
        for file in _files(self.path, more):
            wipe(file)
        for folder in (self.path / ENTRIES, self.path):
            with contextlib.suppress(OSError):  # others' files, or no folder any more
                folder.rmdir()
        return sorted(one.name for one in self.path.iterdir()) if self.path.is_dir() else []

    def sweep(self) -> None:
        """Overwrite and remove what processes that were killed have left half written."""
        for file in [*self.path.glob(".*.part"), *(self.path / ENTRIES).glob(".*.part")]:
            wipe(file)

    def n_entries(self) -> int:
        """How many entries the vault holds."""
        return sum(1 for _ in (self.path / ENTRIES).glob("*.bin"))

    def _file(self, name: str) -> Path:
        return self.path / ENTRIES / f"{self.keyed_hash(b'entry ' + name.encode())}.bin"


def _files(path: Path, more: Sequence[str], *, header: bool = True) -> Iterator[Path]:
    """The files of a vault that are there, half-written ones too; the header first."""
    names = [HEADER, *more] if header else list(more)
    yield from (path / name for name in names if (path / name).is_file())
    yield from sorted((path / ENTRIES).glob("*.bin"))
    for folder in (path, path / ENTRIES):
        yield from sorted(folder.glob(".*.part"))


def _is_taken(target: Path) -> bool:
    """Whether something of others lies there; a mark that was half written is ours."""
    return target.is_file() or (
        target.is_dir() and any(not one.name.startswith(f".{_MOVING}.") for one in target.iterdir())
    )


def _copy(file: Path, target: Path) -> None:
    if file.name.endswith(".part"):
        return
    data = file.read_bytes()
    write_bytes(target, data, private=True)
    if target.read_bytes() != data:
        raise PipelineError(
            "a file reads back otherwise than it was written",
            where=str(target),
            mend="Check that disk; the vault stands where it was.",
        )


def is_vault(path: Path) -> bool:
    """Whether a vault was made here.

    Raises
    ------
    PipelineError : the place cannot be looked into.
    """
    try:
        return (path / HEADER).is_file()
    except OSError:
        raise PipelineError(
            "the vault's folder cannot be read", where=str(path), mend="Check its rights."
        ) from None


def create(path: Path, passphrase: str) -> Vault:
    """A new, empty vault.

    Raises
    ------
    PipelineError : there is one already, the folder cannot be written, the passphrase is empty.
    """
    if is_vault(path):
        raise PipelineError(
            "there is a vault already", where=str(path), mend="Open it, or name another folder."
        )
    _check_passphrase(passphrase, path)
    try:
        (path / ENTRIES).mkdir(parents=True, exist_ok=True)
        orphans = any((path / ENTRIES).glob("*.bin"))
    except OSError as error:
        raise cannot_write(path, error) from None
    if orphans:
        raise PipelineError(
            f"{HEADER} is missing, and without it what lies here cannot be opened",
            where=str(path),
            mend="Bring it back from a backup; or, to begin anew, name another folder.",
        )
    data_key = secrets.token_bytes(32)
    _write_header(path, data_key, [passphrase])
    return Vault(path, data_key)


def open_vault(path: Path, passphrase: str) -> Vault:
    """Open a vault that is there.

    Raises
    ------
    PipelineError : no vault, a header that is damaged, or the wrong passphrase.
    """
    try:
        header = _read_header(path)
        keys = [_unwrap(one, passphrase) for one in _wrappings(header)]
    except (KeyError, ValueError, TypeError, OverflowError, MemoryError):
        raise PipelineError(
            f"{HEADER} is damaged", where=str(path), mend="Bring it back from a backup."
        ) from None
    data_key = next((key for key in keys if key is not None), None)
    if data_key is None:
        raise PipelineError(
            "the passphrase does not open this vault",
            where=str(path),
            mend="Check the key file, MOTIF_VAULT_KEY, or what was typed.",
        )
    return Vault(path, data_key)


def n_passphrases(path: Path) -> int:
    """How many passphrases open the vault: one; two where a change was stopped half way.

    Raises
    ------
    PipelineError : there is no vault.
    """
    return len(_wrappings(_read_header(path)))


def _read_header(path: Path) -> dict[str, Any]:
    try:
        header: dict[str, Any] = json.loads((path / HEADER).read_text("utf-8"))
    except FileNotFoundError:
        raise PipelineError(
            "there is no vault here", where=str(path), mend="'motif run' makes one."
        ) from None
    except OSError:
        raise PipelineError(
            f"{HEADER} cannot be read", where=str(path), mend="Check the folder's rights."
        ) from None
    if header["format"] != _FORMAT:
        raise PipelineError(
            "this vault was made by a newer version", where=str(path), mend="Update Motif."
        )
    return header


def _wrappings(header: dict[str, Any]) -> list[dict[str, Any]]:
    return [header, *([header["second"]] if "second" in header else [])]


def _unwrap(wrapping: dict[str, Any], passphrase: str) -> bytes | None:
    """The data key; None where it was wrapped with another passphrase."""
    from cryptography.exceptions import InvalidTag

    wrapped = base64.b64decode(wrapping["wrapped_key"])
    salt = base64.b64decode(wrapping["salt"])
    settings = {name: int(wrapping["scrypt"][name]) for name in _SCRYPT}
    key = _stretch(passphrase, salt, settings)
    try:
        return bytes(_cipher(key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], b"data key"))
    except InvalidTag:
        return None


def write_confidential(path: Path, data: bytes) -> None:
    """The anonymisation list: the one file with raw text outside the encryption, beside it.

    Readable by its owner alone, where the system knows such rights; deleted at import.
    """
    write_bytes(path, data, private=True)


def erase_confidential(path: Path) -> None:
    """Overwrite and remove that list; nothing happens when it is not there."""
    wipe(path)


def passphrase_for(
    key_file: Path | None, path: Path, ask: Callable[[str], str] | None, *, new: bool
) -> str:
    """The passphrase: from the key file, else the variable MOTIF_VAULT_KEY, else asked for.

    Parameters
    ----------
    ask : shows a prompt, returns what was typed unseen; None where nobody can be asked.
    new : a vault is about to be made, so a typed passphrase is asked for twice.

    Raises
    ------
    PipelineError : no passphrase to be had, the key file cannot be read, or the two differ.
    """
    if key_file is not None:
        return _from_file(key_file, "Check [vault] key_file in study.toml.")
    if os.environ.get("MOTIF_VAULT_KEY"):
        return os.environ["MOTIF_VAULT_KEY"]
    if ask is None:
        raise PipelineError(
            "the vault needs a passphrase and none was given",
            where=str(path),
            mend="Set MOTIF_VAULT_KEY, name a key_file under [vault] in study.toml, "
            "or run in a terminal to be asked.",
        )
    typed = ask("Passphrase of the vault: ")
    if new and ask("The same once more (it cannot be recovered if lost): ") != typed:
        raise PipelineError("the two passphrases differ", where=str(path), mend="Try again.")
    return typed


def new_passphrase_for(
    new_key_file: Path | None, path: Path, ask: Callable[[str], str] | None
) -> str:
    """The passphrase to change to: from a file, else MOTIF_VAULT_NEW_KEY, else asked for twice.

    Raises
    ------
    PipelineError : none to be had, the file cannot be read, too short, or the two typed differ.
    """
    if new_key_file is not None:
        new = _from_file(new_key_file, "Check --new-key-file.")
    elif os.environ.get(NEW_KEY):
        new = os.environ[NEW_KEY]
    elif ask is None:
        raise PipelineError(
            "a new passphrase is needed and none was given",
            where=str(path),
            mend=f"Set {NEW_KEY}, give --new-key-file, or run in a terminal to be asked.",
        )
    else:
        new = ask("New passphrase of the vault: ")
        if ask("The same once more (it cannot be recovered if lost): ") != new:
            raise PipelineError("the two passphrases differ", where=str(path), mend="Try again.")
    _check_passphrase(new, path)
    return new


def write_key_file(path: Path, passphrase: str) -> None:
    """The file that a study reads its passphrase from; readable by its owner alone."""
    write_bytes(path, f"{passphrase}\n".encode(), private=True)


def _from_file(file: Path, mend: str) -> str:
    try:
        return file.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise PipelineError("the key file cannot be read", where=str(file), mend=mend) from None


def _check_passphrase(passphrase: str, path: Path) -> None:
    if len(passphrase) < 8:
        raise PipelineError(
            "the passphrase is shorter than 8 characters",
            where=str(path),
            mend="Take a longer one.",
        )


def _write_header(path: Path, data_key: bytes, passphrases: Sequence[str]) -> None:
    wrappings = [_wrap(data_key, one) for one in passphrases]
    header = {"format": _FORMAT, "cipher": "AES-256-GCM", **wrappings[0]}
    if len(wrappings) > 1:
        header["second"] = wrappings[1]
    write_bytes(path / HEADER, json.dumps(header, indent=1).encode(), private=True)


def _wrap(data_key: bytes, passphrase: str) -> dict[str, Any]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    wrapped = nonce + _cipher(_stretch(passphrase, salt, _SCRYPT)).encrypt(
        nonce, data_key, b"data key"
    )
    return {
        "scrypt": _SCRYPT,
        "salt": base64.b64encode(salt).decode(),
        "wrapped_key": base64.b64encode(wrapped).decode(),
    }


def _stretch(passphrase: str, salt: bytes, settings: dict[str, int]) -> bytes:
    # 128 * n * r bytes are needed; OpenSSL refuses beyond maxmem.
    memory = 256 * settings["n"] * settings["r"]
    return hashlib.scrypt(passphrase.encode(), salt=salt, **settings, maxmem=memory, dklen=32)


def _cipher(key: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
