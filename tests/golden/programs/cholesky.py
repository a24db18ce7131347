"""A factorization that overwrites its argument."""

import numpy as np


def cholesky(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
        A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
    return np.sum(np.log(np.diag(A)))


ARGUMENTS = (np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]]),)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dcholesky(A):
    A_argument = A
    A = np.array(A)
    t7_history = []
    t13_history = []
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            t7 = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
            A[i, j] = t7
            t7_history.append(t7)
        t13 = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
        A[i, i] = t13
        t13_history.append(t13)
    # line 12: return np.sum(np.log(np.diag(A)))
    dA = rt.diag_adjoint(1.0 / np.diag(A), A.shape, 0)
    dA = rt.owned(dA, A)
    for i in reversed(range(n)):
        t13 = t13_history.pop()
        # line 11: A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
        dt12 = rt.quotient(0.5 * dA[i, i], t13)
        dA[i, i] = dt12
        dA[i, :i] -= 2.0 * dt12 * A[i, :i]
        for j in reversed(range(i)):
            t7 = t7_history.pop()
            t6 = A[j, j]
            # line 10: A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
            dt7 = dA[i, j]
            dt5 = dt7 / t6
            dA[i, j] = dt5
            dA[j, j] -= dt7 * (t7 / t6)
            dt4 = -dt5
            dA[j, :j] += dt4 * A[i, :j]
            dA[i, :j] += dt4 * A[j, :j]
    return rt.fitted(dA, A_argument)
