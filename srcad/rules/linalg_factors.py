"""Derivatives of matrix factorisations, eigenvalues, singular values and least squares.

Sources: M. Giles (2008) for eigenvalues and Cholesky factors; J. Townsend, "Differentiating the singular value
decomposition" (2016); S. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2018)
for QR; G. Golub and V. Pereyra (SIAM J. Numer. Anal. 10, 1973) for pseudoinverses of constant rank.

Inside a rule a gradient is the conjugate of the one that goes in and comes out, so that adjoints are conjugate
transposes.  A function that reads one triangle has its gradient in that triangle.  Vectors of coinciding eigenvalues
or singular values are not differentiable: their gradients are infinite or NaN.  Vectors which NumPy leaves free up
to a phase or a rotation may only be used in ways that do not depend on it; other gradients are refused.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

# -- triangular factors ------------------------------------------------------------------------------


@vjp(np.linalg.cholesky, "a")
def cholesky(ans, g, a, *, upper=False):
    if upper:
        factor = rt.conj_transpose(ans)
        cotangent = np.swapaxes(g, -1, -2)
        uplo = "U"
    else:
        factor = ans
        cotangent = np.conj(g)
        uplo = "L"
    half = rt.lower_half(rt.conj_transpose(factor) @ np.tril(cotangent))
    inverse = np.linalg.inv(factor)
    middle = rt.conj_transpose(inverse) @ half @ inverse
    return np.conj(rt.fold_hermitian((middle + rt.conj_transpose(middle)) / 2, uplo))


@vjp(np.linalg.qr, "a")
def qr(ans, g, a, mode="reduced"):
    mode = rt.allowed_option(mode, ("reduced", "complete", "r"), "np.linalg.qr mode")
    k = min(np.shape(a)[-2], np.shape(a)[-1])
    if mode == "r":
        q, r = np.linalg.qr(a)[0], ans
        left, right = np.zeros_like(q), np.conj(g)
    else:
        q, r = ans[0], ans[1]
        left, right = np.conj(rt.filled(g[0], q)), np.conj(rt.filled(g[1], r))
    if mode == "complete":
        rest = q[..., k:]
        turned = rt.conj_transpose(left[..., k:])
        freedom = turned @ rest
        freedom = freedom - rt.conj_transpose(freedom)
        q, r = q[..., :k], r[..., :k, :]
        left = rt.gauge_invariant(left[..., :k] - rest @ (turned @ q), freedom, left, "np.linalg.qr")
        right = right[..., :k, :]
    beyond = q @ right[..., k:]
    left = left + np.asarray(a)[..., k:] @ rt.conj_transpose(right[..., k:])
    square = r[..., :k]
    mixed = square @ rt.conj_transpose(np.triu(right[..., :k])) - rt.conj_transpose(left) @ q
    whole = left + q @ rt.hermitian(mixed, "L")
    first = rt.conj_transpose(np.linalg.solve(square, rt.conj_transpose(whole)))
    return np.conj(np.concatenate([first, beyond], -1))


# -- eigenvalues -------------------------------------------------------------------------------------


@vjp(np.linalg.eigvalsh, "a")
def eigvalsh(ans, g, a, UPLO="L"):
    vectors = np.linalg.eigh(a, UPLO)[1]
    whole = (vectors * np.expand_dims(g, -2)) @ rt.conj_transpose(vectors)
    return np.conj(rt.fold_hermitian(whole, UPLO))


@vjp(np.linalg.eigh, "a")
def eigh(ans, g, a, UPLO="L"):
    vectors = ans[1]
    whole = vectors * np.expand_dims(rt.filled(g[0], ans[0]), -2)
    if not rt.is_zero(g[1]):
        cotangent = np.conj(g[1])
        inner = rt.conj_transpose(vectors) @ cotangent
        phases = np.imag(np.diagonal(inner, 0, -2, -1))
        inner = rt.gauge_invariant(inner, phases, cotangent, "np.linalg.eigh")
        whole = whole + vectors @ rt.divide_gaps(inner, ans[0])
    return np.conj(rt.fold_hermitian(whole @ rt.conj_transpose(vectors), UPLO))


@vjp(np.linalg.eigvals, "a")
def eigvals(ans, g, a):
    pair = np.linalg.eig(a)
    turned = np.swapaxes(pair[1], -1, -2)
    return rt.unbroadcast(np.linalg.solve(turned, np.expand_dims(g, -1) * turned), a)


@vjp(np.linalg.eig, "a")
def eig(ans, g, a):
    vectors = ans[1]
    turned = np.swapaxes(vectors, -1, -2)
    inner = np.expand_dims(g[0], -1) * turned
    if not rt.is_zero(g[1]):
        along = np.sum(g[1] * vectors, axis=-2, keepdims=True)
        largest = rt.largest_entries(vectors)
        pivot = np.sum(largest * vectors, axis=-2, keepdims=True)
        imaginary = (along - np.conj(along)) / 2
        cotangent = g[1] - np.real(along) * np.conj(vectors) - largest * (imaginary / pivot)
        inner = inner + rt.divide_gaps(turned @ cotangent, ans[0]) @ turned
    return rt.unbroadcast(np.linalg.solve(turned, inner), a)


# -- singular values ---------------------------------------------------------------------------------


@vjp(np.linalg.svdvals, "x")
def svdvals(ans, g, x):
    return np.conj(rt.weighted_singular_parts(g, x))


@vjp(np.linalg.svd, "a")
def svd(ans, g, a, full_matrices=True, compute_uv=True, hermitian=False):
    if hermitian:
        a = rt.hermitian(a, "L")
    if not compute_uv:
        whole = rt.weighted_singular_parts(g, a)
        if hermitian:
            whole = rt.fold_hermitian(whole, "L")
        return np.conj(whole)
    k = np.shape(ans[1])[-1]
    u, s, v = ans[0][..., :k], ans[1], rt.conj_transpose(ans[2][..., :k, :])
    whole = u * np.expand_dims(rt.filled(g[1], s), -2)
    turned = rt.conj_transpose(v)
    if not (rt.is_zero(g[0]) and rt.is_zero(g[2])):
        left = np.conj(rt.filled(g[0], ans[0]))
        right = np.swapaxes(rt.filled(g[2], ans[2]), -1, -2)
        rest = ans[0][..., k:]
        free = rt.conj_transpose(left[..., k:])
        freedom = free @ rest
        freedom = freedom - rt.conj_transpose(freedom)
        left = rt.gauge_invariant(left[..., :k] - rest @ (free @ u), freedom, left, "np.linalg.svd")
        rest = rt.conj_transpose(ans[2][..., k:, :])
        free = rt.conj_transpose(right[..., k:])
        freedom = free @ rest
        freedom = freedom - rt.conj_transpose(freedom)
        right = rt.gauge_invariant(right[..., :k] - rest @ (free @ v), freedom, right, "np.linalg.svd")
        inner_u = rt.conj_transpose(u) @ left
        inner_v = turned @ right
        phases = np.imag(np.diagonal(inner_u + inner_v, 0, -2, -1))
        inner_u = rt.gauge_invariant(inner_u, phases, rt.largest_modulus(left, right), "np.linalg.svd")
        from_u = rt.divide_gaps(inner_u, s * s)
        from_v = rt.divide_gaps(inner_v, s * s)
        middle = (from_u + rt.conj_transpose(from_u)) * np.expand_dims(s, -2)
        middle = middle + (from_v + rt.conj_transpose(from_v)) * np.expand_dims(s, -1)
        diagonal = np.diagonal(inner_u, 0, -2, -1)
        twist = (diagonal - np.conj(diagonal)) * rt.safe_reciprocal(s) / 2
        whole = whole + u * np.expand_dims(twist, -2) + u @ middle
        if np.shape(a)[-2] > k:
            whole = whole + (left - u @ inner_u) / np.expand_dims(s, -2)
        if np.shape(a)[-1] > k:
            turned_rest = rt.conj_transpose((right - v @ inner_v) / np.expand_dims(s, -2))
            whole = whole @ turned + u @ turned_rest
        else:
            whole = whole @ turned
    else:
        whole = whole @ turned
    if hermitian:
        whole = rt.fold_hermitian(whole, "L")
    return np.conj(whole)


# -- least squares -----------------------------------------------------------------------------------


@vjp(np.linalg.pinv, "a")
def pinv(ans, g, a, rcond=None, hermitian=False, *, rtol=None):
    if hermitian:
        a = rt.hermitian(a, "L")
    adjoint = rt.conj_transpose(ans)
    cotangent = np.conj(g)
    turned = rt.conj_transpose(cotangent)
    columns = turned @ ans @ adjoint
    rows = adjoint @ ans @ turned
    whole = columns - a @ (ans @ columns) + rows - (rows @ ans) @ a - adjoint @ cotangent @ adjoint
    if hermitian:
        whole = rt.fold_hermitian(whole, "L")
    return np.conj(whole)


@vjp(np.linalg.lstsq, "a", "b")
def lstsq(ans, g, a, b, rcond=None):
    columns = (np.shape(b)[0], np.size(b) // np.shape(b)[0])
    right = np.reshape(b, columns)
    x = np.reshape(ans[0], (np.shape(a)[1], columns[1]))
    residual = right - a @ x
    inverse = np.linalg.pinv(a, rt.default_rcond(a, rcond))
    adjoint = rt.conj_transpose(inverse)
    cotangent = np.reshape(np.conj(rt.filled(g[0], ans[0])), np.shape(x))
    to_b = adjoint @ cotangent
    weighted = inverse @ to_b
    outside = cotangent - inverse @ (a @ cotangent)
    whole = residual @ rt.conj_transpose(weighted) + (adjoint @ x) @ rt.conj_transpose(outside)
    if np.size(ans[1]) and not rt.is_zero(g[1]):
        to_b = to_b + 2 * residual * g[1]
    whole = whole - to_b @ rt.conj_transpose(x)
    if not rt.is_zero(g[3]):
        whole = whole + rt.weighted_singular_parts(g[3], a)
    return rt.unbroadcast(np.conj(whole), a), rt.unbroadcast(np.reshape(np.conj(to_b), np.shape(b)), b)
