"""Derivatives of functions that choose, order or look up entries."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_CLIP = {
    **_OUT,
    "min": "The argument 'min' of np.clip has no derivative rule: write np.clip(a, low, high).",
    "max": "The argument 'max' of np.clip has no derivative rule: write np.clip(a, low, high).",
}


@vjp(np.where, "x", "y", linear=True)
def where(ans, g, condition, x, y):
    return rt.unbroadcast(np.where(condition, g, 0), x), rt.unbroadcast(np.where(condition, 0, g), y)


@vjp(np.clip, "a", "a_min", "a_max", refused=_CLIP)
def clip(ans, g, a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    if a_min is None:
        return (
            rt.unbroadcast(g * rt.share(a_max, a), a),
            0.0,
            rt.unbroadcast(g * rt.share(a, a_max), a_max),
        )
    if a_max is None:
        return (
            rt.unbroadcast(g * rt.share(a, a_min), a),
            rt.unbroadcast(g * rt.share(a_min, a), a_min),
            0.0,
        )
    inside = g * rt.share(a_max, np.maximum(a, a_min))
    return (
        rt.unbroadcast(inside * rt.share(a, a_min), a),
        rt.unbroadcast(inside * rt.share(a_min, a), a_min),
        rt.unbroadcast(g * rt.share(np.maximum(a, a_min), a_max), a_max),
    )


@vjp(np.sort, "a")
def sort(ans, g, a, axis=-1, kind=None):
    if axis is None:
        return np.reshape(np.take(g, np.argsort(np.argsort(np.ravel(a), kind=kind))), np.shape(a))
    return np.take_along_axis(g, np.argsort(np.argsort(a, axis, kind=kind), axis), axis)


@vjp(np.take, "a", linear=True, refused=_OUT)
def take(ans, g, a, indices, axis=None, out=None, mode="raise"):
    return rt.take_adjoint(g, np.shape(a), indices, axis, mode)


@vjp(np.take_along_axis, "arr", linear=True)
def take_along_axis(ans, g, arr, indices, axis=-1):
    return rt.scatter_along_axis(g, np.shape(arr), indices, axis)


@vjp(np.nan_to_num, "x")
def nan_to_num(ans, g, x, copy=True, nan=0.0, posinf=None, neginf=None):
    return np.where(np.isfinite(x), g, 0)


# -- complex numbers ---------------------------------------------------------------------------------


@vjp(np.real, "val")
def real(ans, g, val):
    return np.real(g)


@vjp(np.imag, "val")
def imag(ans, g, val):
    return rt.imag_adjoint(g, val)


@vjp(np.conj, "x")
def conj(ans, g, x):
    return np.conj(g)
