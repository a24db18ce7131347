"""Products of matrices and vectors in the manner of the BLAS: results go into an argument."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def gemm(alpha, beta, C, A, B):
    C[:] = alpha * A @ B + beta * C


def trmm(alpha, A, B):
    for i in range(B.shape[0]):
        for j in range(B.shape[1]):
            B[i, j] += A[i + 1 :, i] @ B[i + 1 :, j]
    B *= alpha


def symm(alpha, beta, C, A, B):
    C *= beta
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            C[:i, j] += alpha * B[i, j] * A[i, :i]
            C[i, j] += alpha * B[i, j] * A[i, i] + alpha * (B[:i, j] @ A[i, :i])


def syrk(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += alpha * A[i, k] * A[: i + 1, k]


def syr2k(alpha, beta, C, A, B):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += A[: i + 1, k] * alpha * B[i, k] + B[: i + 1, k] * alpha * A[i, k]


def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x


def gesummv(alpha, beta, A, B, x):
    return alpha * A @ x + beta * B @ x


def atax(A, x, y):
    y[:] = 0.0
    for i in range(A.shape[0]):
        y += A[i] * (A[i] @ x)


def bicg(A, p, r, q, s):
    s.fill(0.0)
    for i in range(A.shape[0]):
        s += r[i] * A[i]
        q[i] = A[i] @ p


def mvt(x1, x2, y1, y2, A):
    x1 += A @ y1
    x2 += y2 @ A


def doitgen(A, C4):
    row = np.empty(A.shape[2])
    for r in range(A.shape[0]):
        for q in range(A.shape[1]):
            for p in range(A.shape[2]):
                row[p] = A[r, q] @ C4[:, p]
            A[r, q] = row


def two_mm(alpha, beta, A, B, C, D):
    tmp = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for k in range(A.shape[1]):
            tmp[i] += alpha * A[i, k] * B[k]
    D *= beta
    D += tmp @ C


def three_mm(A, B, C, D, G):
    E = np.empty((A.shape[0], B.shape[1]))
    F = np.empty((C.shape[0], D.shape[1]))
    np.dot(A, B, out=E)
    np.matmul(C, D, out=F)
    np.matmul(E, F, out=G)


def _shapes(*shapes):
    """Return a setup whose arguments have these shapes in terms of the size; numbers stand for floats."""

    def setup(size, rng):
        return tuple(
            shape if isinstance(shape, float) else rng.normal(size=[size + extra for extra in shape])
            for shape in shapes
        )

    return setup


KERNELS = (
    Kernel(gemm, _shapes(1.5, 1.2, (0, 1), (0, 2), (2, 1)), (2, 4), (2,)),
    Kernel(trmm, _shapes(1.5, (0, 0), (0, 1)), (3, 4), (2,)),
    Kernel(symm, _shapes(1.5, 1.2, (0, 1), (0, 0), (0, 1)), (2, 4), (2,)),
    Kernel(syrk, _shapes(1.5, 1.2, (0, 0), (0, 1)), (3, 4), (2,)),
    Kernel(syr2k, _shapes(1.5, 1.2, (0, 0), (0, 1), (0, 1)), (3, 4), (2,)),
    Kernel(gemver, _shapes(1.5, 1.2, (0, 0), *[(0,)] * 8), (3, 5), (2, 7, 8)),
    Kernel(gesummv, _shapes(1.5, 1.2, (0, 0), (0, 0), (0,)), (3, 5)),
    Kernel(atax, _shapes((1, 0), (0,), (0,)), (3, 5), (2,)),
    Kernel(bicg, _shapes((1, 0), (0,), (1,), (1,), (0,)), (3, 5), (3, 4)),
    Kernel(mvt, _shapes((0,), (0,), (0,), (0,), (0, 0)), (3, 5), (0, 1)),
    Kernel(doitgen, _shapes((0, 1, 2), (2, 2)), (2, 3), (0,)),
    Kernel(two_mm, _shapes(1.5, 1.2, (0, 1), (1, 2), (2, 3), (0, 3)), (2, 3), (5,)),
    Kernel(three_mm, _shapes((0, 1), (1, 2), (2, 3), (3, 1), (0, 1)), (2, 3), (4,)),
)
