"""How samples of gamma and beta distributions move with the parameters that shape them.

A sample ``z`` follows its parameter so that the distribution function keeps its value there: with the distribution
function ``P(a, z)`` and the density ``p``, ``dz/da = -P_a / p`` [1]_.  Both are integrals of one sign from ``z`` to one
of the ends, the one beyond which the integrand does not change its sign; they are found by double exponential rules
[2]_, relative to the density, so that tails are as accurate as the middle.

References
----------
.. [1] M. Figurnov, S. Mohamed and A. Mnih, "Implicit reparameterization gradients", NeurIPS 2018.
.. [2] H. Takahasi and M. Mori, "Double exponential formulas for numerical integration", Publ. RIMS 9 (1974).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype

__all__ = ["beta_path", "drawn_positions", "gamma_path", "log_gamma_slope"]

Array = Any

_STEPS = np.arange(-112, 113) / 18
# On (0, infinity): the logarithm of s, and the weights over s.
_LOG_S, _WEIGHTS_S = np.pi / 2 * np.sinh(_STEPS), np.pi / 2 * np.cosh(_STEPS) / 18
_FACTORS = (1.0, 1.0, 2.0, 6.0)
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)


def log_gamma_slope(x: Array, order: int = 0) -> Array:
    """Return the derivative of that order, up to 3, of the digamma function of an array of positive numbers.

    By its recurrence, and its asymptotic series from 12 on.

    >>> round(float(log_gamma_slope(1.0)), 12), round(float(log_gamma_slope(0.5, 1)), 12)
    (-0.577215664902, 4.934802200545)
    """
    if order > 3:
        raise NoDerivativeError("A derivative of this order of a random sample in its shape is not available.",
                                "Keep to the first and the second derivative in the shape.")  # fmt: skip
    given, dtype, x = x, inexact_dtype(x), np.asarray(x, np.float64)
    sign = 1.0 if order % 2 else -1.0
    total = np.zeros_like(x)
    for _ in range(12):
        total = total + sign * _FACTORS[order] / x ** (order + 1)
        x = x + 1
    series = np.log(x) - 0.5 / x if order == 0 else sign * (_FACTORS[order - 1] / x**order)
    if order:
        series = series + sign * 0.5 * _FACTORS[order] / x ** (order + 1)
    for k, number in enumerate(_BERNOULLI, 1):
        rising = np.prod([2 * k + i for i in range(order)]) if order else 1.0
        series = series + sign * number / (2 * k) * rising / x ** (2 * k + order)
    if type(given) is float:
        return float(total + series)  # which has no precision of its own
    return (total + series).astype(dtype)[()]


def gamma_path(a: Array, z: Array, order: int = 1) -> Array:
    """Return how a sample ``z`` of the standard gamma distribution moves with its shape ``a``.

    With ``order=2``, what takes the place of the first derivative of the distribution function in that.
    """
    if order > 2:
        log_gamma_slope(1.0, 4)
    dtype = inexact_dtype(a, z)
    a, z = (np.asarray(v, np.float64)[..., None] for v in np.broadcast_arrays(a, z))
    inside = (z > 0) & (a > 0) & np.isfinite(z) & np.isfinite(a)
    a, z = np.where(inside, a, 1.0), np.where(inside, z, 1.0)
    with np.errstate(all="ignore"):  # far out on both sides, where the terms vanish
        lower, upper = _summed(_below(a, z, order)), _summed(_above(a, z, order))
    above = z[..., 0] >= np.exp(log_gamma_slope(a[..., 0]))
    return np.where(inside[..., 0], np.where(above, upper, -lower), 0.0).astype(dtype)[()]


def _below(a: Array, z: Array, order: int) -> Array:
    """Return the terms of the integral from 0 to ``z``, with ``t = z * exp(-s)`` in units of the decay."""
    width = 1 / (np.sqrt(a) + np.maximum(a - z, 0))
    s = width * np.exp(_LOG_S)
    decay = -a * s - z * np.expm1(-s)
    return np.exp(decay + _LOG_S) * width * z * _WEIGHTS_S * _factor(a, np.log(z) - s, order)


def _above(a: Array, z: Array, order: int) -> Array:
    """Return the terms of the integral from ``z`` to infinity, with ``t = z + s`` in units of the decay."""
    width = np.minimum(np.sqrt(a) + 1, z / np.maximum(z - a + 1, 1e-300))
    s = width * np.exp(_LOG_S)
    decay = (a - 1) * np.log1p(s / z) - s
    return np.exp(decay + _LOG_S) * width * _WEIGHTS_S * _factor(a, np.log(z + s), order)


def _factor(a: Array, log: Array, order: int) -> Array:
    """Return the derivative of that order in ``a`` of the density, over the density."""
    slope = log - log_gamma_slope(a)
    return slope if order == 1 else slope * slope - log_gamma_slope(a, 1)


def beta_path(a: Array, b: Array, x: Array, i: int = 1, j: int = 0) -> Array:
    """Return how a sample ``x`` of the beta distribution moves with ``a`` (``i=1, j=0``) or ``b`` (``i=0, j=1``).

    With ``i + j == 2``, what takes the place of the first derivative of the distribution function in that.
    """
    if i + j > 2:
        log_gamma_slope(1.0, 4)
    dtype = inexact_dtype(a, b, x)
    a, b, x = (np.asarray(v, np.float64)[..., None] for v in np.broadcast_arrays(a, b, x))
    inside = (x > 0) & (x < 1) & (a > 0) & (b > 0)
    a, b, x = np.where(inside, a, 1.0), np.where(inside, b, 1.0), np.where(inside, x, 0.5)
    with np.errstate(all="ignore"):
        lower, upper = _summed(_towards_zero(a, b, x, i, j)), _summed(_towards_zero(b, a, 1 - x, j, i))
    above = x >= a / (a + b)
    return np.where(inside[..., 0], np.where(above[..., 0], upper, -lower), 0.0).astype(dtype)[()]


def _towards_zero(a: Array, b: Array, x: Array, i: int, j: int) -> Array:
    """Return the terms of the integral from 0 to ``x``, with ``t = x * exp(-s)`` in units of the decay."""
    width = 1 / (np.sqrt(a * (a + b) / b) + np.maximum(a - (b - 1) * x / (1 - x), 0))
    s = width * np.exp(_LOG_S)
    rest, log = np.log1p(-x * np.exp(-s)), -s
    decay = (b - 1) * (rest - np.log1p(-x)) - a * s
    density = np.exp(decay + _LOG_S) * width * x * _WEIGHTS_S
    both = log_gamma_slope(a + b)
    first, second = np.log(x) + log - log_gamma_slope(a) + both, rest - log_gamma_slope(b) + both
    if i + j == 1:
        return density * (first if i else second)
    change = log_gamma_slope(a + b, 1)
    if i == 2:
        return density * (first * first - log_gamma_slope(a, 1) + change)
    return density * (first * second + change if i == 1 else second * second - log_gamma_slope(b, 1) + change)


def _summed(terms: Array) -> Array:
    return np.sum(np.where(np.isfinite(terms), terms, 0.0), axis=-1)


def drawn_positions(values: Array, drawn: Array, axis: int) -> Array:
    """Return the positions along an axis that ``drawn`` was taken from, in ``values``.

    >>> drawn_positions([0.5, 0.7, 0.2], np.array([[0.2, 0.5], [0.5, 0.7]]), 0)
    array([[2, 0],
           [0, 1]])
    """
    whole, drawn = np.asarray(values), np.asarray(drawn)
    axis = axis % np.ndim(whole)
    rank = np.ndim(drawn) - np.ndim(whole) + 1
    parts = np.moveaxis(whole, axis, 0)
    taken = np.moveaxis(drawn, range(axis, axis + rank), range(rank))
    shape = taken.shape[:rank]
    taken = np.reshape(taken, (-1, *parts.shape[1:]))
    place_of: dict[bytes, int] = {}
    ambiguous = set()
    for place, part in enumerate(parts):
        key = part.tobytes()
        ambiguous |= {key} & place_of.keys()
        place_of[key] = place
    keys = [part.tobytes() for part in taken]
    if not ambiguous.isdisjoint(keys):
        raise NoDerivativeError("Which of several equal values was drawn cannot be told.",
                                "Draw positions, and index with them, as in x[rng.permutation(len(x))].")  # fmt: skip
    return np.reshape(np.array([place_of[key] for key in keys], int), shape)
