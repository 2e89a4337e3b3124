"""Let tests import `tests.corpus...`, whether pytest was started as a command or as a module."""

import sys
from pathlib import Path

# At the end: a `pipeline` that is installed goes before this checkout's.
sys.path.append(str(Path(__file__).resolve().parents[2]))
