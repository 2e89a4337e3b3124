"""A process that is ended, without a word, at the nth thing that it does to the disk."""

import os
import sys
from collections.abc import Callable
from typing import Any

CAN = hasattr(os, "fork")  # elsewhere these tests are skipped


class _Killer:
    def __init__(self) -> None:
        self.at, self.counted = -1, 0
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.at < 0:
            return
        opened = event == "open" and isinstance(arguments[2], int)
        writes = opened and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "sqlite3.connect"):
            self.counted += 1
            if self.counted == self.at:
                os._exit(9)


_KILLER = _Killer()


def killed_at(point: int, do: Callable[[], object]) -> int:
    """Do it in a process of its own that is ended there; how many points a whole one came to."""
    back, out = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _KILLER.at, _KILLER.counted = point, 0
            do()
            os.write(out, str(_KILLER.counted).encode())
        finally:
            os._exit(0)
    os.close(out)
    os.waitpid(child, 0)
    with os.fdopen(back, "rb") as pipe:
        return int(pipe.read() or b"0")


def n_points(do: Callable[[], object]) -> int:
    """How many points there are from the beginning to the end."""
    return killed_at(10**9, do)
