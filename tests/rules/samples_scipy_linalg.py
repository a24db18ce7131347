"""The points at which the rules of ``scipy.linalg`` are checked."""

from __future__ import annotations

import numpy as np
import scipy.linalg as linalg

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
sample = collector(SAMPLES)

_rng = np.random.default_rng(19)


def real(*shape: int) -> np.ndarray:
    """Return normal numbers."""
    return _rng.normal(size=shape)


def imaginary(*shape: int) -> np.ndarray:
    """Return complex normal numbers."""
    return real(*shape) + 1j * real(*shape)


def regular(*shape: int) -> np.ndarray:
    """Return matrices whose diagonals dominate."""
    return 0.3 * real(*shape) + 2 * np.eye(shape[-1])


def spd(*shape: int) -> np.ndarray:
    """Return symmetric positive definite matrices."""
    a = regular(*shape)
    return a @ np.swapaxes(a, -1, -2)


# -- solvers -----------------------------------------------------------------------------------------

sample(linalg.solve, regular(3, 3), real(3))
sample(linalg.solve, regular(3, 3), real(3, 2))
sample(linalg.solve, regular(3, 3), real(3, 2), transposed=True)
sample(linalg.solve, regular(3, 3) + 0.3j * real(3, 3), imaginary(3))
sample(linalg.solve, regular(2, 3, 3), real(2, 3, 1))
for structure in ("gen", "sym", "pos", "upper triangular", "lower triangular", "diagonal", "tridiagonal"):
    for lower in (False, True):
        sample(
            linalg.solve,
            spd(3, 3) + 0.1 * np.triu(real(3, 3), 1),
            real(3, 2),
            assume_a=structure,
            lower=lower,
        )
sample(linalg.inv, regular(3, 3))
sample(linalg.inv, regular(2, 3, 3))
sample(linalg.inv, regular(3, 3) + 0.3j * real(3, 3))
sample(linalg.inv, spd(3, 3), assume_a="pos")
for options in ({}, {"lower": True}, {"trans": 1}, {"trans": "T", "lower": True}, {"unit_diagonal": True},
                {"unit_diagonal": True, "lower": True, "trans": 1}):  # fmt: skip
    sample(linalg.solve_triangular, regular(3, 3), real(3), **options)
    sample(linalg.solve_triangular, regular(3, 3), real(3, 2), **options)
sample(linalg.solve_triangular, regular(3, 3) + 0.3j * real(3, 3), imaginary(3, 2))
sample(linalg.solve_triangular, regular(2, 3, 3), real(2, 3, 2), lower=True)
for lower in (False, True):
    sample(linalg.cholesky, spd(3, 3), lower=lower)
    sample(linalg.cho_factor, spd(3, 3), lower=lower)
    sample(linalg.cho_solve, (regular(3, 3), lower), real(3))
    sample(linalg.cho_solve, (regular(3, 3), lower), real(3, 2))
    sample(
        linalg.solveh_banded,
        np.array([[0.5, 0.3, -0.4], [3.0, 4.0, 3.5]])[:: -1 if lower else 1],
        real(3),
        lower=lower,
    )
    sample(
        linalg.solveh_banded,
        np.array([[0.5, 0.3, -0.4], [3.0, 4.0, 3.5]])[:: -1 if lower else 1],
        real(3, 2),
        lower=lower,
    )
sample(linalg.lu_factor, np.flipud(regular(3, 3)))
for trans in (0, 1):
    sample(linalg.lu_solve, (regular(3, 3), np.array([2, 1, 2])), real(3), trans=trans)
    sample(linalg.lu_solve, (regular(3, 3), np.array([1, 1, 2])), real(3, 2), trans=trans)
band = real(4, 5) * 0.3 + np.array([[0.0], [3.0], [0.0], [0.0]])
sample(linalg.solve_banded, (2, 1), band, real(5))
sample(linalg.solve_banded, (2, 1), band, real(5, 2))

# -- functions of matrices ---------------------------------------------------------------------------

sample(linalg.expm, real(3, 3))
sample(linalg.expm, real(2, 3, 3))
sample(linalg.expm, imaginary(2, 2))
for function in (linalg.logm, linalg.sqrtm):
    sample(function, regular(3, 3))
    sample(function, regular(2, 2) + 0.3j * real(2, 2))
for function in (linalg.cosm, linalg.sinm, linalg.tanm, linalg.coshm, linalg.sinhm, linalg.tanhm):
    sample(function, 0.4 * real(3, 3))
sample(linalg.fractional_matrix_power, regular(3, 3), 0.4)
sample(linalg.solve_sylvester, regular(3, 3), regular(2, 2), real(3, 2))
sample(linalg.solve_continuous_lyapunov, regular(3, 3), real(3, 3))
sample(linalg.solve_discrete_lyapunov, 0.3 * real(3, 3), real(3, 3))

# -- what numpy.linalg has too -----------------------------------------------------------------------

sample(linalg.det, real(3, 3))
sample(linalg.det, real(2, 3, 3))
for order in (None, 1, np.inf, "fro", 2):
    sample(linalg.norm, real(3, 3), order)
    sample(linalg.norm, real(4), None if order == "fro" else order)
sample(linalg.norm, real(3, 2), axis=1, keepdims=True)
for lower in (False, True):
    sample(linalg.eigvalsh, np.diag([1.0, 2.0, 4.0]) + 0.1 * real(3, 3), lower=lower)
    sample(linalg.eigh, np.diag([1.0, 2.0, 4.0]) + 0.3, lower=lower, driver="evd")
sample(linalg.eigh, np.diag([1.0, 2.0, 4.0]), eigvals_only=True)
for lower in (False, True):
    for left, right in (
        (spd(3, 3), spd(3, 3)),
        (spd(3, 3) + 0.2j * real(3, 3), spd(3, 3) + 0.1j * real(3, 3)),
    ):
        sample(linalg.eigvalsh, left, right, lower=lower)
        sample(linalg.eigh, left, right, lower=lower, eigvals_only=True)
    sample(linalg.eigh, spd(3, 3), spd(3, 3), lower=lower)
sample(linalg.eigvals, np.diag([1.0, 2.0, 4.0]) + 0.1 * real(3, 3))
sample(linalg.eig, np.diag([1.0, 2.0, 4.0]) + 0.1 * real(3, 3))
sample(linalg.svdvals, real(3, 2))
sample(linalg.svd, real(3, 2), full_matrices=False)
sample(linalg.svd, real(3, 2), compute_uv=False)
sample(linalg.qr, real(4, 3), mode="economic")
sample(linalg.qr, regular(3, 3))
sample(linalg.qr, regular(3, 3), mode="r")
sample(linalg.pinv, real(4, 2))

# -- structured matrices -----------------------------------------------------------------------------

sample(linalg.block_diag, real(2, 3), real(1, 1), real(3))
sample(linalg.toeplitz, real(3))
sample(linalg.toeplitz, real(3), real(4))
sample(linalg.hankel, real(3))
sample(linalg.hankel, real(3), real(4))
sample(linalg.circulant, real(4))
for mode in ("full", "same", "valid"):
    sample(linalg.convolution_matrix, real(4), 3, mode)
sample(linalg.khatri_rao, real(2, 3), real(4, 3))

# -- maps of entries ---------------------------------------------------------------------------------

own = rt.scipy_linalg
sample(own.as_columns, real(3), 1)
sample(own.from_columns, real(3, 1), 1)
for structure in (None, "sym", "upper triangular", "lower triangular", "diagonal", "tridiagonal"):
    sample(own.read_entries, real(4, 4), structure, True)
    sample(own.read_entries_adjoint, real(4, 4), structure, False)
for lower in (False, True):
    for unit in (False, True):
        sample(own.triangle, real(3, 3), lower, unit)
        sample(own.triangle_adjoint, real(3, 3), lower, unit)
    sample(own.lower_factor, real(3, 3), lower)
    sample(own.lower_factor_adjoint, real(3, 3), lower)
    sample(own.packed_factor, real(3, 3), lower)
    sample(own.packed_factor_adjoint, real(3, 3), lower)
    sample(own.permute_rows, real(3, 2), np.array([2, 2, 2]), lower)
    sample(own.whole_band, real(3, 4), lower)
    sample(own.whole_band_adjoint, real(5, 4), lower)
sample(own.lower_half, real(3, 3))
sample(own.block, real(2, 2), real(2, 2))
sample(own.block_sum, real(4, 4))
sample(own.block_adjoint, real(2, 2))
sample(own.corner, real(4, 4))
sample(own.corner_adjoint, real(2, 2))
sample(own.expm_frechet, real(3, 3), real(3, 3))
sample(own.band_product, (2, 1), real(4, 5), real(5, 2))
sample(own.band_product_adjoint, (2, 1), real(5, 2), real(5, 2))
sample(own.band_transposed, (2, 1), real(4, 5))
where = np.array([[0, 1, 2], [2, -1, 3]])
sample(own.gather_entries, real(2, 3), where, 3)
sample(own.gathered_from, real(3), where)
sample(own.placed_blocks, [real(2, 3), real(1, 1), real(2)])
sample(own.blocks_of, real(4, 6), [np.zeros((2, 3)), np.zeros((1, 1)), np.zeros(2)], fixed=("arrs",))

# -- complex matrices, and stacks of them ------------------------------------------------------------


def hermitian(*shape: int) -> np.ndarray:
    """Return Hermitian positive definite matrices."""
    a = regular(*shape) + 0.3j * real(*shape)
    return a @ np.conj(np.swapaxes(a, -1, -2))


for lower in (False, True):
    sample(linalg.cholesky, hermitian(3, 3), lower=lower)
    sample(linalg.cho_factor, hermitian(3, 3), lower=lower)
    sample(linalg.cho_solve, (regular(3, 3) + 0.3j * real(3, 3), lower), imaginary(3, 2))
    sample(linalg.cho_solve, (regular(2, 3, 3), lower), real(2, 3, 1))
    sample(linalg.solve, hermitian(3, 3), imaginary(3, 2), assume_a="her", lower=lower)
    sample(linalg.solve, hermitian(3, 3), imaginary(3), assume_a="sym", lower=lower)
    sample(
        linalg.solveh_banded,
        np.array([[0.2, 0.3, 0.1, 0.4], [3.0, 2.5, 2.8, 3.1]])[:: -1 if lower else 1] * np.ones((2, 1, 1)),
        real(2, 4, 1),
        lower=lower,
    )
sample(linalg.inv, hermitian(3, 3), assume_a="her")
for trans in (0, 1, 2):
    factors = regular(3, 3) + 0.3j * real(3, 3)
    sample(linalg.lu_solve, (factors, np.array([2, 1, 2])), imaginary(3, 2), trans=trans)
sample(linalg.lu_solve, (regular(3, 3), np.array([2, 1, 2])), imaginary(3))
sample(linalg.lu_factor, real(2, 3, 3))
sample(linalg.lu_solve, (regular(2, 3, 3), np.array([[2, 1, 2], [0, 2, 2]])), real(2, 3, 1))
sample(linalg.solve_banded, (1, 1), 3 + real(2, 3, 4) * np.array([[0.1], [1.0], [0.1]]), real(2, 4, 1))
sample(linalg.toeplitz, imaginary(3))
