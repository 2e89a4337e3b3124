"""The sha256 of a file, computed once and remembered by size and time of change."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal.

    Raises
    ------
    OSError : the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remembered_sha256(path: Path, cache_dir: Path) -> str:
    """As `sha256_of`, but asks a small note in `cache_dir` first.

    The note holds for this path, size and time of change; it names no folder, only its hash. A
    note that cannot be read or written costs time, nothing else.

    Raises
    ------
    OSError : the file cannot be read.
    """
    stat = path.stat()
    place = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
    note = cache_dir / f"sha256-{place[:16]}.json"
    seen = {"place": place, "size": stat.st_size, "changed": stat.st_mtime_ns}
    known = read_note(note)
    if known is not None and {key: known.get(key) for key in seen} == seen:
        digest = known.get("sha256")
        if isinstance(digest, str):
            return digest
    digest = sha256_of(path)
    with contextlib.suppress(OSError):  # a cache that cannot be written to is no fault
        write_note(note, {**seen, "sha256": digest})
    return digest


def read_note(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file, or None where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_note(path: Path, note: dict[str, Any]) -> None:
    """Write a JSON object beside its place, then rename, so that a reader sees all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(json.dumps(note, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
