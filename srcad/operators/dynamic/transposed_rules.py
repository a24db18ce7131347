"""Tangents of results by reverse rules, for functions that have no forward rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.callables.compilation import compiled
from srcad.callables.targets import Target
from srcad.runtime.tangents import Tangent, zero_tangent

__all__ = ["as_given", "cotangents_of", "is_users", "transposed", "transposing"]


def transposed(rule: Any, ans: Any, args: Any, options: Any, tangents: Any) -> Any:
    """Return the tangent of a result from a reverse rule; see `srcad.runtime.transposed`."""
    _, values, (forward, backward) = transposing(rule, ans, args, options)
    gradients, residuals = forward(*values)
    return backward(residuals, cotangents_of(rule, gradients, tangents))[0]


def transposing(rule: Any, ans: Any, args: Any, options: Any) -> tuple[Target, tuple[Any, ...], Any]:
    """Return a rule as a target, its arguments, and its pair of functions with respect to the gradient."""
    target = Target(rule)
    values = target.bind((ans, as_given(rule, zero_tangent(ans), ans), *args), options)
    entries = compiled(target, values, (target.names[1],), "vjp").entries
    return target, (*values, *target.captured()), entries


def is_users(rule: Any) -> bool:
    """Tell whether a rule is not one of srcad's own."""
    return not (rule.__module__ or "").startswith("srcad.")


def as_given(rule: Any, gradient: Any, ans: Any) -> Any:
    """Return the gradient of a result, or a tangent in its place, in the form in which a rule reads it."""
    return rt.with_names(gradient, ans) if is_users(rule) else gradient


def cotangents_of(rule: Any, gradients: Any, tangents: Any) -> Any:
    """Return the tangents of arguments in the form in which a rule gives their gradients.

    Raises
    ------
    ArgumentError
        If a rule of the user's gives gradients that have not the form of the arguments.
    """
    count = len(tangents)
    parts = [gradients] if count == 1 else rt.gradients_given(gradients, count, f"'{rule.__name__}'")
    if is_users(rule):
        for part, tangent in zip(parts, tangents):
            is_zero = isinstance(tangent, float) and tangent == 0.0
            if isinstance(tangent, (float, complex, np.inexact, np.ndarray)) and not is_zero:
                rt.fitting(part, tangent, f"'{rule.__name__}'")
    if count == 1:
        return _in_form_of(gradients, tangents[0])
    return [_in_form_of(part, tangent) for part, tangent in zip(parts, tangents)]


def _in_form_of(gradient: Any, tangent: Any) -> Any:
    """Return a tangent in the form in which a rule gives the gradient of the same argument."""
    if isinstance(gradient, np.ndarray) and isinstance(tangent, (list, tuple)):
        return np.array(tangent)
    if isinstance(gradient, dict) and isinstance(tangent, Tangent):  # that of an object
        return {name: _in_form_of(part, getattr(tangent, name)) for name, part in gradient.items()}
    return list(tangent) if isinstance(tangent, tuple) else tangent
