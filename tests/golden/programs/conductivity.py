"""The same scheme, differentiated in its coefficient: now the states are needed."""

import numpy as np


def conductivity(r, u, steps):
    for _ in range(steps):
        u[1:-1] += r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


ARGUMENTS = (0.2, np.array([0.0, 1.0, 3.0, 2.0, -1.0, 0.5]), 4)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dconductivity(r, u, steps):
    u = np.array(u)
    history = []
    for _ in range(steps):
        t5 = u[2:] - 2.0 * u[1:-1] + u[:-2]
        u[1:-1] += r * t5
        history.append(t5)
    # line 9: return np.sum(u * u)
    dr = 0.0
    du = 2 * u
    for _ in reversed(range(steps)):
        t5 = history.pop()
        # line 8: u[1:-1] += r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        t13 = du[1:-1]
        dt5 = t13 * r
        dr += t13.dot(t5)
        du[:-2] += dt5
        du[1:-1] -= dt5 * 2.0
        du[2:] += dt5
    return dr
