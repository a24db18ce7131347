"""One head of attention."""

import numpy as np


def attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return np.sum((weights @ V) ** 2)


ARGUMENTS = tuple(np.random.default_rng(0).normal(size=(3, 4, 2)))
ARGNUMS = (0, 1, 2)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dattention(Q, K, V):
    t = K.T
    t4 = np.sqrt(Q.shape[1])
    scores = Q @ t / t4
    t5 = np.max(scores, axis=1, keepdims=True)
    weights = np.exp(scores - t5)
    t7 = np.sum(weights, axis=1, keepdims=True)
    weights_1 = weights / t7
    # line 10: return np.sum((weights @ V) ** 2)
    t14 = 2 * (weights_1 @ V)
    dweights_1 = t14 @ V.T
    dV = weights_1.T @ t14
    # line 9: weights = weights / np.sum(weights, axis=1, keepdims=True)
    dweights = dweights_1 / t7
    dweights -= (dweights_1 * (weights_1 / t7)).sum(axis=1, keepdims=True)
    # line 8: weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    dt6 = dweights * weights
    dscores = dt6 - dt6.sum(axis=1, keepdims=True) * rt.extreme_share(scores, t5, 1)
    # line 7: scores = Q @ K.T / np.sqrt(Q.shape[1])
    dt1 = dscores / t4
    dQ = dt1 @ t.T
    dK = (Q.T @ dt1).T
    return dQ, rt.fitted(dK, K), dV
