"""Tangents of what is made of the parts of other values: copies, records, partial functions, shared arguments."""

from __future__ import annotations

import functools
from collections import deque
from typing import Any

import numpy as np

from srcad.runtime.attributes import attributes_of
from srcad.runtime.memory import is_instance
from srcad.runtime.outliving import lasting, own_container
from srcad.runtime.tangents import CONTAINERS, Tangent, partial_of, zero_tangent

__all__ = [
    "copied_tangent",
    "filled_tangent",
    "is_filled",
    "kept_apart",
    "record_tangent",
    "shared_tangents",
    "tangent_of_partial",
]


def record_tangent(record: Any, tangents: Any, named: dict[str, Any]) -> Any:
    """Return the tangent of a named tuple that was made of values with these tangents, and of defaults.

    Examples
    --------
    >>> import collections
    >>> Point = collections.namedtuple("Point", "x y", defaults=(7.0,))
    >>> record_tangent(Point(1.0), (2.0,), {})
    Point(x=2.0, y=0.0)
    """
    given = dict(zip(record._fields, tangents)) | named
    parts = [given[n] if n in given else zero_tangent(part) for n, part in zip(record._fields, record)]
    return type(record)._make(parts)


def tangent_of_partial(function: Any, tangents: Any, named: dict[str, Any]) -> Any:
    """Return the tangent of a partial function made of ``function``, which may be a partial function itself."""
    inner, before, held = tangents[0], (), {}
    if isinstance(function, functools.partial):
        inner, before, held = inner if isinstance(inner, tuple) else zero_tangent(function)
    return partial_of(inner, *before, *tangents[1:], **{**held, **named})


def shared_tangents(values: list[Any], directions: list[Any]) -> list[Any]:
    """Return the tangents of values of which several may share memory; what is shared has the first one's tangent.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones(3)
    >>> shared_tangents([x[1:], x], [np.full(2, 5.0), np.full(3, 7.0)])
    [array([5., 5.]), array([7., 5., 5.])]
    """
    images = zero_tangent(values)
    filled = [filled_tangent(image, direction) for image, direction in list(zip(images, directions))[::-1]]
    return filled[::-1]


def filled_tangent(image: Any, direction: Any, filled: set[int] | None = None) -> Any:
    """Return ``image`` with the numbers of ``direction``; its arrays stay where they are.

    ``filled`` has the tangents of objects, which may know each other, that are being filled.
    """
    filled = set() if filled is None else filled
    if isinstance(image, np.ndarray):
        image[...] = direction
        return image
    if isinstance(image, (list, deque)):
        for position, (part, other) in enumerate(zip(image, direction)):
            image[position] = filled_tangent(part, other, filled)
        return image
    if isinstance(image, tuple):
        parts = [filled_tangent(part, other, filled) for part, other in zip(image, direction)]
        return type(image)(*parts) if hasattr(image, "_fields") else tuple(parts)
    if isinstance(image, dict):
        image.update({key: filled_tangent(part, direction[key], filled) for key, part in image.items()})
        return image
    if isinstance(image, Tangent) and isinstance(direction, Tangent):
        if id(image) in filled:
            return image
        filled.add(id(image))
        for name, part in vars(direction).items():
            if not name.startswith("__"):
                setattr(image, name, filled_tangent(getattr(image, name), part, filled))
        return image
    return direction


def is_filled(image: Any, direction: Any, seen: set[int] | None = None) -> bool:
    """Tell whether ``image``, filled with the numbers of ``direction``, holds them everywhere.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones(3)
    >>> same, other = [np.ones(3), np.ones(3)], [np.ones(3), np.zeros(3)]
    >>> [is_filled(*shared_tangents([[x, x]], [given]), given) for given in (same, other)]
    [True, False]
    """
    seen = set() if seen is None else seen
    if isinstance(image, np.ndarray):
        return bool(np.array_equal(image, np.broadcast_to(direction, image.shape), equal_nan=True))
    if isinstance(image, (list, deque, tuple)):
        return all(is_filled(part, other, seen) for part, other in zip(image, direction))
    if isinstance(image, dict):
        return all(is_filled(part, direction[key], seen) for key, part in image.items())
    if isinstance(image, Tangent) and isinstance(direction, Tangent) and id(image) not in seen:
        seen.add(id(image))
        names = [name for name in vars(direction) if not name.startswith("__")]
        return all(is_filled(getattr(image, name), vars(direction)[name], seen) for name in names)
    return True


def copied_tangent(value: Any, source: Any, tangent: Any) -> Any:
    """Return the tangent of ``value``, a shallow copy of ``source``: the same parts in a container of its own."""
    if isinstance(value, CONTAINERS) and isinstance(tangent, float):
        return own_container(lasting(zero_tangent(value)))  # what it holds is held elsewhere as well
    if isinstance(tangent, CONTAINERS):
        return own_container(tangent)
    if not isinstance(tangent, Tangent):
        return zero_tangent(value) if is_instance(value) else tangent
    result = Tangent(value, tangent.__dict__["__memo__"])
    for name in attributes_of(source):
        setattr(result, name, getattr(tangent, name))
    return result


def kept_apart(value: Any, tangent: Any, given: list[tuple[Any, Any]]) -> Any:
    """Return a tangent of the result of a call that shares memory with those ``given`` only where the values do.

    The tangent of ``x - 1`` is that of ``x`` itself, and either may be changed in place later.
    """
    if isinstance(value, np.ndarray) and isinstance(tangent, np.ndarray):
        for argument, image in given:
            shared = isinstance(image, np.ndarray) and np.may_share_memory(tangent, image)
            if shared and not (isinstance(argument, np.ndarray) and np.may_share_memory(value, argument)):
                return np.array(tangent)
    elif type(value) in (list, tuple) and type(tangent) is type(value) and len(value) == len(tangent):
        made = [kept_apart(v, t, given) for v, t in zip(value, tangent)]
        if any(one is not other for one, other in zip(made, tangent)):
            if isinstance(tangent, list):
                tangent[:] = made
                return tangent
            return tuple(made)
    return tangent
