"""How far coders agree, code by code: counts, agreement beyond chance, and how sure that is.

Ratings of one code are an array (n_units, n_coders): 1 present, 0 absent, NaN not coded (or unsure,
which is counted and left out). What cannot be computed is None with the reason, never 0 or 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MIN_POSITIVES = 10  # no interval from fewer
MIN_TRANSCRIPTS = 6  # no interval from fewer
_DIGITS = 6
_NOTHING = 1e-12  # of variation
_NEARLY = 1e-9  # thirds of positives may add up to a hair below ten
_FIGURES = ("percent", "positive_agreement", "negative_agreement", "kappa", "alpha", "alpha_low",
            "alpha_high", "ac1")  # fmt: skip


def percent_agreement(ratings: Floats) -> float | None:
    """The share of pairs of coders who say the same, the mean over units that two or more coded.

    Parameters
    ----------
    ratings : (n_units, n_coders) categories of any number, NaN where not coded.
    """
    counts = _counts(ratings)
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return None
    m = counts.sum(axis=1)
    return float(np.mean((counts * (counts - 1)).sum(axis=1) / (m * (m - 1))))


def specific_agreement(ratings: Floats, category: float) -> float | None:
    """Where one coder said this, how often did another: 2a / (2a + b + c) with two coders.

    With more, every rating of a unit counts once, held against the others of that unit. None where
    nobody said it.

    Source: Spitzer & Fleiss (1974); Cicchetti & Feinstein (1990), J. Clin. Epidemiol. 43.
    """
    m = (~np.isnan(ratings)).sum(axis=1)
    said = (ratings == category).sum(axis=1)[m >= 2]
    agreeing = said * (said - 1) / (m[m >= 2] - 1)
    return float(agreeing.sum() / said.sum()) if said.any() else None


def cohen_kappa(ratings: Floats) -> float | None:
    """Cohen's kappa; with more than two coders the mean over pairs (Light's).

    Each pair is taken on the units both coded. A pair that never varies has no kappa and is left
    out of the mean; None where no pair has one.

    Source: Cohen (1960); Light (1971), Psychological Bulletin 76.
    """
    pairs = combinations(range(ratings.shape[1]), 2)
    found = [_kappa_of_two(ratings[:, a], ratings[:, b]) for a, b in pairs]
    known = [one for one in found if one is not None]
    return float(np.mean(known)) if known else None


def _kappa_of_two(a: Floats, b: Floats) -> float | None:
    both = ~np.isnan(a) & ~np.isnan(b)
    a, b = a[both], b[both]
    if not len(a):
        return None
    categories = np.unique(np.r_[a, b])
    by_chance = sum(float(np.mean(a == one) * np.mean(b == one)) for one in categories)
    if 1 - by_chance < _NOTHING:
        return None
    return (float(np.mean(a == b)) - by_chance) / (1 - by_chance)


def krippendorff_alpha(ratings: Floats) -> float | None:
    """Krippendorff's alpha, nominal: any number of coders, gaps allowed; None without variation.

    Source: Krippendorff (2019), Content Analysis, 4th ed., ch. 12: values of a unit that only one
    coder rated pair with nothing and do not count.
    """
    # Left out before the sum: zeros would change its order, and with it the last digits.
    paired = ratings[(~np.isnan(ratings)).sum(axis=1) >= 2]
    agreeing, values = _coincidences(_counts(paired))
    return _optional(_alpha(agreeing.sum(), values.sum(axis=0)))


def _coincidences(counts: Floats) -> tuple[Floats, Floats]:
    """Per unit: the diagonal of its coincidence matrix, summed; how often each value pairs."""
    m = counts.sum(axis=1)
    pairing = m >= 2
    below = np.where(pairing, m - 1, 1)
    agreeing = np.where(pairing, (counts * (counts - 1)).sum(axis=1) / below, 0.0)
    return agreeing, np.where(pairing[:, None], counts, 0.0)


def _alpha(agreeing: Any, values: Floats) -> Floats:
    """1 - D_o / D_e from summed coincidences; values (..., q). NaN without variation."""
    n = values.sum(axis=-1)
    differing = n**2 - (values**2).sum(axis=-1)  # (n - 1) n D_e
    varies = differing > _NOTHING
    return np.where(varies, 1 - (n - 1) * (n - agreeing) / np.where(varies, differing, 1.0), np.nan)


def gwet_ac1(ratings: Floats) -> float | None:
    """Gwet's AC1: any number of coders, gaps allowed; None without variation.

    Near 1 whenever everybody nearly always says no: never the only figure for a rare code.

    Source: Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 2: observed agreement
    over units with two ratings or more, shares of the categories over all units with one.
    """
    counts = _counts(ratings)
    counts = counts[counts.sum(axis=1) >= 1]
    observed = percent_agreement(ratings)
    if observed is None or counts.shape[1] < 2:
        return None
    share = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)
    by_chance = float((share * (1 - share)).sum()) / (counts.shape[1] - 1)
    return float((observed - by_chance) / (1 - by_chance))


def alpha_interval(
    ratings: Floats, transcripts: Sequence[str]
) -> tuple[float, float, str] | tuple[None, None, str]:
    """95 % interval of alpha by leaving out one transcript at a time, with t on T - 1.

    Parameters
    ----------
    ratings : (n_units, n_coders) 1, 0, NaN.
    transcripts : (n_units,) ids.

    Returns
    -------
    low, high, "", or None, None and why there is none: few positives (a unit that one of two coders
    called present is half a positive), few transcripts, or nothing that varies between them, as in
    perfect agreement.

    Source: Efron & Stein (1981). Over the percentile bootstrap, which covers .88 to .92 with 8 to
    28 transcripts where this covers .93 to .94.
    """
    from scipy.special import stdtrit

    coded = (~np.isnan(ratings)).sum(axis=1)
    paired = ratings[coded >= 2]
    _, of_unit = np.unique(np.asarray(transcripts, dtype=str)[coded >= 2], return_inverse=True)
    n = int(of_unit.max()) + 1 if len(of_unit) else 0
    positives = float(((paired == 1).sum(axis=1) / coded[coded >= 2]).sum())
    if positives < MIN_POSITIVES - _NEARLY:
        return None, None, f"fewer than {MIN_POSITIVES} positives"
    if n < MIN_TRANSCRIPTS:
        return None, None, f"fewer than {MIN_TRANSCRIPTS} transcripts"
    agreeing, values = _coincidences(_counts(paired))
    by_transcript = np.zeros((n, 1 + values.shape[1]))
    np.add.at(by_transcript, of_unit.reshape(-1), np.column_stack([agreeing, values]))
    whole = by_transcript.sum(axis=0)
    without = whole - by_transcript
    alphas = _alpha(without[:, 0], without[:, 1:])
    alpha = float(_alpha(whole[0], whole[1:]))
    if np.isnan(alphas).any():
        return None, None, "no variation without one of the transcripts"
    error = float(np.sqrt((n - 1) / n * ((alphas - alphas.mean()) ** 2).sum()))
    if error < _NOTHING:
        return None, None, "nothing varies between transcripts"
    half = float(stdtrit(n - 1, 0.975)) * error
    return max(-1.0, alpha - half), min(1.0, alpha + half), ""


def agreement(
    ratings_by_code: Mapping[str, Floats],
    transcripts: Sequence[str],
    coders: Sequence[str],
    unit: str,
    *,
    rows: str = "blind",
    families: Mapping[str, str] | None = None,
    unsure_by_code: Mapping[str, Bools] | None = None,
) -> dict[str, Any]:
    """What `motif agree --json` says.

    Parameters
    ----------
    ratings_by_code : code -> (n_units, n_coders) 1, 0, NaN; the same units and coders for each.
    transcripts : (n_units,) ids.
    coders : (n_coders,) names.
    unit, rows : which units these are, passed on.
    families : code -> family; each family is also rated as a whole (any code of it).
    unsure_by_code : code -> (n_units, n_coders), true where the coder was unsure (rating NaN).

    Returns
    -------
    rows, unit, n_units, n_transcripts, coders, kappa_of, overall (all codes pooled, each unit and
    code one rating), codes, families, unsure. Figures are rounded to six decimals; `not_computable`
    and `no_interval` say why some are None.

    Raises
    ------
    ValueError : arrays and names differ in length, or a rating is none of 1, 0, NaN.
    """
    shape = (len(transcripts), len(coders))
    ratings = {code: np.asarray(one, dtype=np.float64) for code, one in ratings_by_code.items()}
    unsure = {code: np.zeros(shape, dtype=np.bool_) for code in ratings}
    unsure |= {code: one for code, one in (unsure_by_code or {}).items() if code in ratings}
    _check(ratings, unsure, shape)
    common = _common(ratings, shape)
    return {
        "rows": rows,
        "unit": unit,
        "n_units": int(common.sum()),
        "n_transcripts": len(set(np.asarray(transcripts, dtype=str)[common])),
        "coders": list(coders),
        "kappa_of": "two coders" if len(coders) == 2 else "the mean over pairs of coders",
        "overall": _overall(ratings, transcripts, coders),
        "codes": {code: _figures(one, transcripts, coders) for code, one in ratings.items()},
        "families": {
            family: _figures(one, transcripts, coders)
            for family, one in _by_family(ratings, unsure, families or {}).items()
        },
        "unsure": _unsure(ratings, unsure, transcripts, coders),
    }


def _check(
    ratings: Mapping[str, Floats], unsure: Mapping[str, Bools], shape: tuple[int, int]
) -> None:
    for code, one in ratings.items():
        if one.shape != shape or unsure[code].shape != shape:
            raise ValueError("one row per unit, one column per coder")
        if not (np.isnan(one) | (one == 1) | (one == 0)).all():
            raise ValueError("a rating is 1, 0 or NaN")


def _common(ratings: Mapping[str, Floats], shape: tuple[int, int]) -> Bools:
    """(n_units,) whether two coders rated some code there."""
    common = np.zeros(shape[0], dtype=np.bool_)
    for one in ratings.values():
        common |= (~np.isnan(one)).sum(axis=1) >= 2
    return common


def _figures(ratings: Floats, transcripts: Sequence[str], coders: Sequence[str]) -> dict[str, Any]:
    """One code, one family, or all together."""
    coded = ~np.isnan(ratings)
    paired = coded.sum(axis=1) >= 2
    positive = (ratings[paired] == 1).sum(axis=0)
    why = _not_computable(ratings[paired])
    low, high, no_interval = (None, None, why) if why else alpha_interval(ratings, transcripts)
    figures: dict[str, Callable[[Floats], float | None]] = {
        "percent": percent_agreement,
        "positive_agreement": lambda of: specific_agreement(of, 1.0),
        "negative_agreement": lambda of: specific_agreement(of, 0.0),
        "kappa": cohen_kappa,
        "alpha": krippendorff_alpha,
        "alpha_low": lambda _: low,
        "alpha_high": lambda _: high,
        "ac1": gwet_ac1,
    }
    return {
        "n": int(paired.sum()),
        "n_positive": {c: int(n) for c, n in zip(coders, positive, strict=True)},
        **{name: None if why else _rounded(figures[name](ratings)) for name in _FIGURES},
        "not_computable": why or None,
        "no_interval": no_interval or None,
    }


def _not_computable(paired: Floats) -> str:
    values = set(np.unique(paired[~np.isnan(paired)]))
    if not values:
        return "no unit was coded by two coders"
    if values == {0.0}:
        return "no variation: nobody called it present"
    if values == {1.0}:
        return "no variation: everybody called it present everywhere"
    return ""


def _overall(
    ratings: Mapping[str, Floats], transcripts: Sequence[str], coders: Sequence[str]
) -> dict[str, Any]:
    """All codes pooled: each unit and code is one thing that was rated."""
    none = np.empty((0, len(coders)))
    pooled = np.concatenate([none, *ratings.values()])
    return _figures(pooled, list(transcripts) * len(ratings), coders)


def _by_family(
    ratings: Mapping[str, Floats], unsure: Mapping[str, Bools], families: Mapping[str, str]
) -> dict[str, Floats]:
    """Is any code of the family there? A code that nobody was asked in a unit counts for nothing.

    Present where the coder called any code of it present; absent where the coder called every code
    absent that was asked there; else not known.
    """
    members: dict[str, list[str]] = defaultdict(list)
    for code in ratings:
        if code in families:
            members[families[code]].append(code)
    found = {}
    for family, codes in members.items():
        said = np.stack([ratings[code] for code in codes])  # (codes, units, coders)
        asked = ~np.isnan(said) | np.stack([unsure[code] for code in codes])
        open_ = np.isnan(said) & asked.any(axis=2, keepdims=True)
        whole = np.where(open_.any(axis=0) | ~asked.any(axis=0), np.nan, 0.0)
        found[family] = np.where((said == 1).any(axis=0), 1.0, whole)
    return found


def _unsure(
    ratings: Mapping[str, Floats],
    unsure: Mapping[str, Bools],
    transcripts: Sequence[str],
    coders: Sequence[str],
) -> dict[str, Any]:
    """How often nobody could tell, and what alpha would be had unsure meant one of the two."""
    counts = {code: unsure[code].sum(axis=0) for code in ratings}
    per_coder = sum(counts.values(), np.zeros(len(coders), dtype=np.intp))
    as_said = {
        name: _overall(
            {code: np.where(unsure[code], value, one) for code, one in ratings.items()},
            transcripts,
            coders,
        )["alpha"]
        for name, value in (("alpha_as_present", 1.0), ("alpha_as_absent", 0.0))
    }
    return {
        "n": int(per_coder.sum()),
        "coders": {coder: int(n) for coder, n in zip(coders, per_coder, strict=True)},
        "codes": {code: int(n.sum()) for code, n in counts.items() if n.sum()},
        **as_said,
    }


def _counts(ratings: Floats) -> Floats:
    """(n_units, n_categories) how many coders said each of the categories that occur."""
    categories = np.unique(ratings[~np.isnan(ratings)])
    return np.asarray((ratings[:, :, None] == categories).sum(axis=1), dtype=np.float64)


def _optional(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS) + 0.0  # no -0.0
