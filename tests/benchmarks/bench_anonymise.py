"""How well the anonymiser finds what it must, on public data that is not ours.

    python tests/benchmarks/bench_anonymise.py DATA_DIR

DATA_DIR holds `identifiers/*.jsonl`: one object per line with id, lang, split, text, spans
[{start, end, kind}]. Whole mentions: every word of it covered. Precision: share of covered words
that are identifying ones, over persons, places and organisations. Review: distinct strings for a
person to look at, per document, per 1,000 words. Test splits are left for acceptance.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.anonymise import Context, Known
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.replace import redact_texts
from pipeline.records import KINDS, Span

WORD = re.compile(r"\w+")
NAMES = ("PERSON", "LOC", "ORG")
OURS = ("person", "place", "organisation", "name")
Row = dict[str, Any]


@dataclass
class Score:
    """Counts over a set of texts."""

    mentions: Counter[str] = field(default_factory=Counter)
    auto: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    words: int = 0
    review: int = 0
    chars: int = 0
    seconds: float = 0.0

    def line(self, name: str) -> str:
        """One row of the table."""
        n = max(1, sum(self.mentions.values()))
        kinds = "  ".join(
            f"{kind[:4]} {self.auto[kind] / self.mentions[kind]:.2f}" for kind in self.mentions
        )
        return (
            f"{name:28s} {n:6d} {sum(self.auto.values()) / n:7.3f} {self._precision('auto'):7.3f} "
            f"{sum(self.both.values()) / n:7.3f} {self._precision('both'):7.3f} "
            f"{1000 * self.review / max(1, self.words):7.1f} {self.chars / self.seconds:9.0f}  "
            f"{kinds}"
        )

    def _precision(self, tier: str) -> float:
        return self.right[tier] / max(1, self.covered[tier])


HEAD = (
    f"{'set':28s} {'n':>6s} {'R auto':>7s} {'P auto':>7s} {'R both':>7s} {'P both':>7s} "
    f"{'rev/1k':>7s} {'chars/s':>9s}  recall of auto by kind"
)


def load(path: Path, split: str = "") -> list[Row]:
    """The rows of a file, of one split if asked."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if not split or row["split"] == split]


def lower(rows: Iterable[Row]) -> list[Row]:
    """The same texts in lower case, where that keeps every offset."""
    return [
        {**row, "text": row["text"].lower()}
        for row in rows
        if len(row["text"].lower()) == len(row["text"])
    ]


def masks(text: str, spans: Sequence[Span], kinds: Sequence[str]) -> tuple[bytearray, bytearray]:
    """Per character: covered by the sure tier, covered by any."""
    auto, both = bytearray(len(text)), bytearray(len(text))
    for span in spans:
        # A street is contact to us and a place to the data.
        if span.kind in kinds or (span.kind == "contact" and "addresses" in span.recogniser):
            both[span.start : span.end] = b"\1" * (span.end - span.start)
            if span.tier == "auto":
                auto[span.start : span.end] = b"\1" * (span.end - span.start)
    return auto, both


def covered(text: str, mask: bytearray, start: int, end: int) -> bool:
    """Whether every word of a mention is."""
    return all(all(mask[m.start() : m.end()]) for m in WORD.finditer(text, start, end))


def measure(
    rows: Sequence[Row],
    *,
    gold: Sequence[str] = NAMES,
    kinds: Sequence[str] = OURS,
    roster: bool = False,
    whole: bool = False,
) -> Score:
    """Find, propagate (over each document, or over all of them as one study), count."""
    score = Score()
    contexts = {row["id"]: Context(language=row["lang"], known=_known(row, roster)) for row in rows}
    texts = {row["id"]: row["text"] for row in rows}
    for context in dict.fromkeys(contexts.values()):
        find("Anna", context)  # lexica are loaded once per process
        break
    start = time.perf_counter()
    spans = {key: find(text, contexts[key]) for key, text in texts.items()}
    if whole:
        spans = propagate(texts, spans, next(iter(contexts.values())))
    else:
        for key, text in texts.items():
            spans[key] = propagate({key: text}, {key: spans[key]}, contexts[key])[key]
    score.seconds = time.perf_counter() - start
    seen: set[tuple[str, str]] = set()
    for row in rows:
        _count(score, row, spans[row["id"]], gold, kinds)
        seen |= {
            ("" if whole else row["id"], row["text"][span.start : span.end].lower())
            for span in spans[row["id"]]
            if span.tier == "review" and span.kind in kinds
        }
    score.review = len(seen)
    return score


def _known(row: Row, roster: bool) -> Known:
    """The persons of a document as a participants list would give them: names in capitals."""
    if not roster:
        return Known()
    names = {
        row["text"][s["start"] : s["end"]].title() for s in row["spans"] if s["kind"] == "PERSON"
    }
    return Known(persons=tuple((name,) for name in sorted(names) if " " in name))


def _count(
    score: Score, row: Row, spans: Sequence[Span], gold: Sequence[str], kinds: Sequence[str]
) -> None:
    text = row["text"]
    auto, both = masks(text, spans, kinds)
    right = bytearray(len(text))
    for mention in row["spans"]:
        if mention["kind"] not in gold:
            continue
        start, end = mention["start"], mention["end"]
        right[start:end] = b"\1" * (end - start)
        score.mentions[mention["kind"]] += 1
        score.auto[mention["kind"]] += covered(text, auto, start, end)
        score.both[mention["kind"]] += covered(text, both, start, end)
    for match in WORD.finditer(text):
        score.words += 1
        hit = any(right[match.start() : match.end()])
        for tier, mask in (("auto", auto), ("both", both)):
            if any(mask[match.start() : match.end()]):
                score.covered[tier] += 1
                score.right[tier] += hit
    score.chars += len(text)


def by_kind(rows: Sequence[Row]) -> list[str]:
    """Recall per kind of the synthetic set, all our kinds counted."""
    every = (*OURS, "date", "contact", "id")
    hits: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        spans = find(row["text"], Context(language=row["lang"]))
        auto, both = masks(row["text"], spans, every)
        for mention in row["spans"]:
            counted = hits[mention["kind"]]
            counted[0] += 1
            counted[1] += covered(row["text"], auto, mention["start"], mention["end"])
            counted[2] += covered(row["text"], both, mention["start"], mention["end"])
    return [
        f"{kind:28s} {n:6d} {auto / n:7.3f} {'':7s} {both / n:7.3f}"
        for kind, (n, auto, both) in sorted(hits.items())
    ]


def throughput(rows: Sequence[Row]) -> str:
    """Detection, pseudonyms and replacement of a whole study on one core."""
    texts = {row["id"]: row["text"] for row in rows}
    start = time.perf_counter()
    redact_texts(texts, Context(language="en"), policy="strict", style="bracket", kinds=KINDS)
    n_chars = sum(map(len, texts.values()))
    return (
        f"{n_chars / (time.perf_counter() - start):,.0f} characters a second, replacement included"
    )


def main(folder: Path) -> None:
    """Print the tables."""
    start = time.perf_counter()
    find("Anna sprak met Jan in Utrecht.", Context(language="nl"))
    find("Anna spoke to John in Boston.", Context(language="en"))
    print(f"ready in {time.perf_counter() - start:.2f} s (two languages)\n\n{HEAD}")
    gum = load(folder / "gum-ccby.jsonl")
    for genre in ("interview", "court", "bio", "voyage", "news", "academic"):
        print(
            measure([row for row in gum if row["id"].split("_")[1] == genre]).line(f"gum {genre}")
        )
    spoken = [row for row in gum if row["id"].split("_")[1] in ("interview", "court")]
    print(measure(spoken).line("gum spoken"))
    print(measure(gum).line("gum all"))
    print(
        measure(lower(spoken), gold=("PERSON",), kinds=("person", "name")).line(
            "gum spoken lower, persons"
        )
    )
    print(
        measure(lower(spoken), gold=("PERSON",), kinds=("person", "name"), roster=True).line(
            "  with a roster of full names"
        )
    )
    print(measure(lower(gum)).line("gum all lower"))
    english = load(folder / "uner-en_ewt-dev.jsonl")
    print(measure(english, whole=True).line("ewt dev"))
    print(measure(lower(english), whole=True).line("ewt dev lower"))
    danish = load(folder / "uner-da_ddt-dev.jsonl")
    print(measure(danish, whole=True).line("ddt dev"))
    persons = measure(danish, gold=("PERSON",), kinds=("person",), whole=True)
    print(persons.line("ddt dev, persons only"))
    print(measure(lower(danish), whole=True).line("ddt dev lower"))
    print("\npresidio-synthetic, by kind")
    print("\n".join(by_kind(load(folder / "presidio-synthetic.jsonl"))))
    print(f"\n{throughput(gum)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: bench_anonymise.py DATA_DIR")
    given = Path(sys.argv[1])
    main(given / "identifiers" if (given / "identifiers").is_dir() else given)
