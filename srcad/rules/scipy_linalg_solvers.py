"""Derivatives of ``scipy.linalg``: linear systems, factors and the solvers that take them."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from srcad import runtime as rt
from srcad.rules import linalg_factors, linalg_forward
from srcad.rules.registry import jvp, vjp

_OVERWRITTEN = "An argument that is overwritten has no derivative; leave the keyword at False."
OVERWRITE_A = {"overwrite_a": _OVERWRITTEN}
OVERWRITE_B = {"overwrite_b": _OVERWRITTEN}
OVERWRITE_AB = {"overwrite_ab": _OVERWRITTEN}


# -- systems with a matrix ---------------------------------------------------------------------------


@vjp(scipy.linalg.solve, "a", "b", refused=OVERWRITE_A | OVERWRITE_B)
def solve(
    ans, g, a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False
):  # fmt: skip
    matrix = rt.scipy_linalg.read_entries(a, assume_a, lower)
    columns = rt.scipy_linalg.as_columns(g, np.ndim(b))
    results = np.swapaxes(rt.scipy_linalg.as_columns(ans, np.ndim(b)), -1, -2)
    if transposed:
        solved = np.linalg.solve(matrix, columns)
        whole = -np.swapaxes(solved @ results, -1, -2)
    else:
        solved = np.linalg.solve(np.swapaxes(matrix, -1, -2), columns)
        whole = -solved @ results
    return (
        rt.unbroadcast(rt.scipy_linalg.read_entries_adjoint(whole, assume_a, lower), a),
        rt.unbroadcast(rt.scipy_linalg.from_columns(solved, np.ndim(b)), b),
    )


@jvp(scipy.linalg.solve, "a")
def solve_a(
    ans, t, a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False
):  # fmt: skip
    change = rt.scipy_linalg.read_entries(t, assume_a, lower)
    if transposed:
        change = np.swapaxes(change, -1, -2)
    moved = change @ rt.scipy_linalg.as_columns(ans, np.ndim(b))
    right = rt.scipy_linalg.from_columns(moved, np.ndim(b))
    return -scipy.linalg.solve(a, right, lower=lower, assume_a=assume_a, transposed=transposed)


@jvp(scipy.linalg.solve, "b")
def solve_b(
    ans, t, a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False
):  # fmt: skip
    return scipy.linalg.solve(a, t, lower=lower, assume_a=assume_a, transposed=transposed)


@vjp(scipy.linalg.inv, "a", refused=OVERWRITE_A)
def inv(ans, g, a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False):
    transposed = np.swapaxes(ans, -1, -2)
    return rt.scipy_linalg.read_entries_adjoint(-transposed @ g @ transposed, assume_a, lower)


@jvp(scipy.linalg.inv, "a")
def inv_a(ans, t, a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False):
    return -ans @ rt.scipy_linalg.read_entries(t, assume_a, lower) @ ans


@vjp(scipy.linalg.solve_triangular, "a", "b", refused=OVERWRITE_B)
def solve_triangular(
    ans, g, a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True
):
    matrix = rt.scipy_linalg.triangle(a, lower, unit_diagonal)
    if trans == 2 or trans == "C":
        matrix = np.conj(matrix)
    columns = rt.scipy_linalg.as_columns(g, np.ndim(b))
    results = np.swapaxes(rt.scipy_linalg.as_columns(ans, np.ndim(b)), -1, -2)
    if trans == 0 or trans == "N":
        solved = scipy.linalg.solve_triangular(matrix, columns, trans=1, lower=lower)
        whole = -solved @ results
    else:
        solved = scipy.linalg.solve_triangular(matrix, columns, lower=lower)
        whole = -np.swapaxes(solved @ results, -1, -2)
    if trans == 2 or trans == "C":
        whole = np.conj(whole)
    return (
        rt.unbroadcast(rt.scipy_linalg.triangle_adjoint(whole, lower, unit_diagonal), a),
        rt.unbroadcast(rt.scipy_linalg.from_columns(solved, np.ndim(b)), b),
    )


@jvp(scipy.linalg.solve_triangular, "a")
def solve_triangular_a(
    ans, t, a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True
):
    change = rt.scipy_linalg.triangle_adjoint(t, lower, unit_diagonal)
    if trans != 0 and trans != "N":
        change = np.swapaxes(change, -1, -2)
    if trans == 2 or trans == "C":
        change = np.conj(change)
    moved = change @ rt.scipy_linalg.as_columns(ans, np.ndim(b))
    right = rt.scipy_linalg.from_columns(moved, np.ndim(b))
    return -scipy.linalg.solve_triangular(a, right, trans, lower, unit_diagonal)


@jvp(scipy.linalg.solve_triangular, "b")
def solve_triangular_b(
    ans, t, a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True
):
    return scipy.linalg.solve_triangular(a, t, trans, lower, unit_diagonal)


# -- the factor of Cholesky (S. P. Smith 1995; I. Murray, arXiv:1602.07527) ----------------------------


@vjp(scipy.linalg.cholesky, "a", refused=OVERWRITE_A)
def cholesky(ans, g, a, lower=False, overwrite_a=False, check_finite=True):
    if np.iscomplexobj(ans):
        return linalg_factors.cholesky(ans, g, a, upper=not lower)
    factor = ans
    if not lower:
        g = np.swapaxes(g, -1, -2)
        factor = np.swapaxes(factor, -1, -2)
    half = rt.scipy_linalg.lower_half(np.swapaxes(factor, -1, -2) @ g)
    left = scipy.linalg.solve_triangular(factor, half, trans=1, lower=True)
    both = scipy.linalg.solve_triangular(factor, np.swapaxes(left, -1, -2), trans=1, lower=True)
    whole = rt.scipy_linalg.lower_half(both + np.swapaxes(both, -1, -2))
    if not lower:
        whole = np.swapaxes(whole, -1, -2)
    return whole


@jvp(scipy.linalg.cholesky, "a")
def cholesky_a(ans, t, a, lower=False, overwrite_a=False, check_finite=True):
    if np.iscomplexobj(ans):
        return linalg_forward.cholesky_a(ans, t, a, upper=not lower)
    factor = ans
    if not lower:
        factor = np.swapaxes(factor, -1, -2)
    left = scipy.linalg.solve_triangular(factor, rt.scipy_linalg.read_entries(t, "pos", lower), lower=True)
    both = scipy.linalg.solve_triangular(factor, np.swapaxes(left, -1, -2), lower=True)
    change = factor @ rt.scipy_linalg.lower_half(both)
    if not lower:
        change = np.swapaxes(change, -1, -2)
    return change


@vjp(scipy.linalg.cho_factor, "a", refused=OVERWRITE_A)
def cho_factor(ans, g, a, lower=False, overwrite_a=False, check_finite=True):
    if lower:
        return cholesky(np.tril(ans[0]), np.tril(g[0]), a, lower=True) + np.triu(g[0], 1)
    return cholesky(np.triu(ans[0]), np.triu(g[0]), a) + np.tril(g[0], -1)


@jvp(scipy.linalg.cho_factor, "a")
def cho_factor_a(ans, t, a, lower=False, overwrite_a=False, check_finite=True):
    if lower:
        return cholesky_a(np.tril(ans[0]), t, a, lower=True) + np.triu(t, 1), 0.0
    return cholesky_a(np.triu(ans[0]), t, a) + np.tril(t, -1), 0.0


@vjp(scipy.linalg.cho_solve, "c_and_lower", "b", refused=OVERWRITE_B)
def cho_solve(ans, g, c_and_lower, b, overwrite_b=False, check_finite=True):
    lower = rt.scipy_linalg.is_lower(c_and_lower)
    factor = np.conj(rt.scipy_linalg.lower_factor(c_and_lower[0], lower))
    solved = scipy.linalg.cho_solve((factor, True), g)
    columns = rt.scipy_linalg.as_columns(solved, np.ndim(b))
    whole = columns @ np.swapaxes(rt.scipy_linalg.as_columns(ans, np.ndim(b)), -1, -2)
    both = whole + rt.conj_transpose(whole)
    into_factor = rt.scipy_linalg.lower_factor_adjoint(-both @ factor, lower)
    return (rt.unbroadcast(into_factor, c_and_lower[0]), 0.0), rt.unbroadcast(solved, b)


@jvp(scipy.linalg.cho_solve, "c_and_lower")
def cho_solve_c_and_lower(ans, t, c_and_lower, b, overwrite_b=False, check_finite=True):
    lower = rt.scipy_linalg.is_lower(c_and_lower)
    factor = rt.scipy_linalg.lower_factor(c_and_lower[0], lower)
    half = rt.scipy_linalg.lower_factor(t[0], lower) @ rt.conj_transpose(factor)
    moved = (half + rt.conj_transpose(half)) @ ans
    return -scipy.linalg.cho_solve(c_and_lower, moved)


@jvp(scipy.linalg.cho_solve, "b")
def cho_solve_b(ans, t, c_and_lower, b, overwrite_b=False, check_finite=True):
    return scipy.linalg.cho_solve(c_and_lower, t)


# -- the factors L and U: a = P L U, d(L) and d(U) are triangular --------------------------------------


@vjp(scipy.linalg.lu_factor, "a", refused=OVERWRITE_A)
def lu_factor(ans, g, a, overwrite_a=False, check_finite=True):
    lower = rt.scipy_linalg.packed_factor(ans[0], True)
    upper = rt.scipy_linalg.packed_factor(ans[0], False)
    below = np.tril(np.swapaxes(lower, -1, -2) @ np.tril(g[0], -1), -1)
    middle = below + np.triu(np.triu(g[0]) @ np.swapaxes(upper, -1, -2))
    left = scipy.linalg.solve_triangular(lower, middle, trans=1, lower=True)
    both = np.swapaxes(scipy.linalg.solve_triangular(upper, np.swapaxes(left, -1, -2)), -1, -2)
    return rt.scipy_linalg.permute_rows(both, rt.scipy_linalg.pivots_of(ans), True)


@jvp(scipy.linalg.lu_factor, "a")
def lu_factor_a(ans, t, a, overwrite_a=False, check_finite=True):
    lower = rt.scipy_linalg.packed_factor(ans[0], True)
    upper = rt.scipy_linalg.packed_factor(ans[0], False)
    permuted = rt.scipy_linalg.permute_rows(t, rt.scipy_linalg.pivots_of(ans), False)
    left = scipy.linalg.solve_triangular(lower, permuted, lower=True)
    both = np.swapaxes(scipy.linalg.solve_triangular(upper, np.swapaxes(left, -1, -2), trans=1), -1, -2)
    return lower @ np.tril(both, -1) + np.triu(both) @ upper, 0.0


@vjp(scipy.linalg.lu_solve, "lu_and_piv", "b", refused=OVERWRITE_B)
def lu_solve(ans, g, lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    lower = rt.scipy_linalg.packed_factor(lu_and_piv[0], True)
    upper = rt.scipy_linalg.packed_factor(lu_and_piv[0], False)
    results = rt.scipy_linalg.as_columns(ans, np.ndim(b))
    if trans == 2:
        solved = np.conj(scipy.linalg.lu_solve(lu_and_piv, np.conj(g)))
        columns = rt.scipy_linalg.as_columns(solved, np.ndim(b))
        whole = -np.conj(results @ np.swapaxes(columns, -1, -2))
    elif trans == 0:
        solved = scipy.linalg.lu_solve(lu_and_piv, g, trans=1)
        columns = rt.scipy_linalg.as_columns(solved, np.ndim(b))
        whole = -columns @ np.swapaxes(results, -1, -2)
    else:
        solved = scipy.linalg.lu_solve(lu_and_piv, g)
        columns = rt.scipy_linalg.as_columns(solved, np.ndim(b))
        whole = -results @ np.swapaxes(columns, -1, -2)
    permuted = rt.scipy_linalg.permute_rows(whole, rt.scipy_linalg.pivots_of(lu_and_piv), False)
    below = np.tril(permuted @ np.swapaxes(upper, -1, -2), -1)
    into_factors = below + np.triu(np.swapaxes(lower, -1, -2) @ permuted)
    return (rt.unbroadcast(into_factors, lu_and_piv[0]), 0.0), rt.unbroadcast(solved, b)


@jvp(scipy.linalg.lu_solve, "lu_and_piv")
def lu_solve_lu_and_piv(ans, t, lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    lower = rt.scipy_linalg.packed_factor(lu_and_piv[0], True)
    upper = rt.scipy_linalg.packed_factor(lu_and_piv[0], False)
    both = np.tril(t[0], -1) @ upper + lower @ np.triu(t[0])
    change = rt.scipy_linalg.permute_rows(both, rt.scipy_linalg.pivots_of(lu_and_piv), True)
    if trans != 0:
        change = np.swapaxes(change, -1, -2)
    if trans == 2:
        change = np.conj(change)
    return -scipy.linalg.lu_solve(lu_and_piv, change @ ans, trans=trans)


@jvp(scipy.linalg.lu_solve, "b")
def lu_solve_b(ans, t, lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    return scipy.linalg.lu_solve(lu_and_piv, t, trans=trans)


# -- banded systems ----------------------------------------------------------------------------------


@vjp(scipy.linalg.solve_banded, "ab", "b", refused=OVERWRITE_AB | OVERWRITE_B)
def solve_banded(ans, g, l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True):
    transposed = rt.scipy_linalg.band_transposed(l_and_u, ab)
    solved = scipy.linalg.solve_banded((l_and_u[1], l_and_u[0]), transposed, g)
    columns = rt.scipy_linalg.as_columns(solved, np.ndim(b))
    results = rt.scipy_linalg.as_columns(ans, np.ndim(b))
    whole = rt.scipy_linalg.band_product_adjoint(l_and_u, columns, results)
    return -rt.unbroadcast(whole, ab), rt.unbroadcast(solved, b)


@jvp(scipy.linalg.solve_banded, "ab")
def solve_banded_ab(ans, t, l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True):
    moved = rt.scipy_linalg.band_product(l_and_u, t, rt.scipy_linalg.as_columns(ans, np.ndim(b)))
    return -scipy.linalg.solve_banded(l_and_u, ab, rt.scipy_linalg.from_columns(moved, np.ndim(b)))


@jvp(scipy.linalg.solve_banded, "b")
def solve_banded_b(ans, t, l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True):
    return scipy.linalg.solve_banded(l_and_u, ab, t)


@vjp(scipy.linalg.solveh_banded, "ab", "b", refused=OVERWRITE_AB | OVERWRITE_B)
def solveh_banded(ans, g, ab, b, overwrite_ab=False, overwrite_b=False, lower=False, check_finite=True):
    solved = scipy.linalg.solveh_banded(rt.real_only(ab, "scipy.linalg.solveh_banded"), g, lower=lower)
    columns = rt.scipy_linalg.as_columns(solved, np.ndim(b))
    results = rt.scipy_linalg.as_columns(ans, np.ndim(b))
    widths = rt.scipy_linalg.band_widths(ab)
    whole = rt.scipy_linalg.band_product_adjoint(widths, columns, results)
    return -rt.unbroadcast(rt.scipy_linalg.whole_band_adjoint(whole, lower), ab), rt.unbroadcast(solved, b)


@jvp(scipy.linalg.solveh_banded, "ab")
def solveh_banded_ab(ans, t, ab, b, overwrite_ab=False, overwrite_b=False, lower=False, check_finite=True):
    band = rt.scipy_linalg.whole_band(t, lower)
    widths = rt.scipy_linalg.band_widths(ab)
    moved = rt.scipy_linalg.band_product(widths, band, rt.scipy_linalg.as_columns(ans, np.ndim(b)))
    return -scipy.linalg.solveh_banded(ab, rt.scipy_linalg.from_columns(moved, np.ndim(b)), lower=lower)


@jvp(scipy.linalg.solveh_banded, "b")
def solveh_banded_b(ans, t, ab, b, overwrite_ab=False, overwrite_b=False, lower=False, check_finite=True):
    return scipy.linalg.solveh_banded(ab, t, lower=lower)
