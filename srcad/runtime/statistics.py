"""What the derivatives of averages, covariances and histograms need."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad.runtime.arrays import cast_back, extreme_share, inexact_dtype

__all__ = [
    "part_of_bins",
    "part_of_range",
    "cell_volumes",
    "coordinates",
    "counts_adjoint",
    "counts_of",
    "edges_adjoint",
    "edges_tangent",
    "observations",
    "observed",
    "weight_layout",
]

Array = Any
Shape = tuple[int, ...]


def weight_layout(shape: Shape, weights: Shape, axis: Any) -> tuple[list[int], Shape, Shape]:
    """Return how the weights of ``np.average`` are transposed and reshaped to broadcast with the array.

    The third part is the shape between the two.
    """
    if tuple(weights) == tuple(shape):
        return list(range(len(shape))), tuple(shape), tuple(shape)
    axes = [i % len(shape) for i in (axis if isinstance(axis, tuple) else (axis,))]
    order = [int(i) for i in np.argsort(axes)]
    spread = tuple(n if i in axes else 1 for i, n in enumerate(shape))
    return order, spread, tuple(weights[i] for i in order)


# -- covariances -------------------------------------------------------------------------------------


def _as_rows(m: Array, rowvar: bool) -> Array:
    rows = np.atleast_2d(m)
    return rows if rowvar or np.shape(rows)[0] == 1 and np.ndim(m) < 2 else rows.T


def observations(m: Array, y: Any, rowvar: bool) -> Array:
    """Return the variables of ``np.cov`` as the rows of one matrix."""
    rows = _as_rows(m, rowvar)
    if y is None:
        return rows
    return np.concatenate((rows, _as_rows(y, rowvar)))


def observed(rows: Array, m: Array, y: Any, rowvar: bool) -> tuple[Array, Array]:
    """Return the rows that belong to ``m`` and to ``y`` in their forms; 0.0 where ``y`` is None."""
    count = len(_as_rows(m, rowvar))
    first = _from_rows(rows[:count], m, rowvar)
    return first, 0.0 if y is None else _from_rows(rows[count:], y, rowvar)


def _from_rows(rows: Array, m: Array, rowvar: bool) -> Array:
    whole = rows if np.shape(_as_rows(m, rowvar)) == np.shape(np.atleast_2d(m)) and rowvar else rows.T
    whole = np.reshape(rows if np.ndim(m) < 2 else whole, np.shape(m))
    return whole if np.iscomplexobj(m) else np.real(whole)


# -- histograms --------------------------------------------------------------------------------------


def coordinates(sample: Any) -> tuple[Array, ...]:
    """Return the coordinates of the points of ``np.histogramdd``."""
    if isinstance(sample, np.ndarray):
        return tuple(np.atleast_2d(sample.T))
    return tuple(np.asarray(part) for part in sample)


def _cells(edges: Any, points: Any) -> tuple[Array, Array]:
    """Return the cell of each point, and which points are in one."""
    inside = np.ones(np.shape(np.ravel(points[0])), bool)
    cells = []
    for bounds, values in zip(edges, points):
        values = np.ravel(values)
        cell = np.searchsorted(bounds, values, "right") - 1
        cell[values == bounds[-1]] = len(bounds) - 2
        inside &= (cell >= 0) & (cell < len(bounds) - 1)
        cells.append(np.clip(cell, 0, len(bounds) - 2))
    return tuple(cells), inside


def cell_volumes(edges: Any) -> Array:
    """Return the volumes of the cells of a histogram.

    >>> cell_volumes(([0.0, 1.0, 3.0], [0.0, 2.0])).tolist()
    [[2.0], [4.0]]
    """
    return math.prod(np.meshgrid(*[np.diff(bounds) for bounds in edges], indexing="ij"))


def counts_adjoint(cotangent: Array, edges: Any, points: Any, weights: Array) -> Array:
    """Return the gradient of the weights in the counts of a histogram."""
    if isinstance(cotangent, float):
        return np.full(np.shape(weights), cotangent)
    cells, inside = _cells(edges, points)
    return cast_back(np.reshape(np.where(inside, cotangent[cells], 0), np.shape(weights)), cotangent, weights)


def counts_of(weights: Array, edges: Any, points: Any) -> Array:
    """Return the sums of weights in the cells of a histogram."""
    cells, inside = _cells(edges, points)
    shape = tuple(len(bounds) - 1 for bounds in edges)
    flat = np.ravel_multi_index(tuple(cell[inside] for cell in cells), shape)
    parts = np.ravel(weights)[inside]
    counted = np.bincount(flat, np.real(parts).astype(float), math.prod(shape))
    if np.iscomplexobj(parts):
        counted = counted + 1j * np.bincount(flat, np.imag(parts).astype(float), math.prod(shape))
    return np.reshape(counted.astype(inexact_dtype(weights)), shape)


def _ends_follow(bins: Any, interval: Any) -> bool:
    return np.ndim(bins) == 0 and interval is None


def edges_adjoint(cotangent: Array, a: Array, edges: Array, bins: Any, interval: Any) -> Array:
    """Return the gradient of the data in the edges of ``np.histogram``, which lie between their extremes."""
    result = np.zeros(np.shape(a), inexact_dtype(a))
    if isinstance(cotangent, float) or not _ends_follow(bins, interval):
        return result
    upper, cotangent = np.linspace(0.0, 1.0, len(edges)).astype(result.dtype), np.real(cotangent)
    for extreme, weights in ((np.min(a), 1 - upper), (np.max(a), upper)):
        result = result + np.sum(cotangent * weights) * extreme_share(a, extreme, None)
    return result.astype(inexact_dtype(a))


def edges_tangent(tangent: Array, a: Array, edges: Array, bins: Any, interval: Any) -> Array:
    """Return the derivative of the edges of ``np.histogram`` in the direction ``tangent`` of the data."""
    if not _ends_follow(bins, interval):
        return np.zeros(np.shape(edges), inexact_dtype(a))
    upper = np.linspace(0.0, 1.0, len(edges), dtype=inexact_dtype(tangent))
    ends = [np.sum(tangent * extreme_share(a, extreme, None)) for extreme in (np.min(a), np.max(a))]
    return ends[0] * (1 - upper) + ends[1] * upper


def part_of_bins(bins: Any, axis: int) -> Any:
    """Return the bins of ``np.histogram2d`` on one axis: their number, or their edges.

    >>> part_of_bins([2, 3], 1), part_of_bins(4, 1)
    (3, 4)
    """
    pair = np.iterable(bins) and len(bins) == 2
    return bins[axis] if pair else bins


def part_of_range(interval: Any, axis: int) -> Any:
    """Return the ends of the histogram on one axis, None if they are those of the data."""
    return None if interval is None else interval[axis]
