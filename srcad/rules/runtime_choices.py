"""Derivatives of the runtime's functions for choices and statistics."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, vjp

constant(
    rt.cell_volumes,
    rt.coordinates,
    rt.part_of_bins,
    rt.part_of_range,
    rt.trimmed,
    rt.unchosen,
    rt.weight_layout,
)


@vjp(rt.choose_adjoint, "cotangent", "choices", linear=("cotangent",), shaped=("choices",))
def choose_adjoint(ans, g, cotangent, a, choices, mode):
    return np.choose(a, g, mode=mode), 0.0


@vjp(rt.select_adjoint, "cotangent", "choicelist", linear=("cotangent",), shaped=("choicelist",))
def select_adjoint(ans, g, cotangent, condlist, choicelist):
    return rt.unbroadcast(np.select(condlist, rt.parts_like(g, ans)), cotangent), 0.0


@vjp(rt.observations, "m", "y", linear=True)
def observations(ans, g, m, y, rowvar):
    parts = rt.observed(g, m, y, rowvar)
    return parts[0], parts[1]


@vjp(rt.observed, "rows", "m", "y", linear=("rows",), shaped=("m", "y"))
def observed(ans, g, rows, m, y, rowvar):
    if y is None:
        return rt.observations(g[0], None, rowvar), 0.0, 0.0
    parts = rt.parts_like(g, ans)
    return rt.observations(parts[0], parts[1], rowvar), 0.0, 0.0


@vjp(
    rt.counts_adjoint,
    "cotangent", "edges", "points", "weights",
    linear=("cotangent",), shaped=("edges", "points", "weights"),
)  # fmt: skip
def counts_adjoint(ans, g, cotangent, edges, points, weights):
    return rt.counts_of(g, edges, points), 0.0, 0.0, 0.0


@vjp(rt.counts_of, "weights", "edges", "points", linear=("weights",), shaped=("edges", "points"))
def counts_of(ans, g, weights, edges, points):
    return rt.counts_adjoint(g, edges, points, weights), 0.0, 0.0


@vjp(rt.edges_adjoint, "cotangent", "a", "edges", linear=("cotangent",), shaped=("a", "edges"))
def edges_adjoint(ans, g, cotangent, a, edges, bins, interval):
    return rt.edges_tangent(g, a, edges, bins, interval), 0.0, 0.0


@vjp(rt.edges_tangent, "tangent", "a", "edges", linear=("tangent",), shaped=("a", "edges"))
def edges_tangent(ans, g, tangent, a, edges, bins, interval):
    return rt.edges_adjoint(g, a, edges, bins, interval), 0.0, 0.0
