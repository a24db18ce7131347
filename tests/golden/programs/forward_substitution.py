"""A triangular solve; the adjoint is the solve with the transpose."""

import numpy as np


def forward_substitution(L, b):
    x = np.zeros_like(b)
    for i in range(len(b)):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
    return np.sum(x * x)


ARGUMENTS = (np.array([[2.0, 0.0, 0.0], [0.5, 1.5, 0.0], [-1.0, 0.3, 1.2]]), np.array([1.0, -2.0, 0.5]))
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dforward_substitution(L, b):
    t7_history = []
    x = np.zeros_like(b)
    t = len(b)
    for i in range(t):
        t7 = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
        x[i] = t7
        t7_history.append(t7)
    # line 10: return np.sum(x * x)
    dL = np.zeros(L.shape)
    db = np.zeros(b.shape)
    dx = 2 * x
    for i in reversed(range(t)):
        t7 = t7_history.pop()
        t6 = L[i, i]
        # line 9: x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
        dt7 = dx[i]
        dx[i] = 0.0
        dt5 = dt7 / t6
        dL[i, i] -= dt7 * (t7 / t6)
        dt4 = -dt5
        dx[:i] += dt4 * L[i, :i]
        dL[i, :i] += dt4 * x[:i]
        db[i] += dt5
    return dL, db
