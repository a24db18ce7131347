"""The forward code of a function that can be read, for the tangents that it is called with."""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.callables.compilation import compiled
from srcad.callables.targets import Target
from srcad.dynamic.calls import floats_for
from srcad.dynamic.rules import carries_derivative
from srcad.dynamic.stored_parameters import lasting_of, refuse_stores_outside
from srcad.operators.dynamic.construction import is_nothing
from srcad.pipeline import Code
from srcad.runtime.memory import is_instance
from srcad.runtime.tangent_copies import kept_apart
from srcad.runtime.tangents import complete_tangent, zero_tangent

__all__ = ["moves", "prepared", "run", "tangents_of"]

_CHANGING = ("srcad.rules.iteration", "srcad.rules.stores")


def run(target: Target, values: Any, images: dict[str, Any]) -> tuple[Any, Any]:
    """Return the value of ``target`` and its tangent; ``images`` has tangents of parameters by name."""
    code, arguments, _ = prepared(target, values, images)
    value, tangent = code.entries[0](*arguments)
    return value, kept_apart(
        value, tangent, [(v, images[n]) for n, v in zip(target.names, values) if n in images]
    )


def prepared(
    target: Target, values: Any, images: dict[str, Any]
) -> tuple[Code, tuple[Any, ...], tuple[str, ...]]:
    """Return the forward code of ``target``, its arguments, and the parameters that have tangents."""
    names = [*target.names, *target.captured_names()]
    everything = (*values, *target.captured())
    if (
        target.inner is not None
    ):  # a derivative copies what its function changes, so nothing outlives the call
        images |= {n: zero_tangent(v) for n, v in zip(names, everything) if _is_lasting(images.get(n))}
    everything = floats_for(target, everything, images)
    if _is_rule(target.func):
        # options of a rule, such as an order or a list of percentages, have no derivative
        images = {
            n: images[n]
            for n, v in zip(names, everything)
            if n in images and (_holds(v) or moves(v, images[n]))
        }
    wanted = tuple(n for n, v in zip(names, everything) if n in images and _varies(v, images[n]))
    constant = tuple(
        n for n, v in zip(names, everything) if n in wanted and _has_constant_integers(v, images[n])
    )
    aliased = rt.share_memory(everything)
    code = compiled(target, values, wanted, "jvp", aliased=aliased, constant_integers=constant)
    _refuse_tangents_outside(target, code, everything, images)
    return code, (*everything, *[images[n] for n in wanted]), wanted


def _refuse_tangents_outside(
    target: Target, code: Code, everything: tuple[Any, ...], images: dict[str, Any]
) -> None:
    """Refuse a call that stores what moves in memory that outlives the call."""
    lasting = lasting_of(target, images, code.changed_arguments, 0.0)
    if lasting:
        moving = {n for n, image in images.items() if n not in lasting and rt.is_moving(image)}
        refuse_stores_outside(target, everything, moving, lasting)


def _varies(value: Any, image: Any) -> bool:
    """Tell whether a value has a tangent: an integer does only if it is one of the numbers to differentiate by."""
    moved = isinstance(image, float) and image != 0.0 and type(value) is int
    return moved or is_differentiable(kind_of(value))


def _has_constant_integers(value: Any, image: Any) -> bool:
    """Tell whether a tuple, such as that of the residuals, holds integers, and all without a tangent."""
    if not isinstance(value, tuple) or not isinstance(image, tuple):
        return False
    found = [_is_zero(part) for item, part in zip(value, image) if type(item) is int]
    return bool(found) and all(found) and type(value) is tuple


def _is_rule(function: Any) -> bool:
    """Tell whether a function is a rule or written out for one of NumPy, and keeps and changes nothing it is given."""
    module = function.__module__ or ""
    return module.startswith("srcad.rules.") and module not in _CHANGING


def _holds(value: Any) -> bool:
    """Tell whether a value is or holds an object, such as an iterator with its items, of which parts may move.

    A bound method holds its instance, a partial function its arguments, and a vectorized one the function.
    """
    if isinstance(value, (list, tuple)):
        return any(map(_holds, value))
    if isinstance(value, dict):
        return any(map(_holds, value.values()))
    return is_instance(value) or isinstance(value, (types.MethodType, functools.partial, np.vectorize))


def moves(value: Any, tangent: Any) -> bool:
    """Tell whether an argument without a derivative has a tangent, which is refused then."""
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return not is_nothing(tangent) and (is_whole or carries_derivative(value, tangent))


def tangents_of(target: Target, values: Any, held: Any, tangents: Any, named: Any) -> dict[str, Any]:
    """Return the tangent of each parameter and captured variable, by name."""
    given, options, held = target.held_parts(held)
    count = len(target.before) - len(given)
    own = tuple(held if i == 0 else zero_tangent(v) for i, v in enumerate(target.before[:count]))
    before = (*own, *given)
    fixed = {name: zero_tangent(value) for name, value in target.options.items()} | options
    bound = target.signature.bind(*before, *tangents, **{**fixed, **named}).arguments
    found = {}
    for name, value in zip(target.names, values):
        found[name] = _completed(bound.get(name, 0.0), value)
    if target.closure is not None:
        captured = target.captured()
        parts = held if isinstance(held, tuple) else tuple(zero_tangent(value) for value in captured)
        found.update(zip(target.captured_names(), parts))
    elif isinstance(held, rt.Cells):
        found.update({n: held[n] for n in target.captured_names() if n in held})
    return found


def _is_lasting(tangent: Any) -> bool:
    return tangent is not None and not isinstance(tangent, float) and rt.is_lasting_tangent(tangent)


def _completed(tangent: Any, value: Any) -> Any:
    """Return a whole tangent; an instance that comes without one outlives the call."""
    if _is_zero(tangent) and is_instance(value) and not isinstance(value, (rt.Closure, float)):
        return rt.lasting_tangent(value)
    return complete_tangent(tangent, value)


def _is_zero(tangent: Any) -> bool:
    """Tell whether a tangent is the number that stands for none."""
    return isinstance(tangent, float) and tangent == 0.0
