"""The points at which the rules of what rearranges entries are checked."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

sample(np.reshape, real(3, 4), (2, 6))
sample(np.reshape, real(3, 4), -1)
sample(np.ravel, real(3, 4))
sample(np.transpose, real(3, 4))
sample(np.transpose, real(2, 3, 4), (2, 0, 1))
sample(np.transpose, real(2, 3, 4), (-1, 0, 1))
sample(np.ndarray.reshape, real(3, 4), 2, 6)
sample(np.ndarray.reshape, real(3, 4), (2, 6))
sample(np.ndarray.transpose, real(2, 3, 4), 2, 0, 1)
sample(np.ndarray.transpose, real(2, 3))
sample(np.ndarray.flatten, real(2, 3))
sample(np.ndarray.item, real(1))
sample(np.ndarray.item, real(2, 3), 1, 2)
sample(np.ndarray.item, real(2, 3), 4)
sample(np.matrix_transpose, real(2, 3, 4))
sample(np.swapaxes, real(2, 3, 4), 0, -1)
sample(np.moveaxis, real(2, 3, 4), 0, -1)
sample(np.moveaxis, real(2, 3, 4), (0, 1), (2, 0))
sample(np.squeeze, real(1, 3, 1))
sample(np.squeeze, real(1, 3, 1), axis=0)
sample(np.expand_dims, real(3), 0)
sample(np.expand_dims, real(3), (0, -1))
sample(np.atleast_1d, 0.3)
sample(np.atleast_1d, 0.3, real(2))
sample(np.atleast_2d, real(3))
sample(np.atleast_2d, real(3), real(2, 2))
sample(np.broadcast_to, real(3, 1), (2, 3, 4))
sample(np.broadcast_to, 0.3, (2, 3))
sample(np.flip, real(3, 4))
sample(np.flip, real(3, 4), axis=(0, 1))
sample(np.fliplr, real(3, 4))
sample(np.flipud, real(3, 4))
sample(np.rot90, real(3, 4))
sample(np.rot90, real(3, 4, 2), k=3, axes=(1, 2))
sample(np.roll, real(3, 4), 2)
sample(np.roll, real(3, 4), (1, -2), axis=(0, 1))
sample(np.repeat, real(3, 2), 2)
sample(np.repeat, real(3, 2), [1, 0, 2], axis=0)
sample(np.repeat, 0.3, 4)
sample(np.tile, real(3, 2), 2)
sample(np.tile, real(3), (2, 2))
sample(np.tile, real(2, 3), (2, 1, 2))
sample(np.copy, real(3))
sample(np.diag, real(3))
sample(np.diag, real(3), k=-1)
sample(np.diag, real(3, 4), k=1)
sample(np.diagonal, real(3, 4), offset=-1)
sample(np.diagonal, real(2, 3, 3), 0, 1, 2)
sample(np.tril, real(3, 4))
sample(np.tril, real(2, 3, 3), k=-1)
sample(np.triu, real(3, 4), k=1)
