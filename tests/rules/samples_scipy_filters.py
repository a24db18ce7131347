"""The points at which the rules of ``scipy.signal`` and ``scipy.ndimage`` are checked."""

from __future__ import annotations

import numpy as np
import scipy.ndimage as ndimage
import scipy.signal as signal

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
sample = collector(SAMPLES)

_rng = np.random.default_rng(31)


def real(*shape: int) -> np.ndarray:
    """Return normal numbers."""
    return _rng.normal(size=shape)


# -- scipy.signal ------------------------------------------------------------------------------------

for function in (signal.convolve, signal.fftconvolve, signal.oaconvolve, signal.correlate):
    for mode in ("full", "same", "valid"):
        sample(function, real(5), real(3), mode)
        sample(function, real(3), real(4), mode)
        sample(function, real(4, 5), real(2, 3), mode)
    sample(function, real(4) + 1j * real(4), real(3))
    sample(function, real(4), real(3) + 1j * real(3), "same")
for function in (signal.convolve2d, signal.correlate2d):
    for mode in ("full", "same", "valid"):
        sample(function, real(4, 5), real(2, 3), mode)
sample(signal.convolve, real(5), real(3), method="direct")
sample(rt.scipy_signal.filtered, real(2), np.array([1.3, 0.4, -0.2]), real(6), -1)
sample(rt.scipy_signal.filtered, real(3), np.array([1.0, 0.4]), real(5, 2), 0)
for mode in ("full", "same", "valid"):
    size = {"full": 6, "same": 4, "valid": 2}[mode]
    sample(rt.scipy_signal.to_full, real(size), (4,), (3,), mode)
    sample(rt.scipy_signal.part_of_full, real(6), (4,), (3,), mode)
sample(rt.scipy_signal.lagged_sums, real(2, 5), real(2, 5), 3, -1)

# -- scipy.ndimage -----------------------------------------------------------------------------------

for function in (ndimage.correlate, ndimage.convolve):
    for mode in ("reflect", "mirror", "nearest", "wrap", "constant"):
        sample(function, real(5, 4), real(3, 2), mode=mode)
        sample(function, real(6), real(4), mode=mode, cval=0.7, origin=1)
    sample(function, real(5, 4), real(3, 3), origin=(1, -1))
for function in (ndimage.correlate1d, ndimage.convolve1d):
    sample(function, real(5, 4), real(3))
    sample(function, real(5, 4), real(4), axis=0, mode="wrap", origin=-1)
for mode in ("reflect", "constant"):
    sample(ndimage.gaussian_filter1d, real(6, 3), 0.8, axis=0, mode=mode)
    sample(ndimage.gaussian_filter1d, real(6), 0.8, order=1, mode=mode, radius=2)
    sample(ndimage.gaussian_filter, real(5, 4), 0.7, mode=mode)
    sample(ndimage.gaussian_filter, real(5, 4), (0.7, 0.0), (1, 0), mode=mode, truncate=3.0)
sample(rt.scipy_ndimage.extend, real(4, 3), (3, 2), "reflect", 0.0, 0)
sample(rt.scipy_ndimage.extend, real(4), (3,), "constant", 0.7, (1,))
sample(rt.scipy_ndimage.extend_adjoint, real(6, 4), (3, 2), "mirror", 0)
sample(rt.scipy_ndimage.along_axis, real(3), -1, 2)
sample(rt.scipy_ndimage.gaussian_adjoint, real(5, 4), 0.7, 0, "nearest", 4.0, None)
