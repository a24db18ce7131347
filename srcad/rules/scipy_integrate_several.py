"""Integrals of vectors and running integrals of samples by ``scipy.integrate``, written out as sums over places.

Which places are good is found once for the function as it is; the sum over them is differentiated.
"""

from __future__ import annotations

import numpy as np
import scipy.integrate

from srcad import runtime as rt
from srcad.rules.registry import constant, written_out

constant(rt.scipy_panels.panels)


def _on_the_way(a, b, t):
    """Return the place at the fraction ``t`` of the way from ``a`` to ``b``, either of them infinite, and the pace."""
    if np.isinf(a) and np.isinf(b):
        sign = np.sign(b - a) if a != b else 0.0
        return sign * (2.0 * t - 1.0) / (t * (1.0 - t)), sign * (1.0 - 2.0 * t * (1.0 - t)) / (
            t * (1.0 - t)
        ) ** 2
    if np.isinf(b):
        sign = np.sign(b)
        return a + sign * t / (1.0 - t), sign / (1.0 - t) ** 2
    if np.isinf(a):
        sign = -np.sign(a)
        return b - sign * (1.0 - t) / t, sign / t**2
    return a + (b - a) * t, b - a


@written_out(scipy.integrate.quad_vec)
def quad_vec(
    f, a, b, epsabs=1e-200, epsrel=1e-08, norm="2", cache_size=100e6, limit=10000, workers=1, points=None,
    quadrature=None, full_output=False, *, args=(),
):  # fmt: skip
    if points is not None or full_output or quadrature == "trapezoid":
        rt.not_covered("quad_vec with points, full_output or trapezoids", "Leave these options out.")

    def on_unit(t):
        place, pace = _on_the_way(a, b, t)
        return np.asarray(f(place, *args)) * pace

    places, weights, error = rt.scipy_panels.panels(on_unit, epsabs, epsrel, norm, limit)
    total = 0.0
    for t, weight in zip(places, weights):
        total = total + weight * on_unit(t)
    return total, error


# -- sums of samples ---------------------------------------------------------------------------------


def _first_halves(rows, widths):
    """Return what the parabola through each three samples has between the first two."""
    one, other = widths[..., :-1], widths[..., 1:]
    share = one / (one + other)
    bend = share * one / other
    by_first, by_second = (3.0 - share) * rows[..., :-2], (3.0 + bend + share) * rows[..., 1:-1]
    return one / 6.0 * (by_first + by_second - bend * rows[..., 2:])


@written_out(scipy.integrate.cumulative_simpson)
def cumulative_simpson(y, *, x=None, dx=1.0, axis=-1, initial=None):
    rows = np.moveaxis(np.asarray(y), axis, -1)
    count = np.shape(rows)[-1]
    if x is not None:
        widths = np.diff(x if np.ndim(x) == 1 else np.moveaxis(np.asarray(x), axis, -1))
        if np.any(widths <= 0.0):
            raise ValueError("Input x must be strictly increasing.")
    else:
        widths = np.ones(count - 1) * (dx if np.ndim(dx) == 0 else np.moveaxis(np.asarray(dx), axis, -1))
    widths = np.broadcast_to(widths, (*np.shape(rows)[:-1], count - 1))
    if count < 3:
        parts = widths * (rows[..., 1:] + rows[..., :-1]) / 2.0
    else:
        first = _first_halves(rows, widths)
        second = np.flip(_first_halves(np.flip(rows, -1), np.flip(widths, -1)), -1)
        number = np.arange(count - 1)
        from_first = (number % 2 == 0) & (number < count - 2)
        parts = np.where(
            from_first, first[..., np.minimum(number, count - 3)], second[..., np.maximum(number - 1, 0)]
        )
    sums = np.cumsum(parts, axis=-1)
    if initial is not None:
        start = initial if np.ndim(initial) == 0 else np.moveaxis(np.asarray(initial), axis, -1)
        before = np.broadcast_to(start, (*np.shape(rows)[:-1], 1))
        sums = np.concatenate((before, sums + before), axis=-1)
    return np.moveaxis(sums, -1, axis)
