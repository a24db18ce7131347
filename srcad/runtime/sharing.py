"""Arguments that share memory with each other."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.attributes import attributes_of
from srcad.runtime.memory import is_instance, owner

__all__ = ["check_shared", "share_memory", "shared_arrays"]


def share_memory(values: tuple[Any, ...]) -> bool:
    """Tell whether two of the values may reach the same memory.

    >>> x = np.ones(3)
    >>> share_memory((x, [x[1:]])), share_memory(([x, x], x.copy()))
    (True, False)
    """
    seen: set[int] = set()
    for value in values:
        own = set(_reached(value))
        if own & seen:
            return True
        seen |= own
    return False


def shared_arrays(values: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    """Return the memory that several of the values reach, each array with a copy of what it holds now.

    Nothing if a list, a dict or an object is what they share.
    """
    everything = [_reached(value) for value in values]
    counts = collections.Counter(place for own in everything for place in own)
    shared = {place: each for own in everything for place, each in own.items() if counts[place] > 1}
    if not all(isinstance(each, np.ndarray) for each in shared.values()):
        return []
    return [(each, each.copy()) for each in shared.values()]


def check_shared(arrays: list[tuple[Any, Any]], title: str) -> None:
    """Refuse a program of which it is not known whether it changes memory that its arguments share.

    If it does, the arguments are one variable, and if it does not, they are several.  It does if the memory holds
    something else afterwards.

    Raises
    ------
    UnsupportedError
        If none of the ``arrays`` has changed.
    """
    if arrays and all(_holds_the_same(now, before) for now, before in arrays):
        raise UnsupportedError(f"Two arguments of '{title}' share memory, and it is not known whether that is changed.",
                               "Pass a copy of one of them.")  # fmt: skip


def _holds_the_same(now: Any, before: Any) -> bool:
    return bool(np.array_equal(now, before, equal_nan=now.dtype.kind in "fc"))


def _reached(value: Any, found: dict[int, Any] | None = None) -> dict[int, Any]:
    """Return the memory that a value reaches: owners of arrays and containers, by their identities."""
    found = {} if found is None else found
    if isinstance(value, np.ndarray):
        whole = owner(value)
        found[id(whole)] = whole
    elif isinstance(value, (list, tuple, dict, collections.deque)) or is_instance(value):
        if id(value) in found:
            return found
        if not isinstance(value, tuple):
            found[id(value)] = value
        instance = attributes_of(value) if is_instance(value) else value
        for part in instance.values() if isinstance(instance, dict) else instance:
            _reached(part, found)
    return found
