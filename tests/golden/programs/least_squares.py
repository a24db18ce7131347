"""The gradient that everybody knows."""

import numpy as np


def least_squares(w, X, y):
    residual = X @ w - y
    return residual @ residual


ARGUMENTS = (np.array([0.5, -1.0]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1.0, 2.0, 3.0]))


# ------------------------------ its derivative ------------------------------

def dleast_squares(w, X, y):
    residual = X @ w - y
    # line 8: return residual @ residual
    dresidual = residual + residual
    # line 7: residual = X @ w - y
    dw = X.T @ dresidual
    return dw
