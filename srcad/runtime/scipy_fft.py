"""Sine and cosine transforms along an axis, and their transposed ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.fft

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype

__all__ = ["is_orthogonal", "lengths_along", "scaled_ends", "trigonometric"]

Array = Any  # a NumPy array

_PARTNER = {1: 1, 2: 3, 3: 2, 4: 4}
"""The type whose matrix is the transposed one, if both are scaled to be orthogonal but for a factor."""


def trigonometric(x: Array, sine: bool, kind: int, axis: int, norm: str | None, transposed: bool) -> Array:
    """Return the cosine or sine transform of a type, scaled to be orthogonal but for a factor, or its transposed one."""
    transform = scipy.fft.dst if sine else scipy.fft.dct
    chosen = _PARTNER[kind] if transposed else kind
    parts = [np.real(x), np.imag(x)] if np.iscomplexobj(x) else [np.asarray(x)]
    results = [transform(part, chosen, axis=axis, norm=norm, orthogonalize=True) for part in parts]
    return results[0] if len(results) == 1 else results[0] + 1j * results[1]


def is_orthogonal(x: Array, norm: str | None, orthogonalize: bool | None) -> bool:
    """Tell whether a transform is scaled to be orthogonal; SciPy scales complex numbers by other factors then."""
    orthogonal = norm == "ortho" if orthogonalize is None else bool(orthogonalize)
    if orthogonal and np.iscomplexobj(x):
        raise NoDerivativeError(
            "An orthogonal sine or cosine transform of complex numbers has no derivative rule.",
            "Transform the real and the imaginary part apart.",
        )
    return orthogonal


def scaled_ends(x: Array, sine: bool, kind: int, axis: int, before: bool) -> Array:
    """Return the factors along an axis that take a transform from its orthogonal scaling to the plain one.

    Those ``before`` are for its argument, the others for its result; only their ends differ from 1.
    """
    size = np.shape(x)[axis]
    factors = np.ones(size, np.real(np.ones(0, inexact_dtype(x))).dtype)
    if kind == 1 and not sine:
        factors[[0, -1]] = math.sqrt(0.5) if before else math.sqrt(2.0)
    elif kind == 2 and not before:
        factors[-1 if sine else 0] = math.sqrt(2.0)
    elif kind == 3 and before:
        factors[-1 if sine else 0] = math.sqrt(0.5)
    return factors.reshape([size if k == axis % np.ndim(x) else 1 for k in range(np.ndim(x))])


def lengths_along(shape: Any, s: Any, axes: Any) -> tuple[list[int], list[int | None]]:
    """Return the axes of a transform of several, and the length along each, None where it is that of the argument."""
    lengths: list[int | None] = [] if s is None else [int(n) for n in np.atleast_1d(s)]
    if axes is None:
        count = len(lengths) if s is not None else len(shape)
        axes = range(len(shape) - count, len(shape))
    chosen = [int(axis) for axis in np.atleast_1d(axes)]
    return chosen, lengths if s is not None else [None] * len(chosen)
