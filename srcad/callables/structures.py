"""Structures as derivatives see them: `srcad.tree`, in which an object of any class is its attributes."""

from __future__ import annotations

import copy
import dataclasses
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import tree
from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.memory import is_instance

__all__ = ["is_object", "leaves", "mapped"]


def _with_attributes(value: Any, parts: list[Any]) -> Any:
    result = copy.copy(value)
    for name, part in zip(attributes_of(value), parts):
        object.__setattr__(result, name, part)
    return result


_OBJECT = tree.Container(
    lambda value: list(attributes_of(value).values()),
    _with_attributes,
    lambda value: list(attributes_of(value)),
)


def is_object(value: Any) -> bool:
    """Tell whether a value is an object of a class of the user's, which its attributes make up.

    >>> from types import SimpleNamespace
    >>> is_object(SimpleNamespace(x=1.0)), is_object([1.0])
    (True, False)
    """
    plain = not isinstance(value, (Closure, numbers.Number)) and not isinstance(value, type)
    return plain and is_instance(value) and (_is_unknown(value) or dataclasses.is_dataclass(value))


def _is_unknown(value: Any) -> bool:
    """Tell whether the class of an object is not registered, or so that its attributes are its parts."""
    found = tree.container_of(value)
    return found is None or list(map(id, found.parts(value))) == list(map(id, attributes_of(value).values()))


def _opened(value: Any) -> tree.Container | None:
    """Return how to take ``value`` apart, or None for a leaf."""
    if type(value) in _LEAVES:
        return None
    found = tree.container_of(value)
    return _OBJECT if found is None and is_object(value) else found


_LEAVES = (np.ndarray, float, np.float64, int, complex, str, type(None))


def leaves(value: Any) -> list[Any]:
    """Return what stands in the containers and objects of ``value``, in order.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> leaves({"point": SimpleNamespace(x=1.0, y=[2.0])})
    [1.0, 2.0]
    """
    return list(tree.walked(value, _opened))


def mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """Return a structure like ``value``, with each of its `leaves` replaced by ``function(leaf)``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> mapped(lambda leaf: 2 * leaf, SimpleNamespace(x=1.0, y=[2.0]))
    namespace(x=2.0, y=[4.0])
    """
    return tree.mapped(function, None, value, (), None, _opened)
