"""An explicit scheme for the heat equation, in place; linear updates save nothing."""

import numpy as np


def heat(u, r, steps):
    for _ in range(steps):
        u[1:-1] += r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


ARGUMENTS = (np.array([0.0, 1.0, 3.0, 2.0, -1.0, 0.5]), 0.2, 4)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dheat(u, r, steps):
    u = np.array(u)
    for _ in range(steps):
        u[1:-1] += r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    # line 9: return np.sum(u * u)
    du = 2 * u
    for _ in reversed(range(steps)):
        # line 8: u[1:-1] += r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        dt5 = du[1:-1] * r
        du[:-2] += dt5
        du[1:-1] -= dt5 * 2.0
        du[2:] += dt5
    return du
