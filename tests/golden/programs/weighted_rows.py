"""A sum that begins as a number and becomes an array."""

import numpy as np


def weighted_rows(X, w):
    total = 0.0
    for row, weight in zip(X, w):
        total += weight * np.tanh(row)
    return np.sum(total**2)


ARGUMENTS = (np.array([[0.5, -1.0, 0.3], [1.2, 0.4, -0.6]]), np.array([0.7, -0.2]))
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dweighted_rows(X, w):
    t13_history = []
    total = 0.0
    t = len(X)
    second = len(w)
    t1_1 = second < t
    t19 = second if t1_1 else t
    for i in range(t19):
        row = X[i]
        weight = w[i]
        t13 = np.tanh(row)
        total += weight * t13
        t13_history.append(t13)
    # line 10: return np.sum(total**2)
    t24 = 2 * total
    dX = np.zeros(X.shape)
    dw = np.zeros(w.shape)
    for i in reversed(range(t19)):
        t13 = t13_history.pop()
        weight = w[i]
        # line 9: total += weight * np.tanh(row)
        dweight = (t24 * t13).sum()
        drow = t24 * weight * (1 - t13 * t13)
        # line 8: for row, weight in zip(X, w):
        dw[i] += dweight
        dX[i] += drow
    return dX, dw
