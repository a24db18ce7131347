"""Derivatives of the functions that users hand to SciPy, and gradients as vectors."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.runtime.calls import Closure, call
from srcad.runtime.copies import clone
from srcad.runtime.memory import Shadow, seed_shadow, shadow
from srcad.runtime.taking import taken
from srcad.runtime.tangents import Tangent, call_jvp, zero_tangent
from srcad.runtime.user_tangents import as_tangent

__all__ = [
    "as_arguments",
    "changes_of",
    "direction_of",
    "jacobian",
    "kept_function",
    "like_arguments",
    "pullback",
    "pullback_of_change",
    "second_change",
    "to_vector",
]

Gradients = tuple[Any, list[Any]]


def as_arguments(args: Any) -> tuple[Any, ...]:
    """Return SciPy's parameter ``args`` as a tuple."""
    return args if isinstance(args, tuple) else (args,)


def like_arguments(gradients: list[Any], args: Any) -> Any:
    """Return the gradients of the arguments in the structure of SciPy's parameter ``args``."""
    return gradients if isinstance(args, tuple) else gradients[0]


def pullback(function: Any, *arguments: Any) -> tuple[Any, Callable[[Any], Gradients]]:
    """Call a user's function; return its value and its pullback, which can be called once.

    The pullback returns the gradient of what the function holds (what it captured, the attributes of an instance, the
    arguments of a partial function; 0.0 if that is nothing) and the list of gradients of its arguments.
    """
    own = _held_shadow(getattr(function, "__wrapped__", function))
    shadows = tuple(shadow(argument) for argument in arguments)
    value, image, run = call(function, own, arguments, shadows, {}, {})

    def pull(cotangent: Any) -> Gradients:
        seed_shadow(image, cotangent)
        run()
        return taken(own), [taken(part) for part in shadows]

    return value, pull


def _held_shadow(function: Any) -> Any:
    """Return the shadow of what a function holds, in the form that a call of it takes."""
    if isinstance(function, functools.partial):
        held = Shadow()
        held.func = _held_shadow(function.func)
        held.args, held.keywords = shadow(function.args), shadow(function.keywords)
        return held
    return shadow(function.__self__ if isinstance(function, types.MethodType) else function)


def kept_function(function: Any) -> Any:
    """Return a copy of a function, or of a structure with functions, with copies of what it holds."""
    if isinstance(function, types.MethodType):
        return types.MethodType(function.__func__, clone(function.__self__))
    return clone(function)


def pullback_of_change(
    function: Any, held: Any, arguments: tuple[Any, ...], moved: tuple[Any, ...]
) -> tuple[Any, Callable[[Any, Any], Gradients]]:
    """Call a user's function; return its value with its tangent, and the pullback of both, which can be called once.

    Parameters
    ----------
    function, held
        The function, and the tangent of what it holds.
    arguments, moved
        The arguments, and their tangents.
    """
    own = _held_shadow(getattr(function, "__wrapped__", function))
    shadows = tuple(shadow(argument) for argument in arguments)
    given = (function, held, arguments, moved)
    images = (own, None, shadows, (None,) * len(moved))
    value, image, run = call(call_jvp, None, given, images, {}, {})

    def pull(cotangent: Any, of_tangent: Any) -> Gradients:
        for part, found, weight in zip(image, value, (cotangent, of_tangent)):
            seed_shadow(
                part, weight if isinstance(found, np.ndarray) else unravelled(np.ravel(weight), found)
            )
        run()
        return taken(own), [taken(part) for part in shadows]

    return value, pull


def second_change(
    function: Any,
    arguments: tuple[Any, ...],
    first: tuple[Any, tuple[Any, ...]],
    second: tuple[Any, tuple[Any, ...]],
) -> Any:
    """Return the second derivative of a user's function along two tangents of what it holds and of its arguments."""
    held, moved = first
    given = (function, held, arguments, moved)
    tangents = (second[0], zero_tangent(held), second[1], zero_tangent(moved))
    return call_jvp(call_jvp, 0.0, given, tangents)[1][1]


def direction_of(gradient: Any, value: Any) -> Any:
    """Return what has the form of a gradient of ``value`` as a tangent of it; a number 0.0 stands for zeros."""
    if gradient is None or isinstance(gradient, float) and gradient == 0.0:
        return _zero_of(value)
    value = getattr(value, "__wrapped__", value)
    if isinstance(gradient, Tangent) or isinstance(value, functools.partial) and isinstance(gradient, tuple):
        return gradient
    if isinstance(value, functools.partial):
        own = (direction_of(gradient["func"], value.func), direction_of(gradient["args"], value.args))
        return (*own, direction_of(gradient["keywords"], value.keywords))
    if isinstance(value, Closure):
        return tuple(direction_of(part, item) for part, item in zip(gradient, value.captured))
    if isinstance(value, types.MethodType):
        return direction_of(gradient, value.__self__)
    if isinstance(value, (list, tuple)):
        parts = [direction_of(part, item) for part, item in zip(gradient, value)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, dict):
        return {key: direction_of(gradient.get(key, 0.0), item) for key, item in value.items()}
    if isinstance(gradient, dict):
        made = Tangent(value)
        for key, part in gradient.items():
            setattr(made, key, direction_of(part, getattr(value, key)))
        return made
    return as_tangent(gradient, value)


def _zero_of(value: Any) -> Any:
    """Return the zero tangent of a value, or of what a function holds."""
    value = getattr(value, "__wrapped__", value)
    return zero_tangent(value.__self__ if isinstance(value, types.MethodType) else value)


def changes_of(gradients: Any, args: Any) -> tuple[Any, ...]:
    """Return what has the form of gradients of SciPy's parameter ``args`` as the tangents of the arguments."""
    parameters = as_arguments(args)
    if gradients is None or isinstance(gradients, float) and gradients == 0.0:
        return tuple(_zero_of(parameter) for parameter in parameters)
    parts = gradients if isinstance(args, tuple) else (gradients,)
    return tuple(direction_of(part, parameter) for part, parameter in zip(parts, parameters))


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
