"""Derivatives of a tangent that came from a reverse rule: through both functions of the rule's own pair."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.dynamic_operators import OPERATORS
from srcad.operators.dynamic import SPECIAL, cotangents_of, tangents_of, transposing
from srcad.operators.dynamic import call as forward_call
from srcad.runtime.tangents import zero_tangent

__all__ = ["install"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]


def install() -> None:
    """Let both modes differentiate ``rt.transposed``."""
    SPECIAL[rt.transposed] = _forward
    OPERATORS[rt.transposed] = _reverse


def _forward(args: Any, tangents: Any, options: Any, option_tangents: Any) -> tuple[Any, Any]:
    rule, ans, values, named, given = args
    _, dans, dvalues, dnamed, dgiven = tangents
    target, everything, (forward, backward) = transposing(rule, ans, values, named)
    count = len(target.names)
    images = tangents_of(target, everything[:count], 0.0, (dans, zero_tangent(ans), *dvalues), dnamed)
    captured = tuple(zero_tangent(value) for value in everything[count:])
    found = forward_call(forward, 0.0, everything, (*(images[n] for n in target.names), *captured), {}, {})
    (gradients, residuals), (_, dresiduals) = found
    cotangents, image = cotangents_of(gradients, given), cotangents_of(gradients, dgiven)
    (value,), (tangent,) = forward_call(backward, 0.0, (residuals, cotangents), (dresiduals, image), {}, {})
    return value, tangent


def _reverse(
    call: Call, rule: Any, ans: Any, args: Any, options: Any, tangents: Any, *, shadows: Any
) -> Outcome:
    """Return the tangent; what it weighs in a sum is the gradient of the rule's result, paired with the tangents.

    The rule is linear in the gradient ``g`` that it is given, so that the pairing of the tangent of the answer with ``g``
    is the pairing of the tangents of the arguments with what the rule returns for ``g``.
    """
    _, own, images, named, direction_images = shadows
    value = rt.transposed(rule, ans, args, options, tangents)
    seen = rt.shadow(value)
    held = (own, None, *(images or (None,) * len(args)))
    given = rule, (ans, *args), held, options, named or {}
    return value, seen, functools.partial(_pull, call, given, seen, tangents, direction_images)


def _pull(call: Call, given: Any, seen: Any, tangents: Any, direction_images: Any) -> None:
    rule, (ans, *args), held, options, named = given
    gradients, image, back = call(rule, None, (ans, rt.taken(seen), *args), held, options, named)
    rt.accumulate_shadow(image, cotangents_of(gradients, tangents))
    back()
    _return_directions(gradients, direction_images, tangents)


def _return_directions(gradients: Any, images: Any, tangents: Any) -> None:
    """Pass what the rule returns on to the tangents of the arguments."""
    count = len(tangents)
    parts = [gradients] if count == 1 else rt.gradients_given(gradients, count, "the function")
    for part, image, tangent in zip(parts, images or (), tangents):
        if isinstance(tangent, float) and isinstance(part, np.ndarray):
            continue
        rt.accumulate_shadow(image, part)
