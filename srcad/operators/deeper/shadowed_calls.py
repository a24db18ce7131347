"""A call inside of generated code with the shadows of its arguments, and what is asked about such calls."""

from __future__ import annotations

import collections
import enum
import inspect
import operator
import types
from typing import Any, NamedTuple

import numpy as np

from srcad.analysis.kinds import FORM_OF_ARRAYS
from srcad.derive.call_adjoints import CONVERSIONS
from srcad.dynamic.attributes import is_method, is_written
from srcad.dynamic.operators import BINARY_TITLES
from srcad.errors import UnsupportedError
from srcad.lang.protocols import PROTOCOLS
from srcad.rules import registry
from srcad.runtime.attributes import table_of
from srcad.runtime.libraries import OfLibrary, is_sparse
from srcad.runtime.stores import store_flat
from srcad.runtime.tangents import CONTAINERS

__all__ = [
    "ATTRIBUTES",
    "CALLS",
    "JOINING",
    "NUMERIC",
    "OUT_OF_PLACE",
    "PLAIN",
    "STRUCTURAL",
    "ShadowedCall",
    "UFUNCS",
    "UPDATES",
    "computed_default",
    "has_plain_method",
    "holder",
    "is_apart",
    "is_computed",
    "is_without_derivative",
    "is_not_updated",
    "joins_containers",
    "method_of_class",
    "names_a_method_of_an_array",
    "nothing_to_do",
    "plain_call",
    "operator_methods",
]


class ShadowedCall(NamedTuple):
    """What ``rt.call`` is given: a function, arguments and the shadows of all; or the tangents of these."""

    function: Any
    own: Any
    values: tuple[Any, ...]
    shadows: tuple[Any, ...]
    options: dict[str, Any]
    option_shadows: dict[str, Any]


def plain_call(function: Any, values: Any, shadows: Any) -> ShadowedCall:
    """Return the call of a function that holds nothing, without options."""
    return ShadowedCall(function, None, tuple(values), tuple(shadows), {}, {})


CALLS: dict[Any, Any] = {}
"""Functions whose derivatives are known in all modes, with how to call them."""
NUMERIC = (float, int, complex, np.ndarray, np.generic)
UFUNCS: dict[Any, Any] = {
    operator.add: np.add, operator.sub: np.subtract, operator.mul: np.multiply, operator.truediv: np.true_divide,
    operator.pow: np.power, operator.mod: np.mod, operator.matmul: np.matmul, operator.neg: np.negative,
}  # fmt: skip
UPDATES: dict[Any, Any] = {
    operator.iadd: np.add, operator.isub: np.subtract, operator.imul: np.multiply, operator.itruediv: np.true_divide,
    operator.ipow: np.power, operator.imod: np.mod,
}  # fmt: skip
JOINING = (operator.add, operator.iadd, operator.mul, operator.imul, operator.or_, operator.ior)
PLAIN = (str, bytes, int, float, range, set, frozenset, np.random.Generator, OfLibrary)
ATTRIBUTES = (
    getattr,
    setattr,
    delattr,
    vars,
    object.__getattribute__,
    object.__setattr__,
    object.__delattr__,
)
STRUCTURAL = (operator.getitem, operator.setitem, operator.delitem, *ATTRIBUTES)
OUT_OF_PLACE: dict[Any, Any] = {
    getattr(operator, "i" + title.rstrip("_")): getattr(operator, title) for title in BINARY_TITLES
}

_MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


def joins_containers(function: Any, values: Any) -> bool:
    """Tell whether an operator puts lists, tuples or dicts together, and no class of the user's does that."""
    built_in = function in JOINING and any(isinstance(value, CONTAINERS) for value in values)
    return built_in and not operator_methods(function, values)


def is_without_derivative(function: Any, values: Any) -> bool:
    """Tell whether a function of these values has no derivative: an operator may join containers, or call a method."""
    if not registry.is_key(function) or not registry.is_constant(function) or function in JOINING:
        return False
    return not operator_methods(function, values)


def is_computed(function: Any, values: Any) -> bool:
    """Tell whether a class, or an array, decides what an item or attribute is."""
    base = values[0]
    if function is vars:
        return False
    if function in ATTRIBUTES:
        plain = isinstance(base, NUMERIC) and values[1] not in ("T", "mT", "real")
        return plain or isinstance(getattr(type(base), values[1], None), property)
    return not isinstance(base, (*CONTAINERS, np.ndarray)) or method_of_class(function, values) is not None


def _has_no_derivative(base: Any, name: str) -> bool:
    """Tell whether an attribute holds no numbers to differentiate."""
    of_array = isinstance(base, NUMERIC) and (name in FORM_OF_ARRAYS or name == "kind")
    of_member = isinstance(base, enum.Enum) and name in ("name", "value", "_name_", "_value_")
    of_constant = of_member or isinstance(base, np.dtype) or is_sparse(type(base))
    return of_array or of_constant or str(name).startswith("__") and name != "__dict__"


def has_plain_method(receiver: Any, name: str) -> bool:
    """Tell whether a method belongs to a value without derivatives, and is none that draws samples with a rule.

    >>> rng = np.random.default_rng()
    >>> has_plain_method("text", "upper"), has_plain_method(rng, "integers"), has_plain_method(rng, "normal")
    (True, True, False)
    """
    if not isinstance(receiver, PLAIN) or is_written(receiver, name):
        return False
    return registry.find(getattr(type(receiver), name, None)) is None


def is_apart(function: Any, values: Any) -> bool:
    """Tell whether an attribute that is read or stored has no derivative: it is no number, or beside a list's items."""
    if function is getattr and _has_no_derivative(*values[:2]):
        return True
    if (
        function is not getattr
        and function is not setattr
        or not isinstance(values[0], (list, collections.deque))
    ):
        return False
    if function is getattr:
        return values[1] in table_of(values[0])
    is_computed_there = hasattr(inspect.getattr_static(type(values[0]), values[1], None), "__set__")
    return not is_computed_there and type(values[0]).__setattr__ is object.__setattr__


def is_not_updated(update: Any, target: Any) -> bool:
    """Tell whether ``target op= value`` makes a new value."""
    if isinstance(target, (*CONTAINERS, np.ndarray)):
        return isinstance(target, tuple)
    return not isinstance(getattr(type(target), f"__{update.__name__}__", None), types.FunctionType)


def method_of_class(function: Any, values: Any) -> Any:
    """Return the method that a Python class defines for an operator on its instance."""
    if function in (getattr, setattr) and values and isinstance(values[1], str):
        if function is setattr and isinstance(values[0], np.ndarray):
            return store_flat if values[1] == "flat" else None
        computed = getattr(type(values[0]), values[1], None)
        return (
            (computed.fget if function is getattr else computed.fset)
            if isinstance(computed, property)
            else None
        )
    title = getattr(function, "__name__", "")
    known = function in CONVERSIONS or function in PROTOCOLS or getattr(operator, title, None) is function
    if not known or not values or isinstance(values[0], NUMERIC):
        return None
    found = getattr(type(values[0]), f"__{title.rstrip('_')}__", None)
    return found if isinstance(found, types.FunctionType) else None


def _reflected_method(function: Any, values: Any) -> Any:
    """Return the method of the second operand's class that an operator calls where the first has none."""
    title = getattr(function, "__name__", "").rstrip("_")
    if not _is_operator(function) or len(values) != 2 or isinstance(values[1], NUMERIC):
        return None
    found = getattr(type(values[1]), f"__{_MIRRORED.get(title, 'r' + title)}__", None)
    return found if isinstance(found, types.FunctionType) else None


def operator_methods(function: Any, values: Any) -> list[tuple[Any, tuple[int, ...]]]:
    """Return the methods that an operator tries until one returns no ``NotImplemented``, each with its operands' places.

    >>> class Length:
    ...     def __add__(self, other): return NotImplemented
    >>> class Metre(Length):
    ...     def __radd__(self, other): return other
    >>> [method.__name__ for method, _ in operator_methods(operator.add, (Length(), Metre()))]
    ['__radd__', '__add__']
    """
    first = method_of_class(function, values)
    own = [] if first is None else [(first, tuple(range(len(values))))]
    if not _is_operator(function) or len(values) != 2:
        return own
    if function in OUT_OF_PLACE:
        return own + operator_methods(OUT_OF_PLACE[function], values)
    second = _reflected_method(function, values)
    if second is None:
        return own
    left, right = map(type, values)
    swapped = [(second, (1, 0))]
    return swapped + own if left is not right and issubclass(right, left) else own + swapped


def _is_operator(function: Any) -> bool:
    return function is divmod or getattr(operator, getattr(function, "__name__", ""), None) is function


def holder(image: Any) -> Any:
    """Return what a method that was read as an attribute belongs to; other values as they are."""
    return image.__self__ if isinstance(image, types.BuiltinMethodType) else image


def names_a_method_of_an_array(base: Any, name: str) -> bool:
    """Tell whether an attribute of an array or a number is a method."""
    return isinstance(base, (np.ndarray, np.generic, float, complex)) and is_method(getattr(base, name, None))


def computed_default() -> UnsupportedError:
    """Return the error for a missing item of a ``defaultdict`` that a function computes, in a derivative of a gradient."""
    return UnsupportedError("An item of a defaultdict is made by a function that has captured values, in a derivative of a "
                            "derivative.", "Write 'if key not in items: items[key] = ...'.")  # fmt: skip
