"""Zip archives and the XML in them, read so that a hostile file cannot fill memory or fetch.

One door for docx and odt: only the parts that are asked for are unpacked (never pictures or
embedded objects), their declared sizes are held to a limit before, and the parser knows no
entities, no network and no huge trees. python-docx gets what came through it, for it would load
every member of an archive that the document refers to.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from pipeline.errors import PipelineError

# A transcript of three hours has 3 MB of XML; a tree of 40 MB takes up to 1 GB, and a minute.
MAX_UNPACKED = 40_000_000
# Text packs 5 to 20 times; XML of one repeated letter 1,000 times.
MAX_RATIO = 300
_RATIO_FROM = 10_000_000
_DAMAGED = "the file is damaged or was cut off: its archive cannot be unpacked"
_MEND = "Open it in the program that made it and save it again, or copy it again."

Element = Any  # an lxml element; lxml has no types of its own


class Archive:
    """An opened zip archive."""

    def __init__(self, data: bytes) -> None:
        """Open it.

        Raises
        ------
        PipelineError : it is no whole zip archive.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = frozenset(self._zip.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError):
            raise PipelineError(_DAMAGED, mend=_MEND) from None
        self._unpacked = 0

    def has(self, name: str) -> bool:
        """Whether there is a member of that name."""
        return name in self.names

    def read(self, name: str) -> bytes:
        """A member, unpacked.

        Raises
        ------
        PipelineError : locked, damaged, or so large that it is no transcript.
        """
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise locked()
        self._unpacked += info.file_size
        ratio = info.file_size / max(info.compress_size, 1)
        if self._unpacked > MAX_UNPACKED or (info.file_size > _RATIO_FROM and ratio > MAX_RATIO):
            raise PipelineError(
                f"unpacked, the file has {self._unpacked // 1_000_000} MB of text, "
                "which no transcript has; it was not read",
                mend="Copy the words of the interview into a new document.",
            )
        try:
            return self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            raise PipelineError(_DAMAGED, mend=_MEND) from None

    def xml(self, name: str) -> Element:
        """The root element of a member that is XML."""
        return parse_xml(self.read(name))


def locked() -> PipelineError:
    """The file has a password."""
    return PipelineError(
        "the document is protected by a password",
        mend="Open it, remove the password, and save a copy for Motif.",
    )


def parse_xml(data: bytes) -> Element:
    """The root element of an XML document.

    Raises
    ------
    PipelineError : it is no XML, it declares a document type (no office program does, and entities
        need one), or it is nested more deeply than any document.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise PipelineError(
            "the document inside the file is damaged, or is nested too deeply to be a transcript",
            mend=_MEND,
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise PipelineError(
            "the document declares a document type, as no office program does; it was not read",
            mend="Copy the words of the interview into a new document.",
        )
    return root


def local(element: Element) -> str:
    """An element's name without its namespace (the strict variant of docx has others)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None
