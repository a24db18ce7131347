"""Derivatives of what ``scipy.linalg`` and ``numpy.linalg`` both have, by the rules of the latter."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from srcad import runtime as rt
from srcad.rules import linalg_factors, linalg_forward, linalg_norms
from srcad.rules import scipy_linalg_generalized as generalized
from srcad.rules.registry import jvp, vjp
from srcad.rules.scipy_linalg_solvers import OVERWRITE_A, OVERWRITE_B

_GENERALIZED = "The generalised eigenvalue problem has no derivative rule; solve it for inv(b) @ a."
_SUBSET = "Eigenvalues chosen by their values have no derivative rule; choose them by their places."
_SPECTRUM = {
    "type": "Generalised eigenvalue problems of type 2 and 3 have no derivative rule.",
    "overwrite_b": OVERWRITE_B["overwrite_b"],
    "subset_by_value": _SUBSET,
} | OVERWRITE_A  # fmt: skip

# -- determinants and norms ---------------------------------------------------------------------------


@vjp(scipy.linalg.det, "a", refused=OVERWRITE_A)
def det(ans, g, a, overwrite_a=False, check_finite=True):
    return np.expand_dims(g, (-2, -1)) * rt.cofactor(a)


@jvp(scipy.linalg.det, "a")
def det_a(ans, t, a, overwrite_a=False, check_finite=True):
    return np.sum(rt.cofactor(a) * t, axis=(-2, -1))


@vjp(scipy.linalg.norm, "a")
def norm(ans, g, a, ord=None, axis=None, keepdims=False, check_finite=True):
    return linalg_norms.norm(ans, g, a, ord, axis, keepdims)


@jvp(scipy.linalg.norm, "a")
def norm_a(ans, t, a, ord=None, axis=None, keepdims=False, check_finite=True):
    return linalg_forward.norm_x(ans, t, a, ord, axis, keepdims)


@vjp(scipy.linalg.eigvalsh, "a", "b", refused=_SPECTRUM)
def eigvalsh(
    ans, g, a, b=None, *, lower=True, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    uplo = "L" if lower else "U"
    if subset_by_index is not None:
        g = generalized.among_all(g, a, subset_by_index)
    if b is None:
        return linalg_factors.eigvalsh(ans, g, a, uplo), 0.0
    return generalized.values_adjoints(g, a, b, uplo)


@jvp(scipy.linalg.eigvalsh, "a")
def eigvalsh_a(
    ans, t, a, b=None, *, lower=True, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    uplo = "L" if lower else "U"
    if b is None:
        return generalized.chosen(linalg_forward.eigvalsh_a(ans, t, a, uplo), subset_by_index)
    vectors = scipy.linalg.eigh(a, b, lower=lower, subset_by_index=subset_by_index)[1]
    return generalized.values_change(ans, vectors, rt.hermitian(t, uplo) @ vectors, np.zeros_like(vectors))


@jvp(scipy.linalg.eigvalsh, "b")
def eigvalsh_b(
    ans, t, a, b=None, *, lower=True, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    vectors = scipy.linalg.eigh(a, b, lower=lower, subset_by_index=subset_by_index)[1]
    change = rt.hermitian(t, "L" if lower else "U") @ vectors
    return generalized.values_change(ans, vectors, np.zeros_like(vectors), change)


@vjp(scipy.linalg.eigh, "a", "b", refused=_SPECTRUM)
def eigh(
    ans, g, a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1,
    check_finite=True, subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    uplo = "L" if lower else "U"
    if subset_by_index is not None and eigvals_only:
        g = generalized.among_all(g, a, subset_by_index)
    if subset_by_index is not None and not eigvals_only:
        ans = generalized.completed(ans, a, b, lower, subset_by_index)
        g = generalized.among_all(g[0], a, subset_by_index), generalized.among_all(g[1], a, subset_by_index)
    if b is None and eigvals_only:
        return linalg_factors.eigvalsh(ans, g, a, uplo), 0.0
    if b is None:
        return linalg_factors.eigh(ans, g, a, uplo), 0.0
    if eigvals_only:
        return generalized.values_adjoints(g, a, b, uplo)
    return generalized.pair_adjoints(ans, g, a, b, uplo)


@jvp(scipy.linalg.eigh, "a")
def eigh_a(
    ans, t, a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1,
    check_finite=True, subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    uplo = "L" if lower else "U"
    if eigvals_only:
        return eigvalsh_a(ans, t, a, b, lower=lower, subset_by_index=subset_by_index)
    if subset_by_index is not None:
        ans = generalized.completed(ans, a, b, lower, subset_by_index)
    if b is None:
        change = linalg_forward.eigh_a(ans, t, a, uplo)
    else:
        moved = rt.hermitian(t, uplo) @ ans[1]
        change = generalized.pair_change(ans, moved, np.zeros_like(moved))
    return generalized.chosen(change[0], subset_by_index), generalized.chosen(change[1], subset_by_index)


@jvp(scipy.linalg.eigh, "b")
def eigh_b(
    ans, t, a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1,
    check_finite=True, subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    if eigvals_only:
        return eigvalsh_b(ans, t, a, b, lower=lower, subset_by_index=subset_by_index)
    if subset_by_index is not None:
        ans = generalized.completed(ans, a, b, lower, subset_by_index)
    moved = rt.hermitian(t, "L" if lower else "U") @ ans[1]
    change = generalized.pair_change(ans, np.zeros_like(moved), moved)
    return generalized.chosen(change[0], subset_by_index), generalized.chosen(change[1], subset_by_index)


@vjp(
    scipy.linalg.eigvals,
    "a",
    refused=OVERWRITE_A | {"b": _GENERALIZED, "homogeneous_eigvals": _GENERALIZED},
)
def eigvals(ans, g, a, b=None, overwrite_a=False, check_finite=True, homogeneous_eigvals=False):
    return linalg_factors.eigvals(ans, g, a)


@jvp(scipy.linalg.eigvals, "a")
def eigvals_a(ans, t, a, b=None, overwrite_a=False, check_finite=True, homogeneous_eigvals=False):
    return linalg_forward.eigvals_a(ans, t, a)


@vjp(
    scipy.linalg.eig,
    "a",
    refused=OVERWRITE_A
    | OVERWRITE_B
    | {
        "b": _GENERALIZED,
        "homogeneous_eigvals": _GENERALIZED,
        "left": "Left eigenvectors have no derivative rule; take those of the transposed matrix.",
    },
)
def eig(
    ans, g, a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, check_finite=True,
    homogeneous_eigvals=False,
):  # fmt: skip
    if not right:
        return linalg_factors.eigvals(ans, g, a)
    return linalg_factors.eig(ans, g, a)


@jvp(scipy.linalg.eig, "a")
def eig_a(
    ans, t, a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, check_finite=True,
    homogeneous_eigvals=False,
):  # fmt: skip
    if not right:
        return linalg_forward.eigvals_a(ans, t, a)
    pair = linalg_forward.eig_a(ans, t, a)
    return pair[0], rt.unbroadcast(pair[1], ans[1])


@vjp(scipy.linalg.svdvals, "a", refused=OVERWRITE_A)
def svdvals(ans, g, a, overwrite_a=False, check_finite=True):
    return linalg_factors.svdvals(ans, g, a)


@jvp(scipy.linalg.svdvals, "a")
def svdvals_a(ans, t, a, overwrite_a=False, check_finite=True):
    return linalg_forward.svdvals_x(ans, t, a)


@vjp(scipy.linalg.svd, "a", refused=OVERWRITE_A)
def svd(
    ans, g, a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True,
    lapack_driver="gesdd",
):  # fmt: skip
    return linalg_factors.svd(ans, g, a, full_matrices, compute_uv)


@jvp(scipy.linalg.svd, "a")
def svd_a(
    ans, t, a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True,
    lapack_driver="gesdd",
):  # fmt: skip
    return linalg_forward.svd_a(ans, t, a, full_matrices, compute_uv)


@vjp(
    scipy.linalg.qr,
    "a",
    refused=OVERWRITE_A | {"pivoting": "Column pivoting has no derivative rule; permute the columns before."},
)
def qr(ans, g, a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    mode = rt.allowed_option(mode, ("full", "economic", "r"), "scipy.linalg.qr mode")
    if mode == "full":
        return linalg_factors.qr(ans, g, a, "complete")
    if mode == "economic":
        return linalg_factors.qr(ans, g, a, "reduced")
    least = min(np.shape(a)[-2], np.shape(a)[-1])  # SciPy adds rows of zeros
    return linalg_factors.qr(ans[0][..., :least, :], g[0][..., :least, :], a, "r")


@jvp(scipy.linalg.qr, "a")
def qr_a(ans, t, a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    mode = rt.allowed_option(mode, ("full", "economic", "r"), "scipy.linalg.qr mode")
    if mode == "full":
        return linalg_forward.qr_a(ans, t, a, "complete")
    if mode == "economic":
        return linalg_forward.qr_a(ans, t, a, "reduced")
    change = linalg_forward.qr_a(ans[0], t, a, "r")
    return (np.concatenate((change, np.zeros_like(ans[0][..., np.shape(change)[-2] :, :])), -2),)


@vjp(
    scipy.linalg.pinv,
    "a",
    refused={"return_rank": "The rank has no derivative; leave return_rank at False and use matrix_rank."},
)
def pinv(ans, g, a, *, atol=None, rtol=None, return_rank=False, check_finite=True):
    return linalg_factors.pinv(ans, g, a)


@jvp(scipy.linalg.pinv, "a")
def pinv_a(ans, t, a, *, atol=None, rtol=None, return_rank=False, check_finite=True):
    return linalg_forward.pinv_a(ans, t, a)
