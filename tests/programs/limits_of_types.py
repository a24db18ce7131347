"""Numbers of a module that never change: the limits of a type, an infinity; they stand in sums and as the last resort."""

import sys
from math import inf, nan, tau

import numpy as np

from tests.programs.corpus import program

TINY = sys.float_info


class Filter:
    def __init__(self, size):
        self.state = np.zeros(size)
        self.spread = np.eye(size)
        self.log_likelihood = np.log(sys.float_info.min)
        self.measured = np.array([[None] * size]).T
        self.worst = inf

    def step(self, z, gain):
        self.spread = self.spread * gain
        self.state = self.state + self.spread @ (z - self.state)
        self.measured = z
        self.log_likelihood = -np.sum((z - self.state) ** 2)
        self.worst = min(self.worst, self.log_likelihood)


FILTERS = {"plain": Filter}


@program(np.array([0.3, -0.8]), 0.4)
def a_filter_of_a_known_class(z, gain):
    held = Filter(2)
    for _ in range(3):
        held.step(z, gain)
    return held.log_likelihood + held.worst + np.sum(held.state)


@program(np.array([0.3, -0.8]), 0.4)
def a_filter_found_in_a_dict(z, gain):
    held = FILTERS["plain"](2)
    for _ in range(3):
        held.step(z, gain)
    return held.log_likelihood + held.worst + np.sum(held.state)


@program(np.array([0.3, 0.6]))
def entropy(p):
    return -np.sum(p * np.log(p + np.finfo(float).eps)) - np.log(np.sum(p) + np.finfo(p.dtype).tiny)


@program(0.3)
def of_a_record(x):
    return x * TINY.epsilon * 1e15 + x * np.finfo(np.float32).eps * 1e6 + np.iinfo(np.int32).max * x * 1e-9


@program(0.7, None)
@program(0.7, "half")
def nothing_or_the_number_of_a_module(x, name):
    scale = {"half": 0.5}[name] if name else 2.0
    y = np.sqrt(x * scale)
    try:
        y[y < 0.0] = nan
    except TypeError:
        if y < 0.0:
            y = nan
    y %= tau
    return float(y * x)
