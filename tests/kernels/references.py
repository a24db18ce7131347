"""What each kernel computes, formulated in another way: by libraries, by whole matrices, or element by element."""

from __future__ import annotations

import numpy as np
from scipy import linalg, ndimage, signal, sparse, special

__all__ = ["REFERENCES"]


def jacobi(weights):
    def reference(a, b, steps):
        inside = (slice(1, -1),) * a.ndim
        for _ in range(steps):
            b[inside] = ndimage.correlate(a, weights)[inside]
            a[inside] = ndimage.correlate(b, weights)[inside]
        return a, b

    return reference


def cross(dimensions, centre, neighbour):
    weights = np.zeros((3,) * dimensions)
    weights[(1,) * dimensions] = centre
    for axis in range(dimensions):
        for end in (0, 2):
            weights[tuple(end if i == axis else 1 for i in range(dimensions))] = neighbour
    return weights


def seidel_2d(a, steps):
    for _ in range(steps):
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                a[i, j] = np.mean(a[i - 1 : i + 2, j - 1 : j + 2])
    return (a,)


def fdtd_2d(ex, ey, hz, source):
    rows, columns = ex.shape
    for value in source:
        for i in range(rows):
            for j in range(columns):
                ey[i, j] = value if i == 0 else ey[i, j] - 0.5 * (hz[i, j] - hz[i - 1, j])
                if j > 0:
                    ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])
        for i in range(rows - 1):
            for j in range(columns - 1):
                hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])
    return ex, ey, hz


def implicit_line(before, here, after, explicit, implicit):
    """Solve for one line between walls of value one."""
    n = len(here)
    right = -explicit * before + (1 + 2 * explicit) * here - explicit * after
    right[0] = right[-1] = 1.0
    matrix = np.diag(np.full(n, 1 - 2 * implicit))
    matrix += implicit * (np.eye(n, k=1) + np.eye(n, k=-1))
    matrix[0] = np.eye(n)[0]
    matrix[-1] = np.eye(n)[-1]
    return np.linalg.solve(matrix, right)


def adi(u, steps):
    n = len(u)
    a, d = -n * n / steps, -n * n / (2 * steps)
    v = np.empty((n, n))
    for _ in range(steps):
        for i in range(1, n - 1):
            v[:, i] = implicit_line(u[:, i - 1], u[:, i], u[:, i + 1], d, a)
        for i in range(1, n - 1):
            u[i] = implicit_line(v[i - 1], v[i], v[i + 1], a, d)
    return (u,)


def horizontal_diffusion(field, out, coeff):
    laplacian = -ndimage.correlate(field, cross(2, -4.0, 1.0)[:, :, None])

    def flux(i, j, di, dj):
        change = laplacian[i + di, j + dj] - laplacian[i, j]
        return np.where(change * (field[i + di, j + dj] - field[i, j]) > 0, 0.0, change)

    for i in range(2, field.shape[0] - 2):
        for j in range(2, field.shape[1] - 2):
            net = flux(i, j, 1, 0) - flux(i - 1, j, 1, 0) + flux(i, j, 0, 1) - flux(i, j - 1, 0, 1)
            out[i, j] = field[i, j] - coeff[i - 2, j - 2] * net
    return (out,)


def vertical_advection(tendency, u_stage, w, u_pos, forcing, rate):
    ni, nj, nk = tendency.shape
    speed = (w[1:] + w[:-1]) / 8
    for i in range(ni):
        for j in range(nj):
            lower = np.diag(speed[i, j, 1:nk], -1) - np.diag(np.append(0.0, speed[i, j, 1:nk]))
            upper = np.diag(np.append(speed[i, j, 1:nk], 0.0)) - np.diag(speed[i, j, 1:nk], 1)
            transport = lower + upper
            known = rate * u_pos[i, j] + forcing[i, j] + tendency[i, j] + transport @ u_stage[i, j]
            solution = np.linalg.solve(rate * np.eye(nk) - transport, known)
            tendency[i, j] = rate * (solution - u_pos[i, j])
    return (tendency,)


def cholesky(a):
    return (np.tril(np.linalg.cholesky(a)) + np.triu(a, 1),)


def lu(a):
    # No pivoting: each pivot is a ratio of leading minors, each factor solves a triangular system.
    n = len(a)
    lower, upper = np.eye(n), np.zeros((n, n))
    for k in range(n):
        upper[k, k:] = np.linalg.solve(lower[: k + 1, : k + 1], a[: k + 1, k:])[-1]
        lower[k + 1 :, k] = np.linalg.solve(upper[: k + 1, : k + 1].T, a[k + 1 :, : k + 1].T)[-1]
    return (np.tril(lower, -1) + upper,)


def ludcmp(a, b, x):
    return *lu(a), np.linalg.solve(a, b)


def gramschmidt(a, q, r):
    q, triangle = np.linalg.qr(a)
    signs = np.sign(np.diag(triangle))
    q, triangle = q * signs, signs[:, None] * triangle
    remainders = a - np.stack([q[:, :k] @ triangle[:k, k] for k in range(a.shape[1])], axis=1)
    return remainders, q, triangle + np.tril(r, -1)


def syrk(alpha, beta, c, a):
    return (np.tril(alpha * a @ a.T + beta * c) + np.triu(c, 1),)


def syr2k(alpha, beta, c, a, b):
    return (np.tril(alpha * (a @ b.T + b @ a.T) + beta * c) + np.triu(c, 1),)


def symm(alpha, beta, c, a, b):
    return (alpha * (np.tril(a) + np.tril(a, -1).T) @ b + beta * c,)


def trmm(alpha, a, b):
    return (alpha * (np.tril(a, -1) + np.eye(len(a))).T @ b,)


def gemver(alpha, beta, a, u1, v1, u2, v2, w, x, y, z):
    a = a + u1[:, None] * v1 + u2[:, None] * v2
    x = x + beta * a.T @ y + z
    return a, w + alpha * a @ x, x


def covariance(data, cov):
    return data - data.mean(axis=0), np.cov(data.T)


def correlation(data, corr):
    return (data - data.mean(axis=0)) / (data.std(axis=0) * len(data) ** 0.5), np.corrcoef(data.T)


def deriche(alpha, image, out):
    decay = np.exp(-alpha)
    k = (1 - decay) ** 2 / (1 + 2 * alpha * decay - 1 / decay**2)
    feedback = [1.0, -(2**-alpha), decay**2]
    for axis in (1, 0):
        turned = np.flip(image, axis)
        forth = signal.lfilter([k, k * decay * (alpha - 1)], feedback, image, axis=axis)
        back = signal.lfilter([0, k * decay * (alpha + 1), -k * decay**2], feedback, turned, axis=axis)
        image = forth + np.flip(back, axis)
    return (image,)


def azimuthal_integration(data, radius, bins):
    count, _ = np.histogram(radius, bins)
    return (np.histogram(radius, bins, weights=data)[0] / np.maximum(count, 1),)


def arc_distance(theta_1, phi_1, theta_2, phi_2, out):
    def unit(theta, phi):
        return np.array([np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), np.sin(theta)])

    return (np.arccos(np.sum(unit(theta_1, phi_1) * unit(theta_2, phi_2), axis=0)),)


def windowed(images, weights):
    views = np.lib.stride_tricks.sliding_window_view(images, weights.shape[:2], axis=(1, 2))
    return np.einsum("nijcab,abcd->nijd", views, weights)


def pooled(x):
    n, h, w, c = x.shape
    return x.reshape(n, h // 2, 2, w // 2, 2, c).max(axis=(2, 4))


def lenet(images, conv1, bias1, conv2, bias2, w3, b3, w4, b4):
    x = pooled(np.maximum(windowed(images, conv1) + bias1, 0))
    x = pooled(np.maximum(windowed(x, conv2) + bias2, 0))
    return (np.maximum(x.reshape(len(x), -1) @ w3 + b3, 0) @ w4 + b4,)


def residual_block(x, conv1, conv2, conv3):
    def normal(y):
        return (y - y.mean(axis=0)) / np.sqrt(y.var(axis=0) + 1e-5)

    y = normal(np.pad(x @ conv1[0, 0], [(0, 0), (1, 1), (1, 1), (0, 0)]))
    y = normal(windowed(np.maximum(y, 0), conv2))
    y = normal(np.maximum(y, 0) @ conv3[0, 0])
    return (np.maximum(x + y, 0),)


def mlp(x, w1, b1, w2, b2, w3, b3, out):
    hidden = np.maximum(np.maximum(x @ w1 + b1, 0) @ w2 + b2, 0)
    return (special.softmax(hidden @ w3 + b3, axis=1),)


def n_body(mass, position, velocity, kinetic, potential, dt, gravity, softening):
    n = len(mass)
    velocity = velocity - np.average(velocity, axis=0, weights=mass)

    def pull():
        total = np.zeros((n, 3))
        for i in range(n):
            for j in range(n):
                apart = position[j] - position[i]
                total[i] += gravity * mass[j] * apart / (apart @ apart + softening**2) ** 1.5
        return total

    def energy():
        pairs = [(i, j) for i in range(n) for j in range(i)]
        bound = sum(mass[i] * mass[j] / np.linalg.norm(position[i] - position[j]) for i, j in pairs)
        return sum(0.5 * m * v @ v for m, v in zip(mass, velocity)), -gravity * bound

    energies = [energy()]
    for _ in range(1, len(kinetic)):
        velocity = velocity + pull() * dt / 2
        position = position + velocity * dt
        velocity = velocity + pull() * dt / 2
        energies.append(energy())
    return position, velocity, *np.transpose(energies)


def east(f, k=1):
    return np.roll(f, -k, axis=1)


def north(f, k=1):
    return np.roll(f, -k, axis=0)


def source_of_pressure(u, v, dt, dx, dy, rho):
    u_x, v_x = ((east(f) - east(f, -1)) / (2 * dx) for f in (u, v))
    u_y, v_y = ((north(f) - north(f, -1)) / (2 * dy) for f in (u, v))
    return rho * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)


def relaxed(p, b, dx, dy):
    along, across = east(p) + east(p, -1), north(p) + north(p, -1)
    return (along * dy**2 + across * dx**2 - b * dx**2 * dy**2) / (2 * (dx**2 + dy**2))


def carried(f, u, v, dt, dx, dy, nu):
    advection = u * (f - east(f, -1)) / dx + v * (f - north(f, -1)) / dy
    diffusion = (east(f) - 2 * f + east(f, -1)) / dx**2 + (north(f) - 2 * f + north(f, -1)) / dy**2
    return f + dt * (nu * diffusion - advection)


def cavity_flow(u, v, p, steps, sweeps, dt, dx, dy, rho, nu):
    inside = np.zeros(u.shape, dtype=bool)
    inside[1:-1, 1:-1] = True
    lid = np.zeros(u.shape)
    lid[-1] = 1.0
    for _ in range(steps):
        b = source_of_pressure(u, v, dt, dx, dy, rho)
        for _ in range(sweeps):
            p = np.where(inside, relaxed(p, b, dx, dy), p)
            p[:, -1] = p[:, -2]
            p[0] = p[1]
            p[:, 0] = p[:, 1]
            p[-1] = 0.0
        slope_x, slope_y = (east(p) - east(p, -1)) / (2 * dx), (north(p) - north(p, -1)) / (2 * dy)
        new_u = carried(u, u, v, dt, dx, dy, nu) - dt / rho * slope_x
        new_v = carried(v, u, v, dt, dx, dy, nu) - dt / rho * slope_y
        u, v = np.where(inside, new_u, lid), np.where(inside, new_v, 0.0)
    return u, v, p


def channel_flow(u, v, p, dt, dx, dy, rho, nu, force, tolerance):
    walls = np.zeros(u.shape, dtype=bool)
    walls[[0, -1]] = True
    steps = 0
    while True:
        steps += 1
        b = source_of_pressure(u, v, dt, dx, dy, rho)
        for _ in range(2):
            p = relaxed(p, b, dx, dy)
            p[-1], p[0] = p[-2], p[1]
        slope_x, slope_y = (east(p) - east(p, -1)) / (2 * dx), (north(p) - north(p, -1)) / (2 * dy)
        new_u = carried(u, u, v, dt, dx, dy, nu) - dt / rho * slope_x + dt * force
        new_v = carried(v, u, v, dt, dx, dy, nu) - dt / rho * slope_y
        before = u.sum()
        u, v = np.where(walls, 0.0, new_u), np.where(walls, 0.0, new_v)
        if abs(u.sum() - before) / abs(u.sum()) <= tolerance:
            return u, v, p, steps


def stockham_fft(x, work):
    return (np.fft.fft(x),)


def contour_integral(hamiltonian, points, right):
    def inside(z):
        matrix = hamiltonian[0] * z + hamiltonian[1] + hamiltonian[2] / z
        return (-1.0 if abs(z) < 1 else 1.0) * np.linalg.inv(matrix) @ right

    return sum(inside(z) for z in points), sum(z * inside(z) for z in points)


def spmv(row_starts, columns, values, x, y):
    return (sparse.csr_array((values, columns, row_starts), (len(y), len(x))) @ x,)


REFERENCES = {
    "jacobi_1d": jacobi(np.full(3, 1 / 3)),
    "jacobi_2d": jacobi(cross(2, 0.2, 0.2)),
    "heat_3d": jacobi(cross(3, 0.25, 0.125)),
    "seidel_2d": seidel_2d,
    "fdtd_2d": fdtd_2d,
    "adi": adi,
    "horizontal_diffusion": horizontal_diffusion,
    "vertical_advection": vertical_advection,
    "cholesky": cholesky,
    "lu": lu,
    "ludcmp": ludcmp,
    "gramschmidt": gramschmidt,
    "trisolv": lambda low, x, b: (linalg.solve_triangular(low, b, lower=True),),
    "durbin": lambda r, y: (linalg.solve_toeplitz(np.append(1.0, r[:-1]), -r),),
    "gemm": lambda alpha, beta, c, a, b: (np.einsum("ik,kj->ij", alpha * a, b) + beta * c,),
    "trmm": trmm,
    "symm": symm,
    "syrk": syrk,
    "syr2k": syr2k,
    "gemver": gemver,
    "gesummv": lambda alpha, beta, a, b, x: (np.einsum("ij,j->i", alpha * a + beta * b, x),),
    "atax": lambda a, x, y: (a.T @ a @ x,),
    "bicg": lambda a, p, r, q, s: (a @ p, a.T @ r),
    "mvt": lambda x1, x2, y1, y2, a: (x1 + np.einsum("ij,j", a, y1), x2 + np.einsum("ij,i", a, y2)),
    "doitgen": lambda a, c4: (np.einsum("rqs,sp->rqp", a, c4),),
    "two_mm": lambda alpha, beta, a, b, c, d: (alpha * a @ b @ c + beta * d,),
    "three_mm": lambda a, b, c, d, g: (a @ b @ c @ d,),
    "covariance": covariance,
    "correlation": correlation,
    "deriche": deriche,
    "azimuthal_integration": azimuthal_integration,
    "arc_distance": arc_distance,
    "softmax": lambda x, out: (special.softmax(x, axis=-1),),
    "conv2d": lambda images, weights, out: (windowed(images, weights),),
    "lenet": lenet,
    "residual_block": residual_block,
    "mlp": mlp,
    "n_body": n_body,
    "cavity_flow": cavity_flow,
    "channel_flow": channel_flow,
    "stockham_fft": stockham_fft,
    "contour_integral": contour_integral,
    "spmv": spmv,
}
