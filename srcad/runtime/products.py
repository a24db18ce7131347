"""Adjoints of products whose form depends on the ranks of the factors."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from srcad.runtime.arrays import unbroadcast

__all__ = [
    "dot_adjoint_a",
    "dot_adjoint_b",
    "cross_adjoints",
    "array_positions",
    "einsum_gradient",
    "einsum_of",
    "einsum_subscripts",
    "inner_adjoint_a",
    "inner_adjoint_b",
    "last_axes",
    "matmul_adjoint_a",
    "matmul_adjoint_b",
    "tensordot_adjoint_a",
    "kron_shapes",
    "part_of_convolution",
    "tensordot_adjoint_b",
    "whole_convolution",
    "with_item",
]

Array = Any
Shape = tuple[int, ...]


def _fit(cotangent: Array, shape: Shape) -> Array:
    return (
        unbroadcast(cotangent, np.broadcast_to(cotangent.dtype.type(0), shape))
        if shape
        else np.sum(cotangent)
    )


def dot_adjoint_a(cotangent: Array, shape: Shape, b: Array) -> Array:
    """Return the gradient of ``a``, of the given shape, in ``np.dot(a, b)``."""
    if not shape:
        return np.sum(cotangent * b)
    if np.ndim(b) == 0:
        return cotangent * b
    if np.ndim(b) == 1:
        return np.multiply.outer(cotangent, b)
    axes = list(range(len(shape) - 1, np.ndim(cotangent)))
    kept = [i for i in range(np.ndim(b)) if i != np.ndim(b) - 2]
    return np.tensordot(cotangent, b, (axes, kept))


def dot_adjoint_b(cotangent: Array, a: Array, shape: Shape) -> Array:
    """Return the gradient of ``b``, of the given shape, in ``np.dot(a, b)``."""
    if not shape:
        return np.sum(cotangent * a)
    if np.ndim(a) == 0:
        return cotangent * a
    rows = list(range(np.ndim(a) - 1))
    product = np.tensordot(a, cotangent, (rows, rows))
    return np.moveaxis(product, 0, len(shape) - 2) if len(shape) > 1 else product


def inner_adjoint_a(cotangent: Array, shape: Shape, b: Array) -> Array:
    """Return the gradient of ``a``, of the given shape, in ``np.inner(a, b)``."""
    if not shape:
        return np.sum(cotangent * b)
    if np.ndim(b) == 0:
        return cotangent * b
    return np.tensordot(cotangent, b, np.ndim(b) - 1)


def inner_adjoint_b(cotangent: Array, a: Array, shape: Shape) -> Array:
    """Return the gradient of ``b``, of the given shape, in ``np.inner(a, b)``."""
    if not shape:
        return np.sum(cotangent * a)
    if np.ndim(a) == 0:
        return cotangent * a
    free = list(range(np.ndim(a) - 1))
    return np.tensordot(cotangent, a, (free, free))


def last_axes(axes: Any) -> tuple[int, ...]:
    """Return as many of the last axes as there are ``axes``.

    >>> last_axes((0, 1)), last_axes(2), last_axes(())
    ((-2, -1), (-1,), ())
    """
    count = len(axes) if isinstance(axes, (tuple, list)) else 1
    return tuple(range(-count, 0))


def matmul_adjoint_a(cotangent: Array, shape: Shape, b: Array) -> Array:
    """Return the gradient of ``a``, of the given shape, in ``np.matmul(a, b)``."""
    b = np.asarray(b)
    if np.ndim(b) == 1:
        if len(shape) == 1:
            return cotangent * b
        return _fit(np.expand_dims(cotangent, -1) * b, shape)
    if len(shape) == 1:
        return _fit(np.matmul(b, np.expand_dims(cotangent, -1))[..., 0], shape)
    return _fit(np.matmul(cotangent, np.swapaxes(b, -1, -2)), shape)


def matmul_adjoint_b(cotangent: Array, a: Array, shape: Shape) -> Array:
    """Return the gradient of ``b``, of the given shape, in ``np.matmul(a, b)``."""
    a = np.asarray(a)
    if np.ndim(a) == 1:
        if len(shape) == 1:
            return cotangent * a
        return _fit(np.expand_dims(a, -1) * np.expand_dims(cotangent, -2), shape)
    if len(shape) == 1:
        return _fit(np.matmul(np.swapaxes(a, -1, -2), np.expand_dims(cotangent, -1))[..., 0], shape)
    return _fit(np.matmul(np.swapaxes(a, -1, -2), cotangent), shape)


def _contracted(axes: Any, rank_a: int, rank_b: int) -> tuple[list[int], list[int]]:
    if isinstance(axes, (int, np.integer)):
        return list(range(rank_a - int(axes), rank_a)), list(range(int(axes)))
    in_a, in_b = ([part] if isinstance(part, (int, np.integer)) else list(part) for part in axes)
    return [i % rank_a for i in in_a], [i % rank_b for i in in_b]


def tensordot_adjoint_a(cotangent: Array, shape: Shape, b: Array, axes: Any) -> Array:
    """Return the gradient of ``a``, of the given shape, in ``np.tensordot(a, b, axes)``."""
    in_a, in_b = _contracted(axes, len(shape), np.ndim(b))
    free_a = [i for i in range(len(shape)) if i not in in_a]
    free_b = [i for i in range(np.ndim(b)) if i not in in_b]
    product = np.tensordot(cotangent, b, (list(range(len(free_a), len(free_a) + len(free_b))), free_b))
    contracted = [in_a[i] for i in np.argsort(in_b)]
    return np.transpose(product, np.argsort(free_a + contracted))


def tensordot_adjoint_b(cotangent: Array, a: Array, shape: Shape, axes: Any) -> Array:
    """Return the gradient of ``b``, of the given shape, in ``np.tensordot(a, b, axes)``."""
    in_a, in_b = _contracted(axes, np.ndim(a), len(shape))
    free_a = [i for i in range(np.ndim(a)) if i not in in_a]
    free_b = [i for i in range(len(shape)) if i not in in_b]
    product = np.tensordot(a, cotangent, (free_a, list(range(len(free_a)))))
    contracted = [in_b[i] for i in np.argsort(in_a)]
    return np.transpose(product, np.argsort(contracted + free_b))


# -- cross and Kronecker products, convolutions ------------------------------------------------------


def cross_adjoints(
    cotangent: Array, a: Array, b: Array, axisa: int, axisb: int, axisc: int
) -> tuple[Array, Array]:
    """Return the gradients of ``a`` and ``b`` in ``np.cross``."""
    first, second = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    sizes = first.shape[-1], second.shape[-1]
    first, second = (_in_space(x) for x in (first, second))
    if sizes == (2, 2):
        g = np.stack([np.zeros_like(cotangent), np.zeros_like(cotangent), cotangent], axis=-1)
    else:
        g = np.moveaxis(cotangent, axisc, -1)
    found = []
    for left, right, size, value, axis in ((second, g, sizes[0], a, axisa), (g, first, sizes[1], b, axisb)):
        part = unbroadcast(np.cross(left, right)[..., :size], np.moveaxis(value, axis, -1))
        found.append(np.moveaxis(part, -1, axis))
    return found[0], found[1]


def _in_space(vectors: Array) -> Array:
    """Return vectors of the plane as vectors of space."""
    if vectors.shape[-1] == 3:
        return vectors
    return np.concatenate([vectors, np.zeros_like(vectors[..., :1])], axis=-1)


def kron_shapes(shape_a: Shape, shape_b: Shape) -> tuple[Any, ...]:
    """Return how to reshape the factors and the result of ``np.kron`` so that it is an outer product.

    The last two parts are the axes of ``a`` and those of ``b`` in the reshaped result.
    """
    rank = max(len(shape_a), len(shape_b))
    full_a = (1,) * (rank - len(shape_a)) + tuple(shape_a)
    full_b = (1,) * (rank - len(shape_b)) + tuple(shape_b)
    spread_a = tuple(n for pair in zip(full_a, (1,) * rank) for n in pair)
    spread_b = tuple(n for pair in zip((1,) * rank, full_b) for n in pair)
    both = tuple(n for pair in zip(full_a, full_b) for n in pair)
    return spread_a, spread_b, both, tuple(range(0, 2 * rank, 2)), tuple(range(1, 2 * rank, 2))


def _part_of_convolution(n: int, m: int, mode: str, mirrored: bool) -> slice:
    """Return which part of the full convolution of ``n`` and ``m`` numbers a mode returns."""
    short, long = min(n, m), max(n, m)
    if mode == "valid":
        return slice(short - 1, long)
    if mode == "same":
        start = (short - 1) // 2
        if mirrored and n < m:
            start = short - 1 - start
        return slice(start, start + long)
    return slice(0, n + m - 1)


def whole_convolution(cotangent: Array, n: int, m: int, mode: str, mirrored: bool) -> Array:
    """Return the gradient of the full convolution, of which ``mode`` returns a part."""
    result = np.zeros(n + m - 1, cotangent.dtype)
    result[_part_of_convolution(n, m, mode, mirrored)] = cotangent
    return result


def part_of_convolution(whole: Array, n: int, m: int, mode: str, mirrored: bool) -> Array:
    """Return the part of a full convolution that ``mode`` returns."""
    return whole[_part_of_convolution(n, m, mode, mirrored)]


# -- einsum ------------------------------------------------------------------------------------------


def _split_operands(operands: Any) -> tuple[list[list[Any]], list[Any] | None, list[int]]:
    """Return the labels of each array and of the result (or None), and the positions of the arrays.

    A label is a letter, an int, or ``...``.
    """
    if isinstance(operands[0], str):
        inputs, arrow, output = operands[0].replace(" ", "").partition("->")
        terms = [_letters(term) for term in inputs.split(",")]
        return terms, _letters(output) if arrow else None, list(range(1, len(operands)))
    count = len(operands) // 2
    terms = [list(operands[2 * i + 1]) for i in range(count)]
    return terms, list(operands[-1]) if len(operands) % 2 else None, list(range(0, 2 * count, 2))


def _letters(term: str) -> list[Any]:
    before, ellipsis, after = term.partition("...")
    return [*before, *([...] if ellipsis else []), *after]


def _written_out(operands: Any) -> tuple[list[list[Any]], list[Any], list[Array]]:
    """Return the labels of each array and of the result, where a label of an ellipsis is a tuple; and the arrays."""
    terms, output, positions = _split_operands(operands)
    arrays = [operands[i] for i in positions]
    hidden = [np.ndim(x) - len(term) + 1 if ... in term else 0 for term, x in zip(terms, arrays)]
    dots = [("...", i) for i in range(max(hidden))]

    def expand(term: list[Any], count: int) -> list[Any]:
        kept = dots[len(dots) - count :]
        return [label for part in term for label in (kept if part is ... else [part])]

    labels = [expand(term, n) for term, n in zip(terms, hidden)]
    if output is not None:
        return labels, expand(output, len(dots)), arrays
    plain = [label for term in labels for label in term if not isinstance(label, tuple)]
    return labels, dots + sorted(label for label in set(plain) if plain.count(label) == 1), arrays


def _numbered(*terms: list[Any]) -> list[list[int]]:
    numbers: dict[Any, int] = {}
    return [[numbers.setdefault(label, len(numbers)) for label in term] for term in terms]


def _einsum_adjoint(
    cotangent: Array, labels: Any, output: Any, arrays: list[Array], k: int, optimize: Any
) -> Array:
    value, own = arrays[k], labels[k]
    target = list(dict.fromkeys(own))
    sizes = dict(zip(own, np.shape(value)))
    others = [term for i, term in enumerate(labels) if i != k]
    known = set(output).union(*others)
    reached = [label for label in target if label in known]
    numbered = _numbered(output, *others, reached)
    factors = [x for i, x in enumerate(arrays) if i != k]
    pairs = [part for pair in zip([cotangent, *factors], numbered) for part in pair]
    found = np.einsum(*pairs, numbered[-1], optimize=optimize)
    if len(reached) < len(target):  # a label that was summed alone
        found = np.reshape(found, [sizes[label] if label in known else 1 for label in target])
        lengths = [n if label not in known else found.shape[i] for i, (label, n) in enumerate(sizes.items())]
        found = np.broadcast_to(found, lengths)
    if len(target) < len(own):  # a diagonal
        result = np.zeros(np.shape(value), found.dtype)
        np.einsum(result, _numbered(own)[0], _numbered(own, target)[1])[...] = found
        found = result
    return unbroadcast(found, value)


def einsum_subscripts(terms: Any, output: Any = None) -> str:
    """Return the text of subscripts that are given as lists of whole numbers and ellipses.

    >>> einsum_subscripts([[0, 1], [1, ...]], [0])
    'AB,B...->A'
    """
    letters = string.ascii_uppercase + string.ascii_lowercase
    parts = ["".join("..." if label is ... else letters[label] for label in term) for term in terms]
    result = [] if output is None else ["->", *einsum_subscripts([output])]
    return "".join([",".join(parts), *result])


def array_positions(operands: Any) -> list[int]:
    """Return which of the arguments of ``np.einsum`` are arrays, not subscripts."""
    return _split_operands(operands)[2]


def einsum_of(operands: Any, optimize: Any) -> Array:
    """Return ``np.einsum(*operands)``."""
    return np.einsum(*operands, optimize=optimize)


def einsum_gradient(cotangent: Array, operands: Any, k: int, optimize: Any) -> Any:
    """Return the gradient of the argument ``k`` of ``np.einsum``, in either form; 0.0 for subscripts."""
    positions = array_positions(operands)
    if k not in positions:
        return 0.0
    labels, output, arrays = _written_out(operands)
    return _einsum_adjoint(cotangent, labels, output, arrays, positions.index(k), optimize)


def with_item(items: Any, k: int, value: Any) -> tuple[Any, ...]:
    """Return a tuple of the items with ``value`` at position ``k``."""
    return (*items[:k], value, *items[k + 1 :])
