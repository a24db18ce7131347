"""The points at which the rules of Python's functions of numbers are checked."""

from __future__ import annotations

import cmath
import math

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

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
sample(math.nextafter, 0.7, 2.0)
sample(math.fmod, 5.3, 1.5)
sample(math.remainder, 5.3, 1.5)
sample(math.hypot, 0.7, 0.4, -0.3)
sample(math.dist, [0.7, 0.4], [0.1, -0.2])
sample(math.fsum, [0.7, 0.4, 0.1])
sample(math.prod, [0.7, 0.4, 0.1])
sample(np.float32, np.float32(0.7))
sample(abs, real(3))
sample(pow, positive(3), 2.0)

for value in (0.7, 3.4, -1.3):
    sample(math.gamma, value)
sample(math.lgamma, 0.7)
sample(math.lgamma, 12.3)
sample(math.ldexp, 0.7, 3, fixed=("i",))
sample(math.modf, 3.7)
sample(math.frexp, 3.7)
sample(math.prod, [0.7, 0.4], start=1.5)
sample(complex, 0.3, 0.4)
sample(complex, 0.3)
sample(np.float16, np.float16(0.7))
sample(np.complex64, 0.7)
sample(np.complex128, 0.7 - 0.3j)
sample(np.clongdouble, 0.7 - 0.3j)
sample(np.longdouble, np.longdouble(0.7))
for name in ("cbrt", "exp2"):
    if hasattr(math, name):
        sample(getattr(math, name), 0.7)
if hasattr(math, "sumprod"):
    sample(math.sumprod, [0.3, 0.4], [1.2, -0.7])
if hasattr(math, "fma"):
    sample(math.fma, 0.3, 0.4, -0.7)

# -- complex numbers ---------------------------------------------------------------------------------

for function in (cmath.sqrt, cmath.exp, cmath.log, cmath.log10, cmath.sin, cmath.cos, cmath.tan, cmath.asin,
                 cmath.acos, cmath.atan, cmath.sinh, cmath.cosh, cmath.tanh, cmath.asinh, cmath.acosh, cmath.atanh,
                 cmath.phase, cmath.polar):  # fmt: skip
    sample(function, 0.7 - 0.4j)
sample(cmath.log, 0.7 - 0.4j, 1.3 + 0.2j)
sample(cmath.rect, 0.7, 1.2)
sample(abs, 0.7 - 0.4j)
sample(pow, 0.7 - 0.4j, 2.3)

# -- the runtime -------------------------------------------------------------------------------------

for order in (0, 1, 2, 3):
    sample(rt.polygamma, order, 0.7)
    sample(rt.polygamma, order, 5.2)
    sample(rt.i0_derivative, real(3), order)
    sample(rt.sinc_derivative, np.array([0.0, 0.4, -2.3, 1.1, 0.99]), order)
