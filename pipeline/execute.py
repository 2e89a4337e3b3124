"""Map a function over items: here, on many cores, or on a cluster. The order is kept, always."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pipeline.errors import PipelineError

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_over(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int = 1
) -> list[Result]:
    """`[function(item) for item in items]`, on up to `workers` processes.

    The function must be importable by name (processes are spawned on some systems) and depend on
    its item alone, so that the result is the same whatever `workers` is.
    """
    listed = list(items)
    if workers <= 1 or len(listed) < 2:
        return [function(item) for item in listed]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # "spawn" everywhere: forking a process that has threads (onnxruntime, torch) can hang.
    context = get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(listed)), mp_context=context) as pool:
        return list(pool.map(function, listed))


def map_on_cluster(
    function: Callable[[Item], Result], items: Iterable[Item], *, address: str
) -> list[Result]:
    """The same on the workers of a dask scheduler; only for steps after the gate.

    Raises
    ------
    PipelineError : dask.distributed is not installed, or the scheduler does not answer.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise PipelineError(
            "a scheduler was named but dask.distributed is not installed",
            mend="Install Motif with the extra 'cluster'.",
        ) from None
    try:
        client = distributed.Client(address, timeout="10s")
    except (OSError, ValueError):
        raise PipelineError(
            "the scheduler does not answer", where=address, mend="Check the address and the port."
        ) from None
    with client:
        return list(client.get_executor().map(function, items))
