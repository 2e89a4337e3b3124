import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.embed import EMBEDDERS, embedder_for
from pipeline.embed.minilm import (
    PUBLISHED_SHA256,
    WINDOW,
    check_weights,
    load,
    onnx_file,
    package_folder,
)
from pipeline.errors import PipelineError

TEXTS = [
    "I did send the fine in the end.",
    "",
    "Mm-hmm.",
    "She stayed behind after class on Wednesdays, just the two of us, to practise.",
    "Waar moet ik dat dan laten? Jeg ved det ikke, æøå.",
    "word " * 200,
]


@pytest.fixture(scope="module")
def cache() -> Any:
    """Kept between runs, as an installation keeps it: the export takes ten seconds."""
    return Path(tempfile.gettempdir()) / "motif-test-cache"


@pytest.fixture(scope="module")
def minilm(cache: Path) -> Any:
    return load("minilm", cache)


def test_names() -> None:
    assert embedder_for("minilm") == EMBEDDERS["minilm"]
    assert embedder_for("some/model") == EMBEDDERS["sentence-transformers"]


@pytest.mark.slow
def test_rows_have_length_one(minilm: Any) -> None:
    X = minilm(TEXTS)
    assert X.shape == (len(TEXTS), minilm.d)
    assert X.dtype == np.float32
    assert np.allclose(np.linalg.norm(X, axis=1), 1, atol=1e-6)
    assert minilm([]).shape == (0, minilm.d)


@pytest.mark.slow
def test_a_function_of_the_text_alone(minilm: Any) -> None:
    together = minilm(TEXTS)
    alone = np.vstack([minilm([text]) for text in TEXTS])
    assert np.array_equal(together, alone)
    doubled = minilm([*reversed(TEXTS), *TEXTS])
    assert np.array_equal(doubled, np.vstack([together[::-1], together]))


@pytest.mark.slow
def test_same_as_sentence_transformers(minilm: Any) -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(package_folder()), device="cpu").encode(
        TEXTS, normalize_embeddings=True
    )
    assert ((minilm(TEXTS) * theirs).sum(axis=1) > 0.99999).all()


@pytest.mark.slow
def test_the_end_of_a_long_text_counts(minilm: Any) -> None:
    start = "the client manager sent a letter " * 60
    a, b = minilm([start + "and I was angry", start + "rain fell on the harbour " * 40])
    assert 0.5 < a @ b < 0.999
    first, mixed = minilm([start, start + "rain fell on the harbour " * 80])
    other = minilm(["rain fell on the harbour " * 80])[0]
    assert mixed @ other > first @ other + 0.2
    assert WINDOW == 256


@pytest.mark.slow
def test_a_damaged_export_is_made_again(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = onnx_file(package_folder(), cache).read_bytes()
    made = []

    def export(folder: Path, target: Any) -> None:
        made.append(target)
        target.write_bytes(good)

    monkeypatch.setattr("pipeline.embed.minilm._export", export)
    first = onnx_file(package_folder(), tmp_path)
    assert onnx_file(package_folder(), tmp_path) == first
    assert len(made) == 1
    damaged = bytearray(good)
    damaged[len(good) // 2] ^= 1
    first.write_bytes(damaged)
    assert onnx_file(package_folder(), tmp_path).read_bytes() == good
    assert len(made) == 2
    assert not list(tmp_path.glob("export-*"))


def test_an_unwritable_cache_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.embed.minilm._export", lambda folder, target: None)
    (tmp_path / "file").write_text("")
    with pytest.raises(PipelineError, match="cannot be written"):
        onnx_file(package_folder(), tmp_path / "file")


def test_weights_are_the_published_ones(tmp_path: Path) -> None:
    assert check_weights(package_folder(), tmp_path) == PUBLISHED_SHA256
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(PipelineError, match="is not the published all-MiniLM-L6-v2"):
        check_weights(tmp_path, tmp_path / "cache")
    with pytest.raises(PipelineError, match="cannot be read"):
        check_weights(tmp_path / "nowhere", tmp_path / "cache")


@pytest.mark.slow
def test_running_needs_no_torch(minilm: Any, cache: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.embed.minilm import load\n"
        f"load('minilm', Path({str(cache)!r}))(['a text'])\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
