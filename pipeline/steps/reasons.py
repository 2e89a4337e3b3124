"""Why a code is suggested, for the rows that are dealt: a reason is read there and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Suggestion
from pipeline.steps.material import Material
from pipeline.steps.study import Study, round_of
from pipeline.steps.train import load_model


def with_reasons(
    study: Study, material: Material, shown: Sequence[Suggestion]
) -> dict[tuple[str, str], Suggestion]:
    """(segment id, code) -> the suggestion with its reason, by the model that suggested it.

    Nothing is loaded where nothing is shown.

    Raises
    ------
    PipelineError : the model is damaged, or the codebook or the embedding is another one since.
    """
    from pipeline.suggest.reasons import evidence_of, explain

    if not shown:
        return {}
    model = load_model(study, material, round_of(shown[0].model_id))
    row_of = {segment.segment_id: row for row, segment in enumerate(material.segments)}
    column = {code: at for at, code in enumerate(model.codes)}
    wanted = [(row_of[one.segment_id], column[one.code]) for one in shown]
    evidence = evidence_of(material.prior, material.features, material.Y)
    told = explain(model, material.features, wanted, evidence)
    return {
        (one.segment_id, one.code): replace(one, because=because)
        for one, because in zip(shown, told, strict=True)
    }
