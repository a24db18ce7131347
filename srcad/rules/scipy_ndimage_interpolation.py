"""Interpolation by ``scipy.ndimage``, written out with the weights of B-splines."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.ndimage
import scipy.special

from srcad import runtime as rt
from srcad.rules.registry import written_out

_OF_ANY_ORDER = ("constant", "mirror", "reflect", "grid-mirror", "grid-wrap")


def _coefficients(x, order, mode, prefilter):
    """Return the coefficients of the spline through samples."""
    if order > 1 and mode not in _OF_ANY_ORDER:
        rt.not_covered(f"Interpolation of order {order} with mode={mode!r}", "Use order=1, or another mode.")
    if order < 2 or not prefilter:
        return x
    for axis in range(np.ndim(x)):
        matrix = rt.scipy_ndimage.spline_matrix(
            np.shape(x)[axis], order, "mirror" if mode == "constant" else mode
        )
        x = np.moveaxis(np.tensordot(matrix, x, (1, axis)), 0, axis)
    return x


def _inside(c, size, mode):
    """Return the coordinate within the samples that one beyond the border stands for."""
    if mode == "nearest":
        return np.clip(c, 0.0, size - 1.0)
    if size == 1 and mode in ("mirror", "wrap"):
        return c * 0.0
    if mode == "mirror":
        folded = np.mod(c + (size - 1.0), 2.0 * (size - 1.0)) - (size - 1.0)
        return np.where(folded < 0.0, -folded, folded)
    if mode in ("reflect", "grid-mirror"):
        folded = np.mod(c + 0.5, 2.0 * size)
        return np.where(folded > size, 2.0 * size - folded, folded) - 0.5
    if mode == "wrap":
        return np.where((c < 0.0) | (c > size - 1.0), np.mod(c, size - 1.0), c)
    return np.mod(c, 1.0 * size) if mode == "grid-wrap" else c


def _folded(places, size, mode):
    """Return the samples that whole places beyond the border stand for."""
    if mode in ("reflect", "grid-mirror"):
        folded = np.mod(places, 2 * size)
        return np.where(folded >= size, 2 * size - 1 - folded, folded)
    if mode == "grid-wrap":
        return np.mod(places, size)
    if mode in ("constant", "mirror") and size > 1:
        return np.abs(np.mod(places + size - 1, 2 * (size - 1)) - (size - 1))
    return np.clip(places, 0, size - 1)


def _weights(c, order):
    """Return the first sample that counts at a coordinate, and the weights of it and the following ones."""
    start = np.floor(c if order % 2 else c + 0.5)
    u = c - start if order % 2 else c - start + 0.5
    weights = [np.ones_like(u)]
    for degree in range(1, order + 1):
        saved, following = np.zeros_like(u), []
        for r in range(degree):
            part = weights[r] / degree
            following.append(saved + (r + 1.0 - u) * part)
            saved = (u + (degree - r - 1.0)) * part
        following.append(saved)
        weights = following
    return start.astype(int) - order // 2, weights


def _at(x, coordinates, order, mode, cval, prefilter):
    """Return the spline through samples at coordinates, one array for each axis."""
    shape = np.shape(x)
    c = _coefficients(x, order, mode, prefilter)
    axes, known = [], True
    for axis in range(len(shape)):
        given = coordinates[axis]
        if mode == "constant":
            known = known & (given >= 0.0) & (given <= shape[axis] - 1.0)
        first, weights = _weights(_inside(given, shape[axis], mode), order)
        axes.append((first, weights, shape[axis]))
    result = 0.0
    for offsets in itertools.product(range(order + 1), repeat=len(shape)):
        places, weight, within = [], 1.0, True
        for (first, weights, size), offset in zip(axes, offsets):
            places.append(_folded(first + offset, size, mode))
            weight = weight * weights[offset]
            if mode == "grid-constant":
                within = within & (first + offset >= 0) & (first + offset < size)
        samples = c[tuple(places)]
        result = result + weight * (np.where(within, samples, cval) if mode == "grid-constant" else samples)
    return np.where(known, result, cval) if mode == "constant" else result


def _without(output):
    if output is not None:
        rt.not_covered("An interpolation with an output array or dtype", "Leave output at None.")


@written_out(scipy.ndimage.map_coordinates)
def map_coordinates(input, coordinates, output=None, order=3, mode="constant", cval=0.0, prefilter=True):
    _without(output)
    return _at(np.asarray(input), np.asarray(coordinates), order, mode, cval, prefilter)


@written_out(scipy.ndimage.shift)
def shift(input, shift, output=None, order=3, mode="constant", cval=0.0, prefilter=True):
    _without(output)
    x = np.asarray(input)
    by = np.zeros(np.ndim(x)) + np.asarray(shift)
    grid = np.indices(np.shape(x))
    return _at(x, [grid[k] - by[k] for k in range(np.ndim(x))], order, mode, cval, prefilter)


@written_out(scipy.ndimage.zoom)
def zoom(input, zoom, output=None, order=3, mode="constant", cval=0.0, prefilter=True, *, grid_mode=False):
    _without(output)
    x = np.asarray(input)
    factors = np.broadcast_to(zoom, np.ndim(x))
    shape = [int(round(size * float(factor))) for size, factor in zip(np.shape(x), factors)]
    coordinates = []
    for size, new, along in zip(np.shape(x), shape, np.indices(shape)):
        if grid_mode:
            coordinates.append((along + 0.5) * (size / new) - 0.5)
        else:
            coordinates.append(along * ((size - 1.0) / (new - 1.0) if new > 1 else 1.0))
    return _at(x, coordinates, order, mode, cval, prefilter)


@written_out(scipy.ndimage.affine_transform)
def affine_transform(
    input, matrix, offset=0.0, output_shape=None, output=None, order=3, mode="constant", cval=0.0, prefilter=True
):  # fmt: skip
    _without(output)
    x, turn = np.asarray(input), np.asarray(matrix)
    ndim = np.ndim(x)
    move = np.zeros(ndim) + np.asarray(offset)
    if np.ndim(turn) == 2 and np.shape(turn)[1] == ndim + 1:
        turn, move = turn[:ndim, :ndim], turn[:ndim, ndim]
    if np.ndim(turn) == 1:
        turn = np.diag(turn)
    shape = np.shape(x) if output_shape is None else output_shape
    coordinates = np.tensordot(turn, np.indices(shape), 1) + np.reshape(move, (ndim, *[1] * ndim))
    return _at(x, coordinates, order, mode, cval, prefilter)


@written_out(scipy.ndimage.rotate)
def rotate(
    input, angle, axes=(1, 0), reshape=True, output=None, order=3, mode="constant", cval=0.0, prefilter=True
):
    _without(output)
    x = np.asarray(input)
    first, second = sorted([axis % np.ndim(x) for axis in axes])
    cosine, sine = scipy.special.cosdg(angle), scipy.special.sindg(angle)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    sizes = np.array([np.shape(x)[first], np.shape(x)[second]])
    shape = list(np.shape(x))
    if reshape:
        fixed = rt.scipy_ndimage.turned_extent(turn, sizes)
        shape[first], shape[second] = fixed[0], fixed[1]
    grid = np.indices(shape)
    center = (np.array([shape[first], shape[second]]) - 1.0) / 2.0
    move = (sizes - 1.0) / 2.0 - turn @ center
    coordinates = [grid[k] * 1.0 for k in range(np.ndim(x))]
    coordinates[first] = turn[0, 0] * grid[first] + turn[0, 1] * grid[second] + move[0]
    coordinates[second] = turn[1, 0] * grid[first] + turn[1, 1] * grid[second] + move[1]
    return _at(x, coordinates, order, mode, cval, prefilter)
