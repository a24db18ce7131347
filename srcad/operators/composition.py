"""Reverse mode through forward mode: what a program that is being differentiated calls of this package."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.callables.compilation import third_derivative
from srcad.callables.targets import Target
from srcad.dynamic import calls as reverse_calls
from srcad.operators.by_name import jvp_by_name, kept
from srcad.operators.dynamic import attributes
from srcad.operators.dynamic.calls import install as install_forward
from srcad.operators.dynamic.functions import prepared
from srcad.operators.dynamic.sources import SOURCES
from srcad.operators.forward import Jvp, jvp
from srcad.pipeline import Code
from srcad.rules import registry

__all__ = [
    "OWN",
    "PAIRED",
    "STRUCTURAL",
    "InnerJvp",
    "callee_of",
    "install",
    "jvp_apart",
    "jvp_with_aux",
    "prepared_for_both",
]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
PAIRED: dict[Any, Any] = {}
"""Functions that have another one for their value with its tangent."""
OWN = None
"""For ``has_aux`` of ``jvp``: it is False, and the arguments are copies that nobody else has."""
STRUCTURAL = (operator.getitem, operator.setitem, operator.delitem, getattr, setattr, delattr)


def install(makers: tuple[Any, ...]) -> None:
    """Let both modes differentiate ``jvp``, and reverse mode the calls that forward mode resolved when it ran.

    ``makers`` are the operators that return a function.
    """
    reverse_calls.install(makers)
    reverse_calls.BY_NAME[jvp] = jvp_by_name
    install_forward(makers)
    attributes.install()


def jvp_with_aux(f: Any, primals: Any, tangents: Any) -> tuple[Any, Any, Any]:
    """Do what ``jvp`` does under ``has_aux``."""
    value, tangent = jvp(f, primals, tangents)
    return value[0], tangent[0], value[1]


def jvp_apart(f: Any, primals: Any, tangents: Any) -> Any:
    """Do what ``jvp`` does of a function that changes its arguments, which stay as they were, or returns views of them."""
    return jvp(f, kept(primals), kept(tangents), OWN)


class InnerJvp:
    """A call of ``jvp(f, primals, tangents)`` inside of a program, as a call of the generated function.

    Attributes
    ----------
    code : Code
        The generated code.
    given : tuple
        Its arguments.
    """

    def __init__(self, f: Any, primals: Any = None, tangents: Any = None) -> None:
        derivative = Jvp(f)
        derivative.require_pairs(primals, tangents)
        target = derivative.target
        self.values = target.bind(tuple(primals), {})
        directions = derivative.directions(tuple(primals), tuple(tangents))
        self.target, self.count, self.moved = target, len(primals), tuple(directions)
        made = target.inner.by_products(self.values) if target.inner is not None else None
        if made is not None:
            self.code = Jvp(made).compiled((*self.values, *target.captured()), tuple(directions))
        else:
            self.code = derivative.compiled(self.values, tuple(directions))
        self.given = (*self.values, *target.captured(), *directions.values())

    def arranged(self, own: Any, images: Any, direction_images: Any, nothing: Any) -> tuple[Any, ...]:
        """Return shadows, or tangents, of the three arguments in the order of the generated function's."""
        target = self.target
        held, named, own = target.held_parts(own)
        count = len(target.before) - len(held)
        receiver = own if target.closure is None and count else nothing
        before = (*((receiver,) * count), *(nothing if image is None else image for image in held))
        points = {
            **dict(zip(target.names, before)),
            **{name: image for name, image in named.items() if image is not None},
            **self._by_name(_parts(images, self.count, nothing)),
        }
        directions = self._by_name(_parts(direction_images, self.count, nothing))
        captured = target.held_images(own, nothing) if target.captured_names() else ()
        return (
            *(points.get(name, nothing) for name in target.names),
            *captured,
            *(directions[name] for name in self.moved),
        )

    def _by_name(self, parts: tuple[Any, ...]) -> dict[str, Any]:
        """Return what belongs to the positional arguments by parameter, that of ``*args`` in a tuple."""
        found: dict[str, Any] = {name: () for name in self.target.names if self.target.gathers(name)}
        for (name, element), part in zip(self.target.positions(self.count), parts):
            found[name] = part if element is None else (*found[name], part)
        return found


def _parts(shadow: Any, count: int, nothing: Any = None) -> tuple[Any, ...]:
    return tuple(shadow) if isinstance(shadow, (list, tuple)) else (nothing,) * count


def callee_of(function: Any) -> Target:
    """Return what is differentiated in both modes where ``function`` is called.

    Raises
    ------
    UnsupportedError
        If it is a function of the runtime that reverse mode does not know.
    """
    known = registry.is_key(function)
    target = Target(SOURCES.get(function, function) if known else function)
    of_runtime = isinstance(function, types.FunctionType) and function.__module__.startswith("srcad.runtime")
    if of_runtime and registry.find(function) is None:
        raise third_derivative()
    return target


def prepared_for_both(
    target: Target, values: tuple[Any, ...], images: dict[str, Any]
) -> tuple[Code, tuple[Any, ...], tuple[str, ...]]:
    """Return what `prepared` does; the code can be differentiated in reverse mode."""
    made = target.inner.by_products(values) if target.inner is not None else None
    if made is None:
        return prepared(target, values, images)
    code, given, wanted = prepared(Target(made), (*values, *target.captured()), images)
    return code, given, wanted
