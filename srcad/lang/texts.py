"""The texts of generated functions, where tracebacks, debuggers and `inspect` look for them."""

from __future__ import annotations

import linecache
import weakref
from typing import Any

__all__ = ["forget_with", "keep"]

_forgotten: list[str] = []
"""Files whose functions are gone.  Their texts go when the next one comes: now somebody may be walking the cache."""


def keep(file: str, text: str) -> None:
    """Let ``file`` have this text.

    Examples
    --------
    >>> keep("<example>", "x = 1\\n")
    >>> linecache.getline("<example>", 1)
    'x = 1\\n'
    """
    while _forgotten:
        linecache.cache.pop(_forgotten.pop(), None)
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


def forget_with(function: Any, file: str) -> None:
    """Let the text of ``file`` go some time after ``function`` has."""
    weakref.finalize(function, _forgotten.append, file)
