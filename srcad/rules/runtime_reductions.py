"""Derivatives of the runtime's functions for reductions, orders and differences."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, vjp

constant(
    rt.axis_shape,
    rt.first_places,
    rt.freedom,
    rt.joined_shape,
    rt.initial_share,
    rt.limited_share,
    rt.matching_entries,
    rt.matching_places,
    rt.numbers,
    rt.slab,
    rt.used_size,
)


@vjp(rt.where_used, "cotangent", linear=True)
def where_used(ans, g, used, cotangent, shape):
    return rt.unbroadcast(np.where(used, g, 0), cotangent)


@vjp(rt.cut, "whole", "a", "prepend", "append", linear=("whole",), shaped=("a", "prepend", "append"))
def cut(ans, g, whole, a, prepend, append, axis):
    return rt.joined(g, a, prepend, append, axis), 0.0, 0.0, 0.0


@vjp(rt.joined, "parts", "a", "prepend", "append", linear=("parts",), shaped=("a", "prepend", "append"))
def joined(ans, g, parts, a, prepend, append, axis):
    return rt.cut(g, a, prepend, append, axis), 0.0, 0.0, 0.0


@vjp(rt.leading_tangent, "tangent", "whole", linear=("tangent",), shaped=("whole",))
def leading_tangent(ans, g, tangent, whole):
    return g[0], 0.0
