"""Factorizations that overwrite their matrix, and the solvers that use them."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def cholesky(A):
    n = A.shape[0]
    A[0, 0] = np.sqrt(A[0, 0])
    for i in range(1, n):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[j, :j]
            A[i, j] /= A[j, j]
        A[i, i] -= A[i, :i] @ A[i, :i]
        A[i, i] = np.sqrt(A[i, i])


def lu(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, n):
            A[i, j] -= A[i, :i] @ A[:i, j]


def ludcmp(A, b, x):
    n = A.shape[0]
    y = np.zeros(n)
    lu(A)
    for i in range(n):
        y[i] = b[i] - A[i, :i] @ y[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]


def gramschmidt(A, Q, R):
    n = A.shape[1]
    for k in range(n):
        R[k, k] = np.sqrt(A[:, k] @ A[:, k])
        Q[:, k] = A[:, k] / R[k, k]
        for j in range(k + 1, n):
            R[k, j] = Q[:, k] @ A[:, j]
            A[:, j] -= Q[:, k] * R[k, j]


def trisolv(L, x, b):
    for i in range(L.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]


def durbin(r, y):
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, len(r)):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + r[:k][::-1] @ y[:k]) / beta
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha


def _positive_definite(size, rng):
    root = rng.normal(size=(size, size))
    return (root @ root.T + size * np.eye(size),)


def _dominant(size, rng):
    return rng.normal(size=(size, size)) + 2.0 * size * np.eye(size)


def _tall(size, rng):
    return (
        rng.normal(size=(size + 2, size)),
        rng.normal(size=(size + 2, size)),
        rng.normal(size=(size, size)),
    )


KERNELS = (
    Kernel(cholesky, _positive_definite, (3, 6), (0,)),
    Kernel(lu, lambda size, rng: (_dominant(size, rng),), (3, 6), (0,)),
    Kernel(
        ludcmp,
        lambda size, rng: (_dominant(size, rng), rng.normal(size=size), rng.normal(size=size)),
        (3, 6),
        (0, 2),
    ),
    Kernel(gramschmidt, _tall, (3, 4), (0, 1, 2)),
    Kernel(
        trisolv,
        lambda size, rng: (_dominant(size, rng), rng.normal(size=size), rng.normal(size=size)),
        (3, 7),
        (1,),
    ),
    Kernel(durbin, lambda size, rng: (rng.uniform(-0.3, 0.3, size), rng.normal(size=size)), (3, 7), (1,)),
)
