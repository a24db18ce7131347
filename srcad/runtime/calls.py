"""Calls whose callee is known only when they happen, and the start of a backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.lang.recursion import with_deep_calls

__all__ = [
    "Closure",
    "call",
    "call_method",
    "closure",
    "gradient_of",
    "holomorphic_seed",
    "late_global",
    "seed",
    "set_gradient",
    "set_resolver",
]

Pullback = Callable[[], None]
Resolver = Callable[..., tuple[Any, Any, Pullback]]
_resolvers: list[tuple[Resolver, Resolver]] = []
_gradients: list[Callable[[Any], Any]] = []


def set_resolver(of_call: Resolver, of_method: Resolver) -> None:
    """Install the compiler's entry points for calls that are resolved at run time."""
    _resolvers[:] = [(of_call, of_method)]


def call(
    function: Any,
    function_shadow: Any,
    args: tuple[Any, ...],
    shadows: tuple[Any, ...],
    options: dict[str, Any] | None = None,
    option_shadows: dict[str, Any] | None = None,
) -> tuple[Any, Any, Pullback]:
    """Call ``function``; return its value, the value's shadow and its pullback.

    The pullback takes the gradient of the value from that shadow and adds to the shadows of the arguments (and of
    the function itself, where it has captured values).
    """
    resolve = with_deep_calls(_resolvers[0][0])
    return resolve(function, function_shadow, args, shadows, options or {}, option_shadows or {})


def call_method(
    receiver: Any,
    receiver_shadow: Any,
    name: str,
    args: tuple[Any, ...],
    shadows: tuple[Any, ...],
    options: dict[str, Any] | None = None,
    option_shadows: dict[str, Any] | None = None,
) -> tuple[Any, Any, Pullback]:
    """Call ``receiver.name``; see `call`."""
    resolve = with_deep_calls(_resolvers[0][1])
    return resolve(receiver, receiver_shadow, name, args, shadows, options or {}, option_shadows or {})


def set_gradient(make: Callable[[Any], Any]) -> None:
    """Install the operator that makes the gradient of a function."""
    _gradients[:] = [make]


def late_global(module: Any, name: str) -> Any:
    """Return the value of a global name that did not exist when the derivative was compiled."""
    try:
        return getattr(module, name)
    except AttributeError:
        raise NameError(f"name {name!r} is not defined", name=name) from None


def gradient_of(function: Any) -> Any:
    """Return the function that computes the gradient of ``function`` in its first argument."""
    return _gradients[0](function)


class Closure:
    """A nested function of a differentiated program, with the values that it captured."""

    def __init__(self, function: Any, captured: tuple[Any, ...]) -> None:
        self.function = function
        self.captured = captured
        self.__name__ = getattr(function, "given_name", "<lambda>")

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Run the nested function."""
        nothing = (None,) * len(arguments)
        return call(self, None, arguments, nothing, options, dict.fromkeys(options))[0]


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


def holomorphic_seed(value: Any) -> Any:
    """Return the gradient 1 in the dtype of ``value``, which must be a complex scalar.

    Raises
    ------
    TypeError
        If ``value`` is not a complex scalar.
    """
    if isinstance(value, complex):
        return 1.0 + 0.0j
    if isinstance(value, (np.ndarray, np.generic)) and np.ndim(value) == 0 and value.dtype.kind == "c":
        return value.dtype.type(1)
    raise TypeError(f"shape {np.shape(value)}" if np.ndim(value) else f"type {type(value).__name__}")
