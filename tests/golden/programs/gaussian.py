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
    # line 9: return 0.5 * (np.linalg.slogdet(precision)[1] - distance)
    dt1 = [0.0, 0.5]
    t7 = dt1[0] * np.linalg.slogdet(precision)[0]
    t17 = np.expand_dims(np.real(dt1[1]) + (t7 - np.conj(t7)) / 2, (-2, -1))
    dprecision = t17 * np.swapaxes(np.linalg.inv(precision), -1, -2)
    # line 8: distance = centred @ precision @ centred
    dt = -0.5 * centred
    dcentred = -0.5 * (centred @ precision)
    dcentred += precision @ dt
    dprecision += centred[:, None] * dt
    # line 7: centred = x - mean
    dmean = -dcentred
    return dmean, dprecision
