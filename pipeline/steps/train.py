"""Decisions -> a model, its scores on held-out transcripts, and suggestions for every segment."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.codebook import without_excluded
from pipeline.config import load_object
from pipeline.errors import PipelineError
from pipeline.evaluate import FIGURES, OutOfFold, cross_validate, scores
from pipeline.records import Suggestion, to_frame
from pipeline.steps.audit import MIN_POSITIVES, estimates, read_sample
from pipeline.steps.following import follow, told_following
from pipeline.steps.material import Material
from pipeline.steps.second_look import second_look, told_second_look
from pipeline.steps.study import Study, card_of, key_of, model_name, newest_round
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

    Bools = NDArray[np.bool_]
    Rows = NDArray[np.intp]

N_FOLDS = 5
CLASSIFIER = "blend"
LIMITS = (
    "held_out is on rows drawn at random (the audit list, or interviews that were read whole "
    "without suggestions), each scored by a model that saw no decision of its participant. "
    "on_chosen_rows is on rows that were chosen because they teach: no estimate for the interviews."
)


def classifier() -> Classifier:
    """The one that is used."""
    found: Classifier = load_object(CLASSIFIERS[CLASSIFIER])
    return found


def train(
    study: Study, material: Material, key: str, gate: Gate
) -> tuple[Any, str, int, dict[str, Any]]:
    """Fit on all decisions and write models/round-NN; (model, model id, round, its card).

    Round 0 knows the codebook alone. A newest model that was made from the same (`key`) is used
    again, so that deleting derived/ costs no round.
    """
    import numpy as np

    newest = newest_round(study)
    if newest is not None and card_of(study, newest).get("key") == key:
        model = load_model(study, material, newest)
        return model, model_name(newest), newest, card_of(study, newest)
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
    reported = _reported(study, material) if decided else {"held_out": None}
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
        "limits": LIMITS,
        **reported,
    }
    files[CARD] = (json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    folder = study.models / model_name(number)
    # The pieces of words come from the codebook alone; the words are the participants'.
    terms = json.loads(files[WORDS])["words"]
    for name in sorted(files, key=lambda name: name == CARD):  # the card last: it vouches for all
        fields = [Field(name="word", texts=terms, first_row=1)] if name == WORDS else []
        write_out(folder / name, files[name], fields, gate)
    # The model as it was saved: what predicts now is what predicts after it is loaded again.
    return load_model(study, material, number), model_name(number), number, card


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


def _reported(study: Study, material: Material) -> dict[str, Any]:
    """All figures of a round that need a model, for the card."""
    import numpy as np

    seed = study.config.study.seed
    sample = read_sample(study, material)
    groups = {material.groups[int(row)] for row in np.flatnonzero(material.decided)}
    if len(groups) < 2:  # nothing can be held out
        return {"held_out": None, "audit": estimates(material, sample, None)}
    out = out_of_fold(
        material.features, material.Y, material.weights, material.groups, material.prior, N_FOLDS,
        seed, chance=material.chance, corpus=material.features, exclusions=material.exclusions,
    )  # fmt: skip
    others = material.decided & ~sample.rows
    return {
        "held_out": _scored(material, out, sample.rows, sample.Y, sample.weights, seed),
        "on_chosen_rows": _scored(material, out, others, material.Y, np.ones(out.proba.shape), seed)
        if others.any()
        else None,
        "audit": estimates(material, sample, out.proba),
        "second_look": second_look(material, sample, out.proba),
        "following": follow(study, material, lambda number: _shown_by(study, material, number)),
    }


def _scored(
    material: Material,
    out: OutOfFold,
    rows: Bools,
    Y: Floats,
    weights: Floats,
    seed: int,
) -> dict[str, Any]:
    """Scores of some rows, each by the model that saw nothing of its participant."""
    import numpy as np

    taken = np.flatnonzero(rows)
    found = scores(
        Y[taken], out.proba[taken], out.thresholds[taken],
        [material.groups[int(row)] for row in taken], material.prior.codes,
        np.random.default_rng(seed), weights=weights[taken], at_least=MIN_POSITIVES,
    )  # fmt: skip
    return {"folds": int(out.fold.max()) + 1, "needed": MIN_POSITIVES, **found}


def _shown_by(
    study: Study, material: Material, number: int
) -> Callable[[Sequence[int]], list[frozenset[str]]]:
    """What the model of a round suggests for segments, as a workbook would show it."""
    model = load_model(study, material, number)
    limit, codes = study.config.review.suggestions, material.prior.codes

    def shown(rows: Sequence[int]) -> list[frozenset[str]]:
        import numpy as np

        proba = classifier().predict_proba(model, material.features.take(list(rows)))
        best = np.argsort(-np.round(proba, 6), axis=1, kind="stable").tolist()
        likely = [
            [codes[at] for at in of_row if one[at] >= model.thresholds[at]]
            for one, of_row in zip(proba, best, strict=True)
        ]
        return [
            frozenset(without_excluded(listed, material.exclusions)[:limit]) for listed in likely
        ]

    return shown


def out_of_fold(
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
) -> OutOfFold:
    """Every row, decided or not, scored by the classifier in use without the row's group.

    Thresholds and calibration are learnt inside the same folds. `chance` and `corpus` are `fit`'s;
    the corpus holds the texts of the fold that is out, but no decision about them.

    Raises
    ------
    PipelineError : fewer than two groups have decisions.
    """
    import numpy as np

    chosen = classifier()
    decided = np.asarray(~np.isnan(Y).all(axis=1))

    def fit(rows: Rows, rng: np.random.Generator) -> Any:
        inside = rows[decided[rows]]
        own = with_exclusions(Y[inside], weights[inside], prior.codes, exclusions)
        of_rows = [groups[int(row)] for row in inside]
        drawn = None if chance is None else chance[inside]
        return chosen.fit(
            features.take(inside), *own, of_rows, rng, prior, chance=drawn, corpus=corpus
        )

    def predict(model: Any, rows: Rows) -> tuple[Floats, Floats]:
        return chosen.predict_proba(model, features.take(rows)), model.thresholds

    return cross_validate(groups, decided, fit, predict, n_folds, np.random.default_rng(seed))


def cross_validated(
    features: Features,
    Y: Floats,
    weights: Floats,
    groups: Sequence[str],
    prior: Prior,
    n_folds: int,
    seed: int,
) -> dict[str, Any]:
    """Grouped cross-validation of the classifier in use; the document that `scores` makes.

    For data coded elsewhere. Thresholds come from a model's own training rows: of a transcript that
    it scores it has not even seen the words, and what else the file holds is context, not what will
    be suggested for. A study's own thresholds are for all its segments (see `out_of_fold`). With
    the words of all rows macro-F1 is +.002 (-.015 to +.021; two sets, two sizes, two seeds).

    Raises
    ------
    PipelineError : there is one group only.
    """
    import numpy as np

    out = out_of_fold(features, Y, weights, groups, prior, n_folds, seed)
    found = scores(Y, out.proba, out.thresholds, groups, prior.codes, np.random.default_rng(seed))
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


def told_scores(card: Mapping[str, Any]) -> Iterator[str]:
    """What a round's card says of its figures, for a person."""
    held_out, chosen = card.get("held_out"), card.get("on_chosen_rows")
    if held_out is None:
        yield "  No scores yet: they need decisions on two participants, one to be held out."
        return
    if held_out["n"]:
        yield (
            f"  Scores on {held_out['n']} rows drawn at random, whole participants held out; "
            "95 % in brackets:"
        )
        yield from score_lines(held_out)
    else:
        yield "  No scores yet: they come from rows drawn at random (the audit list)."
    if chosen is not None and held_out["micro"]["f1"] is None:
        yield "  Meanwhile, rows that were chosen to teach. They hold too many finds to be typical:"
        yield from score_lines(chosen)
    yield from told_second_look(card)
    known = {
        coder: figures
        for coder, figures in (card.get("following") or {}).items()
        if any(one["difference"] is not None for one in figures.values())
    }
    yield from (f"  {line}" for line in told_following(known))


def score_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Held-out scores as a table of at most 100 columns, each with its 95 % interval."""
    yield (
        f"  {'code':<24}{'n':>6}  "
        + "".join(f"{name:<17}" for name in ("precision", "recall", "F1", "AP")).rstrip()
    )
    for code, one in document["codes"].items():
        missing = document.get("needed", 0) - one["n"]
        if missing > 0:
            yield f"  {code:<24}{one['n']:>6}  not yet known: takes {missing} more"
        else:
            yield _score_line(code, one["n"], one)
    yield _score_line("macro", "", document["macro"])
    # A code that nobody ever ruled out is no part of micro.
    n_positive = sum(one["n"] for one in document["codes"].values() if one["n"] < one["asked"])
    yield _score_line("micro", n_positive, document["micro"])


def _score_line(name: str, n: int | str, one: Mapping[str, Any]) -> str:
    cells = []
    for figure in FIGURES:
        low, high = one[f"{figure}_low"], one[f"{figure}_high"]
        interval = f" ({_two(low)}-{_two(high)})" if low is not None else ""
        cells.append(f"{_two(one[figure])}{interval}")
    return f"  {name:<24}{n:>6}  " + "".join(f"{cell:<17}" for cell in cells).rstrip()


def _two(value: float | None) -> str:
    """Two decimals, without the nought: .45, 1.00."""
    return "-" if value is None else f"{value:.2f}".removeprefix("0")


def _last_used(study: Study) -> int:
    """The last round that suggested what somebody saw: its number is never another model's."""
    with look_at(study.decisions) as db:
        return max((book.round for book in read_workbooks(db)), default=0)


def thresholds_of(study: Study, number: int) -> dict[str, float]:
    """Per code, the score from which on a suggestion is shown."""
    per_code = card_of(study, number).get("per_code", {})
    return {code: float(one["threshold"]) for code, one in per_code.items()}
