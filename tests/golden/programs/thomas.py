"""A tridiagonal system, eliminated in place."""

import numpy as np


def thomas(lower, diagonal, upper, b):
    n = len(b)
    for i in range(1, n):
        factor = lower[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * upper[i - 1]
        b[i] -= factor * b[i - 1]
    b[-1] /= diagonal[-1]
    for i in range(n - 2, -1, -1):
        b[i] = (b[i] - upper[i] * b[i + 1]) / diagonal[i]
    return np.sum(b * b)


ARGUMENTS = (
    np.array([-1.0, -0.8, -0.5]),
    np.array([3.0, 2.5, 2.8, 3.2]),
    np.array([-0.7, -1.1, -0.9]),
    np.array([1.0, 2.0, -1.0, 0.5]),
)
ARGNUMS = (0, 1, 2, 3)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dthomas(lower, diagonal, upper, b):
    diagonal = np.array(diagonal)
    b = np.array(b)
    history = []
    t19_history = []
    n = len(b)
    for i in range(1, n):
        t = i - 1
        factor = lower[t] / diagonal[t]
        diagonal[i] -= factor * upper[t]
        t8 = b[t]
        b[i] -= factor * t8
        history.append((factor, t8))
    t10 = diagonal[-1]
    b[-1] /= t10
    t11 = n - 2
    for i_1 in range(t11, -1, -1):
        t19 = (b[i_1] - upper[i_1] * b[i_1 + 1]) / diagonal[i_1]
        b[i_1] = t19
        t19_history.append(t19)
    # line 15: return np.sum(b * b)
    ddiagonal = np.zeros(diagonal.shape)
    dupper = np.zeros(upper.shape)
    db = 2 * b
    for i_1 in reversed(range(t11, -1, -1)):
        t19 = t19_history.pop()
        t14 = i_1 + 1
        t18 = diagonal[i_1]
        # line 14: b[i] = (b[i] - upper[i] * b[i + 1]) / diagonal[i]
        dt19 = db[i_1]
        dt17 = dt19 / t18
        ddiagonal[i_1] -= dt19 * (t19 / t18)
        dt16 = -dt17
        db[i_1] = dt17
        db[t14] += dt16 * upper[i_1]
        dupper[i_1] += dt16 * b[t14]
    # line 12: b[-1] /= diagonal[-1]
    t36 = db[-1] / t10
    db[-1] = t36
    ddiagonal[-1] -= t36 * b[-1]
    dlower = np.zeros(lower.shape)
    for i in reversed(range(1, n)):
        factor, t8 = history.pop()
        t = i - 1
        t3 = diagonal[t]
        # line 11: b[i] -= factor * b[i - 1]
        dt9 = -db[i]
        dfactor = dt9 * t8
        db[t] += dt9 * factor
        # line 10: diagonal[i] -= factor * upper[i - 1]
        dt6 = -ddiagonal[i]
        dfactor += dt6 * upper[t]
        dupper[t] += dt6 * factor
        # line 9: factor = lower[i - 1] / diagonal[i - 1]
        ddiagonal[t] -= dfactor * (factor / t3)
        dlower[t] += dfactor / t3
    return dlower, ddiagonal, dupper, db
