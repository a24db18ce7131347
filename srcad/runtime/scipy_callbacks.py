"""Derivatives of the functions that users hand to SciPy, and gradients as vectors."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.calls import Closure, call
from srcad.runtime.memory import seed_shadow, shadow, taken

__all__ = ["as_arguments", "jacobian", "like_arguments", "pullback", "to_vector"]

Gradients = tuple[Any, list[Any]]


def as_arguments(args: Any) -> tuple[Any, ...]:
    """Return SciPy's parameter ``args`` as a tuple."""
    return args if isinstance(args, tuple) else (args,)


def like_arguments(gradients: list[Any], args: Any) -> Any:
    """Return the gradients of the arguments in the structure of SciPy's parameter ``args``."""
    return gradients if isinstance(args, tuple) else gradients[0]


def pullback(function: Any, *arguments: Any) -> tuple[Any, Callable[[Any], Gradients]]:
    """Call a user's function; return its value and its pullback, which can be called once.

    The pullback returns the gradient of what the function captured (0.0 for a function that captured nothing)
    and the list of gradients of its arguments.

    Raises
    ------
    NoDerivativeError
        If ``function`` is a bound method, the derivative in whose object would be lost.
    """
    if isinstance(function, types.MethodType):
        raise NoDerivativeError(
            f"The derivative of a SciPy function with respect to the method '{function.__qualname__}' is not "
            "known to be complete: the object may hold values that vary.",
            "Pass a function or a lambda that calls the method.",
        )
    inner = getattr(function, "__wrapped__", function)
    own = shadow(inner) if isinstance(inner, Closure) else None
    shadows = tuple(shadow(argument) for argument in arguments)
    value, image, run = call(function, own, arguments, shadows, {}, {})

    def pull(cotangent: Any) -> Gradients:
        seed_shadow(image, cotangent)
        run()
        return taken(own), [taken(part) for part in shadows]

    return value, pull


def jacobian(function: Any, x: Any, args: tuple[Any, ...]) -> Any:
    """Return the Jacobian matrix of ``function(x, *args)`` in the vector ``x``, one pullback for each row."""
    rows = []
    for row in range(np.size(x)):
        value, pull = pullback(function, x, *args)
        cotangent = np.zeros(np.shape(x))
        cotangent.flat[row] = 1.0
        seeds = cotangent if isinstance(value, np.ndarray) else unravelled(cotangent, value)
        rows.append(np.ravel(pull(seeds)[1][0]) + np.zeros(np.size(x)))
    return np.array(rows)


def unravelled(vector: Any, value: Any) -> Any:
    """Return the entries of ``vector`` in the structure of ``value``: a number, or a list of numbers."""
    if isinstance(value, (list, tuple)):
        return [unravelled(part, item) for part, item in zip(np.asarray(vector), value)]
    return vector if isinstance(value, np.ndarray) else float(np.ravel(vector)[0])


def to_vector(gradients: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the numbers in a structure of gradients as one vector, and the function that goes back."""
    leaves: list[Any] = []
    back = _collected(gradients, leaves)
    vector = np.concatenate([np.ravel(leaf) for leaf in leaves]) if leaves else np.zeros(0)
    return vector, back


def _collected(gradients: Any, leaves: list[Any]) -> Callable[[Any], Any]:
    if isinstance(gradients, dict):
        parts = {key: _collected(item, leaves) for key, item in gradients.items()}
        return lambda vector: {key: part(vector) for key, part in parts.items()}
    if isinstance(gradients, (list, tuple)):
        items = [_collected(item, leaves) for item in gradients]
        return lambda vector: [item(vector) for item in items]
    start = sum(np.size(leaf) for leaf in leaves)
    leaves.append(gradients)
    shape, stop = np.shape(gradients), start + np.size(gradients)
    return lambda vector: np.reshape(vector[start:stop], shape) if shape else float(vector[start])
