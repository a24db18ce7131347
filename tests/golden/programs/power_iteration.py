"""The largest eigenvalue by repeated products."""

import numpy as np


def power_iteration(A, steps):
    v = np.ones(len(A))
    for _ in range(steps):
        v = A @ v
        v = v / np.linalg.norm(v)
    return v @ A @ v


ARGUMENTS = (np.array([[2.0, 0.5], [0.3, 1.0]]), 8)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dpower_iteration(A, steps):
    v_history = []
    history = []
    v = np.ones(len(A))
    for _ in range(steps):
        v_1 = A @ v
        t1 = np.linalg.norm(v_1)
        v_history.append(v)
        v = v_1 / t1
        history.append((t1, v_1))
    # line 11: return v @ A @ v
    dA = v[:, None] * v
    dv = v @ A + A @ v
    for _ in reversed(range(steps)):
        t1, v_1 = history.pop()
        # line 10: v = v / np.linalg.norm(v)
        dv_1 = dv / t1
        t25 = dv.dot(v / t1)
        v = v_history.pop()
        dv_1 -= t25 * rt.safe_reciprocal(t1) * v_1
        # line 9: v = A @ v
        dv = A.T.dot(dv_1)
        dA += dv_1[:, None] * v
    return dA
