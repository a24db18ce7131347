"""What must be the same of a value for compiled code to be right for it."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from srcad.analysis.kinds import kind_of
from srcad.runtime import Closure

__all__ = ["fingerprint"]


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
