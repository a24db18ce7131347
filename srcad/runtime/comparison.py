"""Whether two structures hold the same numbers, texts and arrays."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.memory import is_instance

__all__ = ["hold_the_same"]


def hold_the_same(first: Any, second: Any, seen: frozenset[tuple[int, int]] = frozenset()) -> bool:
    """Tell whether two structures hold the same; NaN is the same as itself.

    >>> hold_the_same({"a": [np.nan, np.ones(2)]}, {"a": [np.nan, np.ones(2)]}), hold_the_same([1.0], [1.0, 2.0])
    (True, False)
    """
    if isinstance(first, np.ndarray):
        return bool(np.array_equal(first, second, equal_nan=first.dtype.kind in "fc"))
    if first is second or (id(first), id(second)) in seen:
        return True
    seen = seen | {(id(first), id(second))}
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(hold_the_same(a, b, seen) for a, b in zip(first, second))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(hold_the_same(first[k], second[k], seen) for k in first)
    if isinstance(first, Closure):
        return hold_the_same(first.captured, second.captured, seen)
    if isinstance(first, types.FunctionType) and isinstance(second, types.FunctionType):
        return first.__code__ is second.__code__  # a copy of a function holds copies
    if is_instance(first):
        return hold_the_same(attributes_of(first), attributes_of(second), seen)
    return bool(first == second) or first != first
