"""Adjoints of products whose form depends on the ranks of the factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype, unbroadcast

__all__ = [
    "dot_adjoint_a",
    "dot_adjoint_b",
    "einsum_extras",
    "einsum_pattern",
    "inner_adjoint_a",
    "inner_adjoint_b",
    "matmul_adjoint_a",
    "matmul_adjoint_b",
    "tensordot_adjoint_a",
    "tensordot_adjoint_b",
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


def matmul_adjoint_a(cotangent: Array, shape: Shape, b: Array) -> Array:
    """Return the gradient of ``a``, of the given shape, in ``np.matmul(a, b)``."""
    if np.ndim(b) == 1:
        if len(shape) == 1:
            return cotangent * b
        return _fit(np.expand_dims(cotangent, -1) * b, shape)
    if len(shape) == 1:
        return _fit(np.matmul(b, np.expand_dims(cotangent, -1))[..., 0], shape)
    return _fit(np.matmul(cotangent, np.swapaxes(b, -1, -2)), shape)


def matmul_adjoint_b(cotangent: Array, a: Array, shape: Shape) -> Array:
    """Return the gradient of ``b``, of the given shape, in ``np.matmul(a, b)``."""
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


def _labels(subscripts: Any, operands: Any) -> tuple[list[list[str]], list[str]]:
    """Return the labels of each operand's axes and of the result's, with the ellipsis written out."""
    if not isinstance(subscripts, str):
        raise NoDerivativeError(
            "np.einsum has a derivative only where its first argument is text.",
            "Write np.einsum('ij,jk->ik', a, b).",
        )
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    hidden = [np.ndim(x) - len(term.replace("...", "")) for term, x in zip(terms, operands)]
    widest = max([n for term, n in zip(terms, hidden) if "..." in term], default=0)
    dots = [f".{i}" for i in range(widest)]

    def written_out(term: str, count: int) -> list[str]:
        before, ellipsis, after = term.partition("...")
        return [*before, *(dots[len(dots) - count :] if ellipsis else []), *after]

    labels = [written_out(term, n) for term, n in zip(terms, hidden)]
    if arrow:
        return labels, written_out(output, widest)
    letters = [label for term in labels for label in term if not label.startswith(".")]
    return labels, dots + sorted(label for label in set(letters) if letters.count(label) == 1)


def _einsum_plan(subscripts: Any, operands: Any, k: int) -> tuple[list[list[str]], list[str], list[Array]]:
    """Return the terms, the result and the further factors of the einsum that is operand ``k``'s gradient."""
    labels, output = _labels(subscripts, operands)
    known = set(output).union(*(labels[:k] + labels[k + 1 :]))
    dtype = inexact_dtype(operands[k])
    target: list[str] = []
    terms: list[list[str]] = []
    extras: list[Array] = []
    for label, size in zip(labels[k], np.shape(operands[k])):
        if label in target:  # a diagonal: the second axis gets a label of its own, tied by an identity matrix
            twin = f"{label}'{len(target)}"
            terms.append([label, twin])
            extras.append(np.eye(size, dtype=dtype))
            target.append(twin)
            continue
        if label not in known:
            terms.append([label])
            extras.append(np.ones(size, dtype))
        target.append(label)
    return [output, *labels[:k], *labels[k + 1 :], *terms], target, extras


def einsum_pattern(subscripts: str, operands: Any, k: int) -> str:
    """Return the subscripts of the einsum of the cotangent and the other operands that is operand ``k``'s gradient."""
    terms, target, _ = _einsum_plan(subscripts, operands, k)
    alphabet = iter("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters: dict[str, str] = {}
    for label in [label for term in terms for label in term] + target:
        if label not in letters:
            letters[label] = next(alphabet)
    write = lambda term: "".join(letters[label] for label in term)  # noqa: E731
    return ",".join(write(term) for term in terms) + "->" + write(target)


def einsum_extras(subscripts: str, operands: Any, k: int) -> list[Array]:
    """Return the ones and identity matrices that complete the einsum of `einsum_pattern`."""
    return _einsum_plan(subscripts, operands, k)[2]
