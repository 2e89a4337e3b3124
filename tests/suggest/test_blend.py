import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented import study
from scipy.sparse import csr_array

from pipeline.evaluate import average_precision
from pipeline.suggest import CLASSIFIERS
from pipeline.suggest.blend import _fit_codes, fit, predict_proba
from pipeline.suggest.files import save
from pipeline.suggest.prior import as_share, prior_scores


def learn(data: Any, Y: Any = None, weights: Any = None, seed: int = 0, rows: Any = None) -> Any:
    rows = np.arange(len(data.Y)) if rows is None else rows
    Y = data.Y if Y is None else Y
    weights = np.ones_like(Y) if weights is None else weights
    groups = [data.groups[row] for row in rows]
    rng = np.random.default_rng(seed)
    return fit(data.features.take(rows), Y[rows], weights[rows], groups, rng, data.prior)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_contract(name: str) -> None:
    module, attribute = CLASSIFIERS[name].split(":")
    classifier = getattr(importlib.import_module(module), attribute)
    data = study(n=120)
    rng = np.random.default_rng(0)
    model = classifier.fit(
        data.features, data.Y, np.ones_like(data.Y), data.groups, rng, data.prior
    )
    proba = classifier.predict_proba(model, data.features)
    assert proba.shape == data.Y.shape
    assert ((proba >= 0) & (proba <= 1)).all()
    assert model.thresholds.shape == model.calibrated.shape == (3,)
    files = classifier.save(model, codebook="book", embedding="e")
    again = classifier.load(files, codebook="book", embedding="e")
    assert np.allclose(classifier.predict_proba(again, data.features), proba, atol=1e-6)


def test_without_decisions_it_is_the_codebook() -> None:
    data = study(n=60)
    nothing = np.full_like(data.Y, np.nan)
    model = learn(data, nothing)
    expected = as_share(prior_scores(data.prior, data.features))
    assert np.allclose(predict_proba(model, data.features), expected)
    assert not model.calibrated.any()
    assert not model.fitted.any()


def test_learns_what_the_codebook_does_not_say() -> None:
    data, other = study(seed=0), study(seed=1)
    # the words of "rule" now mean "room" and the other way round
    swapped, truth = data.Y[:, [2, 1, 0]], other.Y[:, [2, 1, 0]]
    model = learn(data, swapped)
    proba = predict_proba(model, other.features)
    for code in range(3):
        assert average_precision(truth[:, code] > 0.5, proba[:, code]) > 0.8
    assert model.calibrated.tolist() == [True, True, True]
    said = proba >= model.thresholds
    assert (said == (truth > 0.5)).mean() > 0.85


def test_not_asked_is_not_absent() -> None:
    data = study()
    half = data.Y.copy()
    half[::2, 0] = np.nan
    kept = np.arange(1, len(half), 2)
    by_rows = learn(data, half, rows=kept)
    by_gaps = learn(data, half)
    assert by_gaps.n.tolist() == [120, 240, 240]
    assert by_rows.n.tolist() == [120, 120, 120]
    as_absent = learn(data, np.nan_to_num(half))
    with_gaps = predict_proba(by_gaps, data.features)[:, 0].mean()
    assert with_gaps > 1.5 * predict_proba(as_absent, data.features)[:, 0].mean()


def test_rows_of_other_codes_do_not_change_a_code_much() -> None:
    data = study()
    only = np.full_like(data.Y, np.nan)
    only[:, 0] = data.Y[:, 0]
    model = learn(data, only)
    assert model.fitted.tolist() == [True, False, False]
    assert model.calibrated.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("present", "fitted"),
    [([], False), ([0], False), ([0, 1], False), ([0, 30], True)],
)
def test_few_positives_or_one_transcript_keep_the_codebook(present: Any, fitted: bool) -> None:
    data = study(n=120)
    Y = np.zeros_like(data.Y)
    Y[present, 1] = 1
    assert bool(learn(data, Y).fitted[1]) is fitted


def test_calibrated_needs_fifteen_in_four_transcripts() -> None:
    data = study(n=240)  # 20 rows a transcript
    Y = np.zeros_like(data.Y)
    Y[:20, 0] = 1  # one transcript
    Y[[0, 20, 40, 60, 80], 1] = 1  # five positives
    Y[[*range(0, 5), *range(20, 25), *range(40, 45), *range(60, 65)], 2] = 1
    assert learn(data, Y).calibrated.tolist() == [False, False, True]


def test_a_code_that_is_always_present_does_no_harm() -> None:
    data = study(n=80)
    Y = data.Y.copy()
    Y[:, 0] = 1
    proba = predict_proba(learn(data, Y), data.features)
    assert np.isfinite(proba).all()


def test_all_segments_the_same_text() -> None:
    data = study(n=40)
    same = data.features.take([0] * 40)
    rng = np.random.default_rng(0)
    model = fit(same, data.Y, np.ones_like(data.Y), data.groups, rng, data.prior)
    assert np.isfinite(predict_proba(model, data.features)).all()


def test_one_transcript_only_learns_uncalibrated() -> None:
    data = study(n=60, n_transcripts=1)
    model = learn(data)
    assert not model.calibrated.any()
    assert np.isfinite(predict_proba(model, data.features)).all()


def test_same_in_same_out_whatever_the_company() -> None:
    data = study(n=120)
    first, again = learn(data), learn(data)
    proba = predict_proba(first, data.features)
    assert np.array_equal(proba, predict_proba(again, data.features))
    order = np.random.default_rng(3).permutation(120)
    shuffled = predict_proba(first, data.features.take(order))
    assert np.allclose(shuffled, proba[order], atol=1e-9)
    alone = np.vstack([predict_proba(first, data.features.take([row])) for row in range(10)])
    assert np.allclose(alone, proba[:10], atol=1e-9)


def test_weights_count() -> None:
    data = study(n=120)
    Y = data.Y.copy()
    Y[:60, 0] = 1 - Y[:60, 0]  # half of the coders are wrong
    weights = np.ones_like(Y)
    weights[:60, 0] = 0.01
    trusted = predict_proba(learn(data, Y, weights), data.features)[60:, 0]
    naive = predict_proba(learn(data, Y), data.features)[60:, 0]
    truth = data.Y[60:, 0] > 0.5
    gaps = [proba[truth].mean() - proba[~truth].mean() for proba in (trusted, naive)]
    assert gaps[0] > gaps[1] + 0.3


def test_shapes_are_checked() -> None:
    data = study(n=20)
    with pytest.raises(ValueError, match="Y and weights"):
        fit(
            data.features,
            data.Y[:10],
            data.Y[:10],
            data.groups,
            np.random.default_rng(0),
            data.prior,
        )


def test_predicting_needs_no_scikit_learn_and_no_torch(tmp_path: Path) -> None:
    data = study(n=60)
    model = learn(data)
    for name, content in save(model, codebook="c", embedding="e").items():
        (tmp_path / name).write_bytes(content)
    code = (
        "import pathlib, sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.partition('.')[0] == 'sklearn': raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "import numpy as np\n"
        "sys.path.insert(0, 'tests/suggest')\n"
        "from invented import study\n"
        "import pipeline.suggest, pipeline.folds\n"
        "from pipeline.suggest.blend import predict_proba\n"
        "from pipeline.suggest.files import load\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "files = {path.name: path.read_bytes() for path in folder.iterdir()}\n"
        "model = load(files, codebook='c', embedding='e')\n"
        "np.save(folder / 'proba.npy', predict_proba(model, study(n=60).features))\n"
        "assert not {'sklearn', 'torch', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert model.fitted.all()
    expected = predict_proba(model, data.features)
    assert np.allclose(np.load(tmp_path / "proba.npy"), expected, atol=1e-6)


def test_texts_that_share_no_word() -> None:
    data = study(n=40)
    texts = tuple(f"w{row}a w{row}b" for row in range(40))
    alone = replace(data.features, texts=texts, previous_texts=("",) * 40)
    weights = np.ones_like(data.Y)
    model = fit(alone, data.Y, weights, data.groups, np.random.default_rng(0), data.prior)
    assert model.fitted.all()
    assert not model.words.terms
    assert np.isfinite(predict_proba(model, alone)).all()


def test_a_fold_with_nothing_absent_outside_it_does_no_harm() -> None:
    data = study(n=60, n_transcripts=3)
    Y = np.ones_like(data.Y)
    Y[:5] = 0  # one transcript of three has all that is absent
    model = learn(data, Y)
    assert model.fitted.all()
    assert np.isfinite(predict_proba(model, data.features)).all()
    assert np.isfinite(model.thresholds).all()


def test_what_was_decided_in_a_fold_has_no_part_in_its_held_out_scores() -> None:
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(60, 5))
    y = (Z[:, :1] + rng.normal(size=(60, 1)) > 0).astype(float)
    folds = np.repeat([0, 1, 2], 20)
    other = y.copy()
    other[folds == 1] = 1 - other[folds == 1]
    one, two = (
        _fit_codes(np.array([0]), Z, csr_array(Z), Y, np.ones((60, 1)), folds)[0][3]
        for Y in (y, other)
    )
    assert np.isfinite(one).all()
    assert np.array_equal(one[folds == 1], two[folds == 1])
    assert not np.allclose(one[folds != 1], two[folds != 1], atol=0.1)


def test_rows_that_were_sought_do_not_make_a_code_common() -> None:
    """All that bears the code and three tenths of the rest was asked: too many present by far."""
    data, other = study(n=600, n_transcripts=30, seed=4), study(n=600, n_transcripts=30, seed=5)
    rng = np.random.default_rng(0)
    for one in (data, other):  # what is said does not settle it: a coin does
        one.Y[:, 2] *= rng.random(600) < 0.4
    by_chance = rng.random(600) < 0.3
    sought = (data.Y[:, 2] > 0.5) & ~by_chance
    rows = np.flatnonzero(by_chance | sought)
    Y, groups = data.Y[rows], [data.groups[row] for row in rows]

    def error(chance: Any) -> float:
        model = fit(
            data.features.take(rows), Y, np.ones_like(Y), groups, np.random.default_rng(0),
            data.prior, chance=chance, corpus=data.features,
        )  # fmt: skip
        return float(predict_proba(model, other.features)[:, 2].mean() - other.Y[:, 2].mean())

    told, untold = error(by_chance[rows]), error(None)
    assert untold > 0.02
    assert abs(told) < 0.85 * untold


def test_no_chance_row_at_all_is_as_if_nothing_were_known() -> None:
    data = study(n=120)
    ones = np.ones_like(data.Y)
    with pytest.raises(ValueError, match="chance"):
        fit(
            data.features, data.Y, ones, data.groups, np.random.default_rng(0), data.prior,
            chance=np.ones(3, dtype=bool),
        )  # fmt: skip
    model = fit(
        data.features, data.Y, ones, data.groups, np.random.default_rng(0), data.prior,
        chance=np.zeros(120, dtype=bool),
    )  # fmt: skip
    assert np.isfinite(predict_proba(model, data.features)).all()


def test_thresholds_are_for_the_corpus_and_decided_rows_are_not_counted_twice() -> None:
    data = study(n=240)
    rows = np.arange(120)
    ones = np.ones_like(data.Y[rows])

    def thresholds(corpus: Any) -> Any:
        return fit(
            data.features.take(rows), data.Y[rows], ones, data.groups[:120],
            np.random.default_rng(0), data.prior, corpus=corpus,
        ).thresholds  # fmt: skip

    alone = thresholds(None)
    assert np.array_equal(thresholds(data.features.take(rows)), alone)
    assert not np.array_equal(thresholds(data.features), alone)


def test_a_code_of_one_example_says_that_it_is_not_learnt() -> None:
    data = study(n=120)
    Y = np.zeros_like(data.Y)
    Y[0, 0] = 1
    model = learn(data, Y)
    assert not model.fitted.any() and not model.calibrated.any()
    assert model.n_positive.tolist() == [1, 0, 0]
    assert np.isfinite(predict_proba(model, data.features)).all()


def test_what_is_absent_teaches_as_much_as_what_is_present() -> None:
    data = study(n=240)
    fewer = data.Y.copy()
    says_letter = np.array(["letter" in text for text in data.features.texts])
    # "letter" bears the code by itself; people now say no to half of it
    fewer[np.flatnonzero(says_letter)[::2], 0] = 0
    before, after = (
        predict_proba(learn(data, Y), data.features)[says_letter, 0].mean() for Y in (data.Y, fewer)
    )
    assert after < before - 0.1
