"""Derivatives of running sums and products, and of differences."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_DTYPE = {
    **_OUT,
    "dtype": "The argument 'dtype' of a running product is not differentiated: call astype before it.",
}

# -- running sums ------------------------------------------------------------------------------------


@vjp(np.cumsum, "a", linear=True, refused=_OUT)
def cumsum(ans, g, a, axis=None, dtype=None, out=None):
    if dtype is not None:
        g = rt.cast_back(g, ans, a)
    if axis is None or np.ndim(a) == 0:
        return np.reshape(np.flip(np.cumsum(np.flip(g))), np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@vjp(np.cumulative_sum, "x", linear=True, refused=_OUT)
def cumulative_sum(ans, g, x, *, axis=None, dtype=None, out=None, include_initial=False):
    if dtype is not None:
        g = rt.cast_back(g, ans, x)
    if axis is None:
        axis = 0
    if include_initial:
        g = np.delete(g, 0, axis)
    if np.ndim(x) == 0:
        return np.sum(g)
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@vjp(np.nancumsum, "a", refused=_DTYPE)
def nancumsum(ans, g, a, axis=None, dtype=None, out=None):
    return np.where(np.isnan(a), 0, cumsum(ans, g, a, axis=axis))


@jvp(np.nancumsum, "a")
def nancumsum_a(ans, t, a, axis=None, dtype=None, out=None):
    return np.cumsum(np.where(np.isnan(a), 0, t), axis=axis)


# -- running products --------------------------------------------------------------------------------


@vjp(np.cumprod, "a", refused=_DTYPE)
def cumprod(ans, g, a, axis=None, dtype=None, out=None):
    if axis is None or np.ndim(a) == 0:
        return np.reshape(rt.cumprod_adjoint(g, np.ravel(a), 0), np.shape(a))
    return rt.cumprod_adjoint(g, a, axis)


@jvp(np.cumprod, "a")
def cumprod_a(ans, t, a, axis=None, dtype=None, out=None):
    if axis is None or np.ndim(a) == 0:
        return rt.cumprod_tangent(np.ravel(t), np.ravel(a), 0)
    return rt.cumprod_tangent(t, a, axis)


@vjp(np.cumulative_prod, "x", refused=_DTYPE)
def cumulative_prod(ans, g, x, *, axis=None, dtype=None, out=None, include_initial=False):
    if axis is None:
        axis = 0
    if include_initial:
        g = np.delete(g, 0, axis)
    if np.ndim(x) == 0:
        return np.sum(g)
    return rt.cumprod_adjoint(g, x, axis)


@jvp(np.cumulative_prod, "x")
def cumulative_prod_x(ans, t, x, *, axis=None, dtype=None, out=None, include_initial=False):
    if axis is None:
        axis = 0
    if np.ndim(x) == 0:
        return np.append(np.zeros_like(t), t) if include_initial else np.ravel(t)
    if include_initial:
        return np.insert(rt.cumprod_tangent(t, x, axis), 0, 0.0, axis)
    return rt.cumprod_tangent(t, x, axis)


@vjp(np.nancumprod, "a", refused=_DTYPE)
def nancumprod(ans, g, a, axis=None, dtype=None, out=None):
    missing = np.isnan(a)
    return np.where(missing, 0, cumprod(ans, g, np.where(missing, 1, a), axis=axis))


@jvp(np.nancumprod, "a")
def nancumprod_a(ans, t, a, axis=None, dtype=None, out=None):
    missing = np.isnan(a)
    return cumprod_a(ans, np.where(missing, 0, t), np.where(missing, 1, a), axis=axis)


# -- differences -------------------------------------------------------------------------------------


@vjp(np.diff, "a", "prepend", "append", linear=True)
def diff(ans, g, a, n=1, axis=-1, prepend=None, append=None):
    if prepend is None and append is None:
        return rt.diff_adjoint(g, np.shape(a), n, axis), 0.0, 0.0
    whole = rt.diff_adjoint(g, rt.joined_shape(a, prepend, append, axis), n, axis)
    parts = rt.cut(whole, a, prepend, append, axis)
    return parts[0], parts[1], parts[2]


@vjp(np.ediff1d, "ary", "to_end", "to_begin", linear=True)
def ediff1d(ans, g, ary, to_end=None, to_begin=None):
    start = 0 if to_begin is None else np.size(to_begin)
    stop = start + np.maximum(np.size(ary) - 1, 0)
    return (
        np.reshape(rt.diff_adjoint(g[start:stop], (np.size(ary),), 1, 0), np.shape(ary)),
        0.0 if to_end is None else np.reshape(g[stop:], np.shape(to_end)),
        0.0 if to_begin is None else np.reshape(g[:start], np.shape(to_begin)),
    )


@vjp(np.trapezoid, "y", "x", "dx")
def trapezoid(ans, g, y, x=None, dx=1.0, axis=-1):
    spread = np.expand_dims(g, axis)
    if x is None and np.ndim(dx) == 0:
        from_dx = rt.unbroadcast(g * np.trapezoid(y, axis=axis), dx)
        return rt.trapezoid_adjoint(spread * dx, np.shape(y), axis), 0.0, from_dx
    from_y = rt.trapezoid_adjoint(spread * widths(x, dx, np.ndim(y), axis), np.shape(y), axis)
    heights = spread * mean_heights(y, axis)
    if x is None:
        return from_y, 0.0, rt.unbroadcast(heights, dx)
    change = rt.unbroadcast(heights, widths(x, dx, np.ndim(y), axis))
    if np.ndim(x) == 1:
        return from_y, rt.diff_adjoint(np.ravel(change), np.shape(x), 1, 0), 0.0
    return from_y, rt.diff_adjoint(change, np.shape(x), 1, axis), 0.0


@vjp(rt.trapezoid_adjoint, "sides", linear=True)
def trapezoid_adjoint(ans, g, sides, shape, axis):
    return rt.unbroadcast(mean_heights(g, axis), sides)


@jvp(np.trapezoid, "y")
def trapezoid_y(ans, t, y, x=None, dx=1.0, axis=-1):
    return np.trapezoid(t, x=x, dx=dx, axis=axis)


@jvp(np.trapezoid, "x")
def trapezoid_x(ans, t, y, x=None, dx=1.0, axis=-1):
    return np.trapezoid(y, x=t, axis=axis)


@jvp(np.trapezoid, "dx")
def trapezoid_dx(ans, t, y, x=None, dx=1.0, axis=-1):
    if x is None:
        return np.trapezoid(y, dx=t, axis=axis)
    return 0.0


def mean_heights(y, axis):
    """Return the mean heights of the trapezia under a curve."""
    y = np.asarray(y)
    return 0.5 * (y[rt.slab(np.ndim(y), axis, 1, None)] + y[rt.slab(np.ndim(y), axis, None, -1)])


def widths(x, dx, rank, axis):
    """Return the widths of the trapezia under a curve, so that they broadcast with the heights."""
    if x is None:
        return dx
    if np.ndim(x) == 1:
        return np.reshape(np.diff(x), rt.axis_shape(rank, axis))
    return np.diff(x, axis=axis)


@vjp(np.unwrap, "p", "period")
def unwrap(ans, g, p, discont=None, axis=-1, *, period=6.283185307179586):
    return g, np.sum(g * np.rint((ans - p) / period))


@jvp(np.unwrap, "p")
def unwrap_p(ans, t, p, discont=None, axis=-1, *, period=6.283185307179586):
    return t


@jvp(np.unwrap, "period")
def unwrap_period(ans, t, p, discont=None, axis=-1, *, period=6.283185307179586):
    return t * np.rint((ans - p) / period)
