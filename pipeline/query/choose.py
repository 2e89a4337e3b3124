"""From an order to a batch: a cap per transcript, near-duplicates once, a reason for each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pipeline.query import Pool, Strategy
from pipeline.query.at_random import at_random
from pipeline.query.diverse import diverse, representative, uncertain_diverse
from pipeline.query.least_certain import doubt, least_certain, need
from pipeline.query.mixture import mixture, pattern
from pipeline.query.rare import lacking, likely, rare

SAME = 0.97  # cosine from which on two segments count as the same
SHARE = 0.2  # of a batch that one transcript may have, where there are enough transcripts


def choose(
    pool: Pool, n: int, strategy: Strategy, rng: np.random.Generator
) -> list[tuple[int, str]]:
    """The next batch: (row of the pool, why), sorted by transcript and position.

    People code interviews, not shuffled rows, so the batch comes in the order of the pool. Of
    segments that say nearly the same, and of those nearly the same as a decided one, none is
    asked twice. No transcript gets more than a fifth of the batch, unless there are too few; what
    the two rules keep out is only asked when nothing else is left.

    Parameters
    ----------
    n : rows wanted; fewer come back only where the pool is smaller.
    """
    if n < 1 or not len(pool):
        return []
    order = strategy(pool, rng)
    chosen = _pick(pool, order, min(n, len(pool)))
    place = {int(row): at for at, row in enumerate(order)}
    return [(row, _reason(pool, row, strategy, place[row])) for row in sorted(chosen)]


def _pick(pool: Pool, order: Sequence[int] | np.ndarray, n: int) -> list[int]:
    """Rows in order, first under both rules, then without the cap, then without either."""
    n_transcripts = len(set(pool.transcript_ids))
    cap = max(1, int(np.ceil(max(SHARE * n, n / n_transcripts))))
    chosen: list[int] = []
    in_batch = np.zeros(len(pool), dtype=bool)
    per_transcript: Counter[str] = Counter()
    known = pool.decided_X if pool.decided_X.size else np.zeros((0, pool.X.shape[1]), np.float32)
    rows = np.zeros((n, pool.X.shape[1]), dtype=np.float32)
    for capped, distinct in ((True, True), (False, True), (False, False)):
        for one in order:
            row = int(one)
            if len(chosen) == n:
                return chosen
            if in_batch[row] or (capped and per_transcript[pool.transcript_ids[row]] >= cap):
                continue
            if distinct and (_same(pool.X[row], rows[: len(chosen)]) or _same(pool.X[row], known)):
                continue
            rows[len(chosen)] = pool.X[row]
            chosen.append(row)
            in_batch[row] = True
            per_transcript[pool.transcript_ids[row]] += 1
    return chosen


def _same(x: np.ndarray, others: np.ndarray) -> bool:
    return bool(len(others)) and bool((others @ x).max() > SAME)


def _reason(pool: Pool, row: int, strategy: Strategy, place: int) -> str:
    """Why this row, in words that a coder understands; no number, no text of the segment."""
    if strategy is mixture:
        turns = pattern(pool)
        return _reason(pool, row, turns[place % len(turns)], place)
    codes = pool.codes
    if strategy is at_random:
        return "drawn at random"
    if strategy in (least_certain, uncertain_diverse) and len(codes):
        most = codes[int(np.argmax(doubt(pool.proba[row]) * need(pool)))]
        new = ", and unlike what was asked before" if strategy is uncertain_diverse else ""
        return f"the machine is unsure here, most of all about {most}{new}"
    if strategy is diverse:
        return "unlike anything decided or asked so far"
    if strategy is representative:
        return "typical of much that nobody has coded yet"
    if strategy is rare and len(codes):
        few = lacking(pool)
        code = int(few[np.argmax(likely(pool)[row, few])])
        found = int(pool.n_positive[code])
        so_far = "none found" if found == 0 else f"only {found} found" if found < 15 else "sought"
        return f"may be an example of {codes[code]} ({so_far} so far)"
    return f"chosen by the strategy {getattr(strategy, '__name__', 'in force')}"
