"""Sparse matrices in compressed rows."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def spmv(row_starts, columns, values, x, y):
    for i in range(len(row_starts) - 1):
        y[i] = 0.0
        for k in range(row_starts[i], row_starts[i + 1]):
            y[i] += values[k] * x[columns[k]]


def _compressed(size, rng):
    filled = rng.uniform(size=(size, size + 1)) < 0.5
    starts = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
    columns = np.nonzero(filled)[1]
    return starts, columns, rng.normal(size=len(columns)), rng.normal(size=size + 1), rng.normal(size=size)


KERNELS = (Kernel(spmv, _compressed, (4, 7), (4,)),)
