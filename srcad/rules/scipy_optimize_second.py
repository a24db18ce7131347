"""Derivatives of the implicit derivatives of ``scipy.optimize``: second derivatives of roots and minima.

The solution that they are given is one of the same function and parameters, on which alone the result depends; a
second derivative along two directions does not depend on their order, which makes it its own adjoint.
"""

from __future__ import annotations

import scipy.optimize  # noqa: F401  (the functions of the runtime need it)

from srcad import runtime as rt
from srcad.rules.registry import jvp, refuse, vjp

# -- roots and fixed points --------------------------------------------------------------------------


@vjp(rt.scipy_optimize.root_adjoint, "g", "function", "args", "x", shaped=("x",))
def root_adjoint(ans, w, g, function, x, args, title):
    along = rt.scipy_optimize.root_tangent(function, w[0], x, args, w[1], title)
    pair = rt.scipy_optimize.root_curvature(g, function, w[0], x, args, w[1], title)
    return along, pair[0], pair[1], 0.0


@jvp(rt.scipy_optimize.root_adjoint, "g")
def root_adjoint_g(ans, t, g, function, x, args, title):
    return rt.scipy_optimize.root_adjoint(t, function, x, args, title)


@jvp(rt.scipy_optimize.root_adjoint, "function", "args")
def root_adjoint_moved(ans, t, g, function, x, args, title):
    return rt.scipy_optimize.root_curvature(g, function, t[0], x, args, t[1], title)


@vjp(rt.scipy_optimize.root_tangent, "function", "held", "args", "changes", "x", shaped=("x",))
def root_tangent(ans, w, function, held, x, args, changes, title):
    pair = rt.scipy_optimize.root_curvature(w, function, held, x, args, changes, title)
    plain = rt.scipy_optimize.root_adjoint(w, function, x, args, title)
    return pair[0], plain[0], pair[1], plain[1], 0.0


@jvp(rt.scipy_optimize.root_tangent, "function", "args")
def root_tangent_moved(ans, t, function, held, x, args, changes, title):
    return rt.scipy_optimize.root_second_tangent(function, held, t[0], x, args, changes, t[1], title)


@jvp(rt.scipy_optimize.root_tangent, "held", "changes")
def root_tangent_turned(ans, t, function, held, x, args, changes, title):
    return rt.scipy_optimize.root_tangent(function, t[0], x, args, t[1], title)


# -- minima ------------------------------------------------------------------------------------------


@vjp(rt.scipy_optimize.minimum_adjoint, "g", "function", "args", "x", shaped=("x",))
def minimum_adjoint(ans, w, g, function, x, args, title, is_pair):
    along = rt.scipy_optimize.minimum_tangent({"x": x}, function, w[0], args, w[1], title, is_pair)
    pair = rt.scipy_optimize.minimum_curvature(g, function, w[0], x, args, w[1], title)
    return along, pair[0], pair[1], 0.0


@jvp(rt.scipy_optimize.minimum_adjoint, "g")
def minimum_adjoint_g(ans, t, g, function, x, args, title, is_pair):
    return rt.scipy_optimize.minimum_adjoint(t, function, x, args, title, is_pair)


@jvp(rt.scipy_optimize.minimum_adjoint, "function", "args")
def minimum_adjoint_moved(ans, t, g, function, x, args, title, is_pair):
    return rt.scipy_optimize.minimum_curvature(g, function, t[0], x, args, t[1], title)


@vjp(rt.scipy_optimize.minimum_tangent, "function", "held", "args", "changes", "result", shaped=("result",))
def minimum_tangent(ans, w, result, function, held, args, changes, title, is_pair):
    pair = rt.scipy_optimize.minimum_curvature(w, function, held, result["x"], args, changes, title)
    plain = rt.scipy_optimize.minimum_adjoint(w, function, result["x"], args, title, is_pair)
    return pair[0], plain[0], pair[1], plain[1], 0.0


@jvp(rt.scipy_optimize.minimum_tangent, "function", "args")
def minimum_tangent_moved(ans, t, result, function, held, args, changes, title, is_pair):
    return rt.scipy_optimize.minimum_second_tangent(result, function, held, t[0], args, changes, t[1], title)


@jvp(rt.scipy_optimize.minimum_tangent, "held", "changes")
def minimum_tangent_turned(ans, t, result, function, held, args, changes, title, is_pair):
    return rt.scipy_optimize.minimum_tangent(result, function, t[0], args, t[1], title, is_pair)


# -- results of solvers ------------------------------------------------------------------------------


@vjp(rt.scipy_optimize.solution_gradient, "g", linear=True)
def solution_gradient(ans, w, g, name, title):
    return {name: w}


@vjp(rt.scipy_optimize.result_tangent, "tangent", "result", linear=("tangent",), shaped=("result",))
def result_tangent(ans, w, result, name, tangent):
    return rt.scipy_optimize.solution_gradient(w, name, "a solver of scipy.optimize"), 0.0


refuse(
    "A third derivative of a root or of a minimum is not covered; difference the second.",
    *(rt.scipy_optimize.root_curvature, rt.scipy_optimize.minimum_curvature),
    *(rt.scipy_optimize.root_second_tangent, rt.scipy_optimize.minimum_second_tangent),
)
