"""Forward rules of ``np.linalg`` for what is neither linear nor a product: the reverse rules give the sources."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.linalg import power_change
from srcad.rules.linalg_norms import cond, matrix_norm, norm, vector_norm
from srcad.rules.registry import jvp, vjp

# -- inverses, determinants, powers ------------------------------------------------------------------


@jvp(np.linalg.inv, "a")
def inv_a(ans, t, a):
    return -ans @ t @ ans


@jvp(np.linalg.solve, "a")
def solve_a(ans, t, a, b):
    if np.ndim(b) == 1:
        if np.ndim(a) == 2:
            return -np.linalg.solve(a, t @ ans)
        return -np.squeeze(np.linalg.solve(a, t @ np.expand_dims(ans, -1)), -1)
    return -np.linalg.solve(a, t @ ans)


@jvp(np.linalg.tensorsolve, "a")
def tensorsolve_a(ans, t, a, b, axes=None):
    moved = np.transpose(t, rt.axes_moved_last(np.ndim(a), axes))
    return -np.linalg.tensorsolve(a, np.tensordot(moved, ans, np.ndim(ans)), axes)


@jvp(np.linalg.tensorinv, "a")
def tensorinv_a(ans, t, a, ind=2):
    return -np.tensordot(np.tensordot(ans, t, ind), ans, np.ndim(a) - ind)


@jvp(np.linalg.det, "a")
def det_a(ans, t, a):
    return np.sum(rt.cofactor(a) * t, axis=(-2, -1))


@jvp(np.linalg.slogdet, "a")
def slogdet_a(ans, t, a):
    logarithm = np.sum(np.swapaxes(np.linalg.inv(a), -1, -2) * t, axis=(-2, -1))
    return rt.record_like(ans, ans[0] * (logarithm - np.conj(logarithm)) / 2, np.real(logarithm))


@jvp(np.linalg.matrix_power, "a")
def matrix_power_a(ans, t, a, n):
    if n == 1:
        return t  # as it is in the primal, which shares its memory
    return power_change(np.asarray(a), np.asarray(t), n)


@jvp(np.linalg.multi_dot, "arrays")
def multi_dot_arrays(ans, t, arrays, *, out=None):
    total = np.zeros_like(ans)
    for k in range(len(arrays)):
        if not rt.is_zero(t[k]):
            total = total + np.linalg.multi_dot([*arrays[:k], t[k], *arrays[k + 1 :]])
    return total


# -- triangular factors ------------------------------------------------------------------------------


@jvp(np.linalg.cholesky, "a")
def cholesky_a(ans, t, a, *, upper=False):
    if upper:
        inverse = np.linalg.inv(ans)
        inner = rt.conj_transpose(inverse) @ rt.hermitian(t, "U") @ inverse
        return rt.conj_transpose(rt.lower_half(inner)) @ ans
    inverse = np.linalg.inv(ans)
    return ans @ rt.lower_half(inverse @ rt.hermitian(t, "L") @ rt.conj_transpose(inverse))


@jvp(np.linalg.qr, "a")
def qr_a(ans, t, a, mode="reduced"):
    a, t = np.asarray(a), np.asarray(t)
    mode = rt.allowed_option(mode, ("reduced", "complete", "r"), "np.linalg.qr mode")
    if mode == "r":
        ans = np.linalg.qr(a)
    k = min(np.shape(a)[-2], np.shape(a)[-1])
    q, r = ans[0][..., :k], ans[1][..., :k, :]
    square = r[..., :k]
    first = np.swapaxes(np.linalg.solve(np.swapaxes(square, -1, -2), np.swapaxes(t[..., :k], -1, -2)), -1, -2)
    inner = rt.conj_transpose(q) @ first
    diagonal = rt.diagonal_matrix(np.diagonal(inner, 0, -2, -1))
    turn = np.tril(inner, -1) - rt.conj_transpose(np.tril(inner, -1))
    turn = turn + (diagonal - np.conj(diagonal)) / 2
    change = inner - turn
    dq = first - q @ change
    beyond = rt.conj_transpose(dq) @ a[..., k:] + rt.conj_transpose(q) @ t[..., k:]
    dr = np.concatenate([change @ square, beyond], -1)
    if mode == "r":
        return dr
    if mode == "complete":
        rest = ans[0][..., k:]
        dq = np.concatenate([dq, -q @ (rt.conj_transpose(dq) @ rest)], -1)
        dr = np.concatenate([dr, np.zeros_like(ans[1][..., k:, :])], -2)
    return rt.record_like(ans, dq, dr)


# -- eigenvalues and singular values -----------------------------------------------------------------


@jvp(np.linalg.eigvalsh, "a")
def eigvalsh_a(ans, t, a, UPLO="L"):
    vectors = np.linalg.eigh(a, UPLO)[1]
    return np.real(np.sum(np.conj(vectors) * (rt.hermitian(t, UPLO) @ vectors), axis=-2))


@jvp(np.linalg.eigh, "a")
def eigh_a(ans, t, a, UPLO="L"):
    vectors = ans[1]
    inner = rt.conj_transpose(vectors) @ rt.hermitian(t, UPLO) @ vectors
    return rt.record_like(
        ans, np.real(np.diagonal(inner, 0, -2, -1)), vectors @ rt.divide_gaps(inner, ans[0])
    )


@jvp(np.linalg.eigvals, "a")
def eigvals_a(ans, t, a):
    pair = np.linalg.eig(a)
    return np.diagonal(np.linalg.solve(pair[1], t @ pair[1]), 0, -2, -1)


@jvp(np.linalg.eig, "a")
def eig_a(ans, t, a):
    vectors = ans[1]
    inner = np.linalg.solve(vectors, t @ vectors)
    moved = vectors @ rt.divide_gaps(inner, ans[0])
    along = np.sum(np.conj(vectors) * moved, axis=-2, keepdims=True)
    largest = rt.largest_entries(vectors)
    pivot = np.sum(largest * vectors, axis=-2, keepdims=True)
    pivot_moved = np.sum(largest * moved, axis=-2, keepdims=True)
    turn = (pivot_moved - np.conj(pivot_moved)) / (2 * pivot)
    return rt.record_like(ans, np.diagonal(inner, 0, -2, -1), moved - vectors * (np.real(along) + turn))


@jvp(np.linalg.svdvals, "x")
def svdvals_x(ans, t, x):
    parts = np.linalg.svd(x, full_matrices=False)
    return np.real(np.sum(np.conj(parts[0]) * (t @ rt.conj_transpose(parts[2])), axis=-2))


@vjp(rt.weighted_singular_parts, "weights", "a", linear=("weights",))
def weighted_singular_parts(ans, g, weights, a):
    moved = np.conj(weighted_singular_change(np.conj(g), weights, a))
    return svdvals_x(weights, np.conj(g), a), rt.unbroadcast(moved, a)


@jvp(rt.weighted_singular_parts, "a")
def weighted_singular_parts_a(ans, t, weights, a):
    return weighted_singular_change(t, weights, a)


def weighted_singular_change(t, weights, a):
    """Return the tangent of the weighted sum of the singular parts of ``a``, a symmetric function of ``t``."""
    parts = np.linalg.svd(a, full_matrices=False)
    u, s, v = parts[0], parts[1], rt.conj_transpose(parts[2])
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    to_right, to_left = np.expand_dims(weights, -2), np.expand_dims(weights, -1)
    inner = rt.conj_transpose(u) @ t @ v
    turned = rt.conj_transpose(inner)
    diagonal = np.diagonal(inner, 0, -2, -1)
    twist = (diagonal - np.conj(diagonal)) * rt.safe_reciprocal(s) / 2
    of_u = (inner * row + column * turned) * to_right
    change = rt.divide_gaps(of_u - to_left * (column * inner + turned * row), s * s)
    whole = (u @ change + u * np.expand_dims(twist * weights, -2)) @ parts[2]
    scale = to_right * rt.safe_reciprocal(row)
    if np.shape(a)[-2] > np.shape(a)[-1]:
        whole = whole + ((t @ v - u @ inner) * scale) @ parts[2]
    if np.shape(a)[-1] > np.shape(a)[-2]:
        whole = whole + (u * scale) @ (rt.conj_transpose(u) @ t - inner @ parts[2])
    return whole


@jvp(np.linalg.svd, "a")
def svd_a(ans, t, a, full_matrices=True, compute_uv=True, hermitian=False):
    if hermitian:
        a, t = rt.hermitian(a, "L"), rt.hermitian(t, "L")
    if not compute_uv:
        return svdvals_x(ans, t, a)
    k = np.shape(ans[1])[-1]
    u, s, v = ans[0][..., :k], ans[1], rt.conj_transpose(ans[2][..., :k, :])
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    inner = rt.conj_transpose(u) @ t @ v
    turned = rt.conj_transpose(inner)
    diagonal = np.diagonal(inner, 0, -2, -1)
    twist = (diagonal - np.conj(diagonal)) * rt.safe_reciprocal(s) / 2
    du = u @ rt.divide_gaps(inner * row + column * turned, s * s) + u * np.expand_dims(twist, -2)
    dv = v @ rt.divide_gaps(column * inner + turned * row, s * s)
    if np.shape(a)[-2] > k:
        du = du + (t @ v - u @ inner) / row
    if np.shape(a)[-1] > k:
        dv = dv + (rt.conj_transpose(t) @ u - v @ turned) / row
    if full_matrices:
        du_rest = u @ (rt.conj_transpose(du) @ ans[0][..., k:])
        dv_rest = v @ (rt.conj_transpose(dv) @ rt.conj_transpose(ans[2][..., k:, :]))
        du, dv = np.concatenate([du, -du_rest], -1), np.concatenate([dv, -dv_rest], -1)
    return rt.record_like(ans, du, np.real(diagonal), rt.conj_transpose(dv))


# -- least squares -----------------------------------------------------------------------------------


@jvp(np.linalg.pinv, "a")
def pinv_a(ans, t, a, rcond=None, hermitian=False, *, rtol=None):
    if hermitian:
        a, t = rt.hermitian(a, "L"), rt.hermitian(t, "L")
    adjoint, turned = rt.conj_transpose(ans), rt.conj_transpose(t)
    columns = ans @ adjoint @ turned
    rows = turned @ adjoint @ ans
    return columns - (columns @ a) @ ans + rows - ans @ (a @ rows) - ans @ t @ ans


@jvp(np.linalg.lstsq, "a")
def lstsq_a(ans, t, a, b, rcond=None):
    columns = (np.shape(b)[0], np.size(b) // np.shape(b)[0])
    x = np.reshape(ans[0], (np.shape(a)[1], columns[1]))
    residual = np.reshape(b, columns) - a @ x
    inverse = np.linalg.pinv(a, rt.default_rcond(a, rcond))
    adjoint, turned = rt.conj_transpose(inverse), rt.conj_transpose(t)
    image = t @ x
    outside = turned @ (adjoint @ x)
    dx = inverse @ (adjoint @ (turned @ residual) - image) + outside - inverse @ (a @ outside)
    slack = np.zeros_like(ans[1])
    if np.size(ans[1]):
        slack = -2 * np.real(np.sum(np.conj(residual) * image, axis=0))
    return np.reshape(dx, np.shape(ans[0])), slack, 0.0, svdvals_x(ans[3], t, a)


@jvp(np.linalg.lstsq, "b")
def lstsq_b(ans, t, a, b, rcond=None):
    columns = (np.shape(b)[0], np.size(b) // np.shape(b)[0])
    moved = np.reshape(t, columns)
    dx = np.linalg.pinv(a, rt.default_rcond(a, rcond)) @ moved
    slack = np.zeros_like(ans[1])
    if np.size(ans[1]):
        residual = np.reshape(b, columns) - a @ np.reshape(ans[0], (np.shape(a)[1], columns[1]))
        slack = 2 * np.real(np.sum(np.conj(residual) * moved, axis=0))
    return np.reshape(dx, np.shape(ans[0])), slack, 0.0, np.zeros_like(ans[3])


# -- norms -------------------------------------------------------------------------------------------


@jvp(np.linalg.norm, "x")
def norm_x(ans, t, x, ord=None, axis=None, keepdims=False):
    along = norm(ans, np.ones_like(ans), x, ord, axis, keepdims) * t
    return np.real(np.sum(along, axis=rt.norm_axes(np.ndim(x), axis), keepdims=keepdims))


@jvp(np.linalg.vector_norm, "x")
def vector_norm_x(ans, t, x, *, axis=None, keepdims=False, ord=2):
    along = vector_norm(ans, np.ones_like(ans), x, axis=axis, keepdims=keepdims, ord=ord) * t
    return np.real(np.sum(along, axis=axis, keepdims=keepdims))


@jvp(np.linalg.matrix_norm, "x")
def matrix_norm_x(ans, t, x, *, keepdims=False, ord="fro"):
    along = matrix_norm(ans, np.ones_like(ans), x, keepdims=keepdims, ord=ord) * t
    return np.real(np.sum(along, axis=(-2, -1), keepdims=keepdims))


@jvp(np.linalg.cond, "x")
def cond_x(ans, t, x, p=None):
    return np.real(np.sum(cond(ans, np.ones_like(ans), x, p) * t, axis=(-2, -1)))
