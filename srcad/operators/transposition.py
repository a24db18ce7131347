"""Derivatives of a tangent that came from a reverse rule: through both functions of the rule's own pair."""

from __future__ import annotations

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
    _, own, images, named, direction_images = shadows
    target, everything, (forward, backward) = transposing(rule, ans, args, options)
    bound = target.signature.bind(own, None, *(images or (None,) * len(args)), **(named or {})).arguments
    whole = tuple(bound.get(n) for n in target.names)
    first, image, first_pull = call(
        forward, None, everything, (*whole, *(None,) * (len(everything) - len(whole))), {}, {}
    )
    cotangents = cotangents_of(first[0], tangents)
    direction = rt.shadow(cotangents)
    second, second_image, second_pull = call(
        backward, None, (first[1], cotangents), (image[1] if image is not None else None, direction), {}, {}
    )
    seen = rt.shadow(second[0])

    def pull() -> None:
        rt.accumulate_shadow(second_image, [rt.taken(seen)])
        second_pull()
        _return_directions(direction, direction_images, tangents)
        first_pull()

    return second[0], seen, pull


def _return_directions(direction: Any, images: Any, tangents: Any) -> None:
    """Pass the gradient of the cotangents on to the tangents that they were made of."""
    parts = [direction] if len(tangents) == 1 else direction
    for part, image, tangent in zip(parts, images or (), tangents):
        gradient = rt.taken(part)
        if isinstance(tangent, float) and isinstance(gradient, np.ndarray):
            continue
        rt.accumulate_shadow(image, gradient)
