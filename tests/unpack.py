"""Every text of a file, unpacked: names cannot be seen in the bytes of an xlsx or a Parquet."""

import html
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_NUMBERS = (".npz", ".safetensors")


def texts_in(path: Path) -> Iterator[str]:
    """Every text that a file holds: zip, Parquet and SQLite unpacked, XML and HTML unescaped."""
    if path.suffix in _NUMBERS:  # their bytes, read as letters, would spell any short name
        return
    if path.name == "vocabulary.json":  # the pieces of words in it are the codebook's
        yield from json.loads(path.read_text("utf-8"))["words"]
    elif path.suffix == ".parquet":
        yield from _parquet(path)
    elif path.suffix == ".sqlite":
        yield from _sqlite(path)
    else:
        yield from _bytes(path.read_bytes())


def _bytes(data: bytes) -> Iterator[str]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from _bytes(archive.read(name))
        return
    text = data.decode("utf-8", errors="replace")
    yield from html.unescape(text).splitlines()
    yield from text.splitlines()


def _parquet(path: Path) -> Iterator[str]:
    import pandas as pd

    frame = pd.read_parquet(path)
    for name in frame.columns:
        yield from (value for value in frame[name] if isinstance(value, str))


def _sqlite(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        for table in tables:
            for row in db.execute(f'SELECT * FROM "{table}"'):
                yield from (value for value in row if isinstance(value, str))
