"""Whole numbers that are differentiated by, and may count all the same."""

from __future__ import annotations

import functools
import inspect
import random
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Whole", "dispatched", "method_for", "standard_gauss", "whole"]


class Whole(float):
    """A float for an integer with a derivative: it counts, selects and prints as the integer does.

    Examples
    --------
    >>> n = Whole(3)
    >>> list(range(n - 1)), "abcd"[n], n / 2, f"{n} {n:03d}"
    ([0, 1], 'd', 1.5, '3 003')
    """

    __slots__ = ()

    def __index__(self) -> int:
        return int(self)

    def __repr__(self) -> str:
        return repr(int(self))

    __str__ = __repr__

    def __format__(self, form: str) -> str:
        return format(int(self), form)

    def __reduce__(self) -> tuple[Any, ...]:
        return Whole, (int(self),)


def _kept(name: str) -> Callable[..., Any]:
    """Return a method of `Whole` with whole results for whole operands."""
    of_float, of_int = getattr(float, name), getattr(int, name)

    def method(self: Whole, *others: Any) -> Any:
        if all(isinstance(other, (Whole, int)) for other in others):
            exact = of_int(int(self), *map(int, others))
            return Whole(exact) if type(exact) is int else exact
        return of_float(self, *others)

    method.__name__ = name
    return method


for _name in "add radd sub rsub mul rmul floordiv rfloordiv mod rmod pow rpow neg pos abs".split():
    setattr(Whole, f"__{_name}__", _kept(f"__{_name}__"))


def whole(value: Any) -> float:
    """Return an integer as a number that has a derivative and counts; anything else as a float.

    >>> whole(3), whole(2.5), type(whole(True))
    (3, 2.5, <class 'float'>)
    """
    counts = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return Whole(int(value)) if counts or isinstance(value, Whole) else float(value)


def dispatched(function: Any, value: Any) -> Any:
    """Return what a function under ``functools.singledispatch`` calls for this first argument."""
    return function.dispatch(int if isinstance(value, Whole) else type(value))


def method_for(receiver: Any, name: str, args: tuple[Any, ...]) -> Any:
    """Return ``receiver.name`` as it is called with these arguments: one under ``singledispatchmethod`` by the first.

    >>> method_for([3], "append", (4,)).__name__
    'append'
    """
    found = inspect.getattr_static(type(receiver), name, None)
    if isinstance(found, functools.singledispatchmethod) and args:
        return dispatched(found.dispatcher, args[0]).__get__(receiver, type(receiver))
    return getattr(receiver, name)


def standard_gauss(generator: random.Random) -> float:
    """Return a sample of mean 0 and deviation 1 from a generator of Python's.

    >>> standard_gauss(random.Random(3)) == random.Random(3).gauss(0.0, 1.0)
    True
    """
    return generator.gauss(0.0, 1.0)
