"""Arguments that share memory with each other."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from srcad.errors import UnsupportedError
from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.memory import is_instance, owner

__all__ = ["check_shared", "check_writable", "has_changed", "memory_reached", "share_memory", "shared_arrays"]


def share_memory(values: tuple[Any, ...]) -> bool:
    """Tell whether two of the values may reach the same memory.

    >>> x = np.ones(3)
    >>> share_memory((x, [x[1:]])), share_memory(([x, x], x.copy()))
    (True, False)
    """
    seen: set[int] = set()
    for value in values:
        own = set(memory_reached(value))
        if own & seen:
            return True
        seen |= own
    return False


def shared_arrays(values: tuple[Any, ...], others: tuple[Any, ...] = ()) -> list[list[tuple[Any, Any]]]:
    """Return the arrays of the values that overlap: groups of those in the same memory, each with a copy of what it holds.

    They may overlap with each other, or with those of the ``others``.  An array that stands twice in one container counts,
    and so does one that two values hold; a list, a dict or an object that is found twice does not: it is one variable.

    >>> x = np.ones(4)
    >>> [len(group) for group in shared_arrays(([x, x[1:]], x.copy()))], shared_arrays(([x[:2], x[2:]],))
    ([2], [])
    """
    by_owner: dict[int, list[Any]] = {}
    seen: dict[int, Any] = {}
    for value in values:
        for array in _arrays_in(value, seen):
            by_owner.setdefault(id(owner(array)), []).append(array)
    for value in others:
        for array in _arrays_in(value, seen):
            if id(owner(array)) in by_owner:
                by_owner[id(owner(array))].append(array)
    groups = (_overlapping(found) for found in by_owner.values() if len(found) > 1)
    return [[(each, each.copy()) for each in group] for group in groups if group]


def _arrays_in(value: Any, seen: dict[int, Any]) -> Iterator[Any]:
    """Yield each array where it stands, in containers that were not ``seen``."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, _CONTAINERS) or is_instance(value):
        if id(value) in seen:
            return
        if not isinstance(value, tuple):
            seen[id(value)] = value
        for part in _parts(value):
            yield from _arrays_in(part, seen)


def _overlapping(arrays: list[Any]) -> list[Any]:
    """Return those of the arrays of one memory that share an entry with another one of them."""
    ordered = sorted((*byte_bounds(array), k) for k, array in enumerate(arrays))
    chosen: set[int] = set()
    for at, (_, end, k) in enumerate(ordered):
        for start, _, other in ordered[at + 1 :]:
            if start >= end:
                break
            if arrays[k] is arrays[other] or _overlap(arrays[k], arrays[other]):
                chosen |= {k, other}
    return [arrays[k] for k in sorted(chosen)]


def _overlap(first: Any, second: Any) -> bool:
    try:
        return np.shares_memory(first, second, max_work=_MOST_WORK)
    except np.exceptions.TooHardError:
        return True


_MOST_WORK = 10_000


def check_shared(groups: list[list[tuple[Any, Any]]], title: str) -> None:
    """Refuse a program of which it is not known whether it changes memory that its arguments share.

    If it does, what shares it is one variable, and if it does not, it is several.  It does if the memory holds
    something else afterwards.

    Raises
    ------
    UnsupportedError
        If nothing of one of the ``groups`` has changed.
    """
    if not all(has_changed([group]) for group in groups):
        raise UnsupportedError(f"Two arrays that '{title}' is given share memory, and it is not known whether that is "
                               "changed.", "Pass a copy of one of them.")  # fmt: skip


def has_changed(groups: list[list[tuple[Any, Any]]]) -> bool:
    """Tell whether one of the arrays holds something else than it did."""
    return not all(_holds_the_same(now, before) for group in groups for now, before in group)


def _holds_the_same(now: Any, before: Any) -> bool:
    return bool(np.array_equal(now, before, equal_nan=now.dtype.kind in "fc"))


def memory_reached(value: Any, found: dict[int, Any] | None = None) -> dict[int, Any]:
    """Return the memory that a value reaches: owners of arrays and containers, by their identities."""
    found = {} if found is None else found
    if isinstance(value, np.ndarray):
        whole = owner(value)
        found[id(whole)] = whole
    elif isinstance(value, _CONTAINERS) or is_instance(value):
        if id(value) in found:
            return found
        if not isinstance(value, tuple):
            found[id(value)] = value
        for part in _parts(value):
            memory_reached(part, found)
    return found


def _parts(value: Any) -> Iterable[Any]:
    """Return what a container or an object holds; of a nested function what it has captured."""
    if isinstance(value, Closure):
        return value.captured
    instance = attributes_of(value) if is_instance(value) else value
    return instance.values() if isinstance(instance, dict) else instance


_CONTAINERS = (list, tuple, dict, collections.deque)


def check_writable(array: Any, title: str) -> None:
    """Refuse a read-only array that a program stores in: the copy that the derivative works on is not read-only.

    Raises
    ------
    UnsupportedError
        If ``array`` is one.
    """
    if isinstance(array, np.ndarray) and not array.flags.writeable:
        raise UnsupportedError(f"'{title}' may catch the error of a store in an array that is read-only.",
                               "Pass a copy of it, which can be written to.")  # fmt: skip
