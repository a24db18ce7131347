"""A log density through a linear solve and a determinant."""

import numpy as np


def gaussian(mean, covariance, x):
    centred = x - mean
    distance = centred @ np.linalg.solve(covariance, centred)
    return -0.5 * (distance + np.linalg.slogdet(covariance)[1])


ARGUMENTS = (np.array([0.1, -0.2]), np.array([[1.5, 0.3], [0.4, 0.9]]), np.array([1.0, 0.5]))
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dgaussian(mean, covariance, x):
    centred = x - mean
    t = np.linalg.solve(covariance, centred)
    # line 9: return -0.5 * (distance + np.linalg.slogdet(covariance)[1])
    dt1 = [0.0, -0.5]
    t6 = dt1[0] * np.linalg.slogdet(covariance)[0]
    t17 = np.swapaxes(np.linalg.inv(covariance), -1, -2)
    dcovariance = np.expand_dims(dt1[1] + (t6 - np.conj(t6)) / 2, (-2, -1)) * t17
    # line 8: distance = centred @ np.linalg.solve(covariance, centred)
    dcentred = -0.5 * t
    t21 = srcad.rules.linalg.solve(t, -0.5 * centred, covariance, centred)
    dcovariance += t21[0]
    dcentred += t21[1]
    # line 7: centred = x - mean
    dmean = -dcentred
    return dmean, dcovariance
