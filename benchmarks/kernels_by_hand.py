"""The adjoints of five kernels, written by hand: the loops of the kernel, run backwards, with nothing saved.

Each is given the kernel's arguments, which it leaves alone, and the weights of the loss, and returns the value of the
loss and the gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.kernels import KERNELS

__all__ = ["ADJOINTS", "jacobi_2d_twin"]

CORE = (slice(1, -1), slice(1, -1))
LEFT, RIGHT = (slice(1, -1), slice(None, -2)), (slice(1, -1), slice(2, None))
BELOW, ABOVE = (slice(2, None), slice(1, -1)), (slice(None, -2), slice(1, -1))


def jacobi_2d(weights: Any, A: Any, B: Any, steps: int) -> Any:
    A, B = A.copy(), B.copy()
    KERNELS["jacobi_2d"].function(A, B, steps)
    value = np.sum(weights[0] * A) + np.sum(weights[1] * B)
    dA, dB = weights[0].copy(), weights[1].copy()
    for _ in range(steps):
        t = 0.2 * dA[CORE]
        dA[CORE] = 0.0
        dB[CORE] += t
        dB[LEFT] += t
        dB[RIGHT] += t
        dB[BELOW] += t
        dB[ABOVE] += t
        t = 0.2 * dB[CORE]
        dB[CORE] = 0.0
        dA[CORE] += t
        dA[LEFT] += t
        dA[RIGHT] += t
        dA[BELOW] += t
        dA[ABOVE] += t
    return value, (dA, dB)


def seidel_2d(weights: Any, A: Any, steps: int) -> Any:
    A = A.copy()
    KERNELS["seidel_2d"].function(A, steps)
    value = np.sum(weights[0] * A)
    dA = weights[0].copy()
    n, m = A.shape
    for _ in range(steps):
        for i in range(n - 2, 0, -1):
            for j in range(m - 2, 0, -1):
                g = dA[i, j] / 9.0
                dA[i, j] = g
                dA[i, j - 1] += g
            g = dA[i, 1:-1].copy()
            dA[i + 1, 2:] += g
            dA[i + 1, 1:-1] += g
            dA[i + 1, :-2] += g
            dA[i, 2:] += g
            dA[i - 1, 2:] += g
            dA[i - 1, 1:-1] += g
            dA[i - 1, :-2] += g
    return value, (dA,)


def cholesky(weights: Any, A: Any) -> Any:
    A = A.copy()
    KERNELS["cholesky"].function(A)
    value = np.sum(weights[0] * A)
    dA = weights[0].copy()
    for i in range(len(A) - 1, 0, -1):
        g = 0.5 * dA[i, i] / A[i, i]
        dA[i, i] = g
        dA[i, :i] -= (2.0 * g) * A[i, :i]
        for j in range(i - 1, -1, -1):
            g = dA[i, j] / A[j, j]
            dA[i, j] = g
            dA[j, j] -= g * A[i, j]
            dA[i, :j] -= g * A[j, :j]
            dA[j, :j] -= g * A[i, :j]
    dA[0, 0] *= 0.5 / A[0, 0]
    return value, (dA,)


def lu(weights: Any, A: Any) -> Any:
    A = A.copy()
    KERNELS["lu"].function(A)
    value = np.sum(weights[0] * A)
    dA = weights[0].copy()
    n = len(A)
    for i in range(n - 1, -1, -1):
        for j in range(n - 1, i - 1, -1):
            g = dA[i, j]
            dA[i, :i] -= g * A[:i, j]
            dA[:i, j] -= g * A[i, :i]
        for j in range(i - 1, -1, -1):
            g = dA[i, j] / A[j, j]
            dA[i, j] = g
            dA[j, j] -= g * A[i, j]
            dA[i, :j] -= g * A[:j, j]
            dA[:j, j] -= g * A[i, :j]
    return value, (dA,)


def trisolv(weights: Any, L: Any, x: Any, b: Any) -> Any:
    x = x.copy()
    KERNELS["trisolv"].function(L, x, b)
    value = np.sum(weights[0] * x)
    dx = weights[0].copy()
    dL, db = np.zeros_like(L), np.zeros_like(b)
    for i in range(len(x) - 1, -1, -1):
        g = dx[i] / L[i, i]
        dx[i] = 0.0
        db[i] = g
        dL[i, i] = -g * x[i]
        dL[i, :i] = -g * x[:i]
        dx[:i] -= g * L[i, :i]
    return value, (dL, dx, db)


ADJOINTS = {adjoint.__name__: adjoint for adjoint in (jacobi_2d, seidel_2d, cholesky, lu, trisolv)}


def jacobi_2d_twin(np: Any, weights: Any, A: Any, B: Any, steps: int) -> Any:
    """Compute the loss without assignments, for libraries that refuse them; ``np`` is their NumPy."""

    def framed(inner: Any, outer: Any) -> Any:
        rows = np.concatenate([outer[1:-1, :1], inner, outer[1:-1, -1:]], axis=1)
        return np.concatenate([outer[:1], rows, outer[-1:]], axis=0)

    for _ in range(steps):
        B = framed(0.2 * (A[CORE] + A[LEFT] + A[RIGHT] + A[BELOW] + A[ABOVE]), B)
        A = framed(0.2 * (B[CORE] + B[LEFT] + B[RIGHT] + B[BELOW] + B[ABOVE]), A)
    return np.sum(weights[0] * A) + np.sum(weights[1] * B)
