"""Derivatives of series of probabilists' Hermite polynomials."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import hermite_e as series

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_TENSOR = {
    "tensor": "The argument 'tensor' of a series has no derivative rule: evaluate the columns in a loop."
}
_FULL = {"full": "The diagnostics of a fit have no derivative: leave the argument 'full' out."}
_NONE: list[float] = []

# -- values ------------------------------------------------------------------------------------------


@vjp(series.hermeval, "x", "c", linear=("c",), refused=_TENSOR)
def hermeval(ans, g, x, c, tensor=True):
    matrix = np.reshape(series.hermevander(x, np.shape(c)[0] - 1), (*np.shape(x), np.shape(c)[0]))
    return (
        rt.unbroadcast(g * series.hermeval(x, series.hermeder(c)), x),
        rt.cast_back(np.moveaxis(np.tensordot(g, matrix, np.ndim(x)), -1, 0), ans, c),
    )


@jvp(series.hermeval, "x")
def hermeval_x(ans, t, x, c, tensor=True):
    return t * series.hermeval(x, series.hermeder(c))


@vjp(series.hermevander, "x")
def hermevander(ans, g, x, deg):
    slopes = rt.resized(series.hermeder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return rt.unbroadcast(np.reshape(np.sum(g * (ans @ slopes), axis=-1), np.shape(x)), x)


@jvp(series.hermevander, "x")
def hermevander_x(ans, t, x, deg):
    slopes = rt.resized(series.hermeder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return np.expand_dims(t, -1) * (ans @ slopes)


# -- calculus ----------------------------------------------------------------------------------------


@vjp(series.hermeder, "c", linear=True)
def hermeder(ans, g, c, m=1, scl=1, axis=0):
    matrix = series.hermeder(rt.identity_like(np.shape(c)[axis], g), m, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@vjp(series.hermeint, "c")
def hermeint(ans, g, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    matrix = series.hermeint(rt.identity_like(np.shape(c)[axis], g), m, [], lbnd, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@jvp(series.hermeint, "c")
def hermeint_c(ans, t, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    return series.hermeint(t, m, [], lbnd, scl, axis)


# -- products ----------------------------------------------------------------------------------------


@vjp(series.hermemul, "c1", "c2")
def hermemul(ans, g, c1, c2):
    by_first = [
        rt.resized(series.hermemul(row, c2), np.shape(g), (0,)) for row in rt.identity_like(len(c1), g)
    ]
    by_second = [
        rt.resized(series.hermemul(c1, row), np.shape(g), (0,)) for row in rt.identity_like(len(c2), g)
    ]
    return rt.cast_back(np.stack(by_first) @ g, ans, c1), rt.cast_back(np.stack(by_second) @ g, ans, c2)


@jvp(series.hermemul, "c1")
def hermemul_c1(ans, t, c1, c2):
    return rt.resized(series.hermemul(t, c2), np.shape(ans), (0,))


@jvp(series.hermemul, "c2")
def hermemul_c2(ans, t, c1, c2):
    return rt.resized(series.hermemul(c1, t), np.shape(ans), (0,))


# -- roots and fits ----------------------------------------------------------------------------------


@vjp(series.hermeroots, "c")
def hermeroots(ans, g, c):
    weights = -g / series.hermeval(ans, series.hermeder(c))
    return rt.unbroadcast(weights @ series.hermevander(ans, len(c) - 1), c)


@jvp(series.hermeroots, "c")
def hermeroots_c(ans, t, c):
    return -series.hermeval(ans, t) / series.hermeval(ans, series.hermeder(c))


@vjp(series.hermefit, "y", linear=True, refused=_FULL)
def hermefit(ans, g, x, y, deg, rcond=None, full=False, w=None):
    return np.transpose(series.hermefit(x, rt.identity_like(len(x), g), deg, rcond, False, w)) @ g
