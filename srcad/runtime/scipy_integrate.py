"""Adjoints of quadrature and of initial value problems."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate

from srcad.errors import NoDerivativeError
from srcad.runtime.scipy_callbacks import as_arguments, like_arguments, pullback, to_vector, unravelled
from srcad.runtime.tangents import call_jvp, zero_tangent

__all__ = [
    "limit_tangent",
    "odeint_adjoint",
    "quad_adjoint",
    "quad_tangent",
    "solve_ivp_adjoint",
]

Array = Any  # a NumPy array, a NumPy scalar or a Python number


def quad_adjoint(
    g: Any, func: Any, a: float, b: float, args: Any, options: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the gradients of ``func`` (what it captured), ``a``, ``b`` and ``args`` in ``quad``.

    Leibniz' rule: the integrand at the limits, and the integral of its derivative in the parameters.
    """
    parameters = as_arguments(args)
    weight = float(np.real(g))

    def sensitivity(x: float) -> tuple[Any, list[Any]]:
        captured, gradients = pullback(func, x, *parameters)[1](1.0)
        return captured, gradients[1:]

    inside = _inside(a, b)
    first, back = to_vector(sensitivity(inside))
    whole = np.zeros(0)
    if first.size:
        whole = scipy.integrate.quad_vec(lambda x: to_vector(sensitivity(x))[0], a, b, **options)[0]
    captured, gradients = back(weight * whole)
    at_a = 0.0 if np.isinf(a) else -weight * func(a, *parameters)
    at_b = 0.0 if np.isinf(b) else weight * func(b, *parameters)
    return captured, at_a, at_b, like_arguments(gradients, args)


def _inside(a: float, b: float) -> float:
    """Return a point between the limits."""
    if np.isinf(a) or np.isinf(b):
        return (0.0 if np.isinf(b) else b - 1.0) if np.isinf(a) else a + (1.0 if b > a else -1.0)
    return 0.5 * (a + b)


def quad_tangent(
    func: Any, held: Any, a: float, b: float, args: Any, changes: Any, options: dict[str, Any]
) -> float:
    """Return the tangent of ``quad``, from those of what ``func`` captured (``held``) and of ``args``."""
    parameters = as_arguments(args)
    moved = zero_tangent(parameters)
    if changes is not None:
        moved = changes if isinstance(args, tuple) else (changes,)
    own = zero_tangent(func) if held is None else held
    return scipy.integrate.quad(
        lambda x: call_jvp(func, own, (x, *parameters), (0.0, *moved))[1], a, b, **options
    )[0]


def limit_tangent(func: Any, limit: float, args: Any, change: float) -> float:
    """Return the tangent of an integral that ends at ``limit``: 0 at infinity."""
    return 0.0 if np.isinf(limit) else change * func(limit, *as_arguments(args))


class _Backwards:
    """The state, its gradient and those of the parameters, integrated from the last time to the first.

    L. S. Pontryagin et al., The Mathematical Theory of Optimal Processes, 1962; in the form of R. T. Q. Chen et
    al., Neural Ordinary Differential Equations, 2018, appendix C.
    """

    def __init__(self, func: Any, args: tuple[Any, ...], time_first: bool, state: Array, time: float) -> None:
        self.func, self.args, self.time_first = func, args, time_first
        self.size = np.size(state)
        parameters, self.back = to_vector(self.pull(state, time, np.zeros(self.size))[2])
        self.parameters = np.zeros(np.size(parameters))

    def pull(self, state: Array, time: float, gradient: Array) -> tuple[Array, Array, Any]:
        """Return the slope, and the gradients of the state and of the parameters."""
        first = (time, state) if self.time_first else (state, time)
        value, pull = pullback(self.func, *first, *self.args)
        captured, gradients = pull(gradient if isinstance(value, np.ndarray) else unravelled(gradient, value))
        by_state = np.ravel(gradients[1 if self.time_first else 0]) + np.zeros(self.size)
        return np.ravel(np.asarray(value, dtype=float)), by_state, (captured, gradients[2:])

    def slope(self, time: float, whole: Array) -> Array:
        """Return the slope of the joint system."""
        n = self.size
        value, by_state, rest = self.pull(whole[:n], time, whole[n : 2 * n])
        return np.concatenate([value, -by_state, -to_vector(rest)[0]])

    def joint(self, state: Array, gradient: Array) -> Array:
        """Return the joint state."""
        return np.concatenate([np.ravel(state), gradient, self.parameters])


def odeint_adjoint(
    ans: Array, g: Array, func: Any, y0: Array, t: Array, args: Any, tfirst: bool, options: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the gradients of ``func`` (what it captured), ``y0``, ``t`` and ``args`` in ``odeint``."""
    parameters = as_arguments(args)
    system = _Backwards(func, parameters, bool(tfirst), ans[-1], float(t[-1]))
    gradient, times = np.zeros(system.size), np.zeros(len(t))
    for k in range(len(t) - 1, 0, -1):
        gradient = gradient + g[k]
        times[k] += np.dot(g[k], system.pull(ans[k], float(t[k]), gradient)[0])
        whole = scipy.integrate.odeint(
            system.slope, system.joint(ans[k], gradient), [t[k], t[k - 1]], tfirst=True, **options
        )[-1]
        gradient, system.parameters = whole[system.size : 2 * system.size], whole[2 * system.size :]
    times[0] = -np.dot(gradient, system.pull(ans[0], float(t[0]), gradient)[0])
    captured, gradients = system.back(system.parameters)
    by_state = np.reshape(gradient + g[0], np.shape(y0))
    return captured, by_state, times, like_arguments(gradients, args)


def solve_ivp_adjoint(
    ans: Any, g: Any, fun: Any, t_span: Any, y0: Array, t_eval: Any, args: Any, solver: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the gradients of ``fun`` (what it captured), ``t_span``, ``y0`` and ``args`` in ``solve_ivp``.

    Raises
    ------
    NoDerivativeError
        If anything but the states at given times, or at the end, has a gradient.
    """
    weights = np.broadcast_to(g.get("y", 0.0), np.shape(ans.y))
    chosen = t_eval is None and np.any(weights[:, 1:-1])
    if chosen or any(np.any(to_vector(g[name])[0]) for name in ("t", "t_events", "y_events") if name in g):
        raise NoDerivativeError(
            "The times that scipy.integrate.solve_ivp chooses, and its events, have no derivative rule.",
            "Pass the times as t_eval, and use the states at those times or at the end.",
        )
    parameters = () if args is None else as_arguments(args)
    start, times, states = float(t_span[0]), np.asarray(ans.t), np.asarray(ans.y)
    system = _Backwards(fun, parameters, True, states[:, -1], times[-1])
    gradient, at_end = np.zeros(system.size), 0.0
    if t_eval is None:
        at_end = float(np.dot(weights[:, -1], system.pull(states[:, -1], times[-1], gradient)[0]))
    for k in range(len(times) - 1, -1, -1):
        gradient = gradient + weights[:, k]
        before = times[k - 1] if k and t_eval is not None else start
        if times[k] != before and (k == len(times) - 1 or t_eval is not None):
            joint = system.joint(states[:, k], gradient)
            end = scipy.integrate.solve_ivp(system.slope, (times[k], before), joint, **solver).y[:, -1]
            gradient, system.parameters = end[system.size : 2 * system.size], end[2 * system.size :]
    first = np.ravel(np.asarray(y0, dtype=float))
    at_start = -float(np.dot(gradient, system.pull(first, start, gradient)[0]))
    captured, gradients = system.back(system.parameters)
    by_args = 0.0 if args is None else like_arguments(gradients, args)
    return captured, [at_start, at_end], np.reshape(gradient, np.shape(y0)), by_args
