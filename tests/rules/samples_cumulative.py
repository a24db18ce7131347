"""The points at which the rules of running sums and products, and of differences are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

HOLES = np.array([[0.5, np.nan, 1.2], [np.nan, 0.4, -0.8]])

for function in (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod):
    sample(function, real(5))
    sample(function, real(3, 4))
    sample(function, real(3, 4), axis=0)
    sample(function, real(3, 4), -1)
    sample(function, imaginary(3))
for function in (np.nancumsum, np.nancumprod):
    sample(function, HOLES)
    sample(function, HOLES, axis=1)
sample(np.cumsum, real(3, 4), axis=1, dtype=np.float64)
sample(np.cumprod, np.array([0.5, 0.0, 2.0, 0.0, 1.0]))
for function in (np.cumulative_sum, np.cumulative_prod):
    sample(function, real(5))
    sample(function, real(3, 4), axis=1)
    sample(function, real(3, 4), axis=0, include_initial=True)
    sample(function, real(4), include_initial=True)

# -- differences -------------------------------------------------------------------------------------

sample(np.diff, real(5))
sample(np.diff, real(4, 5), n=2, axis=0)
sample(np.diff, real(4), prepend=0.3)
sample(np.diff, real(4), append=real(2))
sample(np.diff, real(3, 4), n=2, axis=0, prepend=real(1, 4), append=0.7)
sample(np.diff, real(3, 4), prepend=real(3, 2))
sample(np.ediff1d, real(4))
sample(np.ediff1d, real(2, 3), to_end=real(2))
sample(np.ediff1d, real(3), to_end=0.4, to_begin=real(1, 2))
sample(np.gradient, real(5))
sample(np.gradient, real(5), 0.3)
sample(np.gradient, real(5), np.array([0.0, 0.4, 0.9, 1.7, 2.0]))
sample(np.gradient, real(5), np.array([0.0, 0.4, 0.9, 1.7, 2.0]), edge_order=2)
sample(np.gradient, real(5), 0.3, edge_order=2)
sample(np.gradient, real(3, 4))
sample(np.gradient, real(3, 4), 0.5, np.array([0.0, 0.4, 0.9, 1.7]))
sample(np.gradient, real(3, 4), 0.5, axis=1)
sample(np.gradient, real(3, 4), 0.5, 0.7, axis=(1, 0))
sample(np.gradient, imaginary(4))
sample(np.trapezoid, real(5))
sample(np.trapezoid, imaginary(3, 4), dx=0.7, axis=-2)
sample(np.trapezoid, real(3, 4), dx=real(3, 3))
sample(np.trapezoid, real(1, 4), axis=0)
sample(np.trapezoid, real(3, 4), dx=0.3, axis=0)
sample(np.trapezoid, real(3, 4), real(4))
sample(np.trapezoid, real(3, 4), x=real(3), axis=0)
sample(np.trapezoid, real(3, 4), x=real(3, 4), axis=0)
sample(np.trapezoid, real(3, 4), x=real(1, 4))
sample(np.unwrap, np.array([0.1, 3.0, 6.5, 0.4]))
sample(np.unwrap, 4 * real(3, 4), discont=4.0, axis=0)
sample(np.unwrap, real(4), period=1.0)
sample(np.unwrap, 9 * real(3, 4), axis=0, period=1.3)

# -- the runtime -------------------------------------------------------------------------------------

sample(rt.cut, real(4), real(2), 0.1, real(1), 0, fixed=("a", "prepend", "append"))
sample(rt.joined, (real(2), 0.3, real(1)), real(2), 0.1, real(1), 0, fixed=("a", "prepend", "append"))
sample(rt.gradient_adjoint, real(4), (4,), (0.3,), None, 1)
