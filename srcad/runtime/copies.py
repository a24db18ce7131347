"""Copies of whole structures, down to their arrays, in which aliases stay aliases."""

from __future__ import annotations

import collections
import copy
import functools
from typing import Any

import numpy as np

from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.held import FUNCTIONS, rebound
from srcad.runtime.memory import (
    NUMBERS,
    OPAQUE,
    Cell,
    Shadow,
    address_of,
    has_layout,
    is_instance,
    owner,
    view_of,
)

__all__ = ["clone"]


def clone(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return a copy of ``value`` down to its arrays; what shares memory in it shares memory in the copy.

    Functions, strings and the like are not copied.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.zeros(3)
    >>> first, second = clone((x, x[:2]))
    >>> second[0] = 5.0
    >>> first, x
    (array([5., 0., 0.]), array([0., 0., 0.]))
    """
    if type(value) in _NUMBERS_OF_PYTHON:
        return value
    if memo is None:
        memo = {}
        made = clone(value, memo)
        _renew_keys(memo)
        return made
    if isinstance(value, np.ndarray):
        return _array_clone(value, memo)
    if isinstance(value, FUNCTIONS):
        return rebound(value, memo)
    if isinstance(value, (bool, int, *NUMBERS, *OPAQUE)):
        return value
    found = memo.get(id(value))
    if found is not None:
        return found[0]
    if isinstance(value, tuple):
        parts = [clone(item, memo) for item in value]
        if type(value).__new__ is tuple.__new__:
            return type(value)(parts)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    result: Any
    if isinstance(value, list):
        result = copy.copy(value)
        memo[id(value)] = (result, value)
        result[:] = [clone(item, memo) for item in value]
    elif isinstance(value, collections.deque):
        result = collections.deque((clone(item, memo) for item in value), value.maxlen)
        memo[id(value)] = (result, value)
    elif isinstance(value, dict):
        result = copy.copy(value)
        memo[id(value)] = (result, value)
        for key, item in value.items():
            result[key] = clone(item, memo)
    elif isinstance(value, functools.partial):
        result = functools.partial(value.func, *clone(value.args, memo), **clone(value.keywords, memo))
        memo[id(value)] = (result, value)
    elif isinstance(value, Cell):
        result = Cell()
        result.g = clone(value.g, memo)
        memo[id(value)] = (result, value)
    elif isinstance(value, Closure):
        result = Closure(value.function, tuple(clone(item, memo) for item in value.captured))
    elif is_instance(value) or isinstance(value, Shadow):
        result = _shallow_copy(value)
        memo[id(value)] = (result, value)
        for name, item in attributes_of(value).items():
            object.__setattr__(result, name, clone(item, memo))
        _clone_table(value, result, memo)
    else:
        result = value
    return result


_NUMBERS_OF_PYTHON = frozenset([float, int, bool])


def _shallow_copy(value: Any) -> Any:
    """Do what ``copy.copy`` does, in less time where the class has nothing of its own to do for it."""
    if not _is_copied_plainly(type(value)):
        return copy.copy(value)
    made = object.__new__(type(value))
    vars(made).update(vars(value))
    return made


@functools.lru_cache(maxsize=256)
def _is_copied_plainly(cls: type) -> bool:
    """Tell whether the objects of a class are copied by copying their attributes, all of which are in a dictionary."""
    *classes, last = cls.__mro__
    return last is object and all(
        base.__flags__ & _MADE_BY_CLASS_STATEMENT and _COPYING.isdisjoint(vars(base)) for base in classes
    )


_MADE_BY_CLASS_STATEMENT = 1 << 9
_COPYING = frozenset(
    "__copy__ __reduce__ __reduce_ex__ __getstate__ __setstate__ __getnewargs__ __getnewargs_ex__ __slots__ __new__".split()
)


def _renew_keys(memo: dict[int, Any]) -> None:
    """Let objects that were copied be keys of copied dicts in the place of those that they are copies of."""
    for found in list(memo.values()):
        copied = found[0]
        if isinstance(copied, dict) and any(id(key) in memo and is_instance(key) for key in copied):
            items = [
                (memo[id(key)][0] if is_instance(key) and id(key) in memo else key, item)
                for key, item in copied.items()
            ]
            copied.clear()
            copied.update(items)


def _clone_table(value: Any, result: Any, memo: dict[int, Any]) -> None:
    """Give the copy of a `Tangent` the copies of those which it finds by the objects that they belong to."""
    table = getattr(value, "__dict__", {}).get("__memo__")
    if table is None:
        return
    if id(table) not in memo:
        made: dict[int, Any] = {}
        memo[id(table)] = (made, table)
        made.update((key, (clone(image, memo), primal)) for key, (image, primal) in list(table.items()))
    object.__setattr__(result, "__memo__", memo[id(table)][0])


def _array_clone(value: Any, memo: dict[int, Any]) -> Any:
    base = owner(value)
    found = memo.get(id(base))
    if found is None:
        made = np.array(base, order="K", subok=True)
        if not has_layout(made, base):
            return np.array(value)
        memo[id(base)] = found = (made, base)
    if base is value:
        return found[0]
    if base.dtype.kind == "O":
        return np.array(value)
    # the real part of complex numbers is a view of another dtype
    return view_of(found[0], value.shape, address_of(value) - address_of(base), value.strides, value.dtype)
