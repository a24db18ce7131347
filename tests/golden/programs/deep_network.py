"""Any number of layers, in a list."""

import numpy as np


def deep_network(layers, x):
    for W, b in layers:
        x = np.tanh(x @ W + b)
    return np.sum(x)


ARGUMENTS = (
    [(np.full((3, 4), 0.1), np.zeros(4)), (np.full((4, 2), -0.2), np.zeros(2))],
    np.ones((5, 3)),
)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def ddeep_network(layers, x):
    x_history = []
    W_history = []
    t = len(layers)
    for i in range(t):
        W, b = layers[i]
        x_history.append(x)
        x = np.tanh(x @ W + b)
        W_history.append(W)
    dt4 = rt.seed(np.sum(x))
    # line 9: return np.sum(x)
    dx = np.broadcast_to(dt4, x.shape)
    dlayers = rt.zeros_like(layers)
    for i in reversed(range(t)):
        W = W_history.pop()
        # line 8: x = np.tanh(x @ W + b)
        dt3 = dx * (1 - x * x)
        x = x_history.pop()
        db = dt3.sum(axis=0)
        dx = dt3.dot(W.T)
        dW = x.T.dot(dt3)
        # line 7: for W, b in layers:
        dt1 = [dW, db]
        rt.accumulate(dlayers, i, dt1)
    return rt.fitted(dlayers, layers)
