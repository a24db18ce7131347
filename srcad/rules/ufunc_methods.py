"""Derivatives of the methods of ufuncs: ``reduce``, ``accumulate``, ``reduceat`` and ``outer``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.cumulative import cumprod, cumprod_a
from srcad.rules.reductions import extreme, extreme_a, extreme_initial, prod, prod_a
from srcad.rules.registry import constant, find, is_constant, jvp, mutating, refuse, vjp, written_out

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_DTYPE = {
    **_OUT,
    "dtype": "The argument 'dtype' of this method is not differentiated: call astype before it.",
}

# -- reduce ------------------------------------------------------------------------------------------


@vjp(np.add.reduce, "array", "initial", linear=True, refused=_DTYPE)
def add_reduce(ans, g, array, axis=0, dtype=None, out=None, keepdims=False, initial=0, where=True):
    if axis is not None and not keepdims and np.ndim(array) != 0:
        g = np.expand_dims(g, axis)
    if where is True:
        return np.broadcast_to(g, np.shape(array)), rt.unbroadcast(g, initial)
    return rt.where_used(where, g, np.shape(array)), rt.unbroadcast(g, initial)


@vjp(np.multiply.reduce, "array", "initial", refused=_DTYPE)
def multiply_reduce(ans, g, array, axis=0, dtype=None, out=None, keepdims=False, initial=1, where=True):
    return prod(ans, g, array, axis=axis, keepdims=keepdims, initial=initial, where=where)


@jvp(np.multiply.reduce, "array")
def multiply_reduce_array(ans, t, array, axis=0, dtype=None, out=None, keepdims=False, initial=1, where=True):
    return prod_a(ans, t, array, axis=axis, keepdims=keepdims, initial=initial, where=where)


@jvp(np.multiply.reduce, "initial")
def multiply_reduce_initial(
    ans, t, array, axis=0, dtype=None, out=None, keepdims=False, initial=1, where=True
):
    return t * np.prod(array, axis=axis, keepdims=keepdims, where=where)


@vjp(np.minimum.reduce, "array", "initial", refused=_DTYPE)
@vjp(np.maximum.reduce, "array", "initial", refused=_DTYPE)
def extreme_reduce(ans, g, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    return extreme(ans, g, array, axis=axis, keepdims=keepdims, initial=initial, where=where)


@jvp(np.minimum.reduce, "array")
@jvp(np.maximum.reduce, "array")
def extreme_reduce_array(
    ans, t, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True
):
    return extreme_a(ans, t, array, axis=axis, keepdims=keepdims, initial=initial, where=where)


@jvp(np.minimum.reduce, "initial")
@jvp(np.maximum.reduce, "initial")
def extreme_reduce_initial(
    ans, t, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True
):
    return extreme_initial(ans, t, array, axis=axis, keepdims=keepdims, initial=initial, where=where)


@vjp(np.logaddexp.reduce, "array", refused=_DTYPE)
def logaddexp_reduce(ans, g, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    if axis is not None and not keepdims and np.ndim(array) != 0:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    if where is True:
        return g * np.exp(rt.difference(array, ans))
    return np.where(where, g * np.exp(rt.difference(array, ans)), 0)


@jvp(np.logaddexp.reduce, "array")
def logaddexp_reduce_array(
    ans, t, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True
):
    if axis is not None and not keepdims and np.ndim(array) != 0:
        ans = np.expand_dims(ans, axis)
    share = np.where(where, np.exp(rt.difference(array, ans)), 0)
    return np.sum(t * share, axis=axis, keepdims=keepdims)


# -- accumulate and reduceat -------------------------------------------------------------------------


@vjp(np.add.accumulate, "array", linear=True, refused=_DTYPE)
def add_accumulate(ans, g, array, axis=0, dtype=None, out=None):
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@vjp(np.multiply.accumulate, "array", refused=_DTYPE)
def multiply_accumulate(ans, g, array, axis=0, dtype=None, out=None):
    return cumprod(ans, g, array, axis=axis)


@jvp(np.multiply.accumulate, "array")
def multiply_accumulate_array(ans, t, array, axis=0, dtype=None, out=None):
    return cumprod_a(ans, t, array, axis=axis)


@vjp(np.minimum.accumulate, "array", refused=_DTYPE)
@vjp(np.maximum.accumulate, "array", refused=_DTYPE)
def maximum_accumulate(ans, g, array, axis=0, dtype=None, out=None):
    return rt.scatter_along_axis(g, np.shape(array), rt.record_places(array, ans, axis), axis)


@jvp(np.minimum.accumulate, "array")
@jvp(np.maximum.accumulate, "array")
def maximum_accumulate_array(ans, t, array, axis=0, dtype=None, out=None):
    return np.take_along_axis(np.asarray(t), rt.record_places(array, ans, axis), axis)


@vjp(np.add.reduceat, "array", linear=True, refused=_DTYPE)
def add_reduceat(ans, g, array, indices, axis=0, dtype=None, out=None):
    return rt.reduceat_adjoint(g, np.shape(array), indices, axis)


# -- outer -------------------------------------------------------------------------------------------


@vjp(np.add.outer, "A", "B", linear=True)
def add_outer(ans, g, A, B):
    return np.sum(g, axis=rt.axes_from(A, g)), np.sum(g, axis=rt.axes_upto(A))


@vjp(np.subtract.outer, "A", "B", linear=True)
def subtract_outer(ans, g, A, B):
    return np.sum(g, axis=rt.axes_from(A, g)), -np.sum(g, axis=rt.axes_upto(A))


@vjp(np.multiply.outer, "A", "B", multilinear=True)
def multiply_outer(ans, g, A, B):
    return (
        rt.unbroadcast(np.tensordot(g, B, np.ndim(B)), A),
        rt.unbroadcast(np.tensordot(A, g, np.ndim(A)), B),
    )


@vjp(np.true_divide.outer, "A", "B", linear=("A",))
def divide_outer(ans, g, A, B):
    return (
        rt.unbroadcast(np.tensordot(g, np.divide(1, B), np.ndim(B)), A),
        rt.unbroadcast(np.sum(-g * ans / B, axis=rt.axes_upto(A)), B),
    )


@jvp(np.true_divide.outer, "B")
def divide_outer_b(ans, t, A, B):
    return -ans * np.divide(t, B)


@vjp(np.maximum.outer, "A", "B")
def maximum_outer(ans, g, A, B):
    column = rt.column_of(A, np.ndim(B))
    return (
        np.sum(g * rt.share(column, B), axis=rt.axes_from(A, g)),
        np.sum(g * rt.share(B, column), axis=rt.axes_upto(A)),
    )


@jvp(np.maximum.outer, "A")
def maximum_outer_a(ans, t, A, B):
    return rt.column_of(t, np.ndim(B)) * rt.share(rt.column_of(A, np.ndim(B)), B)


@jvp(np.maximum.outer, "B")
def maximum_outer_b(ans, t, A, B):
    return t * rt.share(B, rt.column_of(A, np.ndim(B)))


@vjp(np.minimum.outer, "A", "B")
def minimum_outer(ans, g, A, B):
    column = rt.column_of(A, np.ndim(B))
    return (
        np.sum(g * rt.share(B, column), axis=rt.axes_from(A, g)),
        np.sum(g * rt.share(column, B), axis=rt.axes_upto(A)),
    )


@jvp(np.minimum.outer, "A")
def minimum_outer_a(ans, t, A, B):
    return rt.column_of(t, np.ndim(B)) * rt.share(B, rt.column_of(A, np.ndim(B)))


@jvp(np.minimum.outer, "B")
def minimum_outer_b(ans, t, A, B):
    return t * rt.share(rt.column_of(A, np.ndim(B)), B)


@vjp(np.power.outer, "A", "B")
def power_outer(ans, g, A, B):
    column = rt.column_of(A, np.ndim(B))
    return (
        rt.unbroadcast(np.sum(g * rt.scaled_power(B, column, np.subtract(B, 1)), axis=rt.axes_from(A, g)), A),
        rt.unbroadcast(np.sum(g * ans * rt.safe_log(column), axis=rt.axes_upto(A)), B),
    )


@jvp(np.power.outer, "A")
def power_outer_a(ans, t, A, B):
    return rt.column_of(t, np.ndim(B)) * rt.scaled_power(B, rt.column_of(A, np.ndim(B)), np.subtract(B, 1))


@jvp(np.power.outer, "B")
def power_outer_b(ans, t, A, B):
    return t * ans * rt.safe_log(rt.column_of(A, np.ndim(B)))


# -- the rest, written out --------------------------------------------------------------------------

_METHODS = ("reduce", "accumulate", "reduceat", "outer")


def reduction(ufunc):
    """Return ``ufunc.reduce`` as a loop over the entries along an axis."""

    def reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
        rows = rt.rows_along(array if dtype is None else np.asarray(array, dtype), axis)
        used = None if where is True else rt.rows_along(np.broadcast_to(where, np.shape(array)), axis)
        total = rows[0] if initial is None else ufunc(initial, rows[0])
        if used is not None:
            total = np.where(used[0], total, initial)
        for k in range(1, len(rows)):
            combined = ufunc(total, rows[k])
            total = combined if used is None else np.where(used[k], combined, total)
        result = np.reshape(total, rt.kept_shape(np.shape(array), axis)) if keepdims else total
        if out is None:
            return result
        out[...] = result
        return out

    return reduce


def accumulation(ufunc):
    """Return ``ufunc.accumulate`` as a loop over the entries along an axis."""

    def accumulate(array, axis=0, dtype=None, out=None):
        rows = rt.rows_along(array if dtype is None else np.asarray(array, dtype), axis)
        total = rows[0]
        totals = [total]
        for k in range(1, len(rows)):
            total = ufunc(total, rows[k])
            totals.append(total)
        result = np.moveaxis(np.stack(totals), 0, axis)
        if out is None:
            return result
        out[...] = result
        return out

    return accumulate


def reduction_of_slices(ufunc):
    """Return ``ufunc.reduceat`` as loops over the entries of each slice along an axis."""

    def reduceat(array, indices, axis=0, dtype=None, out=None):
        rows = rt.rows_along(array if dtype is None else np.asarray(array, dtype), axis)
        totals = []
        for start, stop in rt.slice_ends(indices, len(rows)):
            total = rows[start]
            for k in range(start + 1, stop):
                total = ufunc(total, rows[k])
            totals.append(total)
        result = np.moveaxis(np.stack(totals), 0, axis)
        if out is None:
            return result
        out[...] = result
        return out

    return reduceat


def outer_operation(ufunc):
    """Return ``ufunc.outer`` as an operation on operands that broadcast."""

    def outer(A, B):
        return ufunc(rt.column_of(A, np.ndim(B)), B)

    return outer


_WRITTEN: dict[str, Callable[[np.ufunc], Callable[..., Any]]] = {
    "reduce": reduction, "accumulate": accumulation, "reduceat": reduction_of_slices, "outer": outer_operation,
}  # fmt: skip


_KEEPING = (np.floor_divide,)
"""Constant ufuncs on numbers: the first entries of their reductions are those of the array."""


def _account_for(ufunc: np.ufunc) -> None:
    """Declare the methods of a ufunc that have no rule of their own."""
    mutating(ufunc.at)
    for name in _METHODS:
        method = getattr(ufunc, name)
        if find(method) is not None:
            continue
        if is_constant(ufunc) and (ufunc not in _KEEPING or name == "outer"):
            constant(method)
        elif ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None:
            written_out(method)(_WRITTEN[name](ufunc))
        else:
            refuse(
                f"NumPy has no method '{name}' of np.{ufunc.__name__}, which does not combine two numbers.",
                method,
            )


for _ufunc in [value for value in vars(np).values() if isinstance(value, np.ufunc)]:
    _account_for(_ufunc)
