"""Recursive filters and scans over images and detectors."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def deriche(alpha, image, out):
    k = (1.0 - np.exp(-alpha)) ** 2 / (1.0 + 2.0 * alpha * np.exp(-alpha) - np.exp(2.0 * alpha))
    a1 = k
    a2 = k * np.exp(-alpha) * (alpha - 1.0)
    a3 = k * np.exp(-alpha) * (alpha + 1.0)
    a4 = -k * np.exp(-2.0 * alpha)
    b1 = 2.0**-alpha
    b2 = -np.exp(-2.0 * alpha)
    width, height = image.shape
    forth = np.empty_like(image)
    forth[:, 0] = a1 * image[:, 0]
    forth[:, 1] = a1 * image[:, 1] + a2 * image[:, 0] + b1 * forth[:, 0]
    for j in range(2, height):
        forth[:, j] = a1 * image[:, j] + a2 * image[:, j - 1] + b1 * forth[:, j - 1] + b2 * forth[:, j - 2]
    back = np.empty_like(image)
    back[:, -1] = 0.0
    back[:, -2] = a3 * image[:, -1]
    for j in range(height - 3, -1, -1):
        back[:, j] = a3 * image[:, j + 1] + a4 * image[:, j + 2] + b1 * back[:, j + 1] + b2 * back[:, j + 2]
    out[:] = forth + back
    forth[0] = a1 * out[0]
    forth[1] = a1 * out[1] + a2 * out[0] + b1 * forth[0]
    for i in range(2, width):
        forth[i] = a1 * out[i] + a2 * out[i - 1] + b1 * forth[i - 1] + b2 * forth[i - 2]
    back[-1] = 0.0
    back[-2] = a3 * out[-1]
    for i in range(width - 3, -1, -1):
        back[i] = a3 * out[i + 1] + a4 * out[i + 2] + b1 * back[i + 1] + b2 * back[i + 2]
    np.add(forth, back, out=out)


def azimuthal_integration(data, radius, bins):
    low = radius.min()
    width = (radius.max() - low) / bins
    count = np.zeros(bins)
    total = np.zeros(bins)
    for value, r in zip(data, radius):
        b = min(int((r - low) / width), bins - 1)
        count[b] += 1.0
        total[b] += value
    total[count > 0] /= count[count > 0]
    return total


def arc_distance(theta_1, phi_1, theta_2, phi_2, out):
    out[:] = np.sin((theta_2 - theta_1) / 2.0) ** 2
    chord = np.cos(theta_1)
    chord *= np.cos(theta_2)
    chord *= np.sin((phi_2 - phi_1) / 2.0) ** 2
    out += chord
    out[:] = 2.0 * np.arctan2(np.sqrt(out), np.sqrt(1.0 - out))


def _image(size, rng):
    return 0.25, rng.normal(size=(size, size + 1)), rng.normal(size=(size, size + 1))


def _detector(size, rng):
    return rng.normal(size=10 * size), rng.uniform(0.0, 1.0, 10 * size), size


def _points(size, rng):
    return (
        *(rng.uniform(low, high, size) for low, high in [(0.1, 0.9), (0.2, 1.1), (1.1, 1.4), (1.3, 2.2)]),
        rng.normal(size=size),
    )


KERNELS = (
    Kernel(deriche, _image, (3, 6), (2,)),
    Kernel(azimuthal_integration, _detector, (2, 4)),
    Kernel(arc_distance, _points, (3, 6), (4,)),
)
