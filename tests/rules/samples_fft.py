"""The points at which the rules of ``np.fft`` are checked: every length, axis and normalisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

_rng = np.random.default_rng(29)


def sample(function: Callable[..., Any], *args: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
    """Add a call to the samples."""
    SAMPLES.append(Sample(function, args, kwargs, fixed))


def real(*shape: int) -> np.ndarray:
    """Return real numbers."""
    return _rng.normal(size=shape)


def imaginary(*shape: int) -> np.ndarray:
    """Return complex numbers."""
    return real(*shape) + 1j * real(*shape)


# -- one axis ----------------------------------------------------------------------------------------

for function in (np.fft.fft, np.fft.ifft, np.fft.irfft, np.fft.hfft):
    for make in (real, imaginary):
        sample(function, make(5))
        sample(function, make(2, 6))
        sample(function, make(4, 3), axis=0)
        sample(function, make(5), n=3)
        sample(function, make(5), 8)
        sample(function, make(3, 4), 5, 0)
        for norm in ("backward", "ortho", "forward"):
            sample(function, make(6), norm=norm)
for function in (np.fft.rfft, np.fft.ihfft):
    sample(function, real(5))
    sample(function, real(2, 6))
    sample(function, real(4, 3), axis=0)
    sample(function, real(1))
    sample(function, real(5), n=3)
    sample(function, real(5), 8)
    sample(function, real(3, 4), 5, 0)
    for norm in ("backward", "ortho", "forward"):
        sample(function, real(6), norm=norm)
        sample(function, real(5), norm=norm)
for function in (np.fft.irfft, np.fft.hfft):
    sample(function, imaginary(4), n=7)
    sample(function, imaginary(4), n=6)
    sample(function, imaginary(4), n=4)
    sample(function, imaginary(4), n=1)

# -- several axes ------------------------------------------------------------------------------------

for function in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn, np.fft.irfft2, np.fft.irfftn):
    for make in (real, imaginary):
        sample(function, make(4, 3))
        sample(function, make(2, 3, 4), axes=(0, 2))
        sample(function, make(4, 3), s=(3, 4), axes=(0, 1))
        sample(function, make(4, 3), s=(5, -1), axes=(1, 0))
        sample(function, make(3, 5), norm="ortho")
        sample(function, make(3, 4), norm="forward")
for function in (np.fft.rfft2, np.fft.rfftn):
    sample(function, real(4, 3))
    sample(function, real(3, 4))
    sample(function, real(2, 3, 4), axes=(2, 0))
    sample(function, real(4, 3), s=(3, 4), axes=(0, 1))
    sample(function, real(4, 3), s=(5, -1), axes=(1, 0))
    sample(function, real(3, 5), norm="ortho")
    sample(function, real(3, 4), norm="forward")
sample(np.fft.fftn, imaginary(2, 3, 2))
sample(np.fft.rfftn, real(2, 3, 4))
sample(np.fft.rfftn, real(4), axes=(0,))
sample(np.fft.irfftn, imaginary(2, 3, 2))

# -- orders and frequencies --------------------------------------------------------------------------

for function in (np.fft.fftshift, np.fft.ifftshift):
    sample(function, real(5))
    sample(function, imaginary(3, 4))
    sample(function, real(3, 4), axes=1)
    sample(function, real(3, 5), axes=(0, 1))
for function in (np.fft.fftfreq, np.fft.rfftfreq):
    sample(function, 5, 0.7)
    sample(function, 4, d=1.3)

# -- the runtime -------------------------------------------------------------------------------------

sample(rt.resized, real(3, 4), (5, 2), (0, 1))
sample(rt.resized, imaginary(3), (2,), (0,))
sample(rt.resized, imaginary(3), (4,), (-1,))
