"""Derivatives of random programs by central differences that know when not to be trusted."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

STEPS = (2e-4, 5e-5, 1.25e-5, 3e-6)
AGREEMENT = 1e-6


def central_difference(run: Callable[[float], tuple[float, Hashable]]) -> float | None:
    """Return the derivative at zero of a function of an offset, or None where none can be told.

    ``run`` returns the value and the way that the program took.  Of steps that grow smaller, two in a row
    must take one way and agree: a steep function is then told from a wrong derivative.
    """
    way = run(0.0)[1]
    coarse = None
    for step in STEPS:
        fine = _five_points(run, step, way)
        if coarse is not None and fine is not None:
            if abs(coarse - fine) <= AGREEMENT * max(1.0, abs(fine)):
                return fine
        coarse = fine
    return None


def _five_points(run: Callable[[float], tuple[float, Hashable]], step: float, way: Hashable) -> float | None:
    """Return the fourth-order difference quotient, None where a point is reached on another way."""
    values, ways = zip(*(run(k * step) for k in (-2, -1, 1, 2)))
    quotient = (8 * (values[2] - values[1]) - (values[3] - values[0])) / (12 * step)
    return float(quotient) if set(ways) == {way} and np.isfinite(quotient) else None
