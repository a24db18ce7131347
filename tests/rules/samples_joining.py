"""The points at which the rules of what joins arrays or makes them are checked."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

sample(np.concatenate, [real(2, 3), real(1, 3)])
sample(np.concatenate, (real(2, 3), real(2, 1)), axis=-1)
sample(np.concatenate, [real(2, 3), real(2)], axis=None)
sample(np.concatenate, real(2, 3, 4), axis=1)
sample(np.stack, [real(2, 3), real(2, 3)])
sample(np.stack, [real(2, 3), real(2, 3)], axis=-1)
sample(np.stack, [0.1, 0.2, 0.3])
sample(np.stack, real(3, 2), axis=1)
sample(np.vstack, [real(3), real(2, 3)])
sample(np.hstack, [real(3), real(2), 0.3])
sample(np.hstack, [real(2, 3), real(2, 1)])
sample(np.column_stack, [real(3), real(3, 2)])
sample(np.append, real(2, 3), real(2))
sample(np.append, real(2, 3), real(1, 3), axis=0)
for function in (np.split, np.array_split):
    sample(function, real(6, 2), 3)
    sample(function, real(2, 6), [1, 4], axis=1)
sample(np.array_split, real(7), 3)
sample(np.vsplit, real(4, 2), 2)
sample(np.hsplit, real(2, 4), 2)
sample(np.hsplit, real(4), 2)
sample(np.array, [0.1, 0.2, 0.3])
sample(np.array, [[0.1, 0.2], [0.3, 0.4]], dtype=np.float64)
sample(np.array, real(3))
sample(np.array, 0.3)
sample(np.array, [real(3), real(3)])
sample(np.asarray, [0.1, 0.2])
sample(np.asarray, real(3), dtype=float)
sample(np.ascontiguousarray, real(3, 2))
sample(np.ascontiguousarray, 0.3)
sample(np.ndarray.astype, real(3), np.float64)
sample(np.full, (2, 3), 0.3)
sample(np.full, (2, 3), real(3))
sample(np.full_like, real(2, 3), 0.3, fixed=("a",))
sample(np.linspace, 0.1, 2.0, 5)
sample(np.linspace, real(3), 2.0, 4, endpoint=False, axis=-1)
