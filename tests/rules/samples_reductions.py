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

MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
HOLES = np.where(MASK, real(3, 4), np.nan)

for function in (np.sum, np.mean, np.prod, np.var, np.std):
    sample(function, real(3, 4), where=MASK)
    sample(function, real(3, 4), axis=0, where=MASK)
    sample(function, real(3, 4), axis=1, keepdims=True, where=MASK[:, :1] | MASK[:1])
for function in (np.sum, np.prod):
    sample(function, real(3, 4), axis=0, initial=0.7)
    sample(function, real(3, 4), axis=(0, 1), initial=1.3, where=MASK)
for function, start in ((np.max, -9.0), (np.min, 9.0), (np.max, 0.5), (np.min, -0.5)):
    sample(function, real(3, 4), axis=1, initial=start)
    sample(function, real(3, 4), initial=start, where=MASK)
    sample(function, real(3, 4), axis=0, keepdims=True, initial=start, where=MASK)
sample(np.sum, real(3, 4), axis=1, dtype=np.float64)
sample(np.mean, real(3, 4), dtype=np.float64)
for function in (np.sum, np.mean, np.var, np.std):
    sample(function, imaginary(3, 2), axis=0)
sample(np.prod, imaginary(3, 2), axis=0)
for function in (np.var, np.std):
    sample(function, real(3, 4), correction=1)
    sample(function, real(3, 4), axis=0, mean=np.array([[0.3, 0.1, -0.2, 0.4]]))
    sample(function, real(3, 4), axis=0, ddof=1, where=np.array([[True], [False], [True]]))

# -- without NaN -------------------------------------------------------------------------------------

for function in (np.nansum, np.nanmean, np.nanprod, np.nanmax, np.nanmin, np.nanvar, np.nanstd):
    sample(function, HOLES)
    sample(function, HOLES, axis=0)
    sample(function, HOLES, axis=1, keepdims=True)
    sample(function, real(2, 3), axis=(0, 1))
for function in (np.nansum, np.nanprod):
    sample(function, HOLES, axis=1, initial=0.7)
sample(np.nansum, HOLES, where=np.array([True, True, False, True]))
sample(np.nanmean, HOLES, axis=0, where=np.array([True, True, False, True])[None, :] | (MASK & False) | True)
sample(np.nanmax, HOLES, axis=0, initial=-9.0)
sample(np.nanvar, HOLES, axis=1, ddof=1)

# -- where the options have derivatives too ----------------------------------------------------------

for function in (np.max, np.amin, np.nanmax, np.nanmin):
    sample(function, real(3, 4), axis=1, initial=np.float64(0.2))
    sample(function, real(3, 4), initial=0.3, where=MASK)
for function in (np.var, np.std, np.nanvar, np.nanstd):
    sample(function, real(3, 4), axis=0, mean=real(1, 4), where=MASK)
    sample(function, real(3, 4), mean=real(1, 1), keepdims=True, ddof=1)
sample(np.var, imaginary(3, 2), axis=0, mean=imaginary(1, 2))
