"""Two buffers that take turns."""

import numpy as np


def jacobi(A, B, steps):
    for _ in range(steps):
        B[1:-1, 1:-1] = 0.25 * (A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.25 * (B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
    return np.sum(A * A)


ARGUMENTS = (np.random.default_rng(3).normal(size=(5, 5)), np.random.default_rng(4).normal(size=(5, 5)), 2)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def djacobi(A, B, steps):
    A = np.array(A)
    B = np.array(B)
    for _ in range(steps):
        t7 = 0.25 * (A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        B[1:-1, 1:-1] = t7
        t7 = 0.25 * (B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
        A[1:-1, 1:-1] = t7
    # line 10: return np.sum(A * A)
    dB = np.zeros(B.shape)
    dA = 2 * A
    for _ in reversed(range(steps)):
        # line 9: A[1:-1, 1:-1] = 0.25 * (B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
        dt14 = rt.unbroadcast(dA[1:-1, 1:-1], B[1:-1, :-2]) * 0.25
        dA[1:-1, 1:-1] = 0.0
        dB[:-2, 1:-1] += dt14
        dB[2:, 1:-1] += dt14
        dB[1:-1, 2:] += dt14
        dB[1:-1, :-2] += dt14
        # line 8: B[1:-1, 1:-1] = 0.25 * (A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        dt14 = rt.unbroadcast(dB[1:-1, 1:-1], A[1:-1, :-2]) * 0.25
        dB[1:-1, 1:-1] = 0.0
        dA[:-2, 1:-1] += dt14
        dA[2:, 1:-1] += dt14
        dA[1:-1, 2:] += dt14
        dA[1:-1, :-2] += dt14
    return dA
