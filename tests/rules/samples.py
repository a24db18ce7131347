"""The points at which every derivative rule is checked: at least one line for each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

_rng = np.random.default_rng(11)


def sample(function: Callable[..., Any], *args: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
    """Add a call to the samples."""
    SAMPLES.append(Sample(function, args, kwargs, fixed))


def real(*shape: int) -> np.ndarray:
    """Return distinct numbers away from zero, of both signs."""
    return _rng.uniform(0.4, 1.6, shape) * np.where(_rng.random(shape) < 0.5, -1.0, 1.0)


def positive(*shape: int) -> np.ndarray:
    """Return numbers between 0.3 and 0.9."""
    return _rng.uniform(0.3, 0.9, shape)


def imaginary(*shape: int) -> np.ndarray:
    """Return complex numbers."""
    return real(*shape) + 1j * real(*shape)


def spd(*shape: int) -> np.ndarray:
    """Return well-conditioned symmetric matrices."""
    a = real(*shape) * 0.2
    return a + np.swapaxes(a, -1, -2) + 3 * np.eye(shape[-1])


# -- elementwise -------------------------------------------------------------------------------------

for ufunc in (np.negative, np.positive, np.reciprocal, np.square, np.cbrt, np.exp, np.exp2, np.expm1, np.sin, np.cos,
              np.tan, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.deg2rad, np.radians, np.rad2deg,
              np.degrees, np.absolute, np.fabs):  # fmt: skip
    sample(ufunc, real(3, 2))
    sample(ufunc, 0.7)
for ufunc in (np.sqrt, np.log, np.log2, np.log10, np.log1p, np.arcsin, np.arccos, np.arctanh):
    sample(ufunc, positive(3, 2))
    sample(ufunc, 0.7)
sample(np.arccosh, 1 + positive(3))
for ufunc in (np.add, np.subtract, np.multiply, np.true_divide, np.hypot, np.arctan2, np.logaddexp, np.logaddexp2,
              np.maximum, np.minimum, np.fmax, np.fmin):  # fmt: skip
    sample(ufunc, real(3, 2), real(3, 2))
    sample(ufunc, real(3, 1), real(2))
    sample(ufunc, real(3), 0.3)
    sample(ufunc, 0.3, real(2, 1))
    sample(ufunc, 0.3, -1.2)
for ufunc in (np.power, np.float_power):
    sample(ufunc, positive(3, 2), real(2))
    sample(ufunc, real(4), 3, fixed=("x2",))
    sample(ufunc, real(4), -2.0, fixed=("x2",))
    sample(ufunc, positive(4), 0.3)
    sample(ufunc, 1.7, real(3))
    sample(ufunc, 1.7, 2.2)
sample(np.mod, np.array([5.3, -4.1, 2.2]), np.array([1.5, 2.5, -1.7]))
sample(np.fmod, np.array([5.3, -4.1, 2.2]), np.array([1.5, 2.5, -1.7]))
sample(np.copysign, real(3), real(3))
for ufunc in (np.multiply, np.true_divide, np.add):
    sample(ufunc, imaginary(3), imaginary(3))
    sample(ufunc, real(3, 2), imaginary(2))
for ufunc in (np.exp, np.sin, np.tanh, np.square, np.sqrt, np.log, np.absolute):
    sample(ufunc, imaginary(3))

# -- Python's numbers --------------------------------------------------------------------------------

for function in (math.sqrt, math.exp, math.expm1, math.log, math.log2, math.log10, math.log1p, math.sin, math.cos,
                 math.tan, math.asin, math.acos, math.atan, math.sinh, math.cosh, math.tanh, math.asinh, math.atanh,
                 math.degrees, math.radians, math.fabs, math.erf, math.erfc, abs, float, np.float64):  # fmt: skip
    sample(function, 0.7)
sample(math.acosh, 1.7)
sample(math.log, 0.7, 3.0)
sample(math.atan2, 0.7, -0.4)
sample(math.pow, 0.7, 2.4)
sample(pow, 0.7, 2.4)
sample(pow, -0.7, 3, fixed=("exp",))
sample(math.copysign, 0.7, -2.0)
sample(math.fmod, 5.3, 1.5)
sample(math.remainder, 5.3, 1.5)
sample(math.hypot, 0.7, 0.4, -0.3)
sample(math.dist, [0.7, 0.4], [0.1, -0.2])
sample(math.fsum, [0.7, 0.4, 0.1])
sample(math.prod, [0.7, 0.4, 0.1])
sample(np.float32, np.float32(0.7))
sample(abs, real(3))
sample(pow, positive(3), 2.0)

# -- reductions --------------------------------------------------------------------------------------

for function in (np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.ptp):
    sample(function, real(3, 4))
    sample(function, real(3, 4), axis=0)
    sample(function, real(3, 4), -1)
    sample(function, real(3, 4), axis=1, keepdims=True)
    sample(function, real(2, 3, 4), axis=(0, -1))
    sample(function, real(2, 3, 4), axis=(0, 2), keepdims=True)
    sample(function, real(5))
    sample(function, real(3, 2), keepdims=True)
sample(np.sum, 0.7)
sample(np.amax, real(3, 4), axis=0)
sample(np.amin, real(3, 4), axis=0)
sample(np.sum, imaginary(3))
sample(np.prod, np.array([0.5, 0.0, 2.0]))
sample(np.prod, np.array([[0.5, 0.0, 2.0], [0.0, 0.0, 2.0]]), axis=1)
for function in (np.var, np.std):
    sample(function, real(3, 4), ddof=1)
    sample(function, real(3, 4), axis=0, ddof=1)
for function in (np.cumsum, np.cumprod):
    sample(function, real(5))
    sample(function, real(3, 4))
    sample(function, real(3, 4), axis=0)
    sample(function, real(3, 4), -1)
sample(np.cumprod, np.array([0.5, 0.0, 2.0, 0.0, 1.0]))
sample(np.diff, real(5))
sample(np.diff, real(4, 5), n=2, axis=0)

# -- shapes ------------------------------------------------------------------------------------------

sample(np.reshape, real(3, 4), (2, 6))
sample(np.reshape, real(3, 4), -1)
sample(np.ravel, real(3, 4))
sample(np.transpose, real(3, 4))
sample(np.transpose, real(2, 3, 4), (2, 0, 1))
sample(np.transpose, real(2, 3, 4), (-1, 0, 1))
sample(np.ndarray.reshape, real(3, 4), 2, 6)
sample(np.ndarray.reshape, real(3, 4), (2, 6))
sample(np.ndarray.transpose, real(2, 3, 4), 2, 0, 1)
sample(np.ndarray.transpose, real(2, 3))
sample(np.ndarray.flatten, real(2, 3))
sample(np.ndarray.item, real(1))
sample(np.ndarray.item, real(2, 3), 1, 2)
sample(np.ndarray.item, real(2, 3), 4)
sample(np.matrix_transpose, real(2, 3, 4))
sample(np.swapaxes, real(2, 3, 4), 0, -1)
sample(np.moveaxis, real(2, 3, 4), 0, -1)
sample(np.moveaxis, real(2, 3, 4), (0, 1), (2, 0))
sample(np.squeeze, real(1, 3, 1))
sample(np.squeeze, real(1, 3, 1), axis=0)
sample(np.expand_dims, real(3), 0)
sample(np.expand_dims, real(3), (0, -1))
sample(np.atleast_1d, 0.3)
sample(np.atleast_1d, 0.3, real(2))
sample(np.atleast_2d, real(3))
sample(np.atleast_2d, real(3), real(2, 2))
sample(np.broadcast_to, real(3, 1), (2, 3, 4))
sample(np.broadcast_to, 0.3, (2, 3))
sample(np.flip, real(3, 4))
sample(np.flip, real(3, 4), axis=(0, 1))
sample(np.fliplr, real(3, 4))
sample(np.flipud, real(3, 4))
sample(np.rot90, real(3, 4))
sample(np.rot90, real(3, 4, 2), k=3, axes=(1, 2))
sample(np.roll, real(3, 4), 2)
sample(np.roll, real(3, 4), (1, -2), axis=(0, 1))
sample(np.repeat, real(3, 2), 2)
sample(np.repeat, real(3, 2), [1, 0, 2], axis=0)
sample(np.repeat, 0.3, 4)
sample(np.tile, real(3, 2), 2)
sample(np.tile, real(3), (2, 2))
sample(np.tile, real(2, 3), (2, 1, 2))
sample(np.copy, real(3))
sample(np.diag, real(3))
sample(np.diag, real(3), k=-1)
sample(np.diag, real(3, 4), k=1)
sample(np.diagonal, real(3, 4), offset=-1)
sample(np.diagonal, real(2, 3, 3), 0, 1, 2)
sample(np.tril, real(3, 4))
sample(np.tril, real(2, 3, 3), k=-1)
sample(np.triu, real(3, 4), k=1)

# -- joining and making ------------------------------------------------------------------------------

sample(np.concatenate, [real(2, 3), real(1, 3)])
sample(np.concatenate, (real(2, 3), real(2, 1)), axis=-1)
sample(np.concatenate, [real(2, 3), real(2)], axis=None)
sample(np.concatenate, real(2, 3, 4), axis=1)
sample(np.stack, [real(2, 3), real(2, 3)])
sample(np.stack, [real(2, 3), real(2, 3)], axis=-1)
sample(np.stack, [0.1, 0.2, 0.3])
sample(np.stack, real(3, 2), axis=1)
sample(np.vstack, [real(3), real(2, 3)])
sample(np.hstack, [real(3), real(2), 0.3])
sample(np.hstack, [real(2, 3), real(2, 1)])
sample(np.column_stack, [real(3), real(3, 2)])
sample(np.append, real(2, 3), real(2))
sample(np.append, real(2, 3), real(1, 3), axis=0)
for function in (np.split, np.array_split):
    sample(function, real(6, 2), 3)
    sample(function, real(2, 6), [1, 4], axis=1)
sample(np.array_split, real(7), 3)
sample(np.vsplit, real(4, 2), 2)
sample(np.hsplit, real(2, 4), 2)
sample(np.hsplit, real(4), 2)
sample(np.array, [0.1, 0.2, 0.3])
sample(np.array, [[0.1, 0.2], [0.3, 0.4]], dtype=np.float64)
sample(np.array, real(3))
sample(np.array, 0.3)
sample(np.array, [real(3), real(3)])
sample(np.asarray, [0.1, 0.2])
sample(np.asarray, real(3), dtype=float)
sample(np.ascontiguousarray, real(3, 2))
sample(np.ascontiguousarray, 0.3)
sample(np.ndarray.astype, real(3), np.float64)
sample(np.full, (2, 3), 0.3)
sample(np.full, (2, 3), real(3))
sample(np.full_like, real(2, 3), 0.3, fixed=("a",))
sample(np.linspace, 0.1, 2.0, 5)
sample(np.linspace, real(3), 2.0, 4, endpoint=False, axis=-1)

# -- products ----------------------------------------------------------------------------------------

RANKS = [((), (3,)), ((3,), ()), ((), ()), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
         ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (6, 3, 4))]  # fmt: skip


def of_shape(*shape: int) -> Any:
    """Return an array, or a number for no axes."""
    return real(*shape) if shape else float(real())


for first, second in RANKS:
    sample(np.dot, of_shape(*first), of_shape(*second))
for first, second in RANKS[3:-1] + [((5, 2, 3), (5, 3, 4)), ((2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4))]:
    sample(np.matmul, of_shape(*first), of_shape(*second))
sample(np.matmul, imaginary(2, 3), imaginary(3, 2))
for first, second in [
    ((), (3,)),
    ((3,), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 3), (4, 3)),
    ((5, 2, 3), (4, 3)),
]:
    sample(np.inner, of_shape(*first), of_shape(*second))
sample(np.outer, real(3), real(4))
sample(np.outer, real(2, 2), 0.3)
sample(np.vdot, real(3), real(3))
sample(np.vdot, imaginary(2, 2), imaginary(4))
sample(np.tensordot, real(2, 3, 4), real(3, 4, 5))
sample(np.tensordot, real(2, 3, 4), real(5, 4, 3), axes=([1, 2], [2, 1]))
sample(np.tensordot, real(2, 3, 4), real(3, 5), axes=(-2, 0))
sample(np.tensordot, real(3), real(2), axes=0)
sample(np.trace, real(3, 4))
sample(np.trace, real(2, 3, 3), offset=1, axis1=1, axis2=-1)
sample(np.einsum, "ij,jk->ik", real(2, 3), real(3, 4))
sample(np.einsum, "ij,j", real(2, 3), real(3))
sample(np.einsum, "ij->", real(2, 3))
sample(np.einsum, "ii->i", real(3, 3))
sample(np.einsum, "ii", real(3, 3))
sample(np.einsum, "iij,jk->k", real(3, 3, 2), real(2, 4))
sample(np.einsum, "...ij,...jk->...ik", real(5, 2, 3), real(1, 3, 4))
sample(np.einsum, "...i,i->...", real(5, 2, 3), real(3))
sample(np.einsum, "i,j,k->kij", real(2), real(3), real(2))
sample(np.einsum, "ij,kl->il", real(2, 3), real(4, 2))

# -- choosing ----------------------------------------------------------------------------------------

sample(np.where, np.array([True, False, True]), real(3), real(3))
sample(np.where, np.array([[True], [False]]), real(3), 0.3)
sample(np.clip, np.array([-2.0, 0.3, 2.0]), -1.0, 1.0)
sample(np.clip, np.array([-2.0, 0.3, 2.0]), np.array([-1.0, -1.0, 1.0]), np.array([[1.0], [1.5]]))
sample(np.clip, real(3), None, 0.1)
sample(np.clip, real(3), 0.1, None)
sample(np.sort, real(5))
sample(np.sort, real(3, 4), axis=0)
sample(np.sort, real(3, 4), axis=None)
sample(np.take, real(5), [0, 2, 2])
sample(np.take, real(3, 4), np.array([[0, 2], [2, -1]]), axis=1)
sample(np.take, real(3, 4), 5)
sample(np.take, real(5), [7, -6], mode="wrap")
sample(np.take, real(5), [7, 1], mode="clip")
sample(np.take_along_axis, real(3, 4), np.array([[0, 2, 2], [1, 1, 1], [3, 0, 1]]), axis=1)
sample(np.nan_to_num, real(3))
sample(np.real, imaginary(3))
sample(np.real, real(3))
sample(np.imag, imaginary(3))
sample(np.conj, imaginary(3))

# -- linear algebra ----------------------------------------------------------------------------------

sample(np.linalg.inv, spd(3, 3))
sample(np.linalg.inv, spd(2, 3, 3))
sample(np.linalg.det, spd(3, 3))
sample(np.linalg.det, spd(2, 3, 3))
sample(np.linalg.det, np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, 0.1, -1.0]]))
sample(np.linalg.slogdet, spd(3, 3))
sample(np.linalg.slogdet, -spd(2, 3, 3))
sample(np.linalg.solve, spd(3, 3), real(3))
sample(np.linalg.solve, spd(3, 3), real(3, 2))
sample(np.linalg.solve, spd(2, 3, 3), real(3))
sample(np.linalg.solve, spd(2, 3, 3), real(2, 3, 4))
sample(np.linalg.solve, spd(3, 3), real(2, 3, 4))
sample(np.linalg.cholesky, spd(3, 3))
sample(np.linalg.cholesky, spd(2, 3, 3))
sample(np.linalg.cholesky, spd(3, 3), upper=True)
sample(np.linalg.norm, real(4))
sample(np.linalg.norm, real(3, 4))
sample(np.linalg.norm, imaginary(3))
sample(np.linalg.norm, real(3, 4), axis=1)
sample(np.linalg.norm, real(3, 4), axis=0, keepdims=True)
sample(np.linalg.norm, real(3, 4), ord="fro", axis=(0, 1))
for order in (1, 2, 3, 2.5, np.inf, -np.inf):
    sample(np.linalg.norm, real(4), order)
    sample(np.linalg.norm, real(3, 4), ord=order, axis=-1)

# -- the runtime -------------------------------------------------------------------------------------

sample(rt.unbroadcast, real(2, 3), real(3), fixed=("x",))
sample(rt.unbroadcast, real(2, 3), 0.3, fixed=("x",))
sample(rt.unbroadcast, real(2, 3), real(2, 1), fixed=("x",))
sample(rt.scatter, real(2), real(5), slice(1, 3), fixed=("x",))
sample(rt.scatter, real(3), real(5), [1, 3, 1], fixed=("x",))
sample(rt.cast_back, real(3), real(3), real(3), fixed=("x", "converted"))
sample(rt.copy, real(3))
sample(rt.finish, real(3), real(3), fixed=("value",))
sample(rt.owned, real(3), real(3), fixed=("value",))
sample(rt.add, real(3), real(3))
sample(rt.real_only, real(3), "f")
sample(rt.vector_only, real(3), 2, None, fixed=("ord",))
sample(rt.imag_adjoint, real(3), imaginary(3), fixed=("val",))
sample(rt.safe_reciprocal, real(3))
sample(rt.safe_log, positive(3))
sample(rt.scaled_power, real(3), positive(3), real(3))
sample(rt.scaled_power, 0.3, 1.2, 0.4)
sample(rt.difference, real(3), real(3))
sample(rt.sign, real(3))
sample(rt.sign, imaginary(3))
sample(rt.dot_adjoint_a, real(2, 4), (2, 3), real(3, 4))
sample(rt.dot_adjoint_b, real(2, 4), real(2, 3), (3, 4))
sample(rt.inner_adjoint_a, real(2, 4), (2, 3), real(4, 3))
sample(rt.inner_adjoint_b, real(2, 4), real(2, 3), (4, 3))
sample(rt.matmul_adjoint_a, real(5, 2, 4), (2, 3), real(5, 3, 4))
sample(rt.matmul_adjoint_b, real(5, 2, 4), real(2, 3), (5, 3, 4))
sample(rt.tensordot_adjoint_a, real(2, 4), (2, 3), real(3, 4), 1)
sample(rt.tensordot_adjoint_b, real(2, 4), real(2, 3), (3, 4), 1)
sample(rt.prod_others, real(3, 4), 0)
sample(rt.prod_others, np.array([0.5, 0.0, 2.0]), None)
sample(rt.prod_others, real(2, 3, 2), (0, 2))
sample(rt.off_diagonal, real(2, 3))
sample(rt.lower_rows, real(2, 3))
sample(rt.cofactor, spd(3, 3))
sample(rt.split_like, real(3, 2), [real(1, 2), real(2, 2)], 0, fixed=("arrays",))
sample(rt.split_rows, real(3, 2), [real(2), real(2, 2)], fixed=("arrays",))
sample(rt.split_columns, real(2, 3), [real(2, 1), real(2, 2)], fixed=("arrays",))
sample(rt.split_stacked_columns, real(2, 3), [real(2), real(2, 2)], fixed=("arrays",))
sample(rt.unstack_like, real(2, 3), [real(2), real(2), real(2)], 1, fixed=("arrays",))
sample(rt.structured_like, real(2, 2), [[0.1, 0.2], [0.3, 0.4]], fixed=("value",))
sample(rt.array_like, [[0.1, 0.2], [0.3, 0.4]], real(2, 2), fixed=("x",))
sample(rt.parts_like, [real(2), real(3)], [real(2), real(3)], fixed=("parts",))
sample(rt.reshape_like, [real(1), real(2, 2)], [0.3, real(4)], fixed=("arrays",))
sample(rt.reshape_like, real(1), [0.3], fixed=("arrays",))
sample(rt.repeat_adjoint, real(6), (3,), 2, None)
sample(rt.tile_adjoint, real(6), (3,), 2)
sample(rt.take_adjoint, real(2, 3), (4, 3), [1, 1], 0, "raise")
sample(rt.scatter_along_axis, real(2, 3), (2, 4), np.array([[0, 1, 1], [3, 2, 2]]), 1)
sample(rt.diag_adjoint, real(3), (3, 3), 0)
sample(rt.diag_adjoint, real(3, 3), (3,), 0)
sample(rt.diagonal_adjoint, real(3), (3, 4), 0, 0, 1)
sample(rt.diagonal_adjoint, real(1), (3, 4), 1, 0, 1)
sample(rt.diff_adjoint, real(3), (4,), 1, -1)
sample(rt.cumprod_adjoint, real(4), real(4), 0)
sample(rt.cumprod_adjoint, real(2, 3), real(2, 3), 1)
sample(rt.lower_half, real(3, 3))
sample(rt.item_adjoint, 0.3, (2, 3), (1, 2))
