"""Pieces of the derivatives of matrix factorisations: triangles, gaps, phases, and gradients along a direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype
from srcad.runtime.structure import prod_others

__all__ = [
    "above_rank",
    "allowed_option",
    "axes_moved_last",
    "chain_matrices",
    "cofactor_along",
    "conj_transpose",
    "default_rcond",
    "diagonal_matrix",
    "divide_gaps",
    "weighted_singular_parts",
    "doublings",
    "filled",
    "fold_hermitian",
    "gauge_invariant",
    "hermitian",
    "identity_like",
    "is_zero",
    "largest_entries",
    "largest_modulus",
    "norm_axes",
    "record_like",
]

Array = Any
Shape = tuple[int, ...]


# -- matrices ----------------------------------------------------------------------------------------


def conj_transpose(x: Array) -> Array:
    """Return the conjugate transpose of each matrix, as a new array."""
    return np.conj(np.swapaxes(x, -1, -2))


def hermitian(a: Array, uplo: str) -> Array:
    """Return the Hermitian matrix that is written in the lower ("L") or upper ("U") triangle of ``a``."""
    strict = np.tril(a, -1) if uplo.upper() == "L" else np.triu(a, 1)
    return strict + conj_transpose(strict) + _diagonal_part(np.real(a))


def fold_hermitian(x: Array, uplo: str) -> Array:
    """Return the adjoint of `hermitian`: what a triangle gets of a gradient of the whole matrix."""
    strict = np.tril(x, -1) + conj_transpose(np.triu(x, 1))
    return (strict if uplo.upper() == "L" else conj_transpose(strict)) + _diagonal_part(np.real(x))


def diagonal_matrix(x: Array) -> Array:
    """Return the matrices with the last axis of ``x`` on their diagonals."""
    return np.expand_dims(x, -1) * np.eye(np.shape(x)[-1], dtype=bool)


def _diagonal_part(a: Array) -> Array:
    return a * np.eye(np.shape(a)[-1], dtype=bool)


def identity_like(n: int, x: Array) -> Array:
    """Return the identity matrix of size ``n`` in the precision of gradients beside ``x``."""
    return np.eye(n, dtype=inexact_dtype(np.real(x)))


def doublings(n: int) -> list[bool]:
    """Return the steps from the exponent 1 to ``n``: where it is doubled, and where it grows by one.

    >>> doublings(6)
    [True, False, True]
    """
    steps = []
    for digit in bin(n)[3:]:
        steps += [True, False] if digit == "1" else [True]
    return steps


def cofactor_along(a: Array, direction: Array) -> Array:
    """Return the derivative of the cofactor matrix of ``a`` along ``direction``, also where ``a`` is singular.

    With ``a = u s vh`` the cofactors of ``s + m`` are, to first order in ``m = u^H direction v``, sums of products
    of all singular values but one or two, so that nothing is divided.
    """
    u, s, vh = np.linalg.svd(a)
    middle = np.conj(np.swapaxes(u, -1, -2)) @ direction @ np.conj(np.swapaxes(vh, -1, -2))
    pairs = _products_without_two(s)
    diagonal = np.diagonal(middle, 0, -2, -1)
    inner = -pairs * np.swapaxes(middle, -1, -2)
    inner = inner + _diagonal_part(np.expand_dims((pairs @ np.expand_dims(diagonal, -1))[..., 0], -2))
    phase = np.expand_dims(np.linalg.det(u) * np.linalg.det(vh), (-2, -1))
    return phase * (np.conj(u) @ inner @ np.conj(vh))


def _products_without_two(s: Array) -> Array:
    """Return ``p[i, j]``, the product of all entries but ``i`` and ``j``; the diagonal is 0."""
    n = np.shape(s)[-1]
    others = np.eye(n, dtype=bool)
    without_one = np.where(others, s.dtype.type(1), np.expand_dims(s, -2))
    return np.where(others, 0, prod_others(without_one, -1)).astype(s.dtype)


# -- eigenvalues and singular values -----------------------------------------------------------------


def divide_gaps(x: Array, w: Array) -> Array:
    """Return ``x[i, j] / (w[j] - w[i])``, with zeros on the diagonal and where ``x`` is 0.

    Where two entries of ``w`` coincide the quotient is infinite, as the eigenvectors are not differentiable.
    """
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    zero = np.equal(x, 0) | np.eye(np.shape(w)[-1], dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(zero, 0, x / np.where(zero, 1, gaps))


def weighted_singular_parts(weights: Array, a: Array) -> Array:
    """Return the sum of ``weights[i] * u[i] v[i]^H`` over the singular vectors of ``a``.

    It is the gradient of the singular values, and depends smoothly on ``a`` where values coincide that have no weight.
    """
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return (u * np.expand_dims(weights, -2)) @ vh


def above_rank(s: Array, shape: Shape) -> Array:
    """Tell which singular values of a matrix of this shape are not zero but for rounding."""
    tolerance = max(shape[-2:]) * np.finfo(s.dtype).eps
    return s > tolerance * np.max(s, axis=-1, keepdims=True, initial=0)


def largest_entries(v: Array) -> Array:
    """Mark, in each column, the entry of largest modulus, which LAPACK makes real in eigenvectors."""
    size = np.abs(v)
    return np.equal(np.expand_dims(np.argmax(size, axis=-2), -2), np.expand_dims(np.arange(v.shape[-2]), -1))


def largest_modulus(*arrays: Array) -> float:
    """Return the largest modulus of any entry."""
    return max(float(np.max(np.abs(array), initial=0)) for array in arrays)


def gauge_invariant(value: Array, violation: Array, scale: Array, function: str) -> Array:
    """Return ``value``, the gradient of vectors that a factorisation leaves free up to phases or rotations.

    Raises
    ------
    NoDerivativeError
        If ``violation``, the part of the gradient along this freedom, is not small beside ``scale``.
    """
    size = np.max(np.abs(violation), initial=0)
    limit = np.sqrt(np.finfo(inexact_dtype(value)).eps) * np.max(np.abs(scale), initial=0)
    if size > limit:
        raise NoDerivativeError(
            f"{function} leaves its vectors free up to complex phases or rotations of a null space, "
            "and the result depends on this choice, so that it has no derivative.",
            "Use only what does not depend on it, such as the values, or the product of the vectors "
            "with their conjugate transpose.",
        )
    return value


def default_rcond(a: Array, rcond: Any) -> Any:
    """Return the relative cutoff below which ``np.linalg.lstsq`` takes singular values for zero."""
    return np.finfo(inexact_dtype(a)).eps * max(np.shape(a)) if rcond is None else rcond


# -- results and options -----------------------------------------------------------------------------


def is_zero(cotangent: Any) -> bool:
    """Tell whether a gradient is the number 0.0, which stands for zeros of any shape."""
    return isinstance(cotangent, (int, float)) and cotangent == 0


def filled(cotangent: Any, x: Array) -> Array:
    """Return a gradient as an array of the shape of ``x``, where it may be the number 0.0."""
    return np.zeros_like(x) if is_zero(cotangent) and np.shape(x) else np.asarray(cotangent)


def record_like(record: Any, *parts: Any) -> Any:
    """Return these parts as a namedtuple of the class of ``record``, or as a tuple."""
    return type(record)(*parts) if hasattr(record, "_fields") else parts


def allowed_option(value: Any, allowed: Sequence[Any], name: str) -> Any:
    """Return the value of an option, which must be one of those that have a derivative."""
    if value not in allowed:
        raise NoDerivativeError(
            f"There is no derivative with {name}={value!r}.",
            f"Use one of {', '.join(map(repr, allowed))}.",
        )
    return value


def chain_matrices(arrays: Sequence[Array]) -> list[Array]:
    """Return new matrices of the factors of ``np.linalg.multi_dot``: a first vector as a row, a last as a column."""
    first, *between, last = [np.array(array) for array in arrays]
    row = np.reshape(first, (1, -1)) if first.ndim == 1 else first
    column = np.reshape(last, (-1, 1)) if last.ndim == 1 else last
    return [row, *between, column]


def norm_axes(ndim: int, axis: Any) -> tuple[int, ...]:
    """Return the axes of the vectors or matrices whose norms ``np.linalg.norm`` takes."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(axis) if isinstance(axis, (tuple, list)) else (int(axis),)


def axes_moved_last(ndim: int, axes: Any) -> tuple[int, ...]:
    """Return the order of axes in which ``np.linalg.tensorsolve`` reads its matrix."""
    order = list(range(ndim))
    for axis in axes or ():
        order.remove(axis)
        order.append(axis)
    return tuple(order)
