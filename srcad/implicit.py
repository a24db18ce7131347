"""Derivatives of solvers by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.api import grad
from srcad.callables.places import place
from srcad.callables.written import head, named_parameters, passed, write
from srcad.custom import CustomFunction
from srcad.errors import ArgumentError, UnsupportedError
from srcad.operators import jacobian
from srcad.rules import registry

__all__ = ["custom_fixed_point", "custom_root"]


def custom_root(f: Callable[..., Any], solve: Callable[..., Any]) -> CustomFunction:
    """Return the solver of ``f(x, *parameters) = 0`` with the derivative of its solution.

    Whatever ``solve`` does is not differentiated: from ``f(x(p), p) = 0`` follows
    ``df/dx dx/dp = -df/dp``, one linear system at the solution.

    Parameters
    ----------
    f : callable
        ``f(x, *parameters)`` with named parameters; ``x`` and the result are numbers, or arrays of one shape.
    solve : callable
        ``solve(f, x0, *parameters)`` returns a root of ``f``, found from the guess ``x0``.

    Returns
    -------
    CustomFunction
        ``root(x0, *parameters)``, with the names and defaults of ``f``.  The derivative in the guess is zero.

    Raises
    ------
    ArgumentError
        If ``f`` has no parameters after ``x``, or takes ``*args`` or ``**kwargs``.
    numpy.linalg.LinAlgError
        When differentiated, if the Jacobian of ``f`` in ``x`` is singular at the solution.

    Notes
    -----
    M. Blondel et al., "Efficient and Modular Implicit Differentiation", NeurIPS 2022, section 2.  The Jacobian is
    computed and factorised as a dense matrix.  The root is accurate in its derivative as far as it is a root.

    Examples
    --------
    >>> import srcad
    >>> def residual(x, a):
    ...     return x * x - a
    >>> def newton(f, x, a):
    ...     for _ in range(20):
    ...         x = x - f(x, a) / (2 * x)
    ...     return x
    >>> square_root = srcad.custom_root(residual, newton)
    >>> round(float(srcad.grad(square_root, "a")(1.0, 4.0)), 9)
    0.25
    """
    return _implicit(f, solve, "f({})", "custom_root")


def custom_fixed_point(f: Callable[..., Any], solve: Callable[..., Any]) -> CustomFunction:
    """Return the solver of ``x = f(x, *parameters)`` with the derivative of its solution.

    Parameters
    ----------
    f : callable
        ``f(x, *parameters)`` with named parameters; ``x`` and the result are numbers, or arrays of one shape.
    solve : callable
        ``solve(f, x0, *parameters)`` returns a fixed point of ``f``, found from the guess ``x0``.

    Returns
    -------
    CustomFunction
        ``fixed_point(x0, *parameters)``; see `custom_root`, whose errors and notes hold as well.

    Examples
    --------
    >>> import numpy as np
    >>> import srcad
    >>> def iterate(f, x, a):
    ...     for _ in range(200):
    ...         x = f(x, a)
    ...     return x
    >>> kepler = srcad.custom_fixed_point(lambda x, a: 1.0 + a * np.sin(x), iterate)
    >>> x = kepler(1.0, 0.5)
    >>> bool(np.isclose(srcad.grad(kepler, "a")(1.0, 0.5), np.sin(x) / (1 - 0.5 * np.cos(x))))
    True
    """
    return _implicit(f, solve, "f({}) - {x}", "custom_fixed_point")


def _implicit(
    f: Callable[..., Any], solve: Callable[..., Any], residual: str, operator: str
) -> CustomFunction:
    """Write the solver, and its rule, with the parameters of ``f``."""
    first, *others = named_parameters(f, operator)
    if not others:
        raise ArgumentError(f"The function under {operator} has no parameter beside the unknown.",
                            "Give it what the solution depends on as a parameter.", place(f))  # fmt: skip
    x = first.name
    definition, names = head(others)
    plain, given = ", ".join(p.name for p in others), passed(others)
    positions = ", ".join(str(i) for i in range(len(others)))
    parts = ", ".join(f"x_found[{i}]" for i in range(len(others)))
    text = f"""\
def root({x}, {definition}):
    return solve(f, {x}, {given})

def residual({x}, {plain}):
    return {residual.format(f"{x}, {given}", x=x)}

def weighted({plain}, x_solution, x_weight):
    return np.sum(x_weight * residual(x_solution, {plain}))

def root_backward(ans, g, {x}, {definition}):
    x_weight = adjoint_solution(jacobian(residual)(ans, {plain}), g)
    x_found = grad(weighted, ({positions},))({plain}, ans, x_weight)
    return 0.0, {parts}
"""
    names.update(np=np, f=f, solve=solve, grad=grad, jacobian=jacobian, adjoint_solution=adjoint_solution)
    made = CustomFunction(write("root", text, names, f))
    made.recipe = (
        {"custom_root": custom_root, "custom_fixed_point": custom_fixed_point}[operator],
        (f, solve),
        {},
    )
    registry.results_like(made, None)
    registry.vjp(made, *(p.name for p in (first, *others)), shaped=(x,))(
        made._function.__globals__["root_backward"]
    )
    return made


def adjoint_solution(matrix: Any, g: Any) -> Any:
    """Return the solution of the transposed system with the right-hand side ``-g``, in the shape of ``g``."""
    if isinstance(g, (dict, list, tuple)):
        raise UnsupportedError("The unknown of an implicit function is a container.",
                               "Make it one vector: srcad.tree.flatten gives it, and the way back.")  # fmt: skip
    size = np.size(g)
    square = np.reshape(matrix, (size, size))
    return np.reshape(np.linalg.solve(np.transpose(square), -np.reshape(g, (size,))), np.shape(g))


registry.refuse(
    "A solver is declared in a function that is differentiated. Declare it around that function, and pass what the "
    "solution depends on as arguments.",
    custom_root,
    custom_fixed_point,
)
