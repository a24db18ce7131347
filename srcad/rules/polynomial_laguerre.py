"""Derivatives of series of Laguerre polynomials."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import laguerre as series

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_TENSOR = {
    "tensor": "The argument 'tensor' of a series has no derivative rule: evaluate the columns in a loop."
}
_FULL = {"full": "The diagnostics of a fit have no derivative: leave the argument 'full' out."}
_NONE: list[float] = []

# -- values ------------------------------------------------------------------------------------------


@vjp(series.lagval, "x", "c", linear=("c",), refused=_TENSOR)
def lagval(ans, g, x, c, tensor=True):
    matrix = np.reshape(series.lagvander(x, np.shape(c)[0] - 1), (*np.shape(x), np.shape(c)[0]))
    return (
        rt.unbroadcast(g * series.lagval(x, series.lagder(c)), x),
        rt.cast_back(np.moveaxis(np.tensordot(g, matrix, np.ndim(x)), -1, 0), ans, c),
    )


@jvp(series.lagval, "x")
def lagval_x(ans, t, x, c, tensor=True):
    return t * series.lagval(x, series.lagder(c))


@vjp(series.lagvander, "x")
def lagvander(ans, g, x, deg):
    slopes = rt.resized(series.lagder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return rt.unbroadcast(np.reshape(np.sum(g * (ans @ slopes), axis=-1), np.shape(x)), x)


@jvp(series.lagvander, "x")
def lagvander_x(ans, t, x, deg):
    slopes = rt.resized(series.lagder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return np.expand_dims(t, -1) * (ans @ slopes)


# -- calculus ----------------------------------------------------------------------------------------


@vjp(series.lagder, "c", linear=True)
def lagder(ans, g, c, m=1, scl=1, axis=0):
    matrix = series.lagder(rt.identity_like(np.shape(c)[axis], g), m, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@vjp(series.lagint, "c")
def lagint(ans, g, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    matrix = series.lagint(rt.identity_like(np.shape(c)[axis], g), m, [], lbnd, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@jvp(series.lagint, "c")
def lagint_c(ans, t, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    return series.lagint(t, m, [], lbnd, scl, axis)


# -- products ----------------------------------------------------------------------------------------


@vjp(series.lagmul, "c1", "c2")
def lagmul(ans, g, c1, c2):
    by_first = [rt.resized(series.lagmul(row, c2), np.shape(g), (0,)) for row in rt.identity_like(len(c1), g)]
    by_second = [
        rt.resized(series.lagmul(c1, row), np.shape(g), (0,)) for row in rt.identity_like(len(c2), g)
    ]
    return rt.cast_back(np.stack(by_first) @ g, ans, c1), rt.cast_back(np.stack(by_second) @ g, ans, c2)


@jvp(series.lagmul, "c1")
def lagmul_c1(ans, t, c1, c2):
    return rt.resized(series.lagmul(t, c2), np.shape(ans), (0,))


@jvp(series.lagmul, "c2")
def lagmul_c2(ans, t, c1, c2):
    return rt.resized(series.lagmul(c1, t), np.shape(ans), (0,))


# -- roots and fits ----------------------------------------------------------------------------------


@vjp(series.lagroots, "c")
def lagroots(ans, g, c):
    weights = -g / series.lagval(ans, series.lagder(c))
    return rt.unbroadcast(weights @ series.lagvander(ans, len(c) - 1), c)


@jvp(series.lagroots, "c")
def lagroots_c(ans, t, c):
    return -series.lagval(ans, t) / series.lagval(ans, series.lagder(c))


@vjp(series.lagfit, "y", linear=True, refused=_FULL)
def lagfit(ans, g, x, y, deg, rcond=None, full=False, w=None):
    return np.transpose(series.lagfit(x, rt.identity_like(len(x), g), deg, rcond, False, w)) @ g
