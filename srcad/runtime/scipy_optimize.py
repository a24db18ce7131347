"""Implicit differentiation of roots, fixed points and minima.

Where F(x, p) = 0, the gradient of p is minus the pullback, through F in p, of the solution of J^T u = g, with J
the Jacobian of F in x (A. Griewank and A. Walther, Evaluating Derivatives, 2008, section 15.3).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.calls import gradient_of
from srcad.runtime.containers import add
from srcad.runtime.scipy_callbacks import as_arguments, jacobian, like_arguments, pullback, unravelled
from srcad.runtime.tangents import call_jvp, zero_tangent

__all__ = [
    "fixed_point_adjoint",
    "minimum_adjoint",
    "fixed_point_tangent",
    "minimum_tangent",
    "result_tangent",
    "root_adjoint",
    "root_tangent",
    "root_elementwise_adjoint",
    "root_elementwise_tangent",
    "solution_gradient",
]

Array = Any  # a NumPy array, a NumPy scalar or a Python number

_FLAT = "The root has no derivative here: the slope of the function is 0 at it."
_SIMPLE = "Check that the root is simple."


def _solved(matrix: Array, g: Array, function: str) -> Array:
    try:
        return np.linalg.solve(np.transpose(matrix), np.ravel(g))
    except np.linalg.LinAlgError:
        raise NoDerivativeError(
            f"The result of {function} has no derivative here: the Jacobian is singular at the solution.",
            "Check that the solution is isolated and simple.",
        ) from None


def _passed_on(function: Any, x: Array, args: Any, cotangent: Array) -> tuple[Any, Any]:
    """Return the gradients of what ``function`` captured and of ``args`` for one cotangent of its value."""
    value, pull = pullback(function, x, *as_arguments(args))
    seeds = cotangent if isinstance(value, np.ndarray) else unravelled(np.ravel(cotangent), value)
    captured, gradients = pull(seeds)
    return captured, like_arguments(gradients[1:], args)


def root_adjoint(g: Array, function: Any, x: Array, args: Any, title: str) -> tuple[Any, Any]:
    """Return the gradients of ``function`` (what it captured) and ``args`` in a root ``x`` of it."""
    solved = _solved(jacobian(function, x, as_arguments(args)), g, title)
    return _passed_on(function, x, args, -np.reshape(solved, np.shape(x)))


def root_elementwise_adjoint(g: Array, function: Any, x: Array, args: Any) -> tuple[Any, Any]:
    """Return the gradients of ``function`` and ``args`` where each entry of ``x`` is a root by itself."""
    value, pull = pullback(function, x, *as_arguments(args))
    ones = np.ones(np.shape(x)) if isinstance(value, np.ndarray) else 1.0
    slope = pull(ones)[1][0]
    if np.any(np.equal(slope, 0)):
        raise NoDerivativeError(_FLAT, _SIMPLE)
    return _passed_on(function, x, args, -np.asarray(g) / slope)


def fixed_point_adjoint(g: Array, function: Any, x: Array, args: Any) -> tuple[Any, Any]:
    """Return the gradients of ``function`` (what it captured) and ``args`` in a fixed point ``x`` of it."""
    matrix = np.eye(np.size(x)) - jacobian(function, x, as_arguments(args))
    solved = _solved(matrix, g, "scipy.optimize.fixed_point")
    return _passed_on(function, x, args, np.reshape(solved, np.shape(x)))


def minimum_adjoint(g: Any, function: Any, x: Array, args: Any, title: str, is_pair: bool) -> tuple[Any, Any]:
    """Return the gradients of ``function`` (what it captured) and ``args`` in a minimum ``x`` and its value.

    The gradient of the function is 0 at the minimum; its value changes as the function does there.
    """
    if is_pair:
        raise _of_pair(title)
    by_place = solution_gradient({**g, "fun": 0.0}, "x", title)
    captured, gradients = root_adjoint(by_place, gradient_of(function), x, args, title)
    if np.any(g.get("fun", 0.0)):
        more, others = _passed_on(function, x, args, np.float64(g["fun"]))
        captured, gradients = add(captured, more), add(gradients, others)
    return captured, gradients


def solution_gradient(g: Any, name: str, title: str) -> Any:
    """Return the gradient of the solution in that of the result object of a solver.

    Raises
    ------
    NoDerivativeError
        If another number of the result object has a gradient.
    """
    others = [key for key, part in g.items() if key != name and _is_nonzero(part)]
    if others:
        raise NoDerivativeError(
            f"The attribute '{others[0]}' of the result of {title} has no derivative.",
            f"Use '{name}', and compute with the function itself.",
        )
    return g.get(name, 0.0)


def _is_nonzero(part: Any) -> bool:
    if isinstance(part, dict):
        return any(map(_is_nonzero, part.values()))
    if isinstance(part, (list, tuple)):
        return any(map(_is_nonzero, part))
    return bool(np.any(part))


def root_elementwise_tangent(function: Any, held: Any, x: Array, args: Any, changes: Any) -> Array:
    """Return the tangent of roots ``x``, from those of what ``function`` captured (``held``) and of ``args``."""
    parameters = as_arguments(args)
    change = _change(function, held, x, args, changes)
    ones = np.ones(np.shape(x)) if isinstance(x, np.ndarray) else 1.0
    slope = call_jvp(function, zero_tangent(function), (x, *parameters), (ones, *zero_tangent(parameters)))[1]
    if np.any(np.equal(slope, 0)):
        raise NoDerivativeError(_FLAT, _SIMPLE)
    return -change / slope


def _change(function: Any, held: Any, x: Array, args: Any, changes: Any) -> Any:
    """Return the tangent of ``function`` at ``x``, from those of what it captured (``held``) and of ``args``."""
    parameters = as_arguments(args)
    moved = (
        zero_tangent(parameters)
        if changes is None
        else as_arguments(changes)
        if isinstance(args, tuple)
        else (changes,)
    )
    own = zero_tangent(function) if held is None else held
    return call_jvp(function, own, (x, *parameters), (zero_tangent(x), *moved))[1]


def root_tangent(function: Any, held: Any, x: Array, args: Any, changes: Any, title: str) -> Array:
    """Return the tangent of a root ``x`` of a system, from those of ``function`` and ``args``."""
    matrix = jacobian(function, x, as_arguments(args))
    change = np.asarray(_change(function, held, x, args, changes))
    return np.reshape(_solved(matrix.T, -change, title), np.shape(x))


def fixed_point_tangent(function: Any, held: Any, x: Array, args: Any, changes: Any) -> Array:
    """Return the tangent of a fixed point ``x``, from those of ``function`` and ``args``."""
    matrix = np.eye(np.size(x)) - jacobian(function, x, as_arguments(args))
    change = np.asarray(_change(function, held, x, args, changes))
    return np.reshape(_solved(matrix.T, change, "scipy.optimize.fixed_point"), np.shape(x))


def minimum_tangent(
    result: Any, function: Any, held: Any, args: Any, changes: Any, title: str, is_pair: bool
) -> Any:
    """Return the tangent of a minimum, the root of the gradient of ``function``, and of the value there."""
    if is_pair:
        raise _of_pair(title)
    x = result["x"]
    moved = root_tangent(gradient_of(function), held, x, args, changes, title)
    value = _change(function, held, x, args, changes)
    return {**result_tangent(result, "x", moved), "fun": value}


def _of_pair(title: str) -> NoDerivativeError:
    return NoDerivativeError(
        f"The derivative of {title} is not defined here for a function that returns its gradient too (jac=True).",
        "Let the function return its value alone, and pass the gradient as a function.",
    )


def result_tangent(result: Any, name: str, tangent: Array) -> Any:
    """Return the tangent of the result object of a solver, of which one attribute moves."""
    return {**{key: zero_tangent(value) for key, value in result.items()}, name: tangent}
