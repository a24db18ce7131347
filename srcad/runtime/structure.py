"""Adjoints of functions that place, repeat, order or accumulate entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype, scatter

__all__ = [
    "array_like",
    "cofactor",
    "common_dtype",
    "cumprod_adjoint",
    "cumprod_tangent",
    "diag_adjoint",
    "diagonal_adjoint",
    "diff_adjoint",
    "imag_adjoint",
    "inverse_axes",
    "item_adjoint",
    "linspace_weights",
    "lower_half",
    "lower_rows",
    "off_diagonal",
    "parts_like",
    "prod_others",
    "reduced_last",
    "repeat_adjoint",
    "reshape_like",
    "scatter_along_axis",
    "split_columns",
    "split_depths",
    "split_like",
    "shaped",
    "split_rows",
    "split_stacked_columns",
    "grid_of",
    "structured_like",
    "take_adjoint",
    "tile_adjoint",
    "unsort",
    "unstack_like",
    "vector_only",
]

Array = Any
Shape = tuple[int, ...]


def _field_of(cotangent: Array, x: Array) -> Array:
    """Return the real part of a complex gradient where ``x`` is real."""
    return np.real(cotangent) if np.iscomplexobj(cotangent) and not np.iscomplexobj(x) else cotangent


def split_like(cotangent: Array, arrays: Any, axis: int | None) -> Any:
    """Cut ``cotangent`` along ``axis`` into parts as long as ``arrays``; None stands for flattened arrays."""
    if axis is None:
        ends = np.cumsum([np.size(a) for a in arrays])[:-1]
        return [np.reshape(_field_of(p, a), np.shape(a)) for p, a in zip(np.split(cotangent, ends), arrays)]
    ends = np.cumsum([np.shape(a)[axis] for a in arrays])[:-1]
    parts = np.split(cotangent, ends, axis)
    if isinstance(arrays, np.ndarray):
        return np.stack(parts)
    return [_field_of(p, a) for p, a in zip(parts, arrays)]


def unstack_like(cotangent: Array, arrays: Any, axis: int) -> Any:
    """Return the parts of ``cotangent`` along ``axis``: a list unless ``arrays`` is itself an array."""
    parts = np.moveaxis(cotangent, axis, 0)
    return parts if isinstance(arrays, np.ndarray) else [_field_of(p, a) for p, a in zip(parts, arrays)]


def structured_like(cotangent: Array, value: Any) -> Any:
    """Return the entries of ``cotangent`` in the nested lists from which ``np.array`` made an array."""
    if isinstance(value, (list, tuple)):
        return [structured_like(part, item) for part, item in zip(cotangent, value)]
    return _field_of(cotangent, value)


def grid_of(grid: Any, *bounds: Any) -> Any:
    """Return ``np.mgrid`` or ``np.ogrid`` at slices, each given by its start, its end and its step.

    >>> grid_of(np.ogrid, (0, 3, None))
    array([0, 1, 2])
    """
    slices = tuple(slice(*part) if isinstance(part, tuple) else part for part in bounds)
    return grid[slices if len(slices) > 1 else slices[0]]


def array_like(parts: Any, x: Array) -> Array:
    """Return nested lists of gradients, where 0.0 may stand for any zeros, as an array of the shape of ``x``.

    Those of what is a list itself stay a list.
    """
    if not isinstance(x, (np.ndarray, np.generic, float, int, complex)):
        return parts
    if not isinstance(parts, (list, tuple)):
        return np.array(np.broadcast_to(parts, np.shape(x)))
    if np.ndim(x) == 1:
        return np.array(parts)
    return np.stack([array_like(part, entry) for part, entry in zip(parts, x)])


def shaped(cotangent: Array, shape: tuple[int, ...]) -> Array:
    """Return the gradient of an array of this shape, for which 0.0 stands where nothing has been added to it.

    >>> shaped(0.0, (2,)), shaped(0.5, ())
    (array([0., 0.]), 0.5)
    """
    return cotangent if np.shape(cotangent) == shape else np.array(np.broadcast_to(cotangent, shape))


def split_rows(cotangent: Array, arrays: Any) -> list[Array]:
    """Return the parts of ``cotangent`` that belong to the arrays joined by ``np.vstack``."""
    ends = np.cumsum([np.shape(np.atleast_2d(a))[0] for a in arrays])[:-1]
    return [np.reshape(_field_of(p, a), np.shape(a)) for p, a in zip(np.split(cotangent, ends, 0), arrays)]


def split_columns(cotangent: Array, arrays: Any) -> list[Array]:
    """Return the parts of ``cotangent`` that belong to the arrays joined by ``np.hstack``."""
    axis = 0 if np.ndim(arrays[0]) <= 1 else 1
    ends = np.cumsum([np.shape(np.atleast_1d(a))[axis] for a in arrays])[:-1]
    return [np.reshape(_field_of(p, a), np.shape(a)) for p, a in zip(np.split(cotangent, ends, axis), arrays)]


def split_stacked_columns(cotangent: Array, arrays: Any) -> list[Array]:
    """Return the parts of ``cotangent`` that belong to the arrays joined by ``np.column_stack``."""
    ends = np.cumsum([np.shape(a)[1] if np.ndim(a) > 1 else 1 for a in arrays])[:-1]
    return [np.reshape(_field_of(p, a), np.shape(a)) for p, a in zip(np.split(cotangent, ends, 1), arrays)]


def split_depths(cotangent: Array, arrays: Any) -> list[Array]:
    """Return the parts of ``cotangent`` that belong to the arrays joined by ``np.dstack``."""
    ends = np.cumsum([np.shape(np.atleast_3d(a))[2] for a in arrays])[:-1]
    return [np.reshape(_field_of(p, a), np.shape(a)) for p, a in zip(np.split(cotangent, ends, 2), arrays)]


def common_dtype(arrays: Any) -> np.dtype[Any]:
    """Return the dtype of gradients of arrays that are joined."""
    return inexact_dtype(*arrays)


def parts_like(cotangents: Any, parts: Any) -> list[Array]:
    """Return the gradients of the parts of a split array, with zeros for the number 0.0."""
    given = [cotangents] * len(parts) if isinstance(cotangents, float) else cotangents
    return [np.broadcast_to(np.asarray(c, inexact_dtype(p)), np.shape(p)) for c, p in zip(given, parts)]


def reshape_like(cotangents: Any, arrays: Any) -> Any:
    """Bring each of ``cotangents`` to the shape of its array; one array has a cotangent without a list."""
    if len(arrays) == 1:
        cotangents = [cotangents]
    return [np.reshape(c, np.shape(a)) for c, a in zip(cotangents, arrays)]


def inverse_axes(axes: Any, rank: int) -> list[int]:
    """Return the axes that undo a transposition; ``axes`` may be a sequence, or hold one or nothing."""
    if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
        axes = axes[0]
    if axes is None or len(axes) == 0:
        return list(range(rank))[::-1]
    return [int(i) for i in np.argsort([axis % rank for axis in axes])]


def item_adjoint(cotangent: Array, shape: Shape, args: tuple[Any, ...]) -> Array:
    """Return the gradient of an array of the given shape in ``array.item(*args)``."""
    result = np.zeros(shape, inexact_dtype(cotangent))
    place = args[0] if len(args) == 1 and isinstance(args[0], tuple) else args
    result[place if len(place) > 1 else np.unravel_index(place[0] if place else 0, shape)] = cotangent
    return result


def repeat_adjoint(cotangent: Array, shape: Shape, repeats: Any, axis: int | None) -> Array:
    """Return the gradient of an array of the given shape in ``np.repeat``."""
    axis = axis if shape else None
    size = int(np.prod(shape)) if axis is None else shape[axis]
    along = np.moveaxis(np.atleast_1d(cotangent), 0 if axis is None else axis, 0)
    if np.size(repeats) == 1:
        result = np.sum(np.reshape(along, (size, int(np.reshape(repeats, ())), *along.shape[1:])), axis=1)
    else:
        result = np.zeros((size, *along.shape[1:]), along.dtype)
        np.add.at(result, np.repeat(np.arange(size), repeats), along)
    return np.reshape(result, shape) if axis is None else np.moveaxis(result, 0, axis)


def tile_adjoint(cotangent: Array, shape: Shape, reps: Any) -> Array:
    """Return the gradient of an array of the given shape in ``np.tile``."""
    counts = tuple(np.atleast_1d(reps).tolist())
    rank = max(len(counts), len(shape))
    counts = (1,) * (rank - len(counts)) + counts
    full = (1,) * (rank - len(shape)) + tuple(shape)
    pairs = [n for pair in zip(counts, full) for n in pair]
    return np.sum(np.reshape(cotangent, pairs), axis=tuple(range(0, 2 * rank, 2))).reshape(shape)


def take_adjoint(cotangent: Array, shape: Shape, indices: Any, axis: int | None, mode: str) -> Array:
    """Return the gradient of an array of the given shape in ``np.take``."""
    axis = axis if shape else None
    size = int(np.prod(shape)) if axis is None else shape[axis]
    indices = np.asarray(indices if np.size(indices) else np.zeros(np.shape(indices), int))
    if mode == "wrap":
        indices = indices % size
    elif mode == "clip":
        indices = np.clip(indices, 0, size - 1)
    if axis is None:
        return np.reshape(scatter(cotangent, np.zeros(size), indices), shape)
    place = axis % len(shape)
    return scatter(cotangent, np.broadcast_to(0.0, shape), (slice(None),) * place + (indices,))


def unsort(cotangent: Array, order: Array, axis: int) -> Array:
    """Return the gradient of an array in ``np.take_along_axis(array, order, axis)``, where ``order`` is a permutation."""
    result = np.empty_like(cotangent)
    np.put_along_axis(result, order, cotangent, axis)
    return result


def scatter_along_axis(cotangent: Array, shape: Shape, indices: Array, axis: int | None) -> Array:
    """Return the gradient of an array of the given shape in ``np.take_along_axis``."""
    if axis is None:
        return np.reshape(scatter(cotangent, np.zeros(int(np.prod(shape))), indices), shape)
    return scatter(cotangent, np.broadcast_to(0.0, shape), places_along_axis(shape, indices, axis))


def places_along_axis(shape: Shape, indices: Array, axis: int) -> tuple[Array, ...]:
    """Return the index of what ``np.take_along_axis`` takes from an array of the given shape."""
    grid = list(np.ogrid[tuple(slice(n) for n in shape)])
    grid[axis] = indices
    return tuple(grid)


def diag_adjoint(cotangent: Array, shape: Shape, k: int) -> Array:
    """Return the gradient of an array of the given shape in ``np.diag``."""
    if len(shape) == 1:
        return np.diagonal(cotangent, k)
    return diagonal_adjoint(cotangent, shape, k, 0, 1)


def diagonal_adjoint(cotangent: Array, shape: Shape, offset: int, axis1: int, axis2: int) -> Array:
    """Return the gradient of an array of the given shape in ``np.diagonal``."""
    result = np.zeros(shape, inexact_dtype(cotangent))
    matrices = np.moveaxis(result, (axis1, axis2), (-2, -1))
    rows, columns = matrices.shape[-2:]
    count = max(min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns), 0)
    steps = np.arange(count)
    matrices[..., steps + max(-offset, 0), steps + max(offset, 0)] = cotangent
    return result


def diff_adjoint(cotangent: Array, shape: Shape, n: int, axis: int) -> Array:
    """Return the gradient of an array of the given shape in ``np.diff``."""
    if not np.shape(cotangent)[axis]:
        return np.zeros(shape, inexact_dtype(cotangent))
    result = np.moveaxis(cotangent, axis, 0)
    for _ in range(n):
        longer = np.zeros((len(result) + 1, *result.shape[1:]), result.dtype)
        longer[1:] = result
        longer[:-1] -= result
        result = longer
    return np.moveaxis(result, 0, axis)


def reduced_last(a: Array, axis: Any) -> tuple[list[int], Shape]:
    """Return how to bring the axes of a reduction to the end, and the shape with them made into one."""
    rank, shape = np.ndim(a), np.shape(a)
    axes = range(rank) if axis is None or not rank else axis if isinstance(axis, tuple) else (axis,)
    last = [i % rank for i in axes]
    kept = [i for i in range(rank) if i not in last]
    return kept + last, (*(shape[i] for i in kept), int(np.prod([shape[i] for i in last], dtype=int)))


def prod_others(a: Array, axis: Any) -> Array:
    """Return for each entry of ``a`` the product over ``axis`` of all the others."""
    product = np.prod(a, axis=axis, keepdims=True)
    if np.all(product) and np.all(np.isfinite(product)):
        return product / a
    order, shape = reduced_last(a, axis)
    moved = np.transpose(a, order)
    flat = np.reshape(moved, shape)
    ones = np.ones((*shape[:-1], 1), flat.dtype)
    before = np.cumprod(np.concatenate([ones, flat[..., :-1]], axis=-1), axis=-1)
    after = np.flip(np.cumprod(np.concatenate([ones, np.flip(flat, -1)[..., :-1]], axis=-1), axis=-1), -1)
    return np.transpose(np.reshape(before * after, np.shape(moved)), np.argsort(order))


def off_diagonal(a: Array) -> Array:
    """Return a matrix for each vector along the last axis: its copies, with 1 on the diagonal."""
    n = np.shape(a)[-1]
    return np.where(np.eye(n, dtype=bool), 1, np.expand_dims(a, -2))


def lower_rows(a: Array) -> Array:
    """Return a matrix for each vector along the last axis: its copies, with 1 above the diagonal."""
    n = np.shape(a)[-1]
    return np.where(np.tri(n, dtype=bool), np.expand_dims(a, -2), 1)


def _is_regular(a: Array, products: Array) -> bool:
    """Tell whether running products may be divided by their factors without loss.

    Products that underflow must not grow again, and no factor may be so small that its quotient is lost.
    """
    magnitudes = np.abs(products)
    tiny = np.finfo(magnitudes.dtype if magnitudes.dtype.kind == "f" else float).tiny
    factors = np.abs(a)
    return not a.size or bool(
        factors.min() > tiny**0.2
        and magnitudes.max() < np.inf
        and (magnitudes.min() > tiny or np.all(factors[magnitudes <= tiny] <= 1))
    )


def cumprod_adjoint(cotangent: Array, a: Array, axis: int) -> Array:
    """Return the gradient of ``a`` in ``np.cumprod``, also where entries are zero."""
    a = np.asarray(a)
    products = np.cumprod(a, axis)
    if _is_regular(a, products):
        return np.flip(np.cumsum(np.flip(cotangent * products, axis), axis), axis) / a
    a, cotangent = np.moveaxis(a, axis, -1), np.moveaxis(cotangent, axis, -1)
    before = np.ones(a.shape[:-1], a.dtype)
    prefix = []
    for i in range(a.shape[-1]):
        prefix.append(before)
        before = before * a[..., i]
    result = np.zeros(a.shape, inexact_dtype(cotangent, a))
    tail = np.zeros(a.shape[:-1], result.dtype)
    for i in reversed(range(a.shape[-1])):
        # tail: the sum over k >= i of g[k] times the product of a[i + 1 : k + 1]
        tail = cotangent[..., i] + (tail * a[..., i + 1] if i + 1 < a.shape[-1] else 0)
        result[..., i] = prefix[i] * tail
    return np.moveaxis(result, -1, axis)


def cumprod_tangent(tangent: Array, a: Array, axis: int) -> Array:
    """Return the derivative of ``np.cumprod(a, axis)`` in the direction ``tangent``, also where entries are zero."""
    a, tangent = np.asarray(a), np.asarray(tangent)
    products = np.cumprod(a, axis)
    if _is_regular(a, products):
        return products * np.cumsum(tangent / a, axis)
    a, tangent = np.moveaxis(a, axis, -1), np.moveaxis(tangent, axis, -1)
    result = np.zeros(a.shape, inexact_dtype(tangent, a))
    before, change = np.ones(a.shape[:-1], a.dtype), np.zeros(a.shape[:-1], result.dtype)
    for i in range(a.shape[-1]):
        change = change * a[..., i] + before * tangent[..., i]
        before = before * a[..., i]
        result[..., i] = change
    return np.moveaxis(result, -1, axis)


def lower_half(x: Array) -> Array:
    """Return the lower triangle of each matrix, with the diagonal halved."""
    n = np.shape(x)[-1]
    return np.tril(x) * (1 - 0.5 * np.eye(n)).astype(inexact_dtype(x))


def imag_adjoint(cotangent: Array, val: Array) -> Array:
    """Return the gradient of ``val`` in ``np.imag(val)``."""
    return np.real(cotangent) * (-1j if np.iscomplexobj(val) else 0.0)


def vector_only(x: Array, ord: Any, axis: Any) -> Array:
    """Return ``x``, whose norm must be one of vectors, and not one that counts entries."""
    if ord == 0 or isinstance(ord, str) or isinstance(axis, tuple) or axis is None and np.ndim(x) != 1:
        raise NoDerivativeError(
            f"np.linalg.norm with ord={ord!r} has no derivative rule for these axes.",
            "Use ord=None or ord='fro', or the norm of vectors along an axis.",
        )
    return x


def cofactor(a: Array) -> Array:
    """Return the gradient of ``np.linalg.det(a)``, also where ``a`` is singular."""
    determinant = np.linalg.det(a)
    if np.all(determinant):
        return np.expand_dims(determinant, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)
    u, s, vh = np.linalg.svd(a)
    signs = np.expand_dims(np.linalg.det(u) * np.linalg.det(vh), (-2, -1))
    return signs * np.conj((u * np.expand_dims(prod_others(s, -1), -2)) @ vh)


def linspace_weights(cotangent: Array, num: int, endpoint: bool) -> Array:
    """Return the weights of the end in each entry of ``np.linspace``."""
    return np.linspace(0.0, 1.0, num, endpoint, dtype=inexact_dtype(cotangent))
