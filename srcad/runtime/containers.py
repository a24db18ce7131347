"""Gradients of containers: lists for lists and tuples, dicts for dicts and objects, 0.0 for a missing zero."""

from __future__ import annotations

import collections
import copy as _copy
import enum
import functools
import itertools
import numbers
import types
from collections.abc import KeysView, Mapping
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.array_likes import check_no_numbers
from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.iteration import MOST_ITEMS, endless
from srcad.runtime.memory import is_instance

__all__ = [
    "BUILT_IN",
    "WITHOUT_IMAGES",
    "accumulate",
    "add",
    "attribute_gradient",
    "copy",
    "check_taken",
    "computed_default",
    "copy_of_parts",
    "dict_like",
    "finish",
    "fitted",
    "fold_repeats",
    "holds_numbers",
    "is_sequence_class",
    "items_taken",
    "keys",
    "order_of",
    "owned",
    "sequence",
    "sequence_like",
    "zeros_like",
]


_CONTAINERS = (list, tuple, dict)
BUILT_IN = (float, int, complex, np.ndarray, np.generic, *_CONTAINERS)
"""The classes whose operators have derivatives by rules, and whose methods of operators need none of their own."""
_SHAPED = (*_CONTAINERS, np.ndarray)


def sequence(values: Any) -> Any:
    """Return ``values`` in a form with a length and an index: itself, or the list of its items."""
    if isinstance(values, (list, tuple, np.ndarray, str, range)):
        return values
    if isinstance(values, WITHOUT_IMAGES):
        return items_taken(values)
    if not isinstance(getattr(type(values), "__next__", None), types.FunctionType):
        return list(values)
    items = list(itertools.islice(values, MOST_ITEMS + 1))
    if len(items) > MOST_ITEMS:
        raise endless()
    return items


WITHOUT_IMAGES = (set, frozenset, Mapping, KeysView)
"""What neither shadows nor tangents of items are known of."""


def items_taken(values: Any) -> list[Any]:
    """Return the items of a set or the keys of a dict; refuse objects, whose numbers would lose what they carry."""
    items = list(values)
    check_taken(items)
    return items


def check_taken(items: Any) -> None:
    """Refuse objects with numbers that were taken out of a set, or were keys of a dict; see `items_taken`."""
    for item in items:
        if isinstance(item, tuple):
            check_taken(item)
        elif is_instance(item) and not isinstance(item, enum.Enum) and holds_numbers(item, set()):
            raise UnsupportedError(f"An instance of '{type(item).__name__}' was put into a set, or made a key of a dict, "
                                   "and is taken out of it here: what its numbers carry is lost there.",
                                   "Keep such objects in a list or as values of a dict; ask a set only whether "
                                   "something is in it.")  # fmt: skip


def holds_numbers(value: Any, seen: set[int]) -> bool:
    """Tell whether a value is a number that may have a derivative, or holds one."""
    if isinstance(value, (float, complex, np.inexact)):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.kind not in "biuSU"
    if id(value) in seen or isinstance(value, (int, str, bytes, type, types.ModuleType, types.FunctionType)):
        return False
    seen.add(id(value))
    parts = list(attributes_of(value).values())
    if isinstance(value, dict):
        parts += [*value.values(), getattr(value, "default_factory", None)]
    elif isinstance(value, types.MethodType):
        parts.append(value.__self__)
    elif isinstance(value, functools.partial):
        parts += [value.func, *value.args, *value.keywords.values()]
    elif isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        parts += value
    return any(holds_numbers(part, seen) for part in parts)


def is_sequence_class(cls: type) -> bool:
    """Tell whether a class is a list or a tuple with further methods, whose items are read and changed as theirs are.

    >>> class Stack(list):
    ...     def top(self): return self[-1]
    >>> class Doubling(list):
    ...     def append(self, item): super().append(2 * item)
    >>> is_sequence_class(Stack), is_sequence_class(Doubling), is_sequence_class(list)
    (True, False, False)
    """
    for base in (list, tuple):
        if issubclass(cls, base) and cls is not base and not hasattr(cls, "_fields"):
            return all(getattr(cls, name) is getattr(base, name) for name in _OF_SEQUENCES & set(dir(base)))
    return False


def computed_default(base: Any, key: Any) -> Any:
    """Return the function that computes the item of a ``defaultdict`` under a key that is not there yet; else None.

    Classes, builtins and functions that have captured no numbers make what carries nothing.

    >>> computed_default(collections.defaultdict(float), "a") is None
    True
    """
    factory = base.default_factory if isinstance(base, collections.defaultdict) and key not in base else None
    known = isinstance(factory, (Closure, types.MethodType, functools.partial))
    return factory if known and holds_numbers(factory, set()) else None


_OF_SEQUENCES = frozenset(
    "__new__ __init__ __getitem__ __setitem__ __delitem__ __iter__ __reversed__ __len__ __contains__ __getattribute__ "
    "__setattr__ append clear copy count extend index insert pop remove reverse sort".split()
)


def fold_repeats(gradient: list[Any], length: int) -> list[Any]:
    """Return the gradient of a list of ``length`` items from that of its repetition."""
    found: list[Any] = [0.0] * length
    for position, part in enumerate(gradient):
        found[position % length] = add(found[position % length], part)
    return found


def keys(mapping: Any) -> list[Any]:
    """Return the keys of a mapping, whose views are run through."""
    if type(mapping) is not dict and _has_own_views(type(mapping)):
        raise UnsupportedError(f"What the items, keys or values of a '{type(mapping).__name__}' are is said by its class, "
                               "which is in no module in sight.", "Make a list of them before the loop.")  # fmt: skip
    return items_taken(mapping)


@functools.lru_cache(maxsize=512)
def _has_own_views(cls: type) -> bool:
    if not issubclass(cls, dict):
        return not issubclass(cls, Mapping)
    return any(isinstance(getattr(cls, name), types.FunctionType) for name in ("items", "keys", "values"))


def order_of(values: list[Any], reverse: bool = False) -> list[int]:
    """Return the positions of ``values`` in ascending (or descending) order; equal values keep their order."""
    return sorted(range(len(values)), key=values.__getitem__, reverse=reverse)


def zeros_like(value: Any) -> Any:
    """Return the zero gradient of ``value``: float zeros for arrays, 0.0 for numbers, and containers of these.

    An array of records has one of records.
    """
    if isinstance(value, np.ndarray):
        return np.zeros_like(value) if value.dtype.kind in "fcV" else np.zeros(value.shape)
    if isinstance(value, (list, tuple)):
        return [
            0.0 if type(item) is float or not isinstance(item, _SHAPED) else zeros_like(item)
            for item in value
        ]
    if isinstance(value, dict):
        return {key: zeros_like(item) if isinstance(item, _SHAPED) else 0.0 for key, item in value.items()}
    if isinstance(value, (int, float, complex, np.number, np.bool_, str, type(None))):
        return 0.0
    if hasattr(value, "captured"):
        return [0.0] * len(value.captured)
    return {}


def add(first: Any, second: Any) -> Any:
    """Return the sum of two gradients of the same value; that of a list which is not made yet is empty.

    >>> add([1.0, 2.0], [0.5, 0.5]), add([], [0.5, 0.5])
    ([1.5, 2.5], [0.5, 0.5])
    """
    if type(first) is list and type(second) is list:
        if not first or not second:
            return first or second
        return [
            one + other if type(one) is type(other) is float else add(one, other)
            for one, other in zip(first, second)
        ]
    if isinstance(first, float) and first == 0.0:
        return second
    if isinstance(second, float) and second == 0.0:
        return first
    if isinstance(first, dict):
        return {key: add(first.get(key, 0.0), second.get(key, 0.0)) for key in {**first, **second}}
    if isinstance(first, list):
        return [add(one, other) for one, other in zip(first, second)]
    if isinstance(first, tuple):
        return tuple(add(one, other) for one, other in zip(first, second))
    return first + second


def owned(gradient: Any, value: Any) -> Any:
    """Return a copy of ``gradient``, in the shape of ``value``, that may be changed in place."""
    if type(gradient) is type(value) is np.ndarray and gradient.shape == value.shape:
        return np.array(gradient)
    if type(gradient) is list and not gradient:
        return zeros_like(value)  # that of a list which was not made yet
    if isinstance(gradient, (list, dict)):
        return _copy.copy(gradient)
    if isinstance(value, (list, tuple)) and isinstance(gradient, (np.ndarray, tuple)):
        return list(gradient)
    if isinstance(value, np.generic):
        dtype = np.result_type(gradient, value) if value.dtype.kind == "c" else None
        return np.array(gradient, dtype)  # the item of a scalar of NumPy is read as of an array without axes
    if isinstance(gradient, (float, int)) and gradient == 0:
        return zeros_like(value)
    if isinstance(value, np.ndarray):
        fits = type(gradient) is np.ndarray and gradient.shape == value.shape
        return np.array(gradient if fits else np.broadcast_to(gradient, value.shape))
    return gradient


def fitted(gradient: Any, value: Any) -> Any:
    """Return what `finish` returns, or ``gradient`` itself, which belongs to nobody else, where it fits as it is."""
    if type(gradient) is type(value) is np.ndarray and gradient.shape == value.shape:
        if gradient.dtype is value.dtype and gradient.dtype.kind in "fc" and gradient.flags.writeable:
            return gradient
    return finish(gradient, value)


def copy(value: Any) -> Any:
    """Return a copy of ``value`` that later changes in place do not reach."""
    return np.array(value) if isinstance(value, np.ndarray) else _copy.copy(value)


def copy_of_parts(value: Any) -> Any:
    """Return arrays in tuples and lists with copies of the arrays.

    Examples
    --------
    >>> import numpy as np
    >>> copy_of_parts((np.broadcast_to(1.0, 2), None))
    (array([1., 1.]), None)
    """
    if isinstance(value, (tuple, list)):
        parts = [copy_of_parts(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return np.array(value) if isinstance(value, np.ndarray) else value


def accumulate(gradient: Any, index: Any, value: Any) -> None:
    """Add ``value`` to the part of ``gradient`` at ``index``; an index that occurs twice counts twice.

    Whole numbers have the gradient None.
    """
    if gradient is None:
        return
    if type(gradient) is list and not gradient and (type(index) is int or type(value) is list and value):
        raise UnsupportedError("A list of varying length is made in one branch and taken apart in another.",
                               "Take it apart where it is made, or use an array.")  # fmt: skip
    if type(gradient) is list and type(index) is int:
        gradient[index] = add(gradient[index], value)
    elif isinstance(gradient, np.ndarray) and (isinstance(index, str) or _is_mask(index)):
        gradient[index] += value
    elif isinstance(gradient, np.ndarray):
        np.add.at(gradient, index, value)
    elif isinstance(gradient, dict):
        gradient[index] = add(gradient.get(index, 0.0), value)
    elif isinstance(index, slice):
        positions = range(*index.indices(len(gradient)))
        for position, part in zip(positions, value if isinstance(value, list) else [value] * len(positions)):
            gradient[position] = add(gradient[position], part)
    else:
        gradient[index] = add(gradient[index], value)


def _is_mask(index: Any) -> bool:
    return type(index) is np.ndarray and index.dtype.kind == "b"


def attribute_gradient(value: Any, attribute: str, gradient: Any) -> Any:
    """Return the gradient of ``value`` that comes through ``value.attribute``."""
    if isinstance(value, (np.ndarray, np.number, float)):
        if attribute == "T":
            return gradient.T
        if attribute == "real":
            return gradient
        raise UnsupportedError(f"The attribute '{attribute}' of an array has no derivative.",
                               "Use a function of NumPy.")  # fmt: skip
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        found = zeros_like(value)
        found[value._fields.index(attribute)] = gradient
        return found
    return {attribute: gradient}


def finish(gradient: Any, value: Any, made: dict[int, Any] | None = None) -> Any:
    """Return ``gradient`` as the user gets it: the shape, structure and dtype of ``value``, fresh and writable."""
    if isinstance(value, np.ndarray):
        if type(gradient) is np.ndarray and gradient.dtype is value.dtype and gradient.shape == value.shape:
            if value.dtype.kind in "fc":
                return gradient.copy(order="K")
        if isinstance(gradient, list):
            gradient = np.stack([finish(part, item) for part, item in zip(gradient, value)])
        if value.dtype.kind in "fc":
            if value.dtype.kind == "f" and np.iscomplexobj(gradient):
                gradient = np.real(gradient)
            return np.array(np.broadcast_to(gradient, value.shape), dtype=value.dtype)
        return np.array(np.broadcast_to(gradient, value.shape), dtype=np.float64)
    if isinstance(value, np.generic):
        kept = value.dtype.type if value.dtype.kind in "fc" else np.float64
        return kept(gradient[0] if np.shape(gradient) == (1,) else gradient)  # of x[None]
    if isinstance(value, Closure):  # its gradient is that of what it has captured
        parts = [0.0] * len(value.captured) if isinstance(gradient, (int, float)) else gradient
        return tuple(finish(part, item) for part, item in zip(parts, value.captured))
    if (
        isinstance(value, (bool, str, bytes, range, slice, set, frozenset, type(None), type(...)))
        or callable(value)
        and not isinstance(value, _CONTAINERS)
        and not is_instance(value)
    ):
        return None
    if isinstance(value, float):
        return gradient if isinstance(gradient, np.float64) else float(np.real(gradient))
    if isinstance(value, int):
        return float(gradient)
    if isinstance(value, complex):
        return gradient if isinstance(gradient, complex) else complex(gradient)
    if made is not None:
        return _finish_container(gradient, value, made)
    try:
        return _finish_container(gradient, value, {})
    except _InItselfError:
        while _folded(gradient, value, {}):
            pass
        return _finish_container(gradient, value, {})


class _InItselfError(Exception):
    """An object has a gradient, and has another inside of itself, where it is known by what it knows."""


def _folded(gradient: Any, value: Any, around: dict[int, Any]) -> bool:
    """Add one gradient that an object has inside of itself to its own; tell whether there was one."""
    if not isinstance(gradient, (dict, list)):
        return False
    if is_instance(value):
        items, around = attributes_of(value), {**around, id(value): gradient}
    elif isinstance(value, dict):
        items = value
    elif isinstance(value, (list, tuple, collections.deque)):
        items = dict(enumerate(value))
    else:
        return False
    for key, item in items.items():
        part = gradient.get(key) if isinstance(gradient, dict) else gradient[key]
        if id(item) in around and isinstance(part, dict) and part and part is not around[id(item)]:
            gradient[key] = 0.0
            for name, inner in part.items():
                accumulate(around[id(item)], name, inner)
            return True
        if id(item) not in around and _folded(part, item, around):
            return True
    return False


def _finish_container(gradient: Any, value: Any, made: dict[int, Any]) -> Any:
    """Return the gradient of a container; ``made`` has those of the objects around it, which it may know."""
    empty = isinstance(gradient, (int, float))
    if isinstance(value, dict):
        items = {
            key: finish(0.0 if empty else gradient.get(key, 0.0), item, made) for key, item in value.items()
        }
        return dict_like(value, items)
    if isinstance(value, (list, tuple, collections.deque)):
        parts = [finish(0.0 if empty else gradient[i], item, made) for i, item in enumerate(value)]
        return sequence_like(value, parts)
    if not is_instance(value) or isinstance(value, numbers.Number):
        return None
    check_no_numbers(gradient)
    if id(value) in made:
        result, own = made[id(value)]
        if not empty and gradient and gradient is not own:
            raise _InItselfError
        return result
    result = _copy.copy(value)
    made[id(value)] = result, gradient
    for name, item in attributes_of(value).items():
        object.__setattr__(result, name, finish(0.0 if empty else gradient.get(name, 0.0), item, made))
    del made[id(value)]
    return result


def sequence_like(value: Any, parts: list[Any]) -> Any:
    """Return a list, tuple, namedtuple or deque like ``value`` of other items."""
    if isinstance(value, collections.deque):
        return type(value)(parts, value.maxlen)
    return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)


def dict_like(value: dict[Any, Any], items: dict[Any, Any]) -> Any:
    """Return a dict of the class of ``value`` with other items."""
    if type(value) is dict:
        return items
    result = _copy.copy(value)
    result.update(items)
    return result
