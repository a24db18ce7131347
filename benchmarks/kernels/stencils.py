"""Stencils that sweep over grids in place."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def jacobi_1d(A, B, steps):
    for _ in range(steps):
        B[1:-1] = (A[:-2] + A[1:-1] + A[2:]) / 3.0
        A[1:-1] = (B[:-2] + B[1:-1] + B[2:]) / 3.0


def jacobi_2d(A, B, steps):
    for _ in range(steps):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])


def diffused(A):
    core = A[1:-1, 1:-1, 1:-1]
    return (
        0.125 * (A[2:, 1:-1, 1:-1] - 2.0 * core + A[:-2, 1:-1, 1:-1])
        + 0.125 * (A[1:-1, 2:, 1:-1] - 2.0 * core + A[1:-1, :-2, 1:-1])
        + 0.125 * (A[1:-1, 1:-1, 2:] - 2.0 * core + A[1:-1, 1:-1, :-2])
        + core
    )


def heat_3d(A, B, steps):
    for _ in range(steps):
        B[1:-1, 1:-1, 1:-1] = diffused(A)
        A[1:-1, 1:-1, 1:-1] = diffused(B)


def seidel_2d(A, steps):
    n, m = A.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            A[i, 1:-1] += (
                A[i - 1, :-2] + A[i - 1, 1:-1] + A[i - 1, 2:] + A[i, 2:] + A[i + 1, :-2] + A[i + 1, 1:-1]
            )
            A[i, 1:-1] += A[i + 1, 2:]
            for j in range(1, m - 1):
                A[i, j] = (A[i, j] + A[i, j - 1]) / 9.0


def fdtd_2d(ex, ey, hz, source):
    for t in range(len(source)):
        ey[0, :] = source[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])


def adi(u, steps):
    n = u.shape[0]
    v = np.empty(u.shape)
    p = np.empty(u.shape)
    q = np.empty(u.shape)
    dx, dt = 1.0 / n, 1.0 / steps
    half_a = -(2.0 * dt / dx**2) / 2.0
    b = 1.0 - 2.0 * half_a
    half_d = -(1.0 * dt / dx**2) / 2.0
    e = 1.0 - 2.0 * half_d
    for _ in range(steps):
        v[0, 1:-1] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = v[0, 1:-1]
        for j in range(1, n - 1):
            p[1:-1, j] = -half_a / (half_a * p[1:-1, j - 1] + b)
            q[1:-1, j] = -half_d * u[j, :-2] + (1.0 + 2.0 * half_d) * u[j, 1:-1] - half_d * u[j, 2:]
            q[1:-1, j] -= half_a * q[1:-1, j - 1]
            q[1:-1, j] /= half_a * p[1:-1, j - 1] + b
        v[-1, 1:-1] = 1.0
        for j in range(n - 2, 0, -1):
            v[j, 1:-1] = p[1:-1, j] * v[j + 1, 1:-1] + q[1:-1, j]
        u[1:-1, 0] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = u[1:-1, 0]
        for j in range(1, n - 1):
            p[1:-1, j] = -half_d / (half_d * p[1:-1, j - 1] + e)
            q[1:-1, j] = -half_a * v[:-2, j] + (1.0 + 2.0 * half_a) * v[1:-1, j] - half_a * v[2:, j]
            q[1:-1, j] -= half_d * q[1:-1, j - 1]
            q[1:-1, j] /= half_d * p[1:-1, j - 1] + e
        u[1:-1, -1] = 1.0
        for j in range(n - 2, 0, -1):
            u[1:-1, j] = p[1:-1, j] * u[1:-1, j + 1] + q[1:-1, j]


def horizontal_diffusion(field, out, coeff):
    lap = 4.0 * field[1:-1, 1:-1] - (field[2:, 1:-1] + field[:-2, 1:-1] + field[1:-1, 2:] + field[1:-1, :-2])
    flux_x = lap[1:, 1:-1] - lap[:-1, 1:-1]
    flux_x[flux_x * (field[2:-1, 2:-2] - field[1:-2, 2:-2]) > 0] = 0.0
    flux_y = lap[1:-1, 1:] - lap[1:-1, :-1]
    flux_y[flux_y * (field[2:-2, 2:-1] - field[2:-2, 1:-2]) > 0] = 0.0
    out[2:-2, 2:-2] = field[2:-2, 2:-2] - coeff * (flux_x[1:] - flux_x[:-1] + flux_y[:, 1:] - flux_y[:, :-1])


def _advected(k, w, below, above, u):
    lower = 0.5 * (0.25 * (w[1:, :, k] + w[:-1, :, k])) if below else 0.0
    upper = 0.5 * (0.25 * (w[1:, :, k + 1] + w[:-1, :, k + 1])) if above else 0.0
    correction = 0.0
    if below:
        correction = correction + lower * (u[:, :, k - 1] - u[:, :, k])
    if above:
        correction = correction - upper * (u[:, :, k + 1] - u[:, :, k])
    return lower, upper, correction


def vertical_advection(tendency, u_stage, w, u_pos, forcing, rate):
    ni, nj, nk = tendency.shape
    c = np.empty((ni, nj, nk))
    d = np.empty((ni, nj, nk))
    for k in range(nk):
        lower, upper, correction = _advected(k, w, k > 0, k < nk - 1, u_stage)
        diagonal = rate + lower - upper
        c[:, :, k] = upper
        d[:, :, k] = rate * u_pos[:, :, k] + forcing[:, :, k] + tendency[:, :, k] + correction
        if k > 0:
            diagonal += lower * c[:, :, k - 1]
            d[:, :, k] += lower * d[:, :, k - 1]
        c[:, :, k] /= diagonal
        d[:, :, k] /= diagonal
    x = d[:, :, nk - 1].copy()
    tendency[:, :, nk - 1] = rate * (x - u_pos[:, :, nk - 1])
    for k in range(nk - 2, -1, -1):
        x = d[:, :, k] - c[:, :, k] * x
        tendency[:, :, k] = rate * (x - u_pos[:, :, k])


def _grids(count, dimensions, *more):
    def setup(size, rng):
        return (*(rng.normal(size=(size,) * dimensions) for _ in range(count)), *more)

    return setup


def _fdtd_data(size, rng):
    fields = (rng.normal(size=(size, size + 1)) for _ in range(3))
    return (*fields, rng.normal(size=4))


def _diffusion_data(size, rng):
    n = size + 4
    return (
        rng.normal(size=(n, n + 1, 2)),
        rng.normal(size=(n, n + 1, 2)),
        rng.uniform(0.1, 0.9, (size, size + 1, 2)),
    )


def _advection_data(size, rng):
    ni, nj, nk = size, size + 1, size + 2
    u_stage, u_pos, tendency, forcing = (rng.normal(size=(ni, nj, nk)) for _ in range(4))
    return tendency, u_stage, rng.normal(size=(ni + 1, nj, nk)), u_pos, forcing, 3.0 / 2.0


KERNELS = (
    Kernel(jacobi_1d, _grids(2, 1, 5), (5, 12), (0, 1)),
    Kernel(jacobi_2d, _grids(2, 2, 4), (4, 7), (0, 1)),
    Kernel(heat_3d, _grids(2, 3, 3), (4, 5), (0, 1)),
    Kernel(seidel_2d, _grids(1, 2, 3), (4, 7), (0,)),
    Kernel(fdtd_2d, _fdtd_data, (3, 6), (0, 1, 2)),
    Kernel(adi, _grids(1, 2, 3), (4, 7), (0,)),
    Kernel(horizontal_diffusion, _diffusion_data, (2, 4), (1,)),
    Kernel(vertical_advection, _advection_data, (2, 3), (0,)),
)
