"""The kind of a given value."""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import numpy as np

from srcad.analysis.kinds import (
    ANY,
    BOOL,
    FLOAT64,
    INT,
    NEVER,
    NONE,
    STR,
    Kind,
    array,
    container,
    function,
    is_inside_its_like,
    join_all,
    length_class,
    record,
)  # fmt: skip
from srcad.analysis.own_operators import refuse_own_operators
from srcad.analysis.plain_classes import is_place, looked_up
from srcad.lang.function import Nested
from srcad.rules import registry
from srcad.runtime import is_plain_named_tuple
from srcad.runtime.attributes import attributes_of
from srcad.runtime.libraries import package_of

__all__ = ["dtype_class", "is_written_scalar", "kind_of", "kind_of_items", "literal"]


def literal(value: Any) -> Kind:
    """Return the kind of a constant of the program, which remembers an integer, a flag or a real number."""
    if type(value) is float:
        return Kind("float", value=value, dtype="float64")
    kind = kind_of(value)
    return replace(kind, value=value) if type(value) in (int, bool) else kind


def dtype_class(dtype: np.dtype[Any]) -> str | None:
    """Return what is remembered of a dtype."""
    if dtype == np.float64:
        return "float64"
    if dtype.kind in "iu":
        return "int" if dtype.kind == "i" and dtype.itemsize >= 4 else None
    return {"f": "float", "c": "complex", "b": "bool"}.get(dtype.kind)


def kind_of(value: Any, depth: int = 6, around: tuple[type, ...] = ()) -> Kind:
    """Return the kind of a value, down to ``depth`` levels of containers.

    The attributes of an object inside of two of its class, ``around`` it, as in trees, are not looked at.
    """
    if isinstance(value, np.ndarray):
        refuse_own_operators(type(value))
        if value.dtype.kind not in "biufc":
            return ANY
        if value.ndim == 0:
            # unlike a number it can be changed in place
            return Kind("number", inexact=value.dtype.kind in "fc", dtype=dtype_class(value.dtype))
        dims = tuple(length_class(size) for size in value.shape)
        return array(None, value.dtype.kind in "fc", dims, dtype_class(value.dtype))
    if is_written_scalar(type(value)):
        return ANY
    if isinstance(value, (bool, np.bool_)):
        return BOOL
    if isinstance(value, (int, float, complex, np.number)):
        refuse_own_operators(type(value))
    if isinstance(value, int):
        return INT
    if isinstance(value, np.integer):
        return Kind("int", dtype=dtype_class(value.dtype))
    if isinstance(value, (complex, np.complexfloating)):
        return Kind("float", dtype="complex")
    if isinstance(value, float):
        return FLOAT64
    if isinstance(value, np.inexact):
        return Kind("float", dtype=dtype_class(value.dtype))
    if isinstance(value, (str, bytes)):
        return STR
    if value is None:
        return NONE
    if isinstance(value, LIMITS_OF_TYPES):
        return function(value)
    if isinstance(value, _FUNCTIONS) or callable(value) and registry.has_results_like(value):
        return function(value)
    return _kind_of_container(value, type(value), depth, around)


LIMITS_OF_TYPES = (np.finfo, np.iinfo, type(sys.float_info))
"""Records of numbers that never change, as a module holds them."""
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, np.ufunc, type(np.sum))


@functools.lru_cache(maxsize=1024)
def is_written_scalar(cls: type) -> bool:
    """Tell whether a class of numbers or text, an enumeration among them, has methods or properties of the user's."""
    if cls.__module__ == "builtins" or not issubclass(cls, (int, float, str, bytes, frozenset)):
        return False
    bases = [base for base in cls.__mro__ if base.__module__.partition(".")[0] not in _OF_PYTHON]
    return any(
        isinstance(found, property | functools.cached_property)
        or isinstance(found, types.FunctionType)
        and found.__module__ not in _OF_PYTHON
        and name not in _WITHOUT_NUMBERS
        for base in bases
        for name, found in vars(base).items()
    )


_OF_PYTHON = ("builtins", "enum", "numpy", "srcad")
_WITHOUT_NUMBERS = frozenset(
    "__init__ __new__ __str__ __repr__ __format__ __hash__ _generate_next_value_".split()
)


def _kind_of_container(value: Any, cls: type, depth: int, around: tuple[type, ...]) -> Kind:
    small = depth > 0 and isinstance(value, (tuple, list, dict)) and len(value) <= 32
    if isinstance(value, tuple) and (cls is tuple or is_plain_named_tuple(cls)):
        items = tuple(kind_of(item, depth - 1, around) for item in value) if small else None
        return Kind("tuple", items=items, value=None if cls is tuple else cls)
    if cls is list:
        alike = kind_of_items(value, lambda item: kind_of(item, depth - 1, around)) if depth > 0 else None
        return container("list", None if alike is None else (alike,))
    if cls is dict:
        pairs = (
            tuple((key, kind_of(item, depth - 1, around)) for key, item in value.items()) if small else None
        )
        return Kind("dict", items=pairs, rest=None if pairs is None else NEVER)
    known = depth > 0 and not is_inside_its_like(record(cls, ()), around)
    return record(cls, _attributes(value, cls, depth, (*around, cls)) if known else None)


def kind_of_items(items: Collection[Any], kind: Callable[[Any], Kind], most: int = 32) -> Kind | None:
    """Return the kind of each of many items; None where there are none, or more than ``most`` that are no numbers.

    >>> kind_of_items([1.0, 2] * 1000, kind_of), kind_of_items([[1.0]] * 1000, kind_of)
    (float[double], None)
    """
    if len(items) > _MOST_LOOKED_AT:
        return None
    if len(items) > 32:
        examples = dict(zip(map(type, items), items))
        if examples.keys() <= _PLAIN:
            return join_all(map(kind, examples.values()))
    return join_all(map(kind, items)) if 0 < len(items) <= most else None


_PLAIN = {float, int, bool, str, np.float64}
_MOST_LOOKED_AT = 4096


def _attributes(value: Any, cls: type, depth: int, around: tuple[type, ...]) -> tuple[Any, ...] | None:
    """The kinds of an object's own attributes; None where reading them may run code."""
    if cls is registry.Rule or cls is Nested:
        return None  # what works by rules works by all of them in the same way; a text holds no numbers
    if dataclasses.is_dataclass(value):
        own = attributes_of(value)
        names = [f.name for f in dataclasses.fields(value) if f.name in own]
        return tuple((name, kind_of(getattr(value, name), depth - 1, around)) for name in names)
    held = attributes_of(value) if hasattr(cls, "__slots__") else getattr(value, "__dict__", None)
    plain = cls.__getattribute__ is object.__getattribute__ and package_of(cls) not in ("builtins", "numpy")
    if not plain or not isinstance(held, dict) or len(held) > 32 or isinstance(value, types.MethodType):
        return None
    return tuple(
        (name, kind_of(attribute, depth - 1, around))
        for name, attribute in held.items()
        if isinstance(name, str)
        and (is_place(looked_up(cls, name)) or not hasattr(looked_up(cls, name), "__set__"))
    )
