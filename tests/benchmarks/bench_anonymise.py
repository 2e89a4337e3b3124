"""How well the anonymiser finds what it must, on public data that is not ours.

    python tests/benchmarks/bench_anonymise.py DATA_DIR [--presidio PYTHON] [--cnn] [--final]

DATA_DIR holds `identifiers/*.jsonl`: one object per line with id, lang, split, text, spans
[{start, end, kind}]. Whole mentions: every word of it covered. Precision: share of covered words
that are identifying ones, over persons, places and organisations. Review: distinct strings for a
person to look at, per document, per 1,000 words. "P same": a word also counts as identifying where
the data marks the same capitalised word elsewhere in that document, because it marks heads only
("Biologist [Nick Bos]" is unmarked in one line, "[Bos]" marked in the next). Interviews and court
hearings are never trained on; test splits are read with --final only, once nothing is tuned any
more. presidio-synthetic is learnt from by the names tagger: its persons, places and organisations
say nothing of new text. --presidio PYTHON runs presidio-analyzer of that environment on the same
texts; --cnn trains spaCy's CNN from scratch on the documents that ours learns from (minutes).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
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
LEARNT = ("academic", "bio", "news", "voyage")  # genres that our tagger learns from
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
    same: Counter[str] = field(default_factory=Counter)
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
            f"{self.same['auto'] / max(1, self.covered['auto']):7.3f} "
            f"{sum(self.both.values()) / n:7.3f} {self._precision('both'):7.3f} "
            f"{1000 * self.review / max(1, self.words):7.1f} {self.chars / self.seconds:9.0f}  "
            f"{kinds}"
        )

    def _precision(self, tier: str) -> float:
        return self.right[tier] / max(1, self.covered[tier])


HEAD = (
    f"{'set':28s} {'n':>6s} {'R auto':>7s} {'P auto':>7s} {'P same':>7s} {'R both':>7s} "
    f"{'P both':>7s} {'rev/1k':>7s} {'chars/s':>9s}  recall of auto by kind"
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
    roster: str = "",
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


def _known(row: Row, roster: str) -> Known:
    """The persons of a document as a participants list would give them: names in capitals.

    "full": those whose name is given in full; "all": each as they are called.
    """
    if not roster:
        return Known()
    names = {
        row["text"][s["start"] : s["end"]].title() for s in row["spans"] if s["kind"] == "PERSON"
    }
    kept = (name for name in sorted(names) if roster == "all" or " " in name)
    return Known(persons=tuple((name,) for name in kept))


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
    marked = {m[0] for s in row["spans"] for m in WORD.finditer(text, s["start"], s["end"])}
    for match in WORD.finditer(text):
        score.words += 1
        hit = any(right[match.start() : match.end()])
        alike = hit or (match[0] in marked and not match[0].islower())
        for tier, mask in (("auto", auto), ("both", both)):
            if any(mask[match.start() : match.end()]):
                score.covered[tier] += 1
                score.right[tier] += hit
                score.same[tier] += alike
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


def presidio(python: Path, rows: Sequence[Row]) -> Score:
    """The same texts through presidio-analyzer with spaCy's blank English pipeline, offline."""
    given = json.dumps([{"id": row["id"], "text": row["text"]} for row in rows])
    done = subprocess.run(
        [str(python), "-c", PRESIDIO], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"presidio did not run:\n{done.stderr[-2000:]}")
    answer = json.loads(done.stdout)
    score = Score(seconds=answer["seconds"])
    for row in rows:
        _count(score, row, [_peer_span(one) for one in answer["spans"][row["id"]]], NAMES, OURS)
    return score


def _peer_span(found: tuple[int, int, str]) -> Span:
    start, end, label = found
    kind = {"PERSON": "person", "ORG": "organisation", "ORGANIZATION": "organisation"}.get(label)
    names = kind or ("place" if label in ("LOC", "LOCATION", "GPE", "FAC", "NRP") else "id")
    return Span(start=start, end=end, kind=names, tier="auto", recogniser="peer")  # type: ignore[arg-type]


PRESIDIO = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}

engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
rows = json.load(sys.stdin)
kinds = set(engine.get_supported_entities("en")) - {"EMAIL_ADDRESS"}  # that one fetches a list
kinds = sorted(kinds)
engine.analyze("Anna", "en", entities=kinds)
start = time.perf_counter()
spans = {
    row["id"]: [
        (r.start, r.end, r.entity_type) for r in engine.analyze(row["text"], "en", entities=kinds)
    ]
    for row in rows
}
print(json.dumps({"seconds": time.perf_counter() - start, "spans": spans}))
"""


def cnn(learnt: Sequence[Row], rows: Sequence[Row]) -> Score:
    """spaCy's CNN tagger, trained from scratch on the same rows as ours."""
    import random

    import spacy
    from spacy.training import Example

    spacy.util.fix_random_seed(7)
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    examples = []
    for row in learnt:
        at = 0
        for line in row["text"].split("\n"):
            doc = nlp.make_doc(line)
            spans = [
                doc.char_span(s["start"] - at, s["end"] - at, s["kind"], alignment_mode="expand")
                for s in row["spans"]
                if at <= s["start"] and s["end"] <= at + len(line)
            ]
            ents = spacy.util.filter_spans([one for one in spans if one])
            found = {"entities": [(e.start_char, e.end_char, e.label_) for e in ents]}
            examples.append(Example.from_dict(doc, found))
            at += len(line) + 1
    nlp.initialize(lambda: examples)
    rng = random.Random(7)
    for _ in range(12):
        rng.shuffle(examples)
        for batch in spacy.util.minibatch(examples, 64):
            nlp.update(batch, drop=0.2)
    score = Score()
    start = time.perf_counter()
    found = {row["id"]: nlp(row["text"]).ents for row in rows}
    score.seconds = time.perf_counter() - start
    for row in rows:
        spans = [_peer_span((e.start_char, e.end_char, e.label_)) for e in found[row["id"]]]
        _count(score, row, spans, NAMES, OURS)
    return score


def genre(row: Row) -> str:
    """The genre of a document of GUM."""
    return str(row["id"]).split("_")[1]


def main(folder: Path, python: Path | None, *, peer: bool, final: bool) -> None:
    """Print the tables."""
    start = time.perf_counter()
    find("Anna sprak met Jan in Utrecht.", Context(language="nl"))
    find("Anna spoke to John in Boston.", Context(language="en"))
    print(f"ready in {time.perf_counter() - start:.2f} s (two languages)\n\n{HEAD}")
    gum = [r for r in load(folder / "gum-ccby.jsonl") if (r["split"] == "test") == final]
    for name in ("interview", "court", *(() if not final else LEARNT)):
        print(measure([row for row in gum if genre(row) == name]).line(f"gum {name}"))
    spoken = [row for row in gum if genre(row) in ("interview", "court")]
    print(measure(spoken).line("gum spoken"))
    persons: dict[str, Any] = {"gold": ("PERSON",), "kinds": ("person", "name")}
    small = lower(spoken)
    print(measure(small, **persons).line("gum spoken lower, persons"))
    print(measure(small, **persons, roster="full").line("  with a roster of full names"))
    print(measure(small, **persons, roster="all").line("  with every form as a roster"))
    split = "test" if final else "dev"
    english = load(folder / f"uner-en_ewt-{split}.jsonl")
    danish = load(folder / f"uner-da_ddt-{split}.jsonl")
    for name, rows in (("ewt", english), ("ddt", danish)):
        print(measure(rows, whole=True).line(f"{name} {split}"))
        print(measure(lower(rows), **persons, whole=True).line(f"{name} {split} lower, persons"))
    if python is not None:
        print("\npresidio-analyzer, blank English pipeline\n" + HEAD)
        print(presidio(python, spoken).line("gum spoken"))
        print(presidio(python, small).line("gum spoken lower"))
        print(presidio(python, english).line(f"ewt {split}"))
    if peer:
        learnt = [
            r
            for r in load(folder / "gum-ccby.jsonl")
            if genre(r) in LEARNT and r["split"] != "test"
        ]
        print("\nspaCy CNN from scratch\n" + HEAD)
        print(cnn(learnt, spoken).line("gum spoken"))
    print("\npresidio-synthetic, by kind; names in it were learnt from")
    print("\n".join(by_kind(load(folder / "presidio-synthetic.jsonl"))))
    print(f"\n{throughput(gum)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--presidio", type=Path, help="a Python that has presidio-analyzer")
    parser.add_argument("--cnn", action="store_true")
    parser.add_argument("--final", action="store_true", help="the test splits, once")
    given = parser.parse_args()
    data = given.data / "identifiers" if (given.data / "identifiers").is_dir() else given.data
    main(data, given.presidio, peer=given.cnn, final=given.final)
