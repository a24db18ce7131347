"""Derivatives of ``scipy.linalg``: structured matrices made of vectors, and the runtime's maps of entries."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(
    *(rt.scipy_linalg.band_widths, rt.scipy_linalg.eye_like, rt.scipy_linalg.is_lower),
    *(rt.scipy_linalg.pivots_of, rt.scipy_linalg.positions),
)

# -- structured matrices -----------------------------------------------------------------------------


@vjp(scipy.linalg.block_diag, "arrs", linear=True)
def block_diag(ans, g, *arrs):
    return rt.scipy_linalg.blocks_of(g, arrs)


@vjp(scipy.linalg.toeplitz, "c", "r", linear=True)
def toeplitz(ans, g, c, r=None):
    first = rt.scipy_linalg.positions(c, 0)
    if r is None:
        where = scipy.linalg.toeplitz(first)
        if np.iscomplexobj(g):  # the row is the conjugate of the column
            above = np.conj(rt.scipy_linalg.gather_entries(np.triu(g, 1), where, np.shape(c)[-1]))
            below = rt.scipy_linalg.gather_entries(np.tril(g), where, np.shape(c)[-1])
            return rt.unbroadcast(above + below, c), 0.0
        return rt.scipy_linalg.gather_entries(g, where, np.shape(c)[-1]), 0.0
    where = scipy.linalg.toeplitz(first, rt.scipy_linalg.positions(r, np.shape(c)[-1]))
    column = rt.scipy_linalg.gather_entries(g, where, np.shape(c)[-1])
    row = rt.scipy_linalg.gather_entries(g, where - np.shape(c)[-1], np.shape(r)[-1])
    return rt.unbroadcast(column, c), rt.unbroadcast(row, r)


@vjp(scipy.linalg.hankel, "c", "r", linear=True)
def hankel(ans, g, c, r=None):
    if np.ndim(c) != 1:
        rt.not_covered("scipy.linalg.hankel of several vectors", "Pass one-dimensional arrays.")
    first = rt.scipy_linalg.positions(c, 0)
    if r is None:
        where = scipy.linalg.hankel(first, first + np.shape(c)[-1])
        return rt.scipy_linalg.gather_entries(g, where, np.shape(c)[-1]), 0.0
    where = scipy.linalg.hankel(first, rt.scipy_linalg.positions(r, np.shape(c)[-1]))
    return rt.scipy_linalg.gather_entries(g, where, np.shape(c)[-1]), rt.scipy_linalg.gather_entries(
        g, where - np.shape(c)[-1], np.shape(r)[-1]
    )


@vjp(scipy.linalg.circulant, "c", linear=True)
def circulant(ans, g, c):
    where = scipy.linalg.circulant(rt.scipy_linalg.positions(c, 0))
    return rt.scipy_linalg.gather_entries(g, where, np.shape(c)[-1])


@vjp(scipy.linalg.convolution_matrix, "a", linear=True)
def convolution_matrix(ans, g, a, n, mode="full"):
    where = scipy.linalg.convolution_matrix(rt.scipy_linalg.positions(a, 1), n, mode) - 1
    return rt.scipy_linalg.gather_entries(g, where, np.shape(a)[-1])


@vjp(scipy.linalg.khatri_rao, "a", "b", multilinear=True)
def khatri_rao(ans, g, a, b):
    rows, columns = np.shape(a)[-2:], np.shape(b)[-2:]
    pairs = np.reshape(g, (*np.shape(g)[:-2], rows[0], columns[0], rows[1]))
    return (
        rt.unbroadcast(np.sum(pairs * np.expand_dims(b, -3), axis=-2), a),
        rt.unbroadcast(np.sum(pairs * np.expand_dims(a, -2), axis=-3), b),
    )


# -- maps of entries ---------------------------------------------------------------------------------


@vjp(rt.scipy_linalg.as_columns, "x", linear=True)
def as_columns(ans, g, x, ndim):
    return rt.scipy_linalg.from_columns(g, ndim)


@vjp(rt.scipy_linalg.from_columns, "x", linear=True)
def from_columns(ans, g, x, ndim):
    return rt.scipy_linalg.as_columns(g, ndim)


@vjp(rt.scipy_linalg.read_entries, "a", linear=True)
def read_entries(ans, g, a, assume_a, lower):
    return rt.scipy_linalg.read_entries_adjoint(g, assume_a, lower)


@vjp(rt.scipy_linalg.read_entries_adjoint, "g", linear=True)
def read_entries_adjoint(ans, cotangent, g, assume_a, lower):
    return rt.scipy_linalg.read_entries(cotangent, assume_a, lower)


@vjp(rt.scipy_linalg.triangle, "a")
def triangle(ans, g, a, lower, unit_diagonal):
    return rt.scipy_linalg.triangle_adjoint(g, lower, unit_diagonal)


@jvp(rt.scipy_linalg.triangle, "a")
def triangle_a(ans, t, a, lower, unit_diagonal):
    return rt.scipy_linalg.triangle_adjoint(t, lower, unit_diagonal)


@vjp(rt.scipy_linalg.triangle_adjoint, "g", linear=True)
def triangle_adjoint(ans, cotangent, g, lower, unit_diagonal):
    return rt.scipy_linalg.triangle_adjoint(cotangent, lower, unit_diagonal)


@vjp(rt.scipy_linalg.lower_half, "x", linear=True)
def lower_half(ans, g, x):
    return rt.scipy_linalg.lower_half(g)


@vjp(rt.scipy_linalg.lower_factor, "c", linear=True)
def lower_factor(ans, g, c, lower):
    return rt.scipy_linalg.lower_factor_adjoint(g, lower)


@vjp(rt.scipy_linalg.lower_factor_adjoint, "g", linear=True)
def lower_factor_adjoint(ans, cotangent, g, lower):
    return rt.scipy_linalg.lower_factor(cotangent, lower)


@vjp(rt.scipy_linalg.packed_factor, "lu")
def packed_factor(ans, g, lu, lower):
    return rt.scipy_linalg.packed_factor_adjoint(g, lower)


@jvp(rt.scipy_linalg.packed_factor, "lu")
def packed_factor_lu(ans, t, lu, lower):
    return rt.scipy_linalg.packed_factor_adjoint(t, lower)


@vjp(rt.scipy_linalg.packed_factor_adjoint, "g", linear=True)
def packed_factor_adjoint(ans, cotangent, g, lower):
    return rt.scipy_linalg.packed_factor_adjoint(cotangent, lower)


@vjp(rt.scipy_linalg.permute_rows, "x", linear=True)
def permute_rows(ans, g, x, pivots, inverse):
    return rt.scipy_linalg.permute_rows(g, pivots, not inverse)


@vjp(rt.scipy_linalg.block, "a", "e", linear=True)
def block(ans, g, a, e):
    return rt.scipy_linalg.block_sum(g), rt.scipy_linalg.corner(g)


@vjp(rt.scipy_linalg.block_sum, "whole", linear=True)
def block_sum(ans, g, whole):
    return rt.scipy_linalg.block_adjoint(g)


@vjp(rt.scipy_linalg.block_adjoint, "a", linear=True)
def block_adjoint(ans, g, a):
    return rt.scipy_linalg.block_sum(g)


@vjp(rt.scipy_linalg.corner, "whole", linear=True)
def corner(ans, g, whole):
    return rt.scipy_linalg.corner_adjoint(g)


@vjp(rt.scipy_linalg.corner_adjoint, "e", linear=True)
def corner_adjoint(ans, g, e):
    return rt.scipy_linalg.corner(g)


@vjp(rt.scipy_linalg.band_product, "ab", "x", multilinear=True)
def band_product(ans, g, l_and_u, ab, x):
    transposed = rt.scipy_linalg.band_transposed(l_and_u, ab)
    return (
        rt.scipy_linalg.band_product_adjoint(l_and_u, g, x),
        rt.scipy_linalg.band_product((l_and_u[1], l_and_u[0]), transposed, g),
    )


@vjp(rt.scipy_linalg.band_product_adjoint, "g", "x", multilinear=True)
def band_product_adjoint(ans, cotangent, l_and_u, g, x):
    transposed = rt.scipy_linalg.band_transposed(l_and_u, cotangent)
    return (
        rt.scipy_linalg.band_product(l_and_u, cotangent, x),
        rt.scipy_linalg.band_product((l_and_u[1], l_and_u[0]), transposed, g),
    )


@vjp(rt.scipy_linalg.band_transposed, "ab", linear=True)
def band_transposed(ans, g, l_and_u, ab):
    return rt.scipy_linalg.band_transposed((l_and_u[1], l_and_u[0]), g)


@vjp(rt.scipy_linalg.whole_band, "ab", linear=True)
def whole_band(ans, g, ab, lower):
    return rt.scipy_linalg.whole_band_adjoint(g, lower)


@vjp(rt.scipy_linalg.whole_band_adjoint, "g", linear=True)
def whole_band_adjoint(ans, cotangent, g, lower):
    return rt.scipy_linalg.whole_band(cotangent, lower)


@vjp(rt.scipy_linalg.gather_entries, "g", linear=True)
def gather_entries(ans, cotangent, g, where, size):
    return rt.scipy_linalg.gathered_from(cotangent, where)


@vjp(rt.scipy_linalg.gathered_from, "x", linear=True)
def gathered_from(ans, g, x, where):
    return rt.scipy_linalg.gather_entries(g, where, np.shape(x)[-1])


@vjp(rt.scipy_linalg.blocks_of, "g", "arrs", linear=("g",), shaped=("arrs",))
def blocks_of(ans, cotangent, g, arrs):
    return rt.scipy_linalg.placed_blocks(rt.parts_like(cotangent, ans)), 0.0


@vjp(rt.scipy_linalg.placed_blocks, "blocks", linear=True)
def placed_blocks(ans, g, blocks):
    return rt.scipy_linalg.blocks_of(g, blocks)
