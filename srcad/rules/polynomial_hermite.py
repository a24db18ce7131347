"""Derivatives of series of Hermite polynomials."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import hermite as series

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_TENSOR = {
    "tensor": "The argument 'tensor' of a series has no derivative rule: evaluate the columns in a loop."
}
_FULL = {"full": "The diagnostics of a fit have no derivative: leave the argument 'full' out."}
_NONE: list[float] = []

# -- values ------------------------------------------------------------------------------------------


@vjp(series.hermval, "x", "c", linear=("c",), refused=_TENSOR)
def hermval(ans, g, x, c, tensor=True):
    matrix = np.reshape(series.hermvander(x, np.shape(c)[0] - 1), (*np.shape(x), np.shape(c)[0]))
    return (
        rt.unbroadcast(g * series.hermval(x, series.hermder(c)), x),
        rt.cast_back(np.moveaxis(np.tensordot(g, matrix, np.ndim(x)), -1, 0), ans, c),
    )


@jvp(series.hermval, "x")
def hermval_x(ans, t, x, c, tensor=True):
    return t * series.hermval(x, series.hermder(c))


@vjp(series.hermvander, "x")
def hermvander(ans, g, x, deg):
    slopes = rt.resized(series.hermder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return rt.unbroadcast(np.reshape(np.sum(g * (ans @ slopes), axis=-1), np.shape(x)), x)


@jvp(series.hermvander, "x")
def hermvander_x(ans, t, x, deg):
    slopes = rt.resized(series.hermder(rt.identity_like(deg + 1, ans)), (deg + 1, deg + 1), (0,))
    return np.expand_dims(t, -1) * (ans @ slopes)


# -- calculus ----------------------------------------------------------------------------------------


@vjp(series.hermder, "c", linear=True)
def hermder(ans, g, c, m=1, scl=1, axis=0):
    matrix = series.hermder(rt.identity_like(np.shape(c)[axis], g), m, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@vjp(series.hermint, "c")
def hermint(ans, g, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    matrix = series.hermint(rt.identity_like(np.shape(c)[axis], g), m, [], lbnd, scl)
    return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)


@jvp(series.hermint, "c")
def hermint_c(ans, t, c, m=1, k=_NONE, lbnd=0, scl=1, axis=0):
    return series.hermint(t, m, [], lbnd, scl, axis)


# -- products ----------------------------------------------------------------------------------------


@vjp(series.hermmul, "c1", "c2")
def hermmul(ans, g, c1, c2):
    by_first = [
        rt.resized(series.hermmul(row, c2), np.shape(g), (0,)) for row in rt.identity_like(len(c1), g)
    ]
    by_second = [
        rt.resized(series.hermmul(c1, row), np.shape(g), (0,)) for row in rt.identity_like(len(c2), g)
    ]
    return rt.cast_back(np.stack(by_first) @ g, ans, c1), rt.cast_back(np.stack(by_second) @ g, ans, c2)


@jvp(series.hermmul, "c1")
def hermmul_c1(ans, t, c1, c2):
    return rt.resized(series.hermmul(t, c2), np.shape(ans), (0,))


@jvp(series.hermmul, "c2")
def hermmul_c2(ans, t, c1, c2):
    return rt.resized(series.hermmul(c1, t), np.shape(ans), (0,))


# -- roots and fits ----------------------------------------------------------------------------------


@vjp(series.hermroots, "c")
def hermroots(ans, g, c):
    weights = -g / series.hermval(ans, series.hermder(c))
    return rt.unbroadcast(weights @ series.hermvander(ans, len(c) - 1), c)


@jvp(series.hermroots, "c")
def hermroots_c(ans, t, c):
    return -series.hermval(ans, t) / series.hermval(ans, series.hermder(c))


@vjp(series.hermfit, "y", linear=True, refused=_FULL)
def hermfit(ans, g, x, y, deg, rcond=None, full=False, w=None):
    return np.transpose(series.hermfit(x, rt.identity_like(len(x), g), deg, rcond, False, w)) @ g
