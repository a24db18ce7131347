"""Reductions and scans along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.analysis.kinds import ANY, INT, NUMBER, Dims, Kind, dims_of
from srcad.analysis.results.shaped import (
    UNKNOWN,
    Call,
    as_array,
    integer,
    integers,
    number,
    product_length,
    shaped,
)

__all__ = ["REDUCTIONS", "SCANS", "normal_axes", "reduction", "scan"]

_SUMS = (np.sum, np.prod, np.nansum, np.nanprod)
_MEANS = (np.mean, np.nanmean, np.median, np.nanmedian)
_SPREADS = (np.var, np.std, np.nanvar, np.nanstd)
_EXTREMES = (np.max, np.min, np.nanmax, np.nanmin, np.amax, np.amin, np.ptp)
_TESTS = (np.any, np.all)
_INDICES = (np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.count_nonzero)
REDUCTIONS = frozenset((*_SUMS, *_MEANS, *_SPREADS, *_EXTREMES, *_TESTS, *_INDICES, np.linalg.norm))
SCANS = frozenset((np.cumsum, np.cumprod, np.nancumsum, np.nancumprod))

_AXIS_POSITION = {np.linalg.norm: 2}
_OPTIONS = ("axis", "keepdims", "ddof", "ord", "initial", "where", "dtype")


def normal_axes(axis: Any, rank: int) -> tuple[int, ...] | None:
    """Return axes counted from the front; None if they do not exist."""
    axes = axis if isinstance(axis, tuple) else (axis,)
    if any(not -rank <= a < rank for a in axes):
        return None
    return tuple(a % rank for a in axes)


def reduction(callee: Any, call: Call) -> Kind:
    """Return the kind of a reduction with literal ``axis`` and ``keepdims``."""
    operand = as_array(call.arguments[0]) if call.arguments else ANY
    position = _AXIS_POSITION.get(callee, 1)
    if not call.only(*_OPTIONS, positions=position + 1):
        return NUMBER
    like = Kind("number", dtype=_reduced_dtype(callee, operand, "dtype" in call.keywords))
    axis = integers(call.get(position, "axis"), None)
    keepdims = integer(call.keywords.get("keepdims"), False)
    if (
        keepdims not in (True, False)
        or axis is None
        and not keepdims
        and call.keywords.get("keepdims", 0) is None
    ):
        return number(like)
    dims = dims_of(operand)
    if axis is None and not keepdims:
        if operand.name == "any" or callee is np.linalg.norm and len(call.arguments) > 1 and dims is None:
            return NUMBER
        return INT if callee in _INDICES else shaped((), like)
    if dims is None or not isinstance(axis, (int, tuple, type(None))):
        return number(like)
    axes = tuple(range(len(dims))) if axis is None else normal_axes(axis, len(dims))
    return number(like) if axes is None else _without_axes(dims, axes, bool(keepdims), like)


def _without_axes(dims: Dims, axes: tuple[int, ...], keepdims: bool, like: Kind) -> Kind:
    if keepdims:
        return shaped(["1" if k in axes else d for k, d in enumerate(dims)], like) if dims else number(like)
    return shaped([d for k, d in enumerate(dims) if k not in axes], like)


def _reduced_dtype(callee: Any, operand: Kind, converted: bool) -> str | None:
    dtype = operand.dtype
    if callee in _TESTS:
        return "bool" if operand.name != "any" else None
    if callee in _INDICES:
        return "int"
    if converted or dtype is None:
        return None
    if callee in _SUMS:
        return "int" if dtype == "bool" else dtype
    if callee in _EXTREMES:
        return dtype
    if callee in _SPREADS or callee is np.linalg.norm:
        return {"int": "float64", "double": "float64", "bool": "float64", "complex": "float"}.get(
            dtype, dtype
        )
    return {"int": "float64", "double": "float64", "bool": "float64"}.get(dtype, dtype)


def scan(call: Call) -> Kind:
    """Return the kind of a cumulative sum or product."""
    operand = as_array(call.arguments[0])
    dims, axis = dims_of(operand), integer(call.get(1, "axis"), None)
    like = operand if operand.dtype in ("float64", "float", "complex") else NUMBER
    if not call.only("axis", positions=2) or dims is None or axis is UNKNOWN:
        return NUMBER
    if axis is None:
        return shaped((product_length(dims),), like)
    return shaped(dims, like) if dims else NUMBER
