"""Adjoints, tangents and second derivatives of initial value problems; those of quadrature stand beside."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate

from srcad.errors import NoDerivativeError
from srcad.runtime.scipy_callbacks import (
    as_arguments,
    changes_of,
    direction_of,
    like_arguments,
    to_vector,
)
from srcad.runtime.scipy_quadrature import quad_adjoint, quad_curvature, quad_second_tangent, quad_tangent
from srcad.runtime.scipy_trajectories import Bent, Doubled, Equation, scaled, swept
from srcad.runtime.tangents import zero_tangent

__all__ = [
    "odeint_adjoint",
    "odeint_curvature",
    "odeint_second_tangent",
    "odeint_tangent",
    "quad_adjoint",
    "quad_curvature",
    "quad_second_tangent",
    "quad_tangent",
    "solve_ivp_adjoint",
    "solve_ivp_curvature",
    "solve_ivp_second_tangent",
    "solve_ivp_tangent",
]

Array = Any  # a NumPy array, a NumPy scalar or a Python number


_Tangents = tuple[Any, Any, Array, float, Array]  # those that `_Problem.tangent` takes


class _Problem:
    """An initial value problem with its solution.

    Parameters
    ----------
    equation
        The equation.
    start, state
        The first time, and the state there.
    times, states
        The times of which the solution is known, and the solution, a row each.
    integrate
        Solves an equation from one time to another; see `swept`.
    moving : dict
        From the rows whose time is a parameter to the place of that among the times that are.
    """

    def __init__(
        self,
        equation: Equation,
        start: Any,
        state: Any,
        times: Array,
        states: Array,
        integrate: Any,
        moving: Any,
    ) -> None:
        self.equation, self.start, self.times, self.states = equation, float(start), times, states
        self.state = np.ravel(np.asarray(state, dtype=float))
        self.integrate, self.moving = integrate, moving

    def adjoint(self, weights: Array, fixed: Array) -> tuple[Any, Array, float, Array]:
        """Return the gradients of what the equation depends on, of the first state and time, and of the other times.

        The rows with ``weights`` are those of the solution; ``fixed`` is the gradient of the first state itself.
        """
        gradient, rest = swept(self.equation, self.start, self.times, self.states, weights, self.integrate)
        by_time = np.zeros(len(self.times))
        for k in self.moving:
            by_time[k] = np.dot(weights[k], self.equation.slope(float(self.times[k]), self.states[k]))
        at_start = -float(np.dot(gradient, self.equation.slope(self.start, self.state)))
        return rest, gradient + fixed, at_start, by_time

    def doubled(self, held: Any, moved: Any, dstate: Any, dstart: float) -> _Problem:
        """Return the problem beside that of its tangent, which starts as the first state and time move."""
        equation = Doubled(self.equation, held, moved)
        tangent = dstate - dstart * self.equation.slope(self.start, self.state)
        return self._beside(equation, np.concatenate([self.state, tangent]))

    def _beside(self, equation: Any, state: Array) -> _Problem:
        """Return the problem of another equation, with its solution."""
        rows, last, time = [], state, self.start
        for k in range(len(self.times)):
            if self.times[k] != time:
                last = self.integrate(equation.slope, last, time, float(self.times[k]))
            time = float(self.times[k])
            rows.append(last)
        return _Problem(equation, self.start, state, self.times, np.array(rows), self.integrate, self.moving)

    def tangent(self, held: Any, moved: Any, dstate: Any, dstart: float, dtimes: Array) -> Array:
        """Return the tangent of each row of the solution."""
        rows = np.array(self.doubled(held, moved, dstate, dstart).states[:, np.size(self.state) :])
        for k in self.moving:
            rows[k] += dtimes[k] * self.equation.slope(float(self.times[k]), self.states[k])
        return rows

    def second_tangent(self, first: _Tangents, second: _Tangents) -> Array:
        """Return the second derivative of each row of the solution along two tangents, those of `tangent`."""
        both = [self.doubled(*given[:4]) for given in (first, second)]
        tangents = [np.split(problem.state, 2)[1] for problem in both]
        bent = -self._moved(both, self.start, self.state, tangents, first[3], second[3])
        equation = Bent(both[0].equation, both[1].equation)
        states = self._beside(equation, np.concatenate([self.state, *tangents, bent])).states
        rows = np.array(np.split(states, 4, axis=1)[3])
        for k in self.moving:
            plain, *tangents = np.split(states[k], 4)[:3]
            rows[k] += self._moved(both, float(self.times[k]), plain, tangents, first[4][k], second[4][k])
        return rows

    def _moved(
        self,
        both: list[_Problem],
        time: float,
        state: Array,
        tangents: list[Array],
        first: float,
        second: float,
    ) -> Array:
        """Return what tangents of a time add to the second derivative of the state at it."""
        slopes = [
            np.split(problem.equation.slope(time, np.concatenate([state, tangent])), 2)
            for problem, tangent in zip(both, tangents)
        ]
        bend = self.equation.along(time, state, 1.0, slopes[0][0])
        return first * slopes[1][1] + second * slopes[0][1] + first * second * bend

    def curvature(
        self, weights: Array, held: Any, moved: Any, dstate: Any, dstart: float, dtimes: Array
    ) -> tuple[Any, Array, float, Array]:
        """Return the gradients of the tangent of ``sum(weights * states)``, as `adjoint` does."""
        size = np.size(self.state)
        both = self.doubled(held, moved, dstate, dstart)
        joint = np.concatenate([np.zeros(np.shape(weights)), weights], axis=1)
        ends = {}
        for k in self.moving:
            ends[k] = self.equation.pull(self.states[k], float(self.times[k]), weights[k])
            joint[k, :size] = dtimes[k] * ends[k].by_state
        rest, gradient, at_start, by_time = both.adjoint(joint, np.zeros(2 * size))
        first = self.equation.pull(self.state, self.start, gradient[size:])
        rest = scaled(rest, -dstart, first.rest)
        for k, end in ends.items():
            rest = scaled(rest, dtimes[k], end.rest)
            by_time[k] += dtimes[k] * end.by_time
        by_state = gradient[:size] - dstart * first.by_state
        return rest, by_state, at_start - dstart * first.by_time, by_time


# -- odeint ------------------------------------------------------------------------------------------


def _of_odeint(
    ans: Array, func: Any, y0: Any, t: Any, args: Any, tfirst: Any, options: dict[str, Any]
) -> _Problem:
    settings = _of_any_size(options)

    def integrate(slope: Any, state: Array, time: float, end: float) -> Array:
        return scipy.integrate.odeint(slope, state, [time, end], tfirst=True, **settings)[-1]

    equation, times = Equation(func, as_arguments(args), bool(tfirst)), np.asarray(t, dtype=float)
    return _Problem(equation, times[0], y0, times[1:], ans[1:], integrate, range(len(times) - 1))


def odeint_adjoint(
    ans: Array, g: Array, func: Any, y0: Array, t: Array, args: Any, tfirst: bool, options: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the gradients of ``func`` (what it holds), ``y0``, ``t`` and ``args`` in ``odeint``."""
    if len(t) == 1:
        nothing = (
            Equation(func, as_arguments(args), bool(tfirst)).pull(ans[0], float(t[0]), 0.0 * ans[0]).rest
        )
        return nothing[0], np.reshape(g[0], np.shape(y0)), np.zeros(1), like_arguments(nothing[1], args)
    rest, state, start, times = _of_odeint(ans, func, y0, t, args, tfirst, options).adjoint(g[1:], g[0])
    return rest[0], np.reshape(state, np.shape(y0)), np.r_[start, times], like_arguments(rest[1], args)


def odeint_tangent(
    ans: Array, func: Any, held: Any, y0: Array, dy0: Any, t: Array, dt: Any, args: Any, changes: Any, tfirst: bool,
    options: dict[str, Any],
) -> Array:  # fmt: skip
    """Return the tangent of ``odeint``, from those of what ``func`` holds (``held``), of ``y0``, ``t`` and ``args``.

    Tangents that are not given are 0.
    """
    dstate, dtimes = _spread(dy0, np.shape(ans[0])), _spread(dt, np.shape(t))
    if len(t) == 1:
        return np.reshape(dstate, np.shape(ans))
    problem = _of_odeint(ans, func, y0, t, args, tfirst, options)
    rows = problem.tangent(direction_of(held, func), changes_of(changes, args), dstate, dtimes[0], dtimes[1:])
    return np.concatenate([[dstate], rows])


def odeint_curvature(
    ans: Array, g: Array, func: Any, held: Any, y0: Array, dy0: Any, t: Array, dt: Any, args: Any, changes: Any,
    tfirst: bool, options: dict[str, Any],
) -> tuple[Any, ...]:  # fmt: skip
    """Return the gradients of ``func``, ``y0``, ``t`` and ``args`` in the tangent of ``sum(g * ans)``."""
    if len(t) == 1:
        return odeint_adjoint(ans, 0.0 * g, func, y0, t, args, tfirst, options)
    dstate, dtimes = _spread(dy0, np.shape(ans[0])), _spread(dt, np.shape(t))
    problem = _of_odeint(ans, func, y0, t, args, tfirst, options)
    rest, state, start, times = problem.curvature(
        g[1:], direction_of(held, func), changes_of(changes, args), dstate, dtimes[0], dtimes[1:]
    )
    return rest[0], np.reshape(state, np.shape(y0)), np.r_[start, times], like_arguments(rest[1], args)


def odeint_second_tangent(
    ans: Array, func: Any, y0: Array, t: Array, args: Any, first: Any, second: Any, tfirst: bool,
    options: dict[str, Any],
) -> Array:  # fmt: skip
    """Return the second derivative of ``odeint`` along two tangents, each of ``func``, ``y0``, ``t`` and ``args``."""
    if len(t) == 1:
        return np.zeros(np.shape(ans))
    problem, along = _of_odeint(ans, func, y0, t, args, tfirst, options), []
    for held, dy0, dt, changes in (first, second):
        dtimes = _spread(dt, np.shape(t))
        given = direction_of(held, func), changes_of(changes, args), _spread(dy0, np.shape(ans[0]))
        along.append((*given, dtimes[0], dtimes[1:]))
    rows = problem.second_tangent(along[0], along[1])
    return np.concatenate([np.zeros((1, *np.shape(ans[0]))), rows])


def _spread(tangent: Any, shape: tuple[int, ...]) -> Array:
    """Return a tangent, or zeros for one that is not given, as an array of a shape."""
    return np.zeros(shape) + (0.0 if tangent is None else np.ravel(tangent))


def _of_any_size(options: dict[str, Any]) -> dict[str, Any]:
    """Return options of a solver for systems of another size: tolerances of each entry become one."""
    named = {k: v for k, v in options.items() if k in ("rtol", "atol") and v is not None}
    return {**options, **{k: float(np.min(v)) for k, v in named.items()}}


# -- solve_ivp ---------------------------------------------------------------------------------------


def _of_solve_ivp(
    ans: Any, fun: Any, t_span: Any, y0: Any, t_eval: Any, args: Any, solver: dict[str, Any]
) -> _Problem:
    """Return the problem; where the solver chooses the times, the last one alone.

    Raises
    ------
    NoDerivativeError
        If an event has ended the solution, whose last time moves then.
    """
    if t_eval is None and ans.status == 1:
        raise NoDerivativeError(
            "The solution of scipy.integrate.solve_ivp ends with an event, whose time has no derivative rule.",
            "Pass the times as t_eval, and use the states at those times.",
        )
    settings = _of_any_size(solver)

    def integrate(slope: Any, state: Array, time: float, end: float) -> Array:
        return scipy.integrate.solve_ivp(slope, (time, end), state, **settings).y[:, -1]

    times, states = np.asarray(ans.t), np.asarray(ans.y).T
    chosen = t_eval is None
    parameters = () if args is None else as_arguments(args)
    kept = slice(-1, None) if chosen else slice(None)
    moving = (0,) if chosen and len(times) > 1 else ()
    equation = Equation(fun, parameters, True)
    return _Problem(equation, t_span[0], y0, times[kept], states[kept], integrate, moving)


def _weights(ans: Any, g: Any, t_eval: Any, y0: Any) -> tuple[Array, Array]:
    """Return the gradient of each row of a problem, and that of the first state itself.

    Raises
    ------
    NoDerivativeError
        If anything but the states at given times, or at the ends, has a gradient.
    """
    weights = np.broadcast_to(g.get("y", 0.0), np.shape(ans.y)).T
    chosen = t_eval is None and np.any(weights[1:-1])
    if chosen or any(
        np.any(to_vector(part)[0]) for name, part in g.items() if name != "y" and name in _MOVING
    ):
        raise NoDerivativeError(
            "The times that scipy.integrate.solve_ivp chooses, its interpolant and its events have no derivative rule.",
            "Pass the times as t_eval, and use the states at those times or at the end.",
        )
    if t_eval is not None or len(weights) == 1:
        return weights, np.zeros(np.size(y0))
    return weights[-1:], weights[0]


_MOVING = ("t", "t_events", "y_events", "sol")


def solve_ivp_adjoint(
    ans: Any, g: Any, fun: Any, t_span: Any, y0: Array, t_eval: Any, args: Any, solver: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the gradients of ``fun`` (what it holds), ``t_span``, ``y0`` and ``args`` in ``solve_ivp``."""
    weights, fixed = _weights(ans, g, t_eval, y0)
    problem = _of_solve_ivp(ans, fun, t_span, y0, t_eval, args, solver)
    return _arranged(problem.adjoint(weights, fixed), y0, args)


def _arranged(found: Any, y0: Any, args: Any) -> tuple[Any, ...]:
    rest, state, start, times = found
    by_args = 0.0 if args is None else like_arguments(rest[1], args)
    return rest[0], [start, float(np.sum(times))], np.reshape(state, np.shape(y0)), by_args


def solve_ivp_tangent(
    ans: Any, fun: Any, held: Any, t_span: Any, dspan: Any, y0: Array, dy0: Any, t_eval: Any, args: Any, changes: Any,
    solver: dict[str, Any],
) -> Any:  # fmt: skip
    """Return the tangent of ``solve_ivp``; see `odeint_tangent`.

    What moves with the times that the solver chooses has none, and is NaN.
    """
    problem = _of_solve_ivp(ans, fun, t_span, y0, t_eval, args, solver)
    given = _tangents(fun, held, dspan, y0, dy0, args, changes)
    return _of_rows(ans, problem.tangent(*given), t_eval, given[2], np.r_[given[3], given[4]])


def solve_ivp_second_tangent(
    ans: Any,
    fun: Any,
    t_span: Any,
    y0: Array,
    t_eval: Any,
    args: Any,
    first: Any,
    second: Any,
    solver: dict[str, Any],
) -> Any:
    """Return the second derivative of ``solve_ivp`` along two tangents, each of those that `solve_ivp_tangent` takes."""
    problem = _of_solve_ivp(ans, fun, t_span, y0, t_eval, args, solver)
    along = [
        _tangents(fun, held, dspan, y0, dy0, args, changes) for held, dspan, dy0, changes in (first, second)
    ]
    return _of_rows(ans, problem.second_tangent(along[0], along[1]), t_eval, 0.0, np.zeros(2))


def _of_rows(ans: Any, rows: Array, t_eval: Any, at_start: Any, span: Array) -> Any:
    """Return the tangent of ``solve_ivp`` with the rows at the times given, or at the ends."""
    tangent = {**{key: zero_tangent(value) for key, value in ans.items()}, "y": rows.T}
    if t_eval is None:
        tangent["y"], tangent["t"] = np.full(np.shape(ans.y), np.nan), np.full(np.shape(ans.t), np.nan)
        tangent["y"][:, 0], tangent["y"][:, -1] = at_start, rows[-1]
        tangent["t"][0], tangent["t"][-1] = span
    return tangent


def _tangents(
    fun: Any, held: Any, dspan: Any, y0: Any, dy0: Any, args: Any, changes: Any
) -> tuple[Any, Any, Array, Array]:
    """Return the tangents of what the function holds, of the parameters, of the first state and of both ends."""
    moved = () if args is None else changes_of(changes, args)
    span = np.zeros(2) if dspan is None or np.ndim(dspan) == 0 else np.asarray(dspan, dtype=float)
    return direction_of(held, fun), moved, _spread(dy0, (np.size(y0),)), float(span[0]), span[1:]


def solve_ivp_curvature(
    ans: Any, g: Any, fun: Any, held: Any, t_span: Any, dspan: Any, y0: Array, dy0: Any, t_eval: Any, args: Any,
    changes: Any, solver: dict[str, Any],
) -> tuple[Any, ...]:  # fmt: skip
    """Return the gradients of ``fun``, ``t_span``, ``y0`` and ``args`` in the tangent of ``sum(g["y"] * ans.y)``."""
    weights, fixed = _weights(ans, g, t_eval, y0)
    problem = _of_solve_ivp(ans, fun, t_span, y0, t_eval, args, solver)
    given = _tangents(fun, held, dspan, y0, dy0, args, changes)
    found = problem.curvature(weights, *given)
    return _arranged(found, y0, args)
