"""The points at which the rules of reductions and cumulations are checked."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

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
