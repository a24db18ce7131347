"""Tangents as a user gives and gets them: brought to the form of `srcad.runtime.tangents`, and back."""

from __future__ import annotations

import copy
import numbers
from collections import deque
from typing import Any

import numpy as np

from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.containers import dict_like, sequence_like
from srcad.runtime.memory import is_instance
from srcad.runtime.tangents import Tangent, zero_tangent

__all__ = ["as_tangent", "tangent_result"]


def as_tangent(tangent: Any, value: Any, made: dict[int, Any] | None = None) -> Any:
    """Return a user's tangent in the runtime's form, in the shapes, dtypes and memory layouts of ``value``.

    Raises
    ------
    ValueError
        If the structures or shapes differ.
    """
    made = {} if made is None else made  # of the objects around, which may be known inside
    if tangent is None:
        return zero_tangent(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        if np.shape(tangent) != value.shape:
            raise ValueError(f"it has shape {np.shape(tangent)} where the primal has {value.shape}")
        if (
            isinstance(tangent, np.ndarray)
            and tangent.dtype == value.dtype
            and tangent.strides == value.strides
        ):
            return tangent
        _require_real(tangent, value)
        array = np.zeros_like(value) if value.dtype.kind in "fc" else np.zeros(value.shape)
        array[...] = tangent
        return array
    if isinstance(value, np.inexact):
        _require_real(tangent, value)
        return type(value)(tangent)
    if isinstance(value, (float, int, complex, np.number)) and not isinstance(value, bool):
        if np.ndim(tangent) != 0 or isinstance(tangent, (str, dict, type(None))):
            raise ValueError(f"it is {tangent!r} where the primal is the number {value!r}")
        _require_real(tangent, value)
        return complex(tangent) if isinstance(value, complex) else float(tangent)
    if isinstance(value, (list, tuple, deque)):
        if not isinstance(tangent, (list, tuple, deque)) or len(tangent) != len(value):
            raise ValueError(
                f"it is {tangent!r} where the primal is a {type(value).__name__} of {len(value)} items"
            )
        parts = [as_tangent(part, item, made) for part, item in zip(tangent, value)]
        return sequence_like(value, parts)
    if isinstance(value, dict):
        if not isinstance(tangent, dict) or set(tangent) != set(value):
            raise ValueError(
                f"it is {tangent!r} where the primal is a dict with the keys {sorted(value, key=str)}"
            )
        return dict_like(value, {key: as_tangent(tangent[key], item, made) for key, item in value.items()})
    if isinstance(value, Closure):
        return tuple(as_tangent(part, item, made) for part, item in zip(tangent, value.captured))
    if is_instance(value):
        if id(value) in made:
            return made[id(value)]
        result = made[id(value)] = Tangent(value)
        for name, item in attributes_of(value).items():
            part = tangent.get(name) if isinstance(tangent, dict) else getattr(tangent, name, None)
            setattr(result, name, as_tangent(part, item, made) if part is not None else zero_tangent(item))
        del made[id(value)]
        return result
    return 0.0


def _require_real(tangent: Any, value: Any) -> None:
    if np.iscomplexobj(tangent) and not np.iscomplexobj(value):
        raise ValueError("it is complex where the primal is real")


def tangent_result(tangent: Any, value: Any, given: Any = ()) -> Any:
    """Return a tangent as the user gets it: in the structure and dtypes of ``value``, fresh and writable.

    Parameters
    ----------
    tangent : object
        A tangent in the runtime's form.
    value : object
        What it is the tangent of; None stands in the result where that has no derivative.
    given : object
        The user's own tangents, whose arrays must not be handed out.
    """
    cls = type(value)
    if cls in _REALS and type(tangent) is cls:
        return tangent
    flat = type(given) is tuple and _FLAT.issuperset(map(type, given))
    ids = {*map(id, given)} if flat else {id(array) for array in _arrays(given)}
    if cls is tuple and type(tangent) is tuple:
        return tuple([_result(part, item, ids, {}) for part, item in zip(tangent, value)])
    return _result(tangent, value, ids, {})


_REALS = (np.float64, float)
_FLAT = {np.ndarray, type(None)}


def _arrays(value: Any) -> list[Any]:
    """Return the arrays that a tangent holds; objects in it may know each other."""
    found: list[Any] = []
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, np.ndarray):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif isinstance(value, (dict, Tangent)):
            waiting += (value if isinstance(value, dict) else vars(value)).values()
    return found


def _result(tangent: Any, value: Any, given: set[int], made: dict[int, Any]) -> Any:
    if isinstance(value, np.ndarray):
        dtype = value.dtype if value.dtype.kind in "fc" else np.dtype(np.float64)
        if (
            _is_own(tangent)
            and tangent.dtype == dtype
            and tangent.shape == value.shape
            and id(tangent) not in given
        ):
            return tangent
        if dtype.kind == "f" and np.iscomplexobj(tangent):
            tangent = np.real(tangent)
        return np.array(np.broadcast_to(tangent, value.shape), dtype=dtype)
    if isinstance(value, np.inexact):
        _require_real(tangent, value)
        return type(value)(tangent)
    if isinstance(value, (bool, str, bytes, type(None))):
        return None
    if isinstance(value, (float, int)):
        return tangent if isinstance(tangent, np.generic) else float(np.real(tangent))
    if isinstance(value, (complex, np.number)):
        return tangent
    whole = isinstance(tangent, float)
    if isinstance(value, (list, tuple, deque)):
        parts = [_result(0.0 if whole else tangent[i], item, given, made) for i, item in enumerate(value)]
        return sequence_like(value, parts)
    if isinstance(value, dict):
        items = {
            key: _result(0.0 if whole else tangent[key], item, given, made) for key, item in value.items()
        }
        return dict_like(value, items)
    if isinstance(value, Closure):
        return tuple(
            _result(0.0 if whole else part, item, given, made) for part, item in zip(tangent, value.captured)
        )
    if not is_instance(value) or isinstance(value, numbers.Number):
        return None
    if id(value) in made:
        return made[id(value)]
    made[id(value)] = result = copy.copy(value)
    for name, item in attributes_of(value).items():
        object.__setattr__(result, name, _result(0.0 if whole else getattr(tangent, name), item, given, made))
    del made[id(value)]
    return result


def _is_own(array: Any) -> bool:
    """Tell whether an array has its memory for itself."""
    return isinstance(array, np.ndarray) and array.base is None and array.flags.writeable
