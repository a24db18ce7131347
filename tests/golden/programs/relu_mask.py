"""A boolean mask selects what is overwritten."""

import numpy as np


def relu_mask(x, leak):
    y = x.copy()
    y[x < 0.0] *= leak
    return np.sum(y * y)


ARGUMENTS = (np.array([1.0, -2.0, 0.5, -0.3]), 0.1)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def drelu_mask(x, leak):
    y = x.copy()
    t = x < 0.0
    t3 = y[t]
    t4 = t3 * leak
    y[t] = t4
    # line 8: y[x < 0.0] *= leak
    dy = 2 * y
    t9 = rt.store_gradient(dy, t)
    dy[t] = 0.0
    dt4 = rt.unbroadcast(t9, t4)
    dleak = dt4.dot(t3)
    rt.accumulate(dy, t, dt4 * leak)
    # line 7: y = x.copy()
    return rt.finish(dy, x), dleak
