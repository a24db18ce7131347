"""Derivatives of ``scipy.linalg``, by topic; this module names what is constant and what is refused."""

from __future__ import annotations

import scipy.linalg

from srcad.rules import (  # noqa: F401  (their rules are wanted)
    scipy_linalg_functions,
    scipy_linalg_numpy,
    scipy_linalg_solvers,
    scipy_linalg_structures,
    scipy_linalg_written,
)
from srcad.rules.registry import constant, refuse

constant(
    *(scipy.linalg.LinAlgError, scipy.linalg.LinAlgWarning, scipy.linalg.bandwidth),
    *(scipy.linalg.find_best_blas_type, scipy.linalg.get_blas_funcs, scipy.linalg.get_lapack_funcs),
    *(scipy.linalg.hadamard, scipy.linalg.helmert, scipy.linalg.hilbert, scipy.linalg.invhilbert),
    *(scipy.linalg.invpascal, scipy.linalg.ishermitian, scipy.linalg.issymmetric, scipy.linalg.pascal),
    scipy.linalg.test,
)

refuse("The size of a matrix is a whole number, which has no derivative: write int(n).", scipy.linalg.dft)

refuse(
    "This factorisation of scipy.linalg has no derivative rule; use one that has (cholesky, cho_factor, "
    "lu_factor, qr, svd, eig, eigh).",
    *(scipy.linalg.cossin, scipy.linalg.hessenberg, scipy.linalg.ldl, scipy.linalg.ordqz),
    *(scipy.linalg.qr_delete, scipy.linalg.qr_insert, scipy.linalg.qr_multiply),
    *(scipy.linalg.qr_update, scipy.linalg.qz, scipy.linalg.schur, scipy.linalg.rsf2csf),
    *(scipy.linalg.cdf2rdf, scipy.linalg.matrix_balance, scipy.linalg.cholesky_banded),
    *(scipy.linalg.cho_solve_banded, scipy.linalg.null_space),
    *(scipy.linalg.subspace_angles, scipy.linalg.diagsvd),
)

refuse(
    "Eigenvalues of banded and tridiagonal matrices have no derivative rule; make the whole matrix and use "
    "scipy.linalg.eigh.",
    *(scipy.linalg.eig_banded, scipy.linalg.eigvals_banded),
)

refuse(
    "This solver of scipy.linalg has no derivative rule; use scipy.linalg.solve with the whole matrix, such as "
    "solve(circulant(c), b).",
    *(scipy.linalg.solve_continuous_are, scipy.linalg.solve_discrete_are),
)

refuse(
    "This function of scipy.linalg has no derivative rule; write it in terms of functions that have one, or "
    "give its derivative with srcad.def_vjp.",
    *(scipy.linalg.clarkson_woodruff_transform, scipy.linalg.expm_cond),
    *(scipy.linalg.fiedler_companion, scipy.linalg.funm),
    scipy.linalg.signm,
)
