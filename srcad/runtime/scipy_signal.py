"""Where the modes of a convolution lie in the full one, and sums of lagged products."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from srcad.runtime.arrays import inexact_dtype

__all__ = [
    "bin_weights",
    "edge_fits",
    "filtered",
    "kept_bins",
    "lagged_sums",
    "part_of_full",
    "resampling",
    "to_full",
    "unit",
    "window_by_name",
]

Array = Any  # a NumPy array


def window_by_name(window: Any, length: int) -> Array:
    """Return a window of a name, with its parameters if it has any, which are none to differentiate by.

    >>> window_by_name("boxcar", 3)
    array([1., 1., 1.])
    """
    return scipy.signal.get_window(window, length)


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


def filtered(b: Array, a: Array, x: Array, axis: int) -> Array:
    """Return what a linear filter that starts at rest makes of a signal."""
    return scipy.signal.lfilter(b, a, x, axis)


def edge_fits(window: int, order: int, derivative: int) -> tuple[Array, Array]:
    """Return the matrices that take the first and the last window of a signal to what a polynomial fit is at its ends."""
    half = window // 2
    places = [*range(half), *range(window - half, window)]
    fits = [scipy.signal.savgol_coeffs(window, order, derivative, pos=place, use="dot") for place in places]
    return np.array(fits[:half]).reshape(half, window), np.array(fits[half:]).reshape(half, window)


def bin_weights(count: int, num: int, window: Any, real: bool) -> Array:
    """Return what the frequencies that are kept of ``count`` samples are multiplied by, to make ``num`` of them."""
    weights = np.ones(count)
    if callable(window):
        weights = np.asarray(window(np.fft.fftfreq(count)))
    elif isinstance(window, np.ndarray):
        weights = window
    elif window is not None:
        weights = np.fft.fftshift(scipy.signal.get_window(window, count))
    if not real:
        sources, _ = kept_bins(count, num)
        unpaired = min(num, count) % 2 == 0 and num > count
        halved = np.where(sources == count // 2, 0.5, 1.0) if unpaired else np.ones(len(sources))
        return weights[sources] * halved
    size, fewer = count // 2 + 1, min(num, count)
    folded = (weights[:size] + weights[-np.arange(size)]) / 2.0
    kept = folded[: fewer // 2 + 1]
    if fewer % 2 == 0 and num != count:
        kept[fewer // 2] *= 2.0 if num < count else 0.5
    return kept


def kept_bins(count: int, num: int) -> tuple[Array, Array]:
    """Return which of ``count`` frequencies are added to which of ``num``."""
    fewer = min(num, count)
    low, high = np.arange(fewer // 2 + 1), np.arange(fewer // 2 + 1 - fewer, 0)
    sources, targets = [*low, *(high + count)], [*low, *(high + num)]
    if fewer % 2 == 0 and num != count:  # the frequency in the middle is one of a pair on the longer side
        middle = fewer // 2
        sources.append(count - middle)
        targets.append(num - middle)
        if num > count:
            sources[-1] = middle
    return np.array(sources), np.array(targets)


def resampling(count: int, up: int, down: int, window: Any, dtype: np.dtype[Any]) -> tuple[Array, int, int]:
    """Return the filter of a polyphase resampling, the first of its results that is kept, and how many are."""
    if isinstance(window, (list, np.ndarray)):
        taps = np.array(window)
        half = (taps.size - 1) // 2
    else:
        half = 10 * max(up, down)
        taps = scipy.signal.firwin(2 * half + 1, 1.0 / max(up, down), window=window)
        taps = taps.astype(dtype) if dtype.kind in "fc" else taps
    before = down - half % down
    kept = -(-count * up // down)
    first = (half + before) // down
    after = 0
    while ((count - 1) * up + taps.size + before + after - 1) // down + 1 < kept + first:
        after += 1
    taps = np.concatenate((np.zeros(before, taps.dtype), taps * up, np.zeros(after, taps.dtype)))
    return taps, first, kept
