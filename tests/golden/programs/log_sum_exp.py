"""Shifted by the greatest entry, which may occur twice."""

import numpy as np


def log_sum_exp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


ARGUMENTS = (np.array([0.3, 2.0, -1.0, 1.9]),)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dlog_sum_exp(x):
    top = np.max(x)
    t1 = np.exp(x - top)
    # line 8: return top + np.log(np.sum(np.exp(x - top)))
    dt = t1 / np.sum(t1)
    dtop = 1.0 - dt.sum()
    # line 7: top = np.max(x)
    dx = dt + dtop * rt.extreme_share(x, top, None)
    return dx
