"""Which entries of a matrix a solver reads, and where entries are placed: the linear maps of the rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from srcad.runtime.arrays import inexact_dtype

__all__ = [
    "as_columns",
    "band_product",
    "band_product_adjoint",
    "band_transposed",
    "band_widths",
    "block",
    "block_adjoint",
    "block_sum",
    "blocks_of",
    "corner",
    "corner_adjoint",
    "expm_frechet",
    "eye_like",
    "from_columns",
    "gather_entries",
    "gathered_from",
    "hermitian_cutoff",
    "is_lower",
    "lower_factor",
    "lower_factor_adjoint",
    "lower_half",
    "order_of_rows",
    "packed_factor",
    "packed_factor_adjoint",
    "permute_rows",
    "pivots_of",
    "positions",
    "placed_blocks",
    "read_entries",
    "read_entries_adjoint",
    "signs_of_rq",
    "triangle",
    "triangle_adjoint",
    "whole_band",
    "whole_band_adjoint",
]

Array = Any  # a NumPy array


# -- right-hand sides --------------------------------------------------------------------------------


def as_columns(x: Array, ndim: int) -> Array:
    """Return ``x`` with a last axis of length 1 where the right-hand side was a vector (``ndim`` is 1)."""
    return x[..., None] if ndim == 1 else x


def from_columns(x: Array, ndim: int) -> Array:
    """Undo ``as_columns``."""
    return x[..., 0] if ndim == 1 else x


# -- the entries that a solver reads -----------------------------------------------------------------

_SYMMETRIC = ("sym", "symmetric", "pos", "positive definite", "her", "hermitian")
_HERMITIAN = _SYMMETRIC[2:]


def read_entries(a: Array, assume_a: str | None, lower: bool) -> Array:
    """Return the matrix that ``scipy.linalg.solve`` works with, made of the entries of ``a`` it reads."""
    if assume_a in _HERMITIAN and np.iscomplexobj(a):
        half = np.tril(a, -1) if lower else np.triu(a, 1)
        return half + np.conj(np.swapaxes(half, -1, -2)) + np.real(_diagonal(a, 0))
    if assume_a in _SYMMETRIC:
        half = np.tril(a, -1) if lower else np.triu(a, 1)
        return half + np.swapaxes(half, -1, -2) + _diagonal(a, 0)
    return _kept(a, assume_a)


def read_entries_adjoint(g: Array, assume_a: str | None, lower: bool) -> Array:
    """Return the gradient of ``a`` in ``read_entries``."""
    if assume_a in _HERMITIAN and np.iscomplexobj(g):
        half = g + np.conj(np.swapaxes(g, -1, -2))
        return (np.tril(half, -1) if lower else np.triu(half, 1)) + np.real(_diagonal(g, 0))
    if assume_a in _SYMMETRIC:
        half = g + np.swapaxes(g, -1, -2)
        return (np.tril(half, -1) if lower else np.triu(half, 1)) + _diagonal(g, 0)
    return _kept(g, assume_a)


def _kept(a: Array, assume_a: str | None) -> Array:
    if assume_a == "upper triangular":
        return np.triu(a)
    if assume_a == "lower triangular":
        return np.tril(a)
    if assume_a == "diagonal":
        return _diagonal(a, 0)
    if assume_a == "tridiagonal":
        return _diagonal(a, 1)
    return a


def _diagonal(a: Array, width: int) -> Array:
    return np.tril(np.triu(a, -width), width)


def triangle(a: Array, lower: bool, unit_diagonal: bool) -> Array:
    """Return the matrix that ``scipy.linalg.solve_triangular`` works with."""
    return triangle_adjoint(a, lower, unit_diagonal) + (eye_like(a) if unit_diagonal else 0)


def triangle_adjoint(g: Array, lower: bool, unit_diagonal: bool) -> Array:
    """Return the part of ``g`` at the entries that ``triangle`` reads."""
    inner = 1 if unit_diagonal else 0
    return np.tril(g, -inner) if lower else np.triu(g, inner)


# -- factors -----------------------------------------------------------------------------------------


def eye_like(a: Array) -> Array:
    """Return the identity of the order and the dtype of ``a``."""
    return np.eye(np.shape(a)[-1], dtype=inexact_dtype(a))


def lower_half(x: Array) -> Array:
    """Return the lower triangle of each matrix, with the diagonal halved."""
    return np.tril(x) - 0.5 * _diagonal(x, 0)


def is_lower(c_and_lower: tuple[Array, bool]) -> bool:
    """Tell which triangle holds the factor that ``scipy.linalg.cho_factor`` gave."""
    return bool(np.all(c_and_lower[1]))


def lower_factor(c: Array, lower: bool) -> Array:
    """Return the lower triangular factor that ``c`` holds in one of its triangles."""
    return np.tril(c) if lower else np.conj(np.swapaxes(np.triu(c), -1, -2))


def lower_factor_adjoint(g: Array, lower: bool) -> Array:
    """Return the gradient of ``c`` in ``lower_factor``."""
    return np.tril(g) if lower else np.conj(np.triu(np.swapaxes(g, -1, -2)))


def pivots_of(lu_and_piv: tuple[Array, Array]) -> Array:
    """Return the pivots that ``scipy.linalg.lu_factor`` gave."""
    return lu_and_piv[1]


def packed_factor(lu: Array, lower: bool) -> Array:
    """Return one factor out of ``lu``: the unit lower triangular one, or the upper triangular one."""
    return np.tril(lu, -1) + eye_like(lu) if lower else np.triu(lu)


def packed_factor_adjoint(g: Array, lower: bool) -> Array:
    """Return the gradient of ``lu`` in ``packed_factor``."""
    return np.tril(g, -1) if lower else np.triu(g)


def hermitian_cutoff(a: Array, atol: float | None, rtol: float | None) -> tuple[Array, Array]:
    """Return which part of the largest eigenvalue counts as zero in ``scipy.linalg.pinvh``, and the rank.

    >>> hermitian_cutoff(np.diag([2.0, 0.25, 0.0]), 0.5, 0.25)
    (np.float64(0.5), np.int64(1))
    """
    sizes = np.abs(np.linalg.eigvalsh(a))
    largest = np.max(sizes, axis=-1)
    relative = np.shape(a)[-1] * np.finfo(sizes.dtype).eps if rtol is None else rtol
    cutoff = relative + (0.0 if atol is None else atol) / largest
    return cutoff, np.sum(sizes > np.expand_dims(cutoff * largest, -1), axis=-1)


def signs_of_rq(a: Array, upper: Array) -> Array:
    """Return the numbers of modulus 1 by which SciPy's upper factor of a matrix differs from another one, by columns."""
    ratio = np.diagonal(scipy.linalg.rq(a, mode="economic")[0]) / np.diagonal(upper)
    return ratio / np.abs(ratio)


def order_of_rows(a: Array) -> Array:
    """Return the order in which partial pivoting takes the rows of a matrix.

    >>> order_of_rows(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([1, 0])
    """
    return np.argsort(scipy.linalg.lu(a, p_indices=True)[0])


def permute_rows(x: Array, pivots: Array, inverse: bool) -> Array:
    """Exchange rows of ``x`` as LAPACK's ``pivots`` say, from the first to the last or back."""
    orders = np.broadcast_to(np.arange(np.shape(x)[-2]), (*np.shape(pivots)[:-1], np.shape(x)[-2])).copy()
    for place in np.ndindex(np.shape(pivots)[:-1]):
        order = orders[place]
        for row, pivot in enumerate(pivots[place]):
            order[[row, pivot]] = order[[pivot, row]]
    orders = np.argsort(orders, axis=-1) if inverse else orders
    return (
        x[..., orders, :] if np.ndim(pivots) == 1 else np.take_along_axis(x, orders[..., np.newaxis], axis=-2)
    )


# -- functions of matrices: f([[a, e], [0, a]]) = [[f(a), df(a)[e]], [0, f(a)]] -------------------------


def expm_frechet(a: Array, e: Array) -> Array:
    """Return the derivative of the matrix exponential at ``a`` in the direction ``e``, also of stacks."""
    if np.ndim(a) == 2 and np.ndim(e) == 2:
        return scipy.linalg.expm_frechet(a, e, compute_expm=False).astype(inexact_dtype(a, e), copy=False)
    return corner(scipy.linalg.expm(block(a, e)))


def block(a: Array, e: Array) -> Array:
    """Return ``[[a, e], [0, a]]``."""
    return np.concatenate(
        [np.concatenate([a, e], axis=-1), np.concatenate([np.zeros_like(a), a], axis=-1)], axis=-2
    )


def block_sum(whole: Array) -> Array:
    """Return the sum of the two diagonal blocks."""
    n = np.shape(whole)[-1] // 2
    return whole[..., :n, :n] + whole[..., n:, n:]


def block_adjoint(a: Array) -> Array:
    """Return ``[[a, 0], [0, a]]``."""
    return block(a, np.zeros_like(a))


def corner(whole: Array) -> Array:
    """Return the upper right block."""
    n = np.shape(whole)[-1] // 2
    return whole[..., :n, n:]


def corner_adjoint(e: Array) -> Array:
    """Return ``[[0, e], [0, 0]]``."""
    return block(np.zeros_like(e), e)


# -- banded matrices ---------------------------------------------------------------------------------


def band_product(l_and_u: tuple[int, int], ab: Array, x: Array) -> Array:
    """Return the product of the banded matrix with diagonals ``ab`` and of the columns ``x``."""
    lower, upper = l_and_u
    n = np.shape(ab)[-1]
    leading = np.broadcast_shapes(np.shape(ab)[:-2], np.shape(x)[:-2])
    result = np.zeros((*leading, *np.shape(x)[-2:]), inexact_dtype(ab, x))
    for row, offset in enumerate(range(upper, -lower - 1, -1)):
        start, stop = max(0, offset), min(n, n + offset)
        result[..., start - offset : stop - offset, :] += (
            ab[..., row, start:stop, None] * x[..., start:stop, :]
        )
    return result


def band_product_adjoint(l_and_u: tuple[int, int], g: Array, x: Array) -> Array:
    """Return the gradient of ``ab`` in ``band_product``, where ``g`` is that of the product."""
    lower, upper = l_and_u
    n = np.shape(x)[-2]
    leading = np.broadcast_shapes(np.shape(g)[:-2], np.shape(x)[:-2])
    result = np.zeros((*leading, lower + upper + 1, n), inexact_dtype(g, x))
    for row, offset in enumerate(range(upper, -lower - 1, -1)):
        start, stop = max(0, offset), min(n, n + offset)
        part = g[..., start - offset : stop - offset, :] * x[..., start:stop, :]
        result[..., row, start:stop] = np.sum(part, axis=-1)
    return result


def band_transposed(l_and_u: tuple[int, int], ab: Array) -> Array:
    """Return the diagonals of the transposed banded matrix, in the order of widths ``(u, l)``."""
    lower, upper = l_and_u
    n = np.shape(ab)[-1]
    result = np.zeros_like(ab)
    for row, offset in enumerate(range(upper, -lower - 1, -1)):
        start, stop = max(0, offset), min(n, n + offset)
        result[..., lower + upper - row, start - offset : stop - offset] = ab[..., row, start:stop]
    return result


def band_widths(ab: Array) -> tuple[int, int]:
    """Return the widths of the symmetric banded matrix of which ``ab`` holds one half."""
    return np.shape(ab)[-2] - 1, np.shape(ab)[-2] - 1


def whole_band(ab: Array, lower: bool) -> Array:
    """Return all diagonals of the symmetric banded matrix of which ``ab`` holds one half."""
    width = np.shape(ab)[-2] - 1
    upper = band_transposed((width, 0), ab) if lower else ab
    return np.concatenate([upper, band_transposed((0, width), upper)[..., 1:, :]], axis=-2)


def whole_band_adjoint(g: Array, lower: bool) -> Array:
    """Return the gradient of ``ab`` in ``whole_band``."""
    width = np.shape(g)[-2] // 2
    below = np.concatenate([np.zeros_like(g[..., :1, :]), g[..., width + 1 :, :]], axis=-2)
    upper = g[..., : width + 1, :] + band_transposed((width, 0), below)
    return band_transposed((0, width), upper) if lower else upper


# -- placing entries ---------------------------------------------------------------------------------


def positions(x: Array, start: int) -> Array:
    """Return ``start, start + 1, ...`` for the entries of a vector, or of each vector of a stack.

    >>> positions(np.zeros((2, 3)), 5)
    array([5, 6, 7])
    """
    return np.arange(start, start + np.shape(x)[-1])


def gather_entries(g: Array, where: Array, size: int) -> Array:
    """Return, for each entry of a vector, the sum of ``g`` over its places; so for each matrix of a stack."""
    leading = np.shape(g)[: np.ndim(g) - np.ndim(where)]
    result = np.zeros((*leading, size), inexact_dtype(g))
    mine = (where >= 0) & (where < size)
    np.add.at(result, (..., where[mine]), g[..., mine])
    return result


def gathered_from(x: Array, where: Array) -> Array:
    """Return an array with entries of the vector ``x`` at their places, and 0 elsewhere; so for each of a stack."""
    mine = (where >= 0) & (where < np.shape(x)[-1])
    return np.where(mine, x[..., np.where(mine, where, 0)], 0)


def blocks_of(g: Array, arrs: Any) -> list[Array]:
    """Return the diagonal blocks of ``g`` in the shapes of ``arrs``."""
    parts = []
    row = column = 0
    for array in arrs:
        height, width = np.atleast_2d(array).shape[-2:]
        part = g[..., row : row + height, column : column + width]
        parts.append(np.reshape(part, np.shape(array)))
        row, column = row + height, column + width
    return parts


def placed_blocks(blocks: Any) -> Array:
    """Return ``scipy.linalg.block_diag`` of a list."""
    return scipy.linalg.block_diag(*blocks)
