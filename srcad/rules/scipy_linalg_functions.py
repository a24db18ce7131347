"""Derivatives of ``scipy.linalg``: functions of matrices, matrix equations, and what NumPy has too.

A function f of matrices satisfies f([[A, E], [0, A]]) = [[f(A), L(A, E)], [0, f(A)]] with its Frechet
derivative L, whose transpose is L(A^T, .) (N. J. Higham, Functions of Matrices, 2008, section 3.2).
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from srcad import runtime as rt
from srcad.rules import linalg_factors, linalg_norms
from srcad.rules.registry import jvp, vjp
from srcad.rules.scipy_linalg_solvers import OVERWRITE_A, OVERWRITE_B

# -- functions of matrices ---------------------------------------------------------------------------


@vjp(scipy.linalg.expm, "A")
def expm(ans, g, A):  # noqa: N803
    return rt.scipy_linalg.expm_frechet(np.swapaxes(A, -1, -2), g)


@jvp(scipy.linalg.expm, "A")
def expm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.expm_frechet(A, t)


@vjp(rt.scipy_linalg.expm_frechet, "a", "e")
def expm_frechet(ans, g, a, e):
    turned = np.swapaxes(rt.scipy_linalg.block(a, e), -1, -2)
    whole = rt.scipy_linalg.expm_frechet(turned, rt.scipy_linalg.corner_adjoint(g))
    return rt.scipy_linalg.block_sum(whole), rt.scipy_linalg.corner(whole)


@jvp(rt.scipy_linalg.expm_frechet, "a")
def expm_frechet_a(ans, t, a, e):
    change = rt.scipy_linalg.block_adjoint(t)
    return rt.scipy_linalg.corner(rt.scipy_linalg.expm_frechet(rt.scipy_linalg.block(a, e), change))


@jvp(rt.scipy_linalg.expm_frechet, "e")
def expm_frechet_e(ans, t, a, e):
    return rt.scipy_linalg.expm_frechet(a, t)


@vjp(scipy.linalg.logm, "A")
def logm(ans, g, A):  # noqa: N803
    whole = scipy.linalg.logm(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g))
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.logm, "A")
def logm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.corner(scipy.linalg.logm(rt.scipy_linalg.block(A, t)))


@vjp(scipy.linalg.sqrtm, "A")
def sqrtm(ans, g, A):  # noqa: N803
    turned = np.swapaxes(ans, -1, -2)
    return rt.unbroadcast(scipy.linalg.solve_sylvester(turned, turned, g), A)


@jvp(scipy.linalg.sqrtm, "A")
def sqrtm_tangent(ans, t, A):  # noqa: N803
    return scipy.linalg.solve_sylvester(ans, ans, t)


@vjp(scipy.linalg.cosm, "A")
def cosm(ans, g, A):  # noqa: N803
    whole = scipy.linalg.cosm(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g))
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.cosm, "A")
def cosm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.corner(scipy.linalg.cosm(rt.scipy_linalg.block(A, t)))


@vjp(scipy.linalg.sinm, "A")
def sinm(ans, g, A):  # noqa: N803
    whole = scipy.linalg.sinm(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g))
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.sinm, "A")
def sinm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.corner(scipy.linalg.sinm(rt.scipy_linalg.block(A, t)))


@vjp(scipy.linalg.tanm, "A")
def tanm(ans, g, A):  # noqa: N803
    whole = scipy.linalg.tanm(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g))
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.tanm, "A")
def tanm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.corner(scipy.linalg.tanm(rt.scipy_linalg.block(A, t)))


@vjp(scipy.linalg.coshm, "A")
def coshm(ans, g, A):  # noqa: N803
    whole = scipy.linalg.coshm(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g))
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.coshm, "A")
def coshm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.corner(scipy.linalg.coshm(rt.scipy_linalg.block(A, t)))


@vjp(scipy.linalg.sinhm, "A")
def sinhm(ans, g, A):  # noqa: N803
    whole = scipy.linalg.sinhm(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g))
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.sinhm, "A")
def sinhm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.corner(scipy.linalg.sinhm(rt.scipy_linalg.block(A, t)))


@vjp(scipy.linalg.tanhm, "A")
def tanhm(ans, g, A):  # noqa: N803
    whole = scipy.linalg.tanhm(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g))
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.tanhm, "A")
def tanhm_tangent(ans, t, A):  # noqa: N803
    return rt.scipy_linalg.corner(scipy.linalg.tanhm(rt.scipy_linalg.block(A, t)))


@vjp(scipy.linalg.fractional_matrix_power, "A")
def fractional_matrix_power(ans, g, A, t):  # noqa: N803
    whole = scipy.linalg.fractional_matrix_power(rt.scipy_linalg.block(np.swapaxes(A, -1, -2), g), t)
    return rt.unbroadcast(rt.scipy_linalg.corner(whole), A)


@jvp(scipy.linalg.fractional_matrix_power, "A")
def fractional_matrix_power_tangent(ans, tangent, A, t):  # noqa: N803
    whole = scipy.linalg.fractional_matrix_power(rt.scipy_linalg.block(A, tangent), t)
    return rt.scipy_linalg.corner(whole)


# -- matrix equations --------------------------------------------------------------------------------


@vjp(scipy.linalg.solve_sylvester, "a", "b", "q")
def solve_sylvester(ans, g, a, b, q):
    turned = np.swapaxes(ans, -1, -2)
    solved = scipy.linalg.solve_sylvester(np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2), g)
    return rt.unbroadcast(-solved @ turned, a), rt.unbroadcast(-turned @ solved, b), rt.unbroadcast(solved, q)


@jvp(scipy.linalg.solve_sylvester, "a")
def solve_sylvester_a(ans, t, a, b, q):
    return -scipy.linalg.solve_sylvester(a, b, t @ ans)


@jvp(scipy.linalg.solve_sylvester, "b")
def solve_sylvester_b(ans, t, a, b, q):
    return -scipy.linalg.solve_sylvester(a, b, ans @ t)


@jvp(scipy.linalg.solve_sylvester, "q")
def solve_sylvester_q(ans, t, a, b, q):
    return scipy.linalg.solve_sylvester(a, b, t)


@vjp(scipy.linalg.solve_continuous_lyapunov, "a", "q")
def solve_continuous_lyapunov(ans, g, a, q):
    a = rt.real_only(a, "scipy.linalg.solve_continuous_lyapunov")
    solved = scipy.linalg.solve_continuous_lyapunov(np.swapaxes(a, -1, -2), g)
    return -solved @ np.swapaxes(ans, -1, -2) - np.swapaxes(solved, -1, -2) @ ans, solved


@jvp(scipy.linalg.solve_continuous_lyapunov, "a")
def solve_continuous_lyapunov_a(ans, t, a, q):
    a = rt.real_only(a, "scipy.linalg.solve_continuous_lyapunov")
    return -scipy.linalg.solve_continuous_lyapunov(a, t @ ans + ans @ np.swapaxes(t, -1, -2))


@jvp(scipy.linalg.solve_continuous_lyapunov, "q")
def solve_continuous_lyapunov_q(ans, t, a, q):
    return scipy.linalg.solve_continuous_lyapunov(a, t)


@vjp(scipy.linalg.solve_discrete_lyapunov, "a", "q")
def solve_discrete_lyapunov(ans, g, a, q, method=None):
    a = rt.real_only(a, "scipy.linalg.solve_discrete_lyapunov")
    solved = scipy.linalg.solve_discrete_lyapunov(np.swapaxes(a, -1, -2), g, method)
    return solved @ a @ np.swapaxes(ans, -1, -2) + np.swapaxes(solved, -1, -2) @ a @ ans, solved


@jvp(scipy.linalg.solve_discrete_lyapunov, "a")
def solve_discrete_lyapunov_a(ans, t, a, q, method=None):
    a = rt.real_only(a, "scipy.linalg.solve_discrete_lyapunov")
    moved = t @ ans @ np.swapaxes(a, -1, -2) + a @ ans @ np.swapaxes(t, -1, -2)
    return scipy.linalg.solve_discrete_lyapunov(a, moved, method)


@jvp(scipy.linalg.solve_discrete_lyapunov, "q")
def solve_discrete_lyapunov_q(ans, t, a, q, method=None):
    return scipy.linalg.solve_discrete_lyapunov(a, t, method)


# -- what numpy.linalg has too -----------------------------------------------------------------------

_GENERALIZED = "The generalised eigenvalue problem has no derivative rule; solve it for inv(b) @ a."
_SUBSET = "Eigenvalues chosen when solving have no derivative rule; choose them from the whole result."
_SPECTRUM = {
    "b": _GENERALIZED, "type": _GENERALIZED, "overwrite_b": OVERWRITE_B["overwrite_b"],
    "subset_by_index": _SUBSET, "subset_by_value": _SUBSET,
} | OVERWRITE_A  # fmt: skip


@vjp(scipy.linalg.det, "a", refused=OVERWRITE_A)
def det(ans, g, a, overwrite_a=False, check_finite=True):
    return np.expand_dims(g, (-2, -1)) * rt.cofactor(a)


@jvp(scipy.linalg.det, "a")
def det_a(ans, t, a, overwrite_a=False, check_finite=True):
    return np.sum(rt.cofactor(a) * t, axis=(-2, -1))


@vjp(scipy.linalg.norm, "a")
def norm(ans, g, a, ord=None, axis=None, keepdims=False, check_finite=True):
    return linalg_norms.norm(ans, g, a, ord, axis, keepdims)


@vjp(scipy.linalg.eigvalsh, "a", refused=_SPECTRUM)
def eigvalsh(
    ans, g, a, b=None, *, lower=True, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    if lower:
        return linalg_factors.eigvalsh(ans, g, a, "L")
    return linalg_factors.eigvalsh(ans, g, a, "U")


@vjp(scipy.linalg.eigh, "a", refused=_SPECTRUM)
def eigh(
    ans, g, a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1,
    check_finite=True, subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    if eigvals_only and lower:
        return linalg_factors.eigvalsh(ans, g, a, "L")
    if eigvals_only:
        return linalg_factors.eigvalsh(ans, g, a, "U")
    if lower:
        return linalg_factors.eigh(ans, g, a, "L")
    return linalg_factors.eigh(ans, g, a, "U")


@vjp(
    scipy.linalg.eigvals,
    "a",
    refused=OVERWRITE_A | {"b": _GENERALIZED, "homogeneous_eigvals": _GENERALIZED},
)
def eigvals(ans, g, a, b=None, overwrite_a=False, check_finite=True, homogeneous_eigvals=False):
    return linalg_factors.eigvals(ans, g, a)


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


@vjp(scipy.linalg.svdvals, "a", refused=OVERWRITE_A)
def svdvals(ans, g, a, overwrite_a=False, check_finite=True):
    return linalg_factors.svdvals(ans, g, a)


@vjp(scipy.linalg.svd, "a", refused=OVERWRITE_A)
def svd(
    ans, g, a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True,
    lapack_driver="gesdd",
):  # fmt: skip
    return linalg_factors.svd(ans, g, a, full_matrices, compute_uv)


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
    return linalg_factors.qr(ans[0], g[0], a, "r")


@vjp(
    scipy.linalg.pinv,
    "a",
    refused={"return_rank": "The rank has no derivative; leave return_rank at False and use matrix_rank."},
)
def pinv(ans, g, a, *, atol=None, rtol=None, return_rank=False, check_finite=True):
    return linalg_factors.pinv(ans, g, a)
