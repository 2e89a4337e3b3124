"""How the numbers of the names tagger are fitted: torch on one core, the same each time.

Used by `train_tagger` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.anonymise.pieces import TYPES, Space, installed, n_pieces
from pipeline.anonymise.tagger import TAGS
from pipeline.anonymise.tagger_features import WINDOW

SEED = 7
FEWEST = 3  # times a feature must be met
SMALLEST = 0.01  # a feature none of whose weights is larger is left out
SMOOTH = 1.0
AXES = 96
HIDDEN = 48
EPOCHS = 8
BATCH = 256
RATE = 3e-3
DECAY = 0.03
# Left out at random while learning: features, words of the window, hidden units, whole windows.
# Without windows at times, because other languages than English go without them for good.
DROPPED_FEATURES, DROPPED_WORDS, DROPPED_UNITS, DROPPED_WINDOWS = 0.5, 0.5, 0.4, 0.15
TYPES_STRENGTH = 0.01  # inverse of the penalty on large weights
Floats = NDArray[np.float32]


class Example(NamedTuple):
    """One word: its features, its tag, whether the next example is its neighbour, its window."""

    features: tuple[str, ...]
    tag: int
    follows: bool
    window: tuple[str, ...]  # the words around it in lower case, "" beyond the text


def fit_space(typed: Mapping[str, int]) -> Space:
    """Centre, size, directions and types, from words of which it is known what they are.

    Parameters
    ----------
    typed : word -> index in TYPES.
    """
    from sklearn.linear_model import LogisticRegression

    pieces = installed()
    table = np.asarray(pieces.table)
    centre, scale = table.mean(axis=0), np.array([table.std()], dtype=np.float32)
    centred = (table - centre) / scale
    _, directions = np.linalg.eigh(centred.T @ centred)
    words = sorted(typed)
    means, n = pieces.means(words)
    X = np.hstack([(means - centre) / scale, n_pieces(n)])
    y = np.array([typed[word] for word in words])
    model = LogisticRegression(C=TYPES_STRENGTH, max_iter=60, tol=1e-3).fit(X, y)
    types, bias = np.zeros((X.shape[1], len(TYPES))), np.full(len(TYPES), -20.0)
    types[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    return Space(
        centre=centre,
        scale=scale,
        axes=directions[:, : -AXES - 1 : -1].astype(np.float32),
        types=types.astype(np.float32),
        bias=bias.astype(np.float32),
        fingerprint=np.frombuffer(pieces.fingerprint(), dtype=np.uint8),
    )


def fit_net(found: Sequence[Example], space: Space) -> tuple[list[str], dict[str, NDArray[Any]]]:
    """Features, and the arrays that `load_tagger` makes a net of."""
    import torch
    from torch.nn import functional

    counts = Counter(f for one in found for f in set(one.features))
    names = sorted(f for f, n in counts.items() if n >= FEWEST)
    index = {f: k for k, f in enumerate(names)}
    rows = np.array([k for k, f in enumerate(names) if _is_general(f)], dtype=np.int32)
    inner = np.full(len(names), len(rows))
    inner[rows] = np.arange(len(rows))
    columns = [np.array([index[f] for f in one.features if f in index]) for one in found]
    words = sorted({word for one in found for word in one.window if word})
    place = {word: k for k, word in enumerate(words)} | {"": -1}
    vectors = np.vstack([space.look(words)[0] @ space.axes, np.zeros((1, AXES))])
    near = torch.tensor(vectors[[[place[w] for w in one.window] for one in found]]).float()
    tags = torch.tensor([one.tag for one in found])

    with _alone():
        straight = torch.zeros(len(names), len(TAGS), requires_grad=True)
        through = (0.05 * torch.randn(len(rows) + 1, HIDDEN)).requires_grad_()
        first = torch.nn.Linear(len(WINDOW) * AXES, HIDDEN)
        last = torch.nn.Linear(HIDDEN, len(TAGS))
        learnt = [straight, through, *first.parameters(), *last.parameters()]
        optimiser = torch.optim.AdamW(learnt, lr=RATE, weight_decay=DECAY)
        for epoch in range(EPOCHS):
            order = torch.randperm(len(found)).tolist()
            for start in range(0, len(order), BATCH):
                for group in optimiser.param_groups:
                    group["lr"] = RATE * (1 - (epoch + start / len(order)) / EPOCHS)
                batch = order[start : start + BATCH]
                flat = torch.tensor(np.concatenate([columns[k] for k in batch]))
                offsets = torch.tensor(np.cumsum([0, *(len(columns[k]) for k in batch[:-1])]))
                kept = _kept((len(flat),), DROPPED_FEATURES)
                window = near[batch] * _kept((len(batch), len(WINDOW), 1), DROPPED_WORDS)
                window *= (torch.rand(len(batch), 1, 1) >= DROPPED_WINDOWS).float()
                inside = first(window.flatten(1)) + functional.embedding_bag(
                    torch.tensor(inner)[flat], through, offsets, mode="sum",
                    per_sample_weights=kept, padding_idx=len(rows),
                )  # fmt: skip
                scores = last(functional.dropout(functional.relu(inside), DROPPED_UNITS))
                scores = scores + functional.embedding_bag(
                    flat, straight, offsets, mode="sum", per_sample_weights=kept
                )
                optimiser.zero_grad()
                functional.cross_entropy(scores, tags[batch]).backward()  # type: ignore[no-untyped-call]
                optimiser.step()
        arrays = {
            "straight": straight.detach().numpy(),
            "through": through.detach().numpy()[:-1],
            "near": first.weight.detach().numpy().T.reshape(len(WINDOW), AXES, HIDDEN),
            "inner": first.bias.detach().numpy(),
            "outer": last.weight.detach().numpy().T,
            "bias": last.bias.detach().numpy(),
        }
    kept_rows = np.abs(arrays["straight"]).max(axis=1) >= SMALLEST
    kept_rows[rows] = True
    arrays["straight"] = arrays["straight"][kept_rows]
    small = {name: np.ascontiguousarray(one, dtype=np.float16) for name, one in arrays.items()}
    numbers = {"rows": (np.cumsum(kept_rows) - 1)[rows].astype(np.int32), "steps": _steps(found)}
    return [f for f, keep in zip(names, kept_rows, strict=True) if keep], small | numbers


def _is_general(feature: str) -> bool:
    """Whether it goes to the hidden units too: not what is of one word, one ending, a pair."""
    name = feature.partition("=")[0]
    return name not in ("2", "3", "t") and not name.endswith("w") and "/" not in feature


def _kept(shape: tuple[int, ...], dropped: float) -> Any:
    import torch

    return (torch.rand(shape) >= dropped).float() / (1 - dropped)


@contextmanager
def _alone() -> Iterator[None]:
    """One core and a seed of its own: the same numbers each time, and nothing left changed."""
    import torch

    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def _steps(found: Sequence[Example]) -> Floats:
    """Log odds of a tag behind a tag against the tag alone; what BIO forbids is out."""
    n = np.full((len(TAGS), len(TAGS)), SMOOTH)
    for one, other in zip(found, found[1:], strict=False):
        if other.follows:
            n[one.tag, other.tag] += 1
    steps = np.log(n / n.sum(axis=1, keepdims=True)) - np.log(n.sum(axis=0) / n.sum())
    for b, after in enumerate(TAGS):
        for a, before in enumerate(TAGS):
            if after[0] == "I" and before[2:] != after[2:]:
                steps[a, b] = -1e9
    result: Floats = steps.astype(np.float32)
    return result
