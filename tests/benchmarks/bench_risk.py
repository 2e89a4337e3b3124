"""What the risk page says of the example corpora, what it overlooks, and how long it takes.

    python tests/benchmarks/bench_risk.py

Linkage: expected number of transcripts whose person is found first, before and after anonymising,
beside guessing. Misses: three in ten of the distinct finds are treated as if nothing had found
them, in the texts as they are and in small letters; how many of these places the finders of likely
misses point at, and how often they point elsewhere. Time: 28 interviews of 8,000 words, made of the
examples' turns in random order.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from pipeline import cli
from pipeline.anonymise.book import folded
from pipeline.risk.misses import find_misses, masked
from pipeline.steps import risk
from pipeline.steps.anonymise import current_transcripts
from pipeline.steps.init import examples, init_study
from pipeline.steps.study import Study, open_study

GIVEN = "Anna Ben Carla Dirk Eva Frank Greta Hans Ida Jan Karin Lars Maria Nils".split()
FAMILY = "Aalders Dekker Faber Hoekstra Jonker Lammers Nolten Postma Smeets Veenstra".split()
ROLES, CITIES = ("teacher", "counsellor", "client manager"), ("Delft", "Leiden", "Gouda")
N, WORDS = 28, 8000


def main() -> None:
    """Print three tables."""
    with tempfile.TemporaryDirectory() as folder:
        studies = {name: made(Path(folder) / name, name) for name in examples()}
        linkage(studies)
        misses(studies)
        speed(Path(folder) / "big", studies)


def made(folder: Path, example: str) -> Study:
    """An example, ingested and anonymised."""
    list(init_study(folder, example))
    anonymise(folder)
    return open_study(folder)


def anonymise(folder: Path) -> None:
    """The two steps that the page needs."""
    for step in ("ingest", "anonymise"):
        assert cli._run(["run", "-s", str(folder), "--only", step]) == 0


def linkage(studies: dict[str, Study]) -> None:
    """Found first: before, after, by guessing."""
    titles = (f"{name:>8}" for name in ("before", "after", "guess", "p"))
    print(f"\n{'found first':<18}{'who has':<12}{'of':>4}" + "".join(titles))
    for name, study in studies.items():
        seen = risk.look(study).risk
        for one in risk.document(seen)["linkage"]:
            before = one["before_first"]
            was = "-" if before is None else f"{before:.1f}"
            print(
                f"{name:<18}{one['attack']:<12}{one['n']:>4}{was:>8}{one['first']:>8.1f}"
                f"{one['guess']:>8.1f}{one['p']:>8.3f}"
            )


def misses(studies: dict[str, Study]) -> None:
    """Pointed at, of what was left out; and elsewhere, per 10,000 words."""
    kinds = ("person", "place", "organisation", "contact")
    print(f"\n{'likely misses':<26}" + "".join(f"{k:>14}" for k in kinds) + f"{'elsewhere':>12}")
    for name, study in studies.items():
        sources, rng = risk._read(study), random.Random(1)
        found = {
            (span.kind, folded(one.text[span.start : span.end]))
            for one in sources.transcripts
            for span in sources.spans[one.transcript_id]
        }
        dropped = {one for one in sorted(found) if rng.random() < 0.3}
        gone = {word for _, string in dropped for word in string.split()}
        words = replace(sources.words, names=sources.words.names - gone)
        for small in (False, True):
            hits, all_, elsewhere, n_words = Counter[str](), Counter[str](), 0, 0
            for one in sources.transcripts:
                text = one.text.lower() if small else one.text
                if len(text) != len(one.text):
                    continue
                spans = sources.spans[one.transcript_id]
                out = [s for s in spans if (s.kind, folded(one.text[s.start : s.end])) in dropped]
                over = [s for s in spans if s not in out]
                ranges = [(s.start, s.end) for s in over] + [
                    (r.start, r.end)
                    for r in sources.replacements[one.transcript_id]
                    if not any(r.start < s.end and s.start < r.end for s in out)
                ]
                noted = find_misses(masked(text, ranges), words)
                n_words += len(text.split())
                for s in out:
                    all_[s.kind] += 1
                    hits[s.kind] += any(m.start < s.end and s.start < m.end for m in noted)
                elsewhere += sum(not any(m.start < s.end and s.start < m.end for s in out)
                                 for m in noted)  # fmt: skip
            print(
                f"{name + (', small letters' if small else ''):<32}"
                + "".join(f"{f'{hits[k]}/{all_[k]}':>14}" for k in kinds)[6:]
                + f"{1e4 * elsewhere / n_words:>12.1f}"
            )


def speed(folder: Path, studies: dict[str, Study]) -> None:
    """Seconds for a study of the size of a real one."""
    rng = random.Random(3)
    turns = [
        turn.text
        for study in studies.values()
        for one in current_transcripts(study)
        for turn in one.turns
        if len(turn.text) > 40
    ]
    os.environ["MOTIF_VAULT_KEY"] = "only invented texts"
    assert cli._run(["init", str(folder)]) == 0
    rows = ["file,participant,role,city,wave,years"]
    for number in range(N):
        lines, n_words = [], 0
        while n_words < WORDS:
            asked, said = rng.choice(turns), rng.choice(turns)
            lines += [f"I: {asked}", f"R: {said}", ""]
            n_words += len(asked.split()) + len(said.split())
        (folder / "transcripts" / f"{number}.txt").write_text("\n".join(lines), "utf-8")
        family = FAMILY[(number + number // len(GIVEN)) % len(FAMILY)]
        who = f"{GIVEN[number % len(GIVEN)]} {family}"
        facts = f"{rng.choice(ROLES)},{rng.choice(CITIES)},1,{rng.randint(1, 40)}"
        rows.append(f"{number}.txt,{who},{facts}")
    (folder / "participants.csv").write_text("\n".join(rows) + "\n", "utf-8")
    anonymise(folder)
    wall, spent = time.perf_counter(), time.process_time()
    risk.look(open_study(folder))
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    print(f"\n{N} interviews of {WORDS} words: {wall:.1f} s, {spent:.1f} s of one processor")


if __name__ == "__main__":
    main()
