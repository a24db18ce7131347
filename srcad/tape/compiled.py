"""Calls on traced values of any function with source: those without a rule are differentiated by the compiler."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from typing import Any

from srcad import runtime as rt
from srcad import tree
from srcad.callables.places import call_of_srcad
from srcad.callables.pullbacks import vjp
from srcad.errors import UnsupportedError
from srcad.rules import registry
from srcad.tape.calls import (
    Call,
    Place,
    Search,
    frozen,
    has_parts,
    is_inexact,
    items_of,
    record,
    result_of,
    title,
)
from srcad.tape.recording import Node, Operation, Route

__all__ = ["apply"]


def apply(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a function that does not record itself: by its rule, or else by a derivative that is compiled for it.

    NumPy's own functions and operators record themselves.  Functions written in C for plain numbers (``math.sin``),
    functions of SciPy, and ``np.array`` of a list of traced values, cannot know that they should.  A function of the
    user's may change arrays in place here, which outside of this call no tape can follow.

    Parameters
    ----------
    function : callable
        A function with a rule, one that was declared constant, or one that `srcad.vjp` differentiates.
    *args, **kwargs
        Its arguments.

    Returns
    -------
    object
        The function's result: traced, if a tape that records now follows one of the arguments.

    Raises
    ------
    NoDerivativeError
        If the function has no rule for these arguments, and no source.

    Examples
    --------
    >>> import math
    >>> from srcad import GradientTape, tape
    >>> with GradientTape() as t:
    ...     x = t.watch(0.0)
    ...     y = tape.apply(math.sin, x)
    >>> t.gradient(y, x)
    1.0
    """
    if _has_rule(function):
        return record(function, function, args, kwargs)
    # A method of one of SciPy's objects has a text of its own, which is not the one that has a derivative.
    written = registry.source_of(function) if isinstance(function, types.MethodType) else None
    return record_compiled(function if written is None else written, args, kwargs)


def _has_rule(function: Any) -> bool:
    """Tell whether a rule says what to do, or why nothing can be done."""
    return (
        registry.find(function) is not None
        or registry.is_constant(function)
        or registry.is_mutating(function)
        or registry.reason_refused(function) is not None
    )


def record_compiled(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return ``function(*args, **kwargs)`` on plain values, recorded as one step."""
    found = Search()
    raw = tuple([found.unwrapped(argument, place) for place, argument in enumerate(args)])
    options = {name: found.unwrapped(argument, name) for name, argument in kwargs.items()}
    if not found.parents:
        return function(*raw, **options)
    wanted = tuple(dict.fromkeys(place for place, _ in found.ways))
    kept = tuple(map(frozen, raw)), {name: frozen(value) for name, value in options.items()}
    value, pullback = vjp(function, *kept[0], argnums=wanted, **kept[1])
    if any(isinstance(leaf, Node) for leaf in tree.leaves(value)):
        raise UnsupportedError(f"{title(function)} reads a value that a tape follows from around it.",
                               "Pass it as an argument.", call_of_srcad())  # fmt: skip
    value = rt.clone(value)  # what a node holds is read-only
    call = _Compiled(function, wanted, pullback, value)
    routes = tuple([Route(wanted.index(place), inner, place, inner) for place, inner in found.ways])
    operation = Operation(call, *kept, tuple(found.parents), routes)
    return result_of(value, type(found.parents[0]), found.tokens(), operation)


class _Compiled(Call):
    """One call of a function by its compiled pullback.

    Parameters
    ----------
    function : callable
        The function.
    wanted : tuple of int or str
        The places of the arguments that hold traced values.
    pullback : callable
        What `srcad.vjp` has returned for the call.
    value : object
        The result.
    """

    __slots__ = ()

    def __init__(self, function: Any, wanted: tuple[Place, ...], pullback: Any, value: Any) -> None:
        self.single = len(wanted) == 1
        self.elementwise = self.is_derived = False
        self.given, self.checks, self.unread, self.routes = None, [], set(), {}

        def pulled(cotangent: Any, given: Any, named: Any) -> Any:
            _, again = vjp(function, *given, argnums=wanted, **named)
            return again(cotangent)

        def reverse(ans: Any, g: Any, *args: Any, **kwargs: Any) -> Any:
            found = pullback(_cotangent(g, value))
            return found[0] if self.single else found

        def traced(ans: Any, g: Any, *args: Any, **kwargs: Any) -> Any:
            found = record_compiled(pulled, (_cotangent(g, value), args, kwargs), {})
            return found[0] if self.single else found

        self.reverse, self.traced = reverse, traced


def _cotangent(g: Any, value: Any) -> Any:
    """Return a gradient in the structure of a result, as a pullback takes it."""
    if not has_parts(value):
        return g if is_inexact(value) else None
    parts = [_cotangent(part, item) for part, item in zip(items_of(g).values(), items_of(value).values())]
    if isinstance(value, dict):
        return dict(zip(value, parts))
    if isinstance(value, (list, tuple)):
        return value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    made = copy.copy(value)
    for name, part in zip(items_of(value), parts):
        object.__setattr__(made, name, part)
    return made
