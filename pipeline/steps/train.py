"""Decisions -> a model, its scores on held-out transcripts, and suggestions for every segment."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import load_object
from pipeline.errors import PipelineError
from pipeline.evaluate import cross_validate, scores
from pipeline.records import Suggestion, to_frame
from pipeline.steps.material import Material
from pipeline.steps.study import Study, key_of, model_name, newest_round
from pipeline.store import derived
from pipeline.store.decisions import look_at, read_workbooks
from pipeline.store.gate import Field, Gate, write_out
from pipeline.suggest import CLASSIFIERS, Classifier
from pipeline.suggest.features import Features, Floats
from pipeline.suggest.files import CARD, WORDS
from pipeline.suggest.prior import Prior
from pipeline.targets import with_exclusions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

N_FOLDS = 5
CLASSIFIER = "blend"


def classifier() -> Classifier:
    """The one that is used."""
    found: Classifier = load_object(CLASSIFIERS[CLASSIFIER])
    return found


def train(study: Study, material: Material, key: str, gate: Gate) -> tuple[Any, str, int, Any]:
    """Fit on all decisions and write models/round-NN; (model, model id, round, scores or None).

    Round 0 knows the codebook alone. A newest model that was made from the same (`key`) is used
    again, so that deleting derived/ costs no round.
    """
    import numpy as np

    newest = newest_round(study)
    if newest is not None and _card(study, newest).get("key") == key:
        held_out = _card(study, newest).get("held_out")
        return load_model(study, material, newest), model_name(newest), newest, held_out
    decided = bool(material.decided.any())
    last = max(newest or 0, _last_used(study))
    number = last + 1 if decided or last else 0
    rng = np.random.default_rng(study.config.study.seed)
    chosen = classifier()
    Y, weights = with_exclusions(
        material.Y, material.weights, material.prior.codes, material.exclusions
    )
    model = chosen.fit(
        material.features, Y, weights, material.groups, rng, material.prior,
        chance=material.chance, corpus=material.features,
    )  # fmt: skip
    held_out = held_out_scores(material, study.config.study.seed) if decided else None
    files = chosen.save(model, codebook=material.codebook, embedding=material.embedding)
    card = json.loads(files[CARD])
    # What exclusions teach is no decision.
    for at, code in enumerate(material.prior.codes):
        card["per_code"][code]["decisions"] = int((~np.isnan(material.Y[:, at])).sum())
    card |= {
        "key": key,
        "round": number,
        "seed": study.config.study.seed,
        "classifier": CLASSIFIER,
        "codebook_version": study.codebook.version,
        "n_decisions": len(material.decisions),
        "data": key_of(sorted((d.row_id, d.code, d.coder, d.verdict) for d in material.decisions)),
        "held_out": held_out,
        "limits": "Scores are for rows that were chosen to be asked, not for the whole corpus.",
    }
    files[CARD] = (json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    folder = study.models / model_name(number)
    # The pieces of words come from the codebook alone; the words are the participants'.
    terms = json.loads(files[WORDS])["words"]
    for name in sorted(files, key=lambda name: name == CARD):  # the card last: it vouches for all
        fields = [Field(name="word", texts=terms, first_row=1)] if name == WORDS else []
        write_out(folder / name, files[name], fields, gate)
    # The model as it was saved: what predicts now is what predicts after it is loaded again.
    return load_model(study, material, number), model_name(number), number, held_out


def suggest(
    study: Study, material: Material, model: Any, model_id: str, gate: Gate
) -> list[Suggestion]:
    """Score every segment and code, and write derived/suggestions.parquet.

    `because` stays empty: a reason costs more than a score, and of the few rows that a coder is
    shown it is made when they are dealt (steps/reasons.py).
    """
    import numpy as np

    proba = np.round(classifier().predict_proba(model, material.features), 6)
    order = np.argsort(-proba, axis=1, kind="stable")
    found = [
        Suggestion(
            segment_id=segment.segment_id,
            code=model.codes[code],
            score=float(proba[row, code]),
            calibrated=bool(model.calibrated[code]),
            rank=rank,
            model_id=model_id,
            because="",
        )
        for row, segment in enumerate(material.segments)
        for rank, code in enumerate(order[row], start=1)
    ]
    frame = to_frame(found, Suggestion)
    derived.write_table(study.derived / "suggestions.parquet", frame, (), gate)
    return found


def held_out_scores(material: Material, seed: int) -> dict[str, Any] | None:
    """Scores of the decided rows, each by a model that saw nothing of its transcript.

    None where all decisions are of one participant.
    """
    import numpy as np

    rows = np.flatnonzero(material.decided)
    groups = [material.groups[row] for row in rows]
    if len(set(groups)) < 2:
        return None
    return cross_validated(
        material.features.take(rows), material.Y[rows], material.weights[rows], groups,
        material.prior, N_FOLDS, seed,
        chance=material.chance[rows], corpus=material.features, exclusions=material.exclusions,
    )  # fmt: skip


def cross_validated(
    features: Features,
    Y: Floats,
    weights: Floats,
    groups: Sequence[str],
    prior: Prior,
    n_folds: int,
    seed: int,
    *,
    chance: NDArray[np.bool_] | None = None,
    corpus: Features | None = None,
    exclusions: Collection[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Grouped cross-validation of the classifier in use; the document that `scores` makes.

    `chance` and `corpus` are `fit`'s. The corpus holds the texts of the fold that is out, but no
    decision about them.

    Raises
    ------
    PipelineError : there is one group only.
    """
    import numpy as np

    chosen = classifier()
    # The weights travel in the second half of Y's columns and chance in the last, so that folds cut
    # all alike.
    k = Y.shape[1]
    drawn = np.ones(len(Y), dtype=np.bool_) if chance is None else chance

    def fit(
        part: Features, both: Floats, part_groups: Sequence[str], rng: np.random.Generator
    ) -> Any:
        Y, weights = with_exclusions(both[:, :k], both[:, k : 2 * k], prior.codes, exclusions)
        return chosen.fit(
            part, Y, weights, part_groups, rng, prior, chance=both[:, -1] > 0, corpus=corpus
        )

    def predict(model: Any, part: Features) -> tuple[Floats, Floats]:
        proba = chosen.predict_proba(model, part)
        unused = np.zeros((len(proba), k + 1))
        return np.hstack([proba, unused]), np.r_[model.thresholds, np.ones(k + 1)]

    rng = np.random.default_rng(seed)
    both = np.hstack([Y, weights, drawn[:, None].astype(np.float64)])
    out = cross_validate(features, both, groups, fit, predict, n_folds, rng)
    found = scores(
        Y, out.proba[:, :k], out.thresholds[:, :k], groups, prior.codes, np.random.default_rng(seed)
    )
    return {"folds": int(out.fold.max()) + 1, **found}


def load_model(study: Study, material: Material, number: int) -> Any:
    """A model from its folder.

    Raises
    ------
    PipelineError : damaged, or made for another codebook or embedding.
    """
    files = read_folder(study.models / model_name(number))
    return classifier().load(files, codebook=material.codebook, embedding=material.embedding)


def read_folder(folder: Path) -> Mapping[str, bytes]:
    """The files of a model's folder.

    Raises
    ------
    PipelineError : it cannot be read.
    """
    try:
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    except OSError:
        raise PipelineError(
            "the model's folder cannot be read", where=str(folder), mend="Check the path."
        ) from None


def score_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Held-out scores as a table of at most 100 columns."""
    yield f"  {'code':<24}{'n':>6}{'precision':>11}{'recall':>9}{'F1':>8}{'95 %':>14}{'AP':>8}"
    for code, one in document["codes"].items():
        interval = (
            f"{one['f1_low']:.2f} to {one['f1_high']:.2f}" if one["f1_low"] is not None else "-"
        )
        yield (
            f"  {code:<24}{one['n']:>6}{_two(one['precision']):>11}{_two(one['recall']):>9}"
            f"{_two(one['f1']):>8}{interval:>14}{_two(one['ap']):>8}"
        )
    for name in ("macro", "micro"):
        mean = document[name]
        yield (
            f"  {name:<24}{document['n'] if name == 'micro' else '':>6}"
            f"{_two(mean['precision']):>11}{_two(mean['recall']):>9}{_two(mean['f1']):>8}"
            f"{'':>14}{_two(mean['ap']):>8}"
        )


def _two(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _last_used(study: Study) -> int:
    """The last round that suggested what somebody saw: its number is never another model's."""
    with look_at(study.decisions) as db:
        return max((book.round for book in read_workbooks(db)), default=0)


def _card(study: Study, number: int) -> dict[str, Any]:
    return derived.read_state(study.models / model_name(number) / CARD)


def thresholds_of(study: Study, number: int) -> dict[str, float]:
    """Per code, the score from which on a suggestion is shown."""
    per_code = _card(study, number).get("per_code", {})
    return {code: float(one["threshold"]) for code, one in per_code.items()}
