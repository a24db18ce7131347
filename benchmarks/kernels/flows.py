"""Bodies and fluids that move step by step."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def acceleration(position, mass, gravity, softening):
    separation = position[None, :, :] - position[:, None, :]
    inverse = np.sum(separation**2, axis=2) + softening**2
    inverse[inverse > 0] = inverse[inverse > 0] ** -1.5
    return gravity * np.sum(separation * inverse[:, :, None] * mass[None, :, None], axis=1)


def energies(position, velocity, mass, gravity):
    kinetic = 0.5 * np.sum(mass[:, None] * velocity**2)
    separation = position[None, :, :] - position[:, None, :]
    inverse = np.sqrt(np.sum(separation**2, axis=2))
    inverse[inverse > 0] = 1.0 / inverse[inverse > 0]
    potential = -gravity * np.sum(np.triu(np.outer(mass, mass) * inverse, 1))
    return kinetic, potential


def n_body(mass, position, velocity, kinetic, potential, dt, gravity, softening):
    velocity -= np.sum(mass[:, None] * velocity, axis=0) / np.sum(mass)
    pull = acceleration(position, mass, gravity, softening)
    kinetic[0], potential[0] = energies(position, velocity, mass, gravity)
    for step in range(1, len(kinetic)):
        velocity += pull * dt / 2.0
        position += velocity * dt
        pull[:] = acceleration(position, mass, gravity, softening)
        velocity += pull * dt / 2.0
        kinetic[step], potential[step] = energies(position, velocity, mass, gravity)


def divergence_source(b, rho, dt, u, v, dx, dy):
    u_x = (u[1:-1, 2:] - u[1:-1, :-2]) / (2.0 * dx)
    v_y = (v[2:, 1:-1] - v[:-2, 1:-1]) / (2.0 * dy)
    u_y = (u[2:, 1:-1] - u[:-2, 1:-1]) / (2.0 * dy)
    v_x = (v[1:-1, 2:] - v[1:-1, :-2]) / (2.0 * dx)
    b[1:-1, 1:-1] = rho * ((u_x + v_y) / dt - u_x**2 - 2.0 * u_y * v_x - v_y**2)


def relax_pressure(p, dx, dy, b, sweeps):
    old = np.empty_like(p)
    for _ in range(sweeps):
        old[:] = p
        p[1:-1, 1:-1] = (
            (old[1:-1, 2:] + old[1:-1, :-2]) * dy**2 + (old[2:, 1:-1] + old[:-2, 1:-1]) * dx**2
        ) / (2.0 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2.0 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0.0


def advance(w, along, u, v, pressure_slope, dt, dx, dy, nu):
    """Advance a component of the velocity, whose values before are ``along``, inside the grid."""
    core = along[1:-1, 1:-1]
    w[1:-1, 1:-1] = (
        core
        - u[1:-1, 1:-1] * dt / dx * (core - along[1:-1, :-2])
        - v[1:-1, 1:-1] * dt / dy * (core - along[:-2, 1:-1])
        - pressure_slope
        + nu * dt / dx**2 * (along[1:-1, 2:] - 2.0 * core + along[1:-1, :-2])
        + nu * dt / dy**2 * (along[2:, 1:-1] - 2.0 * core + along[:-2, 1:-1])
    )


def cavity_flow(u, v, p, steps, sweeps, dt, dx, dy, rho, nu):
    un = np.empty_like(u)
    vn = np.empty_like(v)
    b = np.zeros_like(p)
    for _ in range(steps):
        un[:] = u
        vn[:] = v
        divergence_source(b, rho, dt, u, v, dx, dy)
        relax_pressure(p, dx, dy, b, sweeps)
        advance(u, un, un, vn, dt / (2.0 * rho * dx) * (p[1:-1, 2:] - p[1:-1, :-2]), dt, dx, dy, nu)
        advance(v, vn, un, vn, dt / (2.0 * rho * dy) * (p[2:, 1:-1] - p[:-2, 1:-1]), dt, dx, dy, nu)
        u[0, :] = u[:, 0] = u[:, -1] = 0.0
        u[-1, :] = 1.0
        v[0, :] = v[-1, :] = v[:, 0] = v[:, -1] = 0.0


def wrap(x, ghost):
    """Copy the columns of a periodic field into an array with a ghost column on either side."""
    ghost[:, 1:-1] = x
    ghost[:, 0] = x[:, -1]
    ghost[:, -1] = x[:, 0]


def channel_flow(u, v, p, dt, dx, dy, rho, nu, force, tolerance):
    ny, nx = u.shape
    un, vn, pn = (np.empty((ny, nx + 2)) for _ in range(3))
    b = np.zeros((ny, nx + 2))
    change = 1.0
    steps = 0
    while change > tolerance:
        before = u.sum()
        wrap(u, un)
        wrap(v, vn)
        divergence_source(b, rho, dt, un, vn, dx, dy)
        for _ in range(2):
            wrap(p, pn)
            p[1:-1] = (
                (pn[1:-1, 2:] + pn[1:-1, :-2]) * dy**2
                + (pn[2:, 1:-1] + pn[:-2, 1:-1]) * dx**2
                - dx**2 * dy**2 * b[1:-1, 1:-1]
            ) / (2.0 * (dx**2 + dy**2))
            p[-1, :] = p[-2, :]
            p[0, :] = p[1, :]
        wrap(p, pn)
        core = un[1:-1, 1:-1]
        u[1:-1] = (
            core
            - core * dt / dx * (core - un[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt / dy * (core - un[:-2, 1:-1])
            - dt / (2.0 * rho * dx) * (pn[1:-1, 2:] - pn[1:-1, :-2])
            + nu * dt / dx**2 * (un[1:-1, 2:] - 2.0 * core + un[1:-1, :-2])
            + nu * dt / dy**2 * (un[2:, 1:-1] - 2.0 * core + un[:-2, 1:-1])
            + force * dt
        )
        core = vn[1:-1, 1:-1]
        v[1:-1] = (
            core
            - un[1:-1, 1:-1] * dt / dx * (core - vn[1:-1, :-2])
            - core * dt / dy * (core - vn[:-2, 1:-1])
            - dt / (2.0 * rho * dy) * (pn[2:, 1:-1] - pn[:-2, 1:-1])
            + nu * dt / dx**2 * (vn[1:-1, 2:] - 2.0 * core + vn[1:-1, :-2])
            + nu * dt / dy**2 * (vn[2:, 1:-1] - 2.0 * core + vn[:-2, 1:-1])
        )
        u[0, :] = u[-1, :] = 0.0
        v[0, :] = v[-1, :] = 0.0
        change = abs(u.sum() - before) / abs(u.sum())
        steps += 1
    return steps


def _bodies(size, rng):
    return (
        rng.uniform(0.5, 1.5, size),
        rng.normal(size=(size, 3)),
        rng.normal(size=(size, 3)),
        rng.normal(size=4),
        rng.normal(size=4),
        0.05,
        1.1,
        0.3,
    )


def _cavity(size, rng):
    fields = (0.3 * rng.normal(size=(size, size + 1)) for _ in range(3))
    return (*fields, 3, 3, 0.01, 0.2, 0.3, 1.1, 0.1)


def _channel(size, rng):
    u = 2.0 + 0.3 * rng.normal(size=(size, size + 1))
    v, p = (0.3 * rng.normal(size=(size, size + 1)) for _ in range(2))
    return (u, v, p, 0.01, 0.2, 0.3, 1.1, 0.1, 1.2, 0.05)


KERNELS = (
    Kernel(n_body, _bodies, (3, 5), (1, 2, 3, 4)),
    Kernel(cavity_flow, _cavity, (5, 7), (0, 1, 2)),
    Kernel(channel_flow, _channel, (5, 7), (0, 1, 2)),
)
