"""Columns that are made orthogonal, in place."""

import numpy as np


def gram_schmidt(A):
    for j in range(A.shape[1]):
        for k in range(j):
            A[:, j] -= (A[:, k] @ A[:, j]) * A[:, k]
        A[:, j] /= np.sqrt(A[:, j] @ A[:, j])
    return np.sum(A[0] ** 3)


ARGUMENTS = (np.array([[1.0, 0.4], [0.5, -1.0], [-0.3, 0.8]]),)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dgram_schmidt(A):
    A = np.array(A)
    A_before_history = []
    t4_history = []
    A_before_1_history = []
    t10_history = []
    t1 = A.shape[1]
    for j in range(t1):
        for k in range(j):
            t4 = A[:, k] @ A[:, j]
            A_before_history.append(A[:, j].copy())
            A[:, j] -= t4 * A[:, k]
            t4_history.append(t4)
        t10 = np.sqrt(A[:, j] @ A[:, j])
        A_before_1_history.append(A[:, j].copy())
        A[:, j] /= t10
        t10_history.append(t10)
    # line 11: return np.sum(A[0] ** 3)
    dA = np.zeros(A.shape)
    dA[0] = 3 * A[0] ** 2
    for j in reversed(range(t1)):
        t10 = t10_history.pop()
        t7 = A[:, j]
        # line 10: A[:, j] /= np.sqrt(A[:, j] @ A[:, j])
        t20 = dA[:, j] / t10
        t38 = t20.dot(t7)
        dA[:, j] = t20
        A_before_1 = A_before_1_history.pop()
        A[:, j] = A_before_1
        dA[:, j] += 2.0 * rt.quotient(-(0.5 * t38), t10) * t7
        for k in reversed(range(j)):
            t4 = t4_history.pop()
            t7 = A[:, k]
            t20 = A[:, j]
            # line 9: A[:, j] -= (A[:, k] @ A[:, j]) * A[:, k]
            A_before = A_before_history.pop()
            A[:, j] = A_before
            dt6 = -dA[:, j]
            dt4 = dt6.dot(t7)
            dA[:, k] += dt6 * t4
            dA[:, j] += dt4 * t7
            dA[:, k] += dt4 * t20
    return dA
