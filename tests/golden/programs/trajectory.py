"""A rocket that burns its fuel: states in an array that is filled row by row."""

import numpy as np


def trajectory(thrust, burn, steps):
    path = np.empty((steps, 2))
    path[0] = 0.0, 10.0
    for t in range(1, steps):
        height, speed = path[t - 1]
        push = thrust * np.exp(-burn * t)
        path[t, 1] = speed + 0.1 * (push - 9.81)
        path[t, 0] = height + 0.1 * path[t, 1]
    return np.max(path[:, 0])


ARGUMENTS = (12.0, 0.1, 12)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dtrajectory(thrust, burn, steps):
    t7_history = []
    path = np.empty((steps, 2))
    path[0] = 0.0, 10.0
    for t in range(1, steps):
        height, speed = path[t - 1]
        t7 = np.exp(-(burn * t))
        push = thrust * t7
        path[t, 1] = speed + 0.1 * (push - 9.81)
        path[t, 0] = height + 0.1 * path[t, 1]
        t7_history.append(t7)
    t14 = path[:, 0]
    # line 14: return np.max(path[:, 0])
    dpath = np.zeros(path.shape)
    dpath[:, 0] = 1.0 * rt.extreme_share(t14, np.max(t14), None)
    dburn = 0.0
    dthrust = 0.0
    for t in reversed(range(1, steps)):
        t7 = t7_history.pop()
        t3 = t - 1
        # line 13: path[t, 0] = height + 0.1 * path[t, 1]
        dt13 = dpath[t, 0]
        dpath[t, 0] = 0.0
        dpath[t, 1] += dt13 * 0.1
        # line 12: path[t, 1] = speed + 0.1 * (push - 9.81)
        dt10 = dpath[t, 1]
        dpath[t, 1] = 0.0
        dpush = dt10 * 0.1
        # line 11: push = thrust * np.exp(-burn * t)
        dthrust += dpush * t7
        dburn -= dpush * thrust * t7 * t
        # line 10: height, speed = path[t - 1]
        dt4 = np.zeros(path[t3].shape)
        dt4[0] = dt13
        dt4[1] = dt10
        dpath[t3] += dt4
    return dthrust, dburn
