"""Rules of every topic at complex numbers: holomorphic, real-valued, and real arguments beside complex ones."""

from __future__ import annotations

import cmath

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

PAIRS = ((imaginary, imaginary), (real, imaginary), (imaginary, real))

# -- elementwise -------------------------------------------------------------------------------------

for ufunc in (np.absolute, np.conjugate, np.cos, np.cosh, np.exp, np.exp2, np.expm1, np.log, np.log10, np.log1p,
              np.log2, np.negative, np.positive, np.reciprocal, np.sin, np.sinh, np.sqrt, np.square, np.tan, np.tanh,
              np.arccos, np.arccosh, np.arcsin, np.arcsinh, np.arctan, np.arctanh, np.real, np.imag,
              np.angle):  # fmt: skip
    sample(ufunc, imaginary(3))
    sample(ufunc, 0.7 + 0.4j)
    sample(ufunc, np.complex128(-0.3 - 0.8j))
sample(np.angle, imaginary(3), True)
for ufunc in (np.add, np.subtract, np.multiply, np.true_divide):
    for first, second in PAIRS:
        sample(ufunc, first(3, 1), second(2))
    sample(ufunc, 0.7, imaginary(2))
    sample(ufunc, imaginary(2), 0.7)
    sample(ufunc, 0.3 + 0.2j, real(2))
for ufunc in (np.power, np.float_power):
    sample(ufunc, imaginary(3), imaginary(3))
    sample(ufunc, positive(3), imaginary(3))
    sample(ufunc, imaginary(3), real(2, 3))
    sample(ufunc, 0.3 + 0.2j, real(2))
    for exponent in (2, -1.5, 2.0):
        sample(ufunc, imaginary(3), exponent, fixed=("x2",))

# -- reductions --------------------------------------------------------------------------------------

for function in (np.sum, np.mean, np.var, np.std, np.prod, np.cumsum, np.cumprod):
    sample(function, imaginary(3, 4))
    sample(function, imaginary(3, 4), axis=0)
for function in (np.sum, np.mean, np.var, np.std):
    sample(function, imaginary(3, 4), axis=(0, 1), keepdims=True)

# -- products ----------------------------------------------------------------------------------------

for first, second in PAIRS:
    for function in (np.dot, np.matmul):
        sample(function, first(3), second(3))
        sample(function, first(2, 3), second(3, 2))
        sample(function, first(4, 2, 3), second(3))
        sample(function, first(3), second(4, 3, 2))
        sample(function, first(4, 2, 3), second(3, 2))
    sample(np.inner, first(2, 3), second(4, 3))
    sample(np.outer, first(3), second(2))
    sample(np.vdot, first(2, 3), second(2, 3))
    sample(np.vecdot, first(2, 3), second(2, 3))
    sample(np.matvec, first(2, 3), second(3))
    sample(np.vecmat, first(2), second(2, 3))
    sample(np.kron, first(2), second(3))
    sample(np.tensordot, first(2, 3), second(3, 2), 1)
    sample(np.einsum, "ij,jk->ik", first(2, 3), second(3, 2))
    sample(np.einsum, "i,i", first(3), second(3))
    sample(np.cross, first(3), second(3))
    sample(np.convolve, first(4), second(3))
    sample(np.correlate, first(4), second(3))

# -- joining, choosing -------------------------------------------------------------------------------

for first, second in PAIRS:
    for function in (np.concatenate, np.hstack):
        sample(function, [first(2), second(3)])
    for function in (np.stack, np.vstack, np.column_stack, np.dstack):
        sample(function, [first(2), second(2)])
    sample(np.append, first(2), second(3))
    sample(np.where, np.array([True, False]), first(2), second(2))
    sample(np.linspace, first(2), second(2), 4)
sample(np.array, [0.3, 0.2 + 1j])
for function in (
    np.ravel,
    np.transpose,
    np.diag,
    np.diagonal,
    np.trace,
    np.tril,
    np.flip,
    np.copy,
    np.nan_to_num,
):
    sample(function, imaginary(3, 3))
sample(np.take, imaginary(2, 3), [0, 2, 2])
sample(np.broadcast_to, imaginary(2, 1), (2, 3))
sample(np.ndarray.astype, real(3), complex)
sample(np.full, (2, 3), 0.3 + 0.4j)

# -- Python's numbers --------------------------------------------------------------------------------

for number in (cmath.sqrt, cmath.exp, cmath.log, cmath.log10, cmath.sin, cmath.cos, cmath.tan, cmath.sinh,
               cmath.cosh, cmath.tanh, cmath.asin, cmath.acos, cmath.atan, cmath.asinh, cmath.acosh, cmath.atanh,
               cmath.phase, abs):  # fmt: skip
    sample(number, 0.3 + 0.4j)
sample(cmath.rect, 0.3, 0.4)
sample(abs, imaginary(3))
sample(pow, 0.3 + 0.4j, 2, fixed=("exp",))

# -- histograms --------------------------------------------------------------------------------------

sample(np.histogram, real(5), [-1.5, 0.0, 0.4, 1.5], weights=imaginary(5), fixed=("a",))
sample(np.histogram, real(5), [-1.5, 0.0, 0.4, 1.5], weights=imaginary(5) + 2, density=True, fixed=("a",))
