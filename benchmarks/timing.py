"""Time several calls against one another, in turns, so that all see the same state of the machine."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["peak_memory", "settle_allocator", "times"]


def settle_allocator() -> None:
    """Let the C library keep what is freed, as it does in a process that has once freed an array of this size.

    Before that, glibc gives the memory of middle-sized arrays back to the system at every call, and what is timed is
    how long the system takes to clear new pages.
    """
    np.ones(3_500_000)


def times(calls: Mapping[str, Callable[[], Any]], rounds: int, seconds: float = 0.003) -> dict[str, float]:
    """Return the shortest time of each call in seconds of the processor, not of the clock.

    So it does not count how long other processes held the processor.

    Parameters
    ----------
    calls : mapping of str to callable
        What to time.
    rounds : int
        How many times each call is measured; within a round the calls take turns.
    seconds : float
        About how long one measurement takes, which sets how often the call is repeated in it.
    """
    repeats = {name: max(1, int(seconds / _once(call))) for name, call in calls.items()}
    measured: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                measured[name].append(_per_call(call, repeats[name]))
    finally:
        gc.enable()
    return {name: min(values) for name, values in measured.items()}


def _once(call: Callable[[], Any]) -> float:
    """Return the time of one warm call."""
    call()
    return min(_per_call(call, 1) for _ in range(3)) + 1e-9


def _per_call(call: Callable[[], Any], repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - start) / repeats


def peak_memory(call: Callable[[], Any]) -> int:
    """Return how many bytes a warm call allocates at its peak, its results included."""
    call()
    gc.collect()
    tracemalloc.start()
    try:
        result = call()
        _, peak = tracemalloc.get_traced_memory()
        del result
    finally:
        tracemalloc.stop()
    return peak
