"""Where the modes of a convolution lie in the full one, and sums of lagged products."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.runtime.arrays import inexact_dtype

__all__ = ["lagged_sums", "part_of_full", "to_full", "unit"]

Array = Any  # a NumPy array


def _window(shape1: tuple[int, ...], shape2: tuple[int, ...], mode: str) -> tuple[slice, ...]:
    """Return where the result of a convolution of these shapes lies in the full one.

    SciPy's correlate2d rounds the start of mode "same" up, all others round it down.
    """
    window = []
    for n, m in zip(shape1, shape2):
        full, smaller = n + m - 1, min(n, m)
        size = full if mode == "full" else full - 2 * (smaller - 1) if mode == "valid" else n
        start = m // 2 if mode == "same, rounded up" else (full - size) // 2
        window.append(slice(start, start + size))
    return tuple(window)


def to_full(g: Array, shape1: tuple[int, ...], shape2: tuple[int, ...], mode: str) -> Array:
    """Return the gradient of the full convolution, which ``mode`` takes a part of."""
    result = np.zeros([n + m - 1 for n, m in zip(shape1, shape2)], inexact_dtype(g))
    result[_window(shape1, shape2, mode)] = g
    return result


def part_of_full(whole: Array, shape1: tuple[int, ...], shape2: tuple[int, ...], mode: str) -> Array:
    """Return the part of the full convolution that ``mode`` takes."""
    return whole[_window(shape1, shape2, mode)]


def lagged_sums(g: Array, u: Array, count: int, axis: int) -> Array:
    """Return, for each lag below ``count``, the sum of ``g[n] * u[n - lag]`` along ``axis`` and over the rest."""
    g, u = np.moveaxis(g, axis, -1), np.moveaxis(u, axis, -1)
    n = np.shape(u)[-1]
    return np.array([np.sum(g[..., k:] * u[..., : max(n - k, 0)]) for k in range(count)])


def unit(x: Array) -> Array:
    """Return the coefficient 1 in the dtype of ``x``."""
    return np.ones(1, inexact_dtype(x))
