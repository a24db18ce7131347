"""Shadows and tangents of memory that outlives the call, such as the value of a global variable.

It carries no derivative when the program begins, and must not get one: other code reads the same memory without a shadow,
and so does the next call.  So the parts of such a shadow that are numbers are None, containers and objects are of classes
of their own, and whoever stores in memory asks `is_lasting`.
"""

from __future__ import annotations

import collections
import copy as _copy
import weakref
from typing import Any

import numpy as np

from srcad.runtime.attributes import attributes_of
from srcad.runtime.memory import Shadow, is_instance, owner
from srcad.runtime.tangents import Tangent, zero_tangent

__all__ = [
    "is_lasting", "is_lasting_tangent", "lasting", "lasting_shadow", "lasting_tangent", "own_container",
]  # fmt: skip

_ARRAYS: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()


class _List(list[Any]):
    """The shadow or the tangent of a list that outlives the call."""


class _Dict(dict[Any, Any]):
    """The shadow or the tangent of a dict that outlives the call."""


class _Deque(collections.deque[Any]):
    """The shadow of a deque that outlives the call."""


class _Shadow(Shadow):
    """The shadow of an object that outlives the call."""


class _Tangent(Tangent):
    """The tangent of an object that outlives the call."""

    def __getattr__(self, attribute: str) -> Any:
        made = lasting(super().__getattr__(attribute))
        self.__dict__[attribute] = made
        return made


def lasting_shadow(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return the shadow of what outlives the call: numbers in it have none.

    Examples
    --------
    >>> import numpy as np
    >>> image = lasting_shadow([1.0, {"w": np.ones(2)}])
    >>> image, is_lasting(image), is_lasting(image[1]["w"])
    ([None, {'w': array([0., 0.])}], True, True)
    """
    memo = {} if memo is None else memo
    if id(value) in memo:
        return memo[id(value)][0]
    if isinstance(value, np.ndarray):
        image = np.zeros_like(value) if value.dtype.kind in "fc" else None
        if image is not None:
            _ARRAYS[id(image)] = image
        return image
    if isinstance(value, tuple):
        return tuple(lasting_shadow(item, memo) for item in value)
    result: Any
    if isinstance(value, list):
        memo[id(value)] = (result := _List(), value)
        result.extend(lasting_shadow(item, memo) for item in value)
    elif isinstance(value, collections.deque):
        memo[id(value)] = (result := _Deque(maxlen=value.maxlen), value)
        result.extend(lasting_shadow(item, memo) for item in value)
    elif isinstance(value, dict):
        memo[id(value)] = (result := _Dict(), value)
        result.update((key, lasting_shadow(item, memo)) for key, item in value.items())
    elif is_instance(value):
        memo[id(value)] = (result := _Shadow(), value)
        for name, item in attributes_of(value).items():
            setattr(result, name, lasting_shadow(item, memo))
    else:
        return None
    return result


def is_lasting(image: Any) -> bool:
    """Tell whether a shadow, which may be None, is that of memory that outlives the call."""
    if isinstance(image, np.ndarray):
        whole = owner(image)
        return _ARRAYS.get(id(whole)) is whole
    return image is None or isinstance(image, (_List, _Dict, _Deque, _Shadow))


def own_container(image: Any) -> Any:
    """Return a container of the same parts as the shadow or tangent of one, which does not outlive the call itself."""
    if isinstance(image, _List):
        return list(image)
    if isinstance(image, _Dict):
        return dict(image)
    if isinstance(image, _Deque):
        return collections.deque(image, image.maxlen)
    return _copy.copy(image)


def lasting_tangent(value: Any) -> Any:
    """Return the zero tangent of what outlives the call; see `check_kept_tangents`."""
    return lasting(zero_tangent(value))


def lasting(tangent: Any) -> Any:
    """Return a tangent as that of something which outlives the call; see `check_kept_tangents`."""
    if isinstance(tangent, np.ndarray):
        whole = owner(tangent)
        _ARRAYS[id(whole)] = whole
        return tangent
    if type(tangent) is list:
        return _List(map(lasting, tangent))
    if type(tangent) is Tangent:
        return _Tangent(tangent.__dict__["__primal__"], tangent.__dict__["__memo__"])
    if type(tangent) is tuple:
        return tuple(map(lasting, tangent))
    return _Dict((k, lasting(t)) for k, t in tangent.items()) if type(tangent) is dict else tangent


def is_lasting_tangent(tangent: Any) -> bool:
    """Tell whether a tangent, of which the number 0.0 is that of anything, is that of memory that outlives the call."""
    if isinstance(tangent, np.ndarray):
        return is_lasting(tangent)
    return isinstance(tangent, (float, _List, _Dict, _Tangent))
