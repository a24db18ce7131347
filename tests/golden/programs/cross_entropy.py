"""Softmax with labels: the gather's adjoint is a scatter."""

import numpy as np


def cross_entropy(scores, labels):
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_normal = np.log(np.sum(np.exp(shifted), axis=1))
    picked = shifted[np.arange(len(labels)), labels]
    return np.mean(log_normal - picked)


ARGUMENTS = (np.array([[0.1, 0.8, -0.3], [1.2, -0.4, 0.2]]), np.array([1, 2]))


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dcross_entropy(scores, labels):
    t = np.max(scores, axis=1, keepdims=True)
    shifted = scores - t
    t1 = np.exp(shifted)
    t2 = np.sum(t1, axis=1)
    log_normal = np.log(t2)
    t4 = np.arange(len(labels))
    picked = shifted[t4, labels]
    t5 = log_normal - picked
    # line 10: return np.mean(log_normal - picked)
    t8 = 1.0 / max(t5.size, 1)
    dpicked = np.broadcast_to(-t8, t5.shape)
    # line 9: picked = shifted[np.arange(len(labels)), labels]
    dshifted = np.zeros(shifted.shape)
    rt.accumulate(dshifted, (t4, labels), dpicked)
    # line 8: log_normal = np.log(np.sum(np.exp(shifted), axis=1))
    dshifted += (t8 / t2)[:, None] * t1
    # line 7: shifted = scores - np.max(scores, axis=1, keepdims=True)
    t26 = dshifted.sum(axis=1, keepdims=True) * rt.extreme_share(scores, t, 1)
    dscores = dshifted - t26
    return dscores
