"""The points at which the rules of what chooses entries are checked."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

sample(np.where, np.array([True, False, True]), real(3), real(3))
sample(np.where, np.array([[True], [False]]), real(3), 0.3)
sample(np.clip, np.array([-2.0, 0.3, 2.0]), -1.0, 1.0)
sample(np.clip, np.array([-2.0, 0.3, 2.0]), np.array([-1.0, -1.0, 1.0]), np.array([[1.0], [1.5]]))
sample(np.clip, real(3), None, 0.1)
sample(np.clip, real(3), 0.1, None)
sample(np.sort, real(5))
sample(np.sort, real(3, 4), axis=0)
sample(np.sort, real(3, 4), axis=None)
sample(np.take, real(5), [0, 2, 2])
sample(np.take, real(3, 4), np.array([[0, 2], [2, -1]]), axis=1)
sample(np.take, real(3, 4), 5)
sample(np.take, real(5), [7, -6], mode="wrap")
sample(np.take, real(5), [7, 1], mode="clip")
sample(np.take_along_axis, real(3, 4), np.array([[0, 2, 2], [1, 1, 1], [3, 0, 1]]), axis=1)
sample(np.nan_to_num, real(3))
sample(np.real, imaginary(3))
sample(np.real, real(3))
sample(np.imag, imaginary(3))
sample(np.conj, imaginary(3))
