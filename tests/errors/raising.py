"""Functions that raise; outside the test module, whose assertions pytest rewrites."""

import math

import numpy as np


def raises_in_a_loop(x):
    total = 0.0
    for i in range(3):
        if i == 2:
            raise KeyError("raised here")
        total = total + x / (i + 1)
    return total


def raises_in_a_callee(x):
    return np.sum(x * x) + deeper(x)


def deeper(x):
    y = x * 2.0
    return y / int(x - x)  # fails here


def raises_inside_numpy(x):
    y = np.sum(x)
    return y + np.sum(x @ np.ones(7))  # fails here


def fails_an_assertion(x):
    y = x * x
    assert y < 0, "not negative"
    return y


def fails_in_math(x):
    return math.log(x - 5.0)  # fails here
