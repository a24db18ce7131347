"""Where the points of an interpolation lie, and the factors of polynomials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError

__all__ = [
    "constant_factors",
    "fitting_matrix",
    "interpolation_cells",
    "power_factors",
    "power_row",
    "vector",
]

Array = Any


def interpolation_cells(x: Array, xp: Array) -> tuple[Array, Array, Array, Array]:
    """Return for the points ``x`` the left ends of their intervals in ``xp``, and which lie inside, below and above."""
    last = len(xp) - 1
    if last == 0:
        raise NoDerivativeError(
            "The derivative of np.interp is not defined for a single place.",
            "Write its value where it is the only one.",
        )
    cells = np.clip(np.searchsorted(xp, x, "right") - 1, 0, max(last - 1, 0))
    below, above = np.less(x, xp[0]), np.greater(x, xp[last])
    return cells, np.logical_not(np.logical_or(below, above)), below, above


def power_factors(length: int, m: int) -> Array:
    """Return the factors of the coefficients of a polynomial in its ``m``-th derivative, the highest power first."""
    powers = np.arange(length - 1, m - 1, -1)
    factors = np.ones(max(length - m, 0))
    for i in range(m):
        factors = factors * (powers - i)
    return factors


def power_row(degree: int) -> Array:
    """Return the powers ``degree, ..., 1`` that the derivatives of ``np.vander`` are multiplied by."""
    return np.arange(degree, 0.0, -1)


def constant_factors(m: int) -> Array:
    """Return what ``np.polyint`` divides its constants of integration by."""
    return np.array([float(math.factorial(m - 1 - i)) for i in range(m)])


def fitting_matrix(x: Array, deg: int, rcond: float | None, w: Any) -> Array:
    """Return the matrix that takes values at ``x`` to the coefficients of ``np.polyfit``."""
    return np.polyfit(x, np.eye(len(x)), deg, rcond, w=w)


def vector(x: Array, function: str) -> Array:
    """Return ``x``, which must not be a matrix."""
    if np.ndim(x) > 1:
        raise NoDerivativeError(
            f"The derivative of {function} is not defined here for matrices.",
            "Use the eigenvalues of the matrix.",
        )
    return x
