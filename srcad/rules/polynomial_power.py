"""Derivatives of series of powers."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_FULL = {"full": "The diagnostics of a fit have no derivative: leave the argument 'full' out."}
_NONE: list[float] = []

# -- values ------------------------------------------------------------------------------------------


@vjp(np.polynomial.polynomial.polyval, "x", "c", linear=("c",))
def polyval(ans, g, x, c, tensor=True):
    if not tensor:
        table = np.polynomial.polynomial.polyvander(x, len(c) - 1)
        slope = np.polynomial.polynomial.polyval(x, np.polynomial.polynomial.polyder(c), tensor=False)
        along = np.stack([rt.unbroadcast(g * table[..., k], c[k]) for k in range(len(c))])
        return rt.unbroadcast(g * slope, x), rt.cast_back(along, ans, c)
    matrix = np.polynomial.polynomial.polyvander(x, np.shape(c)[0] - 1)
    along = np.moveaxis(np.tensordot(g, matrix, np.ndim(x)), -1, 0)
    return (
        rt.unbroadcast(g * np.polynomial.polynomial.polyval(x, np.polynomial.polynomial.polyder(c)), x),
        rt.cast_back(np.reshape(along, np.shape(c)), ans, c),
    )


@jvp(np.polynomial.polynomial.polyval, "x")
def polyval_x(ans, t, x, c, tensor=True):
    return t * np.polynomial.polynomial.polyval(x, np.polynomial.polynomial.polyder(c), tensor)


@vjp(np.polynomial.polynomial.polyvander, "x")
def polyvander(ans, g, x, deg):
    slopes = rt.resized(
        np.polynomial.polynomial.polyder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,)
    )
    return rt.unbroadcast(np.reshape(np.sum(g * (ans @ slopes), axis=-1), np.shape(x)), x)


@jvp(np.polynomial.polynomial.polyvander, "x")
def polyvander_x(ans, t, x, deg):
    slopes = rt.resized(
        np.polynomial.polynomial.polyder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,)
    )
    return np.expand_dims(t, -1) * (ans @ slopes)


# -- calculus ----------------------------------------------------------------------------------------


@vjp(np.polynomial.polynomial.polyder, "c", "scl", linear=("c",))
def polyder(ans, g, c, m=1, scl=1, axis=0):
    matrix = np.polynomial.polynomial.polyder(rt.identity_like(np.shape(c)[axis], g), m, scl)
    by_scale = rt.unbroadcast(np.sum(g * ans) * m / scl, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis), by_scale


@jvp(np.polynomial.polynomial.polyder, "scl")
def polyder_scl(ans, t, c, m=1, scl=1, axis=0):
    return t * m * ans / scl


@vjp(np.polynomial.polynomial.polyint, "c")
def polyint(ans, g, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    matrix = np.polynomial.polynomial.polyint(rt.identity_like(np.shape(c)[axis], g), m, [], lbnd, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@jvp(np.polynomial.polynomial.polyint, "c")
def polyint_c(ans, t, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    return np.polynomial.polynomial.polyint(t, m, [], lbnd, scl, axis)


# -- products ----------------------------------------------------------------------------------------


@vjp(np.polynomial.polynomial.polymul, "c1", "c2")
def polymul(ans, g, c1, c2):
    by_first = [
        rt.resized(np.polynomial.polynomial.polymul(row, c2), np.shape(g), (0,))
        for row in rt.identity_like(np.size(c1), g)
    ]
    by_second = [
        rt.resized(np.polynomial.polynomial.polymul(c1, row), np.shape(g), (0,))
        for row in rt.identity_like(np.size(c2), g)
    ]
    return (
        rt.unbroadcast(rt.cast_back(np.stack(by_first) @ g, ans, c1), c1),
        rt.unbroadcast(rt.cast_back(np.stack(by_second) @ g, ans, c2), c2),
    )


@jvp(np.polynomial.polynomial.polymul, "c1")
def polymul_c1(ans, t, c1, c2):
    return rt.resized(np.polynomial.polynomial.polymul(t, c2), np.shape(ans), (0,))


@jvp(np.polynomial.polynomial.polymul, "c2")
def polymul_c2(ans, t, c1, c2):
    return rt.resized(np.polynomial.polynomial.polymul(c1, t), np.shape(ans), (0,))


# -- roots and fits ----------------------------------------------------------------------------------


@vjp(np.polynomial.polynomial.polyroots, "c")
def polyroots(ans, g, c):
    weights = -g / np.polynomial.polynomial.polyval(ans, np.polynomial.polynomial.polyder(c))
    return rt.unbroadcast(weights @ np.polynomial.polynomial.polyvander(ans, len(c) - 1), c)


@jvp(np.polynomial.polynomial.polyroots, "c")
def polyroots_c(ans, t, c):
    return -np.polynomial.polynomial.polyval(ans, t) / np.polynomial.polynomial.polyval(
        ans, np.polynomial.polynomial.polyder(c)
    )


@vjp(np.polynomial.polynomial.polyfit, "y", linear=True, refused=_FULL)
def polyfit(ans, g, x, y, deg, rcond=None, full=False, w=None):
    return (
        np.transpose(np.polynomial.polynomial.polyfit(x, rt.identity_like(len(x), g), deg, rcond, False, w))
        @ g
    )
