"""Two layers whose parameters stand in a dict; so does the gradient."""

import numpy as np


def network(params, x, y):
    hidden = np.tanh(x @ params["W1"] + params["b1"])
    output = hidden @ params["W2"] + params["b2"]
    return np.mean((output - y) ** 2)


def _params(rng):
    shapes = {"W1": (3, 4), "b1": 4, "W2": (4, 2), "b2": 2}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


ARGUMENTS = (_params(np.random.default_rng(2)), np.ones((5, 3)), np.zeros((5, 2)))


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dnetwork(params, x, y):
    hidden = np.tanh(x @ params["W1"] + params["b1"])
    t4 = params["W2"]
    output = hidden @ t4 + params["b2"]
    t7 = output - y
    t8 = t7 ** 2
    dt9 = rt.seed(np.mean(t8))
    # line 9: return np.mean((output - y) ** 2)
    doutput = dt9 / max(t8.size, 1) * (2 * t7)
    # line 8: output = hidden @ params["W2"] + params["b2"]
    dhidden = doutput @ t4.T
    dt4 = hidden.T @ doutput
    # line 7: hidden = np.tanh(x @ params["W1"] + params["b1"])
    dt3 = dhidden * (1 - hidden * hidden)
    dt = x.T @ dt3
    dparams = {"W1": dt, "b1": dt3.sum(axis=0), "W2": dt4, "b2": doutput.sum(axis=0)}
    return rt.fitted(dparams, params)
