"""The points at which the rules of interpolation and polynomials are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)


POINTS = np.array([0.1, 0.5, 0.9, 1.6])
for x in (np.array([0.3, 0.7, 1.2, 0.6]), np.array([[-0.4, 0.2], [2.0, 1.5]]), 0.7, 3.0):
    sample(np.interp, x, POINTS, real(4))
    sample(np.interp, x, POINTS, real(4), left=0.3, right=-0.2)
    sample(np.interp, x, POINTS, real(4), right=0.4)
sample(np.interp, np.array([-0.4, 0.2, 2.1, 5.0]), np.array([0.7, 0.1, 1.3]), real(3), period=1.5)
sample(np.interp, np.array([-0.4, 0.2, 2.1, 5.0]), np.array([0.7, 2.2, 1.3]), real(3), period=-1.6)
sample(np.interp, 3.2, np.array([0.7, 2.2, 1.3]), real(3), period=1.7)
sample(np.interp, np.array([0.3, 0.7, 1.2]), POINTS, imaginary(4))

# -- polynomials -------------------------------------------------------------------------------------

sample(np.polyval, real(4), real(3))
sample(np.polyval, real(4), 0.3)
sample(np.polyval, real(3), real(2, 3))
sample(np.polyval, imaginary(3), imaginary(2))
sample(np.polyder, real(4))
sample(np.polyder, real(5), 2)
sample(np.polyint, real(3))
sample(np.polyint, real(3), 2, [0.4, 0.2])
for function in (np.polyadd, np.polysub):
    sample(function, real(4), real(2))
    sample(function, real(2), real(4))
    sample(function, real(3), 0.4)
sample(np.polymul, real(4), real(2))
sample(np.polymul, imaginary(3), real(2))
sample(np.polymul, real(3), 0.7)
sample(np.polymul, 0.7, np.array([0.0, 0.4, 0.9]), fixed=("a2",))
for length in (1, 3, 5, 6):
    sample(np.polydiv, real(5), real(length) + 0.2)
sample(np.polydiv, real(4), 1.3)
sample(np.polydiv, imaginary(4), real(2))
sample(np.polyfit, np.array([0.1, 0.5, 0.9, 1.6]), real(4), 2)
sample(np.polyfit, np.array([0.1, 0.5, 0.9, 1.6]), real(4, 2), 1, w=np.array([1.0, 0.5, 2.0, 1.0]))
sample(np.roots, np.array([1.0, -3.1, 2.0]))
sample(np.roots, np.array([1.0, 0.3, 2.0]))
sample(np.poly, real(3))

# -- fits --------------------------------------------------------------------------------------------

PLACES = np.array([0.1, 0.5, 0.9, 1.6, 2.0, 2.7])
sample(np.polyfit, PLACES, real(6), 2)
sample(np.polyfit, PLACES, real(6, 2), 1, w=positive(6))
sample(np.polyfit, PLACES, real(6), 2, w=positive(6), rcond=1e-12)
sample(rt.fitting_matrix, PLACES, 1, None, positive(6))
sample(rt.fitting_matrix, PLACES, 2, None, None)
sample(np.polyint, real(3), k=0.3)
sample(np.polyint, real(3), 3, real(3))
sample(np.polyint, real(3), m=2, k=0.3)
sample(np.poly, real(3, 3))
