"""Python's collector of cyclic garbage rests while a derivative is built.

Thousands of nodes are made then, and all of them are in use: walking over them again and again, as the collector
does whenever many objects were made, takes up to a fifth of the time and frees nothing.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["resting_collector"]

_lock = threading.Lock()
_resting_for: list[bool] = []
"""For each build that runs now, whether the collector worked before it."""


@contextmanager
def resting_collector() -> Iterator[None]:
    """Let the collector rest, and work again after the last of those for whom it rests.

    Examples
    --------
    >>> with resting_collector():
    ...     with resting_collector():
    ...         pass
    ...     print(gc.isenabled())
    False
    >>> gc.isenabled()
    True
    """
    with _lock:
        _resting_for.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            works = any(_resting_for)
            _resting_for.pop()
            if works and not _resting_for:
                gc.enable()
