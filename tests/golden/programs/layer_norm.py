"""A variable that the mean and the variance share."""

import numpy as np


def layer_norm(x, gain, bias):
    mean = np.mean(x, axis=1, keepdims=True)
    centred = x - mean
    variance = np.mean(centred**2, axis=1, keepdims=True)
    y = centred / np.sqrt(variance + 1e-5) * gain + bias
    return np.sum(np.tanh(y))


ARGUMENTS = (np.random.default_rng(1).normal(size=(3, 4)), np.array([1.0, 0.5, 2.0, 1.5]), np.zeros(4))
ARGNUMS = (0, 1, 2)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dlayer_norm(x, gain, bias):
    mean = np.mean(x, axis=1, keepdims=True)
    centred = x - mean
    t = centred ** 2
    variance = np.mean(t, axis=1, keepdims=True)
    t2 = np.sqrt(variance + 1e-05)
    t3 = centred / t2
    y = t3 * gain + bias
    t5 = np.tanh(y)
    # line 11: return np.sum(np.tanh(y))
    t9 = 1 - t5 * t5
    # line 10: y = centred / np.sqrt(variance + 1e-5) * gain + bias
    dbias = t9.sum(axis=0)
    dt3 = t9 * gain
    dgain = (t9 * t3).sum(axis=0)
    dcentred = dt3 / t2
    t23 = -(0.5 * (dt3 * (t3 / t2)).sum(axis=1, keepdims=True))
    dvariance = rt.quotient(t23, t2)
    # line 9: variance = np.mean(centred**2, axis=1, keepdims=True)
    dcentred += dvariance / t.shape[1] * (2 * centred)
    # line 8: centred = x - mean
    dmean = -dcentred.sum(axis=1, keepdims=True)
    # line 7: mean = np.mean(x, axis=1, keepdims=True)
    dx = dcentred + dmean / x.shape[1]
    return dx, dgain, dbias
