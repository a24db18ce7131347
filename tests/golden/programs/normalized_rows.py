"""Rows that a loop hands out are views."""

import numpy as np


def normalized_rows(A):
    for row in A:
        row /= np.sum(row)
    return np.sum(A**2)


ARGUMENTS = (np.array([[1.0, 2.0, 0.5], [0.3, 1.0, 4.0]]),)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dnormalized_rows(A):
    A = np.array(A)
    dA = np.zeros_like(A)
    row_before_history = []
    history = []
    seq = rt.sequence(A)
    dseq = rt.sequence_shadow(seq, A, dA)
    t = len(seq)
    for i in range(t):
        row = seq[i]
        t1 = np.sum(row)
        row_before_history.append(row[...].copy())
        row /= t1
        history.append((row, t1))
    # line 9: return np.sum(A**2)
    dA += 2 * A
    for i in reversed(range(t)):
        row, t1 = history.pop()
        drow = dseq[i]
        # line 8: row /= np.sum(row)
        t8 = drow / t1
        dt1 = -np.sum(t8 * row)
        drow[...] = t8
        row_before = row_before_history.pop()
        row[...] = row_before
        drow += np.broadcast_to(dt1, np.shape(row))
    return dA
