"""The points at which the rules of the methods of ufuncs are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)


MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])

for reduce in (np.add.reduce, np.multiply.reduce, np.maximum.reduce, np.minimum.reduce, np.logaddexp.reduce):
    sample(reduce, real(5))
    sample(reduce, real(3, 4))
    sample(reduce, real(3, 4), 1, keepdims=True)
    sample(reduce, real(3, 4), axis=None)
    sample(reduce, real(2, 3, 4), (0, 2))
for reduce in (np.add.reduce, np.multiply.reduce):
    sample(reduce, real(3, 4), axis=1, initial=0.4, where=MASK)
    sample(reduce, imaginary(3, 2))
sample(np.maximum.reduce, real(3, 4), axis=1, initial=-9.0, where=MASK)
sample(np.minimum.reduce, real(3, 4), initial=9.0, where=MASK)
sample(np.logaddexp.reduce, real(3, 4), initial=-np.inf, where=MASK)
for accumulate in (np.add.accumulate, np.multiply.accumulate, np.maximum.accumulate, np.minimum.accumulate):
    sample(accumulate, real(5))
    sample(accumulate, real(3, 4), axis=1)
sample(np.add.reduceat, real(6), [0, 3, 1, 4])
sample(np.add.reduceat, real(3, 6), [0, 2, 2], axis=1)
sample(rt.reduceat_adjoint, real(4), (6,), [0, 3, 1, 4], 0)
sample(rt.column_of, real(2, 3), 2)
for outer in (np.add.outer, np.subtract.outer, np.multiply.outer, np.true_divide.outer, np.maximum.outer,
              np.minimum.outer):  # fmt: skip
    sample(outer, real(3), real(2))
    sample(outer, real(2, 3), real(4, 2))
    sample(outer, real(2), 0.3)
    sample(outer, 0.3, real(2))
sample(np.power.outer, positive(3), real(2, 2))
sample(np.power.outer, 0.3, real(2))
sample(np.multiply.outer, imaginary(2), real(3))
sample(np.true_divide.outer, imaginary(2), real(3))
