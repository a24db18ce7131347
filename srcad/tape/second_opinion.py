"""Gradients of a function by the tape, to compare with compiled ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcad import tree
from srcad.tape.calls import is_inexact
from srcad.tape.gradient_tape import GradientTape
from srcad.tape.lifting import following
from srcad.tape.recording import Node

__all__ = ["pulled_back"]


def pulled_back(f: Callable[..., Any], args: Sequence[Any], cotangent: Any) -> list[Any]:
    """Return the gradient of each argument, where the result of ``f`` has the gradient ``cotangent``.

    Calls of ``math``, ``np.array`` and other functions with rules that stand in the module of ``f`` itself
    are recorded like those of NumPy.

    Parameters
    ----------
    f : callable
        A function that changes no array in place.
    args : sequence
        Its arguments; those without a floating-point number get None.
    cotangent : object
        A structure like the result, with None where there is no derivative.

    Raises
    ------
    NoDerivativeError, UnsupportedError
        If ``f`` does what the tape cannot follow.

    Examples
    --------
    >>> import math
    >>> from srcad.tape import pulled_back
    >>> pulled_back(lambda x, y: math.exp(x) * y, (0.0, 2.0), 1.0)
    [2.0, 1.0]
    """
    with GradientTape() as tape:
        watched = [tape.watch(argument) if _has_numbers(argument) else argument for argument in args]
        result = following(f)(*watched)
    return tape.gradient(  # type: ignore[no-any-return]
        result, watched, output_gradients=cotangent, unconnected_gradients="zero"
    )


def _has_numbers(argument: Any) -> bool:
    return any(isinstance(leaf, Node) or is_inexact(leaf) for leaf in tree.leaves(argument))
