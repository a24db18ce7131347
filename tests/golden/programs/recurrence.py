"""A linear filter that works in place: each entry is overwritten with what depends on its neighbour."""

import numpy as np


def recurrence(x, a):
    for i in range(1, len(x)):
        x[i] += a * x[i - 1]
    return np.sum(x * x)


ARGUMENTS = (np.array([1.0, -0.5, 2.0, 0.3]), 0.8)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def drecurrence(x, a):
    x = np.array(x)
    t = len(x)
    for i in range(1, t):
        x[i] += a * x[i - 1]
    # line 9: return np.sum(x * x)
    da = 0.0
    dx = 2 * x
    for i in reversed(range(1, t)):
        t1 = i - 1
        # line 8: x[i] += a * x[i - 1]
        dt3 = dx[i]
        da += dt3 * x[t1]
        dx[t1] += dt3 * a
    return dx, da
