"""The points at which the rules of averages, covariances and counts are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)


# -- averages ----------------------------------------------------------------------------------------

sample(np.average, real(3, 4))
sample(np.average, real(3, 4), axis=0, keepdims=True)
sample(np.average, real(4), weights=positive(4))
sample(np.average, real(3, 4), weights=positive(3, 4))
sample(np.average, real(3, 4), axis=1, weights=positive(4))
sample(np.average, real(3, 4), 0, positive(3), keepdims=True)
sample(np.average, real(2, 3, 4), axis=(2, 0), weights=positive(4, 2))
sample(np.average, real(2, 3, 4), axis=(0, 1), weights=positive(2, 3, 4))
sample(np.average, imaginary(3), weights=positive(3))
sample(np.average, real(3, 4), returned=True)
sample(np.average, real(3, 4), axis=1, weights=positive(4), returned=True)
sample(np.average, real(3, 4), 0, positive(3, 4), True, keepdims=True)
sample(np.average, real(2, 3, 4), axis=(2, 0), weights=positive(4, 2), returned=True)

# -- covariances -------------------------------------------------------------------------------------

COUNTS = np.array([1, 3, 2, 1])
WEIGHTS = np.array([0.4, 1.2, 0.7, 0.3])
for function in (np.cov, np.corrcoef):
    sample(function, real(3, 4))
    sample(function, real(4, 3), rowvar=False)
    sample(function, real(4), real(4))
    sample(function, real(3, 4), real(2, 4))
    sample(function, real(4, 2), real(4), rowvar=False)
sample(np.cov, real(4))
sample(np.corrcoef, real(4))
sample(np.cov, imaginary(2, 4))
sample(np.corrcoef, imaginary(2, 4))
sample(np.cov, real(2, 4), bias=True)
sample(np.cov, real(2, 4), ddof=2)
sample(np.cov, real(2, 4), fweights=COUNTS)
sample(np.cov, real(2, 4), aweights=WEIGHTS)
sample(np.cov, real(2, 4), aweights=WEIGHTS, fweights=COUNTS, ddof=0)
sample(np.cov, real(2, 4), aweights=WEIGHTS, fweights=COUNTS, ddof=2)
sample(np.cov, real(4), real(4), aweights=WEIGHTS, bias=True)
sample(np.cov, imaginary(2, 4), aweights=WEIGHTS)

# -- counts ------------------------------------------------------------------------------------------

PLACES = np.array([1, 0, 3, 1])
sample(np.bincount, PLACES, positive(4))
sample(np.bincount, PLACES, positive(4), minlength=6)
sample(np.histogram, real(5), 3)
sample(np.histogram, real(5), 3, weights=positive(5))
sample(np.histogram, real(5), 3, density=True)
sample(np.histogram, real(5), 3, weights=positive(5), density=True)
sample(np.histogram, real(5), [-1.5, 0.0, 0.4, 1.5], density=True, weights=positive(5), fixed=("a",))
sample(np.histogram2d, real(5), real(5), (2, 3), weights=positive(5), density=True)
sample(np.histogramdd, real(5, 3), 2, weights=positive(5), density=True)
sample(np.histogram, real(5), bins=np.array([-1.0, 0.0, 1.0]), weights=positive(5), fixed=("a",))
sample(np.histogram, real(2, 3), 4, (-1.5, 1.5), weights=positive(2, 3), fixed=("a",))
sample(np.histogram2d, real(5), real(5), 3, weights=positive(5))
sample(np.histogramdd, real(5, 3), 2, weights=positive(5))
sample(np.histogramdd, [real(5), real(5)], (2, 3), weights=positive(5))

sample(np.histogram_bin_edges, real(5), 3)
sample(np.histogram_bin_edges, real(5), "sturges")

# -- the runtime -------------------------------------------------------------------------------------

EDGES = (np.array([-1.5, 0.0, 1.0]),)
POINTS = (np.array([-1.0, 0.3, 0.7, 1.4]),)
sample(rt.observations, real(2, 3), real(3), True)
sample(rt.observations, real(3, 2), None, False)
sample(rt.observed, real(3, 3), real(2, 3), real(3), True, fixed=("m", "y"))
sample(rt.observed, real(2, 3), real(3, 2), None, False, fixed=("m", "y"))
sample(rt.counts_adjoint, real(2), EDGES, POINTS, real(4), fixed=("edges", "points", "weights"))
sample(rt.counts_of, real(4), EDGES, POINTS, fixed=("edges", "points"))
sample(rt.edges_adjoint, real(4), real(3), real(4), 3, None, fixed=("a", "edges"))
sample(rt.edges_tangent, real(3), real(3), real(4), 3, None, fixed=("a", "edges"))
sample(np.histogram2d, real(6), real(6), [2, 3], weights=positive(6), density=True)
sample(np.histogram2d, real(6), real(6), (3, [-1.0, 0.1, 1.2]), density=True)
sample(np.histogram2d, real(6), real(6), 2, [(-2.0, 2.0), (-2.0, 2.0)], weights=positive(6))
