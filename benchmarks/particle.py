"""Nested derivatives: a particle steered by gradient descent (Pearlmutter and Siskind, ``particle``, 2008).

Two charges push a particle along; in each step of the simulation the force is the gradient of a potential.  The position
of the upper charge is to be chosen such that the particle lands as near to the origin as it can, by gradient descent:
the outer derivative goes through the trajectory, and so through the inner gradient of each of its steps.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from srcad import grad, value_and_grad

__all__ = ["landing", "minimum", "solve", "solving_time"]

Charges = list[tuple[float, float]]


def potential(x: float, y: float, charges: Charges) -> float:
    """Return the potential of the charges at a point."""
    return sum(1.0 / math.hypot(x - a, y - b) for a, b in charges)


def landing(height: float) -> float:
    """Return the square of the place where the particle lands, for a height of the upper charge below 10."""
    charges = [(10.0, 10.0 - height), (10.0, 0.0)]
    slope = grad(potential, ("x", "y"))
    x, y, u, v, step = 0.0, 8.0, 0.75, 0.0, 0.1
    while y + step * v > 0.0:
        dx, dy = slope(x, y, charges)
        x, y = x + step * u, y + step * v
        u, v = u - step * dx, v - step * dy
    return (x - y / v * u) ** 2


def minimum(value_and_slope: Callable[[float], Any], x: float) -> float:
    """Return where a function is least, by gradient descent with a step that grows and shrinks."""
    value, slope = value_and_slope(x)
    step, good = 1e-5, 0
    while abs(slope) > 1e-5:
        if good == 10:
            step, good = 2.0 * step, 0
        there = x - step * slope
        if abs(there - x) <= 1e-5:
            break
        found, slope_there = value_and_slope(there)
        if found < value:
            x, value, slope, good = there, found, slope_there, good + 1
        else:
            step, good = step / 2.0, 0
    return x


def solve() -> float:
    """Return the best height of the upper charge, counted from 10 downwards."""
    return minimum(value_and_grad(landing), 0.0)


def solving_time(rounds: int = 5) -> float:
    """Return the time of a solution in seconds of the processor, the derivative being compiled."""
    solve()
    found = []
    for _ in range(rounds):
        start = time.process_time()
        solve()
        found.append(time.process_time() - start)
    return min(found)
