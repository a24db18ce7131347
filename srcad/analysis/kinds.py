"""What is known about a value before it exists: the lattice of kinds, and the kind of a given value."""

from __future__ import annotations

import dataclasses
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "ANY", "BOOL", "FLOAT", "INT", "NONE", "NUMBER", "STR",
    "Kind", "array", "container", "function", "is_differentiable", "is_scalar", "join", "kind_of", "record",
]  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """An element of the lattice.

    Attributes
    ----------
    name : str
        ``float`` (any scalar real or complex), ``int``, ``bool``, ``str``, ``none``, ``array``,
        ``number`` (a scalar or an array), ``tuple``, ``list``, ``dict``, ``object``, ``function``,
        ``any``.
    ndim : int or None
        Of an array, where known.
    inexact : bool
        Whether an array has a floating or complex dtype.
    items : tuple
        Of a tuple: the elements' kinds; of a dict or object: (key, kind) pairs; of a list: the one
        element kind.
    value : object
        The function, or the class of an object.
    """

    name: str
    ndim: int | None = None
    inexact: bool = True
    items: tuple[Any, ...] | None = None
    value: Any = None

    def __repr__(self) -> str:
        detail = [f"{self.ndim}d"] if self.ndim is not None else []
        detail += [repr(item) for item in self.items or ()]
        return f"{self.name}[{', '.join(detail)}]" if detail else self.name


FLOAT = Kind("float")
INT = Kind("int")
BOOL = Kind("bool")
STR = Kind("str")
NONE = Kind("none")
NUMBER = Kind("number")
ANY = Kind("any")


def array(ndim: int | None = None, inexact: bool = True) -> Kind:
    """Return the kind of arrays; rank 0 is that of scalars."""
    if ndim == 0:
        return FLOAT if inexact else INT
    return Kind("array", ndim, inexact)


def container(name: str, items: tuple[Any, ...] | None = None) -> Kind:
    """Return the kind of a tuple, list or dict."""
    return Kind(name, items=items)


def function(value: Any) -> Kind:
    """Return the kind of one known function, class or module."""
    return Kind("function", value=value)


def record(cls: type, items: tuple[Any, ...] | None) -> Kind:
    """Return the kind of an instance of ``cls``."""
    return Kind("object", items=items, value=cls)


def is_scalar(kind: Kind) -> bool:
    """Tell whether a value of this kind surely has rank 0."""
    return kind.name in ("float", "int", "bool")


def is_differentiable(kind: Kind) -> bool:
    """Tell whether a value of this kind may carry a derivative."""
    if kind.name == "array":
        return kind.inexact
    return kind.name not in ("int", "bool", "str", "none", "function")


def _join_items(first: Kind, second: Kind) -> tuple[Any, ...] | None:
    if first.items is None or second.items is None or len(first.items) != len(second.items):
        return None
    if first.name == "dict" or first.name == "object":
        pairs = dict(second.items)
        if set(pairs) != {key for key, _ in first.items}:
            return None
        return tuple((key, join(kind, pairs[key])) for key, kind in first.items)
    return tuple(join(one, other) for one, other in zip(first.items, second.items))


def join(first: Kind | None, second: Kind | None) -> Kind:
    """Return the least kind above both; None is the bottom."""
    if first is None or second is None:
        return second or first or ANY
    if first == second:
        return first
    names = {first.name, second.name}
    if names <= {"float", "int", "bool"}:
        return FLOAT if "float" in names else INT
    if names == {"array"}:
        ndim = first.ndim if first.ndim == second.ndim else None
        return array(ndim, first.inexact or second.inexact)
    if names <= {"float", "int", "bool", "array", "number"}:
        return NUMBER
    if len(names) == 1 and first.value is second.value and first.name in ("tuple", "list", "dict", "object"):
        return Kind(first.name, items=_join_items(first, second), value=first.value)
    return ANY


def kind_of(value: Any, depth: int = 3) -> Kind:
    """Return the kind of a value, down to ``depth`` levels of containers."""
    cls = type(value)
    if isinstance(value, np.ndarray):
        return array(value.ndim, value.dtype.kind in "fc") if value.dtype.kind in "biufc" else ANY
    if isinstance(value, (bool, np.bool_)):
        return BOOL
    if isinstance(value, (int, np.integer)):
        return INT
    if isinstance(value, (complex, np.complexfloating)):
        return NUMBER
    if isinstance(value, (float, np.inexact)):
        return FLOAT
    if isinstance(value, (str, bytes)):
        return STR
    if value is None:
        return NONE
    if isinstance(
        value, (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, np.ufunc, type(np.sum))
    ):
        return function(value)
    return _kind_of_container(value, cls, depth)


def _kind_of_container(value: Any, cls: type, depth: int) -> Kind:
    small = depth > 0 and hasattr(value, "__len__") and len(value) <= 32
    if isinstance(value, tuple):
        items = tuple(kind_of(item, depth - 1) for item in value) if small else None
        return Kind("tuple", items=items, value=None if cls is tuple else cls)
    if cls is list:
        if not small or not value:
            return container("list")
        element = kind_of(value[0], depth - 1)
        for item in value[1:]:
            element = join(element, kind_of(item, depth - 1))
        return container("list", (element,))
    if cls is dict:
        pairs = tuple((key, kind_of(item, depth - 1)) for key, item in value.items()) if small else None
        return container("dict", pairs)
    if dataclasses.is_dataclass(value) and depth > 0:
        names = [f.name for f in dataclasses.fields(value)]
        return record(cls, tuple((name, kind_of(getattr(value, name), depth - 1)) for name in names))
    return record(cls, None)
