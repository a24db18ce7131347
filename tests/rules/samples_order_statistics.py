"""The points at which the rules of what sorts and ranks are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
HOLES = np.where(MASK, real(3, 4), np.nan)

sample(np.sort, real(5))
sample(np.sort, real(3, 4), axis=0)
sample(np.sort, real(3, 4), axis=None)
sample(np.sort, real(3, 4), kind="stable")
sample(np.sort, real(3, 4), axis=1, stable=True)
sample(np.sort, imaginary(4))
sample(np.partition, real(6), 2)
sample(np.partition, real(3, 5), (1, 3), axis=1)
sample(np.partition, real(3, 5), 1, axis=0)
sample(np.partition, real(3, 2), 2, axis=None)
sample(np.sort_complex, imaginary(4))
sample(np.sort_complex, real(4))
sample(np.unique, real(5))
sample(np.unique, real(2, 3), return_index=True, return_counts=True)
sample(np.unique, real(4, 2), axis=0)
sample(np.unique_values, real(5))

# -- quantiles ---------------------------------------------------------------------------------------

for function in (np.median, np.nanmedian):
    for size in (4, 5):
        sample(function, real(size))
        sample(function, real(3, size), axis=1)
    sample(function, real(2, 3, 4), axis=(0, -1), keepdims=True)
sample(np.nanmedian, HOLES)
sample(np.nanmedian, HOLES, axis=0)
sample(np.nanmedian, HOLES, axis=1, keepdims=True)
for function, scale in ((np.quantile, 1), (np.percentile, 100), (np.nanquantile, 1), (np.nanpercentile, 100)):
    sample(function, real(6), 0.3 * scale)
    sample(function, real(3, 4), np.array([0.2, 0.5, 0.9]) * scale, axis=1)
    sample(
        function, real(2, 3, 4), np.array([0.2, 0.0, 1.0]) * scale, axis=(0, 2), keepdims=True, fixed=("q",)
    )
    sample(
        function, real(2, 3, 4), np.array([[0.2, 0.4], [0.63, 0.9]]) * scale, axis=(0, 2), keepdims=True
    ) if function in (np.quantile, np.percentile) else None
    sample(function, real(3, 4), 0.35 * scale, axis=0, keepdims=True)
    sample(
        function,
        real(5),
        0.4 * scale,
        method="inverted_cdf",
        weights=np.array([0.2, 0.4, 0.1, 0.7, 0.3]),
        fixed=("weights",),
    )
sample(
    np.quantile, real(2, 3, 4), np.array([[0.2, 0.5], [0.0, 1.0]]), axis=(0, 2), keepdims=True, fixed=("q",)
)
for method in ("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen",
               "weibull", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"):  # fmt: skip
    sample(np.quantile, real(6), 0.37, method=method)
    sample(np.quantile, real(6), np.array([0.02, 0.97]), method=method)
for function in (np.nanquantile, np.nanpercentile):
    sample(function, HOLES, 0.3)
    sample(function, HOLES, np.array([0.2, 0.6]), axis=0)

# -- the runtime -------------------------------------------------------------------------------------

DATA = real(3, 4)
RANKS = np.array([[1.3, 0.0, 3.0], [2.0, 0.5, 1.5]])
sample(rt.quantile_adjoint, real(2, 3), DATA, RANKS, 1, False, fixed=("a", "ranks"))
sample(rt.quantile_tangent, real(3, 4), DATA, RANKS, 1, True, fixed=("a", "ranks"))
RANKS = np.array([[1.3, 0.2, 2.7], [1.8, 0.5, 1.5]])
sample(rt.quantile_adjoint, real(2, 3), DATA, RANKS, 1, False, fixed=("a",))
sample(rt.quantile_tangent, real(3, 4), DATA, RANKS, 1, False, fixed=("a",))
sample(rt.quantile_ranks, DATA, np.array([0.2, 0.7]), 1, "linear", False, fixed=("a",))
sample(rt.ranks_of, DATA, None, np.array([0.2, 0.7]), 1, "hazen", False, None, False, fixed=("a",))
sample(rt.leading_tangent, real(3), (real(3), real(3)), fixed=("whole",))
sample(rt.where_used, np.array([True, False, True]), real(1), (2, 3))
