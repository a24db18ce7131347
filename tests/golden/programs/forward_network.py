"""Forward mode through a network: how a change of the input spreads."""

import numpy as np


def forward_network(x, W1, b1, W2):
    hidden = np.tanh(x @ W1 + b1)
    scores = hidden @ W2
    return np.log(np.sum(np.exp(scores)))


_rng = np.random.default_rng(5)

ARGUMENTS = (_rng.normal(size=3), _rng.normal(size=(3, 4)), np.zeros(4), _rng.normal(size=(4, 2)))
TANGENTS = (np.array([1.0, -0.5, 0.3]), None, None, None)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def forward_network_jvp(x, W1, b1, W2, dx):
    t1 = x @ W1 + b1
    hidden = np.tanh(t1)
    scores = hidden @ W2
    t2 = np.exp(scores)
    t3 = np.sum(t2)
    dt4 = (rt.fit_tangent(dx @ W1, t1) * (1 - hidden * hidden) @ W2).dot(t2) / t3
    return np.log(t3), dt4
