"""A list filled by a loop and stacked."""

import numpy as np


def moving_average(x, rate):
    mean = x[0]
    means = []
    for value in x:
        mean = (1.0 - rate) * mean + rate * value
        means.append(mean)
    return np.sum(np.stack(means) ** 2)


ARGUMENTS = (np.array([1.0, 0.3, -0.5, 2.0]), 0.25)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dmoving_average(x, rate):
    mean_history = []
    mean = x[0]
    means = []
    t = len(x)
    for i in range(t):
        value = x[i]
        mean_history.append(mean)
        mean = (1.0 - rate) * mean + rate * value
        means.append(mean)
    # line 12: return np.sum(np.stack(means) ** 2)
    dmeans = rt.unstack_like(2 * np.stack(means), means, 0)
    dmean = 0.0
    drate = 0.0
    dx = np.zeros(x.shape)
    dmeans = rt.owned(dmeans, means)
    for i in reversed(range(t)):
        t1 = 1.0 - rate
        value = x[i]
        # line 11: means.append(mean)
        t12 = dmeans.pop()
        dmean += t12
        # line 10: mean = (1.0 - rate) * mean + rate * value
        mean = mean_history.pop()
        dvalue = dmean * rate
        drate += dmean * value
        dt1 = dmean * mean
        dmean = dmean * t1
        drate -= dt1
        # line 9: for value in x:
        dx[i] += dvalue
    # line 7: mean = x[0]
    dx[0] += dmean
    return dx, drate
