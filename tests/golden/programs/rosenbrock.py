"""Overlapping slices of one array: each brings its part of the gradient."""

import numpy as np


def rosenbrock(x):
    valley = x[1:] - x[:-1] ** 2
    slope = 1.0 - x[:-1]
    return np.sum(100.0 * valley**2 + slope**2)


ARGUMENTS = (np.array([-1.2, 1.0, 0.8, 1.1]),)


# ------------------------------ its derivative ------------------------------

import numpy as np


def drosenbrock(x):
    t1 = x[:-1]
    valley = x[1:] - t1 ** 2
    slope = 1.0 - t1
    # line 9: return np.sum(100.0 * valley**2 + slope**2)
    dvalley = 100.0 * (2 * valley)
    # line 8: slope = 1.0 - x[:-1]
    dx = np.zeros(x.shape)
    dx[:-1] = -(2 * slope)
    # line 7: valley = x[1:] - x[:-1] ** 2
    dx[:-1] -= dvalley * (2 * t1)
    dx[1:] += dvalley
    return dx
