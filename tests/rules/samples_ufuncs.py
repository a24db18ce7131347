"""The points at which the rules of the elementwise functions are checked."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

for ufunc in (np.negative, np.positive, np.reciprocal, np.square, np.cbrt, np.exp, np.exp2, np.expm1, np.sin, np.cos,
              np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.deg2rad, np.radians, np.rad2deg,
              np.degrees, np.absolute, np.fabs):  # fmt: skip
    sample(ufunc, real(3, 2))
    sample(ufunc, 0.7)
for ufunc in (np.tan, np.sqrt, np.log, np.log2, np.log10, np.log1p, np.arcsin, np.arccos, np.arctanh):
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
sample(np.nextafter, real(3), real(3))
for ufunc in (np.multiply, np.true_divide, np.add):
    sample(ufunc, imaginary(3), imaginary(3))
    sample(ufunc, real(3, 2), imaginary(2))
for ufunc in (np.exp, np.sin, np.tanh, np.square, np.sqrt, np.log, np.absolute):
    sample(ufunc, imaginary(3))
for ufunc in (np.sinc, np.i0):
    sample(ufunc, real(3, 2))
    sample(ufunc, 0.7)
    sample(ufunc, np.array([0.0, 2.5, -1e-3]))
sample(np.divmod, np.array([5.3, -4.1, 2.2]), np.array([1.5, 2.5, -1.7]))
sample(np.divmod, np.array([5.3, -4.1, 2.2]), 1.5)
sample(np.modf, np.array([5.3, -4.1, 0.2]))
sample(np.frexp, np.array([5.3, -4.1, 0.2]))
sample(np.ldexp, real(3), np.array([1, -2, 3]), fixed=("x2",))
sample(np.heaviside, np.array([-1.0, 0.0, 2.0]), real(3), fixed=("x1",))
for ufunc in (np.subtract,):
    sample(ufunc, imaginary(3), real(3))
sample(np.power, imaginary(3), 3, fixed=("x2",))
sample(np.power, imaginary(3), imaginary(3))
for ufunc in (np.cos, np.sinh, np.cosh, np.expm1, np.log1p, np.log2, np.log10, np.arcsin, np.arccos, np.arctan,
              np.arcsinh, np.arccosh, np.arctanh, np.reciprocal, np.negative, np.positive, np.exp2, np.tan,
              np.sinc):  # fmt: skip
    sample(ufunc, imaginary(3))
sample(np.sign, real(3))
sample(np.sign, imaginary(3))
sample(np.kaiser, 5, 2.3)
sample(np.kaiser, 4, 0.7)
