"""`motif train` on what little there is: clear words, files that hold numbers, nothing silent."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from steps.test_agree_step import CODES, KEY, Made, cut, decide, make, opened
from steps.test_study_grows import write

from pipeline import cli
from pipeline.records import Anchor
from pipeline.steps import embed as embed_step
from pipeline.steps.train import LIMITS
from tests.suggest.hashing_embedder import HashingEmbedder

N = 4
Train = Callable[[Made], tuple[str, dict[str, Any], pd.DataFrame]]


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors that cost nothing."""
    monkeypatch.setenv("MOTIF_VAULT_KEY", KEY)
    monkeypatch.setattr(embed_step, "load_embedder", lambda name: HashingEmbedder())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTIF_VAULT_KEY", KEY)
        folder = tmp_path_factory.mktemp("train") / "study"
        make(folder, N)
    return folder


@pytest.fixture
def made(whole: Path, tmp_path: Path) -> Made:
    """Four interviews, as far as their segments, without a decision."""
    shutil.copytree(whole, tmp_path / "study")
    return opened(tmp_path / "study")


@pytest.fixture
def trained(capsys: pytest.CaptureFixture[str]) -> Train:
    """Run it; what was printed, the card, the suggestions. No number that was written is none."""

    def none(word: str) -> None:
        raise AssertionError(f"{word} in a file")

    def run(made: Made) -> tuple[str, dict[str, Any], pd.DataFrame]:
        capsys.readouterr()
        assert cli._run(["train", "-s", str(made.study.config.path)]) == 0
        printed = capsys.readouterr()
        assert not re.search(r"\bnan\b", printed.out + printed.err, re.I) and not printed.err
        files = made.study.config.work.rglob("*.json")
        read = {path: json.loads(path.read_bytes(), parse_constant=none) for path in files}
        suggestions = pd.read_parquet(made.study.derived / "suggestions.parquet")
        assert len(suggestions) == len(made.segments) * len(made.study.codebook.ids)
        assert suggestions["score"].between(0, 1).all()
        return printed.out, read[made.study.models / "round-01" / "card.json"], suggestions

    return run


def code_rows(made: Made, anchors: list[Anchor], *present: str) -> None:
    for anchor in anchors:
        decide(made.study, "ana", anchor, *present)


def test_the_card_says_what_the_model_was_made_from_and_what_its_scores_are_of(
    made: Made, trained: Train
) -> None:
    code_rows(made, made.anchors[::3], "coffee")
    code_rows(made, made.anchors[1::3], "coffee", "writing")
    code_rows(made, made.anchors[2::3])
    told, card, suggestions = trained(made)
    assert f"round 1, from {len(made.segments)} decided segments" in told
    assert set(suggestions["model_id"]) == {"round-01"}
    assert card["codes"] == list(CODES)
    assert card["seed"] == made.study.config.study.seed
    assert card["n_decisions"] == 2 * len(made.segments)
    assert card["limits"] == LIMITS
    assert set(card["sha256"]) == {"model.safetensors", "vocabulary.json"}
    n = len(made.segments)
    for code, share in (("coffee", 2 / 3), ("writing", 1 / 3)):
        of_code = card["per_code"][code]
        assert of_code["decisions"] == n and of_code["present"] == round(share * n)
        assert of_code["learnt"] and of_code["transcripts"] == N
        assert 0 < of_code["threshold"] < 1
        # the rows were not drawn by chance: no scores of typical ones, and it says so
        assert card["on_chosen_rows"]["codes"][code]["f1"] is not None
        assert card["held_out"]["codes"][code]["f1"] is None
    # one decision more is another set of data
    first = card["data"]
    decide(made.study, "ana", made.anchors[0], "writing")
    assert cli._run(["train", "-s", str(made.study.config.path)]) == 0
    again = json.loads((made.study.models / "round-02" / "card.json").read_bytes())
    assert again["data"] != first and again["seed"] == card["seed"]


def test_one_transcript_only(tmp_path: Path, trained: Train) -> None:
    made = make(tmp_path / "study", 1)
    code_rows(made, made.anchors[::2], "coffee")
    code_rows(made, made.anchors[1::2], "writing")
    told, card, suggestions = trained(made)
    assert "No scores yet: they need decisions on two participants, one to be held out." in told
    assert card["held_out"] is None
    assert not any(one["learnt"] or one["calibrated"] for one in card["per_code"].values())
    assert not suggestions["calibrated"].any()


def test_a_code_with_one_example(made: Made, trained: Train) -> None:
    code_rows(made, made.anchors[::2], "coffee")
    code_rows(made, made.anchors[1:2], "writing")
    code_rows(made, made.anchors[3::2])
    told, card, suggestions = trained(made)
    assert re.search(r"writing +1  not yet known: takes \d+ more", told)
    assert card["per_code"]["coffee"]["learnt"]
    assert not card["per_code"]["writing"]["learnt"]
    assert card["per_code"]["writing"]["present"] == 1
    assert not suggestions.loc[suggestions["code"] == "writing", "calibrated"].any()


def test_all_segments_the_same_text(whole: Path, tmp_path: Path, trained: Train) -> None:
    folder = tmp_path / "study"
    shutil.copytree(whole, folder)
    for n in range(1, N + 1):
        talk = [f"I: And in year {n}{at}?\nR: We just had our coffee.\n" for at in range(12)]
        write(folder, f"{n}.txt", "".join(talk))
    cut(folder)
    made = opened(folder)
    assert {one.text for one in made.segments} == {"We just had our coffee."}
    code_rows(made, made.anchors[::2], "coffee")
    code_rows(made, made.anchors[1::2], "writing")
    told, _, suggestions = trained(made)
    assert "! all segments have the same text: no suggestion can tell them apart" in told
    # half the rows bear each code, and only where they stand and what came before tell them apart
    assert suggestions["score"].between(0.2, 0.8).all()
