"""Derivatives of the generalised eigenvalue problem ``a @ V = b @ V @ diag(w)`` with ``V^H b V = 1``.

With ``M = V^H da V`` and ``N = V^H db V``, ``dw = diag(M - N diag(w))`` and ``dV = V C``, where
``C_ij = (M - N diag(w))_ij / (w_j - w_i)`` beside the diagonal and ``C_ii = -N_ii / 2``.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from srcad import runtime as rt


def values_adjoints(g, a, b, uplo):
    """Return the gradients of both matrices for a cotangent of the eigenvalues."""
    pair = scipy.linalg.eigh(a, b, lower=uplo == "L")
    turned = rt.conj_transpose(pair[1])
    weighed = np.expand_dims(g, -2) * pair[1]
    from_b = (weighed * np.expand_dims(pair[0], -2)) @ turned
    return (
        rt.unbroadcast(np.conj(rt.fold_hermitian(weighed @ turned, uplo)), a),
        rt.unbroadcast(-np.conj(rt.fold_hermitian(from_b, uplo)), b),
    )


def pair_adjoints(ans, g, a, b, uplo):
    """Return the gradients of both matrices for cotangents of the eigenvalues and eigenvectors."""
    values, vectors = np.expand_dims(ans[0], -2), ans[1]
    weighed = vectors * np.expand_dims(rt.filled(g[0], ans[0]), -2)
    whole = weighed
    lengths = weighed * 0
    if not rt.is_zero(g[1]):
        cotangent = np.conj(g[1])
        inner = rt.conj_transpose(vectors) @ cotangent
        along = np.diagonal(inner, 0, -2, -1)
        inner = rt.gauge_invariant(inner, np.imag(along), cotangent, "scipy.linalg.eigh")
        whole = whole + vectors @ rt.divide_gaps(inner, ans[0])
        lengths = vectors * np.expand_dims(np.real(along), -2) / 2
    turned = rt.conj_transpose(vectors)
    return (
        rt.unbroadcast(np.conj(rt.fold_hermitian(whole @ turned, uplo)), a),
        rt.unbroadcast(-np.conj(rt.fold_hermitian((whole * values + lengths) @ turned, uplo)), b),
    )


def values_change(values, vectors, change_a, change_b):
    """Return the change of the eigenvalues for those of ``a @ V`` and ``b @ V``."""
    return np.real(np.sum(np.conj(vectors) * (change_a - change_b * np.expand_dims(values, -2)), axis=-2))


def pair_change(ans, change_a, change_b):
    """Return the changes of eigenvalues and eigenvectors for those of ``a @ V`` and ``b @ V``."""
    vectors = ans[1]
    inner = rt.conj_transpose(vectors) @ (change_a - change_b * np.expand_dims(ans[0], -2))
    lengths = np.real(np.sum(np.conj(vectors) * change_b, axis=-2, keepdims=True)) / 2
    moved = vectors @ rt.divide_gaps(inner, ans[0]) - vectors * lengths
    return np.real(np.diagonal(inner, 0, -2, -1)), moved


# -- some of the eigenvalues --------------------------------------------------------------------------


def chosen(parts, subset):
    """Return those along the last axis that the places of the first and the last one name; all for None."""
    return parts if subset is None else parts[..., subset[0] : subset[1] + 1]


def among_all(part, a, subset):
    """Return a cotangent of chosen eigenvalues or eigenvectors as one of all of them."""
    if rt.is_zero(part):
        return part
    none = np.zeros_like(part[..., :1])
    before = np.repeat(none, subset[0], axis=-1)
    return np.concatenate((before, part, np.repeat(none, np.shape(a)[-1] - 1 - subset[1], axis=-1)), -1)


def completed(ans, a, b, lower, subset):
    """Return all eigenvalues and eigenvectors, the chosen ones as they were."""
    pair = scipy.linalg.eigh(a, b, lower=lower)
    vectors = (pair[1][..., : subset[0]], ans[1], pair[1][..., subset[1] + 1 :])
    return pair[0], np.concatenate(vectors, -1)
