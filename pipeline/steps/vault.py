"""What the vault holds, without showing any of it."""

from __future__ import annotations

from pipeline.errors import PipelineError
from pipeline.steps.anonymise import read_book
from pipeline.steps.ingest import read_registry
from pipeline.steps.study import Study


def vault_lines(study: Study) -> list[str]:
    """Where it is, that it opens, and how much is in it.

    Raises
    ------
    PipelineError : there is none yet, or it does not open.
    """
    if not study.has_vault:
        raise PipelineError(
            "there is no vault yet",
            where=str(study.config.vault_path),
            mend="'motif run' makes it.",
        )
    registry = read_registry(study)
    return [
        f"Vault {study.config.vault_path}: opens, AES-256-GCM, {study.vault.n_entries()} entries.",
        f"{len(registry.texts)} transcripts, {len(registry.participants)} participants, "
        f"{len(registry.files)} files seen.",
        f"{read_book(study).n_pseudonyms} pseudonyms.",
    ]
