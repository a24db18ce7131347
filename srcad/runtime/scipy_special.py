"""Derivatives of special functions that have no closed form: of the incomplete gamma function, of zeta."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype

__all__ = ["as_precise_as", "beta_moment", "gammainc_by_shape", "precision", "zeta_derivative"]

Array = Any  # a NumPy array, a NumPy scalar or a Python number

_TERMS = 20  # of the Euler-Maclaurin formula, and summed before it
_NODES = 32  # of the contour integral


def precision(*operands: Array) -> np.dtype[Any]:
    """Return the floating dtype of the operands, which SciPy widens beside Python numbers."""
    return inexact_dtype(*operands)


def as_precise_as(value: Array, dtype: np.dtype[Any]) -> Array:
    """Return ``value`` in the precision of ``dtype``."""
    wanted = np.result_type(dtype, np.complex64) if np.iscomplexobj(value) else dtype
    return np.asarray(value).astype(wanted, copy=False)[()]


def gammainc_by_shape(a: Array, x: Array, order: int = 1) -> Array:
    """Return the first or second derivative of ``scipy.special.gammainc(a, x)`` in ``a``.

    The power series of P(a, x), differentiated term by term [1]_.

    Raises
    ------
    NoDerivativeError
        If ``order`` is not 1 or 2.

    References
    ----------
    .. [1] R. J. Moore, "Algorithm AS 187: Derivatives of the incomplete gamma integral",
       Applied Statistics 31 (1982), section 2.
    """
    if order not in (1, 2):
        raise NoDerivativeError(
            f"The derivative of order {order} of the incomplete gamma function in its shape is not available.",
            "Keep to the first and the second derivative in the shape.",
        )
    dtype = inexact_dtype(a, x)
    a, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    inside = (x > 0) & (a > 0) & np.isfinite(x) & np.isfinite(a)
    total = _shape_series(np.where(inside, a, 1.0), np.where(inside, x, 1.0), order)
    edge = np.where(np.isnan(a) | np.isnan(x) | (a <= 0) | (x < 0), np.nan, 0.0)
    return np.where(inside, total, edge).astype(dtype)[()]


# Nodes of the double exponential rule on (0, 1): u, 1 - u and the weights, each as a logarithm.
_STEPS = np.arange(-96, 97) / 16
_ABSCISSAE = -np.logaddexp(0.0, -np.pi * np.sinh(_STEPS)), -np.logaddexp(0.0, np.pi * np.sinh(_STEPS))
_WEIGHTS = np.pi * np.cosh(_STEPS) / 16


def beta_moment(a: Array, b: Array, x: Array, i: int = 0, j: int = 0) -> Array:
    """Return the integral of ``t**(a-1) * (1-t)**(b-1) * log(t)**i * log(1-t)**j`` for ``t`` from 0 to ``x``.

    By the double exponential rule [1]_, with ``t = x * u``.  It is a derivative of the incomplete beta function in its
    parameters, ``i`` times in ``a`` and ``j`` times in ``b``.

    References
    ----------
    .. [1] H. Takahasi and M. Mori, "Double exponential formulas for numerical integration", Publ. RIMS 9 (1974).
    """
    dtype = inexact_dtype(a, b, x)
    a, b, x = (np.asarray(v, np.float64)[..., None] for v in np.broadcast_arrays(a, b, x))
    inside = (x > 0) & (x <= 1) & (a > 0) & (b > 0)
    a, b, end = np.where(inside, a, 1.0), np.where(inside, b, 1.0), np.where(inside, x, 0.5)
    with np.errstate(divide="ignore"):
        rest = np.log1p(-end)
    first = np.log(end) + _ABSCISSAE[0]
    second = np.logaddexp(rest, np.log(end) + _ABSCISSAE[1])
    with np.errstate(invalid="ignore"):
        terms = np.exp(a * first + (b - 1) * second + _ABSCISSAE[1]) * _WEIGHTS * first**i * second**j
    total = np.sum(np.where(np.isfinite(terms), terms, 0.0), axis=-1)
    return np.where(inside[..., 0], total, np.where(x[..., 0] == 0, 0.0, np.nan)).astype(dtype)[()]


def _shape_series(a: Array, x: Array, order: int) -> Array:
    """Sum the derivatives of ``x ** (a + n) * exp(-x) / gamma(a + n + 1)`` in ``a`` over ``n``."""
    log, digamma, trigamma = np.log(x), scipy.special.digamma(a + 1), scipy.special.zeta(2, a + 1)
    term = np.exp(a * log - x - scipy.special.gammaln(a + 1))
    total, n = 0.0, 0
    while True:
        slope = log - digamma
        total = total + term * (slope if order == 1 else slope * slope - trigamma)
        if not np.any((n < x) | (term * (1 + slope * slope) > 1e-18)):
            return total
        n += 1
        digamma, trigamma = digamma + 1 / (a + n), trigamma - 1 / (a + n) ** 2
        term = term * x / (a + n)


def zeta_derivative(s: Array, q: Array, order: int) -> Array:
    """Return the derivative of that order in ``s`` of the Hurwitz zeta function of ``s`` and ``q > 0``.

    Cauchy's integral over a circle that leaves the pole at 1 outside, of the Euler-Maclaurin formula
    (NIST Digital Library of Mathematical Functions, 25.11.5).
    """
    if order < 0:  # beside a factor 0, in the rule for order 0
        return 0.0 * s
    dtype = inexact_dtype(s, q)
    s, q = np.broadcast_arrays(np.asarray(s, np.float64), np.asarray(q, np.float64))
    radius = np.minimum(0.5 * np.abs(s - 1), 1.0)
    circle = np.exp(2j * np.pi * np.arange(_NODES) / _NODES)
    values = _hurwitz(s[..., None] + radius[..., None] * circle, q[..., None])
    mean = np.mean(values * circle**-order, axis=-1).real
    return (math.factorial(order) * mean / radius**order).astype(dtype)[()]


def _hurwitz(s: Array, q: Array) -> Array:
    """Return the Hurwitz zeta function of complex ``s``, right of about -30."""
    head = np.sum((q[..., None] + np.arange(_TERMS)) ** -s[..., None], axis=-1)
    end = q + _TERMS
    result = head + end ** (1 - s) / (s - 1) + 0.5 * end**-s
    bernoulli = scipy.special.bernoulli(2 * _TERMS)
    rising = s
    for k in range(1, _TERMS + 1):
        result = result + bernoulli[2 * k] / math.factorial(2 * k) * rising * end ** (1 - s - 2 * k)
        rising = rising * (s + 2 * k - 1) * (s + 2 * k)
    return result
