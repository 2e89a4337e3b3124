"""Train the names tagger that ships in `models/names`. Run at will, by hand, in under a minute:

    python -m pipeline.anonymise.train_tagger DATA_DIR -o models/names

DATA_DIR holds `gum-ccby.jsonl` (or a folder `identifiers` with it): one object per line with id,
split, text, spans [{start, end, kind}]. Only the written genres under CC BY are learnt from;
interviews and court hearings stay unseen, to measure on. Beside it `presidio-synthetic.jsonl`, of
the same form, and in a folder `coded` the files of TALK, with a column text, are learnt from too
where they are there. Run by hand only: nothing else imports
this module, and of this room only `distil_places` touches the disk as well.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.anonymise import RECOGNISERS, Context, lexicon
from pipeline.anonymise.find import recogniser
from pipeline.anonymise.pieces import Space
from pipeline.anonymise.places import gazetteer
from pipeline.anonymise.tagger import CASES, FEATURES, TAGS, WEIGHTS, Case, space_of
from pipeline.anonymise.tagger_features import around, candidates, features_of, seen_in, window
from pipeline.anonymise.tokens import read
from pipeline.anonymise.train_network import SEED, Example, fit_net, fit_space

GENRES = ("academic", "bio", "news", "voyage")
SPLITS = ("train", "dev")
# Speech without names: what no recogniser of ours finds anything in, whichever it be.
TALK = ("casino.csv", "cered.csv", "pdpilot.csv")
TURNS = 800  # from the top of each
KINDS = {"PERSON": "PERSON", "GPE": "LOC", "ORGANIZATION": "ORG"}  # of the synthetic sentences
TOGETHER = 25  # sentences or turns that make a text
SURNAMES = 0.3  # share of first names that become surnames, as people are called in news
Row = Mapping[str, Any]


def rows_of(folder: Path) -> list[Row]:
    """What is learnt from, in the order of the file."""
    rows = _lines(_inner(folder) / "gum-ccby.jsonl")
    return [r for r in rows if r["id"].split("_")[1] in GENRES and r["split"] in SPLITS]


def _inner(folder: Path) -> Path:
    inner = folder / "identifiers"
    return inner if inner.is_dir() else folder


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def synthetic(folder: Path) -> list[Row]:
    """Made-up sentences, so many to a text; empty without the file."""
    path = _inner(folder) / "presidio-synthetic.jsonl"
    rows = _lines(path) if path.is_file() else []
    made: list[Row] = []
    for first in range(0, len(rows), TOGETHER):
        text, spans = "", []
        for row in rows[first : first + TOGETHER]:
            spans += [
                {"start": s["start"] + len(text), "end": s["end"] + len(text), "kind": kind}
                for s in row["spans"]
                if (kind := KINDS.get(s["kind"]))
            ]
            text += row["text"] + "\n"
        made.append({"text": text, "spans": spans})
    return made


def talk(folder: Path) -> list[Row]:
    """What people say where no name is near. What any recogniser finds is left out as unsure."""
    context = Context(language="en")
    made: list[Row] = []
    for path in (folder / "coded" / name for name in TALK):
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", newline="") as file:
            turns = [row["text"] for row in islice(csv.DictReader(file), TURNS)]
        for first in range(0, len(turns), TOGETHER):
            text = "\n".join(turns[first : first + TOGETHER])
            found = (span for name in RECOGNISERS for span in recogniser(name)(text, context))
            unsure = [(span.start, span.end) for span in found]
            made.append({"text": text, "spans": [], "unsure": unsure})
    return made


def typed(rows: Sequence[Row]) -> dict[str, int]:
    """Words of which it is known what they are: index in TYPES.

    Ordinary ones are those that the texts have in small letters outside names, and Faker's filler
    text. A word that is in two lists is in none.
    """
    words = {word for language in ("en", "nl", "da") for word in lexicon.lorem(language)}
    for row in rows:
        names = bytearray(len(row["text"]))
        for span in row["spans"]:
            names[span["start"] : span["end"]] = b"\1" * (span["end"] - span["start"])
        words |= {
            token.lower
            for token in read(row["text"]).tokens
            if not (token.cap or names[token.start])
        }
    lists = (words, lexicon.given(), lexicon.family(), gazetteer())
    found: dict[str, int] = {}
    for kind, ours in enumerate(lists):
        for word in ours:
            if not (word.isalpha() and len(word) > 1):
                continue
            if kind == 0:
                clear = not any(word in other for other in lists[1:])
            else:
                clear = not any(word in other for other in lists[:kind])
            if clear:
                found[word] = kind
    return found


def swapped(row: Row, rng: random.Random) -> Row:
    """The text with other persons in it, the same one wherever the same word stood."""
    given, family = _pool(lexicon.given()), _pool(lexicon.family())
    chosen: dict[str, str] = {}
    text, spans, at = "", [], 0
    for span in sorted(row["spans"], key=lambda s: (s["start"], -s["end"])):
        if span["start"] < at:
            continue
        text += row["text"][at : span["start"]]
        old = row["text"][span["start"] : span["end"]]
        new = old
        if span["kind"] == "PERSON":
            words = old.split(" ")
            for n, one in enumerate(words):
                if not _is_name(one):
                    continue
                last = n > 0 and n == len(words) - 1
                pool = family if last or rng.random() < SURNAMES else given
                words[n] = chosen.setdefault(one, rng.choice(pool).capitalize())
            new = " ".join(words)
        spans.append({**span, "start": len(text), "end": len(text) + len(new)})
        text += new
        at = span["end"]
    return {**row, "text": text + row["text"][at:], "spans": spans}


def _pool(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.isascii() and name.isalpha() and len(name) > 2)


def _is_name(one: str) -> bool:
    lower = one.lower()
    listed = lower in lexicon.given() or lower in lexicon.family()
    return one.isalpha() and len(one) > 2 and (listed or not lexicon.is_word(lower, "en"))


def lowered(row: Row) -> Row:
    """The text as a speech recogniser writes it: no capitals, no marks that end sentences."""
    text = "".join(c.lower() if len(c.lower()) == 1 else c for c in row["text"])
    return {**row, "text": text}


def bare(row: Row) -> Row:
    """The text without marks and line ends, as some speech recognisers leave it."""
    text, moved = "", []
    for char in row["text"]:
        moved.append(len(text))
        text += " " if char == "\n" else char if char.isalnum() or char in " '’-" else ""
    moved.append(len(text))
    spans = [{**s, "start": moved[s["start"]], "end": moved[s["end"]]} for s in row["spans"]]
    return {**row, "text": text, "spans": spans}


def examples(row: Row, space: Space, language: str = "en") -> Iterator[Example]:
    """The words of a text that may be names, with their tags.

    A capitalised word that is marked in one place and not in another is left out where it is not:
    the annotation marks heads only ("Biologist [Nick Bos]" is unmarked), which is no reason to
    learn that such a word is nobody.
    """
    reading = read(row["text"])
    chosen = candidates(reading, language, space)
    if not chosen:
        return
    text = around(reading, language, chosen)
    seen = seen_in(reading, chosen, space, language)
    words = [*seen.rows, ""]
    cased = reading.mode == "cased"
    tags = _tags(row, [(reading.tokens[i].start, reading.tokens[i].end) for i in chosen])
    unsure = row.get("unsure", ())
    marked = {reading.tokens[i].lower for i, tag in zip(chosen, tags, strict=True) if tag}
    last = -2
    for i, tag in zip(chosen, tags, strict=True):
        token = reading.tokens[i]
        if not tag and token.lower in marked and not lexicon.is_word(token.lower, language):
            continue
        if any(start < token.end and token.start < end for start, end in unsure):
            continue
        features = tuple(features_of(reading, i, language, text, seen, cased=cased))
        near = tuple(words[row_] for row_ in window(reading, i, seen))
        yield Example(features, tag, i == last + 1, near)
        last = i


def _tags(row: Row, tokens: Sequence[tuple[int, int]]) -> list[int]:
    tags = [0] * len(tokens)
    for span in sorted(row["spans"], key=lambda s: s["start"] - s["end"]):
        inside = [
            n
            for n, (start, end) in enumerate(tokens)
            if start < span["end"] and end > span["start"]
        ]
        for k, n in enumerate(inside):
            if not tags[n]:
                tags[n] = TAGS.index(f"{'I' if k else 'B'}-{span['kind']}")
    return tags


def texts(rows: Sequence[Row], more: Sequence[Row], case: Case) -> Iterator[Row]:
    """Each text as it is and with other names; in lower case for text without capitals."""
    rng = random.Random(SEED)
    for row in rows:
        if case == "cased":
            yield from (row, swapped(row, rng))
        else:
            yield from map(lowered, (row, swapped(row, rng), bare(swapped(row, rng))))
    yield from more if case == "cased" else map(lowered, more)


def train(
    rows: Sequence[Row], more: Sequence[Row] = ()
) -> tuple[dict[str, NDArray[Any]], dict[str, list[str]]]:
    """Arrays and features of both cases. The same rows, the same numbers.

    Parameters
    ----------
    rows : texts that are learnt from with other names in them too.
    more : texts that are learnt from as they are.
    """
    space = fit_space(typed([*rows, *more]))
    # What is stored has half the digits: the nets learn from the very numbers that they will see.
    stored = {f"space.{name}": _halved(one) for name, one in space._asdict().items()}
    space = space_of(stored)
    arrays: dict[str, NDArray[Any]] = {**stored}
    features: dict[str, list[str]] = {}
    for case in CASES:
        found = [one for row in texts(rows, more, case) for one in examples(row, space)]
        features[case], net = fit_net(found, space)
        arrays |= {f"{case}.{name}": one for name, one in net.items()}
    return arrays, features


def _halved(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.float16) if array.dtype == np.float32 else array


def main(arguments: Sequence[str] | None = None) -> None:
    """Write weights and features."""
    from safetensors.numpy import save

    parser = argparse.ArgumentParser(prog="train_tagger")
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("models/names"))
    given = parser.parse_args(arguments)
    rows, more = rows_of(given.data), [*synthetic(given.data), *talk(given.data)]
    arrays, features = train(rows, more)
    given.output.mkdir(parents=True, exist_ok=True)
    (given.output / WEIGHTS).write_bytes(save(arrays))
    text = json.dumps(features, ensure_ascii=False, indent=0)
    (given.output / FEATURES).write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
