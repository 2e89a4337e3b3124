"""How far a coder follows the machine: known effects are found, and few rows say nothing."""

import numpy as np
import pytest

from pipeline.audit.following import MIN_ROWS, Row, following

CODES = ("a", "b", "c", "d")


def coder(n: int, follows: float, overlooks: float, seed: int) -> list[Row]:
    """A coder who, with suggestions in sight, takes wrong ones and overlooks what is not shown.

    `follows` and `overlooks` are the chances of either; blind, the coder is always right.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(2 * n):
        shown = at % 2 == 0
        true = {code for code in CODES if rng.random() < 0.3}
        suggested = {code for code in CODES if rng.random() < (0.7 if code in true else 0.2)}
        present = set(true)
        if shown:
            present |= {code for code in suggested - true if rng.random() < follows}
            present -= {code for code in true - suggested if rng.random() < overlooks}
        rows.append(
            Row(
                shown=shown,
                suggested=frozenset(suggested),
                present=frozenset(present),
                wrong=frozenset(suggested - true),
            )
        )
    return rows


def test_a_coder_who_follows_is_seen_to() -> None:
    found = following(coder(600, follows=0.5, overlooks=0.0, seed=1))
    errors = found["errors"]
    assert errors["blind"] == 0.0 and errors["low"] < 0.5 < errors["high"]
    assert found["agreement"]["low"] > 0.1  # a fifth of .28 + .21 suggested codes, and its half
    assert found["omission"]["high"] < 0  # more codes in sight than blind, not fewer


def test_what_is_overlooked_is_counted_in_codes_per_row() -> None:
    found = following(coder(600, follows=0.0, overlooks=0.5, seed=2))
    truth = 4 * 0.3 * 0.3 * 0.5  # true, not suggested, overlooked
    assert found["omission"]["low"] < truth < found["omission"]["high"]
    assert found["omission"]["low"] > 0
    assert found["errors"]["difference"] == 0.0


def test_intervals_cover_where_nobody_follows() -> None:
    inside = [
        one["low"] <= 0 <= one["high"]
        for seed in range(200)
        for name, one in following(coder(70, 0.0, 0.0, seed)).items()
        if name != "errors" and one["difference"] is not None
    ]
    assert len(inside) > 300 and 0.92 <= np.mean(inside) <= 0.98


@pytest.mark.parametrize("n", [MIN_ROWS - 1, MIN_ROWS])
def test_below_fifty_rows_a_side_nothing_is_said(n: int) -> None:
    rows = [row for row in coder(200, 0.5, 0.5, 3) if row.suggested and row.wrong]
    shown, blind = ([row for row in rows if row.shown is one] for one in (True, False))
    found = following([*shown[:n], *blind[:MIN_ROWS]])
    for one in found.values():
        assert (one["n_shown"], one["n_blind"]) == (n, MIN_ROWS)
        assert (one["difference"] is None) == (n < MIN_ROWS)


def test_errors_are_counted_only_where_another_coder_was_blind() -> None:
    rows = [
        Row(shown=at % 2 == 0, suggested=frozenset("a"), present=frozenset("a"), wrong=None)
        for at in range(200)
    ]
    found = following(rows)
    assert found["errors"]["n_shown"] == 0 and found["errors"]["difference"] is None
    assert found["agreement"]["difference"] == 0.0
