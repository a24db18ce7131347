"""Statistics that centre and scale their data in place."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def covariance(data, cov):
    n, m = data.shape
    data -= np.mean(data, axis=0)
    for i in range(m):
        cov[i, i:] = data[:, i] @ data[:, i:] / (n - 1.0)
        cov[i:, i] = cov[i, i:]


def correlation(data, corr):
    n, m = data.shape
    deviation = np.std(data, axis=0)
    deviation[deviation <= 0.1] = 1.0
    data -= np.mean(data, axis=0)
    data /= np.sqrt(n) * deviation
    corr[:] = np.eye(m)
    for i in range(m - 1):
        corr[i, i + 1 :] = corr[i + 1 :, i] = data[:, i] @ data[:, i + 1 :]


def _data(size, rng):
    return rng.normal(size=(size + 3, size)) + rng.normal(size=size), rng.normal(size=(size, size))


KERNELS = (
    Kernel(covariance, _data, (3, 5), (0, 1)),
    Kernel(correlation, _data, (3, 5), (0, 1)),
)
