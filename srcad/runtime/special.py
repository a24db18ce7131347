"""Functions of all orders of derivative that NumPy's own functions lead to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad.runtime.arrays import inexact_dtype

__all__ = ["i0_derivative", "kaiser_radii", "polygamma", "sinc_derivative"]

Array = Any

_SERIES = 24
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def i0_derivative(x: Array, order: int) -> Array:
    """Return a derivative of ``np.i0``.

    The integral of ``exp(x cos(s)) cos(s)**order`` over a period, which the trapezoidal rule gives to full
    precision: its error is that of the Bessel function whose order is twice the number of nodes.
    """
    x = np.asarray(x, inexact_dtype(x))
    nodes = (
        10 + order + math.ceil(5.5 * math.sqrt(min(np.fmax.reduce(np.abs(x), axis=None, initial=0.0), 750.0)))
    )
    result = np.zeros_like(x)
    for k in range(nodes + 1):
        cosine = math.cos(math.pi * k / nodes)
        result += np.exp(x * cosine) * (cosine**order * (0.5 if k in (0, nodes) else 1.0) / nodes)
    return result[()]


def sinc_derivative(x: Array, order: int) -> Array:
    """Return a derivative of ``np.sinc``: by its series near 0, else by the recurrence of ``x * sinc(x)``."""
    x = np.asarray(x, inexact_dtype(x))
    near = np.abs(x) < 1
    small, large = np.where(near, x, 0), np.where(near, 1, x)
    series, squares = np.zeros_like(x), small * small
    for k in reversed(range((order + 1) // 2, _SERIES)):
        series *= squares
        series += (-1) ** k * math.pi ** (2 * k) / (math.factorial(2 * k - order) * (2 * k + 1))
    if order % 2:
        series *= small
    value = np.sinc(large)
    for n in range(1, order + 1):
        value = (math.pi ** (n - 1) * np.sin(math.pi * large + n * math.pi / 2) - n * value) / large
    return np.where(near, series, value).astype(x.dtype)[()]


def polygamma(order: int, x: float) -> float:
    """Return a derivative of the logarithm of the gamma function, of order ``order + 1``.

    By the recurrence to a large argument, and the asymptotic series there (Abramowitz and Stegun 6.4.6, 6.4.11).
    """
    sign, total = (-1.0) ** (order + 1), 0.0
    factorial = math.factorial(order)
    while x < 16 + 2 * order:
        total += factorial * x ** -(order + 1)
        x += 1.0
    if order == 0:
        series = -math.log(x) + 0.5 / x
    else:
        series = math.factorial(order - 1) * x**-order + 0.5 * factorial * x ** -(order + 1)
    for k, number in enumerate(_BERNOULLI, 1):
        rising = math.factorial(2 * k + order - 1) / math.factorial(2 * k)
        series += number * rising * x ** -(2 * k + order)
    return sign * (total + series)


def kaiser_radii(count: int) -> Array:
    """Return the numbers that ``np.kaiser`` multiplies its parameter by."""
    half = (count - 1) / 2
    return np.sqrt(np.maximum(1 - ((np.arange(count) - half) / max(half, 0.5)) ** 2, 0))
