"""Named tuples: which classes are plain ones, and how one is made of its items."""

from __future__ import annotations

import functools
import types
from typing import Any

from srcad.runtime.containers import is_sequence_class

__all__ = ["is_made_by_fields", "is_plain_named_tuple", "makes_items_itself", "named_tuple"]

_OPERATORS = frozenset(
    f"__{side}{title}__"
    for side in ("", "r", "i")
    for title in "add sub mul matmul truediv floordiv mod pow and or xor lshift rshift neg pos abs invert".split()
)
_READING = frozenset(
    "__bool__ __contains__ __eq__ __getattr__ __getattribute__ __getitem__ __hash__ __init__ __iter__ __len__ __ne__ "
    "__reversed__ __setattr__".split()
)
"""What decides what a tuple holds, and what its unpacking, its truth and its comparison are."""


def named_tuple(cls: Any, /, *items: Any) -> Any:
    """Return the named tuple of a class that has these items.

    >>> from collections import namedtuple
    >>> named_tuple(namedtuple("State", "position speed"), 1.0, 0.5)
    State(position=1.0, speed=0.5)
    """
    return cls(*items)


@functools.lru_cache(maxsize=1024)
def is_plain_named_tuple(cls: type) -> bool:
    """Tell whether a class is a plain tuple, or one whose items have names: none of its operators is redefined.

    >>> from collections import namedtuple
    >>> class Vector(namedtuple("Vector", "x y")):
    ...     def __add__(self, other): return Vector(self.x + other.x, self.y + other.y)
    >>> class State(namedtuple("State", "position speed")):
    ...     def energy(self): return 0.5 * self.speed**2
    >>> is_plain_named_tuple(Vector), is_plain_named_tuple(State)
    (False, True)
    """
    return not is_sequence_class(cls) and _OPERATORS.isdisjoint(_defined(cls))


def is_made_by_fields(cls: Any) -> bool:
    """Tell whether a class is a plain named tuple, and its call does nothing but put the items into one.

    >>> from collections import namedtuple
    >>> class Even(namedtuple("Even", "n")):
    ...     def __new__(cls, n): return super().__new__(cls, 2 * n)
    >>> is_made_by_fields(Even), is_made_by_fields(namedtuple("Point", "x y")), is_made_by_fields(tuple)
    (False, True, False)
    """
    named = isinstance(cls, type) and issubclass(cls, tuple) and hasattr(cls, "_fields")
    return named and _puts_items_alone(cls)  # other values may have no hash


@functools.lru_cache(maxsize=1024)
def _puts_items_alone(cls: Any) -> bool:
    if type(cls).__call__ is not type.__call__ or not is_plain_named_tuple(cls):
        return False
    if not all(isinstance(field, str) for field in cls._fields):
        return False
    return not makes_items_itself(cls) and _READING.isdisjoint(_defined(cls))


def makes_items_itself(cls: type) -> bool:
    """Tell whether a class of named tuples has another ``__new__`` than the one that `collections.namedtuple` writes."""
    maker = next(vars(base)["__new__"] for base in cls.__mro__ if "__new__" in vars(base))
    function = maker.__func__ if isinstance(maker, staticmethod) else maker
    return not isinstance(function, types.FunctionType) or not function.__module__.startswith("namedtuple_")


def _defined(cls: type) -> set[str]:
    return {name for base in cls.__mro__ if base not in (tuple, object) for name in vars(base)}
