"""Calls whose callee is known only when they happen, and the start of a backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Closure", "call", "call_method", "closure", "seed", "set_resolver"]

Pullback = Callable[[Any], Any]
_resolvers: list[Callable[[Any, tuple[Any, ...], dict[str, Any]], tuple[Any, Pullback]]] = []


def set_resolver(resolver: Callable[[Any, tuple[Any, ...], dict[str, Any]], tuple[Any, Pullback]]) -> None:
    """Install the compiler's entry point for calls that are resolved at run time."""
    _resolvers[:] = [resolver]


def call(function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, Pullback]:
    """Call ``function``; return its value and its pullback.

    The pullback maps the gradient of the value to the gradients of the function itself (of what it
    captured), of the list of arguments and of the dict of options.
    """
    return _resolvers[0](function, arguments, options)


def call_method(
    receiver: Any, name: str, arguments: tuple[Any, ...], options: dict[str, Any]
) -> tuple[Any, Pullback]:
    """Call ``receiver.name``; the pullback's first result is the gradient of the receiver."""
    return call(getattr(receiver, name), arguments, options)


class Closure:
    """A nested function of a differentiated program, with the values that it captured."""

    def __init__(self, function: Any, captured: tuple[Any, ...]) -> None:
        self.function = function
        self.captured = captured

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Run the nested function."""
        return _resolvers[0](self, arguments, options)[0]


def closure(function: Any, *captured: Any) -> Closure:
    """Make a nested function from its code and the values it captures."""
    return Closure(function, captured)


def seed(value: Any) -> Any:
    """Return the gradient 1 in the dtype of ``value``, which must be a real scalar.

    Raises
    ------
    TypeError
        If ``value`` is not a real scalar.
    """
    if isinstance(value, (float, int)):
        return 1.0
    if isinstance(value, (np.ndarray, np.generic)) and np.ndim(value) == 0 and value.dtype.kind in "fiub":
        return value.dtype.type(1) if value.dtype.kind == "f" else 1.0
    shape = f"shape {np.shape(value)}" if isinstance(value, np.ndarray) else f"type {type(value).__name__}"
    if isinstance(value, complex) or np.iscomplexobj(value):
        shape = "complex type"
    raise TypeError(shape)
