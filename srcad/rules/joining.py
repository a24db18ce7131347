"""Derivatives of functions that join arrays, split them, or make them from numbers."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_DTYPE = {"dtype": "The argument 'dtype' of this function is not differentiated: call astype afterwards."}
_MAKING = {
    "subok": "Subclasses of arrays are not differentiated: leave out the argument 'subok'.",
}


@vjp(np.concatenate, "arrays", linear=True, refused=_OUT)
def concatenate(ans, g, arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    if dtype is not None:
        g = np.asarray(g, rt.common_dtype(arrays))
    return rt.split_like(g, arrays, axis)


@vjp(np.stack, "arrays", linear=True, refused=_OUT)
def stack(ans, g, arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    if dtype is not None:
        g = np.asarray(g, rt.common_dtype(arrays))
    return rt.unstack_like(g, arrays, axis)


@vjp(np.vstack, "tup", linear=True)
def vstack(ans, g, tup, *, dtype=None, casting="same_kind"):
    if dtype is not None:
        g = np.asarray(g, rt.common_dtype(tup))
    return rt.split_rows(g, tup)


@vjp(np.hstack, "tup", linear=True)
def hstack(ans, g, tup, *, dtype=None, casting="same_kind"):
    if dtype is not None:
        g = np.asarray(g, rt.common_dtype(tup))
    return rt.split_columns(g, tup)


@vjp(np.column_stack, "tup", linear=True)
def column_stack(ans, g, tup):
    return rt.split_stacked_columns(g, tup)


@vjp(np.dstack, "tup", linear=True)
def dstack(ans, g, tup):
    return rt.split_depths(g, tup)


@vjp(np.block, "arrays", linear=True)
def block(ans, g, arrays):
    return rt.block_adjoint(g, arrays)


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


@vjp(np.dsplit, "ary", linear=True)
def dsplit(ans, g, ary, indices_or_sections):
    return np.concatenate(rt.parts_like(g, ans), 2)


@vjp(np.array, "object", linear=True, refused=_MAKING)
def array(ans, g, object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0):
    if ndmin != 0:
        g = np.reshape(g, np.shape(object))
    if dtype is None:
        return rt.structured_like(g, object)
    return rt.structured_like(rt.cast_back(g, ans, object), object)


@vjp(np.asarray, "a", linear=True)
def asarray(ans, g, a, dtype=None, order=None, *, device=None, copy=None):
    if dtype is None:
        return rt.structured_like(g, a)
    return rt.structured_like(rt.cast_back(g, ans, a), a)


@vjp(np.ascontiguousarray, "a", linear=True)
def ascontiguousarray(ans, g, a, dtype=None):
    return rt.unbroadcast(rt.cast_back(g, ans, a), a)


@vjp(np.asanyarray, "a", linear=True)
def asanyarray(ans, g, a, dtype=None, order=None, *, device=None, copy=None):
    return asarray_chkfinite(ans, g, a, dtype, order)


@vjp(np.asarray_chkfinite, "a", linear=True)
def asarray_chkfinite(ans, g, a, dtype=None, order=None):
    if dtype is None:
        return rt.structured_like(g, a)
    return rt.structured_like(rt.cast_back(g, ans, a), a)


@vjp(np.asfortranarray, "a", linear=True)
def asfortranarray(ans, g, a, dtype=None):
    return rt.structured_like(rt.cast_back(g, ans, a), a)


@vjp(np.require, "a", linear=True)
def require(ans, g, a, dtype=None, requirements=None):
    return rt.structured_like(rt.cast_back(g, ans, a), a)


@vjp(np.astype, "x", linear=True)
def np_astype(ans, g, x, dtype, *, copy=True, device=None):
    return rt.cast_back(g, ans, x)


@vjp(np.full, "fill_value", linear=True)
def full(ans, g, shape, fill_value, dtype=None, order="C", *, device=None):
    return rt.unbroadcast(rt.cast_back(g, ans, fill_value), fill_value)


@vjp(np.full_like, "a", "fill_value", linear=("fill_value",), shaped=("a",))
def full_like(ans, g, a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    return 0.0, rt.unbroadcast(rt.cast_back(g, ans, fill_value), fill_value)


@vjp(np.linspace, "start", "stop", linear=True)
def linspace(ans, g, start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    if retstep:
        return linspace_and_step(ans, rt.parts_like(g, ans), start, stop, num, endpoint, dtype, axis)
    if dtype is not None:
        g = rt.cast_back(g, ans, start)
    weights = rt.linspace_weights(g, num, endpoint)
    along = np.moveaxis(g, axis, 0)
    return (
        rt.unbroadcast(np.tensordot(1 - weights, along, 1), start),
        rt.unbroadcast(np.tensordot(weights, along, 1), stop),
    )


def linspace_and_step(ans, parts, start, stop, num, endpoint, dtype, axis):
    """Return the gradients of the ends of a space where the step is returned as well."""
    ends = linspace(ans[0], parts[0], start, stop, num, endpoint, False, dtype, axis)
    slope = parts[1] / (num - 1 if endpoint else num)
    return ends[0] - rt.unbroadcast(slope, start), ends[1] + rt.unbroadcast(slope, stop)


def spread(end, base):
    """Return an end of a space for each of the bases."""
    if np.ndim(base) == 0:
        return end
    return end + np.zeros(np.shape(base))


def along(base, axis):
    """Return the bases beside the entries of the space of each."""
    if np.ndim(base) == 0:
        return base
    return np.expand_dims(base, axis)


@vjp(np.logspace, "start", "stop", "base", refused=_DTYPE)
def logspace(ans, g, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    first, last = spread(start, base), spread(stop, base)
    exponents = np.linspace(first, last, num, endpoint, axis=axis)
    parts = linspace(exponents, g * ans * np.log(along(base, axis)), first, last, num, endpoint, axis=axis)
    return (
        rt.unbroadcast(rt.cast_back(parts[0], ans, start), start),
        rt.unbroadcast(rt.cast_back(parts[1], ans, stop), stop),
        rt.unbroadcast(np.sum(g * ans * exponents / along(base, axis), axis=axis), base),
    )


@jvp(np.logspace, "start")
def logspace_start(ans, t, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    change = np.linspace(spread(t, base), 0.0 * spread(stop, base), num, endpoint, axis=axis)
    return ans * np.log(along(base, axis)) * change


@jvp(np.logspace, "stop")
def logspace_stop(ans, t, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    change = np.linspace(0.0 * spread(start, base), spread(t, base), num, endpoint, axis=axis)
    return ans * np.log(along(base, axis)) * change


@jvp(np.logspace, "base")
def logspace_base(ans, t, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    exponents = np.linspace(spread(start, base), spread(stop, base), num, endpoint, axis=axis)
    return ans * exponents * (along(t, axis) / along(base, axis))


@vjp(np.geomspace, "start", "stop", refused=_DTYPE)
def geomspace(ans, g, start, stop, num=50, endpoint=True, dtype=None, axis=0):
    parts = linspace(ans, g * ans, start, stop, num, endpoint, axis=axis)
    return parts[0] / start, parts[1] / stop


@jvp(np.geomspace, "start")
def geomspace_start(ans, t, start, stop, num=50, endpoint=True, dtype=None, axis=0):
    return ans * np.linspace(t / start, 0.0 * stop, num, endpoint, axis=axis)


@jvp(np.geomspace, "stop")
def geomspace_stop(ans, t, start, stop, num=50, endpoint=True, dtype=None, axis=0):
    return ans * np.linspace(0.0 * start, t / stop, num, endpoint, axis=axis)
