"""Where a program tells the derivative what to do: stop here, or run this on the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad import tree
from srcad.errors import ArgumentError, UnsupportedError
from srcad.rules import registry
from srcad.tape.calls import record
from srcad.tape.recording import Node, recording

__all__ = ["backward", "on_backward", "stop_gradient"]


def stop_gradient(x: Any) -> Any:
    """Return a copy of ``x`` through which no derivative flows.

    Parameters
    ----------
    x : object
        A number, an array or any nesting of containers of them.

    Returns
    -------
    object
        A copy down to the arrays, so that changes of one in place do not reach the other.

    Examples
    --------
    >>> import srcad
    >>> srcad.grad(lambda x: x * srcad.stop_gradient(x))(3.0)
    3.0
    """
    if recording.tokens:
        return record(stop_gradient, rt.clone, (x,), {})
    return rt.clone(x)


def on_backward(x: Any, function: Callable[[Any], Any]) -> Any:
    """Return a copy of ``x``, whose gradient ``function`` sees and may replace.

    Parameters
    ----------
    x : object
        A number, an array or a container of them.
    function : callable
        Called in the backward pass with the gradient of the result, once it is complete.  What it returns is the
        gradient of ``x``; None leaves it as it is.  The gradient of a list or tuple is a list.

    Returns
    -------
    object
        A copy of ``x``.

    Notes
    -----
    In forward mode the tangent passes unchanged.  Where no gradient arrives, ``function`` is not called.  Higher
    derivatives go through ``function``, and are of what the first one computes: they do not call it once more.

    Examples
    --------
    >>> import numpy as np
    >>> import srcad
    >>> def loss(x):
    ...     x = srcad.on_backward(x, lambda g: np.clip(g, -1.0, 1.0))
    ...     return np.sum(x ** 2)
    >>> srcad.grad(loss)(np.array([0.25, 3.0]))
    array([0.5, 1. ])
    """
    if recording.tokens:
        return record(on_backward, _copied, (x, function), {})
    return rt.clone(x)


def _copied(x: Any, function: Any) -> Any:
    return rt.clone(x)


def separate(value: Any) -> Any:
    """Return a copy of a value, through which derivatives flow."""
    if recording.tokens:
        return record(separate, rt.clone, (value,), {})
    return rt.clone(value)


def writable(value: Any) -> Any:
    """Return a copy of a gradient, whose arrays may be views that repeat one number, for the user to change."""
    return tree.map(lambda leaf: np.array(leaf) if isinstance(leaf, np.ndarray) else leaf, value)


def _same(ans, g, value):  # type: ignore[no-untyped-def]
    return g


registry.vjp(separate, "value", linear=True)(_same)
registry.vjp(writable, "value", linear=True)(_same)


def _has_shape_of(gradient: Any, x: Any) -> bool:
    """Refuse a gradient that has neither the shape of its array nor is a number, which stands for all entries."""
    arrays = isinstance(x, (np.ndarray, float, complex, np.number)) and isinstance(gradient, np.ndarray)
    if arrays and gradient.shape not in ((), np.shape(x)):
        raise ArgumentError(f"The gradient that the backward pass is given has the shape {gradient.shape}, where the "
                            f"variable has {np.shape(x)}.", "Give it the shape of the variable.")  # fmt: skip
    return True


def _on_backward(ans, g, x, function):  # type: ignore[no-untyped-def]
    replaced = function(writable(g))
    if replaced is None:
        return g, 0.0
    return (replaced if _has_shape_of(replaced, x) else g), 0.0


def _pushed_forward(ans, t, x, function):  # type: ignore[no-untyped-def]
    return t


def _first(x, function=None):  # type: ignore[no-untyped-def]
    return x


registry.constant(stop_gradient, _has_shape_of)
registry.results_like(stop_gradient, _first)
registry.results_like(on_backward, _first)
registry.results_like(separate, _first)
registry.results_like(writable, _first)
registry.stateful(on_backward)
registry.vjp(on_backward, "x", "function", shaped=("function",))(_on_backward)
registry.jvp(on_backward, "x")(_pushed_forward)
registry.becomes(on_backward, separate)


class backward:
    """Statements that run in the backward pass: ``with srcad.backward(x) as dx: dx = np.clip(dx, -1, 1)``.

    The compiler takes the block out of the program.  In the backward pass, where the gradient of ``x`` with respect
    to what follows is complete, it runs with ``dx`` bound to that gradient, and what ``dx`` is at the end becomes
    the gradient.  The block reads the variables of the function as they were at its place in the program; what it
    assigns, other than ``dx``, stays inside of it.

    Parameters
    ----------
    x : object
        A variable: a number, an array or a container of them.

    Raises
    ------
    UnsupportedError
        Where a `GradientTape` follows ``x``, since it cannot see the block.

    Notes
    -----
    Python itself cannot skip the block: where the function is called without being differentiated, it runs at
    once, on zeros, and has no effect on ``x``.  `on_backward` is the same without a block, and works everywhere.

    Examples
    --------
    >>> import numpy as np
    >>> import srcad
    >>> def loss(x):
    ...     y = x ** 2
    ...     with srcad.backward(y) as dy:
    ...         dy = np.clip(dy, -1.0, 1.0)
    ...     return 5.0 * y
    >>> float(srcad.grad(loss)(3.0))
    6.0
    """

    def __init__(self, x: Any) -> None:
        if isinstance(x, Node):
            raise UnsupportedError("A tape cannot run the block of 'with srcad.backward(x)' later.",
                                   "Write x = srcad.on_backward(x, function).")  # fmt: skip
        self.gradient = rt.finish(0.0, x)

    def __enter__(self) -> Any:
        """Return zeros in the place of the gradient."""
        return self.gradient

    def __exit__(self, *exception: Any) -> None:
        """Let exceptions pass."""


registry.takes_block(backward, on_backward)
