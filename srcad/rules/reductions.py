"""Derivatives of reductions and cumulations."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_DTYPE = {
    **_OUT,
    "dtype": "The argument 'dtype' of a reduction is not differentiated: call astype before it.",
}


@vjp(np.sum, "a", linear=True, refused=_DTYPE)
def sum_(ans, g, a, axis=None, dtype=None, out=None, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, np.shape(a))


@vjp(np.mean, "a", linear=True, refused=_DTYPE)
def mean(ans, g, a, axis=None, dtype=None, out=None, keepdims=False):
    if axis is None:
        return np.broadcast_to(g / np.size(a), np.shape(a))
    if not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g / rt.reduced_size(np.shape(a), axis), np.shape(a))


@vjp(np.prod, "a", refused=_DTYPE)
def prod(ans, g, a, axis=None, dtype=None, out=None, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return g * rt.prod_others(a, axis)


@vjp(np.amax, "a", refused=_OUT)
@vjp(np.max, "a", refused=_OUT)
def max_(ans, g, a, axis=None, out=None, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    return g * rt.extreme_share(a, ans, axis)


@vjp(np.amin, "a", refused=_OUT)
@vjp(np.min, "a", refused=_OUT)
def min_(ans, g, a, axis=None, out=None, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    return g * rt.extreme_share(a, ans, axis)


@vjp(np.ptp, "a", refused=_OUT)
def ptp(ans, g, a, axis=None, out=None, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    larger = np.max(a, axis=axis, keepdims=True)
    smaller = np.min(a, axis=axis, keepdims=True)
    return g * rt.extreme_share(a, larger, axis) - g * rt.extreme_share(a, smaller, axis)


@vjp(np.var, "a", refused=_DTYPE)
def var(ans, g, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    centered = a - np.mean(a, axis=axis, keepdims=True)
    return g * (2 / (rt.reduced_size(np.shape(a), axis) - ddof)) * np.conj(centered)


@vjp(np.std, "a", refused=_DTYPE)
def std(ans, g, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    centered = a - np.mean(a, axis=axis, keepdims=True)
    return g * rt.safe_reciprocal(ans) / (rt.reduced_size(np.shape(a), axis) - ddof) * np.conj(centered)


@vjp(np.cumsum, "a", linear=True, refused=_DTYPE)
def cumsum(ans, g, a, axis=None, dtype=None, out=None):
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(g))), np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@vjp(np.cumprod, "a", refused=_DTYPE)
def cumprod(ans, g, a, axis=None, dtype=None, out=None):
    if axis is None:
        return np.reshape(rt.cumprod_adjoint(g, np.ravel(a), 0), np.shape(a))
    return rt.cumprod_adjoint(g, a, axis)


@vjp(np.diff, "a", linear=True)
def diff(ans, g, a, n=1, axis=-1):
    return rt.diff_adjoint(g, np.shape(a), n, axis)
