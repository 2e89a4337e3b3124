"""What participants' words a file of the work folder holds, read back as the file now is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.sheets.read import read_rows
from pipeline.suggest.files import WORDS
from pipeline.suggest.reasons import spoken

_COLUMNS = ("text", "before", "after", "speaker", "comment", "because")


def spoken_in(path: Path) -> Iterator[str]:
    """Every text of a file that carries participants' words; none of a file that holds none."""
    if path.suffix == ".parquet":
        import pandas as pd

        frame = pd.read_parquet(path)
        for name in set(_COLUMNS) & set(frame.columns):
            yield from (spoken(str(value)) for value in frame[name])
    elif path.suffix == ".sqlite":
        import sqlite3

        with closing(sqlite3.connect(path)) as db:
            yield from (str(row[0]) for row in db.execute("SELECT comment FROM decisions"))
    elif path.name == WORDS:
        yield from json.loads(path.read_text("utf-8"))["words"]
    elif path.suffix in (".xlsx", ".ods", ".csv"):
        try:
            rows = read_rows(path.read_bytes(), path.name, ("text",))
        except PipelineError:
            return
        for row in rows:
            yield from (spoken(row.values.get(name, "")) for name in _COLUMNS)
