"""The example corpora as studies: their settings hold, and the anonymiser finds who is in them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.codebook import parse_codebook
from pipeline.config import Config, read_config
from pipeline.steps.anonymise import current_transcripts, read_redactions
from pipeline.steps.init import examples, init_study
from pipeline.steps.study import open_study
from tests.corpus.figures import read_rows
from tests.corpus.studies import ROOT, STUDIES

EACH_STUDY = pytest.mark.parametrize("name", STUDIES)
# A word; the s of a possessive is none.
WORD = re.compile(r"(?!(?<=['’])s\b)\w+")
CODE = re.compile(r"[a-z_]+")


def settings(name: str) -> Config:
    return read_config(ROOT / "configs" / f"{name}.toml")


def test_every_example_that_ships_is_described_here() -> None:
    assert examples() == sorted(STUDIES)


@EACH_STUDY
def test_the_settings_name_what_is_there(name: str) -> None:
    config, study = settings(name), STUDIES[name]
    assert config.corpus == study.corpus
    assert config.codebook == study.codebook_file
    assert config.key_file is not None
    assert config.key_file.read_text(encoding="utf-8").strip()
    book = parse_codebook(config.codebook.read_bytes(), config.codebook.name)
    codes = {code.id for code in book.codes}
    for outcome, readings in config.compare.readings.items():
        assert outcome in codes
        for rule in readings.values():
            assert set(CODE.findall(rule)) <= codes
    for planned in config.compare.planned:
        code, column = planned.split(":")
        assert code in codes
        assert column in config.publish.columns
    assert config.compare.cluster in {"participant", *config.publish.columns}
    assert set(config.compare.chosen_alike) <= set(config.publish.columns)
    assert set(config.publish.columns) <= set(study.columns)


@EACH_STUDY
def test_a_copy_of_an_example_keeps_its_settings(name: str, tmp_path: Path) -> None:
    init_study(tmp_path / "copy", name)
    copied, shipped = read_config(tmp_path / "copy" / "study.toml"), settings(name)
    for section in ("roles", "anonymise", "publish", "segment", "embed", "review", "compare"):
        assert getattr(copied, section) == getattr(shipped, section)
    for path in (copied.corpus, copied.participants, copied.codebook, copied.key_file):
        assert path is not None
        assert path.exists()
        assert path.is_relative_to(tmp_path)
    for path in (copied.work, copied.vault_path):
        assert path.is_relative_to(tmp_path)


def test_no_two_examples_share_a_passphrase_or_a_coder() -> None:
    keys = [(ROOT / "configs" / f"{name}.key").read_bytes() for name in STUDIES]
    coders = [coder for name in STUDIES for coder in settings(name).review.coders]
    assert len(set(keys)) == len(keys)
    assert len(set(coders)) == len(coders)


@pytest.mark.parametrize(
    ("name", "least", "least_of_people"),
    [("integration-nl", 0.99, 0.99), ("sanctions-dk", 0.98, 0.98), ("teams-us", 0.98, 0.99)],
)
def test_the_anonymiser_covers_what_the_gold_marks(
    name: str, least: float, least_of_people: float, tmp_path: Path
) -> None:
    folder = tmp_path / name
    init_study(folder, name)
    for step in ("ingest", "anonymise"):
        assert cli._run(["run", "-s", str(folder), "--only", step]) == 0
    study = open_study(folder / "study.toml")
    transcripts = current_transcripts(study)
    chosen = read_redactions(study, [one.transcript_id for one in transcripts]).replacements
    covered = {
        one.file: {
            at
            for replacement in chosen[one.transcript_id]
            for at in range(replacement.start, replacement.end)
        }
        for one in transcripts
    }
    text = {one.file: one.text for one in transcripts}
    marked, whole = Counter[str](), Counter[str]()
    for row in read_rows(STUDIES[name].corpus / "gold" / "identifiers.csv"):
        start, end = int(row["start"]), int(row["end"])
        words = WORD.finditer(text[row["file"]], start, end)
        marked[row["kind"]] += 1
        whole[row["kind"]] += all(
            covered[row["file"]].issuperset(range(word.start(), word.end())) for word in words
        )
    print(name, dict(marked), dict(whole))
    assert whole.total() >= least * marked.total()
    assert whole["person"] >= least_of_people * marked["person"]
