"""Forward mode in place: what is overwritten has a tangent that is overwritten in the same place."""

import numpy as np


def forward_heat(u, r, steps):
    for _ in range(steps):
        u[1:-1] += r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


ARGUMENTS = (np.array([0.0, 1.0, 3.0, 2.0, -1.0, 0.5]), 0.2, 4)
TANGENTS = (np.array([1.0, 0.5, -0.3, 0.2, 0.8, -1.0]), 0.7, None)


# ------------------------------ its derivative ------------------------------

import numpy as np


def forward_heat_jvp(u, r, steps, du, dr):
    for _ in range(steps):
        t5 = u[2:] - 2.0 * u[1:-1] + u[:-2]
        du[1:-1] += dr * t5 + (du[2:] - du[1:-1] * 2.0 + du[:-2]) * r
        u[1:-1] += r * t5
    t5 = du * u
    return np.sum(u * u), (t5 + t5).sum()
