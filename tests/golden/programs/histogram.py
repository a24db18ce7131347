"""Weights that are counted into bins, some of them twice."""

import numpy as np


def histogram(weights, bins):
    counts = np.zeros(4)
    np.add.at(counts, bins, weights)
    return np.sum(counts**2)


ARGUMENTS = (np.array([0.5, 1.0, 2.0, 0.1]), np.array([0, 2, 2, 3]))


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dhistogram(weights, bins):
    counts = np.zeros(4)
    np.add.at(counts, bins, weights)
    # line 8: np.add.at(counts, bins, weights)
    dcounts = 2 * counts
    return rt.fitted(dcounts[bins], weights)
