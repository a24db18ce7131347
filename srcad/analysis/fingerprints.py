"""What must be the same of a value for compiled code to be right for it."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from srcad.analysis.kinds import ANY, Kind, array, record
from srcad.analysis.kinds_of_values import kind_of
from srcad.runtime import Closure

__all__ = ["fingerprint", "rough_fingerprint", "rough_kind"]


def fingerprint(value: Any) -> Any:
    """Return what is equal for arguments that the same code is right for."""
    cls = type(value)
    if cls is float or cls is int or cls is bool:
        return cls
    if cls is np.ndarray:
        return value.ndim, value.dtype.char, 1 in value.shape and tuple(n == 1 for n in value.shape)
    if isinstance(value, np.generic):
        return cls
    if cls is Closure:
        return ("closure", value.function, tuple(map(fingerprint, value.captured)))
    if cls is types.FunctionType:
        return value
    return kind_of(value)


def rough_fingerprint(value: Any) -> Any:
    """Return what is equal for arguments that the same code is right for, where that knows nothing of what they hold.

    >>> rough_fingerprint([1.0]) == rough_fingerprint(["text"]), rough_fingerprint(np.ones(3)) == rough_fingerprint(3.0)
    (True, False)
    """
    cls = type(value)
    if cls is np.ndarray:
        return cls, value.dtype.char
    return float if cls is np.float64 else cls


def rough_kind(value: Any) -> Kind:
    """Return what is known of a value by its class.

    >>> rough_kind(np.ones(3)), rough_kind({"x": 1.0}), rough_kind(np.sin), rough_kind(1.0)
    (array[float64], dict, any, float[float64])
    """
    cls = type(value)
    if cls is np.ndarray:
        kind = kind_of(value)
        return array(None, kind.inexact, None, kind.dtype) if kind.name == "array" else ANY
    if cls in (tuple, list, dict):
        return Kind(cls.__name__)
    if cls in (float, int, bool, str, type(None)) or isinstance(value, np.generic):
        return kind_of(value)
    kind = kind_of(value, 0)
    return record(cls, None) if kind.name == "object" else ANY
