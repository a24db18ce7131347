"""A recurrent network: the states are kept, nothing else."""

import numpy as np


def rnn(W, U, inputs):
    h = np.zeros(len(W))
    for x in inputs:
        h = np.tanh(W @ h + U @ x)
    return np.sum(h)


ARGUMENTS = (np.array([[0.5, -0.2], [0.1, 0.4]]), np.array([[0.3], [0.7]]), np.array([[1.0], [0.5], [-1.0]]))
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def drnn(W, U, inputs):
    h = np.zeros(len(W))
    t1 = len(inputs)
    h_history = np.empty((t1 + 1, W.shape[1]))
    h_history[0] = h
    for i in range(t1):
        x = inputs[i]
        h = np.tanh(W @ h + U @ x, out=h_history[i + 1])
    # line 10: return np.sum(h)
    dh = np.broadcast_to(1.0, h.shape)
    t16 = h_history[1:]
    dt4s = 1 - t16 * t16
    W_T = W.T
    for i in reversed(range(t1)):
        # line 9: h = np.tanh(W @ h + U @ x)
        dt4 = dt4s[i]
        dt4 *= dh
        dh = W_T.dot(dt4)
    # line 9: h = np.tanh(W @ h + U @ x)
    dU = dt4s.T @ inputs
    dW = dt4s.T @ h_history[:-1]
    return dW, dU
