"""A log density in the mean and in the precision matrix, with its determinant."""

import numpy as np


def gaussian(mean, precision, x):
    centred = x - mean
    distance = centred @ precision @ centred
    return 0.5 * (np.linalg.slogdet(precision)[1] - distance)


ARGUMENTS = (np.array([0.1, -0.2]), np.array([[1.5, 0.3], [0.4, 0.9]]), np.array([1.0, 0.5]))
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dgaussian(mean, precision, x):
    centred = x - mean
    t1 = np.linalg.slogdet(precision)
    # line 9: return 0.5 * (np.linalg.slogdet(precision)[1] - distance)
    dprecision = 0.5 * np.linalg.inv(precision).T
    # line 8: distance = centred @ precision @ centred
    dt = -0.5 * centred
    dcentred = -0.5 * (centred @ precision)
    dcentred += precision @ dt
    dprecision += centred[:, None] * dt
    # line 7: centred = x - mean
    dmean = -dcentred
    return dmean, dprecision
