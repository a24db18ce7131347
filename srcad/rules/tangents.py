"""Derivatives of what forward-mode code calls, so that it can be differentiated again."""

from __future__ import annotations

from srcad import runtime as rt
from srcad.rules.registry import constant, vjp

constant(rt.zero_tangent)


@vjp(rt.fit_tangent, "tangent", "value", linear=("tangent",), shaped=("value",))
def fit_tangent(ans, g, tangent, value):
    return rt.unbroadcast(g, tangent), 0.0


@vjp(rt.tangent_like, "tangent", "value", linear=("tangent",), shaped=("value",))
def tangent_like(ans, g, tangent, value):
    return rt.tangent_like(g, tangent), 0.0


@vjp(rt.sequence_tangent, "values", "source", "tangent", linear=("tangent",), shaped=("values", "source"))
def sequence_tangent(ans, g, values, source, tangent):
    if isinstance(source, (dict, str)):
        return 0.0, 0.0, 0.0  # keys and letters have none
    return 0.0, 0.0, g
