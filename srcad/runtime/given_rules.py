"""What the rules of custom derivatives return, compared with what they are derivatives of."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from srcad.errors import ArgumentError
from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.containers import zeros_like
from srcad.runtime.memory import is_instance

__all__ = ["fitting", "fitting_tangent", "gradients_given", "with_names"]

_NUMBERS = (float, int, complex, np.number, np.ndarray, np.bool_)


def gradients_given(gradients: Any, count: int, title: str) -> Any:
    """Return what a custom rule has returned as the gradients of ``count`` parameters; None stands for zeros.

    Raises
    ------
    ArgumentError
        If it is no tuple or list of that length.

    Examples
    --------
    >>> gradients_given((1.0, 2.0), 2, "f"), gradients_given(None, 2, "f")
    ((1.0, 2.0), (None, None))
    """
    if gradients is None:
        return (None,) * count
    if isinstance(gradients, (tuple, list)) and len(gradients) == count:
        return gradients
    raise ArgumentError(f"The rule of {title} returns {_described(gradients)} as the gradients of {count} parameters.",
                        f"Return a tuple of {count}, one for each of them; 0.0 stands for zeros.")  # fmt: skip


def with_names(gradient: Any, result: Any) -> Any:
    """Return the gradient of a result as a custom rule reads it: of the class of a named tuple or an object.

    Examples
    --------
    >>> from collections import namedtuple
    >>> pair = namedtuple("pair", "mean spread")
    >>> with_names([1.0, 0.0], pair(2.0, 3.0))
    pair(mean=1.0, spread=0.0)
    """
    missing = type(gradient) is float and gradient == 0.0
    if isinstance(result, np.ndarray):
        return zeros_like(result) if missing else gradient
    if isinstance(result, (list, tuple)):
        given = [0.0] * len(result) if missing else gradient
        parts = [with_names(part, item) for part, item in zip(given, result)]
        return result._make(parts) if hasattr(result, "_make") else parts
    if isinstance(result, dict):
        return {key: with_names(0.0 if missing else gradient[key], item) for key, item in result.items()}
    if is_instance(result) and not isinstance(result, Closure):
        parts = {} if missing else gradient if isinstance(gradient, dict) else attributes_of(gradient)
        made = copy.copy(result)
        for name, value in attributes_of(result).items():
            object.__setattr__(made, name, with_names(parts.get(name, 0.0), value))
        return made
    return gradient


def fitting(gradient: Any, x: Any, title: str) -> Any:
    """Return the gradient with respect to ``x`` that a custom rule has computed; None stands for zeros.

    Raises
    ------
    ArgumentError
        If it has not the shape and structure of ``x``.

    Examples
    --------
    >>> fitting(None, 2.0, "f"), fitting([1.0, None], (2.0, 3.0), "f")
    (0.0, [1.0, 0.0])
    """
    if gradient is None:
        return 0.0
    if isinstance(gradient, float) and gradient == 0.0:
        return gradient
    if isinstance(x, (list, tuple)):
        if not isinstance(gradient, (list, tuple)) or len(gradient) != len(x):
            raise _misfit("gradient", gradient, f"a sequence of {len(x)}", title)
        parts = [fitting(part, item, title) for part, item in zip(gradient, x)]
        return tuple(parts) if isinstance(gradient, tuple) else parts
    if isinstance(x, dict):
        if not isinstance(gradient, dict) or set(gradient) != set(x):
            raise _misfit("gradient", gradient, f"a dict with the keys {', '.join(map(repr, x))}", title)
        return {key: fitting(gradient[key], item, title) for key, item in x.items()}
    if isinstance(x, (np.ndarray, float, int, complex, np.number)):
        if not isinstance(gradient, _NUMBERS) or np.shape(gradient) != np.shape(x):
            raise _misfit("gradient", gradient, _shaped(x), title)
    elif is_instance(x) and not isinstance(x, Closure):
        names = attributes_of(x)
        parts = gradient if isinstance(gradient, dict) else attributes_of(gradient)
        if set(names) != set(parts):
            raise _misfit("gradient", gradient, f"an object with the attributes {', '.join(names)}", title)
        return {name: fitting(parts[name], value, title) for name, value in names.items()}
    return gradient


def fitting_tangent(tangent: Any, value: Any, title: str) -> Any:
    """Return the tangent of a result that a custom rule has computed.

    Raises
    ------
    ArgumentError
        If it has not the shape of the result ``value``.
    """
    numeric = isinstance(value, (np.ndarray, float, int, complex, np.number))
    if numeric and not (isinstance(tangent, float) and tangent == 0.0):
        if not isinstance(tangent, _NUMBERS) or np.shape(tangent) != np.shape(value):
            raise _misfit("tangent", tangent, _shaped(value), title)
    return tangent


def _shaped(x: Any) -> str:
    return f"an array of shape {x.shape}" if isinstance(x, np.ndarray) else "a number"


def _misfit(what: str, found: Any, expected: str, title: str) -> ArgumentError:
    return ArgumentError(f"The rule of {title} returns {_described(found)} as the {what} of {expected}.",
                         "Return what has the same shape and structure; 0.0 stands for zeros.")  # fmt: skip


def _described(found: Any) -> str:
    if isinstance(found, np.ndarray):
        return f"an array of shape {found.shape}"
    if isinstance(found, (float, int, complex, np.number)):
        return "a number"
    if isinstance(found, (list, tuple)):
        return f"a sequence of {len(found)}"
    if isinstance(found, dict):
        return f"a dict with the keys {', '.join(map(repr, found))}"
    return f"a {type(found).__name__}"
