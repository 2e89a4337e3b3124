"""Time and peak memory of every step of `motif run` on the example, each in a process of its own.

python tests/benchmarks/bench_steps.py [N]      N copies of each interview, reworded, default 1
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS = ("ingest", "anonymise", "segment", "embed", "train", "suggest", "review")
PYTHON = [sys.executable, "-c"]
# Peak memory of the child, as the child itself sees it: kilobytes on Linux, bytes on macOS.
RUN = """
import resource, sys, time
began = time.perf_counter()
from pipeline import cli
code = cli._run(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
peak = peak / 1024 if sys.platform != "darwin" else peak / 1024**2
print(f"@@ {time.perf_counter() - began:.2f} {peak:.0f} {code}")
"""


def motif(*words: str) -> tuple[float, float]:
    """Seconds and megabytes of one command."""
    done = subprocess.run(
        [*PYTHON, RUN, *words], capture_output=True, text=True, cwd=ROOT, check=True
    )
    seconds, peak, code = re.search(r"@@ (\S+) (\S+) (\d+)", done.stdout).groups()
    assert code == "0", done.stderr
    return float(seconds), float(peak)


def multiply(folder: Path, n_copies: int) -> None:
    """More transcripts of the same length: every txt and vtt again, its words shuffled a little."""
    files = [f for f in (folder / "transcripts").iterdir() if f.suffix in (".vtt", ".srt")]
    for file in files:
        text = file.read_text("utf-8")
        for number in range(1, n_copies):
            other = text.replace(" the ", f" the {number}th ")
            file.with_stem(f"{file.stem} {number}").write_text(other, "utf-8")


def main(n_copies: int) -> None:
    """Print a row per step, then an idle run and a run after one new transcript."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study"
        motif("init", str(study), "--example", "integration-nl")
        if n_copies > 1:
            table = study / "transcripts" / "participants.csv"
            lines = table.read_text("utf-8").splitlines()
            table.write_text("\n".join(lines), "utf-8")
            multiply(study, n_copies)
        n_files = sum(f.is_file() for f in (study / "transcripts").iterdir()) - 2
        print(f"{n_files} transcripts\n{'step':<22}{'seconds':>9}{'peak MB':>9}")
        total = 0.0
        for step in STEPS:
            if step == "train":  # nothing is decided yet: suggest makes round 0
                continue
            seconds, peak = motif("run", "-s", str(study), "--only", step)
            total += seconds
            print(f"{step:<22}{seconds:>9.2f}{peak:>9.0f}")
        print(f"{'all':<22}{total:>9.2f}")
        motif("run", "-s", str(study))
        began = time.perf_counter()
        seconds, peak = motif("run", "-s", str(study))
        print(f"{'nothing due':<22}{seconds:>9.2f}{peak:>9.0f}"
              f"   ({time.perf_counter() - began:.2f} with the start of Python)")  # fmt: skip
        new = next((study / "transcripts").glob("*.txt"))
        new.with_stem("another").write_text("I: And then?\nR: I went home.\n" * 30, "utf-8")
        seconds, peak = motif("run", "-s", str(study))
        print(f"{'one new transcript':<22}{seconds:>9.2f}{peak:>9.0f}")
        for command in (["status", "-s", str(study)], ["--help"]):
            seconds, peak = motif(*command)
            print(f"{command[0]:<22}{seconds:>9.2f}{peak:>9.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
