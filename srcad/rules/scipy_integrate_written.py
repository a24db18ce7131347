"""Functions of ``scipy.integrate`` for samples, written out with those of NumPy."""

from __future__ import annotations

import numpy as np
import scipy.integrate
import scipy.special

from srcad.rules.registry import constant, written_out


@written_out(scipy.integrate.cumulative_trapezoid)
def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    rows = np.moveaxis(y, axis, -1)
    pairs = rows[..., 1:] + rows[..., :-1]
    if x is None:
        parts = dx * pairs / 2.0
    elif np.ndim(x) == 1:
        parts = np.diff(x) * pairs / 2.0
    else:
        parts = np.diff(np.moveaxis(x, axis, -1)) * pairs / 2.0
    sums = np.cumsum(parts, axis=-1)
    if initial is not None:
        if initial != 0:
            raise ValueError("`initial` must be `None` or `0`.")
        sums = np.concatenate((np.zeros_like(sums[..., :1]), sums), axis=-1)
    return np.moveaxis(sums, -1, axis)


@written_out(scipy.integrate.simpson)
def simpson(y, x=None, *, dx=1.0, axis=-1):
    rows = np.moveaxis(y, axis, -1)
    count = np.shape(rows)[-1]
    if x is None:
        widths = dx * np.ones(count - 1)
    else:
        widths = np.diff(x if np.ndim(x) == 1 else np.moveaxis(x, axis, -1))
    if count == 2:
        return widths[..., 0] * (rows[..., 0] + rows[..., 1]) / 2.0
    odd = count if count % 2 else count - 1
    h0, h1 = widths[..., 0 : odd - 1 : 2], widths[..., 1 : odd - 1 : 2]
    y0, y1, y2 = rows[..., 0 : odd - 1 : 2], rows[..., 1 : odd - 1 : 2], rows[..., 2:odd:2]
    both = h0 + h1
    parts = y0 * (2.0 - h1 / h0) + y1 * both**2 / (h0 * h1) + y2 * (2.0 - h0 / h1)
    total = np.sum(both / 6.0 * parts, axis=-1)
    if odd == count:
        return total
    # The last interval by the parabola through the last three samples (Cartwright 2017).
    before, last = widths[..., -2], widths[..., -1]
    total += rows[..., -1] * (2.0 * last**2 + 3.0 * before * last) / (6.0 * (before + last))
    total += rows[..., -2] * (last**2 + 3.0 * before * last) / (6.0 * before)
    return total - rows[..., -3] * last**3 / (6.0 * before * (before + last))


@written_out(scipy.integrate.romb)
def romb(y, dx=1.0, axis=-1, show=False):
    rows = np.moveaxis(y, axis, -1)
    intervals = np.shape(rows)[-1] - 1
    if intervals < 1 or intervals & (intervals - 1):
        raise ValueError("Number of samples must be one plus a non-negative power of 2.")
    width = intervals * dx
    estimates = [(rows[..., 0] + rows[..., -1]) / 2.0 * width]
    step = intervals
    while step > 1:
        between = np.sum(rows[..., step // 2 :: step], axis=-1)
        better = [0.5 * (estimates[0] + width * between)]
        for order in range(len(estimates)):
            better.append(better[order] + (better[order] - estimates[order]) / (4.0 ** (order + 1) - 1.0))
        estimates = better
        width = width / 2.0
        step //= 2
    return estimates[-1]


# -- integrals of functions by others ----------------------------------------------------------------


@written_out(scipy.integrate.fixed_quad)
def fixed_quad(func, a, b, args=(), n=5):
    places, weights = scipy.special.roots_legendre(n)
    points = (b - a) * (places + 1.0) / 2.0 + a
    return (b - a) / 2.0 * np.sum(weights * func(points, *args), axis=-1), None


# -- integrals over several variables ----------------------------------------------------------------


def _tolerance(number):
    """Return a number that no derivative is taken with respect to."""
    return number


constant(_tolerance)


@written_out(scipy.integrate.dblquad)
def dblquad(func, a, b, gfun, hfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    def inner(x):
        low = gfun(x) if callable(gfun) else gfun
        high = hfun(x) if callable(hfun) else hfun
        return scipy.integrate.quad(
            func, low, high, args=(x, *args), epsabs=_tolerance(epsabs), epsrel=_tolerance(epsrel)
        )[0]

    return scipy.integrate.quad(inner, a, b, epsabs=_tolerance(epsabs), epsrel=_tolerance(epsrel))
