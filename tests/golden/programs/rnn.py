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
    h_history = []
    h = np.zeros(len(W))
    t1 = len(inputs)
    for i in range(t1):
        x = inputs[i]
        h_history.append(h)
        h = np.tanh(W @ h + U @ x)
    # line 10: return np.sum(h)
    dh = np.broadcast_to(1.0, h.shape)
    dU = np.zeros(U.shape)
    dW = np.zeros(W.shape)
    for i in reversed(range(t1)):
        x = inputs[i]
        # line 9: h = np.tanh(W @ h + U @ x)
        dt4 = dh * (1 - h * h)
        h = h_history.pop()
        dU += dt4[:, None] * x
        dh = W.T @ dt4
        dW += dt4[:, None] * h
    return dW, dU
