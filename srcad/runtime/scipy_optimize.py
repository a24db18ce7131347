"""Implicit differentiation of roots, fixed points and minima.

Where F(x, p) = 0, the gradient of p is minus the pullback, through F in p, of the solution of J^T u = g, with J
the Jacobian of F in x (A. Griewank and A. Walther, Evaluating Derivatives, 2008, section 15.3).

The second derivative follows from the Lagrangian L = u^T F with the multiplier u: where p moves, x moves by implicit
differentiation, and the multiplier so that L stays stationary in x.  It is symmetric, so it is its own adjoint.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np
import scipy.optimize

from srcad.errors import NoDerivativeError
from srcad.runtime.calls import Closure, gradient_of
from srcad.runtime.containers import add
from srcad.runtime.scipy_callbacks import (
    as_arguments,
    changes_of,
    direction_of,
    jacobian,
    like_arguments,
    pullback,
    pullback_of_change,
    second_change,
    unravelled,
)
from srcad.runtime.tangents import call_jvp, zero_tangent

__all__ = [
    "between_bounds",
    "covariance",
    "curve_fit_found",
    "least_squares_found",
    "lsq_linear_sides",
    "minimum_adjoint",
    "minimum_curvature",
    "minimum_second_tangent",
    "minimum_tangent",
    "nnls_sides",
    "no_covariance",
    "result_tangent",
    "root_adjoint",
    "root_curvature",
    "root_second_tangent",
    "root_tangent",
    "solution_gradient",
    "under_bounds",
]

Array = Any  # a NumPy array, a NumPy scalar or a Python number

_FLAT = "The root has no derivative here: the slope of the function is 0 at it."
_SIMPLE = "Check that the root is simple."
_FIXED_POINT = "scipy.optimize.fixed_point"


_WITH_EXACT_BOUNDS = ("L-BFGS-B", "SLSQP", "TNC")


class UnderBounds(str):
    """The name of a solver, with the variables that the bounds of its problem leave free."""

    free: Array


def under_bounds(title: str, x: Array, bounds: Any, method: Any) -> str:
    """Return the name of a solver that has found ``x``, under bounds with what they leave free.

    Variables that lie on a bound stay there.

    Raises
    ------
    NoDerivativeError
        If the method only comes close to a bound, so that it cannot be told what lies on it.
    """
    if bounds is None:
        return title
    if method is not None and (callable(method) or str(method).upper() not in _WITH_EXACT_BOUNDS):
        raise NoDerivativeError(
            f"A minimum under bounds has a derivative with the methods {', '.join(_WITH_EXACT_BOUNDS)}: others only come "
            "close to a bound.",
            "Use one of these methods.",
        )
    if isinstance(bounds, scipy.optimize.Bounds):
        low, high = bounds.lb, bounds.ub
    else:
        pairs = [(-np.inf if a is None else a, np.inf if b is None else b) for a, b in bounds]
        low, high = np.array(pairs, dtype=float).T
    near = 1e-12 * np.maximum(1.0, np.abs(x))
    result = UnderBounds(title)
    result.free = (x - low > near) & (high - x > near)
    return result


def between_bounds(title: str, x: float, bounds: Any) -> str:
    """Return the name of a solver that has found ``x`` between two bounds.

    Raises
    ------
    NoDerivativeError
        If ``x`` is so close to a bound that it may be meant to lie on it.
    """
    if bounds is not None and min(x - bounds[0], bounds[1] - x) <= 1e-4 * (bounds[1] - bounds[0]):
        raise _on_bound(title)
    return title


class _System:
    """The equations that a solution solves, F(x, p) = 0, linear in its neighbourhood.

    Parameters
    ----------
    function, args
        F, or under ``title`` of a fixed point F(x, p) + x, and its parameters.
    x : array
        The solution.
    title : str or None
        The function of SciPy that has solved them; None where each entry of ``x`` is a root by itself.
    """

    def __init__(self, function: Any, x: Array, args: Any, title: str | None) -> None:
        self.function, self.x, self.args, self.parameters = function, x, args, as_arguments(args)
        self.title = title

    @functools.cached_property
    def slope(self) -> Array:
        """The slope of F at each entry of ``x``."""
        value, pull = pullback(self.function, self.x, *self.parameters)
        ones = np.ones(np.shape(self.x)) if isinstance(value, np.ndarray) else 1.0
        slope = pull(ones)[1][0]
        if np.any(np.equal(slope, 0)):
            raise NoDerivativeError(_FLAT, _SIMPLE)
        return slope

    @functools.cached_property
    def matrix(self) -> Array:
        """The Jacobian of F in ``x``."""
        found = jacobian(self.function, self.x, self.parameters)
        return found - np.eye(np.size(self.x)) if self.title == _FIXED_POINT else found

    def solved(self, cotangent: Array) -> Array:
        """Return the multiplier, the solution of ``J^T u = -cotangent``."""
        return self._divided(cotangent, True)

    def moved(self, change: Array) -> Array:
        """Return how the solution moves where F changes by ``change``."""
        return self._divided(change, False)

    def _divided(self, right: Array, turned: bool) -> Array:
        if self.title is None:
            return -np.asarray(right) / self.slope
        matrix, right = self.matrix.T if turned else self.matrix, np.ravel(right)
        if isinstance(self.title, UnderBounds):
            free = np.ravel(self.title.free)
            matrix = np.where(np.outer(free, free), matrix, np.eye(len(free)))
            right = np.where(free, right, 0.0)
        try:
            found = np.linalg.solve(matrix, -right)
        except np.linalg.LinAlgError:
            raise NoDerivativeError(
                f"The result of {self.title} has no derivative here: the Jacobian is singular at the solution.",
                "Check that the solution is isolated and simple.",
            ) from None
        found = np.reshape(found, np.shape(self.x))
        return found if isinstance(self.x, np.ndarray) else found[()]

    def passed_on(self, cotangent: Array) -> tuple[Any, Any]:
        """Return the gradients of what the function holds and of ``args`` for one cotangent of its value."""
        value, pull = pullback(self.function, self.x, *self.parameters)
        seeds = cotangent if isinstance(value, np.ndarray) else unravelled(np.ravel(cotangent), value)
        captured, gradients = pull(seeds)
        return captured, like_arguments(gradients[1:], self.args)

    def change(self, held: Any, moved: tuple[Any, ...]) -> Array:
        """Return the tangent of F at ``x``, from those of what the function holds and of the parameters."""
        whole = (self.x, *self.parameters)
        return call_jvp(self.function, held, whole, (zero_tangent(self.x), *moved))[1]

    def adjoint(self, g: Array) -> tuple[Any, Any]:
        """Return the gradients of what the function holds and of ``args``."""
        return self.passed_on(self.solved(g))

    def tangent(self, held: Any, moved: tuple[Any, ...]) -> Array:
        """Return the tangent of ``x``."""
        return self.moved(np.asarray(self.change(held, moved)))

    def curvature(self, g: Array, held: Any, moved: tuple[Any, ...]) -> tuple[Any, Any]:
        """Return the gradients of the tangent of ``sum(g * x)``."""
        multiplier, along = self.solved(g), self.tangent(held, moved)
        value, pull = pullback_of_change(self.function, held, (self.x, *self.parameters), (along, *moved))
        captured, gradients = pull(np.zeros(np.shape(value[0])), multiplier)
        more, others = self.passed_on(self.solved(gradients[0]))
        return add(captured, more), add(like_arguments(gradients[1:], self.args), others)

    def second_tangent(
        self, first: tuple[Any, tuple[Any, ...]], second: tuple[Any, tuple[Any, ...]]
    ) -> Array:
        """Return the second derivative of ``x`` along two tangents of what the function holds and of the parameters."""
        along = [(held, (self.tangent(held, moved), *moved)) for held, moved in (first, second)]
        bent = second_change(self.function, (self.x, *self.parameters), along[0], along[1])
        return self.moved(np.asarray(bent))


def root_adjoint(g: Array, function: Any, x: Array, args: Any, title: str | None) -> tuple[Any, Any]:
    """Return the gradients of ``function`` (what it holds) and ``args`` in a solution ``x``; see `_System`."""
    return _System(function, x, args, title).adjoint(g)


def root_tangent(function: Any, held: Any, x: Array, args: Any, changes: Any, title: str | None) -> Array:
    """Return the tangent of a solution ``x``, from those of what ``function`` holds and of ``args``."""
    return _System(function, x, args, title).tangent(*_tangents(function, held, args, changes))


def root_curvature(
    g: Array, function: Any, held: Any, x: Array, args: Any, changes: Any, title: str | None
) -> tuple[Any, Any]:
    """Return the gradients of ``function`` and ``args`` in the tangent of ``sum(g * x)``."""
    return _System(function, x, args, title).curvature(g, *_tangents(function, held, args, changes))


def root_second_tangent(
    function: Any, first: Any, second: Any, x: Array, args: Any, changes: Any, others: Any, title: str | None
) -> Array:
    """Return the second derivative of a solution along two tangents."""
    pairs = _tangents(function, first, args, changes), _tangents(function, second, args, others)
    return _System(function, x, args, title).second_tangent(*pairs)


def _tangents(function: Any, held: Any, args: Any, changes: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return tangents of what a function holds and of its parameters, of which the zero ones are not given."""
    return direction_of(held, function), changes_of(changes, args)


def minimum_adjoint(g: Any, function: Any, x: Array, args: Any, title: str, is_pair: bool) -> tuple[Any, Any]:
    """Return the gradients of ``function`` (what it captured) and ``args`` in a minimum ``x`` and its value.

    The gradient of the function is 0 at the minimum; its value changes as the function does there.
    """
    if is_pair:
        raise _of_pair(title)
    by_place = solution_gradient({**g, "fun": 0.0}, "x", title)
    captured, gradients = root_adjoint(by_place, gradient_of(function), x, args, title)
    if np.any(g.get("fun", 0.0)):
        more, others = _System(function, x, args, title).passed_on(np.float64(g["fun"]))
        captured, gradients = add(captured, more), add(gradients, others)
    return captured, gradients


def minimum_curvature(
    g: Any, function: Any, held: Any, x: Array, args: Any, changes: Any, title: str
) -> tuple[Any, Any]:
    """Return the gradients of ``function`` and ``args`` in the tangent of ``sum(g["x"] * x) + g["fun"] * value``."""
    by_place = solution_gradient({**g, "fun": 0.0}, "x", title)
    captured, gradients = root_curvature(by_place, gradient_of(function), held, x, args, changes, title)
    if np.any(g.get("fun", 0.0)):
        along = root_tangent(gradient_of(function), held, x, args, changes, title)
        tangent, moved = _tangents(function, held, args, changes)
        pull = pullback_of_change(function, tangent, (x, *as_arguments(args)), (along, *moved))[1]
        more, others = pull(0.0, np.float64(g["fun"]))
        captured, gradients = add(captured, more), add(gradients, like_arguments(others[1:], args))
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


def minimum_tangent(
    result: Any, function: Any, held: Any, args: Any, changes: Any, title: str, is_pair: bool
) -> Any:
    """Return the tangent of a minimum, the root of the gradient of ``function``, and of the value there."""
    if is_pair:
        raise _of_pair(title)
    x = result["x"]
    moved = root_tangent(gradient_of(function), held, x, args, changes, title)
    value = _System(function, x, args, title).change(*_tangents(function, held, args, changes))
    return {**result_tangent(result, "x", moved), "fun": value}


def minimum_second_tangent(
    result: Any, function: Any, first: Any, second: Any, args: Any, changes: Any, others: Any, title: str
) -> Any:
    """Return the second derivative of a minimum, and of the value there, along two tangents."""
    slope, x = gradient_of(function), result["x"]
    bent = root_second_tangent(slope, first, second, x, args, changes, others, title)
    along = []
    for held, moved in (_tangents(function, first, args, changes), _tangents(function, second, args, others)):
        along.append((held, (_System(slope, x, args, title).tangent(held, moved), *moved)))
    value = second_change(function, (x, *as_arguments(args)), along[0], along[1])
    return {**result_tangent(result, "x", bent), "fun": value}


def _of_pair(title: str) -> NoDerivativeError:
    return NoDerivativeError(
        f"The derivative of {title} is not defined here for a function that returns its gradient too (jac=True).",
        "Let the function return its value alone, and pass the gradient as a function.",
    )


def result_tangent(result: Any, name: str, tangent: Array) -> Any:
    """Return the tangent of the result object of a solver, of which one attribute moves."""
    return {**{key: zero_tangent(value) for key, value in result.items()}, name: tangent}


def least_squares_found(
    fun: Any, x0: Any, args: Any, named: dict[str, Any], options: dict[str, Any]
) -> scipy.optimize.OptimizeResult:
    """Return the solution of a least squares problem, which must not lie on a bound."""
    given = {key: value for key, value in options.items() if value is not None}
    found = scipy.optimize.least_squares(fun, x0, args=args, kwargs=named, **given)
    if np.any(found.active_mask):
        raise _on_bound("least_squares")
    return found


def curve_fit_found(
    f: Any, xdata: Any, ydata: Any, p0: Any, sigma: Any, absolute_sigma: bool, bounds: Any, method: Any, jac: Any,
    nan_policy: Any, kwargs: dict[str, Any],
) -> tuple[Array, Array]:  # fmt: skip
    """Return the parameters of a curve, none of which may lie on a bound, and their covariance."""
    found = scipy.optimize.curve_fit(
        _with_signature(f), xdata, ydata, p0, sigma, absolute_sigma, bounds=bounds, method=method, jac=jac,
        nan_policy=nan_policy, **kwargs,
    )  # fmt: skip
    low, high = bounds if isinstance(bounds, tuple) else (bounds.lb, bounds.ub)
    if np.any(np.isclose(found[0], low)) or np.any(np.isclose(found[0], high)):
        raise _on_bound("curve_fit")
    return found[0], found[1]


def nnls_sides(matrix: Array, right: Array, maxiter: int | None) -> Array:
    """Return -1 for each variable that is 0 in a least squares solution without negative ones, and 0 for the others."""
    return np.where(scipy.optimize.nnls(matrix, right, maxiter=maxiter)[0] > 0.0, 0, -1)


def lsq_linear_sides(
    matrix: Array, right: Array, bounds: Any, method: str, tol: float, lsq_solver: str | None, max_iter: int | None,
    verbose: int,
) -> tuple[Array, scipy.optimize.OptimizeResult]:  # fmt: skip
    """Return on which of its bounds each variable of a linear least squares solution lies: -1, 1, or 0; and what was found.

    Interior methods come close to a bound only: a variable lies on one if a step that minimises by it alone crosses it.
    """
    if matrix.dtype == object:
        raise NoDerivativeError(
            "lsq_linear with a sparse matrix or an operator has no derivative rule.", "Give an array."
        )
    found = scipy.optimize.lsq_linear(
        matrix, right, bounds, method, tol, lsq_solver, max_iter=max_iter, verbose=verbose
    )
    slope = matrix.T @ (matrix @ found.x - right)
    step = slope / np.maximum(np.sum(matrix * matrix, axis=0), np.finfo(float).tiny)
    low, high = (np.broadcast_to(bound, found.x.shape) for bound in bounds)
    below, above = (slope > 0.0) & (found.x - step <= low), (slope < 0.0) & (found.x - step >= high)
    return np.where(below | (low == high), -1, np.where(above, 1, 0)), found


def _with_signature(f: Any) -> Any:
    """Return a function that shows how many parameters it has, also if it is nested in a differentiated one."""
    if not isinstance(f, Closure):
        return f

    def shown(*given: Any) -> Any:
        return f(*given)

    written = f.function.tree.args
    parameters = [
        inspect.Parameter(name.id, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for name in (*written.posonlyargs, *written.args)
    ]
    shown.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return shown


def _on_bound(title: str) -> NoDerivativeError:
    return NoDerivativeError(f"A solution of {title} that lies on a bound has no derivative rule.",
                             "Substitute variables that are free.")  # fmt: skip


def covariance(found: Array, parameters: Array) -> Array:
    """Return the covariance of fitted parameters, which moves with them in a way that has no rule."""
    return found


def no_covariance(change: Array) -> float:
    """Refuse what changes with a covariance."""
    if np.any(change):
        raise NoDerivativeError("The covariance that curve_fit returns has no derivative rule.",
                                "Compute it from the Jacobian of the curve.")  # fmt: skip
    return 0.0
