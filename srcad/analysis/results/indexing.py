"""Elements of containers, parts of arrays, attributes."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import gast
import numpy as np

from srcad.analysis.kinds import (
    ANY,
    INT,
    NEVER,
    RANGE,
    Dims,
    Kind,
    alternatives,
    container,
    dims_of,
    holds_numbers_alone,
    is_scalar,
    join_all,
    join_bound,
    may_have,
    scalar,
)
from srcad.analysis.kinds_of_values import LIMITS_OF_TYPES, kind_of, kind_of_items
from srcad.analysis.plain_classes import is_plain
from srcad.analysis.results.generators import is_generator
from srcad.analysis.results.shaped import (
    as_array,
    broadcast_dims,
    maybe_inexact,
    number,
    product_length,
    shaped,
)
from srcad.runtime.libraries import LIBRARIES, package_of
from srcad.runtime.withheld import Captured

__all__ = ["attribute", "attribute_outside", "element", "subscript"]

_VALUES = (float, int, str, np.ndarray)
_CONTAINERS = (dict, list, tuple)


def element(kind: Kind, key: Any) -> Kind:
    """Return the kind of ``value[key]`` for a constant key."""
    if kind.name == "array":
        dims = dims_of(kind)
        if not dims or type(key) is not int:
            return number(kind) if maybe_inexact(kind) or kind.dtype else ANY
        return shaped(dims[1:], kind)
    if kind.name == "number":
        return number(kind)
    if kind.name == "list" and kind.items == ():
        return NEVER
    if kind == RANGE and isinstance(key, int):
        return INT
    if kind.name == "dict" and kind.items is not None and key not in dict(kind.items):
        return kind.rest or ANY
    if not kind.items:
        return ANY
    if kind.name == "tuple" and isinstance(key, int) and -len(kind.items) <= key < len(kind.items):
        return cast(Kind, kind.items[key])
    if kind.name == "list" and isinstance(key, int):
        return cast(Kind, kind.items[0])
    if kind.name == "dict":
        return cast(Kind, dict(kind.items).get(key, ANY))
    return ANY


def any_item(kind: Kind) -> Kind:
    """Return the kind of what a dict has under any of its keys."""
    if kind.items is None or kind.rest is None:
        return ANY
    return functools.reduce(join_bound, (item for _, item in kind.items), kind.rest)


def subscript(kind: Kind, index: gast.AST, recurse: Callable[[gast.AST], Kind]) -> Kind:
    """Return the kind of ``value[index]``."""
    if kind.name == "array":
        return _part(kind, index, recurse)
    if kind.name == "number" or kind.name in ("float", "complex"):  # x[()] and x[...] of a scalar of NumPy
        return number(kind)
    if isinstance(index, gast.Constant):
        return element(kind, index.value)
    if isinstance(index, gast.Slice):
        if kind.name == "list":
            return container("list", kind.items)
        if kind == RANGE or kind.name == "str":
            return kind
        return container(kind.name) if kind.name == "tuple" else ANY
    if kind.name == "list" and kind.items == ():
        return NEVER
    key = recurse(index)
    if kind == RANGE and key.name in ("int", "bool"):
        return INT
    if kind.name in ("list", "tuple") and kind.items and key.name in ("int", "bool"):
        if key.value is not None:
            return element(kind, int(key.value))
        return join_all(kind.items)
    if kind.name == "dict":
        return any_item(kind)
    return kind if kind.name == "str" else ANY


# -- parts of arrays ---------------------------------------------------------------------------------


def _part(kind: Kind, index: gast.AST, recurse: Callable[[gast.AST], Kind]) -> Kind:
    dims, unknown = dims_of(kind), number(kind) if maybe_inexact(kind) or kind.dtype else ANY
    if dims is None:
        return unknown
    parts = _parts(index, recurse)
    used = [_axes_used(part) for part in parts]
    if None in used or parts.count("...") > 1:
        return unknown
    rest = len(dims) - sum(n for n in used if n)
    if rest < 0:
        return unknown
    if "..." not in parts:
        parts.append("...")
    found = _Selection(list(dims), rest)
    for part in parts:
        found.take(part)
    result = found.dims()
    if result == () and ("..." in _parts(index, recurse) or found.fancy):
        return unknown
    return shaped(result, kind) if result is not None else unknown


Part = Any


def _parts(index: gast.AST, recurse: Callable[[gast.AST], Kind]) -> list[Part]:
    """The parts of an index: ``:`` for a slice of a whole axis, ``::`` for another one, ``...``, or a kind."""
    if isinstance(index, gast.Tuple):
        return [_component(part, recurse) for part in index.elts]
    if not isinstance(index, (gast.Slice, gast.Constant)):
        kind = recurse(index)
        if kind.name == "tuple":
            return list(kind.items) if kind.items is not None else [ANY]
    return [_component(index, recurse)]


def _component(part: gast.AST, recurse: Callable[[gast.AST], Kind]) -> Part:
    if isinstance(part, gast.Slice):
        whole = all(bound is None or _is_none(bound) for bound in (part.lower, part.upper))
        return ":" if whole and (part.step is None or _is_none(part.step) or _is_unit(part.step)) else "::"
    if isinstance(part, gast.Constant) and part.value is Ellipsis:
        return "..."
    return recurse(part)


def _is_none(node: gast.AST) -> bool:
    return isinstance(node, gast.Constant) and node.value is None


def _is_unit(node: gast.AST) -> bool:
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        node = node.operand
    return isinstance(node, gast.Constant) and type(node.value) is int and abs(node.value) == 1


def _axes_used(part: Part) -> int | None:
    """How many axes of the array a part of an index stands for; None if it is not known."""
    if isinstance(part, str):
        return 0 if part == "..." else 1
    if part.name == "none":
        return 0
    if part.name == "int":
        return 1
    fancy = as_array(part)
    if fancy.name != "array" or part.name == "tuple" or fancy.ndim is None:
        return None
    return {"int": 1, "bool": fancy.ndim}.get(fancy.dtype or "")


class _Selection:
    """The axes of ``x[parts]``, gathered from the left.

    Indices that are arrays broadcast together; their axes come where the first stands, but in front
    of all if a slice, a new axis or the ellipsis separates them.
    """

    def __init__(self, source: list[str], rest: int) -> None:
        self.source, self.rest = source, rest
        self.basic: list[str] = []
        self.fancy: list[Dims] = []
        self.integers = 0
        self.place: int | None = None
        self.closed = self.separated = False

    def take(self, part: Part) -> None:
        if part == "...":
            self.close()
            self.basic += [self.source.pop(0) for _ in range(self.rest)]
        elif part in (":", "::"):
            self.close()
            size = self.source.pop(0)
            self.basic.append(size if part == ":" else "?")
        elif part.name == "none":
            self.close()
            self.basic.append("1")
        else:
            self.select(part)

    def close(self) -> None:
        self.closed = self.place is not None

    def select(self, part: Kind) -> None:
        if self.place is None:
            self.place = len(self.basic)
        self.separated |= self.closed
        if part.name == "int":
            self.source.pop(0)
            self.integers += 1
            return
        index = as_array(part)
        if index.dtype == "bool":
            del self.source[: index.ndim]
            self.fancy.append(("?",))
        else:
            self.source.pop(0)
            self.fancy.append(dims_of(index) or ())

    def dims(self) -> Dims | None:
        if not self.fancy:
            return tuple(self.basic)
        selected = broadcast_dims([*self.fancy])
        place = 0 if self.separated else self.place
        if selected is None or place is None:
            return None
        return (*self.basic[:place], *selected, *self.basic[place:])


# -- attributes --------------------------------------------------------------------------------------


def attribute(kind: Kind, name: str) -> Kind:
    """Return the kind of ``value.name``."""
    if kind.name in ("array", "number"):
        return _array_attribute(kind, name)
    if is_scalar(kind) and name in ("real", "imag"):
        real = {"bool": "int", "complex": "float"}.get(kind.dtype or "", kind.dtype)
        return scalar(kind.name == "float", real)
    fields = getattr(kind.value, "_fields", ()) if kind.name == "tuple" else ()
    if name in fields and kind.items is not None:
        return cast(Kind, kind.items[fields.index(name)])
    if kind.name == "object" and kind.items is not None:
        return cast(Kind, dict(kind.items).get(name, ANY))
    if kind.name == "any" and alternatives(kind):
        return join_all(attribute(one, name) for one in alternatives(kind) if may_have(one, name))
    if kind.name == "function" and isinstance(kind.value, (types.ModuleType, Captured, *LIMITS_OF_TYPES)):
        return attribute_outside(getattr(kind.value, name, None))
    if kind.name == "function" and isinstance(kind.value, type):
        found = next((vars(c)[name] for c in kind.value.__mro__ if name in vars(c)), None)
        return ANY if hasattr(type(found), "__get__") else attribute_outside(found)
    if kind.name == "function" and isinstance(kind.value, types.FunctionType):
        found = vars(kind.value).get(name)
        return attribute_outside(found) if isinstance(found, _VALUES) else ANY
    return ANY


def attribute_outside(value: Any, depth: int = 3) -> Kind:
    """Return the kind of what a module or a class holds under a name, as far as code may rely on it.

    >>> attribute_outside({"g": 9.81, "body": object()})
    dict[('g', float[float64]), ('body', any)]
    """
    if type(value) in _CONTAINERS:
        return _container_outside(value, depth) if depth else container(type(value).__name__, None)
    found = kind_of(value)
    if found.name == "object" and depth and _is_constant_record(found):
        return found
    plain = found.name in ("float", "int", "bool", "str", "function", "array")
    return found if plain or is_generator(found) else ANY


_MOST_ITEMS, _MOST_ALIKE = 32, 256


def _is_constant_record(kind: Kind) -> bool:
    """Tell whether an object of a plain class of the user's holds nothing but numbers, texts and arrays."""
    if kind.items is None or not is_plain(kind.value) or package_of(kind.value) in LIBRARIES:
        return False
    return all(held.name in ("str", "none") or holds_numbers_alone(held) for _, held in kind.items)


def _container_outside(value: Any, depth: int) -> Kind:
    if type(value) is list:
        alike = kind_of_items(value, lambda item: attribute_outside(item, depth - 1), _MOST_ALIKE)
        return container("list", None if alike is None else (alike,))
    if type(value) is dict and len(value) > _MOST_ITEMS:  # a table: its items are alike
        alike = kind_of_items(value.values(), lambda item: attribute_outside(item, depth - 1), _MOST_ALIKE)
        return Kind("dict", items=None if alike is None else (), rest=alike)
    if len(value) > _MOST_ITEMS:
        return container("tuple", None)
    if type(value) is dict:
        pairs = tuple((key, attribute_outside(item, depth - 1)) for key, item in value.items())
        return Kind("dict", items=pairs, rest=NEVER)
    return container("tuple", tuple(attribute_outside(item, depth - 1) for item in value))


def _array_attribute(kind: Kind, name: str) -> Kind:
    dims = dims_of(kind)
    if name == "T":
        return kind if dims is None else replace(kind, dims=dims[::-1])
    if name == "mT" and dims is not None and len(dims) > 1:
        return replace(kind, dims=(*dims[:-2], dims[-1], dims[-2]))
    if name in ("real", "imag", "mT"):
        return replace(kind, dtype={"complex": "float"}.get(kind.dtype or "", kind.dtype))
    if name == "flat":
        return replace(kind, dims=("?" if dims is None else product_length(dims),))
    if name in ("itemsize", "nbytes", "ndim"):
        return INT
    if name == "size":
        return INT if dims is None else replace(INT, dims=(product_length(dims),))
    if name == "shape":
        return container("tuple", None if dims is None else tuple(replace(INT, dims=(d,)) for d in dims))
    return ANY
