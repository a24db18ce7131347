"""The points at which the rules of Python's functions of numbers are checked."""

from __future__ import annotations

import math

import numpy as np

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
sample(math.fmod, 5.3, 1.5)
sample(math.remainder, 5.3, 1.5)
sample(math.hypot, 0.7, 0.4, -0.3)
sample(math.dist, [0.7, 0.4], [0.1, -0.2])
sample(math.fsum, [0.7, 0.4, 0.1])
sample(math.prod, [0.7, 0.4, 0.1])
sample(np.float32, np.float32(0.7))
sample(abs, real(3))
sample(pow, positive(3), 2.0)
