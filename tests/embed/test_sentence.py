import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.embed.sentence import load
from pipeline.errors import PipelineError

WORDS = "the a i you fine letter stayed room rule was and so it came again over there".split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tiny sentence-transformers model of random weights, made here."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    here = tmp_path_factory.mktemp("tiny")
    bert = here / "bert"
    bert.mkdir()
    (bert / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])
    )
    BertTokenizerFast(vocab_file=str(bert / "vocab.txt")).save_pretrained(bert)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS) + 5,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(bert)
    transformer = Transformer(str(bert), max_seq_length=32)
    made = SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu")
    made.save(str(here / "model"))
    return here / "model"


@pytest.mark.slow
def test_contract(folder: Path, tmp_path: Path) -> None:
    embed = load(str(folder), tmp_path)
    texts = ["the fine letter", "it was so", "", "you and i again over there", "the fine letter"]
    X = embed(texts)
    assert X.shape == (5, embed.d) == (5, 16)
    assert np.allclose(np.linalg.norm(X, axis=1), 1, atol=1e-6)
    assert np.allclose(X, np.vstack([embed([text]) for text in texts]), atol=1e-6)
    assert np.allclose(X[::-1], embed(texts[::-1]), atol=1e-6)
    assert embed([]).shape == (0, 16)


@pytest.mark.slow
def test_the_end_of_a_long_text_counts(folder: Path, tmp_path: Path) -> None:
    embed = load(str(folder), tmp_path)
    long = "the room was there " * 30
    a, b = embed([long, long + "letter fine rule " * 30])
    assert not np.allclose(a, b, atol=1e-3)


@pytest.mark.slow
def test_the_id_follows_the_weights_not_the_place(folder: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "elsewhere" / "model"
    shutil.copytree(folder, copy)
    before = load(str(folder), tmp_path).model_id
    assert load(str(copy), tmp_path).model_id == before
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "note": 1}))
    assert load(str(copy), tmp_path).model_id != before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nobody/has-this-model", "not-a-folder"])
def test_a_model_that_is_not_here(name: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="neither a folder nor a model") as caught:
        load(name, tmp_path)
    assert name in str(caught.value)


@pytest.mark.slow
def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing")
    with pytest.raises(PipelineError, match="cannot load|can load"):
        load(str(tmp_path), tmp_path / "cache")


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(PipelineError, match="could run code"):
        load(str(tmp_path), tmp_path / "cache")
