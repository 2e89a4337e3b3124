"""What a person did or has that does not fit: what is wrong, where, and how to mend it.

Only `cli` catches `PipelineError`. Anything else that escapes is a bug. No part of the sentence
ever quotes what a participant said: it names the place, not the words.
"""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 40  # faults of a file listed one by one


class PipelineError(Exception):
    """One fault, or (through `join`) every fault of a file at once.

    Parameters
    ----------
    wrong : what is wrong, a clause without a full stop.
    where : file, sheet, row, column, key: as the person sees them (the header is row 1).
    mend : what to do about it, a sentence.
    """

    def __init__(self, wrong: str, *, where: str = "", mend: str = "") -> None:
        self.wrong, self.where, self.mend = wrong, where, mend
        self.faults: tuple[PipelineError, ...] = (self,)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        start = f"{self.where}: {self.wrong}" if self.where else self.wrong
        return f"{start}. {self.mend}" if self.mend else f"{start}."

    @classmethod
    def join(cls, faults: Iterable[PipelineError]) -> PipelineError:
        """One error out of many; `str` gives a line per fault.

        Raises
        ------
        ValueError : there is no fault to join.
        """
        flat = tuple(one for fault in faults for one in fault.faults)
        if not flat:
            raise ValueError("no faults to join")
        if len(flat) == 1:
            return flat[0]
        joined = cls.__new__(cls)
        joined.wrong, joined.where, joined.mend = f"{len(flat)} faults", "", ""
        joined.faults = flat
        Exception.__init__(joined, "\n".join(str(one) for one in flat))
        return joined

    @classmethod
    def join_first(cls, faults: Iterable[PipelineError], where: str) -> PipelineError:
        """The same of a file that may have thousands: the first 40, and how many more there are."""
        flat = [one for fault in faults for one in fault.faults]
        more = len(flat) - _SHOWN
        rest = [cls(f"and {more} more faults", where=where)] if more > 0 else []
        return cls.join([*flat[:_SHOWN], *rest])


def known_names(names: Iterable[str]) -> str:
    """The names that would have been right, for the end of a `wrong` or `mend` sentence."""
    return ", ".join(sorted(names))
