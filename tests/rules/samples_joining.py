"""The points at which the rules of what joins arrays or makes them are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

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
sample(rt.cast, np.float64(0.7), np.float64)
sample(rt.whole, 0.7)
sample(np.full, (2, 3), 0.3)
sample(np.full, (2, 3), real(3))
sample(np.full_like, real(2, 3), 0.3, fixed=("a",))
sample(np.linspace, 0.1, 2.0, 5)
sample(np.arange, 0.3, 2.0)
sample(np.arange, 0.3, 2.0, 0.4)
sample(np.arange, 0.3, stop=-2.0, step=-0.7)
sample(np.linspace, real(3), 2.0, 4, endpoint=False, axis=-1)
sample(np.linspace, real(3), real(3), 3, dtype=np.float64)
sample(np.logspace, 0.1, real(3), 4)
sample(np.logspace, real(2), 0.4, 3, endpoint=False, base=2.5, axis=-1)
sample(np.geomspace, 0.4, 2.0, 5)
sample(np.geomspace, positive(3), 2.0, 4, endpoint=False, axis=1)
sample(np.geomspace, -positive(2), -positive(2), 3)
sample(np.dstack, [real(3), real(1, 3), real(1, 3, 2)])
sample(np.block, [[real(2, 2), real(2, 1)], [real(1, 2), 0.4]])
sample(np.block, [real(2), 0.3, real(3)])
sample(np.block, real(2, 3))
sample(np.dsplit, real(1, 2, 4), 2)
sample(np.concatenate, [real(2), real(3)], dtype=np.float64)
sample(np.stack, [real(2), real(2)], dtype=np.float64)
sample(np.vstack, [real(2), real(2)], dtype=np.float64)
sample(np.hstack, [real(2), real(2)], dtype=np.float64)
sample(np.concatenate, [imaginary(2), real(3)])
for function in (np.asanyarray, np.asfortranarray, np.asarray_chkfinite, np.require):
    sample(function, real(2, 3))
    sample(function, [0.3, 0.4], dtype=np.float64)
sample(np.astype, real(3), np.float64)
sample(rt.split_depths, real(1, 3, 2), [real(3), real(1, 3)], fixed=("arrays",))
sample(rt.block_adjoint, real(2, 3), [[real(2, 2), real(2, 1)]], fixed=("arrays",))
sample(rt.nested_like, [[real(2, 2), real(2, 1)]], [[real(2, 2), real(2, 1)]], fixed=("arrays",))
sample(np.array, real(3), ndmin=3)
sample(np.array, [real(3), real(3)], ndmin=3, dtype=np.float64)
sample(np.linspace, 0.1, 2.0, 5, retstep=True)
sample(np.linspace, real(3), 2.0, 4, endpoint=False, axis=-1, retstep=True)
sample(np.block, [[0.3, 0.7], [1.2, -0.4]])
sample(np.logspace, 0.1, 0.7, 3, base=1 + positive(4))
sample(np.logspace, real(4), 0.7, 3, base=1 + positive(4), axis=1)
