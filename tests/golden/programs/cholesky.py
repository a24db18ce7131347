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
    A_before_history = []
    history = []
    A_before_1_history = []
    history_1 = []
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            t1 = A[i, j]
            t6 = A[j, j]
            t7 = (t1 - A[i, :j] @ A[j, :j]) / t6
            A_before_history.append(t1)
            A[i, j] = t7
            history.append((t6, t7))
        t8 = A[i, i]
        t13 = np.sqrt(t8 - A[i, :i] @ A[i, :i])
        A_before_1_history.append(t8)
        A[i, i] = t13
        history_1.append(t13)
    # line 12: return np.sum(np.log(np.diag(A)))
    dA = rt.diag_adjoint(1.0 / np.diag(A), np.shape(A), 0)
    dA = rt.owned(dA, A)
    for i in reversed(range(n)):
        t13 = history_1.pop()
        t10 = A[i, :i]
        t9 = A[i, :i]
        # line 11: A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
        A_before_1 = A_before_1_history.pop()
        A[i, i] = A_before_1
        dt12 = rt.quotient(0.5 * dA[i, i], t13)
        dt11 = -dt12
        dA[i, i] = dt12
        dA[i, :i] += dt11 * t9
        dA[i, :i] += dt11 * t10
        for j in reversed(range(i)):
            t6, t7 = history.pop()
            t10 = A[i, :j]
            t9 = A[j, :j]
            # line 10: A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
            A_before = A_before_history.pop()
            A[i, j] = A_before
            dt7 = dA[i, j]
            dt5 = dt7 / t6
            dA[i, j] = dt5
            dA[j, j] -= dt7 * (t7 / t6)
            dt4 = -dt5
            dA[j, :j] += dt4 * t10
            dA[i, :j] += dt4 * t9
    return rt.fitted(dA, A_argument)
