"""What several rooms' tests need."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, whatever else the machine does, so that a red gate means a change;
# `pytest --hypothesis-profile=explore` draws new ones.
settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("gate")

# csv of the sheet with that number: comma, quotation mark, UTF-8, as shown, all texts as they are.
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{sheet}"


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """An xlsx opened in LibreOffice and saved as another format: `convert(data, "ods")`."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None and not os.environ.get("CI"):
        pytest.skip("LibreOffice (soffice) is not installed")
    assert office is not None, "LibreOffice (soffice) is not installed, and CI must not skip"
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def run(data: bytes, kind: str, sheet: int = 1) -> bytes:
        folder = tmp_path_factory.mktemp("office")
        source = folder / "in.xlsx"
        source.write_bytes(data)
        target = _CSV.format(sheet=sheet) if kind == "csv" else kind
        subprocess.run(
            [office, "--headless", f"-env:UserInstallation={profile}", "--convert-to", target]
            + ["--outdir", str(folder / "out"), str(source)],
            check=True,
            capture_output=True,
            timeout=120,
        )
        (made,) = Path(folder / "out").iterdir()
        return made.read_bytes()

    return run
