"""Ratings explained by a product of two thin matrices, where only some ratings are known."""

import numpy as np


def matrix_factors(users, items, ratings, known):
    error = known * (users @ items.T - ratings)
    return np.sum(error**2) + 0.1 * (np.sum(users**2) + np.sum(items**2))


ARGUMENTS = (
    np.array([[0.3, -0.2], [1.0, 0.4], [-0.5, 0.8]]),
    np.array([[0.7, 0.1], [-0.3, 0.9]]),
    np.array([[1.0, 0.0], [0.5, 2.0], [0.0, 1.5]]),
    np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]),
)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

def dmatrix_factors(users, items, ratings, known):
    t = items.T
    error = known * (users @ t - ratings)
    # line 8: return np.sum(error**2) + 0.1 * (np.sum(users**2) + np.sum(items**2))
    ditems = 0.1 * (2 * items)
    dusers = 0.1 * (2 * users)
    # line 7: error = known * (users @ items.T - ratings)
    dt1 = 2 * error * known
    dusers += dt1 @ t.T
    ditems += (users.T @ dt1).T
    return dusers, ditems
