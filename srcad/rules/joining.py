"""Derivatives of functions that join arrays, split them, or make them from numbers."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_MAKING = {
    "subok": "Subclasses of arrays are not differentiated: leave out the argument 'subok'.",
    "ndmin": "The argument 'ndmin' has no derivative: use np.reshape afterwards.",
}


@vjp(np.concatenate, "arrays", linear=True, refused=_OUT)
def concatenate(ans, g, arrays, axis=0, out=None):
    return rt.split_like(g, arrays, axis)


@vjp(np.stack, "arrays", linear=True, refused=_OUT)
def stack(ans, g, arrays, axis=0, out=None):
    return rt.unstack_like(g, arrays, axis)


@vjp(np.vstack, "tup", linear=True)
def vstack(ans, g, tup):
    return rt.split_rows(g, tup)


@vjp(np.hstack, "tup", linear=True)
def hstack(ans, g, tup):
    return rt.split_columns(g, tup)


@vjp(np.column_stack, "tup", linear=True)
def column_stack(ans, g, tup):
    return rt.split_stacked_columns(g, tup)


@vjp(np.append, "arr", "values", linear=True)
def append(ans, g, arr, values, axis=None):
    parts = rt.split_like(g, [arr, values], axis)
    return parts[0], parts[1]


@vjp(np.split, "ary", linear=True)
def split(ans, g, ary, indices_or_sections, axis=0):
    return np.concatenate(rt.parts_like(g, ans), axis)


@vjp(np.array_split, "ary", linear=True)
def array_split(ans, g, ary, indices_or_sections, axis=0):
    return np.concatenate(rt.parts_like(g, ans), axis)


@vjp(np.vsplit, "ary", linear=True)
def vsplit(ans, g, ary, indices_or_sections):
    return np.concatenate(rt.parts_like(g, ans), 0)


@vjp(np.hsplit, "ary", linear=True)
def hsplit(ans, g, ary, indices_or_sections):
    return np.hstack(rt.parts_like(g, ans))


@vjp(np.array, "object", linear=True, refused=_MAKING)
def array(ans, g, object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0):
    if dtype is None:
        return rt.structured_like(g, object)
    return rt.structured_like(rt.cast_back(g, ans, object), object)


@vjp(np.asarray, "a", linear=True)
def asarray(ans, g, a, dtype=None, order=None, *, copy=None):
    if dtype is None:
        return rt.structured_like(g, a)
    return rt.structured_like(rt.cast_back(g, ans, a), a)


@vjp(np.ascontiguousarray, "a", linear=True)
def ascontiguousarray(ans, g, a, dtype=None):
    return rt.unbroadcast(rt.cast_back(g, ans, a), a)


@vjp(np.ndarray.astype, "self", linear=True)
def astype(ans, g, self, dtype, order="K", casting="unsafe", subok=True, copy=True):
    return rt.cast_back(g, ans, self)


@vjp(np.full, "fill_value", linear=True)
def full(ans, g, shape, fill_value, dtype=None, order="C"):
    return rt.unbroadcast(rt.cast_back(g, ans, fill_value), fill_value)


@vjp(np.full_like, "a", "fill_value")
def full_like(ans, g, a, fill_value, dtype=None, order="K", subok=True, shape=None):
    return 0.0, rt.unbroadcast(rt.cast_back(g, ans, fill_value), fill_value)


@vjp(
    np.linspace,
    "start",
    "stop",
    refused={"retstep": "np.linspace with retstep has no derivative: leave it out."},
)
def linspace(ans, g, start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    weights = rt.linspace_weights(g, num, endpoint)
    along = np.moveaxis(g, axis, 0)
    return (
        rt.unbroadcast(np.tensordot(1 - weights, along, 1), start),
        rt.unbroadcast(np.tensordot(weights, along, 1), stop),
    )
