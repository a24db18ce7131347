"""Filters of ``scipy.ndimage`` written out with correlations along the axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage

from srcad import runtime as rt
from srcad.rules.registry import written_out


def _of_each_axis(mode: Any, ndim: int) -> list[str]:
    """Return the border of each axis."""
    return [mode] * ndim if isinstance(mode, str) else list(mode)


def _axes_of(axes: Any, ndim: int) -> list[int]:
    """Return the axes that a filter works along, counted from the first."""
    if axes is None:
        return list(range(ndim))
    return [axis % ndim for axis in ([axes] if np.ndim(axes) == 0 else axes)]


# -- means of windows --------------------------------------------------------------------------------


@written_out(scipy.ndimage.uniform_filter1d)
def uniform_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    weights = np.full(size, 1.0 / size)
    return scipy.ndimage.correlate1d(input, weights, axis, output, mode, cval, origin)


@written_out(scipy.ndimage.uniform_filter)
def uniform_filter(input, size=3, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    along = _axes_of(axes, np.ndim(input))
    sizes = np.broadcast_to(size, len(along))
    origins = np.broadcast_to(origin, len(along))
    modes = _of_each_axis(mode, len(along))
    result = np.asarray(input)
    for k in range(len(along)):
        if sizes[k] > 1:
            result = scipy.ndimage.uniform_filter1d(
                result, int(sizes[k]), along[k], output, modes[k], cval, int(origins[k])
            )
    return result


# -- differences -------------------------------------------------------------------------------------


def _edges(input, axis, output, mode, cval, across):
    """Return the central difference along an axis, weighted ``across`` the other ones."""
    ndim = np.ndim(input)
    modes = _of_each_axis(mode, ndim)
    along = axis % ndim
    result = scipy.ndimage.correlate1d(input, [-1.0, 0.0, 1.0], along, output, modes[along], cval)
    for other in range(ndim):
        if other != along:
            result = scipy.ndimage.correlate1d(result, across, other, output, modes[other], cval)
    return result


@written_out(scipy.ndimage.sobel)
def sobel(input, axis=-1, output=None, mode="reflect", cval=0.0):
    return _edges(input, axis, output, mode, cval, [1.0, 2.0, 1.0])


@written_out(scipy.ndimage.prewitt)
def prewitt(input, axis=-1, output=None, mode="reflect", cval=0.0):
    return _edges(input, axis, output, mode, cval, [1.0, 1.0, 1.0])


@written_out(scipy.ndimage.laplace)
def laplace(input, output=None, mode="reflect", cval=0.0, *, axes=None):
    along = _axes_of(axes, np.ndim(input))
    modes = _of_each_axis(mode, len(along))
    result = np.zeros_like(input)
    for k in range(len(along)):
        second = scipy.ndimage.correlate1d(input, [1.0, -2.0, 1.0], along[k], output, modes[k], cval)
        result = result + second
    return result


@written_out(scipy.ndimage.gaussian_laplace)
def gaussian_laplace(
    input, sigma, output=None, mode="reflect", cval=0.0, *, axes=None, truncate=4.0, radius=None
):
    _without(output)
    ndim = np.ndim(input)
    along = _axes_of(axes, ndim)
    widths, modes = np.zeros(ndim), _of_each_axis(mode, len(along))
    widths[along] = sigma
    total = np.zeros_like(input)
    for axis, border in zip(along, modes):
        orders = [2 if k == axis else 0 for k in range(ndim)]
        total = total + scipy.ndimage.gaussian_filter(
            input, widths, orders, None, border, cval, truncate, radius=radius
        )
    return total


@written_out(scipy.ndimage.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(
    input, sigma, output=None, mode="reflect", cval=0.0, *, axes=None, truncate=4.0, radius=None
):
    _without(output)
    along = _axes_of(axes, np.ndim(input))
    squares = np.zeros_like(input)
    for axis, border in zip(along, _of_each_axis(mode, len(along))):
        orders = [1 if k == axis else 0 for k in range(np.ndim(input))]
        first = scipy.ndimage.gaussian_filter(
            input, sigma, orders, None, border, cval, truncate, radius=radius
        )
        squares = squares + first * first
    return np.sqrt(squares)


def _without(output):
    if output is not None:
        rt.not_covered("A filter with an output array or dtype", "Leave output at None.")


# -- one number of each window -----------------------------------------------------------------------


def _ranked(input, size, footprint, output, mode, cval, origin, axes, rank):
    _without(output)
    numbers = np.asarray(input)
    places = rt.scipy_ndimage.chosen_places(numbers, size, footprint, mode, cval, origin, axes, rank)
    beyond = np.asarray(cval, numbers.dtype)
    return np.append(np.ravel(numbers), beyond)[places]


@written_out(scipy.ndimage.rank_filter)
def rank_filter(
    input, rank, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None
):
    return _ranked(input, size, footprint, output, mode, cval, origin, axes, rank)


@written_out(scipy.ndimage.median_filter)
def median_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None
):
    return _ranked(input, size, footprint, output, mode, cval, origin, axes, "middle")


@written_out(scipy.ndimage.percentile_filter)
def percentile_filter(
    input, percentile, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None
):  # fmt: skip
    return _ranked(input, size, footprint, output, mode, cval, origin, axes, (percentile, "%"))


@written_out(scipy.ndimage.maximum_filter)
def maximum_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None
):
    return _ranked(input, size, footprint, output, mode, cval, origin, axes, -1)


@written_out(scipy.ndimage.minimum_filter)
def minimum_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None
):
    return _ranked(input, size, footprint, output, mode, cval, origin, axes, 0)


@written_out(scipy.ndimage.maximum_filter1d)
def maximum_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return _ranked(input, size, None, output, mode, cval, origin, axis, -1)


@written_out(scipy.ndimage.minimum_filter1d)
def minimum_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return _ranked(input, size, None, output, mode, cval, origin, axis, 0)
