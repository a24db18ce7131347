"""Elements that change places; the gradient finds its way back."""

import numpy as np


def insertion_sort(x, weights):
    for i in range(1, len(x)):
        j = i
        while j > 0 and x[j - 1] > x[j]:
            x[j - 1], x[j] = x[j], x[j - 1]
            j -= 1
    return np.sum(weights * x)


ARGUMENTS = (np.array([3.0, 1.0, 2.0, 0.5]), np.array([1.0, 10.0, 100.0, 1000.0]))


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dinsertion_sort(x, weights):
    x = np.array(x)
    j_history = []
    history = []
    trips_history = []
    t = len(x)
    for i in range(1, t):
        j = i
        trips = 0
        while True:
            t1 = j > 0
            if t1:
                t1 = x[j - 1] > x[j]
            if t1:
                trips = trips + 1
                t6 = j - 1
                t7 = x[t6]
                x[t6] = x[j]
                x[j] = t7
                j_history.append(j)
                j = t6
                history.append(t6)
            else:
                break
        trips_history.append(trips)
    # line 12: return np.sum(weights * x)
    dx = rt.fitted(1.0 * weights, x)
    for i in reversed(range(1, t)):
        trips = trips_history.pop()
        for _ in range(trips):
            t6 = history.pop()
            # line 11: j -= 1
            j = j_history.pop()
            # line 10: x[j - 1], x[j] = x[j], x[j - 1]
            dt7 = dx[j]
            dx[j] = 0.0
            dt5 = dx[t6]
            dx[t6] = dt7
            dx[j] += dt5
    return dx
