"""Coders who disagree weigh accordingly: from their decisions to what the model says."""

from typing import Any

import numpy as np
from invented import BOOK, study

from pipeline.records import Anchor, Decision, Segment
from pipeline.suggest.blend import fit, predict_proba
from pipeline.targets import targets

DATA, OTHER = study(n=240, seed=0), study(n=240, seed=1)
CODERS = ("ana", "bo", "cy")


def speaks_of(data: Any, word: str) -> Any:
    return np.array([word in text.split() for text in data.features.texts])


def said(n_yes: Any, n_no: Any) -> tuple[Any, Any]:
    """Y and weights where of the coders who read a row so many call "rule" present and absent.

    The other codes are as they are, by one coder.
    """
    segments, anchors, decisions = [], [], []
    for row, text in enumerate(DATA.features.texts):
        span = 100 * row, 100 * row + 90
        anchor = Anchor(
            transcript_hash=DATA.groups[row], canonical=1, source_start=span[0],
            source_end=span[1], text_hash=str(row),
        )  # fmt: skip
        segments.append(
            Segment(
                segment_id=str(row),
                transcript_id=DATA.groups[row],
                first_turn=row,
                last_turn=row,
                speaker="R",
                role="respondent",
                text=text,
                source_start=span[0],
                source_end=span[1],
                text_hash=str(row),
            )  # fmt: skip
        )
        anchors.append(anchor)
        verdicts = ["present"] * n_yes[row] + ["absent"] * n_no[row]
        one_s = [(code, "ana", DATA.Y[row, at] > 0) for at, code in enumerate(BOOK.ids) if at]
        several = [
            ("rule", who, yes == "present") for who, yes in zip(CODERS, verdicts, strict=False)
        ]
        for code, coder, present in one_s + several:
            decisions.append(
                Decision(
                    row_id=str(row),
                    anchor=anchor,
                    code=code,
                    coder=coder,
                    how="implied",
                    verdict="present" if present else "absent",
                    phase="code",
                    round=1,
                    list="audit",
                    list_rank=1,
                    segmentation="answer",
                    codebook_version="1",
                    time="",
                    id=len(decisions),
                    import_id=1,
                )  # fmt: skip
            )
    return targets(decisions, segments, anchors, BOOK.ids)


def probability(Y: Any, weights: Any, rows: Any) -> float:
    """What the model says of "rule" in rows of interviews that it has not seen."""
    rng = np.random.default_rng(0)
    model = fit(DATA.features, Y, weights, DATA.groups, rng, DATA.prior)
    return float(predict_proba(model, OTHER.features)[rows, 0].mean())


def test_the_more_coders_say_yes_the_likelier_the_model_calls_the_like() -> None:
    letter, truth = speaks_of(DATA, "letter"), DATA.Y[:, 0].astype(int)
    found = []
    for yes, no in ((3, 0), (2, 1), (1, 1), (1, 2), (0, 3)):
        # all are of one mind but for the rows that speak of a letter
        Y, weights = said(np.where(letter, yes, truth), np.where(letter, no, 1 - truth))
        assert np.allclose(Y[letter, 0], yes / (yes + no))
        assert np.allclose(weights[letter, 0], max(yes, no) / (yes + no))
        assert np.array_equal(Y[:, 1:], DATA.Y[:, 1:]) and (weights[:, 1:] == 1).all()
        found.append(probability(Y, weights, speaks_of(OTHER, "letter")))
    assert all(more > less + 0.02 for more, less in zip(found, found[1:], strict=False)), found
    assert found[0] - found[-1] > 0.4


def test_what_two_agree_on_outweighs_what_two_of_three_say() -> None:
    letter, truth = np.flatnonzero(speaks_of(DATA, "letter")), DATA.Y[:, 0].astype(int)
    for_it, yes, no = letter[::2], truth.copy(), 1 - truth
    yes[letter], no[letter] = 1, 2
    yes[for_it], no[for_it] = 2, 0
    Y, weights = said(yes, no)
    assert set(weights[for_it, 0]) == {1.0} and np.allclose(weights[letter[1::2], 0], 2 / 3)
    rows = speaks_of(OTHER, "letter")
    assert probability(Y, weights, rows) > probability(Y, np.ones_like(Y), rows) + 0.01
