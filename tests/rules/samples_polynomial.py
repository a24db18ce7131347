"""The points at which the rules of ``np.polynomial`` are checked, alike for every family of polynomials."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

FAMILIES = (
    (polynomial, "poly"), (chebyshev, "cheb"), (legendre, "leg"), (laguerre, "lag"), (hermite, "herm"),
    (hermite_e, "herme"),
)  # fmt: skip

for module, prefix in FAMILIES:
    named = {
        name: getattr(module, prefix + name)
        for name in ("val", "vander", "der", "int", "mul", "add", "sub", "roots", "fit")
    }
    sample(named["val"], real(3), real(4))
    sample(named["val"], 0.7, real(3))
    sample(named["val"], real(2, 3), real(4, 2))
    sample(named["val"], real(3), real(1))
    sample(named["val"], imaginary(3), real(4))
    sample(named["val"], real(3), imaginary(4))
    sample(named["vander"], real(3), 3)
    sample(named["vander"], real(2, 3), 0)
    sample(named["vander"], 0.4, 2)
    sample(named["der"], real(4))
    sample(named["der"], real(2, 5), 2, axis=1)
    sample(named["der"], real(4), scl=0.5)
    sample(named["der"], real(2), 3)
    sample(named["int"], real(4))
    sample(named["int"], real(2, 3), 2, axis=1)
    sample(named["int"], real(3), 2, [0.3, -0.7], 0.4, 1.5)
    sample(named["mul"], real(4), real(3))
    sample(named["mul"], imaginary(3), real(3))
    for name in ("add", "sub"):
        sample(named[name], real(4), real(3))
        sample(named[name], real(3), real(4))
        sample(named[name], real(3), imaginary(3))
    sample(named["roots"], np.array([0.3, -0.7, 0.2, 1.1]))
    sample(named["roots"], np.array([-2.3, 0.4, 1.0]))
    sample(named["fit"], np.array([-0.8, -0.3, 0.1, 0.5, 0.9]), real(5), 2, fixed=("x",))
    sample(named["fit"], np.array([-0.8, -0.3, 0.1, 0.5]), real(4, 2), 1, w=positive(4))
sample(polynomial.polytrim, real(3))
