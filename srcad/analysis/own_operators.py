"""Classes that extend arrays or numbers and say themselves what operators do, as matrices and masked arrays do.

Derivatives are written for what arrays and numbers do: of ``m * x`` for a matrix they would be those of another product.
"""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.attributes import attributes_of
from srcad.runtime.libraries import OfLibrary, package_of

__all__ = ["refuse_own_operators", "refuse_own_operators_within"]

_HARMLESS = frozenset(
    "__array_finalize__ __array_priority__ __dict__ __doc__ __format__ __getstate__ __init__ __init_subclass__ "
    "__module__ __new__ __reduce__ __repr__ __setstate__ __str__".split()
)
_ARITHMETIC = frozenset(
    f"__{side}{title}__"
    for side in ("", "r")
    for title in "add sub mul matmul truediv floordiv mod pow neg pos abs".split()
)
_NUMBERS = (float, int, complex, np.number)
_PLAIN = frozenset({float, int, bool, complex, np.ndarray, np.float64})
_MOST = 10_000


def refuse_own_operators(cls: type) -> None:
    """Refuse a class of arrays or numbers that redefines what these do.

    >>> refuse_own_operators(np.ndarray)
    >>> try: refuse_own_operators(np.ma.MaskedArray)
    ... except UnsupportedError as error: print(error.reason)
    A masked array is no plain array: its class redefines what arrays do.
    """
    redefined = None if cls in _PLAIN or package_of(cls) == "srcad" else _redefined(cls)
    if redefined is None:
        return
    kind, title = "array", cls.__name__
    way_out = "Pass numpy.asarray of it."
    if issubclass(cls, np.ma.MaskedArray):
        title, way_out = "masked array", "Pass its data and its mask, for numpy.where."
    elif not issubclass(cls, np.ndarray):
        kind, way_out = "number", "Pass a number, or keep one in an attribute of a class of your own."
    raise UnsupportedError(f"A {title} is no plain {kind}: its class redefines what {kind}s do.", way_out)


def refuse_own_operators_within(value: Any) -> None:
    """Refuse what holds such a value, in items and attributes of any depth; of very large structures a part is seen."""
    seen: set[int] = set()
    waiting = [value]
    while waiting and len(seen) < _MOST:
        value = waiting.pop()
        if id(value) in seen or type(value) in _PLAIN:
            continue
        seen.add(id(value))
        refuse_own_operators(type(value))
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif not isinstance(value, (type, types.ModuleType, types.FunctionType, OfLibrary)):
            waiting += attributes_of(value).values()


@functools.lru_cache(maxsize=1024)
def _redefined(cls: type) -> str | None:
    """Return something of arrays or numbers that a class does in its own way."""
    if issubclass(cls, _NUMBERS):
        return next(
            (n for n in sorted(_ARITHMETIC) if isinstance(getattr(cls, n, None), types.FunctionType)), None
        )
    if not issubclass(cls, np.ndarray) or issubclass(cls, (np.memmap, np.recarray)):
        return None
    own = [name for base in cls.__mro__[: cls.__mro__.index(np.ndarray)] for name in vars(base)]
    found = [name for name in own if hasattr(np.ndarray, name) and name not in _HARMLESS]
    return min(found, key=lambda name: name not in ("__mul__", "__add__", "__array_ufunc__"), default=None)
