"""A view that is made before a loop, of an array that the loop scales in place."""

import numpy as np


def energy_decay(field, rate, steps):
    boundary = field[::-1]
    for _ in range(steps):
        field[:] = field * (1.0 - rate * np.sum(field * field))
    return boundary[0] ** 2 + boundary[-1]


ARGUMENTS = (np.array([0.4, -0.3, 0.8]), 0.1, 3)


# ------------------------------ its derivative ------------------------------

import numpy as np


def denergy_decay(field, rate, steps):
    field = np.array(field)
    dfield = np.zeros_like(field)
    field_before_history = []
    history = []
    boundary = field[::-1]
    dboundary = dfield[::-1]
    for _ in range(steps):
        t3 = 1.0 - rate * np.sum(field * field)
        field_before_history.append(field[:].copy())
        field[:] = field * t3
        history.append(t3)
    # line 10: return boundary[0] ** 2 + boundary[-1]
    dboundary[-1] += 1.0
    dboundary[0] += 2 * boundary[0]
    for t3 in reversed(history):
        # line 9: field[:] = field * (1.0 - rate * np.sum(field * field))
        field_before = field_before_history.pop()
        field[:] = field_before
        dt4 = dfield[:].copy()
        dfield[:] = 0.0
        dfield += dt4 * t3
        dfield -= dt4.dot(field) * rate * (2 * field)
    return dfield
