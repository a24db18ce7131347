"""A loss with a penalty, in the weights and in the intercept."""

import numpy as np


def logistic_regression(weights, intercept, X, y):
    score = X @ weights + intercept
    misfit = np.mean(np.logaddexp(0.0, score) - y * score)
    return misfit + 0.01 * np.sum(weights**2)


ARGUMENTS = (
    np.array([0.4, -0.3]),
    0.1,
    np.array([[1.0, 2.0], [-3.0, 0.5], [0.2, -1.0]]),
    np.array([1.0, 0.0, 1.0]),
)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dlogistic_regression(weights, intercept, X, y):
    score = X @ weights + intercept
    t1 = np.logaddexp(0.0, score)
    # line 9: return misfit + 0.01 * np.sum(weights**2)
    dweights = 0.01 * (2 * weights)
    # line 8: misfit = np.mean(np.logaddexp(0.0, score) - y * score)
    t14 = 1.0 / max((t1 - y * score).size, 1)
    dscore = t14 * np.exp(rt.difference(score, t1)) - t14 * y
    # line 7: score = X @ weights + intercept
    dintercept = dscore.sum()
    dweights += X.T @ dscore
    return dweights, dintercept
