"""Right-hand sides of differential equations with their pullbacks, and gradients that run along solutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.runtime.containers import add
from srcad.runtime.scipy_callbacks import (
    changes_of,
    direction_of,
    pullback,
    pullback_of_change,
    second_change,
    to_vector,
    unravelled,
)
from srcad.runtime.tangents import call_jvp

__all__ = ["Bent", "Doubled", "Equation", "Pulled", "scaled", "swept"]

Array = Any  # a NumPy array, a NumPy scalar or a Python number


class Pulled:
    """A slope, and the gradients of the state, of the time and of what the equation depends on."""

    def __init__(self, slope: Array, by_state: Array, by_time: float, rest: Any) -> None:
        self.slope, self.by_state, self.by_time, self.rest = slope, by_state, by_time, rest


class Equation:
    """The right-hand side of a differential equation, as a function of time and of the state as one vector."""

    def __init__(self, func: Any, args: tuple[Any, ...], time_first: bool) -> None:
        self.func, self.args, self.time_first = func, args, time_first

    def ordered(self, state: Any, time: Any) -> tuple[Any, ...]:
        """Return the first two arguments of the function."""
        return (time, state) if self.time_first else (state, time)

    def slope(self, time: float, state: Array) -> Array:
        """Return the slope."""
        return np.ravel(np.asarray(self.func(*self.ordered(state, time), *self.args), dtype=float))

    def pull(self, state: Array, time: float, gradient: Array) -> Pulled:
        """Return the slope, and the gradients for one of the slope."""
        value, pull = pullback(self.func, *self.ordered(state, time), *self.args)
        captured, gradients = pull(gradient if isinstance(value, np.ndarray) else unravelled(gradient, value))
        by_state, by_time = gradients[1::-1] if self.time_first else gradients[:2]
        slope = np.ravel(np.asarray(value, dtype=float))
        return Pulled(slope, _whole(by_state, state), float(by_time), (captured, gradients[2:]))

    def along(self, time: float, state: Array, dtime: float, dstate: Array) -> Array:
        """Return the tangent of the slope, where the time and the state have tangents."""
        moved = (*self.ordered(dstate, dtime), *changes_of(None, self.args))
        given = (*self.ordered(state, time), *self.args)
        change = call_jvp(self.func, direction_of(None, self.func), given, moved)[1]
        return np.ravel(np.asarray(change, dtype=float))


class Doubled(Equation):
    """An equation beside that of the tangent of its solution, where what it depends on has a tangent."""

    def __init__(self, plain: Equation, held: Any, moved: tuple[Any, ...]) -> None:
        super().__init__(plain.func, plain.args, plain.time_first)
        self.held, self.moved = held, moved

    def _given(self, time: float, whole: Array) -> tuple[Any, Any]:
        state, tangent = np.split(whole, 2)
        return (*self.ordered(state, time), *self.args), (*self.ordered(tangent, 0.0), *self.moved)

    def slope(self, time: float, state: Array) -> Array:
        """Return the slope of the state, and of its tangent."""
        pair = call_jvp(self.func, self.held, *self._given(time, state))
        return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in pair])

    def pull(self, state: Array, time: float, gradient: Array) -> Pulled:
        """Return the slope, and the gradients for one of the slope."""
        given, moved = self._given(time, state)
        first, second = np.split(gradient, 2)
        value, pull = pullback_of_change(self.func, self.held, given, moved)
        captured, gradients = pull(first, second)
        by_state, by_time = gradients[1::-1] if self.time_first else gradients[:2]
        by_tangent = Equation.pull(self, np.split(state, 2)[0], time, second).by_state
        whole = np.concatenate([_whole(by_state, first), by_tangent])
        slope = np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in value])
        return Pulled(slope, whole, float(by_time), (captured, gradients[2:]))


class Bent(Equation):
    """An equation beside those of two tangents of its solution, and of the second derivative along both."""

    def __init__(self, first: Doubled, second: Doubled) -> None:
        super().__init__(first.func, first.args, first.time_first)
        self.first, self.second = first, second

    def slope(self, time: float, state: Array) -> Array:
        """Return the slopes of the state, of its tangents, and of the second derivative."""
        plain, first, second, bent = np.split(state, 4)
        slopes = self.first.slope(time, np.concatenate([plain, first]))
        other = np.split(self.second.slope(time, np.concatenate([plain, second])), 2)[1]
        tangents = [
            (part.held, (*self.ordered(change, 0.0), *part.moved))
            for part, change in ((self.first, first), (self.second, second))
        ]
        change = second_change(self.func, (*self.ordered(plain, time), *self.args), *tangents)
        last = np.ravel(np.asarray(change, dtype=float)) + self.along(time, plain, 0.0, bent)
        return np.concatenate([slopes, other, last])


def _whole(gradient: Any, state: Array) -> Array:
    return np.ravel(gradient) + np.zeros(np.size(state))


def scaled(rest: Any, weight: Any, other: Any) -> Any:
    """Return ``rest + weight * other`` for two structures of gradients."""
    vector, back = to_vector(other)
    return add(rest, back(weight * vector))


def swept(
    equation: Equation,
    start: float,
    times: Array,
    states: Array,
    weights: Array,
    integrate: Callable[[Any, Array, float, float], Array],
) -> tuple[Array, Any]:
    """Return the gradients of the state at ``start`` and of what the equation depends on.

    L. S. Pontryagin et al., The Mathematical Theory of Optimal Processes, 1962; in the form of R. T. Q. Chen et al.,
    Neural Ordinary Differential Equations, 2018, appendix C.

    Parameters
    ----------
    equation
        The equation that is solved.
    start, times
        Where the solution starts, and the times, in their order, at which it has gradients.
    states, weights
        The solution and its gradient at these times, a row each.
    integrate : callable
        ``integrate(slope, state, from, to)`` solves an equation.
    """
    size = np.size(states[0])
    parameters, back = to_vector(equation.pull(states[-1], float(times[-1]), np.zeros(size)).rest)
    parameters, gradient = np.zeros(np.size(parameters)), np.zeros(size)

    def backwards(time: float, whole: Array) -> Array:
        pulled = equation.pull(whole[:size], time, whole[size : 2 * size])
        return np.concatenate([pulled.slope, -pulled.by_state, -to_vector(pulled.rest)[0]])

    for k in range(len(times) - 1, -1, -1):
        gradient = gradient + weights[k]
        before = float(times[k - 1]) if k else start
        if times[k] != before:
            joint = np.concatenate([np.ravel(states[k]), gradient, parameters])
            end = integrate(backwards, joint, float(times[k]), before)
            gradient, parameters = end[size : 2 * size], end[2 * size :]
    return gradient, back(parameters)
