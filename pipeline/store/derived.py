"""All that can be made again: tables as Parquet, embeddings, and what each step last read.

Deleting `derived/` loses nothing but time.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import PipelineError
from pipeline.store.gate import Field, Gate, write_out

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_NO_WORDS: tuple[Field, ...] = ()


def write_table(path: Path, frame: pd.DataFrame, words: Sequence[str], gate: Gate) -> None:
    """A table as Parquet; `words` names the columns that carry participants' words."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, compression="zstd")
    fields = [Field(name=name, texts=frame[name].astype(str).tolist()) for name in words]
    write_out(path, buffer.getvalue(), fields, gate)


def read_table(path: Path) -> pd.DataFrame | None:
    """The table, or None when it was not made yet or is damaged (it can be made again)."""
    import pandas as pd
    import pyarrow as pa

    if not path.is_file():
        return None
    try:
        return pd.read_parquet(path)
    except (OSError, pa.ArrowException):
        return None


def write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Numbers (and hashes) in one .npz; no participants' words."""
    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    write_out(path, buffer.getvalue(), _NO_WORDS, Gate(()))


def read_arrays(path: Path) -> dict[str, NDArray[Any]] | None:
    """The arrays by name, or None when they were not made yet or are damaged."""
    import zipfile

    import numpy as np

    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Small facts of a step (keys, counts); no participants' words."""
    data = json.dumps(state, indent=1, sort_keys=True, ensure_ascii=False).encode()
    write_out(path, data, _NO_WORDS, Gate(()))


def read_state(path: Path) -> dict[str, Any]:
    """What `write_state` wrote; empty when there is nothing or it is damaged."""
    try:
        state = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def rows_as_fields(names: Iterable[str], rows: Iterable[Any]) -> list[Field]:
    """The named attributes of records, as fields for the gate."""
    listed = list(rows)
    return [Field(name=name, texts=[str(getattr(row, name)) for row in listed]) for name in names]


def require(table: Any, step: str) -> Any:
    """A table that an earlier step must have made.

    Raises
    ------
    PipelineError : it was not.
    """
    if table is None:
        raise PipelineError(f"the step '{step}' has not run yet", mend="Run 'motif run' first.")
    return table
