"""Adjoints of functions that put entries in, leave them out or repeat them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype, unbroadcast

__all__ = [
    "axes_from",
    "axes_upto",
    "block_adjoint",
    "column_of",
    "conversion_table",
    "delete_adjoint",
    "fixed_order",
    "order_in_memory",
    "insert_adjoints",
    "kept_shape",
    "meshgrid_adjoint",
    "nested_like",
    "record_places",
    "reduceat_adjoint",
    "resize_adjoint",
    "rows_adjoint",
    "rows_along",
    "slice_ends",
    "unrolled_axes",
    "vander_powers",
    "window_adjoint",
]

Array = Any
Shape = tuple[int, ...]


def order_in_memory(array: Array, order: str) -> str:
    """Return the order of entries that ``'A'`` or ``'K'`` stands for, as the array lies in memory.

    >>> order_in_memory(np.ones((2, 3)).T, "A"), order_in_memory(np.ones((2, 3)), "K")
    ('F', 'C')
    """
    flags = np.asarray(array).flags
    if order in ("A", "K") and flags.forc:
        return "F" if flags.fnc else "C"
    return "C" if order == "A" else order


def fixed_order(order: str) -> str:
    """Return an order of entries, which must not depend on how an array lies in memory."""
    if order not in ("C", "F"):
        raise NoDerivativeError(
            f"The order {order!r} depends on how an array lies in memory, which a gradient does not know.",
            "Use the order 'C' or 'F'.",
        )
    return order


def unrolled_axes(rank: int, axis: int, start: int) -> list[int]:
    """Return the axes of the transposition that undoes ``np.rollaxis``."""
    order = np.shape(np.rollaxis(np.empty(range(rank)), axis, start)) if rank else ()
    return [int(i) for i in np.argsort(order)]


def meshgrid_adjoint(cotangents: Any, xi: Any, indexing: str) -> list[Array]:
    """Return the gradients of the coordinates in ``np.meshgrid``."""
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[:2] = [1, 0]
    found = []
    for cotangent, x, place in zip(cotangents, xi, places):
        others = tuple(i for i in range(np.ndim(cotangent)) if i != place)
        found.append(np.reshape(np.sum(cotangent, axis=others), np.shape(x)))
    return found


def resize_adjoint(cotangent: Array, shape: Shape) -> Array:
    """Return the gradient of an array of the given shape in ``np.resize``."""
    size = math.prod(shape)
    flat = np.ravel(cotangent)
    if size == 0:
        return np.zeros(shape, flat.dtype)
    rounds = -(-flat.size // size)
    whole = np.zeros(rounds * size, flat.dtype)
    whole[: flat.size] = flat
    return np.reshape(np.sum(np.reshape(whole, (rounds, size)), axis=0), shape)


def delete_adjoint(cotangent: Array, shape: Shape, obj: Any, axis: int | None) -> Array:
    """Return the gradient of an array of the given shape in ``np.delete``."""
    result = np.zeros(shape if axis is not None else math.prod(shape), inexact_dtype(cotangent))
    along = np.moveaxis(result, axis or 0, 0)
    kept = np.delete(np.arange(along.shape[0]), obj)
    along[kept] = np.moveaxis(cotangent, axis or 0, 0)
    return np.reshape(result, shape)


def insert_adjoints(
    cotangent: Array, arr: Array, obj: Any, values: Array, axis: int | None
) -> tuple[Array, Array]:
    """Return the gradients of the array and of the inserted values in ``np.insert``."""
    place = 0 if axis is None else axis % np.ndim(arr)
    length = np.size(arr) if axis is None else np.shape(arr)[place]
    count = np.shape(cotangent)[place] - length
    # the new entries are marked -1, -2, ... in the order of the values
    marks = np.insert(np.arange(length), obj, -1 - np.arange(count))
    along = np.moveaxis(cotangent, place, 0)
    kept = np.reshape(np.moveaxis(along[marks >= 0], 0, place), np.shape(arr))
    new = along[np.flatnonzero(marks < 0)[np.argsort(-marks[marks < 0])]]
    is_scalar = isinstance(obj, (int, np.integer))
    if not is_scalar:
        new = np.moveaxis(new, 0, place)
    rank = np.ndim(new)
    if np.ndim(values) < rank and is_scalar:
        spread = np.reshape(values, (1,) * (rank - np.ndim(values)) + np.shape(values))
        moved = np.moveaxis(spread, 0, place)
        part = unbroadcast(np.moveaxis(new, 0, place), moved)
        return kept, np.reshape(part, np.shape(values))
    return kept, unbroadcast(new, values)


def vander_powers(shape: Shape, increasing: bool) -> Array:
    """Return the powers in the columns of ``np.vander``."""
    powers = np.arange(shape[-1])
    return powers if increasing else powers[::-1]


# -- np.block ----------------------------------------------------------------------------------------


def _depth(nested: Any) -> int:
    return 1 + max(map(_depth, nested)) if isinstance(nested, list) else 0


def _block_shape(nested: Any, rank: int, depth: int) -> list[int]:
    if not isinstance(nested, list):
        return [1] * (rank - np.ndim(nested)) + list(np.shape(nested))
    shapes = [_block_shape(part, rank, depth - 1) for part in nested]
    whole = list(shapes[0])
    whole[-depth] = sum(shape[-depth] for shape in shapes)
    return whole


def _cut_block(cotangent: Array, nested: Any, depth: int) -> Any:
    if not isinstance(nested, list):
        return unbroadcast(np.reshape(cotangent, np.shape(nested))[()], nested)
    widths = [_block_shape(part, np.ndim(cotangent), depth - 1)[-depth] for part in nested]
    parts = np.split(cotangent, np.cumsum(widths)[:-1], axis=-depth)
    return [_cut_block(part, inner, depth - 1) for part, inner in zip(parts, nested)]


def block_adjoint(cotangent: Array, arrays: Any) -> Any:
    """Return the gradients of the nested arrays in ``np.block``."""
    return _cut_block(cotangent, arrays, _depth(arrays))


def nested_like(cotangents: Any, arrays: Any) -> Any:
    """Return nested gradients, where 0.0 may stand for any zeros, with an array for each of the nested arrays."""
    if isinstance(arrays, list):
        parts = [cotangents] * len(arrays) if isinstance(cotangents, float) else cotangents
        return [nested_like(part, value) for part, value in zip(parts, arrays)]
    return np.broadcast_to(np.asarray(cotangents, inexact_dtype(arrays)), np.shape(arrays))


# -- windows -----------------------------------------------------------------------------------------


def window_adjoint(cotangent: Array, shape: Shape, window_shape: Any, axis: Any) -> Array:
    """Return the gradient of an array of the given shape in ``sliding_window_view``: each entry is in many windows."""
    sizes = tuple(window_shape) if np.iterable(window_shape) else (window_shape,)
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    places = [i % len(shape) for i in axes]
    result = np.zeros(shape, inexact_dtype(cotangent))
    for offsets in np.ndindex(*sizes):
        starts = [0] * len(shape)
        for place, offset in zip(places, offsets):
            starts[place] += offset
        index = tuple(slice(start, start + n) for start, n in zip(starts, np.shape(cotangent)))
        result[index] += cotangent[(..., *offsets)]
    return result


# -- methods of ufuncs -------------------------------------------------------------------------------


def record_places(array: Array, ans: Array, axis: int) -> Array:
    """Return where the entries of a running maximum or minimum come from: the first place that has them."""
    along, reached = np.moveaxis(array, axis, 0), np.moveaxis(ans, axis, 0)
    is_new = np.ones(np.shape(along), bool)
    is_new[1:] = reached[1:] != reached[:-1]
    steps = np.reshape(np.arange(len(along)), (-1,) + (1,) * (np.ndim(along) - 1))
    return np.moveaxis(np.maximum.accumulate(np.where(is_new, steps, 0), axis=0), 0, axis)


def _segments(indices: Any, length: int) -> list[slice]:
    starts = np.asarray(indices).tolist()
    ends = [*starts[1:], length]
    return [slice(start, end if end > start else start + 1) for start, end in zip(starts, ends)]


def reduceat_adjoint(cotangent: Array, shape: Shape, indices: Any, axis: int) -> Array:
    """Return the gradient of an array of the given shape in ``np.add.reduceat``."""
    result = np.zeros(shape, inexact_dtype(cotangent))
    along, parts = np.moveaxis(result, axis, 0), np.moveaxis(cotangent, axis, 0)
    lengths = np.diff([*np.asarray(indices).tolist(), len(along)])
    if np.all(lengths > 0):
        along[indices[0] :] = np.repeat(parts, lengths, axis=0)
        return result
    for part, segment in zip(parts, _segments(indices, len(along))):
        along[segment] += part
    return result


def axes_from(first: Array, whole: Array) -> tuple[int, ...]:
    """Return the axes of an outer result that belong to the second operand."""
    return tuple(range(np.ndim(first), np.ndim(whole)))


def axes_upto(first: Array) -> tuple[int, ...]:
    """Return the axes of an outer result that belong to the first operand."""
    return tuple(range(np.ndim(first)))


def column_of(first: Array, rank: int) -> Array:
    """Return ``first`` with axes of length one for each axis of the second operand."""
    return np.reshape(first, np.shape(first) + (1,) * rank)


def rows_along(array: Array, axis: Any) -> Array:
    """Return ``array`` with the axes of a reduction brought to the front, as one."""
    array = np.asarray(array)
    if axis is None:
        return np.ravel(array)
    axes = [i % array.ndim for i in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    kept = [i for i in range(array.ndim) if i not in axes]
    return np.reshape(np.transpose(array, axes + kept), (-1, *[array.shape[i] for i in kept]))


def rows_adjoint(cotangent: Array, shape: Shape, axis: Any) -> Array:
    """Return the gradient of an array of the given shape in `rows_along`."""
    if axis is None:
        return np.reshape(cotangent, shape)
    axes = [i % len(shape) for i in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    order = axes + [i for i in range(len(shape)) if i not in axes]
    return np.transpose(np.reshape(cotangent, [shape[i] for i in order]), np.argsort(order))


def kept_shape(shape: Shape, axis: Any) -> Shape:
    """Return a shape with length 1 along the axes of a reduction."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    places = [i % len(shape) for i in axes]
    return tuple(1 if i in places else n for i, n in enumerate(shape))


def slice_ends(indices: Any, length: int) -> list[tuple[int, int]]:
    """Return where the slices of ``ufunc.reduceat`` begin and end; one that would be empty has one entry."""
    starts = [int(i) for i in np.asarray(indices)]
    stops = [*starts[1:], length]
    return [(start, max(stop, start + 1)) for start, stop in zip(starts, stops)]


def conversion_table(function: Any, length: int) -> Array:
    """Return the values of a linear map of series, such as ``cheb2poly``, at each of the basis, as rows."""
    rows = np.zeros((length, length))
    for row, unit in zip(rows, np.eye(length)):
        image = function(unit)
        row[: len(image)] = image
    return rows
