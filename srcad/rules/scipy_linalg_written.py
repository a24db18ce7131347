"""Functions of ``scipy.linalg`` written out in Python with those that have a derivative rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from srcad import runtime as rt
from srcad.rules.registry import constant, written_out

constant(rt.scipy_linalg.hermitian_cutoff, rt.scipy_linalg.order_of_rows, rt.scipy_linalg.signs_of_rq)

# -- factorisations ----------------------------------------------------------------------------------


@written_out(scipy.linalg.lu)
def lu(
    a: Any, permute_l: Any = False, overwrite_a: Any = False, check_finite: Any = True, p_indices: Any = False
) -> Any:
    if overwrite_a:
        rt.not_covered("scipy.linalg.lu with 'overwrite_a'", "Leave the keyword out.")
    if np.ndim(a) == 2:
        order = rt.scipy_linalg.order_of_rows(a)
        lower, upper = factors_of(np.asarray(a)[order])
        if permute_l:
            return lower[np.argsort(order)], upper
    else:
        leading, matrices = np.shape(a)[:-2], np.reshape(a, (-1, *np.shape(a)[-2:]))
        order = rt.scipy_linalg.order_of_rows(a)
        orders = np.reshape(order, (-1, np.shape(a)[-2]))
        pairs = [factors_of(matrices[k][orders[k]]) for k in range(len(matrices))]
        lower, upper = np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
        if permute_l:
            lower = np.stack([lower[k][np.argsort(orders[k])] for k in range(len(matrices))])
        lower = np.reshape(lower, leading + np.shape(lower)[1:])
        upper = np.reshape(upper, leading + np.shape(upper)[1:])
    if permute_l:
        return lower, upper
    back = np.argsort(order, -1)
    if p_indices:
        return back, lower, upper
    return np.eye(np.shape(a)[-2], dtype=np.finfo(lower.dtype).dtype)[back], lower, upper


def factors_of(ordered: Any) -> Any:
    """Return the two factors of a matrix whose rows are in the order of the pivots, made of those of its leading square."""
    rows, columns = np.shape(ordered)
    size = min(rows, columns)
    factors = scipy.linalg.lu_factor(ordered[:size, :size])[0]
    lower, upper = np.tril(factors, -1) + np.eye(size, dtype=factors.dtype), np.triu(factors)
    if rows > size:
        below = scipy.linalg.solve_triangular(upper, ordered[size:].T, trans="T").T
        lower = np.concatenate((lower, below))
    if columns > size:
        beside = scipy.linalg.solve_triangular(lower, ordered[:, size:], lower=True, unit_diagonal=True)
        upper = np.concatenate((upper, beside), axis=1)
    return lower, upper


@written_out(scipy.linalg.rq)
def rq(
    a: Any, overwrite_a: Any = False, lwork: Any = None, mode: Any = "full", check_finite: Any = True
) -> Any:
    if overwrite_a:
        rt.not_covered("scipy.linalg.rq with 'overwrite_a'", "Leave the keyword out.")
    if np.ndim(a) != 2:
        rt.not_covered("scipy.linalg.rq of a stack", "Take the matrices one by one.")
    rows, columns = np.shape(a)
    if mode != "economic" and rows != columns:
        rt.not_covered("scipy.linalg.rq of a matrix that is not square, in full", "Use mode='economic'.")
    if rows > columns:
        rt.not_covered("scipy.linalg.rq of a matrix with more rows than columns", "Use scipy.linalg.qr.")
    turned, lower = np.linalg.qr(np.asarray(a)[::-1].conj().T)
    upper, factor = lower.conj().T[::-1, ::-1], turned.conj().T[::-1]
    signs = rt.scipy_linalg.signs_of_rq(a, upper)
    if mode == "r":
        return upper * signs
    return upper * signs, np.conj(signs)[:, None] * factor


# -- equations ---------------------------------------------------------------------------------------


@written_out(scipy.linalg.lstsq)
def lstsq(
    a: Any, b: Any, cond: Any = None, overwrite_a: Any = False, overwrite_b: Any = False,
    check_finite: Any = True, lapack_driver: Any = None,
) -> Any:  # fmt: skip
    if overwrite_a or overwrite_b:
        rt.not_covered("scipy.linalg.lstsq with 'overwrite_a' or 'overwrite_b'", "Leave the keyword out.")
    if np.ndim(a) != 2:
        rt.not_covered("scipy.linalg.lstsq of a stack", "Take the matrices one by one.")
    limit = np.finfo(np.result_type(np.asarray(a), np.float32)).eps if cond is None else cond
    x, residues, rank, values = np.linalg.lstsq(a, b, rcond=limit)
    if lapack_driver == "gelsy":
        return x, np.zeros(0), rank, None
    if np.ndim(b) == 1 and np.size(residues) == 1:
        residues = residues[0]
    return x, residues, rank, values


@written_out(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr: Any, b: Any, check_finite: Any = True) -> Any:
    if isinstance(c_or_cr, tuple):
        return scipy.linalg.solve(scipy.linalg.toeplitz(c_or_cr[0], c_or_cr[1]), b)
    return scipy.linalg.solve(scipy.linalg.toeplitz(c_or_cr), b)


@written_out(scipy.linalg.matmul_toeplitz)
def matmul_toeplitz(c_or_cr: Any, x: Any, check_finite: Any = False, workers: Any = None) -> Any:
    if isinstance(c_or_cr, tuple):
        return scipy.linalg.toeplitz(c_or_cr[0], c_or_cr[1]) @ x
    return scipy.linalg.toeplitz(c_or_cr) @ x


# -- matrices ----------------------------------------------------------------------------------------


@written_out(scipy.linalg.companion)
def companion(a: Any) -> Any:
    first = -a[..., 1:] / a[..., :1]
    shift = np.eye(np.shape(first)[-1] - 1, np.shape(first)[-1])
    below = np.broadcast_to(shift, (*np.shape(first)[:-1], *np.shape(shift)))
    return np.concatenate((first[..., None, :], below), axis=-2)


@written_out(scipy.linalg.pinvh)
def pinvh(
    a: Any,
    atol: Any = None,
    rtol: Any = None,
    lower: Any = True,
    return_rank: Any = False,
    check_finite: Any = True,
) -> Any:
    whole = rt.hermitian(a, "L" if lower else "U")
    cutoff, rank = rt.scipy_linalg.hermitian_cutoff(whole, atol, rtol)
    inverse = np.linalg.pinv(whole, rcond=cutoff, hermitian=True)
    return (inverse, rank) if return_rank else inverse


@written_out(scipy.linalg.polar)
def polar(a: Any, side: Any = "right") -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    if side not in ("right", "left"):
        raise ValueError("`side` must be either 'right' or 'left'")
    scales = np.expand_dims(s, -2)
    if side == "right":
        return u @ vh, (np.conj(np.swapaxes(vh, -1, -2)) * scales) @ vh
    return u @ vh, (u * scales) @ np.conj(np.swapaxes(u, -1, -2))


@written_out(scipy.linalg.orthogonal_procrustes)
def orthogonal_procrustes(A: Any, B: Any, check_finite: Any = True) -> Any:  # noqa: N803
    if np.ndim(A) != 2:
        rt.not_covered("scipy.linalg.orthogonal_procrustes of a stack", "Take the matrices one by one.")
    u, s, vh = np.linalg.svd(np.conj(np.conj(B).T @ A).T)
    return u @ vh, np.sum(s)


@written_out(scipy.linalg.orth)
def orth(A: Any, rcond: Any = None) -> Any:  # noqa: N803
    if np.ndim(A) != 2:
        rt.not_covered("scipy.linalg.orth of a stack", "Take the matrices one by one.")
    u, s, _ = np.linalg.svd(A, full_matrices=False)
    cutoff = np.finfo(s.dtype).eps * max(np.shape(A)) if rcond is None else rcond
    return u[:, : int(np.sum(s > np.max(s) * cutoff))]


@written_out(scipy.linalg.expm_frechet)
def expm_frechet(
    A: Any, E: Any, method: Any = None, compute_expm: Any = True, check_finite: Any = True
) -> Any:  # noqa: N803
    double = np.float64(1.0)
    matrix, direction = np.asarray(A) * double, np.asarray(E) * double
    change = rt.scipy_linalg.expm_frechet(matrix, direction)
    return (scipy.linalg.expm(matrix), change) if compute_expm else change


@written_out(scipy.linalg.fiedler)
def fiedler(a: Any) -> Any:
    return np.abs(a[..., :, None] - a[..., None, :])


@written_out(scipy.linalg.leslie)
def leslie(f: Any, s: Any) -> Any:
    below = np.expand_dims(s, -1) * np.eye(np.shape(s)[-1], np.shape(f)[-1])
    return np.concatenate((np.expand_dims(f, -2), below), axis=-2)


@written_out(scipy.linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal(
    d: Any, e: Any, select: Any = "a", select_range: Any = None, check_finite: Any = True, tol: Any = 0.0,
    lapack_driver: Any = "auto",
) -> Any:  # fmt: skip
    return scipy.linalg.eigvalsh(_tridiagonal(d, e, select))


@written_out(scipy.linalg.eigh_tridiagonal)
def eigh_tridiagonal(
    d: Any, e: Any, eigvals_only: Any = False, select: Any = "a", select_range: Any = None,
    check_finite: Any = True, tol: Any = 0.0, lapack_driver: Any = "auto",
) -> Any:  # fmt: skip
    if eigvals_only:
        return scipy.linalg.eigvalsh(_tridiagonal(d, e, select))
    return scipy.linalg.eigh(_tridiagonal(d, e, select))


def _tridiagonal(d: Any, e: Any, select: Any) -> Any:
    if select not in ("a", "all", 0):
        rt.not_covered("A choice of eigenvalues", "Choose them from the whole result.")
    if np.ndim(d) != 1:
        rt.not_covered("A stack of tridiagonal matrices", "Take them one by one.")
    return np.diag(d) + np.diag(e, 1) + np.diag(e, -1)


@written_out(scipy.linalg.solve_circulant)
def solve_circulant(
    c: Any,
    b: Any,
    singular: Any = "raise",
    tol: Any = None,
    caxis: Any = -1,
    baxis: Any = 0,
    outaxis: Any = 0,
) -> Any:
    if singular != "raise":
        rt.not_covered("solve_circulant of a singular matrix", "Use scipy.linalg.lstsq.")
    if np.ndim(c) != 1:
        rt.not_covered("solve_circulant with several matrices", "Solve for one after the other.")
    rows = np.moveaxis(np.atleast_1d(b), baxis, -1)
    solved = np.fft.ifft(np.fft.fft(rows) / np.fft.fft(c))
    real = not (np.iscomplexobj(c) or np.iscomplexobj(b))
    return np.moveaxis(np.real(solved) if real else solved, -1, outaxis)
