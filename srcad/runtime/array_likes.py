"""Instances of the user's classes that NumPy makes arrays of: by ``__array__``, or as a sequence of items."""

from __future__ import annotations

import functools
import types
from typing import Any, NoReturn

import numpy as np

from srcad.errors import UnsupportedError

__all__ = [
    "NoNumber",
    "OfAttributes",
    "as_operand",
    "check_no_numbers",
    "is_array_like",
    "is_number_like",
    "refused",
]


@functools.lru_cache(maxsize=512)
def as_operand(cls: type) -> str | None:
    """Return what NumPy makes of an instance ``{0}`` of a class, as Python; None where the class is no array-like one.

    >>> class Samples:
    ...     def __array__(self, dtype=None): ...
    >>> as_operand(Samples), as_operand(list)
    ('{0}.__array__()', None)
    """
    if cls.__module__.partition(".")[0] in ("numpy", "scipy"):
        return None  # a sparse matrix, whose operators have rules of their own
    if issubclass(cls, (OfAttributes, NoNumber)):
        return None  # which functions of the runtime are given, and refuses to be computed with
    if _is_written(cls, "__array_ufunc__") or _is_written(cls, "__array_function__"):
        return "refused({0})"
    if _is_written(cls, "__array__"):
        return "{0}.__array__()"
    if (
        _is_written(cls, "__len__")
        and _is_written(cls, "__getitem__")
        and not issubclass(cls, (list, tuple, dict))
    ):
        return "array([{0}[index] for index in range(len({0}))])"
    return None


def is_array_like(value: Any) -> bool:
    """Tell whether something is a class whose instances NumPy makes arrays of, or `math` numbers."""
    return isinstance(value, type) and (as_operand(value) is not None or is_number_like(value))


def is_number_like(cls: type) -> bool:
    """Tell whether functions of `math` make a number of an instance of a class of the user's."""
    return _is_written(cls, "__float__") and not issubclass(cls, (OfAttributes, NoNumber))


def check_no_numbers(gradient: Any) -> None:
    """Refuse the gradient of a number or an array where that of an object is expected: NumPy has made an array of it."""
    if isinstance(gradient, (np.ndarray, np.number, float, complex, list)) and np.any(gradient):
        raise _taken_for_number()


def refused(value: Any) -> Any:
    """Refuse an object whose class says itself what functions of NumPy do."""
    raise UnsupportedError(f"The class '{type(value).__name__}' defines what functions of NumPy do with its objects.",
                           "Call a method of the object.")  # fmt: skip


def _taken_for_number() -> UnsupportedError:
    return UnsupportedError("A function of NumPy takes an object of a class as an array, or as a number.",
                            "Take the array out of the object first, by an attribute or method of it.")  # fmt: skip


def _refuse(self: Any, *args: Any, **options: Any) -> NoReturn:
    raise _taken_for_number()


class NoNumber:
    """The tangent of an object: it refuses to be computed with, for then the object was taken for a number."""

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __float__ = __array__ = __array_ufunc__ = _refuse


class OfAttributes(dict):  # type: ignore[type-arg]
    """The gradients of an object's attributes: they refuse to be computed with, like the tangent of an object."""

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __float__ = __array__ = __array_ufunc__ = _refuse


def _is_written(cls: type, method: str) -> bool:
    return isinstance(getattr(cls, method, None), types.FunctionType)
