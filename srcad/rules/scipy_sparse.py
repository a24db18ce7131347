"""Derivatives of ``scipy.sparse``: products and solutions with a constant sparse matrix."""

from __future__ import annotations

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, refuse, vjp

constant(rt.scipy_sparse.transposed)

# -- products: the methods of all formats --------------------------------------------------------------


@vjp(scipy.sparse.csr_array.__matmul__, "other", linear=True)
def matmul(ans, g, self, other):
    return rt.unbroadcast(rt.scipy_sparse.product(rt.scipy_sparse.transposed(self), g), other)


@vjp(scipy.sparse.csr_array.__rmatmul__, "other", linear=True)
def rmatmul(ans, g, self, other):
    turned = rt.scipy_sparse.product(self, np.transpose(g))
    return rt.unbroadcast(np.transpose(turned), other)


@vjp(scipy.sparse.csr_array.dot, "other", linear=True)
def dot(ans, g, self, other):
    return rt.unbroadcast(rt.scipy_sparse.product(rt.scipy_sparse.transposed(self), g), other)


@vjp(scipy.sparse.coo_array.dot, "other", linear=True)
def coo_dot(ans, g, self, other):
    return rt.unbroadcast(rt.scipy_sparse.product(rt.scipy_sparse.transposed(self), g), other)


@vjp(scipy.sparse.csr_matrix.__mul__, "other", linear=True)
def matrix_mul(ans, g, self, other):
    return rt.unbroadcast(rt.scipy_sparse.product(rt.scipy_sparse.transposed(self), g), other)


@vjp(rt.scipy_sparse.product, "x", linear=True)
def product(ans, g, matrix, x):
    return rt.unbroadcast(rt.scipy_sparse.product(rt.scipy_sparse.transposed(matrix), g), x)


# -- solutions ---------------------------------------------------------------------------------------


@vjp(scipy.sparse.linalg.spsolve, "b", linear=True)
def spsolve(ans, g, A, b, permc_spec=None, use_umfpack=True):  # noqa: N803
    return scipy.sparse.linalg.spsolve(rt.scipy_sparse.transposed(A), g, permc_spec, use_umfpack)


@vjp(scipy.sparse.linalg.spsolve_triangular, "b", linear=True)
def spsolve_triangular(ans, g, A, b, lower=True, overwrite_A=False, overwrite_b=False, unit_diagonal=False):  # noqa: N803
    turned = rt.scipy_sparse.transposed(A)
    return scipy.sparse.linalg.spsolve_triangular(turned, g, not lower, unit_diagonal=unit_diagonal)


@vjp(scipy.sparse.linalg.cg, "b", "x0")
def cg(ans, g, A, b, x0=None, *, rtol=1e-05, atol=0.0, maxiter=None, M=None, callback=None):  # noqa: N803
    pair = scipy.sparse.linalg.cg(A, g[0], rtol=rtol, atol=atol, maxiter=maxiter, M=M)
    return pair[0], 0.0


@jvp(scipy.sparse.linalg.cg, "b")
def cg_b(ans, t, A, b, x0=None, *, rtol=1e-05, atol=0.0, maxiter=None, M=None, callback=None):  # noqa: N803
    return scipy.sparse.linalg.cg(A, t, rtol=rtol, atol=atol, maxiter=maxiter, M=M)[0], 0.0


@jvp(scipy.sparse.linalg.cg, "x0")
def cg_x0(ans, t, A, b, x0=None, *, rtol=1e-05, atol=0.0, maxiter=None, M=None, callback=None):  # noqa: N803
    return np.zeros_like(ans[0]), 0.0


refuse(
    "A sparse matrix made of values that vary has no derivative rule; make a dense array, or multiply by the "
    "values outside of the sparse matrix: scale * (A @ x).",
    *(scipy.sparse.csr_array, scipy.sparse.csc_array, scipy.sparse.coo_array, scipy.sparse.bsr_array),
    *(scipy.sparse.dia_array, scipy.sparse.dok_array, scipy.sparse.lil_array, scipy.sparse.csr_matrix),
    *(scipy.sparse.csc_matrix, scipy.sparse.coo_matrix, scipy.sparse.bsr_matrix, scipy.sparse.dia_matrix),
    *(scipy.sparse.dok_matrix, scipy.sparse.lil_matrix, scipy.sparse.diags, scipy.sparse.diags_array),
    *(scipy.sparse.csr_array.multiply, scipy.sparse.csr_array.__mul__, scipy.sparse.csr_array.__rmul__),
    *(scipy.sparse.csr_array.__add__, scipy.sparse.csr_array.__radd__, scipy.sparse.csr_array.__sub__),
    *(scipy.sparse.csr_array.__rsub__, scipy.sparse.csr_matrix.__rmul__),
)
