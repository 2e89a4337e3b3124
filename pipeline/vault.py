"""The encrypted folder: the only place where unanonymised text is ever written.

A vault is a folder with `vault.json` (salt, scrypt settings, the data key wrapped by the
passphrase) and one encrypted file per entry under `entries/`, its name a keyed hash.

Cipher: AES-256-GCM, a random 96-bit nonce per write; the entry's name is authenticated with it, so
that files cannot be swapped. Key: scrypt (N = 2**17, r = 8, p = 1, as OWASP's cheat sheet on
password storage advises) over the passphrase; it wraps a random data key, so a passphrase can
change without re-encrypting. Keyed hashes are HMAC-SHA256 under a key derived from the data key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.files import cannot_write, write_bytes

HEADER = "vault.json"
ENTRIES = "entries"
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
        """Take one entry away; nothing happens when it is not there."""
        self._file(name).unlink(missing_ok=True)

    def n_entries(self) -> int:
        """How many entries the vault holds."""
        return sum(1 for _ in (self.path / ENTRIES).glob("*.bin"))

    def _file(self, name: str) -> Path:
        return self.path / ENTRIES / f"{self.keyed_hash(b'entry ' + name.encode())}.bin"


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
    _write_header(path, data_key, passphrase)
    return Vault(path, data_key)


def open_vault(path: Path, passphrase: str) -> Vault:
    """Open a vault that is there.

    Raises
    ------
    PipelineError : no vault, a header that is damaged, or the wrong passphrase.
    """
    from cryptography.exceptions import InvalidTag

    try:
        header = json.loads((path / HEADER).read_text("utf-8"))
        if header["format"] != _FORMAT:
            raise PipelineError(
                "this vault was made by a newer version", where=str(path), mend="Update Motif."
            )
        wrapped = base64.b64decode(header["wrapped_key"])
        salt = base64.b64decode(header["salt"])
        settings = {name: int(header["scrypt"][name]) for name in _SCRYPT}
        key = _stretch(passphrase, salt, settings)
        data_key = bytes(_cipher(key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], b"data key"))
    except FileNotFoundError:
        raise PipelineError(
            "there is no vault here", where=str(path), mend="'motif run' makes one."
        ) from None
    except OSError:
        raise PipelineError(
            f"{HEADER} cannot be read", where=str(path), mend="Check the folder's rights."
        ) from None
    except (KeyError, ValueError, TypeError, OverflowError, MemoryError):
        raise PipelineError(
            f"{HEADER} is damaged", where=str(path), mend="Bring it back from a backup."
        ) from None
    except InvalidTag:
        raise PipelineError(
            "the passphrase does not open this vault",
            where=str(path),
            mend="Check the key file, MOTIF_VAULT_KEY, or what was typed.",
        ) from None
    return Vault(path, data_key)


def write_confidential(path: Path, data: bytes) -> None:
    """The anonymisation list: the one file with raw text outside the encryption, beside it.

    Readable by its owner alone, where the system knows such rights; deleted at import.
    """
    write_bytes(path, data, private=True)


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
        try:
            return key_file.read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise PipelineError(
                "the key file cannot be read",
                where=str(key_file),
                mend="Check [vault] key_file in study.toml.",
            ) from None
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


def _check_passphrase(passphrase: str, path: Path) -> None:
    if len(passphrase) < 8:
        raise PipelineError(
            "the passphrase is shorter than 8 characters",
            where=str(path),
            mend="Take a longer one.",
        )


def _write_header(path: Path, data_key: bytes, passphrase: str) -> None:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    key = _stretch(passphrase, salt, _SCRYPT)
    wrapped = nonce + _cipher(key).encrypt(nonce, data_key, b"data key")
    header = {
        "format": _FORMAT,
        "cipher": "AES-256-GCM",
        "scrypt": _SCRYPT,
        "salt": base64.b64encode(salt).decode(),
        "wrapped_key": base64.b64encode(wrapped).decode(),
    }
    write_bytes(path / HEADER, json.dumps(header, indent=1).encode(), private=True)


def _stretch(passphrase: str, salt: bytes, settings: dict[str, int]) -> bytes:
    # 128 * n * r bytes are needed; OpenSSL refuses beyond maxmem.
    memory = 256 * settings["n"] * settings["r"]
    return hashlib.scrypt(passphrase.encode(), salt=salt, **settings, maxmem=memory, dklen=32)


def _cipher(key: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
