"""Programs that run again in the backward pass, and must do what they did before."""

from __future__ import annotations

import collections
import functools
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from srcad.callables.replay import Replay
from srcad.errors import UnsupportedError
from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.comparison import hold_the_same
from srcad.runtime.held import closed_over
from srcad.runtime.memory import is_instance

__all__ = ["held_by", "mark_of", "replay_of", "require_same", "require_unchanged"]

_TOLERANCE = 1e-3


def replay_of(function: Any, args: Any, options: Any) -> Replay:
    """Return the context in which a function with these arguments runs again, with the same random numbers."""
    inner = function.__func__ if isinstance(function, types.MethodType) else function
    closed = [held for _, held in closed_over(inner)] if isinstance(inner, types.FunctionType) else []
    return Replay((*args, options, *held_by(function), *closed), inner)


def held_by(function: Any) -> list[Any]:
    """Return what a function of a program reads besides its arguments: its object, or what it has captured.

    Examples
    --------
    >>> held_by([1.0].append)
    [[1.0]]
    """
    found: list[Any] = []
    waiting, seen = [function], {id(function)}
    while waiting:
        value = waiting.pop()
        inside: tuple[Any, ...] = ()
        if isinstance(value, Closure):
            inside = value.captured
        elif isinstance(value, functools.partial):
            inside = (value.func, *value.args, *value.keywords.values())
        elif isinstance(value, (types.MethodType, types.BuiltinMethodType)):
            inside = (value.__self__,)
        elif not isinstance(value, types.FunctionType):
            found.append(value)
        waiting += [part for part in inside if id(part) not in seen]
        seen.update(map(id, inside))
    return found


def require_unchanged(before: Any, after: Any, function: Any) -> None:
    """Refuse a function that has changed its arguments, or what it holds: both are pairs of these."""
    for what, first, second in zip(("an argument", "a value around it"), before, after):
        if not hold_the_same(first, second):
            raise UnsupportedError(f"{_title(function)} changes {what} in place, and is to be computed again from it.",
                                   "Let it work on a copy and return that, or do not use checkpoint.")  # fmt: skip


def mark_of(value: Any) -> list[tuple[float, float]]:
    """Return what tells a result from another, in less memory: of each leaf the sum, and that of the moduli.

    Examples
    --------
    >>> mark_of({"a": [2.0, -3.0]})
    [(2.0, 2.0), (-3.0, 3.0)]
    """
    with np.errstate(all="ignore"):
        return [(complex(np.sum(leaf)).real, float(np.sum(np.abs(leaf)))) for leaf in _numbers(value, set())]


def _numbers(value: Any, seen: set[int]) -> Iterator[Any]:
    """Yield the floating-point numbers and arrays in a structure."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fc":
            yield value
    elif isinstance(value, (float, complex, np.inexact)):
        yield value
    elif id(value) not in seen:
        seen.add(id(value))
        inside: Any = ()
        if isinstance(value, (list, tuple, collections.deque)):
            inside = value
        elif isinstance(value, dict):
            inside = value.values()
        elif is_instance(value) and not callable(value):
            inside = attributes_of(value).values()
        for part in inside:
            yield from _numbers(part, seen)


def require_same(mark: Any, value: Any, function: Any) -> None:
    """Refuse a function that has returned another result when it ran again, by more than rounding can do."""
    again = mark_of(value)
    if len(again) == len(mark) and all(map(_close, mark, again)):
        return
    raise UnsupportedError(f"{_title(function)} is computed again in the backward pass, and gives another result then.",
                           "Pass what it draws, counts or reads as an argument.")  # fmt: skip


def _close(first: tuple[float, float], second: tuple[float, float]) -> bool:
    size = max(first[1], second[1])
    return not np.isfinite(size) or all(abs(a - b) <= _TOLERANCE * size for a, b in zip(first, second))


def _title(function: Any) -> str:
    name = getattr(function, "__name__", None)
    return "The function" if name is None else f"'{name.removesuffix('_plain')}'"
