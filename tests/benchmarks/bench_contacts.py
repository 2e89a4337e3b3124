"""Contact data, ids, dates and ages: recall and precision per kind, presidio beside it.

    python tests/benchmarks/bench_contacts.py DATA_DIR [--presidio PYTHON]

DATA_DIR holds `identifiers/presidio-synthetic.jsonl`, and if it likes `transcripts/*.md`. PYTHON is
an interpreter that has presidio-analyzer; it is set up as its documentation does without a
downloaded model (patterns and checksums; a blank English pipeline), in a process of its own.

Recall: mentions of which every word is found, as sure (auto), and as sure or to look at (both).
Right kind: the share of them that are found as the kind they are. Precision: share of the finds of
these recognisers that touch a mention. Our own sets (`tests/anonymise/*_forms*.txt`) are measured
too, with presidio on the same sentences.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.anonymise import Context
from pipeline.anonymise.find import find, recogniser
from pipeline.anonymise.quasi import find_quasi
from pipeline.records import Span

WORD = re.compile(r"\w+")
FORMS = Path(__file__).resolve().parents[1] / "anonymise"
OURS = ("emails", "phones", "addresses", "ids", "dates", "weekdays", "ages", "spoken", "spelled")
KIND = {
    "EMAIL_ADDRESS": "contact",
    "DOMAIN_NAME": "contact",
    "PHONE_NUMBER": "contact",
    "STREET_ADDRESS": "contact",
    "ZIP_CODE": "contact",
    "IP_ADDRESS": "id",
    "IBAN_CODE": "id",
    "CREDIT_CARD": "id",
    "US_SSN": "id",
    "US_DRIVER_LICENSE": "id",
    "DATE_TIME": "date",
    "AGE": "date",
    **dict.fromkeys(("email", "url", "handle", "phone", "address", "postcode"), "contact"),
    **dict.fromkeys(("iban", "card", "bsn", "cpr", "ssn", "nino", "plate", "case"), "id"),
    **dict.fromkeys(("date", "age"), "date"),
    "contact": "contact",
    "id": "id",
}
WEEKDAY = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.I)

PRESIDIO = """
import json, sys, time
import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider
import presidio_analyzer.nlp_engine as engines

texts = json.load(open(sys.argv[1], encoding="utf-8"))
folder = sys.argv[2]
spacy.blank("en").to_disk(folder)
settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": folder}]}
analyzer = AnalyzerEngine(
    nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine(),
    supported_languages=["en"],
)
analyzer.analyze("warm up 12", "en")
start = time.process_time()
found = [[(r.start, r.end) for r in analyzer.analyze(text, "en")] for text in texts]
print(json.dumps({"found": found, "seconds": time.process_time() - start}))
"""


class Mention(NamedTuple):
    """What must be found in a text."""

    start: int
    end: int
    kind: str


class Row(NamedTuple):
    """A text with its mentions."""

    language: str
    text: str
    mentions: tuple[Mention, ...]


def covered(text: str, ranges: Iterable[tuple[int, int]], mention: Mention) -> bool:
    """Whether every word of a mention lies in a range."""
    mask = bytearray(len(text))
    for start, end in ranges:
        mask[start:end] = b"\1" * (end - start)
    words = WORD.finditer(text, mention.start, mention.end)
    return all(all(mask[word.start() : word.end()]) for word in words)


def synthetic(path: Path) -> list[Row]:
    """The synthetic sentences, without the kinds that are names."""
    rows = []
    for line in path.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        mentions = tuple(Mention(s["start"], s["end"], s["kind"]) for s in row["spans"])
        rows.append(Row("en", row["text"], mentions))
    return rows


def forms(paths: Iterable[Path]) -> list[Row]:
    """Our own sentences: language, kind, text with one find in square brackets."""
    rows = []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                language, kind, said = line.split("\t")
                start, end = said.index("["), said.index("]") - 1
                text = said.replace("[", "").replace("]", "")
                rows.append(Row(language, text, (Mention(start, end, kind),)))
    return rows


def by_recognisers(text: str, language: str) -> list[Span]:
    """What the recognisers of this benchmark find."""
    context = Context(language=language)
    return [span for name in OURS for span in recogniser(name)(text, context)]


def everything(text: str, language: str) -> list[Span]:
    """What all recognisers find."""
    return find(text, Context(language=language))


def table(
    name: str,
    rows: Sequence[Row],
    finder: Callable[[str, str], list[Span]],
    theirs: Sequence[Sequence[tuple[int, int]]] | None,
) -> None:
    """One line per kind, and one for all of them."""
    print(
        f"\n{name}\n{'kind':20s} {'n':>5s} {'auto':>6s} {'both':>6s} {'kind':>6s} {'presidio':>9s}"
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    n_found = n_right = 0
    for at, row in enumerate(rows):
        spans = finder(row.text, row.language)
        n_found += len(spans)
        n_right += sum(
            any(span.start < m.end and m.start < span.end for m in row.mentions) for span in spans
        )
        for mention in row.mentions:
            if mention.kind not in KIND:
                continue
            sure = [(s.start, s.end) for s in spans if s.tier == "auto"]
            right = [(s.start, s.end) for s in spans if s.kind == KIND[mention.kind]]
            keys = [mention.kind, "all"]
            if mention.kind == "DATE_TIME" and not WEEKDAY.fullmatch(
                row.text[mention.start : mention.end]
            ):
                keys.append("  but weekdays alone")
            for key in keys:
                counted = counts[key]
                counted[0] += 1
                counted[1] += covered(row.text, sure, mention)
                counted[2] += covered(row.text, [(s.start, s.end) for s in spans], mention)
                counted[3] += covered(row.text, right, mention)
                if theirs is not None:
                    counted[4] += covered(row.text, theirs[at], mention)
    for kind in sorted(counts, key=lambda k: (k == "all", k.strip().upper(), k)):
        n, auto, both, right_kind, other = counts[kind]
        beside = f"{other / n:9.3f}" if theirs is not None else ""
        print(f"{kind:20s} {n:5d} {auto / n:6.3f} {both / n:6.3f} {right_kind / n:6.3f} {beside}")
    print(f"precision: {n_right} of {n_found} finds touch a mention of some kind")


def presidio(python: str, rows: Sequence[Row]) -> tuple[list[list[tuple[int, int]]], float]:
    """What presidio finds in the same texts, and its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "texts.json"
        given.write_text(json.dumps([row.text for row in rows]), "utf-8")
        done = subprocess.run(
            [python, "-c", PRESIDIO, str(given), str(Path(folder) / "blank")],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(f"presidio did not run:\n{done.stderr[-2000:]}")
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return [[(start, end) for start, end in one] for one in answer["found"]], answer["seconds"]


def running_text(texts: Sequence[tuple[str, str]]) -> None:
    """How many finds there are in text of which nobody said what is in it, and how fast."""
    n_words = sum(len(WORD.findall(text)) for _, text in texts)
    n_chars = sum(len(text) for _, text in texts)
    print(f"\nrunning text: {n_words} words; finds per 10,000 words, characters a second")
    total = 0.0
    for name in OURS:
        function = recogniser(name)
        start = time.process_time()
        spans = [
            span for language, text in texts for span in function(text, Context(language=language))
        ]
        seconds = time.process_time() - start
        total += seconds
        sure = sum(span.tier == "auto" for span in spans)
        print(
            f"{name:12s} {1e4 * sure / n_words:7.2f} auto "
            f"{1e4 * (len(spans) - sure) / n_words:6.2f} "
            f"review {n_chars / max(seconds, 1e-9):14,.0f}"
        )
    print(f"{'together':12s} {n_chars / total:44,.0f}")
    quasi = sum(len(find_quasi(text, Context(language=language))) for language, text in texts)
    print(f"quasi-identifiers pointed at: {1e4 * quasi / n_words:.2f} per 10,000 words")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--presidio", metavar="PYTHON", default="")
    given = parser.parse_args()
    folder = given.data / "identifiers" if (given.data / "identifiers").is_dir() else given.data
    sets = [
        ("presidio-synthetic", synthetic(folder / "presidio-synthetic.jsonl")),
        ("own, written", forms([FORMS / "written_forms.txt"])),
        ("own, spoken", forms(sorted(FORMS.glob("spoken_forms_*.txt")))),
    ]
    for name, rows in sets:
        theirs, seconds = presidio(given.presidio, rows) if given.presidio else (None, 0.0)
        table(f"{name}: the recognisers of this benchmark", rows, by_recognisers, theirs)
        if seconds:
            n_chars = sum(len(row.text) for row in rows)
            print(f"presidio: {n_chars / seconds:,.0f} characters a second")
        if name != "own, written":
            table(f"{name}: all recognisers", rows, everything, theirs)
    spoken = forms(sorted(FORMS.glob("spoken_forms_*.txt")))
    for language in ("en", "nl", "da"):
        rows = [row for row in spoken if row.language == language]
        table(f"own, spoken, {language}: all recognisers", rows, everything, None)
    texts = [
        ("en", path.read_text("utf-8")) for path in sorted(given.data.glob("transcripts/*.md"))
    ]
    if texts:
        running_text(texts)


if __name__ == "__main__":
    main()
