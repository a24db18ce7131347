"""Pieces of the derivatives of Fourier transforms: lengths, axes, weights of halved spectra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype

__all__ = ["half_spectrum_weights", "resized", "reversed_norm", "transformed_axes", "transformed_length"]

Array = Any
Shape = tuple[int, ...]


def resized(x: Array, shape: Shape, axes: Sequence[int]) -> Array:
    """Cut ``x`` along ``axes``, or fill it up with zeros, to the lengths in ``shape``."""
    for axis in axes:
        have, want = np.shape(x)[axis], shape[axis]
        if have > want:
            x = np.take(x, np.arange(want), axis)
        elif have < want:
            missing = list(np.shape(x))
            missing[axis] = want - have
            x = np.concatenate([x, np.zeros(missing, x.dtype)], axis)
    return x


def half_spectrum_weights(x: Array, size: int, axis: int, within: float) -> Array:
    """Return, for a spectrum of ``size`` real numbers along ``axis``, the factor of each entry of ``x``.

    It is 1 for the frequency 0 and, of an even number, for the highest one, which stand for themselves, and
    ``within`` for all others, which stand for two.
    """
    length = np.shape(x)[axis]
    weights = np.full(length, within, inexact_dtype(np.real(x)))
    weights[:1] = 1
    if size % 2 == 0 and length == size // 2 + 1:
        weights[-1:] = 1
    return np.reshape(weights, [length if i == axis % np.ndim(x) else 1 for i in range(np.ndim(x))])


def reversed_norm(norm: str | None) -> str:
    """Return the normalisation of the inverse transform that scales as the transform with ``norm`` does."""
    return {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, "ortho")


def transformed_axes(ndim: int, s: Any, axes: Any) -> tuple[int, ...]:
    """Return the axes over which an n-dimensional transform runs."""
    if axes is None:
        return tuple(range(ndim)) if s is None else tuple(range(ndim - len(s), ndim))
    chosen = tuple(axis % ndim for axis in axes)
    if len(set(chosen)) < len(chosen):
        raise NoDerivativeError(
            "A Fourier transform that runs twice over one axis has no derivative rule.",
            "Call the transform once for each time.",
        )
    return chosen


def transformed_length(shape: Shape, s: Any, last: int) -> int:
    """Return how many numbers along its last axis a transform of real numbers takes."""
    return shape[last] if s is None or s[-1] == -1 else int(s[-1])
