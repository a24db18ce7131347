"""What the topics share: arrays of known axes and dtype, arguments as arrays, literal options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from srcad.analysis.kinds import (
    NUMBER,
    Dims,
    Kind,
    array,
    dims_of,
    is_scalar,
    join_all,
    length,
    length_class,
    scalar,
)
from srcad.analysis.kinds_of_values import dtype_class

__all__ = [
    "UNKNOWN", "Call", "as_array", "broadcast_dims", "dtype_of_literal", "integer", "integers", "number",
    "product_length", "promote", "shape_of", "shaped", "without_dtype",
]  # fmt: skip

UNKNOWN = object()


@dataclass(frozen=True)
class Call:
    """The arguments of a call: their kinds, by position and by name, and the constants among them.

    A string is known by ``texts`` alone, which has the constant strings by position or name.
    """

    arguments: list[Kind]
    keywords: dict[str, Kind] = field(default_factory=dict)
    texts: dict[int | str, str] = field(default_factory=dict)

    def get(self, position: int, name: str) -> Kind | None:
        """Return the kind of an argument that may be given either way; None if it is not given."""
        if position < len(self.arguments):
            return self.arguments[position]
        return self.keywords.get(name)

    def only(self, *names: str, positions: int = 99) -> bool:
        """Tell whether no other keyword and no more positions are used."""
        return set(self.keywords) <= set(names) and len(self.arguments) <= positions


def integer(kind: Kind | None, default: Any = UNKNOWN) -> Any:
    """Return the literal integer of an argument, None for None, the default where it is not given."""
    if kind is None:
        return default
    if kind.name == "none":
        return None
    if kind.name in ("int", "bool") and kind.value is not None:
        return kind.value
    return UNKNOWN


def integers(kind: Kind | None, default: Any = UNKNOWN) -> Any:
    """Return a literal integer or a tuple of them, as `integer` does."""
    if kind is not None and kind.name == "tuple" and kind.items is not None:
        found = tuple(integer(item) for item in kind.items)
        return UNKNOWN if any(type(n) is not int for n in found) else found
    return integer(kind, default)


def shaped(dims: Iterable[str] | None, like: Kind) -> Kind:
    """Return arrays of these axes with the dtype of ``like``; without axes a scalar."""
    if dims is None:
        return number(like)
    return array(None, maybe_inexact(like), dims, like.dtype)


def number(like: Kind) -> Kind:
    """Return what has unknown rank and the dtype of ``like``."""
    return Kind("number", dtype=like.dtype)


def without_dtype(kind: Kind) -> Kind:
    """Return numbers or arrays like these, of which the dtype is unknown."""
    dims = dims_of(kind)
    return NUMBER if dims is None else array(None, True, dims)


def maybe_inexact(kind: Kind) -> bool:
    """Tell whether the dtype may be floating or complex."""
    if kind.dtype is not None:
        return kind.dtype not in ("int", "bool")
    return kind.inexact if kind.name == "array" else kind.name not in ("int", "bool")


def as_array(kind: Kind) -> Kind:
    """Return the kind of ``np.asarray(value)``, a scalar for rank 0; of any kind if it is no number."""
    if is_scalar(kind) or kind.name in ("array", "number"):
        return kind
    if kind.name not in ("list", "tuple") or not kind.items:
        return Kind("any")
    elements = [as_array(item) for item in kind.items]
    dims = [dims_of(element) for element in elements]
    if any(d is None for d in dims):
        return Kind("any") if any(e.name == "any" for e in elements) else NUMBER
    if len({len(d) for d in dims if d is not None}) > 1:
        return Kind("any")
    size = length_class(len(elements)) if kind.name == "tuple" else kind.dims[0] if kind.dims else "?"
    inner = agreed_dims([d for d in dims if d is not None])
    element = join_all(scalar(maybe_inexact(e), e.dtype) for e in elements)
    return array(None, maybe_inexact(element), (size, *inner), element.dtype)


def agreed_dims(several: list[Dims]) -> Dims:
    """Return what is known of axes that are equally long in all."""
    return tuple(next((d for d in axis if d != "?"), "?") for axis in zip(*several))


def broadcast_dims(several: list[Dims | None]) -> Dims | None:
    """Return the axes of what arrays of these axes broadcast to."""
    known = [dims for dims in several if dims is not None]
    if len(known) < len(several):
        return None
    rank = max((len(dims) for dims in known), default=0)
    aligned = [("1",) * (rank - len(dims)) + dims for dims in known]
    return tuple("N" if "N" in axis else "?" if "?" in axis else "1" for axis in zip(*aligned))


def product_length(dims: Iterable[str]) -> str:
    """Return the length of axes merged into one: no product with a factor that is not one gives one."""
    lengths = set(dims)
    return "N" if "N" in lengths else "?" if "?" in lengths else "1"


def promote(kinds: Iterable[Kind]) -> str | None:
    """Return the dtype of what holds sums and products of these."""
    dtypes = [kind.dtype for kind in kinds]
    if None in dtypes:
        return None
    for name in ("complex", "mixed", "float", "float64", "double", "int"):
        if name in dtypes:
            return name
    return "bool"


def shape_of(kind: Kind | None) -> Dims | None:
    """Return the axes of an array whose shape is a value of this kind."""
    if kind is None:
        return None
    if kind.name in ("int", "bool"):
        return (length(kind),)
    if kind.name == "tuple" and kind.items is not None and all(item.name == "int" for item in kind.items):
        return tuple(length(item) for item in kind.items)
    return None


_BUILTIN_DTYPES = {float: "float64", int: "int", bool: "bool", complex: "complex"}


def dtype_of_literal(kind: Kind | None, default: str | None) -> str | None:
    """Return the dtype that an argument ``dtype`` names."""
    if kind is None or kind.name == "none":
        return default
    if kind.name == "function" and kind.value in _BUILTIN_DTYPES:
        return _BUILTIN_DTYPES[kind.value]
    if kind.name == "function" and isinstance(kind.value, type) and issubclass(kind.value, np.generic):
        abstract = kind.value in (
            np.generic,
            np.number,
            np.integer,
            np.inexact,
            np.floating,
            np.complexfloating,
        )
        return None if abstract else dtype_class(np.dtype(kind.value))
    return None
