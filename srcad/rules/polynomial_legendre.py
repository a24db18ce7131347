"""Derivatives of series of Legendre polynomials."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import legendre as series

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_TENSOR = {
    "tensor": "The argument 'tensor' of a series has no derivative rule: evaluate the columns in a loop."
}
_FULL = {"full": "The diagnostics of a fit have no derivative: leave the argument 'full' out."}
_NONE: list[float] = []

# -- values ------------------------------------------------------------------------------------------


@vjp(series.legval, "x", "c", linear=("c",), refused=_TENSOR)
def legval(ans, g, x, c, tensor=True):
    matrix = np.reshape(series.legvander(x, np.shape(c)[0] - 1), (*np.shape(x), np.shape(c)[0]))
    return (
        rt.unbroadcast(g * series.legval(x, series.legder(c)), x),
        rt.cast_back(np.moveaxis(np.tensordot(g, matrix, np.ndim(x)), -1, 0), ans, c),
    )


@jvp(series.legval, "x")
def legval_x(ans, t, x, c, tensor=True):
    return t * series.legval(x, series.legder(c))


@vjp(series.legvander, "x")
def legvander(ans, g, x, deg):
    slopes = rt.resized(series.legder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return rt.unbroadcast(np.reshape(np.sum(g * (ans @ slopes), axis=-1), np.shape(x)), x)


@jvp(series.legvander, "x")
def legvander_x(ans, t, x, deg):
    slopes = rt.resized(series.legder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return np.expand_dims(t, -1) * (ans @ slopes)


# -- calculus ----------------------------------------------------------------------------------------


@vjp(series.legder, "c", linear=True)
def legder(ans, g, c, m=1, scl=1, axis=0):
    matrix = series.legder(rt.identity_like(np.shape(c)[axis], g), m, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@vjp(series.legint, "c")
def legint(ans, g, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    matrix = series.legint(rt.identity_like(np.shape(c)[axis], g), m, [], lbnd, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@jvp(series.legint, "c")
def legint_c(ans, t, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    return series.legint(t, m, [], lbnd, scl, axis)


# -- products ----------------------------------------------------------------------------------------


@vjp(series.legmul, "c1", "c2")
def legmul(ans, g, c1, c2):
    by_first = [rt.resized(series.legmul(row, c2), np.shape(g), (0,)) for row in rt.identity_like(len(c1), g)]
    by_second = [
        rt.resized(series.legmul(c1, row), np.shape(g), (0,)) for row in rt.identity_like(len(c2), g)
    ]
    return rt.cast_back(np.stack(by_first) @ g, ans, c1), rt.cast_back(np.stack(by_second) @ g, ans, c2)


@jvp(series.legmul, "c1")
def legmul_c1(ans, t, c1, c2):
    return rt.resized(series.legmul(t, c2), np.shape(ans), (0,))


@jvp(series.legmul, "c2")
def legmul_c2(ans, t, c1, c2):
    return rt.resized(series.legmul(c1, t), np.shape(ans), (0,))


# -- roots and fits ----------------------------------------------------------------------------------


@vjp(series.legroots, "c")
def legroots(ans, g, c):
    weights = -g / series.legval(ans, series.legder(c))
    return rt.unbroadcast(weights @ series.legvander(ans, len(c) - 1), c)


@jvp(series.legroots, "c")
def legroots_c(ans, t, c):
    return -series.legval(ans, t) / series.legval(ans, series.legder(c))


@vjp(series.legfit, "y", linear=True, refused=_FULL)
def legfit(ans, g, x, y, deg, rcond=None, full=False, w=None):
    return np.transpose(series.legfit(x, rt.identity_like(len(x), g), deg, rcond, False, w)) @ g
