"""Rows that a loop hands out are views."""

import numpy as np


def normalized_rows(A):
    for row in A:
        row /= np.sum(row)
    return np.sum(A**2)


ARGUMENTS = (np.array([[1.0, 2.0, 0.5], [0.3, 1.0, 4.0]]),)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dnormalized_rows(A):
    A = np.array(A)
    dA = np.zeros_like(A)
    history = []
    t = len(A)
    for i in range(t):
        row = A[i]
        t1 = np.sum(row)
        row /= t1
        history.append((row, t1))
    # line 9: return np.sum(A**2)
    dA += 2 * A
    for i in reversed(range(t)):
        row, t1 = history.pop()
        drow = dA[i]
        # line 8: row /= np.sum(row)
        t8 = drow / t1
        drow[...] = t8
        drow -= t8.dot(row)
    return dA
