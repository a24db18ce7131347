"""Adjoints of differences along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.runtime.arrays import inexact_dtype, unbroadcast

__all__ = [
    "axis_shape",
    "cut",
    "gradient_adjoint",
    "gradient_axes",
    "joined",
    "joined_shape",
    "slab",
    "stencil_ends",
    "stencil_places",
    "trapezoid_adjoint",
]

Array = Any
Shape = tuple[int, ...]


def slab(rank: int, axis: int, start: int | None, stop: int | None) -> tuple[slice, ...]:
    """Return the index of a part along one axis of an array."""
    index = [slice(None)] * rank
    index[axis] = slice(start, stop)
    return tuple(index)


def axis_shape(rank: int, axis: int) -> list[int]:
    """Return the shape that brings a vector to one axis of an array, for ``np.reshape``."""
    shape = [1] * rank
    shape[axis] = -1
    return shape


# -- np.diff with prepend and append -----------------------------------------------------------------


def _lengths(a: Array, prepend: Any, append: Any, axis: int) -> list[int]:
    ends = [0 if end is None else np.shape(end)[axis] if np.ndim(end) else 1 for end in (prepend, append)]
    return [ends[0], np.shape(a)[axis], ends[1]]


def joined_shape(a: Array, prepend: Any, append: Any, axis: int) -> Shape:
    """Return the shape of ``a`` with what ``np.diff`` joins to it."""
    shape = list(np.shape(a))
    shape[axis] = sum(_lengths(a, prepend, append, axis))
    return tuple(shape)


def cut(whole: Array, a: Array, prepend: Any, append: Any, axis: int) -> tuple[Array, Array, Array]:
    """Return the parts of ``whole`` that belong to ``a``, ``prepend`` and ``append``; 0.0 for None."""
    first, middle, _ = _lengths(a, prepend, append, axis)
    rank = np.ndim(a)
    return (
        whole[slab(rank, axis, first, first + middle)],
        0.0 if prepend is None else unbroadcast(whole[slab(rank, axis, 0, first)], prepend),
        0.0 if append is None else unbroadcast(whole[slab(rank, axis, first + middle, None)], append),
    )


def joined(parts: Any, a: Array, prepend: Any, append: Any, axis: int) -> Array:
    """Return the parts for ``a``, ``prepend`` and ``append`` as one array; 0.0 may stand for zeros."""
    whole = np.zeros(
        joined_shape(a, prepend, append, axis), inexact_dtype(*(np.asarray(p).dtype for p in parts))
    )
    first, middle, _ = _lengths(a, prepend, append, axis)
    rank = np.ndim(a)
    whole[slab(rank, axis, first, first + middle)] = parts[0]
    whole[slab(rank, axis, 0, first)] = parts[1]
    whole[slab(rank, axis, first + middle, None)] = parts[2]
    return whole


# -- np.trapezoid ------------------------------------------------------------------------------------


def trapezoid_adjoint(sides: Array, shape: Shape, axis: int) -> Array:
    """Return the sums of what each trapezium adds to the two heights beside it; ``sides`` broadcasts.

    >>> trapezoid_adjoint(np.array([2.0]), (4,), 0)
    array([1., 2., 2., 1.])
    """
    half = 0.5 * sides
    result = np.zeros(shape, inexact_dtype(half))
    result[slab(len(shape), axis, None, -1)] = half
    result[slab(len(shape), axis, 1, None)] += half
    return result


# -- np.gradient -------------------------------------------------------------------------------------


def gradient_adjoint(cotangent: Any, shape: Shape, varargs: Any, axis: Any, edge_order: int) -> Array:
    """Return the gradient of an array of the given shape in ``np.gradient``."""
    axes = gradient_axes(len(shape), axis)
    parts = cotangent if isinstance(cotangent, (list, tuple)) else [cotangent]
    spacings = list(varargs) if len(varargs) == len(axes) else list(varargs or [1.0]) * len(axes)
    given = [(part, i, h) for part, i, h in zip(parts, axes, spacings) if not isinstance(part, float)]
    result = np.zeros(shape, inexact_dtype(*(part for part, _, _ in given)) if given else float)
    for part, i, spacing in given:
        along = np.moveaxis(result, i, 0)
        steps = np.diff(spacing) if np.ndim(spacing) else np.full(shape[i] - 1, spacing)
        _add_stencil(along, np.moveaxis(part, i, 0), steps.astype(result.real.dtype), edge_order)
    return result


def _add_stencil(result: Array, g: Array, steps: Array, edge_order: int) -> None:
    """Add the transposed differences along the first axis."""
    column = (slice(None), *([None] * (g.ndim - 1)))
    h1, h2 = steps[:-1][column], steps[1:][column]
    inner, uneven = g[1:-1], h2 - h1
    result[:-2] -= inner * (h2 / (h1 * (h1 + h2)))
    if np.any(uneven):
        result[1:-1] += inner * (uneven / (h1 * h2))
    result[2:] += inner * (h1 / (h2 * (h1 + h2)))
    if edge_order == 1:
        for end, weight in ((0, steps[0]), (-2, steps[-1])):
            edge = g[0 if end == 0 else -1] / weight
            result[end] -= edge
            result[end + 1] += edge
        return
    for end, (h, k), sign in ((0, steps[:2], 1), (-1, steps[:-3:-1], -1)):
        edge = g[end] * sign
        result[end] -= edge * (2 * h + k) / (h * (h + k))
        result[end + sign] += edge * (h + k) / (h * k)
        result[end + 2 * sign] -= edge * h / (k * (h + k))


def gradient_axes(rank: int, axis: Any) -> list[int]:
    """Return the axes along which ``np.gradient`` forms differences."""
    return list(range(rank)) if axis is None else [int(i) % rank for i in np.atleast_1d(axis)]


def stencil_places(count: int) -> tuple[Any, ...]:
    """Return where the three entries and the two steps stand that each difference along an axis is made of."""
    first = np.clip(np.arange(count) - 1, 0, max(count - 3, 0))
    entries = [np.minimum(first + k, count - 1) for k in range(3)]
    return (*entries, first, np.minimum(first + 1, count - 2))


def stencil_ends(count: int) -> tuple[Array, Array, Array]:
    """Return 1 at the first difference along an axis, at the inner ones and at the last, and 0 elsewhere."""
    places = np.arange(count)
    return tuple(
        where.astype(np.int8)
        for where in (places == 0, (places > 0) & (places < count - 1), places == count - 1)
    )
