"""The points at which the rules of ``np.linalg`` are checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

_rng = np.random.default_rng(23)


def sample(function: Callable[..., Any], *args: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
    """Add a call to the samples."""
    SAMPLES.append(Sample(function, args, kwargs, fixed))


def real(*shape: int) -> np.ndarray:
    """Return distinct numbers away from zero, of both signs."""
    return _rng.uniform(0.4, 1.6, shape) * np.where(_rng.random(shape) < 0.5, -1.0, 1.0)


def spaced(*shape: int) -> np.ndarray:
    """Return numbers of both signs whose moduli differ by at least 0.1."""
    count = int(np.prod(shape))
    return np.reshape(_rng.permutation(np.linspace(0.4, 0.4 + 0.1 * count, count)), shape) * np.sign(
        real(*shape)
    )


def imaginary(*shape: int) -> np.ndarray:
    """Return complex numbers."""
    return real(*shape) + 1j * real(*shape)


def graded(*shape: int) -> np.ndarray:
    """Return matrices near diagonal ones with the well separated singular values 1, 2, 3 ..."""
    return 0.1 * real(*shape) + np.eye(*shape[-2:]) * np.arange(1.0, shape[-1] + 1)


def complex_graded(*shape: int) -> np.ndarray:
    """Return complex matrices with well separated singular values."""
    return graded(*shape) + 0.1j * real(*shape)


def steady(*shape: int) -> np.ndarray:
    """Return positive matrices whose singular vectors keep their signs in a neighbourhood."""
    return 0.5 + _rng.uniform(0.1, 0.3, shape) + np.eye(*shape[-2:]) * np.arange(1.0, shape[-1] + 1)


SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, 0.1, -1.0]])
NULL = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [-1.0, -2.0, -3.0]])

# -- inverses, determinants, powers ------------------------------------------------------------------

sample(np.linalg.inv, graded(3, 3))
sample(np.linalg.inv, graded(2, 3, 3))
sample(np.linalg.inv, complex_graded(2, 2))
for matrix in (graded(3, 3), graded(2, 3, 3), complex_graded(3, 3), SINGULAR, NULL):
    sample(np.linalg.det, matrix)
sample(np.linalg.det, graded(1, 1))
sample(np.linalg.slogdet, graded(3, 3))
sample(np.linalg.slogdet, -graded(2, 3, 3))
sample(np.linalg.slogdet, complex_graded(2, 3, 3))
sample(np.linalg.solve, graded(3, 3), real(3))
sample(np.linalg.solve, graded(3, 3), real(3, 2))
sample(np.linalg.solve, graded(2, 3, 3), real(3))
sample(np.linalg.solve, graded(2, 3, 3), real(2, 3, 4))
sample(np.linalg.solve, graded(3, 3), real(2, 3, 4))
sample(np.linalg.solve, graded(2, 3, 3), real(3, 2))
sample(np.linalg.solve, complex_graded(3, 3), imaginary(3))
sample(np.linalg.solve, graded(3, 3), imaginary(3, 2))
sample(np.linalg.solve, complex_graded(3, 3), real(3))
sample(np.linalg.tensorsolve, np.reshape(graded(6, 6), (2, 3, 6)), real(2, 3))
sample(np.linalg.tensorsolve, np.reshape(graded(6, 6), (2, 3, 3, 2)), real(2, 3))
sample(np.linalg.tensorsolve, np.moveaxis(np.reshape(graded(6, 6), (2, 3, 6)), 2, 0), real(2, 3), axes=(0,))
sample(np.linalg.tensorsolve, np.reshape(complex_graded(4, 4), (2, 2, 4)), imaginary(2, 2))
sample(np.linalg.tensorinv, np.reshape(graded(6, 6), (2, 3, 6)))
sample(np.linalg.tensorinv, np.reshape(graded(6, 6), (6, 3, 2)), ind=1)
for power in (0, 1, 2, 3, 5, -1, -2):
    sample(np.linalg.matrix_power, graded(3, 3), power)
sample(np.linalg.matrix_power, graded(2, 2, 2), 3)
sample(np.linalg.matrix_power, complex_graded(2, 2), -3)
sample(np.linalg.multi_dot, [real(2, 3), real(3, 4)])
sample(np.linalg.multi_dot, [real(2, 3), real(3, 4), real(4, 2)])
sample(np.linalg.multi_dot, [real(3), real(3, 4), real(4, 2), real(2)])
sample(np.linalg.multi_dot, (real(3), real(3, 4)))
sample(np.linalg.multi_dot, [real(4, 3), real(3)])
sample(np.linalg.multi_dot, [imaginary(2, 3), imaginary(3, 2), imaginary(2, 2)])

# -- products ----------------------------------------------------------------------------------------

sample(np.linalg.matmul, real(2, 3), real(3, 4))
sample(np.linalg.matmul, real(5, 2, 3), real(3, 4))
sample(np.linalg.matmul, imaginary(2, 3), imaginary(3))
sample(np.linalg.tensordot, real(2, 3, 4), real(3, 4, 2))
sample(np.linalg.tensordot, real(2, 3, 4), real(4, 3), axes=((1, 2), (1, 0)))
sample(np.linalg.tensordot, imaginary(2, 3), imaginary(3, 2), axes=1)
sample(np.linalg.matmul, real(2, 3), imaginary(3, 2))
sample(np.linalg.tensordot, imaginary(2, 3), real(3, 2), axes=1)
sample(np.linalg.outer, real(3), real(2))
sample(np.linalg.outer, imaginary(3), imaginary(2))
sample(np.linalg.outer, real(3), imaginary(2))
sample(np.linalg.cross, real(3), real(3))
sample(np.linalg.cross, real(4, 3), real(3))
sample(np.linalg.cross, real(3, 4), real(3, 4), axis=0)
sample(np.linalg.cross, real(3), imaginary(3))
sample(np.linalg.vecdot, real(3), real(3))
sample(np.linalg.vecdot, real(4, 3), real(3))
sample(np.linalg.vecdot, real(3, 4), real(3, 4), axis=0)
sample(np.linalg.vecdot, imaginary(4, 3), imaginary(4, 3))
sample(np.linalg.vecdot, real(3), imaginary(3))
sample(np.linalg.vecdot, imaginary(3), real(3))
for function in (np.linalg.matrix_transpose, np.linalg.diagonal, np.linalg.trace):
    sample(function, real(3, 4))
    sample(function, real(2, 4, 3))
    sample(function, imaginary(2, 2))
for function in (np.linalg.diagonal, np.linalg.trace):
    sample(function, real(2, 4, 3), offset=1)
    sample(function, real(4, 3), offset=-2)

# -- triangular factors ------------------------------------------------------------------------------

sample(np.linalg.cholesky, graded(3, 3))
sample(np.linalg.cholesky, graded(2, 3, 3))
sample(np.linalg.cholesky, graded(3, 3), upper=True)
sample(np.linalg.cholesky, complex_graded(3, 3))
sample(np.linalg.cholesky, complex_graded(3, 3), upper=True)
for shape in ((3, 3), (4, 3), (2, 4), (2, 3, 3), (2, 4, 2), (2, 2, 3)):
    sample(np.linalg.qr, graded(*shape))
    sample(np.linalg.qr, graded(*shape), mode="r")
sample(np.linalg.qr, complex_graded(3, 3))
sample(np.linalg.qr, complex_graded(4, 3))
sample(np.linalg.qr, complex_graded(2, 3))
sample(np.linalg.qr, complex_graded(3, 2), mode="r")
sample(np.linalg.qr, graded(3, 3), mode="complete")
sample(np.linalg.qr, graded(4, 3), mode="complete")
sample(np.linalg.qr, graded(2, 3), mode="complete")
sample(np.linalg.qr, complex_graded(2, 3), mode="complete")

# -- eigenvalues and singular values -----------------------------------------------------------------

for function in (np.linalg.eigh, np.linalg.eigvalsh):
    sample(function, graded(3, 3))
    sample(function, graded(2, 3, 3))
    sample(function, graded(3, 3), UPLO="U")
    sample(function, graded(3, 3), "L")
sample(np.linalg.eigvalsh, complex_graded(3, 3))
sample(np.linalg.eigvalsh, complex_graded(3, 3), UPLO="U")
for function in (np.linalg.eig, np.linalg.eigvals):
    sample(function, graded(3, 3))
    sample(function, graded(2, 3, 3))
    sample(function, complex_graded(3, 3))
    sample(function, np.array([[0.5, -1.2, 0.3], [1.1, 0.4, -0.2], [0.3, 0.2, 2.0]]))
for shape in ((3, 3), (4, 3), (3, 4), (2, 3, 3), (2, 3, 2)):
    sample(np.linalg.svd, steady(*shape))
    sample(np.linalg.svd, steady(*shape), full_matrices=False)
    sample(np.linalg.svd, steady(*shape), compute_uv=False)
    sample(np.linalg.svdvals, graded(*shape))
sample(np.linalg.svd, steady(5, 3), False)
sample(np.linalg.svd, steady(2, 4), False)
sample(np.linalg.svd, steady(3, 3), hermitian=True)
sample(np.linalg.svd, steady(3, 3) - 1.5 * np.eye(3), hermitian=True)
sample(np.linalg.svd, steady(3, 3) - 1.7 * np.eye(3), compute_uv=False, hermitian=True)
sample(np.linalg.svdvals, complex_graded(3, 2))
sample(np.linalg.svd, complex_graded(3, 2), compute_uv=False)
sample(np.linalg.svd, complex_graded(3, 3), compute_uv=False, hermitian=True)

# -- least squares -----------------------------------------------------------------------------------

for shape in ((3, 3), (4, 2), (2, 4), (2, 4, 2)):
    sample(np.linalg.pinv, graded(*shape))
sample(np.linalg.pinv, complex_graded(4, 2))
sample(np.linalg.pinv, complex_graded(2, 3))
sample(np.linalg.pinv, graded(3, 3), hermitian=True)
sample(np.linalg.pinv, complex_graded(3, 3), hermitian=True)
sample(np.linalg.pinv, graded(4, 2), 1e-10)
sample(np.linalg.pinv, graded(4, 2), rtol=1e-10)
sample(np.linalg.lstsq, graded(4, 2), real(4))
sample(np.linalg.lstsq, graded(4, 2), real(4, 3))
sample(np.linalg.lstsq, graded(3, 3), real(3))
sample(np.linalg.lstsq, graded(2, 4), real(2, 3))
sample(np.linalg.lstsq, graded(4, 2), real(4), rcond=1e-8)
sample(np.linalg.lstsq, complex_graded(4, 2), imaginary(4))
sample(np.linalg.lstsq, complex_graded(4, 2), real(4, 2))

# -- norms -------------------------------------------------------------------------------------------

sample(np.linalg.norm, real(4))
sample(np.linalg.norm, real(3, 4))
sample(np.linalg.norm, real(2, 3, 2))
sample(np.linalg.norm, real(2, 3, 2), keepdims=True)
sample(np.linalg.norm, imaginary(3))
sample(np.linalg.norm, real(3, 4), axis=1)
sample(np.linalg.norm, real(3, 4), axis=0, keepdims=True)
sample(np.linalg.norm, real(3, 4), ord="fro", axis=(0, 1))
for order in (1, 2, 3, 2.5, 0.5, -1, np.inf, -np.inf):
    sample(np.linalg.norm, spaced(4), order)
    sample(np.linalg.norm, spaced(3, 4), ord=order, axis=-1)
    sample(np.linalg.norm, spaced(3, 4), ord=order, axis=0, keepdims=True)
    sample(np.linalg.norm, spaced(4) * (1 + 0.5j), order)
    sample(np.linalg.vector_norm, spaced(3, 4), ord=order)
    sample(np.linalg.vector_norm, spaced(2, 3, 4), ord=order, axis=(0, 2))
    sample(np.linalg.vector_norm, spaced(3, 4), ord=order, axis=1, keepdims=True)
sample(np.linalg.norm, spaced(4), 0)
sample(np.linalg.vector_norm, spaced(3, 4), ord=0, axis=1)
sample(np.linalg.vector_norm, spaced(3, 4))
sample(np.linalg.vector_norm, spaced(3, 4), keepdims=True)
for kind in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
    sample(np.linalg.norm, graded(3, 4), kind)
    sample(np.linalg.norm, graded(4, 2, 3), ord=kind, axis=(1, 2))
    sample(np.linalg.norm, np.moveaxis(graded(4, 2, 3), 0, 1), ord=kind, axis=(2, 0), keepdims=True)
    sample(np.linalg.norm, 1 + complex_graded(3, 2), kind)
    sample(np.linalg.matrix_norm, graded(2, 3, 4), ord=kind)
    sample(np.linalg.matrix_norm, graded(3, 4), ord=kind, keepdims=True)
sample(np.linalg.matrix_norm, real(2, 3, 4))
for kind in (None, 2, -2):
    sample(np.linalg.cond, graded(3, 3), kind)
    sample(np.linalg.cond, graded(2, 4, 3), kind)
for kind in ("fro", "nuc", 1, -1, np.inf, -np.inf):
    sample(np.linalg.cond, graded(3, 3), kind)
    sample(np.linalg.cond, graded(2, 3, 3), p=kind)
sample(np.linalg.cond, complex_graded(3, 3))
sample(np.linalg.cond, complex_graded(3, 3), 1)

# -- the runtime -------------------------------------------------------------------------------------

sample(rt.conj_transpose, real(2, 3))
sample(rt.conj_transpose, imaginary(2, 3))
for uplo in ("L", "U"):
    for function in (rt.hermitian, rt.fold_hermitian):
        sample(function, real(2, 3, 3), uplo)
        sample(function, imaginary(3, 3), uplo)
sample(rt.cofactor_along, graded(3, 3), real(3, 3))
sample(rt.cofactor_along, graded(2, 3, 3), real(2, 3, 3))
sample(rt.cofactor_along, complex_graded(3, 3), imaginary(3, 3))
sample(rt.divide_gaps, real(2, 3, 3), np.array([[0.1, 0.5, 1.2], [0.3, 0.9, 2.0]]))
sample(rt.divide_gaps, imaginary(3, 3), np.array([0.1, 0.5, 1.2]))
sample(rt.divide_gaps, imaginary(3, 3), imaginary(3))
sample(rt.filled, real(2, 3), real(2, 3), fixed=("x",))
sample(rt.gauge_invariant, real(2, 3), np.zeros(3), real(2, 3), "f", fixed=("violation", "scale"))
sample(rt.record_like, np.linalg.slogdet(np.eye(2)), real(2), real(3))
sample(rt.chain_matrices, [real(2), real(2, 3), real(3)])
sample(rt.diagonal_matrix, real(2, 3))
for shape in ((3, 3), (4, 3), (3, 4), (2, 3, 3)):
    sample(rt.weighted_singular_parts, real(*shape[:-2], min(shape[-2:])), graded(*shape))
sample(rt.weighted_singular_parts, real(3), complex_graded(3, 3))
