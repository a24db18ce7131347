"""Classes that extend NumPy's array and say themselves what its operators do, as matrices and masked arrays do.

Derivatives are written for what arrays do: of ``m * x`` for a matrix they would be those of another product.
"""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.libraries import OfLibrary

__all__ = ["refuse_array_subclass", "refuse_array_subclasses"]

_HARMLESS = frozenset(
    "__array_finalize__ __array_priority__ __dict__ __doc__ __format__ __getstate__ __init__ __init_subclass__ "
    "__module__ __new__ __reduce__ __repr__ __setstate__ __str__".split()
)
_MOST = 10_000


def refuse_array_subclass(value: Any) -> None:
    """Refuse an array whose class redefines what arrays do.

    >>> refuse_array_subclass(np.ones(2))
    >>> try: refuse_array_subclass(np.ma.ones(2))
    ... except UnsupportedError as error: print(error.reason)
    A masked array is no plain array: its class says itself what '__add__' does.
    """
    redefined = None if type(value) is np.ndarray else _redefined(type(value))
    if redefined is not None:
        masked = isinstance(value, np.ma.MaskedArray)
        what = "masked array" if masked else type(value).__name__
        raise UnsupportedError(f"A {what} is no plain array: its class says itself what '{redefined}' does.",
                               "Pass its data and its mask, for numpy.where." if masked else
                               "Pass numpy.asarray of it.")  # fmt: skip


def refuse_array_subclasses(value: Any) -> None:
    """Refuse what holds such an array, in items and attributes of any depth; of very large structures a part is seen."""
    seen: set[int] = set()
    waiting = [value]
    while waiting and len(seen) < _MOST:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, np.ndarray):
            refuse_array_subclass(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif not isinstance(value, (type, types.ModuleType, types.FunctionType, OfLibrary)):
            waiting += (getattr(value, "__dict__", None) or {}).values()
            slots = (name for cls in type(value).__mro__ for name in vars(cls).get("__slots__", ()))
            waiting += [getattr(value, name, None) for name in slots]


@functools.lru_cache(maxsize=1024)
def _redefined(cls: type) -> str | None:
    """Return something of arrays that a class does in its own way, an operator if there is one."""
    if not issubclass(cls, np.ndarray) or issubclass(cls, (np.memmap, np.recarray)):
        return None
    own = [name for base in cls.__mro__[: cls.__mro__.index(np.ndarray)] for name in vars(base)]
    found = [name for name in own if hasattr(np.ndarray, name) and name not in _HARMLESS]
    return min(found, key=lambda name: name not in ("__mul__", "__add__", "__array_ufunc__"), default=None)
