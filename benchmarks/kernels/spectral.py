"""Complex arithmetic: transforms and contour integrals."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def stockham_fft(x, work):
    source, target = x, work
    groups, width = len(x) // 2, 1
    while groups >= 1:
        for j in range(groups):
            twiddle = np.exp(-1j * np.pi * j / groups)
            upper = source[j * width : (j + 1) * width]
            lower = source[(j + groups) * width : (j + groups + 1) * width]
            target[2 * j * width : (2 * j + 1) * width] = upper + lower
            target[(2 * j + 1) * width : (2 * j + 2) * width] = twiddle * (upper - lower)
        source, target = target, source
        groups, width = groups // 2, 2 * width
    return source


def contour_integral(hamiltonian, points, right):
    slabs = len(hamiltonian) - 1
    p0 = np.zeros(right.shape, dtype=complex)
    p1 = np.zeros(right.shape, dtype=complex)
    for z in points:
        t = np.zeros(hamiltonian[0].shape, dtype=complex)
        for n in range(slabs + 1):
            t += z ** (slabs // 2 - n) * hamiltonian[n]
        x = np.linalg.solve(t, right)
        if abs(z) < 1.0:
            x *= -1.0
        p0 += x
        p1 += z * x
    return p0, p1


def _complex(rng, *shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def _contour(size, rng):
    points = np.exp(2j * np.pi * rng.uniform(size=3)) * np.array([0.7, 1.4, 1.2])
    return _complex(rng, 3, size, size), points, _complex(rng, size, size - 1)


KERNELS = (
    Kernel(stockham_fft, lambda size, rng: (_complex(rng, size), _complex(rng, size)), (4, 8, 16)),
    Kernel(contour_integral, _contour, (3, 4)),
)
