"""Derivatives of ``scipy.linalg``: functions of matrices, matrix equations, and what NumPy has too.

A function f of matrices satisfies f([[A, E], [0, A]]) = [[f(A), L(A, E)], [0, f(A)]] with its Frechet
derivative L, whose transpose is L(A^T, .) (N. J. Higham, Functions of Matrices, 2008, section 3.2).
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

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
