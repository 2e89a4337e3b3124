"""Where an installation keeps what belongs to no study, and where the shipped examples lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipeline.errors import PipelineError


def cache_folder() -> Path:
    """The user's cache, for models made ready once per installation; it never holds text."""
    if os.environ.get("MOTIF_CACHE"):
        return Path(os.environ["MOTIF_CACHE"])
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "motif" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "motif"
    return Path(os.environ.get("XDG_CACHE_HOME", home / ".cache")) / "motif"


def shipped(name: str) -> Path:
    """A folder that ships with Motif: configs, corpus or models; in a checkout or in a wheel.

    Raises
    ------
    PipelineError : this installation lacks it.
    """
    package = Path(__file__).resolve().parents[1]
    for place in (package / "shipped" / name, package.parent / name):
        if place.is_dir():
            return place
    raise PipelineError(f"this installation lacks its folder '{name}'", mend="Install Motif again.")
