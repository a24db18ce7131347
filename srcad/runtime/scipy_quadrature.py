"""Derivatives of quadrature by Leibniz' rule, of first and second order.

The integral moves with the integrand, which is integrated as well, and with the limits, by the integrand there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate

from srcad.runtime.containers import add
from srcad.runtime.scipy_callbacks import (
    as_arguments,
    changes_of,
    direction_of,
    like_arguments,
    pullback,
    pullback_of_change,
    second_change,
    to_vector,
)
from srcad.runtime.tangents import call_jvp

__all__ = [
    "limit_tangent",
    "quad_adjoint",
    "quad_curvature",
    "quad_second_tangent",
    "quad_tangent",
]


def quad_adjoint(
    g: Any, func: Any, a: float, b: float, args: Any, options: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the gradients of ``func`` (what it holds), ``a``, ``b`` and ``args`` in ``quad``."""
    parameters = as_arguments(args)
    weight = float(np.real(g))

    def sensitivity(x: float) -> tuple[Any, list[Any]]:
        captured, gradients = pullback(func, x, *parameters)[1](1.0)
        return captured, gradients[1:]

    captured, gradients = _integrated(sensitivity, a, b, weight, options)
    at_a = 0.0 if np.isinf(a) else -weight * func(a, *parameters)
    at_b = 0.0 if np.isinf(b) else weight * func(b, *parameters)
    return captured, at_a, at_b, like_arguments(gradients, args)


def _integrated(integrand: Any, a: float, b: float, weight: float, options: dict[str, Any]) -> Any:
    """Return ``weight`` times the integral of a function whose values are structures of numbers."""
    first, back = to_vector(integrand(_inside(a, b)))
    whole = np.zeros(0)
    if first.size:
        whole = scipy.integrate.quad_vec(lambda x: to_vector(integrand(x))[0], a, b, **options)[0]
    return back(weight * whole)


def _inside(a: float, b: float) -> float:
    """Return a point between the limits."""
    if np.isinf(a) or np.isinf(b):
        return (0.0 if np.isinf(b) else b - 1.0) if np.isinf(a) else a + (1.0 if b > a else -1.0)
    return 0.5 * (a + b)


def quad_tangent(
    func: Any,
    held: Any,
    a: float,
    da: Any,
    b: float,
    db: Any,
    args: Any,
    changes: Any,
    options: dict[str, Any],
) -> float:
    """Return the tangent of ``quad``, from those of what ``func`` holds (``held``), of the limits and of ``args``.

    Tangents that are not given are 0.
    """
    parameters = as_arguments(args)
    own, moved = direction_of(held, func), changes_of(changes, args)
    by_limits = limit_tangent(func, b, args, db) - limit_tangent(func, a, args, da)
    if held is None and changes is None:
        return by_limits
    inner = scipy.integrate.quad(
        lambda x: call_jvp(func, own, (x, *parameters), (0.0, *moved))[1], a, b, **options
    )[0]
    return inner + by_limits


def limit_tangent(func: Any, limit: float, args: Any, change: Any) -> float:
    """Return the tangent of an integral that ends at ``limit``: 0 at infinity."""
    if change is None or np.isinf(limit):
        return 0.0
    return change * func(limit, *as_arguments(args))


def quad_curvature(
    g: Any, func: Any, held: Any, a: float, da: Any, b: float, db: Any, args: Any, changes: Any,
    options: dict[str, Any],
) -> tuple[Any, ...]:  # fmt: skip
    """Return the gradients of ``func``, ``a``, ``b`` and ``args`` in ``g`` times the tangent of ``quad``."""
    parameters, weight = as_arguments(args), float(np.real(g))
    own, moved = direction_of(held, func), changes_of(changes, args)

    def sensitivity(x: float) -> tuple[Any, list[Any]]:
        pull = pullback_of_change(func, own, (x, *parameters), (0.0, *moved))[1]
        captured, gradients = pull(0.0, 1.0)
        return captured, gradients[1:]

    captured, gradients = _integrated(sensitivity, a, b, weight, options)
    by_limit = []
    for limit, change, sign in ((a, da, -weight), (b, db, weight)):
        if np.isinf(limit):
            by_limit.append(0.0)
            continue
        value, pull = pullback(func, limit, *parameters)
        more, others = pull(0.0 if change is None else sign * change)
        captured, gradients = add(captured, more), add(gradients, others[1:])
        along = call_jvp(func, own, (limit, *parameters), (0.0, *moved))[1]
        by_limit.append(sign * along + others[0])
    return captured, by_limit[0], by_limit[1], like_arguments(gradients, args)


def quad_second_tangent(
    func: Any, a: float, b: float, args: Any, first: Any, second: Any, options: dict[str, Any]
) -> float:
    """Return the second derivative of ``quad`` along two tangents, each of ``func``, ``a``, ``b`` and ``args``."""
    parameters = as_arguments(args)
    given = [(direction_of(t[0], func), changes_of(t[3], args)) for t in (first, second)]

    def inner(x: float) -> float:
        along = [(held, (0.0, *moved)) for held, moved in given]
        return float(second_change(func, (x, *parameters), along[0], along[1]))

    total = scipy.integrate.quad(inner, a, b, **options)[0]
    for limit, place, sign in ((a, 1, -1.0), (b, 2, 1.0)):
        if np.isinf(limit):
            continue
        for (held, moved), own, other in ((given[0], first, second), (given[1], second, first)):
            change = other[place]
            if change is not None:
                slope = call_jvp(func, held, (limit, *parameters), (0.0, *moved))[1]
                total += sign * change * slope
                own_change = 0.0 if own[place] is None else own[place]
                still = changes_of(None, args)
                along = call_jvp(func, direction_of(None, func), (limit, *parameters), (own_change, *still))
                total += 0.5 * sign * change * along[1]
    return float(total)
