"""How a file is written so that it is either the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
from pathlib import Path

from pipeline.errors import PipelineError

_BLOCK = 1 << 20


def write_bytes(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write beside, flush to disk, rename over: what was there stays until the new file is whole.

    Parameters
    ----------
    private : only the owner may read it (where the system knows such rights).

    Raises
    ------
    PipelineError : the disk is full or the place is not ours to write.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            left.unlink(missing_ok=True)  # of a process that was killed
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(beside, flags, 0o600 if private else 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise cannot_write(path, error) from None


def wipe(path: Path) -> None:
    """Overwrite a file with zeros, then remove it; nothing happens when it is not there.

    As far as a file system lets one forget: flash memory, snapshots, file systems that copy on
    write and synchronised folders keep what was there elsewhere.

    Raises
    ------
    PipelineError : the file cannot be written or removed.
    """
    try:
        if path.is_file() and not path.is_symlink():
            with path.open("r+b") as file:
                left = os.fstat(file.fileno()).st_size
                while left > 0:
                    left -= file.write(bytes(min(left, _BLOCK)))
                file.flush()
                os.fsync(file.fileno())
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None


def cannot_write(path: Path, error: OSError) -> PipelineError:
    """The sentence for a failed write; nothing of what was to be written is in it."""
    if error.errno == errno.ENOSPC:
        return PipelineError(
            "the disk is full",
            where=str(path),
            mend="Make room; what was there before is untouched.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PipelineError(
            "this place cannot be written",
            where=str(path),
            mend="Close the file if it is open elsewhere, or check the folder's rights; "
            "what was there before is untouched.",
        )
    return PipelineError(
        f"writing failed ({errno.errorcode.get(error.errno or 0, 'unknown')})",
        where=str(path),
        mend="What was there before is untouched.",
    )
