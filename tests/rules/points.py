"""Arrays at which derivative rules are checked, and how a topic collects its samples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.rules.harness import Sample

__all__ = ["collector", "imaginary", "of_shape", "positive", "real", "spd"]

_generators = [np.random.default_rng(11)]


def collector(samples: list[Sample]) -> Callable[..., None]:
    """Return the function ``sample(function, *args, **kwargs)``, which adds a call to ``samples``.

    The points of a topic start from the same seed, so that one topic's do not move another's.
    ``fixed`` names the parameters that have no derivative there, ``by_quantile`` those that differences do not show.
    """

    _generators[0] = np.random.default_rng(11)

    def sample(
        function: Callable[..., Any],
        *args: Any,
        fixed: tuple[str, ...] = (),
        by_quantile: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        samples.append(Sample(function, args, kwargs, fixed, by_quantile))

    return sample


def real(*shape: int) -> np.ndarray:
    """Return numbers away from zero and from each other, of both signs."""
    rng, size = _generators[0], math.prod(shape)
    magnitudes = 0.4 + 1.2 * (rng.permutation(size) + rng.uniform(0.2, 0.8, size)) / max(size, 1)
    return (magnitudes * np.where(rng.random(size) < 0.5, -1.0, 1.0)).reshape(shape)


def positive(*shape: int) -> np.ndarray:
    """Return numbers between 0.3 and 0.9, away from each other."""
    return 0.1 + np.abs(real(*shape)) / 2


def imaginary(*shape: int) -> np.ndarray:
    """Return complex numbers."""
    return real(*shape) + 1j * real(*shape)


def spd(*shape: int) -> np.ndarray:
    """Return well-conditioned symmetric matrices."""
    a = real(*shape) * 0.2
    return a + np.swapaxes(a, -1, -2) + 3 * np.eye(shape[-1])


def of_shape(*shape: int) -> Any:
    """Return an array, or a number for no axes."""
    return real(*shape) if shape else float(real())
