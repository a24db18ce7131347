"""Calls of derivatives, with objects for the methods and partial functions that these are given or have captured."""

from __future__ import annotations

from typing import Any

from srcad.callables.standing_in import (
    closure_within,
    shadow_tangent_of_standing_in,
    standing_in,
    tangent_of_standing_in,
    with_objects,
)
from srcad.operators.deeper.shadowed_calls import ShadowedCall

__all__ = ["rows_with_objects"]

Rows = list[list[ShadowedCall]]


def rows_with_objects(rows: Rows) -> Rows:
    """Return the plain call with such objects, and all its tangents with those of the objects."""
    first = rows[0][0]
    function, own = with_objects(first.function, first.own)
    values, shadows = standing_in(tuple(first.values), tuple(first.shadows))
    named = {n: standing_in(v, first.option_shadows.get(n)) for n, v in first.options.items()}
    options = {n: value for n, (value, _) in named.items()}
    closures = closure_within(function), closure_within(first.function)

    def moved(call: ShadowedCall) -> ShadowedCall:
        if call is first:
            own_named = {n: image for n, (_, image) in named.items()}
            return ShadowedCall(function, own, values, shadows, options, own_named)
        return ShadowedCall(
            tangent_of_standing_in(*closures, call.function),
            shadow_tangent_of_standing_in(*closures, call.own),
            tuple(map(tangent_of_standing_in, values, first.values, call.values)),
            tuple(map(shadow_tangent_of_standing_in, values, first.values, call.shadows)),
            _each(tangent_of_standing_in, options, first.options, call.options),
            _each(shadow_tangent_of_standing_in, options, first.options, call.option_shadows),
        )

    return [[moved(call) for call in row] for row in rows]


def _each(change: Any, made: dict[str, Any], before: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    return {n: change(made[n], before[n], part) if n in made else part for n, part in parts.items()}
